"""Every fault planted in the triggers is caught by the case of the contract that it names, on every engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

import pytest

from tests.databases.conftest import ENGINES
from tests.databases.engines import Opener
from tests.databases.mutants import SCRIPTS, mutated, verdicts
from tests.databases.mutants_of_eligibility import Mutant
from tests.databases.test_timetable_triggers import test_an_eligible_lesson_is_entered_with_what_it_is as entered


# Seconds on a machine that does nothing else; ora2pg is started for each fault.
@pytest.mark.timeout(120, func_only=True)
@pytest.mark.parametrize("engine", SCRIPTS)
def test_every_fault_is_caught(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None], tmp_path: Path, engine: str
) -> None:
    opener: Opener = request.getfixturevalue(ENGINES[engine])
    missed = []
    for verdict in verdicts(engine, opener, tmp_path):
        record_property("verdict", asdict(verdict))
        if verdict.why:
            missed.append(verdict)
    assert missed == []


NOTHING = ("CREATE TRIGGER STT_ECHO_TIMETABLE_INSERT ", "CREATE TRIGGER STT_ECHO_TIMETABLE_INSERT  ")
CASE = partial(entered)


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (NOTHING, "the case passes"),
        (("V.NEW_VALID, V.SETID,", "V.NEW_VALID, NULL,"), "it only breaks down"),
    ],
    ids=["nothing is wrong", "nothing works"],
)
def test_a_fault_that_nobody_sees_is_told(
    sqlite_opener: Opener, tmp_path: Path, edit: tuple[str, str], why: str
) -> None:
    planted = [Mutant("a fault", CASE, {"sqlite": edit})]
    (verdict,) = verdicts("sqlite", sqlite_opener, tmp_path, planted)
    assert verdict.why.startswith(why)


@pytest.mark.parametrize("right", ["AND L.SOURCESID = 'TEACHING'", "UNION"], ids=["nowhere", "in two places"])
def test_a_fault_that_cannot_be_planted_fails(right: str) -> None:
    with pytest.raises(AssertionError, match="times"):
        mutated("sqlite", (right, ""))
