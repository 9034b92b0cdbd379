"""Which request goes wrong, and how: kinds of faults, profiles, and the seeded dice.

The kinds follow the fault catalogue of the reliability reference (§3), whose number stands beside each. What
a kind does is in `misbehave`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

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
    SCHEMA_DRIFT = "schema_drift"  # 23, applied; unknown members and nulls
    # Limits
    LIMIT_SECONDS = "limit_seconds"  # 10
    LIMIT_DATE = "limit_date"
    LIMIT_BARE = "limit_bare"
    LIMIT_ABSURD = "limit_absurd"
    UNAVAILABLE_SECONDS = "unavailable_seconds"  # 11
    UNAVAILABLE_DATE = "unavailable_date"
    # Credentials and redirects
    TOKEN_EXPIRED = "token_expired"  # 12
    FORBIDDEN = "forbidden"  # 12
    SIGN_IN_ERROR = "sign_in_error"  # 12
    SIGN_IN_TIMEOUT = "sign_in_timeout"
    LOGIN_REDIRECT = "login_redirect"  # 13
    OTHER_HOST_REDIRECT = "other_host_redirect"  # 13
    # What Echo360 says it holds
    SPURIOUS_CLASH = "spurious_clash"  # 18, once for each request
    SPURIOUS_NOT_FOUND = "spurious_not_found"  # 20
    STALE_LIST = "stale_list"  # 21
    STALE_READ = "stale_read"  # 20, 21
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
    _K.FOREIGN_IN_THE_WAY: Scope.BOOKING,
    **dict.fromkeys((_K.STALE_LIST, _K.ROW_DUPLICATED, _K.ROW_LOST, _K.ROWS_REORDERED, _K.NEXT_LOOP), Scope.LIST),
    _K.STALE_READ: Scope.READ,
    _K.SPURIOUS_NOT_FOUND: Scope.READ,
    _K.SIGN_IN_ERROR: Scope.SIGN_IN,
    _K.SIGN_IN_TIMEOUT: Scope.SIGN_IN,
}

PROFILES: Mapping[str, Mapping[FaultKind, float]] = {
    "none": {},
    "flaky": {
        _K.TIMEOUT_NOT_APPLIED: 0.002,
        _K.TIMEOUT_APPLIED: 0.002,
        _K.RESET_NOT_APPLIED: 0.008,
        _K.RESET_APPLIED: 0.008,
        _K.CUT_APPLIED: 0.006,
        _K.ERROR_500: 0.006,
        _K.ERROR_502: 0.006,
        _K.ERROR_503: 0.006,
        _K.ERROR_504: 0.004,
        _K.ERROR_500_APPLIED: 0.006,
        _K.ERROR_502_APPLIED: 0.006,
        _K.ERROR_503_APPLIED: 0.004,
        _K.ERROR_504_APPLIED: 0.004,
        _K.TRUNCATED_JSON: 0.006,
        _K.MALFORMED_JSON: 0.004,
        _K.OTHER_JSON: 0.004,
        _K.MAINTENANCE_PAGE: 0.004,
        _K.HTML_APPLIED: 0.004,
        _K.SIGN_IN_ERROR: 0.05,
    },
    "late": {_K.LATE_TIMEOUT: 0.003, _K.LATE_RESET: 0.03, _K.LATE_504: 0.03, _K.SLOW: 0.1},
    "limits": {
        _K.LIMIT_SECONDS: 0.01,
        _K.LIMIT_DATE: 0.01,
        _K.LIMIT_BARE: 0.01,
        _K.LIMIT_ABSURD: 0.002,
        _K.UNAVAILABLE_SECONDS: 0.01,
        _K.UNAVAILABLE_DATE: 0.01,
    },
    # What leaves no trace that a client could see before its next comparison (ours moved or removed by hand,
    # rows lost from a page) is known but not in the profile: switch it on by its rate.
    "hostile": {
        _K.SPURIOUS_CLASH: 0.02,
        _K.FOREIGN_IN_THE_WAY: 0.005,
        _K.FOREIGN_ADDED: 0.005,
        _K.FOREIGN_MOVED: 0.003,
        _K.STALE_LIST: 0.01,
        _K.STALE_READ: 0.01,
        _K.ROWS_REORDERED: 0.05,
        _K.OTHER_BODY: 0.005,
        _K.SCHEMA_DRIFT: 0.02,
        _K.TOKEN_EXPIRED: 0.005,
        _K.LOGIN_REDIRECT: 0.005,
    },
}


class UnknownFault(ValueError):
    """A profile or a kind of that name does not exist, or the rates make no sense."""


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


def profile(names: str, *, intensity: float = 1.0, late_s: float = 1.5) -> FaultSettings:
    """The settings of a profile, or of several joined by commas; rates add up and are multiplied by `intensity`.

    Raises `UnknownFault`.
    """
    rates: Counter[FaultKind] = Counter()
    limited = False
    for name in names.split(","):
        found = PROFILES.get(name.strip())
        if found is None:
            raise UnknownFault(f"There is no fault profile {name.strip()!r}. There are: {', '.join(PROFILES)}")
        limited = limited or name.strip() == "limits"
        for kind, rate in found.items():
            rates[kind] += rate  # type: ignore[assignment]
    return FaultSettings(
        rates={kind: min(rate * intensity, 1.0) for kind, rate in rates.items()},
        late_s=late_s,
        calls_per_minute=90 if limited else None,
    )


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
    return frozenset((Scope.ANY, Scope.WRITE))


def _mentions(request: SimRequest, needle: str) -> bool:
    return needle in request.path or needle in request.query or needle.encode() in request.body
