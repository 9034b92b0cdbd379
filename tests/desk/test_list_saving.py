"""What a table shows is written into a file, and chosen rows are copied, with the columns of the screen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from echodesk.desk.dialogs.saving import TABLES, SaveDialog
from echodesk.desk.pages.table_page import TablePage
from echodesk.messages import Row, SaveTable, Table, TableQuery
from tests.desk.driving import Desk, dialog_of, press, run_desk, until
from tests.desk.rows import queue_row, room_day_row

CTRL = Qt.KeyboardModifier.ControlModifier
ROWS: dict[Table, list[Row]] = {
    Table.QUEUE: [queue_row(key, status="FAILED" if key < 3 else "PROCESSED") for key in range(1, 5)],
    Table.ROOM_DAYS: [room_day_row(1, left_out=3)],
}


async def save(desk: Desk, page: TablePage, folder: Path, kind: str) -> SaveTable:
    """Ctrl+S, a kind, and yes; what the worker is asked for."""
    press(page.view, Qt.Key.Key_S, CTRL)
    dialog = await dialog_of(desk.window, SaveDialog)
    assert isinstance(dialog, SaveDialog)
    dialog.setDirectory(str(folder))
    dialog.selectNameFilter(dict(TABLES)[kind])
    dialog.filterSelected.emit(dict(TABLES)[kind])
    dialog.accept()
    await until(lambda: bool(desk.worker.sent(SaveTable)))
    sent = desk.worker.sent(SaveTable)[-1]
    assert isinstance(sent, SaveTable)
    return sent


def test_the_rows_that_the_filter_shows_are_saved_in_their_order(qapp: QApplication, tmp_path: Path) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        page.filter_to(("FAILED",))
        page.view.sort_by(2)
        header = page.view.horizontalHeader()
        header.moveSection(header.visualIndex(3), 0)
        header.hideSection(1)
        sent = await save(desk, page, tmp_path, "csv")
        assert (sent.path, sent.table, sent.keys) == (
            str(tmp_path / "timetable-changes.csv"),
            Table.QUEUE,
            (1, 2),
        )
        assert sent.columns[:3] == ("Module", "Status", "Arrived")
        await until(lambda: desk.window.toasts.texts == (("SaveTable was taken", ""),))
        page.field.setText("status:broken")
        press(page.field, Qt.Key.Key_Return)
        assert not page.save_action.isEnabled()

    run_desk(qapp, body, ROWS)


def test_what_is_more_than_the_window_keeps_is_saved_as_a_whole(qapp: QApplication, tmp_path: Path) -> None:
    rows: dict[Table, list[Row]] = {Table.QUEUE: [queue_row(key) for key in range(1, 10_201)]}

    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        sent = await save(desk, page, tmp_path, "xlsx")
        assert (sent.path[-5:], sent.keys, sent.query) == (".xlsx", None, TableQuery())

    run_desk(qapp, body, rows)


def test_copied_rows_have_the_columns_of_the_screen_and_real_numbers(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(3)
        header = page.view.horizontalHeader()
        header.moveSection(header.visualIndex(3), 0)
        for section in (0, 4, 5, 6, 7):
            header.hideSection(section)
        assert page.view.choose(1)
        QTest.keyClick(page.view, Qt.Key.Key_C, CTRL)
        assert QGuiApplication.clipboard().text() == (
            "Not recorded\tDate\tRoom\n3\t2026-11-24\tGreat Hall (2950203 · Main Building)"
        )

    run_desk(qapp, body, ROWS)
