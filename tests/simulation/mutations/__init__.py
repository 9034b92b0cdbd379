"""The program without one rule at a time: proof that the tests would notice (reliability T8)."""

from __future__ import annotations

from tests.simulation.mutations.answers import ANSWERS
from tests.simulation.mutations.batches import BATCHES
from tests.simulation.mutations.beside import BESIDE
from tests.simulation.mutations.planner import PLANNER
from tests.simulation.mutations.principles import PRINCIPLES
from tests.simulation.mutations.rules import RULES
from tests.simulation.mutations.tools import Mutant

MUTANTS: tuple[Mutant, ...] = (*PRINCIPLES, *RULES, *ANSWERS, *PLANNER, *BATCHES, *BESIDE)
