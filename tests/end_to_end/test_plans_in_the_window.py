"""A plan in the window, end to end: shown, saved, refused as stale with its difference, sent, and taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from echodesk.desk.dialogs.plans import ApplyDialog, CompareDialog
from echodesk.desk.dialogs.saving import SaveDialog
from echodesk.desk.pages.plans_page import PlansPage
from echodesk.desk.window import PLANS_PAGE
from tests.desk.driving import click, dialog_of, until
from tests.end_to_end.whole_program import Here, run_whole

RENAME = "UPDATE MODULE SET NAME = ? WHERE MODULEID = 'ENGL1003'"
"""No trigger sees it."""


async def at(page: PlansPage, number: int, state: str) -> None:
    """This plan is on screen, in this state, with its steps."""

    def there() -> bool:
        plan = page.plan
        return plan is not None and (plan.key, plan.state) == (number, state) and page.steps.model.rowCount() > 0

    await until(there, 20.0)


async def agree(here: Here, button: QPushButton) -> None:
    click(button)
    dialog = await dialog_of(here.window, ApplyDialog)
    assert isinstance(dialog, ApplyDialog)
    click(dialog.yes_button)


def told(page: PlansPage, wanted: Callable[[str], bool]) -> bool:
    """Whether the details of a step on screen are as wanted."""
    for key in page.steps.model.cache.keys_shown():
        page.steps.view.choose(key)
        if wanted(page.steps.detail.toPlainText()):
            return True
    return False


def test_a_plan_is_shown_saved_refused_accepted_and_taken_back(qapp: QApplication, tmp_path: Path) -> None:
    async def body(here: Here) -> None:
        await here.settled()
        here.sql(RENAME, "One name")
        here.window.open_page(PLANS_PAGE)
        page = here.window.plans
        click(page.compare)
        question = await dialog_of(here.window, CompareDialog)
        assert isinstance(question, CompareDialog)
        click(question.yes_button)
        await at(page, 1, "READY")
        assert told(page, lambda text: "Title: " in text and "→ ENGL1003 LC01 One name" in text)

        click(page.save)
        dialog = await dialog_of(here.window, SaveDialog)
        assert isinstance(dialog, SaveDialog)
        file = tmp_path / "plan.json"
        name = dialog.findChild(QLineEdit)
        assert isinstance(name, QLineEdit)
        QTest.keyClicks(name, str(file))
        dialog.accept()
        await until(file.exists, 20.0)
        await until(page.save.isEnabled, 20.0)
        assert len(json.loads(file.read_text())["steps"]) == 3

        here.sql(RENAME, "Another name")
        await agree(here, page.apply)
        await at(page, 2, "READY")
        await until(lambda: "3 steps needed no more, 3 new" in page.facts.text(), 20.0)
        page.plans.choose(1)
        await at(page, 1, "STALE")
        click(page.newer)
        await at(page, 2, "READY")
        await agree(here, page.apply)
        await at(page, 2, "DONE")

        click(page.undo)
        await at(page, 3, "READY")
        assert "3 to change" in page.facts.text()
        assert told(page, lambda text: "ENGL1003 LC01 Another name → " in text)

    assert run_whole(qapp, tmp_path, body) == 0
