"""Every state of each lesson that the timetable ever had, and which of them Echo360 confirmed (Q3)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import msgspec

from echodesk.simulator.wire import SimRequest, SimResponse
from tests.simulation.oracle_reading import lessons
from tests.simulation.oracle_values import Lesson
from tests.simulation.stage import Stage


@dataclass(frozen=True, slots=True)
class State:
    """What a request says of its own lesson. What else it says depends on other lessons and on Echo360."""

    room: str | None
    date: dt.date
    start: int
    finish: int
    title: str
    presenter: str | None

    def __str__(self) -> str:
        times = "-".join(f"{at // 60:02d}:{at % 60:02d}" for at in (self.start, self.finish))
        return f"{self.title} by {self.presenter} in {self.room} on {self.date} {times}"

    def may_be(self, other: State | None) -> bool:
        """Whether both are one state: who is unknown to Echo360, or to the timetable, is left out."""
        if other is None:
            return False
        if None not in (self.presenter, other.presenter) and self.presenter != other.presenter:
            return False
        return (self.room, self.date, self.start, self.finish, self.title) == (
            other.room,
            other.date,
            other.start,
            other.finish,
            other.title,
        )


class States:
    """By external id, oldest first; None where the timetable had no such lesson, or none to be recorded."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._of: dict[str, list[State | None]] = defaultdict(list)
        self._confirmed: dict[str, int] = {}
        """The newest state of each that Echo360 confirmed."""
        self._on_way: dict[int, tuple[SimRequest, str, int]] = {}
        """Requests that were sent, each with its lesson and the newest state that it may be of."""
        self.committed()

    def committed(self) -> None:
        """Something of the timetable was committed just now."""
        now = {one.external_id: _state(one) for one in lessons(self._stage)}
        for name in now.keys() | self._of.keys():
            states = self._of[name]
            if not states or states[-1] != now.get(name):
                states.append(now.get(name))

    def written(self, request: SimRequest, name: str) -> str:
        """A POST or PUT of this lesson is sent; why it must not be (Q3), '' if it may."""
        state = _said(msgspec.json.decode(request.body))
        at = self._note(request, name, state)
        if at is None:
            return f"{state}, which it never was in the timetable"
        newer = self._confirmed.get(name, 0)
        return f"{state} after {self._of[name][newer] or 'its removal'} was confirmed" if at < newer else ""

    def removed(self, request: SimRequest, name: str) -> None:
        """A DELETE of this lesson is sent, by a plan that does not make it again."""
        self._note(request, name, None)

    def answered(self, request: SimRequest, response: SimResponse) -> None:
        """Echo360 answered; only a yes that names the lesson confirms what was written."""
        _, name, at = self._on_way.pop(id(request), (request, "", 0))
        if name and response.status < 300 and (request.method == "DELETE" or name.encode() in response.body):
            self._confirmed[name] = max(at, self._confirmed.get(name, 0))

    def _note(self, request: SimRequest, name: str, state: State | None) -> int | None:
        for at, known in reversed(list(enumerate(self._of.get(name, ())))):
            if known is None if state is None else state.may_be(known):
                self._on_way[id(request)] = (request, name, at)
                return at
        return None


def _state(one: Lesson) -> State:
    return State(one.room, one.date, one.start, one.finish, one.title, one.presenter)


def _said(body: dict[str, Any]) -> State:
    start, finish = (int(body[name][:2]) * 60 + int(body[name][3:5]) for name in ("startTime", "endTime"))
    presenter = (body.get("presenter") or {}).get("userEmail")
    return State(
        body["venue"].get("roomExternalId"),
        dt.date.fromisoformat(body["startDate"]),
        start,
        finish,
        body["name"],
        presenter and presenter.lower(),
    )
