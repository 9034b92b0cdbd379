"""What failed and what is too late today, on the page "Needs attention"."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from echodesk.desk.dialogs.confirm import Confirm
from echodesk.desk.dialogs.set_aside import SetAsideDialog
from echodesk.lessons import (
    ListMatter,
    LookUp,
    Matter,
)
from echodesk.messages import Retry, SetAside
from tests.desk.attention_rows import (
    CTRL,
    FAILURES,
    LATE,
    answering,
    lines,
    opened,
)
from tests.desk.driving import Desk, click, dialog_of, press, run_desk, tool, turns, until
from tests.desk.rows import overview


def test_failures_are_listed_by_cause_and_room(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        groups = await opened(desk, Matter.FAILURES)
        assert lines(groups) == [
            ["No recorder in the room (Device not found in Room)", "Great Hall (R1, Main)", "3",
             "Wed 25 Nov 2026 (09:00-10:00)"],
            ["Stopped EchoDesk three times (Reading this entry stopped the worker 3 times.)", "-", "1",
             "-"],
        ]  # fmt: skip
        assert groups.count.text() == "2 groups"
        assert not desk.window.attention.failed.retry.isEnabled(), "nothing is chosen"

    run_desk(qapp, body, prepare=answering(FAILURES))


def test_a_whole_group_is_retried_once_its_number_was_confirmed(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        groups = await opened(desk, Matter.FAILURES)
        groups.view.selectAll()
        press(groups.view, Qt.Key.Key_R, CTRL)
        dialog = await dialog_of(desk.window, Confirm)
        assert isinstance(dialog, Confirm)
        assert dialog.windowTitle() == "Retry 4 failures?"
        assert "No recorder in the room, Great Hall (3)" in dialog.text.text()
        dialog.no_button.click()
        await turns()
        assert desk.worker.sent(Retry) == []
        groups.view.clearSelection()
        groups.view.selectRow(0)
        click(tool(groups, desk.window.attention.failed.retry))
        dialog = await dialog_of(desk.window, Confirm)
        assert isinstance(dialog, Confirm)
        read = len(desk.worker.sent(ListMatter))
        dialog.yes_button.click()
        await until(lambda: len(desk.worker.sent(ListMatter)) > read)
        assert desk.worker.sent(Retry) == [Retry("Ann", (), (11, 12, 13))]

    run_desk(qapp, body, prepare=answering(FAILURES))


def test_a_group_is_set_aside_with_a_reason_alone(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        groups = await opened(desk, Matter.FAILURES)
        groups.view.selectRow(1)
        press(groups.view, Qt.Key.Key_A, CTRL | Qt.KeyboardModifier.ShiftModifier)
        dialog = await dialog_of(desk.window, SetAsideDialog)
        assert isinstance(dialog, SetAsideDialog)
        assert dialog.windowTitle() == "Set 1 failure aside?"
        assert not dialog.yes_button.isEnabled()
        dialog.why.setText("  the module is gone ")
        dialog.yes_button.click()
        await until(lambda: bool(desk.worker.sent(SetAside)))
        assert desk.worker.sent(SetAside) == [SetAside("Ann", "the module is gone", (7,), ())]

    run_desk(qapp, body, prepare=answering(FAILURES))


def test_the_overview_opens_the_failures_and_counts_changes_that_were_not_read(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.session.bridge.post(overview(failed=7, failed_unread=2))
        card = desk.window.overview.failed
        await until(lambda: card.number.text() == "9")
        click(card)
        await until(lambda: desk.window.page is desk.window.attention)
        assert desk.window.attention.list.matter is Matter.FAILURES
        assert desk.window.attention.chips[Matter.FAILURES].text() == "Failed  9"

    run_desk(qapp, body, prepare=answering(FAILURES))


def test_what_is_too_late_today_is_listed_for_whoever_phones(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        late = await opened(desk, Matter.TOO_LATE)
        assert lines(late) == [
            ["-", "R2", "HIST1", "As it was before", "It has begun; Echo360 keeps it."],
            ["09:00-10:00 (running now)", "Great Hall (R1, Main)", "Biology (BIOL1 · LC01)",
             "Not recorded", "MATH2 TU03 keeps the room at that time."],
        ]  # fmt: skip
        late.view.selectRow(1)
        press(late.view, Qt.Key.Key_Return)
        await until(lambda: desk.window.lessons.isVisible() and bool(desk.worker.sent(LookUp)))
        assert desk.worker.sent(LookUp)[-1] == LookUp("617001", first="2026-11-23")
        desk.window.open_page(0)
        click(desk.window.overview.too_late)
        await until(lambda: desk.window.attention.isVisible() and desk.window.attention.list is late)

    run_desk(qapp, body, prepare=answering(LATE))
