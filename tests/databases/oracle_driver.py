"""A driver of Oracle's behind which there is no server: it notes what it is asked, and answers as it was told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import oracledb
from sqlalchemy import create_engine

from echodesk.store.database import Database
from echodesk.store.oracle import set_up_oracle
from tests.databases.engines import SQL


@dataclass
class Told:
    """What oracledb tells of an error."""

    full_code: str


@dataclass
class Var:
    """What a statement writes into."""

    values: list[Any] = field(default_factory=list)

    def getvalue(self) -> list[Any]:
        """As oracledb gives it of RETURNING: a list, of as many rows as were changed."""
        return self.values


@dataclass
class Driver:
    """A connection of the driver, which notes what it is asked."""

    asked: list[tuple[str, Any]] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    returns: list[list[Any]] = field(default_factory=list)
    """For each column that is returned, its values."""
    answers: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    """Part of a question → the rows of its answer; the first that fits."""
    refuses: dict[str, str] = field(default_factory=dict)
    """How a statement begins → the code with which it is refused."""
    heals: dict[str, tuple[str, list[tuple[Any, ...]]]] = field(default_factory=dict)
    """How a statement begins → the answer that is another one from then on."""
    silent: bool = False
    """It does not answer the next question."""
    call_timeout: int = 0
    timeouts: list[int] = field(default_factory=list)
    version: str = "19.3.0.0.0"
    outputtypehandler: Any = None
    operation_callback: Any = None
    round_trip_callback: Any = None

    def cursor(self) -> Cursor:
        """To ask through."""
        return Cursor(self)

    def commit(self) -> None:
        """Kept."""
        self.asked.append(("COMMIT", None))

    def rollback(self) -> None:
        """Not kept."""
        self.asked.append(("ROLLBACK", None))

    def close(self) -> None:
        """Gone."""


@dataclass
class Cursor:
    """Notes what is asked."""

    driver: Driver
    description: list[Any] | None = None
    rowcount: int = 1
    outputtypehandler: Any = None
    vars: list[Var] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def __enter__(self) -> Cursor:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def var(self, _kind: Any, *_sizes: Any, **_more: Any) -> Var:
        """One of a statement's own binds."""
        self.vars.append(Var())
        return self.vars[-1]

    def setinputsizes(self, **_sizes: Any) -> None:
        """Nothing is sent here."""

    def execute(self, said: str, given: Any = None) -> None:
        """Noted; what is returned is filled in, and what is answered lies ready."""
        self.driver.timeouts.append(self.driver.call_timeout)
        self.driver.asked.append((said, {} if given is None else dict(given)))
        for begin, code in self.driver.refuses.items():
            if said.lstrip().startswith(begin):
                raise oracledb.DatabaseError(Told(code))
        for begin, (part, rows) in self.driver.heals.items():
            if said.startswith(begin):
                self.driver.answers[part] = rows
        if self.driver.silent:
            self.driver.silent = False
            raise oracledb.DatabaseError("DPY-4024: call timeout of 5000 ms exceeded")
        for var, values in zip(self.vars, self.driver.returns, strict=False):
            var.values = values
        found = next((rows for part, rows in self.driver.answers.items() if part in said), None)
        if found is not None:
            width = len(found[0]) if found else said.split("FROM")[0].count(",") + 1
            self.description = [(f"C{at}", None, None, None, None, None, None) for at in range(width)]
            self.rows = list(found)

    def parse(self, said: str) -> None:
        """Read, and not carried out."""
        self.driver.read.append(said)
        for part, code in self.driver.refuses.items():
            if part in said:
                raise oracledb.DatabaseError(Told(code))

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        return self.rows.pop(0) if self.rows else None

    def fetchmany(self, size: int = 100) -> list[tuple[Any, ...]]:
        """Some rows more."""
        taken, self.rows = self.rows[:size], self.rows[size:]
        return taken

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All that are left."""
        return self.fetchmany(len(self.rows))

    def close(self) -> None:
        """Gone."""


def opened_on(driver: Driver, url: str = "oracle+oracledb://") -> Database:
    """A database on this connection, through SQLAlchemy's dialect, as if it had asked its own first questions."""
    engine = create_engine(url, creator=lambda: driver, pool_pre_ping=True, _initialize=False)
    engine.dialect.default_schema_name = "echodesk"
    engine.dialect.server_version_info = (19, 3, 0, 0, 0)
    set_up_oracle(engine, SQL, "echodesk")
    return Database(engine)
