"""The nine criteria one by one; that the triggers agree is proved in `tests/databases`."""

from __future__ import annotations

import dataclasses

import pytest

from echodesk.timetable.eligibility import CRITERIA, LessonFacts, eligible, examine

GOOD = LessonFacts(
    setid="2023/24", slotid=1, slotentry=1, weekid=1, weekday=1, start="09:00", finish="10:00", module="COMP101",
    group="LC01", room="R1", room_group=None, lecturer=None, source="TEACH", status=2, date_changed=None,
    live=True, module_name="", group_known=True, component_known=True, asked="AUDIOREC", offered="VIDEOREC",
    email=None, since=None,
)  # fmt: skip

BROKEN = {
    "teaching": {"source": "EXAM"},
    "confirmed": {"status": 3},
    "leading_entry": {"slotentry": 2},
    "room": {"room": None},
    "module": {"module_name": None},
    "group": {"component_known": False},
    "group_code": {"group": "LC0A"},
    "asked": {"asked": None},
    "offered": {"offered": None},
}


def test_there_are_nine_and_a_good_lesson_meets_them() -> None:
    assert [c.name for c in CRITERIA] == list(BROKEN)
    assert all(result.passed for result in examine(GOOD))
    assert eligible(GOOD)


@pytest.mark.parametrize(("name", "changes"), BROKEN.items(), ids=BROKEN)
def test_each_fails_by_itself(name: str, changes: dict[str, object]) -> None:
    facts = dataclasses.replace(GOOD, **changes)  # type: ignore[arg-type]  # any field may be given
    failed = {result.criterion.name for result in examine(facts) if not result.passed}
    # Nothing can be offered by a room that is not there.
    assert failed == ({"room", "offered"} if name == "room" else {name})
    assert not eligible(facts)


def test_a_year_that_is_not_live_meets_the_nine_and_is_not_eligible() -> None:
    facts = dataclasses.replace(GOOD, live=False)
    assert all(result.passed for result in examine(facts))
    assert not eligible(facts)


def test_each_shows_the_value_that_it_looked_at() -> None:
    seen = {result.criterion.name: result.seen for result in examine(dataclasses.replace(GOOD, status=3))}
    assert seen == {
        "teaching": "TEACH",
        "confirmed": "3",
        "leading_entry": "1",
        "room": "R1",
        "module": "COMP101",
        "group": "LC01",
        "group_code": "LC01",
        "asked": "AUDIOREC",
        "offered": "VIDEOREC",
    }
