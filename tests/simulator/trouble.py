"""An office whose requests meet faults, and what comes back through them."""

from typing import Any

from echodesk.simulator.faults import FaultKind, FaultSettings
from echodesk.simulator.outcomes import Delivery, Outcome
from tests.simulator.office import SCHEDULES, Office, booking

K = FaultKind
ANSWER, SILENCE, RESET, CUT = Delivery.ANSWER, Delivery.SILENCE, Delivery.RESET, Delivery.CUT


def troubled(*kinds: FaultKind, office: Office | None = None, **bounds: Any) -> Office:
    """An office whose requests meet these faults, each for sure (the first that can hit a request does)."""
    office = office or Office()
    office.simulator.use_faults(FaultSettings(rates=dict.fromkeys(kinds, 1.0), **bounds))
    return office


def post(office: Office, **members: object) -> Outcome:
    """Posts a schedule through the faults."""
    return office.simulator.receive(office.request("POST", SCHEDULES, booking(**members)))


def get(office: Office, path: str = SCHEDULES) -> Outcome:
    """Reads through the faults."""
    return office.simulator.receive(office.request("GET", path))


def body(outcome: Outcome) -> Any:
    """The JSON of an answer."""
    assert outcome.response is not None
    return outcome.response.json()
