"""The call limit (API facts §3)."""

from email.utils import parsedate_to_datetime

from tests.simulator.office import CLIENT_ID, SCHEDULES, Office


def statuses(office: Office, calls: int) -> list[int]:
    return [office.ask("GET", SCHEDULES).status for _ in range(calls)]


def test_more_calls_than_the_limit_within_a_minute_are_answered_429() -> None:
    office = Office(calls_per_minute=120)
    assert statuses(office, 121) == [200] * 120 + [429]


def test_the_window_slides_with_each_call() -> None:
    office = Office(calls_per_minute=2)
    assert statuses(office, 1) == [200]
    office.clock.forward(40)
    assert statuses(office, 2) == [200, 429]
    office.clock.forward(20)
    assert statuses(office, 2) == [200, 429]
    office.clock.forward(40)
    assert statuses(office, 2) == [200, 429]


def test_zero_lifts_the_limit_and_it_can_be_changed_at_any_time() -> None:
    office = Office(calls_per_minute=0)
    assert statuses(office, 300) == [200] * 300
    office.institution.limiter.calls_per_minute = 1
    assert statuses(office, 2) == [200, 429]


def test_sign_ins_are_counted_apart_and_are_free_unless_switched() -> None:
    office = Office(calls_per_minute=1)
    for _ in range(3):
        assert office.sign_in().status == 200
    assert statuses(office, 1) == [200]
    assert office.institution.ledger.sign_ins == 4
    assert office.institution.ledger.calls == {"GET": 1}
    counting = Office(calls_per_minute=1, sign_in_counts=True)
    assert counting.sign_in(client_id=CLIENT_ID).status == 429


def test_refused_calls_use_up_the_limit_by_switch_alone() -> None:
    for refused_count, after_a_minute in ((False, 200), (True, 429)):
        office = Office(calls_per_minute=1, refused_calls_count=refused_count)
        assert statuses(office, 1) == [200]
        office.clock.forward(30)
        assert statuses(office, 1) == [429]
        office.clock.forward(31)
        assert statuses(office, 1) == [after_a_minute]


def test_retry_after_is_off_seconds_or_date_and_never_too_short() -> None:
    for form in ("off", "seconds", "date"):
        office = Office(calls_per_minute=1, retry_after=form)
        statuses(office, 1)
        office.clock.forward(9.5)
        refused = office.ask("GET", SCHEDULES)
        header = refused.response.header("retry-after")
        if form == "off":
            assert header is None
        elif form == "seconds":
            assert header == "51"
        else:
            assert header is not None
            wait = parsedate_to_datetime(header) - office.institution.utc()
            assert 50.5 <= wait.total_seconds() <= 52.5


def test_the_log_keeps_the_latest_requests_with_their_status() -> None:
    office = Office(calls_per_minute=1)
    statuses(office, 2)
    assert [(e.t, e.method, e.path, e.status) for e in office.institution.ledger.log][-2:] == [
        (1000.0, "GET", SCHEDULES, 200),
        (1000.0, "GET", SCHEDULES, 429),
    ]
    statuses(office, 200)
    assert len(office.institution.ledger.log) == 100
