"""What one room should hold on one day, by the words of design §4 and decisions.md; naive, without the planner.

Nothing of `echodesk.planning` decides here: only its names for reasons and strategies, and the fingerprint under
which refusals are remembered, are used. Every rule is written as a question over all pairs or all subsets, so that
a reader can hold each line against the sentence it comes from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from echodesk.planning.values import Booking, Content, Interval, Reason, RoomDay, Strategy, fingerprint
from tests.simulation.oracle_decisions import obeyed
from tests.simulation.oracle_values import Day, Lesson, Rulebook, Stood, Unit, Wanted, meet


def settle(lessons: Sequence[Lesson], stood: Collection[Stood], known: Collection[str], book: Rulebook) -> Day:
    """What a room-day should hold. `lessons` are those of one room-day, `stood` is everything that Echo360 holds
    anywhere, `known` the external ids of all lessons anywhere.

    A decision that cannot be carried out has no effect here; then all is judged again as if it did not count.
    """
    void: set[int] = set()
    while True:
        day, broken = _settle_with(lessons, stood, known, book, void)
        if broken is None:
            return day
        void.add(broken)


def _settle_with(
    lessons: Sequence[Lesson], stood: Collection[Stood], known: Collection[str], book: Rulebook, void: set[int]
) -> tuple[Day, int | None]:
    day = Day()
    if not lessons:
        return day, None
    room, date = lessons[0].room, lessons[0].date
    turnaround = book.turnaround_of_room.get(room, book.turnaround)
    strategy = book.strategy_of_room.get(room, book.strategy)
    ours_begun = [one for one in stood if one.ours and book.begun(one.date, one.start)]
    obstacles = [
        one for one in stood if (one.room, one.date) == (room, date) and (not one.ours or book.frozen(one))
    ]
    obstacles.sort(key=lambda one: (one.start, one.finish, one.echo_id))
    present: list[Lesson] = []
    for lesson in lessons:
        if lesson.external_id in book.stuck:
            day.left_out[lesson.external_id] = (Reason.TOO_LATE, None)
            continue
        # "An id frozen elsewhere is left out (already begun)."
        frozen = [one for one in ours_begun if one.external_id == lesson.external_id]
        if frozen and not any(_stands_for(one, lesson) for one in frozen):
            first = min(frozen, key=lambda one: one.echo_id)
            day.left_out[lesson.external_id] = (Reason.BEGUN, first.echo_id)
        else:
            present.append(lesson)
    decided = obeyed(present, book.decisions, void, turnaround)
    unwanted = {
        lesson: order for order in decided for lesson in order.against if not _is_recorded_now(lesson, ours_begun)
    }
    units = together([one for one in present if one not in unwanted], book, [order.joined for order in decided])
    # "Ignore counts overlaps before obstacles."
    rivals = {
        unit.carrier.external_id: [other for other in units if other is not unit and meet(unit, other, turnaround)]
        for unit in units
    }
    competing: list[tuple[Unit, list[Unit]]] = []
    for unit in units:
        still = _admitted(unit, obstacles, stood, known, ours_begun, turnaround, book, day)
        if still is not None:
            competing.append((still, rivals[unit.carrier.external_id]))
    begun = {member for one in day.wanted for member in one.members}
    # What staff do not want recorded at all gives its place to anybody; what only gives way to another does not.
    asked = [one for one in present if one not in unwanted or unwanted[one].winner is not None]
    stand = [one for one in asked if _standing_for(Unit((one,)), stood, known, ours_begun) is not None]
    hurried = [
        unit
        for unit, _ in competing
        if strategy is not Strategy.IGNORE  # where who overlaps leaves, whoever comes
        and book.too_soon(date, unit.start)
        and _standing_for(unit, stood, known, ours_begun) is None
        and any(meet(one, unit, turnaround) for one in stand)
    ]
    chosen: list[Unit] = []
    for order in decided:
        if order.winner is None or order.winner.external_id in begun:
            continue
        serving = [unit for unit, _ in competing if order.winner in unit.members]
        if (
            not serving
            or serving[0] in hurried
            or any(meet(serving[0], one, turnaround) for one in chosen if one is not serving[0])
        ):
            return day, order.decision.id
        chosen.append(serving[0])
    chosen.sort(key=lambda one: (one.start, one.finish, one.carrier.name))
    day.wanted += [one.wanted() for n, one in enumerate(chosen) if one not in chosen[:n]]
    rest: list[Unit] = []
    for unit, against in competing:
        in_the_way = [one for one in chosen if one is not unit and meet(one, unit, turnaround)]
        if unit in chosen:
            continue
        if in_the_way:
            _lose(day, unit, in_the_way[0].external_id)
        elif strategy is Strategy.IGNORE and against:
            _lose(day, unit, min(against, key=lambda one: (one.start, one.finish, one.carrier.name)).external_id)
        else:
            rest.append(unit)
    ranked = sorted(rest, key=lambda one: (min(m.since for m in one.members), one.carrier.name))
    if strategy is Strategy.LAST_WINS:
        # The newest first; ties still go to the smaller SLOTID.
        ranked = sorted(rest, key=lambda one: one.carrier.name)
        ranked.sort(key=lambda one: max(m.since for m in one.members), reverse=True)
    _decide(day, ranked, hurried, strategy, turnaround)
    serves = {member: one.external_id for one in day.wanted for member in one.members}
    for lesson, order in unwanted.items():
        instead = serves[order.winner.external_id] if order.winner is not None else None
        day.left_out[lesson.external_id] = (Reason.DECISION, instead)
    return day, None


def _decide(
    day: Day, ranked: Sequence[Unit], hurried: Collection[Unit], strategy: Strategy, turnaround: int
) -> None:
    """Who is kept of those that are left, the first in rank first. Nothing that stands is removed for who starts
    so soon that it might not be made any more: whoever is `hurried` gets what is free without a removal for it."""

    def best(units: Sequence[Unit]) -> list[Unit]:
        return most(units, turnaround) if strategy is Strategy.MOST_RECORDED else greedy(units, turnaround)

    def against(unit: Unit, kept: Collection[Unit]) -> Unit | None:
        return next((one for one in ranked if one in kept and meet(one, unit, turnaround)), None)

    at_leisure = best([one for one in ranked if one not in hurried])
    fits = [one for one in ranked if one in hurried and against(one, at_leisure) is None]
    squeezed_in = best(fits)
    with_time_for_all = best(ranked)
    for unit in ranked:
        if unit in at_leisure or unit in squeezed_in:
            day.wanted.append(unit.wanted())
            continue
        winner = against(unit, squeezed_in if unit in fits else at_leisure)
        assert winner is not None
        if unit in hurried and unit not in fits:
            anyway = None if unit in with_time_for_all else against(unit, with_time_for_all)
            if anyway not in (*at_leisure, *squeezed_in):
                stays = [one for one in at_leisure if meet(one, unit, turnaround)]
                day.late.append(unit.wanted())
                first = min(stays, key=lambda one: (one.start, one.finish, one.carrier.name))
                for member in unit.members:
                    day.left_out[member.external_id] = (Reason.TOO_LATE, first.external_id)
                continue
            winner = anyway or winner
        _lose(day, unit, winner.external_id)


def together(lessons: Iterable[Lesson], book: Rulebook, decided: Iterable[frozenset[Lesson]] = ()) -> list[Unit]:
    """Units by the setting, and then, of what staff record together, all units with such a lesson are one."""
    units = _alike(lessons, book)
    for named in decided:
        joined = [unit for unit in units if named & set(unit.members)]
        if joined:
            members = sorted((one for unit in joined for one in unit.members), key=lambda one: one.name)
            units = [unit for unit in units if unit not in joined] + [Unit(tuple(members))]
    return units


def _alike(lessons: Iterable[Lesson], book: Rulebook) -> list[Unit]:
    """Same room, date, start, finish and lecturer: one unit. A lecturer unknown on one or all sides is the same
    only under the setting; between two known lecturers he goes to the one whose lesson has the smallest SLOTID."""
    rest = sorted(lessons, key=lambda one: one.name)
    if not book.together:
        return [Unit((one,)) for one in rest]
    units: list[list[Lesson]] = []
    for lesson in rest:
        same_time = [unit for unit in units if (unit[0].start, unit[0].finish) == (lesson.start, lesson.finish)]
        same = [unit for unit in same_time if lesson.lecturer and unit[0].lecturer == lesson.lecturer]
        if same:
            same[0].append(lesson)
        elif lesson.lecturer or not book.together_unknown:
            units.append([lesson])
    if book.together_unknown:
        alone: list[list[Lesson]] = []
        for lesson in (one for one in rest if not one.lecturer):
            here = [unit for unit in units if (unit[0].start, unit[0].finish) == (lesson.start, lesson.finish)]
            here += [unit for unit in alone if (unit[0].start, unit[0].finish) == (lesson.start, lesson.finish)]
            if here:
                # The groups of known lecturers were made in the order of their smallest SLOTID.
                here[0].append(lesson)
            else:
                alone.append([lesson])
        units += alone
    return [Unit(tuple(sorted(unit, key=lambda one: one.name))) for unit in units]


def greedy(ranked: Sequence[Unit], turnaround: int) -> list[Unit]:
    """First and last wins are greedy over the whole room-day."""
    kept: list[Unit] = []
    for unit in ranked:
        if not any(meet(unit, other, turnaround) for other in kept):
            kept.append(unit)
    return kept


def most(ranked: Sequence[Unit], turnaround: int) -> list[Unit]:
    """Of all sets that fit, the one with most lessons; among equals that whose ranks, sorted, come first."""
    best: tuple[int, list[int]] = (0, [])
    waiting: list[tuple[int, list[int]]] = [(0, [])]
    while waiting:
        position, chosen = waiting.pop()
        if position == len(ranked):
            weight = sum(len(ranked[one].members) for one in chosen)
            if weight > best[0] or (weight == best[0] and chosen < best[1]):
                best = (weight, chosen)
            continue
        waiting.append((position + 1, chosen))
        if not any(meet(ranked[one], ranked[position], turnaround) for one in chosen):
            waiting.append((position + 1, [*chosen, position]))
    return [ranked[one] for one in best[1]]


def _admitted(
    unit: Unit,
    obstacles: Sequence[Stood],
    stood: Collection[Stood],
    known: Collection[str],
    ours_begun: Sequence[Stood],
    turnaround: int,
    book: Rulebook,
    day: Day,
) -> Unit | None:
    """The unit as it competes; None if it is settled, one way or the other."""
    carrier = unit.carrier
    here = _standing_for(unit, stood, known, ours_begun)
    begun = book.begun(carrier.date, carrier.start)
    if begun and here is not None:
        day.wanted.append(_held(unit, here, Reason.TOO_LATE, day).wanted())
        return None
    for obstacle in obstacles:
        if meet(obstacle, unit, turnaround):
            reason = Reason.BEGUN if obstacle.ours else Reason.FOREIGN
            if obstacle.ours and obstacle.external_id in book.stuck:
                reason = Reason.TOO_LATE
            for member in unit.members:
                day.left_out[member.external_id] = (reason, obstacle.echo_id)
            return None
    refused = (carrier.external_id, _print(unit)) in book.refused or carrier.room in book.closed
    if book.too_late(carrier.date, carrier.start) or refused:
        reason = Reason.TOO_LATE if book.too_late(carrier.date, carrier.start) else Reason.REFUSED
        if here is not None and not begun:
            day.by_standing.append(here)
            return _held(unit, here, reason, day)
        if reason is Reason.TOO_LATE and not begun:
            day.late.append(unit.wanted())
        for member in unit.members:
            day.left_out[member.external_id] = (reason, None)
        return None
    return unit


def _standing_for(
    unit: Unit, stood: Collection[Stood], known: Collection[str], ours_begun: Collection[Stood]
) -> Stood | None:
    """What stands at exactly this place and time for a member, the carrier's first; or, under an id that no lesson
    has any more (or that has begun), what shares a section: left by a carrier that was just taken away."""
    here = [one for one in stood if one.ours and _stands_for(one, unit.carrier)]
    here.sort(key=lambda one: one.echo_id)
    for member in unit.members:
        for one in here:
            if one.external_id == member.external_id and not one.recurs:
                return one
    gone = {one.external_id for one in ours_begun}
    for one in here:
        nobodys = one.external_id not in known or one.external_id in gone
        if nobodys and {member.section for member in unit.members} & set(one.sections):
            return one
    return None


def _is_recorded_now(lesson: Lesson, ours_begun: Iterable[Stood]) -> bool:
    """What has begun and is being recorded goes on, whatever was decided."""
    return any(
        _stands_for(one, lesson) and (one.external_id == lesson.external_id or lesson.section in one.sections)
        for one in ours_begun
    )


def _held(unit: Unit, here: Stood, reason: Reason, day: Day) -> Unit:
    """What stands stays as it is; members that are not in it came too late."""
    if here.external_id == unit.carrier.external_id and _says(unit.wanted(), here):
        return unit
    inside = [
        one for one in unit.members if one.external_id == here.external_id or one.section in here.sections
    ] or [unit.carrier]
    inside.sort(key=lambda one: (one.external_id != here.external_id, one.name))
    for one in unit.members:
        if one not in inside:
            day.left_out[one.external_id] = (reason, here.external_id)
    return Unit(tuple(inside), here)


def _lose(day: Day, unit: Unit, winner: str) -> None:
    for member in unit.members:
        day.left_out[member.external_id] = (Reason.CLASH, winner)


def _stands_for(one: Stood, lesson: Lesson) -> bool:
    return (one.room, one.date, one.start, one.finish) == (lesson.room, lesson.date, lesson.start, lesson.finish)


def _says(wanted: Wanted, here: Stood) -> bool:
    return (wanted.title, set(wanted.sections), wanted.presenter, set(wanted.inputs)) == (
        here.title, set(here.sections), here.presenter, set(here.inputs),
    )  # fmt: skip


def _print(unit: Unit) -> str:
    wanted, carrier = unit.wanted(), unit.carrier
    return fingerprint(
        Booking(
            wanted.external_id, carrier.setid, carrier.slotid, carrier.week, RoomDay(wanted.room, wanted.date),
            Interval(wanted.start, wanted.finish),
            Content(wanted.title, wanted.sections, wanted.presenter, wanted.inputs), wanted.members,
        )
    )  # fmt: skip
