"""Misbehaviour: when a fault fires, how often, and that the same dice give the same faults."""

import random

import pytest

from echodesk.simulator.fault_profiles import PROFILES, profile
from echodesk.simulator.faults import FaultInjector, FaultKind, FaultSettings, Scope, UnknownFault, scopes_of
from echodesk.simulator.wire import SimRequest
from tests.simulator.office import SCHEDULES, V1, Office, booking, path_of
from tests.simulator.trouble import K, get, post, troubled


def test_faults_stop_after_so_many_requests_or_seconds_or_when_told() -> None:
    office = troubled(K.ERROR_500, first_requests=2)
    assert [get(office).fault for _ in range(3)] == [K.ERROR_500, K.ERROR_500, None]
    office = troubled(K.ERROR_500, first_s=10.0)
    office.clock.forward(100)
    assert get(office).fault is K.ERROR_500
    office.clock.forward(10)
    assert get(office).fault is None
    office = troubled(K.ERROR_500)
    assert get(office).fault is K.ERROR_500
    office.simulator.use_faults(profile("none"))
    assert get(office).fault is None


def test_faults_can_be_kept_to_methods_or_to_one_room() -> None:
    office = troubled(K.ERROR_500, methods=frozenset({"POST"}))
    assert get(office).fault is None
    assert post(office).fault is K.ERROR_500
    office = troubled(K.ERROR_500, needle="BO/101")
    assert post(office).fault is K.ERROR_500
    assert post(office, venue={"roomExternalId": "BO 102"}).fault is None


def test_what_is_refused_at_the_door_meets_no_fault() -> None:
    office = troubled(K.ERROR_500, office=Office(calls_per_minute=1))
    assert get(office).fault is K.ERROR_500
    outcome = get(office)
    assert outcome.response is not None
    assert (outcome.response.status, outcome.fault) == (429, None)


def test_latency_delays_every_outcome() -> None:
    office = Office()
    office.simulator.latency_s = 0.05
    assert post(office).delay_s == 0.05
    troubled(K.RESET_APPLIED, office=office)
    assert post(office).delay_s == 0.05


def run(seed: int) -> list[tuple[object, ...]]:
    """The outcomes of one fixed series of requests under all profiles together."""
    office = Office()
    office.simulator.injector.rng = random.Random(seed)
    office.simulator.use_faults(profile("flaky,late,limits,hostile", intensity=2))
    outcomes: list[tuple[object, ...]] = []
    for at in range(300):
        office.clock.forward(0.1)
        outcome = post(office, externalId=str(at), startDate=f"2030-{10 + at % 3}-{at % 28 + 1:02d}")
        outcomes.append((outcome.delivery, outcome.fault, outcome.response))
        if outcome.late is not None:
            office.simulator.apply_late(outcome.late)
        if outcome.fault is K.TOKEN_EXPIRED:
            office.token = office.sign_in().json["access_token"]
    return outcomes


def test_the_same_dice_give_the_same_outcomes_and_others_other_ones() -> None:
    assert run(1) == run(1)
    assert run(1) != run(2)


@pytest.mark.parametrize("name", [name for name in PROFILES if name != "none"])
def test_each_kind_of_a_profile_is_drawn_about_as_often_as_it_says(name: str) -> None:
    settings = profile(name, intensity=3)
    injector = FaultInjector(settings, random.Random(5))
    office = Office()
    requests = [
        office.request("POST", SCHEDULES, booking()),
        office.request("GET", SCHEDULES),
        office.request("GET", path_of("x")),
        SimRequest("POST", "/oauth2/access_token"),
    ]
    drawn = [injector.decide(request, 0.0) for _ in range(20_000) for request in requests]
    for kind, rate in settings.rates.items():
        hits = sum(kind in injector_kinds(request, settings) for request in requests)
        expected = 20_000 * hits * rate
        assert abs(drawn.count(kind) - expected) < 6 * expected**0.5 + 1, kind


def injector_kinds(request: SimRequest, settings: FaultSettings) -> set[FaultKind]:
    """The kinds of the settings that can hit a request, found by asking with each alone."""
    return {
        kind
        for kind in settings.rates
        if FaultInjector(FaultSettings(rates={kind: 1.0}), random.Random(0)).decide(request, 0.0) is kind
    }


@pytest.mark.parametrize(
    ("method", "path", "scopes"),
    [
        ("POST", "/oauth2/access_token", {Scope.SIGN_IN}),
        ("GET", SCHEDULES, {Scope.ANY, Scope.LIST}),
        ("GET", f"{V1}/rooms", {Scope.ANY, Scope.LIST}),
        ("GET", path_of("a/b"), {Scope.ANY, Scope.READ}),
        ("POST", SCHEDULES, {Scope.ANY, Scope.WRITE, Scope.BOOKING}),
        ("PUT", path_of("x"), {Scope.ANY, Scope.WRITE, Scope.BOOKING}),
        ("DELETE", path_of("x"), {Scope.ANY, Scope.WRITE}),
        ("POST", f"{V1}/rooms", {Scope.ANY, Scope.WRITE, Scope.CREATION}),
    ],
)
def test_scopes(method: str, path: str, scopes: set[Scope]) -> None:
    assert scopes_of(SimRequest(method, path)) == scopes


def test_profiles_add_up_and_unknown_ones_are_refused() -> None:
    both = profile("flaky, late", late_s=0.7)
    assert both.rates[K.ERROR_500] == PROFILES["flaky"][K.ERROR_500]
    assert both.rates[K.LATE_504] == PROFILES["late"][K.LATE_504]
    assert both.late_s == 0.7
    with pytest.raises(UnknownFault):
        profile("sunny")
    with pytest.raises(UnknownFault):
        FaultSettings(rates={K.SLOW: 1.5})
