"""The lessons that a plan does not record, on the page of plans."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from echodesk.batches import NotRecorded
from echodesk.desk import words
from tests.desk.driving import Desk, click, until
from tests.desk.fakes import FakeWorker
from tests.desk.test_plans import opened, plan, run, with_plans


def missed(key: int, **changes: object) -> NotRecorded:
    one = NotRecorded(
        key=key, external_id=f"61800{key}-9-2026-27", title="<b>MATH2001</b> LC02", room="2950203",
        building="Red Centre", date="2026-11-24", time=f"1{key}:00-1{key}:30", reason="clash",
        kept="overlaps BIOL1001 LC01 10:00-11:00 (617001-9-2026-27), which is recorded",
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]  # any field may be named


def test_the_plan_lists_the_lessons_that_it_does_not_record(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        page.steps.view.choose(3)
        assert page.leave_out.isEnabled()
        click(page.missed)
        await until(page.lessons.isVisible)
        assert not page.steps.isVisible()
        assert not page.leave_out.isEnabled(), "nothing is left out that is not on screen"
        assert page.lessons.count.text() == "Not recorded by plan 3: 5 lessons."
        model = page.lessons.model
        assert model.cache.keys_shown() == (1, 2)
        shown = [model.index(1, at).data(Qt.ItemDataRole.AccessibleTextRole) for at in range(4)]
        assert shown[0] == "Tue 24 Nov 2026 (12:00-12:30)"
        assert shown[3] == f"{words.reason('foreign')} (meets “Open day” 12:00-13:00)"
        page.lessons.field.setText("open day")
        await until(lambda: model.cache.keys_shown() == (2,))
        click(page.missed)
        assert page.steps.isVisible()
        assert page.leave_out.isEnabled()

    def prepare(worker: FakeWorker) -> None:
        with_plans(plan())(worker)  # type: ignore[operator]  # a function
        worker.missed_lessons[3] = (
            missed(1),
            missed(2, reason="foreign", kept="meets “Open day” 12:00-13:00"),
        )

    run(qapp, body, prepare)


def test_another_plan_begins_with_its_steps(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        click(page.missed)
        await until(page.lessons.isVisible)
        page.list.setCurrentRow(1)
        await until(page.steps.isVisible)
        assert not page.missed.isVisible(), "it leaves nothing out"
        page.list.setCurrentRow(0)
        assert page.steps.isVisible()

    def prepare(worker: FakeWorker) -> None:
        with_plans(plan(), plan(2, left_out=()))(worker)  # type: ignore[operator]  # a function
        worker.missed_lessons[3] = (missed(1),)

    run(qapp, body, prepare)


def test_a_plan_whose_list_was_not_kept_says_so(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        page = await opened(desk)
        click(page.missed)
        await until(page.lessons.isVisible)
        assert page.lessons.count.text().startswith(
            "Not recorded by plan 3: 5 lessons. Which lessons these are was not"
        )
        assert page.lessons.model.rowCount() == 0

    run(qapp, body, with_plans(plan()))
