"""Which columns of a table are shown, and in what order: by dragging titles, or from a menu that keys open."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from echodesk.desk.tables.view import LiveView


class ColumnMenu(QObject):
    """The columns of one view."""

    def __init__(self, view: LiveView) -> None:
        super().__init__(view)
        self._view = view
        self.action = QAction("Choose &columns…", view)
        self.action.setShortcut(QKeySequence("Ctrl+Shift+C"))
        self.action.triggered.connect(self._on_action)
        self._titles = view.horizontalHeader()
        self._titles.setSectionsMovable(True)
        self._titles.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._titles.customContextMenuRequested.connect(self._on_right_click)

    def _on_action(self) -> None:
        self._popup(self._titles.mapToGlobal(QPoint(0, self._titles.height())))

    def _on_right_click(self, point: QPoint) -> None:
        self._popup(self._titles.mapToGlobal(point))

    def _popup(self, at: QPoint) -> None:
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        columns = self._view.columns
        shown = sum(not self._titles.isSectionHidden(one) for one in range(len(columns)))
        for place in range(len(columns)):
            number = self._titles.logicalIndex(place)
            hidden = self._titles.isSectionHidden(number)
            action = menu.addAction(columns[number].title)
            action.setCheckable(True)
            action.setChecked(not hidden)
            # Without any column there would be no title to bring the others back with.
            action.setEnabled(hidden or shown > 1)
            action.toggled.connect(partial(self._show, number))
        menu.addSeparator()
        menu.addAction("Usual columns", self.put_back)
        menu.popup(at)

    def put_back(self) -> None:
        """All columns, as they are when EchoDesk is new."""
        for number, column in enumerate(self._view.columns):
            self._titles.setSectionHidden(number, False)
            self._titles.moveSection(self._titles.visualIndex(number), number)
            self._view.setColumnWidth(number, column.width)

    def _show(self, number: int, shown: bool) -> None:
        self._titles.setSectionHidden(number, not shown)
