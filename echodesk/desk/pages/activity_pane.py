"""One action or call of the page "Activity": before and after side by side, request and answer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from echodesk.activity import ActivityLine
from echodesk.desk import activity_words, formats, widgets
from echodesk.desk.campus import CampusTime
from echodesk.desk.pages.clash_table import DIFFERS
from echodesk.desk.pages.detail_pane import body_text

LEAST_WIDTH = 340
NOTHING = "nothing"
WIDE, NARROW = 40, 12
"""Letters without a space that fit into a line of a value alone, and of one beside another."""
"""In the place of what did not stand, or stands no more."""


class ActivityPane(QFrame):
    """The right side of the page. All text in it is plain and can be selected."""

    def __init__(self, campus: CampusTime) -> None:
        super().__init__()
        self._campus = campus
        self.setProperty("kind", "panel")
        self.setAccessibleName("Details of the selected line")
        self.setMinimumWidth(LEAST_WIDTH)
        self.headline = widgets.label(kind="headline", wrap=True, selectable=True)
        self._area = widgets.details()
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 10, 12)
        column.setSpacing(8)
        column.addWidget(self.headline)
        column.addWidget(self._area, 1)
        self.show_line(None)

    def show_line(self, line: ActivityLine | None) -> None:
        """All that is known of it; None where no line, or more than one, is chosen."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 4, 8, 4)
        column.setSpacing(8)
        if line is None:
            self.headline.setText("Nothing selected")
            column.addWidget(
                widgets.label("Select a line to see what stood before and stands since.", "muted", wrap=True)
            )
        else:
            self.headline.setText(formats.breakable(activity_words.what(line).line))
            column.addLayout(_facts(activity_words.facts(line, self._campus)))
            fields = activity_words.compared(line, self._campus)
            if fields:
                column.addWidget(widgets.label("Before and after", "heading"))
                column.addLayout(_compared(fields))
            for title, text in (("What was asked", line.sent), ("What Echo360 answered", line.answer)):
                if text:
                    column.addWidget(widgets.label(title, "heading"))
                    column.addWidget(body_text(activity_words.body(text), title))
        column.addStretch(1)
        self._area.setWidget(inside)


def _grid(columns: int) -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 8)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(5)
    for column in range(1, columns):
        grid.setColumnStretch(column, 1)
    return grid


def _facts(lines: tuple[tuple[str, str], ...]) -> QGridLayout:
    grid = _grid(2)
    for row, (label, value) in enumerate(lines):
        grid.addWidget(widgets.label(label, "small"), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_value(value), row, 1, Qt.AlignmentFlag.AlignTop)
    return grid


def _compared(fields: tuple[activity_words.Compared, ...]) -> QGridLayout:
    grid = _grid(3)
    for column, title in ((1, "Before"), (2, "After")):
        grid.addWidget(widgets.label(title, "small"), 0, column)
    for row, one in enumerate(fields, 1):
        mark = f"{one.label} {DIFFERS}" if one.differs else one.label
        grid.addWidget(widgets.label(mark, "small"), row, 0, Qt.AlignmentFlag.AlignTop)
        for column, (title, text) in enumerate((("before", one.before), ("after", one.after)), 1):
            value = _value(text or NOTHING, NARROW)
            value.setAccessibleName(f"{mark} {title}")
            if one.differs:
                font = value.font()
                font.setBold(True)
                value.setFont(font)
            grid.addWidget(value, row, column, Qt.AlignmentFlag.AlignTop)
    return grid


def _value(text: str, run: int = WIDE) -> QLabel:
    made = widgets.label(wrap=True, selectable=True)
    made.setText(formats.breakable(text, run))
    made.setMinimumWidth(60)
    return made
