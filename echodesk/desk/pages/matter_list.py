"""One list of the page "Needs attention": found, read anew, and acted on."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from echodesk.desk import formats, widgets
from echodesk.desk.matter_words import ABOUT, Numbered, haystack
from echodesk.desk.pages.state_pane import StatePane
from echodesk.desk.pages.table_page import PageParts
from echodesk.desk.tables.live_model import LiveModel
from echodesk.desk.tables.view import LiveView
from echodesk.errors import EchoDeskError
from echodesk.lessons import ListMatter, Matter, MatterListed
from echodesk.messages import Row, Table, TableDelta


class MatterList(QWidget):
    """Everything of one list. It is read when it comes to the front, and when `read` is called."""

    filled = Signal()
    """An answer is on screen."""
    lessons_wanted = Signal(str)
    """Someone wants to see the lessons that a line is about: what is to be looked up."""

    def __init__(self, matter: Matter, parts: PageParts) -> None:
        super().__init__()
        self.matter = matter
        self.about = ABOUT[matter]
        self._parts = parts
        self._asked = self._answered = 0
        self._in_all = 0
        self._trouble: EchoDeskError | None = None
        self._keys: dict[Hashable, int] = {}
        self.model = LiveModel(self.about.columns(parts.campus), parent=self)
        self.view = LiveView(self.model, parts.theme)
        self.view.setAccessibleName(self.about.title)
        self.view.sort_by(self.about.soonest)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find in this list")
        self.field.setAccessibleName(f"Find in {self.about.title.lower()}")
        self.field.setClearButtonEnabled(True)
        self.field.setMaxLength(200)
        self.count = widgets.label(kind="small")
        self.state_pane = StatePane()
        self._actions: list[tuple[QAction, Callable[[list[Any]], bool]]] = []
        self._tools = QHBoxLayout()
        self._tools.setSpacing(8)
        self._lay_out()
        self.lessons_action = self.add("Show in &Lessons", "Ctrl+L", self._on_lessons, self._has_lessons)
        self.view.opened.connect(self.lessons_action.trigger)
        self.view.resized.connect(self._share_room)
        self.view.selectionModel().selectionChanged.connect(self._refresh)
        self.field.textChanged.connect(lambda _text: self._filter())
        self._show()

    @property
    def answered(self) -> bool:
        """True while what is on screen is the answer to what was asked last."""
        return 0 < self._asked == self._answered

    @property
    def in_all(self) -> int:
        """How many there are, as was answered last."""
        return self._in_all

    def add(
        self,
        text: str,
        keys: str,
        act: Callable[[], None],
        possible: Callable[[list[Any]], bool],
        *,
        primary: bool = False,
    ) -> QAction:
        """One more thing to do, as a button and by keys; `possible` with the chosen lines."""
        action = QAction(text, self)
        # A tool button shows this text, and Qt would take the dots away.
        action.setIconText(text.replace("&", ""))
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(act)
        self.addAction(action)
        self.view.addAction(action)
        self._actions.append((action, possible))
        self._tools.addWidget(widgets.tool_button(action, "primary" if primary else ""))
        self._refresh()
        return action

    def chosen(self) -> list[Any]:
        """The chosen lines, in the order of the screen."""
        rows: Any = (self.model.cache.get(key) for key in self.view.selected_keys())
        return [row.line for row in rows if row is not None]

    def read(self) -> None:
        """Ask for the list; the newest answer wins."""
        self._asked += 1
        self._parts.gateway.start(self._read(self._asked))

    # ---- inside

    async def _read(self, number: int) -> None:
        self._show()
        found: object = None
        trouble: EchoDeskError | None = None
        try:
            found = await self._parts.gateway.ask(ListMatter(self.matter))
        except EchoDeskError as error:
            trouble = error
        if number != self._asked or not isValid(self):
            return
        self._trouble, self._answered = trouble, number
        self._put(found if isinstance(found, MatterListed) else None)
        self.filled.emit()

    def _put(self, found: MatterListed | None) -> None:
        lines = found.lines if found is not None else ()
        self._in_all = found.in_all if found is not None else 0
        rows: Any = tuple(Numbered(self._key(line), line) for line in lines)
        number = next(self._parts.numbers)
        self.model.expect(number)
        # The model keeps rows of any kind that have a key; which table they are of does not matter to it.
        self.model.apply(TableDelta(Table.QUEUE, number, 0, 0, rows, frozenset(), True, ()))
        self._show()

    def _key(self, line: object) -> int:
        return self._keys.setdefault(self.about.same(line), len(self._keys))

    def _filter(self) -> None:
        text = self.field.text().strip().casefold()

        def accept(row: Row) -> bool:
            numbered: Any = row
            return not text or text in haystack(self.about, numbered.line)

        self.model.filter(accept)
        self._show()

    def _show(self) -> None:
        shown, held, about = self.model.rowCount(), self.model.cache.held, self.about
        self.count.setText(self._count_text(shown, held))
        self._refresh()
        if self._trouble is not None:
            self.state_pane.tell(self._trouble, self.read)
        elif shown:
            self._stack.setCurrentWidget(self.view)
            return
        elif not self.model.loaded:
            self.state_pane.say("Loading …", f"The {about.many} are being read from the timetable database.")
        elif held:
            self.state_pane.say(f"No {about.one} matches", "Try fewer letters.", "Show all", self.field.clear)
        else:
            self.state_pane.say(*about.empty)
        self._stack.setCurrentWidget(self.state_pane)

    def _count_text(self, shown: int, held: int) -> str:
        one, many = self.about.one, self.about.many
        if self._trouble is not None or not self.model.loaded:
            return ""
        if shown < held:
            return f"{formats.counted(shown, one, many)} found, of {formats.number(self._in_all)}"
        if held < self._in_all:
            return f"the first {formats.number(held)} of {formats.number(self._in_all)} {many}"
        return formats.counted(held, one, many) if held else ""

    def _refresh(self) -> None:
        chosen = self.chosen()
        for action, possible in self._actions:
            action.setEnabled(possible(chosen))

    def _has_lessons(self, chosen: Sequence[Any]) -> bool:
        return len(chosen) == 1 and bool(self.about.looked_up(chosen[0]))

    def _on_lessons(self) -> None:
        chosen = self.chosen()
        if self._has_lessons(chosen):
            self.lessons_wanted.emit(self.about.looked_up(chosen[0]))

    def to_field(self) -> None:
        """Type what is to be found."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _share_room(self) -> None:
        widths = [column.width for column in self.model.columns]
        rest = max(0, self.view.viewport().width() - sum(widths))
        parts = sum(self.about.shares) or 1
        for at, (width, share) in enumerate(zip(widths, self.about.shares, strict=True)):
            self.view.setColumnWidth(at, width + rest * share // parts)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.field, 2)
        head.addWidget(self.count)
        head.addStretch(1)
        head.addLayout(self._tools)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.state_pane)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(widgets.label(self.about.lead, "muted", wrap=True))
        column.addLayout(head)
        column.addWidget(self._stack, 1)
