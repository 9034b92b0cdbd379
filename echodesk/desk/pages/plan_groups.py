"""The steps of a plan as a tree by action, building, room, week, reason and state; a group filters them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from echodesk.batches import GONE, GROUPS, SINCE, StepRow
from echodesk.desk import formats, plan_words

_CHOSEN = Qt.ItemDataRole.UserRole
WIDTH = 184


class PlanGroups(QTreeWidget):
    """Emits `chosen` when a person chooses another group, or all steps."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plan groups")
        self.setAccessibleName("Steps of the plan by group")
        self.setColumnCount(2)
        self.setHeaderLabels(["Steps by", "Calls"])
        self.setFixedWidth(WIDTH)
        self.setUniformRowHeights(True)
        self.setIndentation(14)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._counted: Mapping[str, Mapping[str, int]] = {}
        self.currentItemChanged.connect(lambda _now, _before: self.chosen.emit())

    def show_groups(self, counted: Mapping[str, Mapping[str, int]], steps: int) -> None:
        """What is open, and the group that is chosen, stay so where they are still there; the caller filters."""
        if counted == self._counted:
            return
        open_, current, at = self._open(), self._current(), self.verticalScrollBar().value()
        self._counted = counted
        self.blockSignals(True)
        self.clear()
        every = self._item(self, "All steps", steps, None)
        self.setCurrentItem(every)
        for name, values in counted.items():
            root = self._item(self, plan_words.group_title(name), len(values), None)
            root.setText(1, "")
            root.setData(0, _CHOSEN, (name, None))
            for value, count in values.items():
                child = self._item(root, plan_words.group_name(name, value), count, (name, value))
                if (name, value) == current:
                    self.setCurrentItem(child)
            root.setExpanded(name in open_ or name == SINCE or (not open_ and name == "action"))
        self.verticalScrollBar().setValue(at)
        self.blockSignals(False)

    def accepts(self) -> Callable[[StepRow], bool]:
        """Which steps the chosen group holds. Steps that are needed no more are in a group of their own alone."""
        current = self._current()
        if current is None:
            return lambda row: row.since != GONE
        name, value = current
        if name == SINCE:
            return lambda row: row.since == value
        of = GROUPS[name]
        return lambda row: of(row) == value and row.since != GONE

    def _item(
        self, parent: QTreeWidget | QTreeWidgetItem, title: str, count: int, chosen: tuple[str, str] | None
    ) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [formats.plain(title, 200), formats.number(count)])
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setData(0, _CHOSEN, chosen)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{formats.plain(title, 200)}, {count}")
        return item

    def _current(self) -> tuple[str, str] | None:
        item = self.currentItem()
        chosen = None if item is None else item.data(0, _CHOSEN)
        return None if chosen is None or chosen[1] is None else (str(chosen[0]), str(chosen[1]))

    def _open(self) -> set[str]:
        roots = [self.topLevelItem(at) for at in range(self.topLevelItemCount())]
        return {root.data(0, _CHOSEN)[0] for root in roots if root is not None and root.isExpanded()}
