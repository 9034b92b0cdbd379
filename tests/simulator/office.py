"""An in-process institution with one of everything, a clock that stands still, and short ways to ask it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from echodesk.simulator.misbehave import Simulator
from echodesk.simulator.model import Institution, InstitutionConfig
from echodesk.simulator.seed import Seed, SeedRoom, SeedSection, SeedTerm, SeedUser, plant
from echodesk.simulator.switches import Switches
from echodesk.simulator.wire import SimRequest, SimResponse

SCHEDULES = "/public/api/v2/schedules"
V1 = "/public/api/v1"
CLIENT_ID = "the-client"
CLIENT_SECRET = "the-secret"

SEED = Seed(
    rooms=(
        SeedRoom(external_id="BO/101", name="101", building="Boyd Orr", campus="Gilmorehill"),
        SeedRoom(external_id="BO 102", name="102", building="Boyd Orr", campus="Gilmorehill"),
        SeedRoom(external_id="Grün-1", name="101", building="Green House", campus="Garscube"),
        SeedRoom(external_id="NODEV", name="Dark", building="Boyd Orr", campus="Gilmorehill", device=False),
    ),
    terms=(SeedTerm(name="2030-31", start_date="2030-09-01", end_date="2031-06-30", external_id="T30"),),
    sections=(
        SeedSection(
            external_id="MATH1_LC01",
            section_number="LC01",
            course_external_id="MATH1",
            course_identifier="MATH1001",
            course_name="Mathematics 1",
            term="2030-31",
            department="Mathematics",
            organization="Science",
        ),
        SeedSection(
            external_id="MATH1_LC02",
            section_number="LC02",
            course_external_id="MATH1",
            course_identifier="MATH1001",
            course_name="Mathematics 1",
            term="2030-31",
        ),
    ),
    users=(
        SeedUser(email="ann.ash@example.ac.uk", first_name="Ann", last_name="Ash", external_id="U/1"),
        SeedUser(email="bo.birch@example.ac.uk", first_name="Bo", last_name="Birch", roles=("Student",)),
    ),
)


@dataclass
class Clock:
    """Both clocks of an institution, moved by hand."""

    campus: datetime = datetime(2030, 9, 2, 8, 0)  # noqa: DTZ001 (wall-clock time has no zone)
    seconds: float = 1000.0

    def forward(self, seconds: float) -> None:
        """Lets time pass on both."""
        self.campus += timedelta(seconds=seconds)
        self.seconds += seconds


class Answer:
    """An answer, read for the test."""

    def __init__(self, response: SimResponse) -> None:
        self.response = response
        self.status = response.status

    @property
    def json(self) -> Any:
        """The body's JSON."""
        return self.response.json()

    def said(self) -> tuple[int, str, str]:
        """Status, error code and text of a refusal, whichever form it has."""
        body = self.json
        if "param" in body:
            path, problems = next(iter(body["param"].items()))
            return self.status, path, problems[0]["msg"]
        return self.status, body["error"], body.get("message", "")


class Office:
    """A signed-in client of an institution that holds `SEED`."""

    def __init__(
        self, *, calls_per_minute: int = 0, seed: Seed = SEED, token_life_s: int = 86_400, **switches: Any
    ) -> None:
        self.clock = Clock()
        self.institution = Institution(
            InstitutionConfig(
                client_id=CLIENT_ID,
                client_secret=CLIENT_SECRET,
                calls_per_minute=calls_per_minute,
                token_life_s=token_life_s,
                switches=Switches(**switches),
                log_size=100,
            ),
            now=lambda: self.clock.campus,
            monotonic=lambda: self.clock.seconds,
            rng=random.Random(7),
        )
        plant(self.institution, seed)
        self.simulator = Simulator(self.institution, rng=random.Random(11))
        self.token = self.sign_in().json["access_token"]

    def sign_in(self, **parameters: str) -> Answer:
        """Asks for a token; without parameters with the right credentials."""
        form = parameters or {
            "grant_type": "client_credentials",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
        body = urlencode(form).encode()
        return Answer(self.institution.handle(SimRequest("POST", "/oauth2/access_token", body=body)))

    def request(self, method: str, path: str, body: object = None) -> SimRequest:
        """A signed request; `path` may carry a query."""
        place, _, query = path.partition("?")
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        return SimRequest(method, place, query, headers, b"" if body is None else msgspec.json.encode(body))

    def ask(self, method: str, path: str, body: object = None) -> Answer:
        """Sends a request to the institution without faults."""
        return Answer(self.institution.handle(self.request(method, path, body)))

    def book(self, **members: object) -> Answer:
        """Posts a schedule: `booking` with some members changed."""
        return self.ask("POST", SCHEDULES, booking(**members))

    def schedule(self, key: str) -> Answer:
        """Reads a schedule by id or external id."""
        return self.ask("GET", path_of(key))

    def held(self) -> list[Any]:
        """All schedules, from all pages."""
        return self.pages(f"{SCHEDULES}?limit=150")

    def pages(self, path: str) -> list[Any]:
        """The rows of all pages from this one on."""
        rows: list[Any] = []
        following: str | None = path
        while following:
            page = self.ask("GET", following).json
            rows += page["data"]
            following = page.get("next")
        return rows


def path_of(key: str) -> str:
    """Where a schedule is found."""
    return f"{SCHEDULES}/{quote(key, safe='')}"


def booking(**members: object) -> dict[str, object]:
    """The minimal accepted body (API facts §5.5); a member given as None is left out."""
    body: dict[str, object] = {
        "startDate": "2030-10-07",
        "startTime": "09:00",
        "endTime": "10:00",
        "name": "Mathematics 1",
        "externalId": "1-1-2030-31",
        "venue": {"roomExternalId": "BO/101"},
        "presenter": {"userEmail": "ann.ash@example.ac.uk"},
        "sections": [{"sectionExternalId": "MATH1_LC01"}],
        "input1": "display",
        "input2": "video",
        "captureQuality": "medium",
    }
    return {name: value for name, value in (body | members).items() if value is not None}


def without(body: Mapping[str, object], *names: str) -> dict[str, object]:
    """The body less some members."""
    return {name: value for name, value in body.items() if name not in names}
