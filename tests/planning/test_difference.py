"""What must change, and what need not (design §4.14)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from echodesk.planning.values import Content, Standing, Why
from tests.planning.builders import MONDAY, asked, content, day, external_id, foreign, lesson, plan_of, standing


def test_what_stands_as_it_should_needs_nothing() -> None:
    plan = plan_of([lesson(1, "9-10")], [standing(1, "9-10")])
    assert plan.requests == ()
    assert plan.kept == {external_id(1)}


def test_the_order_of_sections_and_inputs_is_no_difference() -> None:
    said = Content("A", ("X", "Y"), None, ("display", "video"))
    other = replace(said, sections=("Y", "X"), inputs=("video", "display"))
    lessons = [replace(lesson(1, "9-10"), content=said)]
    assert plan_of(lessons, [standing(1, "9-10", said=other)]).requests == ()


def test_fields_of_others_are_no_difference_and_travel_with_the_request() -> None:
    stands = replace(standing(1, "9-10"), rest='{"shouldCaption": true}')
    assert plan_of([lesson(1, "9-10")], [stands]).requests == ()
    (request,) = plan_of([lesson(1, "10-11")], [stands]).requests
    assert request.standing == stands


@pytest.mark.parametrize(
    "said",
    [
        replace(content("1"), title="another"),
        replace(content("1"), sections=("SEC-1", "SEC-2")),
        replace(content("1"), presenter="a@example.ac.uk"),
        replace(content("1"), inputs=()),
    ],
    ids=["title", "sections", "presenter", "inputs"],
)
def test_each_field_that_is_ours_is_a_difference(said: Content) -> None:
    assert asked(plan_of([lesson(1, "9-10")], [standing(1, "9-10", said=said)]).requests) == [
        ("PUT", 1, "changed")
    ]


@pytest.mark.parametrize(
    "stands",
    [
        standing(1, "9-11"),
        standing(1, "8-10"),
        standing(1, "9-10", day("LT2")),
        standing(1, "9-10", day("LT1", 1)),
    ],
    ids=["finish", "start", "room", "date"],
)
def test_another_place_or_time_is_one_move(stands: Standing) -> None:
    assert asked(plan_of([lesson(1, "9-10")], [stands]).requests) == [("PUT", 1, "moved")]


def test_a_new_lesson_is_made_and_one_no_longer_wanted_is_removed() -> None:
    plan = plan_of([lesson(1, "9-10")], [standing(2, "11-12")])
    assert asked(plan.requests) == [("POST", 1, "new"), ("DELETE", 2, "not_wanted")]


def test_who_lost_a_clash_is_removed_for_that_reason() -> None:
    plan = plan_of([lesson(1, "9-10"), lesson(2, "9:30-10:30")], [standing(2, "9:30-10:30")])
    assert asked(plan.requests) == [("DELETE", 2, "lost_clash"), ("POST", 1, "new")]


def test_foreign_schedules_are_never_in_a_plan() -> None:
    assert plan_of([], [foreign("F", "9-10"), foreign("G", "9-10", day("LT2"))]).requests == ()


def test_of_two_schedules_with_one_id_the_equal_one_stays() -> None:
    twins = [standing(1, "11-12", echo_id="a"), standing(1, "9-10", echo_id="b"), standing(1, "8-9", echo_id="c")]
    plan = plan_of([lesson(1, "9-10")], twins)
    assert plan.kept == {external_id(1)}
    assert sorted(one.standing.echo_id for one in plan.requests if one.standing) == ["a", "c"]
    assert {one.why for one in plan.requests} == {Why.NOT_WANTED}


def test_of_two_schedules_with_one_id_none_equal_the_nearest_moves_after_the_other_has_gone() -> None:
    twins = [standing(1, "9-10", day("LT2"), echo_id="far"), standing(1, "11-12", echo_id="near")]
    plan = plan_of([lesson(1, "9-10")], twins)
    assert [(one.method.value, one.standing.echo_id) for one in plan.requests if one.standing] == [
        ("DELETE", "far"),
        ("PUT", "near"),
    ]
    assert plan.requests[1].after == (0,)


def test_a_schedule_of_ours_that_someone_made_recur_is_put_right_though_one_date_is() -> None:
    dates = [standing(1, "9-10", day(offset=offset), echo_id="same") for offset in (0, 7, 14)]
    plan = plan_of([lesson(1, "9-10")], dates)
    assert asked(plan.requests) == [("PUT", 1, "changed")]
    plan = plan_of([lesson(1, "9-10", day(offset=7))], dates)
    assert asked(plan.requests) == [("PUT", 1, "moved")]


def test_a_second_schedule_of_what_has_begun_is_removed() -> None:
    twins = [standing(1, "9-10", echo_id="begun"), standing(1, "15-16", echo_id="later")]
    plan = plan_of([lesson(1, "9-10")], twins, now=dt.datetime.combine(MONDAY, dt.time(9)))
    assert plan.kept == {external_id(1)}
    assert [(one.method.value, one.standing.echo_id) for one in plan.requests if one.standing] == [
        ("DELETE", "later")
    ]
