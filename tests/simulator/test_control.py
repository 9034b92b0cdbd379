"""The admin side under `/_simulator/`."""

from typing import Any

import msgspec
import pytest

from echodesk.simulator.control import Control
from echodesk.simulator.wire import SimRequest
from tests.simulator.office import CLIENT_SECRET, SCHEDULES, Answer, Office, booking


class Desk:
    """An office and its admin side."""

    def __init__(self, office: Office | None = None) -> None:
        self.office = office or Office()
        self.control = Control(self.office.simulator, CLIENT_SECRET)

    def ask(self, method: str, name: str, body: object = None, secret: str = CLIENT_SECRET) -> Answer:
        """An admin request."""
        data = b"" if body is None else msgspec.json.encode(body)
        headers = {"x-simulator-secret": secret}
        return Answer(self.control.handle(SimRequest(method, f"/_simulator/{name}", "", headers, data)))

    def send(self, method: str, path: str, body: object = None) -> Any:
        """An API request through the faults."""
        return self.office.simulator.receive(self.office.request(method, path, body))


def test_nothing_is_told_without_the_secret() -> None:
    desk = Desk()
    assert desk.ask("GET", "state", secret="").status == 403
    assert desk.ask("PUT", "settings", {"calls_per_minute": 1}, secret="wrong").status == 403
    assert desk.office.institution.limiter.calls_per_minute == 0


def test_state_counts_what_is_held_and_asked() -> None:
    desk = Desk()
    desk.send("POST", SCHEDULES, booking())
    desk.send("GET", SCHEDULES)
    desk.send("GET", SCHEDULES)
    state = desk.ask("GET", "state").json
    assert state["schedules"] == 1
    assert (state["rooms"], state["sections"], state["users"], state["campuses"]) == (4, 2, 2, 2)
    assert state["calls"] == {"POST": 1, "GET": 2}
    assert (state["calls_total"], state["sign_ins"], state["limited"], state["late_pending"]) == (3, 1, 0, 0)
    log = desk.ask("GET", "log").json
    assert [(entry["method"], entry["status"]) for entry in log][-3:] == [
        ("POST", 201),
        ("GET", 200),
        ("GET", 200),
    ]


def test_reset_starts_the_counters_anew() -> None:
    desk = Desk()
    desk.send("POST", SCHEDULES, booking())
    desk.ask("POST", "reset")
    state = desk.ask("GET", "state").json
    assert (state["schedules"], state["calls"], state["sign_ins"], state["statuses"]) == (1, {}, 0, {})


def test_limit_and_latency_can_be_changed_one_by_one() -> None:
    desk = Desk()
    desk.ask("PUT", "settings", {"calls_per_minute": 1})
    desk.ask("PUT", "settings", {"latency_ms": 20})
    assert [desk.send("GET", SCHEDULES).response.status for _ in range(2)] == [200, 429]
    assert desk.send("GET", SCHEDULES).delay_s == 0.02
    assert desk.ask("GET", "state").json["limited"] == 2


def test_switches_can_be_read_and_changed() -> None:
    desk = Desk()
    assert desk.ask("GET", "switches").json["clash_status"] == 400
    assert desk.ask("PUT", "switches", {"clash_status": 409}).json["clash_status"] == 409
    desk.send("POST", SCHEDULES, booking())
    assert desk.send("POST", SCHEDULES, booking(externalId="2")).response.status == 409
    refused = desk.ask("PUT", "switches", {"clash_status": 410})
    assert refused.status == 400
    assert "clash_status" in refused.json["error"]


def test_faults_can_be_switched_on_and_off() -> None:
    desk = Desk()
    told = desk.ask("PUT", "faults", {"rates": {"error_500": 1.0}, "methods": ["GET"]}).json
    assert (told["rates"], told["methods"]) == ({"error_500": 1.0}, ["GET"])
    assert desk.send("GET", SCHEDULES).response.status == 500
    assert desk.ask("GET", "state").json["faults_active"] is True
    desk.ask("PUT", "faults", {})
    assert desk.send("GET", SCHEDULES).response.status == 200
    state = desk.ask("GET", "state").json
    assert (state["faults_active"], state["faults_fired"]) == (False, {"error_500": 1})
    assert desk.ask("PUT", "faults", {"profile": "late", "late_s": 0.3}).json["late_s"] == 0.3


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("faults", {"profile": "sunny"}),
        ("faults", {"rates": {"rain": 0.1}}),
        ("faults", {"rates": {"slow": 2}}),
        ("faults", {"colour": "red"}),
        ("settings", {"calls": 5}),
        ("switches", ["put"]),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(name: str, body: object) -> None:
    answer = Desk().ask("PUT", name, body)
    assert answer.status == 400
    assert answer.json["error"]


def test_foreign_schedules_can_be_added_even_in_the_past() -> None:
    desk = Desk()
    body = {
        "name": "Seminar",
        "startDate": "2030-01-07",
        "startTime": "09:00",
        "endTime": "10:00",
        "venue": {"roomExternalId": "BO/101"},
    }
    added = desk.ask("POST", "schedules", body)
    assert added.status == 200
    assert [row["id"] for row in desk.office.held()] == [added.json["id"]]
    assert desk.ask("GET", "state").json["foreign_schedules"] == 1
    refused = desk.ask("POST", "schedules", body)
    assert refused.status == 400
    assert "timing clash" in refused.json["error"]


def test_a_seed_can_be_added() -> None:
    desk = Desk()
    users = [{"email": "ed.elm@example.ac.uk", "first_name": "Ed", "last_name": "Elm"}]
    assert desk.ask("POST", "seed", {"users": users}).json["users"] == 3
    assert desk.ask("POST", "seed", {"users": [{"email": 5}]}).status == 400


def test_other_routes_are_named() -> None:
    answer = Desk().ask("GET", "nothing")
    assert answer.status == 404
    assert "GET /_simulator/state" in answer.json["error"]


def test_admin_requests_are_not_calls() -> None:
    desk = Desk()
    for _ in range(3):
        desk.ask("GET", "state")
    assert desk.ask("GET", "state").json["calls_total"] == 0
