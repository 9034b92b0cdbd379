"""REFERENCE: which of our keys (ROOMID, section external id …) stands for which of Echo360's own ids.

Echo360's schedules name rooms and sections by its own ids only and its filters want those ids (API facts §5.2), so
the map is filled by listing rooms and sections once, and by what answers show where that is certain (decisions:
Requests and reference data).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass
from urllib.parse import quote

from echodesk.capture.answers import not_found, unclear
from echodesk.capture.budget import Clock
from echodesk.capture.calls import Calls
from echodesk.capture.line import Got
from echodesk.capture.paging import PAGE, pages
from echodesk.capture.parsing import Row, Unreadable, decoded
from echodesk.capture.wire import UNKNOWN, section_ids, venue_id
from echodesk.planning.answers import Answer, Exchange, Kind, Learned
from echodesk.planning.needed import Needed
from echodesk.planning.values import Booking

PLURAL = {
    Kind.ORGANIZATION: "organizations",
    Kind.DEPARTMENT: "departments",
    Kind.COURSE: "courses",
    Kind.TERM: "terms",
    Kind.SECTION: "sections",
    Kind.CAMPUS: "campuses",
    Kind.BUILDING: "buildings",
    Kind.ROOM: "rooms",
    Kind.PERSON: "users",
}
MOST_SINGLE_READS = 20
"""With more unknown ids than this on one page, listing all again is cheaper than reading each."""
LISTED_S = 600.0
"""For so long a listing tells what is not there."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of Echo360: which year a section belongs to."""

    echo_id: str
    key: str | None
    name: str
    first: dt.date | None
    last: dt.date | None

    def is_other_year(self, key: str, first: dt.date, last: dt.date) -> bool:
        """True only if this is certain: another external id, and no day of its session within the given days."""
        if self.key == key or self.first is None or self.last is None:
            return False
        return self.last < first or last < self.first


class Reference:
    """The map, in both directions, and what was learned since it was last stored."""

    def __init__(self, calls: Calls, origin: str, clock: Clock) -> None:
        self._calls = calls
        self._origin = origin
        self._clock = clock
        self._id_of: dict[tuple[Kind, str], str] = {}
        self._key_of: dict[tuple[Kind, str], str] = {}
        self._news: dict[tuple[Kind, str], Learned] = {}
        self._listed_at: dict[Kind, float] = {}
        self._shown: set[tuple[Kind, str]] = set()
        self._nameless: set[tuple[Kind, str]] = set()
        self._term_of_section: dict[str, str] = {}
        self._terms: dict[str, Term] = {}

    def remember(self, known: Iterable[Learned]) -> None:
        """Take over what was stored; it is not news."""
        for line in known:
            self._put(line.kind, line.key, line.echo_id)

    def learned(self) -> tuple[Learned, ...]:
        """What was learned since the last call."""
        news, self._news = tuple(self._news.values()), {}
        return news

    def learn(self, kind: Kind, key: str, echo_id: str) -> None:
        """Echo360 shows that the key stands for this id, whatever stood there before."""
        self._shown.add((kind, key))
        if self._id_of.get((kind, key)) == echo_id:
            return
        self._put(kind, key, echo_id)
        self._news[kind, key] = Learned(kind, key, echo_id)

    def forget(self, kind: Kind, key: str) -> None:
        """The id behind a key turned out to be gone; the next look-up asks again."""
        echo_id = self._id_of.pop((kind, key), None)
        if echo_id is not None and self._key_of.get((kind, echo_id)) == key:
            del self._key_of[kind, echo_id]

    def id_of(self, kind: Kind, key: str) -> str | None:
        """Echo360's own id for our key, if known."""
        return self._id_of.get((kind, key))

    def room(self, echo_id: str) -> str:
        """Our ROOMID, or `echo360:` and the id."""
        return self._key_of.get((Kind.ROOM, echo_id)) or UNKNOWN + echo_id

    def section(self, echo_id: str) -> str:
        """The section's external id, or `echo360:` and Echo360's own."""
        return self._key_of.get((Kind.SECTION, echo_id)) or UNKNOWN + echo_id

    def section_id(self, section: str) -> str | None:
        """Echo360's own id of a section, if known."""
        return self.id_of(Kind.SECTION, section)

    def section_of_other_year(self, booking: Booking) -> str | None:
        """Why this booking must not be sent: a section whose term is known and belongs to another year."""
        if not self._terms:
            return None
        date = booking.place.date
        for section in booking.content.sections:
            term = self._terms.get(self._term_of_section.get(section, ""))
            if term is not None and term.is_other_year(booking.setid, date, date):
                return f"section {section} belongs to {term.name}"
        return None

    def learn_from_answer(self, booking: Booking, row: Row) -> None:
        """What an answer to our own POST or PUT proves: the room, and the one section whose id was not known.

        With several unknown sections nothing says which is which. Raises `Unreadable`.
        """
        room_id = venue_id(row)
        room = booking.place.room
        if self.id_of(Kind.ROOM, room) is None and (Kind.ROOM, room_id) not in self._key_of:
            self.learn(Kind.ROOM, room, room_id)
        shown = set(section_ids(row))
        sent = set(booking.content.sections)
        if len(shown) != len(sent):
            return
        new_ids = [echo_id for echo_id in shown if (Kind.SECTION, echo_id) not in self._key_of]
        new_keys = [section for section in sent if self.id_of(Kind.SECTION, section) is None]
        if len(new_ids) == 1 and len(new_keys) == 1:
            self.learn(Kind.SECTION, new_keys[0], new_ids[0])

    def sections_in_answer(self, booking: Booking, row: Row) -> tuple[str, ...]:
        """The sections that an answer to our own request shows: those sent, unless the map contradicts it.

        Raises `Unreadable`.
        """
        shown = set(section_ids(row))
        sent = set(booking.content.sections)
        known = {
            self._key_of[Kind.SECTION, echo_id] for echo_id in shown if (Kind.SECTION, echo_id) in self._key_of
        }
        unplaced = [section for section in sent - known if self.id_of(Kind.SECTION, section) is None]
        if known <= sent and len(shown) == len(sent) and len(unplaced) == len(sent) - len(known):
            return booking.content.sections
        return tuple(sorted(self.section(echo_id) for echo_id in shown))

    def was_listed(self, kind: Kind) -> bool:
        """Whether everything of this kind was listed since the start."""
        return kind in self._listed_at

    def was_shown(self, kind: Kind, key: str) -> bool:
        """Whether Echo360 itself named this key since the start: what was stored earlier may have passed."""
        return (kind, key) in self._shown or key.startswith(UNKNOWN)

    async def know(self, rows: list[Row], exchanges: list[Exchange]) -> Answer | None:
        """See to it that every room and section of these schedules is known, or known to be nameless.

        Returns the answer that prevented it. Raises `Unreadable`.
        """
        wanted = {
            Kind.ROOM: {venue_id(row) for row in rows},
            Kind.SECTION: {echo_id for row in rows for echo_id in section_ids(row)},
        }
        for kind, echo_ids in wanted.items():
            trouble = await self._know(kind, self._unknown(kind, echo_ids), exchanges)
            if trouble is not None:
                return trouble
        return None

    async def list_all(self, kind: Kind, exchanges: list[Exchange]) -> Answer | None:
        """Take in everything of one kind; None if that went through."""
        found: list[Row] = []
        async with aclosing(
            pages(self._calls, self._origin, f"/public/api/v1/{PLURAL[kind]}", exchanges)
        ) as listed:
            async for page in listed:
                if not isinstance(page, list):
                    return page
                found.extend(page)
        for row in found:
            self.take_in(kind, row)
        self._listed_at[kind] = self._clock.monotonic()
        return None

    async def lacking(self, needed: Iterable[Needed], exchanges: list[Exchange]) -> frozenset[Needed] | Answer:
        """Those of these rooms and sections that Echo360 does not have, as far as that can be told cheaply.

        What is known costs nothing. The others of a kind are looked for in a listing of it where that takes fewer
        pages than they would be refused requests; where it does not, nobody knows, and they are not among them.
        """
        unknown: dict[Kind, set[Needed]] = defaultdict(set)
        for one in needed:
            if self.id_of(one.kind, one.key) is None and not one.key.startswith(UNKNOWN):
                unknown[one.kind].add(one)
        found: set[Needed] = set()
        for kind in sorted(unknown):
            if not self._just_listed(kind):
                if len(unknown[kind]) <= self._pages(kind):
                    continue
                trouble = await self._list_with_terms(kind, exchanges)
                if trouble is not None:
                    return trouble
            found |= {one for one in unknown[kind] if self.id_of(kind, one.key) is None}
        return frozenset(found)

    def _just_listed(self, kind: Kind) -> bool:
        listed_at = self._listed_at.get(kind)
        return listed_at is not None and self._clock.monotonic() - listed_at < LISTED_S

    def _pages(self, kind: Kind) -> int:
        """How many pages everything of a kind takes, as far as it is known."""
        rows = sum(one is kind for one, _echo_id in (*self._key_of, *self._nameless))
        return max(1, -(-rows // PAGE))

    async def find(self, kind: Kind, key: str, exchanges: list[Exchange]) -> Row | Answer | None:
        """The thing behind an id or external id in the path; None if Echo360 says that there is none."""
        got = await self._calls.ask(f"/public/api/v1/{PLURAL[kind]}/{segment(key)}", exchanges)
        if not isinstance(got, Got):
            return got
        if not_found(got):
            return None
        try:
            row = decoded(got.body)
        except Unreadable as problem:
            return unclear(f"Echo360's answer about {kind} {key} cannot be read: {problem}")
        if not 200 <= got.status < 300 or not isinstance(row, dict) or not isinstance(row.get("id"), str):
            return unclear(f"Echo360's answer about {kind} {key} has status {got.status} and names nothing.")
        self.take_in(kind, row)
        return row

    def take_in(self, kind: Kind, row: Row) -> None:
        """Learn from one object of the API; what has no external id is remembered as nameless."""
        echo_id, key = row.get("id"), row.get("externalId")
        if not isinstance(echo_id, str):
            return
        if kind is Kind.TERM:
            self._terms[echo_id] = _term(echo_id, row)
        if not isinstance(key, str) or not key:
            self._nameless.add((kind, echo_id))
            return
        self.learn(kind, key, echo_id)
        term_id = row.get("termId")
        if kind is Kind.SECTION and isinstance(term_id, str):
            self._term_of_section[key] = term_id

    def term(self, echo_id: str) -> Term | None:
        """A term that was seen."""
        return self._terms.get(echo_id)

    def _put(self, kind: Kind, key: str, echo_id: str) -> None:
        self.forget(kind, key)
        self._id_of[kind, key] = echo_id
        self._key_of[kind, echo_id] = key
        self._nameless.discard((kind, echo_id))

    def _unknown(self, kind: Kind, echo_ids: Iterable[str]) -> list[str]:
        return sorted(
            echo_id
            for echo_id in echo_ids
            if (kind, echo_id) not in self._key_of and (kind, echo_id) not in self._nameless
        )

    async def _list_with_terms(self, kind: Kind, exchanges: list[Exchange]) -> Answer | None:
        """All of a kind; before the first sections their terms, which tell the year that each belongs to."""
        if kind is Kind.SECTION and not self.was_listed(Kind.TERM):
            trouble = await self.list_all(Kind.TERM, exchanges)
            if trouble is not None:
                return trouble
        return await self.list_all(kind, exchanges)

    async def _know(self, kind: Kind, unknown: list[str], exchanges: list[Exchange]) -> Answer | None:
        if not unknown:
            return None
        if not self.was_listed(kind) or len(unknown) > MOST_SINGLE_READS:
            trouble = await self._list_with_terms(kind, exchanges)
            if trouble is not None:
                return trouble
            unknown = self._unknown(kind, unknown)
        for echo_id in unknown[:MOST_SINGLE_READS]:
            found = await self.find(kind, echo_id, exchanges)
            if found is None:
                self._nameless.add((kind, echo_id))
            elif not isinstance(found, dict):
                return found
        return None


def segment(key: str) -> str:
    """One path segment. Raises `ValueError` for what would name another path: a defect of the caller."""
    if key in ("", ".", ".."):
        raise ValueError(f"{key!r} cannot be an id")
    return quote(key, safe="")


def _term(echo_id: str, row: Row) -> Term:
    key, name, session = row.get("externalId"), row.get("name"), row.get("session")
    days = session if isinstance(session, dict) else {}
    return Term(
        echo_id,
        key if isinstance(key, str) else None,
        name if isinstance(name, str) and name else str(key),
        _day(days.get("startDate")),
        _day(days.get("endDate")),
    )


def _day(text: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None
