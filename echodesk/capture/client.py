"""Echo360 as the worker sees it: every method answers with a value (worker port `Capture`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Iterable
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol
from urllib.parse import urlencode

import httpx

from echodesk.capture.answers import DONE, OTHER_YEAR, Seen, no_answer, not_found, refusal, unclear
from echodesk.capture.budget import Budget
from echodesk.capture.budget import Clock as Ticks
from echodesk.capture.calls import Calls, Outcome
from echodesk.capture.line import Got, Line, Still, always
from echodesk.capture.paging import pages
from echodesk.capture.parsing import Row, Unreadable, decoded
from echodesk.capture.reference import Reference, segment
from echodesk.capture.settings import CaptureSettings
from echodesk.capture.signin import SIGN_INS, SignIn
from echodesk.capture.supply import Supplier
from echodesk.capture.wire import UNKNOWN, body_of_change, body_of_new, standings
from echodesk.planning.answers import (
    Answer,
    Done,
    Exchange,
    Kind,
    Learned,
    Listing,
    Missing,
    NotAllowed,
    ReferenceFacts,
    Refused,
    Reply,
    SupplyAnswer,
    Wait,
    words_of,
)
from echodesk.planning.needed import Needed
from echodesk.planning.values import Booking, Standing

SCHEDULES = "/public/api/v2/schedules"
USERS = "/public/api/v1/users"


class Clock(Ticks, Protocol):
    """Time as capture needs it."""

    def campus_now(self) -> dt.datetime:
        """Wall-clock time of the campus, without zone."""
        ...


class Echo360:
    """One institution's Echo360. Make one for the life of the program and `close` it at the end.

    `transport` replaces the network in tests. Nothing that Echo360 or the network does raises; what raises is a
    defect of our own. No message, exchange or `repr` holds a secret.
    """

    def __init__(
        self, settings: CaptureSettings, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._quality = dict(settings.quality_of_room)
        self._line = Line(settings, clock, transport)
        self._budget = budget = Budget(settings.calls_per_minute, clock)
        self._sign_in = SignIn(settings, self._line, budget, clock)
        self._calls = Calls(settings, self._line, budget, self._sign_in, clock)
        self._reference = Reference(self._calls, self._line.origin, clock)
        self._supplier = Supplier(settings, self._calls, self._reference, clock)

    def __repr__(self) -> str:
        return f"Echo360({self._settings.base_url!r})"

    async def turn(self) -> None:
        """Wait until the call budget allows one more call, and take it; in the order of asking."""
        await self._calls.turn()

    async def create(
        self, booking: Booking, still: Still = always, before: Standing | None = None
    ) -> Reply[Answer]:
        """POST, at once; the caller has taken the turn. `Done` holds what the answer shows, wanted or not.

        `before` is what this is made again of: its fields that EchoDesk does not own come back with it.
        """
        quality = self._quality_of(booking)
        if before is None:
            body = body_of_new(booking, quality)
        else:
            body = body_of_change(booking, before, quality, self._reference)
        return await self._write("POST", SCHEDULES, body, booking, {booking.external_id}, still)

    async def change(self, booking: Booking, standing: Standing, still: Still = always) -> Reply[Answer]:
        """PUT to Echo360's own id, at once; fields that EchoDesk does not own go back as last read.

        After a hand-over (another external id) `Done` may show the old external id: Echo360 kept it. A booking
        without external id takes it away again: the schedule is others' as before.
        """
        body = body_of_change(booking, standing, self._quality_of(booking), self._reference)
        named = {booking.external_id or None, standing.external_id}
        reply = await self._write("PUT", f"{SCHEDULES}/{segment(standing.echo_id)}", body, booking, named, still)
        shown = reply.answer.standing if isinstance(reply.answer, Done) else None
        if shown is not None and shown.external_id is None and shown.echo_id != standing.echo_id:
            return Reply(unclear(f"Echo360's answer does not name {standing.echo_id}."), reply.exchanges)
        return reply

    async def remove(self, standing: Standing, still: Still = always) -> Reply[Answer]:
        """DELETE of Echo360's own id, at once. `Gone` if it was not there."""
        exchanges: list[Exchange] = []
        path = f"{SCHEDULES}/{segment(standing.echo_id)}"
        got = await self._calls.send("DELETE", path, b"", exchanges, still)
        return Reply(_removed(got), tuple(exchanges))

    async def read(self, external_id: str) -> Reply[Answer]:
        """`Done` with what stands under this external id, or `Gone`."""
        exchanges: list[Exchange] = []
        got = await self._calls.ask(f"{SCHEDULES}/{segment(external_id)}", exchanges)
        row = _row("GET", got, {external_id})
        if isinstance(row, dict):
            trouble = await self._known([row], exchanges)
            answer = trouble or self._done(row)
        else:
            answer = row
        return Reply(answer, tuple(exchanges))

    async def list_room(self, room: str) -> Reply[Listing | Answer]:
        """All pages of one room. A room that Echo360 does not know answers an empty complete listing.

        `Wait` and `NotAllowed` come as they are; every other trouble is `Listing(complete=False)` with its words.
        """
        exchanges: list[Exchange] = []
        listing = await self._list_room(room, exchanges)
        if isinstance(listing, _WrongRoom):
            # The map was filled before the room was made anew under another id.
            self._reference.forget(Kind.ROOM, room)
            listing = await self._list_room(room, exchanges)
        if isinstance(listing, _WrongRoom):
            listing = Listing((), complete=False, text=f"Echo360 does not list the room {room} that it names.")
        return Reply(listing, tuple(exchanges))

    async def _list_room(self, room: str, exchanges: list[Exchange]) -> Listing | Answer | _WrongRoom:
        room_id = await self._room_id(room, exchanges)
        if room_id is None:
            return Listing((), complete=True)
        if not isinstance(room_id, str):
            return _ended(room_id)
        found: list[Standing] = []
        async with aclosing(self._pages(f"{SCHEDULES}?{urlencode({'room': room_id})}", exchanges)) as listed:
            async for page in listed:
                if isinstance(page, Missing) and page.kind is Kind.ROOM:
                    return _WrongRoom()
                if not isinstance(page, tuple):
                    return _ended(page)
                # What the filter means is not documented (API facts §8): rows of other rooms say nothing here.
                found.extend(standing for standing in page if standing.place.room == room)
        if not found and not self._reference.was_shown(Kind.ROOM, room):
            # An id from the last run may be nobody's by now, and its listing empty for that reason alone.
            return _WrongRoom()
        return Listing(tuple(found), complete=True)

    async def list_all(self) -> AsyncIterator[Reply[Listing | Answer]]:
        """All schedules, a page at a time; `complete` says that this page could be read.

        The last item is an empty complete `Listing` if the end was reached. Else it is the answer that ended it
        early, or a `Listing` that is not complete: then all pages before it prove nothing.
        """
        exchanges: list[Exchange] = []
        async with aclosing(self._pages(SCHEDULES, exchanges)) as listed:
            async for page in listed:
                if not isinstance(page, tuple):
                    yield Reply(_ended(page), tuple(exchanges))
                    return
                yield Reply(Listing(page, complete=True), tuple(exchanges))
                exchanges.clear()
        yield Reply(Listing((), complete=True), tuple(exchanges))

    async def lacks(self, needed: Collection[Needed]) -> Reply[frozenset[Needed] | Answer]:
        """Those of these rooms and sections that Echo360 does not have and the settings let EchoDesk make.

        As far as that is known, or a listing tells it in fewer calls than the refused requests would be. The
        answer that ended a listing, if that did not go through.
        """
        exchanges: list[Exchange] = []
        found = await self._reference.lacking(
            [one for one in needed if one.kind in self._settings.may_create], exchanges
        )
        return Reply(found, tuple(exchanges))

    async def supply(
        self, missing: Missing, facts: ReferenceFacts, may_make: Callable[[], bool] = lambda: True
    ) -> Reply[SupplyAnswer]:
        """Look for what a request missed, by external id and by name; make it with its parents if the settings
        allow it, and as long as `may_make` does: it is asked right before each write (reliability A1)."""
        exchanges: list[Exchange] = []
        answer = await self._supplier.supply(missing, facts, exchanges, may_make)
        return Reply(answer, tuple(exchanges))

    async def person_known(self, email: str) -> Reply[Answer]:
        """`Done(None)` if Echo360 knows a user with this address, `Missing(PERSON)` if not."""
        exchanges: list[Exchange] = []
        got = await self._calls.ask(f"{USERS}/{segment(email)}", exchanges)
        return Reply(_person(got, email), tuple(exchanges))

    def remember(self, known: Iterable[Learned], *, clean: bool) -> None:
        """Take over what the REFERENCE table holds, at the start; `clean` if no earlier run left a request behind,
        so that nothing can still appear late."""
        self._reference.remember(known)
        if clean:
            self._supplier.nothing_under_way()
        else:
            self._supplier.something_under_way()

    def learned(self) -> tuple[Learned, ...]:
        """What was learned about reference data since the last call, to be stored."""
        return self._reference.learned()

    def limit(self, calls_per_minute: int) -> None:
        """Another call limit from now on, 0 for none."""
        self._budget.limit(calls_per_minute)

    def try_again(self) -> None:
        """Someone has acted: Echo360 is asked at once whether it lets us in now."""
        self._calls.door.try_again()

    def only_while(self, may_send: Callable[[], bool], may_write: Callable[[], bool] = lambda: True) -> None:
        """From now on `may_send` is asked right before every request of any kind, and `may_write` before each that
        changes something; while False it is not sent, and the answer is a `Wait` after which nothing happened
        (reliability L2, L6, A1)."""
        self._line.may_send = may_send
        self._line.may_write = may_write

    def calls(self) -> dict[str, int]:
        """Calls sent so far by method; sign-ins apart under `sign_ins`."""
        return {"GET": 0, "POST": 0, "PUT": 0, "DELETE": 0, SIGN_INS: 0, **self._line.calls}

    async def close(self) -> None:
        """Give up a sign-in that is under way, and give back all connections."""
        await self._sign_in.close()
        await self._line.close()

    def _quality_of(self, booking: Booking) -> str:
        return self._quality.get(booking.place.room, self._settings.quality)

    async def _write(
        self, method: str, path: str, body: bytes, booking: Booking, named: set[str | None], still: Still
    ) -> Reply[Answer]:
        other_year = self._reference.section_of_other_year(booking)
        if other_year is not None:
            return Reply(Refused(0, OTHER_YEAR, other_year), ())
        exchanges: list[Exchange] = []
        row = _row(method, await self._calls.send(method, path, body, exchanges, still), named)
        if not isinstance(row, dict):
            return Reply(row, tuple(exchanges))
        try:
            self._reference.learn_from_answer(booking, row)
        except Unreadable as problem:
            return Reply(unclear(f"Echo360's answer cannot be read: {problem}"), tuple(exchanges))
        return Reply(self._done(row, booking), tuple(exchanges))

    def _done(self, row: Row, booking: Booking | None = None) -> Answer:
        try:
            shown = self._standings(row)
        except Unreadable as problem:
            return unclear(f"Echo360's answer cannot be read: {problem}")
        if not shown:
            return unclear("Echo360's answer holds no date.")
        standing = shown[0]
        if booking is not None:
            sections = self._reference.sections_in_answer(booking, row)
            standing = replace(standing, content=replace(standing.content, sections=sections))
        return Done(standing)

    def _standings(self, row: Row) -> tuple[Standing, ...]:
        return standings(row, self._reference, self._settings.recognise, self._clock.campus_now().date())

    async def _known(self, rows: list[Row], exchanges: list[Exchange]) -> Answer | None:
        try:
            return await self._reference.know(rows, exchanges)
        except Unreadable as problem:
            return unclear(f"A schedule cannot be read: {problem}")

    async def _pages(self, path: str, exchanges: list[Exchange]) -> AsyncGenerator[tuple[Standing, ...] | Answer]:
        async with aclosing(pages(self._calls, self._line.origin, path, exchanges)) as listed:
            async for page in listed:
                if not isinstance(page, list):
                    yield page
                    return
                trouble = await self._known(page, exchanges)
                if trouble is not None:
                    yield trouble
                    return
                try:
                    shown = tuple(standing for row in page for standing in self._standings(row))
                except Unreadable as problem:
                    yield unclear(str(problem))
                    return
                yield shown

    async def _room_id(self, room: str, exchanges: list[Exchange]) -> str | Answer | None:
        if room.startswith(UNKNOWN):
            return room.removeprefix(UNKNOWN)
        known = self._reference.id_of(Kind.ROOM, room)
        if known is not None:
            return known
        if not self._reference.was_listed(Kind.ROOM):
            trouble = await self._reference.list_all(Kind.ROOM, exchanges)
            if trouble is not None:
                return trouble
            known = self._reference.id_of(Kind.ROOM, room)
            if known is not None:
                return known
        found = await self._reference.find(Kind.ROOM, room, exchanges)
        return found["id"] if isinstance(found, dict) else found


class _WrongRoom:
    """The id that the map gives for a room may not be that room's any more."""


def _row(method: str, got: Outcome, named: set[str | None]) -> Row | Answer:
    """The schedule in a definite answer: a 2xx that parses and names one of these external ids (H4)."""
    if not isinstance(got, Got):
        return got
    if not 200 <= got.status < 300:
        return refusal(method, got)
    try:
        row = decoded(got.body)
    except Unreadable as problem:
        return unclear(f"Echo360's answer (status {got.status}) cannot be read: {problem}")
    if got.status == 202 or not isinstance(row, dict) or row.get("externalId") not in named:
        return unclear(f"Echo360's answer (status {got.status}) does not name {_either(named)}.")
    return row


def _either(named: set[str | None]) -> str:
    return " or ".join(sorted(one for one in named if one))


def _removed(got: Outcome) -> Answer:
    if not isinstance(got, Got):
        return got
    if not 200 <= got.status < 300:
        return refusal("DELETE", got)
    # The body of a removal is not documented; only what is plainly no answer of the API makes it unclear.
    if no_answer(got):
        return unclear(f"Echo360's answer to a removal (status {got.status}) is none of its API.")
    return DONE.answer(Seen("DELETE", got))


def _person(got: Outcome, email: str) -> Answer:
    if not isinstance(got, Got):
        return got
    if not_found(got):
        return Missing(Kind.PERSON, f"Echo360 knows nobody with the address {email}.")
    if not 200 <= got.status < 300:
        return refusal("GET", got)
    try:
        row = decoded(got.body)
    except Unreadable as problem:
        return unclear(f"Echo360's answer about a person cannot be read: {problem}")
    if not isinstance(row, dict) or not isinstance(row.get("id"), str):
        return unclear("Echo360's answer about a person names nobody.")
    return Done(None)


def _ended(answer: Answer) -> Listing | Answer:
    if isinstance(answer, Wait | NotAllowed):
        return answer
    return Listing((), complete=False, text=words_of(answer))
