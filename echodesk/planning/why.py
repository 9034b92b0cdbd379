"""Why a lesson is recorded in one week, or is not: one sentence for whoever is asked on the phone (design §8).

The first rule that fits answers; what the timetable itself rules out comes first, then what Echo360 holds, then
what keeps it out, then what is still to happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from echodesk.planning.reasons import REASONS
from echodesk.planning.statuses import Recorded
from echodesk.planning.values import Reason


@dataclass(frozen=True, slots=True)
class ToldWeek:
    """What the books say of one occurrence; '' where they say nothing."""

    status: str = ""
    """Of its newest notification."""
    message: str = ""
    reason: str = ""
    """Why it is left out."""
    keeps: str = ""
    """The title of what keeps the room, or its own id."""
    detail: str = ""
    refused: str = ""
    """Echo360's words, while they are remembered."""
    again: bool = False
    """It was left out after its newest edit, and came back by itself."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where and when; `time` is `HH:MM-HH:MM`."""

    room: str
    date: str
    time: str

    def __str__(self) -> str:
        return f"{self.room} {self.date} {self.time}"


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known of one week of a lesson; '' and None where there is nothing."""

    wanted: Spot | None
    """None if the lesson has no date or no times in this week."""
    failing: str = ""
    """The first criterion that is not met, with the value that it looked at."""
    trouble: str = ""
    held: Spot | None = None
    """What Echo360 holds under its own name."""
    shared: str = ""
    """The title of the schedule that records it together with others."""
    left_out: Reason | None = None
    keeps: str = ""
    """What keeps the room, where that is why it is left out."""
    detail: str = ""
    refused: str = ""
    """Echo360's words, while they are remembered."""
    failed: str = ""
    """What became of its newest update, if that failed or was set aside."""
    waits: bool = False
    paused: str = ""
    """Why sending is paused for its room and day."""
    again: bool = False
    """It was left out, and came back because nothing keeps it out any more."""
    over: bool = False
    """Its day has passed."""


class Cause(StrEnum):
    """What the answer rests on, where it is not a `Reason` for being left out."""

    HELD = "held"
    TOGETHER = "together"
    NOT_WANTED = "not_wanted"
    TROUBLE = "trouble"
    """What the timetable says of it cannot be used."""
    FAILED = "failed"
    OVER = "over"
    PAUSED = "paused"
    WAITS = "waits"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Answer:
    """Recorded or not (None: not decided yet), what that rests on, and one sentence."""

    recorded: Recorded | None
    cause: Cause | Reason
    text: str


def why(case: Case) -> Answer:
    """Recorded or not, and why."""
    if case.failing:
        return _not_wanted(case)
    if case.held is not None:
        return Answer(Recorded.YES, Cause.HELD, _held(case, case.held))
    if case.trouble:
        return Answer(Recorded.NO, case.left_out or Cause.TROUBLE, f"Not recorded: {_ended(case.trouble)}")
    if case.left_out is not None:
        return Answer(Recorded.NO, case.left_out, _left_out(case, case.left_out))
    if case.shared:
        text = f"Recorded together with {case.shared}, as one lecture."
        return Answer(Recorded.YES, Cause.TOGETHER, text)
    if case.refused or case.failed:
        return Answer(Recorded.NO, Cause.FAILED, f"Not recorded: {_ended(case.refused or case.failed)}")
    if case.over:
        return Answer(Recorded.NO, Cause.OVER, "Not recorded: nothing was booked for it when its day came.")
    if case.wanted is None:
        return Answer(Recorded.NO, Cause.TROUBLE, "Not recorded: the week has no date in the week structure.")
    return _to_come(case)


def _to_come(case: Case) -> Answer:
    if case.paused:
        text = f"Not recorded yet: sending is paused for its room and day. {_sentence(case.paused)}"
        return Answer(None, Cause.PAUSED, text)
    if case.waits:
        return Answer(None, Cause.WAITS, "Not recorded yet: it waits to be sent.")
    text = "Not recorded yet: nothing has led to it so far; Compare and repair finds it."
    return Answer(None, Cause.NOTHING, text)


def _not_wanted(case: Case) -> Answer:
    if case.held is None:
        return Answer(Recorded.NOT_WANTED, Cause.NOT_WANTED, f"Not to be recorded: {_lower(case.failing)}")
    if case.over:
        return Answer(Recorded.YES, Cause.HELD, f"Echo360 held it when its day came ({case.held}).")
    waits = f" Sending is paused: {_ended(case.paused)}" if case.paused else " Its removal waits to be sent."
    text = f"Not to be recorded any more: {_lower(case.failing)} Echo360 still holds it.{waits}"
    return Answer(Recorded.YES, Cause.HELD, text)


def _held(case: Case, held: Spot) -> str:
    if case.over:
        return f"Echo360 held it when its day came ({held})."
    if case.wanted == held and case.again:
        return "Recorded again: nothing keeps it out any more. Echo360 holds it as the timetable has it."
    if case.wanted == held:
        return "Recorded: Echo360 holds it as the timetable has it."
    if case.trouble or case.left_out is not None:
        reason = _left_out(case, case.left_out) if case.left_out is not None else _sentence(case.trouble)
        return f"Echo360 still holds it ({held}). {reason}"
    if case.refused or case.failed:
        return f"Recorded as it was ({held}): {_ended(case.refused or case.failed)}"
    if case.paused:
        return f"Recorded as it was ({held}): sending is paused. {_sentence(case.paused)}"
    return f"Recorded as it was ({held}): the change waits to be sent."


def _left_out(case: Case, reason: Reason) -> str:
    nobody = "another lesson" if reason is Reason.CLASH else "no title"
    text = f"Not recorded: {REASONS[reason].asked.format(keeps=case.keeps or nobody)}"
    if reason in (Reason.CLASH, Reason.FOREIGN):
        return text
    words = case.refused if reason is Reason.REFUSED and case.refused else case.detail
    return f"{text} {_sentence(words)}" if words else text


def _sentence(words: str) -> str:
    words = _ended(words)
    return f"{words[:1].upper()}{words[1:]}"


def _ended(words: str) -> str:
    """Words that stand behind a colon, as somebody wrote them."""
    words = words.strip()
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _lower(criterion: str) -> str:
    """One of our own titles behind a colon."""
    return _ended(f"{criterion[:1].lower()}{criterion[1:]}")
