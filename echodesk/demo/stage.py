"""The demonstration's data folder: made once, used again at the next start, renewed when its term has begun."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import Connection, text

from echodesk.demo.capture_seed import capture_seed
from echodesk.demo.csv_timetable import read_timetable
from echodesk.demo.loading import load
from echodesk.demo.rows import Timetable
from echodesk.demo.term import checked_term_start, coming_monday
from echodesk.demo.university import DEFAULT_SEED, generate
from echodesk.errors import WrongUse
from echodesk.simulator.seed import write_seed

STAGE_FILE = "demonstration.json"
SEED_FILE = "echo360-seed.json"
LATE_S = "2"
"""L of the demonstration (decisions)."""

_SETTING = text(
    "INSERT OR REPLACE INTO STT_ECHO_SETTING (NAME, VALUE, BY) VALUES (:name, :value, 'demonstration')"
)


_TABLES = text("SELECT name FROM sqlite_master WHERE type = 'table'")
_MADE_HERE = text(
    "SELECT EXISTS (SELECT 1 FROM STT_ECHO_SETTING WHERE NAME = 'late_s' AND BY = 'demonstration')"
    " OR NOT EXISTS (SELECT 1 FROM TIMETABLE)"
)


class Stage(msgspec.Struct, frozen=True):
    """What a data folder was made from."""

    setid: str
    seed: int
    term_starts: str
    timetable: str
    """The folder of the CSV timetable, '' for the generated university."""
    together_unknown: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line."""

    seed: int | None = None
    timetable: Path | None = None
    term_starts: dt.date | None = None
    apart: bool = False
    together_unknown: bool = False


Writing = Callable[[Callable[[Connection], None]], None]
"""Runs work in one write transaction of an installed database."""


def existing(folder: Path) -> Stage | None:
    """What this folder holds, None if it holds no demonstration. Raises `WrongUse` if that cannot be read."""
    file = folder / STAGE_FILE
    if not file.exists():
        return None
    try:
        return msgspec.json.decode(file.read_bytes(), type=Stage)
    except (OSError, msgspec.DecodeError) as error:
        raise WrongUse(
            "This data folder cannot be used",
            f"{file.name} cannot be read: {error}.",
            "Choose another folder with --data, or remove this one.",
        ) from error


def usable(stage: Stage, wish: Wish, today: dt.date) -> bool:
    """True if the folder can go on as it is: its term has not begun, and nothing else was asked for."""
    if dt.date.fromisoformat(stage.term_starts) <= today:
        return False
    wanted_folder = str(wish.timetable.resolve()) if wish.timetable is not None else ""
    return (
        (wish.seed is None or wish.seed == stage.seed)
        and (wish.term_starts is None or wish.term_starts.isoformat() == stage.term_starts)
        and wanted_folder == stage.timetable
        and _together_unknown(wish) == stage.together_unknown
    )


def holds_tables(connection: Connection) -> bool:
    """True if there is anything in this database; one that was only begun holds nothing."""
    return bool(connection.execute(_TABLES).first())


def made_here(connection: Connection) -> bool:
    """True if a database without a stage may be made anew: a demonstration's that was not finished, or empty."""
    tables = set(connection.execute(_TABLES).scalars())
    if not tables:
        return True
    ours = {"TIMETABLE", "STT_ECHO_META", "STT_ECHO_SETTING"} <= tables
    return ours and bool(connection.execute(_MADE_HERE).scalar_one())


def make_timetable(wish: Wish, today: dt.date) -> Timetable:
    """The timetable that was asked for. Raises `TimetableFault` or `WrongUse` before anything is written."""
    starts = checked_term_start(wish.term_starts) if wish.term_starts is not None else coming_monday(today)
    if starts <= today:
        raise WrongUse(
            "This term has begun",
            f"{starts} is not after today: what has begun is never touched, so nothing would be sent.",
            "Choose a Monday to come with --term-starts.",
        )
    if wish.timetable is not None:
        return read_timetable(wish.timetable, starts)
    return generate(wish.seed if wish.seed is not None else DEFAULT_SEED, starts)


def fill(folder: Path, timetable: Timetable, wish: Wish, write: Writing) -> Stage:
    """Load the timetable through the triggers and write what Echo360 knows; the folder is complete at the end."""
    seed = wish.seed if wish.seed is not None else DEFAULT_SEED
    starts = min(week.startdate for week in timetable.weeks)
    stage = Stage(
        setid=timetable.setid,
        seed=seed,
        term_starts=starts.isoformat(),
        timetable=str(wish.timetable.resolve()) if wish.timetable is not None else "",
        together_unknown=_together_unknown(wish),
    )

    def work(connection: Connection) -> None:
        connection.execute(_SETTING, {"name": "late_s", "value": LATE_S})
        if stage.together_unknown:
            connection.execute(_SETTING, {"name": "together_unknown", "value": "on"})
        load(connection, timetable)

    write(work)
    write_seed(capture_seed(timetable, seed), folder / SEED_FILE)
    (folder / STAGE_FILE).write_bytes(msgspec.json.encode(stage))
    return stage


def _together_unknown(wish: Wish) -> bool:
    return (wish.timetable is not None or wish.together_unknown) and not wish.apart
