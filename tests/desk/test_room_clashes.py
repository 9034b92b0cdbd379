"""How the page of room clashes opens: with what is open, the soonest date on top; everything is one click away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from echodesk.desk.pages.room_days_page import RoomDaysPage
from echodesk.desk.tables.delegate import ROW_HEIGHT
from echodesk.messages import Row, Table
from tests.desk.clash_rows import decision_there, lesson_there, meeting, room_day
from tests.desk.driving import Desk, click, click_row, press, run_desk, turns, until
from tests.desk.fakes import FakeWorker
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


def test_the_list_is_narrowed_to_a_building_a_module_or_a_department_by_keys(qapp: QApplication) -> None:
    hostile = "<b>Law</b>\u202e"
    days: list[Row] = [
        room_day_row(1, date="2026-11-24", modules=("MATH1", "MATH9"), departments=("Mathematics",)),
        room_day_row(2, date="2026-11-25", modules=("LAW1",), departments=(hostile,)),
        room_day_row(3, date="2026-11-26", building="Annex", modules=("MATH1",), departments=("Mathematics",)),
        room_day_row(4, date="2026-11-27", state="resolved", building="Old Hall"),
    ]

    async def body(desk: Desk) -> None:
        page = await desk.open(3)
        assert isinstance(page, RoomDaysPage)
        boxes = page.filters.boxes
        assert [boxes["building"].itemText(at) for at in range(3)] == [
            "All buildings",
            "Annex  1",
            "Main Building  2",
        ]
        assert boxes["department"].itemText(1) == "<b>Law</b>  1"
        boxes["module"].setFocus()
        QTest.keyClicks(boxes["module"], "math1")
        press(boxes["module"], Qt.Key.Key_Return)
        assert page.model.cache.keys_shown() == (1, 3)
        boxes["building"].setFocus()
        press(boxes["building"], Qt.Key.Key_End)
        assert page.model.cache.keys_shown() == (1,)
        desk.worker.change(Table.ROOM_DAYS, (room_day_row(5, date="2026-11-23", modules=("MATH1",)),))
        await until(lambda: page.model.cache.keys_shown() == (5, 1))
        boxes["department"].setFocus()
        press(boxes["department"], Qt.Key.Key_Down)
        assert page.state_pane.title.text() == "No room-day matches"
        click(page.state_pane.button)
        assert page.model.rowCount() == 5
        assert {box.currentIndex() for box in boxes.values()} == {0}
        QTest.keyClicks(page.field, "mathematics")
        await until(lambda: set(page.model.cache.keys_shown()) == {1, 3})

    run_desk(qapp, body, {Table.ROOM_DAYS: days})


def test_four_rows_are_in_view_above_the_day_in_a_window_of_900_pixels(qapp: QApplication) -> None:
    days: list[Row] = [room_day_row(key, date=f"2026-12-{key:02}") for key in range(1, 20)]
    lessons = meeting(lesson_there(1), lesson_there(2), lesson_there(3))

    def prepare(worker: FakeWorker) -> None:
        worker.room_day = lambda _wish: room_day(*lessons, decisions=(decision_there(7, 2, 1),))

    async def body(desk: Desk) -> None:
        desk.window.resize(1400, 900)
        page = await desk.open(3)
        assert isinstance(page, RoomDaysPage)
        click_row(page, 0)
        await until(lambda: page.clash.day is not None)
        await turns()
        assert page.view.viewport().height() >= 4 * ROW_HEIGHT
        assert page.clash.table.viewport().height() >= 60

    run_desk(qapp, body, {Table.ROOM_DAYS: days}, prepare)


def test_room_clashes_that_are_all_resolved_say_so_and_are_one_click_away(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await desk.open(3)
        assert page.state_pane.title.text() == page.empty_title
        click(page.state_pane.button)
        assert page.model.rowCount() == 1

    run_desk(qapp, body, {Table.ROOM_DAYS: [room_day_row(1, state="resolved")]})
