"""The Qt model over a `RowCache`: patches by key, sorts and filters its own list (codebases §5.3).

Updates of rows repaint only what is in view. Selection, current row and scroll survive everything: small changes
by Qt's own bookkeeping, big ones because the view restores them by key around a reset.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from enum import Enum, auto

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from echodesk.desk.tables.columns import AnyColumn, Cell
from echodesk.desk.tables.row_cache import CAP, Patch, RowCache, SortKey, by_key, runs
from echodesk.messages import Row, TableDelta

Index = QModelIndex | QPersistentModelIndex
MANY = 2_000
"""Above this many rows that come, go or move, one reset is cheaper than single steps."""

_ROLES = [Qt.ItemDataRole.DisplayRole]


class Applied(Enum):
    """What became of a delta."""

    DONE = auto()
    STALE = auto()
    """Of an older question: nothing changed."""
    GAP = auto()
    """Something between was lost: nothing changed, a snapshot is needed."""


class LiveModel(QAbstractTableModel):
    """One live table. All methods in the Qt thread."""

    def __init__(self, columns: Sequence[AnyColumn], cap: int = CAP, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = columns
        self.cache = RowCache(cap)
        self.rows_in_view: Callable[[], tuple[int, int]] = lambda: (0, -1)
        """First and last position on screen; the view puts its own in."""
        self.is_selected: Callable[[int], bool] = lambda position: False
        self._generation = -1
        self._cursor = -1
        self._whole = False
        self._loaded = False
        self._sort_column = -1
        self._descending = True

    # ---- deltas

    @property
    def loaded(self) -> bool:
        """True once the first snapshot has come."""
        return self._loaded

    def expect(self, generation: int) -> None:
        """From now on only deltas of this generation count; the first must be a snapshot."""
        self._generation = generation
        self._cursor = -1
        self._whole = False

    @property
    def generation(self) -> int:
        """The generation that counts."""
        return self._generation

    @property
    def waiting(self) -> bool:
        """True from `expect` until the whole snapshot; its first page may be shown before."""
        return not self._whole

    def apply(self, delta: TableDelta) -> Applied:
        """Patch the rows, or say why not."""
        if delta.generation != self._generation:
            return Applied.STALE
        if not delta.snapshot:
            if self._cursor < 0:
                return Applied.STALE
            if delta.base != self._cursor:
                return Applied.GAP
        self._cursor = delta.cursor
        self._loaded = True
        whole = delta.snapshot and not delta.more
        self._whole = self._whole or whole
        # What is not on the first page may still be of the rest: it stays until that has come.
        self._patch(self.cache.plan(delta.upserts, delta.deletes, snapshot=whole))
        return Applied.DONE

    def _patch(self, patch: Patch) -> None:
        if patch.structural > MANY:
            self.beginResetModel()
            self.cache.load(patch)
            self.endResetModel()
            return
        self._show_updates(self.cache.replace(patch.updates))
        for first, last in runs(patch.removals):
            self.beginRemoveRows(QModelIndex(), first, last)
            self.cache.remove(first, last)
            self.endRemoveRows()
        self.cache.forget(patch)
        self._move(patch.moves)
        self._insert(patch.additions)

    def _show_updates(self, touched: list[int]) -> None:
        first, last = self.rows_in_view()
        seen = [position for position in touched if first <= position <= last]
        if seen:
            top = self.index(seen[0], 0)
            self.dataChanged.emit(top, self.index(seen[-1], len(self.columns) - 1), _ROLES)

    def _move(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        positions = sorted(p for p in (self.cache.position(row.key) for row in rows) if p is not None)
        if any(self.is_selected(position) for position in positions):
            # Taking a selected row out and putting it back would lose its selection: arrange as a sort does.
            self._rearrange(lambda: self._take_and_put(positions, rows))
            return
        for first, last in runs(positions):
            self.beginRemoveRows(QModelIndex(), first, last)
            self.cache.remove(first, last)
            self.endRemoveRows()
        self._insert(rows)

    def _take_and_put(self, positions: Sequence[int], rows: Sequence[Row]) -> None:
        for first, last in runs(positions):
            self.cache.remove(first, last)
        for position, group in self.cache.insertions(rows):
            self.cache.insert(position, group)

    def _insert(self, rows: Sequence[Row]) -> None:
        for position, group in self.cache.insertions(rows):
            self.beginInsertRows(QModelIndex(), position, position + len(group) - 1)
            self.cache.insert(position, group)
            self.endInsertRows()

    # ---- order and filter

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 is the order of arrival, newest first."""
        key: SortKey = self.columns[column].sort if column >= 0 else by_key
        descending = order is Qt.SortOrder.DescendingOrder if column >= 0 else True
        self._sort_column, self._descending = column, descending
        self._rearrange(lambda: self.cache.sort(key, descending=descending))

    @property
    def sorted_by(self) -> tuple[int, bool]:
        """Column (-1: order of arrival) and whether descending."""
        return (self._sort_column, self._descending)

    def filter(self, accept: Callable[[Row], bool] | None) -> None:
        """Show only the rows that `accept` says yes to."""
        self.beginResetModel()
        self.cache.filter(accept)
        self.endResetModel()

    def _rearrange(self, act: Callable[[], None]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [(self.cache.key(index.row()), index.column()) for index in before]
        act()
        after = []
        for key, column in keys:
            position = self.cache.position(key)
            after.append(QModelIndex() if position is None else self.index(position, column))
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    # ---- Qt's questions

    def cell(self, position: int, column: int) -> Cell:
        """What a cell says; made anew each time it is painted."""
        cell: Cell = self.columns[column].cell(self.cache.row(position))
        return cell

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else self.cache.shown

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.cell(index.row(), index.column()).line
        if role == Qt.ItemDataRole.ToolTipRole:
            # Qt reads a tooltip that looks like HTML as HTML: escaping keeps strings from outside plain (S12).
            return f"<p>{html.escape(self.cell(index.row(), index.column()).line)}</p>"
        if role == Qt.ItemDataRole.TextAlignmentRole and self.columns[index.column()].right:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.columns[section].hint or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.columns[section].right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None
