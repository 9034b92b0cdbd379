"""Numbers, dates, times and texts from outside, as every screen writes them."""

from __future__ import annotations

import pytest

from echodesk.desk import formats


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (999, "999"), (83_412, "83,412")])
def test_numbers_have_thousands_separators(value: int, text: str) -> None:
    assert formats.number(value) == text


@pytest.mark.parametrize(("value", "text"), [(1, "1 lesson"), (0, "0 lessons"), (1_204, "1,204 lessons")])
def test_counted_things(value: int, text: str) -> None:
    assert formats.counted(value, "lesson") == text


@pytest.mark.parametrize(
    ("iso", "text"),
    [("2026-11-24", "Tue 24 Nov 2026"), ("2026-02-01", "Sun 1 Feb 2026"), ("", "–"), ("soon", "soon")],  # noqa: RUF001 - the dash is meant
)
def test_dates(iso: str, text: str) -> None:
    assert formats.date(iso) == text


def test_short_dates_have_no_weekday() -> None:
    assert formats.short_date("2026-11-24") == "24 Nov 2026"
    assert formats.short_date("soon") == "soon"


@pytest.mark.parametrize(("number", "text"), [(1, "Mon"), (7, "Sun"), (0, ""), (9, "9")])
def test_weekdays_count_from_monday(number: int, text: str) -> None:
    assert formats.weekday(number) == text


def test_spans_use_the_en_dash() -> None:
    assert formats.span("09:00", "10:00") == "09:00–10:00"  # noqa: RUF001 - the dash is meant
    assert formats.span("09:00", "") == "09:00–?"  # noqa: RUF001 - the dash is meant
    assert formats.span("", "") == formats.NOTHING


@pytest.mark.parametrize(
    ("local", "text"),
    [
        ("2026-11-23T09:05:11", "today, 09:05"),
        ("2026-11-22T09:05:11", "Sun 22 Nov 2026, 09:05"),
        ("2026-11-22", "Sun 22 Nov 2026"),
        ("", "–"),  # noqa: RUF001 - the dash is meant
    ],
)
def test_moments(local: str, text: str) -> None:
    assert formats.moment(local, "2026-11-23") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.2, "less than a minute"),
        (1.2, "2 min"),
        (59.5, "1 h"),
        (208, "3 h 28 min"),
        (1_440, "1 day"),
        (3_120, "2 days 4 h"),
    ],
)
def test_stretches_of_time_are_rounded_up(value: float, text: str) -> None:
    assert formats.minutes(value) == text


def test_direction_overrides_and_control_characters_are_taken_out() -> None:
    assert formats.plain("a\u202eb\u2066c\x00d\te\nf") == "abc d e\nf"


def test_endless_texts_end() -> None:
    assert len(formats.plain("x" * 100_000)) < 5_000
    assert len(formats.one_line("x " * 100_000)) < 400


def test_very_long_words_may_be_broken_and_others_stay() -> None:
    broken = formats.breakable("a" * 100 + " short")
    assert max(len(part) for part in broken.replace("\u200b", " ").split()) == 40
    assert formats.breakable("an ordinary sentence") == "an ordinary sentence"


def test_a_cell_is_one_line() -> None:
    assert formats.one_line("a\r\n b\t\tc") == "a b c"
