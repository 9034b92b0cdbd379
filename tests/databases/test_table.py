"""The table of `python -m tests.databases`: which engine and suite a test counts for, and how people read it."""

from __future__ import annotations

import pytest

from tests.databases.__main__ import Row, engine_of, suite_of, table


@pytest.mark.parametrize(
    ("nodeid", "engine", "suite"),
    [
        ("tests/databases/test_timetable_changes.py::test_x[sqlite-weekid-2]", "sqlite", "changes"),
        (
            "tests/databases/test_timetable_changes.py::test_x[ora2pg-postgresql-roomid]",
            "ora2pg-postgresql",
            "changes",
        ),
        (
            "tests/databases/test_eligibility_agrees.py::test_x[postgresql]",
            "postgresql",
            "eligibility in one place",
        ),
        (
            "tests/databases/test_timetable_criteria.py::test_x[1-ora2pg-postgresql]",
            "ora2pg-postgresql",
            "criteria",
        ),
        ("tests/databases/test_ora2pg_alone.py::test_x[a column]", "ora2pg-postgresql", "this engine alone"),
        ("tests/databases/test_postgresql_alone.py::test_x", "postgresql", "this engine alone"),
        ("tests/databases/test_table.py::test_x", "sqlite", "table"),
        ("tests/databases/test_oracle_scripts.py::test_x", "oracle-scripts", "oracle scripts"),
        ("tests/databases/test_plsql_rules.py::test_x[house_loop]", "oracle-scripts", "plsql rules"),
        ("tests/databases/test_oracle_tables.py::test_mariadb_makes_it", "mariadb-oracle-mode", "oracle tables"),
        (
            "tests/databases/test_oracle_guard.py::test_x[mariadb-oracle-mode]",
            "mariadb-oracle-mode",
            "errors in triggers",
        ),
        ("tests/databases/test_request_triggers.py::test_x[oracle]", "oracle", "triggers on ROOMREQUESTS"),
        ("tests/store/test_queue.py::test_x[oracle]", "oracle", "store: queue"),
        ("tests/store/test_lease.py::test_x[postgresql]", "postgresql", "store: lease"),
    ],
)
def test_a_test_counts_for_its_engine_and_suite(nodeid: str, engine: str, suite: str) -> None:
    assert (engine_of(nodeid), suite_of(nodeid)) == (engine, suite)


def test_the_table_for_people_ends_with_a_sum_for_each_engine() -> None:
    rows = [
        Row("mariadb-oracle-mode", "changes", 40, 1, 0, "AssertionError"),
        Row("sqlite", "changes", 40),
        Row("sqlite", "criteria", 80, 0, 2, "no reason"),
    ]
    assert table(rows).splitlines() == [
        "engine               suite     cases  failed  skipped  why",
        "mariadb-oracle-mode  changes      40       1        0  AssertionError",
        "sqlite               changes      40       0        0",
        "sqlite               criteria     80       0        2  no reason",
        "mariadb-oracle-mode  all          40       1        0",
        "sqlite               all         120       0        2",
    ]
