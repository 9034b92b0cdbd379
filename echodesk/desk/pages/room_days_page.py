"""Room clashes: rooms on dates where something is not recorded or failed, and what can be decided about each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QSplitter, QWidget

from echodesk.desk import formats, widgets
from echodesk.desk.pages.clash_filters import ClashFilters
from echodesk.desk.pages.clash_pane import ClashPane
from echodesk.desk.pages.table_page import PageParts, TablePage
from echodesk.desk.places import place_of
from echodesk.messages import RoomDayRow, Row, Table

LIST_PARTS, CLASH_PARTS = 2, 3
"""How the height is shared, at first and in a larger window."""
SAME = "One lecture under several modules"


class RoomDaysPage(TablePage):
    """The room-days, what is open first, the soonest date on top; the chosen one below."""

    table = Table.ROOM_DAYS
    lead = (
        "Rooms on days where lessons overlap or something failed. They close by themselves once all is recorded."
    )
    first_statuses = ("open",)
    first_column = 1
    empty_title = "No room clashes"
    empty_text = "Every lesson that asks for recording has its room to itself."

    _same_only = False

    def __init__(self, parts: PageParts, shared: Sequence[QAction]) -> None:
        self.decisions_action = QAction("&Decisions…")
        self.decisions_action.setIconText("Decisions…")
        self.decisions_action.setShortcut(QKeySequence("Ctrl+Shift+L"))
        self.filters = ClashFilters()
        super().__init__(parts, (*shared, self.decisions_action))
        self.decisions_action.setParent(self)
        self.addAction(self.decisions_action)
        self.decisions_action.triggered.connect(self._on_decisions)
        self._chosen: int | None = None
        self._position = 0
        """Which row was chosen last, and where it was."""
        self.clash = ClashPane(parts, self)
        self.same_chip = widgets.button("", self._on_same_clicked, "chip", name=SAME)
        self.same_chip.setCheckable(True)
        self.same_chip.hide()
        self.chips.add(self.same_chip)
        self.filters.changed.connect(self._narrow)
        for box in self.filters.boxes.values():
            self.chips.add(box)
        both = QSplitter(Qt.Orientation.Vertical)
        both.setHandleWidth(12)
        both.setChildrenCollapsible(False)
        both.addWidget(self._stack)
        both.addWidget(self.clash)
        self.splitter.insertWidget(0, both)
        both.setSizes([LIST_PARTS * 1_000, CLASH_PARTS * 1_000])
        both.setStretchFactor(0, LIST_PARTS)
        both.setStretchFactor(1, CLASH_PARTS)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([826, 318])
        stops = (*self.filters.boxes.values(), self.view)
        chain = [self.chips.buttons[-1], self.same_chip, *stops, *self.clash.stops, self.detail.close_button]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    def _on_decisions(self) -> None:
        self._parts.gateway.start(self.clash.show_decisions())

    def repaint_signs(self) -> None:
        """The colours have changed."""
        self.clash.repaint_signs()

    def _on_selection_changed(self) -> None:
        super()._on_selection_changed()
        rows = self.selected_rows()
        if len(rows) == 1:
            self._chosen, self._position = rows[0].key, self.view.currentIndex().row()
            self.clash.show_place(place_of(rows[0]))
        else:
            self.clash.show_nothing(len(rows))

    def _on_rows_changed(self, keys: frozenset[int]) -> None:
        super()._on_rows_changed(keys)
        if not keys.isdisjoint(self.view.selected_keys()):
            self.clash.look_again()

    def _accepting(self, text: str, statuses: tuple[str, ...]) -> Callable[[Row], bool] | None:
        accept = super()._accepting(text, statuses)
        if not self._narrows:
            return accept
        same_only, fits = self._same_only, self.filters.accepts
        return lambda row: (not same_only or _same(row)) and fits(row) and (accept is None or accept(row))

    @property
    def _narrows(self) -> bool:
        return self._same_only or self.filters.narrows()

    def _on_same_clicked(self) -> None:
        self._same_only = self.same_chip.isChecked()
        self._narrow()

    def _narrow(self) -> None:
        self.model.filter(self._accepting(*self._applied))
        self._show_state()

    def filter_to(self, statuses: tuple[str, ...]) -> None:
        """Show only these statuses, whatever the room and module."""
        if self._narrows:
            self._same_only = False
            self.same_chip.setChecked(False)
            self.filters.clear()
            self._narrow()
        super().filter_to(statuses)

    def _show_state(self) -> None:
        super()._show_state()
        if self._narrows and self.model.loaded and not self.model.rowCount():
            self.state_pane.say(
                "No room-day matches",
                "Choose another building, module or department.",
                "Show all",
                self._on_show_all,
            )

    def _on_feed_changed(self) -> None:
        super()._on_feed_changed()
        count = sum(_same(row) for row in self.model.cache.rows())
        self.same_chip.setText(f"{SAME}?  {formats.number(count)}")
        self.same_chip.setVisible(count > 0)
        if not count and self._same_only:
            self.same_chip.setChecked(False)
            self._on_same_clicked()
        self.filters.offer(self.model.cache.rows())
        self._go_on()

    def _go_on(self) -> None:
        """A room-day that left the list because it is resolved makes way for the one that follows it."""
        if self._chosen is None or self.view.selected_keys() or not self.model.rowCount():
            return
        row = self.model.cache.get(self._chosen)
        if not isinstance(row, RoomDayRow) or row.state != "open":
            self.view.choose(self.model.cache.key(min(max(self._position, 0), self.model.rowCount() - 1)))


def _same(row: Row) -> bool:
    """True for an open room-day whose clash looks like one lecture under several modules."""
    return isinstance(row, RoomDayRow) and row.state == "open" and row.together_possible > 0
