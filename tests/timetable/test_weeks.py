"""Weeks and dates (cmis-schema "Facts to build on")."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echodesk.timetable.weeks import Calendar, CalendarFault, read_date

MONDAY = dt.date(2023, 9, 18)
STRUCTURE = [("2023/24", 1, "2023-09-18"), ("2023/24", 2, "2023-09-25")]


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


def test_weekday_1_is_the_first_day_of_the_week() -> None:
    calendar = Calendar.of(STRUCTURE)
    assert [calendar.date_of("2023/24", 1, weekday) for weekday in range(1, 8)] == [day(n) for n in range(7)]
    assert calendar.date_of("2023/24", 2, 3) == day(9)


def test_a_site_that_counts_from_the_day_after() -> None:
    calendar = Calendar.of(STRUCTURE, first_weekday=0)
    assert [calendar.date_of("2023/24", 1, weekday) for weekday in (1, 7)] == [day(1), day(7)]


def test_a_week_that_begins_on_sunday() -> None:
    calendar = Calendar.of([("S", 1, "2023-09-17")], first_weekday=7)
    assert calendar.date_of("S", 1, 7) == dt.date(2023, 9, 17)
    assert calendar.date_of("S", 1, 1) == MONDAY
    assert calendar.date_of("S", 1, 6) == dt.date(2023, 9, 23)


@pytest.mark.parametrize(
    ("setid", "week", "weekday"), [("2023/24", 3, 1), ("2022/23", 1, 1), ("2023/24", 1, 0), ("2023/24", 1, 8)]
)
def test_outside_the_structure_there_is_no_date(setid: str, week: int, weekday: int) -> None:
    assert Calendar.of(STRUCTURE, first_weekday=0).date_of(setid, week, weekday) is None


def test_a_mapped_date_wins() -> None:
    calendar = Calendar.of(STRUCTURE, [("2023/24", 1, 2, "2023-12-24")])
    assert calendar.date_of("2023/24", 1, 2) == dt.date(2023, 12, 24)
    assert calendar.on(dt.date(2023, 12, 24)) == [("2023/24", 1, 2)]
    assert calendar.on(day(1)) == []
    assert calendar.date_of("2023/24", 1, 3) == day(2)


def test_an_empty_mapped_date_is_no_mapping() -> None:
    calendar = Calendar.of(STRUCTURE, [("2023/24", 1, 2, None), ("2023/24", 1, 3, " ")])
    assert [calendar.date_of("2023/24", 1, weekday) for weekday in (2, 3)] == [day(1), day(2)]
    assert calendar.faults == ()


def test_a_mapped_day_of_a_week_without_start_has_a_date() -> None:
    calendar = Calendar.of([], [("S", 9, 5, "2023-09-22")])
    assert calendar.date_of("S", 9, 5) == dt.date(2023, 9, 22)
    assert calendar.date_of("S", 9, 4) is None


def test_an_unreadable_mapped_date_leaves_that_day_without_date_and_is_reported() -> None:
    calendar = Calendar.of(STRUCTURE, [("2023/24", 1, 2, "24/12/2023")])
    assert calendar.date_of("2023/24", 1, 2) is None
    assert calendar.on(day(1)) == []
    assert calendar.faults == (CalendarFault("CCALMAPS", "2023/24", 1, 2, "24/12/2023"),)


@pytest.mark.parametrize(
    "value", [None, "", "soon", "2023-13-01", "2023-02-30", "23-09-18", "0001-01-01", "9999-12-31"]
)
def test_an_unreadable_first_day_leaves_the_week_without_dates_and_is_reported(value: str | None) -> None:
    calendar = Calendar.of([("S", 1, value), ("S", 2, "2023-09-25")])
    assert calendar.date_of("S", 1, 1) is None
    assert calendar.date_of("S", 2, 1) == dt.date(2023, 9, 25)
    assert calendar.faults == (CalendarFault("WEEKSTRUCTURE", "S", 1, None, value or ""),)


@pytest.mark.parametrize(
    "value",
    [
        "2023-09-18",
        " 2023-09-18 ",
        "2023-09-18 00:00:00",
        "2023-09-18T00:00:00.000",
        MONDAY,
        dt.datetime(2023, 9, 18, 7, 30),  # noqa: DTZ001 - a database's wall-clock time
    ],
)
def test_dates_come_as_texts_and_as_dates(value: object) -> None:
    assert read_date(value) == MONDAY


def test_one_date_in_two_years() -> None:
    calendar = Calendar.of([*STRUCTURE, ("DRAFT", 7, "2023-09-11")])
    assert calendar.on(day(0)) == [("2023/24", 1, 1)]
    assert Calendar.of([*STRUCTURE, ("DRAFT", 7, "2023-09-18")]).on(day(1)) == [("2023/24", 1, 2), ("DRAFT", 7, 2)]


def test_the_span_of_a_year() -> None:
    calendar = Calendar.of(STRUCTURE)
    assert calendar.span("2023/24") == (MONDAY, day(13))
    assert calendar.span("2022/23") is None


WEEKS = st.lists(
    st.tuples(st.sampled_from("AB"), st.integers(1, 60), st.dates(dt.date(2020, 1, 1), dt.date(2021, 1, 1))),
    max_size=20,
)
MAPPED = st.lists(
    st.tuples(
        st.sampled_from("AB"),
        st.integers(1, 60),
        st.integers(1, 7),
        st.dates(dt.date(2020, 1, 1), dt.date(2021, 1, 1)) | st.just("?"),
    ),
    max_size=20,
)


@given(WEEKS, MAPPED, st.integers(0, 7))
def test_there_and_back(
    weeks: list[tuple[str, int, dt.date]], mapped: list[tuple[str, int, int, object]], first_weekday: int
) -> None:
    calendar = Calendar.of(weeks, mapped, first_weekday)
    known = {row[:2] for row in weeks} | {row[:2] for row in mapped}
    keys = {(setid, week, weekday) for setid, week in known for weekday in range(1, 8)}
    there = {key: date for key in keys if (date := calendar.date_of(*key)) is not None}
    for date in {*there.values(), dt.date(2020, 5, 5)}:
        assert calendar.on(date) == sorted(key for key, one in there.items() if one == date)
