"""The database of a data folder, whichever that is: opened, installed, brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from echodesk import paths
from echodesk.store.connection import ORACLE, Connection, Schemas, connection_of
from echodesk.store.database import (
    BUSY_TIMEOUT_S,
    ROOM_FEATURES,
    Database,
    check_installed,
    check_schema,
    install_sqlite,
    open_sqlite,
    sqlite_script,
)
from echodesk.store.health import mend
from echodesk.store.upgrading import Upgraded, upgrade_sqlite

PARTS: Mapping[str, Sequence[str]] = {
    "sqlite": ("install", "uninstall", ROOM_FEATURES),
    "postgresql": ("install", "uninstall", "grants", ROOM_FEATURES),
    "oracle": ("install", "upgrade", "uninstall", "grants", "watching", ROOM_FEATURES),
}
"""The scripts of each engine. SQLite has no users, and nobody but Oracle hides its triggers."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation did."""

    new: bool
    """The tables were not there."""
    mended: list[str]
    """What was missing, or another, and holds nothing: made anew."""


class DataFolder:
    """What a data folder says about its database. Raises `WrongUse` if that cannot be read.

    The password of a database on a server, '' for none, is asked for when it is opened.
    """

    def __init__(self, folder: Path, sql_folder: Path, password: Callable[[Connection], str]) -> None:
        self.folder = folder
        self._sql_folder = sql_folder
        self._password = password
        self.connection = connection_of(folder)

    @property
    def engine(self) -> str:
        """sqlite, postgresql or oracle."""
        return "sqlite" if self.connection is None else self.connection.server.name

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

    def install(self, *, room_features: bool = False) -> Installed:
        """Make tables and triggers; where they are, make triggers and indexes that are not as they should be anew.

        With `room_features` the optional triggers on ROOMFEATURES as well; on Oracle an administrator makes them.
        Raises `DatabaseTrouble` or `SchemaMismatch`.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        database = self._database(create=True)
        try:
            if self.engine == "oracle":
                from echodesk.store.installing_oracle import install_oracle

                new = install_oracle(database, self._sql_folder, self._schemas("oracle"))
            elif self.engine == "postgresql":
                from echodesk.store.servers import install_postgresql

                new = install_postgresql(database, self._sql_folder, self._schemas("postgresql"))
            else:
                new = install_sqlite(database, self._sql_folder)
            if new and not room_features:
                return Installed(new, [])
            schemas = self._schemas(self.engine)
            return Installed(new, mend(database, self._sql_folder, schemas, room_features=room_features))
        finally:
            database.close()

    def upgrade(self) -> Upgraded:
        """Bring an earlier version's tables up to date. Raises `DatabaseTrouble` or `SchemaMismatch`."""
        database = self._database()
        try:
            check_installed(database)
            if self.engine == "oracle":
                from echodesk.store.installing_oracle import upgrade_oracle

                return upgrade_oracle(database, self._sql_folder, self._schemas("oracle"))
            if self.engine == "postgresql":
                from echodesk.store.upgrading_postgresql import upgrade_postgresql

                return upgrade_postgresql(database, self._sql_folder)
            return upgrade_sqlite(database, self._file, self._sql_folder)
        finally:
            database.close()

    def script(self, engine: str, part: str) -> str:
        """The SQL of one of the `PARTS` of an engine, for people to read or to run."""
        if engine == "oracle":
            from echodesk.store.oracle_script import script_of

            return script_of(self._sql_folder, part, self._schemas(engine))
        if engine == "postgresql":
            from echodesk.store.servers import postgresql_part

            return postgresql_part(self._sql_folder, part, self._schemas(engine))
        if part == "install":
            return sqlite_script(self._sql_folder)
        return (self._sql_folder / "sqlite" / f"{part}.sql").read_text(encoding="utf-8")

    def _schemas(self, engine: str) -> Schemas:
        """Those of this office, or what most offices call them where it uses another engine."""
        if self.connection is not None and self.connection.server.name == engine:
            return self.connection.schemas
        return ORACLE.schemas if engine == "oracle" else Schemas()

    def _database(self, *, create: bool = False, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Database:
        if self.connection is None:
            return Database(open_sqlite(self._file, create=create, busy_timeout_s=busy_timeout_s))
        address, schemas = self.connection.address(self._password(self.connection)), self.connection.schemas
        # What speaks to a server takes a while to load, and most folders have none.
        if self.engine == "oracle":
            from echodesk.store.oracle import open_oracle

            return Database(open_oracle(address, self._sql_folder, schemas.own))
        from echodesk.store.servers import open_postgresql

        return Database(open_postgresql(address, self._sql_folder, schemas, busy_timeout_s))
