"""The triggers on TIMETABLE: which changes of a lesson count, and which do not (design §4.2)."""

from __future__ import annotations

import pytest

from tests.databases.cmis import LESSON, SETID, Cmis, Value, inserted, updated

RELEVANT: dict[str, Value] = {
    "weekid": 2,
    "weekday": 2,
    "starttime": "09:05",
    "finishtime": "11:00",
    "moduleid": "COMP102",
    "modgrpcode": "LC02",
    "roomid": "R2",
    "roomgrpcode": "G2",
    "lecturerid": "P2",
}


IRRELEVANT: dict[str, Value] = {
    "slottotal": 2,
    "duration": 55,
    "moduletype": "X",
    "deptid": "D2",
    "siteid": "B2",
    "classif": "C",
    "locked": 1,
    "capacity": 41,
    "datechanged": "202312312359",
    "userchange": "ann",
}


def test_an_update_is_entered_with_both_sides(cmis: Cmis) -> None:
    cmis.lesson()
    cmis.full_entries()
    cmis.change(**RELEVANT)
    (entry,) = cmis.full_entries()
    assert {key: value for key, value in entry.items() if key != "id" and value is not None} == {
        "source": "TIMETABLE",
        "action": "UPDATE",
        "old_valid": 1,
        "new_valid": 1,
        "setid": SETID,
        "slotid": 1,
        "weekid_old": 1,
        "weekid_new": 2,
        "weekday_old": 1,
        "weekday_new": 2,
        "starttime_old": "09:00",
        "starttime_new": "09:05",
        "finishtime_old": "10:00",
        "finishtime_new": "11:00",
        "roomid_old": "R1",
        "roomid_new": "R2",
        "roomgrpcode_old": "G1",
        "roomgrpcode_new": "G2",
        "moduleid": "COMP102",
        "modgrpcode": "LC02",
        "lecturerid": "P2",
        "businessemail": "bo.ray@example.ac.uk",
        "featureid": "VIDEOREC",
        "status": "UNPROCESSED",
    }


@pytest.mark.parametrize(("name", "value"), RELEVANT.items(), ids=RELEVANT)
def test_each_relevant_value_counts(cmis: Cmis, name: str, value: Value) -> None:
    cmis.lesson()
    cmis.change(**{name: value})
    assert cmis.entries() == [inserted(), updated(1, 1)]


@pytest.mark.parametrize("name", ["weekid", "weekday", "starttime", "finishtime", "roomgrpcode", "lecturerid"])
def test_emptying_and_filling_a_relevant_value_counts(cmis: Cmis, name: str) -> None:
    cmis.lesson()
    cmis.change(**{name: None})
    cmis.change(**{name: LESSON[name]})
    assert cmis.entries() == [inserted(), updated(1, 1), updated(1, 1)]


@pytest.mark.parametrize(("name", "value"), IRRELEVANT.items(), ids=IRRELEVANT)
def test_an_irrelevant_value_does_not_count(cmis: Cmis, name: str, value: Value) -> None:
    cmis.lesson()
    cmis.entries()
    cmis.change(**{name: value})
    assert cmis.entries() == []


def test_writing_the_same_values_again_does_not_count(cmis: Cmis) -> None:
    cmis.lesson()
    cmis.entries()
    cmis.update("timetable", {"slotid": 1}, **LESSON)
    assert cmis.entries() == []


@pytest.mark.parametrize("name", [key for key, value in LESSON.items() if isinstance(value, str)])
def test_spaces_around_a_value_do_not_count(cmis: Cmis, name: str) -> None:
    cmis.lesson()
    cmis.entries()
    cmis.change(**{name: f" {LESSON[name]}   "})
    assert cmis.entries() == []


@pytest.mark.parametrize("name", ["roomgrpcode", "lecturerid", "starttime", "finishtime"])
def test_empty_text_and_null_are_the_same(cmis: Cmis, name: str) -> None:
    cmis.lesson(**{name: None})
    cmis.entries()
    cmis.change(**{name: ""})
    cmis.change(**{name: "  "})
    cmis.change(**{name: None})
    assert cmis.entries() == []


def test_a_padded_lesson_finds_unpadded_surroundings_and_is_entered_trimmed(cmis: Cmis) -> None:
    cmis.lesson(
        **{key: f"{value}    " for key, value in LESSON.items() if isinstance(value, str) and key != "datechanged"}
    )
    (entry,) = cmis.full_entries()
    texts = {value for value in entry.values() if isinstance(value, str)}
    assert {"2023/24", "09:00", "10:00", "R1", "G1", "COMP101", "LC01", "P1", "Ann.Lee@example.ac.uk"} <= texts
    assert not [text for text in texts if text != text.strip()]


def test_an_unpadded_lesson_finds_padded_surroundings(cmis: Cmis) -> None:
    cmis.update("module", {"moduleid": "COMP101"}, setid="2023/24   ", moduleid="COMP101     ")
    cmis.update(
        "modulegroups",
        {"moduleid": "COMP101", "grpcode": "LC01"},
        setid="2023/24   ",
        moduleid="COMP101     ",
        grpcode="LC01      ",
    )
    cmis.update("roomrequests", {"slotid": 1}, setid="2023/24   ", featureid="VIDEOREC  ")
    cmis.update("roomfeatures", {"roomid": "R1"}, setid="2023/24   ", roomid="R1   ", featureid="VIDEOREC  ")
    cmis.update("stt_component_type", {"module_subgroup_code": "LC"}, module_subgroup_code="LC  ")
    cmis.update("stt_ext_person", {"personno": "P1"}, personno="P1        ")
    cmis.entries()
    cmis.lesson()
    (entry,) = cmis.full_entries()
    assert (entry["new_valid"], entry["businessemail"]) == (1, "Ann.Lee@example.ac.uk")
