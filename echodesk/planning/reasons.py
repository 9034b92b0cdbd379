"""Why a lesson is not recorded, in the words of each place that tells it. Pure.

The window's own short words are in `desk.words`: it knows of planning nothing but the values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from echodesk.planning.values import Reason


@dataclass(frozen=True, slots=True)
class Words:
    """How one reason is told."""

    because: str
    """Behind "because", where lessons are counted."""
    kept: str
    """With the update and in the audit. {winner} keeps the room."""
    asked: str
    """Behind "Not recorded:", for whoever asks about one lesson. {keeps} keeps the room."""


REASONS: Mapping[str, Words] = {
    Reason.CLASH: Words(
        "another lesson keeps the room",
        "Not recorded: {winner} has this room at that time.",
        "{keeps} keeps the room at that time.",
    ),
    Reason.FOREIGN: Words(
        "others booked the room in Echo360",
        "Not recorded: the room is booked in Echo360 by others at that time ({winner}).",
        "others have booked the room in Echo360 at that time ({keeps}).",
    ),
    Reason.BEGUN: Words(
        "it has begun",
        "Not changed: it has already begun.",
        "it had begun before anything could be changed.",
    ),
    Reason.TOO_LATE: Words(
        "it begins too soon",
        "Too late: it begins within the lead time, or has begun.",
        "it was too late: it begins within the lead time, or has begun.",
    ),
    Reason.TOO_LONG: Words(
        "it is longer than the recorder allows",
        "Not recorded: longer than the recorder can record.",
        "it is longer than the recorder can record.",
    ),
    Reason.UNREADABLE: Words(
        "what the timetable says of it cannot be used",
        "Not recorded: what the timetable says of it cannot be used.",
        "what the timetable says of it cannot be used.",
    ),
    Reason.DECISION: Words(
        "staff decided so",
        "Not recorded: staff decided so.",
        "staff decided so.",
    ),
    Reason.REFUSED: Words(
        "Echo360 refused it",
        "Not recorded: Echo360 refused it, and nothing has changed since.",
        "Echo360 refused it.",
    ),
}
"""Every `Reason`, by its value too."""
