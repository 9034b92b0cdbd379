"""A table page by mouse and keyboard: rows, filter, statuses, details, retry, re-sync, copy."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from echodesk.desk.dialogs.confirm import Confirm
from echodesk.desk.tables.feed import FeedState
from echodesk.errors import DatabaseTrouble, EchoDeskError
from echodesk.messages import (
    Inspect,
    Refresh,
    Retry,
    RetryMatching,
    Row,
    Table,
    TableDelta,
    TableQuery,
    Unwatch,
    Watch,
)
from tests.desk.driving import Desk, click, click_row, dialog_of, press, run_desk, tool, turns, until
from tests.desk.rows import (
    notification_row,
    overview,
    queue_row,
    room_day_row,
    some_notifications,
    some_queue,
    some_room_days,
)

CTRL = Qt.KeyboardModifier.ControlModifier
FAILED = queue_row(3, status="FAILED", worst="FAILED", module="HIST1107", module_title="Europe since 1789")
SMALL: dict[Table, list[Row]] = {
    Table.QUEUE: [queue_row(1), queue_row(2, status="UNPROCESSED", worst=""), FAILED, queue_row(4)],
    Table.NOTIFICATIONS: [notification_row(1, status="FAILED", recorded="NO"), notification_row(2)],
    Table.ROOM_DAYS: [
        room_day_row(1),
        room_day_row(2, date="2026-11-25", room="4100102", room_name="Darwin 1.02"),
    ],
}


def test_rows_arrive_newest_first_and_are_counted(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        assert page.model.cache.keys_shown() == (4, 3, 2, 1)
        assert page.counter.text() == "4 changes"
        desk.worker.change(Table.QUEUE, (queue_row(5),))
        await until(lambda: page.model.rowCount() == 5)
        assert page.model.cache.keys_shown()[0] == 5
        assert page.counter.text() == "5 changes"

    run_desk(qapp, body, SMALL)


def test_typing_filters_after_a_pause(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        press(page.view, Qt.Key.Key_F, CTRL)
        await until(page.field.hasFocus)
        QTest.keyClicks(page.field, "europe")
        assert page.model.rowCount() == 4
        await until(lambda: page.model.rowCount() == 1)
        assert page.model.cache.keys_shown() == (3,)
        assert page.counter.text() == "1 change found, of 4"
        assert len(desk.worker.sent(Watch)) == 1, "a small table is filtered here, not asked for again"
        page.field.clear()
        press(page.field, Qt.Key.Key_Return)
        assert page.model.rowCount() == 4

    run_desk(qapp, body, SMALL)


def test_no_more_are_found_than_there_are(qapp: QApplication) -> None:
    """The numbers of all come less often than rows."""

    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        page.filter_to(("PROCESSED",))
        await until(lambda: page.counter.text() == "2 changes found, of 4")
        rows = tuple(queue_row(number) for number in (5, 6, 7))
        generation = desk.worker.watching[Table.QUEUE].generation
        counted = (("PROCESSED", 2), ("FAILED", 1), ("UNPROCESSED", 1))
        desk.worker.sink.post(TableDelta(Table.QUEUE, generation, 0, 1, rows, frozenset(), False, counted))
        await until(lambda: page.model.rowCount() == 5)
        assert page.counter.text() == "5 changes found, of 5"

    run_desk(qapp, body, SMALL)


def test_a_status_chip_shows_only_its_rows(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        chip = page.chips.chip("FAILED")
        assert chip.text() == "Failed  1"
        click(chip)
        assert page.model.cache.keys_shown() == (3,)
        desk.worker.change(Table.QUEUE, (queue_row(3, status="SUPERSEDED"),))
        await until(lambda: page.model.rowCount() == 0)
        assert page.state_pane.title.text() == "No change matches"
        click(page.state_pane.button)
        assert page.model.rowCount() == 4

    run_desk(qapp, body, SMALL)


def test_selecting_a_row_shows_what_was_sent_and_why(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(2)
        click_row(page, 0)
        await until(lambda: page.detail.detail is not None)
        assert page.detail.headline.text().startswith("Not recorded: the room is taken")
        assert desk.worker.sent(Inspect) == [Inspect(Table.NOTIFICATIONS, 2)]

    run_desk(qapp, body, SMALL)


def test_the_details_are_read_again_when_the_row_changes(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(2)
        click_row(page, 0)
        await until(lambda: page.detail.detail is not None)
        desk.worker.change(Table.NOTIFICATIONS, (notification_row(2, message="New"),))
        await until(lambda: len(desk.worker.sent(Inspect)) == 2)

    run_desk(qapp, body, SMALL)


def test_a_late_answer_about_another_row_is_dropped(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(2)
        click_row(page, 0)
        await until(lambda: page.detail.detail is not None)
        first = page.detail.detail
        click_row(page, 1)
        page.detail.headline.setText("waiting")
        await until(lambda: page.detail.detail is not None and page.detail.detail is not first)
        assert page.detail.detail is not None
        assert page.detail.detail.key == 1

    run_desk(qapp, body, SMALL)


def test_enter_opens_the_details_and_escape_closes_them(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        click_row(page, 0)
        page.detail.hide()
        press(page.view, Qt.Key.Key_Return)
        assert page.detail.isVisible()
        press(page.detail, Qt.Key.Key_Escape)
        assert not page.detail.isVisible()
        assert page.view.hasFocus()

    run_desk(qapp, body, SMALL)


def test_retry_selected_is_disabled_from_the_click_until_the_reply(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        button = tool(page, page.actions_.retry)
        assert not button.isEnabled()
        click_row(page, 0)
        assert not button.isEnabled(), "a finished change cannot be retried"
        click_row(page, 1)
        desk.worker.hold = True
        click(button)
        assert not button.isEnabled()
        await until(lambda: desk.worker.sent(Retry) == [Retry("Ann", entries=(3,))])
        assert not button.isEnabled()
        desk.worker.release()
        await until(button.isEnabled)
        assert desk.window.toasts.texts == (("Retry was taken", ""),)

    run_desk(qapp, body, SMALL)


def test_retry_on_weekly_updates_names_the_updates(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(2)
        click_row(page, 1)
        press(page.view, Qt.Key.Key_R, CTRL)
        await until(lambda: desk.worker.sent(Retry) == [Retry("Ann", notifications=(1,))])

    run_desk(qapp, body, SMALL)


def test_retry_all_asks_first_with_the_number(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        click(tool(page, page.actions_.retry_all))
        dialog = await dialog_of(desk.window, Confirm)
        assert isinstance(dialog, Confirm)
        assert "1 change" in dialog.text.text()
        click(dialog.no_button)
        await turns()
        assert desk.worker.sent(RetryMatching) == []
        click(tool(page, page.actions_.retry_all))
        again = await dialog_of(desk.window, Confirm)
        assert isinstance(again, Confirm)
        click(again.yes_button)
        await until(lambda: bool(desk.worker.sent(RetryMatching)))
        assert desk.worker.sent(RetryMatching) == [RetryMatching("Ann", Table.QUEUE, TableQuery())]

    run_desk(qapp, body, SMALL)


def test_resync_of_one_room_day_asks_nothing(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(3)
        click_row(page, 1)
        click(tool(page, page.actions_.resync))
        await until(lambda: desk.worker.sent(Refresh) == [Refresh("Ann", room="4100102", date="2026-11-25")])

    run_desk(qapp, body, SMALL)


def test_resync_of_two_room_days_asks_first(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(3)
        click_row(page, 0)
        click_row(page, 1, adding=True)
        button = tool(page, page.actions_.resync)
        click(button)
        dialog = await dialog_of(desk.window, Confirm)
        assert isinstance(dialog, Confirm)
        click(dialog.yes_button)
        await until(lambda: len(desk.worker.sent(Refresh)) == 2)
        await until(button.isEnabled)

    run_desk(qapp, body, SMALL)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("resync_day", Refresh("Ann", date="2026-11-25")), ("compare", Refresh("Ann", room="4100102"))],
)
def test_wider_resyncs_ask_first(qapp: QApplication, name: str, expected: Refresh) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(3)
        click_row(page, 1)
        getattr(page.actions_, name).trigger()
        dialog = await dialog_of(desk.window, Confirm)
        assert isinstance(dialog, Confirm)
        press(dialog, Qt.Key.Key_Return)
        await until(lambda: desk.worker.sent(Refresh) == [expected])

    run_desk(qapp, body, SMALL)


def test_trouble_with_a_command_is_shown_in_three_texts(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(3)
        click_row(page, 0)
        await until(lambda: page.detail.detail is not None)
        desk.worker.trouble = EchoDeskError("Paused", "The room is paused.", "Resume it first.")
        click(tool(page, page.actions_.resync))
        await until(lambda: desk.window.toasts.texts == (("Paused", "The room is paused."),))
        await until(tool(page, page.actions_.resync).isEnabled)

    run_desk(qapp, body, SMALL)


def test_f5_asks_again_and_keeps_selection(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        click_row(page, 2)
        press(page.view, Qt.Key.Key_F5)
        await until(lambda: len(desk.worker.sent(Watch)) == 2 and page.feed.state is FeedState.LIVE)
        assert page.view.selected_keys() == (2,)

    run_desk(qapp, body, SMALL)


def test_copy_takes_the_selected_rows_with_titles(qapp: QApplication) -> None:
    rows: dict[Table, list[Row]] = {Table.QUEUE: [queue_row(1, module_title="=cmd()", group="LC01\t\nX")]}

    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        click_row(page, 0)
        press(page.view, Qt.Key.Key_C, CTRL)
        lines = QGuiApplication.clipboard().text().split("\n")
        assert len(lines) == 2
        assert lines[0].split("\t")[0] == "Status"
        assert lines[1].split("\t")[3] == "'=cmd() (BIOL1001 · LC01 X)"

    run_desk(qapp, body, rows)


def test_a_hidden_page_is_not_watched(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        desk.window.open_page(0)
        await until(lambda: desk.worker.sent(Unwatch) == [Unwatch(Table.QUEUE)])
        desk.worker.change(Table.QUEUE, (queue_row(9),))
        await desk.open(1)
        await until(lambda: page.model.cache.keys_shown()[0] == 9)

    run_desk(qapp, body, SMALL)


def test_a_gap_between_deltas_asks_for_a_snapshot(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        desk.worker.cursors[Table.QUEUE] += 5
        desk.worker.change(Table.QUEUE, (queue_row(8),))
        await until(lambda: len(desk.worker.sent(Watch)) == 2)
        await until(lambda: page.model.cache.keys_shown() == (8, 4, 3, 2, 1))

    run_desk(qapp, body, SMALL)


def test_deltas_of_an_old_question_change_nothing(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        stale = TableDelta(Table.QUEUE, 10_000, 0, 1, (queue_row(77),), frozenset(), False, ())
        desk.session.bridge.post(stale)
        desk.worker.change(Table.QUEUE, (queue_row(5),))
        await until(lambda: page.model.rowCount() == 5)
        assert page.model.cache.get(77) is None
        assert len(desk.worker.sent(Watch)) == 1

    run_desk(qapp, body, SMALL)


def test_loading_failing_and_empty_each_say_what_to_do(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.worker.silent = True
        desk.window.open_page(1)
        page = desk.window.queue
        await until(lambda: bool(desk.worker.sent(Watch)))
        assert page.state_pane.isVisible()
        assert page.state_pane.title.text() == "Loading …"
        desk.worker.trouble = DatabaseTrouble("No database", "It cannot be read.", "Start it.")
        press(page, Qt.Key.Key_F5)
        await until(lambda: page.state_pane.title.text() == "No database")
        assert page.state_pane.text.text() == "It cannot be read. Start it."
        desk.worker.trouble, desk.worker.silent = None, False
        click(page.state_pane.button)
        await until(lambda: page.state_pane.title.text() == "No timetable changes yet")
        assert not page.state_pane.button.isVisible()

    run_desk(qapp, body)


def test_the_menu_of_the_right_button_offers_the_row_actions(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(3)
        click_row(page, 0)
        page.view.customContextMenuRequested.emit(QPoint(30, 30))
        menu = QApplication.activePopupWidget()
        assert menu is not None
        texts = [action.text() for action in menu.actions()]
        assert "Re-&sync this room-day" in texts
        menu.close()
        await turns()

    run_desk(qapp, body, SMALL)


def test_clicking_a_title_sorts_up_then_down_then_by_arrival(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        click_row(page, 1)
        header = page.view.horizontalHeader()
        titles = [column.title for column in page.model.columns]
        middle = QPoint(header.sectionViewportPosition(titles.index("Module")) + 20, header.height() // 2)
        expected = {"up": (3, 1, 2, 4), "down": (4, 2, 1, 3), "arrival": (4, 3, 2, 1)}
        for order in expected.values():
            click(header.viewport(), middle)
            assert page.model.cache.keys_shown() == order
            assert page.view.selected_keys() == (3,)

    run_desk(qapp, body, SMALL)


def test_large_tables_stay_usable(qapp: QApplication) -> None:
    rows = {
        Table.QUEUE: some_queue(2_000),
        Table.NOTIFICATIONS: some_notifications(2_000),
        Table.ROOM_DAYS: some_room_days(300),
    }

    async def body(desk: Desk) -> None:
        for number in (1, 2, 3):
            page = await desk.open(number)
            page.filter_to(())
            page.grab()
            assert page.model.rowCount() == len(rows[page.table])

    run_desk(qapp, body, rows, lambda worker: setattr(worker, "first_overview", overview()))
