"""A fresh database of each engine with one live year, everything that a lesson needs, and no lesson; the optional
triggers are there as well."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from echodesk.store.connection import Schemas
from echodesk.store.database import Database
from echodesk.store.health import mend
from tests.databases import mariadb as mariadb_server
from tests.databases import ora2pg, oracle_server
from tests.databases import postgres as postgres_server
from tests.databases.cmis import Cmis, fill_live
from tests.databases.engines import SQL, Opener, fresh_sqlite, marked, sqlite_by_copy
from tests.databases.oracle_server import OneSchema
from tests.databases.postgres import NEEDED, ByCopy

ENGINES = {
    "sqlite": "sqlite_opener",
    "postgresql": "postgresql_opener",
    "mariadb-oracle-mode": "mariadb_opener",
    "ora2pg-postgresql": "ora2pg_opener",
    "oracle": "oracle_opener",
}
"""The engines of the contract, and the fixture that opens each."""
OPENERS = {**ENGINES, "postgresql-bigint": "bigint_opener", "postgresql-numeric": "numeric_opener"}
"""The same, and what a copy of the timetable makes of Oracle's NUMBER: BIGINT (as ora2pg does) or NUMERIC."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """The socket of a server of one's own; skipped where there is none, unless it must be there."""
    _must_be_there("postgresql", postgres_server.absent())
    with postgres_server.server() as socket:
        yield socket


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Path]:
    """The same of MariaDB in its Oracle mode."""
    _must_be_there("mariadb", mariadb_server.absent())
    with mariadb_server.server() as socket:
        yield socket


def _must_be_there(engine: str, reason: str) -> None:
    if reason and engine in os.environ.get(NEEDED, ""):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def sqlite_opener(tmp_path_factory: pytest.TempPathFactory) -> Opener:
    """Opens SQLite databases with the year filled in."""
    folder = tmp_path_factory.mktemp("sqlite")
    database = fresh_sqlite(folder)
    mend(database, SQL, Schemas(), room_features=True)
    _fill(database)
    return sqlite_by_copy(folder / "fresh.sqlite")


@pytest.fixture(scope="session")
def postgresql_opener(postgres: Path) -> Iterator[Opener]:
    """The same on PostgreSQL."""
    with closing(ByCopy(postgres, postgres_server.filled(postgres, "filled", _with_all_triggers))) as opening:
        yield opening


@pytest.fixture(scope="session")
def bigint_opener(postgres: Path) -> Iterator[Opener]:
    """The same where every number of the timetable is a BIGINT."""
    name = postgres_server.filled(postgres, "filled_bigint", _with_all_triggers, "BIGINT")
    with closing(ByCopy(postgres, name, "bigint_copy")) as opening:
        yield opening


@pytest.fixture(scope="session")
def numeric_opener(postgres: Path) -> Iterator[Opener]:
    """The same where every number of the timetable is a NUMERIC."""
    name = postgres_server.filled(postgres, "filled_numeric", _with_all_triggers, "NUMERIC")
    with closing(ByCopy(postgres, name, "numeric_copy")) as opening:
        yield opening


@pytest.fixture(scope="session")
def mariadb_opener(mariadb: Path) -> Opener:
    """Makes the whole database anew for each test: that is quicker than looking after what a test left."""

    def open_new(_folder: Path) -> Database:
        _fill(mariadb_server.fresh(mariadb, "contract"))
        return mariadb_server.opened(mariadb, "contract")

    return open_new


@pytest.fixture(scope="session")
def ora2pg_opener(request: pytest.FixtureRequest) -> Iterator[Opener]:
    """PostgreSQL with what ora2pg made of Oracle's scripts."""
    _must_be_there("ora2pg", ora2pg.absent())
    socket: Path = request.getfixturevalue("postgres")
    _fill(ora2pg.fresh(socket, "converted"))
    with closing(ByCopy(socket, "converted", "converted_copy", ora2pg.opened)) as opening:
        yield opening


@pytest.fixture(scope="session")
def oracle_opener(oracle: None) -> Iterator[Opener]:
    """A schema of an Oracle that somebody has."""
    with closing(OneSchema(oracle_server.opened, _fill)) as opening:
        yield opening


@pytest.fixture(scope="session", params=[marked(one) for one in OPENERS])
def opener(request: pytest.FixtureRequest) -> Opener:
    """Opens databases of one engine, each with the year filled in."""
    found: Opener = request.getfixturevalue(OPENERS[request.param])
    return found


def _with_all_triggers(database: Database) -> None:
    mend(database, SQL, Schemas(), room_features=True)
    _fill(database)


def _fill(database: Database) -> None:
    with database.engine.begin() as conn:
        fill_live(Cmis(conn))
    database.close()


@pytest.fixture
def database(opener: Opener, tmp_path: Path) -> Iterator[Database]:
    """The database itself, for tests with several transactions."""
    made = opener(tmp_path)
    yield made
    made.close()


def _structure_changes(conn: Connection) -> list[str]:
    """Statements of this connection from now on that change tables, functions or triggers."""
    found: list[str] = []

    def look(_conn: object, _cursor: object, statement: str, *_others: object) -> None:
        if re.search(r"^\s*(ALTER|CREATE|DROP)\b", statement, re.IGNORECASE | re.MULTILINE):
            found.append(statement)

    event.listen(conn, "before_cursor_execute", look)
    return found


@pytest.fixture
def cmis(request: pytest.FixtureRequest, opener: Opener, tmp_path: Path) -> Iterator[Cmis]:
    """A timetabler within one transaction."""
    if isinstance(opener, ByCopy | OneSchema):
        with opener.shared(tmp_path).engine.connect() as conn, conn.begin() as transaction:
            structure = _structure_changes(conn)
            yield Cmis(conn)
            transaction.rollback()
            if structure:
                # A session may keep what it knew of a table whose change was taken back.
                conn.invalidate()
        return
    database: Database = request.getfixturevalue("database")
    with database.engine.begin() as conn:
        yield Cmis(conn)
