"""Remembers size, place, desktop notices, the columns of each table and the detail pane between two starts."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from echodesk.desk.pages.table_page import TablePage
from echodesk.desk.window import MainWindow


def save(window: MainWindow, file: Path) -> None:
    """Write it down; a file that cannot be written is no reason to complain at the end of a day."""
    settings = QSettings(str(file), QSettings.Format.IniFormat)
    settings.setValue("window/geometry", window.saveGeometry())
    settings.setValue("window/notices", window.notices_switch.isChecked())
    for page in window.tables:
        settings.setValue(f"{page.table}/columns", page.view.horizontalHeader().saveState())
        settings.setValue(f"{page.table}/titles", _titles(page))
        settings.setValue(f"{page.table}/split", page.splitter.saveState())
    settings.sync()


def restore(window: MainWindow, file: Path) -> None:
    """Bring it back; what is missing or of another version stays as it is."""
    settings = QSettings(str(file), QSettings.Format.IniFormat)
    geometry = settings.value("window/geometry")
    if isinstance(geometry, QByteArray):
        window.restoreGeometry(geometry)
    window.notices_switch.setChecked(bool(settings.value("window/notices", defaultValue=True, type=bool)))
    for page in window.tables:
        columns = settings.value(f"{page.table}/columns")
        # Columns are kept by number: those of a table that has others now would be put in wrong places.
        if isinstance(columns, QByteArray) and settings.value(f"{page.table}/titles") == _titles(page):
            page.view.horizontalHeader().restoreState(columns)
            page.view.show_sorting()
        split = settings.value(f"{page.table}/split")
        if isinstance(split, QByteArray):
            page.splitter.restoreState(split)


def _titles(page: TablePage) -> str:
    return "|".join(column.title for column in page.view.columns)
