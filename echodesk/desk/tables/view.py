"""The table on screen: fixed row height, widths a person may drag, keyboard, copying, selection kept by key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from echodesk.desk import formats
from echodesk.desk.tables.columns import AnyColumn
from echodesk.desk.tables.delegate import ROW_HEIGHT, CellDelegate
from echodesk.desk.tables.live_model import LiveModel
from echodesk.desk.theme import Theme
from echodesk.spreadsheets import harmless


def tsv_text(value: str | int) -> str:
    """A cell as it may be pasted into a spreadsheet: one line, and a text is never a formula (S11)."""
    return str(value) if isinstance(value, int) else harmless(formats.one_line(value, limit=4_000))


class LiveView(QTableView):
    """A view over one `LiveModel`."""

    opened = Signal()
    """Enter, or a double click, on a row."""
    left = Signal()
    """Escape."""
    resized = Signal()
    """There is more or less room for its columns."""

    def __init__(self, model: LiveModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._kept: tuple[set[int], int | None, int, int | None] = (set(), None, 0, None)
        self._anchor = 0
        self.setModel(model)
        self.setItemDelegate(CellDelegate(theme, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        titles = self.horizontalHeader()
        titles.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        titles.setHighlightSections(False)
        titles.setSectionsClickable(True)
        titles.setSortIndicatorShown(False)
        titles.setStretchLastSection(True)
        titles.sectionClicked.connect(self._on_header_clicked)
        for number, column in enumerate(model.columns):
            self.setColumnWidth(number, column.width)
        model.rows_in_view = self.rows_in_view
        model.is_selected = self._is_selected
        model.modelAboutToBeReset.connect(self._on_model_about_to_reset)
        model.modelReset.connect(self._on_model_reset)
        model.rowsAboutToBeInserted.connect(self._on_rows_about_to_be_inserted)
        model.rowsInserted.connect(self._on_rows_inserted)
        self.doubleClicked.connect(self._on_double_clicked)

    # ---- what is where

    def rows_in_view(self) -> tuple[int, int]:
        """First and last position that can be seen; (0, -1) when nothing can."""
        if not self.isVisible() or not self._model.rowCount():
            return (0, -1)
        last = self.rowAt(self.viewport().height() - 1)
        return (max(0, self.rowAt(0)), self._model.rowCount() - 1 if last < 0 else last)

    def selected_keys(self) -> tuple[int, ...]:
        """Keys of the selected rows, in the order of the screen."""
        positions: set[int] = set()
        selection = self.selectionModel().selection()
        for number in range(selection.count()):
            span = selection.at(number)
            positions.update(range(span.top(), span.bottom() + 1))
        return tuple(self._model.cache.key(position) for position in sorted(positions))

    def current_key(self) -> int | None:
        """Key of the row with the cursor."""
        index = self.currentIndex()
        return self._model.cache.key(index.row()) if index.isValid() else None

    def choose(self, key: int) -> bool:
        """Select one row and make it current; False if it is not shown."""
        position = self._model.cache.position(key)
        if position is None:
            return False
        self.selectRow(position)
        # What is hidden is not scrolled to.
        seen = [at for at in range(len(self.columns)) if not self.isColumnHidden(at)]
        self.scrollTo(self._model.index(position, seen[0]))
        return True

    @property
    def columns(self) -> Sequence[AnyColumn]:
        """All columns, shown or not, in the order of the model."""
        return self._model.columns

    def columns_shown(self) -> list[AnyColumn]:
        """The columns that are not hidden, in the order of the screen."""
        titles = self.horizontalHeader()
        logical = [titles.logicalIndex(at) for at in range(titles.count())]
        return [self._model.columns[at] for at in logical if not titles.isSectionHidden(at)]

    def copy(self) -> None:
        """The selected rows to the clipboard, tab separated, with titles."""
        columns = self.columns_shown()
        lines = ["\t".join(column.title for column in columns)]
        for key in self.selected_keys():
            row = self._model.cache.get(key)
            if row is not None:
                lines.append("\t".join(tsv_text(column.value(row)) for column in columns))
        QGuiApplication.clipboard().setText("\n".join(lines))

    def sort_by(self, column: int) -> None:
        """Ascending, then descending, then by arrival again."""
        now, descending = self._model.sorted_by
        if now != column:
            self._model.sort(column, Qt.SortOrder.AscendingOrder)
        elif not descending:
            self._model.sort(column, Qt.SortOrder.DescendingOrder)
        else:
            self._model.sort(-1)
        self.show_sorting()

    def show_sorting(self) -> None:
        """Mark the column that the rows are sorted by."""
        now, descending = self._model.sorted_by
        titles = self.horizontalHeader()
        titles.setSortIndicatorShown(now >= 0)
        if now >= 0:
            order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
            titles.setSortIndicator(now, order)

    # ---- events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def _on_double_clicked(self) -> None:
        self.opened.emit()

    def _on_header_clicked(self, column: int) -> None:
        self.sort_by(column)

    def _is_selected(self, position: int) -> bool:
        return self.selectionModel().isRowSelected(position, QModelIndex())

    def _on_model_about_to_reset(self) -> None:
        top = self.rowAt(0)
        first = self._model.cache.key(top) if top >= 0 and self.verticalScrollBar().value() else None
        self._kept = (set(self.selected_keys()), self.current_key(), self.currentIndex().column(), first)

    def _on_model_reset(self) -> None:
        keys, current, column, first = self._kept
        cache = self._model.cache
        last_column = len(self._model.columns) - 1
        chosen = QItemSelection()
        positions = sorted(p for p in (cache.position(key) for key in keys) if p is not None)
        for position in positions:
            chosen.select(self._model.index(position, 0), self._model.index(position, last_column))
        chooser = self.selectionModel()
        position_now = cache.position(current) if current is not None else None
        if position_now is not None:
            at = self._model.index(position_now, max(0, column))
            chooser.setCurrentIndex(at, QItemSelectionModel.SelectionFlag.NoUpdate)
        if positions:
            chooser.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        top = cache.position(first) if first is not None else None
        if top is not None:
            self.verticalScrollBar().setValue(top)

    def _on_rows_about_to_be_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        # Someone who has scrolled down reads on: rows that arrive above push nothing out of sight.
        top = self.verticalScrollBar().value()
        self._anchor = top + last - first + 1 if top and first <= top else 0

    def _on_rows_inserted(self) -> None:
        if self._anchor:
            self.verticalScrollBar().setMaximum(max(self.verticalScrollBar().maximum(), self._anchor))
            self.verticalScrollBar().setValue(self._anchor)
            self._anchor = 0

    def row_at_point(self, point: QPoint) -> int | None:
        """Key of the row under a point of the viewport."""
        position = self.rowAt(point.y())
        return self._model.cache.key(position) if position >= 0 else None
