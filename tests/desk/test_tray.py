"""The tray icon and desktop notices: shown, merged and silenced by the window; clicks; where there is no tray."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

from echodesk.desk.dialogs.confirm import Confirm
from echodesk.desk.dialogs.pause import PauseDialog
from echodesk.desk.noticing import GATHER_S
from echodesk.desk.tray import Tray, system_tray
from echodesk.desk.window import ATTENTION_PAGE, PLANS_PAGE
from echodesk.lessons import Matter
from echodesk.messages import Overview, Phase, Resume, Table, WorkerEnded, WorkerFailed
from echodesk.settings import Profile, ProfileKind
from tests.desk.driving import Desk, click, dialog_of, push, run_desk, turns, until
from tests.desk.fakes import FakeWorker
from tests.desk.rows import overview, pause, queue_row, state_of_engine, stop
from tests.desk.test_noticing import plan, quiet
from tests.guards import ExpectedLogs

PLAN = ("EchoDesk – Demonstration", "A plan waits for your yes")  # noqa: RUF001 - the en dash is meant


class FakeTray(QSystemTrayIcon):
    """An icon in a tray that is there, and keeps what it was told to say."""

    def __init__(self, *, speaks: bool = True) -> None:
        super().__init__()
        self.said: list[tuple[str, str]] = []
        self.speaks, self.there = speaks, False

    def show(self) -> None:
        self.there = True

    def hide(self) -> None:
        self.there = False

    def isVisible(self) -> bool:
        return self.there

    def showMessage(self, title: str, message: str, *_: object) -> None:
        self.said.append((title, message))

    def supportsMessages(self) -> bool:  # type: ignore[override]  # Qt's is static
        return self.speaks

    def entry(self, text: str) -> QAction:
        """The entry of the menu with this text."""
        return next(one for one in self.contextMenu().actions() if one.text() == text)


class Seat:
    """Somebody at another program, with EchoDesk's window behind it and a clock that the test sets."""

    def __init__(self, desk: Desk, icon: FakeTray) -> None:
        self.desk, self.icon, self.at = desk, icon, 0.0
        assert desk.session.tray is not None
        self.tray: Tray = desk.session.tray
        self.tray.seconds = lambda: self.at

    def leave(self) -> None:
        """Work with something else."""
        self.desk.window.showMinimized()
        assert self.desk.window.isMinimized()

    async def come(self) -> None:
        """Look at the window."""
        self.desk.window.showNormal()
        self.desk.window.activateWindow()
        await until(self.desk.window.isActiveWindow)

    async def count(self, counted: Overview) -> None:
        """The worker has counted this."""
        self.desk.session.bridge.post(counted)
        await until(lambda: self.desk.window.overview.overview == counted)
        await turns()

    def later(self, seconds: float = GATHER_S) -> None:
        """Time passes, and the timer rings if it was set."""
        self.at += seconds
        if self.tray.timer.isActive():
            assert self.tray.timer.interval() <= GATHER_S * 1_000
            self.tray.timer.timeout.emit()


def sit(
    app: QApplication, body: Callable[[Seat], Awaitable[None]], prepare: Callable[[FakeWorker], None] | None = None
) -> FakeTray:
    """Run a session with a tray."""
    icon = FakeTray()

    async def main(desk: Desk) -> None:
        await turns()
        await body(Seat(desk, icon))

    run_desk(app, main, prepare=prepare or (lambda _worker: None), tray=icon)
    return icon


def test_what_waits_is_told_once_in_one_notice_after_a_minute(qapp: QApplication) -> None:
    async def body(seat: Seat) -> None:
        seat.leave()
        await seat.count(quiet(plans=(plan(),)))
        seat.at = 20
        await seat.count(quiet(plans=(plan(),), stops=(stop(),)))
        assert seat.icon.said == []
        seat.later(40)
        title = PLAN[0]
        assert seat.icon.said == [(title, "A safety stop waits for your yes; a plan waits for your yes")]
        seat.later(3_600)
        await seat.count(quiet(plans=(plan(),), stops=(stop(),), pending=5))
        seat.later()
        assert len(seat.icon.said) == 1

    sit(qapp, body)


def test_the_timer_rings_by_itself(qapp: QApplication) -> None:
    async def body(seat: Seat) -> None:
        seat.leave()
        await seat.count(quiet(plans=(plan(),)))
        seat.at = GATHER_S - 0.01
        await seat.count(quiet(plans=(plan(),), pending=1))
        seat.at = GATHER_S
        await until(lambda: bool(seat.icon.said))
        assert seat.icon.said == [PLAN]

    sit(qapp, body)


def test_nothing_is_told_while_the_window_is_in_front(qapp: QApplication) -> None:
    async def body(seat: Seat) -> None:
        await seat.count(quiet(plans=(plan(),)))
        seat.later()
        seat.leave()
        await seat.count(quiet(plans=(plan(),), pending=1))
        seat.later()
        assert seat.icon.said == []

    sit(qapp, body)


def test_what_was_looked_at_within_the_minute_is_not_told(qapp: QApplication) -> None:
    async def body(seat: Seat) -> None:
        seat.leave()
        await seat.count(quiet(plans=(plan(),)))
        assert seat.tray.timer.isActive()
        await seat.come()
        assert not seat.tray.timer.isActive()
        seat.leave()
        await seat.count(quiet(plans=(plan(),), pending=1))
        seat.later()
        assert seat.icon.said == []

    sit(qapp, body)


def test_a_dialog_of_ours_is_in_front_as_well(qapp: QApplication) -> None:
    async def body(seat: Seat) -> None:
        seat.desk.window.sending.pause.trigger()
        dialog = await dialog_of(seat.desk.window, PauseDialog)
        await until(dialog.isActiveWindow)
        await seat.count(quiet(plans=(plan(),)))
        seat.later()
        assert seat.icon.said == []
        dialog.reject()

    sit(qapp, body)


@pytest.mark.parametrize(
    ("counted", "page"),
    [
        (quiet(plans=(plan(),)), PLANS_PAGE),
        (quiet(failed=2), ATTENTION_PAGE),
        (quiet(stops=(stop(),)), 0),
        (quiet(failed=2, plans=(plan(),)), 0),
    ],
)
def test_a_click_on_a_notice_opens_the_page_that_shows_it(
    qapp: QApplication, counted: Overview, page: int
) -> None:
    async def body(seat: Seat) -> None:
        window = seat.desk.window
        window.open_page(1)
        window.attention.open_list(Matter.PEOPLE)
        seat.leave()
        await seat.count(counted)
        seat.later()
        seat.icon.messageClicked.emit()
        await until(window.isActiveWindow)
        assert not window.isMinimized()
        assert window.stack.currentIndex() == page
        if page == ATTENTION_PAGE:
            assert window.attention.list.matter is Matter.FAILURES

    sit(qapp, body)


def test_the_icon_tells_how_things_stand_by_form_and_words(qapp: QApplication) -> None:
    seen: dict[str, bytes] = {}

    async def body(seat: Seat) -> None:
        async def see(text: str) -> None:
            await until(lambda: seat.icon.toolTip() == f"{PLAN[0]}\n{text}")
            seen[text] = bytes(seat.icon.icon().pixmap(64, 64).toImage().constBits())

        bridge = seat.desk.session.bridge
        await see("This PC is sending")
        bridge.post(state_of_engine(phase=Phase.FOLLOWING, mine=False, holder="<b>x</b>"))
        await until(lambda: "Another PC" in seat.icon.toolTip())
        bridge.post(state_of_engine(pauses=(pause(),)))
        await see("Paused: nothing is sent")
        bridge.post(state_of_engine(phase=Phase.FOLLOWING, mine=False, holder=""))
        await see("Nobody is sending")
        bridge.post(state_of_engine())
        bridge.post(quiet(stops=(stop(),)))
        await see("This PC is sending\nNeeds you: a safety stop waits for your yes")

    sit(qapp, body)
    assert len(set(seen.values())) == 4


def test_an_office_s_own_words_for_its_profile_are_no_part_of_the_tooltip(qapp: QApplication) -> None:
    icon = FakeTray()

    async def body(desk: Desk) -> None:
        await until(lambda: "This PC" in icon.toolTip())
        assert "Test" in icon.toolTip()
        assert "<" not in icon.toolTip()

    run_desk(qapp, body, profile=Profile(ProfileKind.TEST, "<b>Spring</b>"), tray=icon)


def test_a_worker_that_failed_is_told_until_a_new_one_has_begun(
    qapp: QApplication, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("echodesk.desk.app", "The worker failed")

    async def body(seat: Seat) -> None:
        seat.leave()
        seat.desk.session.bridge.post(WorkerFailed("KeyError: 'x'"))
        await until(lambda: "stopped by a defect" in seat.icon.toolTip())
        seat.later()
        assert [text for _, text in seat.icon.said] == ["EchoDesk's worker has stopped by a defect"]
        await seat.come()
        click(push(seat.desk.window.banners, "Start again"))
        await until(lambda: "This PC is sending" in seat.icon.toolTip())

    sit(qapp, body)


# ---- the menu


def test_pause_in_the_menu_asks_in_the_window(qapp: QApplication) -> None:
    async def body(seat: Seat) -> None:
        seat.leave()
        seat.icon.entry("&Pause…").trigger()
        dialog = await dialog_of(seat.desk.window, PauseDialog)
        assert not seat.desk.window.isMinimized()
        dialog.reject()

    sit(qapp, body)


def test_resume_in_the_menu_is_the_window_s_own(qapp: QApplication) -> None:
    async def body(seat: Seat) -> None:
        entry = seat.icon.entry("&Resume…")
        assert not entry.isEnabled()
        seat.desk.session.bridge.post(state_of_engine(pauses=(pause(7),)))
        await until(entry.isEnabled)
        entry.trigger()
        await until(lambda: seat.desk.worker.sent(Resume) == [Resume("Ann", (7,))])

    sit(qapp, body)


@pytest.mark.parametrize("way", ["menu", "icon"])
def test_the_window_is_opened_from_the_tray(qapp: QApplication, way: str) -> None:
    async def body(seat: Seat) -> None:
        seat.leave()
        if way == "menu":
            seat.icon.entry("&Open EchoDesk").trigger()
        else:
            seat.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
        await until(lambda: seat.desk.window.isActiveWindow() and not seat.desk.window.isMinimized())

    sit(qapp, body)


def test_quit_in_the_menu_asks_what_the_window_asks(qapp: QApplication) -> None:
    icon = FakeTray()

    async def body(desk: Desk) -> None:
        await until(lambda: "This PC" in icon.toolTip())
        desk.window.showMinimized()
        icon.entry("&Quit").trigger()
        dialog = await dialog_of(desk.window, Confirm)
        assert "sending" in dialog.windowTitle() or "sending" in dialog.accessibleName()
        assert not desk.window.isMinimized()
        assert not desk.worker.stopped
        click(push(dialog, "Close"))
        # The session cancels its script when it ends for another reason.
        await asyncio.Event().wait()

    assert run_desk(qapp, body, asks=True, tray=icon).worker.stopped


def test_closing_the_window_ends_the_program_and_takes_the_icon_away(qapp: QApplication) -> None:
    seen: list[bool] = []
    icon = FakeTray()

    async def body(desk: Desk) -> None:
        await turns()
        seen.append(icon.isVisible())
        Seat(desk, icon).leave()
        desk.session.bridge.post(quiet(plans=(plan(),)))
        await until(lambda: "a plan" in icon.toolTip())
        desk.worker.ends = False

        def later() -> None:
            seen.append(icon.isVisible())
            desk.session.bridge.post(quiet(stops=(stop(),)))
            desk.session.bridge.post(WorkerEnded())

        asyncio.get_running_loop().call_later(0.05, later)
        desk.window.close()
        await asyncio.Event().wait()

    assert run_desk(qapp, body, tray=icon).worker.stopped
    assert seen == [True, False]
    assert icon.said == []


# ---- the switch


def test_notices_are_switched_off_and_stay_so_on_this_pc(qapp: QApplication, tmp_path: Path) -> None:
    file = tmp_path / "window.ini"

    def shown(desk: Desk) -> list[str]:
        return [one.value for one in desk.window.settings.settings if one.title == "Desktop notices"]

    async def first(desk: Desk) -> None:
        desk.window.open_page(desk.window.titles.index("Settings"))
        await until(lambda: shown(desk) == ["on"])
        desk.window.notices_switch.trigger()
        assert shown(desk) == ["off"]

    async def second(desk: Desk) -> None:
        seat = Seat(desk, icons[-1])
        seat.leave()
        await seat.count(quiet(plans=(plan(),)))
        seat.later()
        assert "a plan waits" in seat.icon.toolTip()
        desk.window.notices_switch.trigger()
        seat.later()
        await seat.count(quiet(plans=(plan(2), plan(1))))
        seat.later()
        assert [text for _, text in seat.icon.said] == ["2 plans wait for your yes"]

    icons = []
    for body in (first, second):
        icons.append(FakeTray())
        run_desk(qapp, body, state_file=file, tray=icons[-1])


def test_the_switch_is_in_the_view_menu_where_notices_can_be_shown(qapp: QApplication) -> None:
    seen: list[bool] = []

    async def body(desk: Desk) -> None:
        view = next(one for one in desk.window.menuBar().actions() if one.text() == "&View").menu()
        assert isinstance(view, QMenu)
        assert desk.window.notices_switch in view.actions()
        seen.append(desk.window.notices_switch.isVisible())

    for icon in (FakeTray(), FakeTray(speaks=False), None):
        run_desk(qapp, body, tray=icon)
    assert seen == [True, False, False]


def test_without_a_tray_everything_else_is_as_ever(qapp: QApplication) -> None:
    assert system_tray() is None, "the tests run without a screen"

    async def body(desk: Desk) -> None:
        assert desk.session.tray is None
        desk.session.bridge.post(overview())
        page = await desk.open(1)
        await until(lambda: page.model.cache.get(1) is not None)
        desk.window.close()
        await asyncio.Event().wait()

    assert run_desk(qapp, body, {Table.QUEUE: [queue_row(1)]}).worker.stopped
