"""The generated academic year: 52 weeks, two semesters of 12, and the shapes that week sets have in practice."""

from __future__ import annotations

import datetime as dt
import random

from echodesk.demo.rows import Week

WEEKS_OF_YEAR = 52
SEMESTERS = (tuple(range(1, 13)), tuple(range(17, 29)))
READING_WEEKS = (7, 23)
EXAM_WEEKS = (13, 32, 33, 34)

BOTH_SEMESTERS = tuple(week for weeks in SEMESTERS for week in weeks if week not in READING_WEEKS)
YEAR_LONG = tuple(week for weeks in SEMESTERS for week in weeks)


def _shapes(number: int) -> tuple[tuple[int, str, tuple[int, ...]], ...]:
    weeks = SEMESTERS[number]
    taught = tuple(week for week in weeks if week not in READING_WEEKS)
    label = f"Semester {number + 1}"
    return (
        (44, f"{label} without reading week", taught),
        (16, label, weeks),
        (8, f"{label}, odd weeks", weeks[0::2]),
        (7, f"{label}, even weeks", weeks[1::2]),
        (9, f"{label} from its second week", taught[1:]),
        (4, f"{label}, first half", weeks[:6]),
        (4, f"{label}, second half", weeks[6:]),
        (4, "Both semesters", BOTH_SEMESTERS),
        (2, "Year long", YEAR_LONG),
    )


_SHAPES = (_shapes(0), _shapes(1))
SINGLE_WEEK_SHARE = 0.07

WEEK_SET_NAMES = {weeks: name for shapes in _SHAPES for _, name, weeks in shapes}


def week_structure(setid: str, term_starts: dt.date) -> tuple[Week, ...]:
    """All weeks of the year from the first teaching Monday on."""
    return tuple(
        Week(setid, week, term_starts + dt.timedelta(weeks=week - 1), _description(week))
        for week in range(1, WEEKS_OF_YEAR + 1)
    )


def draw_weeks(rng: random.Random, semester: int) -> tuple[int, ...]:
    """A week set of a usual shape for a lesson of this semester (0 or 1)."""
    if rng.random() < SINGLE_WEEK_SHARE:
        return (rng.choice(SEMESTERS[semester]),)
    shapes = _SHAPES[semester]
    return rng.choices([weeks for _, _, weeks in shapes], [weight for weight, _, _ in shapes])[0]


def _description(week: int) -> str:
    for number, weeks in enumerate(SEMESTERS, start=1):
        if week in weeks:
            kind = "reading week" if week in READING_WEEKS else f"teaching week {weeks.index(week) + 1}"
            return f"Semester {number}, {kind}"
    return "Examinations" if week in EXAM_WEEKS else "Vacation"
