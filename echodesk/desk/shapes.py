"""A form for each tone, so that a status is told by shape and word and not by colour alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from echodesk.desk.words import Tone

SIZE = 14


def pixmap(tone: Tone, ink: str, paper: str, ratio: float = 1.0, size: int = SIZE) -> QPixmap:
    """The tone's form in `ink`, with what is cut out of it in `paper`; `size` in logical pixels."""
    made = QPixmap(round(size * ratio), round(size * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 14, size / 14)
    _draw(painter, tone, QColor(ink), QColor(paper))
    painter.end()
    return made


def _draw(painter: QPainter, tone: Tone, ink: QColor, paper: QColor) -> None:
    cut = QPen(paper, 1.7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    line = QPen(ink, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    whole = QRectF(1, 1, 12, 12)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    if tone is Tone.GOOD:
        painter.drawEllipse(whole)
        painter.setPen(cut)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([QPointF(4.2, 7.3), QPointF(6.2, 9.2), QPointF(9.8, 5.2)]))
    elif tone is Tone.BAD:
        painter.drawRoundedRect(whole, 3, 3)
        painter.setPen(cut)
        painter.drawLine(QPointF(4.8, 4.8), QPointF(9.2, 9.2))
        painter.drawLine(QPointF(9.2, 4.8), QPointF(4.8, 9.2))
    elif tone is Tone.CLASH:
        painter.drawPolygon(QPolygonF([QPointF(7, 0.4), QPointF(13.6, 7), QPointF(7, 13.6), QPointF(0.4, 7)]))
        painter.setPen(cut)
        painter.drawLine(QPointF(7, 4), QPointF(7, 7.6))
        painter.drawPoint(QPointF(7, 10))
    elif tone is Tone.NOTE:
        painter.drawPolygon(QPolygonF([QPointF(7, 0.8), QPointF(13.6, 12.8), QPointF(0.4, 12.8)]))
        painter.setPen(cut)
        painter.drawLine(QPointF(7, 5.2), QPointF(7, 8.4))
        painter.drawPoint(QPointF(7, 10.8))
    else:
        _draw_open(painter, tone, line, whole)


def _draw_open(painter: QPainter, tone: Tone, line: QPen, whole: QRectF) -> None:
    inner = whole.adjusted(0.8, 0.8, -0.8, -0.8)
    painter.setPen(line)
    if tone is Tone.BUSY:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawArc(inner, 50 * 16, 280 * 16)
        painter.setBrush(line.color())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(QPolygonF([QPointF(5.6, 4.4), QPointF(5.6, 9.6), QPointF(9.8, 7)]))
    elif tone is Tone.WAIT:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(inner)
        painter.drawPolyline(QPolygonF([QPointF(7, 4.2), QPointF(7, 7.2), QPointF(9.2, 8.4)]))
    else:
        painter.drawLine(QPointF(3, 7), QPointF(11, 7))
