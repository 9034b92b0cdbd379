"""An office's use of the window, end to end: real worker thread, real simulator process, real triggers."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from echodesk.desk.dialogs.confirm import Confirm
from echodesk.desk.dialogs.pause import PauseDialog
from echodesk.desk.tables.finding import status_of
from echodesk.messages import Detail, NotificationRow, RoomDayRow
from tests.demo.csv_folder import HEADING
from tests.desk.driving import click, dialog_of, press, push, tool, until
from tests.end_to_end.whole_program import HALL, QUIET, SMALL, STANDING, Here, run_whole, sql

MOVE = "UPDATE TIMETABLE SET STARTTIME = ?, FINISHTIME = ? WHERE SLOTID = ?"
ENDS_WITHIN_S = 8.0


def test_an_edit_appears_by_itself_and_its_details_tell_what_was_sent_and_what_came_back(
    qapp: QApplication, tmp_path: Path
) -> None:
    async def body(here: Here) -> None:
        await here.settled()
        page = await here.open(here.window.queue)
        before = page.model.rowCount()
        here.sql(MOVE, "14:00", "15:30", SMALL)
        await here.row(page, lambda row: row.start_new == "14:00" and row.status == "PROCESSED")
        assert page.model.rowCount() == before + 1

        page = await here.open(here.window.notifications)
        row = await here.row(page, lambda row: row.slotid == SMALL and row.start == "14:00")
        await until(lambda: page.detail.detail is not None and page.detail.detail.key == row.key, 10.0)
        detail = page.detail.detail
        assert isinstance(detail, Detail)
        call = detail.calls[0]
        assert (call.action, call.status) == ("PUT", 200)
        assert "14:00" in call.sent
        assert "14:00" in call.answer
        assert here.echo360.starts(SMALL) == {"14:00"}

    assert run_whole(qapp, tmp_path, body) == 0


def test_a_setting_is_changed_on_its_page_and_stands_in_the_office_s_database(
    qapp: QApplication, tmp_path: Path
) -> None:
    async def body(here: Here) -> None:
        await here.settled()
        page = here.window.settings
        here.window.open_page(here.window.pages.index(page))
        await until(lambda: bool(page.settings), 10.0)
        page.choose("calls_per_minute")
        page.pane.to_field()
        QTest.keyClicks(page.pane.text, "60")
        press(page.pane.text, Qt.Key.Key_Return)
        await until(lambda: "calls_per_minute was 120 and is 60 now." in page.pane.note.text(), 10.0)
        kept = "SELECT VALUE FROM STT_ECHO_SETTING WHERE NAME = 'calls_per_minute'"
        assert here.sql(kept) == [("60",)]

    assert run_whole(qapp, tmp_path, body) == 0


def test_a_pause_holds_an_edit_until_someone_resumes(qapp: QApplication, tmp_path: Path) -> None:
    async def body(here: Here) -> None:
        await here.settled()
        page = await here.open(here.window.queue)
        click(tool(page, here.window.sending.pause))
        dialog = await dialog_of(here.window, PauseDialog)
        assert isinstance(dialog, PauseDialog)
        assert not dialog.yes_button.isEnabled(), "a pause needs a reason"
        dialog.reason.setText("Recorders are serviced")
        click(dialog.yes_button)
        await until(lambda: bool(here.window.banners.shown), 10.0)
        assert "Recorders are serviced" in here.window.banners.shown[0].text

        here.sql(MOVE, "14:00", "15:30", SMALL)
        await here.row(page, lambda row: row.start_new == "14:00" and row.status == "UNPROCESSED")
        await until(lambda: here.window.overview.paused.number.text() == "1", 10.0)
        assert here.echo360.starts(SMALL) == {"10:30"}

        click(push(here.window.banners, "Resume"))
        await until(lambda: here.echo360.starts(SMALL) == {"14:00"}, 10.0)
        await until(lambda: not here.window.banners.shown, 10.0)

    assert run_whole(qapp, tmp_path, body) == 0


def test_what_someone_removed_in_echo360_comes_back_with_a_re_sync_and_with_compare_and_repair(
    qapp: QApplication, tmp_path: Path
) -> None:
    async def body(here: Here) -> None:
        await here.settled()
        schedules = here.echo360.schedules()
        _, clashing, last = sorted(name for name in schedules if name.startswith(f"{HALL}-"))

        here.echo360.remove(clashing)
        page = await here.open(here.window.room_days)
        row = await here.row(page, lambda row: row.room == "B1 Hall")
        assert isinstance(row, RoomDayRow)
        assert (row.left_out, row.date) == (1, schedules[clashing]["startDate"])
        click(tool(page, page.actions_.resync))
        await until(lambda: clashing in here.echo360.schedules(), 10.0)
        await until(here.quiet, 10.0)

        here.echo360.remove(last)
        here.window.open_page(here.window.pages.index(here.window.notifications))
        page = await here.open(here.window.notifications)
        await here.row(page, lambda row: row.external_id == last)
        await until(page.actions_.compare.isEnabled)
        page.actions_.compare.trigger()
        dialog = await dialog_of(here.window, Confirm)
        click(push(dialog, "Compare and repair"))
        await until(lambda: last in here.echo360.schedules(), 10.0)
        await until(here.quiet, 10.0)
        assert len(here.echo360.schedules()) == STANDING

    assert run_whole(qapp, tmp_path, body) == 0


def test_a_failed_update_is_sent_again_once_its_cause_is_gone(qapp: QApplication, tmp_path: Path) -> None:
    async def body(here: Here) -> None:
        await here.settled()
        plug_in = here.echo360.take_recorder("B2-7")
        here.sql(MOVE, "14:00", "15:30", SMALL)
        page = await here.open(here.window.notifications)
        failed = await here.row(page, lambda row: row.slotid == SMALL and row.status == "FAILED")
        assert isinstance(failed, NotificationRow)
        assert "Device not found in Room" in failed.message

        plug_in()
        click(tool(page, page.actions_.retry))
        await until(lambda: here.echo360.starts(SMALL) == {"14:00"}, 15.0)
        await here.row(page, lambda row: row.key == failed.key and row.status == "SUPERSEDED")
        await until(here.quiet, 10.0)
        assert not [row for row in page.model.cache.rows() if status_of(row) == "FAILED"]

    assert run_whole(qapp, tmp_path, body) == 0


def test_closing_the_window_in_the_middle_of_sending_ends_in_time_and_gives_the_lease_back(
    qapp: QApplication, tmp_path: Path
) -> None:
    asked_at: list[float] = []
    rooms = ("B1 Hall", "B2-7", "X.9")
    lessons = HEADING + "".join(
        f"a{number},ENGL1003,LC{number:02},l1,{rooms[number % 3]},{1 + number // 12},{8 + number % 12:02}:00,"
        f"{9 + number % 12:02}:00,1 2 3\n"
        for number in range(60)
    )

    async def body(here: Here) -> None:
        await until(lambda: here.sql("SELECT count(*) FROM STT_ECHO_MIRROR")[0][0] > 8, 20.0)
        await until(lambda: here.sql("SELECT count(*) FROM STT_ECHO_INTENT")[0][0] > 0, 20.0)
        asked_at.append(time.monotonic())
        here.window.close()

    assert run_whole(qapp, tmp_path, body, lessons=lessons, options=("--latency-ms", "300")) == 0
    assert time.monotonic() - asked_at[0] < ENDS_WITHIN_S
    database = tmp_path / "data" / "echodesk.sqlite"
    assert sql(database, "SELECT HOLDER, UNTIL FROM STT_ECHO_LEASE") == [(None, None)]
    assert sql(database, QUIET) != [(0,)], "everything had been sent: nothing was in flight"
