"""The office's words for everything the database and the worker name in capitals (design §8, "Words on screen").

Each dictionary is complete for what design §4.7 and `messages.Phase` allow; a value that is not in it is shown
as itself, so that a newer worker never makes an older window lie.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from echodesk.messages import Phase, Table
from echodesk.settings import Profile, ProfileKind


class Tone(StrEnum):
    """How a status feels; each has a colour and a shape of its own, never colour alone."""

    GOOD = "good"
    NOTE = "note"
    WAIT = "wait"
    BUSY = "busy"
    CLASH = "clash"
    BAD = "bad"
    QUIET = "quiet"


PAGES: Mapping[Table, str] = {
    Table.QUEUE: "Timetable changes",
    Table.NOTIFICATIONS: "Weekly updates",
    Table.ROOM_DAYS: "Room clashes",
}

ROWS: Mapping[Table, tuple[str, str]] = {
    Table.QUEUE: ("change", "changes"),
    Table.NOTIFICATIONS: ("update", "updates"),
    Table.ROOM_DAYS: ("room-day", "room-days"),
}
"""What one row is, and several, in a sentence."""

_QUEUE: Mapping[str, tuple[str, Tone]] = {
    "UNPROCESSED": ("Waiting", Tone.WAIT),
    "IN_PROGRESS": ("In progress", Tone.BUSY),
    "PROCESSED": ("Done", Tone.GOOD),
    "FAILED": ("Failed", Tone.BAD),
    "SUPERSEDED": ("Replaced", Tone.QUIET),
}

_NOTIFICATIONS: Mapping[str, tuple[str, Tone]] = {
    "UNPROCESSED": ("Waiting", Tone.WAIT),
    "IN_PROGRESS": ("In progress", Tone.BUSY),
    "SUCCESS": ("Done", Tone.GOOD),
    "WARN": ("Done, with a note", Tone.NOTE),
    "REFRESHED": ("Recorded after re-sync", Tone.GOOD),
    "IN_CONFLICT": ("Room clash", Tone.CLASH),
    "TOO_LATE": ("Too late to change", Tone.NOTE),
    "FAILED": ("Failed", Tone.BAD),
    "PARKED": ("Set aside, needs you", Tone.BAD),
    "OUT_OF_DATE": ("Overtaken by a later check", Tone.QUIET),
    "SUPERSEDED": ("Replaced", Tone.QUIET),
}

_ROOM_DAYS: Mapping[str, tuple[str, Tone]] = {
    "open": ("Open", Tone.CLASH),
    "resolved": ("Resolved", Tone.GOOD),
    "passed": ("Passed", Tone.QUIET),
}

STATUSES: Mapping[Table, Mapping[str, tuple[str, Tone]]] = {
    Table.QUEUE: _QUEUE,
    Table.NOTIFICATIONS: _NOTIFICATIONS,
    Table.ROOM_DAYS: _ROOM_DAYS,
}
"""Per table, in the order of the chips."""

RETRYABLE = ("FAILED", "PARKED")
"""What staff may retry (design §4.11)."""

_ACTIONS: Mapping[str, str] = {"INSERT": "New", "UPDATE": "Changed", "DELETE": "Cancelled"}

_SOURCES: Mapping[str, str] = {
    "TIMETABLE": "Timetable",
    "ROOMREQUESTS": "Recording request",
    "RETRY": "Retry",
}

_RECORDED: Mapping[str, tuple[str, Tone]] = {
    "YES": ("Recorded", Tone.GOOD),
    "NO": ("Not recorded", Tone.BAD),
    "NOT_WANTED": ("Not wanted", Tone.QUIET),
    "": ("Not known yet", Tone.WAIT),
}

_REASONS: Mapping[str, str] = {
    "CLASH": "Room clash",
    "FOREIGN": "Booked in Echo360 by others",
    "BEGUN": "Already begun",
    "TOO_LATE": "Too late to change",
    "TOO_LONG": "Longer than the recorder allows",
    "UNREADABLE": "Timetable entry cannot be used",
    "DECISION": "Decided by staff",
    "REFUSED": "Refused by Echo360",
}

_FAILURES: Mapping[str, str] = {
    "no_recorder": "No recorder in the room",
    "missing": "Something is missing in Echo360",
    "other_year": "Section of another year",
    "no_answer": "No clear answer from Echo360",
    "stopped": "Stopped EchoDesk three times",
    "refused": "Refused by Echo360",
}

_PHASES: Mapping[str, tuple[str, Tone]] = {
    Phase.STARTING: ("Starting", Tone.BUSY),
    Phase.LISTING: ("Reading what Echo360 holds", Tone.BUSY),
    Phase.SENDING: ("Sending", Tone.BUSY),
    Phase.IDLE: ("Up to date", Tone.GOOD),
    Phase.PAUSED: ("Paused", Tone.NOTE),
    Phase.WAITING: ("Waiting for Echo360", Tone.NOTE),
    Phase.STOPPED_BY_ECHO360: ("Echo360 does not let us in", Tone.BAD),
    Phase.FOLLOWING: ("Watching: another PC is sending", Tone.QUIET),
    Phase.LOOKING: ("Looking only: nobody is sending", Tone.BAD),
    Phase.DATABASE_LOST: ("Timetable database lost", Tone.BAD),
    Phase.STOPPING: ("Stopping", Tone.BUSY),
}

_WHYS: Mapping[str, str] = {
    "NEW": "A new lesson",
    "CHANGED": "Something about the lesson changed",
    "MOVED": "The lesson moved",
    "ADOPTED": "Booked by others exactly where the lesson is",
    "HAND_OVER": "Another module carries the shared recording now",
    "NOT_WANTED": "Recording is no longer wanted",
    "LOST_CLASH": "Another lesson keeps the room",
    "UNDONE": "A plan is taken back",
    "STEPS_ASIDE": "Made way for another lesson; sent again afterwards",
}

_FIELDS: Mapping[str, str] = {
    "title": "Title",
    "presenter": "Presenter",
    "sections": "Sections",
    "inputs": "Recorded",
    "room": "Room",
    "date": "Date",
    "time": "Time",
    "external_id": "External id",
}
_SINCE: Mapping[str, str] = {"CAME": "New", "GONE": "Needed no more"}

_CALLS: Mapping[str, str] = {
    "POST": "Made",
    "PUT": "Changed",
    "DELETE": "Removed",
    "GET": "Looked up",
    "SIGN_INS": "Signed in",
    "REFRESH": "Re-sync asked for",
    "RETRY": "Retry asked for",
    "RETRYMATCHING": "Retry asked for",
    "SETASIDE": "Set aside",
    "LOOKFORPEOPLE": "Looking for people asked for",
    "PAUSE": "Paused",
    "RESUME": "Resumed",
    "TRYAGAIN": "Try again asked for",
    "DECIDE": "Decided",
    "DECIDEALIKE": "Decided",
    "WITHDRAW": "Decision taken back",
    "YES": "Removals allowed",
    "ALLOW": "Said yes to a safety stop",
    "CHANGESETTING": "Setting changed",
    "SENDHERE": "Sending handed over",
    "LEAD": "Began to send",
    "COMPARE": "Comparison asked for",
    "APPLY": "Plan sent",
    "UNDO": "Taking a plan back asked for",
    "STOPPLAN": "Plan stopped",
    "CONTINUEPLAN": "Plan goes on",
    "CANCELPLAN": "Plan given up",
    "RETRYSTEPS": "Retry of a plan's steps asked for",
}

_OUTCOMES: Mapping[str, tuple[str, Tone]] = {
    "DONE": ("Done", Tone.GOOD),
    "CLASH": ("Room clash", Tone.CLASH),
    "EXISTS": ("Already there", Tone.NOTE),
    "GONE": ("Already gone", Tone.NOTE),
    "MISSING": ("Something is missing in Echo360", Tone.NOTE),
    "NODEVICE": ("No recorder in the room", Tone.BAD),
    "INPAST": ("Too late to change", Tone.NOTE),
    "REFUSED": ("Refused", Tone.BAD),
    "WAIT": ("Asked to wait", Tone.WAIT),
    "UNCLEAR": ("No clear answer", Tone.NOTE),
    "NOTALLOWED": ("Not let in", Tone.BAD),
    "TOOLATE": ("Too late to change", Tone.NOTE),
    "SKIPPED": ("Not sent", Tone.QUIET),
    "HELD": ("Held back", Tone.WAIT),
    "LISTED": ("Read", Tone.GOOD),
    "NOTLISTED": ("Could not be read", Tone.NOTE),
    "KNOWN": ("Known", Tone.GOOD),
}
"""What `planning.answers` and the worker call an end, in capitals without spaces and underscores."""


def status(table: Table, value: str) -> str:
    """The word for a row's status."""
    return STATUSES[table].get(value, (value, Tone.QUIET))[0]


def status_tone(table: Table, value: str) -> Tone:
    """How a row's status feels; what is not known feels quiet."""
    return STATUSES[table].get(value, (value, Tone.QUIET))[1]


def action(value: str) -> str:
    """New, Changed, Cancelled."""
    return _ACTIONS.get(value, value)


def source(value: str) -> str:
    """What wrote the timetable change."""
    return _SOURCES.get(value, value)


def recorded(value: str) -> str:
    """Will it be recorded?"""
    return _RECORDED.get(value, (value, Tone.QUIET))[0]


def recorded_tone(value: str) -> Tone:
    """How that answer feels."""
    return _RECORDED.get(value, (value, Tone.QUIET))[1]


NO_LIST = (
    "Which lessons these are was not kept: a later night's comparison took the place of this one, or an earlier"
    " EchoDesk made the plan. Compare anew to see them."
)
"""Of a plan that counts lessons that it does not record and has no list of them."""


def reason(value: str) -> str:
    """Why a lesson is not recorded (`planning.values.Reason`), whatever the case of its letters."""
    return _REASONS.get(value.upper(), value)


def failure(value: str) -> str:
    """Why updates failed (`lessons.FailureCause`)."""
    return _FAILURES.get(value, value)


def phase(value: str) -> str:
    """What the worker is doing."""
    return _PHASES.get(value, (value, Tone.QUIET))[0]


def phase_tone(value: str) -> Tone:
    """How that feels."""
    return _PHASES.get(value, (value, Tone.QUIET))[1]


def why(value: str) -> str:
    """Why a request was sent (`planning.values.Why`); any other sentence as it is."""
    return _WHYS.get(value.upper(), value)


def field(name: str) -> str:
    """What a schedule says under this name (`planning.steps.FIELDS`)."""
    return _FIELDS.get(name, name)


def said(name: str, value: str) -> str:
    """What a schedule says in such a field; the empty text in words."""
    if name == "inputs":
        return f"audio, {value}" if value else "audio only"
    return value or "none"


def since(value: str) -> str:
    """What became of a step since the preview (`batches.CAME`, `batches.GONE`)."""
    return _SINCE.get(value, value)


def call(value: str) -> str:
    """A kind of call to Echo360, or of action."""
    return _CALLS.get(value.upper(), value)


def all_actions() -> tuple[str, ...]:
    """Every kind of call and action in words, each once."""
    return tuple(dict.fromkeys(_CALLS.values()))


def actions_named(wanted: str) -> tuple[str, ...]:
    """The kinds of calls and actions that are meant: by the audit's own name, or the word's beginning."""
    plain = wanted.strip().casefold()
    same = tuple(code for code in _CALLS if code.casefold() == plain)
    return same or tuple(code for code, word in _CALLS.items() if plain and word.casefold().startswith(plain))


def outcome(value: str) -> str:
    """How a call ended; an answer class without words of its own is shown as itself."""
    return _OUTCOMES.get(_end(value), (value, Tone.QUIET))[0]


def outcome_tone(value: str) -> Tone:
    """How that feels."""
    return _OUTCOMES.get(_end(value), (value, Tone.QUIET))[1]


def _end(value: str) -> str:
    return value.upper().replace("_", "").replace(" ", "")


_PROFILES: Mapping[ProfileKind, tuple[str, Tone]] = {
    ProfileKind.PRODUCTION: ("Production", Tone.BUSY),
    ProfileKind.TEST: ("Test", Tone.NOTE),
    ProfileKind.DEMONSTRATION: ("Demonstration", Tone.GOOD),
}


def profile(value: Profile) -> tuple[str, Tone]:
    """What a window is for, in words, and the colour that it shows it in."""
    word, tone = _PROFILES[value.kind]
    return (f"{word}: {value.name}" if value.name else word, tone)
