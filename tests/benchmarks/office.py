"""One office at work: its database, its Echo360 in a process of its own, and the worker between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from echodesk import main
from echodesk.access import Echo360Access
from echodesk.messages import Event, WorkerFailed
from echodesk.simulator.process import SimulatorProcess
from echodesk.simulator.seed import write_seed
from echodesk.store.figures import Pending
from echodesk.worker.thread import WorkerThread
from tests.benchmarks.bare import Sent
from tests.benchmarks.university import Lesson, University
from tests.databases.cmis import Cmis

QUIET_S = 300.0

_SENT = text(
    "SELECT ACTION, EXTERNAL_ID, SENT, STATUS FROM STT_ECHO_AUDIT"
    " WHERE ACTION IN ('POST', 'PUT', 'DELETE') ORDER BY ID"
)
_ENDED = text("SELECT (julianday(max(PROCESSED)) - 2440587.5) * 86400.0 FROM STT_ECHO_NOTIFICATION")
_STATUSES = text("SELECT STATUS, count(*) FROM STT_ECHO_NOTIFICATION GROUP BY STATUS")


class _Ear:
    """Hears nothing but defects, which end the measuring."""

    def __init__(self) -> None:
        self.defects: list[str] = []

    def post(self, event: Event) -> None:
        """Take an event of the worker."""
        if isinstance(event, WorkerFailed):
            self.defects.append(event.details)


class NotQuiet(RuntimeError):
    """The worker did not come to rest, so that nothing can be measured."""


@dataclass(slots=True)
class AtWork:
    """An office whose worker leads and waits for edits. `edit` may be called from this thread only."""

    office: main.Office
    university: University
    simulator: SimulatorProcess
    access: Echo360Access
    worker: WorkerThread
    ear: _Ear
    slots: int

    def check(self) -> None:
        """Raises if the simulator or the worker has failed."""
        self.simulator.check()
        if self.ear.defects:
            raise NotQuiet(self.ear.defects[0])

    def edit(self, work: Callable[[Cmis], object]) -> None:
        """One transaction of a timetabler."""
        with self.office.database.engine.begin() as connection:
            work(Cmis(connection))

    def insert(self, lessons: list[Lesson]) -> None:
        """New lessons, in one transaction."""
        self.edit(lambda cmis: cmis.insert_all("timetable", lessons))

    def wait_for(self, notifications: int, timeout_s: float = QUIET_S) -> float:
        """Wait until so many notifications were written and all of them ended; returns when the last one did.

        Seconds since the epoch, by the database's stamps: how often this looks does not show in the figure.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            self.check()
            statuses = self.statuses()
            waiting = statuses.get("UNPROCESSED", 0) + statuses.get("IN_PROGRESS", 0)
            if sum(statuses.values()) >= notifications and not waiting:
                with self.office.database.engine.connect() as connection:
                    return float(connection.execute(_ENDED).scalar_one())
            time.sleep(0.1)
        raise NotQuiet(f"after {timeout_s:.0f} s: {self.statuses()}, {self.pending()}")

    def until_quiet(self, timeout_s: float = QUIET_S) -> None:
        """Wait until nothing is pending, twice in a row."""
        deadline = time.monotonic() + timeout_s
        times = 0
        while times < 2:
            if time.monotonic() > deadline:
                raise NotQuiet(f"after {timeout_s:.0f} s: {self.pending()}")
            self.check()
            times = times + 1 if self.pending().quiet else 0
            time.sleep(0.3)

    def statuses(self) -> dict[str, int]:
        """Notifications by status."""
        with self.office.database.engine.connect() as connection:
            return {str(row.STATUS): int(row[1]) for row in connection.execute(_STATUSES)}

    def pending(self) -> Pending:
        """What still has to happen."""
        return main.pending(self.office)

    def sent(self) -> list[Sent]:
        """Every write that the worker sent, in the order of its audit."""
        with self.office.database.engine.connect() as connection:
            rows = connection.execute(_SENT).all()
        failed = [row for row in rows if row.STATUS not in (200, 201, 204)]
        if failed:
            raise NotQuiet(f"{len(failed)} of {len(rows)} requests failed, the first with {failed[0]}")
        return [Sent(row.ACTION, row.EXTERNAL_ID, (row.SENT or "").encode()) for row in rows]

    def differences(self) -> int:
        """Room-days where a fresh listing of Echo360 differs from the timetable."""
        found = main.compare_now(self.office, self.access, 0)
        if isinstance(found, str):
            raise NotQuiet(f"Echo360 could not be listed: {found}")
        return len(found.differing)


@contextmanager
def at_work(folder: Path, slots: int, latency_ms: float = 0.0) -> Iterator[AtWork]:
    """An office with requests for `slots` lessons and none of the lessons; call limit lifted, mirror complete."""
    folder.mkdir()
    main.data_folder(folder).install()
    office = main.open_office(folder)
    try:
        university = University.coming(office.clock().campus_now().date())
        lessons = university.lessons(slots)
        with office.database.engine.begin() as connection:
            university.write(Cmis(connection), lessons)
        with simulator(folder, university, latency_ms) as echo360:
            address = echo360.address
            access = Echo360Access(address.url, address.client_id, address.client_secret)
            ear = _Ear()
            ear = _Ear()
            worker = main.make_worker(office, ear, access, 0, loopback_only=True)
            worker.start()
            try:
                there = AtWork(office, university, echo360, access, worker, ear, slots)
                _wait_for_mirror(there)
                yield there
            finally:
                worker.request_stop()
                worker.join(30.0)
    finally:
        office.close()


@contextmanager
def simulator(folder: Path, university: University, latency_ms: float = 0.0) -> Iterator[SimulatorProcess]:
    """An Echo360 of this university, empty of schedules, without call limit."""
    seed_file = folder / "seed.json"
    write_seed(university.seed(), seed_file)
    options = ["--seed-file", str(seed_file), "--calls-per-minute", "0", "--latency-ms", str(latency_ms)]
    with SimulatorProcess.start([*options, "--log-size", "100000"]) as process:
        yield process


def _wait_for_mirror(there: AtWork) -> None:
    deadline = time.monotonic() + 60.0
    while not there.office.look(lambda books: books.mirror.complete()):
        if time.monotonic() > deadline:
            raise NotQuiet("the worker did not complete its mirror")
        time.sleep(0.05)
    there.until_quiet()
