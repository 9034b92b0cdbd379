"""The engines that the contract runs on, and how each opens a fresh database with everything installed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from echodesk.store.database import Database, install_sqlite, open_sqlite

SQL = Path(__file__).resolve().parents[2] / "sql"

Opener = Callable[[Path], Database]


def marked(engine: str) -> object:
    """The engine as a parameter; with `-m oracle`, what needs an Oracle runs alone."""
    return pytest.param(engine, marks=pytest.mark.oracle) if engine == "oracle" else engine


def fresh_sqlite(folder: Path) -> Database:
    """A new SQLite file in this folder, opened as the program opens its own."""
    database = Database(open_sqlite(folder / "fresh.sqlite", create=True))
    install_sqlite(database, SQL)
    return database


def sqlite_by_copy(template: Path) -> Opener:
    """Installing takes longer than a test: later databases are copies of the first."""

    def open_copy(folder: Path) -> Database:
        path = folder / "echodesk.sqlite"
        shutil.copyfile(template, path)
        return Database(open_sqlite(path))

    return open_copy
