"""What stands makes no way for a lesson that starts too soon: neither of the two might be recorded then."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from echodesk.planning.plan import make_plan
from echodesk.planning.values import Decision, Occurrence, Plan, Reason, Rules, Standing, Strategy
from tests.planning.builders import MONDAY, asked, day, external_id, foreign, lesson, situation, slots, standing
from tests.planning.decided import NEITHER, ONE, TOGETHER, decided

SOON = Rules(late_s=600)
"""Until a quarter past nine it is too soon, and until five past too late."""
NINE = dt.datetime.combine(MONDAY, dt.time(9))
JUNIOR, SENIOR = lesson(2, "9:10-10", since="2026-06"), lesson(1, "9:10-10", since="2026-01")
JUNIOR_STANDS = standing(2, "9:10-10")


def planned(
    lessons: list[Occurrence],
    stands: list[Standing],
    *decisions: Decision,
    rules: Rules = SOON,
    now: dt.datetime = NINE,
) -> Plan:
    return make_plan(replace(situation(lessons, stands, rules, now=now), decisions=decisions))


def recorded(plan: Plan) -> list[int]:
    return slots(one.external_id for one in plan.projection.bookings)


def reasons(plan: Plan) -> dict[int, tuple[Reason, str | None]]:
    return {one.slotid: (one.reason, one.winner) for one in plan.projection.left_out}


class TestWhoStands:
    def test_stays_and_who_starts_too_soon_is_left_out(self) -> None:
        plan = planned([SENIOR, JUNIOR], [JUNIOR_STANDS])
        assert plan.requests == ()
        assert recorded(plan) == [2]
        assert reasons(plan) == {1: (Reason.TOO_LATE, external_id(2))}
        (told,) = plan.projection.left_out
        assert told.detail.startswith("starts too soon to change places with “Lecture 2”")

    @pytest.mark.parametrize(("minute", "changes"), [(54, True), (55, False), (59, False)])
    def test_makes_way_until_lead_and_l_before(self, minute: int, changes: bool) -> None:
        plan = planned([SENIOR, JUNIOR], [JUNIOR_STANDS], now=NINE.replace(hour=8, minute=minute))
        assert recorded(plan) == ([1] if changes else [2])

    def test_stays_for_one_that_would_move_there(self) -> None:
        plan = planned([SENIOR, JUNIOR], [JUNIOR_STANDS, standing(1, "9:10-10", day("LT2"))])
        assert asked(plan.requests) == [("DELETE", 1, "not_wanted")]
        assert recorded(plan) == [2]

    def test_makes_way_for_who_starts_later(self) -> None:
        plan = planned([lesson(1, "9:16-10", since="2026-01"), JUNIOR], [JUNIOR_STANDS])
        assert asked(plan.requests) == [("DELETE", 2, "lost_clash"), ("POST", 1, "new")]

    def test_makes_way_when_the_timetable_has_it_elsewhere(self) -> None:
        plan = planned([SENIOR, lesson(2, "9:10-10", day("LT2"))], [JUNIOR_STANDS])
        assert asked(plan.requests) == [("PUT", 2, "moved"), ("POST", 1, "new")]

    def test_makes_way_when_the_timetable_has_it_no_more(self) -> None:
        plan = planned([SENIOR], [JUNIOR_STANDS])
        assert asked(plan.requests) == [("DELETE", 2, "not_wanted"), ("POST", 1, "new")]

    def test_leaves_for_one_that_starts_later_and_what_is_free_then_is_used(self) -> None:
        """Lesson 2 makes way for 3, which has time, and so 1 takes nobody's place."""
        later = lesson(3, "9:40-10:30", since="2026-05")
        plan = planned([lesson(1, "9:10-9:40", since="2026-01"), JUNIOR, later], [JUNIOR_STANDS])
        assert recorded(plan) == [1, 3]
        assert asked(plan.requests)[0] == ("DELETE", 2, "lost_clash")

    def test_keeps_its_place_by_its_seniority_and_that_is_why_the_other_is_not_recorded(self) -> None:
        plan = planned([SENIOR, JUNIOR], [standing(1, "9:10-10")])
        assert reasons(plan) == {2: (Reason.CLASH, external_id(1))}

    def test_counts_with_the_minutes_that_must_lie_between(self) -> None:
        rules = replace(SOON, turnaround=15)
        plan = planned([SENIOR, lesson(2, "10:05-11", since="2026-06")], [standing(2, "10:05-11")], rules=rules)
        assert (recorded(plan), plan.requests) == ([2], ())

    def test_does_not_stand_again_where_a_foreign_schedule_is_too_near(self) -> None:
        """It has to leave anyway, so nobody takes its place from it."""
        rules = replace(SOON, turnaround=15)
        plan = planned(
            [lesson(1, "9:14-9:20", since="2026-01"), lesson(2, "9:14-10", since="2026-06")],
            [standing(2, "9:14-10"), foreign("F", "10:05-11")],
            rules=rules,
        )
        assert recorded(plan) == [1]

    def test_under_the_id_of_a_carrier_that_is_gone_stays_as_well(self) -> None:
        stands = standing(7, "9:10-10", said=JUNIOR.content)
        plan = planned([SENIOR, JUNIOR], [stands])
        assert asked(plan.requests) == [("PUT", 2, "hand_over")]
        assert reasons(plan) == {1: (Reason.TOO_LATE, external_id(2))}

    def test_stays_under_most_recorded_too(self) -> None:
        rules = replace(SOON, strategy=Strategy.MOST_RECORDED)
        halves = [lesson(1, "9:10-9:30"), lesson(3, "9:30-10")]
        plan = planned([*halves, JUNIOR], [JUNIOR_STANDS], rules=rules)
        assert recorded(plan) == [1, 3], "the second half has time"
        plan = planned([*halves, JUNIOR], [JUNIOR_STANDS], rules=replace(rules, late_s=1800))
        assert recorded(plan) == [2]

    def test_leaves_where_the_room_records_neither(self) -> None:
        plan = planned([SENIOR, JUNIOR], [JUNIOR_STANDS], rules=replace(SOON, strategy=Strategy.IGNORE))
        assert asked(plan.requests) == [("DELETE", 2, "lost_clash")]


class TestWhereNothingStands:
    def test_it_is_booked_till_the_lead_time_before_a_junior_that_starts_later(self) -> None:
        plan = planned([SENIOR, lesson(2, "9:30-10:30", since="2026-06")], [])
        assert asked(plan.requests) == [("POST", 1, "new")]
        assert reasons(plan) == {2: (Reason.CLASH, external_id(1))}


class TestDecisions:
    def test_one_that_staff_chose_too_late_takes_nobodys_place(self) -> None:
        senior_stands = standing(1, "9:10-10")
        plan = planned([SENIOR, JUNIOR], [senior_stands], decided(ONE, SENIOR, JUNIOR, winner=2))
        assert (recorded(plan), plan.requests) == ([1], ())
        assert reasons(plan) == {2: (Reason.CLASH, external_id(1))}

    def test_and_is_told_that_it_is_too_late_where_it_would_have_won_without_that_too(self) -> None:
        plan = planned([SENIOR, JUNIOR], [JUNIOR_STANDS], decided(ONE, SENIOR, JUNIOR, winner=1))
        assert (recorded(plan), plan.requests) == ([2], ())
        assert reasons(plan) == {1: (Reason.TOO_LATE, external_id(2))}

    def test_one_that_is_not_named_keeps_its_place_as_well(self) -> None:
        third = lesson(3, "9:30-10:30", since="2026-07")
        plan = planned(
            [SENIOR, JUNIOR, third], [standing(3, "9:30-10:30")], decided(ONE, SENIOR, JUNIOR, winner=1)
        )
        assert (recorded(plan), plan.requests) == ([3], ())

    def test_one_that_staff_chose_is_booked_where_nothing_stands(self) -> None:
        plan = planned([SENIOR, JUNIOR], [], decided(ONE, SENIOR, JUNIOR, winner=2))
        assert asked(plan.requests) == [("POST", 2, "new")]

    def test_one_that_staff_chose_is_recorded_where_the_room_would_record_neither(self) -> None:
        rules = replace(SOON, strategy=Strategy.IGNORE)
        plan = planned([SENIOR, JUNIOR], [JUNIOR_STANDS], decided(ONE, SENIOR, JUNIOR, winner=1), rules=rules)
        assert asked(plan.requests) == [("DELETE", 2, "lost_clash"), ("POST", 1, "new")]

    def test_what_staff_do_not_want_recorded_makes_way(self) -> None:
        third = lesson(3, "9:10-10", since="2026-07")
        plan = planned([JUNIOR, third, SENIOR], [JUNIOR_STANDS], decided(NEITHER, JUNIOR, third))
        assert asked(plan.requests) == [("DELETE", 2, "not_wanted"), ("POST", 1, "new")]

    def test_what_is_recorded_together_is_changed_till_the_lead_time(self) -> None:
        plan = planned([SENIOR, JUNIOR], [JUNIOR_STANDS], decided(TOGETHER, SENIOR, JUNIOR))
        assert [one.method.value for one in plan.requests] == ["PUT"]


class TestARemovalTellsWhatMustBeInTimeForIt:
    def test_the_first_that_takes_its_place(self) -> None:
        halves = [lesson(1, "9:30-9:45", since="2026-01"), lesson(3, "9:20-9:30", since="2026-02")]
        plan = planned([*halves, JUNIOR], [JUNIOR_STANDS])
        assert [one.in_time_for.slotid for one in plan.requests if one.in_time_for] == [3]

    def test_by_the_minutes_that_must_lie_between(self) -> None:
        rules = replace(SOON, turnaround=15)
        plan = planned([lesson(1, "10:05-11", since="2026-01"), JUNIOR], [JUNIOR_STANDS], rules=rules)
        assert [one.in_time_for is not None for one in plan.requests] == [True, False]

    def test_nothing_where_that_starts_too_soon_already_or_stands(self) -> None:
        """What was planned so would be planned so again."""
        first = lesson(1, "9:10-9:40", since="2026-01")
        plan = planned([first, lesson(3, "9:10-10", day("LT2")), JUNIOR], [standing(3, "9:10-10")])
        assert asked(plan.requests)
        assert [one.in_time_for for one in plan.requests] == [None] * len(plan.requests)
        plan = planned([lesson(1, "9:30-10", since="2026-01"), JUNIOR], [JUNIOR_STANDS, standing(1, "9:30-10")])
        assert [one.in_time_for for one in plan.requests] == [None]
