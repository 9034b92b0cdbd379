"""A timetable in memory: one live year with four weeks from Monday 18 September 2023, and no lesson."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from echodesk.timetable.occurrences import ReadingSettings
from echodesk.timetable.reading import TimetableReader
from tests.databases.cmis import SETID, Cmis, fill, fill_once, go_live

SCRIPTS = Path(__file__).resolve().parents[2] / "sql" / "sqlite"
STARTS = {1: "2023-09-18", 2: "2023-09-25", 3: "2023-10-02", 4: "2023-10-09"}

Reading = Callable[..., TimetableReader]


@pytest.fixture
def cmis() -> Iterator[Cmis]:
    """A timetabler in one transaction."""
    raw = sqlite3.connect(":memory:", check_same_thread=False)
    for name in ("cmis", "tables", "triggers"):
        raw.executescript((SCRIPTS / f"{name}.sql").read_text(encoding="utf-8"))
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    with engine.connect() as conn:
        made = Cmis(conn)
        fill_once(made)
        fill(made)
        go_live(made)
        add_weeks(made, SETID, STARTS)
        yield made
    engine.dispose()
    raw.close()


@pytest.fixture
def reading(cmis: Cmis) -> Reading:
    """A new reader of what the timetable says now, by these settings."""

    def read(**settings: object) -> TimetableReader:
        return TimetableReader(cmis.conn, ReadingSettings(**settings))  # type: ignore[arg-type]  # any field may be given

    return read


def add_weeks(cmis: Cmis, setid: str, starts: dict[int, str]) -> None:
    """The first days of a year's weeks."""
    for week, start in starts.items():
        cmis.insert("weekstructure", setid=setid, weeknumber=week, startdate=start)
