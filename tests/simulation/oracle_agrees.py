"""The oracle and the planner, two independent readings of the same words, over one situation."""

from __future__ import annotations

from collections import defaultdict

from echodesk.planning.ground import ground_of
from echodesk.planning.plan import make_plan
from echodesk.planning.values import Occurrence, RoomDay, Situation, Standing
from tests.simulation.oracle_staying import Settled, settle_all
from tests.simulation.oracle_values import Decided, Lesson, Rulebook, Stood


def as_lesson(one: Occurrence) -> Lesson:
    (section,) = one.content.sections
    return Lesson(
        one.external_id, one.setid, one.slotid, one.week, one.place.room, one.place.date, one.time.start,
        one.time.end, one.content.title, section, one.content.presenter, one.content.inputs, one.lecturer,
        one.since, one.weekday or one.place.date.isoweekday(),
    )  # fmt: skip


def as_stood(one: Standing, recurs: bool) -> Stood:
    return Stood(
        one.echo_id, one.external_id, one.ours, one.place.room, one.place.date, one.time.start, one.time.end,
        one.content.title, one.content.sections, one.content.presenter, one.content.inputs, recurs,
    )  # fmt: skip


def asked_of_the_oracle(situation: Situation) -> Settled[RoomDay]:
    """Every room-day of the situation, settled by the oracle."""
    rules = situation.rules
    book = Rulebook(
        situation.now, rules.strategy, dict(rules.strategy_of_room), rules.together, rules.together_unknown,
        rules.lead, rules.turnaround, dict(rules.turnaround_of_room), situation.refused,
        tuple(
            Decided(one.id, one.kind.value, one.setid, one.slotids, one.winner, one.weeks, one.fingerprint)
            for one in situation.decisions
        ),
        closed=situation.closed, late_s=rules.late_s,
    )  # fmt: skip
    repeated = ground_of(situation).repeated
    stood = [as_stood(one, one.echo_id in repeated) for one in situation.standing]
    known = {one.external_id for one in situation.occurrences}
    days: dict[RoomDay, list[Lesson]] = defaultdict(list)
    for one in situation.occurrences:
        days[one.place].append(as_lesson(one))
    return settle_all(days, stood, known, book)


def assert_agree(situation: Situation) -> None:
    planned = make_plan(situation).projection
    days, staying, _ = asked_of_the_oracle(situation)
    assert set(planned.stays) == staying
    said = {
        one.external_id: (one.room, one.date, one.start, one.finish, one.title, one.sections, one.presenter,
                          one.inputs, one.members)
        for day in days.values() for one in day.wanted
    }  # fmt: skip
    booked = {
        one.external_id: (
            one.place.room, one.place.date, one.time.start, one.time.end, one.content.title, one.content.sections,
            one.content.presenter, one.content.inputs, one.members,
        )
        for one in planned.bookings
    }  # fmt: skip
    assert booked == said
    left_out = {external_id: why for day in days.values() for external_id, why in day.left_out.items()}
    assert {one.external_id: (one.reason, one.winner) for one in planned.left_out} == left_out
