"""How the page of room clashes opens: with what is open, the soonest date on top; everything is one click away."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from echodesk.desk.pages.room_days_page import RoomDaysPage
from echodesk.messages import Row, Table
from tests.desk.driving import Desk, click, run_desk, until
from tests.desk.rows import room_day_row


def test_room_clashes_open_with_what_is_open_the_soonest_first(qapp: QApplication) -> None:
    days: list[Row] = [
        room_day_row(1, date="2026-12-03"),
        room_day_row(2, date="2026-11-26"),
        room_day_row(3, date="2026-11-24", state="resolved"),
    ]

    async def body(desk: Desk) -> None:
        page = await desk.open(3)
        assert [page.model.cache.key(position) for position in range(page.model.rowCount())] == [2, 1]
        click(page.chips.all_chip)
        assert [page.model.cache.key(position) for position in range(page.model.rowCount())] == [3, 2, 1]

    run_desk(qapp, body, {Table.ROOM_DAYS: days})


def test_those_that_look_like_one_lecture_are_one_click_away_and_give_way_when_there_are_none_left(
    qapp: QApplication,
) -> None:
    days: list[Row] = [
        room_day_row(1, date="2026-12-03", together_possible=0),
        room_day_row(2, date="2026-11-26"),
        room_day_row(3, date="2026-11-24", state="resolved"),
    ]

    async def body(desk: Desk) -> None:
        page = await desk.open(3)
        assert isinstance(page, RoomDaysPage)
        assert page.same_chip.text() == "One lecture under several modules?  1"
        click(page.same_chip)
        assert page.model.cache.keys_shown() == (2,)
        click(page.same_chip)
        assert page.model.cache.keys_shown() == (2, 1)
        click(page.same_chip)
        desk.worker.change(Table.ROOM_DAYS, (room_day_row(2, state="resolved"),))
        await until(lambda: page.model.cache.keys_shown() == (1,))
        assert not page.same_chip.isVisible()

    run_desk(qapp, body, {Table.ROOM_DAYS: days})


def test_room_clashes_that_are_all_resolved_say_so_and_are_one_click_away(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(3)
        assert page.state_pane.title.text() == page.empty_title
        click(page.state_pane.button)
        assert page.model.rowCount() == 1

    run_desk(qapp, body, {Table.ROOM_DAYS: [room_day_row(1, state="resolved")]})
