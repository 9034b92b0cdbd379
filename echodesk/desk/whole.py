"""Whether Qt is whole: its platforms can be loaded, it starts, and it reads pictures (`echodesk --self-check`)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPluginLoader, qVersion
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QLabel


def unloadable_platforms(names: Iterable[str]) -> list[str]:
    """Of these platforms those that are not there, or lack a library of this machine, each with the reason."""
    found = []
    for name in names:
        places = (Path(each) / "platforms" for each in QCoreApplication.libraryPaths())
        file = next((file for place in places for file in place.glob(f"*q{name}.*")), None)
        if file is None:
            found.append(f"Qt has no platform {name}")
            continue
        loader = QPluginLoader(str(file))
        if not loader.load():
            found.append(f"Qt's platform {name}: {loader.errorString()}")
    return found


def started() -> str:
    """Starts Qt where no program has, and draws something. Ends the process if its platform is not there."""
    app = QApplication.instance() or QApplication(["echodesk"])
    label = QLabel("EchoDesk")
    drawn = label.grab().size()
    label.deleteLater()
    app.sendPostedEvents(label)
    return f"Qt {qVersion()} drew {drawn.width()} x {drawn.height()} ({QGuiApplication.platformName()})"


def unreadable_pictures(folder: Path, files: Iterable[Path]) -> list[str]:
    """Those files of a folder that Qt cannot read as pictures, by their place in it."""
    return [file.relative_to(folder).as_posix() for file in files if QImage(str(file)).isNull()]
