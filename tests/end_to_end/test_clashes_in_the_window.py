"""A clash from the list to Echo360 and back, by keys and clicks: real window, real worker, real simulator."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from echodesk.desk.dialogs.decision import DecisionDialog
from tests.desk.driving import click, dialog_of, press, until
from tests.end_to_end.whole_program import HALL, LOSER, Here, run_whole


def test_two_keys_give_the_room_to_the_other_lesson_and_it_can_be_taken_back(
    qapp: QApplication, tmp_path: Path
) -> None:
    async def body(here: Here) -> None:
        await here.settled()
        page = here.window.room_days
        await here.open(page)
        await here.row(page, lambda row: row.room == "B1 Hall")
        clash = page.clash
        await until(lambda: clash.lesson is not None, 10.0)
        assert clash.lesson is not None
        assert (clash.lesson.slotid, clash.lesson.recorded) == (LOSER, "NO")
        assert "keeps the room at that time" in clash.lesson.why
        loser = clash.lesson.external_id
        (winner,) = clash.lesson.overlaps
        assert winner in here.echo360.schedules()

        page.view.setFocus()
        press(page.view, Qt.Key.Key_2)
        dialog = await dialog_of(here.window, DecisionDialog)
        assert isinstance(dialog, DecisionDialog)
        assert "2 calls to Echo360: 1 removed, 1 made" in dialog.cost.text()
        press(dialog, Qt.Key.Key_Return)
        await until(lambda: loser in here.echo360.schedules(), 10.0)
        await until(here.quiet, 10.0)
        assert winner not in here.echo360.schedules()
        await until(lambda: page.state_pane.title.text() == page.empty_title, 10.0)

        click(page.chips.all_chip)
        await here.row(page, lambda row: row.room == "B1 Hall")
        await until(lambda: clash.day is not None and bool(clash.day.decisions), 10.0)
        click(clash.withdraw_button)
        press(await dialog_of(here.window, DecisionDialog), Qt.Key.Key_Return)
        await until(lambda: winner in here.echo360.schedules(), 10.0)
        await until(here.quiet, 10.0)
        assert not any(name.startswith(f"{LOSER}-") for name in here.echo360.schedules())
        assert sum(name.startswith(f"{HALL}-") for name in here.echo360.schedules()) == 3

    assert run_whole(qapp, tmp_path, body) == 0
