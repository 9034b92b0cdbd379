"""Lessons: looked up by module, lecturer or room; each week with one sentence why it is recorded or not."""

from __future__ import annotations

import datetime as dt
import html

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from echodesk.desk import formats, shapes, widgets, words
from echodesk.desk.pages.state_pane import StatePane
from echodesk.desk.pages.table_page import PageParts
from echodesk.desk.words import Tone
from echodesk.desk.wrapped import wrap
from echodesk.errors import EchoDeskError
from echodesk.lessons import LessonFound, LessonsFound, LookUp, WeekFound
from echodesk.messages import with_code

TITLE = "Lessons"
LEAD = "Will it be recorded, and why? Find a lesson by module, lecturer, room or number, and look at its weeks."
LIST_WIDTH = 360
SPANS = (("Today", 0), ("Next 7 days", 6), ("From today on", None))
"""What the weeks are looked at for: a title, and how many days after today; None without limit."""
EVERYTHING = "The whole year"


class LessonsPage(QWidget):
    """A field, the lessons that fit at the left, the chosen one's weeks and criteria at the right."""

    filled = Signal()
    """An answer is on screen."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__()
        self._parts = parts
        self._asked = self._answered = 0
        self._found = LessonsFound((), 0)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Module, lecturer, room or number; several words must all fit")
        self.field.setAccessibleName("Find lessons")
        self.field.setClearButtonEnabled(True)
        self.span = QComboBox()
        self.span.setAccessibleName("Which weeks")
        self.span.addItems([title for title, _days in SPANS] + [EVERYTHING])
        self.span.setCurrentIndex(len(SPANS) - 1)
        self.find_button = widgets.button("&Find", self.search, "primary", hint="Enter")
        self.count = widgets.label(kind="small")
        self.list = QListWidget()
        self.list.setObjectName("lessons")
        self.list.setAccessibleName("Lessons found")
        wrap(self.list)
        self.headline = widgets.label(kind="headline", wrap=True)
        self.facts = widgets.label(wrap=True, selectable=True)
        self.weeks = _tree("Weeks of the lesson", ("Week", "Date", "Recorded?", "Why"))
        self.criteria = _tree("The nine criteria", ("Criterion", "Met?", "What the timetable says"))
        self.state_pane = StatePane()
        self.setFocusProxy(self.field)
        self._lay_out()
        self.field.returnPressed.connect(self.search)
        self.span.activated.connect(lambda _at: self.search())
        self.list.currentRowChanged.connect(lambda _row: self._show())
        widgets.on_key(self, "Ctrl+F", self._to_field)
        widgets.on_key(self, "F5", self.search)
        self._say_first()

    @property
    def lesson(self) -> LessonFound | None:
        """The lesson on screen."""
        at = self.list.currentRow()
        return self._found.lessons[at] if 0 <= at < len(self._found.lessons) else None

    @property
    def answered(self) -> bool:
        """True while what is on screen is the answer to what was asked last."""
        return self._answered == self._asked

    def search(self) -> None:
        """Look up what stands in the field; the newest search wins."""
        self._asked += 1
        self._parts.gateway.start(self._search(self._asked))

    def look_up(self, words_: str) -> None:
        """Look for what somebody wants to see from elsewhere, from today on."""
        self.field.setText(words_)
        self.span.setCurrentIndex(len(SPANS) - 1)
        self.search()

    def show_one_that_is_missed(self) -> None:
        """Choose the first lesson of which a week is not recorded, if there is one."""
        for at, lesson in enumerate(self._found.lessons):
            if any(week.recorded == "NO" for week in lesson.weeks):
                self.list.setCurrentRow(at)
                return

    def repaint_signs(self) -> None:
        """The colours have changed."""
        self._show()

    # ---- asking

    async def _search(self, number: int) -> None:
        if not self.field.text().strip() and self.span.currentText() in ("From today on", EVERYTHING):
            self._say_first()
            return
        if not self._found.lessons:
            self.state_pane.say("Looking…", "The timetable and what Echo360 holds are read.")
        try:
            found = await self._parts.gateway.ask(self._wish())
        except EchoDeskError as trouble:
            if number == self._asked and isValid(self):
                self._found = LessonsFound((), 0)
                self._fill()
                self.state_pane.tell(trouble, self.search)
            return
        if number != self._asked or not isValid(self) or not isinstance(found, LessonsFound):
            return
        chosen = self.lesson
        self._found, self._answered = found, number
        self._fill()
        keys = [(one.setid, one.slotid) for one in found.lessons]
        before = (chosen.setid, chosen.slotid) if chosen is not None else None
        self.list.setCurrentRow(keys.index(before) if before in keys else (0 if keys else -1))
        if not keys:
            self.state_pane.say(
                "No lesson fits",
                "No lesson of a year that is switched on has all of this in these weeks. Use fewer words, a part"
                " of a name, or other weeks.",
            )
        self.filled.emit()

    def _wish(self) -> LookUp:
        words_ = " ".join(self.field.text().split())
        at = self.span.currentIndex()
        if at >= len(SPANS):
            return LookUp(words_)
        today = dt.date.fromisoformat(self._parts.campus.now()[:10])
        days = SPANS[at][1]
        last = "" if days is None else (today + dt.timedelta(days=days)).isoformat()
        return LookUp(words_, first=today.isoformat(), last=last)

    # ---- showing

    def _say_first(self) -> None:
        self._found = LessonsFound((), 0)
        self._fill()
        self.state_pane.say(
            "Which lesson?",
            "Type a module's code or title, a lecturer, a room or a lesson's number, and press Enter."
            " Today and Next 7 days show all lessons of these days.",
        )

    def _fill(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for lesson in self._found.lessons:
            title, about = _title(lesson), _about(lesson)
            item = QListWidgetItem(formats.plain(f"{title}\n{about}", 300))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, formats.plain(f"{title}, {about}", 300))
            self.list.addItem(item)
        self.list.setCurrentRow(-1)
        self.list.blockSignals(False)
        shown, in_all = len(self._found.lessons), self._found.in_all
        more = f"{formats.number(shown)} of {formats.counted(in_all, 'lesson')}: more words find fewer"
        self.count.setText(more if shown < in_all else formats.counted(shown, "lesson") if shown else "")
        self._show()

    def _show(self) -> None:
        lesson = self.lesson
        self.right.setCurrentIndex(0 if lesson is None else 1)
        self.left.setVisible(bool(self._found.lessons))
        if lesson is None:
            return
        self.headline.setText(formats.breakable(_title(lesson)))
        self.facts.setText(formats.breakable(_facts(lesson)))
        self.weeks.clear()
        for week in lesson.weeks:
            self._add_week(week)
        self.criteria.clear()
        for one in lesson.criteria:
            tone = Tone.GOOD if one.passed else Tone.BAD
            row = (one.title, "Yes" if one.passed else "No", one.seen)
            self._add(self.criteria, row, 1, tone)

    def _add_week(self, week: WeekFound) -> None:
        # The column before it says already whether it is recorded.
        why = week.why.removeprefix("Not recorded: ").removeprefix("Recorded: ")
        row = (str(week.week), formats.date(week.date), words.recorded(week.recorded), why[:1].upper() + why[1:])
        item = self._add(self.weeks, row, 2, words.recorded_tone(week.recorded))
        # Qt reads a tooltip that looks like HTML as HTML: escaping keeps strings from outside plain (S12).
        item.setToolTip(3, f"<p>{html.escape(item.text(3))}</p>")
        if week.in_echo360:
            held = formats.plain(f"In Echo360: {week.in_echo360}", 300)
            item.setData(3, Qt.ItemDataRole.AccessibleTextRole, f"{item.text(3)} {held}")

    def _add(self, tree: QTreeWidget, row: tuple[str, ...], signed: int, tone: Tone) -> QTreeWidgetItem:
        item = QTreeWidgetItem(tree, [formats.one_line(text, 400) for text in row])
        tokens = self._parts.theme.tokens
        ink = tokens.tones[tone][0]
        item.setIcon(signed, QIcon(shapes.pixmap(tone, ink, tokens.surface, self.devicePixelRatioF())))
        return item

    # ---- making

    def _lay_out(self) -> None:
        search = QHBoxLayout()
        search.setSpacing(8)
        search.addWidget(self.field, 1)
        search.addWidget(self.span)
        search.addWidget(self.find_button)
        self.left = QWidget()
        left = QVBoxLayout(self.left)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.count)
        left.addWidget(self.list, 1)
        about = QWidget()
        column = QVBoxLayout(about)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.headline)
        column.addWidget(self.facts)
        column.addWidget(self.weeks, 3)
        column.addWidget(self.criteria, 2)
        self.right = QStackedWidget()
        self.right.addWidget(self.state_pane)
        self.right.addWidget(about)
        body = QSplitter()
        body.setChildrenCollapsible(False)
        body.addWidget(self.left)
        body.addWidget(self.right)
        body.setSizes([LIST_WIDTH, 1_000])
        body.setStretchFactor(1, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 18, 24, 14)
        page.setSpacing(10)
        page.addWidget(widgets.label(TITLE, "title"))
        page.addWidget(widgets.label(LEAD, "muted", wrap=True))
        page.addLayout(search)
        page.addWidget(body, 1)

    def _to_field(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()


def _tree(name: str, titles: tuple[str, ...]) -> QTreeWidget:
    tree = QTreeWidget()
    tree.setAccessibleName(name)
    tree.setRootIsDecorated(False)
    tree.setUniformRowHeights(True)
    tree.setHeaderLabels(list(titles))
    header = tree.header()
    for column in range(len(titles) - 1):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(len(titles) - 1, QHeaderView.ResizeMode.Stretch)
    return tree


def _title(lesson: LessonFound) -> str:
    module = lesson.module_title or lesson.module or f"Lesson {lesson.slotid}"
    return " · ".join(part for part in (module, lesson.group) if part)


def _about(lesson: LessonFound) -> str:
    first = lesson.weeks[0].date if lesson.weeks else ""
    day = formats.date(first).partition(" ")[0] if first else ""
    where = lesson.room_name or lesson.room or "no room"
    who = lesson.lecturer_name or lesson.lecturer
    return ", ".join(part for part in (f"{day} {lesson.times}".strip(), where, who) if part)


def _facts(lesson: LessonFound) -> str:
    room = ", ".join(part for part in (lesson.room_name, lesson.building) if part)
    lines = (
        ("Module", with_code(lesson.module_title, lesson.module)),
        ("Lecturer", with_code(lesson.lecturer_name, lesson.lecturer)),
        ("Room", with_code(room, lesson.room)),
        ("Times", lesson.times or lesson.trouble),
        ("Lesson", f"{lesson.slotid}, {lesson.setid}"),
    )
    return "   ".join(f"{label}: {value}" for label, value in lines if value)
