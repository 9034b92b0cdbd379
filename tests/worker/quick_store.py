"""The store's own statements on a database in memory, without what SQLAlchemy puts between: the same SQL, the same
triggers and the same SQLite in a third of the time.

One connection for everybody: under virtual time no two transactions are ever open at once. The real engine and
real files are in `tests/worker` and `tests/end_to_end`.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import ClauseElement, TextClause
from sqlalchemy.dialects import sqlite

from echodesk.main import Office
from echodesk.store.database import CommitCount, Database, open_sqlite
from tests.databases.engines import Opener
from tests.worker.virtual_time import VirtualLoop, database_time, give_database_time

T = TypeVar("T")

_DIALECT = sqlite.dialect(paramstyle="named")


_COMPILED: WeakKeyDictionary[ClauseElement, tuple[str, dict[str, Any]]] = WeakKeyDictionary()
"""What the store's statements are in SQLite's words; those of one moment are forgotten with it."""


class _HasLoop(Protocol):
    loop: VirtualLoop


class QuickStore(Database):
    """What `Database` is for the books, in memory: over a copy of a template, or of another one's `copy()`."""

    def __init__(self, template: Path | bytes, loop: VirtualLoop) -> None:
        self.engine = self  # type: ignore[assignment]  # it begins transactions, which is all that is asked of it
        self.commits = CommitCount()
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        source = _opened(template)
        source.backup(self._connection)
        source.close()
        for pragma in ("foreign_keys = ON", "recursive_triggers = ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        strftime, julianday = database_time(loop)
        self._connection.create_function("strftime", -1, strftime)
        self._connection.create_function("julianday", 1, julianday)
        self._quick = QuickConnection(self._connection)

    def read(self, books: Callable[[Any], T]) -> T:
        """One read transaction."""
        with self._transaction("BEGIN"):
            return books(self._quick)

    def write(self, books: Callable[[Any], T]) -> T:
        """One write transaction."""
        with self._transaction("BEGIN IMMEDIATE"):
            answer = books(self._quick)
        self.commits.value += 1
        return answer

    @contextmanager
    def begin(self) -> Iterator[QuickConnection]:
        """A timetabler's transaction, or a look of the test."""
        with self._transaction("BEGIN IMMEDIATE"):
            yield self._quick

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self._connection.execute(begin)
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def copy(self) -> bytes:
        """All of it, as it is now."""
        return self._connection.serialize()

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()


def _opened(template: Path | bytes) -> sqlite3.Connection:
    if isinstance(template, Path):
        return sqlite3.connect(template)
    source = sqlite3.connect(":memory:")
    # A copy that says of itself that it has a write-ahead log cannot be opened in memory (sqlite.org/fileformat2).
    source.deserialize(template[:18] + b"\x01\x01" + template[20:])
    return source


def on_file(world: _HasLoop, template: Path | Opener, folder: Path) -> Office:
    """The office's own engine, on a copy of a template on a file, and on virtual time."""
    if not isinstance(template, Path):
        raise TypeError("not a file")
    path = folder / "echodesk.sqlite"
    shutil.copyfile(template, path)
    engine = open_sqlite(path)
    give_database_time(engine, world.loop)
    return Office(Database(engine))


class QuickConnection:
    """As much of an SQLAlchemy connection as the store uses."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.connection = self
        self.driver_connection = connection
        self.dialect = _DIALECT

    def _compiled(self, statement: ClauseElement) -> tuple[str, dict[str, Any]]:
        found = _COMPILED.get(statement)
        if found is None:
            compiled = statement.compile(dialect=_DIALECT)
            found = _COMPILED[statement] = (str(compiled), dict(compiled.params))
        return found

    def execute(
        self,
        statement: ClauseElement,
        parameters: Mapping[str, object] | Sequence[Mapping[str, object]] | None = None,
    ) -> QuickResult:
        """One statement, for one row or for many."""
        nothing: dict[str, Any] = {}
        sql, given = (statement.text, nothing) if isinstance(statement, TextClause) else self._compiled(statement)
        if parameters is None:
            return QuickResult(self._connection.execute(sql, given))
        if isinstance(parameters, Mapping):
            return QuickResult(self._connection.execute(sql, {**given, **parameters}))
        return QuickResult(self._connection.executemany(sql, [{**given, **one} for one in parameters]))

    def exec_driver_sql(self, sql: str, parameters: Sequence[object] = ()) -> QuickResult:
        """One statement in SQLite's own words."""
        return QuickResult(self._connection.execute(sql, parameters))

    def execution_options(self, **_options: object) -> QuickConnection:
        """There are none."""
        return self


class QuickResult:
    """What came of a statement."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor
        self.rowcount = cursor.rowcount
        self.returns_rows = cursor.description is not None
        if self.returns_rows:
            cursor.row_factory = _row_of(tuple(column[0] for column in cursor.description))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)

    def all(self) -> list[Any]:
        """Every row."""
        return self._cursor.fetchall()

    def first(self) -> Any:
        """The first row, or None."""
        row = self._cursor.fetchone()
        self._cursor.close()
        return row

    def one(self) -> Any:
        """The only row."""
        row, *others = self._cursor.fetchall()
        if others:
            raise AssertionError("more than one row")
        return row

    def scalar(self) -> Any:
        """The first value of the first row, or None."""
        row = self.first()
        return None if row is None else row[0]

    def scalars(self) -> list[Any]:
        """The first value of every row."""
        return [row[0] for row in self._cursor.fetchall()]

    def scalar_one(self) -> Any:
        """The only value."""
        return self.one()[0]


@lru_cache(maxsize=1_000)
def _row_of(names: tuple[str, ...]) -> Callable[[sqlite3.Cursor, tuple[Any, ...]], Any]:
    # A column without a plain name (`count(*)`) can only be asked for by its place.
    row_type: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # the fields are the statement's
    return lambda _cursor, row: row_type._make(row)
