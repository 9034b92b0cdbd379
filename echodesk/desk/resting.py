"""Waiting a moment in the Qt thread, by Qt's own timer."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QTimer


async def rest(milliseconds: int) -> None:
    """Let Qt go on for so long; cancelling is allowed."""
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    timer = QTimer()
    timer.setSingleShot(True)
    timer.timeout.connect(lambda: None if over.done() else over.set_result(None))
    timer.start(milliseconds)
    try:
        await over
    finally:
        timer.stop()
