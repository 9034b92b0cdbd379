"""Every decision about clashes: what it says, whether it counts, who made it and why; filtered, taken back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QLineEdit, QTreeWidget, QTreeWidgetItem, QWidget

from echodesk.clashes import DecisionListed
from echodesk.desk import formats, widgets
from echodesk.desk.campus import CampusTime
from echodesk.desk.dialogs.asking import Question

WIDTH, HEIGHT = 960, 380
WIDTHS = (250, 290, 220)
"""Of the columns but the last, which has the rest."""
STATES = {"counts": "Counts", "void": "Counts no more", "over": "Over", "withdrawn": "Taken back"}
TITLES = ("Decision", "State", "Who and when", "Why")


class DecisionsDialog(Question):
    """Answers with the number of the decision that is to be taken back."""

    def __init__(self, parent: QWidget | None, campus: CampusTime, decisions: Sequence[DecisionListed]) -> None:
        super().__init__(parent, "Decisions about clashes", "Take it back…", "Close")
        self._decisions = tuple(decisions)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Filter: lesson, person, reason, state …")
        self.field.setAccessibleName("Filter decisions")
        self.field.setClearButtonEnabled(True)
        self.count = widgets.label(kind="small")
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("Decisions")
        self.tree.setRootIsDecorated(False)
        self.tree.setHeaderLabels(list(TITLES))
        self.tree.setMinimumSize(WIDTH, HEIGHT)
        for column, width in enumerate(WIDTHS):
            self.tree.setColumnWidth(column, width)
        for part in (self.field, self.count, self.tree):
            self.body.addWidget(part)
        for one in self._decisions:
            row = (f"{one.number}: {one.text}", _state(one), f"{one.by}, {_when(one, campus)}", one.why)
            QTreeWidgetItem(self.tree, [formats.one_line(text, 200) for text in row])
        self.field.textChanged.connect(self._on_filter)
        self.tree.currentItemChanged.connect(lambda _now, _before: self._refresh())
        # Enter in the filter must not take anything back.
        self.yes_button.setDefault(False)
        self.yes_button.setAutoDefault(False)
        self.no_button.setDefault(True)
        self._on_filter("")
        self.field.setFocus()

    @property
    def chosen(self) -> DecisionListed | None:
        """The decision on which the cursor is, None if it is not shown."""
        item = self.tree.currentItem()
        if item is None or item.isHidden():
            return None
        return self._decisions[self.tree.indexOfTopLevelItem(item)]

    def _on_filter(self, text: str) -> None:
        words = text.casefold().split()
        shown = 0
        for number in range(len(self._decisions)):
            item = self.tree.topLevelItem(number)
            if item is not None:
                line = " ".join(item.text(column) for column in range(len(TITLES))).casefold()
                fits = all(word in line for word in words)
                item.setHidden(not fits)
                shown += fits
        self.count.setText(formats.counted(shown, "decision"))
        self._refresh()

    def _refresh(self) -> None:
        one = self.chosen
        self.yes_button.setEnabled(one is not None and one.state != "withdrawn")


def _state(one: DecisionListed) -> str:
    state = STATES.get(one.state, one.state)
    if one.state == "counts":
        return f"{state} in {formats.counted(one.room_days, 'room-day')}"
    return f"{state}: {one.because}" if one.because else state


def _when(one: DecisionListed, campus: CampusTime) -> str:
    return formats.moment(campus.to_local(one.at))
