"""Proof that the tests can fail: `python -m tests.simulation.mutants [NAME …] [--histories N] [--json]`.

Each mutant is the program without one rule. Histories of the mixes in which it should show (then of all others)
are played until one has a violation; rules of the planner alone are looked for with planner examples, and a rule
for which another makes up in every history with a test that must pass with it and fail without it. Returns 1 if a
mutant escaped that is not known to escape, or one was caught that is said to escape.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.draw import draw
from tests.simulation.mixes import MIXES
from tests.simulation.mutations import MUTANTS
from tests.simulation.mutations.tools import Mutant
from tests.simulation.planner_example import violation
from tests.simulation.play import play
from tests.simulation.report import ESCAPED

HISTORIES = 660
"""How many a mutant may escape: three of four are of its own mixes; a release plays a mix 500 times at most."""
EXAMPLES = 5_000
FIRST_SEED = 1
PATIENCE_S = 90
"""The longest history of the whole program computes for a few seconds."""
MEMORY = Path("/dev/shm")
"""Histories need no disk; a folder of their own is made in it."""


NOT_THE_RULE = ("TypeError", "AttributeError", "NameError", "KeyError", "ImportError")
"""A mutant that ends like this was not without its rule: it was broken."""


class Endless(KeyboardInterrupt):
    """Time is up. Of this kind, because nothing on the way may take it for a defect of the program and go on."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutant."""

    name: str
    rule: str
    instead: str
    caught: bool
    after: int
    """Histories (or planner examples) until it was caught, or that were played in vain."""
    where: str
    """mix and seed, '' if it escaped."""
    shown: str
    """The violation that gave it away."""
    escapes: str
    """Why it cannot be caught, if that is known."""
    seconds: float


def main(arguments: Sequence[str]) -> int:
    """Plays every mutant, or those that are named."""
    wish = _parser().parse_args(arguments)
    names = wish.names or [one.name for one in MUTANTS]
    verdicts: list[Verdict] = []
    with ProcessPoolExecutor(wish.processes) as pool:
        for judged in as_completed([pool.submit(_judge, (name, wish.histories)) for name in names]):
            verdicts.append(judged.result())
            sys.stderr.write(f"[{len(verdicts)}/{len(names)}] {_line(verdicts[-1])}\n")
    verdicts.sort(key=lambda one: names.index(one.name))
    found = told_of(verdicts)
    if wish.json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        sys.stdout.write(f"{len(found['caught'])} caught, {len(found['missed'])} missed\n")
    wrong = [one for one in verdicts if one.caught == (one.name in _excused(verdicts))]
    return 1 if wrong else 0


def told_of(verdicts: Sequence[Verdict]) -> dict[str, list[dict[str, Any]]]:
    """What `--json` prints."""
    excused = _excused(verdicts)
    missed = [one for one in verdicts if not one.caught]
    return {
        "caught": [asdict(one) for one in verdicts if one.caught],
        "missed": [
            {"name": one.name, "why": excused.get(one.name, f"{ESCAPED} {one.after} histories")} for one in missed
        ],
    }


def _excused(verdicts: Sequence[Verdict]) -> dict[str, str]:
    """Why those cannot be caught that cannot; what a test of its own is there to show has no excuse."""
    tested = {one.name for one in MUTANTS if one.test}
    return {one.name: one.escapes for one in verdicts if one.escapes and one.name not in tested}


def _judge(asked: tuple[str, int]) -> Verdict:
    name, histories = asked
    logging.disable(logging.CRITICAL)
    mutant = next(one for one in MUTANTS if one.name == name)
    began = time.monotonic()
    if mutant.test:
        after, where, shown = _by_test(mutant)
    elif mutant.planner:
        after, where, shown = _by_planner(mutant)
    else:
        after, where, shown = by_histories(mutant, histories)
    return Verdict(
        name=name,
        rule=mutant.rule,
        instead=mutant.instead,
        caught=bool(shown),
        after=after,
        where=where,
        shown=shown[:300],
        escapes=mutant.escapes,
        seconds=round(time.monotonic() - began, 1),
    )


def _by_planner(mutant: Mutant) -> tuple[int, str, str]:
    with mutant.apply():
        for seed in range(EXAMPLES):
            shown = violation(seed)
            if shown:
                return seed + 1, f"planner example {seed}", shown
    return EXAMPLES, "", ""


def _by_test(mutant: Mutant) -> tuple[int, str, str]:
    def failed() -> str:
        with tempfile.TemporaryFile("w+") as said, contextlib.redirect_stdout(said):
            code = pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--no-header", mutant.test])
            said.seek(0)
            told = [line for line in said.read().splitlines() if line.startswith("E  ")]
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            raise AssertionError(f"{mutant.test} cannot be run: exit code {code}")
        return "" if code == pytest.ExitCode.OK else (told[0].removeprefix("E").strip() if told else "it fails")

    whole = failed()
    if whole:
        raise AssertionError(f"{mutant.test} fails with the whole program: {whole}")
    with mutant.apply():
        shown = failed()
    whole = failed()
    if whole or any(kind in shown for kind in NOT_THE_RULE):
        raise AssertionError(f"{mutant.test} does not show the rule: {whole or shown}")
    return 1, mutant.test, shown


def by_histories(mutant: Mutant, histories: int) -> tuple[int, str, str]:
    """(histories until it was caught, mix and seed, the violation); or all of them and nothing. A history that the
    whole program does not get through either shows nothing.

    Raises AssertionError if the mutant does not fit the program any more: then it shows nothing of its rule.
    """
    with _folder() as folder:
        for number in range(histories):
            mix, seed = _which(mutant, number)
            try:
                with _patience():
                    outcome = play(draw(seed, mix), folder, mutant.apply)
            except Endless:
                return (
                    number + 1,
                    f"{mix} {seed}",
                    f"it does not end within {PATIENCE_S} s of computing",
                )
            # A worker contains its own errors and goes on, so what it told of them counts as well.
            told = (*outcome.defects, *outcome.violations)
            broken = [one for one in told if any(kind in one for kind in NOT_THE_RULE)]
            if broken:
                raise AssertionError(f"the mutant {mutant.name} does not fit the program any more: {broken[0]}")
            if outcome.violations and not play(draw(seed, mix), folder).violations:
                return number + 1, f"{mix} {seed}", outcome.violations[0]
    return histories, "", ""


def _which(mutant: Mutant, number: int) -> tuple[str, int]:
    """Three of four histories are of the mutant's own mixes, the fourth of any other."""
    own = mutant.mixes or tuple(MIXES)
    others = [name for name in MIXES if name not in own] or list(own)
    if number % 4 == 3:
        return others[number // 4 % len(others)], FIRST_SEED + number
    return own[number % len(own)], FIRST_SEED + number


@contextlib.contextmanager
def _patience() -> Iterator[None]:
    """A mutant that is busy for ever has given itself away; seconds of the processor, whatever else it does."""

    def on_signal(_number: int, _frame: object) -> None:
        raise Endless

    before = signal.signal(signal.SIGVTALRM, on_signal)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    memory = str(MEMORY) if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="echodesk-mutants-", dir=memory) as folder:
        yield Path(folder)


def _line(one: Verdict) -> str:
    if one.caught:
        return f"{one.name}: caught after {one.after} ({one.where}): {one.shown[:120]}"
    return f"{one.name}: MISSED after {one.after}{': ' + one.escapes if one.escapes else ''}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", type=_name, help="which; all if none is named")
    parser.add_argument("--histories", type=int, default=HISTORIES, help="how many histories a mutant may escape")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="how many at once")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _name(text: str) -> str:
    if text not in {one.name for one in MUTANTS}:
        raise argparse.ArgumentTypeError(f"there is no mutant {text}")
    return text


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
