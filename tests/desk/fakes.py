"""A worker for tests of the window: implements `WorkerHandle`, holds three tables, answers every command."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from echodesk.activity import ActivityShown, ShowActivity
from echodesk.batches import (
    ListPlans,
    NotRecorded,
    PlanDetail,
    PlanList,
    PlanMissed,
    ShowNotRecorded,
    ShowPlan,
)
from echodesk.clashes import (
    Alike,
    DecisionList,
    DecisionListed,
    FindAlike,
    ListDecisions,
    OpenRoomDay,
    RoomDayShown,
    ShowRoomDay,
    Suppose,
    Supposed,
)
from echodesk.desk.merge import Delivered
from echodesk.errors import EchoDeskError, WorkerStopped
from echodesk.lessons import LessonsFound, ListMatter, LookUp, Matter, MatterListed
from echodesk.messages import (
    Command,
    CommandDone,
    CommandReply,
    Detail,
    EngineState,
    Inspect,
    Overview,
    Row,
    ShowStop,
    StopList,
    Table,
    TableDelta,
    Unwatch,
    Watch,
    WorkerEnded,
)
from echodesk.settings import ChangeSetting, ShowSettings
from echodesk.store.settings import checked, key_of, shown
from tests.desk.rows import detail_of, matches, state_of_engine, status_counts


class Sink(Protocol):
    """Where events go."""

    def post(self, event: Delivered) -> None: ...


class FakeWorker:
    """Answers in the calling thread, at once, unless `hold` is set; then `release` answers what waits."""

    def __init__(self, sink: Sink, rows: dict[Table, list[Row]] | None = None) -> None:
        self.sink = sink
        self.tables: dict[Table, dict[int, Row]] = {
            table: {row.key: row for row in (rows or {}).get(table, [])} for table in Table
        }
        self.commands: list[Command] = []
        self.watching: dict[Table, Watch] = {}
        self.cursors: dict[Table, int] = dict.fromkeys(Table, 0)
        self.trouble: EchoDeskError | None = None
        self.details: Callable[[Inspect, Row], Detail] = detail_of
        self.stop_list: StopList | None = None
        """What `ShowStop` is answered with; None: the stop is over."""
        self.plan_details: dict[int, PlanDetail] = {}
        """What `ShowPlan` is answered with, by number."""
        self.missed_lessons: dict[int, tuple[NotRecorded, ...]] = {}
        """What `ShowNotRecorded` is answered with, by number."""
        self.older_plans: dict[int, PlanList] = {}
        """What `ListPlans` is answered with, by the plan before which they are."""
        self.hold = False
        self.silent = False
        """Send no snapshots: the table stays as if it were loading."""
        self.lessons: Callable[[LookUp], LessonsFound] = lambda _wish: LessonsFound((), 0)
        self.matters: dict[Matter, MatterListed] = {}
        """What `ListMatter` is answered with; no lines of what is not in it."""
        self.activity: Callable[[ShowActivity], ActivityShown] = lambda _wish: ActivityShown((), False)
        self.room_day: Callable[[ShowRoomDay], RoomDayShown] = lambda wish: RoomDayShown(
            wish.room, wish.room, "", wish.date, False, (), (), ()
        )
        self.supposed: Callable[[Suppose], Supposed] = lambda _wish: Supposed(0, "", "", (), (), 0)
        """What `Suppose` is answered with; an `EchoDeskError` that it raises is the answer."""
        self.alike: Callable[[FindAlike], Alike] = lambda wish: Alike(wish.command, None)
        """What `FindAlike` is answered with."""
        self.decisions: tuple[DecisionListed, ...] = ()
        """What `ListDecisions` is answered with."""
        self.stored: dict[str, str] = {}
        """The office's settings; `ShowSettings` is answered with all of them, `ChangeSetting` writes here."""
        self.leads = True
        """False: settings are passed on, and whoever sends changes them when the test says so."""
        self.ends = True
        """Post `WorkerEnded` when asked to stop."""
        self.first_state: EngineState | None = state_of_engine()
        self.first_overview: Overview | None = None
        self.started = self.stopped = False
        self._waiting: list[tuple[Command, Future[CommandReply]]] = []

    # ---- the port

    def start(self) -> None:
        self.started = True
        if self.first_state is not None:
            self.sink.post(self.first_state)
        if self.first_overview is not None:
            self.sink.post(self.first_overview)

    def submit(self, command: Command) -> Future[CommandReply]:
        answer: Future[CommandReply] = Future()
        self.commands.append(command)
        if self.stopped:
            answer.set_exception(WorkerStopped("Stopped", "The worker takes no commands.", "Start it again."))
        elif self.hold and not isinstance(command, Watch | Unwatch | Inspect | OpenRoomDay):
            self._waiting.append((command, answer))
        else:
            self._answer(command, answer)
        return answer

    def request_stop(self) -> None:
        self.stopped = True
        if self.ends:
            self.sink.post(WorkerEnded())

    def join(self, timeout_s: float) -> bool:
        return self.stopped

    # ---- for tests

    def sent(self, kind: type[Command]) -> list[Command]:
        """The commands of a kind, oldest first."""
        return [command for command in self.commands if isinstance(command, kind)]

    def release(self) -> None:
        """Answer everything that waits."""
        waiting, self._waiting = self._waiting, []
        for command, answer in waiting:
            self._answer(command, answer)

    def change(self, table: Table, upserts: tuple[Row, ...] = (), deletes: frozenset[int] = frozenset()) -> None:
        """Change rows, and tell whoever watches."""
        held = self.tables[table]
        for row in upserts:
            held[row.key] = row
        for key in deletes:
            held.pop(key, None)
        watch = self.watching.get(table)
        base = self.cursors[table]
        self.cursors[table] += 1
        if watch is not None:
            self.sink.post(
                TableDelta(
                    table, watch.generation, base, base + 1, upserts, deletes, False, status_counts(held.values())
                )
            )

    def snapshot(self, table: Table) -> None:
        """Send the newest rows that match."""
        watch = self.watching[table]
        held = self.tables[table]
        found = [row for row in sorted(held.values(), key=lambda row: -row.key) if matches(row, watch.query)]
        self.sink.post(
            TableDelta(
                table,
                watch.generation,
                self.cursors[table],
                self.cursors[table],
                tuple(found[: watch.query.limit]),
                frozenset(),
                True,
                status_counts(held.values()),
            )
        )

    def _answer(self, command: Command, answer: Future[CommandReply]) -> None:
        if self.trouble is not None and not isinstance(command, Unwatch):
            answer.set_exception(self.trouble)
        elif isinstance(command, ShowStop):
            answer.set_result(self.stop_list or CommandDone("This safety stop is over; nothing waits for it."))
        elif isinstance(command, ShowPlan):
            answer.set_result(self.plan_details.get(command.plan) or CommandDone("There is no such plan."))
        elif isinstance(command, LookUp):
            answer.set_result(self.lessons(command))
        elif isinstance(command, ListMatter):
            answer.set_result(self.matters.get(command.matter) or MatterListed(command.matter, (), 0))
        elif isinstance(command, ShowActivity):
            answer.set_result(self.activity(command))
        elif isinstance(command, ShowRoomDay):
            answer.set_result(self.room_day(command))
        elif isinstance(command, OpenRoomDay):
            answer.set_result(CommandDone(""))
        elif isinstance(command, ListDecisions):
            answer.set_result(DecisionList(self.decisions))
        elif isinstance(command, FindAlike):
            answer.set_result(self.alike(command))
        elif isinstance(command, Suppose):
            try:
                answer.set_result(self.supposed(command))
            except EchoDeskError as trouble:
                answer.set_exception(trouble)
        elif isinstance(command, ShowSettings):
            answer.set_result(shown(self.stored))
        elif isinstance(command, ChangeSetting):
            try:
                answer.set_result(self._change(command))
            except EchoDeskError as trouble:
                answer.set_exception(trouble)
        elif isinstance(command, ShowNotRecorded):
            answer.set_result(PlanMissed(command.plan, self.missed_lessons.get(command.plan, ())))
        elif isinstance(command, ListPlans):
            answer.set_result(self.older_plans[command.before])
        elif isinstance(command, Watch):
            self.watching[command.table] = command
            answer.set_result(CommandDone(""))
            if not self.silent:
                self.snapshot(command.table)
        elif isinstance(command, Unwatch):
            self.watching.pop(command.table, None)
            answer.set_result(CommandDone(""))
        elif isinstance(command, Inspect):
            answer.set_result(self.details(command, self.tables[command.table][command.key]))
        else:
            answer.set_result(CommandDone(f"{type(command).__name__} was taken", 1))

    def _change(self, command: ChangeSetting) -> CommandDone:
        checked(command.name, command.value, command.room)
        if not self.leads:
            return CommandDone("Passed on to the EchoDesk that is sending.")
        key = key_of(command.name, command.room)
        if command.value:
            self.stored[key] = command.value
        else:
            self.stored.pop(key, None)
        return CommandDone(f"{key} is {command.value} now.")


class ThreadedSource:
    """A thread that runs one function until it is done or told to stop; for posting from elsewhere."""

    def __init__(self, work: Callable[[threading.Event], None]) -> None:
        self.stop = threading.Event()
        self._thread = threading.Thread(target=work, args=(self.stop,), name="test-source")

    def __enter__(self) -> ThreadedSource:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._thread.join(10)

    def join(self) -> None:
        """Wait until the work is done."""
        self._thread.join(30)
