"""The database of a data folder, whichever that is: opened, installed, brought up to date."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from echodesk import paths
from echodesk.store.connection import Schemas, connection_of
from echodesk.store.database import (
    BUSY_TIMEOUT_S,
    Database,
    check_installed,
    check_schema,
    install_sqlite,
    open_sqlite,
    sqlite_script,
)
from echodesk.store.health import mend
from echodesk.store.upgrading import Upgraded, upgrade_sqlite

PARTS = ("install", "uninstall", "grants")
ON_A_SERVER = ("grants",)
"""SQLite has no users."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation did."""

    new: bool
    """The tables were not there."""
    mended: list[str]
    """What was missing, or another, and holds nothing: made anew."""


class DataFolder:
    """What a data folder says about its database. Raises `WrongUse` if that cannot be read."""

    def __init__(self, folder: Path, sql_folder: Path, password: str) -> None:
        self.folder = folder
        self._sql_folder = sql_folder
        self._password = password
        self.connection = connection_of(folder)

    @property
    def engine(self) -> str:
        """sqlite or postgresql."""
        return "sqlite" if self.connection is None else "postgresql"

    @property
    def name(self) -> str:
        """The database's file, or its address (in which there is no password)."""
        return str(self._file) if self.connection is None else self.connection.url

    @property
    def _file(self) -> Path:
        return self.folder / paths.DATABASE

    def opened(self, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Database:
        """The database, with tables of this version. Raises `DatabaseTrouble` or `SchemaMismatch`."""
        database = self._database(busy_timeout_s=busy_timeout_s)
        try:
            check_schema(database)
        except BaseException:
            database.close()
            raise
        return database

    def install(self) -> Installed:
        """Make tables and triggers; where they are, make triggers and indexes that are not as they should be anew.

        Raises `DatabaseTrouble` or `SchemaMismatch`.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        database = self._database(create=True)
        try:
            if self.connection is None:
                new = install_sqlite(database, self._sql_folder)
            else:
                from echodesk.store.servers import install_postgresql

                new = install_postgresql(database, self._sql_folder, self.connection.schemas)
            return Installed(new, [] if new else mend(database, self._sql_folder))
        finally:
            database.close()

    def upgrade(self) -> Upgraded:
        """Bring an earlier version's tables up to date. Raises `DatabaseTrouble` or `SchemaMismatch`."""
        database = self._database()
        try:
            check_installed(database)
            if self.connection is not None:
                from echodesk.store.upgrading_postgresql import upgrade_postgresql

                return upgrade_postgresql(database, self._sql_folder)
            return upgrade_sqlite(database, self._file, self._sql_folder)
        finally:
            database.close()

    def script(self, engine: str, part: str) -> str:
        """The SQL of one of `PARTS` for sqlite or postgresql, for people to read or to run."""
        if engine == "postgresql":
            from echodesk.store.servers import postgresql_part

            return postgresql_part(
                self._sql_folder, part, self.connection.schemas if self.connection else Schemas()
            )
        if part == "install":
            return sqlite_script(self._sql_folder)
        return (self._sql_folder / "sqlite" / f"{part}.sql").read_text(encoding="utf-8")

    def _database(self, *, create: bool = False, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Database:
        if self.connection is None:
            return Database(open_sqlite(self._file, create=create, busy_timeout_s=busy_timeout_s))
        # What speaks to a server takes a while to load, and most folders have none.
        from echodesk.store.servers import open_postgresql

        address = self.connection.address(self._password)
        return Database(open_postgresql(address, self._sql_folder, self.connection.schemas, busy_timeout_s))
