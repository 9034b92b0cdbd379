"""The Overview's list of the next lessons that will not be recorded."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from echodesk.desk.pages.missed import OneLine, line
from echodesk.messages import MissedLesson
from tests.desk.driving import Desk, click, run_desk, until
from tests.desk.fakes import FakeWorker
from tests.desk.rows import overview


def with_overview(worker: FakeWorker) -> None:
    worker.first_overview = overview()


def test_the_overview_names_the_next_lessons_that_will_not_be_recorded(qapp: QApplication) -> None:
    lesson = MissedLesson(
        date="2026-11-24", start="12:00", finish="14:00", module="BIOL1001", module_title="Introductory Biology",
        group="LC01", room="2950203", room_name="Great Hall", building="Main Building", reason="clash",
        winner="HIST1107 LC01 Europe since 1789",
    )  # fmt: skip
    assert line(lesson) == (
        "Tue 24 Nov, 12:00–14:00",  # noqa: RUF001 - the dash is meant
        "Introductory Biology · LC01",
        "Great Hall, Main Building",
        "Room kept by HIST1107 LC01 Europe since 1789",
    )

    async def body(desk: Desk) -> None:
        panel = desk.window.overview.missed
        desk.session.bridge.post(overview(missed=(lesson,), missed_soon=12))
        await until(lambda: panel.count.text() == "the first 1 of 12")
        said = [label.accessibleName() for label in panel.findChildren(OneLine)]
        assert said == list(line(lesson))
        click(panel.open_button)
        assert desk.window.page is desk.window.room_days

    run_desk(qapp, body)


def test_a_week_in_which_all_is_recorded_says_so(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        panel = desk.window.overview.missed
        await until(lambda: desk.window.overview.overview is not None)
        assert not panel.findChildren(OneLine)
        assert not panel.open_button.isVisible()

    run_desk(qapp, body, prepare=with_overview)
