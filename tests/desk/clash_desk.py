"""The page of room clashes with a room-day chosen, for tests."""

from __future__ import annotations

from collections.abc import Callable

from echodesk.clashes import RoomDayShown
from echodesk.desk.dialogs.decision import DecisionDialog
from echodesk.desk.pages.room_days_page import RoomDaysPage
from echodesk.messages import Row, Table
from tests.desk.clash_rows import lesson_then, lesson_there, meeting, room_day, supposed
from tests.desk.driving import Desk, click_row, dialog_of, until
from tests.desk.fakes import FakeWorker
from tests.desk.rows import room_day_row

ROWS: dict[Table, list[Row]] = {Table.ROOM_DAYS: [room_day_row(1), room_day_row(2, date="2026-11-25")]}
CLASHING = meeting(lesson_there(1), lesson_there(2, lecturer=""))
DAY = room_day(*CLASHING, lesson_there(9, "14:00", "15:00"))
HOSTILE = "<b>Anatomy</b>\u202e=1+1" + "W" * 10_000


def showing(day: RoomDayShown) -> Callable[[FakeWorker], None]:
    """A worker that shows this, and supposes that lesson 2 comes and 1 goes."""

    def prepare(worker: FakeWorker) -> None:
        worker.room_day = lambda _wish: day
        worker.supposed = lambda _wish: supposed(lesson_then(1, 4, 0), lesson_then(2, 0, 4))

    return prepare


async def chosen(desk: Desk, position: int = 0) -> RoomDaysPage:
    """The page with this room-day chosen and shown."""
    page = await desk.open(3)
    assert isinstance(page, RoomDaysPage)
    click_row(page, position)
    await until(lambda: page.clash.day is not None)
    return page


async def asked(desk: Desk) -> DecisionDialog:
    """The dialog that shows the result."""
    dialog = await dialog_of(desk.window, DecisionDialog)
    assert isinstance(dialog, DecisionDialog)
    return dialog
