"""Entries are accounted for once, in whatever order the transactions that wrote them end."""

from __future__ import annotations

from pathlib import Path

from tests.databases.out_of_order import campaign


def test_each_entry_is_claimed_ended_and_shown_once(postgres: Path) -> None:
    found = campaign(postgres, 3_000)
    assert found.problems == []
    assert found.entries == 3_000
    assert found.taken_back > 0
    assert found.late > 0, "none came after one with a higher number: nothing was shown"
    assert found.missed_by_number > 0, "a reader by numbers would have done as well"
