"""Signed calls with one total deadline: what is sent, sent again after a 401, and what came of it."""

from __future__ import annotations

import asyncio

from echodesk.capture.answers import UNSENT, Seen, bounced, says_token_expired, shut_out, unclear
from echodesk.capture.budget import Budget, Clock
from echodesk.capture.door import Door
from echodesk.capture.line import Got, Line, NotSent, Progress, Still, always
from echodesk.capture.settings import CaptureSettings
from echodesk.capture.signin import Signed, SignIn
from echodesk.planning.answers import Answer, Exchange, NotAllowed

Outcome = Got | Answer
"""`Got` is an answer of Echo360's API that is neither 401, 403, 429, 5xx nor a redirect."""

DEADLINE_RETRY_S = 5.0
SIGN_INS_A_CALL = 3
"""A call signs in anew at most so often, and more than once only if its new token had let somebody in."""


class Calls:
    """Everything that EchoDesk asks of Echo360 goes through here."""

    def __init__(
        self, settings: CaptureSettings, line: Line, budget: Budget, sign_in: SignIn, clock: Clock
    ) -> None:
        self._deadline_s = settings.deadline_s
        self._line = line
        self._budget = budget
        self._sign_in = sign_in
        self.door = Door(clock)
        self._let_in = b""
        """The token with which Echo360 last answered what was asked."""

    async def turn(self) -> None:
        """One call's worth of the call budget."""
        await self._budget.turn()

    async def send(
        self, method: str, path: str, body: bytes, exchanges: list[Exchange], still: Still = always
    ) -> Outcome:
        """One call for which the turn was taken already; over within the deadline whatever happens (H8).

        Waiting for somebody to be signed in does not count: that has a deadline of its own, and waits for a turn.
        After a 401 it signs in anew and sends once more, which takes a turn of its own.
        """
        async with self.door.passage() as passage:
            if passage.shut is not None:
                return passage.shut
            signed = await self._sign_in.current()
            if isinstance(signed, Signed):
                outcome = await self._in_time(method, path, body, exchanges, still, signed)
            else:
                outcome = signed
            passage.let_in = True if isinstance(outcome, Got) else None
            if isinstance(outcome, NotAllowed):
                self.door.shut(outcome)
            return outcome

    async def ask(self, path: str, exchanges: list[Exchange]) -> Outcome:
        """A GET with a turn of its own."""
        await self._budget.turn()
        return await self.send("GET", path, b"", exchanges)

    async def _in_time(
        self, method: str, path: str, body: bytes, exchanges: list[Exchange], still: Still, signed: Signed
    ) -> Outcome:
        progress = Progress()
        try:
            async with asyncio.timeout(self._deadline_s):
                return await self._send(method, path, body, exchanges, progress, still, signed)
        except TimeoutError:
            text = f"No answer within {self._deadline_s:g} seconds."
            if progress.on_the_wire:
                return unclear(text)
            return UNSENT.answer(Seen(method, NotSent(DEADLINE_RETRY_S, text)))

    async def _send(
        self,
        method: str,
        path: str,
        body: bytes,
        exchanges: list[Exchange],
        progress: Progress,
        still: Still,
        signed: Signed | Answer,
    ) -> Outcome:
        for attempt in range(SIGN_INS_A_CALL + 1):
            if not isinstance(signed, Signed):
                return signed
            came = await self._line.send(
                method, path, body, signed.authorization, exchanges, progress, still=still
            )
            if isinstance(came, Got) and (came.status == 401 or (came.status == 403 and says_token_expired(came))):
                # A new token that let somebody in was taken back since; one that lets nobody in stops everything.
                if attempt == SIGN_INS_A_CALL or (attempt and signed.authorization != self._let_in):
                    return shut_out("Echo360 refuses a token it has just given. Check the client's permissions.")
                signed = await self._sign_in.anew(signed)
                if isinstance(signed, Signed):
                    await self._budget.turn(first=True)
                continue
            if isinstance(came, Got):
                if came.status < 500 and came.status not in (403, 429):
                    self._let_in = signed.authorization
                if came.retry_after_s is not None:
                    self._budget.hold(came.retry_after_s)
                if came.status == 429:
                    self._budget.throttled()
            return bounced(came)
        raise AssertionError("the last sending always returns")
