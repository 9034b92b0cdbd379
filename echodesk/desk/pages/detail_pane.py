"""One row explained: recorded or not and why, what the timetable says, what was sent and what came back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextOption
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from echodesk.desk import fonts, formats, prose, shapes, widgets, words
from echodesk.desk.campus import CampusTime
from echodesk.desk.theme import Theme
from echodesk.errors import EchoDeskError
from echodesk.messages import CallShown, Detail, DetailGroup

LONG_WORD = 21


class DetailPane(QFrame):
    """The right side of a table page. All text in it is plain and can be selected."""

    closed = Signal()
    """Escape or the close button."""
    filled = Signal()
    """The details of a row are on screen."""

    def __init__(self, theme: Theme, campus: CampusTime) -> None:
        super().__init__()
        self._theme = theme
        self._campus = campus
        self.detail: Detail | None = None
        self.setProperty("kind", "panel")
        self.setAccessibleName("Details of the selected row")
        self.headline = widgets.label(kind="headline", wrap=True, selectable=True)
        self._area = widgets.details()
        self.close_button = widgets.button("Close", self.closed.emit, "plain", name="Close details", hint="Escape")
        top = QHBoxLayout()
        top.addWidget(widgets.label("Details", "small"), 1)
        top.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 10, 12)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.headline)
        column.addWidget(self._area, 1)
        self.show_nothing()

    def show_nothing(self) -> None:
        """No row is selected."""
        self._fill("Nothing selected", "Select a row to see what was sent, what came back, and why.")

    def show_several(self, count: int) -> None:
        """More than one row is selected."""
        self._fill(f"{formats.number(count)} rows selected", "The buttons above act on all of them.")

    def show_waiting(self, title: str) -> None:
        """A row was selected; its detail is on the way."""
        self._fill(title, "Looking it up …")

    def show_trouble(self, trouble: EchoDeskError) -> None:
        """The detail could not be read."""
        self._fill(trouble.title, f"{trouble.message}\n\n{trouble.next_step}")

    def show_detail(self, detail: Detail) -> None:
        """Everything about the row; the place one has scrolled to is kept for the same row."""
        same = self.detail is not None and (self.detail.table, self.detail.key) == (detail.table, detail.key)
        before = self._area.verticalScrollBar().value() if same else 0
        body, column = self._body()
        for group in detail.groups:
            if not group.lines:
                continue
            column.addWidget(widgets.label(group.title, "heading", wrap=True))
            column.addLayout(self._lines(group))
        column.addWidget(widgets.label(f"Calls to Echo360 ({formats.number(len(detail.calls))})", "heading"))
        if not detail.calls:
            column.addWidget(widgets.label("Nothing has been sent for this yet.", "muted", wrap=True))
        for number, call in enumerate(detail.calls):
            column.addWidget(CallBox(call, self._theme, self._campus, opened=number == 0))
        column.addStretch(1)
        self.headline.setText(formats.breakable(prose.readable(detail.headline, self._campus)))
        self._area.setWidget(body)
        self._area.verticalScrollBar().setValue(before)
        self.detail = detail
        self.filled.emit()

    def _fill(self, title: str, text: str) -> None:
        self.detail = None
        body, column = self._body()
        column.addWidget(widgets.label(text, "muted", wrap=True))
        column.addStretch(1)
        self.headline.setText(formats.breakable(title))
        self._area.setWidget(body)

    def _body(self) -> tuple[QWidget, QVBoxLayout]:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 4, 8, 4)
        column.setSpacing(8)
        return body, column

    def _lines(self, group: DetailGroup) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        for label, raw in group.lines:
            name, value = prose.line(label, raw, self._campus)
            title = widgets.label(name, "small", wrap=True)
            text = widgets.label(wrap=True, selectable=True)
            text.setText(formats.breakable(value) or formats.NOTHING)
            text.setMinimumWidth(60)
            row = grid.rowCount()
            if max(map(len, value.split()), default=0) > LONG_WORD:
                # An address would be cut off beside its title: it has the whole width below it.
                grid.addWidget(title, row, 0, 1, 2)
                grid.addWidget(text, row + 1, 0, 1, 2)
            else:
                title.setFixedWidth(96)
                grid.addWidget(title, row, 0, top)
                grid.addWidget(text, row, 1, top)
        return grid

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class CallBox(QFrame):
    """One call to Echo360: the sentence always, the two bodies when asked for."""

    def __init__(self, call: CallShown, theme: Theme, campus: CampusTime, *, opened: bool) -> None:
        super().__init__()
        self._call = call
        self.setProperty("kind", "banner")
        ended, about = prose.outcome(call.outcome)
        tone = words.outcome_tone(call.outcome.partition(": ")[0])
        tokens = theme.tokens
        sign = widgets.label()
        sign.setPixmap(shapes.pixmap(tone, tokens.tones[tone][0], tokens.surface, self.devicePixelRatioF()))
        title = widgets.label(kind="problem", wrap=True)
        title.setText(
            formats.breakable(f"{words.call(call.action)}: {ended}" if ended else words.call(call.action))
        )
        local = campus.to_local(call.at)
        facts = [formats.moment(local, campus.now()[:10])]
        if call.status:
            facts.append(f"answer {call.status}")
        if call.milliseconds:
            facts.append(f"{formats.number(call.milliseconds)} ms")
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(title, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 10, 12, 10)
        self._column.setSpacing(5)
        self._column.addLayout(top)
        self._column.addWidget(widgets.label(" · ".join(facts), "small", wrap=True))
        for text in (words.why(call.why), about):
            if text:
                part = widgets.label(wrap=True, selectable=True)
                part.setText(formats.breakable(prose.readable(text, campus)))
                self._column.addWidget(part)
        self.more = widgets.button("Show what was sent", self._on_more, "plain")
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.more.setVisible(bool(call.sent or call.answer))
        self._bodies: list[QWidget] = []
        if opened and (call.sent or call.answer):
            self._open()

    def _on_more(self) -> None:
        if self._bodies:
            for body in self._bodies:
                self._column.removeWidget(body)
                body.deleteLater()
            self._bodies = []
            self.more.setText("Show what was sent")
        else:
            self._open()

    def _open(self) -> None:
        for title, text in (("What was sent", self._call.sent), ("What came back", self._call.answer)):
            heading = widgets.label(title, "small")
            body = body_text(text, title)
            for part in (heading, body):
                self._column.addWidget(part)
                self._bodies.append(part)
        self.more.setText("Hide what was sent")


def body_text(text: str, title: str) -> QPlainTextEdit:
    """A request or an answer as it was, to be read and copied."""
    body = QPlainTextEdit()
    body.setReadOnly(True)
    body.setTabChangesFocus(True)
    body.setAccessibleName(title)
    body.setFont(fonts.fixed_font())
    body.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    body.setPlainText(formats.plain(text, limit=20_000) or "(empty)")
    lines = sum(1 + len(line) // 38 for line in body.toPlainText().split("\n"))
    body.setFixedHeight(16 * min(max(lines, 2), 11) + 14)
    return body
