"""Statuses of queue entries and notifications, and which may follow which (design §4.7, "Transitions")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class EntryStatus(StrEnum):
    """Status of a queue entry: one timetable edit."""

    UNPROCESSED = "UNPROCESSED"
    IN_PROGRESS = "IN_PROGRESS"
    PROCESSED = "PROCESSED"
    FAILED = "FAILED"
    SUPERSEDED = "SUPERSEDED"


class NotificationStatus(StrEnum):
    """Status of a notification: one lesson in one week that an edit touches."""

    UNPROCESSED = "UNPROCESSED"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    WARN = "WARN"
    OUT_OF_DATE = "OUT_OF_DATE"
    REFRESHED = "REFRESHED"
    IN_CONFLICT = "IN_CONFLICT"
    TOO_LATE = "TOO_LATE"
    FAILED = "FAILED"
    PARKED = "PARKED"
    SUPERSEDED = "SUPERSEDED"


class Recorded(StrEnum):
    """The answer that stands beside every notification's status; screens show it first."""

    YES = "YES"
    NO = "NO"
    NOT_WANTED = "NOT_WANTED"


class Action(StrEnum):
    """What an edit means for one week."""

    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


_OUTCOMES = frozenset(
    {
        NotificationStatus.SUCCESS,
        NotificationStatus.WARN,
        NotificationStatus.OUT_OF_DATE,
        NotificationStatus.REFRESHED,
        NotificationStatus.IN_CONFLICT,
        NotificationStatus.TOO_LATE,
        NotificationStatus.FAILED,
        NotificationStatus.PARKED,
    }
)

POISON_AFTER = 3
"""What stopped the worker this often is set aside (decisions: Transitions, reliability Q5)."""

TERMINAL = _OUTCOMES | {NotificationStatus.SUPERSEDED}
"""Statuses after which nothing more is sent for a notification."""

WORST_FIRST = (
    NotificationStatus.FAILED,
    NotificationStatus.PARKED,
    NotificationStatus.IN_CONFLICT,
    NotificationStatus.TOO_LATE,
    NotificationStatus.WARN,
    NotificationStatus.REFRESHED,
    NotificationStatus.SUCCESS,
    NotificationStatus.OUT_OF_DATE,
    NotificationStatus.SUPERSEDED,
)
"""Worst child first. SUPERSEDED was put right elsewhere, so it is worse than nothing."""

ENTRY_TRANSITIONS: Mapping[EntryStatus, frozenset[EntryStatus]] = {
    EntryStatus.UNPROCESSED: frozenset({EntryStatus.IN_PROGRESS}),
    # Back to UNPROCESSED after a crash.
    EntryStatus.IN_PROGRESS: frozenset({EntryStatus.PROCESSED, EntryStatus.FAILED, EntryStatus.UNPROCESSED}),
    EntryStatus.PROCESSED: frozenset(),
    EntryStatus.FAILED: frozenset({EntryStatus.SUPERSEDED}),
    EntryStatus.SUPERSEDED: frozenset(),
}

NOTIFICATION_TRANSITIONS: Mapping[NotificationStatus, frozenset[NotificationStatus]] = {
    status: frozenset() for status in NotificationStatus
} | {
    NotificationStatus.UNPROCESSED: frozenset({NotificationStatus.IN_PROGRESS}),
    # Back to UNPROCESSED after a crash or an ambiguous answer.
    NotificationStatus.IN_PROGRESS: _OUTCOMES | {NotificationStatus.UNPROCESSED},
    NotificationStatus.FAILED: frozenset({NotificationStatus.SUPERSEDED}),
    NotificationStatus.PARKED: frozenset({NotificationStatus.SUPERSEDED}),
}


def entry_may_become(old: EntryStatus, new: EntryStatus) -> bool:
    """True if the transition is legal; all others are defects (decisions: "Transitions")."""
    return new in ENTRY_TRANSITIONS[old]


def notification_may_become(old: NotificationStatus, new: NotificationStatus) -> bool:
    """True if the transition is legal; all others are defects (decisions: "Transitions")."""
    return new in NOTIFICATION_TRANSITIONS[old]


def worst_child(children: Iterable[NotificationStatus]) -> NotificationStatus | None:
    """The worst status among the terminal children; None while there is none."""
    ranked = {status: position for position, status in enumerate(WORST_FIRST)}
    terminal = [child for child in children if child in ranked]
    return min(terminal, key=ranked.__getitem__, default=None)


def entry_outcome(children: Iterable[NotificationStatus]) -> EntryStatus | None:
    """PROCESSED when all children are terminal and none FAILED or PARKED, FAILED when one is; None before that.

    An entry without notifications (all its weeks lie in the past) is PROCESSED.
    """
    statuses = set(children)
    if not statuses <= TERMINAL:
        return None
    if statuses & {NotificationStatus.FAILED, NotificationStatus.PARKED}:
        return EntryStatus.FAILED
    return EntryStatus.PROCESSED
