"""What the target may say to a request: one small value per kind of answer (design §4.10).

`capture/` turns every HTTP answer and every transport failure into exactly one of these; the worker decides by
type alone. Only `Unclear` and `Wait(may_have_applied=True)` leave open whether the request took effect.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from echodesk.planning.values import Standing


@dataclass(frozen=True, slots=True)
class Done:
    """The target did it. `standing` is what stands now (None after a removal)."""

    standing: Standing | None


@dataclass(frozen=True, slots=True)
class Clash:
    """Something else stands in that room at that time."""

    text: str


@dataclass(frozen=True, slots=True)
class Exists:
    """The external id is already in use."""

    text: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The schedule that was to be changed, removed or read is not there."""

    text: str


class Kind(StrEnum):
    """Kinds of reference data, parents included (echo360-api §6)."""

    ORGANIZATION = "organization"
    DEPARTMENT = "department"
    COURSE = "course"
    TERM = "term"
    SECTION = "section"
    CAMPUS = "campus"
    BUILDING = "building"
    ROOM = "room"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Missing:
    """A thing that the request names is not known to the target."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class NoDevice:
    """The room has no recorder."""

    text: str


@dataclass(frozen=True, slots=True)
class InPast:
    """Too late: the target does not touch what has begun."""

    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Any other definite no, in the target's own words."""

    status: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Come back after `seconds`. After a 429 nothing happened; after a 503 nobody knows (decisions)."""

    seconds: float
    may_have_applied: bool
    text: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """No answer, or one that cannot be understood: the request may have taken effect, now or up to L later."""

    text: str


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """Sign-in failed or permission is missing: all sending stops until someone acts."""

    text: str


Answer = Done | Clash | Exists | Gone | Missing | NoDevice | InPast | Refused | Wait | Unclear | NotAllowed

PROBE_S = 300.0
"""While Echo360 does not let us in, one request is tried in this time, until someone acts (reliability H3)."""
CALL_DEADLINE_S = 20.0
"""A call that has no answer by then is given up (reliability H8)."""


def least_lead(late_s: float) -> int:
    """Minutes that the lead time has at least: for so long a request may still take effect after it was sent, L
    from when it was given up. What has begun is touched by none (decisions: the lead time is at least L)."""
    return math.ceil((CALL_DEADLINE_S + late_s) / 60)


class Class(StrEnum):
    """What may be concluded from an answer; the worker acts on it alone (reliability H4, T7)."""

    DEFINITE = "definite"
    """Done, or certainly not done: the intent is cleared."""
    PARK = "park"
    """Certainly not done, and not to be tried again before something changes: shown as failed."""
    WAIT = "wait"
    """Certainly not done: the same request again, not before the time told."""
    AMBIGUOUS = "ambiguous"
    """Done, not done, or done later: the intent stays, and after L the room is listed afresh."""
    AUTH = "auth"
    """Not let in: nothing more is sent until someone acts, but for one probe."""


def class_of(answer: Answer) -> Class:
    """The class of an answer."""
    if isinstance(answer, Wait):
        return Class.AMBIGUOUS if answer.may_have_applied else Class.WAIT
    return _CLASSES.get(type(answer), Class.DEFINITE)


def words_of(answer: Answer) -> str:
    """The words of any answer; a `Done` has none."""
    return "" if isinstance(answer, Done) else answer.text


_CLASSES: dict[type[Answer], Class] = {
    Refused: Class.PARK,
    NoDevice: Class.PARK,
    Unclear: Class.AMBIGUOUS,
    NotAllowed: Class.AUTH,
}


@dataclass(frozen=True, slots=True)
class Listing:
    """All pages of one listing. `complete` is False when a page was missing, repeated or unreadable:
    such a listing proves nothing and deletes nothing (design §3.8)."""

    standing: tuple[Standing, ...]
    complete: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class ReferenceFacts:
    """What the timetable knows about the things one booking names, for looking them up or making them.

    Parents follow decisions ("Requests and reference data"): building = SITEID or "No building", department =
    MODULE.OWNER or "No department", course = MODULEID, term = SETID with its first and last day.
    """

    room: str
    room_name: str
    building: str
    building_name: str
    campus: str | None
    sections: tuple[SectionFacts, ...]
    term: str
    term_first: str
    term_last: str


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """One section (course + group) and its parents."""

    section: str
    group: str
    course: str
    course_name: str
    department: str
    department_name: str


@dataclass(frozen=True, slots=True)
class Supplied:
    """Reference data was found or made: the request that missed it can be sent again."""

    made: tuple[str, ...]
    """What was made, in words for the audit, parents first; empty when it was found."""


@dataclass(frozen=True, slots=True)
class CannotSupply:
    """The thing exists under another id, may not be made, or was refused: the request fails with this text."""

    text: str


SupplyAnswer = Supplied | CannotSupply | Wait | Unclear | NotAllowed

A = TypeVar("A", covariant=True)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call as it went over the wire, for the audit: no header and no secret is ever part of it.

    `status` is 0 when no answer came; `reply` is cut to 2,000 characters.
    """

    method: str
    path: str
    body: str
    status: int
    reply: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Reply(Generic[A]):
    """An answer together with every call that it took."""

    answer: A
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """One line of the REFERENCE table: our key (ROOMID, section external id …) and Echo360's own id."""

    kind: Kind
    key: str
    echo_id: str
