"""The oracle against the planner, two independent readings of the same words; and against real content, broken."""

from __future__ import annotations

import datetime as dt
import os
from collections import defaultdict
from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from echodesk.planning.ground import ground_of
from echodesk.planning.projection import project
from echodesk.planning.values import Occurrence, RoomDay, Situation, Standing
from tests.planning.decided import decided_situations
from tests.planning.situations import situations
from tests.simulation.oracle_rules import settle
from tests.simulation.oracle_values import Day, Decided, Lesson, Rulebook, Stood

EXAMPLES = int(os.environ.get("ECHODESK_PLANNER_EXAMPLES", "500"))


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


def asked_of_the_oracle(situation: Situation) -> dict[RoomDay, Day]:
    """Every room-day of the situation, settled by the oracle."""
    rules = situation.rules
    book = Rulebook(
        situation.now, rules.strategy, dict(rules.strategy_of_room), rules.together, rules.together_unknown,
        rules.lead, rules.turnaround, dict(rules.turnaround_of_room), situation.refused,
        tuple(
            Decided(one.id, one.kind.value, one.setid, one.slotids, one.winner, one.weeks, one.fingerprint)
            for one in situation.decisions
        ),
    )  # fmt: skip
    repeated = ground_of(situation).repeated
    stood = [as_stood(one, one.echo_id in repeated) for one in situation.standing]
    known = {one.external_id for one in situation.occurrences}
    days: dict[RoomDay, list[Lesson]] = defaultdict(list)
    for one in situation.occurrences:
        days[one.place].append(as_lesson(one))
    return {place: settle(lessons, stood, known, book) for place, lessons in days.items()}


def assert_agree(situation: Situation) -> None:
    planned = project(situation)
    days = asked_of_the_oracle(situation)
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


common = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@common
@given(situations(largest=12))
def test_two_readings_of_the_same_words_agree(situation: Situation) -> None:
    assert_agree(situation)


@common
@given(decided_situations())
def test_they_agree_about_what_staff_decided(situation: Situation) -> None:
    assert_agree(situation)


@common
@given(situations(), st.integers(0, 9), st.booleans())
def test_they_agree_about_what_has_begun_on_a_day_that_has_passed(
    situation: Situation, number: int, elsewhere: bool
) -> None:
    assume(situation.occurrences)
    lesson = situation.occurrences[number % len(situation.occurrences)]
    room = "LT9" if elsewhere else lesson.place.room
    yesterday = situation.now.date() - dt.timedelta(days=1)
    passed = Standing(
        "passed", lesson.external_id, True, RoomDay(room, yesterday), lesson.time,
        lesson.content,
    )  # fmt: skip
    free = tuple(one for one in situation.standing if one.external_id != lesson.external_id)
    assert_agree(replace(situation, standing=(*free, passed)))
