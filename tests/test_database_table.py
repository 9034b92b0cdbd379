"""The table of `python -m tests.databases`: which engine a case ran on."""

from __future__ import annotations

import pytest

from tests.databases.__main__ import engine_of, suite_of


@pytest.mark.parametrize(
    ("nodeid", "engine"),
    [
        ("tests/databases/test_timetable_triggers.py::test_one[postgresql]", "postgresql"),
        ("tests/databases/test_timetable_triggers.py::test_one[sqlite-other year]", "sqlite"),
        ("tests/databases/test_postgresql_alone.py::test_one[a table is gone]", "postgresql"),
        ("tests/databases/test_trigger_cost.py::test_the_same_on_postgresql[eligible]", "postgresql"),
        ("tests/store/test_queue.py::test_one[postgresql]", "postgresql"),
        ("tests/store/test_many.py::test_one[a\\nb-postgresql]", "postgresql"),
        ("tests/databases/test_trigger_cost.py::test_an_update_of_a_thousand_rows", "sqlite"),
    ],
)
def test_the_engine_of_a_case(nodeid: str, engine: str) -> None:
    assert engine_of(nodeid) == engine


@pytest.mark.parametrize(
    ("nodeid", "suite"),
    [
        ("tests/databases/test_timetable_triggers.py::test_one[postgresql]", "triggers on TIMETABLE"),
        ("tests/store/test_shared_details.py::test_one[sqlite]", "store: shared details"),
    ],
)
def test_the_suite_of_a_case(nodeid: str, suite: str) -> None:
    assert suite_of(nodeid) == suite
