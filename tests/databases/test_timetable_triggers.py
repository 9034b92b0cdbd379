"""The three triggers on TIMETABLE: what is queued, and what is not (design §4.1, §4.2)."""

from __future__ import annotations

import pytest

from echodesk.store.database import Database
from tests.databases.cmis import (
    LESSON,
    OTHER_SETID,
    SETID,
    Cmis,
    Value,
    deleted,
    fill,
    go_live,
    inserted,
    updated,
)

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


def test_an_eligible_lesson_is_entered_with_what_it_is(cmis: Cmis) -> None:
    cmis.lesson()
    (entry,) = cmis.full_entries()
    assert {key: value for key, value in entry.items() if key != "id" and value is not None} == {
        "source": "TIMETABLE",
        "action": "INSERT",
        "old_valid": 0,
        "new_valid": 1,
        "setid": SETID,
        "slotid": 1,
        "weekid_new": 1,
        "weekday_new": 1,
        "starttime_new": "09:00",
        "finishtime_new": "10:00",
        "roomid_new": "R1",
        "roomgrpcode_new": "G1",
        "moduleid": "COMP101",
        "modgrpcode": "LC01",
        "lecturerid": "P1",
        "businessemail": "Ann.Lee@example.ac.uk",
        "featureid": "VIDEOREC",
        "status": "UNPROCESSED",
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


def test_a_deletion_is_entered_with_the_old_side(cmis: Cmis) -> None:
    cmis.lesson()
    cmis.full_entries()
    cmis.delete("timetable", slotid=1)
    (entry,) = cmis.full_entries()
    assert (entry["action"], entry["old_valid"], entry["new_valid"]) == ("DELETE", 1, 0)
    assert (entry["roomid_old"], entry["roomid_new"]) == ("R1", None)
    assert (entry["moduleid"], entry["lecturerid"]) == ("COMP101", "P1")


def test_a_lesson_that_stops_being_eligible_is_entered_as_it_last_was(cmis: Cmis) -> None:
    cmis.lesson()
    cmis.full_entries()
    cmis.change(moduleid=None, lecturerid="P2", roomid="R2")
    (entry,) = cmis.full_entries()
    assert (entry["moduleid"], entry["lecturerid"]) == ("COMP101", "P1")
    assert (entry["roomid_old"], entry["roomid_new"]) == ("R1", "R2")


# ---- each criterion alone ----


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


# ---- which changes count ----


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


# ---- keys ----


@pytest.mark.parametrize(
    ("changes", "entries"),
    [
        ({"slotid": 2}, [deleted(1), inserted(2)]),
        ({"slotid": 9}, [deleted(1)]),
        ({"slotentry": 2}, [deleted(1)]),
        ({"setid": OTHER_SETID}, [deleted(1), inserted(1, OTHER_SETID)]),
        ({"slotid": 2, "roomid": None}, [deleted(1)]),
        ({"slotid": 2, "roomid": "R2"}, [deleted(1), inserted(2)]),
    ],
    ids=["other slot", "slot without request", "further entry", "other year", "and not eligible", "and moved"],
)
def test_a_changed_key_ends_one_lesson_and_begins_another(
    cmis: Cmis, changes: dict[str, Value], entries: list[object]
) -> None:
    fill(cmis, OTHER_SETID)
    go_live(cmis, OTHER_SETID)
    cmis.lesson()
    cmis.entries()
    cmis.change(**changes)
    assert cmis.entries() == entries


def test_an_ineligible_lesson_that_takes_an_eligible_key_is_inserted(cmis: Cmis) -> None:
    cmis.lesson(slotentry=2)
    cmis.update("timetable", {"slotentry": 2}, slotentry=1)
    assert cmis.entries() == [inserted()]


# ---- years ----


def test_nothing_is_entered_for_a_year_that_echodesk_does_not_know(cmis: Cmis) -> None:
    fill(cmis, OTHER_SETID)
    cmis.lesson(setid=OTHER_SETID)
    cmis.update("timetable", {"setid": OTHER_SETID}, roomid="R2")
    cmis.delete("timetable", setid=OTHER_SETID)
    assert cmis.entries() == []


def test_nothing_is_entered_for_a_former_year(cmis: Cmis) -> None:
    fill(cmis, OTHER_SETID)
    go_live(cmis, OTHER_SETID, live=0)
    cmis.lesson(setid=OTHER_SETID)
    cmis.update("timetable", {"setid": OTHER_SETID}, roomid="R2")
    cmis.delete("timetable", setid=OTHER_SETID)
    assert cmis.entries() == []


def test_two_years_may_be_live(cmis: Cmis) -> None:
    fill(cmis, OTHER_SETID)
    go_live(cmis, OTHER_SETID)
    cmis.entries()
    cmis.lesson()
    cmis.lesson(setid=OTHER_SETID)
    cmis.change(roomid="R2")
    assert cmis.entries() == [
        inserted(),
        inserted(setid=OTHER_SETID),
        updated(1, 1),
        updated(1, 1, setid=OTHER_SETID),
    ]


@pytest.mark.parametrize("live", [None, 0])
def test_a_lesson_that_moves_to_a_year_that_is_not_live_is_deleted(cmis: Cmis, live: int | None) -> None:
    fill(cmis, OTHER_SETID)
    if live is not None:
        go_live(cmis, OTHER_SETID, live)
    cmis.lesson()
    cmis.change(setid=OTHER_SETID)
    cmis.change(setid=SETID)
    assert cmis.entries() == [inserted(), deleted(), inserted()]


def test_what_surrounds_the_lesson_in_another_year_does_not_count(cmis: Cmis) -> None:
    go_live(cmis, OTHER_SETID)
    cmis.insert("roomrequests", setid=OTHER_SETID, slotid=1, slotentry=1, itemnum=1, featureid="VIDEOREC")
    cmis.entries()
    cmis.lesson(setid=OTHER_SETID)
    assert cmis.entries() == []


# ---- statements and transactions ----


def test_one_statement_over_many_rows_enters_each(cmis: Cmis) -> None:
    for slot in (1, 2, 3):
        cmis.lesson(slotid=slot, roomid=None if slot == 2 else "R1")
    cmis.entries()
    cmis.update("timetable", {"setid": SETID}, roomid="R2")
    assert cmis.entries() == [updated(1, 1, 1), updated(0, 1, 2), updated(1, 1, 3)]
    cmis.delete("timetable", setid=SETID)
    assert cmis.entries() == [deleted(1), deleted(2), deleted(3)]


def test_a_rolled_back_edit_leaves_no_entry(database: Database) -> None:
    with database.engine.connect() as conn:
        with conn.begin() as transaction:
            cmis = Cmis(conn)
            cmis.lesson()
            assert cmis.entries() == [inserted()]
            transaction.rollback()
        with conn.begin():
            assert Cmis(conn).entries() == []


def test_an_edit_undone_to_a_savepoint_leaves_no_entry(cmis: Cmis) -> None:
    cmis.lesson()
    with cmis.conn.begin_nested() as savepoint:
        cmis.change(roomid="R2")
        savepoint.rollback()
    assert cmis.entries() == [inserted()]
