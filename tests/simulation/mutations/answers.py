"""Answers of Echo360 taken for something else (design §4.10, promises H3, H4, H6)."""

from __future__ import annotations

import dataclasses
from typing import Any

from echodesk.capture import calls
from echodesk.capture.client import Echo360
from echodesk.planning.answers import Done, Exists, Gone, NotAllowed, Refused, Reply, Wait
from echodesk.worker import send
from echodesk.worker.gate import Gate
from echodesk.worker.work import Fate, Result
from tests.simulation.mutations.tools import Mutant, does_nothing, replaced, wrapped


def busy_is_definite(real: Any) -> Any:
    """After a 503 nothing happened."""

    def bounced(got: Any) -> Any:
        answer = real(got)
        return dataclasses.replace(answer, may_have_applied=False) if isinstance(answer, Wait) else answer

    return bounced


def refused_instead(kind: type[Gone] | type[Exists]) -> Any:
    def around(real: Any) -> Any:
        async def call(self: Echo360, *values: Any) -> Reply[Any]:
            reply: Reply[Any] = await real(self, *values)
            if not isinstance(reply.answer, kind):
                return reply
            return Reply(Refused(404 if kind is Gone else 409, "", reply.answer.text), reply.exchanges)

        return call

    return around


def exists_is_done(real: Any) -> Any:
    """A known external id proves that its content is right."""

    async def exists(self: Any, booking: Any) -> Result:
        reply = await self._capture.read(booking.external_id)
        if not isinstance(reply.answer, Done) or reply.answer.standing is None:
            return Result(Fate.UNCLEAR, "It exists and is not shown.")
        stands = dataclasses.replace(reply.answer.standing, content=booking.content)
        return Result(Fate.DONE, stands=stands, exchanges=tuple(self._exchanges))

    return exists


def never_stopped(real: Any) -> Any:
    """A 401 or 403 stops nothing."""

    async def told(self: Gate, answer: Any) -> None:
        if not isinstance(answer, NotAllowed):
            await real(self, answer)

    return told


ANSWERS = (
    Mutant(
        "busy_is_definite",
        "decisions: only 429 is definite",
        "takes a 503 for a sign that nothing happened",
        wrapped(calls, "bounced", busy_is_definite),
        test="tests/worker/test_waiting.py::test_503_is_waited_out_and_nobody_knows_whether_it_applied",
        escapes="the same request is sent again and does no harm twice",
    ),
    Mutant(
        "no_waiting",
        "H3: what Echo360 asks to wait for is waited for",
        "plans and sends on while Echo360 is to be left alone, and tells nobody",
        replaced((Gate, "_block", does_nothing)),
        test="tests/worker/test_waiting.py::test_while_echo360_asks_to_wait_nothing_is_planned_and_staff_are_told",
        escapes="after a 429 the client lets nothing out before the instant that was named",
    ),
    Mutant(
        "never_stopped",
        "H3: 401 and 403 stop all sending",
        "goes on after a 403",
        wrapped(Gate, "told", never_stopped),
        ("sign-in",),
    ),
    Mutant(
        "gone_is_a_failure",
        "H6: DELETE of what is gone succeeds",
        "fails when there is nothing left to delete",
        wrapped(Echo360, "remove", refused_instead(Gone)),
        ("late", "lost"),
    ),
    Mutant(
        "gone_cannot_be_changed",
        "H6: PUT of what is gone becomes a POST",
        "fails when what it wants to change is gone",
        wrapped(Echo360, "change", refused_instead(Gone)),
        ("strangers",),
    ),
    Mutant(
        "exists_is_a_failure",
        "H6: POST of what exists reads it and puts it right",
        "fails when the external id exists",
        wrapped(Echo360, "create", refused_instead(Exists)),
        ("late", "lost"),
    ),
    Mutant(
        "exists_is_done",
        "F6: an external id that exists proves nothing about its content",
        "believes that what exists is what it wanted",
        wrapped(send._Carrying, "_exists", exists_is_done),
        test="tests/worker/test_answers.py::test_an_external_id_that_exists_is_read_and_put_right",
        escapes="what made it exist left an intent, whose room-days are listed after L",
    ),
)
