"""Before there is a window: the dialog of the first connection, alone on the screen."""

from __future__ import annotations

import asyncio
import os
import sys

# qasync takes the first Qt binding it finds unless told which (trap T6).
os.environ.setdefault("QT_API", "pyside6")

import qasync  # type: ignore[import-untyped]  # it ships no types
from PySide6.QtWidgets import QApplication

from echodesk.connecting import Chosen, Connecting
from echodesk.desk import fonts
from echodesk.desk.collecting import collecting_here
from echodesk.desk.dialogs.asking import answered
from echodesk.desk.dialogs.connection import ConnectionDialog
from echodesk.desk.gateway import Gateway
from echodesk.desk.theme import Theme, ThemeName


def application() -> QApplication:
    """The one application of this process."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("EchoDesk")
    app.setStyle("Fusion")
    app.setQuitOnLastWindowClosed(False)
    return app


def ask_first(connecting: Connecting, theme: ThemeName) -> Chosen:
    """Show the dialog until it is closed. Defects of our own are raised here."""
    app = application()
    fonts.use_font(app, fonts.FAMILIES)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(choose(app, connecting, theme))


async def choose(app: QApplication, connecting: Connecting, theme: ThemeName) -> Chosen:
    """The same on a loop that runs."""
    look = Theme(app, theme)
    look.apply()
    defects: list[BaseException] = []

    def report(defect: BaseException) -> None:
        defects.append(defect)
        dialog.reject()

    gateway = Gateway(report)
    dialog = ConnectionDialog(None, connecting, gateway.start, first=connecting.present is None)
    try:
        with collecting_here():
            accepted = await answered(dialog)
    finally:
        gateway.close()
        await gateway.finish()
        look.close()
    if defects:
        raise defects[0]
    if not accepted:
        return Chosen.NOTHING
    return Chosen.DEMONSTRATION if dialog.demonstration else Chosen.OWN
