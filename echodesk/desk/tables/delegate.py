"""Paints a cell: two lines of plain text, a shape for the tone. No widget, no style engine, no HTML.

One call into Python per cell instead of one per role (desktop.md §2: each costs 12 to 18 µs), so a repaint of a
full view stays under the length of a frame.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from echodesk.desk import formats, shapes
from echodesk.desk.tables.live_model import LiveModel
from echodesk.desk.theme import Theme
from echodesk.desk.tokens import Tokens
from echodesk.desk.words import Tone

ROW_HEIGHT = 46
PAD = 10


class CellDelegate(QStyledItemDelegate):
    """For a view over a `LiveModel`."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tokens: Tokens | None = None
        self._small = QFont()
        self._bold = QFont()
        self._metrics = QFontMetrics(self._small)
        self._small_metrics = self._metrics
        self._bold_metrics = self._metrics
        self._colours: dict[str, QColor] = {}
        self._shapes: dict[tuple[Tone, bool, float], QPixmap] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model = index.model()
        if not isinstance(model, LiveModel):
            return
        tokens = self._theme.tokens
        if tokens is not self._tokens:
            self._prepare(tokens, option.font)
        rect: QRect = option.rect
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, self._colour(tokens.selection))
        painter.setPen(self._colour(tokens.hairline))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        cell = model.cell(index.row(), index.column())
        left, width = rect.left() + PAD, rect.width() - 2 * PAD
        ink = tokens.selection_text if selected else tokens.text
        font, metrics = option.font, self._metrics
        if cell.tone is not None:
            shape = self._shape(cell.tone, selected, painter.device().devicePixelRatioF())
            top = rect.top() + (7 if cell.below else (ROW_HEIGHT - shapes.SIZE) // 2)
            painter.drawPixmap(left, top + 1, shape)
            left, width = left + shapes.SIZE + 7, width - shapes.SIZE - 7
            ink = tokens.tones[cell.tone][0]
            font, metrics = self._bold, self._bold_metrics
        painter.setFont(font)
        painter.setPen(self._colour(ink))
        first = rect.top() + (20 if cell.below else ROW_HEIGHT // 2 + 5)
        text = fitted(metrics, formats.one_line(cell.text), width)
        right = model.columns[index.column()].right
        painter.drawText(left + (width - metrics.horizontalAdvance(text) if right else 0), first, text)
        if cell.below:
            painter.setFont(self._small)
            painter.setPen(self._colour(tokens.selection_muted if selected else tokens.muted))
            below = fitted(self._small_metrics, formats.one_line(cell.below), width)
            shift = width - self._small_metrics.horizontalAdvance(below) if right else 0
            painter.drawText(left + shift, rect.top() + 37, below)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(self._colour(tokens.focus))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _prepare(self, tokens: Tokens, font: QFont) -> None:
        self._tokens = tokens
        self._colours = {}
        self._shapes = {}
        self._small = QFont(font)
        self._small.setPixelSize(max(11, font.pixelSize() - 2))
        self._bold = QFont(font)
        self._bold.setBold(True)
        self._metrics = QFontMetrics(font)
        self._small_metrics = QFontMetrics(self._small)
        self._bold_metrics = QFontMetrics(self._bold)

    def _colour(self, name: str) -> QColor:
        found = self._colours.get(name)
        if found is None:
            found = self._colours[name] = QColor(name)
        return found

    def _shape(self, tone: Tone, selected: bool, ratio: float) -> QPixmap:
        key = (tone, selected, ratio)
        found = self._shapes.get(key)
        if found is None:
            tokens = self._theme.tokens
            paper = tokens.selection if selected else tokens.surface
            found = self._shapes[key] = shapes.pixmap(tone, tokens.tones[tone][0], paper, ratio)
        return found


def fitted(metrics: QFontMetrics, text: str, width: int) -> str:
    """The text, with dots at its end if it is too wide; measuring first is half the price of eliding."""
    if metrics.horizontalAdvance(text) <= width:
        return text
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
