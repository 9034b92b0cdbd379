"""A timetable goes in through the triggers, once, and whole."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from echodesk.demo.csv_timetable import read_timetable
from echodesk.demo.loading import load
from echodesk.demo.rows import Timetable
from echodesk.errors import TimetableFault
from tests.demo.csv_folder import write_folder

TERM = dt.date(2026, 9, 21)
QUEUE = text("SELECT SOURCE, ACTION, NEW_VALID, STATUS, SLOTID FROM STT_ECHO_QUEUE ORDER BY ID")
SETS = text("SELECT SETID, LIVE FROM STT_ECHO_SET")
WEEKS = text("SELECT WEEKNUMBER, STARTDATE FROM WEEKSTRUCTURE ORDER BY WEEKNUMBER")
LESSONS = text("SELECT SLOTID FROM TIMETABLE ORDER BY SLOTID")


@pytest.fixture
def small(tmp_path: Path) -> Timetable:
    """Three lessons, two of them with a room."""
    return read_timetable(write_folder(tmp_path), TERM)


def test_each_lesson_that_is_to_be_recorded_is_queued_once_by_the_triggers(
    engine: Engine, small: Timetable
) -> None:
    with engine.begin() as connection:
        load(connection, small)

    with engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(QUEUE)] == [
            ("TIMETABLE", "INSERT", 1, "UNPROCESSED", 100001),
            ("TIMETABLE", "INSERT", 1, "UNPROCESSED", 100002),
        ]


def test_the_year_is_live_and_its_weeks_are_iso_dates(engine: Engine, small: Timetable) -> None:
    with engine.begin() as connection:
        load(connection, small)

    with engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(SETS)] == [("2026/27", 1)]
        assert [tuple(row) for row in connection.execute(WEEKS)] == [
            (1, "2026-09-21"),
            (2, "2026-09-28"),
            (3, "2026-10-12"),
        ]


def test_a_second_timetable_is_refused(engine: Engine, small: Timetable) -> None:
    with engine.begin() as connection:
        load(connection, small)

    with pytest.raises(TimetableFault, match="already holds"), engine.begin() as connection:
        load(connection, small)


def test_nothing_is_kept_of_a_timetable_that_cannot_be_written(engine: Engine, small: Timetable) -> None:
    twice = Timetable(
        **{name: getattr(small, name) for name in Timetable.__slots__ if name != "lessons"},
        lessons=(*small.lessons, small.lessons[0]),
    )

    with pytest.raises(IntegrityError), engine.begin() as connection:
        load(connection, twice)

    with engine.connect() as connection:
        assert connection.execute(LESSONS).all() == []
        assert connection.execute(SETS).all() == []
        assert connection.execute(WEEKS).all() == []
