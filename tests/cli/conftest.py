"""The command line in this process and in others, on the database of a small generated timetable."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from echodesk.cli import exit_code
from echodesk.demo.stage import SEED_FILE, Wish
from echodesk.demonstration import open_demonstration
from echodesk.paths import DATABASE
from echodesk.simulator.process import SimulatorProcess
from tests.cli.servers import ServedOffice, make_template, served_office
from tests.databases.conftest import postgres as postgres
from tests.demo.csv_folder import HEADING, write_folder

LESSONS = (
    HEADING + "a1,ENGL1003,LC01,l1,B1 Hall,1,09:00,10:00,1 2 3\n"
    "a2,MATH2,TU03,l7,B2-7,5,10:30,12:00,1 3\n"
    "a3,MATH2,TU03,l7,B1 Hall,1,09:30,10:30,2\n"
    "a4,MATH2,TU03,l7,,2,10:30,12:00,3 1\n"
)
CLIENT_ID = "an-id-of-the-tests"
CLIENT_SECRET = "a-secret-of-the-tests"
CREDENTIALS = {"ECHODESK_ECHO360_CLIENT_ID": CLIENT_ID, "ECHODESK_ECHO360_CLIENT_SECRET": CLIENT_SECRET}
HALL, SMALL, CLASHING, ROOMLESS = 100001, 100002, 100003, 100004
"""Slot ids of the four lessons; CLASHING overlaps HALL in week 2."""


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one line of JSON that it must be."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def error(self) -> Any:
        """The error in it."""
        return self.json["error"]


Run = Callable[..., Said]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process."""

    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level

    def running(*words: object) -> Said:
        capsys.readouterr()
        code = exit_code([str(word) for word in words])
        said = capsys.readouterr()
        # The log of a command ends with its process; here the process goes on.
        for handler in [one for one in root.handlers if one not in handlers]:
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
        return Said(code, said.out, said.err)

    return running


def spawn(*words: object, **more: Any) -> subprocess.Popen[str]:
    """A command in a process of its own, which does not know who called it."""
    environment = {"PYTHONPATH": str(Path(__file__).parents[2]), **os.environ, **more.pop("environment", {})}
    return subprocess.Popen(
        [sys.executable, "-m", "echodesk", *map(str, words)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        **more,
    )


def alone(*words: object, timeout_s: float = 60.0, **more: Any) -> Said:
    """Runs a command in a process of its own to its end."""
    with spawn(*words, **more) as child:
        try:
            out, err = child.communicate(timeout=timeout_s)
        finally:
            child.kill()
    return Said(child.returncode, out, err)


def until(found: Callable[[], bool], within_s: float, what: str) -> None:
    """Ask again and again until it is so; fails the test at the deadline."""
    deadline = time.monotonic() + within_s
    while not found():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {within_s:g} s: {what}")
        time.sleep(0.05)


@pytest.fixture(scope="session")
def csv_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A timetable of four lessons in CSV."""
    return write_folder(tmp_path_factory.mktemp("csv"), lessons=LESSONS)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, csv_folder: Path) -> Path:
    """A data folder with that timetable, nothing sent yet. Shared: read it, or copy it with `folder`."""
    folder = tmp_path_factory.mktemp("filled")
    office, _stage = open_demonstration(folder, Wish(timetable=csv_folder))
    office.close()
    return folder


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Path:
    """A data folder of one's own, with nobody sending."""
    return Path(shutil.copytree(filled, tmp_path / "data"))


@pytest.fixture
def echo360(folder: Path) -> Iterator[str]:
    """The address of a simulator that knows the rooms of the timetable."""
    options = ["--seed-file", str(folder / SEED_FILE), "--calls-per-minute", "0"]
    with SimulatorProcess.start(options, client_id=CLIENT_ID, client_secret=CLIENT_SECRET) as simulator:
        yield simulator.address.url


def content(folder: Path) -> list[str]:
    """Everything in the database, but for the list of commands that were asked for and refused."""
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        return [
            line
            for line in connection.iterdump()
            if not line.startswith(('INSERT INTO "STT_ECHO_COMMAND"', 'INSERT INTO "sqlite_sequence"'))
        ]


@pytest.fixture
def sql(folder: Path) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """Looks into the database, or changes it as nobody should."""
    with closing(sqlite3.connect(folder / DATABASE, timeout=10.0, isolation_level=None)) as connection:

        def execute(statement: str, *values: object) -> list[tuple[Any, ...]]:
            return connection.execute(statement, values).fetchall()

        yield execute


@pytest.fixture(scope="session")
def served_template(postgres: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The socket of a server on which an office's database waits to be copied."""
    make_template(postgres, tmp_path_factory.mktemp("template"))
    return postgres


@pytest.fixture
def served(served_template: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[ServedOffice]:
    """An office of one's own on that server."""
    name = f"office_{zlib.crc32(request.node.nodeid.encode())}"
    with served_office(served_template, name, tmp_path / "office") as office:
        yield office
