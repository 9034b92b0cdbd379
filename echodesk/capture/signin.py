"""Signing in: client credentials, then refresh tokens that are each used once (API facts §2)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec

from echodesk.capture.answers import UNSENT, Seen, shut_out, sign_in_trouble
from echodesk.capture.budget import Budget, Clock
from echodesk.capture.line import Got, Line, NotSent, Progress, Unanswered
from echodesk.capture.parsing import Unreadable, decoded
from echodesk.capture.settings import CaptureSettings
from echodesk.planning.answers import Answer, Wait

PATH = "/oauth2/access_token"
SIGN_INS = "sign_ins"
AHEAD_S = 600.0
"""A token is renewed when it has less than this to live, or less than half its life."""
DEFAULT_LIFE_S = 3600.0
REFUSING = frozenset({400, 401, 403, 404, 405, 410, 422})
"""Statuses of the token endpoint that mean "these credentials, or this address, are wrong"."""


class _Tokens(msgspec.Struct):
    access_token: str
    expires_in: int | float | None = None
    refresh_token: str | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A right to call: the header's value. Each sign-in makes one of its own."""

    authorization: bytes


class SignIn:
    """Keeps one access token. Only one sign-in runs at a time; those who wait for it share what came of it.

    It is a task of its own, and ends by itself: whoever gives up waiting for it leaves it to those who come next.
    `close` it at the end.
    """

    def __init__(self, settings: CaptureSettings, line: Line, budget: Budget, clock: Clock) -> None:
        self._client_id = settings.client_id
        self._client_secret = settings.client_secret
        self._line = line
        self._budget = budget
        self._clock = clock
        self._deadline_s = settings.deadline_s
        self._running: asyncio.Task[Signed | Answer] | None = None
        self._signed: Signed | None = None
        self._access_token = ""
        self._refresh_token: str | None = None
        self._renew_at = 0.0
        self._ends_at = 0.0

    def __repr__(self) -> str:
        return f"SignIn({'signed in' if self._signed else 'not signed in'})"

    async def current(self) -> Signed | Answer:
        """The token at hand, renewed in good time. A `Wait` never means that something may have taken effect.

        Only one call waits for a renewal. Where there is no token, all have to wait. Who waited for the sign-in of
        another takes another turn: all those turns at once, with those of now, would be more than the call limit.
        """
        waits = self._running is not None
        if self._signed is not None and self._clock.monotonic() < (self._ends_at if waits else self._renew_at):
            return self._signed
        signed = await self._again(self._signed)
        if waits and isinstance(signed, Signed):
            await self._budget.turn(first=True)
        return signed

    async def anew(self, refused: Signed) -> Signed | Answer:
        """After a 401: another token than the refused one, by the credentials themselves."""
        if self._signed is refused:
            self._signed = None
            self._refresh_token = None
        return await self._again(refused)

    async def close(self) -> None:
        """Give up a sign-in that is under way."""
        if self._running is not None:
            running = self._running
            running.cancel()
            await asyncio.wait({running})

    async def _again(self, known: Signed | None) -> Signed | Answer:
        if self._signed is not None and self._signed is not known:
            return self._signed
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        running = self._running
        # Unlike awaiting it, this does not end it together with its caller.
        await asyncio.wait({running})
        return running.result()

    async def _run(self) -> Signed | Answer:
        try:
            outcome = await self._sign_in()
        finally:
            self._running = None
        if isinstance(outcome, Wait) and self._signed is not None:
            # The token endpoint is in trouble, but the token at hand still lives.
            now = self._clock.monotonic()
            if now < self._ends_at:
                self._renew_at = now + outcome.seconds
                return self._signed
        return outcome

    async def _sign_in(self) -> Signed | Answer:
        # Taken away before it is sent: a refresh token works once, also when its answer is lost.
        refresh_token, self._refresh_token = self._refresh_token, None
        if refresh_token is not None:
            outcome = await self._grant(
                {"grant_type": "refresh_token", "client_id": self._client_id, "refresh_token": refresh_token}
            )
            self._line.forget_secret(refresh_token)
            if isinstance(outcome, Signed):
                return outcome
        return await self._grant(
            {
                "grant_type": "client_credentials",
                "client_id": self._client_id,
                "client_secret": self._client_secret,
            }
        )

    async def _grant(self, form: dict[str, str]) -> Signed | Answer:
        await self._budget.turn(first=True)
        try:
            async with asyncio.timeout(self._deadline_s):
                got = await self._line.send(
                    "POST",
                    PATH,
                    urlencode(form).encode("ascii"),
                    b"",
                    None,
                    Progress(),
                    content_type=b"application/x-www-form-urlencoded",
                    counted_as=SIGN_INS,
                )
        except TimeoutError:
            return sign_in_trouble(f"Signing in to Echo360: no answer within {self._deadline_s:g} seconds.")
        if isinstance(got, NotSent):
            return UNSENT.answer(Seen("POST", got))
        if isinstance(got, Unanswered):
            return sign_in_trouble(f"Signing in to Echo360: {got.text}")
        if got.retry_after_s is not None:
            self._budget.hold(got.retry_after_s)
        return self._taken(got)

    def _taken(self, got: Got) -> Signed | Answer:
        if got.status in REFUSING:
            return shut_out(
                f"Echo360 does not accept the client id and secret (status {got.status}). "
                "Check them, and the address."
            )
        if got.status not in (200, 201):
            text = f"Signing in to Echo360 failed with status {got.status}."
            return sign_in_trouble(text) if got.retry_after_s is None else sign_in_trouble(text, got.retry_after_s)
        try:
            tokens = msgspec.convert(decoded(got.body), _Tokens)
            authorization = f"Bearer {tokens.access_token}".encode("ascii")
        except (Unreadable, msgspec.ValidationError, UnicodeError):
            # Never quoted: it may hold half of a token.
            return sign_in_trouble("Echo360's answer to the sign-in cannot be read.")
        if not tokens.access_token.isprintable() or not tokens.access_token:
            return sign_in_trouble("Echo360's answer to the sign-in holds no token.")
        return self._keep(tokens, authorization)

    def _keep(self, tokens: _Tokens, authorization: bytes) -> Signed:
        self._line.forget_secret(self._access_token)
        self._line.keep_secret((tokens.access_token, tokens.refresh_token or ""))
        life_s = float(tokens.expires_in) if tokens.expires_in and tokens.expires_in > 0 else DEFAULT_LIFE_S
        now = self._clock.monotonic()
        self._access_token = tokens.access_token
        self._refresh_token = tokens.refresh_token
        self._ends_at = now + life_s
        self._renew_at = self._ends_at - min(AHEAD_S, life_s / 2)
        self._signed = Signed(authorization)
        return self._signed
