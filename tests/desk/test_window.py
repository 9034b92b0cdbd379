"""The window: pages by keyboard, banners, pause and resume, progress, the Overview's cards, themes."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from echodesk.desk.dialogs.pause import PauseDialog
from echodesk.desk.dialogs.resync import ResyncDialog
from echodesk.desk.pages.table_page import TablePage
from echodesk.desk.theme import ThemeName
from echodesk.desk.tokens import DARK
from echodesk.desk.words import Tone
from echodesk.messages import (
    Cancel,
    Level,
    MissedLesson,
    Notice,
    Pause,
    Phase,
    Progress,
    Refresh,
    Resume,
    Row,
    Scope,
    Table,
    TryAgain,
)
from echodesk.settings import DEMONSTRATION, Profile, ProfileKind
from tests.desk.driving import Desk, click, click_row, dialog_of, press, push, run_desk, tool, turns, until
from tests.desk.fakes import FakeWorker
from tests.desk.rows import notification_row, overview, pause, queue_row, room_day_row, state_of_engine

CTRL = Qt.KeyboardModifier.ControlModifier
ROWS: dict[Table, list[Row]] = {
    Table.QUEUE: [queue_row(1)],
    Table.NOTIFICATIONS: [notification_row(1, status="FAILED"), notification_row(2)],
    Table.ROOM_DAYS: [room_day_row(1), room_day_row(2, state="resolved")],
}


def with_overview(worker: FakeWorker) -> None:
    worker.first_overview = overview()


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_ctrl_and_a_digit_open_a_page(qapp: QApplication, number: int) -> None:
    async def body(desk: Desk) -> None:
        desk.window.open_page((number + 1) % 4)
        press(desk.window, Qt.Key(Qt.Key.Key_1 + number), CTRL)
        await until(lambda: desk.window.stack.currentIndex() == number)
        assert desk.window.page.isVisible()

    run_desk(qapp, body)


@pytest.mark.parametrize("theme", [ThemeName.LIGHT, ThemeName.DARK, ThemeName.CONTRAST])
@pytest.mark.parametrize(
    ("profile", "text", "tone"),
    [
        (DEMONSTRATION, "Demonstration", Tone.GOOD),
        (Profile(ProfileKind.TEST, "<b>Spring</b>"), "Test: <b>Spring</b>", Tone.NOTE),
        (Profile(ProfileKind.PRODUCTION), "Production", Tone.BUSY),
    ],
)
def test_the_profile_is_always_visible_by_name_and_colour(
    qapp: QApplication, theme: ThemeName, profile: Profile, text: str, tone: Tone
) -> None:
    async def body(desk: Desk) -> None:
        shown = desk.window.nav.profile
        for number in range(len(desk.window.titles)):
            desk.window.open_page(number)
            assert shown.isVisible()
        assert shown.text() == text
        assert shown.textFormat() is Qt.TextFormat.PlainText
        assert text in desk.window.windowTitle()
        picture = shown.grab().toImage()
        tint = desk.session.theme.tokens.tones[tone][1]
        assert picture.pixelColor(5, picture.height() // 2).name().upper() == tint

    run_desk(qapp, body, profile=profile, theme=theme)


def test_the_overview_says_what_the_worker_counted(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = desk.window.overview
        await until(lambda: page.overview is not None)
        assert page.transferred.number.text() == "1,284"
        assert page.pending.text.text() == "about 3 min at the call limit"
        assert page.failed.accessibleName() == "Failed: 7. need someone to look"
        assert page.sender_label.text() == "This PC is sending"
        assert desk.window.nav.list.item(3).data(Qt.ItemDataRole.AccessibleTextRole) == "Room clashes, 23 open"

    run_desk(qapp, body, prepare=with_overview)


@pytest.mark.parametrize(
    ("card", "page", "statuses", "keys"),
    [
        ("not_recorded", 2, ("IN_CONFLICT", "TOO_LATE", "FAILED", "PARKED"), (1,)),
        ("clashes", 3, ("open",), (1,)),
        ("transferred", 2, ("SUCCESS", "WARN", "REFRESHED"), (2,)),
    ],
)
def test_a_card_opens_its_list_filtered(
    qapp: QApplication, card: str, page: int, statuses: tuple[str, ...], keys: tuple[int, ...]
) -> None:
    async def body(desk: Desk) -> None:
        await until(lambda: desk.window.overview.overview is not None)
        click(getattr(desk.window.overview, card))
        opened = await desk.open(page)
        assert opened.chips.chosen() == statuses
        await until(lambda: opened.model.cache.keys_shown() == keys)

    run_desk(qapp, body, ROWS, with_overview)


def test_a_card_opens_by_keyboard(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.window.overview.failed.setFocus()
        press(desk.window.overview.failed, Qt.Key.Key_Space)
        assert desk.window.stack.currentIndex() == 6

    run_desk(qapp, body, ROWS)


def test_pause_needs_a_reason_and_asks_for_what_was_chosen(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(3)
        click_row(page, 0)
        press(desk.window, Qt.Key.Key_P, CTRL)
        dialog = await dialog_of(desk.window, PauseDialog)
        assert isinstance(dialog, PauseDialog)
        assert not dialog.yes_button.isEnabled()
        QTest.keyClicks(dialog.reason, "Projector repair")
        assert dialog.yes_button.isEnabled()
        dialog.room_only.click()
        dialog.dates_only.click()
        dialog.first.setDate(QDate(2026, 11, 26))
        assert dialog.hint.text() == "The last date is before the first."
        assert not dialog.yes_button.isEnabled()
        dialog.last.setDate(QDate(2026, 11, 27))
        dialog.ends.click()
        click(dialog.yes_button)
        await until(lambda: bool(desk.worker.sent(Pause)))
        assert desk.worker.sent(Pause) == [
            Pause(
                "Projector repair",
                "Ann",
                Scope(room="2950203", first="2026-11-26", last="2026-11-27"),
                "2026-11-24T08:00:00.000Z",
            )
        ]

    run_desk(qapp, body, ROWS)


@pytest.mark.parametrize(
    ("which", "text", "scope"),
    [
        ("everything", "", Scope()),
        ("building_only", "Science Park", Scope(building="Science Park")),
        ("room_only", "7700A01", Scope(room="7700A01")),
    ],
)
def test_a_pause_may_be_about_everything_a_building_or_a_room(
    qapp: QApplication, which: str, text: str, scope: Scope
) -> None:
    async def body(desk: Desk) -> None:
        desk.window.sending.pause.trigger()
        dialog = await dialog_of(desk.window, PauseDialog)
        assert isinstance(dialog, PauseDialog)
        getattr(dialog, which).click()
        if text:
            (dialog.building if which == "building_only" else dialog.room).setEditText(text)
        QTest.keyClicks(dialog.reason, "Exams")
        press(dialog, Qt.Key.Key_Return)
        await until(lambda: desk.worker.sent(Pause) == [Pause("Exams", "Ann", scope, "")])

    run_desk(qapp, body)


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ("room_day", Refresh("Ann", room="2950203", date="2026-11-24")),
        ("room_year", Refresh("Ann", room="2950203")),
        ("day", Refresh("Ann", date="2026-11-24")),
    ],
)
def test_resync_may_be_about_any_room_and_day(qapp: QApplication, which: str, expected: Refresh) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(3)
        click_row(page, 0)
        press(desk.window, Qt.Key.Key_S, CTRL | Qt.KeyboardModifier.ShiftModifier)
        dialog = await dialog_of(desk.window, ResyncDialog)
        assert isinstance(dialog, ResyncDialog)
        getattr(dialog, which).click()
        click(dialog.yes_button)
        await until(lambda: desk.worker.sent(Refresh) == [expected])

    run_desk(qapp, body, ROWS)


def test_resync_of_a_room_asks_which(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.window.sending.resync.trigger()
        dialog = await dialog_of(desk.window, ResyncDialog)
        assert isinstance(dialog, ResyncDialog)
        assert not dialog.yes_button.isEnabled()
        dialog.day.click()
        assert dialog.yes_button.isEnabled()

    run_desk(qapp, body)


def test_tab_goes_from_filter_to_buttons_to_statuses_to_table_to_details(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(3)
        click_row(page, 0)
        await until(lambda: page.detail.detail is not None)
        page.field.setFocus()
        visited: list[QWidget] = []
        for _ in range(20):
            focus = QApplication.focusWidget()
            assert focus is not None
            visited.append(focus)
            if focus is page.detail.close_button:
                break
            press(focus, Qt.Key.Key_Tab)
        marks: list[QWidget] = [page.field, tool(page, page.actions_.resync), page.chips.all_chip, page.view]
        places = [visited.index(mark) for mark in (*marks, page.detail.close_button)]
        assert places == sorted(places)

    run_desk(qapp, body, ROWS)


def test_a_cancelled_pause_sends_nothing(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.window.sending.pause.trigger()
        dialog = await dialog_of(desk.window, PauseDialog)
        press(dialog, Qt.Key.Key_Escape)
        await turns()
        assert desk.worker.sent(Pause) == []
        assert desk.window.sending.pause.isEnabled()

    run_desk(qapp, body)


def test_a_pause_is_a_banner_with_its_owner_and_reason(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.session.bridge.post(state_of_engine(phase=Phase.PAUSED, pauses=(pause(7),)))
        await until(lambda: len(desk.window.banners.shown) == 1)
        banner = desk.window.banners.shown[0]
        assert banner.title == "Paused: everything"
        assert "Exam week: nothing may move" in banner.text
        assert "Ann" in banner.text
        click(push(desk.window.banners, "Resume"))
        await until(lambda: desk.worker.sent(Resume) == [Resume("Ann", (7,))])
        desk.session.bridge.post(state_of_engine())
        await until(lambda: desk.window.banners.shown == ())
        assert not desk.window.banners.isVisible()

    run_desk(qapp, body)


def test_several_pauses_are_resumed_after_a_question(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.session.bridge.post(state_of_engine(pauses=(pause(1), pause(2, scope=Scope(room="4100102")))))
        await until(desk.window.sending.resume.isEnabled)
        desk.window.sending.resume.trigger()
        dialog = await dialog_of(desk.window)
        press(dialog, Qt.Key.Key_Return)
        await until(lambda: desk.worker.sent(Resume) == [Resume("Ann", (1, 2))])

    run_desk(qapp, body)


def test_echo360_that_lets_nobody_in_is_said_with_a_way_on(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.session.bridge.post(state_of_engine(phase=Phase.STOPPED_BY_ECHO360, echo360="It answered 401."))
        await until(lambda: len(desk.window.banners.shown) == 1)
        assert desk.window.status.phase.text() == "Echo360 does not let us in"
        click(push(desk.window.banners, "Try again"))
        await until(lambda: desk.worker.sent(TryAgain) == [TryAgain("Ann")])

    run_desk(qapp, body)


def test_nobody_sending_is_said_in_red(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.session.bridge.post(state_of_engine(phase=Phase.FOLLOWING, holder="", mine=False))
        await until(lambda: [one.title for one in desk.window.banners.shown] == ["Nobody is sending"])
        assert desk.window.overview.sender_label.property("ink") == "bad"

    run_desk(qapp, body)


def test_progress_can_be_cancelled_and_goes_away_at_the_end(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        status = desk.window.status
        desk.session.bridge.post(Progress(4, "Re-sync", 3, 10, cancellable=True))
        await until(lambda: status.tasks == (4,))
        click(status.cancel_button(4))
        await until(lambda: desk.worker.sent(Cancel) == [Cancel(4)])
        desk.session.bridge.post(Progress(4, "Re-sync", 10, 10, cancellable=True))
        await until(lambda: status.tasks == ())

    run_desk(qapp, body)


def test_a_notice_is_shown_until_closed(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        notice = Notice(Level.ERROR, "The recorder is missing", "Great Hall has none.", "Tell the technicians.")
        desk.session.bridge.post(notice)
        desk.session.bridge.post(notice)
        await until(lambda: desk.window.toasts.texts == (("The recorder is missing", "Great Hall has none."),))
        await turns()
        click(push(desk.window, "Close"))
        assert desk.window.toasts.texts == ()

    run_desk(qapp, body)


def test_the_theme_changes_while_running(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        await until(lambda: desk.window.overview.overview is not None)
        desk.session.theme.choose(ThemeName.DARK)
        assert desk.session.theme.tokens is DARK
        assert qapp.palette().window().color().name().upper() == DARK.window
        assert desk.window.overview.failed.number.text() == "7"

    run_desk(qapp, body, prepare=with_overview)


def test_every_control_has_a_name_for_screen_readers(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.session.bridge.post(state_of_engine(phase=Phase.PAUSED, pauses=(pause(1),)))
        await until(lambda: len(desk.window.banners.shown) == 1)
        nameless = []
        for number in range(4):
            desk.window.open_page(number)
            await turns()
            for part in desk.window.findChildren(QWidget):
                if part.isVisible() and part.focusPolicy() & Qt.FocusPolicy.TabFocus and not _name_of(part):
                    nameless.append(f"{type(part).__name__} on page {number}")
        assert nameless == []

    run_desk(qapp, body, ROWS, with_overview)


def has_detail(page: TablePage) -> bool:
    return page.detail.detail is not None


def _name_of(part: QWidget) -> str:
    """Qt's own inner widgets (viewports, line edits of spin boxes) speak through their parent."""
    if part.objectName().startswith("qt_"):
        return part.objectName()
    text = part.property("text")
    return part.accessibleName() or (text if isinstance(text, str) else "")


def test_hostile_strings_stay_plain_everywhere(qapp: QApplication) -> None:
    evil = "<img src=x onerror=alert(1)><b>bold</b>\u202eevil\x00\x07" + "W" * 10_000
    rows: dict[Table, list[Row]] = {
        Table.QUEUE: [
            queue_row(1, status="FAILED", module_title=evil, error=evil, room_new_name=evil, action=evil)
        ],
        Table.NOTIFICATIONS: [notification_row(1, status=evil, message=evil, recorded=evil, building=evil)],
        Table.ROOM_DAYS: [room_day_row(1, last_error=evil, room_name=evil, state=evil, date=evil)],
    }

    async def body(desk: Desk) -> None:
        desk.session.bridge.post(
            state_of_engine(holder=evil, mine=False, database=evil, echo360=evil, pauses=(pause(1, reason=evil),))
        )
        lesson = MissedLesson(evil, evil, evil, evil, evil, evil, evil, evil, evil, evil, evil)
        desk.session.bridge.post(overview(missed=(lesson,), missed_soon=1))
        desk.session.bridge.post(Notice(Level.ERROR, evil, evil, evil))
        desk.session.bridge.post(Progress(1, evil, 1, 2, cancellable=True))
        await until(lambda: bool(desk.window.banners.shown) and bool(desk.window.toasts.texts))
        for number in (1, 2, 3):
            page = await desk.open(number)
            page.filter_to(())
            click_row(page, 0)
            await until(partial(has_detail, page))
            desk.window.grab()
            tip = page.model.data(page.model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
            assert "<b>" not in str(tip)
            assert "<img" not in str(tip)
        desk.window.open_page(0)
        desk.window.grab()
        assert desk.window.width() < 3_000

    run_desk(qapp, body, rows)
