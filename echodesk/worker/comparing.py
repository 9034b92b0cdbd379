"""Making a plan of many room-days, and checking it once more before it is sent: both are one comparison.

A preview leaves the mirror alone, or what it shows would be sent without a yes. A check puts what it listed into
the mirror, and lets the batch run only if it would send exactly what was shown (design §4.12).
"""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from echodesk.planning.answers import Kind
from echodesk.planning.batches import (
    BY_ITSELF,
    BatchKind,
    BatchRecord,
    BatchState,
    StepState,
    Summary,
    plan_difference,
)
from echodesk.planning.ground import Deadline
from echodesk.planning.guards import (
    DAY_COUNT,
    batch_guard,
    day_guard,
    missing_guard,
    moved_guard,
    removed_bookings,
    rooms_guard,
    standing_by_day,
)
from echodesk.planning.nothing import nothing_to_send
from echodesk.planning.records import PauseRecord
from echodesk.planning.steps import Step, counts, pieces_of, steps_of
from echodesk.planning.undoing import Undo as Way
from echodesk.planning.undoing import undo
from echodesk.planning.values import Method, Plan, RoomDay, Standing
from echodesk.worker.books import Books
from echodesk.worker.compare import Comparison, compare_with
from echodesk.worker.defects import Report
from echodesk.worker.flight import Flight
from echodesk.worker.gate import Gate
from echodesk.worker.guarding import no_ground
from echodesk.worker.listed import Listed, Meanwhile, NotListed, list_for
from echodesk.worker.ports import Capture, Clock, Ledger
from echodesk.worker.reconciling import at_work, lift_pause, pause_steps, rooms_of

TRIES = 3
TRY_AGAIN_S = 20.0
NIGHTS = 50
"""So many plans are looked through for those that a new night replaces."""


class Comparing:
    """Comparisons for batches. Owned by the worker's loop; one at a time."""

    def __init__(
        self,
        ledger: Ledger,
        capture: Capture,
        clock: Clock,
        flight: Flight,
        gate: Gate,
        epoch: int,
        report: Report,
    ) -> None:
        self._ledger = ledger
        self._capture = capture
        self._clock = clock
        self._flight = flight
        self._gate = gate
        self._epoch = epoch
        self._report = report
        self._meanwhile: Meanwhile | None = None

    def on_launch(self, places: frozenset[RoomDay]) -> None:
        """Something is about to be sent for these room-days: a listing that runs may be older."""
        if self._meanwhile is not None:
            self._meanwhile.touched.update(places)

    async def list_rooms(self, rooms: frozenset[str] | None) -> tuple[Listed, Meanwhile]:
        """A fresh listing, and what is sent while it runs and after it. Raises `NotListed`."""
        self._meanwhile = meanwhile = Meanwhile(set(self._flight.busy), self._flight.busy)
        return await list_for(self._ledger, self._capture, rooms, self._gate.ready), meanwhile

    def forget(self) -> None:
        """The comparison is over."""
        self._meanwhile = None

    async def compare(self, batch: BatchRecord) -> None:
        """Make the plan of a batch, or check it; the listing is tried again if it did not come to its end."""
        pieces: Mapping[int, set[RoomDay]] = {}
        if batch.undoes is not None:
            of = batch.undoes
            pieces = await self._ledger.read("rooms of a plan", lambda books: books.batches.places(of))
            rooms: frozenset[str] | None = frozenset(place.room for found in pieces.values() for place in found)
        else:
            rooms = await self._ledger.read("rooms of a plan", lambda books: rooms_of(books, batch.scope))
        why = ""
        for number in range(TRIES):
            if number:
                await self._clock.sleep(TRY_AGAIN_S)
            try:
                listed, meanwhile = await self.list_rooms(rooms)
            except NotListed as problem:
                why = f"Echo360 could not be listed: {problem}"
                await self._ledger.write("plan", functools.partial(self._tries_again, batch, why))
                continue
            if batch.kind is BatchKind.UNDO:
                back = await self._ledger.read("undo", functools.partial(self._way_back, batch, listed))
                await self._ledger.write("plan", functools.partial(self._save_undo, batch, listed, back))
            else:
                found = await compare_with(
                    self._ledger, listed, meanwhile, self._clock, batch.scope, rooms, self._report
                )
                await self._ledger.write("plan", functools.partial(self._save, batch, found))
            await self._take_over(batch, listed, meanwhile, rooms)
            return
        await self._ledger.write("plan", functools.partial(self.no_plan, batch, why))

    def _tries_again(self, batch: BatchRecord, why: str, books: Books) -> None:
        books.office.guard(self._epoch)
        if still(books, batch):
            books.batches.say(batch.id, f"{why} It is tried again.")

    def no_plan(self, batch: BatchRecord, why: str, books: Books) -> None:
        """There is none, for this reason; what was shown stays as it is."""
        books.office.guard(self._epoch)
        if not still(books, batch):
            return
        if batch.state is BatchState.CHECKING:
            self._ready_again(books, batch, f"It was not sent. {why}")
        else:
            books.batches.become(batch.id, BatchState.FAILED, why)

    def _ready_again(self, books: Books, batch: BatchRecord, why: str) -> None:
        """As it was before somebody said yes."""
        lift_pause(books, batch)
        books.batches.bring_back(batch.id)
        books.batches.become(batch.id, BatchState.READY, why)

    def _save(self, batch: BatchRecord, found: Comparison, books: Books) -> None:
        books.office.guard(self._epoch)
        if not still(books, batch):
            return
        reason = no_ground(books, self._clock.campus_now().date())
        if reason is not None:
            self.no_plan(batch, f"There is no plan from this timetable. {reason}", books)
            return
        self._keep(books, batch, found.plans, summary_of(found), guard_of(books, found))

    def _way_back(self, batch: BatchRecord, listed: Listed, books: Books) -> Way:
        steps = books.batches.steps(batch.undoes) if batch.undoes is not None else []
        done = [step for step, state, _answer in steps if state is StepState.DONE]
        now = self._clock.campus_now()
        lead = dt.timedelta(minutes=books.office.rules().lead)
        late, begun = Deadline.at(now + lead), Deadline.at(now)
        return undo(done, listed.standing, late, begun, books.timetable.lesson_of)

    def _save_undo(self, batch: BatchRecord, listed: Listed, back: Way, books: Books) -> None:
        books.office.guard(self._epoch)
        if not still(books, batch) or batch.undoes is None:
            return
        ours = {one.echo_id for one in listed.standing if one.ours}
        summary = Summary(
            compared=len({place for places in books.batches.places(batch.undoes).values() for place in places}),
            schedules=len(ours),
            foreign=len({one.echo_id for one in listed.standing if not one.ours}),
            counts=counts(back.plans),
            calls=sum(len(plan.requests) for plan in back.plans),
            refused=tuple(f"{one.step.external_id}: {one.why}" for one in back.kept),
        )
        now = self._clock.campus_now()
        ahead = books.stops.future(now.date().isoformat(), now.hour * 60 + now.minute)
        guard = batch_guard(summary.counts["removed"], ahead) or _day(back.plans) or ""
        year, on = year_of(books, batch)
        said = f"{year} is switched {'on' if on else 'off'} as well." if year else ""
        self._keep(books, batch, back.plans, summary, guard, said)

    def _keep(
        self,
        books: Books,
        batch: BatchRecord,
        plans: Sequence[Plan],
        summary: Summary,
        guard: str,
        said: str = "",
    ) -> None:
        """The plan of a preview is saved; that of a check is held against what was shown."""
        if batch.state is BatchState.COMPARING:
            other = at_work(books)
            keep_preview(books, batch.id, plans, summary, guard, said)
            if batch.by.startswith(BY_ITSELF):
                _replace_earlier_nights(books, batch)
            if not batch.by.startswith(BY_ITSELF) or not summary.calls or guard or not books.office.timer().sends:
                return
            # Nobody looks at it at night; what changes until the check waits for somebody who does.
            if other is None:
                books.batches.agreed(batch.id, batch.by)
                books.batches.become(batch.id, BatchState.CHECKING)
            else:
                books.batches.say(batch.id, f"It waits for a yes, because plan {other} is not at its end.")
            return
        of_state: dict[StepState, list[Step]] = defaultdict(list)
        for step, state, _answer in books.batches.steps(batch.id):
            of_state[state].append(step)
        shown, left_out = of_state[StepState.OPEN], of_state[StepState.LEFT_OUT]
        if left_out:
            plans = without_left_out(books, batch, plans, shown, left_out)
        change = plan_difference(shown, steps_of(plans))
        late = Deadline.at(self._clock.campus_now() + dt.timedelta(minutes=books.office.rules().lead))
        begun = {step.number for step in change.gone if _has_begun(step, late)}
        if change.new or len(begun) < len(change.gone):
            new = books.batches.add(batch.kind, batch.by, batch.scope, batch.undoes, batch.id)
            lift_pause(books, batch)
            keep_preview(
                books, new, plans, summary, guard, f"It takes the place of plan {batch.id}. {said}".strip()
            )
            books.batches.become(
                batch.id,
                BatchState.STALE,
                f"Changed since the preview: {len(change.gone)} step(s) are needed no more and {len(change.new)}"
                f" came. Plan {new} is what would be sent now.",
            )
            return
        books.batches.end(
            batch.id, [(number, StepState.OVERTAKEN, "The lesson has begun.") for number in sorted(begun)]
        )
        if batch.kind is BatchKind.RECONCILE and left_out:
            # Before the mirror shows the difference, or it would be sent as an ordinary change.
            pause_steps(books, batch, f"left out of plan {batch.id}", batch.by, StepState.LEFT_OUT)

    async def _take_over(
        self, batch: BatchRecord, listed: Listed, meanwhile: Meanwhile, rooms: frozenset[str] | None
    ) -> None:
        """What a check listed goes into the mirror, room by room; then the batch runs. A preview leaves the mirror
        alone, or what it shows would be sent without a yes."""
        if batch.state is not BatchState.CHECKING:
            return
        if not await self._ledger.read("plan", lambda books: still(books, batch)):
            return
        self._gate.use_pauses(await self._ledger.read("pauses", lambda books: tuple(books.office.pauses())))
        by_room: dict[str, list[Standing]] = {}
        for one in listed.standing:
            by_room.setdefault(one.place.room, []).append(one)
        known = await self._ledger.read(
            "rooms of the mirror", lambda books: set(books.mirror.rooms_with_schedules())
        )
        about = {*by_room, *known} if listed.rooms is None else set(listed.rooms)
        today = self._clock.campus_now().date().isoformat()

        def renew(room: str, books: Books) -> None:
            books.office.guard(self._epoch)
            changed = books.mirror.replace_room(room, by_room.get(room, ()), meanwhile.touched, today)
            ahead = {place for place in changed if place.date.isoformat() >= today}
            elsewhere = ahead - books.batches.open_at(ahead, checked=True).keys()
            books.places.mark(elsewhere, "the listing showed another")

        for room in sorted(about):
            await self._ledger.write("mirror", functools.partial(renew, room))

        def run(books: Books) -> tuple[PauseRecord, ...]:
            books.office.guard(self._epoch)
            if not still(books, batch):
                return tuple(books.office.pauses())
            if batch.kind is BatchKind.UNDO:
                # From now on nothing else is sent there: what the timetable wants would undo the undo.
                pause_steps(books, batch, f"undone plan {batch.undoes}", batch.by, StepState.OPEN)
            year, on = year_of(books, batch)
            if year and on:
                books.office.switch_on(year)
            elif year:
                books.office.switch_off(year)
            books.batches.become(batch.id, BatchState.RUNNING)
            return tuple(books.office.pauses())

        self._gate.use_pauses(await self._ledger.write("plan", run))


def summary_of(found: Comparison) -> Summary:
    """A comparison as counts."""
    return Summary(
        compared=found.compared,
        paused=found.paused,
        schedules=found.schedules,
        foreign=found.foreign,
        counts=counts(found.plans),
        calls=sum(len(plan.requests) for plan in found.plans),
        left_out=dict(sorted(Counter(one.reason.value for one in found.left_out).items())),
        unplanned=found.unplanned,
    )


def guard_of(books: Books, found: Comparison) -> str:
    """Why the plan of a comparison must be confirmed in writing, '' if it need not."""
    counted = counts(found.plans)
    known = {one.key for one in books.journal.known_reference() if one.kind is Kind.ROOM}
    moved = [
        request.booking.place.room
        for plan in found.plans
        for request in plan.requests
        if request.booking is not None and request.standing is not None and known
    ]
    unknown = [room for room in moved if room not in known]
    again = _made_again(books, found.plans)
    return (
        batch_guard(counted["removed"], found.schedules)
        or _day(found.plans)
        or rooms_guard(unknown, found.schedules)
        or missing_guard(again, found.schedules + again)
        or moved_guard(counted["moved"] + counted["changed"], found.schedules)
        or ""
    )


def _made_again(books: Books, plans: Sequence[Plan]) -> int:
    """How many are to be made although the mirror holds them: the listing does not show them any more."""
    made = set[str]()
    for plan in plans:
        asked = [(request.method, request.external_id) for request in plan.requests]
        gone = {name for method, name in asked if method is Method.DELETE}
        made |= {name for method, name in asked if method is Method.POST and name not in gone}
    return len({row.standing.external_id for row in books.mirror.of_external(made)})


def keep_preview(
    books: Books, batch: int, plans: Sequence[Plan], summary: Summary, guard: str, said: str = ""
) -> None:
    """Save a plan that was made, for staff to look at; one that asks for nothing is done."""
    steps = steps_of(plans)
    places = {piece: plan.places for piece, plan in pieces_of(plans).items()}
    books.batches.save(batch, summary, steps, places, guard)
    if steps:
        books.batches.become(batch, BatchState.READY, said)
        return
    found = books.batches.get(batch)
    kind = found.kind if found is not None else BatchKind.RECONCILE
    books.batches.become(batch, BatchState.DONE, nothing_to_send(kind, summary))


def _replace_earlier_nights(books: Books, batch: BatchRecord) -> None:
    """Of plans that came by themselves and wait for a yes, the newest is enough: it holds what the others held."""
    for one in books.batches.newest(NIGHTS):
        if one.by.startswith(BY_ITSELF) and one.state is BatchState.READY and one.id < batch.id:
            books.batches.become(one.id, BatchState.CANCELLED, f"Plan {batch.id} compared everything anew.")


def year_of(books: Books, batch: BatchRecord) -> tuple[str, bool]:
    """The year that a batch switches on (True) or, taking that back, off; '' for none."""
    on, found = True, batch
    while found.undoes is not None and (undone := books.batches.get(found.undoes)) is not None:
        on, found = not on, undone
    return found.scope.year, on


def without_left_out(
    books: Books, batch: BatchRecord, plans: Sequence[Plan], shown: Sequence[Step], left_out: Sequence[Step]
) -> list[Plan]:
    """Without those about room-days of which staff left everything out: whatever changed there, it is not sent."""
    places = books.batches.places(batch.id, {step.piece for step in left_out})
    out = {place for found in places.values() for place in found}
    names = {step.external_id for step in shown}
    return [
        plan
        for plan in plans
        if not plan.places & out or any(request.external_id in names for request in plan.requests)
    ]


def still(books: Books, batch: BatchRecord) -> bool:
    """False once somebody, or another worker, has taken this batch further."""
    found = books.batches.get(batch.id)
    return found is not None and found.state is batch.state


def _day(plans: Sequence[Plan]) -> str | None:
    """Too much of a room's day without a timetable edit, in any of these plans."""
    for plan in plans:
        gone = removed_bookings(plan)
        if len(gone) > DAY_COUNT and (reason := day_guard(gone, standing_by_day(plan))) is not None:
            return reason
    return None


def _has_begun(step: Step, late: Deadline) -> bool:
    return any(
        late.reached(one.place.date, one.time.start) for one in (step.before, step.after) if one is not None
    )
