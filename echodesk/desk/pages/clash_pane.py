"""One room-day of the page "Room clashes": the drawn day, the clashing lessons side by side, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from echodesk.clashes import (
    Alike,
    AlsoOpen,
    Decide,
    DecisionList,
    DecisionThere,
    FindAlike,
    LessonThere,
    ListDecisions,
    RoomDayShown,
    ShowRoomDay,
    Suppose,
    Supposed,
    Withdraw,
)
from echodesk.desk import clash_words, formats, widgets
from echodesk.desk.dialogs.asking import answered
from echodesk.desk.dialogs.decision import DecisionDialog, Offer
from echodesk.desk.dialogs.decisions import DecisionsDialog
from echodesk.desk.pages.also_open import AlsoOpenLine
from echodesk.desk.pages.clash_table import MOST_KEYS, ClashTable
from echodesk.desk.pages.state_pane import StatePane
from echodesk.desk.pages.table_page import PageParts
from echodesk.desk.places import Place
from echodesk.desk.timeline import Bar, Timeline
from echodesk.desk.words import Tone
from echodesk.errors import EchoDeskError
from echodesk.planning.values import DecisionKind

AFTER_CHOICE_MS = 60
"""Holding an arrow key down asks for the last room-day only."""
AFTER_CHANGE_MS = 600
FIRST_WHY = "Decided in the timetabling office"
NOT_CHOSEN = ("Choose a room-day", "Its lessons, what Echo360 holds, and what can be decided are shown here.")
WEEKLY, ONCE = "In &every week in which they meet, from today on", "On this &date alone"
ALIKE = "For &all clashes like this, in every week"
THIS_ONE, AT_ONCE = "This &decision alone", "&All that were made at once with it"
_ACTIONS = (
    (DecisionKind.RECORD_ONE, "Record this one", "R", "primary"),
    (DecisionKind.RECORD_NEITHER, "Record neither", "N", ""),
    (DecisionKind.TOGETHER, "Record together", "T", ""),
    (DecisionKind.DO_NOT_RECORD, "Do not record this session", "X", ""),
)


class ClashPane(QFrame):
    """Shows the room-day that was chosen last; each decision is shown with its result before it is made."""

    filled = Signal()
    """What is on screen is the answer to what was chosen."""

    def __init__(self, parts: PageParts, page: QWidget) -> None:
        """`page`: where its keys work."""
        super().__init__()
        self._parts = parts
        self._page = page
        self._place: Place | None = None
        self._asked = 0
        self.deciding = False
        self._why = FIRST_WHY
        self.day: RoomDayShown | None = None
        self.lesson: LessonThere | None = None
        self.setProperty("kind", "panel")
        self.setAccessibleName("The chosen room-day")
        self.headline = widgets.label(kind="headline", wrap=True)
        self.others = AlsoOpenLine(parts)
        self.summary = widgets.label(wrap=True)
        self.timeline = Timeline(parts.theme)
        self.table = ClashTable(parts.theme, parts.campus)
        self.decided = widgets.label(kind="small", wrap=True)
        self.buttons: dict[DecisionKind, QPushButton] = {}
        self.state_pane = StatePane()
        self._lay_out()
        self.timeline.chosen.connect(self.choose_lesson)
        self.table.chosen.connect(self.choose_lesson)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)
        self.show_nothing()

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """Where Tab stops, in the order of the eye."""
        return (
            *(self.state_pane.button, self.timeline, *self.buttons.values()),
            *(self.withdraw_button, self.table),
        )

    # ---- what is shown

    def show_place(self, place: Place) -> None:
        """One room-day was chosen in the list."""
        if place == self._place:
            return
        self._place = place
        self._asked += 1
        self.others.forget()
        self._timer.start(AFTER_CHOICE_MS)

    def show_nothing(self, count: int = 0) -> None:
        """No room-day is chosen, or several are."""
        self._place = None
        self._asked += 1
        self._timer.stop()
        self.others.tell(None)
        self._forget()
        if count > 1:
            self.state_pane.say(f"{formats.number(count)} room-days chosen", "Choose one to decide about it.")
        else:
            self.state_pane.say(*NOT_CHOSEN)

    def look_again(self) -> None:
        """Something has changed there."""
        if self._place is not None and not self._timer.isActive():
            self._timer.start(AFTER_CHANGE_MS)

    def show_others(self, found: AlsoOpen) -> None:
        """Who else has a room-day open."""
        self.others.show(found, self._place)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.others.tell(self._place)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.others.tell(None)

    def choose_lesson(self, external_id: str) -> None:
        """What is to be decided is about this lesson."""
        if self.day is None or (self.lesson is not None and self.lesson.external_id == external_id):
            return
        self.lesson = next((one for one in self.day.lessons if one.external_id == external_id), None)
        self._show_lesson(self.day)

    def repaint_signs(self) -> None:
        """The colours have changed."""
        if self.day is not None:
            self._show(self.day)

    def _forget(self) -> None:
        self.day = self.lesson = None
        self._stack.setCurrentIndex(0)

    def _on_timeout(self) -> None:
        if self._place is not None:
            if self.isVisible():
                self.others.tell(self._place)
            self._parts.gateway.start(self._ask(self._place, self._asked))

    async def _ask(self, place: Place, asked: int) -> None:
        try:
            found = await self._parts.gateway.ask(ShowRoomDay(place.room, place.date))
        except EchoDeskError as trouble:
            if asked == self._asked and isValid(self):
                self._forget()
                self.state_pane.tell(trouble, self._on_timeout)
            return
        if asked == self._asked and isValid(self) and isinstance(found, RoomDayShown):
            before = self.lesson.external_id if self.lesson is not None else ""
            self.lesson = next((one for one in found.lessons if one.external_id == before), None)
            self._show(found)
            self.filled.emit()

    def _show(self, day: RoomDayShown) -> None:
        self.day = day
        self.lesson = self.lesson or clash_words.first_to_look_at(day)
        room = ", ".join(part for part in (day.room_name, day.building) if part)
        code = f" ({day.room})" if day.room_name != day.room else ""
        self.headline.setText(formats.breakable(f"{room}{code} · {formats.date(day.date)}"))
        of = {one.external_id: one for one in day.lessons}
        self.timeline.show_bars(
            [_lesson_bar(one) for one in day.lessons if one.start],
            [
                Bar(
                    next((key for key in one.lessons if key in of), ""),
                    *(_minutes(one.start), _minutes(one.finish)),
                    one.title or "No title",
                    Tone.GOOD if one.ours else Tone.NOTE,
                    foreign=not one.ours,
                )
                for one in day.bookings
            ],
            clash_words.aloud(day),
        )
        self.decided.setText(
            formats.breakable(
                " ".join(formats.plain(clash_words.decided(one), 300) + "." for one in day.decisions)
            )
        )
        self.decided.setVisible(bool(day.decisions))
        self.withdraw_button.setVisible(bool(day.decisions))
        self._stack.setCurrentIndex(1)
        self._show_lesson(day)

    def _show_lesson(self, day: RoomDayShown) -> None:
        lesson = self.lesson
        text = clash_words.summary(day)
        if lesson is not None and clash_words.one_lecture(day, lesson):
            text += " One lecture under several modules? Then record together."
        self.summary.setText(text)
        self.timeline.choose(lesson.external_id if lesson is not None else "")
        clash = clash_words.clash_of(day, lesson) if lesson is not None else ()
        self.table.show_lessons(day, clash, lesson.external_id if lesson is not None else "")
        for kind, button in self.buttons.items():
            button.setEnabled(lesson is not None and bool(clash_words.named(day, lesson, kind)))
        self.withdraw_button.setEnabled(self._withdrawable is not None)

    @property
    def _withdrawable(self) -> DecisionThere | None:
        """The newest decision about the chosen lesson or one that it clashes with."""
        if self.day is None or self.lesson is None:
            return None
        slots = {one.slotid for one in clash_words.clash_of(self.day, self.lesson)}
        return next((one for one in self.day.decisions if slots.intersection(one.lessons)), None)

    # ---- deciding

    def decide(self, kind: DecisionKind) -> None:
        """Show what this would come to for the chosen lesson, and ask."""
        day, lesson = self.day, self.lesson
        if day is None or lesson is None or self.deciding or not clash_words.named(day, lesson, kind):
            return
        by = self._parts.by
        asked = [
            (title, clash_words.decision(day, lesson, kind, by, this_date=title == ONCE))
            for title in (WEEKLY, ONCE)
        ]
        yes = next(text for one, text, _key, _look in _ACTIONS if one is kind)
        more = FindAlike(clash_words.alike(asked[0][1]), day.room, day.date)
        self._start(clash_words.question(day, lesson, kind), yes, asked, more)

    def record(self, number: int) -> None:
        """Record the lesson in this column, counted from 0."""
        if self.day is None or self.lesson is None:
            return
        clash = clash_words.clash_of(self.day, self.lesson)
        if number < len(clash):
            self.choose_lesson(clash[number].external_id)
            self.decide(DecisionKind.RECORD_ONE)

    def withdraw(self) -> None:
        """Show what the end of the newest decision would come to, and ask."""
        found = self._withdrawable
        if found is not None and not self.deciding:
            self._start_withdrawing(found.number, found.text)

    async def show_decisions(self) -> None:
        """List every decision; the one that is chosen may be taken back, after its end was shown."""
        found = await self._parts.gateway.ask(ListDecisions())
        if not isinstance(found, DecisionList):
            return
        dialog = DecisionsDialog(self.window(), self._parts.campus, found.decisions)
        if await answered(dialog) and (one := dialog.chosen) is not None and not self.deciding:
            self._start_withdrawing(one.number, one.text)

    def _start_withdrawing(self, number: int, text: str) -> None:
        command = Withdraw(self._parts.by, "", (number,))
        title = f"Take back decision {number}: {text}?"
        self._start(title, "Take it back", [(THIS_ONE, command)], FindAlike(command))

    def _start(
        self, title: str, yes: str, asked: Sequence[tuple[str, Decide | Withdraw]], more: FindAlike
    ) -> None:
        self.deciding = True
        self._parts.gateway.start(self._decide(title, yes, asked, more))

    async def _decide(
        self, title: str, yes: str, asked: Sequence[tuple[str, Decide | Withdraw]], more: FindAlike
    ) -> None:
        try:
            offers = [Offer(way, command, await self._supposed(command)) for way, command in asked]
            offers += await self._alike(more)
            troubles = [one.result for one in offers if isinstance(one.result, EchoDeskError)]
            if len(troubles) == len(offers):
                self.look_again()
                raise troubles[0]
            dialog = DecisionDialog(self.window(), self._parts.theme, title, yes, offers, self._why)
            if await answered(dialog):
                command = dialog.command()
                self._why = command.why
                self._parts.gateway.send(command, self._on_timeout)
        finally:
            self.deciding = False

    async def _alike(self, more: FindAlike) -> list[Offer]:
        """The same for all of its kind, if there are others."""
        title = AT_ONCE if isinstance(more.command, Withdraw) else ALIKE
        try:
            found = await self._parts.gateway.ask(more)
        except EchoDeskError as trouble:
            return [Offer(title, more.command, trouble)]
        if not isinstance(found, Alike):
            raise TypeError(f"FindAlike was answered with {type(found).__name__}")
        if found.supposed is None:
            return []
        return [Offer(title, found.command, found.supposed, clash_words.about(found))]

    async def _supposed(self, command: Decide | Withdraw) -> Supposed | EchoDeskError:
        try:
            found = await self._parts.gateway.ask(Suppose(command))
        except EchoDeskError as trouble:
            return trouble
        if not isinstance(found, Supposed):
            raise TypeError(f"Suppose was answered with {type(found).__name__}")
        return found

    # ---- making

    def _lay_out(self) -> None:
        row = widgets.FlowLayout(8)
        for kind, text, key, look in _ACTIONS:
            self.buttons[kind] = self._button(text, key, look, self._decider(kind))
            row.addWidget(self.buttons[kind])
        self.withdraw_button = self._button("Withdraw", "W", "", self.withdraw)
        self.withdraw_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        decisions = QHBoxLayout()
        decisions.addWidget(self.decided, 1)
        decisions.addWidget(self.withdraw_button)
        for number in range(MOST_KEYS):
            widgets.on_key(self._page, str(number + 1), self._recorder(number))
        about = QWidget()
        column = QVBoxLayout(about)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(6)
        column.addWidget(self.headline)
        column.addWidget(self.others.label)
        column.addWidget(self.summary)
        column.addWidget(self.timeline)
        column.addLayout(row)
        column.addLayout(decisions)
        column.addWidget(self.table, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.state_pane)
        self._stack.addWidget(about)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    def _button(self, text: str, key: str, look: str, done: Callable[[], None]) -> QPushButton:
        widgets.on_key(self._page, key, done)
        return widgets.button(f"{text}  ({key})", done, look, name=text, hint=f"Key {key}")

    def _decider(self, kind: DecisionKind) -> Callable[[], None]:
        return lambda: self.decide(kind)

    def _recorder(self, number: int) -> Callable[[], None]:
        return lambda: self.record(number)


def _lesson_bar(one: LessonThere) -> Bar:
    together = " (together)" if one.together else ""
    return Bar(
        one.external_id,
        _minutes(one.start),
        _minutes(one.finish),
        f"{clash_words.title(one)}{together}",
        clash_words.tone(one),
    )


def _minutes(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)
