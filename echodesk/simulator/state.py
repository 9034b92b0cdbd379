"""What the parts of the institution share: its data, its switches, its clocks and its source of ids."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import datetime

from echodesk.simulator.bookings import Bookings
from echodesk.simulator.directory import Directory
from echodesk.simulator.switches import Switches
from echodesk.simulator.wire import TEXT_HEADERS, Refusal, SimResponse, json_response, refusal


class State:
    """The institution's memory. The clocks come from outside: `now` is naive campus wall-clock time,
    `monotonic` counts seconds."""

    def __init__(
        self,
        switches: Switches,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        rng: random.Random,
        zone: str,
    ) -> None:
        self.switches = switches
        self.now = now
        self.monotonic = monotonic
        self.rng = rng
        self.zone = zone
        self.directory = Directory()
        self.bookings = Bookings()
        self.institution_id = self.new_id()

    def new_id(self) -> str:
        """A fresh system id."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def not_found(self, kind: str, *, code: str | None = None) -> Refusal:
        """The refusal for a path id that names nothing."""
        switches = self.switches
        return refusal(
            switches.unknown_id_status, switches.unknown_id_form, code or f"{kind}NotFound", f"{kind} not found"
        )

    def external_id_taken(self) -> Refusal:
        """The refusal of an external id that something else carries."""
        switches = self.switches
        return refusal(
            switches.duplicate_external_id_status,
            switches.duplicate_external_id_form,
            "ExternalIdNotUnique",
            "External Id not unique",
            path="obj.externalId",
        )


def deleted(switches: Switches, entity: dict[str, object]) -> SimResponse:
    """The answer to a DELETE that removed `entity`; what the real one says is unknown (API facts §8.9)."""
    if switches.delete_body == "text":
        return SimResponse(200, TEXT_HEADERS, b"OK")
    if switches.delete_body == "empty":
        return SimResponse(200)
    return json_response(200, entity if switches.delete_body == "entity" else {})


def resource_not_found() -> Refusal:
    """The refusal of a route that does not exist."""
    return refusal(404, "text", "NotFound", "Resource not found")
