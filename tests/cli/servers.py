"""An office whose database is on PostgreSQL: the timetable in one schema, EchoDesk's tables in another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine

from echodesk.main import data_folder
from echodesk.paths import sql_folder
from echodesk.store.connection import Schemas, checked_connection, keep_connection
from echodesk.store.opening import DataFolder
from echodesk.store.postgresql_still import run_script
from tests.databases import postgres
from tests.databases.cmis import Cmis
from tests.worker.campus import fill_university

SCHEMAS = Schemas("echodesk", "cmis")
TEMPLATE = "an_office"


@dataclass
class ServedOffice:
    """A data folder, and the database that it names, on a private server."""

    socket: Path
    database: str
    folder: Path

    def url(self, user: str = postgres.USER) -> str:
        """The database's address for a user."""
        return f"postgresql+psycopg://{user}@/{self.database}?host={quote(str(self.socket), safe='')}"

    def connect(self, user: str = postgres.USER, folder: Path | None = None) -> Path:
        """Write the data folder's file, or another's, for this user; returns the folder."""
        chosen = self.folder if folder is None else folder
        keep_connection(chosen, checked_connection(self.url(user), SCHEMAS.own, SCHEMAS.timetable))
        return chosen

    @cached_property
    def administrator(self) -> Engine:
        """The owner of everything."""
        return engine(self.url(), SCHEMAS.path)

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """One statement of the administrator's."""
        with self.administrator.begin() as connection:
            done = connection.exec_driver_sql(statement)
            return [tuple(row) for row in done] if done.returns_rows else []

    @contextmanager
    def opened(self) -> Iterator[Connection]:
        """One transaction as EchoDesk opens its database."""
        database = data_folder(self.folder).opened()
        try:
            with database.engine.begin() as connection:
                yield connection
        finally:
            database.close()

    @contextmanager
    def timetabler(self, user: str = "timetabler") -> Iterator[Cmis]:
        """One transaction of somebody who knows the timetable's schema alone."""
        made = engine(self.url(user), SCHEMAS.timetable)
        try:
            with made.begin() as connection:
                yield Cmis(connection)
        finally:
            made.dispose()

    def close(self) -> None:
        """Give every connection back."""
        self.administrator.dispose()


def engine(url: str, path: str) -> Engine:
    """A plain engine, as other programs have one."""
    return create_engine(url, connect_args={"options": f"-c search_path={path}"})


def make_template(socket: Path, folder: Path) -> None:
    """The database that every test gets a copy of: a small university, EchoDesk installed, people."""
    postgres.run_statement(socket, f"CREATE DATABASE {TEMPLATE}")
    office = ServedOffice(socket, TEMPLATE, folder)
    office.connect()
    office.run("CREATE SCHEMA cmis")
    with office.timetabler(postgres.USER) as cmis:
        run_script(cmis.conn, postgres.script("cmis"))
    DataFolder(folder, sql_folder(), lambda _: "").install()
    with office.administrator.begin() as connection:
        fill_university(Cmis(connection))
        run_script(connection, postgres.script("grants"))
        _make_people(connection)
    office.close()


def _make_people(connection: Connection) -> None:
    for statement in (
        "CREATE ROLE ann LOGIN IN ROLE echodesk_worker",
        "CREATE ROLE board LOGIN IN ROLE echodesk_reader",
        "CREATE ROLE timetabler LOGIN",
        "GRANT USAGE ON SCHEMA cmis TO timetabler",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TIMETABLE, ROOMREQUESTS TO timetabler",
    ):
        connection.exec_driver_sql(statement)


@contextmanager
def served_office(socket: Path, name: str, folder: Path) -> Iterator[ServedOffice]:
    """A copy of the template, gone at the end."""
    postgres.run_statement(socket, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    office = ServedOffice(socket, name, folder)
    office.connect()
    try:
        yield office
    finally:
        office.close()
        postgres.run_statement(socket, f"DROP DATABASE {name} WITH (FORCE)")
