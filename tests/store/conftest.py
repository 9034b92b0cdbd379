"""A fresh database for each test, of each engine that holds a store, and books of one transaction on it.

A test that is about SQLite's own file says so: `@pytest.mark.parametrize("opener", ["sqlite"], indirect=True)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from echodesk.main import AllBooks, Office
from echodesk.store.database import Database
from tests.databases import oracle_server
from tests.databases import postgres as postgres_server
from tests.databases.cmis import Cmis
from tests.databases.conftest import postgres as postgres
from tests.databases.engines import Opener, fresh_sqlite, marked, sqlite_by_copy
from tests.databases.oracle_server import OneSchema
from tests.worker.campus import fill_university

T = TypeVar("T")
Within = Callable[[Callable[[AllBooks], T]], T]


@pytest.fixture(scope="session", params=[marked(one) for one in ("sqlite", "postgresql", "oracle")])
def opener(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Opener:
    """Opens copies of a database with the small university."""
    if request.param == "oracle":
        request.getfixturevalue("oracle")
        return OneSchema(oracle_server.opened, _fill)
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("store")
        _fill(fresh_sqlite(folder))
        return sqlite_by_copy(folder / "fresh.sqlite")
    socket: Path = request.getfixturevalue("postgres")
    return postgres_server.by_copy(socket, postgres_server.filled(socket, "university", _fill), "store")


def _fill(database: Database) -> None:
    with database.engine.begin() as connection:
        fill_university(Cmis(connection))
    database.close()


@pytest.fixture
def office(opener: Opener, tmp_path: Path) -> Iterator[Office]:
    """The small university's database."""
    made = Office(opener(tmp_path))
    yield made
    made.close()
