"""Lists whose lines are broken: each as high as its text needs."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QListView, QListWidget, QStyledItemDelegate, QStyleOptionViewItem

SIDES, ENDS = 24, 14
"""What the style sheet leaves free of an item's width and height, with Qt's own margins."""
TALLEST = 10_000


class _Heights(QStyledItemDelegate):
    """Qt breaks the lines without the style sheet's padding when it asks for the height: the last would be cut."""

    def __init__(self, box: QListWidget) -> None:
        super().__init__(box)
        self._box = box

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        width = max(1, self._box.viewport().width() - SIDES)
        metrics = QFontMetrics(self._box.font())
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        needed = metrics.boundingRect(QRect(0, 0, width, TALLEST), Qt.TextFlag.TextWordWrap, text)
        return QSize(1, needed.height() + ENDS)


def wrap(box: QListWidget) -> None:
    """Break the lines of a list that is only as wide as its place, and show all of them."""
    box.setWordWrap(True)
    box.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    box.setResizeMode(QListView.ResizeMode.Adjust)
    box.setItemDelegate(_Heights(box))
