"""A fresh embedded database with the timetable's tables, EchoDesk's tables and the triggers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

SCRIPTS = Path(__file__).parents[2] / "sql" / "sqlite"


@contextmanager
def fresh_database() -> Iterator[Engine]:
    """An empty database in memory, gone afterwards."""
    raw = sqlite3.connect(":memory:", check_same_thread=False)
    for name in ("cmis.sql", "tables.sql", "triggers.sql"):
        raw.executescript((SCRIPTS / name).read_text(encoding="utf-8"))
    made = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    try:
        yield made
    finally:
        made.dispose()
        raw.close()


@pytest.fixture
def engine() -> Iterator[Engine]:
    """The same for the length of a test."""
    with fresh_database() as made:
        yield made
