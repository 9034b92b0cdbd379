"""Oracle's package and triggers keep the rules that no grammar knows; files that break one are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases.engines import SQL
from tests.databases.plsql_rules import lets_errors_through, mutating, outside_the_house, units

BROKEN = Path(__file__).parent / "broken"
FILES = sorted((SQL / "oracle").glob("*.sql"))
MADE = [unit for path in FILES for unit in units(path.read_text(encoding="utf-8"))]


def test_everything_is_looked_at() -> None:
    assert {(one.kind, one.name) for one in MADE} >= {
        ("PACKAGE", "STT_ECHO_EDITS"),
        ("PACKAGE BODY", "STT_ECHO_EDITS"),
        ("PACKAGE BODY", "STT_ECHO_ENTRIES"),
        ("PACKAGE BODY", "STT_ECHO_TROUBLE"),
        ("TRIGGER", "STT_ECHO_TIMETABLE_INSERT"),
        ("TRIGGER", "STT_ECHO_REQUESTS_DELETE"),
    }


def test_no_row_trigger_looks_at_its_own_table() -> None:
    assert list(mutating(MADE)) == []


def test_all_is_in_the_part_of_plsql_that_every_engine_reads() -> None:
    assert list(outside_the_house(MADE)) == []


def test_whatever_is_gone_behind_them_the_triggers_find_a_package_that_catches_it() -> None:
    assert list(lets_errors_through(MADE)) == []
    without = [one for one in MADE if (one.kind, one.name) != ("PACKAGE BODY", "STT_ECHO_EDITS")]
    assert list(lets_errors_through(without)) == ["STT_ECHO_EDITS is not there"]


def test_no_package_names_the_timetable() -> None:
    assert not [one.name for one in MADE if one.kind.startswith("PACKAGE") and "TIMETABLE" in one.text.split()]


@pytest.mark.parametrize("path", sorted(BROKEN.glob("mutating_*.sql")), ids=lambda path: path.stem)
def test_what_looks_at_its_own_table_is_refused(path: Path) -> None:
    made = units(path.read_text(encoding="utf-8"))
    assert len(list(mutating(made))) == 1


@pytest.mark.parametrize("path", sorted(BROKEN.glob("guard_*.sql")), ids=lambda path: path.stem)
def test_a_package_that_lets_errors_through_is_refused(path: Path) -> None:
    made = units(path.read_text(encoding="utf-8"))
    assert list(outside_the_house(made)) == []
    assert len(list(lets_errors_through(made))) == 1


@pytest.mark.parametrize("path", sorted(BROKEN.glob("house_*.sql")), ids=lambda path: path.stem)
def test_what_the_house_does_not_write_is_refused(path: Path) -> None:
    made = units(path.read_text(encoding="utf-8"))
    assert list(mutating(made)) == []
    assert len(list(outside_the_house(made))) == 1


def test_each_broken_file_says_why() -> None:
    kinds = set()
    for path in BROKEN.glob("*.sql"):
        kind, reason = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("-- ").split(": ", 1)
        assert path.stem.startswith(f"{kind}_")
        assert reason
        kinds.add(kind)
    assert kinds == {"grammar", "guard", "house", "mutating"}
