"""A line between worker and simulator that misbehaves for a while and then passes everything on."""

from __future__ import annotations

import asyncio
import random
import ssl
import threading
from collections import Counter
from enum import Enum
from typing import Self
from urllib.parse import urlsplit

from tests.end_to_end.scripted import NeverAccepts, bomb, http, message, reset, serving

DRIP_S = 0.2


class Fault(Enum):
    """What the line does to a request, by the number of the catalogue (reliability §3)."""

    HANGS = 2
    RESET_UNREAD = 3
    RESET_IN_ANSWER = 4
    BOMB = 15
    DRIP = 16
    CERTIFICATE = 26


class FaultyLine:
    """A thread of this process with a server of its own; a context.

    Without a fault it only counts. `bad` is shown instead of `good` while the fault is `CERTIFICATE`; without
    either the line speaks plain HTTP.
    """

    def __init__(
        self,
        simulator: str,
        fault: Fault | None = None,
        for_s: float = 0.0,
        good: ssl.SSLContext | None = None,
        bad: ssl.SSLContext | None = None,
    ) -> None:
        self._upstream = urlsplit(simulator)
        self._fault = fault
        self._first = fault
        self._for_s = for_s
        self._good = good
        self._bad = bad
        self._dice = random.Random(fault.value if fault else 0)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="faulty-line")
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None
        self._met = asyncio.Event()
        """Somebody came; the time of the fault runs from here."""
        self._port = 0
        self.hit: Counter[Fault] = Counter()
        """How often each fault met a request or a connection."""
        self.arrived = 0
        """Requests that came, sign-ins and faulty ones too."""
        self.passed_on = 0

    @property
    def url(self) -> str:
        """Where the worker finds it."""
        return f"{'https' if self._good else 'http'}://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_problem: object) -> None:
        assert self._loop is not None
        assert self._over is not None
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(20)

    async def _run(self) -> None:
        self._loop, self._over, self._met = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        if self._first is Fault.HANGS:
            with NeverAccepts() as self._port:
                self._ready.set()
                await asyncio.sleep(self._for_s)
            self.hit[Fault.HANGS] += 1
        else:
            shown = self._bad if self._first is Fault.CERTIFICATE else self._good
            async with serving(self._serve, shown) as self._port:
                self._ready.set()
                if self._first not in (None, Fault.CERTIFICATE):
                    await self._met.wait()
                await asyncio.sleep(self._for_s)
                self._fault = None
                if self._first is not Fault.CERTIFICATE:
                    await self._over.wait()
        self._fault = None
        if not self._over.is_set():
            async with serving(self._serve, self._good, self._port):
                await self._over.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._met.set()
        if self._fault is Fault.RESET_UNREAD:
            self.hit[Fault.RESET_UNREAD] += 1
            reset(writer)
            return
        there = await asyncio.open_connection(self._upstream.hostname, self._upstream.port)
        try:
            while True:
                asked = await message(reader)
                self.arrived += 1
                fault = self._fault
                there[1].write(asked)
                await there[1].drain()
                answer = await message(there[0])
                if fault is not None:
                    self.hit[fault] += 1
                    await self._spoil(fault, answer, writer)
                    return
                self.passed_on += 1
                writer.write(answer)
                await writer.drain()
        finally:
            there[1].close()

    async def _spoil(self, fault: Fault, answer: bytes, writer: asyncio.StreamWriter) -> None:
        """The request took effect; its client learns of it badly."""
        if fault is Fault.RESET_IN_ANSWER:
            writer.write(answer[: self._dice.randrange(len(answer))])
            await writer.drain()
            reset(writer)
        elif fault is Fault.BOMB:
            packed = bomb(1_000)
            head = http("200 OK", b"", "Content-Encoding: gzip")
            writer.write(head.replace(b"Length: 0", b"Length: %d" % len(packed)) + packed)
            await writer.drain()
        elif fault is Fault.DRIP:
            for byte in answer:
                writer.write(bytes((byte,)))
                await writer.drain()
                await asyncio.sleep(DRIP_S)
