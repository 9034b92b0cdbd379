"""`python -m tests.databases.mutants [--json]`: plants faults in the triggers, and tells which the contract sees.

Returns 1 if a fault was missed, or an engine that must be there (`ECHODESK_TEST_NEEDS`) is not.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from echodesk.store.database import statements
from echodesk.store.postgresql_still import run_script
from tests.databases import mariadb, ora2pg
from tests.databases.cmis import Cmis
from tests.databases.engines import SQL, Opener
from tests.databases.mutants_of_eligibility import CRITERIA, Edit, Mutant
from tests.databases.mutants_of_entries import CHANGES, ERRORS, REQUESTS
from tests.databases.mutants_of_features import FEATURES

MUTANTS = (*CRITERIA, *CHANGES, *REQUESTS, *FEATURES, *ERRORS)
SCRIPTS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql",
    "mariadb-oracle-mode": "oracle",
    "ora2pg-postgresql": "oracle",
}
"""Engine → the folder of the scripts that it plays."""
FILES = {
    "sqlite": ("triggers", "room_features"),
    "postgresql": ("triggers", "room_features"),
    "oracle": ("package", "guard", "triggers", "room_features"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one mutant fared on one engine."""

    name: str
    engine: str
    by: str
    """The case of the contract that was to see it."""
    why: str = ""
    """Why it was missed; '' if it was caught."""


def mutated(folder: str, edit: Edit) -> tuple[str, str]:
    """(file, script) with the fault in it. Raises `AssertionError` if the place is not there exactly once."""
    scripts = {name: (SQL / folder / f"{name}.sql").read_text(encoding="utf-8") for name in FILES[folder]}
    changed = set()
    for right, wrong in zip(edit[::2], edit[1::2], strict=True):
        found = [name for name, script in scripts.items() for _ in range(script.count(right))]
        if len(found) != 1:
            raise AssertionError(f"sql/{folder} holds {len(found)} times: {right!r}")
        scripts[found[0]] = scripts[found[0]].replace(right, wrong)
        changed.add(found[0])
    (file,) = changed
    return file, scripts[file]


def verdicts(engine: str, opener: Opener, folder: Path, mutants: Sequence[Mutant] = MUTANTS) -> Iterator[Verdict]:
    """Plant each mutant that can be seen on this engine, and play its case."""
    scripts = SCRIPTS[engine]
    concerned = [one for one in mutants if scripts in one.edits and one.not_on != engine]
    if engine == "mariadb-oracle-mode":
        yield from _one_after_the_other(concerned, engine, opener, folder)
        return
    with contextlib.closing(opener(folder)) as database:
        for mutant in concerned:
            with database.engine.connect() as conn, conn.begin() as transaction:
                _plant(conn, engine, *mutated(scripts, mutant.edits[scripts]))
                yield _verdict(mutant, engine, conn)
                transaction.rollback()


def _one_after_the_other(
    mutants: Sequence[Mutant], engine: str, opener: Opener, folder: Path
) -> Iterator[Verdict]:
    """MariaDB ends the transaction when something is made: each mutant takes the place of the one before."""
    for cases in ([one for one in mutants if not one.breaks], *([one] for one in mutants if one.breaks)):
        # Those that are about errors take tables away, and have a database each.
        with contextlib.closing(opener(folder)) as database:
            for mutant in cases:
                file, script = mutated("oracle", mutant.edits["oracle"])
                mariadb.run(database, script)
                with database.engine.connect() as conn, conn.begin() as transaction:
                    yield _verdict(mutant, engine, conn)
                    transaction.rollback()
                mariadb.run(database, mariadb.oracle_script(file))


def _plant(conn: Connection, engine: str, file: str, script: str) -> None:
    if engine == "sqlite":
        for statement in statements(script):
            conn.exec_driver_sql(statement)
    elif engine == "postgresql":
        run_script(conn, script)
    elif file in ("package", "guard"):
        ora2pg.load_package(conn, script)
    else:
        ora2pg.load_triggers(conn, script)


def _verdict(mutant: Mutant, engine: str, conn: Connection) -> Verdict:
    case = mutant.caught_by.func.__name__
    cmis = Cmis(conn)
    try:
        mutant.caught_by(cmis)
    except (AssertionError, ValueError):
        # ValueError: it wanted one entry and there were none, or several.
        if mutant.breaks or cmis.errors() == []:
            return Verdict(mutant.name, engine, case)
        return Verdict(mutant.name, engine, case, f"it only breaks down: {cmis.errors()[0]}")
    except DBAPIError as error:
        return Verdict(mutant.name, engine, case, "" if mutant.breaks else f"it only breaks down: {error.orig}")
    return Verdict(mutant.name, engine, case, "the case passes")


class _Watch:
    """Gathers what the test of each engine has recorded."""

    def __init__(self) -> None:
        self.verdicts: list[Verdict] = []
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of one test."""
        if report.skipped and isinstance(report.longrepr, tuple):
            self.skipped.append(report.longrepr[2])
        found = [Verdict(**value) for _, value in report.user_properties if isinstance(value, dict)]
        if report.when == "call":
            self.verdicts += found
        if report.failed and not any(one.why for one in found):
            engine = report.nodeid.partition("[")[2].rstrip("]")
            said = [line for line in report.longreprtext.splitlines() if line.startswith("E ")]
            self.verdicts.append(
                Verdict("all others", engine, "", said[0][1:].strip() if said else "it did not end")
            )


def main(arguments: Sequence[str] | None = None) -> int:
    """Play every mutant on every engine there is; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.databases.mutants", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print what was caught and missed as JSON")
    asked = parser.parse_args(arguments)
    watch = _Watch()
    with contextlib.redirect_stdout(sys.stderr):
        test = Path(__file__).with_name("test_mutants.py")
        code = pytest.main(
            ["-q", "-p", "no:cacheprovider", f"{test}::test_every_fault_is_caught"], plugins=[watch]
        )
    caught = [{"name": one.name, "engine": one.engine, "by": one.by} for one in watch.verdicts if not one.why]
    missed = [asdict(one) for one in watch.verdicts if one.why]
    if asked.json:
        text = json.dumps({"caught": caught, "missed": missed, "skipped": watch.skipped})
    else:
        lines = [f"{one.engine:<20} {one.name:<58} {one.why or one.by}" for one in watch.verdicts]
        text = "\n".join([*lines, f"{len(caught)} caught, {len(missed)} missed", *watch.skipped])
    sys.stdout.write(text + "\n")
    return int(code)


if __name__ == "__main__":
    raise SystemExit(main())
