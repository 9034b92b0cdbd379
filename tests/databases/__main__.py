"""`python -m tests.databases [--json]`: the contract of the database on every engine there is here, as a table.

Returns 1 if a case failed, or if an engine that must be there (`ECHODESK_TEST_NEEDS`) is not.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path

import pytest

from tests.databases.conftest import ENGINES
from tests.databases.oracle_dsn import DSN

HERE = Path(__file__).parent
SUITES = {
    "test_timetable_triggers": "triggers on TIMETABLE",
    "test_timetable_criteria": "criteria",
    "test_timetable_changes": "changes",
    "test_request_triggers": "triggers on ROOMREQUESTS",
    "test_feature_triggers": "triggers on ROOMFEATURES",
    "test_eligibility_agrees": "eligibility in one place",
    "test_sqlite_alone": "this engine alone",
    "test_postgresql_alone": "this engine alone",
    "test_ora2pg_alone": "this engine alone",
    "test_postgresql_failover": "failover",
    "test_postgresql_line": "trouble",
    "test_postgresql_out_of_order": "out of order",
    "test_postgresql_statements": "statements",
    "test_postgresql_tables": "tables",
    "test_postgresql_trouble": "trouble",
    "test_large_tables": "large tables",
    "test_trigger_cost": "cost",
    "test_trigger_errors": "errors in triggers",
    "test_oracle_guard": "errors in triggers",
    "test_mutants": "mutants",
}
SCRIPTS_ALONE = "oracle-scripts"
"""What is called after Oracle and no other engine reads its scripts, and asks no server."""
STORE = HERE.parent / "store"
"""Its suites are called after their modules."""


@dataclass(slots=True)
class Row:
    """One line of the table."""

    engine: str
    suite: str
    cases: int = 0
    failed: int = 0
    skipped: int = 0
    why: str = ""
    """Why cases were skipped, or what the first failure says."""


class Watch:
    """Counts what pytest reports."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Row] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of one test."""
        if report.when != "call" and report.passed:
            return
        key = (engine_of(report.nodeid), suite_of(report.nodeid))
        row = self.rows.setdefault(key, Row(*key))
        row.cases += report.when == "call" or not report.passed
        row.failed += report.failed
        row.skipped += report.skipped
        if not report.passed and not row.why:
            said = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
            row.why = said.strip().splitlines()[-1][:200]


def engine_of(nodeid: str) -> str:
    """The engine that a test ran on: by its parameter, or by its name; `SCRIPTS_ALONE` if it was on none."""
    name, _, parameters = nodeid.partition("[")
    inside = parameters.rstrip("]")
    given = max((one for one in ENGINES if inside.startswith(one) or inside.endswith(one)), key=len, default=None)
    if given:
        return given
    own = "oracle" in name or "plsql" in name
    named = (one for one in ENGINES if one != "oracle" and one.split("-")[0] in name)
    return next(named, SCRIPTS_ALONE if own else "sqlite")


def suite_of(nodeid: str) -> str:
    """The suite that a test belongs to, by its module."""
    path = Path(nodeid.split("::")[0])
    if path.parent.name == STORE.name:
        return f"store: {path.stem.removeprefix('test_').replace('_', ' ')}"
    return SUITES.get(path.stem, path.stem.removeprefix("test_").replace("_", " "))


def table(rows: Sequence[Row]) -> str:
    """The rows for people, and a last line for each engine."""
    sums: dict[str, Row] = {}
    for row in rows:
        whole = sums.setdefault(row.engine, Row(row.engine, "all"))
        whole.cases += row.cases
        whole.failed += row.failed
        whole.skipped += row.skipped
    lines = [
        tuple(f.name for f in fields(Row)),
        *(tuple(map(str, astuple(row))) for row in (*rows, *sums.values())),
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)][:2]
    return "\n".join(
        f"{engine:<{widths[0]}}  {suite:<{widths[1]}}{cases:>7}{failed:>8}{skipped:>9}  {why}".rstrip()
        for engine, suite, cases, failed, skipped, why in lines
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything in this folder, and the store's; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.databases", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    parser.add_argument(
        "--oracle-url",
        metavar="URL",
        help="an Oracle with an empty schema, as for `echodesk database verify`",
    )
    asked = parser.parse_args(arguments)
    if asked.oracle_url:
        os.environ[DSN] = asked.oracle_url
    watch = Watch()
    with contextlib.redirect_stdout(sys.stderr):
        code = pytest.main(["-q", "-p", "no:cacheprovider", str(HERE), str(STORE)], plugins=[watch])
    rows = [watch.rows[key] for key in sorted(watch.rows)]
    if asked.json:
        text = json.dumps([asdict(row) for row in rows])
    else:
        text = table(rows)
    sys.stdout.write(text + "\n")
    return int(code)


if __name__ == "__main__":
    raise SystemExit(main())
