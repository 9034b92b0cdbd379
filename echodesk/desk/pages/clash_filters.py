"""Narrowing the list of room clashes: to a building, a module, a department."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy

from echodesk.desk import formats
from echodesk.messages import RoomDayRow, Row

LEAST_CHARACTERS = 12

_READ: Mapping[str, Callable[[RoomDayRow], tuple[str, ...]]] = {
    "building": lambda row: (row.building,) if row.building else (),
    "module": lambda row: row.modules,
    "department": lambda row: row.departments,
}


class ClashFilters(QObject):
    """A list of choices for each, to be laid out by the page; the first of them is all."""

    changed = Signal()
    """A person chose another one."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, QComboBox] = {}
        for name in _READ:
            box = QComboBox()
            box.setAccessibleName(f"Only this {name}")
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(LEAST_CHARACTERS)
            box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            box.addItem(f"All {name}s", "")
            box.activated.connect(self._on_activated)
            box.hide()
            self.boxes[name] = box

    def narrows(self) -> bool:
        """True if anything but all is chosen."""
        return any(self._wanted().values())

    def accepts(self, row: Row) -> bool:
        """Whether a row is of what is chosen."""
        return isinstance(row, RoomDayRow) and all(
            not value or value in _READ[name](row) for name, value in self._wanted().items()
        )

    def clear(self) -> None:
        """Back to all; tells nobody."""
        for box in self.boxes.values():
            box.setCurrentIndex(0)

    def offer(self, rows: Iterable[Row]) -> None:
        """What these rows are of can be chosen, with how many there are; what is chosen stays so."""
        counts: dict[str, Counter[str]] = {name: Counter() for name in _READ}
        for row in rows:
            if isinstance(row, RoomDayRow) and row.state == "open":
                for name, read in _READ.items():
                    counts[name].update(read(row))
        for name, box in self.boxes.items():
            _fill(box, counts[name])

    def _wanted(self) -> dict[str, str]:
        return {name: box.currentData() for name, box in self.boxes.items()}

    def _on_activated(self, _index: int) -> None:
        self.changed.emit()


def _fill(box: QComboBox, counts: Counter[str]) -> None:
    chosen = box.currentData()
    if chosen:
        counts.setdefault(chosen, 0)
    box.setVisible(bool(counts))
    wanted = [
        (f"{formats.one_line(value, 60)}  {formats.number(counts[value])}", value) for value in sorted(counts)
    ]
    if wanted == [(box.itemText(at), box.itemData(at)) for at in range(1, box.count())]:
        return
    while box.count() > 1:
        box.removeItem(1)
    for text, value in wanted:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
