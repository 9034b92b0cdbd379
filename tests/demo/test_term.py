"""Term starts and academic years."""

from __future__ import annotations

import datetime as dt

import pytest

from echodesk.demo.term import academic_year, checked_term_start, coming_monday
from echodesk.errors import WrongUse


@pytest.mark.parametrize(
    ("today", "monday"),
    [("2026-09-20", "2026-09-21"), ("2026-09-21", "2026-09-28"), ("2026-09-22", "2026-09-28")],
)
def test_the_term_begins_on_the_monday_strictly_after_today(today: str, monday: str) -> None:
    assert coming_monday(dt.date.fromisoformat(today)).isoformat() == monday


@pytest.mark.parametrize(
    ("date", "setid"),
    [
        ("2026-07-31", "2025/26"),
        ("2026-08-01", "2026/27"),
        ("2027-01-04", "2026/27"),
        ("2099-09-07", "2099/00"),
    ],
)
def test_the_academic_year_turns_on_the_first_of_august(date: str, setid: str) -> None:
    assert academic_year(dt.date.fromisoformat(date)) == setid


def test_a_term_that_begins_on_a_tuesday_is_refused_with_a_monday_to_choose() -> None:
    with pytest.raises(WrongUse, match="is not a Monday") as caught:
        checked_term_start(dt.date(2026, 9, 22))
    assert "2026-09-28" in caught.value.next_step


def test_a_year_that_nobody_can_mean_is_refused() -> None:
    with pytest.raises(WrongUse, match="between 2000 and 2199"):
        checked_term_start(dt.date(1, 1, 1))
