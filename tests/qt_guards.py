"""The part of the guards that needs Qt; imported only after a test that used it."""

from __future__ import annotations

import gc

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import Shiboken

QTS_OWN = {"QTipLabel"}


def windows_left() -> list[str]:
    """Top-level widgets that outlive a test; they are destroyed."""
    settle()
    if not standing():
        return []
    # A window that nothing refers to but itself goes with the next collection; that is no leak.
    gc.collect()
    settle()
    left = standing()
    names = [f"window {each.metaObject().className()} {each.objectName()!r}" for each in left]
    for each in left:
        each.deleteLater()
    settle()
    return names


def standing() -> list[QWidget]:
    """Windows without a parent, Qt's own helpers left out."""
    widgets = [each for each in QApplication.topLevelWidgets() if Shiboken.isValid(each)]
    return [each for each in widgets if each.parent() is None and each.metaObject().className() not in QTS_OWN]


def settle() -> None:
    """Carries out what was to be deleted later: no event loop runs between two tests to do it."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def timers_left() -> list[str]:
    """Timers made in Python that still run; they are stopped."""
    timers = [each for each in gc.get_objects() if issubclass(type(each), QTimer)]
    running = [each for each in timers if Shiboken.isValid(each) and each.isActive()]
    for each in running:
        each.stop()
    return [f"timer {each.objectName()!r} every {each.interval()} ms" for each in running]
