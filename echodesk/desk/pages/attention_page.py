"""Needs attention: what EchoDesk cannot put right by itself, one list for each kind of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from echodesk.desk import formats, widgets
from echodesk.desk.matter_words import ABOUT
from echodesk.desk.pages.failed_groups import FailedGroups
from echodesk.desk.pages.matter_list import MatterList
from echodesk.desk.pages.table_page import PageParts
from echodesk.lessons import Matter
from echodesk.messages import LookForPeople, Overview

TITLE = "Needs attention"
LEAD = "What EchoDesk cannot put right by itself. Choose a list; Enter on a line shows its lessons."


class AttentionPage(QWidget):
    """A button with its number for each list, and the chosen list below."""

    lessons_wanted = Signal(str)
    """Someone wants to see lessons: what is to be looked up."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__()
        self._parts = parts
        self._counts: dict[Matter, int] = {}
        self._matter = next(iter(ABOUT))
        self.lists: Mapping[Matter, MatterList] = {matter: MatterList(matter, parts) for matter in ABOUT}
        self.chips: dict[Matter, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._stack = QStackedWidget()
        for matter, one in self.lists.items():
            chip = widgets.button(one.about.title, self._opener(matter), "chip")
            chip.setCheckable(True)
            self._group.addButton(chip)
            self.chips[matter] = chip
            self._stack.addWidget(one)
            one.lessons_wanted.connect(self.lessons_wanted)
        self.failed = FailedGroups(self.lists[Matter.FAILURES], parts)
        people = self.lists[Matter.PEOPLE]
        people.add("Look &again", "Ctrl+G", self._on_look, lambda _chosen: people.in_all > 0, primary=True)
        self._lay_out()
        widgets.on_key(self, "F5", self._on_reload)
        widgets.on_key(self, "Ctrl+F", self._on_find)
        self.chips[self._matter].setChecked(True)

    @property
    def list(self) -> MatterList:
        """The list on screen."""
        return self.lists[self._matter]

    def open_list(self, matter: Matter) -> None:
        """Bring a list to the front, read anew."""
        self._matter = matter
        self.chips[matter].setChecked(True)
        self._stack.setCurrentWidget(self.lists[matter])
        if self.isVisible():
            self.lists[matter].read()

    def show_overview(self, overview: Overview) -> None:
        """How many there are of each; the list on screen is read anew when it is another number."""
        counts = {
            Matter.TOO_LATE: overview.too_late_today,
            Matter.FAILURES: overview.failed + overview.failed_unread,
            Matter.PEOPLE: overview.unknown_people,
            Matter.OTHERS: overview.foreign,
        }
        changed = {matter for matter, count in counts.items() if self._counts.get(matter) != count}
        self._counts = counts
        for matter, count in counts.items():
            title = self.lists[matter].about.title
            self.chips[matter].setText(f"{title}  {formats.number(count)}")
            self.chips[matter].setAccessibleName(f"{title}: {formats.number(count)}")
        if self.isVisible() and self.list.matter in changed:
            self.list.read()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.list.read()

    def _opener(self, matter: Matter) -> Callable[[], None]:
        return lambda: self.open_list(matter)

    def _on_reload(self) -> None:
        self.list.read()

    def _on_find(self) -> None:
        self.list.to_field()

    def _on_look(self) -> None:
        self._parts.gateway.send(LookForPeople(self._parts.by), self.lists[Matter.PEOPLE].read)

    def _lay_out(self) -> None:
        chips = QHBoxLayout()
        chips.setSpacing(6)
        for chip in self.chips.values():
            chips.addWidget(chip)
        chips.addStretch(1)
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 18, 24, 14)
        page.setSpacing(10)
        page.addWidget(widgets.label(TITLE, "title"))
        page.addWidget(widgets.label(LEAD, "muted", wrap=True))
        page.addLayout(chips)
        page.addWidget(self._stack, 1)
