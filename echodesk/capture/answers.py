"""One table: what Echo360's refusals mean (design §4.10).

No source documents all codes and statuses (API facts §4.4, §8), so the code is looked at first and then the text,
without regard to case. All three error forms end in one `Said`. Bodies that are no answer of the API at all (login
pages, broken JSON) are never definite.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from echodesk.capture.line import Got
from echodesk.capture.parsing import Unreadable, decoded
from echodesk.planning.answers import (
    Answer,
    Clash,
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
TEXT_SHOWN = 500
HTML = re.compile(rb"\s*(?:<!doctype|<html|<head|<\?xml|<!--)", re.IGNORECASE)

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

_NAMED = re.compile(
    r"\b(organi[sz]ation|department|course|term|section|campus|building|room|venue|user|presenter|instructor|schedule)"
    r"\b[^.;\n]{0,300}?\b(?:not found|does not exist|unknown)\b"
)
_EXTERNAL_ID = re.compile(r"external[\s_-]*id")
_TAKEN = re.compile(r"unique|exist|in use|already|duplicate|taken")
_EXPIRED = re.compile(r"token[^.]{0,40}(?:expired|invalid|not valid)|(?:expired|invalid)[^.]{0,20}token")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Said:
    """What a refusal says, in whichever of the three forms it came."""

    code: str
    text: str
    """For people: the message, or the faults of single fields."""

    @property
    def key(self) -> str:
        """The code for comparing."""
        return re.sub(r"[^a-z]", "", self.code.lower())

    @property
    def words(self) -> str:
        """Text and code together, in lower case, a code's words apart: `TimingClash` is `timing clash`."""
        return f"{self.text} {_WORDS.sub(' ', self.code)}".lower()


@dataclass(frozen=True, slots=True)
class _Row:
    codes: frozenset[str]
    says: Callable[[str], bool]
    answer: Callable[[str], Answer]


def _any_of(*words: str) -> Callable[[str], bool]:
    return lambda said: any(word in said for word in words)


def _external_id_taken(words: str) -> bool:
    absent = "not found" in words or "not exist" in words
    return bool(_EXTERNAL_ID.search(words) and _TAKEN.search(words)) and not absent


# Read from above: "external id is already taken" is no clash, "device not found in Room" misses no room.
TABLE = (
    _Row(
        frozenset({"externalidnotunique", "externalidexists", "externalidalreadyexists", "duplicateexternalid"}),
        _external_id_taken,
        Exists,
    ),
    _Row(
        frozenset({"timingclash", "scheduletimingclash", "scheduleclash", "scheduleconflict"}),
        _any_of("timing clash", "already taken", "slot is taken"),
        Clash,
    ),
    _Row(
        frozenset({"timeinpast", "starttimeinpast"}),
        _any_of("time in past", "in the past", "already begun", "already started"),
        InPast,
    ),
    _Row(frozenset({"devicenotfound"}), _any_of("device not found", "no device"), NoDevice),
)


def bounced(got: Got) -> Wait | Unclear | NotAllowed | None:
    """What the status alone settles, before anyone looks at what was asked; None for all other statuses.

    Only 429 is a definite "nothing happened"; 503 asks to wait as well, and leaves open whether it took effect.
    """
    status = got.status
    if 200 <= status < 300:
        return None
    if status == 429:
        return Wait(_wait_s(got), may_have_applied=False, text="Echo360's call limit is reached.")
    if status == 503:
        return Wait(_wait_s(got), may_have_applied=True, text="Echo360 is not available at the moment.")
    if status == 403:
        return NotAllowed(f"Echo360 does not allow this: {shown(got)}")
    if status == 408 or not 400 <= status < 500:
        return Unclear(f"Status {status}: {shown(got)}")
    return None


def says_token_expired(got: Got) -> bool:
    """Whether a 403 is about the token and not about permission: which status an expired one gets is not known."""
    said = read(got)
    return said is not None and bool(_EXPIRED.search(said.words))


def refusal(method: str, got: Got) -> Answer:
    """What a 4xx answer to a call about one schedule means. `method` is that of the call."""
    said = read(got)
    if said is None:
        return Unclear(f"Status {got.status}, but not in a form that Echo360 uses: {shown(got)}")
    text = said.text or said.code or f"status {got.status}"
    for row in TABLE:
        if said.key in row.codes:
            return row.answer(text)
    missing = _missing_by_code(said, text, method, got.status)
    if missing is not None:
        return missing
    words = said.words
    for row in TABLE:
        if row.says(words):
            return row.answer(text)
    named = _NAMED.search(words)
    if named is not None:
        word = named[1]
        if word == "schedule":
            return _schedule_missing(text, method, got.status)
        return Missing(KIND_OF_CODE[f"{word}notfound"], text)
    if method != "POST" and (got.status == 404 or (method != "PUT" and "not found" in words)):
        return Gone(text)
    return Refused(got.status, said.code, text)


def not_found(got: Got) -> bool:
    """Whether an answer to a GET of reference data says that the thing is not there."""
    said = read(got)
    if said is None or not 400 <= got.status < 500:
        return False
    return got.status == 404 or said.key.endswith("notfound") or "not found" in said.words


def read(got: Got) -> Said | None:
    """The refusal in any of the three forms (API facts §4.4); None if it is none of Echo360's."""
    body = got.body.strip()
    if HTML.match(body) or "html" in got.content_type.lower():
        return None
    if body[:1] not in (b"{", b"["):
        return Said("", _cut(body.decode("utf-8", "replace").strip().strip('"')))
    try:
        document = decoded(body)
    except Unreadable:
        return None
    if not isinstance(document, dict):
        return None
    code, message = document.get("error"), document.get("message")
    faults = "; ".join(_faults(document.get("param")))
    texts = [part for part in (message if isinstance(message, str) else "", faults) if part]
    if not isinstance(code, str):
        return Said("", _cut("; ".join(texts)))
    if not texts and " " in code.strip():
        # The third form: free text where the code should be.
        return Said("", _cut(code))
    return Said(code, _cut("; ".join(texts)))


def told(answer: Answer) -> str:
    """The words of any answer; a `Done` has none."""
    return "" if isinstance(answer, Done) else answer.text


def shown(got: Got) -> str:
    """The beginning of a body, for a message."""
    if HTML.match(got.body):
        return "a web page"
    return _cut(got.body[: TEXT_SHOWN * 4].decode("utf-8", "replace")) or "no text"


def _missing_by_code(said: Said, text: str, method: str, status: int) -> Answer | None:
    if said.key == SCHEDULE_CODE:
        return _schedule_missing(text, method, status)
    kind = KIND_OF_CODE.get(said.key)
    return None if kind is None else Missing(kind, text)


def _schedule_missing(text: str, method: str, status: int) -> Answer:
    # A published design prints this code where, by position, the section is meant (API facts §4.4, decisions).
    if method == "POST" or (method == "PUT" and status != 404):
        return Missing(Kind.SECTION, text)
    return Gone(text)


def _faults(param: object) -> list[str]:
    if not isinstance(param, dict):
        return []
    found = []
    for field, faults in param.items():
        for fault in faults if isinstance(faults, list) else ():
            if isinstance(fault, dict) and isinstance(fault.get("msg"), str):
                found.append(f"{field.removeprefix('obj.')}: {fault['msg']}")
    return found


def _wait_s(got: Got) -> float:
    return DEFAULT_WAIT_S if got.retry_after_s is None else got.retry_after_s


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_SHOWN else text[: TEXT_SHOWN - 1] + "…"
