"""The main window: pages, navigation, banners, menus, status line. It only hands events and clicks on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from echodesk.clashes import AlsoOpen
from echodesk.connecting import Connecting
from echodesk.desk import standing, words
from echodesk.desk.banners import BannerArea, Toasts
from echodesk.desk.dialogs.confirm import confirmed
from echodesk.desk.dialogs.help import HelpWindow
from echodesk.desk.merge import Delivered, NeedsSnapshot
from echodesk.desk.nav import Nav
from echodesk.desk.pages.activity_page import TITLE as ACTIVITY
from echodesk.desk.pages.activity_page import ActivityPage
from echodesk.desk.pages.attention_page import TITLE as ATTENTION
from echodesk.desk.pages.attention_page import AttentionPage
from echodesk.desk.pages.lessons_page import TITLE as LESSONS
from echodesk.desk.pages.lessons_page import LessonsPage
from echodesk.desk.pages.notifications_page import NotificationsPage
from echodesk.desk.pages.overview import OverviewPage
from echodesk.desk.pages.plans_page import TITLE, PlansPage
from echodesk.desk.pages.queue_page import QueuePage
from echodesk.desk.pages.room_days_page import RoomDaysPage
from echodesk.desk.pages.settings_page import TITLE as SETTINGS
from echodesk.desk.pages.settings_page import SettingsPage
from echodesk.desk.pages.table_page import PageParts, TablePage
from echodesk.desk.places import Place
from echodesk.desk.sending import Sending
from echodesk.desk.standing import Banner
from echodesk.desk.status_line import StatusLine
from echodesk.desk.theme import ThemeName
from echodesk.desk.words import Tone
from echodesk.errors import EchoDeskError
from echodesk.lessons import Matter
from echodesk.messages import (
    Cancel,
    CommandDone,
    EngineState,
    Level,
    Notice,
    Overview,
    Progress,
    Table,
    TableDelta,
    WorkerFailed,
)
from echodesk.settings import Profile, SettingShown

_THEMES = (
    (ThemeName.SYSTEM, "As the &system"),
    (ThemeName.LIGHT, "&Light"),
    (ThemeName.DARK, "&Dark"),
    (ThemeName.CONTRAST, "High &contrast"),
)

PLANS_PAGE, LESSONS_PAGE, ATTENTION_PAGE = 4, 5, 6


class MainWindow(QMainWindow):
    """Everything on screen."""

    quit_wanted = Signal()
    """Someone closed the window; it stays until `let_go`."""
    restart_wanted = Signal()
    """The worker ended by a defect, and someone wants a new one."""

    def __init__(
        self,
        parts: PageParts,
        profile: Profile,
        *,
        asks: bool = False,
        machine: tuple[SettingShown, ...] = (),
        connecting: Connecting | None = None,
    ) -> None:
        """`asks`: before the window that is sending is closed, its person is asked. `machine`: the settings that
        this PC keeps. `connecting` connects an office's own systems."""
        super().__init__()
        self._asks = asks
        self._parts = parts
        self._may_close = False
        self._state: EngineState | None = None
        self._failed: WorkerFailed | None = None
        self.setWindowTitle(f"EchoDesk – {words.profile(profile)[0]}")  # noqa: RUF001 - the en dash is meant
        self.resize(1400, 900)
        self.sending = Sending(self, parts.gateway, parts.campus, parts.by)
        shared = (self.sending.pause,)
        self.overview = OverviewPage(parts, self.open_list)
        self.queue = QueuePage(parts, shared)
        self.notifications = NotificationsPage(parts, shared)
        self.room_days = RoomDaysPage(parts, shared)
        self.tables: tuple[TablePage, ...] = (self.queue, self.notifications, self.room_days)
        self.plans = PlansPage(parts)
        self.lessons = LessonsPage(parts)
        self.attention = AttentionPage(parts)
        self.settings = SettingsPage(parts, machine, connecting)
        self.activity = ActivityPage(parts)
        self.pages: tuple[QWidget, ...] = (
            *(self.overview, *self.tables),
            *(self.plans, self.lessons, self.attention, self.settings, self.activity),
        )
        self.titles = (
            *("Overview", *(words.PAGES[page.table] for page in self.tables)),
            *(TITLE, LESSONS, ATTENTION, SETTINGS, ACTIVITY),
        )
        self.nav = Nav(self.titles, profile, parts.theme)
        self.banners = BannerArea(parts.theme, self._on_banner)
        self.stack = QStackedWidget()
        self.status = StatusLine(parts.theme, parts.campus, self._on_cancel)
        self.toasts = Toasts(self, parts.theme)
        self.help = HelpWindow(self)
        self._lay_out()
        self._make_menus()
        self.sending.known = self.plans.known = self._known_places
        self.sending.here = self._here
        parts.gateway.troubled.connect(self._on_trouble)
        parts.gateway.answered.connect(self._on_answer)
        parts.theme.changed.connect(self._on_theme_changed)
        self.overview.stop_wanted.connect(self.sending.show_stop)
        self.overview.plans_wanted.connect(lambda: self.open_page(PLANS_PAGE))
        self.overview.matter_wanted.connect(self.open_matter)
        self.attention.lessons_wanted.connect(self._look_up)
        self.activity.lessons_wanted.connect(self._look_up)
        self.nav.chosen.connect(self._on_page_chosen)
        self.nav.show_page(0)

    # ---- pages

    @property
    def page(self) -> QWidget:
        """The page on screen."""
        return self.pages[self.stack.currentIndex()]

    def open_page(self, number: int) -> None:
        """Bring a page to the front."""
        self.nav.show_page(number)

    def open_list(self, table: Table, statuses: tuple[str, ...]) -> None:
        """Open a table's page, showing only these statuses."""
        for number, page in enumerate(self.tables):
            if page.table is table:
                page.filter_to(statuses)
                self.open_page(number + 1)
                page.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_matter(self, matter: Matter) -> None:
        """Open a list of what needs attention."""
        self.attention.open_list(matter)
        self.open_page(ATTENTION_PAGE)
        self.attention.list.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look_up(self, words_: str) -> None:
        self.open_page(LESSONS_PAGE)
        self.lessons.look_up(words_)
        self.lessons.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- events

    def on_event(self, event: Delivered) -> None:
        """Whatever came over the bridge; ends and defects are the application's."""
        if isinstance(event, TableDelta):
            for page in self.tables:
                if page.table is event.table:
                    page.on_delta(event)
        elif isinstance(event, NeedsSnapshot):
            for page in self.tables:
                if page.table is event.table:
                    page.feed.on_needs_snapshot()
        elif isinstance(event, EngineState):
            self._show_state(event)
        elif isinstance(event, Overview):
            self._show_overview(event)
        elif isinstance(event, AlsoOpen):
            self.room_days.clash.show_others(event)
        elif isinstance(event, Progress):
            self.status.show_progress(event)
        elif isinstance(event, Notice):
            self.toasts.show_notice(event.level, event.title, event.message, event.next_step)
        elif isinstance(event, WorkerFailed):
            self.show_failed(event)

    def show_failed(self, failed: WorkerFailed | None) -> None:
        """The worker ended by a defect; None when a new one has begun."""
        self._failed = failed
        self.status.end_all()
        if failed is None:
            for page in self.tables:
                page.feed.reconnect()
        self._show_banners()

    def show_stopping(self) -> None:
        """The program is about to end: nothing more can be asked for."""
        self.status.say("Stopping: what is being sent is finished first")
        self.setEnabled(False)

    def let_go(self) -> None:
        """Close for good."""
        self._may_close = True
        self.close()

    def _show_state(self, state: EngineState) -> None:
        self._state = state
        self.status.show_state(state)
        self.overview.show_state(state)
        self.sending.show_state(state)
        self.plans.show_state(state)
        self._show_banners()

    def _show_banners(self) -> None:
        found: tuple[Banner, ...] = ()
        if self._failed is not None:
            last = self._failed.details.strip().splitlines()[-1:] or ["No details are known."]
            found = (
                Banner(
                    Tone.BAD,
                    "EchoDesk's worker has stopped by a defect",
                    f"{last[0]} Nothing is sent. What was planned is kept and goes on when it is started again.",
                    "restart",
                    "Start again",
                ),
            )
        elif self._state is not None:
            found = standing.banners(self._state, self._parts.campus, self.overview.overview)
        self.banners.show_banners(found)

    def _show_overview(self, overview: Overview) -> None:
        self.overview.show_overview(overview)
        self._show_banners()
        queue = dict(overview.queue)
        self.nav.show_count(1, queue.get("FAILED", 0), "failed")
        self.nav.show_count(2, overview.failed, "failed")
        late = overview.failed + overview.failed_unread + overview.too_late_today
        self.nav.show_count(ATTENTION_PAGE, late, "failed or too late")
        self.nav.show_count(3, overview.open_room_days, "open")
        self.attention.show_overview(overview)
        self.plans.show_plans(overview.plans, overview.plans_in_all)
        waiting = sum(plan.waits for plan in overview.plans)
        self.nav.show_count(PLANS_PAGE, waiting, "waiting for a yes")

    def _on_trouble(self, trouble: EchoDeskError) -> None:
        self.toasts.show_notice(Level.ERROR, trouble.title, trouble.message, trouble.next_step)

    def _on_answer(self, reply: CommandDone) -> None:
        self.toasts.show_notice(Level.INFO, reply.text, "")

    # ---- clicks

    def _on_page_chosen(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        self._fill_row_menu()
        if self.help.isVisible():
            self._show_help()

    def _show_help(self) -> None:
        """Help for the page on screen."""
        try:
            self.help.tell(self.titles[self.stack.currentIndex()])
        except EchoDeskError as trouble:
            self._on_trouble(trouble)
        else:
            self.help.show()

    def _on_banner(self, banner: Banner) -> None:
        if banner.act == "restart":
            self.restart_wanted.emit()
        elif banner.act == "resume":
            self.sending.lift(banner.pauses)
        elif banner.act == "stop":
            self.sending.show_stop(banner.stop)
        elif banner.act == "try_again":
            self.sending.try_again.trigger()

    def _on_cancel(self, task: int) -> None:
        self._parts.gateway.send(Cancel(task), lambda: self.status.cancel_failed(task))

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
            return
        event.ignore()
        if self._asks and self._state is not None and self._state.mine and self._failed is None:
            self._parts.gateway.start(self._leave())
        else:
            self.quit_wanted.emit()

    async def _leave(self) -> None:
        title, text = "Close the EchoDesk that is sending?", standing.leaving_text(self.overview.overview)
        if await confirmed(self, title, text, "Close"):
            self.quit_wanted.emit()

    def _on_theme_changed(self) -> None:
        self.overview.repaint_signs()
        self.lessons.repaint_signs()
        self.settings.repaint_signs()
        self.room_days.repaint_signs()
        self.banners.show_banners(())
        if self._state is not None:
            self._show_state(self._state)
        self._show_banners()

    def _known_places(self) -> list[Place]:
        return [place for page in self.tables for place in page.known_places()]

    def _here(self) -> Place | None:
        page = self.page
        return page.here() if isinstance(page, TablePage) else None

    # ---- making

    def _lay_out(self) -> None:
        for page in self.pages:
            self.stack.addWidget(page)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.banners)
        right.addWidget(self.stack, 1)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.nav)
        row.addLayout(right, 1)
        self.setCentralWidget(body)
        self.setStatusBar(self.status)

    def _make_menus(self) -> None:
        bar = self.menuBar()
        program = bar.addMenu("&EchoDesk")
        self._add(program, "&Quit", QKeySequence("Ctrl+Q"), self.close)
        view = bar.addMenu("&View")
        for number, title in enumerate(self.titles):
            self._add(view, f"&{number + 1} {title}", QKeySequence(f"Ctrl+{number + 1}"), self._opener(number))
        view.addSeparator()
        self._make_theme_menu(view.addMenu("&Colours"))
        # Shown where the system can show notices.
        self.notices_switch = QAction("&Desktop notices", self, checkable=True, checked=True, visible=False)
        view.addAction(self.notices_switch)
        sending = bar.addMenu("&Sending")
        sending.addActions([self.sending.pause, self.sending.resume, self.sending.send_here])
        sending.addSeparator()
        sending.addActions([self.sending.resync, self.sending.try_again])
        self._row_menu = bar.addMenu("&Selected rows")
        self._fill_row_menu()
        self._add(bar.addMenu("&Help"), "&Help for this page", QKeySequence("F1"), self._show_help)

    def _make_theme_menu(self, menu: QMenu) -> None:
        group = QActionGroup(self)
        for name, text in _THEMES:
            action = self._add(menu, text, QKeySequence(), self._theme_chooser(name))
            action.setCheckable(True)
            action.setChecked(name is self._parts.theme.name)
            group.addAction(action)

    def _fill_row_menu(self) -> None:
        self._row_menu.clear()
        page = self.page
        self._row_menu.menuAction().setEnabled(isinstance(page, TablePage))
        if isinstance(page, TablePage):
            self._row_menu.addActions(list(page.row_actions))
            self._row_menu.addSeparator()
            self._row_menu.addActions(list(page.list_actions))

    def _add(self, menu: QMenu, text: str, keys: QKeySequence, done: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        action.setShortcut(keys)
        action.triggered.connect(done)
        menu.addAction(action)
        return action

    def _opener(self, number: int) -> Callable[[], None]:
        def open_it() -> None:
            self.open_page(number)
            # Where a page begins with a field, whoever came by the keys can type at once.
            if self.pages[number].focusProxy() is not None:
                self.pages[number].setFocus(Qt.FocusReason.ShortcutFocusReason)

        return open_it

    def _theme_chooser(self, name: ThemeName) -> Callable[[], None]:
        return lambda: self._parts.theme.choose(name)
