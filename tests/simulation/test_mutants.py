"""A mutant counts as caught by what its missing rule does, and by nothing else."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from echodesk.store.queue import Queue
from echodesk.worker.send import Sender
from tests.simulation import mutants
from tests.simulation.mutations.tools import Mutant, finds_nothing, replaced


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


def test_a_mutant_without_its_rule_is_caught_by_the_promise_it_breaks() -> None:
    _, where, shown = mutants.by_histories(mutant(Queue, "claim", finds_nothing), 2)
    assert where.startswith("clean")
    assert shown.startswith("C1")
