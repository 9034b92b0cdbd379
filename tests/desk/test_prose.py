"""The worker's details in the office's words."""

from __future__ import annotations

import pytest

from echodesk.desk import prose
from tests.desk.rows import campus


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-11-24", "Tue 24 Nov 2026"),
        ("Week 9, 2026-11-24", "Week 9, Tue 24 Nov 2026"),
        ("2026-11-23T09:12:31.120Z", "today, 09:12"),
        ("confirmed 2026-07-01T08:05:11.000Z", "confirmed Wed 1 Jul 2026, 09:05"),
        ("09:00-10:00", "09:00–10:00"),  # noqa: RUF001 - the dash is meant
        (
            "IN_CONFLICT · NO · Linear Algebra keeps the room",
            "Room clash · Not recorded · Linear Algebra keeps the room",
        ),
        ("TIMETABLE", "Timetable"),
        ("UPDATE → DELETE", "Changed → Cancelled"),
        ("617747-1-2023-24", "617747-1-2023-24"),
        ("x-2026-11-24", "x-2026-11-24"),
        ("What FAILED means", "What FAILED means"),
        ("", ""),
    ],
)
def test_values_are_written_out(text: str, said: str) -> None:
    assert prose.readable(text, campus()) == said


@pytest.mark.parametrize(("value", "said"), [("1 → 5", "Mon → Fri"), ("3", "Wed"), ("soon", "soon")])
def test_weekdays_have_names(value: str, said: str) -> None:
    assert prose.line("Weekday", value, campus()) == ("Weekday", said)


def test_an_outcome_is_a_word_and_what_echo360_said() -> None:
    assert prose.outcome("refused: Section belongs to another term: 2025") == (
        "Refused",
        "Section belongs to another term: 2025",
    )
    assert prose.outcome("done") == ("Done", "")
    assert prose.outcome("not listed") == ("Could not be read", "")
    assert prose.outcome("") == ("", "")
