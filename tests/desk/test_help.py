"""F1 tells what the page on screen is for, beside the window, for every page there is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from echodesk.desk.dialogs.help import help_text
from echodesk.errors import EchoDeskError
from echodesk.paths import help_folder
from tests.desk.driving import Desk, press, run_desk, turns, until


def test_every_page_has_a_help_that_f1_shows_and_no_help_is_without_a_page(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        window = desk.window
        told = set()
        for number, title in enumerate(window.titles):
            window.open_page(number)
            press(window.page, Qt.Key.Key_F1)
            await until(window.help.isVisible)
            assert window.help.title.text() == title
            assert not window.help.isModal()
            told.add(window.help.text.toPlainText())
            assert "<" not in window.help.text.toPlainText()
            press(window.help, Qt.Key.Key_Escape)
            assert not window.help.isVisible()
            window.activateWindow()
            await until(window.isActiveWindow)
        assert len(told) == len(window.titles)
        assert told == {file.read_text(encoding="utf-8") for file in help_folder().iterdir()}

    run_desk(qapp, body)


def test_an_open_help_follows_from_page_to_page_and_a_closed_one_stays_closed(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        window = desk.window
        window.open_page(1)
        assert not window.help.isVisible()
        press(window.page, Qt.Key.Key_F1)
        await until(window.help.isVisible)
        assert window.help.text.toPlainText().startswith("Each edit of a lesson")
        window.open_page(2)
        await turns()
        assert window.help.windowTitle() == "Help: Weekly updates"
        assert window.help.text.isReadOnly()

    run_desk(qapp, body)


def test_a_help_that_is_missing_is_said() -> None:
    with pytest.raises(EchoDeskError, match="no-such-page") as told:
        help_text("No such page")
    assert told.value.title == "The help cannot be read"
    assert told.value.next_step
