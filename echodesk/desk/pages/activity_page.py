"""Activity: every action and every call to Echo360, the newest first, with who, why, before and after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSplitter, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from echodesk.activity import ActivityLine, ActivityShown, ShowActivity
from echodesk.desk import activity_words, formats, widgets
from echodesk.desk.pages.activity_pane import ActivityPane
from echodesk.desk.pages.state_pane import StatePane
from echodesk.desk.pages.table_page import PageParts
from echodesk.desk.tables.live_model import LiveModel
from echodesk.desk.tables.typed import without
from echodesk.desk.tables.view import LiveView
from echodesk.errors import EchoDeskError
from echodesk.messages import Table, TableDelta

TITLE = "Activity"
LEAD = "Who did what: each action of a person, and each call to Echo360 with what stood before and stands since."
AT_ONCE = 500
"""So many lines are read, and so many more each time."""
HINT = (
    "who:ann    what somebody did; who:EchoDesk for calls\naction:paused    a kind of action or call\n"
    'room:2950203    a room by its code, or room:"Darwin 1.02" by its name\n'
    "lesson:617747    a lesson by its number, or an external id\n"
    "since:yesterday until:2026-11-23    days: today, yesterday, 7d or a date"
)


class ActivityPage(QWidget):
    """A field, the lines that fit, and all of the chosen one beside them. Read when it is opened, and by F5."""

    filled = Signal()
    """An answer is on screen."""
    lessons_wanted = Signal(str)
    """Someone wants to see the lesson of a line: what is to be looked up."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__()
        self._parts = parts
        self._asked = self._answered = 0
        self._wish = ShowActivity()
        self._lines: tuple[ActivityLine, ...] = ()
        self._trouble: EchoDeskError | None = None
        self.field = QLineEdit()
        self.field.setPlaceholderText("Filter: who:ann room:2950203 since:yesterday …, then Enter")
        self.field.setToolTip(HINT)
        self.field.setAccessibleName("Filter the activity")
        self.field.setClearButtonEnabled(True)
        self.field.setMaxLength(200)
        self.trouble = widgets.label(kind="problem", wrap=True)
        """Says below the field what cannot be understood."""
        self.trouble.setProperty("ink", "bad")
        self.trouble.hide()
        self.people_chip = widgets.button("What &people did", self.read, "chip")
        self.people_chip.setCheckable(True)
        self.count = widgets.label(kind="small")
        self.older_button = widgets.button("&Older ones", self._on_older, hint="Reads the lines before these")
        self.model = LiveModel(activity_words.columns(parts.campus), parent=self)
        self.view = LiveView(self.model, parts.theme)
        self.view.setAccessibleName(TITLE)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.state_pane = StatePane()
        self.pane = ActivityPane(parts.campus)
        self._actions: list[tuple[QAction, Callable[[ActivityLine], str]]] = []
        self.person_action = self._only("Only this p&erson", "who", activity_words.who)
        self.lesson_action = self._only("Only this &lesson", "lesson", lambda line: line.external_id)
        self.room_action = self._only("Only this &room", "room", lambda line: line.room)
        self.show_action = self._act("Show in Lesso&ns", self._on_lessons, _looked_up)
        self.show_action.setShortcut(QKeySequence("Ctrl+L"))
        self.setFocusProxy(self.field)
        self._lay_out()
        self.field.returnPressed.connect(self.read)
        self.view.selectionModel().selectionChanged.connect(self._refresh)
        self.view.opened.connect(self.show_action.trigger)
        widgets.on_key(self, "F5", self.read)
        widgets.on_key(self, "Ctrl+F", self._to_field)
        self._show()

    @property
    def answered(self) -> bool:
        """True while what is on screen is the answer to what was asked last."""
        return 0 < self._asked == self._answered

    def chosen(self) -> ActivityLine | None:
        """The line that is chosen, if it is one alone."""
        keys = self.view.selected_keys()
        row: Any = self.model.cache.get(keys[0]) if len(keys) == 1 else None
        return row if isinstance(row, ActivityLine) else None

    def read(self) -> None:
        """Read the newest lines that fit what is typed; what cannot be understood is said, and nothing is read."""
        wish, said = activity_words.read_wish(self.field.text(), self._parts.campus)
        self.trouble.setText(said)
        self.trouble.setVisible(bool(said))
        self.field.setAccessibleDescription(said)
        if not said:
            self._wish = replace(wish, people=self.people_chip.isChecked(), limit=AT_ONCE)
            self._ask(self._wish, ())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.read()

    # ---- asking

    def _ask(self, wish: ShowActivity, kept: tuple[ActivityLine, ...]) -> None:
        self._asked += 1
        self._parts.gateway.start(self._read(wish, kept, self._asked))

    async def _read(self, wish: ShowActivity, kept: tuple[ActivityLine, ...], number: int) -> None:
        found: object = None
        trouble: EchoDeskError | None = None
        try:
            found = await self._parts.gateway.ask(wish)
        except EchoDeskError as error:
            trouble = error
        if number != self._asked or not isValid(self):
            return
        self._trouble, self._answered = trouble, number
        more = isinstance(found, ActivityShown) and found.more
        self._put((*kept, *found.lines) if isinstance(found, ActivityShown) else kept)
        self.older_button.setVisible(more)
        self._show()
        self.filled.emit()

    def _put(self, lines: tuple[ActivityLine, ...]) -> None:
        self._lines = lines
        number = next(self._parts.numbers)
        self.model.expect(number)
        rows: Any = lines
        # The model keeps rows of any kind that have a key; which table they are of does not matter to it.
        self.model.apply(TableDelta(Table.QUEUE, number, 0, 0, rows, frozenset(), True, ()))

    # ---- showing

    def _show(self) -> None:
        shown = self.model.rowCount()
        self.count.setText(formats.counted(shown, "line") if shown and self._trouble is None else "")
        self._refresh()
        if self._trouble is not None:
            self.state_pane.tell(self._trouble, self.read)
        elif shown:
            self._stack.setCurrentWidget(self.view)
            return
        elif not self.model.loaded:
            self.state_pane.say("Loading …", "What was done is being read from the timetable database.")
        elif self.field.text().strip() or self.people_chip.isChecked():
            text = "Nothing of it was done, or it is called otherwise here. Type less, or show everything."
            self.state_pane.say("Nothing fits", text, "Show everything", self._on_everything)
        else:
            self.state_pane.say(
                "Nothing was done yet", "As soon as somebody acts or something is sent, it is here."
            )
        self._stack.setCurrentWidget(self.state_pane)

    def _refresh(self) -> None:
        line = self.chosen()
        self.pane.show_line(line)
        for action, of in self._actions:
            action.setEnabled(line is not None and bool(of(line)))

    # ---- clicks

    def _on_older(self) -> None:
        if self._lines:
            self._ask(replace(self._wish, before=self._lines[-1].key), self._lines)

    def _on_everything(self) -> None:
        self.field.clear()
        self.people_chip.setChecked(False)
        self.read()

    def _on_lessons(self) -> None:
        line = self.chosen()
        if line is not None:
            self.lessons_wanted.emit(_looked_up(line))

    def _to_field(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _only(self, text: str, key: str, of: Callable[[ActivityLine], str]) -> QAction:
        """An action that narrows the list to what the chosen line has there."""

        def narrow() -> None:
            line = self.chosen()
            if line is not None:
                rest = without(self.field.text(), key)
                self.field.setText(f"{rest} {activity_words.term_of(key, of(line))}".strip())
                self.read()

        return self._act(text, narrow, of)

    def _act(self, text: str, act: Callable[[], None], of: Callable[[ActivityLine], str]) -> QAction:
        action = QAction(text, self)
        # A tool button shows this text, and Qt would take the dots away.
        action.setIconText(text.replace("&", ""))
        action.triggered.connect(act)
        self.addAction(action)
        self.view.addAction(action)
        self._actions.append((action, of))
        return action

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.field, 1)
        tools.addWidget(self.people_chip)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(self.count)
        acts.addWidget(self.older_button)
        acts.addStretch(1)
        for action, _of in self._actions:
            acts.addWidget(widgets.tool_button(action))
        self.older_button.hide()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.state_pane)
        body = QSplitter()
        body.setHandleWidth(12)
        body.setChildrenCollapsible(False)
        body.addWidget(self._stack)
        body.addWidget(self.pane)
        body.setStretchFactor(0, 1)
        body.setSizes([780, 380])
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 18, 24, 14)
        page.setSpacing(10)
        page.addWidget(widgets.label(TITLE, "title"))
        page.addWidget(widgets.label(LEAD, "muted", wrap=True))
        page.addLayout(tools)
        page.addWidget(self.trouble)
        page.addLayout(acts)
        page.addWidget(body, 1)


def _looked_up(line: ActivityLine) -> str:
    """What the page Lessons looks up for a line; '' for nothing."""
    return " ".join(part for part in (line.module, line.group) if part)
