"""Making a plan of many room-days, and checking it once more before it is sent: both are one comparison.

A check lets the batch run only if it would send exactly what was shown (design §4.12). What either puts into the
mirror is `renewing`'s.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from echodesk.planning.answers import Learned
from echodesk.planning.batches import (
    BY_ITSELF,
    OPEN_BATCHES,
    BatchKind,
    BatchRecord,
    BatchState,
    StepState,
    Summary,
    identity_of_step,
    plan_difference,
    year_of,
)
from echodesk.planning.ground import Deadline
from echodesk.planning.needed import Needed, needed_by
from echodesk.planning.nothing import nothing_to_send
from echodesk.planning.records import PauseRecord, Refusal
from echodesk.planning.steps import Step, counts, pieces_of, steps_of
from echodesk.planning.undoing import Undo as Way
from echodesk.planning.undoing import given_up, undo
from echodesk.planning.values import Plan, RoomDay
from echodesk.worker.books import Books
from echodesk.worker.compare import Comparison, compare_with, lacking_of
from echodesk.worker.defects import Report
from echodesk.worker.flight import Flight
from echodesk.worker.gate import Gate
from echodesk.worker.guarding import brake_on, no_ground
from echodesk.worker.listed import Listed, Meanwhile, NotListed, list_for
from echodesk.worker.ports import Capture, Clock, Ledger
from echodesk.worker.reconciling import at_work, pause_steps, rooms_of
from echodesk.worker.renewing import Renewal
from echodesk.worker.weighing import Preview, guard_of_undo, preview_of

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
                await self._ledger.write("plan", functools.partial(self.say, batch, f"{why} It is tried again."))
                continue
            renewal = Renewal(listed, meanwhile, self._clock.campus_now().date().isoformat())
            again: Sequence[Refusal] = ()
            if batch.kind is BatchKind.UNDO:
                back = await self._ledger.read("undo", functools.partial(self._way_back, batch, listed))
                save = functools.partial(self._save_undo, batch, listed, back)
            else:
                found = await compare_with(
                    self._ledger,
                    listed,
                    meanwhile,
                    self._clock,
                    batch.scope,
                    rooms,
                    self._report,
                    asks_again=True,
                )
                again = found.asked_again
                await renewal.of_what_stands_right(self._ledger, self._epoch, found, batch.scope, rooms)
                found = replace(found, lacking=await self._lacking(batch, found.plans))
                save = functools.partial(self._save, batch, found, self._capture.learned())
            if (plans := await self._ledger.write("plan", save)) is not None:
                await self._run(batch, renewal, plans, again)
            return
        await self._ledger.write("plan", functools.partial(self.no_plan, batch, why))

    async def _lacking(self, batch: BatchRecord, plans: Sequence[Plan]) -> tuple[Needed, ...]:
        """What these plans name and Echo360 does not have; a check asks for nothing that the preview asked for."""
        if batch.state is BatchState.COMPARING:
            await self._gate.ready()
            return await lacking_of(self._capture, plans)
        shown = await self._ledger.read("lacking", lambda books: books.batches.summary(batch.id).lacking)
        return tuple(sorted(needed_by(plans).intersection(shown)))

    def say(self, batch: BatchRecord, said: str, books: Books) -> None:
        """What staff read about it, as long as nobody has taken it further."""
        books.office.guard(self._epoch)
        if still(books, batch):
            books.batches.say(batch.id, said)

    def no_plan(self, batch: BatchRecord, why: str, books: Books) -> None:
        """There is none, for this reason; what was shown stays as it is."""
        books.office.guard(self._epoch)
        if not still(books, batch):
            return
        if batch.state is BatchState.CHECKING:
            books.batches.become(batch.id, BatchState.READY, f"It was not sent. {why}")
        else:
            books.batches.become(batch.id, BatchState.FAILED, why)

    def _save(
        self, batch: BatchRecord, found: Comparison, learned: Sequence[Learned], books: Books
    ) -> Sequence[Plan] | None:
        """Returns what is to be sent, None if nothing is."""
        books.office.guard(self._epoch)
        books.journal.learn(learned)
        if not still(books, batch):
            return None
        reason = no_ground(books, self._clock.campus_now().date())
        if reason is not None:
            self.no_plan(batch, f"There is no plan from this timetable. {reason}", books)
            return None
        return self._keep(books, batch, preview_of(books, found))

    def _way_back(self, batch: BatchRecord, listed: Listed, books: Books) -> Way:
        steps = books.batches.steps(batch.undoes) if batch.undoes is not None else []
        done = [step for step, state, _answer in steps if state is StepState.DONE]
        done += given_up([step for step, state, _answer in steps if state is StepState.FAILED], listed.standing)
        now = self._clock.campus_now()
        lead = dt.timedelta(minutes=books.office.rules().lead)
        late, begun = Deadline.at(now + lead), Deadline.at(now)
        return undo(done, listed.standing, late, begun, books.timetable.lesson_of)

    def _save_undo(self, batch: BatchRecord, listed: Listed, back: Way, books: Books) -> Sequence[Plan] | None:
        books.office.guard(self._epoch)
        if not still(books, batch) or batch.undoes is None:
            return None
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
        weigh = functools.partial(guard_of_undo, ahead)
        return self._keep(books, batch, Preview(back.plans, summary, weigh(back.plans), weigh))

    def _keep(self, books: Books, batch: BatchRecord, preview: Preview) -> Sequence[Plan] | None:
        """The plan of a preview is saved; that of a check is held against what was shown, and returned if it is
        to be sent."""
        if batch.state is BatchState.COMPARING:
            other = at_work(books)
            keep_preview(books, batch.id, preview)
            if not batch.by.startswith(BY_ITSELF):
                return None
            _replace_earlier_nights(books, batch)
            if not preview.summary.calls or preview.guard or not books.office.timer().sends:
                return None
            # Nobody looks at it at night; what changes until the check waits for somebody who does.
            if other is None:
                books.batches.agreed(batch.id, batch.by)
                books.batches.become(batch.id, BatchState.CHECKING)
            else:
                books.batches.say(batch.id, f"It waits for a yes, because plan {other} is not at its end.")
            return None
        of_state: dict[StepState, list[Step]] = defaultdict(list)
        for step, state, _answer in books.batches.steps(batch.id):
            of_state[state].append(step)
        shown, left_out = of_state[StepState.OPEN], of_state[StepState.LEFT_OUT]
        plans = preview.plans
        going = without_left_out(books, batch, plans, shown, left_out) if left_out else plans
        change = plan_difference(shown, steps_of(going))
        late = Deadline.at(self._clock.campus_now() + dt.timedelta(minutes=books.office.rules().lead))
        begun = {step.number for step in change.gone if _has_begun(step, late)}
        if change.new or len(begun) < len(change.gone):
            new = books.batches.add(batch.kind, batch.by, batch.scope, batch.undoes, batch.id)
            said = f"It takes the place of plan {batch.id}.{_of_left_out(batch, left_out, plans, going)}"
            keep_preview(books, new, preview, said, going)
            waiting = _held_by_pauses(books, change.gone)
            held = f", {waiting} wait for a pause" if waiting else ""
            books.batches.become(
                batch.id,
                BatchState.STALE,
                f"Changed since the preview: {len(change.gone) - waiting} step(s) are needed no more{held}"
                f" and {len(change.new)} came. {change.in_words}".rstrip()
                + f" Plan {new} is what would be sent now.",
            )
            return None
        if batch.went_by_itself and (reason := brake_on(books, going, self._clock.campus_now())) is not None:
            books.batches.become(batch.id, BatchState.READY, f"It waits for a yes. {reason}")
            return None
        books.batches.end(
            batch.id, [(number, StepState.OVERTAKEN, "The lesson has begun.") for number in sorted(begun)]
        )
        sent = preview.of(going)
        if sent.guard and _asks_for_words(books, batch, sent):
            books.batches.weigh(batch.id, sent.summary, sent.guard)
            books.batches.become(
                batch.id,
                BatchState.READY,
                "It was not sent. Since it was shown, a safety stop came that must be confirmed in writing.",
            )
            return None
        if left_out:
            books.batches.weigh(batch.id, sent.summary, sent.guard)
        return going

    async def _run(
        self, batch: BatchRecord, renewal: Renewal, plans: Sequence[Plan], again: Sequence[Refusal]
    ) -> None:
        """What was shown is sent from now on. In one transaction with the mirror of its room-days: without it
        nothing there would be sent, and without the batch it would be sent as ordinary changes."""
        shown = await self._ledger.read("rooms of a plan", lambda books: books.batches.places(batch.id))
        going = frozenset[RoomDay]().union(*(plan.places for plan in plans))
        places = going.union(*shown.values())
        names = {request.external_id for plan in plans for request in plan.requests}
        renew = await renewal.for_plan(self._ledger, places, names)

        def run(books: Books) -> tuple[PauseRecord, ...]:
            books.office.guard(self._epoch)
            if not still(books, batch):
                return tuple(books.office.pauses())
            year, on = year_of(batch, books.batches.get)
            if year and on:
                books.office.switch_on(year)
            elif year:
                books.office.switch_off(year)
            renew(books)
            books.journal.forget([one for one in again if one.place in going])
            # A mark that waits for a pause with which nothing links it any more would keep its piece waiting.
            books.office.hold_anew()
            if batch.kind is BatchKind.UNDO:
                # From now on nothing else is sent there: what the timetable wants would undo the undo.
                pause_steps(books, batch, f"undone plan {batch.undoes}", batch.by, StepState.OPEN)
            elif books.batches.progress(batch.id).by_state.get(StepState.LEFT_OUT):
                pause_steps(books, batch, f"left out of plan {batch.id}", batch.by, StepState.LEFT_OUT)
            books.batches.become(batch.id, BatchState.RUNNING)
            return tuple(books.office.pauses())

        self._gate.use_pauses(await self._ledger.write("plan", run))


def keep_preview(
    books: Books,
    batch: int,
    preview: Preview,
    said: str = "",
    going: Sequence[Plan] | None = None,
) -> None:
    """Save a plan that was made, for staff to look at; one that asks for nothing is done. What of its plans is not
    `going` is left out, and counted nowhere; None: all of them are going."""
    steps, pieces = steps_of(preview.plans), pieces_of(preview.plans)
    shown = preview if going is None else preview.of(going)
    summary, guard = shown.summary, shown.guard
    places = {piece: plan.places for piece, plan in pieces.items()}
    books.batches.save(batch, summary, steps, places, guard, preview.left_out)
    if going is not None:
        sent = {id(plan) for plan in going}
        out = {piece for piece, plan in pieces.items() if id(plan) not in sent}
        books.batches.leave_out(batch, [step.number for step in steps if step.piece in out])
    found = books.batches.get(batch)
    if found is None:
        return
    if not steps:
        said = nothing_to_send(found.kind, summary)
    elif summary.missing and not guard:
        said = f"{said} {summary.missing} booking(s) that EchoDesk made are not in Echo360 any more.".strip()
    year, on = year_of(found, books.batches.get)
    if year:
        since = "" if on else ", and what was booked for it since is removed"
        said = f"{said} Applying it switches {year} {'on' if on else 'off'}{since}.".strip()
    books.batches.become(batch, BatchState.READY if steps or year else BatchState.DONE, said)


def _replace_earlier_nights(books: Books, batch: BatchRecord) -> None:
    """Of plans that came by themselves and wait for a yes, the newest is enough: it holds what the others held.
    So it does with what is not recorded: a list of thousands is not kept for every night."""
    nights = [one for one in books.batches.newest(NIGHTS) if one.by.startswith(BY_ITSELF) and one.id < batch.id]
    for one in nights:
        if one.state is BatchState.READY:
            books.batches.become(one.id, BatchState.CANCELLED, f"Plan {batch.id} compared everything anew.")
    books.batches.forget_left_out([one.id for one in nights if one.state not in OPEN_BATCHES])


def _asks_for_words(books: Books, batch: BatchRecord, sent: Preview) -> bool:
    """True if nobody has confirmed its guard in writing. What was typed holds for the steps that were shown,
    however few stand ahead by now; not for more that is missing in Echo360 than was shown."""
    return not batch.guard or sent.summary.missing > books.batches.summary(batch.id).missing


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


def _of_left_out(
    batch: BatchRecord, left_out: Sequence[Step], plans: Sequence[Plan], going: Sequence[Plan]
) -> str:
    """What becomes of what staff left out, in the plan that takes the place of this one; '' if nothing of it is
    asked for any more."""
    names = {identity_of_step(step) for step in left_out}
    back = sum(identity_of_step(step) in names for step in steps_of(going))
    if back:
        return (
            f" {back} step(s) that were left out of plan {batch.id} are in it, because they hang together with"
            " others now: leave them out once more if they are not to be sent."
        )
    if len(going) < len(plans):
        return f" What was left out of plan {batch.id} is left out of it as well."
    return ""


def _held_by_pauses(books: Books, steps: Sequence[Step]) -> int:
    """How many of these steps are about room-days that are paused."""
    pauses = books.office.pauses()
    places = [{one.place for one in (step.before, step.after) if one is not None} for step in steps]
    return sum(any(pause.covers(place) for pause in pauses for place in found) for found in places)


def still(books: Books, batch: BatchRecord) -> bool:
    """False once somebody, or another worker, has taken this batch further."""
    found = books.batches.get(batch.id)
    return found is not None and found.state is batch.state


def _has_begun(step: Step, late: Deadline) -> bool:
    return any(
        late.reached(one.place.date, one.time.start) for one in (step.before, step.after) if one is not None
    )
