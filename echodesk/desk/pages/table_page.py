"""What the three table pages share: filter, statuses, actions, the table or what stands in its place, details."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from echodesk.desk import formats, widgets, words
from echodesk.desk.campus import CampusTime
from echodesk.desk.dialogs.saving import TABLES, ask_where
from echodesk.desk.gateway import Gateway
from echodesk.desk.pages.chips import StatusChips
from echodesk.desk.pages.detail_pane import DetailPane
from echodesk.desk.pages.filter_field import FilterField
from echodesk.desk.pages.inspector import Inspector
from echodesk.desk.pages.row_actions import Matching, RowActions
from echodesk.desk.pages.state_pane import StatePane
from echodesk.desk.places import Place, place_of
from echodesk.desk.tables.column_menu import ColumnMenu
from echodesk.desk.tables.columns import columns_of
from echodesk.desk.tables.feed import FeedState, TableFeed
from echodesk.desk.tables.finding import Finder, status_of
from echodesk.desk.tables.live_model import LiveModel
from echodesk.desk.tables.row_cache import CAP
from echodesk.desk.tables.view import LiveView
from echodesk.desk.theme import Theme
from echodesk.messages import SEARCHED, NotificationRow, Row, SaveTable, Table, TableDelta, TableQuery


@dataclass(frozen=True, slots=True)
class PageParts:
    """What every page is given."""

    gateway: Gateway
    campus: CampusTime
    theme: Theme
    by: str
    """Who acts: goes into every command."""
    numbers: Iterator[int]
    """Generation numbers, shared by all tables."""


class TablePage(QWidget):
    """One live table with everything around it. Subclasses say what it is about."""

    table: Table
    lead = ""
    """One sentence under the title."""
    empty_title = "Nothing here yet"
    empty_text = ""
    first_statuses: tuple[str, ...] = ()
    """The statuses that are chosen when the window opens."""
    first_column = -1
    """The column that the rows are sorted by when the window opens; -1 is the order of arrival, newest first."""

    def __init__(self, parts: PageParts, shared: Sequence[QAction]) -> None:
        super().__init__()
        self._parts = parts
        self._finder = Finder()
        self._applied: tuple[str, tuple[str, ...]] = ("", ())
        self._before: tuple[str, ...] | None = None
        """The statuses that were chosen before others were typed."""
        self.model = LiveModel(columns_of(self.table, parts.campus), parent=self)
        self.view = LiveView(self.model, parts.theme)
        self.view.setAccessibleName(words.PAGES[self.table])
        self.columns = ColumnMenu(self.view)
        self.feed = TableFeed(self.table, self.model, parts.gateway, parts.numbers)
        self.chips = StatusChips(self.table)
        self.detail = DetailPane(parts.theme, parts.campus)
        self.inspector = Inspector(self.table, self.detail, parts.gateway)
        self.field = FilterField(self.table, parts.campus)
        self.counter = widgets.label(kind="small")
        self.state_pane = StatePane()
        self.actions_ = RowActions(self, self.table, parts.gateway, parts.by, self.selected_rows, self._matching)
        find = QKeySequence.StandardKey.Find
        self.find_action = self._own_action("&Find in this list", find, self.field.take_focus)
        self.reload_action = self._own_action("Re&load this list", QKeySequence("F5"), self.feed.reload)
        self.detail_action = self._own_action("Show &details", QKeySequence("Ctrl+I"), self._on_show_detail)
        self.save_action = self._own_action("&Save this list…", QKeySequence.StandardKey.Save, self._on_save)
        self._shared = tuple(shared)
        self._lay_out()
        self._connect()
        self.chips.choose(self.first_statuses)
        if self.first_column >= 0:
            self.view.sort_by(self.first_column)
        self._apply_filter()

    # ---- for the window

    @property
    def row_actions(self) -> tuple[QAction, ...]:
        """For the menu bar and the menu of the right mouse button."""
        return self.actions_.offered

    @property
    def list_actions(self) -> tuple[QAction, ...]:
        """What acts on the list itself."""
        own = (self.find_action, self.reload_action, self.detail_action, self.save_action)
        return (*own, self.columns.action)

    def filter_to(self, statuses: tuple[str, ...]) -> None:
        """Show only these statuses, without text."""
        self.field.empty()
        self._before = None
        self.chips.choose(statuses)
        self._apply_filter()

    def on_delta(self, delta: TableDelta) -> None:
        """Rows from the worker."""
        self.feed.on_delta(delta)

    def selected_rows(self) -> list[Row]:
        """The selected rows, in the order of the screen."""
        found = (self.model.cache.get(key) for key in self.view.selected_keys())
        return [row for row in found if row is not None]

    def here(self) -> Place | None:
        """What the current row is about."""
        key = self.view.current_key()
        row = self.model.cache.get(key) if key is not None else None
        return place_of(row) if row is not None else None

    def known_places(self) -> list[Place]:
        """All places that the rows in memory name."""
        return [place_of(row) for row in self.model.cache.rows()]

    # ---- filter

    def _apply_filter(self) -> None:
        typed = self.field.typed
        self.chips.setEnabled(not typed.trouble)
        if not typed.trouble:
            self._press(typed.statuses)
            query = self.field.query(self.chips.chosen())
            # Asks the worker when the table is larger than what is in memory; else everything is here already.
            self.feed.ask_for(query if self.feed.total > CAP else TableQuery())
            # The worker may find a text in more fields than a row carries: its answer is not filtered again.
            answered = query.narrow and self.feed.query == query and not self.model.waiting
            wanted = ("" if answered else self.field.text().strip(), query.statuses)
            if wanted != self._applied:
                self._applied = wanted
                self.model.filter(self._accepting(*wanted))
        self._show_state()

    def _accepting(self, text: str, statuses: tuple[str, ...]) -> Callable[[Row], bool] | None:
        """The test that a row on screen passes, `text` as it was typed; None for every row."""
        return self._finder.accept(self.field.query(statuses) if text else TableQuery(statuses=statuses))

    def _press(self, typed: tuple[str, ...]) -> None:
        """The statuses that were typed are pressed; once none is, those from before."""
        if typed and self._before is None:
            self._before = self.chips.chosen()
        if typed:
            self.chips.choose(typed)
        elif self._before is not None:
            self.chips.choose(self._before)
            self._before = None

    def _matching(self) -> Matching:
        query = self.field.query(self.chips.chosen())
        if self.field.typed.trouble:
            return Matching(query, 0, exact=True)
        wanted = [status for status in words.RETRYABLE if not query.statuses or status in query.statuses]
        if not query.narrow:
            return Matching(query, sum(self.feed.counts.get(status, 0) for status in wanted), exact=True)
        accept = self._finder.accept(replace(query, statuses=tuple(wanted))) if wanted else lambda row: False
        count = sum(1 for row in self.model.cache.rows() if accept is None or accept(row))
        exact = self.model.cache.held < CAP and not self.model.waiting and not self.feed.cut
        return Matching(query, count, exact)

    # ---- what is shown

    def _on_feed_changed(self) -> None:
        self.chips.set_counts(self.feed.counts)
        if self.field.busy:
            self._show_state()
        else:
            self._apply_filter()

    def _show_state(self) -> None:
        shown, total = self.model.rowCount(), self.feed.total
        one, many = words.ROWS[self.table]
        text = self.field.text().strip()
        filtered = bool(text or self.chips.chosen())
        self.counter.setText(self._counter_text(shown, total, filtered))
        self.save_action.setEnabled(shown > 0 and not self.field.typed.trouble)
        if self.feed.trouble is not None and self.feed.state is FeedState.FAILED:
            self.state_pane.tell(self.feed.trouble, self.feed.reload)
        elif shown:
            self._stack.setCurrentWidget(self.view)
            self.actions_.refresh()
            return
        elif not self.model.loaded or (self.model.waiting and filtered):
            self.state_pane.say("Loading …", f"The {many} are being read from the timetable database.")
        elif total and not text and self.chips.chosen() == self.first_statuses:
            self.state_pane.say(self.empty_title, self.empty_text, f"Show all {many}", self._on_show_all)
        elif filtered:
            tip = "Try fewer letters or another status."
            if searched := self._searched():
                tip = f"Only {searched} {many} were searched. Choose one status to search further back."
            self.state_pane.say(f"No {one} matches", tip, "Show all", self._on_show_all)
        else:
            self.state_pane.say(self.empty_title, self.empty_text)
        self._stack.setCurrentWidget(self.state_pane)
        self.actions_.refresh()

    def _counter_text(self, shown: int, total: int, filtered: bool) -> str:
        one, many = words.ROWS[self.table]
        if not self.model.loaded:
            return ""
        if filtered and (searched := self._searched()):
            return f"{formats.counted(shown, one, many)} found among {searched}"
        if filtered:
            more = " or more" if self.model.cache.held >= CAP else ""
            # The numbers of all are counted less often than rows come.
            return f"{formats.counted(shown, one, many)}{more} found, of {formats.number(max(shown, total))}"
        if total > shown:
            return f"{formats.number(shown)} of {formats.number(total)} {many}, the newest"
        return formats.counted(shown, one, many)

    def _searched(self) -> str:
        """Which rows a text was looked for in, "" where that was all of them."""
        if not (self.feed.query.narrow and self.feed.cut):
            return ""
        chosen = self.chips.chosen() or tuple(self.feed.counts)
        rows = sum(self.feed.counts.get(status, 0) for status in chosen)
        return f"the newest {formats.number(SEARCHED)} of {formats.number(rows)}"

    def _on_selection_changed(self) -> None:
        rows = self.selected_rows()
        if len(rows) == 1:
            self.inspector.choose(rows[0].key, row_title(rows[0]))
        elif rows:
            self.inspector.choose_several(len(rows))
        else:
            self.inspector.choose_none()
        self.actions_.refresh()

    def _on_rows_changed(self, keys: frozenset[int]) -> None:
        self.inspector.on_rows_changed(keys)
        if not keys.isdisjoint(self.view.selected_keys()):
            self.actions_.refresh()

    # ---- clicks and keys

    def _on_chip(self) -> None:
        self._before = None
        if self.field.typed.statuses:
            self.field.take_out("status")
        self._apply_filter()

    def _on_save(self) -> None:
        self._parts.gateway.start(self._save())

    async def _save(self) -> None:
        """Write what is shown into a file; where more match than are in memory, all of it."""
        title = words.PAGES[self.table].lower()
        path = await ask_where(self, f"Save {title}", title.replace(" ", "-"), TABLES)
        if path is None:
            return
        shown, held = self.model.cache.keys_shown(), self.model.cache.held
        whole = not self.model.waiting and (self.feed.total <= CAP or held < CAP)
        keys = shown if whole or len(shown) < held else None
        columns = tuple(column.title for column in self.view.columns_shown())
        query = self.field.query(self.chips.chosen())
        self._parts.gateway.send(SaveTable(str(path), self.table, columns, keys, query))

    def _on_show_detail(self) -> None:
        self.detail.show()
        self.inspector.look_again()
        self.detail.close_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_detail_closed(self) -> None:
        self.detail.hide()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_show_all(self) -> None:
        self.filter_to(())

    def _on_menu(self, point: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(list(self.row_actions))
        menu.addSeparator()
        menu.addActions([*self._shared, *self.list_actions])
        menu.popup(self.view.viewport().mapToGlobal(point))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.feed.show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.feed.hide()

    # ---- making

    def _own_action(self, text: str, keys: QKeySequence | QKeySequence.StandardKey, done: object) -> QAction:
        action = QAction(text, self)
        action.setShortcut(keys)
        action.triggered.connect(done)
        self.addAction(action)
        return action

    def _connect(self) -> None:
        self.addActions([*self.row_actions, self.columns.action])
        self.feed.changed.connect(self._on_feed_changed)
        self.feed.rows_changed.connect(self._on_rows_changed)
        self.field.settled.connect(self._apply_filter)
        self.chips.changed.connect(self._on_chip)
        self.view.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.view.opened.connect(self._on_show_detail)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.detail.closed.connect(self._on_detail_closed)

    def _lay_out(self) -> None:
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        titles = QHBoxLayout()
        titles.addWidget(widgets.label(words.PAGES[self.table], "title"))
        titles.addSpacing(10)
        titles.addWidget(self.counter, 1, Qt.AlignmentFlag.AlignBottom)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.field, 3)
        tools.addStretch(1)
        for number, action in enumerate((*self.row_actions[:3], *self._shared)):
            tools.addWidget(widgets.tool_button(action, "primary" if number == 0 else ""))
        tools.addWidget(widgets.more_button([*self.row_actions, *self._shared, *self.list_actions]))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.state_pane)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(12)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self._stack)
        self.splitter.addWidget(self.detail)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([826, 318])
        self.detail.setMinimumWidth(280)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(10)
        column.addLayout(titles)
        column.addWidget(widgets.label(self.lead, "muted", wrap=True))
        column.addLayout(tools)
        column.addWidget(self.field.trouble)
        column.addWidget(self.chips)
        column.addWidget(self.splitter, 1)
        self._order_tabs(tools)

    def _order_tabs(self, tools: QHBoxLayout) -> None:
        """Tab goes as the eye does: filter, buttons, statuses, table, details."""
        found = (tools.itemAt(number) for number in range(tools.count()))
        shown = [item.widget() for item in found if item is not None]
        chain = [
            *(one for one in shown if one is not None),
            *self.chips.buttons,
            self.view,
            self.detail.close_button,
        ]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)


def row_title(row: Row) -> str:
    """What a row is about, until its details have come."""
    if isinstance(row, NotificationRow):
        return f"{row.module_title or row.module}, {formats.date(row.date or row.old_date)}"
    place = place_of(row)
    title = getattr(row, "module_title", "") or getattr(row, "module", "")
    return f"{title}, {place.text}" if title else f"{place.text}: {words.status(Table.ROOM_DAYS, status_of(row))}"
