"""Pictures of every page from a running session."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from echodesk.batches import Compare, PlanDetail, grouped
from echodesk.desk import screenshots
from echodesk.desk.tables.columns import columns_of
from echodesk.errors import EchoDeskError
from echodesk.lessons import LookUp, Matter
from echodesk.messages import RoomDayRow, Row, Table
from tests.desk.attention_rows import FAILURES, LATE, OTHERS
from tests.desk.driving import Desk, run_desk, until
from tests.desk.fakes import FakeWorker
from tests.desk.rows import campus, overview, queue_row, some_notifications, some_room_days
from tests.desk.test_plans import STEPS, plan

OLD, NEW = plan(3), plan(4)
ROWS: dict[Table, list[Row]] = {
    Table.QUEUE: [queue_row(1), queue_row(2, status="FAILED"), queue_row(3)],
    Table.NOTIFICATIONS: some_notifications(40),
    Table.ROOM_DAYS: some_room_days(20),
}


def busy(worker: FakeWorker) -> None:
    worker.first_overview = overview()


def test_every_page_has_its_picture_with_a_telling_row_chosen(qapp: QApplication, tmp_path: Path) -> None:
    async def body(desk: Desk) -> None:
        files = await screenshots.take(desk.window, tmp_path)
        names = [file.name for file in files]
        assert names == [
            *("overview.png", "timetable-changes.png", "weekly-updates.png", "room-clashes.png"),
            *("compare-and-repair.png", "lessons.png", "needs-attention.png", "settings.png"),
            "activity.png",
        ]
        for file in files:
            picture = QImage(str(file))
            assert (picture.width(), picture.height()) == screenshots.SIZE
            colours = {picture.pixel(x, y) for x in range(0, 1_400, 20) for y in range(0, 900, 20)}
            assert len(colours) > 8, f"{file.name} is nearly empty"
        assert desk.window.queue.view.current_key() == 2
        assert desk.window.queue.detail.detail is not None
        rooms = {row.room for row in desk.worker.tables[Table.ROOM_DAYS].values() if isinstance(row, RoomDayRow)}
        (wish,) = desk.worker.sent(LookUp)
        assert isinstance(wish, LookUp)
        assert wish.words in rooms

    run_desk(qapp, body, ROWS, busy)


def test_a_plan_is_made_that_adopts_what_others_booked_where_a_lesson_is(
    qapp: QApplication, tmp_path: Path
) -> None:
    def prepare(worker: FakeWorker) -> None:
        worker.matters = {Matter.OTHERS: OTHERS}
        worker.first_overview = overview(plans=(OLD,), plans_in_all=1)
        worker.plan_details = {one.key: PlanDetail(one, STEPS, grouped(STEPS)) for one in (OLD, NEW)}

    async def body(desk: Desk) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(screenshots.take(desk.window, tmp_path, ["Compare and repair"], settle_s=0.01))
            await until(lambda: bool(desk.worker.sent(Compare)))
            desk.worker.sink.post(overview(plans=(NEW, OLD), plans_in_all=2))
        page = desk.window.plans
        assert desk.worker.sent(Compare) == [Compare("Ann", ("R1",), adopt=True)]
        assert page.plan is not None
        assert page.plan.key == NEW.key
        assert page.steps.detail.toPlainText().startswith("Step ")

    run_desk(qapp, body, ROWS, prepare)


def test_what_failed_goes_before_what_else_needs_attention(qapp: QApplication, tmp_path: Path) -> None:
    def prepare(worker: FakeWorker) -> None:
        worker.first_overview = overview()
        worker.matters = {Matter.TOO_LATE: LATE, Matter.FAILURES: FAILURES, Matter.OTHERS: OTHERS}

    async def body(desk: Desk) -> None:
        await screenshots.take(desk.window, tmp_path, ["Needs attention"], settle_s=0.01)
        shown = desk.window.attention.list
        assert shown.matter is Matter.FAILURES
        assert len(shown.chosen()) == 1

    run_desk(qapp, body, ROWS, prepare)


def test_only_the_pages_asked_for(qapp: QApplication, tmp_path: Path) -> None:
    async def body(desk: Desk) -> None:
        await screenshots.take(desk.window, tmp_path, ["Room clashes"], settle_s=0.01)

    run_desk(qapp, body, ROWS)
    assert [file.name for file in tmp_path.iterdir()] == ["room-clashes.png"]


def test_a_page_that_never_fills_is_an_error_with_a_way_on(qapp: QApplication, tmp_path: Path) -> None:
    async def body(desk: Desk) -> None:
        await screenshots.take(desk.window, tmp_path, ["Overview"], wait_s=0.05, settle_s=0.01)

    with pytest.raises(EchoDeskError, match="Overview had nothing to show"):
        run_desk(qapp, body, ROWS)


def test_a_folder_that_cannot_be_made_is_said(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    async def body(desk: Desk) -> None:
        await screenshots.take(desk.window, tmp_path / "file" / "folder", ["Overview"])

    with pytest.raises(EchoDeskError, match="cannot be written"):
        run_desk(qapp, body, ROWS, busy)


@pytest.mark.parametrize("table", list(Table))
def test_the_first_columns_fit_beside_the_details(table: Table) -> None:
    assert sum(column.width for column in columns_of(table, campus())[:5]) <= 810


def test_pictures_wait_until_most_is_sent() -> None:
    assert screenshots.settled(overview(pending=100, schedules=2_000, transferred_24h=1))
    assert not screenshots.settled(overview(pending=101, schedules=2_000, transferred_24h=1))
    assert not screenshots.settled(overview(pending=0, schedules=0, transferred_24h=0))
