"""The oracle against the planner, over disturbed projections and with decisions of staff."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from echodesk.planning.values import RoomDay, Situation, Standing
from tests.planning.decided import decided_situations
from tests.planning.situations import situations
from tests.simulation.oracle_agrees import assert_agree

EXAMPLES = int(os.environ.get("ECHODESK_PLANNER_EXAMPLES", "500"))

common = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@common
@given(situations(largest=12))
def test_two_readings_of_the_same_words_agree(situation: Situation) -> None:
    assert_agree(situation)


@common
@given(situations(soon=True))
def test_they_agree_about_who_stays_because_it_would_have_to_change_places_too_late(situation: Situation) -> None:
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
