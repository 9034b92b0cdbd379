"""Who did what: what the window and the command line ask of the audit; part of the contract of `messages`."""

from __future__ import annotations

from dataclasses import dataclass

WORKER = "worker"
"""Who, where nobody asked for it by hand: every call to Echo360."""
LEAD = "LEAD"
"""The action with which a machine begins to send: its line says for each later call of that term from where."""


@dataclass(frozen=True, slots=True)
class ShowActivity:
    """The newest actions and calls to Echo360 that fit all that is given. Answered with `ActivityShown`."""

    who: str = ""
    """A person as the audit names them, or `WORKER`."""
    people: bool = False
    """Only what people did, no calls."""
    actions: tuple[str, ...] = ()
    """As the audit names them: POST, PAUSE …; () for all."""
    room: str = ""
    """A room's code, or a part of its name."""
    lesson: str = ""
    """An external id, or a lesson's number for all of its weeks."""
    since: str = ""
    """A stamp: at that moment or later."""
    until: str = ""
    """A stamp: before that moment."""
    before: int = 0
    """A line's key: only older ones; 0 for all."""
    limit: int = 200
    """So many at most."""


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """One action of a person, or one call to Echo360; '' and 0 for what it does not have."""

    key: int
    at: str
    """When (UTC stamp)."""
    who: str
    machine: str
    """The PC on which somebody acted, or that called; '' if it was not kept."""
    action: str
    external_id: str
    module: str
    """With `module_title` and `group` of the lesson, if the timetable has it still."""
    module_title: str
    group: str
    room: str
    room_name: str
    date: str
    why: str
    outcome: str
    before: str
    """What stood in Echo360, in one line."""
    after: str
    """What stands there since."""
    sent: str
    """The request, or what a person asked for, as JSON."""
    status: int
    """Of Echo360's answer (HTTP)."""
    answer: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class ActivityShown:
    """The answer, the newest first."""

    lines: tuple[ActivityLine, ...]
    more: bool
    """There are older ones."""
