"""Finding what a request missed, or making it with its parents, each thing at most once (decisions: Requests)."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlencode

import msgspec

from echodesk.capture.answers import refusal, unclear
from echodesk.capture.budget import Clock
from echodesk.capture.calls import Calls, Outcome
from echodesk.capture.line import Got
from echodesk.capture.paging import pages
from echodesk.capture.parsing import Row, Unreadable, decoded
from echodesk.capture.reference import PLURAL, Reference
from echodesk.capture.said import read
from echodesk.capture.settings import CaptureSettings
from echodesk.capture.things import NAMED_BY, PLACE_KINDS, Thing, room, section
from echodesk.planning.answers import (
    Answer,
    CannotSupply,
    Exchange,
    Exists,
    Kind,
    Missing,
    NotAllowed,
    ReferenceFacts,
    Supplied,
    SupplyAnswer,
    Unclear,
    Wait,
    words_of,
)

REMEMBER_S = 600.0
"""How long a failure and a list of names count: hundreds of lessons may miss the same room within a minute."""
SHOW_LATER_S = 5.0

Slot = tuple[Kind, str]


class _Stop(Exception):
    """The search ends with this answer."""

    def __init__(self, answer: SupplyAnswer) -> None:
        super().__init__()
        self.answer = answer


@dataclass(frozen=True, slots=True)
class _Run:
    """One call of `supply`."""

    asked_at: float
    facts: ReferenceFacts
    exchanges: list[Exchange]
    made: list[str]
    may_make: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Names:
    loaded_at: float
    rows: dict[str, Row]


class Supplier:
    """Remembers for the life of the program what was made, what may still appear late, and what failed."""

    def __init__(self, settings: CaptureSettings, calls: Calls, reference: Reference, clock: Clock) -> None:
        self._settings = settings
        self._calls = calls
        self._reference = reference
        self._clock = clock
        self._locks: defaultdict[Slot, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._confirmed_at: dict[Slot, float] = {}
        self._made_at: dict[Slot, float] = {}
        # A create that was sent by a worker that died may take effect as late as any other.
        self._started_at = clock.monotonic()
        self._unanswered_at: dict[Slot, float] = {}
        self._failed: dict[Slot, tuple[float, CannotSupply]] = {}
        self._names: dict[str, _Names] = {}

    def nothing_under_way(self) -> None:
        """No earlier run left a create behind that may still take effect."""
        self._started_at = -math.inf

    def something_under_way(self) -> None:
        """Another run may have left a create behind: from now on it may still take effect for L."""
        self._started_at = self._clock.monotonic()

    async def supply(
        self, missing: Missing, facts: ReferenceFacts, exchanges: list[Exchange], may_make: Callable[[], bool]
    ) -> SupplyAnswer:
        """`Supplied` if the request can be sent again; `Wait` and `Unclear` if nobody can say so yet.

        `may_make` is asked right before anything is made.
        """
        if missing.kind is Kind.PERSON:
            return CannotSupply("EchoDesk makes no people in Echo360.")
        run = _Run(self._clock.monotonic(), facts, exchanges, [], may_make)
        try:
            things = self._things(missing.kind, facts)
            for thing in things:
                await self._resolve(thing, run, make=True, trust=False)
        except _Stop as stop:
            return stop.answer
        return Supplied(tuple(run.made))

    def _things(self, kind: Kind, facts: ReferenceFacts) -> tuple[Thing, ...]:
        """What has to be there for the request: Echo360 does not always say which section it missed."""
        if kind in PLACE_KINDS:
            campus = facts.campus or self._settings.campus
            if not campus:
                raise _Stop(CannotSupply(f"No campus is known for room '{facts.room}'. Name one in the settings."))
            return (room(facts, campus, self._settings.campus_zone),)
        if not facts.sections:
            raise _Stop(CannotSupply(f"Echo360 misses a {kind}, but the timetable names no section."))
        return tuple(section(facts, each, self._settings.organization) for each in facts.sections)

    async def _resolve(self, thing: Thing, run: _Run, *, make: bool, trust: bool) -> str | None:
        """Echo360's own id of the thing; None only if it is not there and `make` is false. May raise `_Stop`."""
        slot = (thing.kind, thing.key)
        known = self._reference.id_of(*slot)
        if trust and known is not None:
            return known
        # One at a time for each thing; whoever waited finds what the other one found or made.
        async with self._locks[slot]:
            known = self._reference.id_of(*slot)
            if known is not None and (trust or self._confirmed_at.get(slot, -1.0) >= run.asked_at):
                return known
            failed_at, failure = self._failed.get(slot, (0.0, None))
            if make and failure is not None and self._clock.monotonic() - failed_at < REMEMBER_S:
                raise _Stop(failure)
            try:
                return await self._find_or_make(thing, run, make=make)
            except _Stop as stop:
                if isinstance(stop.answer, CannotSupply):
                    self._failed[slot] = (self._clock.monotonic(), stop.answer)
                raise

    async def _find_or_make(self, thing: Thing, run: _Run, *, make: bool) -> str | None:
        found = await self._by_external_id(thing, run)
        if found is not None:
            return found
        allowed = thing.kind in self._settings.may_create
        for last in (False, True):
            parent_ids = await self._parent_ids(thing, run, make=make and allowed)
            if parent_ids is not None:
                found = await self._by_name(thing, parent_ids, run)
                if found is not None:
                    return found
            if not make:
                return None
            if not allowed or parent_ids is None:
                _stop(
                    f"{thing.words} is not in Echo360, and the settings do not let EchoDesk make a {thing.kind}."
                )
            outcome = await self._make(thing, parent_ids, run)
            if isinstance(outcome, str):
                return outcome
            if last:
                _stop(f"{thing.words} cannot be made: {outcome.text}")
            # A parent that the map knew is gone from Echo360.
            for _, parent in thing.parents:
                if parent.kind is outcome.kind:
                    self._reference.forget(parent.kind, parent.key)
        raise AssertionError("the second round always ends")

    async def _parent_ids(self, thing: Thing, run: _Run, *, make: bool) -> dict[str, str] | None:
        found = {}
        for member, parent in thing.parents:
            echo_id = await self._resolve(parent, run, make=make, trust=True)
            if echo_id is None:
                return None
            found[member] = echo_id
        return found

    async def _by_external_id(self, thing: Thing, run: _Run) -> str | None:
        row = await self._reference.find(thing.kind, thing.key, run.exchanges)
        if row is None:
            self._reference.forget(thing.kind, thing.key)
            return None
        if not isinstance(row, dict):
            raise _Stop(_ended(row))
        return await self._confirmed(thing, row, run)

    async def _by_name(self, thing: Thing, parent_ids: dict[str, str], run: _Run) -> str | None:
        filters = thing.filters(parent_ids)
        rows = await self._named(thing, filters, run)
        row = rows.get(_same(thing.name))
        by_key = rows.get(f"\0{thing.key}")
        if by_key is not None:
            self._reference.take_in(thing.kind, by_key)
            return await self._confirmed(thing, by_key, run)
        if row is None:
            return None
        other = row.get("externalId")
        under = f"under the external id '{other}'" if other else "without an external id"
        _stop(f"{thing.words} is in Echo360 {under}. Give it the external id '{thing.key}' there, or map it.")

    async def _named(self, thing: Thing, filters: dict[str, str], run: _Run) -> dict[str, Row]:
        """Everything that could be it, by name and (after a NUL) by external id."""
        path = _path(thing, filters)
        known = self._names.get(path)
        if known is not None and self._clock.monotonic() - known.loaded_at < REMEMBER_S:
            return known.rows
        named_by = NAMED_BY.get(thing.kind, "name")
        rows: dict[str, Row] = {}
        async with aclosing(pages(self._calls, self._settings.base_url, path, run.exchanges)) as listed:
            async for page in listed:
                if not isinstance(page, list):
                    raise _Stop(_ended(page))
                for row in page:
                    # What a list does with a filter it does not know is not documented (API facts §8).
                    if any(row.get(member, echo_id) != echo_id for member, echo_id in filters.items()):
                        continue
                    name, key = row.get(named_by), row.get("externalId")
                    if isinstance(name, str):
                        rows[_same(name)] = row
                    if isinstance(key, str):
                        rows[f"\0{key}"] = row
        self._names[path] = _Names(self._clock.monotonic(), rows)
        return rows

    async def _confirmed(self, thing: Thing, row: Row, run: _Run) -> str:
        """The id of what was found under its external id, unless it is another course's or another year's."""
        echo_id: str = row["id"]
        if thing.kind is Kind.SECTION:
            await self._check_section(thing, row, run)
        self._reference.learn(thing.kind, thing.key, echo_id)
        self._confirmed_at[thing.kind, thing.key] = self._clock.monotonic()
        return echo_id

    async def _check_section(self, thing: Thing, row: Row, run: _Run) -> None:
        for member, parent in thing.parents:
            right, there = self._reference.id_of(parent.kind, parent.key), row.get(member)
            if parent.kind is Kind.COURSE and right is not None and isinstance(there, str) and there != right:
                _stop(f"{thing.words} is in Echo360 under another course than '{parent.key}'.")
        term_id = row.get("termId")
        if not isinstance(term_id, str):
            return
        if self._reference.term(term_id) is None:
            found = await self._reference.find(Kind.TERM, term_id, run.exchanges)
            if found is not None and not isinstance(found, dict):
                raise _Stop(_ended(found))
        term = self._reference.term(term_id)
        first, last = dt.date.fromisoformat(run.facts.term_first), dt.date.fromisoformat(run.facts.term_last)
        if term is not None and term.is_other_year(run.facts.term, first, last):
            _stop(f"section {thing.key} belongs to {term.name}")

    async def _make(self, thing: Thing, parent_ids: dict[str, str], run: _Run) -> str | Missing:
        """The id of what was made; `Missing` if Echo360 does not know a parent. May raise `_Stop`."""
        slot = (thing.kind, thing.key)
        self._check_nothing_late(thing)
        await self._calls.turn()
        if not run.may_make():
            raise _Stop(Wait(0.0, may_have_applied=False, text=f"{thing.words} may not be made at the moment."))
        try:
            got = await self._calls.send(
                "POST",
                f"/public/api/v1/{PLURAL[thing.kind]}",
                msgspec.json.encode(thing.full_body(parent_ids)),
                run.exchanges,
            )
        finally:
            # Being cancelled leaves it as open as a timeout does; a definite answer takes it back below.
            self._unanswered_at[slot] = self._clock.monotonic()
        answer = _made(thing, got)
        names = _path(thing, thing.filters(parent_ids))
        if isinstance(answer, Unclear) or (isinstance(answer, Wait) and answer.may_have_applied):
            self._names.pop(names, None)
            raise _Stop(answer)
        del self._unanswered_at[slot]
        if isinstance(answer, str):
            self._made_at[slot] = self._clock.monotonic()
            self._confirmed_at[slot] = self._clock.monotonic()
            self._reference.learn(*slot, answer)
            run.made.append(thing.words)
            return answer
        if isinstance(answer, Missing):
            return answer
        if isinstance(answer, Exists):
            self._names.pop(names, None)
            found = await self._by_external_id(thing, run)
            if found is not None:
                return found
        raise _Stop(_ended(answer))

    def _check_nothing_late(self, thing: Thing) -> None:
        slot = (thing.kind, thing.key)
        now, late_s = self._clock.monotonic(), self._settings.late_s
        quiet_at = max(self._unanswered_at.get(slot, self._started_at), self._started_at) + late_s
        if now < quiet_at:
            raise _Stop(
                Wait(
                    quiet_at - now,
                    may_have_applied=False,
                    text=f"An earlier attempt to make {thing.words} may still take effect.",
                )
            )
        made_at = self._made_at.get(slot)
        if made_at is not None and now < made_at + max(late_s, REMEMBER_S):
            raise _Stop(
                Wait(
                    SHOW_LATER_S,
                    may_have_applied=False,
                    text=f"Echo360 does not show {thing.words} yet, just made.",
                )
            )
        if made_at is not None:
            _stop(f"{thing.words} was made by EchoDesk and is gone from Echo360. It is not made a second time.")


def _path(thing: Thing, filters: dict[str, str]) -> str:
    path = f"/public/api/v1/{PLURAL[thing.kind]}"
    return f"{path}?{urlencode(filters)}" if filters else path


def _made(thing: Thing, got: Outcome) -> str | Answer:
    if not isinstance(got, Got):
        return got
    if not 200 <= got.status < 300:
        answer = refusal("POST", got)
        return Exists(words_of(answer)) if got.status == 409 and _conflict(got, answer) else answer
    try:
        row = decoded(got.body)
    except Unreadable as problem:
        return unclear(f"Echo360's answer to making {thing.words} cannot be read: {problem}")
    if not isinstance(row, dict) or not isinstance(row.get("id"), str) or row.get("externalId") != thing.key:
        return unclear(f"Echo360's answer to making {thing.words} does not name it.")
    echo_id: str = row["id"]
    return echo_id


def _conflict(got: Got, answer: Answer) -> bool:
    """A 409 of Echo360's own says that it is there already, with or without a word."""
    said = read(got)
    wordless = said is not None and not said.words.strip()
    return wordless or not isinstance(answer, Missing | Unclear)


def _ended(answer: Answer) -> SupplyAnswer:
    """A look-up or a create that did not go through."""
    if isinstance(answer, Wait | Unclear | NotAllowed):
        return answer
    return CannotSupply(f"Echo360 refuses: {words_of(answer)}")


def _same(name: str) -> str:
    return name.strip().casefold()


def _stop(text: str) -> NoReturn:
    raise _Stop(CannotSupply(text))
