"""One lecture listed under several modules is one booking (design §4.6)."""

from __future__ import annotations

from echodesk.planning.plan import make_plan
from echodesk.planning.projection import project
from echodesk.planning.values import Booking, Occurrence, Rules
from tests.planning.builders import asked, day, lesson, plan_of, situation, slots, standing

UNKNOWN_IS_SAME = Rules(together_unknown=True)


def bookings(*lessons: Occurrence, rules: Rules | None = None) -> list[Booking]:
    return list(project(situation(lessons, rules=rules)).bookings)


def groups(*lessons: Occurrence, rules: Rules | None = None) -> list[list[int]]:
    return sorted(slots(one.members) for one in bookings(*lessons, rules=rules))


def test_the_smallest_slot_as_a_number_carries_and_the_others_add_their_sections() -> None:
    (booking,) = bookings(
        lesson(1000, "9-10", lecturer="L", presenter="b@example.ac.uk", inputs=("display", "video")),
        lesson(999, "9-10", lecturer="L", presenter="a@example.ac.uk", inputs=()),
    )
    assert booking.external_id.startswith("999-")
    assert booking.content.title == "Lecture 999"
    assert booking.content.presenter == "a@example.ac.uk"
    assert booking.content.sections == ("SEC-1000", "SEC-999")
    assert booking.content.inputs == ("display", "video")
    assert slots(booking.members) == [999, 1000]
    assert booking.members[0] == booking.external_id


def test_the_setting_switches_it_off() -> None:
    same = lesson(1, "9-10", lecturer="L"), lesson(2, "9-10", lecturer="L")
    assert groups(*same) == [[1, 2]]
    found = project(situation(same, rules=Rules(together=False)))
    assert slots(one.external_id for one in found.bookings) == [1]
    assert [one.slotid for one in found.left_out] == [2]


def test_any_difference_in_room_time_or_lecturer_keeps_them_apart() -> None:
    base = lesson(1, "9-10", lecturer="L")
    assert groups(base, lesson(2, "9-10", day("LT2"), lecturer="L")) == [[1], [2]]
    assert groups(base, lesson(2, "10-11", lecturer="L")) == [[1], [2]]
    assert groups(base, lesson(2, "9-10", lecturer="M")) == [[1]]


def test_an_unknown_lecturer_counts_as_the_same_only_under_the_setting() -> None:
    nobody = lesson(1, "9-10", lecturer=None), lesson(2, "9-10", lecturer=None)
    one_known = lesson(1, "9-10", lecturer=None), lesson(2, "9-10", lecturer="L")
    assert groups(*nobody) == [[1]]
    assert groups(*nobody, rules=UNKNOWN_IS_SAME) == [[1, 2]]
    assert groups(*one_known) == [[1]]
    assert groups(*one_known, rules=UNKNOWN_IS_SAME) == [[1, 2]]


def test_between_two_known_lecturers_the_unknown_joins_the_one_whose_slot_is_smallest() -> None:
    lessons = lesson(3, "9-10", lecturer="M"), lesson(2, "9-10", lecturer="L"), lesson(1, "9-10", lecturer=None)
    assert groups(*lessons, rules=UNKNOWN_IS_SAME) == [[1, 2]]


def test_every_member_is_answered_by_the_carrier() -> None:
    plan = plan_of([lesson(2, "9-10", lecturer="L"), lesson(1, "9-10", lecturer="L")])
    assert [(slots([member]), slots([carrier])) for member, carrier in plan.carrier_of] == [([1], [1]), ([2], [1])]


def test_when_the_carrier_leaves_the_next_takes_over_by_one_change() -> None:
    together = [lesson(number, "9-10", lecturer="L") for number in (1, 2, 3)]
    (booking,) = bookings(*together)
    stands = standing(1, "9-10", said=booking.content)
    plan = plan_of(together[1:], [stands])
    assert asked(plan.requests) == [("PUT", 2, "hand_over")]
    assert plan.requests[0].standing == stands


def test_when_the_carrier_moves_away_it_takes_its_schedule_along() -> None:
    together = [lesson(number, "9-10", lecturer="L") for number in (1, 2)]
    (booking,) = bookings(*together)
    stands = standing(1, "9-10", said=booking.content)
    plan = plan_of([lesson(1, "11-12", lecturer="L"), together[1]], [stands])
    assert asked(plan.requests) == [("PUT", 1, "moved"), ("POST", 2, "new")]
    assert plan.requests[1].after == (0,)


def test_a_smaller_slot_that_joins_takes_over() -> None:
    plan = plan_of([lesson(1, "9-10", lecturer="L"), lesson(2, "9-10", lecturer="L")], [standing(2, "9-10")])
    assert asked(plan.requests) == [("PUT", 1, "hand_over")]


def test_a_lesson_with_nothing_in_common_does_not_take_over() -> None:
    plan = plan_of([lesson(2, "9-10")], [standing(1, "9-10")])
    assert asked(plan.requests) == [("DELETE", 1, "not_wanted"), ("POST", 2, "new")]
    assert plan.requests[1].after == (0,)


def test_a_group_of_two_live_years_is_possible() -> None:
    old = lesson(7, "9-10", lecturer="L")
    new = Occurrence("7-1-2027-28", "2027/28", 7, 1, old.place, old.time, old.content, "L", since="")
    plan = make_plan(situation([new, old]))
    assert plan.projection.bookings[0].members == ("7-1-2026-27", "7-1-2027-28")
