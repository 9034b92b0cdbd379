"""Draws a history from a seed: the same seed and mix give the same script, for ever."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.simulation.mixes import MIXES, Mix
from tests.simulation.script import Edit, Faults, Pass, Script, Start, Step, Trap
from tests.simulation.timetabler import Timetabler


def draw(seed: int, mix: str) -> Script:
    """One history of this mix. Raises KeyError for a mix that does not exist."""
    return _Drawing(random.Random(f"{mix} {seed}"), MIXES[mix]).script(seed, mix)


WAITS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.3, 0.5, 1.0, 2.0, 5.0)


class _Drawing:
    def __init__(self, dice: random.Random, mix: Mix) -> None:
        self._dice = dice
        self._mix = mix
        self._people = Timetabler(dice, mix.edits)

    def script(self, seed: int, name: str) -> Script:
        dice, mix = self._dice, self._mix
        start = Start(settings={"strategy": dice.choice(mix.strategies)})
        steps: list[Step] = [self._people.first_fill()]
        if mix.faults and dice.random() < 0.5:
            steps.append(self._faults())
        steps.append(Pass(dice.choice((0.1, 1.0, 3.0, 8.0))))
        if mix.faults:
            steps.append(self._faults())
        kinds = {"edit": 10.0, **mix.acts}
        if mix.faults:
            kinds["faults"] = 0.5
        for _ in range(dice.randint(8, 40)):
            kind = dice.choices(list(kinds), list(kinds.values()))[0]
            steps.append(self._act(kind))
            if dice.random() < 0.7:
                steps.append(Pass(dice.choice(WAITS)))
        return Script(seed=seed, mix=name, start=start, steps=tuple(steps))

    def _act(self, kind: str) -> Step:
        acts: dict[str, Callable[[], Step]] = {"edit": self._edit, "faults": self._faults, "kill": self._kill}
        return acts[kind]()

    def _edit(self) -> Edit:
        return self._people.edit()

    def _faults(self) -> Faults:
        dice = self._dice
        chosen = [kind for kind in self._mix.faults if dice.random() < 0.5] or [dice.choice(self._mix.faults)]
        left = 0.95
        rates = {}
        for kind in chosen:
            rates[kind.value] = round(min(dice.uniform(0.0, 0.6), left), 3)
            left -= rates[kind.value]
        return Faults(rates=rates, late_s=1.6)

    def _kill(self) -> Trap:
        dice = self._dice
        where = dice.choice(("before", "after", "request", "answered"))
        step = ""
        if where in ("before", "after"):
            step = dice.choice(("", "claim", "expand", "intents", "settle", "mirror", "late answers", "snapshot"))
        return Trap(
            where=where,
            what="kill",
            step=step,
            nth=dice.randint(1, 6 if step else 30),
            seconds=dice.choice((1.0, 40.0)),
        )
