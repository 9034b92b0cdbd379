"""The world of one history: its workers, its traps, its people, and how each step of a script is carried out."""

from __future__ import annotations

import asyncio
import datetime as dt
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec

from echodesk.simulator.faults import FaultKind, FaultSettings
from echodesk.simulator.switches import Switches, changed
from echodesk.simulator.wire import SimRequest, SimResponse
from echodesk.worker.control import as_args
from echodesk.worker.engine import Constants
from tests.simulation.asking import asked
from tests.simulation.ops import carry_out
from tests.simulation.script import (
    ANY,
    ByHand,
    Command,
    Edit,
    Faults,
    Foreign,
    ForeignGone,
    Op,
    Pass,
    Script,
    Step,
    Switch,
    Trap,
    Worker,
)
from tests.worker.by_hand import ByHand as Hands
from tests.worker.campus import ROOMS, day, echo360_seed
from tests.worker.process import Process
from tests.worker.values import booked_by_others
from tests.worker.world import World

QUICK = Constants(idle_s=1.0)
SLOW = Constants(idle_s=20.0, lease_ttl_s=600.0, lease_renew_s=100.0)
PULSE_S = 0.5
"""How often the test looks whether a worker died."""


class RolledBack(Exception):
    """The timetabler thought better of it."""


class Stage(World):
    """One university, one Echo360, one or two workers, and everything that can happen to them."""

    def __init__(self, template: Path, folder: Path, script: Script) -> None:
        start = script.start
        super().__init__(
            template,
            folder,
            seed=echo360_seed(
                people=start.people,
                sections=start.sections,
                rooms=ROOMS if start.rooms is None else start.rooms,
                closed=start.closed,
            ),
            switches=changed(Switches(), dict(start.switches)),
            calls_per_minute=start.calls_per_minute,
            constants=SLOW if start.slow else QUICK,
            publishing=False,
            **start.settings,  # type: ignore[arg-type]  # none of them is `adjust`
        )
        if start.echo360_calls_per_minute is not None:
            self.institution.limiter.calls_per_minute = start.echo360_calls_per_minute
        self.hands = Hands(self)
        self.foreign: list[str] = []
        self.happened: Counter[str] = Counter()
        """What else than Echo360's own faults went wrong."""
        self.refusing = False
        self._traps: list[_Armed] = []
        self._back_at: dict[Process, float] = {}
        self.on_run: Callable[[Process], None] = lambda process: None
        """Told of every worker that was just started."""
        self.on_edit: Callable[[], None] = lambda: None
        """Told when a timetabler has committed something."""

    def leave(self) -> None:
        """The history is over."""
        try:
            for process in self.processes:
                process.close()
        finally:
            self.loop.close()
            self.office.close()

    # ---- workers ------------------------------------------------------------------------------------------

    def watch(self, on_run: Callable[[Process], None]) -> None:
        """From now on `on_run` is told of every start of a worker, beginning with the one that runs."""
        self.on_run = on_run
        for process in self.processes:
            if process.running is not None:
                self._wire_up(process)

    def begin(self, process: Process) -> None:
        """Start it, with the traps on its way."""
        process.start()
        self._wire_up(process)

    def _wire_up(self, process: Process) -> None:
        number = self.processes.index(process)

        def refused(request: SimRequest) -> SimResponse | None:
            self._spring(number, "request", request.method)
            if self.refusing:
                self.happened["refused connection"] += 1
                raise httpx.ConnectError("nobody listens")
            return None

        process.steps.before = lambda step: self._spring(number, "before", step)
        process.steps.after = lambda step: self._spring(number, "after", step)
        process.wire.interfere = refused
        process.wire.on_answered = lambda request, response: self._spring(number, "answered", request.method)
        self.on_run(process)

    def _check_alive(self) -> None:
        for process in self.processes:
            self._check(process)

    def pass_time(self, seconds: float) -> None:
        """Everybody works for so long; whoever dies is started again when its time has come."""
        ends = self.loop.now + seconds
        while self.loop.now < ends:
            self.run(asyncio.sleep(min(PULSE_S, ends - self.loop.now)))
            self.tend()

    def tend(self) -> None:
        """Bury the dead and start whoever is due."""
        for process in self.processes:
            self._check(process)
            if process.life.over and process.running is not None:
                process.close()
            due = self._back_at.get(process)
            if due is not None and process.running is None and due <= self.loop.now:
                del self._back_at[process]
                self.begin(process)

    def _check(self, process: Process) -> None:
        """Raises AssertionError if it ended by itself, with what it ended with."""
        running = process.running
        if running is not None and running.done() and not process.life.over:
            problem = running.exception()
            raise AssertionError(f"{process.holder} ended with {innermost(problem)}") from problem

    def down(self, process: Process, seconds: float) -> None:
        """It is dead from this moment on, and comes back after so long."""
        if process.running is not None and not process.life.over:
            process.life.over = True
            self.happened["kill"] += 1
        self._back_at[process] = self.loop.now + seconds

    def heal(self) -> None:
        """No fault any more: everybody is awake, lives, has the right time and is let through."""
        self._traps.clear()
        self.refusing = False
        self.simulator.use_faults(FaultSettings())
        self.institution.limiter.calls_per_minute = self.around.calls_per_minute
        for process in self.processes:
            process.machine.wall_s = 0.0
            if process.machine.still:
                process.machine.wake()
            if process.life.over and process.running is not None:
                process.close()
        self._back_at.clear()
        if self.processes[0].running is None:
            self.begin(self.processes[0])

    def mend(self) -> None:
        """Echo360 refuses nothing for what it is any more, and every room has a recorder."""
        self.institution.state.switches = changed(self.institution.state.switches, {"max_minutes": 480})
        self.hands.recorders()

    def say_yes(self) -> bool:
        """Staff look at the safety stops and allow them; False if there are none."""
        waiting = self.sql(
            "SELECT s.ID, coalesce(max(i.ID), 0) FROM STT_ECHO_STOP s LEFT JOIN STT_ECHO_STOP_ITEM i"
            " ON i.STOP_ID = s.ID WHERE s.ENDED IS NULL AND s.YES_AT IS NULL GROUP BY s.ID"
        )
        for stop, last_item in waiting:
            self.post(Command("allow", {"stop": stop, "last_item": last_item}))
            self.happened["safety stop"] += 1
        return bool(waiting)

    # ---- steps --------------------------------------------------------------------------------------------

    def take(self, step: Step) -> None:
        """Carry out one step of a script."""
        if isinstance(step, Edit):
            self.edit_now(step.ops, committed=step.committed)
        elif isinstance(step, Pass):
            self.pass_time(step.seconds)
        elif isinstance(step, Faults):
            self._misbehave(step)
        elif isinstance(step, Switch):
            self.refusing = step.refusing
        elif isinstance(step, Foreign):
            self._book(step)
        elif isinstance(step, ForeignGone):
            # Strangers may have cancelled it before.
            self.foreign = [one for one in self.foreign if self.institution.state.bookings.get(one) is not None]
            if self.foreign:
                self.hands.cancel(self.foreign.pop(step.number % len(self.foreign)))
        elif isinstance(step, ByHand):
            self._by_hand(step)
        elif isinstance(step, Command):
            for _ in range(step.times):
                self.post(step)
            if step.times > 1:
                self.happened["storm"] += 1
        elif isinstance(step, Trap):
            self._traps.append(_Armed(step))
        else:
            self._worker(step)

    def edit_now(self, ops: tuple[Op, ...], *, committed: bool = True) -> None:
        """One transaction of a timetabler."""
        try:
            with self.edit() as cmis:
                carry_out(cmis, ops)
                if not committed:
                    raise RolledBack
            self.on_edit()
        except RolledBack:
            self.happened["rolled back"] += 1

    def _misbehave(self, step: Faults) -> None:
        self.simulator.use_faults(
            FaultSettings(
                rates={FaultKind(kind): rate for kind, rate in step.rates.items()},
                late_s=step.late_s,
                stale_s=step.stale_s,
                slow_s=step.slow_s,
                retry_after_s=step.retry_after_s,
                first_s=step.first_s,
                methods=None if step.methods is None else frozenset(step.methods),
                needle=step.needle,
                calls_per_minute=step.calls_per_minute,
            )
        )

    def _book(self, step: Foreign) -> None:
        room = self.institution.state.directory.rooms.by_external(step.room)
        date = day(step.week, step.weekday)
        start, end = (int(text[:2]) * 60 + int(text[3:]) for text in step.time.split("-"))
        if room is None or self.institution.state.bookings.clash(room.id, [date.toordinal()], start, end):
            return
        if dt.datetime.combine(date, dt.time(start // 60, start % 60)) > self.clock.campus_now():
            self.foreign.append(self.hands.book(step.room, date, step.time))
            self.happened["foreign booking"] += 1

    def _by_hand(self, step: ByHand) -> None:
        now = self.clock.campus_now()
        ours = sorted(
            one.external_id
            for one in self.institution.state.bookings
            if one.external_id is not None
            and not booked_by_others(one)
            and dt.datetime.combine(one.start_date, dt.time()) + dt.timedelta(minutes=one.start_minute) > now
        )
        if not ours:
            return
        external_id = ours[step.number % len(ours)]
        if step.what == "remove":
            self.hands.remove(external_id)
        elif step.what == "rebook":
            there = self.schedules()[external_id]
            self.hands.remove(external_id)
            self.foreign.append(self.hands.book(there.room, dt.date.fromisoformat(there.date), there.time))
        elif step.what == "rename":
            self.hands.rename(external_id, "Renamed")
        elif not self.hands.shift(external_id, step.minute):
            return
        self.happened["by hand"] += 1

    def post(self, step: Command) -> int:
        """Write a command down for whoever leads; returns its id."""
        command = asked(self, step.kind, dict(step.args))
        if getattr(command, "plan", 0):
            self.happened[f"plan: {step.kind}"] += 1
        kind, args = as_args(command)
        return self.office.write(lambda books: books.office.post_command(kind, args, "ann"))

    def _worker(self, step: Worker) -> None:
        while len(self.processes) <= step.worker:
            self.second()
        process = self.processes[step.worker]
        if step.what == "start":
            if process.running is None and process not in self._back_at:
                self.begin(process)
        elif step.what == "forgets sleep":
            process.machine.counts_sleep = False
        elif step.what == "clock":
            process.machine.wall_s += step.seconds
            self.happened["clock"] += 1
        elif step.what == "mirror lost":
            self.down(process, step.seconds)
            self.sql("DELETE FROM STT_ECHO_MIRROR")
            self.sql("DELETE FROM STT_ECHO_META WHERE NAME = 'mirror_complete'")
            self.happened["mirror lost"] += 1
        elif process.running is not None and not process.life.over:
            self._befall(process, step.what, step.seconds)

    def _befall(self, process: Process, what: str, seconds: float) -> None:
        if what == "kill":
            self.down(process, seconds)
        elif what == "stop":
            if not process.machine.still:
                process.stop()
                self._back_at[process] = self.loop.now + seconds
                self.happened["stop"] += 1
        elif what == "freeze":
            process.machine.freeze(seconds)
            self.happened["freeze"] += 1
        elif what == "suspend":
            process.machine.suspend(seconds)
            self.happened["suspend"] += 1
        else:
            raise ValueError(f"nothing of the kind befalls a worker: {what!r}")

    # ---- traps --------------------------------------------------------------------------------------------

    def _spring(self, worker: int, where: str, step: str) -> None:
        for armed in [one for one in self._traps if one.meant(worker, where, step)]:
            trap = armed.trap
            self._traps.remove(armed)
            if trap.what == "edit":
                self.edit_now(trap.ops)
                self.happened["edit in between"] += 1
            elif trap.asks is not None:
                self.processes[worker].ask(asked(self, trap.asks.kind, dict(trap.asks.args)))
                self.happened["asked in between"] += 1
            else:
                self._befall(self.processes[worker], trap.what, trap.seconds)


def innermost(problem: BaseException | None) -> str:
    """What lies at the bottom of nested groups, with the line that raised it."""
    while isinstance(problem, BaseExceptionGroup):
        problem = problem.exceptions[0]
    if problem is None:
        return "nothing"
    last = traceback.extract_tb(problem.__traceback__)[-1:]
    where = "".join(f" at {Path(frame.filename).name}:{frame.lineno}" for frame in last)
    return f"{type(problem).__name__}: {problem}{where}"


class _Armed(msgspec.Struct):
    trap: Trap
    passed: int = 0

    def meant(self, worker: int, where: str, step: str) -> bool:
        """True at the n-th time that a worker comes to this point."""
        trap = self.trap
        if trap.worker not in (ANY, worker) or trap.where != where or trap.step not in ("", step):
            return False
        self.passed += 1
        return self.passed == trap.nth
