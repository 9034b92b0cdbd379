"""The rows that the live tables show, and what is asked and told of them: made by the store, shown by the desk."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SEARCHED = 10_000
"""A text is looked for in so many rows: the newest of those whose status was asked for."""

# Dates are ISO texts, times `HH:MM`, stamps UTC texts in milliseconds; '' where the timetable has nothing.


def search_words(text: str) -> tuple[str, ...]:
    """The words of a search, each of which is to be found; what stands between quotes is one of them."""
    parts = text.split('"')
    words = [[part] if number % 2 else part.split() for number, part in enumerate(parts)]
    return tuple(word for group in words for word in group if word.strip())


def is_room(wanted: str, code: str, name: str) -> bool:
    """Whether a room is meant: by its code, or by a part of its name, whatever the case."""
    plain = wanted.casefold()
    return plain == code.strip().casefold() or plain in name.casefold()


def with_code(name: str, code: str) -> str:
    """`Neuroanatomy (ANAT2041)`, and the code alone where there is no other name."""
    return f"{name} ({code})" if name and name != code else code


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A timetable edit on screen ("Timetable changes")."""

    key: int
    status: str
    worst: str
    action: str
    source: str
    setid: str
    slotid: int
    module: str
    module_title: str
    group: str
    lecturer: str
    lecturer_name: str
    room_old: str
    room_old_name: str
    room_new: str
    room_new_name: str
    weekday_old: int
    weekday_new: int
    start_old: str
    start_new: str
    finish_old: str
    finish_new: str
    weeks_done: int
    weeks_all: int
    created: str
    processed: str
    error: str
    retry_of: int
    attempts: int


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """One occurrence that an edit touches, on screen ("Weekly updates")."""

    key: int
    queue_id: int
    external_id: str
    status: str
    recorded: str
    action: str
    message: str
    winner: str
    setid: str
    slotid: int
    week: int
    date: str
    start: str
    finish: str
    room: str
    room_name: str
    building: str
    old_room: str
    old_room_name: str
    old_date: str
    module: str
    module_title: str
    group: str
    lecturer: str
    lecturer_name: str
    created: str
    processed: str
    attempts: int


@dataclass(frozen=True, slots=True)
class RoomDayRow:
    """A room-day where something was left out or failed, on screen ("Room clashes")."""

    key: int
    state: str
    """'open', 'resolved' or 'passed'."""
    room: str
    room_name: str
    building: str
    date: str
    left_out: int
    failed: int
    together_possible: int
    """How many of the lessons left out look like one lecture under several modules (design §4.6)."""
    first_seen: str
    last_refresh: str
    times_refreshed: int
    resolved: str
    last_error: str
    modules: tuple[str, ...] = ()
    """Codes of the modules whose lessons are left out there and of those that keep the room; of an open one."""
    departments: tuple[str, ...] = ()
    """Theirs, in words."""


@dataclass(frozen=True, slots=True)
class MissedLesson:
    """One of the next lessons that will not be recorded, on the Overview."""

    date: str
    start: str
    finish: str
    module: str
    module_title: str
    group: str
    room: str
    room_name: str
    building: str
    reason: str
    """A `planning.values.Reason`."""
    winner: str
    """The title of what keeps the room, '' where nothing does or it is not known."""


Row = QueueRow | NotificationRow | RoomDayRow


class Table(StrEnum):
    """The live tables of the screens; the words staff see are in the desk."""

    QUEUE = "queue"
    NOTIFICATIONS = "notifications"
    ROOM_DAYS = "room_days"


@dataclass(frozen=True, slots=True)
class TableQuery:
    """What a table is asked to show: the newest rows that match, at most `limit`."""

    text: str = ""
    """Matches if the row's codes or names hold each of its words (`search_words`), whatever the case."""
    statuses: tuple[str, ...] = ()
    """Empty for all."""
    limit: int = 10_000
    room: str = ""
    """A room's code, or a part of its name: the row is, or was, of such a room."""
    since: str = ""
    """A stamp: the row came at that moment or later."""

    @property
    def narrow(self) -> bool:
        """Whether rows are looked at one by one: so many as `SEARCHED`, the newest of those statuses."""
        return bool(self.text.strip() or self.room or self.since)


@dataclass(frozen=True, slots=True)
class TableDelta:
    """What changed in one table. Applied only if `generation` is current and `base` is the model's cursor."""

    table: Table
    generation: int
    base: int
    cursor: int
    upserts: tuple[Row, ...]
    deletes: frozenset[int]
    snapshot: bool
    counts: tuple[tuple[str, int], ...]
    """(status, rows in the whole table) for the chips and the "of 83,412"."""
    more: bool = False
    """Of a snapshot: these are the first page alone, and the whole follows at once."""
    cut: bool = False
    """Of a snapshot: there were more rows than a text is looked for in."""


@dataclass(frozen=True, slots=True)
class TableChanges:
    """What a table on screen has to take over: rows changed since a cursor, keys that match no longer."""

    cursor: int
    upserts: tuple[Row, ...]
    deletes: frozenset[int]
    unnumbered: frozenset[int] = frozenset()
    """The newest rows that no worker has numbered, changed or told before."""
    snapshot: bool = False
    """These rows are all that match, up to the query's limit: what is not among them is to go."""
    more: bool = False
    """Of a snapshot: more match than the query's limit."""
    cut: bool = False
    """Of a snapshot: there were more rows than a text is looked for in."""
