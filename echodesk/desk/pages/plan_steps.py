"""The steps of one plan: found, grouped, left out and put back, and what the chosen one changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from echodesk.batches import PlanDetail, StepRow
from echodesk.desk import formats, plan_words
from echodesk.desk.pages.plan_groups import PlanGroups
from echodesk.desk.tables.live_model import LiveModel
from echodesk.desk.tables.view import LiveView
from echodesk.desk.theme import Theme
from echodesk.messages import Row, Table, TableDelta

MOST_STEPS = 200_000
MOST_LETTERS = 200_000
DETAIL_HEIGHT = 104
BY_LESSON = 1
"""The column that the steps are sorted by at first."""


class PlanSteps(QWidget):
    """Emits `selected` when other steps are, or when those that are change."""

    selected = Signal()

    def __init__(self, theme: Theme, numbers: Iterator[int]) -> None:
        super().__init__()
        self._numbers = numbers
        self._steps: tuple[StepRow, ...] = ()
        """As they were read; those that are needed no more have the negative of their number as a key."""
        self._without: set[int] = set()
        self._kept: Sequence[str] = ()
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find steps: room, date, module, old or new value, words of Echo360")
        self.field.setAccessibleName("Find steps")
        self.field.setClearButtonEnabled(True)
        self.model = LiveModel(plan_words.step_columns(), MOST_STEPS, self)
        self.view = LiveView(self.model, theme)
        self.view.setAccessibleName("Steps of the plan")
        self.groups = PlanGroups()
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        self.detail.setAccessibleName("What the step changes")
        self.detail.setPlaceholderText("Choose a step to see what stands now and what would stand.")
        self.detail.setFixedHeight(DETAIL_HEIGHT)
        table = QHBoxLayout()
        table.setSpacing(10)
        table.addWidget(self.groups)
        table.addWidget(self.view, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addLayout(table, 1)
        column.addWidget(self.detail)
        self.field.textChanged.connect(lambda _text: self._filter())
        self.groups.chosen.connect(self._filter)
        self.view.selectionModel().selectionChanged.connect(self._on_selected)

    @property
    def without(self) -> tuple[int, ...]:
        """The steps that were taken out by hand."""
        return tuple(sorted(self._without))

    def clear(self) -> None:
        """There are no steps to show yet, and nothing is left out."""
        self._steps, self._kept, self._without = (), (), set()
        self.groups.show_groups({}, 0)
        self._filter()
        self._put()

    def show_steps(self, found: PlanDetail) -> None:
        """The steps of a plan; what was left out since `clear` stays so."""
        self._steps = (*found.steps, *(replace(row, key=-row.key) for row in found.gone))
        self._kept = found.kept
        self.groups.show_groups(found.by, len(found.steps))
        self._filter()
        self._put()

    def chosen(self, state: str) -> tuple[int, ...]:
        """The selected steps that are in this state."""
        return tuple(sorted(row.key for row in self._selected() if row.state == state and row.key > 0))

    def left_out(self) -> set[int]:
        """The steps that were taken out, and all that go with them."""
        pieces = {step.piece for step in self._steps if step.key in self._without or step.state == "LEFT_OUT"}
        return {step.key for step in self._steps if step.piece in pieces and step.key > 0}

    def can_put_back(self) -> bool:
        """True if a step is selected that was taken out here; what the plan came without stays out."""
        back = set(self.chosen("LEFT_OUT"))
        return any(step.key in back and step.state != "LEFT_OUT" for step in self._steps)

    def leave_out(self) -> None:
        """The selected steps are not to be sent."""
        self._without |= set(self.chosen("OPEN"))
        self._put()

    def put_back(self) -> None:
        """The selected steps are to be sent after all, and all that were left out with them."""
        back = set(self.chosen("LEFT_OUT"))
        pieces = {step.piece for step in self._steps if step.key in back}
        self._without -= {step.key for step in self._steps if step.piece in pieces}
        self._put()

    def _put(self) -> None:
        left = self.left_out()
        rows: Any = tuple(replace(row, state="LEFT_OUT") if row.key in left else row for row in self._steps)
        number = next(self._numbers)
        self.model.expect(number)
        # The model keeps rows of any kind that have a key; which table they are of does not matter to it.
        self.model.apply(TableDelta(Table.QUEUE, number, 0, 0, rows, frozenset(), True, ()))
        if self.model.sorted_by[0] < 0:
            self.model.sort(BY_LESSON)
        self._on_selected()

    def _filter(self) -> None:
        text = self.field.text().strip().casefold()
        group = self.groups.accepts()

        def accept(row: Row) -> bool:
            step: Any = row
            return group(step) and (not text or text in plan_words.step_text(step))

        self.model.filter(accept)

    def _selected(self) -> list[StepRow]:
        rows: Any = (self.model.cache.get(key) for key in self.view.selected_keys())
        return [row for row in rows if row is not None]

    def _on_selected(self) -> None:
        rows = self._selected()
        text = "\n".join(["Not taken back:", *self._kept]) if self._kept else ""
        if len(rows) == 1:
            text = plan_words.step_detail(rows[0])
        if (text := formats.plain(text, MOST_LETTERS)) != self.detail.toPlainText():
            self.detail.setPlainText(text)
        self.selected.emit()
