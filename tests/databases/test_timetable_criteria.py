"""The triggers on TIMETABLE: each criterion alone decides whether a lesson is queued (design §4.1)."""

from __future__ import annotations

import pytest

from tests.databases.cmis import LESSON, SETID, Cmis, Value, inserted, updated

# Each breaks one criterion and no other; the surroundings hold what the other eight need.
BROKEN: dict[str, dict[str, Value]] = {
    "not teaching": {"sourcesid": "EXAM"},
    "source empty": {"sourcesid": None},
    "source in lower case": {"sourcesid": "teach"},
    "cancelled": {"status": 3},
    "status empty": {"status": None},
    "no room": {"roomid": None},
    "room ''": {"roomid": ""},
    "room blank": {"roomid": "   "},
    "module unknown": {"moduleid": "NONE"},
    "module empty": {"moduleid": None},
    "group unknown": {"modgrpcode": "LC09"},
    "group empty": {"modgrpcode": ""},
    "component unknown": {"modgrpcode": "XX01"},
    "code too short": {"modgrpcode": "LC1"},
    "code too long": {"modgrpcode": "LC001"},
    "third character no digit": {"modgrpcode": "LCA1"},
    "fourth character no digit": {"modgrpcode": "LC1A"},
    # They sort among the digits by the rules of a language.
    "digits of another script": {"modgrpcode": "LC\u0660\u0661"},
    "a raised digit": {"modgrpcode": "LC1\u00b2"},
    "room cannot record": {"roomid": "R8"},
    "room unknown": {"roomid": "R9"},
}


# What is around the lesson: table and the row whose absence breaks one criterion.
SURROUNDINGS: dict[str, tuple[str, dict[str, Value]]] = {
    "no module": ("module", {"moduleid": "COMP101"}),
    "no group": ("modulegroups", {"moduleid": "COMP101", "grpcode": "LC01"}),
    "no component": ("stt_component_type", {"module_subgroup_code": "LC"}),
    "no request": ("roomrequests", {"slotid": 1}),
    "no feature": ("roomfeatures", {"roomid": "R1"}),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_inserting_a_lesson_with_one_criterion_broken_enters_nothing(cmis: Cmis, broken: dict[str, Value]) -> None:
    cmis.lesson(**broken)
    assert cmis.entries() == []


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_deleting_a_lesson_with_one_criterion_broken_enters_nothing(cmis: Cmis, broken: dict[str, Value]) -> None:
    cmis.lesson(**broken)
    cmis.delete("timetable", slotid=1)
    assert cmis.entries() == []


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_breaking_one_criterion_and_mending_it_enters_both(cmis: Cmis, broken: dict[str, Value]) -> None:
    cmis.lesson()
    cmis.change(**broken)
    cmis.change(**{name: LESSON[name] for name in broken})
    assert cmis.entries() == [inserted(), updated(1, 0), updated(0, 1)]


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_relevant_change_of_what_stays_ineligible_enters_nothing(cmis: Cmis, broken: dict[str, Value]) -> None:
    cmis.lesson(**broken)
    cmis.change(starttime="08:00", weekid=2)
    assert cmis.entries() == []


@pytest.mark.parametrize(("name", "row"), SURROUNDINGS.values(), ids=SURROUNDINGS)
def test_what_is_around_the_lesson_counts_at_the_moment_of_the_edit(
    cmis: Cmis, name: str, row: dict[str, Value]
) -> None:
    cmis.delete(name, **row)
    cmis.entries()
    cmis.lesson()
    cmis.change(starttime="08:00")
    cmis.delete("timetable", slotid=1)
    assert cmis.entries() == []


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_code_is_no_code_even_where_it_is_known(cmis: Cmis, blank: str) -> None:
    cmis.insert("roomfeatures", setid=SETID, roomid=blank, featureid="VIDEOREC")
    cmis.insert("module", setid=SETID, moduleid=blank)
    cmis.insert("modulegroups", setid=SETID, moduleid=blank, grpcode="LC01")
    cmis.lesson(slotid=1, roomid=blank)
    cmis.lesson(slotid=2, moduleid=blank)
    assert cmis.entries() == []


@pytest.mark.parametrize("status", [1, 4, 0, 22])
def test_only_status_2_counts(cmis: Cmis, status: int) -> None:
    cmis.lesson(status=status)
    assert cmis.entries() == []


@pytest.mark.parametrize("feature", ["AUDIOREC", "VIDEOREC"])
def test_either_feature_will_do(cmis: Cmis, feature: str) -> None:
    cmis.update("roomrequests", {"slotid": 1}, featureid=feature)
    cmis.update("roomfeatures", {"roomid": "R1"}, featureid=feature)
    cmis.entries()
    cmis.lesson()
    assert cmis.entries() == [inserted()]


def test_a_request_for_both_is_entered_as_video(cmis: Cmis) -> None:
    cmis.insert("roomrequests", setid=SETID, slotid=1, slotentry=1, itemnum=2, featureid="AUDIOREC")
    cmis.full_entries()
    cmis.lesson()
    assert [entry["featureid"] for entry in cmis.full_entries()] == ["VIDEOREC"]


def test_a_further_entry_of_a_slot_is_never_a_lesson(cmis: Cmis) -> None:
    cmis.insert("roomrequests", setid=SETID, slotid=1, slotentry=2, itemnum=1, featureid="VIDEOREC")
    cmis.lesson(slotentry=2)
    cmis.update("timetable", {"slotentry": 2}, roomid="R2")
    cmis.delete("timetable", slotentry=2)
    assert cmis.entries() == []


def test_a_request_for_a_further_entry_is_none_for_the_first(cmis: Cmis) -> None:
    cmis.delete("roomrequests", slotid=1)
    cmis.insert("roomrequests", setid=SETID, slotid=1, slotentry=2, itemnum=1, featureid="VIDEOREC")
    cmis.entries()
    cmis.lesson()
    assert cmis.entries() == []
