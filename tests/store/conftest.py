"""A fresh database for each test, and books of one transaction on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from echodesk.main import AllBooks, Office
from tests.databases.cmis import Cmis
from tests.databases.engines import Opener, fresh_sqlite, sqlite_by_copy
from tests.worker.campus import fill_university

T = TypeVar("T")
Within = Callable[[Callable[[AllBooks], T]], T]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def opener(request, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opener]:
    """Opens copies of a database with the small university."""
    folder = tmp_path_factory.mktemp("store")
    if request.param == "sqlite":
        database = fresh_sqlite(folder)
        with database.engine.begin() as connection:
            fill_university(Cmis(connection))
        database.close()
        yield sqlite_by_copy(folder / "fresh.sqlite")
        return
    from tests.databases import postgres
    with postgres.server() as socket:
        database = postgres.fresh(socket, "university")
        with database.engine.begin() as connection:
            fill_university(Cmis(connection))
        database.close()
        yield postgres.by_copy(socket, "university")


@pytest.fixture
def office(opener: Opener, tmp_path: Path) -> Iterator[Office]:
    """The small university's database."""
    made = Office(opener(tmp_path))
    yield made
    made.close()
