"""`/_simulator/…`: looking into the simulator and steering it, beside the API and never counted as calls.

Every request carries the client secret in the header `X-Simulator-Secret`. Bodies are JSON:
GET `state`, `log`, `switches`, `faults`; PUT `switches` (name: value), `faults` (see `FaultsBody`), `settings`
(see `SettingsBody`); POST `seed` (a `Seed`), `schedules` (a v2 body: a foreign schedule), `reset` (the counters).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import asdict

import msgspec

from echodesk.errors import EchoDeskError
from echodesk.simulator.fault_profiles import profile
from echodesk.simulator.faults import FaultKind, FaultSettings
from echodesk.simulator.misbehave import Simulator
from echodesk.simulator.seed import add_foreign, decode_seed, plant
from echodesk.simulator.switches import changed
from echodesk.simulator.wire import SimRequest, SimResponse, json_response

PREFIX = "/_simulator/"
SECRET_HEADER = "x-simulator-secret"


class FaultsBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may go wrong from now on: a profile, with rates of single kinds set beside it."""

    profile: str = "none"
    intensity: float = 1.0
    rates: dict[FaultKind, float] = {}
    late_s: float = 1.5
    stale_s: float = 0.5
    slow_s: float = 0.5
    retry_after_s: int = 2
    calls_per_minute: int | None = None
    first_requests: int | None = None
    first_s: float | None = None
    methods: frozenset[str] | None = None
    needle: str | None = None
    max_foreign: int = 40

    def settings(self) -> FaultSettings:
        """The settings meant. Raises `UnknownFault`."""
        named = profile(self.profile, intensity=self.intensity, late_s=self.late_s)
        return FaultSettings(
            rates={**named.rates, **self.rates},
            late_s=self.late_s,
            stale_s=self.stale_s,
            slow_s=self.slow_s,
            retry_after_s=self.retry_after_s,
            calls_per_minute=named.calls_per_minute if self.calls_per_minute is None else self.calls_per_minute,
            first_requests=self.first_requests,
            first_s=self.first_s,
            methods=self.methods,
            needle=self.needle,
            max_foreign=self.max_foreign,
        )


class SettingsBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The call limit (0 = none) and the time every answer takes at least; what is absent stays."""

    calls_per_minute: int | None = None
    latency_ms: float | None = None


class Control:
    """The admin side of one simulator."""

    def __init__(self, simulator: Simulator, secret: str) -> None:
        self._simulator = simulator
        self._secret = secret
        self._routes: dict[tuple[str, str], Callable[[bytes], object]] = {
            ("GET", "state"): lambda _: self.state(),
            ("GET", "log"): lambda _: [entry._asdict() for entry in self._simulator.institution.ledger.log],
            ("GET", "switches"): lambda _: asdict(self._simulator.institution.state.switches),
            ("PUT", "switches"): self._set_switches,
            ("GET", "faults"): lambda _: self._faults(),
            ("PUT", "faults"): self._set_faults,
            ("PUT", "settings"): self._set_settings,
            ("POST", "seed"): self._seed,
            ("POST", "schedules"): self._add_foreign,
            ("POST", "reset"): lambda _: self._reset(),
        }

    def handle(self, request: SimRequest) -> SimResponse:
        """Answers a request below `PREFIX`."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            return json_response(403, {"error": f"The header {SECRET_HEADER} must hold the client secret"})
        route = self._routes.get((request.method, request.path.removeprefix(PREFIX)))
        if route is None:
            known = sorted(f"{method} {PREFIX}{name}" for method, name in self._routes)
            return json_response(404, {"error": f"There is no such route. There are: {', '.join(known)}"})
        try:
            return json_response(200, route(request.body))
        except EchoDeskError as problem:
            return json_response(400, {"error": problem.message})
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            return json_response(400, {"error": f"The body is not readable: {problem}"})

    def state(self) -> dict[str, object]:
        """Counts of what the institution holds and of what it was asked."""
        institution = self._simulator.institution
        directory = institution.state.directory
        ledger = institution.ledger
        bookings = institution.state.bookings
        foreign = sum(schedule.foreign for schedule in bookings)
        return {
            "schedules": len(bookings),
            "foreign_schedules": foreign,
            "organizations": len(directory.organizations),
            "departments": len(directory.departments),
            "courses": len(directory.courses),
            "terms": len(directory.terms),
            "sections": len(directory.sections),
            "campuses": len(directory.campuses),
            "buildings": len(directory.buildings),
            "rooms": len(directory.rooms),
            "users": len(directory.users),
            "calls": dict(ledger.calls),
            "calls_total": ledger.calls.total(),
            "sign_ins": ledger.sign_ins,
            "limited": ledger.statuses[429],
            "statuses": {str(status): count for status, count in sorted(ledger.statuses.items())},
            "faults_fired": self._fired(),
            "faults_active": self._simulator.injector.active(institution.state.monotonic()),
            "late_pending": self._simulator.late_pending,
            "calls_per_minute": institution.limiter.calls_per_minute,
            "latency_ms": self._simulator.latency_s * 1000,
            "now": institution.state.now().isoformat(timespec="seconds"),
        }

    def _fired(self) -> dict[str, int]:
        return {kind.value: count for kind, count in sorted(self._simulator.injector.fired.items())}

    def _faults(self) -> dict[str, object]:
        settings = self._simulator.injector.settings
        values = {name: getattr(settings, name) for name in FaultSettings.__slots__ if name != "methods"}
        values["methods"] = None if settings.methods is None else sorted(settings.methods)
        return values | {"fired": self._fired()}

    def _set_switches(self, body: bytes) -> object:
        state = self._simulator.institution.state
        state.switches = changed(state.switches, msgspec.json.decode(body, type=dict[str, object]))
        return asdict(state.switches)

    def _set_faults(self, body: bytes) -> object:
        self._simulator.use_faults(msgspec.json.decode(body, type=FaultsBody).settings())
        return self._faults()

    def _set_settings(self, body: bytes) -> object:
        wanted = msgspec.json.decode(body, type=SettingsBody)
        if wanted.calls_per_minute is not None:
            self._simulator.institution.limiter.calls_per_minute = max(wanted.calls_per_minute, 0)
        if wanted.latency_ms is not None:
            self._simulator.latency_s = max(wanted.latency_ms, 0.0) / 1000
        return self.state()

    def _seed(self, body: bytes) -> object:
        plant(self._simulator.institution, decode_seed(body))
        return self.state()

    def _add_foreign(self, body: bytes) -> object:
        schedule = add_foreign(self._simulator.institution, msgspec.json.decode(body, type=dict[str, object]))
        return {"id": schedule.id}

    def _reset(self) -> object:
        self._simulator.institution.ledger.reset()
        self._simulator.injector.fired.clear()
        return self.state()
