"""Signed calls with one total deadline: what is sent, sent again after a 401, and what came of it."""

from __future__ import annotations

import asyncio

from echodesk.capture.answers import bounced, says_token_expired
from echodesk.capture.budget import Budget
from echodesk.capture.line import Got, Line, NotSent, Progress, Unanswered
from echodesk.capture.settings import CaptureSettings
from echodesk.capture.signin import Signed, SignIn
from echodesk.planning.answers import Exchange, NotAllowed, Unclear, Wait

Outcome = Got | Wait | Unclear | NotAllowed
"""`Got` is an answer of Echo360's API that is neither 401, 403, 429, 5xx nor a redirect."""

DEADLINE_RETRY_S = 5.0


class Calls:
    """Everything that EchoDesk asks of Echo360 goes through here."""

    def __init__(self, settings: CaptureSettings, line: Line, budget: Budget, sign_in: SignIn) -> None:
        self._deadline_s = settings.deadline_s
        self._line = line
        self._budget = budget
        self._sign_in = sign_in

    async def turn(self) -> None:
        """One call's worth of the call budget."""
        await self._budget.turn()

    async def send(self, method: str, path: str, body: bytes, exchanges: list[Exchange]) -> Outcome:
        """One call for which the turn was taken already; over within the deadline whatever happens (H8).

        After a 401 it signs in anew and sends once more, which takes a turn of its own.
        """
        progress = Progress()
        try:
            async with asyncio.timeout(self._deadline_s):
                return await self._send(method, path, body, exchanges, progress)
        except TimeoutError:
            text = f"No answer within {self._deadline_s:g} seconds."
            if progress.on_the_wire:
                return Unclear(text)
            return Wait(DEADLINE_RETRY_S, may_have_applied=False, text=text)

    async def ask(self, path: str, exchanges: list[Exchange]) -> Outcome:
        """A GET with a turn of its own."""
        await self._budget.turn()
        return await self.send("GET", path, b"", exchanges)

    async def _send(
        self, method: str, path: str, body: bytes, exchanges: list[Exchange], progress: Progress
    ) -> Outcome:
        signed = await self._sign_in.current()
        for last in (False, True):
            if not isinstance(signed, Signed):
                return signed
            got = await self._line.send(method, path, body, signed.authorization, exchanges, progress)
            if isinstance(got, NotSent):
                return Wait(got.seconds, may_have_applied=False, text=got.text)
            if isinstance(got, Unanswered):
                return Unclear(got.text)
            if got.status == 401 or (got.status == 403 and says_token_expired(got)):
                if last:
                    return NotAllowed("Echo360 refuses a token it has just given. Check the client's permissions.")
                signed = await self._sign_in.anew(signed)
                if isinstance(signed, Signed):
                    await self._budget.turn()
                continue
            outcome = bounced(got)
            if isinstance(outcome, Wait) and (got.status == 429 or got.retry_after_s is not None):
                self._budget.hold(outcome.seconds)
            return outcome or got
        raise AssertionError("the second sending always returns")
