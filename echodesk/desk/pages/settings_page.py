"""Settings: each with its value, its default, what it does and where it is kept; changed one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QShowEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QSplitter,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from echodesk.connecting import Connecting
from echodesk.desk import formats, widgets
from echodesk.desk.dialogs.asking import answered
from echodesk.desk.dialogs.confirm import confirmed
from echodesk.desk.dialogs.connection import ConnectionDialog
from echodesk.desk.dialogs.one_room import RoomDialog
from echodesk.desk.pages.setting_pane import Key, SettingPane, title_of, value_text
from echodesk.desk.pages.state_pane import StatePane
from echodesk.desk.pages.table_page import PageParts
from echodesk.desk.resting import rest
from echodesk.errors import EchoDeskError
from echodesk.messages import ChangeSetting, CommandDone
from echodesk.settings import Kept, SettingShown, SettingsShown, ShowSettings

TITLE = "Settings"
LEAD = "How EchoDesk records and sends. What the office's database keeps counts on every PC."
KEPT = {Kept.OFFICE: "The office's database", Kept.MACHINE: "This PC"}
NAME = Qt.ItemDataRole.UserRole
LOOKS, LOOK_EVERY_MS = 10, 1_000
"""How often, and after how long each, a setting is looked at again that was passed on to another PC."""


class SettingsPage(QWidget):
    """All settings at the left, the chosen one with its field at the right."""

    filled = Signal()
    """The settings are on screen."""

    def __init__(
        self, parts: PageParts, machine: tuple[SettingShown, ...] = (), connecting: Connecting | None = None
    ) -> None:
        """`machine` are those that this PC keeps; `connecting` connects an office's own systems."""
        super().__init__()
        self._connecting = connecting
        self.connect_button = widgets.button("&Connect to your own systems…", self._on_connect)
        if connecting is None:
            self.connect_button.hide()
        self._parts = parts
        self._machine = machine
        self._shown: tuple[SettingShown, ...] = ()
        self._begun: dict[Key, SettingShown] = {}
        """Of rooms for which none is saved yet."""
        self._asked = 0
        self.look_every_ms = LOOK_EVERY_MS
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(TITLE)
        self.tree.setUniformRowHeights(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setHeaderLabels(["Setting", "Now", "Kept in"])
        header = self.tree.header()
        header.setStretchLastSection(False)
        for column in (0, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.pane = SettingPane(self._on_save, self._to_list, self._on_room)
        self.state_pane = StatePane()
        self.setFocusProxy(self.tree)
        self._lay_out()
        self.tree.currentItemChanged.connect(lambda *_: self._show_chosen())
        self.tree.itemActivated.connect(lambda *_: self.pane.to_field())
        widgets.on_key(self, "F5", self.reload)

    @property
    def settings(self) -> tuple[SettingShown, ...]:
        """Those on screen; empty while there are none."""
        return self._shown

    @property
    def setting(self) -> SettingShown | None:
        """The chosen one."""
        item = self.tree.currentItem()
        return self._named(item.data(0, NAME)) if item is not None else None

    def choose(self, name: str, room: str = "") -> None:
        """Choose a setting by its name, that of a room by its code too."""
        for at in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(at)
            if item is not None and item.data(0, NAME) == [name, room]:
                self.tree.setCurrentItem(item)

    def show_here(self, setting: SettingShown) -> None:
        """One more that this PC keeps, or another value of it."""
        others = [one for one in self._machine if one.key != setting.key]
        self._machine = (*others, setting)
        if self._shown:
            self._shown = (*(one for one in self._shown if one.kept is Kept.OFFICE), *self._machine)
            self._fill()

    def reload(self) -> None:
        """Read all anew; what was typed and not saved stays."""
        self._parts.gateway.start(self._reload())

    def repaint_signs(self) -> None:
        """The colours have changed."""
        self.pane.repaint_note()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.reload()

    # ---- asking

    async def _reload(self) -> None:
        if not self._shown:
            self.state_pane.say("Reading the settings…", "The office's database is asked.")
        try:
            await self._read()
        except EchoDeskError as trouble:
            if isValid(self):
                self._shown = ()
                self._fill()
                self.state_pane.tell(trouble, self.reload)

    async def _read(self) -> None:
        self._asked += 1
        number = self._asked
        found = await self._parts.gateway.ask(ShowSettings())
        if number != self._asked or not isValid(self) or not isinstance(found, SettingsShown):
            return
        for one in found.settings:
            self._begun.pop(one.key, None)
        shown = self.setting
        self._shown = (*_with_begun(found.settings, self._begun.values()), *self._machine)
        self._fill()
        if shown is not None and self._named(shown.key) is None:
            self.choose(shown.name)
        self.filled.emit()

    def _on_save(self, setting: SettingShown, value: str) -> None:
        self._parts.gateway.start(self._save(setting, value))

    async def _save(self, setting: SettingShown, value: str) -> None:
        before, after = (value_text(setting, one) for one in (setting.value, value))
        if setting.shapes and not await confirmed(
            self,
            f"Change “{title_of(setting)}”?",
            f"From {before} to {after}.\n\n{'Every day of this room' if setting.room else 'Every room-day'} is"
            " planned again, and what differs is sent to Echo360."
            " A safety stop holds back what would remove much.",
            "Change",
        ):
            return
        self.pane.show_saving(setting.key)
        try:
            await self._change(setting, value)
        finally:
            if isValid(self):
                self.pane.end_saving(setting.key)

    async def _change(self, setting: SettingShown, value: str) -> None:
        try:
            reply = await self._parts.gateway.ask(ChangeSetting(self._parts.by, setting.name, value, setting.room))
            await self._read()
            said = reply.text if isinstance(reply, CommandDone) else ""
            for _ in range(LOOKS):
                if not isValid(self) or self._is(setting.key, value):
                    break
                # Another PC is sending, and changes it a moment later.
                said = f"{title_of(setting)}: {value_text(setting, value)}."
                await rest(self.look_every_ms)
                await self._read()
        except EchoDeskError as trouble:
            if isValid(self):
                self.pane.show_refused(setting.key, trouble)
            return
        if not isValid(self):
            return
        if not self._is(setting.key, value):
            self.pane.show_waiting(setting.key)
        elif value or not setting.room:
            self.pane.show_saved(setting.key, said)
        else:
            self._end(setting, said)

    # ---- one room

    def _on_room(self, setting: SettingShown) -> None:
        self._parts.gateway.start(self._begin(setting))

    async def _begin(self, setting: SettingShown) -> None:
        asking = RoomDialog(self.window(), setting.title)
        if not await answered(asking) or not isValid(self):
            return
        own = replace(setting, room=asking.room, default=setting.value)
        if self._named(own.key) is None:
            self._begun[own.key] = own
            self._shown = _with_begun(self._shown, [own])
            self._fill()
        self.choose(*own.key)
        self.pane.to_field()

    def _end(self, setting: SettingShown, said: str) -> None:
        """The room is as all others again, and has no line any more."""
        self._begun.pop(setting.key, None)
        self._shown = tuple(one for one in self._shown if one.key != setting.key)
        self.pane.show_saved(setting.key, "")
        self._fill()
        self.choose(setting.name)
        self.pane.show_saved((setting.name, ""), said)

    # ---- connecting

    def _on_connect(self) -> None:
        if self._connecting is not None:
            self._parts.gateway.start(self._connect(self._connecting))

    async def _connect(self, connecting: Connecting) -> None:
        dialog = ConnectionDialog(self.window(), connecting, self._parts.gateway.start, first=False)
        if await answered(dialog):
            said = " ".join(("EchoDesk uses these systems from its next start.", *dialog.told))
            self._parts.gateway.answered.emit(CommandDone(said))

    # ---- showing

    def _named(self, key: Sequence[str]) -> SettingShown | None:
        return next((one for one in self._shown if one.key == tuple(key)), None)

    def _is(self, key: Key, value: str) -> bool:
        now = self._named(key)
        if key in self._begun or now is None:
            # A room without a value of its own.
            return key[1] != "" and not value
        return now.value == value

    def _fill(self) -> None:
        chosen = self.setting
        self.tree.blockSignals(True)
        self.tree.clear()
        group = ""
        for one in self._shown:
            if one.group != group:
                group = one.group
                self._add_heading(group)
            title = f"    in {formats.one_line(one.room, 80)}" if one.room else one.title
            item = QTreeWidgetItem(self.tree, [title, _now(one), KEPT[one.kept]])
            item.setData(0, NAME, list(one.key))
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{title_of(one)}: {_now(one)}, {KEPT[one.kept]}")
        self.tree.blockSignals(False)
        if self._shown:
            self.choose(*(chosen or self._shown[0]).key)
        self.right.setCurrentIndex(1 if self._shown else 0)
        self._show_chosen()

    def _add_heading(self, text: str) -> None:
        item = QTreeWidgetItem(self.tree, [text])
        # The keys pass it by.
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        bold = QFont(self.tree.font())
        bold.setBold(True)
        item.setFont(0, bold)
        item.setFirstColumnSpanned(True)

    def _show_chosen(self) -> None:
        setting = self.setting
        if setting is not None:
            self.pane.show_setting(setting, KEPT[setting.kept])

    def _to_list(self) -> None:
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- making

    def _lay_out(self) -> None:
        self.right = QStackedWidget()
        self.right.addWidget(self.state_pane)
        self.right.addWidget(self.pane)
        body = QSplitter()
        body.setChildrenCollapsible(False)
        body.addWidget(self.tree)
        body.addWidget(self.right)
        body.setSizes([640, 480])
        body.setStretchFactor(0, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 18, 24, 14)
        page.setSpacing(10)
        page.addWidget(widgets.label(TITLE, "title"))
        page.addWidget(widgets.label(LEAD, "muted", wrap=True))
        page.addWidget(self.connect_button, 0, Qt.AlignmentFlag.AlignLeft)
        page.addWidget(body, 1)


def _with_begun(shown: Iterable[SettingShown], begun: Iterable[SettingShown]) -> tuple[SettingShown, ...]:
    """Each of a room behind those of its name."""
    found = list(shown)
    for own in begun:
        last = max(at for at, one in enumerate(found) if one.name == own.name)
        found.insert(last + 1, own)
    return tuple(found)


def _now(setting: SettingShown) -> str:
    return formats.one_line(value_text(setting, setting.value), 200)
