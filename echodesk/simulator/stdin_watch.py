"""Noticing that the parent process is gone: the other end of standard input closes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

if sys.platform == "win32":
    import ctypes
    import msvcrt

    _POLL_S = 0.5
    _ERROR_BROKEN_PIPE = 109
    _watchers: set[asyncio.Task[None]] = set()

    async def call_at_end_of_stdin(act: Callable[[], None]) -> None:
        """Calls `act` once when standard input, a pipe, is closed by its writer."""
        # The event loops of Windows cannot wait for an anonymous pipe, so it is asked twice a second.
        task = asyncio.create_task(_poll(act))
        _watchers.add(task)
        task.add_done_callback(_watchers.discard)

    async def _poll(act: Callable[[], None]) -> None:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        handle = ctypes.c_void_p(msvcrt.get_osfhandle(sys.stdin.fileno()))
        while kernel.PeekNamedPipe(handle, None, 0, None, None, None):  # noqa: ASYNC110 - a Windows pipe cannot be awaited
            await asyncio.sleep(_POLL_S)
        if ctypes.get_last_error() == _ERROR_BROKEN_PIPE:
            act()

else:

    class _UntilEof(asyncio.Protocol):
        def __init__(self, act: Callable[[], None]) -> None:
            self._act = act

        def connection_lost(self, exc: Exception | None) -> None:
            self._act()

    async def call_at_end_of_stdin(act: Callable[[], None]) -> None:
        """Calls `act` once when standard input, a pipe, is closed by its writer."""
        await asyncio.get_running_loop().connect_read_pipe(lambda: _UntilEof(act), sys.stdin)
