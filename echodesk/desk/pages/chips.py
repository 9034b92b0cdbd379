"""The row of statuses with their counts; each can be pressed to show only its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from echodesk.desk import formats, words
from echodesk.desk.widgets import FlowLayout, button
from echodesk.messages import Table


class StatusChips(QWidget):
    """One chip for all, and one for each status that occurs or is chosen."""

    changed = Signal()
    """A person chose other statuses."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self._table = table
        self._counts: dict[str, int] = {}
        self._chips: dict[str, QPushButton] = {}
        self._flow = FlowLayout()
        self.setLayout(self._flow)
        self.setAccessibleName("Statuses")
        self.all_chip = button("All", self._on_all_clicked, "chip", name="All statuses")
        self.all_chip.setCheckable(True)
        self.all_chip.setChecked(True)
        self._flow.addWidget(self.all_chip)
        for status in words.STATUSES[table]:
            self._add(status)

    def chosen(self) -> tuple[str, ...]:
        """The statuses that are pressed; empty for all."""
        return tuple(status for status, chip in self._chips.items() if chip.isChecked())

    def choose(self, statuses: Sequence[str]) -> None:
        """Press exactly these; tells nobody."""
        for status in statuses:
            if status not in self._chips:
                self._add(status)
        for status, chip in self._chips.items():
            chip.setChecked(status in statuses)
        self._show()

    def chip(self, status: str) -> QPushButton:
        """The chip of a status."""
        return self._chips[status]

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """All chips in their order."""
        return (self.all_chip, *self._chips.values())

    def add(self, filter_: QWidget) -> None:
        """One more filter behind them, which is no status."""
        self._flow.addWidget(filter_)

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """How many rows of each status the whole table has."""
        if self._counts == counts:
            return
        self._counts = dict(counts)
        for status in counts:
            if status not in self._chips:
                self._add(status)
        self._show()

    def _add(self, status: str) -> None:
        chip = button(words.status(self._table, status), self._on_chip_clicked, "chip")
        chip.setCheckable(True)
        chip.hide()
        self._chips[status] = chip
        self._flow.addWidget(chip)

    def _on_all_clicked(self) -> None:
        self.choose(())
        self.changed.emit()

    def _on_chip_clicked(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self.all_chip.setChecked(not self.chosen())
        self.all_chip.setText(f"All  {formats.number(sum(self._counts.values()))}")
        for status, chip in self._chips.items():
            count = self._counts.get(status, 0)
            word = formats.one_line(words.status(self._table, status), 40).replace("&", "&&")
            chip.setText(f"{word}  {formats.number(count)}")
            chip.setVisible(bool(count) or chip.isChecked())
        self._flow.invalidate()
        self.updateGeometry()
