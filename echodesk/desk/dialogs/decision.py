"""What a decision would come to, shown before it is made; then who decides says why, and it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QLineEdit, QRadioButton, QWidget

from echodesk.clashes import Decide, DecideAlike, LessonThen, Supposed, Withdraw
from echodesk.desk import clash_words, formats, shapes, widgets
from echodesk.desk.dialogs.asking import Question
from echodesk.desk.theme import Theme
from echodesk.desk.words import Tone
from echodesk.errors import EchoDeskError

MOST_LESSONS = 9
TEXT_WIDTH = 520


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to decide, and what would come of it: or why it cannot be done."""

    title: str
    command: Decide | DecideAlike | Withdraw
    result: Supposed | EchoDeskError
    about: str = ""
    """What it is about, where its title does not say that."""


class DecisionDialog(Question):
    """Answers with the command of the way that was chosen; Enter takes what is shown."""

    def __init__(
        self, parent: QWidget | None, theme: Theme, title: str, yes: str, offers: Sequence[Offer], why: str
    ) -> None:
        """`offers`: at least one of them can be done; the first of those is chosen."""
        super().__init__(parent, formats.breakable(title), yes)
        self._theme = theme
        self._offers = tuple(offers)
        self.choices = QButtonGroup(self)
        for number, offer in enumerate(self._offers):
            button = QRadioButton(offer.title)
            possible = isinstance(offer.result, Supposed)
            button.setEnabled(possible)
            button.setVisible(len(self._offers) > 1)
            self.choices.addButton(button, number)
            self.body.addWidget(button)
            if offer.about:
                self.body.addWidget(_text(offer.about, "small"))
            if not possible and isinstance(offer.result, EchoDeskError):
                self.body.addWidget(_text(f"{offer.result.title}. {offer.result.message}", "small"))
        self.grid = QGridLayout()
        self.grid.setColumnStretch(1, 1)
        self.grid.setHorizontalSpacing(8)
        self.grid.setVerticalSpacing(5)
        self.body.addLayout(self.grid)
        self.cost = _text("", "heading")
        self.body.addWidget(self.cost)
        self.body.addWidget(widgets.label("Why? Others will read it."))
        self.why = QLineEdit(why)
        self.why.setAccessibleName("Why?")
        self.why.setMaxLength(500)
        self.why.textChanged.connect(self._on_changed)
        self.body.addWidget(self.why)
        self.choices.idToggled.connect(self._on_toggled)
        possible_ones = [n for n, offer in enumerate(self._offers) if isinstance(offer.result, Supposed)]
        self.choices.button(possible_ones[0]).setChecked(True)
        self._on_changed()
        self.yes_button.setFocus()

    def command(self) -> Decide | DecideAlike | Withdraw:
        """What was chosen, with its reason."""
        return replace(self._offers[self.choices.checkedId()].command, why=self.why.text().strip())

    def _on_toggled(self, number: int, chosen: bool) -> None:
        result = self._offers[number].result
        if chosen and isinstance(result, Supposed):
            self._show(result)

    def _show(self, found: Supposed) -> None:
        widgets.clear(self.grid)
        for row, lesson in enumerate(found.lessons[:MOST_LESSONS]):
            tone = _tone(lesson)
            tokens = self._theme.tokens
            sign = widgets.label()
            sign.setPixmap(shapes.pixmap(tone, tokens.tones[tone][0], tokens.surface, self.devicePixelRatioF()))
            self.grid.addWidget(sign, row, 0)
            self.grid.addWidget(_text(clash_words.becomes(lesson)), row, 1)
        more = len(found.lessons) - MOST_LESSONS
        if more > 0:
            self.grid.addWidget(_text(f"and {formats.counted(more, 'more lesson')}", "small"), MOST_LESSONS, 1)
        text = clash_words.scale(found)
        if found.paused:
            days = formats.counted(found.paused, "room-day")
            text += f" Sending is paused for {days}: it is sent when the pause ends."
        self.cost.setText(text)

    def _on_changed(self) -> None:
        self.yes_button.setEnabled(bool(self.why.text().strip()))


def _tone(lesson: LessonThen) -> Tone:
    if lesson.after == lesson.weeks:
        return Tone.GOOD
    return Tone.NOTE if lesson.after else Tone.CLASH


def _text(text: str, kind: str = "") -> QLabel:
    made = widgets.label(kind=kind, wrap=True)
    made.setText(formats.breakable(formats.plain(text, 400)))
    made.setMinimumWidth(TEXT_WIDTH)
    return made
