"""Worlds for the tests of the worker: a database with the small university, copied for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.databases.cmis import Cmis
from tests.databases.conftest import postgres as postgres
from tests.databases.engines import Opener, fresh_sqlite
from tests.worker import other_worlds
from tests.worker.campus import fill_university
from tests.worker.guarded import fill
from tests.worker.world import World

WATCH = (
    "CREATE TABLE TEST_STATUS_STEP (KIND TEXT, ID INTEGER, OLD TEXT, NEW TEXT)",
    "CREATE TRIGGER TEST_QUEUE AFTER UPDATE OF STATUS ON STT_ECHO_QUEUE WHEN OLD.STATUS <> NEW.STATUS"
    " BEGIN INSERT INTO TEST_STATUS_STEP VALUES ('QUEUE', NEW.ID, OLD.STATUS, NEW.STATUS); END",
    "CREATE TRIGGER TEST_NOTIFICATION AFTER UPDATE OF STATUS ON STT_ECHO_NOTIFICATION"
    " WHEN OLD.STATUS <> NEW.STATUS"
    " BEGIN INSERT INTO TEST_STATUS_STEP VALUES ('NOTIFICATION', NEW.ID, OLD.STATUS, NEW.STATUS); END",
)
"""Every step of a status is written down."""


@pytest.fixture(scope="session")
def university(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the year filled in and every step of a status written down."""
    folder = tmp_path_factory.mktemp("university")
    database = fresh_sqlite(folder)
    with database.engine.begin() as connection:
        fill_university(Cmis(connection))
        for statement in WATCH:
            connection.execute(text(statement))
    database.close()
    return folder / "fresh.sqlite"


ON_FILE = frozenset(
    f"tests.worker.test_{one}"
    for one in ("quiet_edits", "commands", "pauses", "recovery", "room_features", "thread")
)
"""Tests that run on a database file through SQLAlchemy; all others on the same statements in memory."""


ON_SERVER = frozenset(
    f"tests.worker.test_{one}"
    for one in ("quiet_edits", "commands", "pauses", "clashes", "recovery", "overtaken", "room_features")
)
"""Tests that run on a server as well. Take-overs on a server are played with processes by
`tests.databases.failover`: the hours of `test_takeover` are too many statements for one."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Which databases the worlds of a test have."""
    if "world" in metafunc.fixturenames and metafunc.module.__name__ in ON_SERVER:
        metafunc.parametrize("world", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def server_university(postgres: Path) -> Opener:
    """The same on a server."""
    return other_worlds.university(postgres)


@pytest.fixture
def world(university: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., World]]:
    """Makes worlds that are ended with the test."""
    kind: type[World] = other_worlds.FileWorld if request.module.__name__ in ON_FILE else World
    template: Path | Opener = university
    if getattr(request, "param", "sqlite") == "postgresql":
        kind, template = other_worlds.ServerWorld, request.getfixturevalue("server_university")
    with ExitStack() as stack:

        def make(**wishes: Any) -> World:
            folder = tmp_path / str(len(list(tmp_path.iterdir())))
            folder.mkdir()
            return stack.enter_context(kind(template, folder, **wishes))

        yield make


@pytest.fixture
def w(world: Callable[..., World]) -> World:
    """Two hundred bookings ahead; everything stands."""
    made = world()
    fill(made)
    return made
