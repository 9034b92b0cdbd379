"""However long a table is, the screens find its newest rows, and those of a status or with a text, as quickly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from echodesk.main import Office
from echodesk.messages import Table, TableQuery
from echodesk.store.database import Database
from echodesk.store.screens import Tables
from tests.databases import postgres as postgres_server
from tests.databases.engines import fresh_sqlite
from tests.databases.large_tables import ASKED, TODAY, fill, first_page

SMALL, LARGE = 12_000, 24_000
TABLES = ("stt_echo_queue", "stt_echo_notification", "stt_echo_day_room")

Offices = dict[int, Office]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def offices(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    """The same office when its tables were short, and twice as long."""
    made: Offices = {}
    for rows in (SMALL, LARGE):
        if request.param == "sqlite":
            database = fresh_sqlite(tmp_path_factory.mktemp("large"))
        else:
            database = postgres_server.fresh(request.getfixturevalue("postgres"), f"rows_{rows}")
        fill(database, rows)
        made[rows] = Office(database)
    yield made
    for one in made.values():
        one.close()


def work(office: Office, table: Table, query: TableQuery) -> int:
    """How much the database does for a first page: steps of SQLite's machine, or rows that PostgreSQL reads."""
    if office.database.engine.dialect.name == "sqlite":
        with steps(office.database) as counted:
            first_page(office, table, query)
        return counted[0]
    with statements(office.database) as said:
        first_page(office, table, query)
    with office.database.engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).scalar_one()
            for sql, values in said
        ]
    plans = [one if isinstance(one, list) else json.loads(one) for one in found]
    return sum(rows_read(one[0]["Plan"]) for one in plans)


@contextmanager
def steps(database: Database) -> Iterator[list[int]]:
    """Counts what SQLite does, in tens of steps."""
    counted = [0]

    def one() -> int:
        counted[0] += 10
        return 0

    def on_checkout(raw: Any, *_: object) -> None:
        raw.set_progress_handler(one, 10)

    event.listen(database.engine, "checkout", on_checkout)
    try:
        yield counted
    finally:
        event.remove(database.engine, "checkout", on_checkout)
        database.engine.dispose()


@contextmanager
def statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Gathers what is asked of a server."""
    said: list[tuple[str, Any]] = []

    def on_execute(_c: object, _cursor: object, sql: str, values: Any, *_: object) -> None:
        said.append((sql, values))

    event.listen(database.engine, "before_cursor_execute", on_execute)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_cursor_execute", on_execute)


def rows_read(plan: dict[str, Any]) -> int:
    """The rows of the long tables that a plan read, kept or not."""
    read = 0
    if plan.get("Relation Name") in TABLES:
        read = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return read + sum(rows_read(one) for one in plan.get("Plans", ()))


@pytest.mark.parametrize("name", ASKED)
def test_twice_as_many_rows_are_no_more_work(offices: Offices, name: str) -> None:
    """A look at each of them would be a row more for each, and several steps."""
    small, large = (work(offices[rows], *ASKED[name]) for rows in (SMALL, LARGE))
    assert small > 0
    assert large - small < (LARGE - SMALL) / 2, (small, large)


def test_a_text_is_looked_for_in_the_newest_rows_and_it_is_said(offices: Offices) -> None:
    """Two changes are of lessons that end like this; the older is not among the newest 10,000."""
    found = first_page(offices[LARGE], Table.QUEUE, TableQuery("7101 2030/31"))
    assert ([row.key for row in found.upserts], found.cut) == ([17_100], True)
    found = first_page(offices[LARGE], Table.QUEUE, TableQuery("7101 2030/31", ("SUPERSEDED",)))
    assert ([row.key for row in found.upserts], found.cut) == ([17_100, 7_100], False)


def test_the_states_of_room_days_are_told_apart(offices: Offices) -> None:
    office = offices[LARGE]
    counts = dict(office.look(lambda books: Tables(books.connection).counts(Table.ROOM_DAYS, TODAY)))
    for state in ("open", "passed"):
        found = first_page(office, Table.ROOM_DAYS, TableQuery("", (state,)))
        assert len(found.upserts) == counts[state] > 0
        assert {row.state for row in found.upserts} == {state}  # type: ignore[union-attr]  # rows of room-days
