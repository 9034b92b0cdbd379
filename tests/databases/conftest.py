"""A fresh database of each engine with one live year, everything that a lesson needs, and no lesson."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from echodesk.store.database import Database
from tests.databases.cmis import Cmis, fill, fill_once, go_live
from tests.databases.engines import Opener, fresh_sqlite, sqlite_by_copy

ENGINES = ("sqlite",)


@pytest.fixture(scope="session", params=ENGINES)
def opener(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Opener:
    """Opens databases of one engine, each with the year filled in."""
    assert request.param == "sqlite"
    folder = tmp_path_factory.mktemp("sqlite")
    database = fresh_sqlite(folder)
    with database.engine.begin() as conn:
        cmis = Cmis(conn)
        fill_once(cmis)
        fill(cmis)
        go_live(cmis)
    database.close()
    return sqlite_by_copy(folder / "fresh.sqlite")


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
