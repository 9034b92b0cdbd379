"""Who is sending, what about, and what stands in the way: frozen values for window, worker and command line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Scope:
    """What a pause or a re-sync is about; everything when all are empty. ISO dates; `plan`: its room-days."""

    building: str = ""
    room: str = ""
    first: str = ""
    last: str = ""
    plan: str = ""


@dataclass(frozen=True, slots=True)
class PauseShown:
    """A pause that stands."""

    key: int
    scope: Scope
    reason: str
    owner: str
    created: str
    until: str


class Phase(StrEnum):
    """What the worker is doing."""

    STARTING = "starting"
    LISTING = "listing"
    SENDING = "sending"
    IDLE = "idle"
    PAUSED = "paused"
    WAITING = "waiting"
    """Echo360 asked to wait, or cannot be reached."""
    STOPPED_BY_ECHO360 = "stopped_by_echo360"
    """401 or 403: nothing is sent until someone acts."""
    FOLLOWING = "following"
    """Another worker is sending."""
    LOOKING = "looking"
    """Nobody is sending, and this worker's user may only look at the database."""
    DATABASE_LOST = "database_lost"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class EngineState:
    """Who is sending and what about; latest wins."""

    phase: Phase
    holder: str
    """Who is sending, '' when nobody is."""
    mine: bool
    pauses: tuple[PauseShown, ...]
    database: str
    """'' when well, else what is wrong."""
    echo360: str
    """'' when well, else what is wrong and since when sending waits."""
    clock: str = ""
    """'' when this computer's clock agrees with the database's, else what is wrong with it."""
    since: str = ""
    """Since when the holder sends (UTC stamp), '' while nobody has told."""
    silent_s: int = 0
    """How long the holder was not heard of; 0 while it is heard of as it should be."""


@dataclass(frozen=True, slots=True)
class SendHere:
    """Whoever is sending hands over to this holder, who takes over at once; '' stands for the worker asked."""

    by: str
    holder: str = ""
