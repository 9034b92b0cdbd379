"""Send from here, and closing the window that is sending."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from echodesk.desk.dialogs.confirm import Confirm
from echodesk.messages import Phase, SendHere
from tests.desk.driving import Desk, click, dialog_of, press, run_desk, turns, until
from tests.desk.rows import overview, state_of_engine

FOLLOWING = state_of_engine(phase=Phase.FOLLOWING, mine=False)
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


async def asked(desk: Desk) -> Confirm:
    """The question on screen."""
    dialog = await dialog_of(desk.window, Confirm)
    assert isinstance(dialog, Confirm)
    return dialog


def test_it_is_offered_while_another_sends_and_asks_first(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        action = desk.window.sending.send_here
        desk.session.bridge.post(FOLLOWING)
        await until(action.isEnabled)
        press(desk.window, Qt.Key.Key_H, CTRL_SHIFT)
        dialog = await asked(desk)
        assert "Ann's PC finishes what it is sending" in dialog.text.text()
        click(dialog.yes_button)
        await until(lambda: desk.worker.sent(SendHere) == [SendHere("Ann")])
        desk.session.bridge.post(state_of_engine())
        await until(lambda: not action.isEnabled())

    run_desk(qapp, body)


def test_closing_the_one_that_sends_names_what_waits_and_stays_on_no(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.session.bridge.post(state_of_engine())
        desk.session.bridge.post(overview(pending=1_204, pending_soon=12))
        await until(lambda: desk.window.overview.overview is not None)
        desk.window.close()
        dialog = await asked(desk)
        assert "12 of them for lessons of today and tomorrow" in dialog.text.text()
        press(dialog, Qt.Key.Key_Escape)
        await turns()
        assert not desk.worker.stopped
        desk.window.close()
        click((await asked(desk)).yes_button)
        await until(lambda: desk.worker.stopped)

    run_desk(qapp, body, asks=True)


def test_closing_one_that_only_looks_on_asks_nothing(qapp: QApplication) -> None:
    async def body(desk: Desk) -> None:
        desk.session.bridge.post(FOLLOWING)
        await until(desk.window.sending.send_here.isEnabled)
        desk.window.close()
        await until(lambda: desk.worker.stopped)

    run_desk(qapp, body, asks=True)
