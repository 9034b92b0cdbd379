"""The columns of a table: hidden, moved and put back by keys, and the same again after the next start."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu

from echodesk.desk.pages.table_page import TablePage
from echodesk.messages import Row, Table
from tests.desk.driving import Desk, press, run_desk, turns
from tests.desk.rows import queue_row

ROWS: dict[Table, list[Row]] = {Table.QUEUE: [queue_row(key) for key in range(1, 4)]}
USUAL = ["Status", "Change", "Arrived", "Module", "Room", "Day and time", "Weeks", "Lecturer"]


def shown(page: TablePage) -> list[str]:
    return [column.title for column in page.view.columns_shown()]


def menu_of(page: TablePage) -> QMenu:
    """The menu that the keys open."""
    press(page.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(page: TablePage, entry: int) -> None:
    """An entry of the menu, counted from 0, by the arrow keys and Enter."""
    menu = menu_of(page)
    for _ in range(entry + 1):
        press(menu, Qt.Key.Key_Down)
    press(menu, Qt.Key.Key_Return)


def test_columns_are_hidden_and_brought_back_by_keys(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        assert shown(page) == USUAL
        choose(page, 0)
        choose(page, 1)
        assert shown(page) == USUAL[2:]
        page.view.choose(2)
        assert page.view.selected_keys() == (2,), "a row is found though its first column is hidden"
        choose(page, 0)
        assert shown(page) == ["Status", *USUAL[2:]]
        header = page.view.horizontalHeader()
        header.moveSection(header.visualIndex(7), 0)
        page.view.setColumnWidth(3, 300)
        assert shown(page)[0] == "Lecturer"
        choose(page, len(USUAL))
        assert shown(page) == USUAL
        assert page.view.columnWidth(3) == page.view.columns[3].width
        await turns()

    run_desk(qapp, body, ROWS)


def test_the_last_column_cannot_be_hidden(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        for number in range(1, len(USUAL)):
            page.view.hideColumn(number)
        menu = menu_of(page)
        enabled = [action.text() for action in menu.actions() if action.isEnabled() and action.isCheckable()]
        menu.close()
        assert enabled == USUAL[1:]
        await turns()

    run_desk(qapp, body, ROWS)


@pytest.mark.parametrize("other", [False, True])
def test_columns_are_the_same_after_the_next_start(qapp: QApplication, tmp_path: Path, other: bool) -> None:
    file = tmp_path / "window.ini"

    async def first(desk: Desk) -> None:
        page = await desk.open(1)
        header = page.view.horizontalHeader()
        header.moveSection(header.visualIndex(3), 0)
        page.view.hideColumn(1)
        page.view.setColumnWidth(3, 301)

    async def second(desk: Desk) -> None:
        page = await desk.open(1)
        if other:
            assert shown(page) == USUAL, "columns by number mean nothing in a table with others"
        else:
            assert shown(page) == ["Module", "Status", *USUAL[2:3], *USUAL[4:]]
            assert page.view.columnWidth(3) == 301

    run_desk(qapp, first, ROWS, state_file=file)
    if other:
        file.write_text(file.read_text().replace("titles=Status|Change", "titles=Status|What"))
    run_desk(qapp, second, ROWS, state_file=file)
