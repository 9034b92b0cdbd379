"""Safety stops at work: what a plan would take away is judged before it may be sent (design §4.12, C9).

The rules are `planning.guards`; here they meet the books. The timetable's size is looked at in the snapshot that a
removing plan was made from, so that no plan from a broken timetable gets away; removals are counted and lists are
written in the transaction that writes the intents, so that a kill loses nothing and two workers agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from echodesk.planning import guards
from echodesk.planning.guards import Removal
from echodesk.planning.stops import StopItem, StopKind
from echodesk.planning.values import Plan, Why
from echodesk.worker.books import Books
from echodesk.worker.ports import Clock, Ledger
from echodesk.worker.work import Work

SIZE_S = 5.0
"""How often the timetable's size is looked at though nothing is removed."""
OPEN_S = 1.0
"""How often the lists are looked through while there is a stop."""


class Guarding:
    """Safety stops of one term of office. Owned by the worker's loop."""

    def __init__(self, ledger: Ledger, clock: Clock, epoch: int) -> None:
        self._ledger = ledger
        self._clock = clock
        self._epoch = epoch
        self._size_at = self._list_at = clock.monotonic()
        self._lists = True
        """There may be lists; known after the first look."""
        self.no_plan = False
        """True while the timetable proves nothing: no plan at all is made."""

    async def review(self) -> None:
        """Now and then: the timetable's size against the last one, and lists of which nothing is left."""
        now = self._clock.monotonic()
        if now >= self._size_at:
            await self._look_at_size()
            self._size_at = self._clock.monotonic() + (OPEN_S if self.no_plan else SIZE_S)
        if self._lists and now >= self._list_at:
            self._lists = await self._ledger.write("safety stops", self._go_through_lists)
            self._list_at = self._clock.monotonic() + OPEN_S

    async def _look_at_size(self) -> None:
        today = self._clock.campus_now().date()
        seen = await self._ledger.read("timetable's size", lambda books: _seen(books, today))
        if seen.to_write:
            await self._ledger.write("timetable's size", lambda books: self._write(books, seen))
        self.no_plan = seen.reason is not None

    def _write(self, books: Books, seen: _Seen) -> None:
        books.office.guard(self._epoch)
        if seen.reason is not None:
            books.stops.stop_feed(seen.reason)
        else:
            books.stops.end_feed()
        if seen.sizes is not None:
            books.stops.set_feed(seen.sizes)

    def _go_through_lists(self, books: Books) -> bool:
        """True while there are any."""
        books.office.guard(self._epoch)
        books.stops.review()
        return any(one.kind is not StopKind.FEED for one in books.stops.open())

    async def stop(self) -> None:
        """A snapshot showed a timetable that proves nothing: say so at once, and plan nothing."""
        self.no_plan = True
        await self._look_at_size()

    def judge(self, books: Books, works: Sequence[Work], now: dt.datetime) -> list[Work]:
        """Those of these works that wait for a yes; they are written on their list and stay dirty. What the others
        remove is counted. In the caller's transaction. Batches were judged as a whole."""
        removing = []
        for work in works:
            gone = guards.removed_bookings(work.plan)
            if gone and work.batch is None:
                removing.append((work, gone))
            elif gone and work.batch is not None:
                _count(books, work.batch, [one.external_id for one in gone])
        if not removing:
            return []
        allowed = books.stops.allowed({one.external_id for _work, gone in removing for one in gone})
        brake = _Brake(books, now)
        held = []
        for work, gone in removing:
            asked = [one for one in gone if one.external_id not in allowed]
            listed = books.stops.waiting_at(work.places)
            brake.look_at(asked, listed)
            found = (_day(books, work, asked) or brake.reason()) if asked else None
            if found is None:
                books.stops.removing([one.external_id for one in gone], allowed)
                brake.goes()
            else:
                _hold(books, work, asked, listed, *found)
                brake.waits(found[0])
                held.append(work)
                self._lists = True
        return held


def no_ground(books: Books, today: dt.date) -> str | None:
    """Why this timetable is no ground for any plan, None if it is one."""
    return _feed_reason(books, books.timetable.sizes(), books.stops.feed(), today)


def brake_on(books: Books, plans: Sequence[Plan], now: dt.datetime) -> str | None:
    """Why these plans together would remove too much, with what was removed lately; None if they would not."""
    gone = [one for plan in plans for one in guards.removed_bookings(plan)]
    if not gone:
        return None
    brake = _Brake(books, now)
    brake.look_at(gone, books.stops.waiting_at({one.standing.place for one in gone}))
    found = brake.reason()
    return None if found is None else found[1]


def proves_nothing(books: Books, works: Iterable[Work], today: dt.date) -> bool:
    """True if something would be removed, and the timetable of this snapshot is no ground for it."""
    if not any(guards.removals(work.plan) for work in works):
        return False
    return no_ground(books, today) is not None


@dataclass(frozen=True, slots=True)
class _Seen:
    """The timetable's size beside the last one."""

    reason: str | None
    """Why nothing may be planned."""
    sizes: dict[str, int] | None
    """What the last size is to be from now on, None if it stays."""
    to_write: bool


def _seen(books: Books, today: dt.date) -> _Seen:
    lessons, before = books.timetable.sizes(), books.stops.feed()
    reason = _feed_reason(books, lessons, before, today)
    sizes = None if reason is not None or not lessons else _next_sizes(books, lessons, before)
    said = [one.reason for one in books.stops.open() if one.kind is StopKind.FEED]
    return _Seen(reason, sizes, sizes is not None or said != ([reason] if reason is not None else []))


def _feed_reason(books: Books, lessons: dict[str, int], before: dict[str, int], today: dt.date) -> str | None:
    compared = dict(before)
    if not lessons or lessons.keys() - before.keys():
        # A year that was never planned from: what stands in Echo360 is the only thing to compare with.
        for setid, count in books.stops.lessons_ahead(today.isoformat()).items():
            compared.setdefault(setid, count)
    reason = guards.feed_guard(_with_others(books, lessons), compared, lessons.keys())
    return None if reason is None else f"{reason[0].upper()}{reason[1:]}."


def _with_others(books: Books, lessons: dict[str, int]) -> dict[str, int]:
    """With a line for other years if only they have lessons, so that "empty" and "another year" can be told."""
    if any(lessons.values()) or not books.timetable.any_lesson():
        return lessons
    return {**lessons, "": 1}


def _next_sizes(books: Books, lessons: dict[str, int], before: dict[str, int]) -> dict[str, int] | None:
    """Larger at once, smaller after a day: many small cuts are measured against what was before them."""
    settled = books.stops.feed_settled() if any(lessons[one] < before.get(one, 0) for one in lessons) else {}
    found = {
        setid: count if setid in settled else max(count, before.get(setid, 0)) for setid, count in lessons.items()
    }
    return found if found != before else None


class _Brake:
    """The count of one round of plans, one plan after the other. Asks only as much as the plans at hand need."""

    def __init__(self, books: Books, now: dt.datetime) -> None:
        self._books = books
        self._now = now
        tally = books.stops.tally()
        self._removed = tally.removed
        self._in_flight = tally.in_flight
        self._waiting = tally.waiting
        self._future: int | None = None
        self._asked = self._again = 0

    def look_at(self, asked: Sequence[Removal], listed: Mapping[str, StopKind]) -> None:
        """The next plan asks for these; `listed` is what it asked for before. Nothing is counted twice."""
        self._waiting = max(0, self._waiting - sum(kind is StopKind.BRAKE for kind in listed.values()))
        self._asked = len(asked)
        self._again = len(self._books.stops.counted({one.external_id for one in asked})) if asked else 0

    def reason(self) -> tuple[StopKind, str] | None:
        """Why it waits."""
        before = self._removed - self._again + self._waiting
        if before + self._asked <= guards.BRAKE_COUNT:
            return None
        future = self._standing() - self._in_flight + self._again - self._waiting
        reason = guards.brake(self._asked, before, max(0, future))
        return None if reason is None else (StopKind.BRAKE, f"{reason[0].upper()}{reason[1:]}.")

    def goes(self) -> None:
        """What it asks for is removed."""
        self._removed += self._asked - self._again
        self._in_flight += self._asked - self._again

    def waits(self, kind: StopKind) -> None:
        """What it asks for is on the list of this guard."""
        if kind is StopKind.BRAKE:
            self._waiting += self._asked

    def _standing(self) -> int:
        if self._future is None:
            minute = self._now.hour * 60 + self._now.minute
            self._future = self._books.stops.future(self._now.date().isoformat(), minute)
        return self._future


def _day(books: Books, work: Work, asked: Sequence[Removal]) -> tuple[StopKind, str] | None:
    """Too much of a room's day without a timetable edit. However the plan came about: a listing that shows nothing
    any more is in the mirror afterwards, where an ordinary plan meets it."""
    waiting = {one.external_id for one in work.waiting}
    winners = {one.external_id: one.winner for one in work.plan.projection.left_out}
    rest = [
        one
        for one in asked
        if one.external_id not in waiting
        and not (one.why is Why.LOST_CLASH and winners.get(one.external_id) in waiting)
    ]
    if len(rest) <= guards.DAY_COUNT:
        return None
    lessons = {one.external_id: books.timetable.lesson_of(one.external_id) for one in rest}
    explained = books.stops.explained({one[:2] for one in lessons.values() if one is not None})
    rest = [one for one in rest if (lesson := lessons[one.external_id]) is None or lesson[:2] not in explained]
    reason = guards.day_guard(rest, guards.standing_by_day(work.plan))
    return None if reason is None else (StopKind.DAY, f"{reason}.")


def _count(books: Books, batch: int, external_ids: Sequence[str]) -> None:
    """A batch removes these, with a yes of staff or by itself."""
    found = books.batches.get(batch)
    books.stops.removing(external_ids, () if found is not None and found.went_by_itself else external_ids)


def _hold(
    books: Books, work: Work, asked: Sequence[Removal], listed: Collection[str], kind: StopKind, reason: str
) -> None:
    edits: dict[str, int] = {}
    for one in work.waiting:
        edits[one.external_id] = max(one.queue_id, edits.get(one.external_id, 0))
    items = [
        StopItem(
            external_id=one.external_id,
            room=one.standing.place.room,
            date=one.standing.place.date.isoformat(),
            start=one.standing.time.start,
            finish=one.standing.time.end,
            title=one.standing.content.title,
            presenter=one.standing.content.presenter,
            why=one.why.value,
            queue_id=edits.get(one.external_id),
        )
        for one in asked
    ]
    stop = books.stops.hold(kind, reason, items, listed)
    books.stops.hold_places(work.places, work.marks)
    # The listing is in the mirror, and the room-days are dirty from here on: nothing of the re-sync is lost.
    books.places.clear_refresh(work.refresh)
    books.stops.tell_waiting(
        [one.id for one in work.waiting], f"Safety stop {stop}: it waits for a yes of staff. {reason}"
    )
