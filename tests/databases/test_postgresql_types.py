"""A copy of the timetable on PostgreSQL has the types that who copied it chose: all of them are read, or named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from echodesk.errors import SchemaMismatch
from echodesk.planning.values import RoomDay
from echodesk.store.database import Database
from echodesk.store.servers import install_postgresql
from echodesk.store.site import timetable_lacks, unreadable_types
from echodesk.timetable.reading import TimetableReader
from tests.databases import postgres as server
from tests.databases.cmis import SETID, Cmis
from tests.databases.engines import SQL, Opener

FIRST = "2030-01-07"


@pytest.fixture(scope="session", params=["postgresql_opener", "bigint_opener", "numeric_opener"])
def opener(request: pytest.FixtureRequest) -> Opener:
    found: Opener = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def bare(postgres: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """The timetable's tables without EchoDesk."""
    name = f"bare_{abs(hash(request.node.name))}"
    database = server.timetable(postgres, name)
    yield database
    database.close()
    server.run_statement(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def test_lessons_have_weeks_and_dates_whatever_type_their_numbers_have(cmis: Cmis) -> None:
    cmis.insert("weekstructure", setid=SETID, weeknumber=1, startdate=FIRST)
    cmis.insert("ccalmaps", setid=SETID, weeknum=2, dayposn=1, mapdate="2030-01-15")
    cmis.lesson()
    reader = TimetableReader(cmis.conn)
    lesson = reader.lesson(SETID, 1)
    assert lesson is not None
    numbers = (lesson.slotid, lesson.slotentry, lesson.weekid, lesson.weekday, lesson.status)
    assert numbers == (1, 1, 1, 1, 2)
    assert {type(one) for one in numbers} == {int}
    assert reader.weeks_of_many([(SETID, 1)]) == {(SETID, 1): frozenset({1, 2, 3})}
    assert reader.first_day(SETID) == (1, 1)
    dates = {dt.date(2030, 1, 7), dt.date(2030, 1, 15)}
    assert {one.place.date for one in reader.all_occurrences()} == dates
    days = reader.room_days("R1", FIRST)
    assert days == {RoomDay("R1", date) for date in dates}
    assert {one.place.date for one in reader.occurrences(days)[0]} == dates


@pytest.mark.parametrize("opener", ["numeric_opener"], indirect=True)
@pytest.mark.parametrize("number", ["1.5", "NaN", "Infinity"])
def test_a_number_that_is_not_whole_names_no_week_set(cmis: Cmis, number: str) -> None:
    cmis.lesson(status=3)
    cmis.conn.execute(text("UPDATE TIMETABLE SET WEEKID = CAST(:number AS NUMERIC)"), {"number": number})
    lesson = TimetableReader(cmis.conn).lesson(SETID, 1)
    assert lesson is not None
    assert (lesson.weekid, lesson.weekday) == (None, 1)


READABLE = (
    "ALTER TABLE TIMETABLE ALTER SETID TYPE VARCHAR(10), ALTER ROOMID TYPE CHAR(16), ALTER SLOTID TYPE INTEGER",
    "ALTER TABLE TIMETABLE ALTER SLOTID TYPE NUMERIC(10), ALTER STATUS TYPE SMALLINT",
    "ALTER TABLE CCALMAPS ALTER MAPDATE TYPE DATE USING NULL",
    "ALTER TABLE WEEKSTRUCTURE ALTER STARTDATE TYPE TIMESTAMP USING NULL",
    "CREATE DOMAIN CODE AS VARCHAR(12); ALTER TABLE TIMETABLE ALTER ROOMID TYPE CODE",
    "ALTER TABLE TIMETABLE ALTER CAPACITY TYPE DOUBLE PRECISION",
)
UNREADABLE = {
    "TIMETABLE.SLOTID": ("DOUBLE PRECISION", "double precision", "a number (smallint, integer, bigint, numeric)"),
    "TIMETABLE.WEEKDAY": ("TEXT", "text", "a number (smallint, integer, bigint, numeric)"),
    "TIMETABLE.DATECHANGED": ("TIMESTAMP USING NULL", "timestamp without time zone", "text"),
    "CCALMAPS.MAPDATE": (
        "TIMESTAMPTZ USING NULL",
        "timestamp with time zone",
        "a date, a timestamp without time zone, or text",
    ),
    "MODULE.NAME": ("BYTEA USING NULL", "bytea", "text"),
}


@pytest.mark.parametrize("statement", READABLE)
def test_postgresql_installs_where_every_type_can_be_read(bare: Database, statement: str) -> None:
    with bare.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert install_postgresql(bare, SQL)
    assert bare.read(unreadable_types) == bare.read(timetable_lacks) == []


@pytest.mark.parametrize("column", UNREADABLE)
def test_postgresql_does_not_install_where_a_column_cannot_be_read_and_names_it(
    bare: Database, column: str
) -> None:
    kind, called, wanted = UNREADABLE[column]
    table, name = column.split(".")
    with bare.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} ALTER {name} TYPE {kind}")
    with pytest.raises(SchemaMismatch) as raised:
        install_postgresql(bare, SQL)
    assert raised.value.message == f"Column {column} has the type {called}, and would have to be {wanted}."


def test_an_edit_on_postgresql_with_a_number_of_another_type_is_told_as_lost(cmis: Cmis) -> None:
    cmis.conn.exec_driver_sql("DROP TRIGGER STT_ECHO_TIMETABLE_UPDATE ON TIMETABLE")
    cmis.conn.exec_driver_sql("ALTER TABLE TIMETABLE ALTER STATUS TYPE TEXT, ALTER SLOTID TYPE DOUBLE PRECISION")
    cmis.lesson(status="2")
    assert [error[:4] for error in cmis.errors()] == [("TIMETABLE", "INSERT", SETID, 1)]
    assert [one.name for one in unreadable_types(cmis.conn)] == ["TIMETABLE.SLOTID", "TIMETABLE.STATUS"]
