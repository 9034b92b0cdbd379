"""What staff ask of plans of the whole year, in one transaction each. Nothing here talks to Echo360."""

from __future__ import annotations

import dataclasses
import datetime as dt

from echodesk.batches import (
    LARGEST_ID,
    Apply,
    CancelPlan,
    Compare,
    ContinuePlan,
    PlanCommand,
    RetrySteps,
    StopPlan,
    Undo,
)
from echodesk.errors import NothingDone, TimetableFault, WrongUse
from echodesk.messages import CommandDone, Scope
from echodesk.planning.batches import (
    BatchKind,
    BatchRecord,
    BatchState,
    StepState,
    confirmation,
    left_out_with,
    scope_in_words,
    switched,
)
from echodesk.planning.steps import PlanScope, Step
from echodesk.planning.undoing import fingerprint_of, given_up
from echodesk.planning.values import RoomDay, fingerprint
from echodesk.worker.books import Books
from echodesk.worker.guarding import no_ground

LOOK = "Look at it again: `echodesk plans` lists them."


def carry_out_plan(books: Books, command: PlanCommand, today: dt.date) -> CommandDone:
    """Do what was asked, in the caller's transaction. Raises `WrongUse` or `NothingDone` with nothing changed."""
    if isinstance(command, Compare):
        return _compare(books, command, today)
    batch = books.batches.get(command.plan) if 0 < command.plan <= LARGEST_ID else None
    if batch is None:
        raise WrongUse("There is no such plan", f"No plan has the number {command.plan}.", LOOK)
    if isinstance(command, Apply):
        return _apply(books, command, batch)
    if isinstance(command, Undo):
        return _undo(books, command, batch)
    if isinstance(command, StopPlan):
        if batch.state is not BatchState.RUNNING:
            raise NothingDone("Nothing to stop", f"Nothing of plan {batch.id} is being sent.", LOOK)
        why = command.why.strip() or "no reason given"
        books.batches.become(batch.id, BatchState.STOPPED, f"{command.by or 'Somebody'} stopped it: {why}.")
        going = _on_their_way(books, batch) + _being_made(books)
        text = f"Nothing more of plan {batch.id} is sent until it is let go on"
        text += f"; up to {going} call(s) are on their way." if going else "."
        return CommandDone(text, 1, batch.id)
    if isinstance(command, ContinuePlan):
        if batch.state is not BatchState.STOPPED:
            raise NothingDone("Nothing to let go on", f"Plan {batch.id} does not stand still.", LOOK)
        books.batches.become(batch.id, BatchState.RUNNING)
        return CommandDone(f"Plan {batch.id} goes on.", 1, batch.id)
    if isinstance(command, CancelPlan):
        return _cancel(books, command, batch)
    return _retry(books, command, batch)


def rooms_of(books: Books, scope: PlanScope) -> frozenset[str] | None:
    """The rooms that a scope names, None for all."""
    if scope.building:
        return books.timetable.rooms_of_building(scope.building)
    return frozenset(scope.rooms) or None


def _compare(books: Books, command: Compare, today: dt.date) -> CommandDone:
    number = books.batches.add(BatchKind.RECONCILE, command.by, selection(books, command, today))
    return CommandDone(f"Plan {number} is being made; nothing is sent.", 1, number)


def selection(books: Books, command: Compare, today: dt.date) -> PlanScope:
    """What is to be compared. Raises `WrongUse` for rooms, dates or a year about which nothing can be planned, and
    `NothingDone` for a timetable that is no ground for a plan: before anything is asked of Echo360."""
    if command.rooms and command.building:
        raise WrongUse("Rooms or a building?", "Both were given.", "Name rooms, or one building.")
    for value in (command.first, command.last):
        _check_date(value)
    if command.first and command.last and command.last < command.first:
        raise WrongUse(
            "These dates are reversed",
            f"{command.last} is before {command.first}.",
            "Give the earlier date first.",
        )
    if command.last and command.last < today.isoformat():
        raise WrongUse(
            "These dates have passed", f"{command.last} is before today.", "What has been is not changed."
        )
    if command.year and (command.rooms or command.building or command.first or command.last):
        raise WrongUse(
            "A year is switched on as a whole",
            "Rooms or dates were named as well; everything else of the year would be sent without being shown.",
            f"Compare for {command.year} alone, and leave out of the plan what is not to be sent yet.",
        )
    known = {*books.timetable.rooms(), *books.mirror.rooms_with_schedules()}
    for room in command.rooms:
        if room not in known and not books.timetable.knows_room(room):
            raise WrongUse("There is no such room", f"Nobody knows a room {room!r}.", "Check the room's code.")
    if command.year:
        _check_year(books, command.year)
    scope = PlanScope(command.rooms, command.building, command.first, command.last, command.year, command.adopt)
    if command.building and not rooms_of(books, scope):
        raise WrongUse(
            "There is no such building", f"No room is in a building {command.building!r}.", "Check its code."
        )
    _check_ground(books, today)
    if not command.year and not _about_anything(books, scope, today):
        raise WrongUse(
            "Nothing lies in this selection",
            f"No lesson takes place and no recording is booked in {scope_in_words(scope)}.",
            "Check the rooms and dates; without any, everything from today on is compared.",
        )
    return scope


def _check_ground(books: Books, today: dt.date) -> None:
    """Raise `NothingDone` if no plan can be made from this timetable; before anything is asked of Echo360."""
    try:
        reason = no_ground(books, today)
        # Whose a schedule is cannot be told while two years look alike.
        books.timetable.lesson_of("")
    except TimetableFault as fault:
        reason = fault.in_one_line()
    if reason is not None:
        raise NothingDone(
            "There is no plan from this timetable",
            reason,
            "Nothing is removed because of it. Put the timetable right, or see `echodesk stops`.",
        )


def _about_anything(books: Books, scope: PlanScope, today: dt.date) -> bool:
    """False if a selection holds no week of a year that is sent, or only rooms without lessons and schedules."""
    rooms = rooms_of(books, scope)
    if not books.timetable.in_session(max(scope.first, today.isoformat()), scope.last):
        return False
    if rooms is None or not rooms.isdisjoint(books.mirror.rooms_with_schedules()):
        return True
    return any(
        scope.holds(place, rooms) for room in rooms for place in books.timetable.room_days(room, today.isoformat())
    )


def _check_year(books: Books, year: str) -> None:
    if year in books.timetable.sizes():
        raise WrongUse("This year is sent already", f"{year} is switched on.", "Compare without naming it.")
    if not books.timetable.has_year(year):
        raise WrongUse(
            "There is no such year", f"The timetable has no lesson of {year!r}.", "Years are written as 2027/28."
        )


def _check_date(value: str) -> None:
    if value:
        try:
            dt.date.fromisoformat(value)
        except ValueError as error:
            raise WrongUse(
                "This is not a date", f"{value!r} cannot be read.", "Write dates as 2026-11-23."
            ) from error


def _apply(books: Books, command: Apply, batch: BatchRecord) -> CommandDone:
    if batch.state is not BatchState.READY:
        raise NothingDone(
            "This plan cannot be applied now",
            f"Plan {batch.id} is {batch.state.value.lower()}. {batch.said}",
            LOOK,
        )
    _no_other(books)
    if batch.undoes is not None and (undone := books.batches.get(batch.undoes)) is not None:
        # A later plan may have come since this was shown.
        _latest_first(books, undone)
    if batch.guard:
        asked = confirmation(books.batches.summary(batch.id))
        if command.confirm.strip() != asked:
            raise NothingDone(
                "Safety stop: this plan must be confirmed in writing",
                batch.guard,
                f"If that is right, confirm it by typing exactly: {asked}",
            )
    listed = books.batches.steps(batch.id)
    shown = [step for step, _state, _answer in listed]
    before = {step.number for step, state, _answer in listed if state is StepState.LEFT_OUT}
    try:
        without = left_out_with(shown, command.without) | before
    except KeyError as error:
        raise WrongUse("There is no such step", f"Plan {batch.id} has no step {error.args[0]}.", LOOK) from error
    if shown and len(without) == len(shown):
        raise WrongUse("Nothing is left of this plan", "Every step was taken out.", "Cancel it instead.")
    if without:
        books.batches.leave_out(batch.id, without)
    books.batches.agreed(batch.id, command.by)
    books.batches.become(batch.id, BatchState.CHECKING)
    text = f"Plan {batch.id} is compared once more and then sent: {len(shown) - len(without)} call(s)."
    if without:
        text += f" {len(without)} were left out; " + (
            "their room-days are paused." if batch.kind is BatchKind.RECONCILE else "they stay as they are."
        )
    return CommandDone(text, len(shown) - len(without), batch.id)


def at_work(books: Books) -> int | None:
    """The plan that is being sent, or stands still before its end; None if there is none."""
    return next((one.id for one in books.batches.open() if one.state is not BatchState.COMPARING), None)


def _no_other(books: Books) -> None:
    other = at_work(books)
    if other is not None:
        raise NothingDone(
            "Another plan is being applied",
            f"Plan {other} is not at its end yet.",
            f"Wait for it, or cancel it: `echodesk cancel {other}`.",
        )


def _latest_first(books: Books, batch: BatchRecord) -> None:
    """Raise `NothingDone` if a later plan about the same room-days has to be taken back before this one."""
    begun = books.batches.begun_after(batch.id)
    undone = {batch.id, *(one.id for one in begun)}
    later = [
        one.id
        for one in begun
        # A later plan and what took it back are nothing together.
        if one.undoes not in undone and not books.batches.taken_back(one.id) and _meet(books, batch.id, one.id)
    ]
    if later:
        raise NothingDone(
            "A later plan comes first",
            f"Plan {later[0]} changed the same room-days after plan {batch.id}.",
            f"Take it back first: `echodesk undo {later[0]}`.",
        )


def _undo(books: Books, command: Undo, batch: BatchRecord) -> CommandDone:
    _latest_first(books, batch)
    if batch.state is BatchState.CANCELLED:
        _end_the_rest(books, batch)
    if batch.state in (BatchState.RUNNING, BatchState.CHECKING, BatchState.STOPPED):
        raise NothingDone(
            "This plan is not at its end",
            f"Plan {batch.id} is not at its end: it is {batch.state.value.lower()}.",
            f"First: `echodesk cancel {batch.id}`.",
        )
    sent = books.batches.progress(batch.id).by_state.get(StepState.DONE, 0) or _given_up(books, batch)
    if not sent and not switched(batch, books.batches.get, books.timetable.sizes()):
        raise NothingDone("Nothing to take back", f"Nothing of plan {batch.id} was done.", LOOK)
    if books.batches.taken_back(batch.id, whole=True):
        raise NothingDone("This was taken back already", f"Plan {batch.id} was undone.", LOOK)
    scope = dataclasses.replace(batch.scope, year="")
    number = books.batches.add(BatchKind.UNDO, command.by, scope, undoes=batch.id)
    return CommandDone(
        f"Plan {number}, which takes back plan {batch.id}, is being made; nothing is sent.", 1, number
    )


def _given_up(books: Books, batch: BatchRecord) -> int:
    """How many bookings were removed because what they were to become was refused."""
    failed = [step for step, _state, _answer in books.batches.steps(batch.id, StepState.FAILED)]
    stand = [row.standing for row in books.mirror.of_external({step.external_id for step in failed})]
    return len(given_up(failed, stand))


def _end_the_rest(books: Books, batch: BatchRecord) -> None:
    """Of a cancelled plan: what stands as an open step wanted it was done, the rest was not. Raises `NothingDone`
    while a call may still take effect, or its room is about to be listed."""
    left = [step for step, _state, _answer in books.batches.steps(batch.id, StepState.OPEN)]
    places = {one.place for step in left for one in (step.before, step.after) if one is not None}
    pauses = books.office.pauses(places)
    listed_soon = {
        mark.place
        for mark in books.places.due_refresh()
        if mark.place in places and not any(pause.covers(mark.place) for pause in pauses)
    }
    if listed_soon or books.batches.under_way(batch.id):
        raise NothingDone(
            "The last calls of this plan are on their way",
            f"Plan {batch.id} was cancelled a moment ago.",
            "Try again in a few seconds.",
        )
    stand = [row.standing for row in books.mirror.of_external({step.external_id for step in left})]
    said = {(one.external_id, fingerprint_of(one)) for one in stand}
    echo_ids = {one.echo_id for one in stand}

    def done(step: Step) -> bool:
        if step.after is None:
            return step.before is None or step.before.echo_id not in echo_ids
        return (step.after.external_id, fingerprint(step.after)) in said

    states = [(step.number, StepState.DONE if done(step) else StepState.CANCELLED, "") for step in left]
    books.batches.end(batch.id, states)


def _meet(books: Books, one: int, other: int) -> bool:
    """True if two batches are about a common room-day."""

    def of(batch: int) -> set[RoomDay]:
        return {place for places in books.batches.places(batch).values() for place in places}

    return not of(one).isdisjoint(of(other))


def _cancel(books: Books, command: CancelPlan, batch: BatchRecord) -> CommandDone:
    was = batch.state
    books.batches.become(batch.id, BatchState.CANCELLED, f"{command.by or 'Somebody'} cancelled it.")
    if was not in (BatchState.RUNNING, BatchState.STOPPED):
        return CommandDone(f"Plan {batch.id} was cancelled; nothing of it was sent.", 0, batch.id)
    undoing = batch.kind is BatchKind.UNDO
    going = books.batches.under_way(batch.id)
    sent = _on_their_way(books, batch) if going else 0
    # What is on its way ends as it ends: only then it can be told, and taken back. Nobody takes an undo back that
    # was cancelled: its room-days are planned again.
    left = books.batches.cancel_steps(batch.id, () if undoing else going)
    # Of a large piece only a portion is; the rest ends with it.
    left += -sent if undoing else len(going) - sent
    text = f"Plan {batch.id} was cancelled: {left} call(s) were not sent"
    if sent := sent + _being_made(books):
        text += f", up to {sent} are on their way"
    if undoing:
        freed = books.batches.free_cancelled(batch.id) | books.batches.free_torn(batch.id)
        books.places.mark(freed, "an undo was cancelled")
    elif left:
        pause_steps(books, batch, f"plan {batch.id} was cancelled", command.by, StepState.CANCELLED)
        text += "; the room-days of what was not sent are paused"
    return CommandDone(f"{text}.", left, batch.id)


def _on_their_way(books: Books, batch: BatchRecord) -> int:
    """How many of its open steps were sent, or are about to be; some may be answered already."""
    intents = books.journal.intents_open()
    asked = {one.external_id for one in intents}
    at = books.batches.open_at({place for one in intents for place in one.places})
    pieces = {piece for number, piece in at.values() if number == batch.id}
    steps = books.batches.steps(batch.id, StepState.OPEN, pieces)
    return sum(step.external_id in asked for step, _state, _answer in steps)


def _being_made(books: Books) -> int:
    """How many calls that make what steps need were sent, or are about to be: they touch no room-day."""
    return sum(not one.places for one in books.journal.intents_open())


def pause_steps(books: Books, batch: BatchRecord, reason: str, by: str, state: StepState) -> None:
    """Nothing is sent for the room-days of these steps: the difference would be found and sent within minutes."""
    standing = {one.id for one in books.office.pauses(())}
    found = books.batches.get(batch.id)
    known = found.pause if found is not None else None
    number = known if known in standing and known is not None else books.office.pause(Scope(), reason, by, "")
    books.batches.pause_steps(batch.id, number, state)


def _retry(books: Books, command: RetrySteps, batch: BatchRecord) -> CommandDone:
    if batch.state is BatchState.STOPPED:
        raise NothingDone(
            "This plan stands still",
            f"Trying steps of plan {batch.id} again would let all of it go on. {batch.said}".rstrip(),
            f"Let it go on first: `echodesk resume --plan {batch.id}`. Or cancel it.",
        )
    if batch.state not in (BatchState.DONE, BatchState.RUNNING):
        raise NothingDone("Nothing to try again", f"Plan {batch.id} is {batch.state.value.lower()}.", LOOK)
    if batch.state is BatchState.DONE:
        _no_other(books)
    if books.batches.taken_back(batch.id):
        raise NothingDone(
            "This plan was taken back",
            f"Trying steps of plan {batch.id} again would put back a part of it.",
            "Compare with Echo360 anew: its plan holds what is to be sent now.",
        )
    again = books.batches.reopen(batch.id, command.steps)
    if not again:
        raise NothingDone("Nothing to try again", f"None of these steps of plan {batch.id} failed.", LOOK)
    books.journal.forget_refusals(again)
    books.tries.forget(again)
    if batch.state is not BatchState.RUNNING:
        books.batches.become(batch.id, BatchState.RUNNING)
    return CommandDone(f"{len(again)} step(s) of plan {batch.id} are sent again.", len(again), batch.id)
