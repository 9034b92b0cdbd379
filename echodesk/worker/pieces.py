"""The pieces of a batch: which go next, what is sent for them, and how their steps end.

A step ends whoever sent its request: a timetable change in the same room and day may have done it, or made
something else of it. Everything here is inside one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from echodesk.planning.batches import (
    BatchKind,
    BatchRecord,
    BatchState,
    StepState,
    identity_of_request,
    identity_of_step,
)
from echodesk.planning.portions import portion
from echodesk.planning.steps import Step
from echodesk.planning.steps import aside as steps_aside
from echodesk.planning.undoing import fingerprint_of, gives_up, half_done, with_availability
from echodesk.planning.values import Method, Plan, Projection, Request, RoomDay, Standing, Why, fingerprint
from echodesk.worker import caps
from echodesk.worker.books import Books
from echodesk.worker.reconciling import pause_steps
from echodesk.worker.work import Fate, Result, Work, taking_back

SPENT_FOR_LONG_S = 600.0
"""A step that may not be sent again before that (H1: caps of an hour and a day) has failed; Retry, or the sweep,
sends it later."""
WHOLE = 10
"""A plan of no more requests goes out whole, a larger one in portions."""
_SAID_NO = frozenset({Fate.REFUSED, Fate.NO_DEVICE, Fate.TOO_LATE, Fate.OVERTAKEN})
OVERTAKEN = "A later change made something else of it; that was sent as an ordinary change."
OVERTAKEN_ADOPTION = "The lesson was changed since the preview; what others booked there stays theirs."
STANDS = "It stands like this already."
GIVEN_BACK = "It carries the lesson's id no more."
GIVEN_UP = "What stands at its old time and room is removed: it would record another lesson."
NOT_MADE_AGAIN = "What it waits for did not succeed. It is recorded as the timetable says instead."
CHANGED = "It was changed since the preview, and stays as it is."


def next_pieces(
    books: Books,
    batch: BatchRecord,
    pieces: Mapping[int, set[RoomDay]],
    busy: Collection[RoomDay],
    room: int,
    *,
    aside: bool,
) -> tuple[dict[int, set[RoomDay]], int]:
    """Those of these pieces that can go now, about `room` steps of them, and the last one looked at.

    What is busy, is to be planned or listed anyway, or waits for a pause is passed over; it comes again. Pieces in
    which a lesson steps aside go one by one (`aside`: one is on its way), whatever ends the process: no more
    lessons are without a schedule than one piece needs.
    """
    everywhere = {place for places in pieces.values() for place in places}
    pauses = books.office.pauses(everywhere)
    own = {one.id for one in pauses if one.id == batch.pause}
    if batch.kind is BatchKind.UNDO:
        # What waits for the pause of a batch has no say in what is taken back; a later undo may have left one.
        own = {one.id for one in pauses if one.batch is not None}
    restless = books.places.restless(everywhere, own if batch.kind is BatchKind.UNDO else ())
    restless |= everywhere & set(busy)
    pauses = [one for one in pauses if one.id not in own]
    closed = books.places.closed_rooms()
    going: dict[int, set[RoomDay]] = {}
    count = last = 0
    for piece, places in pieces.items():
        if count >= room:
            break
        last, before = piece, last
        if places & restless or any(place.room in closed for place in places):
            continue
        if any(pause.covers(place) for pause in pauses for place in places):
            continue
        steps = [step for step, _state, _answer in books.batches.steps(batch.id, StepState.OPEN, [piece])]
        if steps_aside(steps):
            if aside:
                last = before
                break
            aside = True
        going[piece] = places
        count += len(steps)
    return going, last


def adopted_by(books: Books, batch: BatchRecord, pieces: Collection[int]) -> frozenset[str]:
    """Echo360's ids of what others booked and these pieces of a batch take over."""
    return frozenset(step.before.echo_id for step in _adoptions(books, batch, pieces) if step.before is not None)


def adoptions_end(books: Books, batch: BatchRecord, pieces: Collection[int]) -> None:
    """Something else is planned in these pieces by now; nobody but the batch would take anything over there."""
    ended = [step.number for step in _adoptions(books, batch, pieces)]
    books.batches.end(batch.id, [(number, StepState.OVERTAKEN, OVERTAKEN_ADOPTION) for number in ended])


def _adoptions(books: Books, batch: BatchRecord, pieces: Collection[int]) -> list[Step]:
    """Steps of these pieces that are still to take something over."""
    if not batch.scope.adopt or not pieces:
        return []
    steps = books.batches.steps(batch.id, StepState.OPEN, pieces)
    return [step for step, _state, _answer in steps if step.why is Why.ADOPTED]


def works_of(books: Books, batch: BatchRecord, planned: Iterable[Work], overtaken: set[RoomDay]) -> list[Work]:
    """What may go out of what was planned: exactly steps of the batch. Room-days of the rest are `overtaken`."""
    found = list(planned)
    asked = {identity_of_request(request) for work in found for request in work.plan.requests}
    steps = books.batches.open_identities(batch.id, asked)
    going = []
    for work in found:
        if {identity_of_request(request) for request in work.plan.requests} <= steps:
            work.batch = batch.id
            going.append(work)
        else:
            overtaken |= work.places
    return going


def in_portions(works: Iterable[Work], room: int) -> list[Work]:
    """What goes out now of these works of a batch: about `room` requests. The rest of a large plan is held, and
    planned again from what stands when this has ended; its steps stay open."""
    going = []
    for work in works:
        if len(work.open) > WHOLE:
            work.send_only(portion(work.open, room))
        room -= len(work.open)
        if work.open or not work.in_part:
            going.append(work)
    return going


def works_back(
    books: Books, batch: BatchRecord, pieces: Mapping[int, set[RoomDay]], now: dt.datetime
) -> list[Work]:
    """What takes a batch back, piece by piece, as far as everything still stands as the preview found it; requests
    for which it does not have their result already."""
    rules = books.office.rules()
    works = [
        _work_back(books, batch, places, books.batches.steps(batch.id, None, [piece]), rules.lead)
        for piece, places in pieces.items()
    ]
    caps.hold_back(books, works, float(rules.late_s), now)
    return works


def _work_back(
    books: Books,
    batch: BatchRecord,
    places: Collection[RoomDay],
    steps: Sequence[tuple[Step, StepState, str]],
    lead: int,
) -> Work:
    going = [step for step, state, _answer in steps if state is StepState.OPEN]
    number_of = {step.number: index for index, step in enumerate(going)}
    stands = _standing_of(books, going)
    requests = tuple(
        Request(
            number_of[step.number],
            step.method,
            step.external_id,
            step.after,
            _as_it_was(step, _now_of(step, stands)),
            tuple(number_of[one] for one in step.needs if one in number_of),
            step.why,
        )
        for step in going
    )
    bookings = tuple(step.after for step in going if step.after is not None)
    plan = Plan(frozenset(places), requests, Projection(bookings, ()), frozenset(), ())
    work = taking_back(plan, lead, batch.pause, batch.id)
    failed = {step.number for step, state, _answer in steps if state is StepState.FAILED}
    leaves = {step.external_id for step in going if step.method is Method.DELETE}
    left = {
        step.external_id for step, state, _ in steps if step.method is Method.DELETE and state is StepState.DONE
    }
    for step in going:
        number = number_of[step.number]
        if failed & set(step.needs):
            torn = step.method is Method.POST and step.external_id in left
            said = NOT_MADE_AGAIN if torn else "Something it waits for did not succeed."
            work.record(number, Result(Fate.REFUSED, said))
        elif (end := _found(step, stands, leaves)) is not None and number not in work.results:
            work.record(number, end)
    return work


def _standing_of(books: Books, steps: Iterable[Step]) -> dict[str, list[Standing]]:
    """What the mirror holds under the external ids of these steps."""
    ids = {step.external_id for step in steps}
    ids |= {step.before.external_id for step in steps if step.before and step.before.external_id}
    found: dict[str, list[Standing]] = defaultdict(list)
    for row in books.mirror.of_external(ids):
        found[row.standing.external_id or ""].append(row.standing)
    return found


def _now_of(step: Step, stands: Mapping[str, list[Standing]]) -> Standing | None:
    """The schedule that a step changes or removes, as the mirror holds it now."""
    before = step.before
    if before is None or step.method is Method.POST:
        return None
    return next((one for one in stands.get(before.external_id or "", ()) if one.echo_id == before.echo_id), None)


def _as_it_was(step: Step, now: Standing | None) -> Standing | None:
    """What stands now; what goes back to others, with those fields of theirs that EchoDesk does not own, and
    sections that come back with their availability."""
    if now is None or step.before is None:
        return now or step.before
    if step.after is None:
        return now
    if step.after.external_id != now.external_id:
        return replace(now, rest=step.before.rest)
    return with_availability(now, step.before.rest, step.after.content.sections)


def _found(step: Step, stands: Mapping[str, list[Standing]], leaves: Collection[str]) -> Result | None:
    """How a step ends without being sent; None if it is to be sent."""
    wanted = "" if step.after is None else fingerprint(step.after)
    under = [fingerprint_of(one) for one in stands.get(step.external_id, ())]
    if step.method is Method.POST:
        if not under or step.external_id in leaves:
            return None
        return Result(Fate.DONE, note=STANDS) if under == [wanted] else Result(Fate.REFUSED, CHANGED)
    now, before = _now_of(step, stands), step.before
    if (
        now is not None
        and before is not None
        and fingerprint_of(now) in {fingerprint_of(before), *half_done(step)}
    ):
        return None
    if step.method is Method.DELETE:
        return Result(Fate.DONE, note=STANDS) if now is None else Result(Fate.REFUSED, CHANGED)
    if step.after is not None and not step.after.external_id and not under:
        return Result(Fate.DONE, note=GIVEN_BACK)
    return Result(Fate.DONE, note=STANDS) if under == [wanted] else Result(Fate.REFUSED, CHANGED)


# ---- how steps end ------------------------------------------------------------------------------------------


def end_steps(books: Books, works: Sequence[Work]) -> None:
    """These works are settled: steps of batches in their room-days end, whoever sent them. Those of an undo end by
    its own works alone: what the timetable wants, or what was planned before its pause, says nothing of them."""
    of = {place: work for work in works for place in work.places}
    at = books.batches.open_at(of.keys())
    pieces: dict[int, dict[int, list[Work]]] = defaultdict(lambda: defaultdict(list))
    for place, (batch, piece) in at.items():
        if of[place] not in pieces[batch][piece]:
            pieces[batch][piece].append(of[place])
    for batch, found in pieces.items():
        record = books.batches.get(batch)
        if record is None:
            continue
        if record.kind is BatchKind.UNDO:
            found = {piece: [one for one in by if one.batch == batch] for piece, by in found.items()}
        ended = [
            (step.number, *end)
            for step, _state, _answer in books.batches.steps(batch, StepState.OPEN, found)
            for end in [_end(step, found[step.piece], record)]
            if end is not None
        ]
        books.batches.end(batch, ended)
        if record.state is BatchState.CANCELLED:
            _give_up_held(books, record, found)


def _give_up_held(books: Books, batch: BatchRecord, pieces: Mapping[int, Sequence[Work]]) -> None:
    """What a cancelled batch held back of these pieces is not sent any more. Where a lesson that stepped aside was
    not made again it stays open: no pause may keep that lesson without a schedule."""
    own = [
        work
        for works in pieces.values()
        for work in works
        if work.batch == batch.id and work.in_part and not _torn(work)
    ]
    held = {
        identity_of_request(request)
        for work in own
        for request in work.plan.requests
        if work.results[request.number].fate is Fate.HELD
    }
    steps = books.batches.steps(batch.id, StepState.OPEN, pieces)
    given_up = [step.number for step, _state, _answer in steps if identity_of_step(step) in held]
    if given_up:
        books.batches.end(batch.id, [(number, StepState.CANCELLED, "") for number in given_up])
        pause_steps(books, batch, f"plan {batch.id} was cancelled", batch.by, StepState.CANCELLED)


def _torn(work: Work) -> bool:
    """True if a lesson that steps aside was not made again, or may not have been."""
    of: dict[str, list[Request]] = defaultdict(list)
    for request in work.plan.requests:
        of[request.external_id].append(request)
    ends = [{work.results[one.number].fate for one in found} for found in of.values() if steps_aside(found)]
    return any(found not in ({Fate.DONE}, {Fate.HELD}) for found in ends)


def _end(step: Step, works: Sequence[Work], batch: BatchRecord) -> tuple[StepState, str] | None:
    """None while it is still to be sent, or nobody knows what became of it."""
    own = identity_of_step(step)
    touching = [work for work in works if work.places & _places(step)]
    for work in touching:
        asked = [request for request in work.plan.requests if request.external_id == step.external_id]
        for request in asked:
            if identity_of_request(request) == own:
                return _end_of(work.results[request.number], step, batch.kind)
        if asked:
            same = _makes(step, asked)
            if same is not None:
                return _end_of(work.results[same.number], step, batch.kind)
            # Something else was asked for under this external id.
            ends = [work.results[request.number].fate for request in asked]
            known = all(fate is Fate.DONE or fate in _SAID_NO for fate in ends)
            return (StepState.OVERTAKEN, OVERTAKEN) if known else None
    # Only who planned the room-day where it is to stand, or stood, knows whether it does.
    touching = [work for work in touching if step.place in work.places]
    if not touching or not all(_answered(work) for work in touching):
        return None
    # Planned, and nothing was asked for: it is so already, or not wanted any more.
    if step.after is None:
        kept = any(step.external_id in work.plan.kept for work in touching)
        return (StepState.OVERTAKEN, OVERTAKEN) if kept else (StepState.DONE, STANDS)
    wanted = fingerprint(step.after)
    stands = any(
        fingerprint(one) == wanted and one.external_id in work.plan.kept
        for work in touching
        for one in work.plan.projection.bookings
    )
    if step.why is Why.ADOPTED and not stands and all(work.batch != batch.id for work in touching):
        # Nobody else takes it over: an ordinary change beside it says nothing about it.
        return (StepState.CANCELLED, "") if batch.state is BatchState.CANCELLED else None
    return (StepState.DONE, STANDS) if stands else (StepState.OVERTAKEN, OVERTAKEN)


def _makes(step: Step, asked: Iterable[Request]) -> Request | None:
    """The request that makes of a lesson what a step was to make of it, in another way: anew, say, because nothing
    stood there any more. What was to be taken over from others is theirs, and not the same."""
    if step.after is None or step.why is Why.ADOPTED:
        return None
    wanted = fingerprint(step.after)
    return next(
        (one for one in asked if one.booking is not None and fingerprint(one.booking) == wanted),
        None,
    )


def _end_of(result: Result, step: Step, kind: BatchKind) -> tuple[StepState, str] | None:
    if result.fate is Fate.DONE:
        return StepState.DONE, result.note
    if result.fate in _SAID_NO or (result.fate is Fate.SPENT and result.wait_s >= SPENT_FOR_LONG_S):
        gone = kind is BatchKind.RECONCILE and result.fate in (Fate.REFUSED, Fate.NO_DEVICE) and gives_up(step)
        return StepState.FAILED, f"{result.text}. {GIVEN_UP}" if gone else result.text
    return None


def _places(step: Step) -> frozenset[RoomDay]:
    return frozenset(one.place for one in (step.before, step.after) if one is not None)


def _answered(work: Work) -> bool:
    return all(result.fate is Fate.DONE or result.fate in _SAID_NO for result in work.results.values())
