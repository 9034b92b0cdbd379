"""The lessons that a plan does not record: which, and what keeps their rooms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from echodesk.batches import PlanMissed
from echodesk.desk import formats, plan_words, widgets, words
from echodesk.desk.tables.live_model import LiveModel
from echodesk.desk.tables.view import LiveView
from echodesk.desk.theme import Theme
from echodesk.messages import Row, Table, TableDelta

MOST_LESSONS = 200_000
BY_LESSON, LESSON, WHY = 0, 2, 3
"""Columns: the one that they are sorted by at first, and those that share what room the others leave."""
LEAST_LESSON, LEAST_WHY = 80, 140


class MissedLessons(QWidget):
    """A table of them, with a field to find some."""

    def __init__(self, theme: Theme, numbers: Iterator[int]) -> None:
        super().__init__()
        self._numbers = numbers
        self.count = widgets.label("", "heading", wrap=True)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find lessons: room, date, module, or why they are not recorded")
        self.field.setAccessibleName("Find lessons that are not recorded")
        self.field.setClearButtonEnabled(True)
        self.model = LiveModel(plan_words.missed_columns(), MOST_LESSONS, self)
        self.view = LiveView(self.model, theme)
        self.view.setAccessibleName("Lessons that the plan does not record")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.count)
        column.addWidget(self.field)
        column.addWidget(self.view, 1)
        self.view.resized.connect(self._share_room)
        self.field.textChanged.connect(lambda _text: self._filter())

    def show_lessons(self, found: PlanMissed, counted: int) -> None:
        """Those of a plan; `counted`: how many it says that it does not record."""
        told = f"Not recorded by plan {found.plan}: {formats.counted(counted, 'lesson')}."
        self.count.setText(told if found.lessons or not counted else f"{told} {words.NO_LIST}")
        self._filter()
        number = next(self._numbers)
        self.model.expect(number)
        # The model keeps rows of any kind that have a key; which table they are of does not matter to it.
        lessons: Any = found.lessons
        self.model.apply(TableDelta(Table.QUEUE, number, 0, 0, lessons, frozenset(), True, ()))
        if self.model.sorted_by[0] < 0:
            self.model.sort(BY_LESSON)

    def _filter(self) -> None:
        text = self.field.text().strip().casefold()

        def accept(row: Row) -> bool:
            lesson: Any = row
            return not text or text in plan_words.missed_text(lesson)

        self.model.filter(accept)

    def _share_room(self) -> None:
        others = sum(self.view.columnWidth(at) for at in range(LESSON))
        rest = self.view.viewport().width() - others
        lesson = max(LEAST_LESSON, rest * 3 // 10)
        self.view.setColumnWidth(LESSON, lesson)
        self.view.setColumnWidth(WHY, max(LEAST_WHY, rest - lesson))
