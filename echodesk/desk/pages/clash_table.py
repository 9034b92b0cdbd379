"""The lessons that clash, side by side: a line for each thing the timetable says, marked where they differ."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from echodesk.clashes import LessonThere, RoomDayShown
from echodesk.desk import clash_words, formats, shapes
from echodesk.desk.campus import CampusTime
from echodesk.desk.theme import Theme

LEAST_COLUMN_PX = 190
DIFFERS = "≠"
MOST_KEYS = 9
"""Lessons that have a key of their own."""


class ClashTable(QTableWidget):
    """A column for each lesson; the chosen one is the current column."""

    chosen = Signal(str)
    """The external id of a lesson."""

    def __init__(self, theme: Theme, campus: CampusTime) -> None:
        super().__init__()
        self._theme = theme
        self._campus = campus
        self._ids: list[str] = []
        self.setObjectName("compared")
        self.setAccessibleName("The lessons side by side")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectColumns)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setMinimumSectionSize(LEAST_COLUMN_PX)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.currentCellChanged.connect(self._on_current)

    def show_lessons(self, day: RoomDayShown, lessons: Sequence[LessonThere], chosen: str) -> None:
        """Lay these lessons of a day side by side."""
        self.blockSignals(True)
        self.clear()
        lines = clash_words.compared(day, lessons, self._campus)
        self._ids = [one.external_id for one in lessons]
        self.setRowCount(len(lines))
        self.setColumnCount(len(lessons))
        tokens = self._theme.tokens
        for column, lesson in enumerate(lessons):
            key = f"{column + 1}   " if column < MOST_KEYS and len(lessons) > 1 else ""
            tone = clash_words.tone(lesson)
            head = QTableWidgetItem(formats.one_line(f"{key}{clash_words.title(lesson)}", 60))
            sign = shapes.pixmap(tone, tokens.tones[tone][0], tokens.surface, self.devicePixelRatioF())
            head.setIcon(QIcon(sign))
            self.setHorizontalHeaderItem(column, head)
        for row, line in enumerate(lines):
            mark = f"{line.label} {DIFFERS}" if line.differs else line.label
            self.setVerticalHeaderItem(row, QTableWidgetItem(mark))
            for column, value in enumerate(line.values):
                item = QTableWidgetItem(formats.breakable(formats.one_line(value, 300)))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{mark}: {item.text()}")
                if line.differs:
                    font = item.font()
                    font.setBold(True)
                    item.setFont(font)
                self.setItem(row, column, item)
        if chosen in self._ids:
            self.setCurrentCell(0, self._ids.index(chosen))
        self.blockSignals(False)

    def _on_current(self, _row: int, column: int, _row_before: int, column_before: int) -> None:
        if column != column_before and 0 <= column < len(self._ids):
            self.chosen.emit(self._ids[column])
