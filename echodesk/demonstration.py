"""The demonstration put together: its data folder, Echo360, timetabler, and its run with or without a window.

Beside `main.py` the only file that knows several parts; it is about the demonstration alone, so that an office's
EchoDesk is composed without it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from echodesk import paths
from echodesk.access import Echo360Access, echo360_access
from echodesk.commands.first_connection import OwnSystems
from echodesk.demo import headless
from echodesk.demo.by_hand import lessons_of_first_weeks, with_bad_day
from echodesk.demo.editing import Editing
from echodesk.demo.restore import restore
from echodesk.demo.stage import (
    SEED_FILE,
    STAGE_FILE,
    Stage,
    Wish,
    existing,
    fill,
    holds_tables,
    made_here,
    make_timetable,
    usable,
)
from echodesk.demo.timetabler import Timetabler
from echodesk.demo.work_on import TimetablerProcess
from echodesk.errors import WrongUse
from echodesk.main import (
    AllBooks,
    Office,
    WindowWish,
    compare_now,
    data_folder,
    find_display,
    make_worker,
    open_office,
    pending,
    show_window,
)
from echodesk.messages import EngineState, Event, Notice, Phase, Table, WorkerFailed
from echodesk.secrets import Secrets
from echodesk.settings import DEMONSTRATION
from echodesk.simulator.process import SimulatorProcess
from echodesk.simulator.seed import read_seed, write_seed
from echodesk.store.connection import connection_of
from echodesk.store.database import Database, check_schema, open_sqlite
from echodesk.store.screens import Tables
from echodesk.store.settings import SETTINGS
from echodesk.worker.clock import MachineClock
from echodesk.worker.ports import EventSink
from echodesk.worker.thread import WorkerThread

log = logging.getLogger(__name__)

CALLS_PER_MINUTE = 120
"""Echo360's limit for an institution (echo360-api §3)."""


def open_demonstration(folder: Path, wish: Wish) -> tuple[Office, Stage]:
    """The demonstration's database, filled if it is new; a folder whose term has begun is renewed.

    Raises `TimetableFault`, `WrongUse` or `SchemaMismatch` before anything of the folder is touched.
    """
    today = MachineClock(SETTINGS["zone"].default).campus_now().date()
    if connection_of(folder) is not None:
        raise WrongUse(
            "This data folder is an office's",
            f"{folder} names a database on a server; a demonstration fills one of its own.",
            "Name another folder with --data; this one was left as it is.",
        )
    stage = existing(folder)
    if stage is not None and usable(stage, wish, today):
        data_folder(folder).upgrade()
        return open_office(folder), stage
    timetable = make_timetable(wish, today)
    if (folder / paths.DATABASE).exists():
        _refuse_to_renew(folder, unfinished=stage is None)
    for name in (paths.DATABASE, f"{paths.DATABASE}-wal", f"{paths.DATABASE}-shm", SEED_FILE, STAGE_FILE):
        (folder / name).unlink(missing_ok=True)
    data_folder(folder).install()
    office = open_office(folder)
    try:
        return office, fill(folder, timetable, wish, office.database.write)
    except BaseException:
        office.close()
        raise


def _refuse_to_renew(folder: Path, *, unfinished: bool) -> None:
    """Raise if this database may not be made anew.

    `WrongUse` if no demonstration made it, finished or not, or if someone works with it; `SchemaMismatch` if
    another version of EchoDesk made it.
    """
    database = Database(open_sqlite(folder / paths.DATABASE))
    try:
        if unfinished and not database.read(made_here):
            raise WrongUse(
                "This data folder is an office's",
                f"The database in {folder} was not made by a demonstration.",
                "Name another folder with --data; this one was left as it is.",
            )
        if not database.read(holds_tables):
            return
        check_schema(database)
        lease = Office(database).look(lambda books: books.office.lease())
    finally:
        database.close()
    if lease.holder is not None and lease.seconds_left > 0:
        raise WrongUse(
            "This data folder is in use",
            f"{lease.holder} is sending from {folder}; another demonstration would take its timetable away.",
            f"Close it, or wait {math.ceil(lease.seconds_left)} seconds if it has crashed; or name another folder"
            " with --data.",
        )


def start_simulator(
    folder: Path,
    stage: Stage,
    office: Office,
    calls_per_minute: int,
    options: Sequence[str],
    *,
    first_seed: Path | None = None,
) -> SimulatorProcess:
    """The demonstration's Echo360 in a process of its own, as it was when it was last stopped.

    One that was not synchronised before begins with `first_seed`, or with the folder's own seed. Raises
    `SimulatorFailed`.
    """
    zone = office.zone()
    seed_file = first_seed or folder / SEED_FILE
    if office.look(lambda books: books.mirror.complete()):
        seed_file = office.database.write(lambda connection: restore(folder, stage, connection))
    return SimulatorProcess.start(
        [
            "--seed-file",
            str(seed_file),
            "--calls-per-minute",
            str(calls_per_minute),
            "--zone",
            zone,
            *options,
        ]
    )


def bad_day_seed(folder: Path, office: Office, made: Path) -> Path:
    """Write the folder's seed with an office's ordinary bad day into `made`, for pictures; returns the file."""
    today = office.clock().campus_now().date()
    lessons = office.look(lambda books: lessons_of_first_weeks(books.timetable, today))
    seed_file = made / SEED_FILE
    write_seed(with_bad_day(read_seed(folder / SEED_FILE), lessons), seed_file)
    return seed_file


def start_timetabler(office: Office, stage: Stage, seed: int) -> Editing:
    """Someone who keeps editing the timetable."""
    clock = office.clock()
    return Editing(office.database.engine, Timetabler(seed, stage.setid), clock.campus_now)


@dataclass(frozen=True, slots=True)
class HeadlessWish:
    """What a headless demonstration was asked to do."""

    folder: Path
    wish: Wish
    edits: int = 0
    edits_per_second: float = 20.0
    echo360: str = ""
    """Another Echo360 on loopback instead of the simulator."""
    calls_per_minute: int | None = None
    """None: the first fill without limit, then 120 a minute (decisions: The demonstration)."""
    simulator_options: tuple[str, ...] = ()
    keep_simulator: bool = False
    timeout_s: float = 3600.0


class Heard:
    """Remembers what a worker told: its defects, and what keeps it from its work now."""

    def __init__(self) -> None:
        self.failures: list[str] = []
        self.trouble = ""
        self.other = ""
        """Who has the right to send while our own worker stands by."""

    def post(self, event: Event) -> None:
        """Take an event of the worker."""
        if isinstance(event, WorkerFailed):
            self.failures.append(event.details)
        elif isinstance(event, Notice):
            self.failures.append(event.message)
        elif isinstance(event, EngineState):
            self.trouble = event.database or event.echo360
            self.other = event.holder if event.phase is Phase.FOLLOWING else ""

    def standing_by(self, office: Office) -> str:
        """For a progress line: whom our worker waits for, and how long at most if that one has crashed."""
        if not self.other:
            return ""
        left_s = office.look(lambda books: books.office.lease()).seconds_left
        if left_s <= 0:
            return ""
        return (
            f"; standing by: {self.other} has the right to send, for {math.ceil(left_s)} s more if it has crashed"
        )


def run_headless(
    wish: HeadlessWish,
    told: Callable[[str], None],
    report_to: Callable[[dict[str, object], SimulatorProcess | None], None],
) -> None:
    """Run the demonstration without a window and hand the report over; the simulator runs until then.

    Raises an `EchoDeskError` that can be shown.
    """
    with ExitStack() as stack:
        office, stage = open_demonstration(wish.folder, wish.wish)
        stack.callback(office.close)
        simulator: SimulatorProcess | None = None
        # The simulator itself knows a limit only if one was named: the first fill runs without.
        limit = wish.calls_per_minute or 0
        if wish.echo360:
            access = echo360_access(Secrets(wish.folder), wish.echo360)
        else:
            simulator = stack.enter_context(
                start_simulator(wish.folder, stage, office, limit, wish.simulator_options)
            )
            address = simulator.address
            access = Echo360Access(address.url, address.client_id, address.client_secret)
        heard = Heard()
        worker = make_worker(
            office,
            heard,
            access,
            CALLS_PER_MINUTE if wish.calls_per_minute is None else limit,
            loopback_only=True,
            free_first_fill=wish.calls_per_minute is None,
        )
        worker.start()
        stack.callback(_end, worker)

        def check() -> None:
            if simulator is not None:
                simulator.check()
            while heard.failures:
                log.warning("the worker had to start again: %s", heard.failures.pop())

        editing = start_timetabler(office, stage, stage.seed)
        outcome = headless.run(
            headless.Parts(
                lambda: pending(office), editing.once, check, lambda text: told(text + heard.standing_by(office))
            ),
            headless.Pace(wish.edits, wish.edits_per_second, wish.timeout_s),
        )
        calls = worker.calls()
        trouble = "" if outcome.quiet else heard.trouble
        _end(worker)
        report_to(_report(office, stage, access, limit, outcome, calls, trouble), simulator)


def _end(worker: WorkerThread) -> None:
    worker.request_stop()
    worker.join(30.0)


def _report(
    office: Office,
    stage: Stage,
    access: Echo360Access,
    limit: int,
    outcome: headless.Outcome,
    calls: dict[str, int],
    trouble: str,
) -> dict[str, object]:
    comparison = compare_now(office, access, limit)
    today = office.clock().campus_now().date().isoformat()
    sign_ins = calls.get("sign_ins", 0)

    def counts(books: AllBooks) -> dict[str, object]:
        tables = Tables(books.connection)
        reasons = books.figures.left_out(today)
        clash = reasons.get("clash", 0) + reasons.get("foreign", 0)
        return {
            "queue": dict(tables.counts(Table.QUEUE, today)),
            "notifications": dict(tables.counts(Table.NOTIFICATIONS, today)),
            "room_days": dict(tables.counts(Table.ROOM_DAYS, today)),
            "left_out": {
                "clash": clash,
                "too_long": reasons.get("too_long", 0),
                "unreadable": reasons.get("unreadable", 0),
                "decision": reasons.get("decision", 0),
            },
            "failed": books.figures.refused(today),
            "held": books.figures.pending(today).held,
            "guarded": books.figures.pending(today).guarded,
        }

    report = office.look(counts)
    differing = None if isinstance(comparison, str) else comparison
    return report | {
        "calls": {method: count for method, count in calls.items() if method != "sign_ins"},
        "sign_ins": sign_ins,
        "seconds": round(outcome.seconds, 2),
        "first_synchronisation_seconds": round(outcome.first_seconds, 2),
        "edits": outcome.edits,
        "quiet": outcome.quiet,
        "schedules": None if differing is None else differing.schedules,
        "foreign": None if differing is None else differing.foreign,
        "differences": None if differing is None else len(differing.differing),
        "differing": [] if differing is None else [f"{p.room} {p.date}" for p in differing.differing[:20]],
        "trouble": comparison if isinstance(comparison, str) else trouble,
        "commits": office.database.commits.value,
        "seed": stage.seed,
        "setid": stage.setid,
        "term_starts": stage.term_starts,
    }


# ---- the window ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DesktopWish:
    """How the demonstration's window was asked for."""

    folder: Path
    wish: Wish
    theme: str = "system"
    edits_per_minute: float = 12.0
    """How fast the timetabler works; 0 for nobody."""
    calls_per_minute: int = CALLS_PER_MINUTE
    screenshots: Path | None = None
    """Take a picture of every page, then end."""
    simulator_options: tuple[str, ...] = ()
    echo360: str = ""


def run_demonstration_window(wish: DesktopWish, told: Callable[[str], None]) -> int:
    """Show the demonstration until the window is closed; returns the exit code.

    Raises an `EchoDeskError` that can be shown.
    """
    find_display(pictures_only=wish.screenshots is not None)
    with ExitStack() as stack:
        told("Preparing the demonstration's timetable …")
        office, stage = open_demonstration(wish.folder, wish.wish)
        stack.callback(office.close)
        if wish.echo360:
            access = echo360_access(Secrets(wish.folder), wish.echo360)
        else:
            told("Starting the simulated Echo360 …")
            first_seed = None
            if wish.screenshots is not None and office.look(lambda books: books.mirror.complete()):
                told("This demonstration has begun before: the pictures show it as it stands.")
            elif wish.screenshots is not None:
                made = Path(stack.enter_context(TemporaryDirectory(prefix="echodesk-")))
                first_seed = bad_day_seed(wish.folder, office, made)
            simulator = stack.enter_context(
                start_simulator(wish.folder, stage, office, 0, wish.simulator_options, first_seed=first_seed)
            )
            address = simulator.address
            access = Echo360Access(address.url, address.client_id, address.client_secret)
        if wish.edits_per_minute > 0:
            stack.enter_context(TimetablerProcess.start(wish.folder, wish.edits_per_minute))
        told("Opening the window …")
        return _run_window(office, access, wish)


def _run_window(office: Office, access: Echo360Access, wish: DesktopWish) -> int:
    def make(sink: EventSink) -> WorkerThread:
        return make_worker(
            office, sink, access, wish.calls_per_minute, loopback_only=True, free_first_fill=not wish.echo360
        )

    # The office's folder is another one: the demonstration stays as it is.
    with closing(OwnSystems(Secrets(paths.office_folder()))) as systems:
        shown = WindowWish(
            DEMONSTRATION, wish.theme, wish.folder, wish.screenshots, echo360=access.url, connecting=systems
        )
        return show_window(office, make, shown)
