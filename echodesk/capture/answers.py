"""One table: what can come back from Echo360, what it means, and what is done (design §4.10, reliability H4, T7).

Everything that comes of a call becomes an answer by exactly one row; the worker then goes by the row's class. No
source documents all codes and statuses (API facts §4.4, §8), so what came is looked for by its status first, then
by its code, then by its words without regard to case. What is no answer of the API at all (login pages, broken
JSON) is never definite.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from echodesk.capture.line import Got, NotSent, Unanswered
from echodesk.capture.said import HTML, Said, read, shown
from echodesk.planning.answers import (
    Answer,
    Clash,
    Class,
    Done,
    Exists,
    Gone,
    InPast,
    Kind,
    Missing,
    NoDevice,
    NotAllowed,
    Refused,
    Unclear,
    Wait,
)

DEFAULT_WAIT_S = 5.0

KIND_OF_CODE = {
    "organizationnotfound": Kind.ORGANIZATION,
    "organisationnotfound": Kind.ORGANIZATION,
    "departmentnotfound": Kind.DEPARTMENT,
    "coursenotfound": Kind.COURSE,
    "termnotfound": Kind.TERM,
    "sectionnotfound": Kind.SECTION,
    "campusnotfound": Kind.CAMPUS,
    "buildingnotfound": Kind.BUILDING,
    "roomnotfound": Kind.ROOM,
    "venuenotfound": Kind.ROOM,
    "usernotfound": Kind.PERSON,
    "presenternotfound": Kind.PERSON,
    "instructornotfound": Kind.PERSON,
}
SCHEDULE_CODE = "schedulenotfound"
OTHER_YEAR = "SectionOfOtherYear"
"""Code of a `Refused` that was not sent: one of its sections is known to be another year's (design §4.14)."""

_NAMED = re.compile(
    r"\b(organi[sz]ation|department|course|term|section|campus|building|room|venue|user|presenter|instructor|schedule)"
    r"\b[^.;\n]{0,300}?\b(?:not found|does not exist|unknown)\b"
)
_EXTERNAL_ID = re.compile(r"external[\s_-]*id")
_TAKEN = re.compile(r"unique|exist|in use|already|duplicate|taken")
_EXPIRED = re.compile(r"token[^.]{0,40}(?:expired|invalid|not valid)|(?:expired|invalid)[^.]{0,20}token")


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one call."""

    method: str
    came: Got | NotSent | Unanswered
    said: Said | None = None
    """What a 4xx says; None if it has none of Echo360's forms."""

    @property
    def status(self) -> int:
        """The HTTP status, 0 if no whole answer came."""
        return self.came.status if isinstance(self.came, Got) else 0

    @property
    def text(self) -> str:
        """For people: Echo360's own words, or ours where it said nothing that can be read."""
        if self.said is not None:
            return self.said.text or self.said.code or f"status {self.status}"
        return f"Status {self.status}: {shown(self.came)}" if isinstance(self.came, Got) else self.came.text


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that can come back."""

    came: str
    means: str
    kind: Class
    done: str
    answer: Callable[[Seen], Answer]
    fits: Callable[[Seen], bool] = lambda seen: False
    """By what arrived, before anything is read."""
    codes: frozenset[str] = frozenset()
    """By the code of a refusal, in small letters alone."""
    says: Callable[[Seen], bool] = lambda seen: False
    """By the words of a refusal."""


def _words(*any_of: str) -> Callable[[Seen], bool]:
    return lambda seen: seen.said is not None and any(word in seen.said.words for word in any_of)


def _external_id_taken(seen: Seen) -> bool:
    words = "" if seen.said is None else seen.said.words
    absent = "not found" in words or "not exist" in words
    return bool(_EXTERNAL_ID.search(words) and _TAKEN.search(words)) and not absent


def _missing_kind(seen: Seen) -> Kind | None:
    """Which thing a refusal misses: by its code, else by its words; None if none, or the schedule itself."""
    if seen.said is None:
        return None
    named = _NAMED.search(seen.said.words)
    key = seen.said.key if seen.said.key in (*KIND_OF_CODE, SCHEDULE_CODE) else ""
    key = key or (f"{named[1]}notfound" if named is not None else "")
    if key == SCHEDULE_CODE:
        # A published design prints this code where, by position, the section is meant (API facts §4.4, decisions).
        section = seen.method == "POST" or (seen.method == "PUT" and seen.status != 404)
        return Kind.SECTION if section else None
    return KIND_OF_CODE.get(key)


def _missing(seen: Seen) -> Answer:
    kind = _missing_kind(seen)
    return Gone(seen.text) if kind is None else Missing(kind, seen.text)


def _not_there(seen: Seen) -> bool:
    if seen.method == "POST" or seen.said is None:
        return False
    return seen.status == 404 or (seen.method != "PUT" and "not found" in seen.said.words)


def _refused(seen: Seen) -> Answer:
    return Refused(seen.status, seen.said.code if seen.said is not None else "", seen.text)


def _wait_s(seen: Seen) -> float:
    asked = seen.came.retry_after_s if isinstance(seen.came, Got) else None
    return DEFAULT_WAIT_S if asked is None else asked


def _no_api(seen: Seen) -> bool:
    """Nor does a refusal without a word tell anybody why; a 404 for what stood there needs none."""
    if seen.status == 0 or 200 <= seen.status < 300:
        return False
    return seen.said is None or not (seen.said.words.strip() or _not_there(seen))


UNSENT = Row(
    "no connection within 5 s, or the time ran out before one was free",
    "nothing has left this computer",
    Class.WAIT,
    "again after 1, 2, 4 … 60 s",
    lambda seen: Wait(getattr(seen.came, "seconds", DEFAULT_WAIT_S), may_have_applied=False, text=seen.text),
    fits=lambda seen: isinstance(seen.came, NotSent),
)
UNANSWERED = Row(
    "reset, cut off, silent for 20 s, no HTTP, packed, more than 20 MB",
    "it may have been done, or may be done within L",
    Class.AMBIGUOUS,
    "the intent stays; after L the room is listed and planned afresh",
    lambda seen: Unclear(seen.text),
    fits=lambda seen: isinstance(seen.came, Unanswered),
)
LIMIT = Row(
    "429",
    "nothing was done; the call limit is reached",
    Class.WAIT,
    "no request of any kind before the instant it names (1 s to 1 h); without one after 5 s, 10 s … 5 min",
    lambda seen: Wait(_wait_s(seen), may_have_applied=False, text="Echo360's call limit is reached."),
    fits=lambda seen: seen.status == 429,
)
UNAVAILABLE = Row(
    "503",
    "it may have been done all the same",
    Class.AMBIGUOUS,
    "waited for as told, and unclear as well",
    lambda seen: Wait(_wait_s(seen), may_have_applied=True, text="Echo360 is not available at the moment."),
    fits=lambda seen: seen.status == 503,
)
FORBIDDEN = Row(
    "403 that is not about the token's age",
    "this client may not do that",
    Class.AUTH,
    "all sending stops until someone acts; one probe in 5 min",
    lambda seen: NotAllowed(f"Echo360 does not allow this: {seen.text.removeprefix('Status 403: ')}"),
    fits=lambda seen: seen.status == 403,
)
TROUBLE = Row(
    "1xx, 3xx (never followed), 408, 5xx",
    "it may have been done",
    Class.AMBIGUOUS,
    "the intent stays; after L the room is listed and planned afresh",
    lambda seen: Unclear(seen.text),
    fits=lambda seen: seen.status == 408 or (seen.status >= 100 and seen.status // 100 not in (2, 4)),
)
NO_API = Row(
    "4xx that is none of Echo360's forms, or without a word: a web page, broken JSON, nothing",
    "somebody between us and Echo360 answered: nobody knows",
    Class.AMBIGUOUS,
    "the intent stays; after L the room is listed and planned afresh",
    lambda seen: Unclear(
        f"Status {seen.status}, and not a word why."
        if seen.said is not None
        else seen.text.replace(":", ", but not in a form that Echo360 uses:", 1)
    ),
    fits=_no_api,
)
EXISTS = Row(
    "external id not unique",
    "made by an earlier try, or by hand",
    Class.DEFINITE,
    "read and compared; changed if it differs",
    lambda seen: Exists(seen.text),
    codes=frozenset({"externalidnotunique", "externalidexists", "externalidalreadyexists", "duplicateexternalid"}),
    says=_external_id_taken,
)
CLASH = Row(
    "timing clash",
    "something stands there that is not expected",
    Class.DEFINITE,
    "every room-day of the plan is listed and planned afresh",
    lambda seen: Clash(seen.text),
    codes=frozenset({"timingclash", "scheduletimingclash", "scheduleclash", "scheduleconflict"}),
    says=_words("timing clash", "already taken", "slot is taken"),
)
IN_PAST = Row(
    "time in past",
    "it has begun",
    Class.DEFINITE,
    "too late: told, and not sent again",
    lambda seen: InPast(seen.text),
    codes=frozenset({"timeinpast", "starttimeinpast"}),
    says=_words("time in past", "in the past", "already begun", "already started"),
)
NO_DEVICE = Row(
    "device not found in room",
    "the room has no recorder",
    Class.PARK,
    "failed; the rest of the room waits, one try an hour",
    lambda seen: NoDevice(seen.text),
    codes=frozenset({"devicenotfound"}),
    says=_words("device not found", "no device"),
)
MISSING = Row(
    "a room, section, person … or the schedule is not found, by code or by name",
    "nothing was done for want of it",
    Class.DEFINITE,
    "looked for or made, and sent again twice at most; a person is left out; a schedule that is gone is made anew",
    _missing,
    codes=frozenset({*KIND_OF_CODE, SCHEDULE_CODE}),
    says=lambda seen: seen.said is not None and _NAMED.search(seen.said.words) is not None,
)
GONE = Row(
    "404 for something that stood there",
    "it is not there any more",
    Class.DEFINITE,
    "a removal is done, with a note; a change becomes a creation",
    lambda seen: Gone(seen.text),
    says=_not_there,
)
REFUSED = Row(
    "any other 4xx in Echo360's forms",
    "no, for good",
    Class.PARK,
    "failed in Echo360's own words; not sent again before something changes or staff ask for it",
    _refused,
    says=lambda seen: True,
)
SHUT_OUT = Row(
    "401, signed in anew, and 401 again; or the sign-in itself is refused",
    "the credentials are wrong",
    Class.AUTH,
    "all sending stops until someone acts; one probe in 5 min",
    lambda seen: NotAllowed(seen.text),
)
SIGN_IN_TROUBLE = Row(
    "the sign-in gets no answer, or one that holds no token",
    "what was to be sent has not been sent",
    Class.WAIT,
    "again as told, or after 5 s; a token that still lives goes on",
    lambda seen: Wait(getattr(seen.came, "seconds", DEFAULT_WAIT_S), may_have_applied=False, text=seen.text),
)
NOT_THIS = Row(
    "2xx that cannot be read, is none of the API's, or does not name what was sent; 202; silence to the deadline",
    "it may have been done",
    Class.AMBIGUOUS,
    "the intent stays; after L the room is listed and planned afresh",
    lambda seen: Unclear(seen.text),
)
DONE = Row(
    "2xx that names what was sent",
    "done; the answer shows what stands now",
    Class.DEFINITE,
    "the intent is cleared; if it stands otherwise than asked, the room is listed afresh",
    lambda seen: Done(None),
    fits=lambda seen: 200 <= seen.status < 300,
)

# Read from above: "external id is already taken" is no clash, "device not found in Room" misses no room.
BY_ARRIVAL = (UNSENT, UNANSWERED, LIMIT, UNAVAILABLE, FORBIDDEN, TROUBLE)
BY_CONTENT = (NO_API, EXISTS, CLASH, IN_PAST, NO_DEVICE, MISSING, GONE, REFUSED)
TABLE = (*BY_ARRIVAL, *BY_CONTENT, SHUT_OUT, SIGN_IN_TROUBLE, NOT_THIS, DONE)


def bounced(came: Got | NotSent | Unanswered) -> Got | Answer:
    """What is settled before anyone looks at what was asked; a 2xx, and a 4xx that has to be read, come back."""
    seen = Seen("", came)
    row = next((row for row in BY_ARRIVAL if row.fits(seen)), None)
    if row is not None:
        return row.answer(seen)
    if isinstance(came, Got):
        return came
    raise ValueError(f"no row for {came}")


def refusal(method: str, got: Got) -> Answer:
    """What a 4xx answer to a call about one schedule means. `method` is that of the call."""
    seen = Seen(method, got, read(got))
    return row_of(seen).answer(seen)


def row_of(seen: Seen) -> Row:
    """The row of a 4xx: by what it is at all, then by its code, then by its words."""
    key = "" if seen.said is None else seen.said.key
    return (
        next((row for row in BY_CONTENT if row.fits(seen)), None)
        or next((row for row in BY_CONTENT if key in row.codes), None)
        or next(row for row in BY_CONTENT if row.says(seen))
    )


def unclear(text: str) -> Answer:
    """What came was read and is not what the API promises; `text` says why."""
    return NOT_THIS.answer(Seen("", Unanswered(text)))


def shut_out(text: str) -> Answer:
    """The credentials are not accepted; `text` says why."""
    return SHUT_OUT.answer(Seen("", Unanswered(text)))


def sign_in_trouble(text: str, seconds: float = DEFAULT_WAIT_S) -> Answer:
    """No token for now; `text` says why."""
    return SIGN_IN_TROUBLE.answer(Seen("", NotSent(seconds, text)))


def no_answer(got: Got) -> bool:
    """Whether a 2xx is plainly none of the API's: a web page, or a promise to do it later."""
    return got.status == 202 or HTML.match(got.body) is not None or "html" in got.content_type.lower()


def says_token_expired(got: Got) -> bool:
    """Whether a 403 is about the token and not about permission: which status an expired one gets is not known."""
    said = read(got)
    return said is not None and bool(_EXPIRED.search(said.words))


def not_found(got: Got) -> bool:
    """Whether an answer to a GET of reference data says that the thing is not there."""
    said = read(got)
    if said is None or not 400 <= got.status < 500:
        return False
    return got.status == 404 or said.key.endswith("notfound") or "not found" in said.words
