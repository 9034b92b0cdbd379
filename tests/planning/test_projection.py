"""What should stand, and why the rest does not: obstacles, time, refusals (decisions "Rules …")."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from echodesk.planning.projection import project
from echodesk.planning.values import (
    Content,
    Interval,
    Projection,
    Reason,
    Rules,
    Situation,
    Standing,
    Strategy,
    fingerprint,
)
from tests.planning.builders import (
    MONDAY,
    at,
    content,
    day,
    external_id,
    foreign,
    lesson,
    plan_of,
    situation,
    slots,
    standing,
    unfit,
)

IGNORE = Rules(strategy=Strategy.IGNORE)


def clock(hour: int, minute: int = 0, second: int = 0) -> dt.datetime:
    return dt.datetime.combine(MONDAY, dt.time(hour, minute, second))


def recorded(projection: Projection) -> list[int]:
    return slots(one.external_id for one in projection.bookings)


def reasons(projection: Projection) -> dict[int, tuple[Reason, str | None]]:
    return {one.slotid: (one.reason, one.winner) for one in projection.left_out}


def held(projection: Projection) -> dict[int, Reason]:
    return {slots([external_id])[0]: reason for external_id, reason in projection.held}


class TestObstacles:
    def test_what_meets_a_foreign_schedule_is_left_out_before_the_strategy_chooses(self) -> None:
        senior, junior = lesson(1, "9-11", since="1"), lesson(2, "10-12", since="2")
        found = project(situation([senior, junior], [foreign("F", "9-10")]))
        assert recorded(found) == [2]
        assert reasons(found) == {1: (Reason.FOREIGN, "F")}

    def test_ignore_counts_overlaps_before_obstacles(self) -> None:
        found = project(situation([lesson(1, "9-11"), lesson(2, "10-12")], [foreign("F", "9-10")], IGNORE))
        assert recorded(found) == []
        assert reasons(found) == {1: (Reason.FOREIGN, "F"), 2: (Reason.CLASH, external_id(1))}

    def test_what_has_begun_is_an_obstacle_where_it_stands(self) -> None:
        found = project(situation([lesson(2, "10-12")], [standing(1, "9-11")], now=clock(9)))
        assert recorded(found) == []
        assert reasons(found) == {2: (Reason.BEGUN, "e1")}

    def test_back_to_back_with_an_obstacle_is_allowed(self) -> None:
        assert recorded(project(situation([lesson(2, "10-12")], [foreign("F", "9-10")]))) == [2]

    def test_the_turnaround_counts_towards_obstacles_too(self) -> None:
        found = project(situation([lesson(2, "10-12")], [foreign("F", "9-10")], Rules(turnaround=1)))
        assert reasons(found) == {2: (Reason.FOREIGN, "F")}

    def test_an_obstacle_in_another_room_or_on_another_day_is_none(self) -> None:
        others = [foreign("F", "9-10", day("LT2")), foreign("G", "9-10", day("LT1", 1))]
        assert recorded(project(situation([lesson(1, "9-10")], others))) == [1]

    def test_ours_without_external_id_is_treated_as_foreign(self) -> None:
        odd = replace(foreign("X", "9-10"), ours=True)
        plan = plan_of([lesson(1, "9-10")], [odd])
        assert plan.requests == ()
        assert reasons(plan.projection) == {1: (Reason.FOREIGN, "X")}


class TestBegun:
    def test_what_begun_where_it_should_is_kept_though_its_content_is_older(self) -> None:
        stands = standing(1, "9-10", said=content("old"))
        plan = plan_of([lesson(1, "9-10")], [stands], now=clock(9))
        assert plan.requests == ()
        assert plan.kept == {external_id(1)}
        assert plan.projection.left_out == ()
        assert plan.projection.bookings[0].content == stands.content
        assert held(plan.projection) == {1: Reason.BEGUN}

    def test_what_begun_elsewhere_is_left_out_as_already_begun(self) -> None:
        plan = plan_of([lesson(1, "15-16")], [standing(1, "9-10")], now=clock(9, 30))
        assert plan.requests == ()
        assert reasons(plan.projection) == {1: (Reason.BEGUN, "e1")}

    def test_what_begun_and_is_wanted_no_more_stays(self) -> None:
        assert plan_of([], [standing(1, "9-10")], now=clock(9)).requests == ()

    def test_the_second_before_the_start_it_may_still_be_removed(self) -> None:
        assert len(plan_of([], [standing(1, "9-10")], now=clock(8, 59, 59)).requests) == 1

    def test_yesterday_has_begun(self) -> None:
        plan = plan_of([], [standing(1, "9-10", day(offset=-1))], now=clock(0, 0))
        assert plan.requests == ()

    def test_a_group_that_begun_under_a_former_carrier_is_kept_under_it(self) -> None:
        pair = [lesson(1, "9-10", lecturer="L"), lesson(2, "9-10", lecturer="L")]
        both = Content("Lecture 2", ("SEC-1", "SEC-2"), None, ())
        plan = plan_of(pair, [standing(2, "9-10", said=both)], now=clock(9))
        assert plan.requests == ()
        assert plan.projection.left_out == ()
        assert plan.carrier_of == ((external_id(2), external_id(2)), (external_id(1), external_id(2)))

    def test_a_member_whose_section_was_added_too_late_is_left_out(self) -> None:
        pair = [lesson(1, "9-10", lecturer="L"), lesson(2, "9-10", lecturer="L")]
        plan = plan_of(pair, [standing(2, "9-10")], now=clock(9))
        assert plan.requests == ()
        assert recorded(plan.projection) == [2]
        assert reasons(plan.projection) == {1: (Reason.TOO_LATE, external_id(2))}

    def test_a_lecture_goes_on_when_its_carrier_is_taken_out_after_the_start(self) -> None:
        both = Content("Lecture 1", ("SEC-1", "SEC-2"), None, ())
        plan = plan_of([lesson(2, "9-10", lecturer="L")], [standing(1, "9-10", said=both)], now=clock(9, 5))
        assert plan.requests == ()
        assert plan.projection.left_out == ()
        assert plan.carrier_of == ((external_id(2), external_id(1)),)


class TestTooLate:
    @pytest.mark.parametrize(
        ("now", "late"),
        [(clock(8, 54, 59), False), (clock(8, 55), True), (clock(9), True), (clock(12), True)],
        ids=["before the lead time", "the lead time begins", "the start", "after the end"],
    )
    def test_making_stops_a_lead_time_before_the_start(self, now: dt.datetime, late: bool) -> None:
        found = project(situation([lesson(1, "9-10")], now=now))
        assert (reasons(found) == {1: (Reason.TOO_LATE, None)}) is late
        assert (recorded(found) == [1]) is not late

    def test_what_is_too_late_does_not_compete(self) -> None:
        lessons = [lesson(1, "9-11", since="1"), lesson(2, "10-12", since="2")]
        assert recorded(project(situation(lessons, now=clock(8, 57)))) == [2]

    def test_under_ignore_what_is_too_late_still_counts_as_an_overlap(self) -> None:
        lessons = [lesson(1, "9-11"), lesson(2, "10-12")]
        found = project(situation(lessons, rules=IGNORE, now=clock(8, 57)))
        assert reasons(found) == {1: (Reason.TOO_LATE, None), 2: (Reason.CLASH, external_id(1))}

    def test_what_stands_right_but_says_something_older_stays_as_it_is(self) -> None:
        stands = standing(1, "9-10", said=content("old"))
        plan = plan_of([lesson(1, "9-10")], [stands], now=clock(8, 57))
        assert plan.requests == ()
        assert plan.kept == {external_id(1)}
        assert held(plan.projection) == {1: Reason.TOO_LATE}

    def test_what_stands_right_still_loses_to_whom_it_must(self) -> None:
        lessons = [lesson(1, "10-12", since="1"), lesson(2, "9-11", since="2")]
        plan = plan_of(lessons, [standing(2, "9-11", said=content("old"))], now=clock(8, 57))
        assert recorded(plan.projection) == [1]
        assert [(one.method.value, one.after) for one in plan.requests] == [("DELETE", ()), ("POST", (0,))]
        assert held(plan.projection) == {}

    def test_inside_the_lead_time_removing_is_still_allowed(self) -> None:
        plan = plan_of([], [standing(1, "9-10")], now=clock(8, 57))
        assert [one.method.value for one in plan.requests] == ["DELETE"]

    def test_inside_the_lead_time_a_move_is_removing_and_making(self) -> None:
        plan = plan_of([lesson(1, "15-16")], [standing(1, "9-10")], now=clock(8, 57))
        assert [(one.method.value, one.why.value, one.after) for one in plan.requests] == [
            ("DELETE", "moved", ()),
            ("POST", "moved", (0,)),
        ]

    def test_a_move_to_a_time_that_is_too_soon_removes_the_old_place(self) -> None:
        plan = plan_of([lesson(1, "9-10")], [standing(1, "15-16")], now=clock(8, 57))
        assert [one.method.value for one in plan.requests] == ["DELETE"]
        assert reasons(plan.projection) == {1: (Reason.TOO_LATE, None)}

    def test_a_shared_lecture_about_to_begin_survives_its_carrier(self) -> None:
        both = Content("Lecture 1", ("SEC-1", "SEC-2"), None, ())
        plan = plan_of([lesson(2, "9-10", lecturer="L")], [standing(1, "9-10", said=both)], now=clock(8, 57))
        assert plan.requests == ()
        assert recorded(plan.projection) == [1]
        assert plan.projection.left_out == ()


class TestRefused:
    def situation(self, *stands: Standing, junior: bool = True) -> Situation:
        lessons = [lesson(1, "9-11", since="1")] + ([lesson(2, "10-12", since="2")] if junior else [])
        (first, *_) = project(situation(lessons)).bookings
        return situation(lessons, stands, refused=[(first.external_id, fingerprint(first))])

    def test_it_does_not_compete(self) -> None:
        found = project(self.situation())
        assert recorded(found) == [2]
        assert reasons(found) == {1: (Reason.REFUSED, None)}

    def test_another_content_competes_again(self) -> None:
        before = self.situation()
        changed = tuple(
            replace(one, content=content("changed")) if one.slotid == 1 else one for one in before.occurrences
        )
        assert recorded(project(replace(before, occurrences=changed))) == [1]

    def test_what_stands_at_a_wrong_place_is_removed(self) -> None:
        before = self.situation(standing(1, "15-16"), junior=False)
        plan = plan_of(before.occurrences, before.standing, refused=before.refused)
        assert [(one.method.value, one.why.value) for one in plan.requests] == [("DELETE", "not_wanted")]

    def test_what_stands_right_with_older_content_stays_and_holds_its_place(self) -> None:
        before = self.situation(standing(1, "9-11", said=content("old")))
        plan = plan_of(before.occurrences, before.standing, refused=before.refused)
        assert plan.requests == ()
        assert recorded(plan.projection) == [1]
        assert held(plan.projection) == {1: Reason.REFUSED}
        assert reasons(plan.projection) == {2: (Reason.CLASH, external_id(1))}

    def test_what_already_stands_as_it_should_is_kept_whatever_was_refused_once(self) -> None:
        before = self.situation(standing(1, "9-11"), junior=False)
        plan = plan_of(before.occurrences, before.standing, refused=before.refused)
        assert plan.requests == ()
        assert plan.projection.held == ()


class TestUnfit:
    def test_what_can_never_be_booked_is_listed_with_its_own_fault(self) -> None:
        never = unfit(3, Reason.TOO_LONG, "9 hours are longer than the recorder's 8")
        found = project(situation([], unfit_lessons=[never]))
        assert [(one.slotid, one.reason, one.detail) for one in found.left_out] == [
            (3, Reason.TOO_LONG, "9 hours are longer than the recorder's 8")
        ]

    @pytest.mark.parametrize("time", [Interval(600, 600), Interval(660, 600)])
    def test_a_finish_not_after_the_start_is_unreadable_and_blocks_nothing(self, time: Interval) -> None:
        odd = replace(lesson(1, "9-10"), time=time)
        found = project(situation([odd, lesson(2, "9-12")], rules=IGNORE))
        assert recorded(found) == [2]
        assert reasons(found) == {1: (Reason.UNREADABLE, None)}

    def test_two_lessons_with_one_external_id_are_not_both_booked(self) -> None:
        one = lesson(1, "9-10")
        other = replace(one, time=at("11-12"))
        found = project(situation([other, one]))
        assert found == project(situation([one, other]))
        assert recorded(found) == [1]
        assert reasons(found) == {1: (Reason.UNREADABLE, external_id(1))}

    def test_the_same_lesson_listed_twice_is_one_lesson(self) -> None:
        found = project(situation([lesson(1, "9-10"), lesson(1, "9-10")]))
        assert recorded(found) == [1]
        assert found.left_out == ()

    def test_what_lies_outside_the_planned_room_days_is_not_looked_at(self) -> None:
        inside = situation([lesson(1, "9-10")], [standing(9, "9-10")])
        outside = replace(
            inside,
            occurrences=(*inside.occurrences, lesson(2, "9-10", day("LT9"))),
            standing=(*inside.standing, standing(3, "9-10", day("LT9"))),
            unfit=(unfit(4, Reason.TOO_LONG, "", day("LT9")),),
        )
        assert project(outside) == project(inside)


def test_odd_texts_are_only_texts() -> None:
    said = Content("'; DROP TABLE — 🎓 " + "x" * 300, ('a/b "c"',), None, ())
    odd = replace(lesson(1, "9-10", day("Großer Hörsaal / 1")), external_id="1-1-🎓 'x'", content=said)
    plan = plan_of([odd])
    assert plan.requests[0].external_id == "1-1-🎓 'x'"
    assert plan.requests[0].booking is not None
    assert plan.requests[0].booking.content == said
