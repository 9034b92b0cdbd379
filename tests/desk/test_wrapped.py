"""Lists with broken lines: nothing of a text is cut."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication

from tests.desk.driving import Desk, run_desk, turns, until
from tests.desk.test_plans import PAGE, plan, with_plans


def test_a_plan_of_a_long_name_shows_its_state_as_well(qapp: QApplication) -> None:
    names = [f"room{'' if number == 1 else 's'} A01 LT{number}, adopting what matches" for number in range(1, 5)]
    plans = tuple(plan(9 - at, scope=name) for at, name in enumerate(names))

    async def body(desk: Desk) -> None:
        desk.window.open_page(PAGE)
        box = desk.window.plans.list
        await until(lambda: box.count() == len(plans))
        await turns(20)
        for at in range(box.count()):
            item = box.item(at)
            # 8 on both sides and 7 on both ends by the style sheet, 3 more on the sides by Qt.
            width, height = box.viewport().width() - 22, box.visualItemRect(item).height() - 14
            text = box.fontMetrics().boundingRect(
                QRect(0, 0, width, 10_000), Qt.TextFlag.TextWordWrap, item.text()
            )
            assert text.height() <= height, item.text()

    run_desk(qapp, body, prepare=with_plans(*plans))  # type: ignore[arg-type]  # as in `test_plans`
