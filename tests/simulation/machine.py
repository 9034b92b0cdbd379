"""A machine that Hypothesis drives: everything that can happen, in any order, over the real SQLite store (T4).

Its steps are those of a script, so that what it finds can be kept in the corpus; its worth beside the seeded
histories is that Hypothesis makes what it finds small. The safety list is watched all the time; at the end
everything heals, and Echo360 must hold what the independent oracle says, twice.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from echodesk.messages import Decide, Withdraw
from echodesk.planning.values import DecisionKind, Strategy
from echodesk.simulator.faults import FaultKind
from echodesk.worker.control import as_args
from tests.simulation.oracle import differences, expected
from tests.simulation.play import template
from tests.simulation.safety import Safety
from tests.simulation.script import (
    Add,
    Alter,
    ByHand,
    Command,
    Drop,
    Edit,
    Faults,
    Feature,
    Foreign,
    ForeignGone,
    Group,
    Op,
    Pass,
    Person,
    Request,
    Script,
    Start,
    Switch,
    Title,
    Trap,
    WeekSet,
    WeekStart,
    Worker,
)
from tests.simulation.stage import Stage
from tests.worker.campus import ROOMS, SETID
from tests.worker.quick_store import on_file

FAST = Path("/dev/shm")

CONVERGES_S = 150.0
"""L, the lease of whoever was frozen, a minute (C1), and as much again."""

UNSEEN = (Feature, Group, Title, WeekSet, WeekStart, Person)
"""Edits in tables without triggers, which a sweep finds every ten minutes; here a re-sync stands in for it."""

slots = st.integers(1, 6)
rooms = st.sampled_from(ROOMS[:3])
weekdays = st.sampled_from([1, 1, 2])
weeks = st.sets(st.integers(1, 3), min_size=1).map(lambda found: tuple(sorted(found)))
times = st.sampled_from(
    ["09:00-10:00", "09:00-10:00", "09:30-10:30", "10:00-11:00", "10:00-12:00", "08:10-09:10", "08:04-08:20"]
)
odd_times = st.sampled_from(["10:00-09:00", "24:00-25:00", "09:00-09:00", "00:00-23:59"])
lecturers = st.sampled_from(["P1", "P2", "P9", None])
modules = st.sampled_from(["M1", "M2", "M3"])
ops: st.SearchStrategy[Op] = st.one_of(
    st.builds(Add, slots, rooms, weekdays, times, weeks, modules, lecturers),
    st.builds(Add, slots, st.just("R1"), st.just(1), times, weeks, modules, lecturers),
    st.builds(
        Alter,
        slots,
        room=st.none() | rooms,
        weekday=st.none() | weekdays,
        time=st.none() | times | odd_times,
        weeks=st.none() | weeks,
        module=st.none() | modules,
        lecturer=st.sampled_from([None, "P1", "P2", ""]),
        status=st.sampled_from([None, None, 1, 2]),
    ),
    st.builds(Alter, slots, room=rooms),
    st.builds(Alter, slots, time=times),
    st.builds(Drop, slots),
    st.builds(Request, slots, st.booleans()),
    st.builds(Feature, rooms, st.booleans()),
    st.builds(Group, modules, st.booleans()),
    st.builds(Title, modules, st.sampled_from(["Logic", "Sets", "Title of M1"])),
    st.builds(WeekSet, slots, st.integers(1, 4), st.booleans()),
    st.builds(WeekStart, st.integers(2, 4), st.sampled_from([0, 1, 7])),
    st.builds(
        Person, st.sampled_from(["P1", "P9"]), st.sampled_from(["ann.lee@example.ac.uk", "cy.orr@example.ac.uk"])
    ),
)
writes = st.sampled_from(["claim", "expand", "intents", "settle", "mirror", "late answers", "command", "recover"])
settings_to_change = st.sampled_from(
    [("strategy", one.value, "") for one in Strategy]
    + [("together", "off", ""), ("together", "on", ""), ("together_unknown", "on", "")]
    + [("turnaround", "15", ""), ("turnaround", "0", ""), ("lead", "60", ""), ("lead", "5", "")]
    + [("max_minutes", "90", ""), ("seniority_by_datechanged", "on", "")]
    + [("strategy", "ignore", "R1"), ("strategy", "", "R1"), ("turnaround", "15", "R2"), ("turnaround", "", "R2")]
)


@cache
def home() -> Path:
    """Where this process keeps its databases, in memory if it can; gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="echodesk-machine-", dir=FAST if FAST.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class OnRealFile(Stage):
    """The stage over a database file and the real engine."""

    copied = on_file


class EchoDeskMachine(RuleBasedStateMachine):
    """One university, one Echo360, up to two workers, and whoever edits, asks, fails and looks away."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=home()))
        self.stage: Stage | None = None

    @initialize(
        strategy=st.sampled_from(list(Strategy)),
        first=st.lists(st.builds(Add, slots, rooms, weekdays, times, weeks, modules, lecturers), max_size=4),
    )
    def begin(self, strategy: Strategy, first: list[Op]) -> None:
        """A university at the beginning of its year."""
        start = Start(settings={"strategy": strategy.value})
        self.stage = OnRealFile(template(home()), self.folder, Script(seed=0, mix="quiet", start=start, steps=()))
        self.safety = Safety(self.stage, judges=True)
        self.stage.take(Edit(tuple(first)))
        self.by_hand = self.unseen = False

    # ---- people -------------------------------------------------------------------------------------------

    @rule(found=st.lists(ops, min_size=1, max_size=4), committed=st.sampled_from([True, True, True, False]))
    def a_timetabler_edits(self, found: list[Op], committed: bool) -> None:
        self.unseen = self.unseen or any(isinstance(op, UNSEEN) for op in found)
        self._at().take(Edit(tuple(found), committed))

    @rule(first=slots, second=slots)
    def two_lessons_change_places(self, first: int, second: int) -> None:
        rows = {
            slot: (room, weekday, f"{start}-{finish}")
            for slot, room, weekday, start, finish in self._at().sql(
                "SELECT SLOTID, ROOMID, WEEKDAY, STARTTIME, FINISHTIME FROM TIMETABLE"
            )
        }
        if first != second and first in rows and second in rows:
            one, other = rows[first], rows[second]
            swap = (Alter(first, other[0], other[1], other[2]), Alter(second, one[0], one[1], one[2]))
            self._at().take(Edit(swap))

    @rule(room=st.sampled_from(["", *ROOMS[:3]]))
    def staff_pause(self, room: str) -> None:
        self._at().take(Command("pause", {"room": room} if room else {}))

    @rule()
    def staff_resume(self) -> None:
        self._at().take(Command("resume"))

    @rule(times=st.sampled_from([1, 1, 5]), table=st.sampled_from(["queue", "notifications"]))
    def staff_retry(self, times: int, table: str) -> None:
        self._at().take(Command("retry", {"table": table}, times))

    @rule(room=rooms)
    def staff_re_sync(self, room: str) -> None:
        self._at().take(Command("refresh", {"room": room}))

    @rule(change=settings_to_change)
    def staff_change_a_setting(self, change: tuple[str, str, str]) -> None:
        self._at().take(Command("set", dict(zip(("name", "value", "room"), change, strict=True))))

    @rule(kind=st.sampled_from(list(DecisionKind)), named=st.lists(slots, min_size=1, max_size=3, unique=True))
    def staff_decide(self, kind: DecisionKind, named: list[int]) -> None:
        winner = named[0] if kind is DecisionKind.RECORD_ONE else None
        asked, args = as_args(Decide("ann", "as agreed", kind, SETID, tuple(named), winner))
        self._at().office.write(lambda books: books.office.post_command(asked, args, "ann"))

    @rule(number=st.integers(1, 4))
    def staff_take_a_decision_back(self, number: int) -> None:
        asked, args = as_args(Withdraw("ann", "not any more", (number,)))
        self._at().office.write(lambda books: books.office.post_command(asked, args, "ann"))

    @rule(room=rooms, week=st.integers(1, 3), weekday=weekdays, time=times)
    def somebody_books_a_room(self, room: str, week: int, weekday: int, time: str) -> None:
        self._at().take(Foreign(room, week, weekday, time))

    @rule(number=st.integers(0, 3))
    def somebody_cancels_that(self, number: int) -> None:
        self._at().take(ForeignGone(number))

    @rule(what=st.sampled_from(["remove", "rename", "shift"]), number=st.integers(0, 5))
    def somebody_changes_ours_by_hand(self, what: str, number: int) -> None:
        self.by_hand = True
        self._at().take(ByHand(number, what, 15 * 60))

    # ---- machines -----------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.0, 0.01, 0.05, 0.3, 1.0, 5.0, 40.0]))
    def time_passes(self, seconds: float) -> None:
        self._at().take(Pass(seconds))

    @rule(hours=st.sampled_from([1, 2, 25]))
    def everybody_goes_home(self, hours: int) -> None:
        stage = self._at()
        for process in stage.processes:
            process.close()
        stage.loop.forward(hours * 3_600.0)
        stage.begin(stage.processes[0])

    @rule(
        what=st.sampled_from(["kill", "kill", "stop", "freeze", "suspend"]),
        seconds=st.sampled_from([0.1, 5.0, 45.0]),
    )
    def a_worker_falls(self, what: str, seconds: float) -> None:
        self._at().take(Worker(what, 0, seconds))

    @rule()
    def a_second_worker_starts(self) -> None:
        self._at().take(Worker("start", 1))

    @rule(
        where=st.sampled_from(["before", "after"]),
        step=writes,
        what=st.sampled_from(["kill", "kill", "freeze"]),
        nth=st.integers(1, 3),
    )
    def a_worker_will_fall_at_a_step(self, where: str, step: str, what: str, nth: int) -> None:
        self._at().take(Trap(where=where, what=what, step=step, nth=nth, seconds=5.0))

    @rule(
        where=st.sampled_from(["request", "answered"]),
        step=st.sampled_from(["POST", "PUT", "DELETE", "GET"]),
        found=st.lists(ops, min_size=1, max_size=2),
    )
    def an_edit_will_come_in_between(self, where: str, step: str, found: list[Op]) -> None:
        self.unseen = self.unseen or any(isinstance(op, UNSEEN) for op in found)
        self._at().take(Trap(where=where, what="edit", step=step, ops=tuple(found)))

    @rule(
        kinds=st.sets(st.sampled_from(list(FaultKind)), min_size=1, max_size=3),
        rate=st.sampled_from([0.1, 0.3]),
        methods=st.sampled_from([None, ("POST",), ("DELETE", "PUT")]),
    )
    def echo360_misbehaves(self, kinds: set[FaultKind], rate: float, methods: tuple[str, ...] | None) -> None:
        self._at().take(Faults(rates={kind.value: rate for kind in sorted(kinds)}, methods=methods))

    @rule()
    def echo360_behaves(self) -> None:
        self._at().take(Faults(rates={}))

    @rule(refusing=st.booleans())
    def echo360_is_not_reached(self, refusing: bool) -> None:
        self._at().take(Switch(refusing))

    # ---- what always holds --------------------------------------------------------------------------------

    @precondition(lambda self: self.stage is not None)
    @invariant()
    def nothing_forbidden_happened(self) -> None:
        """Every promise of the safety list (reliability §2) at every request, effect and commit."""
        self.safety.one_schedule_per_id()
        assert not self.safety.violations, self.safety.violations

    def teardown(self) -> None:
        """Everything heals; Echo360 ends as the oracle says, and a second comparison has nothing to do."""
        try:
            if self.stage is not None:
                self._converge(self.stage)
                self.stage.check_statuses()
        finally:
            if self.stage is not None:
                self.stage.leave()
            shutil.rmtree(self.folder)

    def _converge(self, stage: Stage) -> None:
        stage.heal()
        # While everything is paused nothing is planned, so nothing gets quiet either.
        stage.post(Command("resume"))
        stage.settle(CONVERGES_S)
        for table in ("queue", "notifications"):
            stage.post(Command("retry", {"table": table}))
        stage.settle(CONVERGES_S)
        if self.by_hand or self.unseen:
            self._re_sync(stage)
        self._agrees(stage)
        assert stage.compared().differing == ()
        before = self.safety.writes()
        self._re_sync(stage)
        assert self.safety.writes() == before, "a second comparison had something to do"
        self._agrees(stage)
        assert not self.safety.violations, self.safety.violations

    def _agrees(self, stage: Stage) -> None:
        found = differences(expected(stage), stage)
        assert not found, found

    def _re_sync(self, stage: Stage) -> None:
        for room in ROOMS:
            stage.post(Command("refresh", {"room": room}))
        stage.settle(CONVERGES_S)

    def _at(self) -> Stage:
        assert self.stage is not None
        return self.stage
