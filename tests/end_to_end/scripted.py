"""Servers that misbehave byte by byte on a real socket of this machine, with or without TLS."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""What the server does on one connection; the connection is closed when it returns."""

AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER of no seconds: closing sends RST instead of FIN."""
TOKEN = json.dumps({"access_token": "access-1", "expires_in": 3600}).encode()


def http(status: str, body: bytes, *headers: str) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(status: str, body: bytes, size: int = 100) -> bytes:
    """The same in chunks."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    told = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        + told
    )


async def message(reader: asyncio.StreamReader) -> bytes:
    """One whole request or answer that tells its length. Raises `IncompleteReadError` at the end."""
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            head += await reader.readexactly(int(line.split(b":")[1]))
    return head


def reset(writer: asyncio.StreamWriter) -> None:
    """End the connection with RST, whatever is still to be sent or read."""
    if writer.transport.is_closing():
        # The other side was first.
        return
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    writer.transport.abort()


def signing_in(peer: Peer) -> Peer:
    """Signs in whoever asks, on a connection of its own; every other connection is the peer's from its start."""
    signed = False

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal signed
        if signed:
            await peer(reader, writer)
            return
        await message(reader)
        signed = True
        writer.write(http("200 OK", TOKEN, "Connection: close"))
        await writer.drain()

    return serve


@asynccontextmanager
async def serving(peer: Peer, tls: ssl.SSLContext | None = None, port: int = 0) -> AsyncIterator[int]:
    """The port of a server that does this on every connection."""
    running: set[asyncio.Task[None]] = set()
    open_now: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        this = asyncio.current_task()
        assert this is not None
        running.add(this)
        open_now.add(writer)
        try:
            await peer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            # The client went away in the middle, as it should.
            return
        finally:
            open_now.discard(writer)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
        # Each ends by itself then, if its client has not gone already.
        for writer in tuple(open_now):
            writer.close()
        await asyncio.wait_for(asyncio.gather(*running), 10)


class NeverAccepts:
    """A port whose queue is full: a connection to it hangs until someone gives up. A context."""

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self._listening = socket.socket()
        self._waiting: list[socket.socket] = []

    def __enter__(self) -> int:
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listening.bind(("127.0.0.1", self._port))
        self._listening.listen(0)
        port = int(self._listening.getsockname()[1])
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
            self._waiting.append(one)
        return port

    def __exit__(self, *_problem: object) -> None:
        for one in (*self._waiting, self._listening):
            one.close()


def bomb(unpacked_mb: int) -> bytes:
    """Gzip that unpacks to so many megabytes of nothing, at about a thousandth of the size."""
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    many = min(unpacked_mb, 100)
    member = b"".join([packing.compress(bytes(2**20)) for _ in range(many)]) + packing.flush()
    return member * (unpacked_mb // many)
