"""Whoever cannot prove to be Echo360 is told nothing (reliability fault 26, S5): real TLS on real sockets.

Each refusal says what happened and what to do; a certificate of the office's own authority is believed once that
authority is named. There is no way to switch the checks off.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from echodesk.capture.client import Echo360
from echodesk.capture.settings import CaptureSettings
from echodesk.errors import CaptureTrouble
from echodesk.planning.answers import Answer, Done, Wait
from echodesk.worker.clock import MachineClock
from tests.capture.world import booking, row, settings
from tests.end_to_end.certificates import Office
from tests.end_to_end.scripted import TOKEN, Peer, http, message, serving

BODY = json.dumps(row()).encode()
Shown = Callable[[Office], ssl.SSLContext]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


class Echo360Server:
    """Signs in and books whoever asks; counts what it was told, the secret first of all."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            asked = await message(reader)
            self.heard.append(asked)
            writer.write(http("200 OK", TOKEN) if b"/oauth2/" in asked else http("201 Created", BODY))
            await writer.drain()


def asking(port: int, office: Office | None) -> CaptureSettings:
    base = settings(base_url=f"https://127.0.0.1:{port}", deadline_s=3.0)
    return base if office is None else replace(base, ca_file=office.ca_file)


async def asked(peer: Peer, tls: ssl.SSLContext | None, named: Office | None) -> Answer:
    async with serving(peer, tls) as port:
        echo = Echo360(asking(port, named), MachineClock("Europe/London"))
        try:
            return (await echo.create(booking())).answer
        finally:
            await echo.close()


def answer_of(tls: ssl.SSLContext, named: Office | None) -> tuple[Answer, list[bytes]]:
    """What a client makes of a server that shows this, and what the server got to know."""
    server = Echo360Server()
    return asyncio.run(asked(server, tls, named)), server.heard


def test_a_proper_certificate_of_the_offices_own_authority_is_believed(office: Office) -> None:
    answer, heard = answer_of(office.proper(), office)
    assert isinstance(answer, Done)
    assert len(heard) == 2


@pytest.mark.parametrize(
    ("shown", "what", "todo"),
    [
        (Office.expired, "has expired", "Check this machine's date"),
        (Office.not_yet_valid, "is not valid yet", "Check this machine's date"),
        (Office.self_signed, "signed by nobody but itself", "its administrator has to"),
        (Office.of_another_host, "belongs to another host", "Check the address"),
        (Office.of_an_unknown_authority, "authority that is not known", "its administrator has to"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_who_cannot_prove_it_is_told_nothing(office: Office, shown: Shown, what: str, todo: str) -> None:
    answer, heard = answer_of(shown(office), office)
    assert isinstance(answer, Wait)
    assert not answer.may_have_applied
    assert answer.text.startswith("Echo360's ")
    assert "was refused: 127.0.0.1: " in answer.text
    assert what in answer.text
    assert todo in answer.text
    assert "Nothing was sent; EchoDesk tries again by itself." in answer.text
    assert heard == []


def test_nothing_older_than_tls_1_2_is_spoken(office: Office) -> None:
    """The server's own alert is met here, which asyncio's servers keep to themselves."""
    old = office.old()

    async def shake_hands(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = old.wrap_bio(incoming, outgoing, server_side=True)
        incoming.write(await reader.read(65_536))
        with pytest.raises(ssl.SSLError):
            server.do_handshake()
        writer.write(outgoing.read())
        await writer.drain()

    answer = asyncio.run(asked(shake_hands, None, office))
    assert isinstance(answer, Wait)
    assert not answer.may_have_applied
    assert "nothing newer than TLS 1.1" in answer.text
    assert "has to allow TLS 1.2" in answer.text


def test_an_authority_that_was_not_named_is_not_known(office: Office) -> None:
    """Also what a proxy shows that inspects traffic: the right name, by the network's own authority."""
    answer, heard = answer_of(office.proper(), None)
    assert isinstance(answer, Wait)
    assert "inspects encrypted traffic" in answer.text
    assert heard == []


def test_the_environment_cannot_name_an_authority(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(office.ca_file))
    monkeypatch.setenv("SSL_CERT_DIR", str(office.ca_file.parent))
    answer, heard = answer_of(office.proper(), None)
    assert isinstance(answer, Wait)
    assert heard == []


def test_a_certificate_that_changes_between_two_connections_is_checked_again(office: Office) -> None:
    """Whoever takes the address over later is a stranger, and back in place everything goes on."""
    shown = (office.proper, office.of_an_unknown_authority, office.self_signed, office.proper)

    async def run() -> list[Answer]:
        answers = []
        port = 0
        echo: Echo360 | None = None
        for make in shown:
            async with serving(Echo360Server(), make(), port) as port:
                echo = echo or Echo360(asking(port, office), MachineClock("Europe/London"))
                answers.append((await echo.create(booking())).answer)
                await drop_connections(echo)
        return answers

    answers = asyncio.run(run())
    assert [type(answer) for answer in answers] == [Done, Wait, Wait, Done]


async def drop_connections(echo: Echo360) -> None:
    """The network lets go of what is open; a closed client opens new connections when it is asked again."""
    await echo.close()


def test_a_server_without_encryption_is_no_echo360(office: Office) -> None:
    heard: list[bytes] = []

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(65_536))
        writer.write(http("400 Bad Request", b""))
        await writer.drain()

    answer = asyncio.run(asked(plain, None, office))
    assert isinstance(answer, Wait)
    assert "Echo360's encryption was refused" in answer.text
    assert not any(b"HTTP/1.1" in each for each in heard)


def test_a_server_that_never_shakes_hands_is_given_up_and_nothing_stays_open(office: Office) -> None:
    ended: list[bytes] = []

    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        ended.append(await reader.read(-1))

    answer = asyncio.run(asked(silent, None, office))
    assert isinstance(answer, Wait)
    assert not answer.may_have_applied
    assert len(ended) == 1, "the server never saw the connection end"


def test_an_authority_that_cannot_be_read_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "word.pem").write_text("not a certificate\n")
    for name in ("word.pem", "missing.pem"):
        with pytest.raises(CaptureTrouble, match="own certificate authority") as refused:
            Echo360(settings(ca_file=tmp_path / name), MachineClock("Europe/London"))
        assert "PEM" in refused.value.next_step
