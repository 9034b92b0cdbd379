"""The last transaction of a plan: mirror, statuses, left out, room-days, audit, cleared intents and marks.

A room-day is clean only when every request of its plan that touches it succeeded, and its mark is still the one
that was read (decisions: "Clean means done"). Nothing here is sent.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from echodesk.planning.records import (
    ANSWERED,
    AuditLine,
    Lost,
    Mark,
    NewTry,
    NotificationOutcome,
    PlaceOutcome,
    Refusal,
)
from echodesk.planning.values import (
    LeftOut,
    Method,
    Reason,
    Request,
    RoomDay,
    Standing,
    Why,
    fingerprint,
)
from echodesk.worker.books import Books
from echodesk.worker.gate import ROOM_WAIT_S
from echodesk.worker.outcomes import Outcomes
from echodesk.worker.pieces import end_steps
from echodesk.worker.wording import outcome_text, standing_text
from echodesk.worker.work import UNANSWERED, Fate, Result, Work, print_of, removal_print

SURPRISES_SHOWN = 3
"""After this many unexplained surprises a room-day is shown as failed, though it keeps trying."""
SURPRISE_WAIT_S = 5.0
SURPRISE_WAIT_MAX_S = 3_600.0
DONE_WAIT_MAX_S = 60.0
"""What was done in another way than expected is looked at again within this time: only then it is certain."""
ENDED_OTHERWISE = {Fate.REFUSED, Fate.NO_DEVICE, Fate.TOO_LATE, Fate.OVERTAKEN}
"""Fates after which a room-day is planned again, knowing more."""


def settle(books: Books, works: Sequence[Work], epoch: int, late_s: float) -> None:
    """Write down what became of these finished plans, all in the caller's one transaction."""
    books.office.guard(epoch)
    wave = _Wave()
    for work in works:
        _Settling(books, work, late_s, wave).run()
    wave.write(books)
    # What is given back to others is no step of any batch.
    end_steps(books, [work for work in works if work.takes_back is None or work.batch is not None])
    books.journal.audit([line for work in works for line in _audit(work)], epoch)


@dataclass(slots=True)
class _Wave:
    """What nearly every plan writes: gathered, and written in one statement for all plans of the wave.

    That changes nothing, because a room-day and an external id belong to at most one running plan.
    """

    gone: list[str] = field(default_factory=list)
    stands: list[Standing] = field(default_factory=list)
    people: set[str] = field(default_factory=set)
    definite: list[int] = field(default_factory=list)
    unclear: list[int] = field(default_factory=list)
    refreshed: list[int] = field(default_factory=list)
    clean: list[Mark] = field(default_factory=list)
    places: list[PlaceOutcome] = field(default_factory=list)
    notifications: list[NotificationOutcome] = field(default_factory=list)
    good: set[str] = field(default_factory=set)
    booked: set[str] = field(default_factory=set)
    """Occurrences that now stand as they should."""
    lost: list[Lost] = field(default_factory=list)
    answered: set[tuple[str, Method]] = field(default_factory=set)
    """(external id, method) of what was answered clearly: it counts in its burst alone."""
    unsent: list[int] = field(default_factory=list)
    """Tries that were written down and never sent."""
    told: list[tuple[int, int, str]] = field(default_factory=list)
    """(try, how often it was sent, what Echo360 said)."""
    more: list[NewTry] = field(default_factory=list)
    parked: list[tuple[str, str]] = field(default_factory=list)
    carried: set[RoomDay] = field(default_factory=set)
    """Room-days of these plans: nothing stopped them."""

    def write(self, books: Books) -> None:
        """All of it, in the caller's transaction."""
        books.mirror.drop(self.gone)
        books.mirror.put(self.stands)
        books.journal.missing_people(self.people)
        books.journal.clear_intents(self.definite)
        books.journal.give_up(self.unclear)
        books.tries.drop(self.unsent)
        books.tries.told(self.told)
        books.tries.write(self.more)
        books.tries.answered(self.answered)
        books.suspects.clear(self.carried)
        books.places.clear_refresh(self.refreshed)
        books.places.clear(self.clean)
        books.places.settle(self.places)
        books.queue.finish(self.notifications)
        books.queue.tell_parked(self.parked)
        good = self.good | _wanted_no_more(books, [one.place for one in self.places])
        books.queue.put_right(good, "a later check of this room and day")
        books.stops.made_again(self.booked)
        books.told.recorded_again(self.booked)
        books.queue.tell_lost(self.lost)


class _Settling:
    def __init__(self, books: Books, work: Work, late_s: float, wave: _Wave) -> None:
        self._books = books
        self._work = work
        self._late_s = late_s
        self._wave = wave
        held = dict(work.plan.projection.held)
        self._held_back: Counter[RoomDay] = Counter(
            booking.place
            for booking in work.plan.projection.bookings
            if held.get(booking.external_id) is Reason.REFUSED
        )
        """Bookings that stand as they were, because Echo360 refused their change."""

    def run(self) -> None:
        work, wave = self._work, self._wave
        results = [(request, work.results[request.number]) for request in work.plan.requests]
        self._mirror(results)
        self._intents(results)
        if work.takes_back is not None:
            # What the timetable wants does not count here, and so nothing is said of it.
            self._tries(results)
            wave.carried |= work.places
            return
        surprises = self._marks(results)
        self._refusals(results)
        wave.places.extend(self._place_outcomes(results, surprises))
        outcomes = Outcomes(work)
        wave.notifications.extend(outcomes.notifications())
        wave.booked |= outcomes.booked()
        wave.good |= outcomes.good()
        wave.lost += outcomes.lost()
        wave.answered |= outcomes.answered()
        self._tries(results)
        wave.parked.extend(outcomes.parked())
        wave.carried |= work.places

    def _mirror(self, results: Iterable[tuple[Request, Result]]) -> None:
        for request, result in results:
            self._wave.gone.extend(result.gone)
            if result.stands is not None:
                self._wave.stands.append(result.stands)
            if result.missing_person in self._work.found:
                # Their entry was cleared after the request began: an answer from before may not add it again.
                self._books.places.mark(request.places, "person found")
            elif result.missing_person is not None:
                self._wave.people.add(result.missing_person)

    def _intents(self, results: Iterable[tuple[Request, Result]]) -> None:
        for request, result in results:
            intent = self._work.intents.get(request.number)
            if intent is not None:
                (self._wave.unclear if result.fate is Fate.UNCLEAR else self._wave.definite).append(intent)

    def _tries(self, results: Iterable[tuple[Request, Result]]) -> None:
        """What was counted before it was sent is made true: never sent, or sent again at once (reliability H1)."""
        for request, result in results:
            tried = self._work.tries.get(request.number)
            if tried is None:
                continue
            sent = dict(result.sent)
            own = sent.pop(request.method, 0)
            if result.broken:
                own = max(own, 1)
            if own:
                self._wave.told.append((tried, own, ANSWERED if result.fate is Fate.LATER else result.text))
            else:
                self._wave.unsent.append(tried)
            places = tuple(sorted(request.places))
            self._wave.more.extend(
                NewTry(request.external_id, method.value, print_of(request), places, times, result.text)
                for method, times in sent.items()
            )

    def _marks(self, results: Iterable[tuple[Request, Result]]) -> int:
        """Clear what is clean; refresh after surprises. Returns 1 if there was an unexplained surprise."""
        work, books = self._work, self._books
        fates: dict[RoomDay, set[Fate]] = defaultdict(set)
        surprised = False
        for request, result in results:
            surprised = surprised or result.surprised
            for place in request.places:
                fates[place].add(result.fate)
        clash = any(Fate.CLASH in found for found in fates.values())
        held = any(Fate.HELD in found for found in fates.values())
        again = {place for place, found in fates.items() if found & ENDED_OTHERWISE}
        later = {place for place, found in fates.items() if Fate.SKIPPED in found}
        waiting = {place for place, found in fates.items() if Fate.HELD in found}
        for request, result in results:
            if result.fate in (Fate.SPENT, Fate.LATER):
                again_s = max(result.wait_s, self._late_s)
                books.places.mark_refresh(request.places, again_s, "sent as often as it may be")
        books.places.mark_refresh(self._moved_from_unclear(results), self._late_s, "it may still be removed")
        if not held:
            self._wave.refreshed.extend(work.refresh)
        self._wave.clean.extend(mark for mark in work.marks if mark.place not in waiting)
        books.places.mark(again, "refused")
        if work.closed:
            marked = {mark.place for mark in books.places.marks_at(work.closed)}
            books.places.mark(work.closed - marked, "waits for a recorder")
        if later and not clash:
            unclear = any(Fate.UNCLEAR in found for found in fates.values())
            waits = [self._late_s] if unclear else []
            waits += [result.wait_s for _r, result in results if result.fate in (Fate.SPENT, Fate.LATER)]
            books.places.mark_refresh(later, max(waits, default=0.0), "skipped")
        if clash:
            before = books.places.surprises(work.places)
            books.places.mark_refresh(work.places, _surprise_wait_s(before), "clash")
            return 1
        if surprised:
            for request, result in results:
                if result.surprised:
                    books.places.mark_refresh(request.places, self._looked_at_after_s(request), "surprise")
        return 0

    def _moved_from_unclear(self, results: Iterable[tuple[Request, Result]]) -> set[RoomDay]:
        """Where schedules went from room-days in which a request may still take effect: that of another lesson,
        to which one of them was to be handed over, goes with it, and is looked for where it was sent alone."""
        moved = {
            (request.standing.place, request.booking.place)
            for request, result in results
            if result.fate is Fate.DONE and request.method is Method.PUT and request.booking and request.standing
        }
        if all(old == new for old, new in moved):
            return set()
        unclear = {place for one in self._books.journal.overdue(0.0) for place in one.places}
        return {new for old, new in moved if old != new and old in unclear}

    def _looked_at_after_s(self, request: Request) -> float:
        """When something that was done in another way than expected is looked at. What a killed process sent says
        nothing about Echo360, but it may take effect for L yet."""
        before = self._work.sent_before.get(request.number)
        if before == 0:
            return self._late_s
        return min(_surprise_wait_s(before or 0), DONE_WAIT_MAX_S)

    def _refusals(self, results: Iterable[tuple[Request, Result]]) -> None:
        """Remember definite refusals, so that the same thing is not sent again before something changes. A room
        without recorder is not remembered but waits as a whole, and is tried again with its first room-day."""
        refusals = []
        for request, result in results:
            if result.fate is Fate.NO_DEVICE and request.booking is not None:
                self._books.places.hold_room(request.booking.place.room, result.text, ROOM_WAIT_S)
            elif result.fate in (Fate.REFUSED, Fate.TOO_LATE) and request.why is not Why.ADOPTED:
                # What others booked could not be taken over: that says nothing against the lesson.
                if request.booking is not None:
                    place, printed = request.booking.place, fingerprint(request.booking)
                elif request.standing is not None and result.exchanges:
                    place, printed = request.standing.place, removal_print(request.standing.echo_id)
                else:
                    continue
                refusals.append(Refusal(request.external_id, printed, place, result.text))
        self._books.journal.remember_refusals(refusals)

    def _place_outcomes(self, results: Iterable[tuple[Request, Result]], surprises: int) -> list[PlaceOutcome]:
        left: dict[RoomDay, list[LeftOut]] = defaultdict(list)
        for one in self._work.plan.projection.left_out:
            left[one.place].append(one)
        failed: dict[RoomDay, list[str]] = defaultdict(list)
        for request, result in results:
            if result.fate in (Fate.REFUSED, Fate.NO_DEVICE) or result.fate is Fate.SPENT:
                for place in request.places:
                    failed[place].append(f"{request.external_id}: {result.text}")
            elif result.fate is Fate.CLASH:
                for place in self._work.places:
                    failed[place].append(f"{request.external_id}: {result.text}")
        stuck: dict[RoomDay, list[str]] = defaultdict(list)
        for place, text in self._work.stuck:
            stuck[place].append(text)
        shown = self._books.places.surprises(self._work.places) + 1 >= SURPRISES_SHOWN if surprises else False
        unanswered = {
            place for request, result in results if result.fate in UNANSWERED for place in request.places
        }
        return [
            PlaceOutcome(
                place=place,
                left_out=tuple(one for one in left.get(place, ()) if one.reason is not Reason.REFUSED),
                failed=sum(1 for one in left.get(place, ()) if one.reason is Reason.REFUSED)
                + len(stuck.get(place, ()))
                + self._held_back.get(place, 0)
                + (len(failed.get(place, ())) if not surprises or shown else 0),
                surprises=surprises or (-1 if place in unanswered else 0),
                answered=place not in unanswered,
                refreshed=self._work.refreshed,
                error="; ".join(dict.fromkeys([*failed.get(place, ()), *stuck.get(place, ())]))
                or self._refused_text(left.get(place, ())),
            )
            for place in sorted(self._work.places)
        ]

    def _refused_text(self, left: Iterable[LeftOut]) -> str | None:
        texts = [
            f"{one.external_id}: {text}"
            for one in left
            if one.reason is Reason.REFUSED
            for (external_id, _print), text in self._work.refused.items()
            if external_id == one.external_id
        ]
        return "; ".join(dict.fromkeys(texts)) or None


def _surprise_wait_s(before: int) -> float:
    """The first surprise is looked into at once, each further one after twice the time (decisions: a surprise that
    is not explained)."""
    return 0.0 if before == 0 else min(SURPRISE_WAIT_S * 2 ** (before - 1), SURPRISE_WAIT_MAX_S)


def _wanted_no_more(books: Books, places: Collection[RoomDay]) -> set[str]:
    """Occurrences that failed in these room-days, that the timetable has no more, and that stand nowhere."""
    failed = books.queue.failed_at(places)
    if not failed:
        return set()
    lessons = [lesson for one in failed if (lesson := books.timetable.lesson_of(one)) is not None]
    good, unfit = books.timetable.occurrences_of(lessons)
    wanted = {one.external_id for one in good} | {one.external_id for one in unfit}
    return failed - wanted - {row.standing.external_id for row in books.mirror.of_external(failed - wanted)}


def _audit(work: Work) -> Iterable[AuditLine]:
    for request in work.plan.requests:
        result = work.results[request.number]
        place = request.booking.place if request.booking else request.standing.place if request.standing else None
        for exchange in result.exchanges:
            yield AuditLine(
                who="worker",
                action=exchange.method,
                external_id=request.external_id,
                place=place,
                why=request.why.value,
                before=standing_text(request.standing),
                after=standing_text(result.stands),
                sent=exchange.body or None,
                status=exchange.status,
                answer=exchange.reply,
                outcome=outcome_text(result),
                milliseconds=exchange.milliseconds,
            )
