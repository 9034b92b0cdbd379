"""Plays many histories on all cores and adds up what came of them."""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from echodesk.planning.statuses import ENTRY_TRANSITIONS, NOTIFICATION_TRANSITIONS
from tests.simulation.catalogue import never_fired
from tests.simulation.draw import draw
from tests.simulation.mixes import MIXES, SAME_END
from tests.simulation.play import play
from tests.simulation.script import Faults, Script, Switch, Trap, Worker

FULL = 2_000
"""From so many histories over all mixes on, every kind of fault and every legal transition is demanded."""
CHUNK = 5
CALM_EVERY = 25
"""One history in so many is played without its faults and kills as well (C4)."""


class Violated(msgspec.Struct, frozen=True):
    """A history that broke a promise."""

    mix: str
    seed: int
    texts: tuple[str, ...]


@dataclass(slots=True)
class Sum:
    """What many histories came to."""

    histories: int = 0
    twice: int = 0
    requests: int = 0
    kills: int = 0
    violated: list[Violated] = field(default_factory=list)
    mixes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    transitions: Counter[str] = field(default_factory=Counter)
    slowest_s: dict[str, float] = field(default_factory=dict)
    """The slowest convergence of each mix, in virtual seconds."""

    def add(self, other: Sum) -> None:
        """Those of another as well."""
        self.histories += other.histories
        self.twice += other.twice
        self.requests += other.requests
        self.kills += other.kills
        self.violated += other.violated
        self.mixes += other.mixes
        self.faults += other.faults
        self.transitions += other.transitions
        for mix, seconds in other.slowest_s.items():
            self.slowest_s[mix] = max(seconds, self.slowest_s.get(mix, 0.0))

    @property
    def never_crossed(self) -> list[str]:
        """Legal transitions that no history crossed."""
        return [one for one in LEGAL if one not in self.transitions]

    @property
    def never_fired(self) -> list[str]:
        """Kinds of faults that no history met."""
        return never_fired(self.faults)


def _legal() -> list[str]:
    both = (("QUEUE", ENTRY_TRANSITIONS), ("NOTIFICATION", NOTIFICATION_TRANSITIONS))
    return [
        f"{table} {old} > {new}"
        for table, graph in both
        for old, targets in graph.items()
        for new in sorted(targets)
    ]


LEGAL = _legal()


def plan(histories: int, seed: int, mix: str | None) -> list[tuple[str, range]]:
    """Which seeds of which mix: shared out by weight, from this seed on, in chunks."""
    names = [mix] if mix is not None else list(MIXES)
    whole = sum(MIXES[name].weight for name in names)
    chunks = []
    given = weighed = 0
    for name in names:
        weighed += MIXES[name].weight
        share = histories * weighed // whole - given
        given += share
        for start in range(seed, seed + share, CHUNK):
            chunks.append((name, range(start, min(start + CHUNK, seed + share))))
    # One chunk of each mix after another, so that whoever stops early has seen all of them.
    return sorted(chunks, key=lambda chunk: chunk[1].start)


def run(
    chunks: Sequence[tuple[str, range]],
    progress: Callable[[Sum], None],
    processes: int | None = None,
    minutes: float | None = None,
    twice_every: int = 1,
) -> Sum:
    """Play all of them, or as many as are begun in so many minutes; `progress` hears of the sum so far after each
    chunk. One seed in `twice_every` is played twice, and must leave the same trace."""
    total = Sum()
    ends = None if minutes is None else time.monotonic() + 60.0 * minutes
    with memory_folder() as folder:
        if processes == 1 or len(chunks) == 1:
            for mix, seeds in chunks:
                total.add(_chunk(mix, seeds, folder, twice_every))
                progress(total)
            return total
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes or os.cpu_count(), mp_context=context) as pool:
            waiting = {pool.submit(_chunk, mix, seeds, folder, twice_every): (mix, seeds) for mix, seeds in chunks}
            for done in as_completed(waiting):
                if ends is not None and time.monotonic() > ends:
                    for other in waiting:
                        other.cancel()
                if done.cancelled():
                    continue
                problem = done.exception()
                if problem is None:
                    total.add(done.result())
                else:
                    mix, seeds = waiting[done]
                    text = f"the simulation itself failed in one of {len(seeds)} histories: {problem!r}"
                    total.violated.append(Violated(mix, seeds.start, (text,)))
                progress(total)
    total.violated.sort(key=lambda one: (one.mix, one.seed))
    return total


def _chunk(mix: str, seeds: range, folder: Path, twice_every: int) -> Sum:
    logging.disable(logging.CRITICAL)
    own = folder / str(os.getpid())
    found = Sum()
    for seed in seeds:
        found.add(one(mix, seed, own, twice=seed % twice_every == 0))
    return found


def one(mix: str, seed: int, folder: Path, *, twice: bool) -> Sum:
    """One history; `twice`: and the same seed once more, whose run must leave the same trace."""
    script = draw(seed, mix)
    outcome = play(script, folder)
    # A worker contains its own errors and goes on: that it healed does not make them right.
    texts = (*outcome.violations, *dict.fromkeys(f"U2: {defect}" for defect in outcome.defects))
    if twice and play(draw(seed, mix), folder).trace_hash != outcome.trace_hash:
        texts = (*texts, "determinism: the second run of this seed left another trace")
    if mix in SAME_END and seed % CALM_EVERY == 1:
        calm = play(without_faults(script), folder)
        if outcome.content is not None and calm.content is not None and calm.content != outcome.content:
            texts = (*texts, f"C4: without faults it ends otherwise: {set(calm.content) ^ set(outcome.content)}")
    return Sum(
        histories=1,
        twice=int(twice),
        requests=outcome.requests.total(),
        kills=outcome.kills,
        violated=[Violated(mix, seed, texts)] if texts else [],
        mixes=Counter({mix: 1}),
        faults=outcome.faults_fired,
        transitions=Counter({f"{table} {old} > {new}": n for (table, old, new), n in outcome.transitions.items()}),
        slowest_s={mix: round(outcome.convergence_s, 1)},
    )


def without_faults(script: Script) -> Script:
    """The same edits at the same times, and nothing goes wrong."""
    calm = tuple(
        step
        for step in script.steps
        if not isinstance(step, Faults | Switch | Worker) and not (isinstance(step, Trap) and step.what != "edit")
    )
    start = msgspec.structs.replace(script.start, calls_per_minute=0, echo360_calls_per_minute=None)
    return msgspec.structs.replace(script, start=start, steps=calm)


@contextmanager
def memory_folder() -> Iterator[Path]:
    """A folder of one's own, on a memory file system where there is one."""
    memory = Path("/dev/shm")
    home = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="echodesk-simulation-", dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def seconds_since(start: float) -> float:
    """Wall seconds since a reading of the steady clock."""
    return round(time.monotonic() - start, 1)
