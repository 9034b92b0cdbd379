"""`database upgrade` on PostgreSQL: earlier tables end like new ones and keep their rows, or stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from echodesk.store.database import SCHEMA_VERSION
from echodesk.store.postgresql_still import run_script
from echodesk.store.upgrading import UPGRADABLE
from tests.cli.conftest import Run
from tests.cli.servers import ServedOffice
from tests.databases import postgres
from tests.store import unread_requests
from tests.store.test_upgrading import LEASE, STOOD_STILL

SCHEMAS = Path(__file__).parents[1] / "store" / "schemas" / "postgresql"

EARLIER = """
DROP TABLE STT_ECHO_BATCH_PLACE;
DROP TABLE STT_ECHO_WINDOW;
ALTER TABLE STT_ECHO_BATCH_STEP DROP COLUMN PIECE;
ALTER TABLE STT_ECHO_MIRROR DROP COLUMN DATES;
ALTER TABLE STT_ECHO_TRY DROP COLUMN SAID;
ALTER TABLE STT_ECHO_SUSPECT DROP COLUMN AFTERWARDS;
DROP INDEX STT_ECHO_AUDIT_AT;
DROP INDEX STT_ECHO_AUDIT_WHO;
DROP INDEX STT_ECHO_AUDIT_ACTION;
DROP INDEX STT_ECHO_AUDIT_PLACE;
DROP INDEX STT_ECHO_QUEUE_UNNUMBERED;
DROP INDEX STT_ECHO_DAY_ROOM_DATE;
DROP INDEX STT_ECHO_BATCH_OPEN;
CREATE INDEX STT_ECHO_BATCH_OPEN ON STT_ECHO_BATCH (STATE);
CREATE OR REPLACE FUNCTION STT_ECHO_TEXT(VALUE TEXT) RETURNS TEXT LANGUAGE SQL IMMUTABLE AS $$ SELECT VALUE $$;
DROP TRIGGER STT_ECHO_ROOMREQUESTS_UPDATE ON ROOMREQUESTS;
CREATE TRIGGER STT_ECHO_OLD_ONE AFTER INSERT ON TIMETABLE FOR EACH ROW EXECUTE FUNCTION STT_ECHO_ON_TIMETABLE();
DELETE FROM STT_ECHO_META WHERE NAME = 'database';
UPDATE STT_ECHO_META SET VALUE = '3' WHERE NAME = 'schema_version';
INSERT INTO STT_ECHO_SETTING (NAME, VALUE, BY) VALUES ('lead', '7', 'ann');
INSERT INTO STT_ECHO_SUSPECT (ROOMID, LESSON_DATE, CRASHES) VALUES ('R1', '2030-01-07', 2);
"""
SHAPE = (
    "SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)"
    " FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped"
    " LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum"
    " WHERE starts_with(relname, 'stt_echo_') AND relkind = 'r'",
    "SELECT pg_get_indexdef(i.oid) FROM pg_class i WHERE relkind = 'i' AND relname ~ '^stt_'",
    "SELECT pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT proname, prosrc, prosecdef, proconfig, CAST(proacl AS text), pg_get_userbyid(proowner) FROM pg_proc"
    " WHERE starts_with(proname, 'stt_echo_')",
    "SELECT relname, CAST(relacl AS text) FROM pg_class WHERE starts_with(relname, 'stt_echo_') AND relkind = 'r'",
)


def shape(served: ServedOffice) -> list[list[str]]:
    """Everything that EchoDesk's part of the database is made of, and who may do what with it."""
    return [sorted(repr(row) for row in served.run(sql)) for sql in SHAPE]


def test_it_ends_like_a_new_one_and_keeps_its_rows(run: Run, served: ServedOffice) -> None:
    new = shape(served)
    served.run(EARLIER)
    assert shape(served) != new
    said = run("database", "upgrade", "--data", served.folder, "--json")
    assert said.json == {
        "database": served.url(),
        "was": "3",
        "schema_version": SCHEMA_VERSION,
        "copy": None,
    }
    assert shape(served) == new
    assert served.run("SELECT NAME, VALUE FROM STT_ECHO_SETTING") == [("lead", "7")]
    assert served.run("SELECT ROOMID, CRASHES, AFTERWARDS FROM STT_ECHO_SUSPECT") == [("R1", 2, 0)]
    assert served.run("SELECT length(VALUE) FROM STT_ECHO_META WHERE NAME = 'database'") == [(32,)]
    again = run("database", "upgrade", "--data", served.folder)
    assert "Nothing to do" in again.out
    assert shape(served) == new


def test_the_optional_triggers_stay(run: Run, served: ServedOffice) -> None:
    run("database", "install", "--room-features", "--data", served.folder)
    new = shape(served)
    served.run(EARLIER)
    served.run("DROP TRIGGER STT_ECHO_ROOMFEATURES_UPDATE ON ROOMFEATURES")
    assert run("database", "upgrade", "--data", served.folder).code == 0
    assert shape(served) == new
    assert "stt_echo_roomfeatures_update" in repr(new)


@pytest.mark.parametrize("version", UPGRADABLE["postgresql"])
def test_what_an_earlier_version_installed_ends_like_a_new_one(
    run: Run, served: ServedOffice, version: str
) -> None:
    new = shape(served)
    with served.administrator.begin() as connection:
        run_script(connection, postgres.script("uninstall"))
        run_script(connection, (SCHEMAS / f"{version}.sql").read_text(encoding="utf-8"))
    assert shape(served) != new
    served.run("INSERT INTO STT_ECHO_SETTING (NAME, VALUE, BY) VALUES ('lead', '7', 'ann')")
    for one in (STOOD_STILL, *unread_requests.ADDED):
        served.run(one)
    assert run("database", "upgrade", "--data", served.folder, "--json").json["was"] == version
    assert shape(served) == new
    assert served.run(LEASE) == [(None, 8, None, None)], "who led before the upgrade goes on with nothing"
    assert served.run(unread_requests.NUMBERS) == [(one,) for one in unread_requests.NEWLY_ASKED]
    assert served.run("SELECT NAME, VALUE FROM STT_ECHO_SETTING") == [("lead", "7")]
    assert run("database", "upgrade", "--data", served.folder, "--json").json["was"] == SCHEMA_VERSION


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            "INSERT INTO STT_ECHO_FEED (SETID, LESSONS) VALUES ('x', 1);"
            "ALTER TABLE STT_ECHO_FEED ALTER COLUMN LESSONS TYPE TEXT",
            "STT_ECHO_FEED holds rows",
        ),
        ("UPDATE STT_ECHO_META SET VALUE = '99' WHERE NAME = 'schema_version'", "schema version 99"),
        (
            "UPDATE STT_ECHO_LEASE SET HOLDER = 'bo', UNTIL = '2999-01-01T00:00:00.000Z'",
            "bo works with these tables",
        ),
    ],
    ids=["rows that have no place", "a newer one", "somebody sends"],
)
def test_what_cannot_be_upgraded_now_is_left_alone(run: Run, served: ServedOffice, spoil: str, said: str) -> None:
    served.run(EARLIER)
    served.run(spoil)
    before = shape(served)
    told = run("database", "upgrade", "--data", served.folder, "--json")
    assert told.code == 1
    assert said in told.error["message"]
    assert shape(served) == before


def test_who_does_not_own_the_tables_is_told_who_may(run: Run, served: ServedOffice) -> None:
    served.run("DROP INDEX STT_ECHO_MODULE")
    served.connect("ann")
    for words, spoil in (("install", "SELECT 1"), ("upgrade", EARLIER)):
        served.run(spoil)
        before = shape(served)
        told = run("database", words, "--data", served.folder, "--json")
        assert (told.code, told.error["title"]) == (1, "Only the owner of the tables may do this")
        assert shape(served) == before


def test_where_an_edit_stays_open_it_is_told_in_plain_words(run: Run, served: ServedOffice) -> None:
    served.run(EARLIER)
    with served.timetabler() as cmis:
        cmis.insert("timetable", setid="x", slotid=99, slotentry=1)
        told = run("database", "upgrade", "--data", served.folder, "--json")
    assert (told.code, told.error["title"]) == (1, "The timetable is being edited")
    assert run("database", "upgrade", "--data", served.folder, "--json").json["was"] == "3"
