"""The institution: one request in, one answer out, with no socket, thread, event loop or clock of its own."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from echodesk.simulator.ledger import Ledger
from echodesk.simulator.limiter import Limiter, too_many
from echodesk.simulator.reference import Reference
from echodesk.simulator.schedules import Schedules
from echodesk.simulator.signin import TOKEN_PATH, SignIn
from echodesk.simulator.state import State, resource_not_found
from echodesk.simulator.switches import Switches
from echodesk.simulator.wire import Refusal, SimRequest, SimResponse

_API = "/public/api/"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionConfig:
    """What an institution is started with."""

    client_id: str
    client_secret: str
    calls_per_minute: int = 120
    """0 = no limit."""
    token_life_s: int = 3600
    zone: str = "Europe/London"
    switches: Switches = field(default_factory=Switches)
    log_size: int = 0
    """How many of the latest requests are remembered one by one."""


class Institution:
    """One institution of Echo360.

    `now` gives naive campus wall-clock time, `monotonic` seconds for tokens and the call limit, `utc` aware
    time for Retry-After dates (default: `now` in the zone); `rng` is the source of ids and tokens. Answers
    depend on these and on earlier requests only.
    """

    def __init__(
        self,
        config: InstitutionConfig,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        rng: random.Random,
        utc: Callable[[], datetime] | None = None,
    ) -> None:
        self.state = State(config.switches, now=now, monotonic=monotonic, rng=rng, zone=config.zone)
        self.schedules = Schedules(self.state)
        self.reference = Reference(self.state)
        self.sign_in = SignIn(self.state, config.client_id, config.client_secret, config.token_life_s)
        self.limiter = Limiter(config.calls_per_minute, monotonic)
        self.ledger = Ledger(config.log_size)
        zone = ZoneInfo(config.zone)
        self.utc = utc or (lambda: now().replace(tzinfo=zone).astimezone(UTC))

    def handle(self, request: SimRequest) -> SimResponse:
        """Answers a request as a healthy Echo360 does."""
        self.arrived(request)
        response = self.admit(request) or self.perform(request)
        self.answered(request, response.status)
        return response

    def arrived(self, request: SimRequest) -> None:
        """Counts a request."""
        if request.path == TOKEN_PATH:
            self.ledger.sign_in()
        else:
            self.ledger.call(request.method)

    def answered(self, request: SimRequest, status: int) -> None:
        """Notes how a request ended; status 0 = the client got no answer."""
        self.ledger.answered(self.state.monotonic(), request.method, request.path, status)

    def admit(self, request: SimRequest) -> SimResponse | None:
        """The refusal of a request that may not come in (token, call limit), or None."""
        try:
            if request.path != TOKEN_PATH:
                self.sign_in.check(request)
                self._take_call()
            elif self.state.switches.sign_in_counts:
                self._take_call()
        except Refusal as refused:
            return refused.response
        return None

    def perform(self, request: SimRequest) -> SimResponse:
        """Carries out a request that was let in, at any later time."""
        try:
            return self._route(request)
        except Refusal as refused:
            return refused.response

    def _take_call(self) -> None:
        switches = self.state.switches
        wait_s = self.limiter.take(refused_count=switches.refused_calls_count)
        if wait_s is not None:
            raise too_many(switches, wait_s, self.utc())

    def _route(self, request: SimRequest) -> SimResponse:
        if request.path == TOKEN_PATH:
            return self.sign_in.handle(request)
        if not request.path.startswith(_API):
            raise resource_not_found()
        version, *rest = request.segments()[2:]
        if version == "v2" and rest[:1] == ["schedules"]:
            return self.schedules.handle(request, rest[1:])
        if version == "v1" and rest:
            return self.reference.handle(request, rest[0], rest[1:])
        raise resource_not_found()
