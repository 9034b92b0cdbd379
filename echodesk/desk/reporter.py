"""Defects of our own: every way an exception can surface ends here, and each is shown once (trap T23)."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sys
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from echodesk.desk.bridge import ThreadHook, on_thread_failure, restore_thread_hook
from echodesk.desk.merge import Unexpected

log = logging.getLogger(__name__)

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


PythonHook = Callable[[type[BaseException], BaseException, TracebackType | None], object]
HARMLESS = "This plugin does not support "
"""What Qt says about a display that cannot do everything; nobody can act on it."""


class Reporter:
    """Logs every defect and passes the first of each traceback group on to `show`. Callable from any thread."""

    def __init__(self, show: Callable[[Unexpected], None]) -> None:
        self._show = show
        self._seen: dict[str, int] = {}
        self._before: tuple[PythonHook, ThreadHook, object] | None = None

    def report(self, trouble: BaseException) -> None:
        """An exception that nobody handled."""
        self.on_exception(type(trouble), trouble, trouble.__traceback__)

    def on_exception(
        self, kind: type[BaseException], trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The same, as Python's hooks give it. Ctrl-C is left to Python."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, trouble or kind(), trace)
            return
        frames = traceback.extract_tb(trace)
        group = hashlib.sha256(
            "\n".join((kind.__qualname__, *(f"{frame.filename}:{frame.lineno}" for frame in frames))).encode()
        ).hexdigest()
        details = "".join(traceback.format_exception(kind, trouble, trace))
        self._pass_on(group, f"{kind.__name__}: {trouble}", details)

    def on_loop_trouble(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """asyncio's exception handler."""
        trouble = context.get("exception")
        if isinstance(trouble, BaseException):
            self.report(trouble)
        else:
            text = str(context.get("message", "asyncio reported trouble"))
            self._pass_on(text, text, repr(context))

    def on_qt_message(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        """Qt's own messages: logged; critical ones are defects."""
        level = logging.DEBUG if text.startswith(HARMLESS) else _LEVELS.get(kind, logging.WARNING)
        log.log(level, "Qt: %s", text)
        if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
            self._pass_on(text, f"Qt: {text}", text)

    def install(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take all the hooks over."""
        python_hook = sys.excepthook
        sys.excepthook = self.on_exception
        thread_hook = on_thread_failure(self.on_exception)
        loop.set_exception_handler(self.on_loop_trouble)
        self._before = (python_hook, thread_hook, qInstallMessageHandler(self.on_qt_message))

    def uninstall(self) -> None:
        """Give them back."""
        if self._before is not None:
            sys.excepthook, thread_hook, qt_handler = self._before
            restore_thread_hook(thread_hook)
            qInstallMessageHandler(qt_handler)  # type: ignore[arg-type]  # as Qt gave it
            self._before = None

    def _pass_on(self, group: str, headline: str, details: str) -> None:
        times = self._seen.get(group, 0)
        self._seen[group] = times + 1
        if times:
            log.error("Again (%d times): %s", times + 1, headline)
            return
        log.error("%s\n%s", headline, details)
        self._show(Unexpected(headline, details))
