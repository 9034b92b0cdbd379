"""One request on the wire, until its end is known (design §4.10).

What the answer asks for is done here at once: a missing room or section is looked for or made, an external id
that exists is read and put right, a PUT of what is gone becomes a POST. Everything that Echo360 holds differently
from the mirror is a surprise; the worker lists the room afresh.
"""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from echodesk.errors import TimetableFault
from echodesk.planning.answers import (
    Answer,
    CannotSupply,
    Clash,
    Class,
    Done,
    Exchange,
    Exists,
    Gone,
    InPast,
    Kind,
    Missing,
    NoDevice,
    NotAllowed,
    ReferenceFacts,
    Refused,
    Reply,
    Supplied,
    Wait,
    class_of,
    words_of,
)
from echodesk.planning.undoing import booking_of
from echodesk.planning.values import Booking, Method, Request, Standing
from echodesk.worker.ports import Capture
from echodesk.worker.wording import SENT_IN_A_BURST, spent_text
from echodesk.worker.work import Fate, Result

SUPPLY_TRIES = 2
"""A request is sent again at most this often for each different missing thing (decisions)."""

END: Mapping[type[Answer], Fate] = {
    Clash: Fate.CLASH,
    InPast: Fate.TOO_LATE,
    NoDevice: Fate.NO_DEVICE,
    Refused: Fate.REFUSED,
    Missing: Fate.REFUSED,
}
"""How a definite no ends a request, once everything that can be done at once was done. All other answers have
their end by their class (`class_of`); what the fates lead to is in `settle`."""

Facts = Callable[[Booking], Awaitable[ReferenceFacts]]
MaySend = Callable[[Request, int, int | None], Fate | None]
"""(request, lead time in minutes, own pause): None if it may be sent now, else what becomes of it."""
Pause = Callable[[float], Awaitable[None]]
"""Waits for so many seconds, while other requests are sent in this one's place."""
Turn = Callable[[], Awaitable[None]]
"""Waits until Echo360 need not be waited for any more, and takes a turn of the call budget."""
Told = Callable[[Wait | NotAllowed | None], Awaitable[None]]
"""Tells that Echo360 asked to wait, or does not let us in, or (None) that it answered well."""


KEEPS_ITS_ID = (
    "Echo360 keeps the external id that a schedule was made with, so it cannot change hands. It stays as it was."
)
NOT_YET_BACK = "What its owner wrote is put back as soon as it may be sent."


class Sender:
    """Carries single requests to their end. One instance serves all of the worker's connections."""

    def __init__(
        self, capture: Capture, facts: Facts, pause: Pause, turn: Turn, may_send: MaySend, told: Told
    ) -> None:
        self._capture = capture
        self._facts = facts
        self._pause = pause
        self._turn = turn
        self._may_send = may_send
        self._told = told

    async def carry(self, request: Request, sends_left: int, lead: int, under: int | None = None) -> Result:
        """Send one request; whatever happens, its end is a `Result`. The same request goes out at most
        `sends_left` times, whatever Echo360 answers (reliability H1). `lead` is the lead time in minutes by which
        it was planned. The pause `under` which it takes a batch back does not hold it."""
        return await _Carrying(
            request,
            self._capture,
            self._facts,
            self._pause,
            self._turn,
            lambda asked: self._may_send(asked, lead, under),
            self._told,
            sends_left,
        ).run()


class _Carrying:
    def __init__(
        self,
        request: Request,
        capture: Capture,
        facts: Facts,
        pause: Pause,
        turn: Turn,
        may_send: Callable[[Request], Fate | None],
        told: Told,
        sends_left: int,
    ) -> None:
        self._request = request
        self._sends_left = sends_left
        self._sent: Counter[tuple[Method, Booking | None]] = Counter()
        self._capture = capture
        self._facts = facts
        self._pause = pause
        self._turn = turn
        self._may_send = may_send
        self._told = told
        self._exchanges: list[Exchange] = []
        self._missing: Counter[Kind] = Counter()
        self._supplied: Counter[Kind] = Counter()
        self._person: str | None = None
        self._notes: list[str] = []
        self._surprised = False
        self._found_before = False
        self._gone: list[str] = []
        self._wires = 0
        """How often the request went out, the call at hand included."""
        self._kept = False
        """The call at hand was held back here: what comes of it says nothing of Echo360."""

    async def run(self) -> Result:
        request = self._request
        if request.method is Method.DELETE and request.standing is not None:
            return await self._remove(request.standing)
        if request.booking is None:
            raise ValueError(f"request {request.number} has nothing to book")
        if request.method is Method.PUT and request.standing is not None:
            return await self._change(request.booking, request.standing)
        return await self._create(request.booking)

    # ---- the three methods --------------------------------------------------------------------------------

    async def _create(self, booking: Booking) -> Result:
        while True:
            # What steps aside, or is found gone, is made again with all that it said.
            before = self._request.standing
            answer = await self._send(
                Method.POST, booking, functools.partial(self._capture.create, booking, self._still, before)
            )
            if isinstance(answer, Result):
                return answer
            if isinstance(answer, Done):
                return self._done(booking, answer.standing)
            if isinstance(answer, Exists):
                return await self._exists(booking)
            again = await self._answered(booking, answer)
            if isinstance(again, Result):
                return again
            booking = again

    async def _change(self, booking: Booking, standing: Standing) -> Result:
        while True:
            answer = await self._send(
                Method.PUT, booking, functools.partial(self._capture.change, booking, standing, self._still)
            )
            if isinstance(answer, Result):
                return answer
            if isinstance(answer, Done):
                if answer.standing is not None and (answer.standing.external_id or "") != booking.external_id:
                    if not booking.external_id:
                        return dataclasses.replace(
                            self._result(Fate.REFUSED, KEEPS_ITS_ID), stands=answer.standing
                        )
                    if not standing.ours:
                        return await self._give_back(standing, answer.standing)
                    return await self._hand_over(booking, answer.standing)
                return self._done(booking, answer.standing)
            if isinstance(answer, Gone):
                self._surprised = True
                self._gone.append(standing.echo_id)
                if not booking.external_id or not standing.ours:
                    # Its owner took it away: nothing is left to be adopted, or given back.
                    return self._result(Fate.REFUSED, answer.text)
                return await self._create(booking)
            again = await self._answered(booking, answer)
            if isinstance(again, Result):
                return again
            booking = again

    async def _remove(self, standing: Standing) -> Result:
        answer = await self._send(
            Method.DELETE, None, functools.partial(self._capture.remove, standing, self._still)
        )
        if isinstance(answer, Result):
            return answer
        if isinstance(answer, Done | Gone):
            self._gone.append(standing.echo_id)
            if isinstance(answer, Gone):
                # Or another server of Echo360's lags behind: only a listing tells (design §2).
                self._surprised = True
                self._notes.append("It was already gone from Echo360.")
            return self._result(Fate.DONE)
        return self._failed(answer)

    async def _hand_over(self, booking: Booking, standing: Standing) -> Result:
        """Echo360 kept the old external id: the schedule is made anew under the new one."""
        removed = await self._remove(standing)
        if removed.fate is not Fate.DONE:
            # The change took effect all the same: the new words stand under the old id.
            return dataclasses.replace(removed, stands=standing, surprised=True)
        return await self._create(booking)

    async def _give_back(self, standing: Standing, taken: Standing) -> Result:
        """Echo360 kept the external id of what others booked: it says again what it said before. What could not be
        put back now is put back later (`giving_back`); until then it stands as `taken`."""
        back = booking_of(standing, None)
        answer = await self._send(
            Method.PUT, back, functools.partial(self._capture.change, back, standing, self._still)
        )
        if isinstance(answer, Done):
            return dataclasses.replace(self._result(Fate.REFUSED, KEEPS_ITS_ID), stands=answer.standing)
        self._surprised = True
        if isinstance(answer, Gone):
            self._gone.append(standing.echo_id)
            return self._result(Fate.REFUSED, answer.text)
        unclear = isinstance(answer, Result) and answer.fate is Fate.UNCLEAR
        fate = Fate.UNCLEAR if unclear else Fate.REFUSED
        return dataclasses.replace(self._result(fate, f"{KEEPS_ITS_ID} {NOT_YET_BACK}"), stands=taken)

    async def _exists(self, booking: Booking) -> Result:
        """Already there by an earlier try, or by someone else's hand: read it, and put it right."""
        if self._found_before:
            return self._result(Fate.CLASH, "Echo360 says that this external id exists, then that it does not.")
        self._surprised = self._found_before = True
        reply = await self._capture.read(booking.external_id)
        self._exchanges.extend(reply.exchanges)
        answer = reply.answer
        if not isinstance(answer, Done) or answer.standing is None:
            return self._result(Fate.CLASH, "Echo360 says that this external id exists, but does not show it.")
        standing = answer.standing
        if _equal(booking, standing):
            return self._done(booking, standing)
        # From now on a change is asked for, and what has begun is never changed.
        self._request = dataclasses.replace(self._request, method=Method.PUT, standing=standing)
        changed = await self._change(booking, standing)
        if changed.fate is Fate.DONE or changed.stands is not None or standing.echo_id in changed.gone:
            return changed
        # The next plan must know of what stands there and was not changed.
        return dataclasses.replace(changed, stands=standing)

    # ---- sending ------------------------------------------------------------------------------------------

    async def _send(
        self, method: Method, booking: Booking | None, call: Callable[[], Awaitable[Reply[Answer]]]
    ) -> Answer | Result:
        """One call, when it is its turn; an answer that asks to wait is waited for, unless it may have applied."""
        said = ""
        while True:
            if (sent := self._sent[method, booking]) >= self._sends_left:
                if not said and not self._surprised:
                    # It was answered: Echo360 lacked something, and has it now.
                    return self._result(Fate.LATER, SENT_IN_A_BURST)
                return self._result(Fate.SPENT, spent_text(sent, said, None))
            # Before the turn as well, so that nothing that is held waits for one.
            stopped = self._may_send(self._request)
            if stopped is None:
                await self._turn()
                stopped = self._may_send(self._request)
            if stopped is not None:
                return self._result(stopped, "Begun, or about to begin." if stopped is Fate.OVERTAKEN else "")
            self._wires, self._kept = sent, False
            reply = await call()
            self._exchanges.extend(reply.exchanges)
            answer = reply.answer
            self._sent[method, booking] += _arrived(method, reply)
            kind, said = class_of(answer), words_of(answer)
            if isinstance(answer, Wait | NotAllowed) and not self._kept:
                await self._told(answer)
            if kind is Class.AUTH:
                return self._result(Fate.HELD, said)
            if kind is Class.AMBIGUOUS:
                return self._result(Fate.UNCLEAR, said)
            if kind is not Class.WAIT:
                await self._told(None)
                return answer

    def _still(self) -> bool:
        """Asked once more right before the wire: signing in or a free connection may have taken a while, and what
        signs in anew goes out again only as often as the request may be sent."""
        self._kept = self._may_send(self._request) is not None or self._wires >= self._sends_left
        self._wires += not self._kept
        return not self._kept

    async def _answered(self, booking: Booking, answer: Answer) -> Booking | Result:
        """The booking to send again, or the end."""
        if isinstance(answer, Missing):
            return await self._supply(booking, answer)
        return self._failed(answer)

    def _failed(self, answer: Answer) -> Result:
        fate = END.get(type(answer))
        if fate is None:
            return self._result(Fate.CLASH, f"Echo360 answered what was not asked: {answer}")
        if isinstance(answer, Refused):
            return self._result(fate, f"Echo360 refused it ({answer.status} {answer.code}): {answer.text}")
        return self._result(fate, words_of(answer))

    async def _supply(self, booking: Booking, missing: Missing) -> Booking | Result:
        if missing.kind is Kind.PERSON:
            if booking.content.presenter is None:
                return self._result(Fate.REFUSED, missing.text)
            self._person = booking.content.presenter
            self._notes.append("Echo360 does not know the lecturer's address; sent without presenter.")
            return dataclasses.replace(booking, content=dataclasses.replace(booking.content, presenter=None))
        if self._supplied[missing.kind] >= SUPPLY_TRIES:
            return self._result(Fate.REFUSED, f"{missing.text} (still, after it was supplied)")
        self._supplied[missing.kind] += 1
        try:
            facts = await self._facts(booking)
        except TimetableFault as gone:
            # Taken out of the timetable meanwhile: the edit that did it is planned next. Echo360 refused nothing,
            # so nothing is remembered against the lesson, should it come back.
            return self._result(Fate.HELD, f"{missing.text} {gone.message}")
        reply = await self._capture.supply(missing, facts, lambda: self._may_send(self._request) is None)
        self._exchanges.extend(reply.exchanges)
        answer = reply.answer
        if isinstance(answer, Supplied):
            return booking
        if isinstance(answer, CannotSupply):
            return self._result(Fate.REFUSED, answer.text)
        if isinstance(answer, NotAllowed):
            await self._told(answer)
            return self._result(Fate.HELD, answer.text)
        if isinstance(answer, Wait):
            # Only this request waits, beside the others: what was asked of Echo360 itself holds back every turn
            # already.
            self._supplied[missing.kind] -= 0 if answer.may_have_applied else 1
            await self._pause(answer.seconds)
            return booking
        return self._result(Fate.UNCLEAR, answer.text)

    # ---- ends ---------------------------------------------------------------------------------------------

    def _done(self, booking: Booking, standing: Standing | None) -> Result:
        if standing is None:
            return self._result(Fate.UNCLEAR, "Echo360 said yes without showing what stands now.")
        if standing.place != booking.place or standing.time != booking.time:
            return dataclasses.replace(
                self._result(Fate.CLASH, f"Echo360 shows {standing.place.date} {standing.time} instead."),
                stands=standing,
            )
        return dataclasses.replace(self._result(Fate.DONE), stands=standing)

    def _result(self, fate: Fate, text: str = "") -> Result:
        return Result(
            fate=fate,
            text=text,
            note=" ".join(self._notes),
            surprised=self._surprised,
            gone=tuple(self._gone),
            missing_person=self._person,
            exchanges=tuple(self._exchanges),
            sent=self._sent_by_method(),
        )

    def _sent_by_method(self) -> tuple[tuple[Method, int], ...]:
        counts: Counter[Method] = Counter()
        for (method, _booking), sent in self._sent.items():
            counts[method] += sent
        return tuple((method, sent) for method, sent in counts.items() if sent)


def _arrived(method: Method, reply: Reply[Answer]) -> int:
    """How often a call reached Echo360, or may have; what never left this machine has status 0."""
    sent = [exchange for exchange in reply.exchanges if exchange.method == method.value]
    if isinstance(reply.answer, Wait) and not reply.answer.may_have_applied:
        sent = [exchange for exchange in sent if exchange.status]
    return len(sent)


def _equal(booking: Booking, standing: Standing) -> bool:
    return (booking.place, booking.time, booking.content) == (standing.place, standing.time, standing.content)
