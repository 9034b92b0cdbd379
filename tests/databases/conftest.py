"""A fresh database of each engine with one live year, everything that a lesson needs, and no lesson."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from echodesk.store.database import Database
from tests.databases.cmis import Cmis, fill, fill_once, go_live
from tests.databases.engines import Opener, fresh_sqlite, sqlite_by_copy
from tests.databases.postgres import NEEDED, absent, by_copy, fresh, server

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """The socket of a server of one's own; skipped where there is none, unless it must be there."""
    reason = absent()
    if reason and "postgresql" in os.environ.get(NEEDED, ""):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    with server() as socket:
        yield socket


@pytest.fixture(scope="session")
def sqlite_opener(tmp_path_factory: pytest.TempPathFactory) -> Opener:
    """Opens SQLite databases with the year filled in."""
    folder = tmp_path_factory.mktemp("sqlite")
    database = fresh_sqlite(folder)
    _fill(database)
    return sqlite_by_copy(folder / "fresh.sqlite")


@pytest.fixture(scope="session", params=ENGINES)
def opener(request: pytest.FixtureRequest) -> Opener:
    """Opens databases of one engine, each with the year filled in."""
    if request.param == "sqlite":
        found: Opener = request.getfixturevalue("sqlite_opener")
        return found
    socket: Path = request.getfixturevalue("postgres")
    database = fresh(socket, "filled")
    _fill(database)
    return by_copy(socket, "filled")


def _fill(database: Database) -> None:
    with database.engine.begin() as conn:
        cmis = Cmis(conn)
        fill_once(cmis)
        fill(cmis)
        go_live(cmis)
    database.close()


@pytest.fixture
def database(opener: Opener, tmp_path: Path) -> Iterator[Database]:
    """The database itself, for tests with several transactions."""
    made = opener(tmp_path)
    yield made
    made.close()


@pytest.fixture
def cmis(database: Database) -> Iterator[Cmis]:
    """A timetabler within one transaction."""
    with database.engine.begin() as conn:
        yield Cmis(conn)
