"""SQLite's words in PostgreSQL's: what differs is changed, and what is not known is refused."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from echodesk.store.made_tables import MadeTables
from echodesk.store.translating import PostgreSQL

SCRIPT = (
    "CREATE TABLE LESSON (SETID TEXT NOT NULL, SLOTID INTEGER NOT NULL, ROOM TEXT, SEATS INTEGER,"
    " STATUS TEXT, AT TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')), PRIMARY KEY (SETID, SLOTID))",
    "CREATE TABLE ROOM (CODE TEXT PRIMARY KEY, SIZE INTEGER NOT NULL, STATUS INTEGER) WITHOUT ROWID",
    "CREATE TABLE PART (ID INTEGER PRIMARY KEY, NAME TEXT, UNIQUE (NAME))",
)


@pytest.fixture(scope="module")
def postgresql() -> PostgreSQL:
    return PostgreSQL(MadeTables(SCRIPT))


@pytest.mark.parametrize(
    ("sqlite", "expected"),
    [
        (
            "SELECT l.ROOM FROM json_each(:ids) i CROSS JOIN LESSON l ON l.SLOTID = i.value",
            "SELECT l.ROOM FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value)"
            " JOIN LESSON AS l ON l.SLOTID = CAST(i.value AS BIGINT)",
        ),
        (
            "SELECT SEATS FROM LESSON WHERE ROOM IN (SELECT value FROM json_each(:rooms))",
            "SELECT SEATS FROM LESSON WHERE ROOM IN"
            " (SELECT value FROM jsonb_array_elements_text(CAST(:rooms AS JSONB)) AS L(value))",
        ),
        (
            "DELETE FROM LESSON WHERE (SETID, SLOTID) IN"
            " (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:keys))",
            "DELETE FROM LESSON WHERE (SETID, SLOTID) IN (SELECT jsonb_extract_path_text(value, '0'),"
            " CAST(jsonb_extract_path_text(value, '1') AS BIGINT)"
            " FROM jsonb_array_elements(CAST(:keys AS JSONB)) AS L(value))",
        ),
        (
            "SELECT K.N FROM (SELECT CAST(json_extract(value, '$[0]') AS INTEGER) AS N FROM json_each(:k)) K",
            "SELECT K.N FROM (SELECT CAST(jsonb_extract_path_text(value, '0') AS BIGINT) AS N"
            " FROM jsonb_array_elements(CAST(:k AS JSONB)) AS L(value)) AS K",
        ),
        ("SELECT strftime('%Y-%m-%dT%H:%M:%fZ')", "SELECT STT_ECHO_NOW()"),
        (
            "UPDATE LESSON SET AT = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :wait)"
            " WHERE AT > strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
            "UPDATE LESSON SET AT = STT_ECHO_NOW(:wait) WHERE AT > STT_ECHO_NOW()",
        ),
        (
            "SELECT julianday('now') - julianday(AT) AS AGE FROM LESSON",
            "SELECT STT_ECHO_DAYS(STT_ECHO_NOW()) - STT_ECHO_DAYS(AT) AS AGE FROM LESSON",
        ),
        (
            "INSERT OR REPLACE INTO LESSON (SETID, SLOTID, ROOM) VALUES (:set, :slot, 'row(s)') RETURNING SLOTID",
            "INSERT INTO LESSON (SETID, SLOTID, ROOM) VALUES (:set, :slot, 'row(s)') ON CONFLICT(SETID, SLOTID)"
            " DO UPDATE SET ROOM = excluded.ROOM, SEATS = DEFAULT, STATUS = DEFAULT, AT = DEFAULT"
            " RETURNING SLOTID",
        ),
        (
            "INSERT INTO ROOM (CODE, SIZE) VALUES (:code, 1) ON CONFLICT (CODE) DO UPDATE"
            " SET SIZE = max(SIZE, excluded.SIZE) WHERE STATUS IS NULL",
            "INSERT INTO ROOM (CODE, SIZE) VALUES (:code, 1) ON CONFLICT(CODE) DO UPDATE"
            " SET SIZE = GREATEST(ROOM.SIZE, excluded.SIZE) WHERE ROOM.STATUS IS NULL",
        ),
        (
            "SELECT CASE WHEN :done THEN 1 END AS DONE FROM LESSON WHERE (:all OR instr(ROOM, :part))",
            "SELECT CASE WHEN :done <> 0 THEN 1 END AS DONE FROM LESSON"
            " WHERE (:all <> 0 OR POSITION(:part IN ROOM) <> 0)",
        ),
        (
            "SELECT sum(ROOM IS NULL) AS FREE, sum(SEATS) AS SEATS FROM LESSON",
            "SELECT CAST(SUM(CASE WHEN ROOM IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS FREE,"
            " CAST(SUM(SEATS) AS BIGINT) AS SEATS FROM LESSON",
        ),
        (
            "SELECT ROOM FROM LESSON WHERE ROOM IS NOT :room ORDER BY SETID, ROOM DESC, SEATS, SLOTID DESC",
            "SELECT ROOM FROM LESSON WHERE ROOM IS DISTINCT FROM :room"
            " ORDER BY SETID, ROOM DESC NULLS LAST, SEATS NULLS FIRST, SLOTID DESC",
        ),
        (
            "SELECT r.SIZE FROM LESSON l LEFT JOIN ROOM r ON r.CODE = l.ROOM ORDER BY r.SIZE",
            "SELECT r.SIZE FROM LESSON AS l LEFT JOIN ROOM AS r ON r.CODE = l.ROOM ORDER BY r.SIZE NULLS FIRST",
        ),
        ("SELECT r.* FROM ROOM r", "SELECT r.CODE, r.SIZE, r.STATUS FROM ROOM AS r"),
        ("SELECT ROOM FROM LESSON INDEXED BY SOME_INDEX", "SELECT ROOM FROM LESSON"),
    ],
    ids=[
        "a list of numbers",
        "a list of texts",
        "a list of keys",
        "a number by its name only",
        "the time",
        "the time a while later",
        "how long ago",
        "a row in the place of another",
        "the row that stands there",
        "a number is a truth",
        "a sum",
        "where NULL sorts",
        "a row that may be missing",
        "every column",
        "advice to SQLite",
    ],
)
def test_it_means_the_same(postgresql: PostgreSQL, sqlite: str, expected: str) -> None:
    assert postgresql.words(sqlite)[0] == expected
    assert str(postgresql.statement(text(sqlite))).split() == expected.split()


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT l.ROOM, count(*), SEATS AS Size FROM LESSON l", ["ROOM", "column_1", "Size"]),
        ("SELECT CODE FROM ROOM UNION SELECT ROOM FROM LESSON", ["CODE"]),
        ("SELECT r.* FROM (SELECT ROOM, 1 AS ONE FROM LESSON) r", ["ROOM", "ONE"]),
        ("UPDATE LESSON SET SEATS = 1 RETURNING SLOTID", ["SLOTID"]),
        ("DELETE FROM LESSON", []),
    ],
)
def test_a_result_calls_its_columns_as_sqlite_does(postgresql: PostgreSQL, sql: str, names: list[str]) -> None:
    assert postgresql.words(sql)[1] == names


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT ROOM FROM LESSON WHERE ROOM LIKE 'a%'",
        "SELECT ROOM FROM LESSON WHERE ROOM GLOB 'a*'",
        "SELECT SEATS / 2 FROM LESSON",
        "SELECT total(SEATS) FROM LESSON",
        "SELECT randomblob(2)",
        "SELECT strftime('%Y')",
        "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', AT) FROM LESSON",
        "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', AT, '1 day') FROM LESSON",
        "SELECT date('now')",
        "SELECT max(SIZE, STATUS) FROM ROOM",
        "SELECT ROOM FROM LESSON WHERE coalesce(SEATS, 0)",
        "SELECT n.* FROM NOWHERE n",
        "SELECT value FROM json_each(:ids)",
        "SELECT value AS STATUS FROM json_each(:ids)",
        "SELECT json_extract(ROOM, '$[0]') AS ONE FROM LESSON",
        "SELECT json_extract(value, '$[0][1]') AS ROOM FROM json_each(:ids)",
        "SELECT json_extract(value, '$.a') AS ROOM FROM json_each(:ids)",
        "SELECT json_extract(value, '$[0]') AS ROOM FROM json_each(:ids) WHERE value = 'a'",
        "SELECT ROOM FROM LESSON, json_each(:ids) i WHERE coalesce(ROOM, '') = i.value",
        "INSERT OR IGNORE INTO ROOM (CODE) VALUES (:code)",
        "INSERT OR REPLACE INTO PART (ID) VALUES (:id)",
        "INSERT INTO ROOM (CODE) VALUES (:a) ON CONFLICT (CODE) DO UPDATE SET SIZE = (SELECT 1 FROM LESSON)",
        "SELECT ROOM FROM LESSON WHERE SETID = :then",
        "PRAGMA quick_check",
        "EXPLAIN QUERY PLAN SELECT 1",
        "SELECT 1; SELECT 2",
        "SELEC",
        "",
    ],
)
def test_what_is_not_known_to_mean_the_same_is_refused(postgresql: PostgreSQL, sql: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        postgresql.words(sql)


def test_a_value_that_a_statement_brings_along_is_not_lost(postgresql: PostgreSQL) -> None:
    clause = text("SELECT ROOM FROM LESSON WHERE SETID = :set").bindparams(set="a value of its own")
    with pytest.raises(ValueError, match="parameters"):
        postgresql.statement(clause)


def test_each_statement_is_made_once(postgresql: PostgreSQL) -> None:
    clause = text("SELECT ROOM FROM LESSON")
    assert postgresql.statement(clause) is postgresql.statement(text(clause.text))


def test_a_column_that_is_neither_text_nor_a_whole_number_is_refused() -> None:
    with pytest.raises(ValueError, match="PRICE"):
        MadeTables(["CREATE TABLE THING (PRICE REAL)"])
