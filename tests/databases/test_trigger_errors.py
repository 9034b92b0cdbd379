"""An error inside a trigger never makes a timetabler's edit fail: it lands in the table of errors.

SQLite is not here: nothing can be caught within its triggers, which therefore do nothing that can fail
(`test_sqlite_alone`).
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from tests.databases.cmis import (
    SETID,
    Cmis,
    Entry,
    Value,
    deleted,
    inserted,
    otherwise,
    requested,
    updated,
    withdrawn,
)
from tests.databases.conftest import OPENERS
from tests.databases.engines import Opener, marked


@pytest.fixture(scope="session", params=[marked(one) for one in OPENERS if one != "sqlite"])
def opener(request: pytest.FixtureRequest) -> Opener:
    """The engines that can catch an error."""
    found: Opener = request.getfixturevalue(OPENERS[request.param])
    return found


TROUBLE = {
    "a table is gone": "ALTER TABLE MODULEGROUPS RENAME TO ELSEWHERE",
    "a column is gone": "ALTER TABLE ROOMFEATURES RENAME COLUMN FEATUREID TO ELSEWHERE",
    "the queue refuses it": "ALTER TABLE STT_ECHO_QUEUE ADD CONSTRAINT REFUSED CHECK (SLOTID <> 1)",
    "the queue is gone": "ALTER TABLE STT_ECHO_QUEUE RENAME TO ELSEWHERE",
}


def _refuse(cmis: Cmis, but: str) -> None:
    """From now on the queue takes only what meets this."""
    cmis.conn.exec_driver_sql(f"ALTER TABLE STT_ECHO_QUEUE ADD CONSTRAINT REFUSED CHECK ({but})")


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE)
def test_an_error_inside_never_makes_an_edit_fail_and_is_told(cmis: Cmis, trouble: str) -> None:
    cmis.conn.exec_driver_sql(trouble)
    cmis.lesson()
    cmis.change(roomid="R2")
    assert cmis.conn.execute(text("SELECT ROOMID FROM TIMETABLE")).scalars().all() == ["R2"]
    assert cmis.delete("timetable", slotid=1) == 1
    assert [error[:4] for error in cmis.errors()] == [
        ("TIMETABLE", action, SETID, 1) for action in ("INSERT", "UPDATE", "DELETE")
    ]
    assert all(said for *_, said in cmis.errors())


def test_a_request_goes_through_without_the_queue(cmis: Cmis) -> None:
    cmis.conn.exec_driver_sql(TROUBLE["the queue is gone"])
    cmis.insert("roomrequests", setid=SETID, slotid=9, slotentry=1, itemnum=1, featureid="VIDEOREC")
    assert cmis.delete("roomrequests", slotid=9) == 1
    assert [error[:4] for error in cmis.errors()] == [
        ("ROOMREQUESTS", action, SETID, 9) for action in ("INSERT", "DELETE")
    ]


COMMANDS_ARE_GONE = "ALTER TABLE STT_ECHO_COMMAND RENAME TO ELSEWHERE_TOO"


def test_a_recorder_goes_through_without_the_commands(cmis: Cmis) -> None:
    cmis.conn.exec_driver_sql(COMMANDS_ARE_GONE)
    cmis.insert("roomfeatures", setid=SETID, roomid="R9", featureid="VIDEOREC")
    assert cmis.update("roomfeatures", {"roomid": "R9"}, featureid="AUDIOREC") == 1
    assert cmis.delete("roomfeatures", roomid="R9") == 1
    assert [error[:4] for error in cmis.errors()] == [("ROOMFEATURES", "UPDATE", SETID, 0)] * 3


def test_a_recorder_goes_through_without_the_years(cmis: Cmis) -> None:
    cmis.conn.exec_driver_sql("ALTER TABLE STT_ECHO_SET RENAME TO ELSEWHERE_TOO")
    cmis.insert("roomfeatures", setid=SETID, roomid="R9", featureid="VIDEOREC")
    assert cmis.delete("roomfeatures", roomid="R9") == 1
    assert [(source, setid) for source, _action, setid, *_ in cmis.errors()] == [("ROOMFEATURES", SETID)] * 2


def test_an_edit_goes_through_though_not_even_the_error_can_be_written(cmis: Cmis) -> None:
    cmis.conn.exec_driver_sql("ALTER TABLE STT_ECHO_ERROR RENAME TO NOWHERE")
    cmis.conn.exec_driver_sql(TROUBLE["the queue is gone"])
    cmis.conn.exec_driver_sql(COMMANDS_ARE_GONE)
    cmis.lesson()
    cmis.update("roomrequests", {"slotid": 1}, featureid="AUDIOREC")
    assert cmis.update("roomfeatures", {"roomid": "R1"}, featureid="AUDIOREC") == 1
    assert cmis.conn.execute(text("SELECT COUNT(*) FROM TIMETABLE")).scalar_one() == 1


def test_of_a_statement_over_many_rows_one_fails_and_the_others_are_entered(cmis: Cmis) -> None:
    for slot in (1, 2, 3):
        cmis.lesson(slotid=slot)
    cmis.entries()
    _refuse(cmis, "SLOTID <> 2 OR ROOMID_OLD IS NULL")
    assert cmis.update("timetable", {"setid": SETID}, roomid="R2") == 3
    assert [error[:4] for error in cmis.errors()] == [("TIMETABLE", "UPDATE", SETID, 2)]
    cmis.conn.execute(text("DELETE FROM STT_ECHO_ERROR"))
    assert cmis.entries() == [updated(1, 1, 1), updated(1, 1, 3)]
    cmis.update("roomrequests", {"slotid": 2}, featureid="AUDIOREC")
    assert cmis.entries() == [otherwise(2)]


HALVES: dict[str, dict[str, Any]] = {
    "here": {"refused": "ACTION <> 'DELETE'", "error": ("TIMETABLE", "DELETE", SETID, 1), "entry": inserted(2)},
    "there": {"refused": "SLOTID <> 2", "error": ("TIMETABLE", "INSERT", SETID, 2), "entry": deleted(1)},
}


@pytest.mark.parametrize(
    ("refused", "error", "entry"), [tuple(one.values()) for one in HALVES.values()], ids=HALVES
)
def test_a_lesson_that_goes_to_another_slot_fails_here_or_there_alone(
    cmis: Cmis, refused: str, error: tuple[Value, ...], entry: Entry
) -> None:
    cmis.lesson()
    cmis.entries()
    _refuse(cmis, refused)
    cmis.change(slotid=2)
    assert [found[:4] for found in cmis.errors()] == [error]
    cmis.conn.execute(text("DELETE FROM STT_ECHO_ERROR"))
    assert cmis.entries() == [entry]


@pytest.mark.parametrize(
    ("refused", "action", "entry"),
    [(1, "DELETE", requested(9)), (9, "INSERT", withdrawn(1))],
    ids=["here", "there"],
)
def test_a_request_that_goes_to_another_slot_fails_here_or_there_alone(
    cmis: Cmis, refused: int, action: str, entry: Entry
) -> None:
    _refuse(cmis, f"SLOTID <> {refused}")
    cmis.update("roomrequests", {"slotid": 1}, slotid=9)
    assert [found[:4] for found in cmis.errors()] == [("ROOMREQUESTS", action, SETID, refused)]
    cmis.conn.execute(text("DELETE FROM STT_ECHO_ERROR"))
    assert cmis.entries() == [entry]


@pytest.mark.parametrize(("old", "new"), [("R9", "LONGER"), ("LONGER", "R9")])
def test_a_recorder_that_goes_to_another_room_fails_here_or_there_alone(cmis: Cmis, old: str, new: str) -> None:
    asked = '{"by":"the timetable","room":"R9"}'
    cmis.insert("roomfeatures", setid=SETID, roomid=old, featureid="VIDEOREC")
    cmis.conn.execute(text("DELETE FROM STT_ECHO_COMMAND"))
    cmis.conn.exec_driver_sql(
        f"ALTER TABLE STT_ECHO_COMMAND ADD CONSTRAINT REFUSED CHECK (LENGTH(ARGS) = {len(asked)})"
    )
    cmis.update("roomfeatures", {"roomid": old}, roomid=new)
    assert [found[:4] for found in cmis.errors()] == [("ROOMFEATURES", "UPDATE", SETID, 0)]
    cmis.conn.execute(text("DELETE FROM STT_ECHO_ERROR"))
    assert [args for _kind, args, _by in cmis.commands()] == [asked]
