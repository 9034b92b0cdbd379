"""Taking a batch back: the plan that puts back what stood before it, over what stands now (design: Undo).

A step is taken back only if what it made still stands as it made it, has not begun, and if what stood before finds
its place free. Everything else is refused, with the reason. The plan is ordered like any other.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from echodesk.planning.difference import Change
from echodesk.planning.ground import Deadline
from echodesk.planning.order import arrange
from echodesk.planning.steps import Step
from echodesk.planning.values import (
    Booking,
    Method,
    Plan,
    Projection,
    Request,
    RoomDay,
    Standing,
    Why,
    fingerprint,
)

SECTIONS = "sections"
"""What `Standing.rest` calls the availability of sections, by Echo360's own ids."""

LessonOf = Callable[[str], tuple[str, int, int] | None]
"""An external id → (year, lesson, week)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A step that is not taken back."""

    step: Step
    why: str


@dataclass(frozen=True, slots=True)
class Undo:
    """The plan that takes a batch back, and what it leaves as it is."""

    plans: tuple[Plan, ...]
    kept: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class _Back:
    """One lesson's way back: where it stands, and what it goes back to."""

    steps: tuple[Step, ...]
    standing: Standing | None
    before: Standing | None

    @property
    def last(self) -> Step:
        return self.steps[-1]


def given_up(failed: Iterable[Step], standing: Iterable[Standing]) -> list[Step]:
    """Moves that the target refused and whose booking at the old place was removed because of that, as the
    removals that they came to: to be taken back like any other."""
    stand = {one.external_id for one in standing}
    return [
        replace(step, method=Method.DELETE, after=None)
        for step in failed
        if gives_up(step) and step.before is not None and step.before.external_id not in stand
    ]


def gives_up(step: Step) -> bool:
    """True for a move: refused, its booking at the old place is removed, where it would record another lesson
    (decisions: "A move refused for good")."""
    before, after = step.before, step.after
    return (
        before is not None
        and after is not None
        and before.ours
        and (before.place, before.time) != (after.place, after.time)
    )


def undo(
    done: Sequence[Step],
    standing: Sequence[Standing],
    too_late: Deadline,
    begun: Deadline,
    lesson_of: LessonOf,
) -> Undo:
    """Take back the steps that were `done`, over what is `standing` in every room that they touched.

    What starts until `too_late` is not made or changed any more, what starts until `begun` not removed.
    """
    ways: list[_Back] = []
    kept: list[Kept] = []
    of_external: dict[str, list[Standing]] = defaultdict(list)
    for one in standing:
        if one.external_id is not None:
            of_external[one.external_id].append(one)
    for steps in _by_lesson(done):
        way = _way_back(steps, of_external)
        if isinstance(way, str):
            kept.append(Kept(steps[-1], way))
        elif way is not None:
            why = _too_late(way, too_late, begun)
            if why is None:
                ways.append(way)
            else:
                kept.append(Kept(steps[-1], why))
    ways, blocked = _without_overlaps(ways, standing)
    kept += blocked
    return Undo(_plans(ways, too_late, lesson_of), tuple(kept))


def _by_lesson(done: Sequence[Step]) -> Iterable[tuple[Step, ...]]:
    """The steps of one lesson belong together: what stepped aside was removed and made anew."""
    found: dict[str, list[Step]] = defaultdict(list)
    for step in sorted(done, key=lambda one: one.number):
        found[step.external_id].append(step)
    return [tuple(steps) for steps in found.values()]


def _way_back(steps: tuple[Step, ...], of_external: dict[str, list[Standing]]) -> _Back | str | None:
    """None: the lesson is where it was."""
    first, last = steps[0], steps[-1]
    # What is made again carries with it what stood once; before the step there was nothing.
    before = None if first.method is Method.POST else first.before
    if last.after is None:
        others = of_external.get(last.external_id, ())
        if others:
            return "It was made again since."
        return _Back(steps, None, before)
    if not last.after.external_id:
        return "It was given back to whoever booked it."
    now = of_external.get(last.after.external_id, [])
    if len(now) != 1:
        return "It does not stand any more." if not now else "It stands several times."
    stands = now[0]
    if fingerprint_of(stands) != fingerprint(replace(last.after, members=())):
        return "It was changed since."
    if before is not None and before.external_id != stands.external_id and before.external_id in of_external:
        return f"{before.external_id} was made again since."
    return _Back(steps, stands, before)


def _too_late(way: _Back, too_late: Deadline, begun: Deadline) -> str | None:
    stands, before = way.standing, way.before
    if stands is not None:
        limit = begun if before is None else too_late
        if limit.reached(stands.place.date, stands.time.start):
            return "The lesson has begun, or begins too soon."
    if before is not None and too_late.reached(before.place.date, before.time.start):
        return "The time at which it stood has come."
    return None


def _without_overlaps(ways: Sequence[_Back], standing: Sequence[Standing]) -> tuple[list[_Back], list[Kept]]:
    """Those that find their old place free once all others are back; the others are kept, until none is left."""
    moving = {way.standing.echo_id for way in ways if way.standing is not None}
    there: dict[RoomDay, list[tuple[Standing, _Back | None]]] = defaultdict(list)
    for one in standing:
        if one.echo_id not in moving:
            there[one.place].append((one, None))
    for way in ways:
        if way.before is not None:
            there[way.before.place].append((way.before, way))
    kept: list[Kept] = []
    stuck: set[int] = set()
    to_look_at = deque(ways)
    while to_look_at:
        way = to_look_at.popleft()
        before = way.before
        if before is None or id(way) in stuck:
            continue
        if all(other is way or not one.time.overlaps(before.time) for one, other in there[before.place]):
            continue
        stuck.add(id(way))
        kept.append(Kept(way.last, "Something else stands in its old place."))
        there[before.place] = [entry for entry in there[before.place] if entry[1] is not way]
        if way.standing is not None:
            # It stays where it is now, and who was to go back there finds it.
            here = there[way.standing.place]
            to_look_at.extend(other for _one, other in here if other is not None)
            here.append((way.standing, None))
    return [way for way in ways if id(way) not in stuck], kept


def booking_of(one: Standing, lesson: tuple[str, int, int] | None) -> Booking:
    """What stands as something to be sent."""
    setid, slotid, week = lesson or ("", 0, 0)
    return Booking(one.external_id or "", setid, slotid, week, one.place, one.time, one.content, ())


def fingerprint_of(one: Standing) -> str:
    """What stands, to be compared with what is to be sent; whose lesson it is does not count."""
    return fingerprint(booking_of(one, None))


def half_done(step: Step) -> frozenset[str]:
    """Fingerprints of what stands where the target took what a step says and kept the external id that was there
    before; it may not have known the presenter."""
    if step.after is None or step.before is None:
        return frozenset()
    said = replace(step.after, external_id=step.before.external_id or "")
    unnamed = replace(said, content=replace(said.content, presenter=None))
    return frozenset({fingerprint(said), fingerprint(unnamed)})


def _change(way: _Back, lesson_of: LessonOf) -> Change:
    before, stands = way.before, way.standing
    if before is None:
        return Change(None, stands, Why.UNDONE)
    booking = booking_of(before, lesson_of(before.external_id or ""))
    moved = stands is not None and (stands.place, stands.time) != (before.place, before.time)
    return Change(booking, stands, Why.MOVED if moved else Why.UNDONE)


def _plans(ways: Sequence[_Back], too_late: Deadline, lesson_of: LessonOf) -> tuple[Plan, ...]:
    """One plan for each group of room-days between which something moves."""
    group: dict[RoomDay, RoomDay] = {}

    def root(place: RoomDay) -> RoomDay:
        group.setdefault(place, place)
        while group[place] != place:
            group[place] = group[group[place]]
            place = group[place]
        return place

    for way in ways:
        places = [one.place for one in (way.standing, way.before) if one is not None]
        for place in places[1:]:
            group[root(place)] = root(places[0])
        root(places[0])
    parts: dict[RoomDay, list[_Back]] = defaultdict(list)
    for way in ways:
        some = way.standing or way.before
        if some is not None:
            parts[root(some.place)].append(way)
    return tuple(_plan(part, too_late, lesson_of) for _place, part in sorted(parts.items()))


def _plan(ways: Sequence[_Back], too_late: Deadline, lesson_of: LessonOf) -> Plan:
    requests = tuple(
        _under_its_name(_with_rest(request, ways))
        for request in arrange([_change(way, lesson_of) for way in ways], too_late).requests
    )
    bookings = tuple(request.booking for request in requests if request.booking is not None)
    places = frozenset(place for request in requests for place in request.places)
    return Plan(places, requests, Projection(bookings, ()), frozenset(), ())


def _under_its_name(request: Request) -> Request:
    """What was adopted goes back to having no external id of ours; the lesson's own names the step."""
    if request.external_id or request.standing is None:
        return request
    return replace(request, external_id=request.standing.external_id or "")


def _with_rest(request: Request, ways: Sequence[_Back]) -> Request:
    """What is made again gets back the fields that EchoDesk does not own: they are in what stood. So does what was
    somebody else's before, and a section that comes back its availability."""
    if request.method is Method.DELETE:
        return request
    before = next(
        (way.before for way in ways if way.before and way.before.external_id == request.external_id), None
    )
    if request.method is Method.POST:
        return replace(request, standing=before)
    stands, stood = request.standing, next((way.before for way in ways if way.standing is request.standing), None)
    if stands is None or stood is None:
        return request
    if not stood.ours:
        return replace(request, standing=replace(stands, rest=stood.rest))
    return replace(request, standing=with_availability(stands, stood.rest, stood.content.sections))


def with_availability(stands: Standing, rest: str, sections: Sequence[str]) -> Standing:
    """What stands, knowing the availability that sections had which come back to it: `sections` are those that it
    goes back to, `rest` the fields that Echo360 held with them. With the same sections it keeps its own."""
    if sections == stands.content.sections or not rest:
        return stands
    had: dict[str, object] = json.loads(rest).get(SECTIONS, {})
    if not had:
        return stands
    now: dict[str, object] = json.loads(stands.rest) if stands.rest else {}
    has = now.get(SECTIONS, {})
    now[SECTIONS] = {**had, **(has if isinstance(has, dict) else {})}
    return replace(stands, rest=json.dumps(now, ensure_ascii=False, separators=(",", ":")))
