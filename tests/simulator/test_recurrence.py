"""Recurring schedules and the dates they hold (API facts §5.2, §5.3), also against a slow search."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from echodesk.simulator.bookings import DAY_CODES, dates_of
from tests.simulator.office import Office, path_of

# 2030-10-07 is a Monday.
MONDAYS = {"endDate": "2030-10-28", "daysOfWeek": ["MO"]}


def held_on(office: Office, day: str) -> bool:
    """Whether nine to ten on that date is refused."""
    answer = office.book(externalId=f"probe {day}", startDate=day)
    if answer.status == 201:
        office.ask("DELETE", path_of(f"probe {day}"))
    return answer.status == 400


def test_a_recurring_schedule_holds_each_of_its_dates() -> None:
    office = Office()
    assert office.book(**MONDAYS, exclusionDates=["2030-10-21"]).status == 201
    dates = ("2030-10-07", "2030-10-08", "2030-10-14", "2030-10-21", "2030-10-28", "2030-11-04")
    assert [held_on(office, day) for day in dates] == [True, False, True, False, True, False]


def test_each_date_of_a_new_recurring_schedule_is_checked_or_by_switch_the_first_alone() -> None:
    for every_date, status in ((True, 400), (False, 201)):
        office = Office(clash_checks_every_date=every_date)
        office.book(startDate="2030-10-28")
        assert office.book(externalId="2", **MONDAYS).status == status
        assert office.book(externalId="3", **(MONDAYS | {"daysOfWeek": ["WE", "TU"]})).status == 201


def test_deleting_a_recurring_schedule_frees_all_its_dates() -> None:
    office = Office()
    office.book(**MONDAYS)
    office.ask("DELETE", path_of("1-1-2030-31"))
    assert not any(held_on(office, day) for day in ("2030-10-07", "2030-10-14", "2030-10-28"))


def test_exception_dates_of_the_term_are_skipped_by_switch() -> None:
    exceptions = [{"startDate": "2030-10-13", "endDate": "2030-10-20"}]
    for apply, held in ((False, True), (True, False)):
        office = Office(term_exceptions_apply=apply)
        term = office.ask("GET", "/public/api/v1/terms/T30").json
        office.ask("PUT", "/public/api/v1/terms/T30", term | {"exceptions": exceptions})
        office.book(**MONDAYS)
        assert held_on(office, "2030-10-14") == held
        assert held_on(office, "2030-10-21")


def test_a_recurrence_of_years_is_refused() -> None:
    answer = Office().book(endDate="9999-12-31", daysOfWeek=["MO"])
    assert answer.said() == (400, "obj.endDate", "Recurrence is longer than 1100 days")


days = st.dates(date(2030, 9, 3), date(2030, 10, 31))
codes = st.lists(st.sampled_from(DAY_CODES), unique=True, max_size=7)


@given(days, st.integers(0, 60), codes, st.lists(days, max_size=5))
def test_dates_are_those_that_a_day_by_day_walk_finds(
    start: date, length: int, wanted: list[str], skipped: list[date]
) -> None:
    end = start + timedelta(days=length)
    walked = [
        day.toordinal()
        for day in (start + timedelta(days=at) for at in range(length + 1))
        if DAY_CODES[day.weekday()] in wanted and day not in skipped
    ]
    assert list(dates_of(start, end, wanted, skipped)) == walked
