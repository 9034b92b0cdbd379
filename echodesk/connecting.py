"""What the window asks and is told when an office's own systems are connected, and the port for it."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Protocol

from echodesk.checks import Line
from echodesk.settings import Profile


class DatabaseKind(StrEnum):
    """Where the timetable is."""

    ORACLE = "oracle"
    POSTGRESQL = "postgresql"
    SQLITE = "sqlite"
    """A file in the data folder."""


@dataclass(frozen=True, slots=True)
class DatabaseWish:
    """A database as a person names it. For SQLite only the kind counts; schemas are '' where they are as usual."""

    kind: DatabaseKind
    host: str = ""
    port: str = ""
    name: str = ""
    """The database's name; on Oracle the service's."""
    user: str = ""
    password: str = field(default="", repr=False)
    """'' leaves the one that is kept as it is."""
    schema: str = ""
    cmis_schema: str = ""
    encrypted: bool = True


@dataclass(frozen=True, slots=True)
class Echo360Wish:
    """An Echo360 as a person names it."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    """'' leaves the one that is kept as it is."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Both systems."""

    database: DatabaseWish
    echo360: Echo360Wish


@dataclass(frozen=True, slots=True)
class Year:
    """A year of the timetable that has not passed."""

    setid: str
    first_lesson: str
    """ISO date, '' if none can be computed."""
    live: bool
    """It is sent already."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the checks found. Without an open database there are no years and no strategy."""

    lines: tuple[Line, ...]
    opened: bool
    years: tuple[Year, ...] = ()
    strategy: str = ""
    """As it is now."""


@dataclass(frozen=True, slots=True)
class Start:
    """How an office begins: what is kept last of all."""

    profile: Profile
    years: tuple[str, ...]
    """Those for which a plan is wanted; nothing is sent before somebody has applied it."""
    strategy: str


class Chosen(Enum):
    """What a person who starts EchoDesk for the first time wants."""

    NOTHING = "nothing"
    DEMONSTRATION = "demonstration"
    OWN = "own"
    """Everything is kept: the window can be opened."""


class Connecting(Protocol):
    """Connects one data folder. What looks at systems or at the keyring answers through a future, from a thread of
    its own; the futures fail with an `EchoDeskError`."""

    @property
    def present(self) -> Wish | None:
        """What the folder is connected with, without secrets; None if nothing was chosen."""
        ...

    @property
    def place(self) -> str:
        """Where the file of SQLite is, or would be."""
        ...

    @property
    def strategies(self) -> tuple[tuple[str, str], ...]:
        """(value, words) of all that may be chosen."""
        ...

    def check_database(self, wish: DatabaseWish) -> None:
        """Raises `WrongUse` for what cannot be meant. Asks nobody."""
        ...

    def check_echo360(self, wish: Echo360Wish) -> None:
        """Raises `WrongUse` for what cannot be meant. Asks nobody."""
        ...

    def keyring(self) -> Future[str]:
        """A sentence on where secrets are going to be kept."""
        ...

    def look(self, wish: Wish) -> Future[Found]:
        """Try both systems; nothing is changed."""
        ...

    def keep(self, wish: Wish, start: Start) -> Future[tuple[str, ...]]:
        """Keep everything, the profile last; sentences on what was done."""
        ...
