"""What staff decided: where it counts, what it does, and that the newest wins (design §4.5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import pytest

from echodesk.planning.plan import make_plan
from echodesk.planning.projection import project
from echodesk.planning.values import (
    Decision,
    Occurrence,
    Projection,
    Reason,
    Rules,
    Standing,
    Strategy,
    fingerprint,
)
from tests.planning.builders import (
    BEFORE_TERM,
    MONDAY,
    asked,
    content,
    day,
    external_id,
    foreign,
    lesson,
    situation,
    slots,
    standing,
)
from tests.planning.decided import NEITHER, NOT, ONE, TOGETHER, decided

# Lesson 1 has held the room longest; all three overlap each other.
OLD = lesson(1, "9-10", since="2026-01")
NEW = lesson(2, "9:30-10:30", since="2026-02")
THIRD = lesson(3, "9-10:30", since="2026-03")


def seen(
    lessons: Iterable[Occurrence],
    *decisions: Decision,
    rules: Rules | None = None,
    now: dt.datetime = BEFORE_TERM,
    stands: Iterable[Standing] = (),
    refused: Iterable[tuple[str, str]] = (),
) -> Projection:
    bare = situation(lessons, stands, rules, now=now, refused=refused)
    return project(replace(bare, decisions=decisions))


def recorded(projection: Projection) -> list[int]:
    return slots(one.external_id for one in projection.bookings)


def why(projection: Projection) -> dict[int, tuple[Reason, str | None]]:
    return {one.slotid: (one.reason, one.winner) for one in projection.left_out}


class TestRecordThisOne:
    @pytest.mark.parametrize("strategy", list(Strategy))
    def test_it_stands_above_every_strategy(self, strategy: Strategy) -> None:
        said = decided(ONE, OLD, NEW, winner=2)
        found = seen([OLD, NEW], said, rules=Rules(strategy=strategy))
        assert recorded(found) == [2]
        assert why(found) == {1: (Reason.DECISION, external_id(2))}

    def test_what_is_left_out_says_whose_decision_it_was_and_which_lesson_has_the_room(self) -> None:
        (left,) = seen([OLD, NEW], decided(ONE, OLD, NEW, winner=2, number=7)).left_out
        assert left.detail == (
            "Lecture 2 09:30-10:30 (2-1-2026-27) is recorded instead (decision 7 of ann, 2026-09-01)"
        )

    @pytest.mark.parametrize("strategy", list(Strategy))
    def test_a_lesson_that_nobody_named_loses_to_it_like_to_any_other(self, strategy: Strategy) -> None:
        newest = replace(THIRD, since="2026-09")
        found = seen([OLD, NEW, newest], decided(ONE, OLD, NEW, winner=2), rules=Rules(strategy=strategy))
        assert recorded(found) == [2]
        assert why(found)[3] == (Reason.CLASH, external_id(2))
        assert "which staff decided to record" in next(one for one in found.left_out if one.slotid == 3).detail

    def test_a_named_lesson_that_does_not_overlap_it_is_not_lost(self) -> None:
        apart = lesson(4, "10:30-11:30")
        found = seen([OLD, NEW, apart], decided(ONE, OLD, NEW, apart, winner=1))
        assert recorded(found) == [1, 4]

    def test_a_lecture_taught_together_with_it_is_recorded_with_it(self) -> None:
        twin = lesson(5, "9:30-10:30", since="2026-03", lecturer="lecturer of 2")
        found = seen(
            [OLD, NEW, twin], decided(ONE, OLD, NEW, winner=5, weeks=None), decided(ONE, OLD, twin, winner=5)
        )
        assert [one.members for one in found.bookings] == [(external_id(2), external_id(5))]
        assert why(found) == {1: (Reason.DECISION, external_id(2))}

    def test_of_one_lecture_under_two_modules_it_takes_the_other_section_away(self) -> None:
        twin = lesson(5, "9-10", lecturer="lecturer of 1")
        found = seen([OLD, twin], decided(ONE, OLD, twin, winner=5))
        assert [one.members for one in found.bookings] == [(external_id(5),)]

    def test_the_loser_of_a_lecture_under_two_modules_leaves_its_twin_to_the_clash(self) -> None:
        twin = lesson(5, "9-10", lecturer="lecturer of 1")
        found = seen([OLD, NEW, twin], decided(ONE, OLD, NEW, winner=2))
        assert why(found) == {1: (Reason.DECISION, external_id(2)), 5: (Reason.CLASH, external_id(2))}

    def test_under_ignore_what_it_leaves_out_is_in_nobodys_way(self) -> None:
        after = lesson(4, "10-11")
        said = decided(ONE, OLD, NEW, winner=1)
        assert recorded(seen([OLD, NEW, after], said, rules=Rules(strategy=Strategy.IGNORE))) == [1, 4]

    def test_once_it_has_begun_it_goes_on_and_the_other_stays_out(self) -> None:
        now = dt.datetime.combine(MONDAY, dt.time(9, 10))
        found = seen([OLD, NEW], decided(ONE, OLD, NEW, winner=1), stands=[standing(1, "9-10")], now=now)
        assert recorded(found) == [1]
        assert why(found) == {2: (Reason.DECISION, external_id(1))}


class TestRecordThisOneWhereItCannotBe:
    """The decision has no effect there: a lecture must not be lost for nothing."""

    SAID = decided(ONE, OLD, NEW, winner=2)

    def test_because_someone_else_booked_the_room(self) -> None:
        found = seen([OLD, NEW], self.SAID, stands=[foreign("F", "10-11")])
        assert recorded(found) == [1]
        assert why(found) == {2: (Reason.FOREIGN, "F")}

    def test_because_it_begins_too_soon(self) -> None:
        now = dt.datetime.combine(MONDAY, dt.time(9, 0))
        early = lesson(1, "9:30-10:30", since="2026-01")
        stands = [standing(1, "9:30-10:30")]
        said = decided(ONE, early, NEW, winner=2)
        assert recorded(seen([early, NEW], said, stands=stands, now=now.replace(minute=26))) == [1]
        assert recorded(seen([early, NEW], said, stands=stands, now=now)) == [2]

    def test_because_echo360_refused_it(self) -> None:
        wanted = next(one for one in seen([OLD, NEW], self.SAID).bookings)
        found = seen([OLD, NEW], self.SAID, refused=[(wanted.external_id, fingerprint(wanted))])
        assert recorded(found) == [1]
        assert why(found)[2] == (Reason.REFUSED, None)

    def test_because_the_other_has_begun_and_is_being_recorded(self) -> None:
        now = dt.datetime.combine(MONDAY, dt.time(9, 10))
        found = seen([OLD, NEW], self.SAID, stands=[standing(1, "9-10")], now=now)
        assert recorded(found) == [1]

    def test_and_what_it_left_out_is_whole_again(self) -> None:
        """Without lesson 5 the standing schedule of both could only be held; with it, it stands as it should."""
        old = lesson(1, "9-10", lecturer="L", since="2026-01")
        twin, new = lesson(5, "9-10", lecturer="L"), lesson(2, "9:30-10:30")
        both = replace(content("1"), sections=("SEC-1", "SEC-5"))
        stands = [standing(1, "9-10", said=both), foreign("F", "10-11")]
        now = dt.datetime.combine(MONDAY, dt.time(8, 57))
        found = seen([old, twin, new], decided(ONE, twin, new, winner=2), stands=stands, now=now)
        assert [one.members for one in found.bookings] == [(external_id(1), external_id(5))]
        assert found.held == ()

    def test_because_a_newer_decision_chose_something_in_its_way(self) -> None:
        fourth, fifth = lesson(4, "10:15-11"), lesson(5, "10:30-11:30")
        newer = decided(ONE, fourth, fifth, winner=4, number=2)
        found = seen([OLD, NEW, fourth, fifth], self.SAID, newer)
        assert recorded(found) == [1, 4]
        assert why(found) == {2: (Reason.CLASH, external_id(4)), 5: (Reason.DECISION, external_id(4))}


class TestRecordNeitherAndNot:
    @pytest.mark.parametrize("strategy", list(Strategy))
    def test_neither_is_recorded_and_others_are(self, strategy: Strategy) -> None:
        found = seen([OLD, NEW, THIRD], decided(NEITHER, OLD, NEW), rules=Rules(strategy=strategy))
        assert recorded(found) == [3]
        assert why(found) == {1: (Reason.DECISION, None), 2: (Reason.DECISION, None)}

    @pytest.mark.parametrize("strategy", list(Strategy))
    def test_a_session_that_is_not_to_be_recorded_frees_the_room(self, strategy: Strategy) -> None:
        found = seen([OLD, NEW], decided(NOT, OLD), rules=Rules(strategy=strategy))
        assert recorded(found) == [2]
        assert why(found) == {1: (Reason.DECISION, None)}

    def test_a_lesson_in_nobodys_way_need_not_be_recorded_either(self) -> None:
        assert recorded(seen([OLD], decided(NOT, OLD))) == []

    def test_what_has_begun_goes_on(self) -> None:
        now = dt.datetime.combine(MONDAY, dt.time(9, 10))
        found = seen([OLD, NEW], decided(NEITHER, OLD, NEW), stands=[standing(1, "9-10")], now=now)
        assert recorded(found) == [1]
        assert why(found) == {2: (Reason.DECISION, None)}

    def test_a_section_that_is_being_recorded_with_others_goes_on(self) -> None:
        twin = lesson(5, "9-10", lecturer="lecturer of 1")
        both = replace(content("1"), sections=("SEC-1", "SEC-5"))
        now = dt.datetime.combine(MONDAY, dt.time(9, 10))
        found = seen([OLD, twin], decided(NOT, twin), stands=[standing(1, "9-10", said=both)], now=now)
        assert [one.members for one in found.bookings] == [(external_id(1), external_id(5))]


class TestRecordTogether:
    ALONE, OTHER = lesson(1, "9-10", since="2026-02"), lesson(2, "9-10", since="2026-03")

    @pytest.mark.parametrize(
        "rules", [Rules(strategy=one, together=two) for one in Strategy for two in (True, False)]
    )
    def test_lessons_of_two_lecturers_become_one_schedule(self, rules: Rules) -> None:
        found = seen([self.ALONE, self.OTHER], decided(TOGETHER, self.ALONE, self.OTHER), rules=rules)
        (booking,) = found.bookings
        assert booking.members == (external_id(1), external_id(2))
        assert booking.content.sections == ("SEC-1", "SEC-2")
        assert found.left_out == ()

    def test_whoever_was_one_lecture_with_a_member_is_in_it(self) -> None:
        twin = lesson(9, "9-10", lecturer="lecturer of 2")
        found = seen([self.ALONE, self.OTHER, twin], decided(TOGETHER, self.ALONE, self.OTHER))
        assert [one.members for one in found.bookings] == [(external_id(1), external_id(2), external_id(9))]

    def test_the_strategy_decides_between_it_and_others(self) -> None:
        said = decided(TOGETHER, self.ALONE, self.OTHER)
        older, newer = replace(THIRD, since="2026-01"), replace(THIRD, since="2026-09")
        assert recorded(seen([self.ALONE, self.OTHER, older], said)) == [3]
        assert recorded(seen([self.ALONE, self.OTHER, newer], said)) == [1]

    def test_different_times_cannot_be_together(self) -> None:
        assert seen([OLD, NEW], decided(TOGETHER, OLD, NEW)) == seen([OLD, NEW])

    def test_one_request_takes_the_place_of_two_schedules(self) -> None:
        other = lesson(2, "10-11")
        bare = situation([self.ALONE, replace(other, time=self.ALONE.time)], [standing(1, "9-10")])
        said = decided(TOGETHER, self.ALONE, self.OTHER)
        assert asked(make_plan(replace(bare, decisions=(said,))).requests) == [("PUT", 1, "changed")]


class TestTheNewestWins:
    @pytest.mark.parametrize("mixed", [False, True])
    def test_of_two_that_contradict(self, mixed: bool) -> None:
        said = [decided(ONE, OLD, NEW, winner=1, number=1), decided(ONE, OLD, NEW, winner=2, number=2)]
        found = seen([OLD, NEW], *(reversed(said) if mixed else said))
        assert recorded(found) == [2]

    @pytest.mark.parametrize(
        ("older", "newer", "expected"),
        [
            (decided(NEITHER, OLD, NEW), decided(ONE, OLD, NEW, winner=2), [2]),
            (decided(ONE, OLD, NEW, winner=2), decided(NEITHER, OLD, NEW), []),
            (decided(NOT, NEW), decided(ONE, OLD, NEW, winner=2), [2]),
            (decided(ONE, OLD, NEW, winner=2), decided(NOT, NEW), [1]),
            (decided(NOT, OLD), decided(NOT, NEW), []),
        ],
    )
    def test_of_two_kinds(self, older: Decision, newer: Decision, expected: list[int]) -> None:
        assert recorded(seen([OLD, NEW], older, replace(newer, id=2))) == expected

    def test_record_together_after_choosing_one(self) -> None:
        one, two = lesson(1, "9-10"), lesson(2, "9-10")
        chosen, both = decided(ONE, one, two, winner=1), decided(TOGETHER, one, two, number=2)
        assert len(seen([one, two], chosen, both).left_out) == 0
        assert recorded(seen([one, two], both, replace(chosen, id=3))) == [1]

    def test_one_that_cannot_be_carried_out_does_not_bring_the_older_back(self) -> None:
        """Staff changed their mind: "neither" must not lose the other lecture as well."""
        older, newer = decided(NEITHER, OLD, NEW, number=1), decided(ONE, OLD, NEW, winner=2, number=2)
        found = seen([OLD, NEW], older, newer, stands=[foreign("F", "10-11")])
        assert recorded(found) == [1]

    def test_one_that_does_not_count_leaves_the_older_its_effect(self) -> None:
        older, newer = decided(NEITHER, OLD, NEW, number=1), decided(ONE, OLD, NEW, winner=2, number=2)
        assert recorded(seen([OLD, NEW], older, replace(newer, weeks=frozenset({2})))) == []
        assert recorded(seen([OLD, NEW], older, replace(newer, fingerprint=("", "")))) == []


class TestWhereItCounts:
    SAID = decided(ONE, OLD, NEW, winner=2)

    def test_not_where_a_lesson_is_missing(self) -> None:
        assert seen([OLD], self.SAID) == seen([OLD])

    @pytest.mark.parametrize(
        "changed",
        [
            replace(NEW, time=lesson(2, "9:45-10:45").time),
            replace(NEW, place=day("LT2")),
            replace(NEW, place=day(offset=1)),
        ],
    )
    def test_not_once_a_lesson_has_moved_and_again_when_it_is_back(self, changed: Occurrence) -> None:
        assert seen([OLD, changed], self.SAID) == seen([OLD, changed])
        assert recorded(seen([OLD, NEW], self.SAID)) == [2]

    def test_not_when_both_have_moved_together(self) -> None:
        both = [replace(one, place=day("LT2")) for one in (OLD, NEW)]
        assert recorded(seen(both, self.SAID)) == [1]

    def test_in_its_weeks_alone(self) -> None:
        later = [
            replace(one, week=2, external_id=external_id(one.slotid, 2), place=day(offset=7)) for one in (OLD, NEW)
        ]
        lessons = [OLD, NEW, *later]
        every, second = self.SAID, replace(self.SAID, weeks=frozenset({2}))
        assert [one.external_id for one in seen(lessons, every).bookings] == [external_id(2), external_id(2, 2)]
        assert [one.external_id for one in seen(lessons, second).bookings] == [external_id(1), external_id(2, 2)]

    def test_in_a_week_whose_monday_is_held_on_a_tuesday(self) -> None:
        moved = [replace(one, place=day(offset=8), weekday=1) for one in (OLD, NEW)]
        assert recorded(seen(moved, self.SAID)) == [2]
        assert recorded(seen([replace(one, weekday=2) for one in moved], self.SAID)) == [1]

    def test_not_in_another_year(self) -> None:
        found = seen([OLD, NEW], replace(self.SAID, setid="2025/26"))
        assert recorded(found) == [1]
