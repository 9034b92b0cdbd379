"""What an administrator runs on Oracle: everything in order, no right too many, and everything goes again."""

from __future__ import annotations

import re

from echodesk.store.connection import ORACLE, Schemas
from echodesk.store.database import SCHEMA_VERSION
from echodesk.store.oracle_script import script_of, statements_of
from echodesk.store.postgresql_script import granted_by
from tests.databases.engines import SQL
from tests.databases.plsql_rules import MAY_READ

FOLDER = SQL / "oracle"
TABLES = re.findall(
    r"^CREATE TABLE (\w+)", (SQL / "sqlite" / "cmis.sql").read_text(encoding="utf-8"), re.MULTILINE
)


def script(name: str) -> str:
    """One of the files, without its comments."""
    return re.sub(r"^--.*$", "", (FOLDER / f"{name}.sql").read_text(encoding="utf-8"), flags=re.MULTILINE)


NAMING = ("install", "upgrade", "grants", "uninstall", "watching", "room_features")
GRANTS = re.findall(
    r"^GRANT ([\w, ]+) ON &(\w+)\.\.(\w+) TO ([^;]+);", script("grants") + script("watching"), re.MULTILINE
)
CREATES = re.compile(
    r"^CREATE (?:OR REPLACE )?(?:UNIQUE )?"
    r"(TABLE|SEQUENCE|INDEX|TRIGGER|PACKAGE(?: BODY)?|SYNONYM|ROLE|VIEW) ([&.\w]+)",
    re.MULTILINE,
)
MADE = {
    (kind.replace(" BODY", ""), name)
    for path in FOLDER.glob("*.sql")
    if path.stem != "cmis"
    for kind, name in CREATES.findall(script(path.stem))
}


def test_the_installation_runs_every_script() -> None:
    run = re.findall(r"^@@(\w+)\.sql$", script("install"), re.MULTILINE)
    assert set(run) == {path.stem for path in FOLDER.glob("*.sql")} - {
        "install",
        "upgrade",
        "uninstall",
        "watching",
        "cmis",
        "room_features",
    }
    assert run[:4] == ["names", "tables", "worker_tables", "indexes"]
    # Triggers that call what is not there would make edits fail (ORA-04098).
    assert run[5:] == ["first_rows", "package", "guard", "grants", "timetable_indexes", "triggers"]


def test_the_package_is_compiled_when_it_may_read_what_it_reads() -> None:
    compiled = script("install").index("ALTER PACKAGE STT_ECHO_ENTRIES COMPILE BODY;")
    assert script("install").index("@@grants.sql") < compiled < script("install").index("@@triggers.sql")


def test_an_index_waits_for_an_edit_that_is_not_finished() -> None:
    waits = script("install").index("ALTER SESSION SET DDL_LOCK_TIMEOUT = 60;")
    assert waits < script("install").index("@@tables.sql") < script("install").index("@@timetable_indexes.sql")


def test_the_schemas_are_named_in_one_place() -> None:
    """A script that named them again would have the last word in those that run it."""
    naming = {path.stem: script(path.stem) for path in FOLDER.glob("*.sql")}
    named = re.findall(r"^DEFINE (\w+) = (\w+)$", naming.pop("names"), re.MULTILINE)
    assert named == [("ECHODESK", ORACLE.schemas.own), ("CMIS", ORACLE.schemas.timetable)]
    assert [name for name, text in naming.items() if "DEFINE" in text] == []
    assert {name for name, text in naming.items() if "&" in text} == set(NAMING)
    assert {name for name, text in naming.items() if text.strip().startswith("@@names.sql\n")} == set(NAMING)


def test_what_is_made_goes_again() -> None:
    dropped = {
        (kind, name.split(".")[-1])
        for kind, name in re.findall(
            r"^DROP (\w+) ([&.\w]+)(?: CASCADE CONSTRAINTS PURGE)?;$", script("uninstall"), re.MULTILINE
        )
    }
    made = {(kind, name.split(".")[-1]) for kind, name in MADE}
    # An index goes with its table, the triggers of the audit with the audit.
    timetable = {
        ("INDEX", name) for name in re.findall(r"^CREATE INDEX (\w+)", script("timetable_indexes"), re.MULTILINE)
    }
    with_their_tables = {one for one in made if one[0] == "INDEX" or one[1].startswith("STT_ECHO_AUDIT_NO_")}
    assert len(made) > 100
    assert dropped == (made - with_their_tables) | timetable


def test_nobody_may_write_to_the_timetable() -> None:
    on_timetable = [(right, table, whom) for right, schema, table, whom in GRANTS if schema == "CMIS"]
    # SELECT would let them lock its rows.
    assert {right for right, _table, _whom in on_timetable} == {"READ"}
    assert {table for _right, table, whom in on_timetable if "STT_ECHO_WORKER" in whom} == set(TABLES)


def test_the_package_may_read_what_it_reads_and_no_more() -> None:
    direct = {table for _right, schema, table, whom in GRANTS if schema == "CMIS" and whom == "&ECHODESK"}
    assert direct == {one for one in MAY_READ if one not in ("DUAL", "STT_ECHO_SET")}
    taken = re.findall(r"^REVOKE ALL ON &CMIS\.\.(\w+) FROM &ECHODESK;", script("uninstall"), re.MULTILINE)
    assert set(taken) == direct


def test_a_screen_only_looks() -> None:
    rights = {right for right, _schema, _table, whom in GRANTS if "STT_ECHO_SCREENS" in whom}
    assert rights == {"READ"}


def test_a_worker_may_do_what_it_does() -> None:
    own = {
        table: right for right, schema, table, whom in GRANTS if whom == "STT_ECHO_WORKER" and schema == "ECHODESK"
    }
    made = {name for kind, name in MADE if kind == "TABLE"}
    assert {table for table in own if not table.endswith("_SEQ")} == made
    assert {table for table in own if table.endswith("_SEQ")} == {
        # Errors are entered by the triggers alone, as the owner of their package.
        name
        for kind, name in MADE
        if kind == "SEQUENCE" and name != "STT_ECHO_ERROR_SEQ"
    }
    assert own["STT_ECHO_AUDIT"] == "SELECT, INSERT"
    assert own["STT_ECHO_NOTIFICATION"] == "SELECT, INSERT, UPDATE"


def test_of_the_dictionary_a_user_sees_our_own_parts_alone() -> None:
    seen = re.findall(r"^GRANT (\w+) ON SYS\.(\w+) TO ([^;]+);", script("watching"), re.MULTILINE)
    views = ("DBA_SOURCE", "DBA_OBJECTS", "DBA_TRIGGERS")
    assert seen == [("SELECT", view, "&ECHODESK WITH GRANT OPTION") for view in views]
    taken = re.findall(r"^REVOKE (\w+) ON SYS\.(\w+) FROM &ECHODESK;", script("uninstall"), re.MULTILINE)
    assert taken == [("SELECT", view) for view in views]
    assert "WHERE S.OWNER IN ('&ECHODESK', '&CMIS') AND S.NAME LIKE 'STT_ECHO_%'" in script("watching")


def test_what_is_printed_has_everything_in_it() -> None:
    printed = script_of(SQL, "install", Schemas("MINE", "LIVE$"))
    assert "&" not in printed
    assert "@@" not in printed
    assert "ALTER SESSION SET CURRENT_SCHEMA = MINE;" in printed
    assert "GRANT READ ON LIVE$.TIMETABLE TO STT_ECHO_WORKER" in printed
    kinds = [one.split()[0] for one in statements_of(printed)]
    assert {"ALTER", "CREATE", "INSERT", "GRANT", "COMMIT"} == set(kinds)
    for part in ("upgrade", "uninstall", "grants", "watching", "room_features"):
        assert "&" not in script_of(SQL, part, Schemas("MINE", "THEIRS"))


def test_every_role_is_there_for_whom_it_is() -> None:
    assert {name for kind, name in MADE if kind == "ROLE"} == {"STT_ECHO_WORKER", "STT_ECHO_SCREENS"}
    assert {whom for *_right, whom in GRANTS} == {
        "&ECHODESK",
        "&CMIS",
        "STT_ECHO_WORKER",
        "STT_ECHO_SCREENS",
        "STT_ECHO_WORKER, STT_ECHO_SCREENS",
    }


def test_the_first_rows_are_this_programs() -> None:
    assert re.findall(r"'schema_version', '(\w+)'", script("first_rows")) == [SCHEMA_VERSION]
    assert "INSERT INTO STT_ECHO_LEASE (ID, EPOCH) SELECT 1, 0" in script("first_rows")


def test_the_timetable_is_found_by_the_same_indexes() -> None:
    sqlite = (SQL / "sqlite" / "triggers.sql").read_text(encoding="utf-8")
    made = [
        re.findall(r"^CREATE INDEX (?:IF NOT EXISTS )?(\w+ ON [^;]*);", one, re.MULTILINE)
        for one in (sqlite, script("timetable_indexes"))
    ]
    assert made[0] == made[1]
    assert len(made[0]) > 10


def test_the_worker_may_do_on_oracle_what_it_may_on_postgresql() -> None:
    """There each right is held against the statements (`tests/cli/test_server_rights.py`)."""
    granted = granted_by(SQL, "oracle")["STT_ECHO_WORKER"]
    own = {(right.replace("READ", "SELECT"), table) for right, table in granted if table.startswith("STT_ECHO_")}
    there = {one for one in granted_by(SQL)["echodesk_worker"] if one[1].startswith("STT_ECHO_")}
    # The view of the triggers is there on Oracle alone.
    assert {one for one in own if not one[1].endswith(("_SEQ", "_CODE"))} == there
