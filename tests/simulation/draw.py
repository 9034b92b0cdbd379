"""Draws a history from a seed: the same seed and mix give the same script, for ever."""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec

from tests.simulation.mixes import MIXES, STRATEGIES, Mix
from tests.simulation.script import (
    ANY,
    ByHand,
    Command,
    Faults,
    Foreign,
    ForeignGone,
    Pass,
    Script,
    Start,
    Step,
    Switch,
    Trap,
    Worker,
)
from tests.simulation.timetabler import Timetabler
from tests.worker.campus import ROOMS, day

WAITS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.3, 0.5, 1.0, 2.0, 5.0)
LONG = (0.02, 0.3, 1.0, 5.0, 15.0, 35.0)
MINUTES = (0.05, 1.0, 5.0, 30.0, 60.0, 120.0, 240.0)
WRITES = (
    *("claim", "expand", "intents", "settle") * 4,
    *("mirror", "late answers", "command", "renew lease") * 2,
    *("recover", "take lease", "first mirror", "past dates"),
)
"""Transactions of the worker; those that every edit needs come more often."""
READS = ("snapshot", "snapshot after listing", "queue", "due refreshes", "reference facts", "settings")
PLANNING = ("expand", "snapshot", "snapshot after listing", "intents", "settle")
METHODS = ("POST", "PUT", "DELETE", "GET")
JUMPS = (-86_400.0, 86_400.0, -30.0, 3_600.0)
TIMES = ("09:00-10:00", "09:30-10:30", "10:00-11:00", "10:30-11:00", "11:00-12:30")


def draw(seed: int, mix: str) -> Script:
    """One history of this mix. Raises KeyError for a mix that does not exist."""
    return _Drawing(random.Random(f"{mix} {seed}"), MIXES[mix]).script(seed, mix)


class _Drawing:
    def __init__(self, dice: random.Random, mix: Mix) -> None:
        self._dice = dice
        self._mix = mix
        self._people = Timetabler(dice, mix.edits, near=mix.near)
        # The swarm: what this seed can do at all.
        self._faults_on = [kind for kind in mix.faults if dice.random() < 0.5]
        if mix.faults and not self._faults_on:
            self._faults_on = [dice.choice(mix.faults)]
        self._acts = {"edit": 10.0, **{act: weight for act, weight in mix.acts.items() if dice.random() < 0.8}}
        if mix.faults:
            self._acts["faults"] = 1.0

    def script(self, seed: int, name: str) -> Script:
        dice, mix = self._dice, self._mix
        steps: list[Step] = [self._people.first_fill()]
        for worker in range(1, mix.workers):
            steps.append(Worker("start", worker))
            if dice.random() < 0.5:
                steps.append(Worker("forgets sleep", worker))
        if mix.faults and dice.random() < 0.4:
            steps.append(self._faults())
        steps.append(Pass(dice.choice((0.1, 1.0, 3.0, 8.0))))
        if mix.faults:
            steps.append(self._faults())
        for _ in range(dice.randint(8, 30)):
            kind = dice.choices(list(self._acts), list(self._acts.values()))[0]
            steps.extend(self._act(kind))
            if dice.random() < 0.7:
                steps.append(Pass(dice.choice(MINUTES if mix.near else LONG if mix.patient else WAITS)))
        return Script(seed=seed, mix=name, start=self._start(), steps=tuple(steps))

    @property
    def _turnaround(self) -> str:
        """What others book right beside a lesson, closer than the turnaround, is no clash for Echo360 and tells
        nobody: only a listing finds it."""
        return "0" if "foreign" in self._mix.acts and not self._mix.unseen else "10"

    def _start(self) -> Start:
        dice, mix = self._dice, self._mix
        limit = dice.choice(mix.limits)
        missing = mix.missing
        return Start(
            settings={
                "strategy": dice.choice(mix.strategies),
                **({"turnaround": self._turnaround} if dice.random() < 0.1 else {}),
                **({"together": "off"} if dice.random() < 0.1 else {}),
                **({"together_unknown": "on"} if dice.random() < 0.15 else {}),
                **({"lead": dice.choice(("1", "15"))} if mix.near else {}),
            },
            switches={name: dice.choice(values) for name, values in mix.switches.items()},
            calls_per_minute=limit,
            echo360_calls_per_minute=limit // 10 if mix.lower_limit and limit and dice.random() < 0.5 else None,
            rooms=tuple(sorted(dice.sample(ROOMS, 2))) if missing and dice.random() < 0.6 else None,
            closed=tuple(sorted(dice.sample(ROOMS, dice.randint(1, 2)))) if mix.closed else (),
            sections=not (missing and dice.random() < 0.6),
            people=not (missing and dice.random() < 0.6),
            slow=mix.near,
        )

    def _act(self, kind: str) -> list[Step]:
        acts: dict[str, Callable[[], Step | list[Step]]] = {
            "edit": self._people.edit,
            "faults": self._faults,
            "outage": self._outage,
            "refusing": lambda: [Switch(True), Pass(self._dice.choice((0.5, 3.0))), Switch(False)],
            "kill": lambda: self._trap("kill", (0.2, 1.0, 40.0)),
            "kill now": lambda: Worker("kill", self._worker(), self._dice.choice((1.0, 40.0))),
            "mirror lost": lambda: Worker("mirror lost", self._worker(), self._dice.choice((0.0, 5.0))),
            "stop": lambda: Worker("stop", self._worker(), self._dice.choice((0.0, 5.0))),
            "start": lambda: Worker("start", self._worker()),
            "freeze": lambda: self._trap("freeze", (5.0, 20.0, 40.0, 120.0)),
            "freeze now": lambda: Worker("freeze", self._worker(), self._dice.choice((5.0, 40.0))),
            "suspend": lambda: self._trap("suspend", (20.0, 40.0, 600.0)),
            "suspend now": lambda: Worker("suspend", self._worker(), self._dice.choice((40.0, 600.0))),
            "clock": lambda: Worker(
                "clock", self._worker(), self._dice.choice((-86_400.0, 86_400.0, -30.0, 3_600.0))
            ),
            "foreign": self._foreign,
            "foreign_gone": lambda: ForeignGone(self._dice.randrange(10)),
            "by_hand": self._by_hand,
            "rebook": self._rebook,
            "pause": self._pause,
            "resume": lambda: Command("resume"),
            "refresh": self._refresh,
            "try_again": lambda: Command("try_again"),
            "set": self._set,
            "storm": self._storm,
            "decide": self._decide,
            "withdraw": lambda: Command("withdraw", {"decision": self._dice.randint(1, 6)}),
            "between": self._between,
            "window": self._window,
            "compare": self._compare,
            "apply": lambda: Command("apply"),
            "planned": self._planned,
            "undo": lambda: Command("undo"),
            "cancel": lambda: Command("cancel"),
        }
        found = acts[kind]()
        return found if isinstance(found, list) else [found]

    def _worker(self) -> int:
        return self._dice.randrange(self._mix.workers)

    # ---- what goes wrong ----------------------------------------------------------------------------------

    def _rates(self) -> dict[str, float]:
        dice = self._dice
        if self._mix.rates:
            return {kind.value: rate for kind, rate in self._mix.rates.items()}
        chosen = [kind for kind in self._faults_on if dice.random() < 0.7] or [dice.choice(self._faults_on)]
        left = 0.9
        rates = {}
        for kind in chosen:
            rates[kind.value] = round(min(dice.uniform(0.0, 0.6), left / 2), 3)
            left -= rates[kind.value]
        return rates

    def _faults(self) -> Faults:
        dice = self._dice
        if dice.random() < 0.15:
            return Faults(rates={})
        return Faults(
            rates=self._rates(),
            late_s=1.6,
            stale_s=dice.choice((0.5, 2.0)),
            retry_after_s=dice.choice((1, 2, 10)),
            slow_s=self._mix.slow_s[0] if len(self._mix.slow_s) == 1 else dice.choice(self._mix.slow_s),
            calls_per_minute=30 if self._mix.lower_limit and dice.random() < 0.3 else None,
        )

    def _outage(self) -> list[Step]:
        dice = self._dice
        broken = (
            Faults(rates={dice.choice(self._faults_on).value: 0.9}, methods=(dice.choice(METHODS),))
            if dice.random() < 0.6
            else Faults(rates={"error_500": 1.0}, needle=dice.choice(ROOMS))
        )
        return [broken, self._people.edit(), Pass(dice.choice((1.0, 5.0))), Faults(rates={})]

    def _trap(self, what: str, seconds: tuple[float, ...]) -> Trap:
        dice = self._dice
        where = dice.choice(("before", "after", "request", "answered"))
        step = ""
        if where in ("before", "after"):
            step = dice.choice(("", *WRITES, *(READS if where == "before" else ())))
        elif dice.random() < 0.5:
            step = dice.choice(METHODS)
        return Trap(
            where=where,
            what=what,
            step=step,
            nth=dice.randint(1, 2 if step else 15),
            worker=ANY if self._mix.workers > 1 else 0,
            seconds=dice.choice(seconds),
        )

    def _between(self) -> Trap:
        return msgspec.structs.replace(self._trap("edit", (0.0,)), ops=self._people.edit().ops)

    def _window(self) -> list[Step]:
        """Pause or Resume is pressed in the window of whoever sends, while an edit is on its way through it."""
        dice = self._dice
        asks = Command("resume") if dice.random() < 0.6 else self._pause()
        trap = msgspec.structs.replace(self._trap("ask", (0.0,)), asks=asks)
        if dice.random() < 0.6:
            trap = msgspec.structs.replace(trap, where="before", step=dice.choice(PLANNING), nth=1)
        return [trap, self._people.edit()]

    def _foreign(self) -> Foreign:
        dice = self._dice
        week, weekday = self._people.somewhen()
        return Foreign(dice.choice(ROOMS), week, weekday, dice.choice(TIMES))

    def _by_hand(self) -> ByHand:
        dice = self._dice
        what = dice.choice(("remove", "move", "rename"))
        return ByHand(dice.randrange(20), what, dice.choice((540, 600, 660, 780)))

    def _rebook(self) -> ByHand:
        return ByHand(self._dice.randrange(20), "rebook")

    # ---- what staff ask -----------------------------------------------------------------------------------

    def _pause(self) -> Command:
        dice = self._dice
        week, weekday = self._people.somewhen()
        date = day(week, weekday).isoformat()
        scope = dice.choice(
            (
                {},
                {"room": dice.choice(ROOMS)},
                {"building": dice.choice(("B1", "B2"))},
                {"first": date, "last": date},
                {"room": dice.choice(ROOMS), "first": date},
            )
        )
        until = {"for_s": dice.choice((1, 3, 20))} if dice.random() < 0.4 else {}
        return Command("pause", {**scope, **until})

    def _refresh(self) -> Command:
        dice = self._dice
        week, weekday = self._people.somewhen()
        date: dict[str, str | int] = {"date": day(week, weekday).isoformat()}
        room: dict[str, str | int] = {"room": dice.choice(ROOMS)}
        return Command("refresh", dice.choice((room, {**room, **date}, date)))

    def _set(self) -> Command:
        dice = self._dice
        name, value = dice.choice(
            (
                ("strategy", dice.choice(STRATEGIES)),
                ("together", dice.choice(("on", "off"))),
                ("together_unknown", dice.choice(("on", "off"))),
                ("turnaround", dice.choice(("0", self._turnaround))),
                ("lead", dice.choice(("1", "5", "30"))),
            )
        )
        of_room = (
            {"room": dice.choice(ROOMS)} if name in ("strategy", "turnaround") and dice.random() < 0.4 else {}
        )
        if of_room and dice.random() < 0.3:
            value = ""
        return Command("set", {"name": name, "value": value, **of_room})

    def _compare(self) -> Command:
        dice = self._dice
        room: dict[str, str | int] = {"room": dice.choice(ROOMS)} if dice.random() < 0.3 else {}
        adopt: dict[str, str | int] = {"adopt": 1} if dice.random() < 0.5 else {}
        return Command("compare", {**room, **adopt})

    def _planned(self) -> list[Step]:
        """What nobody saw is compared and, once the plan can be read, sent; time passes for some of it, or all."""
        dice = self._dice
        hands: list[Step] = [dice.choice((self._by_hand, self._rebook))() for _ in range(dice.randint(1, 4))]
        looks = Pass(dice.choice((2.0, 4.0, 40.0 if self._mix.patient else 8.0)))
        done: list[Step] = [
            self._compare(),
            looks,
            Command("apply", {"without": 1} if dice.random() < 0.2 else {}),
            Pass(dice.choice((0.02, 0.1, 0.5, 2.0, 10.0))),
        ]
        if dice.random() < 0.2:
            done += [Command("stop"), Pass(dice.choice((0.02, 2.0))), Command(dice.choice(("go_on", "cancel")))]
        if dice.random() < 0.3:
            done += [Command("undo"), looks, Command("apply"), Pass(dice.choice((0.02, 0.5, 5.0)))]
            if dice.random() < 0.3:
                done += [Command("undo", {"forth": 1}), looks, Command("apply"), Pass(dice.choice((0.5, 5.0)))]
        return [*hands, *done]

    def _decide(self) -> Command:
        dice = self._dice
        kind = dice.choice(("record_one", "record_neither", "together", "do_not_record"))
        lessons = self._people.meeting(1 if kind == "do_not_record" else dice.choice((2, 2, 3)))
        week = {"week": self._people.somewhen()[0]} if dice.random() < 0.4 else {}
        return Command("decide", {"kind": kind, "lessons": ",".join(map(str, lessons)), **week})

    def _storm(self) -> list[Step]:
        dice = self._dice
        kind = dice.choice(("retry", "flap", "refresh", "try_again"))
        if kind == "retry":
            return [Command("retry", {"table": dice.choice(("queue", "notifications"))}, times=100)]
        if kind == "flap":
            flapping: list[Step] = [Command(what) for _ in range(6) for what in ("pause", "resume")]
            return [*flapping, Command("resume", times=5)]
        if kind == "refresh":
            return [Command("refresh", {"room": room}, times=3) for room in ROOMS]
        return [Command("try_again", times=20)]
