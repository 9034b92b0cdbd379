"""The institution with faults around it: for each request a value that says what happens to it and its client.

The driver carries the value out: the HTTP server with sockets and timers, a simulation with its virtual clock.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from echodesk.simulator import spoil, strangers
from echodesk.simulator.faults import FaultInjector, FaultKind, FaultSettings
from echodesk.simulator.limiter import retry_after
from echodesk.simulator.model import Institution
from echodesk.simulator.wire import Refusal, SimRequest, SimResponse, json_response


class Delivery(StrEnum):
    """What the client gets."""

    ANSWER = "answer"
    SILENCE = "silence"
    """Nothing, until it gives up."""
    RESET = "reset"
    """The connection is torn down without an answer."""
    CUT = "cut"
    """The connection is torn down in the middle of the answer's body."""


@dataclass(frozen=True, slots=True)
class LateRequest:
    """A request that takes effect `after_s` seconds after its client stopped waiting."""

    request: SimRequest
    after_s: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request. Its effect has happened already, unless `late` says that it is still to come:
    then the driver calls `Simulator.apply_late` when the time has come."""

    delivery: Delivery
    response: SimResponse | None = None
    """The answer, for ANSWER and CUT."""
    delay_s: float = 0.0
    """How long the client waits for what `delivery` says."""
    fault: FaultKind | None = None
    late: LateRequest | None = None


class Simulator:
    """An institution that may misbehave."""

    def __init__(
        self,
        institution: Institution,
        *,
        faults: FaultSettings | None = None,
        rng: random.Random | None = None,
        latency_s: float = 0.0,
    ) -> None:
        self.institution = institution
        self.injector = FaultInjector(FaultSettings(), rng or random.Random(0))
        self.latency_s = latency_s
        """How long every answer takes at least."""
        self.late_pending = 0
        """Late requests that have not taken effect yet."""
        self._clashed: set[str] = set()
        self._effects = _effects()
        self.use_faults(faults or FaultSettings())

    def use_faults(self, settings: FaultSettings) -> None:
        """Changes what goes wrong from now on; late requests already under way still come."""
        self.injector.use(settings)
        bookings = self.institution.state.bookings
        stale = {FaultKind.STALE_LIST, FaultKind.STALE_READ} & {k for k, rate in settings.rates.items() if rate}
        bookings.journal = deque(bookings.journal or ()) if stale else None

    def receive(self, request: SimRequest) -> Outcome:
        """Takes a request in and says what becomes of it."""
        institution = self.institution
        now_s = institution.state.monotonic()
        settings = self.injector.settings
        institution.state.bookings.forget_before(now_s - settings.stale_s)
        institution.limiter.ceiling = settings.calls_per_minute if self.injector.active(now_s) else None
        institution.arrived(request)
        refused = institution.admit(request)
        if refused is not None:
            return self._finish(request, Outcome(Delivery.ANSWER, refused))
        kind = self.injector.decide(request, now_s)
        outcome = None if kind is None else self._effects[kind](self, request, kind)
        if outcome is None:
            return self._finish(request, Outcome(Delivery.ANSWER, institution.perform(request)))
        if outcome.fault is not None:
            self.injector.fired[outcome.fault] += 1
        return self._finish(request, outcome)

    def apply_late(self, late: LateRequest) -> SimResponse:
        """Lets a late request take effect now. Its answer reaches no one."""
        self.late_pending -= 1
        return self.institution.perform(late.request)

    def _finish(self, request: SimRequest, outcome: Outcome) -> Outcome:
        heard = outcome.delivery is Delivery.ANSWER and outcome.response is not None
        self.institution.answered(request, outcome.response.status if heard and outcome.response else 0)
        if outcome.late is not None:
            self.late_pending += 1
        if not self.latency_s:
            return outcome
        return Outcome(
            outcome.delivery,
            outcome.response,
            outcome.delay_s + self.latency_s,
            outcome.fault,
            outcome.late,
        )

    def _late(self, request: SimRequest) -> LateRequest:
        return LateRequest(request, self.injector.rng.uniform(0, self.injector.settings.late_s))

    def _clash_once(self, request: SimRequest, kind: FaultKind) -> Outcome | None:
        key = f"{request.method} {request.path} {_external_id(request)}"
        if key in self._clashed:
            return None
        self._clashed.add(key)
        message = "Schedule timing clash with another Schedule"
        status = self.institution.state.switches.clash_status
        return _answer(kind, json_response(status, {"error": "ScheduleTimingClash", "message": message}))

    def _stale(self, request: SimRequest, kind: FaultKind) -> Outcome | None:
        """An answer from the schedules as they stood a moment ago."""
        parts = request.segments()
        state = self.institution.state
        if parts[2:4] != ["v2", "schedules"] or not state.bookings.journal:
            return None
        now_s = state.monotonic()
        held = state.bookings.as_of(now_s - self.injector.rng.uniform(0, self.injector.settings.stale_s))
        try:
            if len(parts) == 4:
                return _answer(kind, self.institution.schedules.listing(request, held))
            return _answer(kind, self.institution.schedules.reading(parts[4], held))
        except Refusal as refused:
            return _answer(kind, refused.response)

    def _foreign(self, request: SimRequest, kind: FaultKind) -> Outcome | None:
        institution, rng = self.institution, self.injector.rng
        more = kind in (FaultKind.FOREIGN_IN_THE_WAY, FaultKind.FOREIGN_ADDED)
        if more and strangers.count(institution) >= self.injector.settings.max_foreign:
            return None
        acted = {
            FaultKind.FOREIGN_IN_THE_WAY: lambda: strangers.stand_in_the_way(institution, request),
            FaultKind.FOREIGN_ADDED: lambda: strangers.add(institution, rng),
            FaultKind.FOREIGN_MOVED: lambda: strangers.move(institution, rng, foreign=True),
            FaultKind.FOREIGN_REMOVED: lambda: strangers.remove(institution, rng, foreign=True),
            FaultKind.OURS_MOVED: lambda: strangers.move(institution, rng, foreign=False),
            FaultKind.OURS_REMOVED: lambda: strangers.remove(institution, rng, foreign=False),
        }[kind]()
        return _answer(kind, institution.perform(request)) if acted else None


_Effect = Callable[[Simulator, SimRequest, FaultKind], Outcome | None]


def _answer(kind: FaultKind, response: SimResponse | None, delay_s: float = 0.0) -> Outcome | None:
    return None if response is None else Outcome(Delivery.ANSWER, response, delay_s, kind)


def _effects() -> Mapping[FaultKind, _Effect]:
    """What each kind does; an effect that finds nothing to act on returns None and the request goes well."""
    k = FaultKind
    effects: dict[FaultKind, _Effect] = {
        k.TIMEOUT_NOT_APPLIED: lambda s, r, kind: Outcome(Delivery.SILENCE, fault=kind),
        k.TIMEOUT_APPLIED: _applied(Delivery.SILENCE),
        k.RESET_NOT_APPLIED: lambda s, r, kind: Outcome(Delivery.RESET, fault=kind),
        k.RESET_APPLIED: _applied(Delivery.RESET),
        k.CUT_APPLIED: _applied(Delivery.CUT),
        k.SLOW: lambda s, r, kind: _answer(
            kind, s.institution.perform(r), s.injector.rng.uniform(0, s.injector.settings.slow_s)
        ),
        k.LATE_TIMEOUT: lambda s, r, kind: Outcome(Delivery.SILENCE, fault=kind, late=s._late(r)),
        k.LATE_RESET: lambda s, r, kind: Outcome(Delivery.RESET, fault=kind, late=s._late(r)),
        k.LATE_504: lambda s, r, kind: Outcome(
            Delivery.ANSWER, spoil.page(504, "Gateway Time-out"), fault=kind, late=s._late(r)
        ),
        k.TRUNCATED_JSON: _spoiled(lambda a, rng: spoil.truncated(a)),
        k.MALFORMED_JSON: _spoiled(spoil.malformed),
        k.OTHER_JSON: _spoiled(spoil.other_json),
        k.HTML_APPLIED: _spoiled(lambda a, rng: spoil.page(a.status, "Welcome")),
        k.OTHER_BODY: _spoiled(spoil.other_body),
        k.SCHEMA_DRIFT: _spoiled(lambda a, rng: spoil.drifted(a)),
        k.ROW_DUPLICATED: _spoiled(spoil.duplicated_row),
        k.ROW_LOST: _spoiled(spoil.lost_row),
        k.ROWS_REORDERED: _spoiled(spoil.reordered),
        k.NEXT_LOOP: lambda s, r, kind: _answer(
            kind, spoil.looping(s.institution.perform(r), f"{r.path}?{r.query}")
        ),
        k.MAINTENANCE_PAGE: lambda s, r, kind: _answer(kind, spoil.page(200, "Scheduled maintenance")),
        k.LIMIT_SECONDS: _wait(429, "seconds"),
        k.LIMIT_DATE: _wait(429, "date"),
        k.LIMIT_BARE: _wait(429, "off"),
        k.LIMIT_ABSURD: _absurd,
        k.UNAVAILABLE_SECONDS: _wait(503, "seconds"),
        k.UNAVAILABLE_DATE: _wait(503, "date"),
        k.TOKEN_EXPIRED: _expire,
        k.FORBIDDEN: lambda s, r, kind: _answer(
            kind, json_response(403, {"error": "Forbidden", "message": "Access denied"})
        ),
        k.SIGN_IN_ERROR: lambda s, r, kind: _answer(kind, spoil.page(503, "Service unavailable")),
        k.SIGN_IN_TIMEOUT: lambda s, r, kind: Outcome(Delivery.SILENCE, fault=kind),
        k.LOGIN_REDIRECT: lambda s, r, kind: _answer(kind, _redirect("/login")),
        k.OTHER_HOST_REDIRECT: lambda s, r, kind: _answer(kind, _redirect("https://login.example.ac.uk/")),
        k.SPURIOUS_CLASH: lambda s, r, kind: s._clash_once(r, kind),
        k.SPURIOUS_NOT_FOUND: lambda s, r, kind: _answer(kind, s.institution.state.not_found("Schedule").response),
        k.STALE_LIST: lambda s, r, kind: s._stale(r, kind),
        k.STALE_READ: lambda s, r, kind: s._stale(r, kind),
    }
    for status, plain, applied in (
        (500, k.ERROR_500, k.ERROR_500_APPLIED),
        (502, k.ERROR_502, k.ERROR_502_APPLIED),
        (503, k.ERROR_503, k.ERROR_503_APPLIED),
        (504, k.ERROR_504, k.ERROR_504_APPLIED),
    ):
        effects[plain] = _error(status, applied=False)
        effects[applied] = _error(status, applied=True)
    for kind in k:
        if kind.startswith(("foreign_", "ours_")):
            effects[kind] = lambda s, r, kind: s._foreign(r, kind)
    return effects


def _applied(delivery: Delivery) -> _Effect:
    return lambda s, r, kind: Outcome(delivery, s.institution.perform(r), fault=kind)


def _spoiled(spoiler: Callable[[SimResponse, random.Random], SimResponse | None]) -> _Effect:
    """The request takes effect, its answer is spoiled; if there is nothing to spoil, it stands."""

    def effect(simulator: Simulator, request: SimRequest, kind: FaultKind) -> Outcome:
        proper = simulator.institution.perform(request)
        spoiled = spoiler(proper, simulator.injector.rng)
        if spoiled is None:
            return Outcome(Delivery.ANSWER, proper)
        return Outcome(Delivery.ANSWER, spoiled, fault=kind)

    return effect


def _error(status: int, *, applied: bool) -> _Effect:
    def effect(simulator: Simulator, request: SimRequest, kind: FaultKind) -> Outcome | None:
        if applied:
            simulator.institution.perform(request)
        if status == 500:
            return _answer(kind, json_response(500, {"error": "InternalServerError"}))
        titles = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"}
        return _answer(kind, spoil.page(status, titles[status]))

    return effect


def _wait(status: int, form: str) -> _Effect:
    def effect(simulator: Simulator, request: SimRequest, kind: FaultKind) -> Outcome | None:
        seconds = simulator.injector.rng.randint(1, simulator.injector.settings.retry_after_s)
        headers = retry_after(form, seconds, simulator.institution.utc())
        error = "TooManyRequests" if status == 429 else "ServiceUnavailable"
        return _answer(kind, json_response(status, {"error": error}, headers))

    return effect


def _absurd(simulator: Simulator, request: SimRequest, kind: FaultKind) -> Outcome | None:
    value = simulator.injector.rng.choice(("-1", "0", "soon", "1e3", "", "999999999999999999999"))
    return _answer(kind, json_response(429, {"error": "TooManyRequests"}, (("retry-after", value),)))


def _expire(simulator: Simulator, request: SimRequest, kind: FaultKind) -> Outcome | None:
    simulator.institution.sign_in.revoke(request)
    try:
        simulator.institution.sign_in.check(request)
    except Refusal as refused:
        return _answer(kind, refused.response)
    return None


def _redirect(location: str) -> SimResponse:
    return SimResponse(302, (("location", location),))


def _external_id(request: SimRequest) -> object:
    try:
        return msgspec.json.decode(request.body, type=dict[str, object]).get("externalId")
    except msgspec.DecodeError:
        return None
