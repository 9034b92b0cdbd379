"""Faults of the wire itself, on real sockets (reliability faults 2, 3, 4, 15, 16): each ends as the right answer.

The client is the program's own. What it could not finish is `Unclear`, because the request may have taken effect;
where nothing can have reached Echo360 it is a `Wait` that says so. Certificates are in `test_certificates`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import psutil
import pytest

from echodesk.capture.client import Echo360
from echodesk.planning.answers import Answer, Done, Unclear, Wait
from echodesk.worker.clock import MachineClock
from tests.capture.world import booking, row, settings
from tests.end_to_end.scripted import NeverAccepts, Peer, bomb, chunked, http, message, reset, serving, signing_in

SHORT_S = 0.6
"""The total deadline of a call in these tests."""
BODY = json.dumps(row()).encode()


async def create(echo: Echo360) -> Answer:
    return (await echo.create(booking())).answer


async def against(peer: Peer, work: Callable[[Echo360], Awaitable[Any]], **changes: Any) -> Any:
    """What `work` gives back, done with a client of a server that behaves like this after the sign-in."""
    async with serving(signing_in(peer)) as port:
        return await asking(port, work, **changes)


async def asking(port: int, work: Callable[[Echo360], Awaitable[Any]], **changes: Any) -> Any:
    given = {"base_url": f"http://127.0.0.1:{port}", "deadline_s": 5.0, **changes}
    echo = Echo360(settings(**given), MachineClock("Europe/London"))
    try:
        return await work(echo)
    finally:
        await echo.close()


async def timed(echo: Echo360) -> tuple[Answer, float]:
    began = time.monotonic()
    answer = await create(echo)
    return answer, time.monotonic() - began


# ---- 2: a connection that is never accepted -------------------------------------------------------------------


def test_a_sign_in_that_cannot_connect_sent_nothing() -> None:
    with NeverAccepts() as port:
        answer, took_s = asyncio.run(asking(port, timed, deadline_s=SHORT_S))
    assert isinstance(answer, Wait)
    assert not answer.may_have_applied
    assert took_s < SHORT_S + 1


def test_a_connection_that_hangs_is_given_up_and_nothing_was_sent() -> None:
    """As when a firewall drops every packet from one moment on: the right to call is there, the way is not."""

    async def well(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await message(reader)
        writer.write(http("201 Created", BODY, "Connection: close"))
        await writer.drain()

    async def run() -> tuple[Answer, Answer, float]:
        async with serving(signing_in(well)) as port:
            given = {"base_url": f"http://127.0.0.1:{port}", "deadline_s": SHORT_S}
            echo = Echo360(settings(**given), MachineClock("Europe/London"))
            first = await create(echo)
        with NeverAccepts(port):
            answer, took_s = await timed(echo)
        await echo.close()
        return first, answer, took_s

    first, answer, took_s = asyncio.run(run())
    assert isinstance(first, Done)
    assert isinstance(answer, Wait)
    assert not answer.may_have_applied
    assert took_s < SHORT_S


def test_a_request_that_nobody_reads_ends_at_the_deadline_and_is_unclear() -> None:
    """All senders at once, as after a network went away: none waits longer than its own deadline."""
    taken: list[asyncio.StreamWriter] = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(writer)
        await reader.read()

    async def many(echo: Echo360) -> tuple[list[Answer], float]:
        began = time.monotonic()
        answers = list(await asyncio.gather(*(create(echo) for _ in range(8))))
        return answers, time.monotonic() - began

    answers, took_s = asyncio.run(against(silent, many, deadline_s=SHORT_S))
    assert {type(answer) for answer in answers} == {Unclear}
    assert len(taken) == len(answers)
    assert took_s < SHORT_S + 1


# ---- 3, 4: resets ---------------------------------------------------------------------------------------------


def test_a_reset_before_the_request_is_read_is_unclear() -> None:
    async def at_once(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reset(writer)

    async def many(echo: Echo360) -> list[Answer]:
        return [await create(echo) for _ in range(40)]

    answers = asyncio.run(against(at_once, many))
    assert {type(answer) for answer in answers} == {Unclear}


@pytest.mark.parametrize(
    "whole", [http("201 Created", BODY), chunked("201 Created", BODY)], ids=["length", "chunks"]
)
def test_a_reset_after_any_byte_of_the_answer_is_unclear(whole: bytes) -> None:
    lengths = iter(range(len(whole)))

    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await message(reader)
        writer.write(whole[: next(lengths)])
        await writer.drain()
        # What was written is on its way, and is read or not before the reset is met: both happen.
        await asyncio.sleep(0)
        reset(writer)

    async def every_length(echo: Echo360) -> list[Answer]:
        return [await create(echo) for _ in range(len(whole))]

    answers = asyncio.run(against(cut, every_length))
    assert len(answers) == len(whole)
    assert {type(answer) for answer in answers} == {Unclear}


def test_the_whole_answer_is_believed_although_a_reset_follows() -> None:
    """The last byte makes the difference, or the test above would prove nothing."""
    whole = http("201 Created", BODY)

    async def after_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await message(reader)
        writer.write(whole)
        await writer.drain()
        await asyncio.sleep(0.05)
        reset(writer)

    assert isinstance(asyncio.run(against(after_all, create)), Done)


def test_a_reset_answer_to_a_read_and_to_a_listing_proves_nothing() -> None:
    async def at_once(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reset(writer)

    async def look(echo: Echo360) -> tuple[Answer, list[Any]]:
        listed = [reply.answer async for reply in echo.list_all()]
        return (await echo.read("617747-1-2025-26")).answer, listed

    read, listed = asyncio.run(against(at_once, look))
    assert isinstance(read, Unclear)
    assert [page.complete for page in listed] == [False]
    assert listed[0].standing == ()


# ---- 15: answers that unpack to anything ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["gzip", "gzip, gzip", "gzip, deflate, br", "identity, gzip", "GZIP", "deflate", "zstd", "x-own"]
)
def test_a_packed_answer_is_refused_whatever_it_would_unpack_to(encoding: str) -> None:
    """10 MB that unpack to 10 GB. Refused by its headers; nothing is unpacked, hardly anything is read."""
    packed = bomb(10_000)
    assert 8 * 2**20 < len(packed) < 12 * 2**20
    heads: list[bytes] = []
    sent = 0

    async def explode(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        heads.append(await message(reader))
        writer.write(
            http("201 Created", b"", f"Content-Encoding: {encoding}").replace(b": 0", b": %d" % len(packed))
        )
        while sent < len(packed):
            writer.write(packed[sent : sent + 2**16])
            sent += 2**16
            await writer.drain()

    before = psutil.Process().memory_info().rss
    answer = asyncio.run(against(explode, create))
    grown = psutil.Process().memory_info().rss - before
    assert isinstance(answer, Unclear)
    assert encoding in answer.text
    assert b"\r\naccept-encoding: identity\r\n" in heads[0].lower()
    assert sent < len(packed), "the answer was read to its end"
    assert grown < 40 * 2**20


def test_a_bomb_that_does_not_say_that_it_is_packed_is_bytes_and_no_answer() -> None:
    async def explode(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await message(reader)
        writer.write(http("201 Created", bomb(1_000)))
        await writer.drain()

    before = psutil.Process().memory_info().rss
    assert isinstance(asyncio.run(against(explode, create)), Unclear)
    assert psutil.Process().memory_info().rss - before < 60 * 2**20


@pytest.mark.parametrize("length", ["Content-Length: 10000000000", "Transfer-Encoding: chunked", "X-Endless: yes"])
def test_ten_gigabytes_are_left_after_twenty_megabytes(length: str) -> None:
    sent = 0
    chunk = b" " * 2**18

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await message(reader)
        writer.write(f"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n{length}\r\n\r\n".encode())
        while sent < 10 * 2**30:
            writer.write(b"%x\r\n%s\r\n" % (len(chunk), chunk) if "chunked" in length else chunk)
            sent += len(chunk)
            await writer.drain()

    before = psutil.Process().memory_info().rss
    answer = asyncio.run(against(flood, create, deadline_s=20.0))
    assert isinstance(answer, Unclear)
    assert "20 MB" in answer.text
    assert sent < 60 * 2**20
    assert psutil.Process().memory_info().rss - before < 80 * 2**20


def test_headers_without_end_are_no_answer() -> None:
    async def headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await message(reader)
        writer.write(b"HTTP/1.1 201 Created\r\n")
        for number in range(1_000_000):
            writer.write(b"X-%d: %s\r\n" % (number, b"a" * 1000))
            await writer.drain()

    assert isinstance(asyncio.run(against(headers, create)), Unclear)


# ---- 16: one byte at a time -----------------------------------------------------------------------------------


@pytest.mark.parametrize("from_byte", [0, 20, 200], ids=["status line", "headers", "body"])
def test_a_dripping_answer_ends_at_the_total_deadline(from_byte: int) -> None:
    """Each byte comes well within any read timeout; only a total deadline ends it (reliability H8)."""
    whole = http("201 Created", BODY)

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await message(reader)
        writer.write(whole[:from_byte])
        for byte in whole[from_byte:]:
            writer.write(bytes((byte,)))
            await writer.drain()
            await asyncio.sleep(SHORT_S / 6)

    answer, took_s = asyncio.run(against(drip, timed, deadline_s=SHORT_S))
    assert isinstance(answer, Unclear)
    assert SHORT_S - 0.1 < took_s < SHORT_S + 1


def test_a_dripping_sign_in_sent_nothing_of_ours() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await message(reader)
        for byte in http("200 OK", b" " * 500):
            writer.write(bytes((byte,)))
            await writer.drain()
            await asyncio.sleep(SHORT_S / 6)

    async def run() -> tuple[Answer, float]:
        async with serving(drip) as port:
            found: tuple[Answer, float] = await asking(port, timed, deadline_s=SHORT_S)
            return found

    answer, took_s = asyncio.run(run())
    assert isinstance(answer, Wait)
    assert not answer.may_have_applied
    assert took_s < SHORT_S + 1
