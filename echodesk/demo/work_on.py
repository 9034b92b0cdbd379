"""The timetabler in a process of its own: keeps editing at a chosen speed until it is told to stop.

Like the office's own staff it knows nothing of EchoDesk: it writes the timetable, and the triggers do the rest.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from echodesk.demo.editing import Editing
from echodesk.errors import DatabaseBusy
from echodesk.simulator.stdin_watch import call_at_end_of_stdin

STOP_S = 5.0


async def work_on(editing: Editing, edits_per_minute: float) -> None:
    """Edit until standard input ends, saying each edit in a sentence."""
    ended = asyncio.Event()
    await call_at_end_of_stdin(ended.set)
    while True:
        try:
            await asyncio.wait_for(ended.wait(), 60.0 / edits_per_minute)
        except TimeoutError:
            sys.stdout.write(_one(editing) + "\n")
            sys.stdout.flush()
        else:
            return


def _one(editing: Editing) -> str:
    try:
        return editing.once()
    except DatabaseBusy as busy:
        return f"{busy.message} {busy.next_step}"


class TimetablerProcess:
    """A timetabler in a process of its own. It stops with the `with` block, or when this process dies."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child

    @classmethod
    def start(cls, folder: Path, edits_per_minute: float) -> Self:
        """Start editing the timetable of this data folder."""
        program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "echodesk"]
        # It starts in another folder, where a name that is relative to this one leads nowhere.
        arguments = ["timetabler", "--data", str(folder.absolute()), "--edits-per-minute", str(edits_per_minute)]
        return cls(
            subprocess.Popen(
                [*program, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=Path(__file__).parents[2],
            )
        )

    def stop(self) -> None:
        """End it; a second call does nothing."""
        if self._child.stdin is not None:
            self._child.stdin.close()
        try:
            self._child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
