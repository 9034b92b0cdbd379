"""A history as a value: everything that happens, drawn beforehand, so that it replays and can be made smaller.

Every step makes sense whatever happened before it (a change of a lesson that is not there changes nothing):
steps can be dropped one by one. A script is JSON by `msgspec`.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

# ---- what a timetabler does, inside one transaction ---------------------------------------------------------


class Add(msgspec.Struct, frozen=True, tag="add"):
    """A lesson, if its slot is free."""

    slot: int
    room: str
    weekday: int
    time: str
    weeks: tuple[int, ...]
    module: str
    lecturer: str | None


class Alter(msgspec.Struct, frozen=True, tag="alter", omit_defaults=True):
    """Other values for a lesson; None leaves one as it is, `lecturer` '' takes it away."""

    slot: int
    room: str | None = None
    weekday: int | None = None
    time: str | None = None
    weeks: tuple[int, ...] | None = None
    module: str | None = None
    lecturer: str | None = None
    status: int | None = None


class Drop(msgspec.Struct, frozen=True, tag="drop"):
    """The lesson is taken out of the timetable."""

    slot: int


class Request(msgspec.Struct, frozen=True, tag="request", omit_defaults=True):
    """A recording is asked for, or no longer; of this kind if one is named. What is asked for already is changed,
    or written anew in the same transaction."""

    slot: int
    wanted: bool
    feature: str = ""
    anew: bool = False


class Feature(msgspec.Struct, frozen=True, tag="feature"):
    """A room can record, or no longer; no trigger sees it."""

    room: str
    there: bool


class Group(msgspec.Struct, frozen=True, tag="group"):
    """A module's first group is there, or no longer; no trigger sees it."""

    module: str
    there: bool


class Title(msgspec.Struct, frozen=True, tag="title"):
    """A module has another name; no trigger sees it."""

    module: str
    name: str


class WeekSet(msgspec.Struct, frozen=True, tag="week_set"):
    """The week set of a lesson has one week more or less for all who use it; no trigger sees it."""

    slot: int
    week: int
    there: bool


class WeekStart(msgspec.Struct, frozen=True, tag="week_start"):
    """A week begins so many days later than planned at first; no trigger sees it."""

    week: int
    days: int


class Person(msgspec.Struct, frozen=True, tag="person"):
    """A person has another address; no trigger sees it."""

    personno: str
    email: str


Op = Add | Alter | Drop | Request | Feature | Group | Title | WeekSet | WeekStart | Person

# ---- steps --------------------------------------------------------------------------------------------------


class Edit(msgspec.Struct, frozen=True, tag="edit"):
    """One transaction of a timetabler."""

    ops: tuple[Op, ...]
    committed: bool = True


class Pass(msgspec.Struct, frozen=True, tag="pass"):
    """Time passes while everybody works."""

    seconds: float


class Faults(msgspec.Struct, frozen=True, tag="faults", kw_only=True, omit_defaults=True):
    """Echo360 misbehaves from now on: the rate of each kind of fault."""

    rates: dict[str, float]
    late_s: float = 1.5
    stale_s: float = 0.5
    slow_s: float = 0.5
    retry_after_s: int = 2
    first_s: float | None = None
    methods: tuple[str, ...] | None = None
    needle: str | None = None
    calls_per_minute: int | None = None


class Switch(msgspec.Struct, frozen=True, tag="switch"):
    """Something of Echo360 is otherwise from now on (`refuses connections`)."""

    refusing: bool


class Foreign(msgspec.Struct, frozen=True, tag="foreign"):
    """Somebody books a room in Echo360's own pages."""

    room: str
    week: int
    weekday: int
    time: str


class ForeignGone(msgspec.Struct, frozen=True, tag="foreign_gone"):
    """The oldest such booking is cancelled, or the one after it …"""

    number: int


class ByHand(msgspec.Struct, frozen=True, tag="by_hand"):
    """Somebody removes, moves or renames a schedule of ours in Echo360's own pages: the n-th by external id; or
    removes it and books the same room and time for themselves (`rebook`)."""

    number: int
    what: str
    minute: int = 0


class Command(msgspec.Struct, frozen=True, tag="command"):
    """What staff ask, written down as another window or the command line does."""

    kind: str
    args: dict[str, str | int] = {}
    times: int = 1


ANY = -1
"""Whichever worker comes first."""


class Trap(msgspec.Struct, frozen=True, tag="trap", kw_only=True, omit_defaults=True):
    """At the n-th time a worker comes to this point something happens right there.

    `where` is before or after a transaction, before a request is received or after it took effect; `step` names
    the transaction, or the method of the request; '' is any. `what` is kill, freeze, suspend, edit or ask: the
    worker's own window asks for something.
    """

    where: str
    what: str
    step: str = ""
    nth: int = 1
    worker: int = 0
    seconds: float = 0.0
    ops: tuple[Op, ...] = ()
    asks: Command | None = None


class Worker(msgspec.Struct, frozen=True, tag="worker"):
    """A worker is started, stopped, killed, frozen, suspended, or its wall clock jumps; or it dies, and comes back
    over a database that has never seen a listing (`mirror lost`)."""

    what: str
    worker: int = 0
    seconds: float = 0.0


Step = Edit | Pass | Faults | Switch | Foreign | ForeignGone | ByHand | Command | Trap | Worker

# ---- the whole ----------------------------------------------------------------------------------------------


class Start(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the world is at the beginning."""

    settings: dict[str, str] = {}
    switches: dict[str, str | int | bool] = {}
    calls_per_minute: int = 0
    echo360_calls_per_minute: int | None = None
    """Echo360's own limit, where it is another than ours."""
    rooms: tuple[str, ...] | None = None
    """Rooms that Echo360 knows; None for all."""
    closed: tuple[str, ...] = ()
    """Rooms without a recorder."""
    sections: bool = True
    people: bool = True
    slow: bool = False
    """The worker looks for work every 20 s: for histories in which minutes pass."""


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """One history. The same script gives the same history, request by request."""

    seed: int
    mix: str
    start: Start
    steps: tuple[Step, ...]
    shown: str = ""
    """What it showed when it first failed; for the corpus."""


def read_script(path: Path) -> Script:
    """A script of the corpus."""
    return msgspec.json.decode(path.read_bytes(), type=Script)


def write_script(script: Script, path: Path) -> None:
    """Keep a script, one step per line, for people and for `git diff`."""
    head = msgspec.structs.asdict(script)
    steps = ",\n  ".join(msgspec.json.encode(step).decode() for step in script.steps)
    fields = [
        f'"{name}": {msgspec.json.encode(head[name]).decode()}' for name in ("seed", "mix", "shown", "start")
    ]
    path.write_text("{" + ",\n ".join(fields) + f',\n "steps": [\n  {steps}\n ]\n}}\n', encoding="utf-8")
