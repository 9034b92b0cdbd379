"""One HTTP call on one line to Echo360: bounded in time and size, never redirected, never quoting a secret.

httpx's transport is used without its client on top: no cookies, no environment and no redirects exist there at
all, and a call costs less processor time (desktop §4 measured the client).
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import cast

import httpx

from echodesk.capture.budget import Clock
from echodesk.capture.settings import CaptureSettings
from echodesk.capture.trust import context, distrust
from echodesk.planning.answers import Exchange

REPLY_LIMIT = 20 * 1024 * 1024
REPLY_SHOWN = 2000
CONNECT_S = 5.0
CONNECT_SHARE = 0.4
"""Of the deadline of a call: its two steps, the socket's and TLS's, fit in."""
# Servers close idle connections after 5 s at the earliest (uvicorn's default); a request on a connection that is
# just being closed would be ambiguous for nothing, so ours is given up first.
KEEP_S = 4.0
LEAST_WAIT_S = 1.0
LONGEST_WAIT_S = 3600.0
"""What Echo360 asks for is taken as at least and at most so long (reliability H3)."""
FIRST_BARE_WAIT_S = 5.0
LONGEST_BARE_WAIT_S = 300.0
"""After a 429 that does not say how long; doubled each time."""
BACKOFF_LIMIT_S = 60.0
NOT_OURS_S = 1.0
"""Until it is asked again whether we are the ones who send."""


@dataclass(frozen=True, slots=True)
class Got:
    """A complete HTTP answer."""

    status: int
    content_type: str
    body: bytes
    retry_after_s: float | None
    """How long Echo360 is not to be asked anything: as told, 1 s to an hour; after a 429 that says nothing
    sensible longer each time; None if there is no such wish."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nothing reached Echo360; worth another try after `seconds`."""

    seconds: float
    text: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The request may have reached Echo360, and no complete answer came back."""

    text: str


class Progress:
    """Whether the request in hand is somewhere between us and Echo360."""

    __slots__ = ("on_the_wire",)

    def __init__(self) -> None:
        self.on_the_wire = False


Still = Callable[[], bool]
"""Asked right before a request: False if it may not be sent any more, for whatever reason."""


def always() -> bool:
    """Nothing can have changed meanwhile."""
    return True


class Line:
    """Sends single requests over at most eight connections that live as long as the program."""

    def __init__(
        self, settings: CaptureSettings, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.origin = settings.base_url
        self._clock = clock
        self._base = httpx.URL(settings.base_url)
        # Most requests of a first fill go to one address, and httpx parses an address anew each time.
        self._url = lru_cache(maxsize=64)(self._url_of)
        self._transports = [transport] if transport is not None else _transports(settings)
        # Each connection has a pool of its own: for each request httpcore looks at every connection of the pool
        # whether it still lives, and at every waiting request whether it can go. Waiting here is cheaper.
        self._free = self._transports * (settings.connections // len(self._transports))
        self._connections = asyncio.Semaphore(len(self._free))
        # Connecting is given up well before the call is: then it is certain that nothing was sent.
        connect_s = min(CONNECT_S, settings.deadline_s * CONNECT_SHARE)
        self._extensions = {"timeout": httpx.Timeout(settings.deadline_s, connect=connect_s).as_dict()}
        self._host = self._base.netloc
        self._secrets: set[str] = {settings.client_secret}
        self._failed_connects = 0
        self._bare_limits = 0
        self._held_until = float("-inf")
        self.calls: Counter[str] = Counter()
        self.may_send: Callable[[], bool] = lambda: True
        """Asked right before each request: False while another program may be the one that sends."""
        self.may_write: Callable[[], bool] = lambda: True
        """Asked right before each request that changes something: False while staff have paused everything."""

    def keep_secret(self, words: Iterable[str]) -> None:
        """From now on these texts never appear in an exchange or a message."""
        self._secrets = {word for word in (*self._secrets, *words) if word}

    def forget_secret(self, word: str) -> None:
        """A token that was replaced need not be looked for any more."""
        self._secrets.discard(word)

    def clean(self, text: str) -> str:
        """The text with every secret struck out."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, "***")
        return text

    def _clean_bytes(self, body: bytes) -> bytes:
        for secret in self._secrets:
            body = body.replace(secret.encode("utf-8"), b"***")
        return body

    async def send(
        self,
        method: str,
        path: str,
        body: bytes,
        authorization: bytes,
        exchanges: list[Exchange] | None,
        progress: Progress,
        *,
        content_type: bytes = b"application/json",
        counted_as: str | None = None,
        still: Still = always,
    ) -> Got | NotSent | Unanswered:
        """One call, at once, if it is `still` wanted. It is recorded in `exchanges` whatever happens, cancelling
        included."""
        async with self._connections:
            if not self.may_send():
                return NotSent(NOT_OURS_S, "It is not certain that this EchoDesk is still the one that sends.")
            if method != "GET" and counted_as is None and not self.may_write():
                return NotSent(NOT_OURS_S, "Everything is paused.")
            if not still():
                return NotSent(0.0, "It was held back right before it was sent.")
            if (held_s := self._held_until - self._clock.monotonic()) > 0:
                # Whoever took a turn before Echo360 asked to wait has to wait as well.
                return NotSent(held_s, "Echo360 asked to wait.")
            self.calls[counted_as or method] += 1
            started = self._clock.monotonic()
            outcome: Got | NotSent | Unanswered = Unanswered("The call was cut off before an answer came.")
            # Not reset when cancelled: then the deadline has to know.
            progress.on_the_wire = True
            try:
                outcome = self._heeded(await self._exchange(method, path, body, authorization, content_type))
                progress.on_the_wire = False
            finally:
                if exchanges is not None:
                    took_ms = int((self._clock.monotonic() - started) * 1000)
                    exchanges.append(self._record(method, path, body, outcome, took_ms))
        return outcome

    async def close(self) -> None:
        """Give back all connections."""
        for transport in self._transports:
            await transport.aclose()

    def _url_of(self, path: str) -> httpx.URL:
        return self._base.copy_with(raw_path=path.encode("ascii"))

    async def _exchange(
        self, method: str, path: str, body: bytes, authorization: bytes, content_type: bytes
    ) -> Got | NotSent | Unanswered:
        headers = [
            (b"Host", self._host),
            (b"Accept", b"application/json"),
            # A compressed answer could unpack to any size; ours are small.
            (b"Accept-Encoding", b"identity"),
        ]
        if authorization:
            headers.append((b"Authorization", authorization))
        if body:
            headers.append((b"Content-Type", content_type))
        if body or method in ("POST", "PUT"):
            headers.append((b"Content-Length", b"%d" % len(body)))
        request = httpx.Request(
            method,
            self._url(path),
            headers=headers,
            stream=httpx.ByteStream(body),
            extensions=self._extensions,
        )
        transport = self._free.pop()
        try:
            response = await transport.handle_async_request(request)
            try:
                got = await _whole(response, self._clock.utc_now())
            finally:
                await response.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as problem:
            self._failed_connects += 1
            seconds = min(BACKOFF_LIMIT_S, 2.0 ** min(self._failed_connects - 1, 6))
            return NotSent(seconds, self.clean(self._unreachable(problem)))
        except httpx.TransportError as problem:
            return Unanswered(self.clean(f"No complete answer: {_words(problem)}"))
        finally:
            self._free.append(transport)
        self._failed_connects = 0
        if isinstance(got, Got) and got.status >= 300:
            # The words of a refusal go on to people: what a server echoes is struck out before anyone reads it.
            return replace(got, body=self._clean_bytes(got.body))
        return got

    def _unreachable(self, problem: httpx.TransportError) -> str:
        """Why nothing could be sent: what happened, and what to do where a person can do something."""
        trouble = distrust(problem, self._base.host)
        if trouble is not None:
            return f"{trouble} {trouble.next_step}"
        return f"Echo360 cannot be reached: {_words(problem)}"

    def _heeded(self, outcome: Got | NotSent | Unanswered) -> Got | NotSent | Unanswered:
        """The answer, with the wait that it asks for put into force for the whole line (reliability H3)."""
        if not isinstance(outcome, Got):
            return outcome
        if outcome.status != 429:
            self._bare_limits = 0
        elif outcome.retry_after_s is None:
            bare_s = min(LONGEST_BARE_WAIT_S, FIRST_BARE_WAIT_S * 2.0 ** min(self._bare_limits, 10))
            self._bare_limits += 1
            outcome = replace(outcome, retry_after_s=bare_s)
        if outcome.retry_after_s is not None:
            self._held_until = max(self._held_until, self._clock.monotonic() + outcome.retry_after_s)
        return outcome

    def _record(
        self, method: str, path: str, body: bytes, outcome: Got | NotSent | Unanswered, took_ms: int
    ) -> Exchange:
        if isinstance(outcome, Got):
            status = outcome.status
            # Four bytes are the longest character in UTF-8: enough is decoded, and no more.
            reply = outcome.body[: REPLY_SHOWN * 4].decode("utf-8", "replace")
        else:
            status, reply = 0, outcome.text
        # Struck out before the cut, so that no half of a secret is left at its edge.
        reply = self.clean(reply)[:REPLY_SHOWN]
        return Exchange(method, path, self.clean(body.decode("utf-8")), status, reply, took_ms)


def _transports(settings: CaptureSettings) -> list[httpx.AsyncBaseTransport]:
    """One for each connection."""
    checked_by = context(settings.ca_file)
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEEP_S)
    return [
        httpx.AsyncHTTPTransport(verify=checked_by, trust_env=False, limits=limits, retries=0)
        for _ in range(settings.connections)
    ]


async def _whole(response: httpx.Response, now: dt.datetime) -> Got | Unanswered:
    """The whole body, or why not. A body that drips is ended by the caller's deadline."""
    encoding = response.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        return Unanswered(f"The answer is packed ({encoding}) although that was not asked for.")
    parts: list[bytes] = []
    size = 0
    async for part in cast(httpx.AsyncByteStream, response.stream):
        size += len(part)
        if size > REPLY_LIMIT:
            return Unanswered("The answer is larger than 20 MB.")
        parts.append(part)
    headers = response.headers
    return Got(
        response.status_code,
        headers.get("content-type", ""),
        b"".join(parts),
        _retry_after_s(headers, now) if response.status_code in (429, 503) else None,
    )


def _retry_after_s(headers: httpx.Headers, now: dt.datetime) -> float | None:
    """Seconds, or an HTTP date measured against the server's own Date, or against ours if it sent none; what makes
    no sense counts as none (fault 10)."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        # A number of any length must not cost time to convert.
        seconds = float(text[:12])
    else:
        until, sent = _http_date(text), _http_date(headers.get("date", "")) or now
        if until is None or until < sent:
            return None
        seconds = (until - sent).total_seconds()
    return max(LEAST_WAIT_S, min(seconds, LONGEST_WAIT_S))


def _http_date(text: str) -> dt.datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)


def _words(problem: Exception) -> str:
    return f"{type(problem).__name__} {problem}".strip()
