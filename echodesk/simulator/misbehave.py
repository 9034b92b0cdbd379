"""The institution with faults around it: for each request a value that says what happens to it and its client.

The driver carries the value out: the HTTP server with sockets and timers, a simulation with its virtual clock.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import replace

from echodesk.simulator.effects import EFFECTS, Scene
from echodesk.simulator.faults import FaultInjector, FaultKind, FaultSettings
from echodesk.simulator.model import Institution
from echodesk.simulator.outcomes import Delivery, LateRequest, Outcome
from echodesk.simulator.wire import SimRequest, SimResponse


class Simulator:
    """An institution that may misbehave. The same requests, clocks and dice give the same outcomes."""

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
        self._scene = Scene(institution, self.injector)
        self.use_faults(faults or FaultSettings())

    def use_faults(self, settings: FaultSettings) -> None:
        """Changes what goes wrong from now on; late requests already under way still come."""
        self.injector.use(settings)
        bookings = self.institution.state.bookings
        stale = any(settings.rates.get(kind) for kind in (FaultKind.STALE_LIST, FaultKind.STALE_READ))
        bookings.journal = deque(bookings.journal or ()) if stale else None

    def receive(self, request: SimRequest) -> Outcome:
        """Takes a request in and says what becomes of it."""
        institution = self.institution
        now_s = institution.state.monotonic()
        settings = self.injector.settings
        active = self.injector.active(now_s)
        institution.state.bookings.forget_before(now_s - settings.stale_s)
        institution.limiter.ceiling = settings.calls_per_minute if active else None
        institution.arrived(request)
        refused = institution.admit(request)
        if refused is not None:
            return self._finish(request, Outcome(Delivery.ANSWER, refused))
        kind = self.injector.decide(request, now_s)
        outcome = None if kind is None else EFFECTS[kind](self._scene, request, kind)
        if outcome is None:
            outcome = Outcome(Delivery.ANSWER, institution.perform(request))
        return self._finish(request, outcome)

    def apply_late(self, late: LateRequest) -> SimResponse | None:
        """Lets a late request take effect now; what it answers reaches no one. None if an object that was made
        before merely became visible."""
        self.late_pending -= 1
        if late.appear is not None:
            late.appear()
            return None
        return self.institution.perform(late.request)

    def _finish(self, request: SimRequest, outcome: Outcome) -> Outcome:
        heard = outcome.delivery is Delivery.ANSWER and outcome.response is not None
        self.institution.answered(request, outcome.response.status if heard and outcome.response else 0)
        if outcome.fault is not None:
            self.injector.fired[outcome.fault] += 1
        if outcome.late is not None:
            self.late_pending += 1
        return replace(outcome, delay_s=outcome.delay_s + self.latency_s) if self.latency_s else outcome
