"""One setting: what it does, what it is usually, and the field in which it is changed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from echodesk.desk import formats, widgets
from echodesk.desk.words import Tone
from echodesk.errors import EchoDeskError
from echodesk.settings import Kept, SettingShown

WAITING = (
    "Another PC is sending and has not changed it yet. Press F5 to look again; on that PC this page says why if it"
    " cannot be so."
)


Key = tuple[str, str]
"""(name, room) of a setting."""


class SettingPane(QFrame):
    """Asks for a save with `save(setting, value)`. Enter saves, Escape takes back what was typed."""

    def __init__(
        self,
        save: Callable[[SettingShown, str], None],
        leave: Callable[[], None],
        own: Callable[[SettingShown], None],
    ) -> None:
        """`leave` is called when Escape was pressed and nothing is left to take back, `own` where a room shall
        have its own value."""
        super().__init__()
        self._save = save
        self._leave = leave
        self._own = own
        self._setting: SettingShown | None = None
        self._drafts: dict[Key, str] = {}
        self._notes: dict[Key, tuple[Tone, str]] = {}
        self._saving: set[Key] = set()
        self.setProperty("kind", "panel")
        self.title = widgets.label(kind="headline", wrap=True)
        self.help = widgets.label(wrap=True, selectable=True)
        self.facts = widgets.label(kind="small", wrap=True, selectable=True)
        self.text = QLineEdit()
        self.choice = QComboBox()
        self.field = QStackedWidget()
        self.field.addWidget(self.text)
        self.field.addWidget(self.choice)
        self.unit = widgets.label(kind="muted")
        self.save_button = widgets.button("&Save", self._on_save, "primary", hint="Enter")
        self.default_button = widgets.button("&Usual value", self._on_default, hint="Put the usual value there")
        self.room_button = widgets.button("&Another value for a room…", self._on_room)
        self.note = widgets.label(wrap=True, selectable=True)
        self.note.setAccessibleName("What became of the change")
        self._lay_out()
        self.text.textEdited.connect(self._on_edited)
        self.text.returnPressed.connect(self._on_save)
        self.choice.activated.connect(lambda _at: self._on_edited())
        widgets.on_key(self, "Escape", self._on_escape)

    @property
    def value(self) -> str:
        """What stands in the field."""
        if self._setting is not None and self._setting.choices:
            return str(self.choice.currentData())
        return self.text.text().strip()

    def show_setting(self, setting: SettingShown, kept: str) -> None:
        """Show this setting, with what was typed and not saved before."""
        self._setting = setting
        self.title.setText(formats.breakable(title_of(setting)))
        self.help.setText(formats.breakable(setting.help))
        self.facts.setText(formats.breakable("\n".join(_facts(setting, kept))))
        self._put(self._drafts.get(setting.key, setting.value))
        general = "&As in all rooms" if setting.room else "&Usual value"
        self.default_button.setText(general)
        self.default_button.setAccessibleName(general.replace("&", ""))
        self.room_button.setVisible(setting.per_room and not setting.room)
        self.unit.setText(setting.unit)
        self.unit.setVisible(bool(setting.unit))
        for part in (self.text, self.choice):
            part.setAccessibleName(f"{title_of(setting)}{f', {setting.unit}' if setting.unit else ''}")
        self._row.setVisible(not setting.fixed)
        self._show_state()

    def to_field(self) -> None:
        """Whoever chose it can type at once."""
        self._focus_field()
        self.text.selectAll()

    def show_saving(self, key: Key) -> None:
        """Its change is on the way."""
        self._saving.add(key)
        self._say(key, Tone.BUSY, "Saving…")

    def show_saved(self, key: Key, text: str) -> None:
        """It is so now."""
        self._drafts.pop(key, None)
        self._over(key, Tone.GOOD, text)

    def show_waiting(self, key: Key) -> None:
        """It was passed on, and is not so yet."""
        self._over(key, Tone.WAIT, WAITING)

    def show_refused(self, key: Key, trouble: EchoDeskError) -> None:
        """It stays as it was; what was typed stays in the field."""
        self._over(key, Tone.BAD, f"{trouble.title}. {trouble.message} {trouble.next_step}")

    def end_saving(self, key: Key) -> None:
        """However it ended, it can be changed again."""
        if key in self._saving:
            self._saving.discard(key)
            self._notes.pop(key, None)
            self._show_state()

    def repaint_note(self) -> None:
        """The colours have changed."""
        self._show_state()

    def _over(self, key: Key, tone: Tone, text: str) -> None:
        self._saving.discard(key)
        self._say(key, tone, text)

    def _say(self, key: Key, tone: Tone, text: str) -> None:
        self._notes[key] = (tone, text)
        if self._setting is not None:
            self._put(self._drafts.get(self._setting.key, self._setting.value))
        self._show_state()

    def _put(self, value: str) -> None:
        setting = self._setting
        if setting is None:
            return
        self.field.setCurrentIndex(1 if setting.choices else 0)
        if not setting.choices:
            if self.text.text().strip() != value:
                self.text.setText(value)
            return
        self.choice.clear()
        choices = setting.choices
        # A newer EchoDesk may have chosen what this one does not know.
        unknown = () if any(value == one for one, _ in choices) else ((value, value),)
        for one, words in (*choices, *unknown):
            self.choice.addItem(words, one)
        self.choice.setCurrentIndex(self.choice.findData(value))

    def _show_state(self) -> None:
        setting = self._setting
        if setting is None:
            return
        busy = setting.key in self._saving
        # A field that is disabled would lose the focus.
        self.text.setReadOnly(busy)
        self.save_button.setEnabled(not busy and self.value != setting.value)
        self.default_button.setEnabled(not busy and (bool(setting.room) or self.value != setting.default))
        tone, text = self._notes.get(setting.key, (Tone.QUIET, ""))
        self.note.setText(formats.breakable(text))
        self.note.setVisible(bool(text))
        widgets.restyle(self.note, "ink", str(tone))

    def _focus_field(self) -> None:
        field = self.choice if self.field.currentIndex() else self.text
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_edited(self) -> None:
        if self._setting is not None:
            key = self._setting.key
            self._notes.pop(key, None)
            self._drafts[key] = self.value
            if self.value == self._setting.value:
                del self._drafts[key]
            self._show_state()

    def _on_default(self) -> None:
        if self._setting is not None and self._setting.room:
            self._focus_field()
            self._save(self._setting, "")
        elif self._setting is not None:
            self._put(self._setting.default)
            self._on_edited()
            self.to_field()

    def _on_room(self) -> None:
        if self._setting is not None:
            self._own(self._setting)

    def _on_save(self) -> None:
        if self._setting is not None and self.save_button.isEnabled():
            self._focus_field()
            self._save(self._setting, self.value)

    def _on_escape(self) -> None:
        if self._setting is not None and self._setting.key in self._drafts:
            self._put(self._setting.value)
            self._on_edited()
        else:
            self._leave()

    def _lay_out(self) -> None:
        self._row = QWidget()
        row = QVBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.field, 1)
        line.addWidget(self.unit)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.save_button)
        buttons.addWidget(self.default_button)
        buttons.addStretch(1)
        row.addLayout(line)
        row.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        for part in (self.title, self.help, self._row, self.note, self.facts):
            column.addWidget(part)
        column.addWidget(self.room_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)


def title_of(setting: SettingShown) -> str:
    """What it is called, with the room that has a value of its own."""
    return f"{setting.title}, in {setting.room}" if setting.room else setting.title


def value_text(setting: SettingShown, value: str) -> str:
    """A value as people read it: the words of a choice, days by name, a number with its unit."""
    if setting.room and not value:
        return "as in all rooms"
    words = dict(setting.choices).get(value)
    if words is not None:
        return words
    if setting.days and value.isdecimal():
        return formats.weekdays(value)
    return f"{value} {setting.unit}".rstrip() if value else formats.NOTHING


def _facts(setting: SettingShown, kept: str) -> list[str]:
    facts = [f"Now: {value_text(setting, setting.value)}"]
    if setting.room:
        facts.append(f"In all other rooms: {value_text(setting, setting.default)}")
    elif not setting.fixed:
        facts.append(f"Usually: {value_text(setting, setting.default)}")
    facts.append(f"Kept in: {kept}")
    if setting.kept is Kept.OFFICE:
        where = f" --room {setting.room}" if setting.room else ""
        facts.append(f"On the command line: echodesk settings {setting.name}{where}")
    if setting.shapes:
        what = "every day of this room" if setting.room else "every room-day"
        facts.append(f"After a change {what} is planned again.")
    return facts
