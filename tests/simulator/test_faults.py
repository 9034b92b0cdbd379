"""Misbehaviour: what each kind of fault does to a request and its answer."""

import pytest

from echodesk.simulator.effects import EFFECTS
from echodesk.simulator.faults import FaultKind, FaultSettings
from echodesk.simulator.outcomes import Delivery
from echodesk.simulator.wire import SimRequest
from tests.simulator.office import Office, path_of
from tests.simulator.trouble import ANSWER, CUT, RESET, SILENCE, K, body, get, post, troubled


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
