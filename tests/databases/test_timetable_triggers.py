"""The three triggers on TIMETABLE: what is queued for an edit of an eligible lesson (design §4.1, §4.2)."""

from __future__ import annotations

import pytest

from echodesk.store.database import Database
from tests.databases.cmis import OTHER_SETID, SETID, Cmis, Value, deleted, fill, go_live, inserted, updated


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
