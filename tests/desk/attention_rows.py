"""Lists of the page "Needs attention" for tests of it, and ways to open and read one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from echodesk.desk.pages.matter_list import MatterList
from echodesk.lessons import (
    ByOthers,
    FailureCause,
    FailureGroup,
    LateLesson,
    Matter,
    MatterListed,
    Running,
    UnknownPerson,
)
from tests.desk.driving import Desk, click, press, until
from tests.desk.fakes import FakeWorker
from tests.desk.rows import overview

CTRL = Qt.KeyboardModifier.ControlModifier
ADA = UnknownPerson(
    *("ada@example.ac.uk", "L1", "Ada Fenwick", 12, "2026-11-24", "09:00-10:00", "R1", "Great Hall", "BIOL1 LC01"),
    *("2026-11-01T08:00:00.000Z", "2026-11-23T08:00:00.000Z"),
)
GONE = UnknownPerson(
    *("gone@example.ac.uk", "", "", 0, "", "", "", "", ""),
    *("2026-10-01T08:00:00.000Z", ""),
)


def answering(*found: MatterListed) -> Callable[[FakeWorker], None]:
    """A worker that has these lists."""

    def prepare(worker: FakeWorker) -> None:
        worker.matters = {one.matter: one for one in found}
        worker.first_overview = overview()

    return prepare


def lines(listed: MatterList) -> list[list[str]]:
    """What is on screen, with plain dashes."""
    model = listed.model
    said = [
        [model.cell(at, column).line for column in range(model.columnCount())] for at in range(model.rowCount())
    ]
    return [[cell.replace("\N{EN DASH}", "-") for cell in row] for row in said]


async def opened(desk: Desk, matter: Matter) -> MatterList:
    """The list, opened by keys and its button, once its answer is on screen."""
    press(desk.window, Qt.Key.Key_7, CTRL)
    page = desk.window.attention
    await until(page.isVisible)
    click(page.chips[matter])
    await until(lambda: page.list.matter is matter and page.list.answered)
    return page.list


DEAF = FailureGroup(
    *(
        FailureCause.NO_RECORDER,
        "R1",
        "Great Hall",
        "Main",
        3,
        "2026-11-25",
        "09:00-10:00",
        "Device not found in Room",
    ),
    *((), (11, 12, 13)),
)
POISON = FailureGroup(
    *(FailureCause.STOPPED, "", "", "", 1, "", "", "Reading this entry stopped the worker 3 times."),
    *((7,), ()),
)
FAILURES = MatterListed(Matter.FAILURES, (POISON, DEAF), 2)
OTHERS = MatterListed(
    Matter.OTHERS,
    (
        ByOthers(
            *("2026-11-24", "09:00-10:00", "R1", "Great Hall", "Main", "Open day", "bo@example.ac.uk", "", "e1"),
            *("1-2", "BIOL1 LC01", "", ""),
        ),
        ByOthers(
            *("2026-11-25", "09:30-10:30", "R2", "Room 2", "Main", "Staff meeting", "", "", "e2"),
            *("", "", "2-2, 3-2", "MATH2 TU03; MATH3 TU01"),
        ),
        ByOthers(*("2026-11-24", "18:00-19:00", "R3", "R3", "", "Evening class", "", "x", "e3"), *[""] * 4),
    ),
    3,
)
PEOPLE = MatterListed(Matter.PEOPLE, (GONE, ADA), 2)
LATE = MatterListed(
    Matter.TOO_LATE,
    (
        LateLesson(
            *(
                "1-9",
                617_001,
                "BIOL1",
                "Biology",
                "LC01",
                "R1",
                "Great Hall",
                "Main",
                "09:00",
                "10:00",
                Running.NOW,
            ),
            *("NO", "MATH2 TU03 keeps the room at that time."),
        ),
        LateLesson(
            *("2-9", 617_002, "HIST1", "", "", "R2", "R2", "", "", "", Running.UNKNOWN),
            *("YES", "It has begun; Echo360 keeps it."),
        ),
    ),
    2,
)
