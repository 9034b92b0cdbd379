"""What only SQLite can do to its rows: replacing, upserting, values of any type; and its scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from echodesk.messages import Refresh
from echodesk.store.database import Database, statements
from echodesk.worker.control import from_args
from tests.databases.cmis import LESSON, Cmis, deleted, fill_live, inserted, requested, updated, withdrawn
from tests.databases.engines import SQL, Opener, fresh_sqlite

_COLUMNS = ", ".join(LESSON)
_BINDS = ", ".join(f":{name}" for name in LESSON)


@pytest.fixture(scope="session")
def opener(sqlite_opener: Opener) -> Opener:
    """SQLite alone."""
    return sqlite_opener


def run(conn: Connection, script: str) -> None:
    for statement in statements((SQL / "sqlite" / f"{script}.sql").read_text(encoding="utf-8")):
        conn.exec_driver_sql(statement)


def write(cmis: Cmis, verb: str, **changes: object) -> None:
    """Insert `LESSON`, changed, with values of any type."""
    template = text(
        "verb INTO TIMETABLE (columns) VALUES (binds)".replace("verb", verb)
        .replace("columns", _COLUMNS)
        .replace("binds", _BINDS)
    )
    cmis.conn.execute(template, {**LESSON, **changes})


def test_replacing_a_lesson_ends_the_old_row_and_begins_the_new(cmis: Cmis) -> None:
    write(cmis, "INSERT OR REPLACE")
    assert cmis.entries() == [inserted()]
    write(cmis, "INSERT OR REPLACE", roomid="R2")
    first, second = cmis.full_entries()
    assert (first["action"], first["roomid_old"]) == ("DELETE", "R1")
    assert (second["action"], second["roomid_new"]) == ("INSERT", "R2")


def test_replacing_an_eligible_lesson_by_one_that_is_not(cmis: Cmis) -> None:
    write(cmis, "INSERT OR REPLACE")
    cmis.entries()
    write(cmis, "INSERT OR REPLACE", roomid=None)
    assert cmis.entries() == [deleted()]


def test_an_update_that_replaces_another_row_ends_that_one_too(cmis: Cmis) -> None:
    cmis.lesson(slotid=1)
    cmis.lesson(slotid=2)
    cmis.entries()
    cmis.conn.execute(text("UPDATE OR REPLACE TIMETABLE SET SLOTID = 2 WHERE SLOTID = 1"))
    assert sorted(cmis.entries(), key=lambda e: (e.action, e.slotid)) == [deleted(1), deleted(2), inserted(2)]


def test_an_upsert_is_an_update(cmis: Cmis) -> None:
    cmis.lesson()
    cmis.entries()
    cmis.conn.execute(
        text(
            "INSERT INTO TIMETABLE (SETID, SLOTID, SLOTENTRY) VALUES ('2023/24', 1, 1)"
            " ON CONFLICT (SETID, SLOTID, SLOTENTRY) DO UPDATE SET ROOMID = 'R2'"
        )
    )
    assert cmis.entries() == [updated(1, 1)]


def test_replacing_a_request_enters_its_lesson(cmis: Cmis) -> None:
    cmis.conn.execute(text("INSERT OR REPLACE INTO ROOMREQUESTS VALUES ('2023/24', 1, 1, 1, 'AUDIOREC')"))
    assert cmis.entries() == [withdrawn(), requested()]


def test_numbers_written_as_text_count(cmis: Cmis) -> None:
    write(cmis, "INSERT", status="2", slotentry="1", slotid="1")
    assert cmis.entries() == [inserted()]


@pytest.mark.parametrize("name", list(LESSON))
def test_no_value_of_any_type_makes_an_edit_fail(cmis: Cmis, name: str) -> None:
    odd = ["x" * 5000, "ü🎓'\";--", 2**62, -1, 1.5, b"\x00\xff", "", "%_", "[0-9]"]
    cmis.lesson()
    for value in odd:
        cmis.conn.execute(text("UPDATE TIMETABLE SET column = :value".replace("column", name)), {"value": value})
    assert cmis.delete("timetable") == 1
    for number, value in enumerate(odd):
        write(cmis, "INSERT", **{"slotid": number, name: value})
    assert cmis.delete("timetable") == len(odd)


def test_no_value_of_any_type_makes_an_edit_of_a_room_s_features_fail(cmis: Cmis) -> None:
    # Not even Python reads back what is no text: that comes last.
    odd = ["x" * 5000, "ü🎓'\";--", 2**62, -1, 1.5, "a\x00b", "\t", "", "%_", b"\x00\xff"]
    for value in odd:
        for name in ("setid", "roomid", "featureid"):
            row = {"setid": "2023/24", "roomid": "R9", "featureid": "VIDEOREC", name: value}
            cmis.conn.execute(text("INSERT INTO ROOMFEATURES VALUES (:setid, :roomid, :featureid)"), row)
            cmis.conn.execute(text("UPDATE ROOMFEATURES SET FEATUREID = 'AUDIOREC' WHERE ROOMID = :roomid"), row)
            cmis.conn.execute(text("DELETE FROM ROOMFEATURES WHERE ROOMID = :roomid"), row)
        if isinstance(value, bytes):
            continue
        for kind, args, _by in cmis.commands():
            assert isinstance(from_args(kind, args), Refresh)


def test_the_triggers_may_be_installed_again(cmis: Cmis) -> None:
    run(cmis.conn, "triggers")
    run(cmis.conn, "room_features")
    cmis.lesson()
    cmis.delete("roomfeatures", roomid="R1")
    assert cmis.entries() == [inserted()]
    assert len(cmis.commands()) == 1


def test_uninstalling_leaves_the_timetable_and_its_rows_alone(tmp_path: Path) -> None:
    database = fresh_sqlite(tmp_path)
    names = text("SELECT NAME FROM sqlite_master WHERE NAME LIKE 'STT_ECHO%' OR SQL LIKE '%STT_ECHO%'")
    with database.engine.begin() as conn:
        cmis = Cmis(conn)
        fill_live(cmis)
        run(conn, "room_features")
        cmis.lesson()
        assert conn.execute(names).all()
        for _ in range(2):
            run(conn, "uninstall")
        assert conn.execute(names).all() == []
        cmis.change(roomid="R2")
        assert cmis.update("roomfeatures", {"roomid": "R1"}, featureid="AUDIOREC") == 1
        assert conn.execute(text("SELECT ROOMID FROM TIMETABLE")).scalars().all() == ["R2"]
        assert conn.execute(text("SELECT COUNT(*) FROM STT_COMPONENT_TYPE")).scalar_one() == 1
    database.close()


@pytest.mark.parametrize(
    "edit",
    [
        "INSERT INTO TIMETABLE (SETID, SLOTID, SLOTENTRY) VALUES ('x', 1, 1)",
        "DELETE FROM TIMETABLE",
        "UPDATE TIMETABLE SET STATUS = 2",
    ],
)
def test_no_search_of_a_trigger_walks_through_a_table(database: Database, edit: str) -> None:
    """SQLite explains the programs of triggers as opcodes only: a walk begins with a Rewind of an opened table."""
    opened: set[int] = set()
    programs = searches = walks = 0
    with database.engine.begin() as conn:
        for address, opcode, cursor, *_ in conn.exec_driver_sql("EXPLAIN " + edit):
            if address == 0:
                programs += 1
                opened = set()
            in_trigger = programs > 1
            if opcode == "OpenRead":
                opened.add(cursor)
            searches += in_trigger and opcode == "SeekGE" and cursor in opened
            walks += in_trigger and opcode == "Rewind" and cursor in opened
    assert searches >= 4
    assert walks == 0
