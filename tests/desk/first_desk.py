"""Drives the dialog of the first connection over a real data folder, with real clicks and keys."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import qasync  # type: ignore[import-untyped]  # it ships no types
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit

from echodesk.commands.first_connection import OwnSystems
from echodesk.connecting import Chosen, DatabaseKind
from echodesk.demo.stage import STAGE_FILE
from echodesk.desk import fonts
from echodesk.desk.dialogs.connection import ConnectionDialog, Page
from echodesk.desk.first import application, choose
from echodesk.desk.theme import ThemeName
from echodesk.paths import DATABASE
from echodesk.secrets import Secrets
from tests.desk.driving import click, press, turns, until

Body = Callable[[ConnectionDialog], Awaitable[None]]


def office_of(folder: Path) -> Path:
    """The folder of a demonstration as an office's whose year is not sent yet."""
    (folder / STAGE_FILE).unlink()
    sql(folder, "UPDATE STT_ECHO_SET SET LIVE = 0")
    return folder


def sql(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    """Look into the database of a folder, or change it."""
    with closing(sqlite3.connect(folder / DATABASE, isolation_level=None)) as connection:
        return connection.execute(statement).fetchall()


def run_first(app: QApplication, secrets: Secrets, body: Body) -> Chosen:
    """Show the dialog, run the body, close it if it is open still; what the person chose."""

    async def main() -> Chosen:
        with closing(OwnSystems(secrets)) as systems:
            showing = asyncio.create_task(choose(app, systems, ThemeName.LIGHT))
            await until(lambda: bool(dialogs()) or showing.done())
            if showing.done():
                return showing.result()
            dialog = dialogs()[0]
            dialog.activateWindow()
            await until(dialog.isActiveWindow)
            try:
                await body(dialog)
            finally:
                if dialogs():
                    dialog.reject()
            chosen = await showing
            await turns()
            return chosen

    assert application() is app
    fonts.use_font(app, fonts.PICTURE_FAMILIES)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(main())


def dialogs() -> list[ConnectionDialog]:
    """Those on the screen."""
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, ConnectionDialog) and one.isVisible()]


def typed(field: QLineEdit, text: str) -> None:
    """Type into a field, in place of what stood there."""
    field.setFocus()
    field.selectAll()
    press(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)


def address(dialog: ConnectionDialog) -> QLineEdit:
    """The field of Echo360's address."""
    found = dialog.echo360_page.address.lineEdit()
    assert found is not None
    return found


def walked_to(box: QComboBox, value: object) -> None:
    """Choose in a list with the arrow keys."""
    box.setFocus()
    for _ in range(box.count()):
        press(box, Qt.Key.Key_Up)
    for _ in range(box.findData(value)):
        press(box, Qt.Key.Key_Down)
    assert box.currentData() == value


def to_database(dialog: ConnectionDialog) -> None:
    """From the welcome to the page of the database."""
    if dialog.page is Page.CHOICE:
        click(dialog.choice_page.own)
        click(dialog.yes_button)
    assert dialog.page is Page.DATABASE


def to_echo360(dialog: ConnectionDialog) -> None:
    """With the file of SQLite, to the page of Echo360."""
    to_database(dialog)
    walked_to(dialog.database_page.kind, DatabaseKind.SQLITE)
    click(dialog.yes_button)
    assert dialog.page is Page.ECHO360


async def to_results(dialog: ConnectionDialog, url: str, client_id: str, secret: str) -> list[str]:
    """With this Echo360, to what was found."""
    to_echo360(dialog)
    typed(address(dialog), url)
    typed(dialog.echo360_page.client_id, client_id)
    typed(dialog.echo360_page.client_secret, secret)
    press(dialog.echo360_page.client_secret, Qt.Key.Key_Return)
    assert dialog.page is Page.RESULTS
    return await results(dialog)


async def results(dialog: ConnectionDialog) -> list[str]:
    """What was found, as it stands there, once it does."""
    await until(lambda: dialog.results.count() > 0, within_s=30.0)
    return [dialog.results.item(at).text() for at in range(dialog.results.count())]
