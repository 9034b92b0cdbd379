"""The next lessons that will not be recorded: what an office can still do something about."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout

from echodesk.desk import formats, shapes, widgets, words
from echodesk.desk.theme import Theme
from echodesk.desk.words import Tone
from echodesk.messages import MissedLesson

WIDTHS = (0, 5, 5, 6)
"""How the columns share the width: when (as wide as it is), module, room, why."""


class MissedPanel(QFrame):
    """One line for each lesson, soonest first, and how many more there are."""

    def __init__(self, theme: Theme, opens: Callable[[], None]) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[MissedLesson, ...] | None = None
        self.setProperty("kind", "panel")
        self.setAccessibleName("Not recorded in the next seven days")
        self.count = widgets.label(kind="small")
        self.open_button = widgets.button("Open room clashes", opens, "plain")
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(widgets.label("Not recorded in the next seven days", "heading"))
        top.addWidget(self.count, 1)
        top.addWidget(self.open_button)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(6)
        for number, share in enumerate(WIDTHS):
            self._grid.setColumnStretch(number + 1, share)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 18, 12)
        column.setSpacing(8)
        column.addLayout(top)
        column.addLayout(self._grid)
        column.addStretch(1)

    def show_lessons(self, lessons: Sequence[MissedLesson], count: int) -> None:
        """Show these, of `count` altogether."""
        more = f"the first {len(lessons)} of {formats.number(count)}" if count > len(lessons) else ""
        self.count.setText(more)
        self.open_button.setVisible(bool(lessons))
        if self._shown == tuple(lessons):
            return
        self._shown = tuple(lessons)
        widgets.clear(self._grid)
        if not lessons:
            text = "Every lesson of the next seven days that asks for recording is going to be recorded."
            self._grid.addWidget(widgets.label(text, "muted", wrap=True), 0, 0, 1, len(WIDTHS) + 1)
        for row, lesson in enumerate(lessons):
            self._grid.addWidget(self._sign(), row, 0)
            for column, (text, share) in enumerate(zip(line(lesson), WIDTHS, strict=True)):
                self._grid.addWidget(OneLine(text, whole=not share), row, column + 1)

    def forget(self) -> None:
        """Make everything anew at the next call: the colours have changed."""
        self._shown = None

    def _sign(self) -> QLabel:
        made = widgets.label()
        tokens = self._theme.tokens
        ink = tokens.tones[Tone.CLASH][0]
        made.setPixmap(shapes.pixmap(Tone.CLASH, ink, tokens.surface, self.devicePixelRatioF()))
        return made


def line(lesson: MissedLesson) -> tuple[str, str, str, str]:
    """When, module, room, why: `Mon 23 Nov, 12:00`, `Anatomy · LC07`, `Room 121`, `Room kept by Surgery 1`."""
    day = formats.date(lesson.date).rpartition(" ")[0]
    when = f"{day}, {formats.span(lesson.start, lesson.finish)}"
    module = " · ".join(part for part in (lesson.module_title or lesson.module, lesson.group) if part)
    room = ", ".join(part for part in (lesson.room_name or lesson.room, lesson.building) if part)
    why = words.reason(lesson.reason)
    return (when, module, room, f"Room kept by {lesson.winner}" if lesson.winner else why)


class OneLine(QLabel):
    """A text on one line, cut off with dots where its column ends; the whole of it as a tooltip."""

    def __init__(self, text: str, *, whole: bool) -> None:
        super().__init__()
        self._whole = formats.one_line(text, 40 if whole else 200)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if not whole:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(self._whole)
        self.setAccessibleName(self._whole)
        # Qt reads a tooltip that looks like HTML as HTML: escaping keeps strings from outside plain (S12).
        self.setToolTip(f"<p>{html.escape(self._whole)}</p>")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width()))
