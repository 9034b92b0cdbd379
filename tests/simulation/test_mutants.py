"""A mutant counts as caught by what its missing rule does, and by nothing else."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from echodesk.store.queue import Queue
from echodesk.worker.send import Sender
from tests.simulation import campaign, mutants
from tests.simulation.draw import draw
from tests.simulation.mutations.tools import Mutant, finds_nothing, replaced
from tests.simulation.play import play
from tests.simulation.report import ESCAPED


@pytest.fixture(autouse=True)
def _quiet_logs() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    gc.collect()
    logging.disable(logging.NOTSET)


async def asks_for_what_is_there_no_more(self: Any, *_asked: object) -> Any:
    """As a mutant that was written for an earlier program: the worker contains this error, and nothing is sent."""
    return await self._postman.carry()


def mutant(owner: object, name: str, other: Any) -> Mutant:
    """One of the mix without any fault."""
    return Mutant("one", "a rule", "does without it", replaced((owner, name, other)), ("clean",))


def test_a_mutant_that_does_not_fit_the_program_any_more_is_no_catch() -> None:
    with pytest.raises(AssertionError, match="one does not fit the program any more: AttributeError"):
        mutants.by_histories(mutant(Sender, "carry", asks_for_what_is_there_no_more), 2)


def test_a_history_that_the_whole_program_does_not_get_through_catches_no_mutant(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = replace(play(draw(1, "clean"), tmp_path), violations=("C1: lost",))
    monkeypatch.setattr(mutants, "play", lambda *_asked: broken)
    assert mutants.by_histories(mutant(Queue, "claim", finds_nothing), 2) == (2, "", "")


def test_a_mutant_that_its_own_test_does_not_notice_any_more_has_no_excuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = mutant(Queue, "claim", finds_nothing)
    known = [replace(one, name="cannot be caught"), replace(one, name="has a test", test="tests/test_x.py")]
    monkeypatch.setattr(mutants, "MUTANTS", known)
    told = mutants.told_of(
        [mutants.Verdict(each.name, "", "", False, 7, "", "", "an excuse", 0.0) for each in known]
    )
    assert told["missed"] == [
        {"name": "cannot be caught", "why": "an excuse"},
        {"name": "has a test", "why": f"{ESCAPED} 7 histories"},
    ]


def test_a_mutant_without_its_rule_is_caught_by_the_promise_it_breaks() -> None:
    _, where, shown = mutants.by_histories(mutant(Queue, "claim", finds_nothing), 2)
    assert where.startswith("clean")
    assert shown.startswith("C1")


def test_an_error_that_a_worker_contained_is_a_violation_of_the_campaign(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    healed = replace(play(draw(1, "clean"), tmp_path), defects=("KeyError in settle",))
    monkeypatch.setattr(campaign, "play", lambda *_asked: healed)
    found = campaign.one("clean", 1, tmp_path, twice=False)
    assert [one.texts for one in found.violated] == [("U2: KeyError in settle",)]
