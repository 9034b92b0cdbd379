"""A private PostgreSQL server: started by the tests that need one, on a socket in a folder of their own.

It listens on no port. PostgreSQL refuses to run as root, so that then everything is done as `postgres`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from pathlib import Path

from sqlalchemy import URL

from echodesk.store import postgresql_still, servers
from echodesk.store.database import Database
from tests.databases.engines import SQL, Opener

NEEDED = "ECHODESK_TEST_NEEDS"
"""In CI this names the engines whose absence is a failure and no reason to skip."""
USER = "postgres"
_NUMBERS = count(1)
"""Copies are numbered through: a fixture may be made again while databases of its first life are open."""
_FILLED = set[tuple[Path, str]]()
LOCKED = "locked"
"""The name of a database that asks for a password."""


@lru_cache(maxsize=1)
def programs() -> Path | None:
    """The folder with `initdb` and `pg_ctl`, None where no server is installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    found = debian[-1] if debian else Path(on_path) if on_path else None
    return found.parent if found is not None and (found.parent / "pg_ctl").exists() else None


def absent() -> str:
    """Why there is no server here, '' if there is one."""
    if programs() is None:
        return "PostgreSQL's server is not installed (Debian: postgresql-15)"
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return "PostgreSQL does not run as root, and there is no runuser"
    return ""


@contextmanager
def server(connections: int = 40) -> Iterator[Path]:
    """The folder of its socket, while it runs; it takes so many connections. Nothing of it stays."""
    folder = Path(tempfile.mkdtemp(prefix="echodesk-pg-"))
    try:
        folder.chmod(0o755)
        if os.geteuid() == 0:
            shutil.chown(folder, USER)
        data = folder / "data"
        # As in an office, texts sort by the rules of a language; SQLite's sort by their bytes.
        sorting = ("-E", "UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en-GB")
        _run("initdb", "-D", data, "-U", USER, "-A", "trust", *sorting, "-N")
        rights = data / "pg_hba.conf"
        rights.write_text(f"local {LOCKED} all scram-sha-256\n{rights.read_text()}")
        # What a test wrote may be lost with the machine's power, so nothing waits for the disk.
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        options += f" -c max_connections={connections}"
        _run("pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
        try:
            yield folder
        finally:
            _run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _run(program: str, *words: object) -> None:
    where = programs()
    if where is None:
        raise AssertionError(absent())
    before = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*before, str(where / program), *map(str, words)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        cwd="/",
    )
    if done.returncode:
        raise AssertionError(f"{program} failed: {done.stderr.strip()}")


def opened(socket: Path, name: str) -> Database:
    """A database of this server."""
    return at(f"postgresql+psycopg://{USER}@/{name}?host={socket}")


def at(address: URL | str) -> Database:
    """The database at an address, asked nothing yet."""
    return Database(servers.open_postgresql(address, SQL))


def script(name: str) -> str:
    """One of the files that an administrator runs."""
    return (SQL / "postgresql" / f"{name}.sql").read_text(encoding="utf-8")


def run_script(database: Database, name: str) -> None:
    """Run a file as `psql -1 -f` would: whole or not at all."""
    with database.engine.begin() as connection:
        postgresql_still.run_script(connection, script(name))


def fresh(socket: Path, name: str, numbers: str = "") -> Database:
    """A new database with everything installed; the timetable's numbers are of the type `numbers`, if given."""
    database = timetable(socket, name, numbers)
    servers.install_postgresql(database, SQL)
    return database


def timetable(socket: Path, name: str, numbers: str = "") -> Database:
    """The same without EchoDesk."""
    run_statement(socket, f"CREATE DATABASE {name}")
    database = opened(socket, name)
    with database.engine.begin() as connection:
        made = script("cmis")
        postgresql_still.run_script(
            connection, re.sub(r"\b(?:INTEGER|BIGINT)\b", numbers, made) if numbers else made
        )
    return database


def filled(socket: Path, name: str, fill: Callable[[Database], None], numbers: str = "") -> str:
    """The name of a database for others to be copies of: made and filled once for each server."""
    if (socket, name) not in _FILLED:
        database = fresh(socket, name, numbers)
        fill(database)
        database.close()
        _FILLED.add((socket, name))
    return name


class _Copy(Database):
    """A database that is gone when it is closed: hundreds of them would take a minute to clear away at the end."""

    def __init__(self, database: Database, socket: Path, name: str) -> None:
        super().__init__(database.engine)
        self._socket, self._name = socket, name

    def close(self) -> None:
        """Close it, and drop it."""
        super().close()
        run_statement(self._socket, f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")


class ByCopy:
    """Opens databases that are copies of one; it is an `Opener`.

    Copying takes longer than most tests. Where whatever a test does can be taken back, all share one copy.
    """

    def __init__(
        self, socket: Path, template: str, name: str = "copy", opening: Callable[[Path, str], Database] = opened
    ) -> None:
        self._socket, self._template, self._name, self._opening = socket, template, name, opening
        self._shared: Database | None = None

    def __call__(self, _folder: Path) -> Database:
        made = f"{self._name}_{next(_NUMBERS)}"
        run_statement(self._socket, f"CREATE DATABASE {made} TEMPLATE {self._template} STRATEGY FILE_COPY")
        return _Copy(self._opening(self._socket, made), self._socket, made)

    def shared(self, folder: Path) -> Database:
        """Always the same copy, for who takes back what is done to it."""
        self._shared = self._shared or self(folder)
        return self._shared

    def close(self) -> None:
        """Close the one that was shared."""
        if self._shared is not None:
            self._shared.close()


def by_copy(socket: Path, template: str, name: str = "copy") -> Opener:
    """Later databases are copies of the first."""
    return ByCopy(socket, template, name)


def run_statement(socket: Path, statement: str) -> None:
    """One statement outside of any transaction, by the owner of everything."""
    admin = opened(socket, "postgres")
    try:
        with admin.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(statement)
    finally:
        admin.close()
