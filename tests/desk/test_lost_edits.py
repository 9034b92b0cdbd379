"""The Overview tells of edits that a trigger could not enter, and says nothing where there are none."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from tests.desk.driving import Desk, run_desk, until
from tests.desk.rows import overview


def test_edits_that_could_not_be_entered_are_told_until_there_are_none(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = desk.window.overview
        assert page.lost_box.isHidden()
        desk.session.bridge.post(overview(lost_edits=2))
        await until(lambda: not page.lost_box.isHidden())
        assert page.lost.text().startswith("2 timetable changes could not be entered: `echodesk check` says why.")
        desk.session.bridge.post(overview(lost_edits=0))
        await until(page.lost_box.isHidden)

    run_desk(qapp, body)
