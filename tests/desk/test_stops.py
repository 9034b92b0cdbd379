"""Safety stops on screen: the banner, the card, and a confirmation that says exactly what would go."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from echodesk.desk import standing
from echodesk.desk.dialogs.stop import StopDialog
from echodesk.desk.words import Tone
from echodesk.messages import Allow, ShowStop, StopList
from tests.desk.driving import Desk, click, dialog_of, press, push, run_desk, turns, until
from tests.desk.fakes import FakeWorker
from tests.desk.rows import campus, overview, state_of_engine, stop, stop_list


def with_stop(worker: FakeWorker) -> None:
    worker.first_overview = overview(stops=(stop(7),))
    worker.stop_list = stop_list(key=7)


async def opened(desk: Desk) -> StopDialog:
    """The confirmation, opened from the banner."""
    await until(lambda: len(desk.window.banners.shown) == 1)
    click(push(desk.window.banners, "Look and decide…"))
    dialog = await dialog_of(desk.window, StopDialog)
    assert isinstance(dialog, StopDialog)
    return dialog


def test_a_stop_is_a_banner_until_yes_was_said() -> None:
    (banner,) = standing.banners(state_of_engine(), campus(), overview(stops=(stop(3), stop(4, waits=False))))
    assert banner.title == "Safety stop: 2 bookings would be removed"
    assert "52 of 900 within a day." in banner.text
    assert (banner.tone, banner.act, banner.stop) == (Tone.BAD, "stop", 3)


def test_the_confirmation_says_exactly_what_would_go(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        dialog = await opened(desk)
        assert desk.worker.sent(ShowStop) == [ShowStop(7)]
        first, second = dialog.list.toPlainText().splitlines()
        assert first == "Tue 24 Nov 2026 09:00-10:00, 2950203, BIOL1001 LC01, ann@example.ac.uk"
        assert "<b>MATH2</b> TU03" in second
        assert dialog.yes_button.text() == "Yes, remove 2 bookings"
        press(dialog, Qt.Key.Key_Escape)
        await turns()
        assert desk.worker.sent(Allow) == []

    run_desk(qapp, body, None, with_stop)


def test_a_yes_needs_a_reason_and_is_for_what_was_shown(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        dialog = await opened(desk)
        assert not dialog.yes_button.isEnabled()
        QTest.keyClicks(dialog.why, "   ")
        assert not dialog.yes_button.isEnabled()
        QTest.keyClicks(dialog.why, "The course was cancelled")
        click(dialog.yes_button)
        await until(lambda: desk.worker.sent(Allow) == [Allow("Ann", 7, "The course was cancelled", 9)])

    run_desk(qapp, body, None, with_stop)


def test_enter_alone_removes_nothing(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        dialog = await opened(desk)
        QTest.keyClicks(dialog.why, "meant")
        press(dialog.why, Qt.Key.Key_Return)
        await turns()
        assert desk.worker.sent(Allow) == []

    run_desk(qapp, body, None, with_stop)


def test_a_stop_about_the_timetable_has_no_list(qapp: QApplication) -> None:
    def worker_with(worker: FakeWorker) -> None:
        with_stop(worker)
        worker.stop_list = StopList(stop(7, kind="FEED", headline="nothing is planned"), ())

    async def body(desk: Desk) -> None:
        dialog = await opened(desk)
        assert not dialog.list.isVisible()
        assert dialog.yes_button.text() == "Yes, that is right"
        press(dialog, Qt.Key.Key_Escape)

    run_desk(qapp, body, None, worker_with)


def test_the_card_counts_stops_and_opens_the_first(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        await until(lambda: desk.window.overview.overview is not None)
        card = desk.window.overview.yes
        assert card.number.text() == "1"
        assert card.text.text() == "Safety stop: 2 bookings would be removed"
        card.setFocus()
        press(card, Qt.Key.Key_Space)
        await dialog_of(desk.window, StopDialog)
        assert desk.worker.sent(ShowStop) == [ShowStop(7)]

    run_desk(qapp, body, None, with_stop)


def test_a_stop_that_is_over_is_said(qapp: QApplication) -> None:
    def worker_with(worker: FakeWorker) -> None:
        with_stop(worker)
        worker.stop_list = None

    async def body(desk: Desk) -> None:
        await until(lambda: len(desk.window.banners.shown) == 1)
        click(push(desk.window.banners, "Look and decide…"))
        await until(lambda: bool(desk.window.toasts.texts))
        assert desk.window.toasts.texts[0][0] == "This safety stop is over; nothing waits for it."
        desk.session.bridge.post(overview())
        await until(lambda: desk.window.banners.shown == ())
        click(desk.window.overview.yes)
        await turns()
        assert len(desk.worker.sent(ShowStop)) == 1

    run_desk(qapp, body, None, worker_with)
