"""The first connection, and every later one: demonstration or own systems, both systems tried, years and strategy.

Page by page, with Enter for the next one. Nothing is kept before the last page, and what is looked at never holds
the window up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from enum import IntEnum
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QListWidget, QListWidgetItem, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from echodesk.checks import Line, State
from echodesk.connecting import Connecting, Found, Start, Wish
from echodesk.desk import formats, widgets
from echodesk.desk.dialogs.asking import Question
from echodesk.desk.dialogs.connection_pages import ChoicePage, DatabasePage, Echo360Page, StartPage
from echodesk.errors import EchoDeskError, WrongUse

T = TypeVar("T")
Begin = Callable[[Coroutine[object, object, None]], None]
"""Runs a coroutine of the window; what it ends with is not lost."""

TITLE = "Connect to your own systems"
FIRST_TITLE = "Welcome to EchoDesk"
STATES = {State.OK: "Well", State.NOTE: "Note", State.WRONG: "Wrong", State.SKIPPED: "Not looked at"}
LOOKING = "Trying the database and Echo360. This may take half a minute."
WELL = "Both systems answer as they should."
WRONG = "Something is not right yet. Go back and correct it, or go on and put it right later."
CLOSED = "Without the database it does not go on. Go back and correct it, or try again."


class Page(IntEnum):
    """The pages, in their order."""

    CHOICE = 0
    DATABASE = 1
    ECHO360 = 2
    RESULTS = 3
    START = 4


HEADINGS = {
    Page.CHOICE: FIRST_TITLE,
    Page.DATABASE: "Where is the timetable?",
    Page.ECHO360: "Which Echo360?",
    Page.RESULTS: "What was found",
    Page.START: "How to begin",
}


class ConnectionDialog(Question):
    """Accepted when all is kept, or when the demonstration was chosen (`demonstration` says which)."""

    def __init__(self, parent: QWidget | None, connecting: Connecting, begin: Begin, *, first: bool) -> None:
        """`first`: nothing was chosen yet, and the demonstration is offered as well."""
        super().__init__(parent, FIRST_TITLE if first else TITLE, "&Next")
        self._connecting = connecting
        self._begin = begin
        self._first_page = Page.CHOICE if first else Page.DATABASE
        self._looks = 0
        self._busy = False
        self._keeping = False
        self.demonstration = False
        """It was accepted because the demonstration is wanted."""
        self.found: Found | None = None
        self.told: tuple[str, ...] = ()
        """Sentences on what was done at the end."""
        self.choice_page = ChoicePage()
        self.database_page = DatabasePage(connecting.place)
        self.echo360_page = Echo360Page()
        self.results = QListWidget()
        self.results.setAccessibleName(HEADINGS[Page.RESULTS])
        self.results.setWordWrap(True)
        self.results.setMinimumHeight(260)
        self.results.setSpacing(3)
        self.again_button = widgets.button("&Try again", self._look)
        self.start_page = StartPage(connecting.strategies)
        self.stack = QStackedWidget()
        self.hint = widgets.label(kind="problem", wrap=True, selectable=True)
        self.hint.setAccessibleName("What to do")
        self.back_button = self.buttons.addButton("&Back", QDialogButtonBox.ButtonRole.ActionRole)
        self.back_button.setAccessibleName("Back")
        self.back_button.setAutoDefault(False)
        self.back_button.clicked.connect(self._on_back)
        self._lay_out()
        present = connecting.present
        if present is not None:
            self.database_page.show_wish(present.database)
            self.echo360_page.show_wish(present.echo360)
        self._show(self._first_page)
        begin(self._tell_of_keyring())

    @property
    def page(self) -> Page:
        """The page on screen."""
        return Page(self.stack.currentIndex())

    def wish(self) -> Wish:
        """What was typed."""
        return Wish(self.database_page.wish(), self.echo360_page.wish())

    def accept(self) -> None:
        """Enter or Next: the next page, and after the last the end."""
        if self._busy or not self.yes_button.isEnabled():
            return
        page = self.page
        if page is Page.CHOICE and self.choice_page.demonstration.isChecked():
            self.demonstration = True
            super().accept()
            return
        if page is Page.START:
            self._keeping = True
            self._set_busy("Keeping it…")
            self._begin(self._keep(self.wish(), self.start_page.start()))
            return
        try:
            if page is Page.DATABASE:
                self._connecting.check_database(self.database_page.wish())
            elif page is Page.ECHO360:
                self._connecting.check_echo360(self.echo360_page.wish())
        except WrongUse as trouble:
            self._say(_told(trouble))
            return
        self._show(Page(page + 1))

    def reject(self) -> None:
        """Escape or Cancel: nothing is kept. What is being kept is not left half-way."""
        if not self._keeping:
            super().reject()

    def _on_back(self) -> None:
        if not self._keeping:
            self._show(Page(self.page - 1))

    # ---- the pages

    def _show(self, page: Page) -> None:
        self._looks += 1
        self._busy = False
        self.again_button.setEnabled(True)
        self.stack.setCurrentIndex(page)
        self.heading.setText(HEADINGS[page])
        self.heading.setVisible(page is not Page.CHOICE)
        self.back_button.setVisible(page > self._first_page)
        self.yes_button.setText("&Connect" if page is Page.START else "&Next")
        self.yes_button.setAccessibleName("Connect" if page is Page.START else "Next")
        self.yes_button.setEnabled(True)
        self._say("")
        if page is Page.RESULTS:
            self._look()
        elif page is Page.START and self.found is not None:
            self.start_page.show_found(self.found)
        first = self.stack.currentWidget()
        field = first.nextInFocusChain() if first is not None else None
        if page is Page.RESULTS:
            self.results.setFocus(Qt.FocusReason.OtherFocusReason)
        elif field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look(self) -> None:
        self._looks += 1
        self.found = None
        self.results.clear()
        self._set_busy(LOOKING)
        self._begin(self._find(self._looks, self.wish()))

    async def _find(self, number: int, wish: Wish) -> None:
        try:
            found = await _answer(self._connecting.look(wish))
        except EchoDeskError as trouble:
            if self._still(number):
                self._busy = False
                self.again_button.setEnabled(True)
                self._say(_told(trouble))
            return
        if not self._still(number):
            return
        self.found = found
        for line in found.lines:
            item = QListWidgetItem(_line_text(line))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, _line_text(line))
            self.results.addItem(item)
        self.results.setCurrentRow(0)
        wrong = any(line.state is State.WRONG for line in found.lines)
        self._busy = False
        self.again_button.setEnabled(True)
        self.yes_button.setEnabled(found.opened)
        self._say(CLOSED if not found.opened else WRONG if wrong else WELL)

    async def _keep(self, wish: Wish, start: Start) -> None:
        number = self._looks
        try:
            told = await _answer(self._connecting.keep(wish, start))
        except EchoDeskError as trouble:
            if self._still(number):
                self._busy = False
                self.yes_button.setEnabled(True)
                self._say(_told(trouble))
            return
        finally:
            self._keeping = False
        if self._still(number):
            self.told = told
            super().accept()

    async def _tell_of_keyring(self) -> None:
        text = await _answer(self._connecting.keyring())
        if isValid(self):
            self.database_page.keyring_note.setText(formats.breakable(text))
            self.echo360_page.keyring_note.setText(formats.breakable(text))

    def _still(self, number: int) -> bool:
        """False once the person has gone on, back or away."""
        return isValid(self) and number == self._looks

    def _set_busy(self, text: str) -> None:
        self._busy = True
        self.yes_button.setEnabled(False)
        self.again_button.setEnabled(False)
        self._say(text)

    def _say(self, text: str) -> None:
        self.hint.setText(formats.breakable(text))
        self.hint.setVisible(bool(text))

    def _lay_out(self) -> None:
        results = QWidget()
        column = QVBoxLayout(results)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.results, 1)
        column.addWidget(self.again_button, 0, Qt.AlignmentFlag.AlignLeft)
        for page in (self.choice_page, self.database_page, self.echo360_page, results, self.start_page):
            self.stack.addWidget(page)
        self.heading = widgets.label(kind="heading")
        self.body.addWidget(self.heading)
        self.body.addWidget(self.stack, 1)
        self.body.addWidget(self.hint)
        self.setMinimumWidth(620)


async def _answer(future: Future[T]) -> T:
    """Cancelling the caller leaves the work to end by itself."""
    return await asyncio.shield(asyncio.wrap_future(future))


def _told(trouble: EchoDeskError) -> str:
    return f"{trouble.title}. {trouble.message} {trouble.next_step}"


def _line_text(line: Line) -> str:
    said = formats.plain(f"{STATES[line.state]} - {line.check}: {line.text}")
    return f"{said}\n{formats.plain(line.next_step)}" if line.next_step and line.state is not State.OK else said
