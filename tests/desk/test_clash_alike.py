"""The same for all clashes like one, in the dialog that decides: by keys, with its cost first, and back again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from echodesk.clashes import Alike, Choice, DecideAlike, FindAlike, ShowRoomDay, Withdraw
from echodesk.desk.theme import ThemeName
from echodesk.desk.tokens import CONTRAST, DARK, LIGHT, Tokens, contrast
from echodesk.planning.values import DecisionKind
from tests.desk.clash_desk import CLASHING, DAY, ROWS, asked, chosen, showing
from tests.desk.clash_rows import decision_there, lesson_then, room_day, supposed
from tests.desk.driving import Desk, press, run_desk, until
from tests.desk.fakes import FakeWorker


def test_the_same_for_all_like_it_by_keys_with_its_cost_first_and_back_again(qapp: QApplication) -> None:
    whole = supposed(
        lesson_then(1, 4, 0), lesson_then(2, 0, 4), room_days=172, calls=(("DELETE", 172), ("POST", 172))
    )

    def answer(wish: FindAlike) -> Alike:
        if isinstance(wish.command, Withdraw):
            return Alike(Withdraw("Ann", "", (7, 8)), whole)
        (first,) = wish.command.choices
        both = (first, Choice((3, 4), 4, 0))
        return Alike(replace(wish.command, choices=both), whole, ("<b>Anatomy</b>\u202e", "MOD2"), refused=1)

    def prepare(worker: FakeWorker) -> None:
        showing(room_day(*CLASHING, decisions=(decision_there(7, 2, 1),)))(worker)
        worker.alike = answer

    async def body(desk: Desk) -> None:
        page = await chosen(desk)
        press(page.view, Qt.Key.Key_2)
        dialog = await asked(desk)
        assert dialog.choices.checkedId() == 0
        await until(dialog.isActiveWindow)
        press(dialog, Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
        await until(lambda: dialog.choices.checkedId() == 2)
        assert dialog.cost.text().startswith("172 room-days, ")
        assert dialog.cost.text().endswith("344 calls to Echo360: 172 removed, 172 made.")
        told = "".join(one.text() for one in dialog.findChildren(QLabel))
        assert "4 lessons: wherever <b>Anatomy</b>" in told
        assert "It cannot be decided for 1 more; look at those one by one." in told
        assert "\u202e" not in told
        press(dialog, Qt.Key.Key_Return)
        await until(lambda: bool(desk.worker.sent(DecideAlike)))
        (command,) = desk.worker.sent(DecideAlike)
        assert isinstance(command, DecideAlike)
        assert command.choices == (Choice((1, 2), 2, 0), Choice((3, 4), 4, 0))
        assert (command.kind, bool(command.why)) == (DecisionKind.RECORD_ONE, True)
        wish = desk.worker.sent(FindAlike)[0]
        assert isinstance(wish, FindAlike)
        assert (wish.room, wish.date) == ("2950203", "2026-11-24")
        await until(lambda: len(desk.worker.sent(ShowRoomDay)) == 2 and not page.clash.deciding)
        desk.window.activateWindow()
        await until(desk.window.isActiveWindow)

        press(page.view, Qt.Key.Key_W)
        back = await asked(desk)
        await until(back.isActiveWindow)
        press(back, Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
        await until(lambda: back.choices.checkedId() == 1)
        press(back, Qt.Key.Key_Return)
        await until(lambda: bool(desk.worker.sent(Withdraw)))
        (taken,) = desk.worker.sent(Withdraw)
        assert isinstance(taken, Withdraw)
        assert taken.decisions == (7, 8)

    run_desk(qapp, body, ROWS, prepare)


@pytest.mark.parametrize(
    ("theme", "tokens"), [(ThemeName.LIGHT, LIGHT), (ThemeName.DARK, DARK), (ThemeName.CONTRAST, CONTRAST)]
)
def test_a_way_that_is_not_chosen_is_seen_as_a_choice(
    qapp: QApplication, theme: ThemeName, tokens: Tokens
) -> None:
    async def body(desk: Desk) -> None:
        page = await chosen(desk)
        press(page.view, Qt.Key.Key_2)
        dialog = await asked(desk)
        picture = dialog.choices.button(1).grab().toImage()
        middle = picture.height() // 2
        circle = {picture.pixelColor(x, middle).name() for x in range(round(16 * picture.devicePixelRatio()))}
        assert max(contrast(colour, tokens.window) for colour in circle) >= 3
        press(dialog, Qt.Key.Key_Escape)

    run_desk(qapp, body, ROWS, showing(DAY), theme=theme)
