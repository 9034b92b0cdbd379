"""What needs no selected row: pause, resume, try again, re-sync. Used by menus, toolbars and banners."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from echodesk.desk import formats, standing
from echodesk.desk.campus import CampusTime
from echodesk.desk.dialogs.asking import answered
from echodesk.desk.dialogs.confirm import confirmed
from echodesk.desk.dialogs.pause import PauseDialog
from echodesk.desk.dialogs.resync import ResyncDialog
from echodesk.desk.dialogs.stop import StopDialog
from echodesk.desk.gateway import Gateway
from echodesk.desk.places import Place
from echodesk.messages import (
    Command,
    CommandDone,
    EngineState,
    PauseShown,
    Phase,
    Resume,
    SendHere,
    ShowStop,
    StopList,
    TryAgain,
)


class Sending(QObject):
    """The actions; enabled as the worker's state says, and never while their own command is on the way."""

    def __init__(self, window: QWidget, gateway: Gateway, campus: CampusTime, by: str) -> None:
        super().__init__(window)
        self._window = window
        self._gateway = gateway
        self._campus = campus
        self._by = by
        self._state: EngineState | None = None
        self._busy: set[QAction] = set()
        self.known: Callable[[], Sequence[Place]] = lambda: ()
        """All places that a person may choose from."""
        self.here: Callable[[], Place | None] = lambda: None
        """Where the selected row is."""
        self.pause = self._action("&Pause…", "Ctrl+P", self._on_pause)
        self.resync = self._action("Re-&sync…", "Ctrl+Shift+S", self._on_resync)
        self.resume = self._action("&Resume…", "Ctrl+Shift+P", self._on_resume)
        self.try_again = self._action("&Try Echo360 again", "Ctrl+T", self._on_try_again)
        self.send_here = self._action("Send from &here…", "Ctrl+Shift+H", self._on_send_here)
        self.pause.setIconText("Pause…")
        self._refresh()

    def show_state(self, state: EngineState) -> None:
        """The worker's state is the truth, not what was clicked."""
        self._state = state
        self._refresh()

    def lift(self, pauses: Sequence[int]) -> None:
        """Lift these pauses."""
        self._send(self.resume, Resume(self._by, tuple(pauses)))

    def show_stop(self, stop: int) -> None:
        """Show what a safety stop holds, and take a yes."""
        self._gateway.start(self._stop(stop))

    def _on_pause(self) -> None:
        self._gateway.start(self._pause())

    def _on_resume(self) -> None:
        self._gateway.start(self._resume())

    def _on_try_again(self) -> None:
        self._send(self.try_again, TryAgain(self._by))

    def _on_send_here(self) -> None:
        self._gateway.start(self._send_here())

    async def _send_here(self) -> None:
        holder = self._state.holder if self._state is not None else ""
        text = f"{holder} finishes what it is sending and hands over to this PC within a few seconds."
        if await confirmed(self._window, "Send from here?", text, "Send from here"):
            self._send(self.send_here, SendHere(self._by))

    async def _pause(self) -> None:
        dialog = PauseDialog(self._window, self._by, self._campus, self.known(), self.here())
        if await answered(dialog):
            self._send(self.pause, dialog.command())

    def _on_resync(self) -> None:
        self._gateway.start(self._resync())

    async def _resync(self) -> None:
        dialog = ResyncDialog(self._window, self._by, self._campus, self.known(), self.here())
        if await answered(dialog):
            self._send(self.resync, dialog.command())

    async def _resume(self) -> None:
        pauses: tuple[PauseShown, ...] = self._state.pauses if self._state is not None else ()
        if len(pauses) == 1:
            self.lift([pauses[0].key])
            return
        lines = "\n".join(f"•  {standing.scope_text(pause.scope)}: {pause.reason}" for pause in pauses[:12])
        yes = await confirmed(
            self._window,
            "Resume everything?",
            f"{formats.counted(len(pauses), 'pause')} will be lifted:\n\n{lines}",
            "Resume everything",
        )
        if yes:
            self.lift([pause.key for pause in pauses])

    async def _stop(self, stop: int) -> None:
        found = await self._gateway.ask(ShowStop(stop))
        if isinstance(found, CommandDone):
            self._gateway.answered.emit(found)
        elif isinstance(found, StopList):
            dialog = StopDialog(self._window, self._by, found)
            if await answered(dialog):
                self._gateway.send(dialog.command())

    def _send(self, action: QAction, command: Command) -> None:
        self._busy.add(action)
        self._refresh()

        def on_reply() -> None:
            self._busy.discard(action)
            self._refresh()

        self._gateway.send(command, on_reply)

    def _refresh(self) -> None:
        state = self._state
        self._enable(self.pause, True)
        self._enable(self.resync, True)
        self._enable(self.send_here, state is not None and state.phase is Phase.FOLLOWING)
        self._enable(self.resume, state is not None and bool(state.pauses))
        stuck = state is not None and (
            state.phase in (Phase.STOPPED_BY_ECHO360, Phase.WAITING) or bool(state.echo360)
        )
        self._enable(self.try_again, stuck)

    def _enable(self, action: QAction, possible: bool) -> None:
        action.setEnabled(possible and action not in self._busy)

    def _action(self, text: str, keys: str, triggered: Callable[[], None]) -> QAction:
        action = QAction(text, self._window)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(triggered)
        return action
