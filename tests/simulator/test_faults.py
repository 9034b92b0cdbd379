"""Misbehaviour: what each kind of fault does, when it fires, and that the same dice give the same faults."""

import random
from typing import Any

import pytest

from echodesk.simulator.effects import EFFECTS
from echodesk.simulator.fault_profiles import PROFILES, profile
from echodesk.simulator.faults import FaultInjector, FaultKind, FaultSettings, Scope, UnknownFault, scopes_of
from echodesk.simulator.outcomes import Delivery, Outcome
from echodesk.simulator.wire import SimRequest
from tests.simulator.office import SCHEDULES, V1, Office, booking, path_of

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


def test_every_kind_has_an_effect() -> None:
    assert set(EFFECTS) == set(FaultKind)


def test_without_faults_a_request_goes_well() -> None:
    office = Office()
    outcome = post(office)
    assert (outcome.delivery, outcome.fault, outcome.late, outcome.delay_s) == (ANSWER, None, None, 0.0)
    assert body(outcome) == office.held()[0]


@pytest.mark.parametrize(
    ("kind", "delivery", "status", "applied"),
    [
        (K.TIMEOUT_NOT_APPLIED, SILENCE, None, False),
        (K.TIMEOUT_APPLIED, SILENCE, 201, True),
        (K.RESET_NOT_APPLIED, RESET, None, False),
        (K.RESET_APPLIED, RESET, 201, True),
        (K.CUT_APPLIED, CUT, 201, True),
        (K.ERROR_500, ANSWER, 500, False),
        (K.ERROR_502, ANSWER, 502, False),
        (K.ERROR_503, ANSWER, 503, False),
        (K.ERROR_504, ANSWER, 504, False),
        (K.ERROR_500_APPLIED, ANSWER, 500, True),
        (K.ERROR_502_APPLIED, ANSWER, 502, True),
        (K.ERROR_503_APPLIED, ANSWER, 503, True),
        (K.ERROR_504_APPLIED, ANSWER, 504, True),
        (K.SLOW, ANSWER, 201, True),
        (K.TRUNCATED_JSON, ANSWER, 201, True),
        (K.MALFORMED_JSON, ANSWER, 201, True),
        (K.OTHER_JSON, ANSWER, 201, True),
        (K.MAINTENANCE_PAGE, ANSWER, 200, False),
        (K.HTML_APPLIED, ANSWER, 201, True),
        (K.OTHER_BODY, ANSWER, 201, True),
        (K.SILENT_CHANGE, ANSWER, 201, False),
        (K.SCHEMA_DRIFT, ANSWER, 201, True),
        (K.TYPE_DRIFT, ANSWER, 201, True),
        (K.LIMIT_SECONDS, ANSWER, 429, False),
        (K.LIMIT_DATE, ANSWER, 429, False),
        (K.LIMIT_BARE, ANSWER, 429, False),
        (K.LIMIT_ABSURD, ANSWER, 429, False),
        (K.UNAVAILABLE_SECONDS, ANSWER, 503, False),
        (K.UNAVAILABLE_DATE, ANSWER, 503, False),
        (K.TOKEN_EXPIRED, ANSWER, 401, False),
        (K.FORBIDDEN, ANSWER, 403, False),
        (K.LOGIN_REDIRECT, ANSWER, 302, False),
        (K.OTHER_HOST_REDIRECT, ANSWER, 302, False),
        (K.SPURIOUS_CLASH, ANSWER, 400, False),
        (K.ENDLESS_CLASH, ANSWER, 400, False),
        (K.LATE_504, ANSWER, 504, False),
        (K.LATE_TIMEOUT, SILENCE, None, False),
        (K.LATE_RESET, RESET, None, False),
    ],
)
def test_what_the_client_gets_and_whether_the_request_took_effect(
    kind: FaultKind, delivery: Delivery, status: int | None, applied: bool
) -> None:
    office = troubled(kind)
    outcome = post(office)
    assert (outcome.delivery, outcome.fault) == (delivery, kind)
    assert (None if outcome.response is None else outcome.response.status) == status
    as_asked = [held for held in office.institution.state.bookings if held.end_minute == 10 * 60]
    assert len(as_asked) == applied
    assert office.simulator.injector.fired == {kind: 1}


def test_a_late_request_takes_effect_when_the_driver_says_so_and_not_before() -> None:
    office = troubled(K.LATE_RESET, late_s=1.5)
    late = post(office).late
    assert late is not None
    assert 0 <= late.after_s <= 1.5
    assert (list(office.institution.state.bookings), office.simulator.late_pending) == ([], 1)
    office.simulator.use_faults(FaultSettings())
    post(office, externalId="meanwhile", startTime="11:00", endTime="12:00")
    answer = office.simulator.apply_late(late)
    assert answer is not None
    assert answer.status == 201
    assert office.simulator.late_pending == 0
    assert {schedule.external_id for schedule in office.institution.state.bookings} == {"1-1-2030-31", "meanwhile"}


def test_a_late_delete_can_hit_what_was_made_anew() -> None:
    office = Office()
    office.book()
    troubled(K.LATE_504, office=office)
    late = office.simulator.receive(office.request("DELETE", path_of("1-1-2030-31"))).late
    assert late is not None
    assert office.ask("DELETE", path_of("1-1-2030-31")).status == 200
    assert office.book().status == 201
    office.simulator.apply_late(late)
    assert office.held() == []


def test_lateness_is_bounded_and_varies() -> None:
    office = troubled(K.LATE_TIMEOUT, late_s=0.8)
    waits = [outcome.late.after_s for outcome in (post(office) for _ in range(200)) if outcome.late]
    assert len(waits) == 200
    assert max(waits) <= 0.8
    assert max(waits) - min(waits) > 0.5


def test_a_spurious_clash_is_told_once_for_each_request() -> None:
    office = troubled(K.SPURIOUS_CLASH)
    assert body(post(office))["message"] == "Schedule timing clash with another Schedule"
    assert post(office).fault is None
    assert len(office.held()) == 1
    assert post(office, externalId="2", startDate="2030-10-08").fault is K.SPURIOUS_CLASH


def test_an_answer_with_another_body_names_other_ids() -> None:
    office = troubled(K.OTHER_BODY)
    answer = body(post(office))
    held = office.held()[0]
    assert answer["externalId"] != held["externalId"]
    assert answer["id"] != held["id"]
    assert answer["startTime"] == held["startTime"]


def test_a_silent_change_is_kept_and_told() -> None:
    office = troubled(K.SILENT_CHANGE)
    answer = body(post(office, endTime="09:50"))
    assert answer["endTime"] == "09:45"
    assert office.held() == [answer]


def test_drifting_schemas_add_members_and_retype_others() -> None:
    assert {"revision", "guestPresenter"} <= set(body(post(troubled(K.SCHEMA_DRIFT))))
    retyped = body(post(troubled(K.TYPE_DRIFT)))
    assert (retyped["startTime"], retyped["shouldCaption"]) == ("09:00:00", "false")


@pytest.mark.parametrize(
    ("kind", "form"), [(K.LIMIT_SECONDS, "seconds"), (K.LIMIT_DATE, "date"), (K.LIMIT_BARE, None)]
)
def test_made_up_limits_say_how_long_in_every_form(kind: FaultKind, form: str | None) -> None:
    response = post(troubled(kind, retry_after_s=2)).response
    assert response is not None
    header = response.header("retry-after")
    if form is None:
        assert header is None
    elif form == "seconds":
        assert header in ("1", "2")
    else:
        assert header is not None
        assert header.endswith("GMT")


def test_a_lower_limit_holds_while_faults_are_on_and_only_where_there_is_one() -> None:
    for limit, expected in ((120, [200] * 3 + [429] * 2), (0, [200] * 5)):
        office = Office(calls_per_minute=limit)
        office.simulator.use_faults(FaultSettings(rates={K.SLOW: 0.0}, calls_per_minute=3))
        statuses = [outcome.response.status for outcome in (get(office) for _ in range(5)) if outcome.response]
        assert statuses == expected
        office.simulator.use_faults(FaultSettings())
        assert get(office).response is not None
        assert office.institution.limiter.ceiling is None


def test_another_client_uses_up_calls() -> None:
    office = troubled(K.OTHER_CLIENT, office=Office(calls_per_minute=5))
    statuses = [outcome.response.status for outcome in (get(office) for _ in range(5)) if outcome.response]
    assert statuses == [200, 200, 200, 429, 429]


def test_an_expired_token_stays_expired_and_a_new_one_works() -> None:
    office = troubled(K.TOKEN_EXPIRED)
    get(office)
    office.simulator.use_faults(FaultSettings())
    assert body(get(office))["error"] == "Unauthorized"
    office.token = office.sign_in().json["access_token"]
    assert body(get(office))["data"] == []


def test_sign_in_has_faults_of_its_own() -> None:
    office = troubled(K.ERROR_500, K.SIGN_IN_ERROR)
    outcome = office.simulator.receive(SimRequest("POST", "/oauth2/access_token"))
    assert outcome.fault is K.SIGN_IN_ERROR
    assert get(office).fault is K.ERROR_500


@pytest.mark.parametrize("path", [SCHEDULES, path_of("1-1-2030-31")])
def test_stale_answers_show_what_was_a_moment_ago_and_no_longer(path: str) -> None:
    office = Office()
    made = office.book().json
    kind = K.STALE_LIST if path == SCHEDULES else K.STALE_READ
    troubled(kind, office=office, stale_s=0.5)
    assert get(office, path).fault is None
    office.clock.forward(1)
    office.ask("PUT", path_of(made["id"]), booking(startTime="11:00", endTime="12:00"))
    office.clock.forward(0.4)
    stale = get(office, path)
    assert stale.fault is kind
    shown = body(stale)["data"][0] if path == SCHEDULES else body(stale)
    assert shown == made
    office.clock.forward(0.2)
    assert get(office, path).fault is None


def test_stale_answers_still_know_what_was_deleted_and_not_yet_what_is_new() -> None:
    office = Office()
    office.book()
    troubled(K.STALE_LIST, K.STALE_READ, office=office, stale_s=0.5)
    office.clock.forward(1)
    office.ask("DELETE", path_of("1-1-2030-31"))
    office.book(externalId="new")
    assert [row["externalId"] for row in body(get(office))["data"]] == ["1-1-2030-31"]
    assert body(get(office, path_of("new")))["error"] == "ScheduleNotFound"


def test_reference_data_may_be_made_and_seen_only_later() -> None:
    office = troubled(K.REFERENCE_LAG)
    made = office.simulator.receive(office.request("POST", f"{V1}/campuses", {"name": "New", "externalId": "N"}))
    assert made.response is not None
    assert made.response.status == 201
    assert office.ask("GET", f"{V1}/campuses/N").status == 404
    assert made.late is not None
    assert office.simulator.apply_late(made.late) is None
    assert office.ask("GET", f"{V1}/campuses/N").json == body(made)


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (K.ROW_DUPLICATED, lambda rows: len(rows) == 4 and len(set(rows)) == 3),
        (K.ROW_LOST, lambda rows: len(rows) == len(set(rows)) == 2),
        (K.ROWS_REORDERED, lambda rows: sorted(rows) == ["a", "b", "c"]),
    ],
)
def test_pages_with_rows_gone_wrong(kind: FaultKind, shown: Any) -> None:
    office = Office()
    for at, name in enumerate("abc"):
        office.book(externalId=name, startDate=f"2030-10-{7 + at:02d}")
    troubled(kind, office=office)
    outcome = get(office)
    assert outcome.fault is kind
    assert shown([row["externalId"] for row in body(outcome)["data"]])


def test_a_page_may_name_itself_as_the_next() -> None:
    office = Office()
    for at in range(2):
        office.book(externalId=str(at), startDate=f"2030-10-{7 + at:02d}")
    troubled(K.NEXT_LOOP, office=office)
    path = f"{SCHEDULES}?limit=1"
    assert body(get(office, path))["next"] == path
    assert get(office).fault is None


def test_a_foreign_schedule_in_the_way_makes_a_true_clash() -> None:
    office = troubled(K.FOREIGN_IN_THE_WAY, max_foreign=1)
    assert body(post(office))["error"] == "ScheduleTimingClash"
    (foreign,) = office.held()
    assert (foreign["startTime"], foreign["venue"]["roomName"]) == ("09:00", "101")
    assert "externalId" not in foreign
    assert post(office, externalId="2", startDate="2030-10-08").fault is None


def test_others_add_move_and_remove_schedules() -> None:
    office = Office()
    office.book()
    troubled(K.FOREIGN_ADDED, office=office)
    get(office)
    assert [(row["startTime"], "externalId" in row) for row in office.held()] == [
        ("09:00", True),
        ("10:00", False),
    ]
    troubled(K.FOREIGN_MOVED, office=office)
    for _ in range(20):
        get(office)
    assert office.held() != []
    moved = next(row for row in office.held() if "externalId" not in row)
    assert moved["startTime"] != "10:00" or office.simulator.injector.fired[K.FOREIGN_MOVED] > 1
    troubled(K.FOREIGN_REMOVED, office=office)
    get(office)
    assert [row["externalId"] for row in office.held()] == ["1-1-2030-31"]
    troubled(K.OURS_MOVED, office=office)
    get(office)
    troubled(K.OURS_REMOVED, office=office)
    get(office)
    assert office.held() == []


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
