"""The steps of one plan: found, grouped, left out and put back, and what the chosen one changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from echodesk.batches import GONE, PlanDetail, StepRow
from echodesk.desk import formats, plan_words
from echodesk.desk.pages.plan_groups import PlanGroups
from echodesk.desk.tables.live_model import LiveModel
from echodesk.desk.tables.view import LiveView
from echodesk.desk.theme import Theme
from echodesk.messages import Row, Table, TableDelta

MOST_STEPS = 200_000
MOST_LETTERS, MORE_LETTERS = 200_000, 100
"""So much is shown below the steps; so much of it is for saying that there is more."""
DETAIL_HEIGHT = 104
BY_LESSON = 1
"""The column that the steps are sorted by at first."""
RECORDING, WHY = 3, 4
"""The columns that share what room the others leave; the reason has the larger part of it."""
LEAST_RECORDING, LEAST_WHY = 80, 110


class PlanSteps(QWidget):
    """Emits `selected` when other steps are, or when those that are change."""

    selected = Signal()

    def __init__(self, theme: Theme, numbers: Iterator[int]) -> None:
        super().__init__()
        self._numbers = numbers
        self._steps: tuple[StepRow, ...] = ()
        """As they were read; those that are needed no more have the negative of their number as a key."""
        self._counted: Mapping[str, Mapping[str, int]] = {}
        self._without: set[int] = set()
        self._kept: Sequence[str] = ()
        self.field = QLineEdit()
        self.field.setPlaceholderText(
            "Find steps: room, date, module, failed or done, old or new value, words of Echo360"
        )
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
        self.view.resized.connect(self._share_room)
        self.field.textChanged.connect(lambda _text: self._filter())
        self.groups.chosen.connect(self._filter)
        self.view.selectionModel().selectionChanged.connect(self._on_selected)

    @property
    def without(self) -> tuple[int, ...]:
        """The steps that were taken out by hand."""
        return tuple(sorted(self._without))

    def clear(self) -> None:
        """There are no steps to show yet, and nothing is left out."""
        self._steps, self._kept, self._counted, self._without = (), (), {}, set()
        self._put()

    def show_steps(self, found: PlanDetail) -> None:
        """The steps of a plan; what was left out since `clear` stays so."""
        self._steps = (*found.steps, *(replace(row, key=-row.key) for row in found.gone))
        self._kept = found.kept
        self._counted = found.by
        self._put()

    def chosen(self, state: str) -> tuple[int, ...]:
        """The selected steps that are in this state."""
        return tuple(sorted(row.key for row in self._selected() if row.state == state and row.key > 0))

    def left_out(self) -> set[int]:
        """The steps that were taken out, and all that go with them."""
        pieces = {step.piece for step in self._steps if step.key in self._without or step.state == "LEFT_OUT"}
        if not pieces:
            return set()
        return {step.key for step in self._steps if step.piece in pieces and step.key > 0}

    def to_send(self) -> tuple[StepRow, ...]:
        """The steps that a yes would send."""
        left = self.left_out()
        return tuple(step for step in self._steps if step.key > 0 and step.key not in left)

    def can_put_back(self) -> bool:
        """True if a step is selected that was taken out here; what the plan came without stays out."""
        back = set(self.chosen("LEFT_OUT"))
        return any(step.key in back and step.state != "LEFT_OUT" for step in self._steps)

    def leave_out(self) -> None:
        """The selected steps are not to be sent."""
        self._stay_in_table()
        self._without |= set(self.chosen("OPEN"))
        self._put()

    def put_back(self) -> None:
        """The selected steps are to be sent after all, and all that were left out with them."""
        self._stay_in_table()
        back = set(self.chosen("LEFT_OUT"))
        pieces = {step.piece for step in self._steps if step.key in back}
        self._without -= {step.key for step in self._steps if step.piece in pieces}
        self._put()

    def _stay_in_table(self) -> None:
        """The button that was pressed cannot be pressed again; the next one to have the keys would be Cancel."""
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _share_room(self) -> None:
        rest = self.view.viewport().width() - sum(self.view.columnWidth(at) for at in range(RECORDING))
        recording = max(LEAST_RECORDING, rest * 2 // 5)
        self.view.setColumnWidth(RECORDING, recording)
        self.view.setColumnWidth(WHY, max(LEAST_WHY, rest - recording))

    def _put(self) -> None:
        left = self.left_out()
        rows: Any = tuple(replace(row, state="LEFT_OUT") if row.key in left else row for row in self._steps)
        if left:
            states = Counter(row.state for row in rows if row.since != GONE)
            counted = {**self._counted, "state": dict(sorted(states.items()))}
        else:
            counted = dict(self._counted)
        self.groups.show_groups(counted, sum(step.key > 0 for step in self._steps))
        self._filter()
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
        text = _not_taken_back(self._kept) if self._kept else ""
        if len(rows) == 1:
            text = plan_words.step_detail(rows[0])
        if (text := formats.plain(text, MOST_LETTERS)) != self.detail.toPlainText():
            self.detail.setPlainText(text)
        self.selected.emit()


def _not_taken_back(kept: Sequence[str]) -> str:
    """What cannot be taken back, a line each, as much as a person can look through; and how much more there is."""
    lines, letters = ["Not taken back:"], 0
    for one in kept:
        letters += len(one) + 1
        if letters > MOST_LETTERS - MORE_LETTERS:
            lines.append(f"and {formats.number(len(kept) - len(lines) + 1)} more; “Save as…” writes all of them.")
            break
        lines.append(one)
    return "\n".join(lines)
