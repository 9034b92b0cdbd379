"""A fresh embedded database with the timetable's tables, EchoDesk's tables and the triggers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

SCRIPTS = Path(__file__).parents[2] / "sql" / "sqlite"


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An empty database in memory."""
    raw = sqlite3.connect(":memory:", check_same_thread=False)
    for name in ("cmis.sql", "tables.sql", "triggers.sql"):
        raw.executescript((SCRIPTS / name).read_text(encoding="utf-8"))
    made = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    yield made
    made.dispose()
    raw.close()
