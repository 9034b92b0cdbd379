"""Sign-in and tokens (API facts §2)."""

import pytest

from echodesk.simulator.wire import SimRequest
from tests.simulator.office import CLIENT_ID, CLIENT_SECRET, SCHEDULES, Answer, Office, booking


def test_client_credentials_give_a_bearer_token_that_opens_the_api() -> None:
    office = Office(token_life_s=1800)
    answer = office.sign_in()
    assert answer.status == 200
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 1800)
    office.token = answer.json["access_token"]
    assert office.ask("GET", SCHEDULES).status == 200


def test_parameters_may_stand_in_the_query_of_an_empty_post() -> None:
    office = Office()
    query = f"grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}"
    answer = office.institution.handle(SimRequest("POST", "/oauth2/access_token", query))
    assert answer.status == 200


def test_a_refresh_token_works_once_and_gives_a_new_pair() -> None:
    office = Office()
    first = office.sign_in().json
    refresh = {"grant_type": "refresh_token", "client_id": CLIENT_ID, "refresh_token": first["refresh_token"]}
    second = office.sign_in(**refresh)
    assert second.status == 200
    assert second.json["refresh_token"] != first["refresh_token"]
    assert office.sign_in(**refresh).said()[:2] == (400, "invalid_grant")
    office.token = second.json["access_token"]
    assert office.ask("GET", SCHEDULES).status == 200


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        (
            {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": "no"},
            401,
            "invalid_client",
        ),
        (
            {"grant_type": "client_credentials", "client_id": "no", "client_secret": CLIENT_SECRET},
            401,
            "invalid_client",
        ),
        ({"grant_type": "client_credentials", "client_id": CLIENT_ID}, 401, "invalid_client"),
        ({"grant_type": "refresh_token", "client_id": CLIENT_ID, "refresh_token": "no"}, 400, "invalid_grant"),
        ({"grant_type": "password", "client_id": CLIENT_ID}, 400, "unsupported_grant_type"),
    ],
)
def test_bad_token_requests_are_refused(form: dict[str, str], status: int, error: str) -> None:
    assert Office().sign_in(**form).said()[:2] == (status, error)


def test_an_access_token_expires_and_a_new_sign_in_opens_again() -> None:
    office = Office(token_life_s=60)
    office.clock.forward(59)
    assert office.ask("GET", SCHEDULES).status == 200
    office.clock.forward(1)
    assert office.ask("GET", SCHEDULES).status == 401
    office.token = office.sign_in().json["access_token"]
    assert office.ask("GET", SCHEDULES).status == 200


def test_no_token_or_a_foreign_one_is_refused_before_anything_else() -> None:
    office = Office()
    office.token = "made-up"
    assert office.book().status == 401
    assert office.institution.handle(SimRequest("GET", "/nowhere")).status == 401
    assert not list(office.institution.state.bookings)


@pytest.mark.parametrize("way", ["query", "body"])
def test_the_token_may_come_in_the_query_or_in_the_body(way: str) -> None:
    office = Office()
    bare = office.request("POST", SCHEDULES, booking())
    if way == "query":
        request = SimRequest("POST", SCHEDULES, f"access_token={office.token}", {}, bare.body)
    else:
        signed = office.request("POST", SCHEDULES, booking(access_token=office.token))
        request = SimRequest("POST", SCHEDULES, body=signed.body)
    assert Answer(office.institution.handle(request)).status == 201


def test_switches_of_sign_in() -> None:
    assert Office(bad_client_status=400).sign_in(client_id="no").status == 400
    assert (
        Office(bad_refresh_token_status=401)
        .sign_in(grant_type="refresh_token", client_id=CLIENT_ID, refresh_token="no")
        .status
        == 401
    )
    office = Office(expired_token_status=403)
    office.token = "made-up"
    assert office.ask("GET", SCHEDULES).status == 403
