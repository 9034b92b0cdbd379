"""Which request goes wrong, and how: kinds of faults, profiles, and the seeded dice.

The kinds follow the fault catalogue of the reliability reference (§3), whose number stands beside each. What
a kind does is in `effects`, ready-made mixtures are in `fault_profiles`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from echodesk.errors import WrongUse
from echodesk.simulator.signin import TOKEN_PATH
from echodesk.simulator.wire import SimRequest


class FaultKind(StrEnum):
    """One way in which a request goes wrong."""

    # Transport and server errors
    TIMEOUT_NOT_APPLIED = "timeout_not_applied"  # 5
    TIMEOUT_APPLIED = "timeout_applied"  # 6
    RESET_NOT_APPLIED = "reset_not_applied"  # 3
    RESET_APPLIED = "reset_applied"  # 4, no byte of the answer
    CUT_APPLIED = "cut_applied"  # 4, half of the answer
    ERROR_500 = "error_500"  # 8, not applied
    ERROR_502 = "error_502"
    ERROR_503 = "error_503"
    ERROR_504 = "error_504"
    ERROR_500_APPLIED = "error_500_applied"  # 9
    ERROR_502_APPLIED = "error_502_applied"
    ERROR_503_APPLIED = "error_503_applied"
    ERROR_504_APPLIED = "error_504_applied"
    SLOW = "slow"  # a late but proper answer
    # Late application
    LATE_TIMEOUT = "late_timeout"  # 7
    LATE_RESET = "late_reset"
    LATE_504 = "late_504"
    # Unreadable answers
    TRUNCATED_JSON = "truncated_json"  # 14, applied
    MALFORMED_JSON = "malformed_json"  # 14, applied: empty, BOM, NaN, deep nesting, lone surrogate, wrong type
    OTHER_JSON = "other_json"  # 14, applied
    MAINTENANCE_PAGE = "maintenance_page"  # 11, HTML with 200, not applied
    HTML_APPLIED = "html_applied"  # 14
    OTHER_BODY = "other_body"  # 17, applied; names another id
    SILENT_CHANGE = "silent_change"  # 17, applied with another end than asked for
    SCHEMA_DRIFT = "schema_drift"  # 23, applied; unknown members and nulls
    TYPE_DRIFT = "type_drift"  # 23, applied; booleans as text, times with seconds
    # Limits
    LIMIT_SECONDS = "limit_seconds"  # 10
    LIMIT_DATE = "limit_date"
    LIMIT_BARE = "limit_bare"
    LIMIT_ABSURD = "limit_absurd"
    UNAVAILABLE_SECONDS = "unavailable_seconds"  # 11
    UNAVAILABLE_DATE = "unavailable_date"
    OTHER_CLIENT = "other_client"  # 28, someone else uses up a call
    # Credentials and redirects
    TOKEN_EXPIRED = "token_expired"  # 12
    FORBIDDEN = "forbidden"  # 12
    SIGN_IN_ERROR = "sign_in_error"  # 12
    SIGN_IN_TIMEOUT = "sign_in_timeout"
    SIGN_IN_SLOW = "sign_in_slow"
    LOGIN_REDIRECT = "login_redirect"  # 13
    OTHER_HOST_REDIRECT = "other_host_redirect"  # 13
    # What Echo360 says it holds
    SPURIOUS_CLASH = "spurious_clash"  # 18, once for each request
    ENDLESS_CLASH = "endless_clash"  # 18, as often as it is drawn
    SPURIOUS_NOT_FOUND = "spurious_not_found"  # 20
    STALE_LIST = "stale_list"  # 21
    STALE_READ = "stale_read"  # 20, 21
    REFERENCE_LAG = "reference_lag"  # 25, made, answered 201, and seen only later
    ROW_DUPLICATED = "row_duplicated"  # 22
    ROW_LOST = "row_lost"
    ROWS_REORDERED = "rows_reordered"
    NEXT_LOOP = "next_loop"
    # Other people
    FOREIGN_IN_THE_WAY = "foreign_in_the_way"  # 24
    FOREIGN_ADDED = "foreign_added"
    FOREIGN_MOVED = "foreign_moved"
    FOREIGN_REMOVED = "foreign_removed"
    OURS_MOVED = "ours_moved"
    OURS_REMOVED = "ours_removed"


class Scope(StrEnum):
    """Which requests a kind can hit."""

    ANY = "any"
    WRITE = "write"
    BOOKING = "booking"
    CREATION = "creation"
    """POST of reference data."""
    LIST = "list"
    READ = "read"
    SIGN_IN = "sign_in"


_K = FaultKind
_SCOPES: Mapping[FaultKind, Scope] = {
    **dict.fromkeys(
        (
            _K.TIMEOUT_APPLIED,
            _K.RESET_APPLIED,
            _K.ERROR_500_APPLIED,
            _K.ERROR_502_APPLIED,
            _K.ERROR_503_APPLIED,
            _K.ERROR_504_APPLIED,
            _K.LATE_TIMEOUT,
            _K.LATE_RESET,
            _K.LATE_504,
            _K.HTML_APPLIED,
            _K.OTHER_BODY,
        ),
        Scope.WRITE,
    ),
    _K.SPURIOUS_CLASH: Scope.BOOKING,
    _K.ENDLESS_CLASH: Scope.BOOKING,
    _K.SILENT_CHANGE: Scope.BOOKING,
    _K.REFERENCE_LAG: Scope.CREATION,
    _K.FOREIGN_IN_THE_WAY: Scope.BOOKING,
    **dict.fromkeys((_K.STALE_LIST, _K.ROW_DUPLICATED, _K.ROW_LOST, _K.ROWS_REORDERED, _K.NEXT_LOOP), Scope.LIST),
    _K.STALE_READ: Scope.READ,
    _K.SPURIOUS_NOT_FOUND: Scope.READ,
    _K.SIGN_IN_ERROR: Scope.SIGN_IN,
    _K.SIGN_IN_TIMEOUT: Scope.SIGN_IN,
    _K.SIGN_IN_SLOW: Scope.SIGN_IN,
}


class UnknownFault(WrongUse):
    """A profile of that name does not exist, or the rates make no sense."""

    def __init__(self, message: str) -> None:
        super().__init__("The simulator cannot misbehave like that", message, "Choose one of those named.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSettings:
    """How often what goes wrong, and within which bounds."""

    rates: Mapping[FaultKind, float] = field(default_factory=dict)
    """Share of the requests that a kind can hit, 0 to 1."""
    late_s: float = 1.5
    """The longest time a late request takes effect after its client stopped waiting."""
    stale_s: float = 0.5
    """How far back a stale answer looks."""
    slow_s: float = 0.5
    retry_after_s: int = 2
    """The longest wait that a made-up 429 or 503 asks for (absurd ones aside)."""
    calls_per_minute: int | None = None
    """A lower call limit while faults are on; without effect where there is none."""
    first_requests: int | None = None
    """Faults stop after so many requests."""
    first_s: float | None = None
    """Faults stop after so many seconds."""
    methods: frozenset[str] | None = None
    """Only these methods are hit."""
    needle: str | None = None
    """Only requests are hit whose path, query or body holds this text (one room, one lesson)."""
    max_foreign: int = 40
    """The most foreign schedules that appear."""

    def __post_init__(self) -> None:
        if any(not 0 <= rate <= 1 for rate in self.rates.values()):
            raise UnknownFault("A rate is a share between 0 and 1")
        if self.late_s < 0 or self.stale_s < 0 or self.slow_s < 0 or self.retry_after_s < 1:
            raise UnknownFault("Times of faults are not negative, and Retry-After is at least a second")


class FaultInjector:
    """Draws for each request whether and how it goes wrong; the same seed and requests give the same faults."""

    def __init__(self, settings: FaultSettings, rng: random.Random) -> None:
        self.rng = rng
        self.fired: Counter[FaultKind] = Counter()
        """Faults that took effect, by kind."""
        self._settings = settings
        self._seen = 0
        self._since: float | None = None

    @property
    def settings(self) -> FaultSettings:
        """What is in force."""
        return self._settings

    def use(self, settings: FaultSettings) -> None:
        """Changes the settings; the bounds on first requests and seconds start anew."""
        self._settings = settings
        self._seen = 0
        self._since = None

    def active(self, now_s: float) -> bool:
        """Whether faults may still fire at that monotonic time."""
        settings = self._settings
        if not settings.rates:
            return False
        if settings.first_requests is not None and self._seen >= settings.first_requests:
            return False
        return settings.first_s is None or self._since is None or now_s - self._since < settings.first_s

    def decide(self, request: SimRequest, now_s: float) -> FaultKind | None:
        """The fault for this request, if any. Not yet counted: it may find nothing to act on."""
        if not self.active(now_s):
            return None
        if self._since is None:
            self._since = now_s
        self._seen += 1
        settings = self._settings
        if settings.methods is not None and request.method not in settings.methods:
            return None
        if settings.needle is not None and not _mentions(request, settings.needle):
            return None
        scopes = scopes_of(request)
        draw = self.rng.random()
        for kind, rate in settings.rates.items():
            if _SCOPES.get(kind, Scope.ANY) not in scopes:
                continue
            if draw < rate:
                return kind
            draw -= rate
        return None


def scopes_of(request: SimRequest) -> frozenset[Scope]:
    """Which scopes a request falls into."""
    if request.path == TOKEN_PATH:
        return frozenset((Scope.SIGN_IN,))
    schedule = "/v2/schedules" in request.path
    if request.method == "GET":
        collection = request.path.strip("/").count("/") == 3
        return frozenset((Scope.ANY, Scope.LIST if collection else Scope.READ))
    if schedule and request.method in ("POST", "PUT"):
        return frozenset((Scope.ANY, Scope.WRITE, Scope.BOOKING))
    if request.method == "POST" and not schedule:
        return frozenset((Scope.ANY, Scope.WRITE, Scope.CREATION))
    return frozenset((Scope.ANY, Scope.WRITE))


def _mentions(request: SimRequest, needle: str) -> bool:
    return needle in request.path or needle in request.query or needle.encode() in request.body
