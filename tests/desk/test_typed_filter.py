"""A filter is typed above a table with real keys: it counts, goes to the worker, or is said to mean nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from echodesk.desk.pages.table_page import TablePage
from echodesk.messages import Row, Table, TableQuery, Watch
from tests.desk.driving import Desk, click, press, run_desk, turns, until
from tests.desk.rows import queue_row, room_day_row

CTRL = Qt.KeyboardModifier.ControlModifier
ROWS: dict[Table, list[Row]] = {
    Table.QUEUE: [
        queue_row(1, status="FAILED", module_title="Europe since 1789"),
        queue_row(2, status="FAILED", room_new="4100102", room_new_name="Darwin 1.02"),
        queue_row(3, status="FAILED", created="2026-11-20T08:00:00.000Z"),
        queue_row(4),
    ],
    Table.ROOM_DAYS: [room_day_row(1), room_day_row(2, state="resolved", resolved="2026-11-23T10:00:00.000Z")],
}


async def type_in(page: TablePage, text: str) -> None:
    """Into the field, by the keyboard alone, and Enter."""
    press(page.view, Qt.Key.Key_F, CTRL)
    await until(page.field.hasFocus)
    QTest.keyClicks(page.field, text)
    press(page.field, Qt.Key.Key_Return)


def test_a_typed_filter_shows_only_what_it_means(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        await type_in(page, "status:failed room:2950203 since:yesterday europe")
        assert page.model.cache.keys_shown() == (1,)
        assert page.counter.text() == "1 change found, of 4"
        await type_in(page, "status:failed since:yesterday")
        assert page.model.cache.keys_shown() == (2, 1)
        await type_in(page, 'room:"darwin 1.02"')
        assert page.model.cache.keys_shown() == (2,)
        assert len(desk.worker.sent(Watch)) == 1, "a small table is filtered here, not asked for again"

    run_desk(qapp, body, ROWS)


def test_a_filter_that_means_nothing_is_said_at_once_and_nothing_is_run(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        await type_in(page, "europe")
        assert page.model.cache.keys_shown() == (1,)
        assert page.actions_.retry_all.isEnabled()
        page.field.selectAll()
        QTest.keyClicks(page.field, "status:broken")
        await until(page.field.trouble.isVisible)
        assert page.field.trouble.text().startswith('There is no status "broken" here. There are: Waiting')
        assert page.field.accessibleDescription() == page.field.trouble.text()
        assert page.model.cache.keys_shown() == (1,), "what was shown stays"
        assert not page.actions_.retry_all.isEnabled()
        assert not page.chips.isEnabled()
        desk.worker.change(Table.QUEUE, (queue_row(4, status="FAILED"),))
        await turns(20)
        assert page.model.cache.keys_shown() == (1,)
        assert not page.actions_.retry_all.isEnabled()
        await type_in(page, "status:failed")
        assert not page.field.trouble.isVisible()
        assert page.model.rowCount() == 4
        assert page.actions_.retry_all.isEnabled()

    run_desk(qapp, body, ROWS)


def test_typed_statuses_are_pressed_and_a_chip_takes_their_place(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(3)
        assert page.chips.chosen() == ("open",)
        await type_in(page, "status:resolved great")
        assert page.chips.chosen() == ("resolved",)
        assert page.model.cache.keys_shown() == (2,)
        click(page.chips.chip("open"))
        assert page.field.text() == "great"
        assert page.chips.chosen() == ("open", "resolved")
        assert page.model.rowCount() == 2
        await type_in(page, "status:resolved")
        await type_in(page, "great")
        assert page.chips.chosen() == ("open", "resolved"), "those from before it was typed"

    run_desk(qapp, body, ROWS)


def test_a_large_table_is_asked_for_what_was_typed(qapp: QApplication) -> None:
    rows: dict[Table, list[Row]] = {Table.QUEUE: [queue_row(key) for key in range(1, 10_201)]}
    rows[Table.QUEUE][4] = queue_row(5, status="FAILED", room_new="4100102", module_title="Marine Palaeontology")

    async def body(desk: Desk) -> None:
        page = await desk.open(1)
        await type_in(page, "palaeo status:failed room:4100102 since:2026-07-01")
        await until(lambda: page.model.cache.keys_shown() == (5,))
        last = desk.worker.sent(Watch)[-1]
        assert isinstance(last, Watch)
        assert last.query == TableQuery("palaeo", ("FAILED",), room="4100102", since="2026-06-30T23:00:00.000Z")
        asked = len(desk.worker.sent(Watch))
        desk.worker.change(Table.QUEUE, (queue_row(6),))
        await turns(20)
        assert len(desk.worker.sent(Watch)) == asked, "the same question is not asked twice"

    run_desk(qapp, body, rows)
