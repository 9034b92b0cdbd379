"""One room's day, drawn: what the timetable says above what Echo360 holds, each in as many lanes as overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from echodesk.desk import formats, shapes
from echodesk.desk.theme import Theme
from echodesk.desk.words import Tone

LABELS_PX, AXIS_PX, GAP_PX, BANDS_PX, EDGE_PX = 84, 20, 3, 8, 4
LANE_PX, LEAST_LANE_PX, MOST_PX = 25, 13, 190
HOUR = 60
BANDS = ("Timetable", "Echo360")


@dataclass(frozen=True, slots=True)
class Bar:
    """A lesson or a booking. Minutes since midnight."""

    key: str
    """Of the lesson that a click chooses, '' for none."""
    start: int
    end: int
    text: str
    tone: Tone
    foreign: bool = False
    """Booked by others: hatched, with a broken edge."""


class Timeline(QWidget):
    """Draws two bands of bars; a click or the arrow keys choose a lesson."""

    chosen = Signal(str)
    """The key of a bar."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._bands: tuple[Sequence[Bar], ...] = ((), ())
        self._lanes: tuple[Sequence[int], ...] = ((), ())
        self._key = ""
        self.setAccessibleName("The day in this room")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bars(self, timetable: Sequence[Bar], echo360: Sequence[Bar], aloud: str) -> None:
        """Draw these, each band sorted by start; `aloud` says the same in words."""
        self._bands = (timetable, echo360)
        self._lanes = (lanes(timetable), lanes(echo360))
        self.setAccessibleDescription(aloud)
        self.updateGeometry()
        self.update()

    def choose(self, key: str) -> None:
        """Mark the bars of a lesson."""
        self._key = key
        self.update()

    def sizeHint(self) -> QSize:
        rows = sum(self._rows)
        return QSize(480, round(AXIS_PX + rows * (self._lane_px + GAP_PX) + BANDS_PX + 2 * EDGE_PX))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def bar_rect(self, band: int, number: int) -> QRectF:
        """Where a bar is drawn."""
        bar, lane = self._bands[band][number], self._lanes[band][number]
        first, last = self._span
        width = self.width() - LABELS_PX - EDGE_PX
        left = LABELS_PX + width * (bar.start - first) / (last - first)
        right = LABELS_PX + width * (bar.end - first) / (last - first)
        top = self._top(band) + lane * (self._lane_px + GAP_PX)
        return QRectF(left + 1, top, max(6.0, right - left - 2), self._lane_px)

    # ---- events

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_hours(painter)
        tokens = self._theme.tokens
        for band, name in enumerate(BANDS):
            top = self._top(band)
            painter.setPen(QColor(tokens.muted))
            area = QRectF(EDGE_PX, top, LABELS_PX - 2 * EDGE_PX, self._lane_px)
            painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
            for number, bar in enumerate(self._bands[band]):
                self._paint_bar(painter, self.bar_rect(band, number), bar)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.focus), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for band, bars in enumerate(self._bands):
            for number, bar in enumerate(bars):
                if bar.key and self.bar_rect(band, number).contains(event.position()):
                    self.chosen.emit(bar.key)
                    return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = [bar.key for bar in self._bands[0]]
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not keys:
            super().keyPressEvent(event)
            return
        at = keys.index(self._key) if self._key in keys else 0
        self.chosen.emit(keys[min(max(at + step, 0), len(keys) - 1)])

    # ---- inside

    @property
    def _rows(self) -> tuple[int, int]:
        """How many lanes each band has, at least one."""
        timetable, echo360 = (max(found, default=0) + 1 for found in self._lanes)
        return timetable, echo360

    @property
    def _lane_px(self) -> float:
        return min(LANE_PX, max(LEAST_LANE_PX, MOST_PX / sum(self._rows) - GAP_PX))

    @property
    def _span(self) -> tuple[int, int]:
        """From the whole hour before the first bar to the whole hour after the last."""
        bars = [bar for band in self._bands for bar in band]
        first = min((bar.start for bar in bars), default=9 * HOUR) // HOUR * HOUR
        last = -(-max((bar.end for bar in bars), default=17 * HOUR) // HOUR) * HOUR
        return first, max(last, first + HOUR)

    def _top(self, band: int) -> float:
        above = self._rows[0] * (self._lane_px + GAP_PX) + BANDS_PX if band else 0
        return EDGE_PX + AXIS_PX + above

    def _paint_hours(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        first, last = self._span
        width = self.width() - LABELS_PX - EDGE_PX
        per_hour = width * HOUR / (last - first)
        every = 1 if per_hour >= 44 else 2 if per_hour >= 22 else 4
        for minute in range(first, last + 1, HOUR):
            left = LABELS_PX + width * (minute - first) / (last - first)
            painter.setPen(QColor(tokens.hairline))
            painter.drawLine(round(left), EDGE_PX + AXIS_PX - 3, round(left), self.height() - EDGE_PX)
            if (minute - first) // HOUR % every == 0 and minute < last:
                painter.setPen(QColor(tokens.muted))
                area = QRectF(left, EDGE_PX, per_hour * every, AXIS_PX - 4)
                painter.drawText(area, Qt.AlignmentFlag.AlignLeft, f"{minute // HOUR:02d}:00")

    def _paint_bar(self, painter: QPainter, rect: QRectF, bar: Bar) -> None:
        tokens = self._theme.tokens
        ink, tint = tokens.tones[bar.tone]
        chosen = bool(bar.key) and bar.key == self._key
        edge = QPen(QColor(tokens.focus if chosen else ink), 2.5 if chosen else 1)
        if bar.foreign:
            edge.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(edge)
        painter.setBrush(QColor(tint))
        painter.drawRoundedRect(rect, 4, 4)
        if bar.foreign:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(QColor(tokens.border), Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(rect, 4, 4)
        size = min(shapes.SIZE, round(rect.height()) - 2)
        left = rect.left() + 5
        if rect.width() > size + 12:
            sign = shapes.pixmap(bar.tone, ink, tint, self.devicePixelRatioF(), size)
            painter.drawPixmap(round(left), round(rect.center().y() - size / 2), sign)
            left += size + 4
        area = QRectF(left, rect.top(), max(0.0, rect.right() - left - 3), rect.height())
        metrics = painter.fontMetrics()
        text = metrics.elidedText(formats.one_line(bar.text, 120), Qt.TextElideMode.ElideRight, int(area.width()))
        if bar.foreign:
            # Letters on the hatching itself could not be read.
            painter.fillRect(
                area.adjusted(-1, 4, metrics.horizontalAdvance(text) - area.width() + 2, -4), QColor(tint)
            )
        painter.setPen(QColor(ink))
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def lanes(bars: Sequence[Bar]) -> list[int]:
    """The lane of each bar, the first one that is free; bars come sorted by start."""
    ends: list[int] = []
    found = []
    for bar in bars:
        lane = next((number for number, end in enumerate(ends) if end <= bar.start), len(ends))
        if lane == len(ends):
            ends.append(bar.end)
        else:
            ends[lane] = bar.end
        found.append(lane)
    return found
