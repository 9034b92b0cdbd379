"""Building blocks of the Overview: a big number that can be clicked, and bars with words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from echodesk.desk import formats, shapes, widgets
from echodesk.desk.theme import Theme
from echodesk.desk.words import Tone


class Card(QFrame):
    """One number with its title; clicking it, or Enter and Space, opens the page behind it."""

    def __init__(self, title: str, theme: Theme, opens: Callable[[], None] | None) -> None:
        super().__init__()
        self._title = title
        self._theme = theme
        self._opens = opens
        self.setProperty("kind", "card")
        self.setMinimumHeight(108)
        self.number = widgets.label(formats.NOTHING)
        self.number.setProperty("kind", "number")
        self.text = widgets.label(kind="small", wrap=True)
        self._sign = widgets.label()
        top = QHBoxLayout()
        top.addWidget(widgets.label(title, "muted"), 1)
        top.addWidget(self._sign)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 16, 14)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.number)
        column.addWidget(self.text)
        column.addStretch(1)
        if opens is not None:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setToolTip("Open the list")
        self.setAccessibleName(title)

    def say(self, number: int, text: str, tone: Tone) -> None:
        """Show a number; a tone other than quiet also colours and marks it."""
        self.number.setText(formats.number(number))
        self.text.setText(text)
        tokens = self._theme.tokens
        widgets.restyle(self.number, "ink", "" if tone is Tone.QUIET else str(tone))
        if tone is Tone.QUIET:
            self._sign.clear()
        else:
            ratio = self.devicePixelRatioF()
            self._sign.setPixmap(shapes.pixmap(tone, tokens.tones[tone][0], tokens.surface, ratio, 16))
        self.setAccessibleName(f"{self._title}: {formats.number(number)}. {text}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._open()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # Accepting the press is what makes Qt send the release here.
        event.setAccepted(self._opens is not None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        if self._opens is not None:
            self._opens()


class Bar(QWidget):
    """A thin horizontal bar, filled in part."""

    def __init__(self, theme: Theme, height: int = 8) -> None:
        super().__init__()
        self._theme = theme
        self._share = 0.0
        self._tone = Tone.BUSY
        self._height = height
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def fill(self, share: float, tone: Tone) -> None:
        """Fill from 0 to 1."""
        self._share, self._tone = min(max(share, 0.0), 1.0), tone
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, self._height)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        radius = whole.height() / 2
        painter.setBrush(QColor(tokens.hairline))
        painter.drawRoundedRect(whole, radius, radius)
        if self._share > 0:
            painter.setBrush(QColor(tokens.tones[self._tone][0]))
            width = max(whole.width() * self._share, whole.height())
            painter.drawRoundedRect(QRectF(0, 0, width, whole.height()), radius, radius)
        painter.end()


class BarList(QFrame):
    """A panel of named bars, the longest first as given."""

    def __init__(self, title: str, theme: Theme, nothing: str) -> None:
        super().__init__()
        self._theme = theme
        self._nothing = nothing
        self._shown: tuple[tuple[str, int, Tone], ...] | None = None
        self.setProperty("kind", "panel")
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        column.addWidget(widgets.label(title, "heading"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(15)
        self._grid.setColumnStretch(2, 1)
        column.addLayout(self._grid)
        column.addStretch(1)

    def show_lines(self, lines: Sequence[tuple[str, int, Tone]]) -> None:
        """Show these (words, number, tone)."""
        if self._shown == tuple(lines):
            return
        same = self._shown is not None and [line[0] for line in self._shown] == [line[0] for line in lines]
        self._shown = tuple(lines)
        if not same:
            self._rebuild(lines)
        most = max((count for _, count, _ in lines), default=1) or 1
        for row, (_, count, tone) in enumerate(lines):
            number, bar = self._at(row, 3), self._at(row, 2)
            if isinstance(bar, Bar):
                bar.fill(count / most, tone)
            if number is not None:
                number.setProperty("text", formats.number(count))

    def forget(self) -> None:
        """Make everything anew at the next call: the colours have changed."""
        self._shown = None

    def _at(self, row: int, column: int) -> QWidget | None:
        item = self._grid.itemAtPosition(row, column)
        return item.widget() if item is not None else None

    def _rebuild(self, lines: Sequence[tuple[str, int, Tone]]) -> None:
        widgets.clear(self._grid)
        if not lines:
            self._grid.addWidget(widgets.label(self._nothing, "muted", wrap=True), 0, 0, 1, 4)
            return
        tokens = self._theme.tokens
        for row, (words, _, tone) in enumerate(lines):
            sign = widgets.label()
            ink = tokens.tones[tone][0]
            sign.setPixmap(shapes.pixmap(tone, ink, tokens.surface, self.devicePixelRatioF()))
            self._grid.addWidget(sign, row, 0)
            self._grid.addWidget(widgets.label(formats.one_line(words, 60)), row, 1)
            self._grid.addWidget(Bar(self._theme), row, 2)
            number = widgets.label()
            number.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(number, row, 3)
