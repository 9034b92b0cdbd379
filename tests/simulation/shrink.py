"""`python -m tests.simulation.shrink --mix M --seed S [--out FILE]`: makes a failing history as small as it goes.

Steps are dropped, first many at once and then one by one; then single edits of a transaction and single kinds of
faults; then waits and the start are made plain. What is left still breaks the promise that broke first.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from tests.simulation.campaign import memory_folder
from tests.simulation.draw import draw
from tests.simulation.mixes import MIXES
from tests.simulation.play import Mutation, play
from tests.simulation.script import Edit, Faults, Pass, Script, Start, Step, Trap, read_script, write_script

replaced = msgspec.structs.replace
Fails = Callable[[Script], bool]


def shrink(script: Script, folder: Path, mutation: Mutation | None = None) -> Script:
    """The smallest script found that breaks the same promise first. Raises ValueError if this one breaks none."""
    outcome = play(script, folder, mutation)
    if not outcome.violations:
        raise ValueError("this history breaks no promise")
    promise = _promise(outcome.violations[0])

    def fails(smaller: Script) -> bool:
        found = play(smaller, folder, mutation).violations
        return bool(found) and _promise(found[0]) == promise

    before = None
    while before != script:
        before = script
        script = _fewer_steps(script, fails)
        for simpler in (_simpler_steps, _simpler_start):
            script = simpler(script, fails)
    return replaced(script, shown=play(script, folder, mutation).violations[0])


def _promise(violation: str) -> str:
    return violation.partition(" ")[0].rstrip(":")


def _fewer_steps(script: Script, fails: Fails) -> Script:
    size = max(1, len(script.steps) // 2)
    while size:
        at = 0
        while at < len(script.steps):
            smaller = replaced(script, steps=(*script.steps[:at], *script.steps[at + size :]))
            if fails(smaller):
                script = smaller
            else:
                at += size
        size //= 2
    return script


def _simpler_steps(script: Script, fails: Fails) -> Script:
    at = 0
    while at < len(script.steps):
        for simpler in _simpler(script.steps[at]):
            smaller = replaced(script, steps=(*script.steps[:at], simpler, *script.steps[at + 1 :]))
            if fails(smaller):
                script = smaller
                break
        else:
            at += 1
    return script


def _simpler(step: Step) -> Iterator[Step]:
    """Each smaller than the step itself, so that trying them all ends."""
    if isinstance(step, Edit | Trap):
        for number in range(len(step.ops)):
            yield replaced(step, ops=(*step.ops[:number], *step.ops[number + 1 :]))
    if isinstance(step, Edit) and not step.committed:
        yield replaced(step, committed=True)
    if isinstance(step, Faults):
        for kind in step.rates:
            yield replaced(step, rates={name: rate for name, rate in step.rates.items() if name != kind})
        for kind, rate in step.rates.items():
            if rate < 1.0:
                yield replaced(step, rates={kind: 1.0})
    if isinstance(step, Pass) and step.seconds > 1.0:
        yield Pass(1.0)


def _simpler_start(script: Script, fails: Fails) -> Script:
    plain = Start()
    for field in plain.__struct_fields__:
        if getattr(script.start, field) != getattr(plain, field):
            smaller = replaced(script, start=replaced(script.start, **{field: getattr(plain, field)}))
            if fails(smaller):
                script = smaller
    return script


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.shrink", description="Shrinks a history.")
    parser.add_argument("--mix", choices=sorted(MIXES))
    parser.add_argument("--seed", type=int)
    parser.add_argument("--script", type=Path, help="a script instead of a mix and a seed")
    parser.add_argument("--out", type=Path, help="write the script here (a file of tests/simulation/corpus)")
    asked = parser.parse_args()
    if asked.script is None and (asked.mix is None or asked.seed is None):
        parser.error("name a mix and a seed, or a script")
    logging.disable(logging.CRITICAL)
    script = draw(asked.seed, asked.mix) if asked.script is None else read_script(asked.script)
    with memory_folder() as folder:
        try:
            small = shrink(script, folder)
        except ValueError as problem:
            print(problem, file=sys.stderr)  # noqa: T201 - a command
            return 2
    if asked.out is not None:
        write_script(small, asked.out)
    print(f"{len(script.steps)} steps became {len(small.steps)}: {small.shown}")  # noqa: T201 - a command
    for step in (small.start, *small.steps):
        print(f"  {msgspec.json.encode(step).decode()}")  # noqa: T201 - a command
    return 0


if __name__ == "__main__":
    sys.exit(main())
