"""What staff decided: where it counts, what it does, and that it never does more (design §4.5)."""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from echodesk.planning.decisions import DecisionIndex, seat_of
from echodesk.planning.ground import ground_of
from echodesk.planning.overlap import conflicts
from echodesk.planning.plan import make_plan
from echodesk.planning.projection import project
from echodesk.planning.slices import plan_in_slices
from echodesk.planning.values import (
    Decision,
    DecisionKind,
    Occurrence,
    Projection,
    Reason,
    Rules,
    Situation,
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
from tests.planning.situations import situations
from tests.planning.target import StrictTarget, run

ONE, NEITHER = DecisionKind.RECORD_ONE, DecisionKind.RECORD_NEITHER
TOGETHER, NOT = DecisionKind.TOGETHER, DecisionKind.DO_NOT_RECORD

# Lesson 1 has held the room longest; all three overlap each other.
OLD = lesson(1, "9-10", since="2026-01")
NEW = lesson(2, "9:30-10:30", since="2026-02")
THIRD = lesson(3, "9-10:30", since="2026-03")


def decided(
    kind: DecisionKind,
    *lessons: Occurrence,
    winner: int | None = None,
    weeks: Iterable[int] | None = None,
    number: int = 1,
) -> Decision:
    """A decision about these lessons as they stand."""
    return Decision(
        number,
        kind,
        "2026/27",
        tuple(one.slotid for one in lessons),
        winner,
        None if weeks is None else frozenset(weeks),
        tuple(seat_of(one) for one in lessons),
        "ann",
        "2026-09-01",
    )


def seen(
    lessons: Iterable[Occurrence],
    *decisions: Decision,
    rules: Rules | None = None,
    now: dt.datetime = BEFORE_TERM,
    stands: Iterable[object] = (),
    refused: Iterable[tuple[str, str]] = (),
) -> Projection:
    bare = situation(lessons, stands, rules, now=now, refused=refused)  # type: ignore[arg-type]
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


# ---- properties ---------------------------------------------------------------------------------------------

EXAMPLES = int(os.environ.get("ECHODESK_PLANNER_EXAMPLES", "300"))
common = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 2**32 - 1)


@st.composite
def decided_situations(draw: st.DrawFn) -> Situation:
    """A disturbed projection with decisions about lessons that mostly meet; some are void, some contradict."""
    bare = draw(situations())
    chance = random.Random(draw(seeds))
    decisions = [
        made
        for number in range(draw(st.integers(1, 4)))
        if (made := _decision(chance, bare.occurrences, number)) is not None
    ]
    return replace(bare, decisions=tuple(decisions))


def _decision(chance: random.Random, lessons: tuple[Occurrence, ...], number: int) -> Decision | None:
    if not lessons:
        return None
    first = chance.choice(lessons)
    meeting = [
        one for one in lessons if one is not first and one.place == first.place and one.time.overlaps(first.time)
    ]
    kind = chance.choice(list(DecisionKind))
    if kind is TOGETHER:
        meeting = [one for one in meeting if one.time == first.time] or meeting
    chance.shuffle(meeting)
    named = [first, *meeting[: chance.choice([0, 1, 1, 2])]]
    if chance.random() < 0.1:
        named.append(chance.choice(lessons))
    named = list({one.slotid: one for one in named}.values())
    made = decided(kind, *named, winner=chance.choice(named).slotid if kind is ONE else None, number=number)
    if chance.random() < 0.1:
        made = replace(made, fingerprint=tuple("elsewhere" for _ in named))
    return replace(made, weeks=chance.choice([None, None, frozenset({1}), frozenset({2})]))


@common
@given(decided_situations(), seeds)
def test_a_plan_with_decisions_is_never_refused_and_the_next_one_is_empty(made: Situation, seed: int) -> None:
    plan = make_plan(made)
    target = StrictTarget(made.standing, made.now, made.rules.lead)
    assert len(run(target, plan.requests, random.Random(seed))) == len(plan.requests)
    again = make_plan(replace(made, standing=target.standing))
    assert again.requests == ()
    assert again.projection.bookings == plan.projection.bookings


@common
@given(decided_situations(), seeds)
def test_order_is_irrelevant_and_slices_say_the_same(made: Situation, seed: int) -> None:
    chance = random.Random(seed)
    lessons, decisions = list(made.occurrences), list(made.decisions)
    chance.shuffle(lessons)
    chance.shuffle(decisions)
    plan = make_plan(made)
    assert make_plan(replace(made, occurrences=tuple(lessons), decisions=tuple(decisions))) == plan
    sliced = [one.projection for one in plan_in_slices(made, lessons=1)]
    assert {one for part in sliced for one in part.bookings} == set(plan.projection.bookings)
    assert {one for part in sliced for one in part.left_out} == set(plan.projection.left_out)


@common
@given(decided_situations())
def test_nothing_kept_overlaps_and_every_lesson_has_one_answer(made: Situation) -> None:
    projection, ground = project(made), ground_of(made)
    booked = [member for booking in projection.bookings for member in booking.members]
    left = [one.external_id for one in projection.left_out]
    assert sorted(booked + left) == sorted(one.external_id for one in made.occurrences)
    changeable = [one for one in projection.bookings if one.external_id not in ground.begun_by_id]
    for booking in changeable:
        others = [one for one in projection.bookings if one != booking and one.place == booking.place]
        taken = [one.time for one in others] + [one.time for one in ground.obstacles.get(booking.place, [])]
        assert not any(conflicts(booking.time, other, made.rules.turnaround) for other in taken)


@common
@given(decided_situations())
def test_only_a_decision_that_counts_leaves_out_and_its_winner_is_recorded(made: Situation) -> None:
    projection = project(made)
    by_id = {one.external_id: one for one in made.occurrences}
    carrier = {member: one for one in projection.bookings for member in one.members}
    for left in projection.left_out:
        if left.reason is not Reason.DECISION:
            continue
        here = [one for one in made.occurrences if one.place == left.place]
        counting = [
            one
            for one in DecisionIndex(made.decisions).counting(here)
            if left.external_id in one.leaves_out(made.rules.turnaround)
        ]
        assert counting
        if left.winner is not None:
            winners = [one.winner.external_id for one in counting if one.winner is not None]
            assert any(winner in carrier and carrier[winner].external_id == left.winner for winner in winners)
            assert conflicts(carrier[left.winner].time, by_id[left.external_id].time, made.rules.turnaround)


@common
@given(decided_situations())
def test_nothing_older_leaves_out_what_the_newest_decision_records(made: Situation) -> None:
    out = {one.external_id for one in project(made).left_out if one.reason is Reason.DECISION}
    for place in made.places:
        here = [one for one in made.occurrences if one.place == place]
        for newest in DecisionIndex(made.decisions).counting(here)[:1]:
            assert out.isdisjoint(newest.records())


@common
@given(decided_situations())
def test_where_nothing_is_in_its_way_a_choice_is_recorded_and_nothing_it_overlaps(made: Situation) -> None:
    """Nothing begun, foreign or refused, and one decision at a time."""
    ours = tuple(one for one in made.standing if one.ours)
    calm = replace(made, now=BEFORE_TERM, standing=ours, refused=frozenset())
    for decision in made.decisions:
        projection = project(replace(calm, decisions=(decision,)))
        booked = {member: one for one in projection.bookings for member in one.members}
        for place in made.places:
            here = [one for one in made.occurrences if one.place == place]
            for counting in DecisionIndex([decision]).counting(here):
                left = counting.leaves_out(made.rules.turnaround)
                assert left.isdisjoint(booked)
                if counting.winner is not None:
                    assert counting.winner.external_id in booked
                elif decision.kind is TOGETHER:
                    assert len({booked.get(one) for one in counting.records()}) == 1


@common
@given(decided_situations())
def test_a_decision_that_counts_nowhere_changes_nothing(made: Situation) -> None:
    void = tuple(replace(one, fingerprint=tuple("elsewhere" for _ in one.slotids)) for one in made.decisions)
    assert make_plan(replace(made, decisions=void)) == make_plan(replace(made, decisions=()))


@common
@given(decided_situations())
def test_other_room_days_are_not_touched(made: Situation) -> None:
    def by_place(one: Situation) -> dict[object, tuple[object, ...]]:
        found = project(one)
        return {
            place: (
                *(x for x in found.bookings if x.place == place),
                *(x for x in found.left_out if x.place == place),
            )
            for place in made.places
        }

    named = {(one.setid, slotid) for one in made.decisions for slotid in one.slotids}
    touched = {one.place for one in made.occurrences if (one.setid, one.slotid) in named}
    after, before = by_place(made), by_place(replace(made, decisions=()))
    assert all(after[place] == before[place] for place in made.places - touched)
