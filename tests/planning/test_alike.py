"""When two clashes have one cause: the same modules meet in the same way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from echodesk.planning.alike import Cause, Party, Way, cause_of, clashes_of, parts_of
from tests.planning.builders import day, lesson


def party(slot: int, time: str, module: str, group: str = "LC01", **changes: object) -> Party:
    """A lesson of a module, with a lecturer of its own unless told otherwise."""
    return Party(lesson(slot, time, **changes), module, group)  # type: ignore[arg-type]  # any part may be named


def test_lessons_that_meet_through_others_are_one_clash_and_one_alone_is_none() -> None:
    one, two, three, four, five = (
        lesson(number, time) for number, time in enumerate(("9-10", "11-12", "9:30-10:30", "10-11", "13-14"), 1)
    )
    assert clashes_of([one, two, three, four, five]) == [(one, three, four)]
    assert clashes_of([one, two, five]) == []
    assert clashes_of([one, four], turnaround=10) == [(one, four)]
    assert clashes_of([one, three, two, lesson(6, "11:30-12:30")])[1][0] is two


def test_the_same_modules_in_another_room_week_time_and_group_are_alike() -> None:
    first = cause_of([party(1, "9-10", "A"), party(2, "9-10", "B")])
    other = cause_of(
        [
            party(4, "14-16", "B", "LC07", place=day("LT9", 3), week=5),
            party(3, "14-16", "A", "TU02", place=day("LT9", 3), week=5),
        ]
    )
    assert first is not None
    assert first == other == Cause("2026/27", (("A", ""), ("B", "")), (Way.SAME_TIMES,))


@pytest.mark.parametrize(
    "other",
    [
        [party(3, "9-10", "A"), party(4, "9-10", "C")],
        [party(3, "9-10", "A"), party(4, "9:30-10:30", "B")],
        [party(3, "9-10", "A"), party(4, "9-10", "B", lecturer=None)],
        [party(3, "9-10", "A"), party(4, "9-10", "B"), party(5, "9-10", "C")],
    ],
    ids=["another module", "other times", "perhaps one lecture", "a third module"],
)
def test_what_meets_otherwise_is_not_alike(other: list[Party]) -> None:
    assert cause_of(other) not in (None, cause_of([party(1, "9-10", "A"), party(2, "9-10", "B")]))


def test_one_lecture_is_the_same_times_and_no_two_lecturers() -> None:
    def way(first: str | None, second: str | None) -> Way:
        found = cause_of([party(1, "9-10", "A", lecturer=first), party(2, "9-10", "B", lecturer=second)])
        assert found is not None
        return found.ways[0]

    assert way("Ann", "Ann") is way(None, "Ann") is way(None, None) is Way.ONE_LECTURE
    assert way("Ann", "Bo") is Way.SAME_TIMES


def test_lessons_of_one_module_are_told_apart_by_their_groups() -> None:
    clash = [party(1, "9-10", "A", "LC01"), party(2, "9:30-11", "A", "LC02"), party(3, "10:30-12", "B")]
    assert {part: one.lesson.slotid for part, one in parts_of(clash).items()} == {
        ("A", "LC01"): 1,
        ("A", "LC02"): 2,
        ("B", ""): 3,
    }
    found = cause_of(clash)
    assert found is not None
    assert found.ways == (Way.OVERLAP, Way.APART, Way.OVERLAP)
    swapped = [party(1, "9-10", "A", "LC02"), party(2, "9:30-11", "A", "LC01"), party(3, "10:30-12", "B")]
    assert cause_of(swapped) != found


def test_what_cannot_be_compared_has_no_cause() -> None:
    assert cause_of([party(1, "9-10", "A"), party(2, "9-10", "A")]) is None, "which is which?"
    assert cause_of([party(1, "9-10", ""), party(2, "9-10", "B")]) is None
    assert (
        cause_of([party(1, "9-10", "A"), Party(replace(lesson(2, "9-10"), setid="2027/28"), "B", "LC01")]) is None
    )
    assert cause_of([]) is None
