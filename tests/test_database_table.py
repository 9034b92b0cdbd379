"""The table of `python -m tests.databases`: which engine a case ran on."""

from __future__ import annotations

import pytest

from tests.databases.__main__ import engine_of


@pytest.mark.parametrize(
    ("nodeid", "engine"),
    [
        ("tests/databases/test_timetable_triggers.py::test_one[postgresql]", "postgresql"),
        ("tests/databases/test_timetable_triggers.py::test_one[sqlite-other year]", "sqlite"),
        ("tests/databases/test_postgresql_alone.py::test_one[a table is gone]", "postgresql"),
        ("tests/databases/test_trigger_cost.py::test_the_same_on_postgresql[eligible]", "postgresql"),
        ("tests/databases/test_trigger_cost.py::test_an_update_of_a_thousand_rows", "sqlite"),
    ],
)
def test_the_engine_of_a_case(nodeid: str, engine: str) -> None:
    assert engine_of(nodeid) == engine
