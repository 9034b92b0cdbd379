"""Lines to the database's server that can be cut: each is a port on loopback that leads to the server's socket."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Self


class Cut(Enum):
    """What becomes of the connections of a line that is cut, and of new ones."""

    RESET = "reset"
    """They end at once, and new ones are refused: as when a firewall says no."""
    SILENT = "silent"
    """Nothing arrives any more, on either side, and nobody says so: as when a cable is pulled."""
    REFUSED = "refused"
    """Those that are there go on; new ones are refused."""


class Line:
    """One line; made by `Lines.lay`. Safe to use from any thread."""

    def __init__(self, server: Path, loop: asyncio.AbstractEventLoop) -> None:
        self._server = server
        self._loop = loop
        self._cut: Cut | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._passing = asyncio.Event()
        self._passing.set()
        self._listening: asyncio.Server | None = None
        self.port = 0

    def cut(self, how: Cut) -> None:
        """From now on, until `mend`."""
        self._on_loop(lambda: self._be(how))

    def mend(self) -> None:
        """Everything passes again; connections that had fallen silent are gone."""
        self._on_loop(lambda: self._be(None))

    def _on_loop(self, work: Callable[[], None]) -> None:
        done: Future[None] = Future()

        def run() -> None:
            work()
            done.set_result(None)

        self._loop.call_soon_threadsafe(run)
        done.result(10.0)

    def _be(self, cut: Cut | None) -> None:
        if cut is Cut.RESET or self._cut is Cut.SILENT:
            for writer in self._open:
                writer.transport.abort()
        self._cut = cut
        if cut is Cut.SILENT:
            self._passing.clear()
        else:
            self._passing.set()

    async def lay(self) -> None:
        """Accept connections."""
        self._listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._listening.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Accept none any more, and end those that are there. On the loop."""
        assert self._listening is not None
        self._listening.close()
        self._be(Cut.RESET)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut in (Cut.RESET, Cut.REFUSED):
            writer.transport.abort()
            return
        there = await asyncio.open_unix_connection(self._server)
        both = {writer, there[1]}
        self._open |= both
        await _ended(self._pass_on(reader, there[1]), self._pass_on(there[0], writer))
        self._open -= both
        await _ended(*(one.wait_closed() for one in both))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                await self._passing.wait()
                writer.write(data)
                await writer.drain()
        finally:
            await self._passing.wait()
            writer.close()


async def _ended(*work: Coroutine[None, None, None]) -> None:
    """Wait for all of this. That a connection was lost is what a line is for; anything else is a defect."""
    tasks = [asyncio.ensure_future(one) for one in work]
    await asyncio.wait(tasks)
    for problem in (task.exception() for task in tasks):
        if problem is not None and not isinstance(problem, ConnectionError):
            raise problem


class Lines:
    """A thread that serves lines to one server; a context."""

    def __init__(self, socket: Path) -> None:
        self._server = socket / ".s.PGSQL.5432"
        self._loop = asyncio.new_event_loop()
        self._lines: list[Line] = []
        self._thread = threading.Thread(target=self._loop.run_forever, name="lines to the database")

    def lay(self) -> Line:
        """A new line."""

        async def laid() -> Line:
            line = Line(self._server, self._loop)
            await line.lay()
            self._lines.append(line)
            return line

        return asyncio.run_coroutine_threadsafe(laid(), self._loop).result(10.0)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        async def end() -> None:
            for line in self._lines:
                line.close()
            if serving := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(serving)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10.0)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10.0)
        self._loop.close()
