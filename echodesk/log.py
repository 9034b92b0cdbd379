"""Logging: one line an event, and the one place where secrets are taken out of what is written (design §9)."""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
from pathlib import Path

_SECRETS = re.compile(
    r"(?i)(authorization|access_token|refresh_token|client_secret|secret|password|bearer)([\"']?\s*[:=]?\s*[\"']?)"
    r"(bearer\s+)?[A-Za-z0-9._~+/=-]{6,}"
)
_KNOWN: set[str] = set()
SIZE = 5_000_000
KEPT = 5


def hide(secret: str) -> None:
    """Never write this text, wherever it turns up."""
    if len(secret) >= 6:
        _KNOWN.add(secret)


def redacted(text: str) -> str:
    """The text without secrets, on one line."""
    for secret in _KNOWN:
        text = text.replace(secret, "***")
    return _SECRETS.sub(r"\1\2***", text)


class _File(logging.handlers.RotatingFileHandler):
    """A log file. While it cannot be written, one sentence says so; the program goes on."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, maxBytes=SIZE, backupCount=KEPT, encoding="utf-8")
        self._told = False

    def handleError(self, record: logging.LogRecord) -> None:
        """Instead of a traceback at every line that a full disk refuses."""
        trouble = sys.exc_info()[1]
        if isinstance(trouble, OSError) and not self._told:
            self._told = True
            sys.stderr.write(f"The log cannot be written: {trouble.strerror or trouble}\n")
        elif not isinstance(trouble, OSError):
            super().handleError(record)


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        text = redacted(super().format(record))
        return text.replace("\r", "\\r").replace("\n", "\\n").replace("\x1b", "\\x1b")


def set_up(folder: Path | None, *, to_screen: bool, level: int = logging.INFO) -> None:
    """Write to a file in this folder (readable by this user only), and to standard error if asked.

    Raises `OSError` if the folder cannot be written.
    """
    handlers: list[logging.Handler] = []
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = folder / "echodesk.log"
        file.touch(mode=0o600)
        handlers.append(_File(file))
    if to_screen:
        handlers.append(logging.StreamHandler())
    root = logging.getLogger()
    root.setLevel(level)
    for handler in handlers:
        handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
        root.addHandler(handler)
    for noisy in ("httpx", "httpcore", "asyncio", "qasync"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
