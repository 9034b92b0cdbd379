"""Where workers are killed: one database, one simulator in its own process, and what happens between the kills.

A timetabler edits, staff ask for things, and now and then something happens that leads a worker to a step that it
seldom takes: its mirror forgot a schedule, a title changed in a table without trigger, a person was not known.
"""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from echodesk.access import Echo360Access
from echodesk.batches import Apply
from echodesk.demo.rows import CANCELLED
from echodesk.demo.stage import Wish
from echodesk.demonstration import open_demonstration, start_simulator, start_timetabler
from echodesk.errors import DatabaseBusy
from echodesk.main import AllBooks, compare_now, pending
from echodesk.messages import Allow, Pause, Refresh, Resume, RetryMatching, Scope, Table, TableQuery, TryAgain
from echodesk.paths import DATABASE
from echodesk.planning.batches import BatchKind, confirmation
from echodesk.planning.values import Decision, DecisionKind, RoomDay, clock_text
from echodesk.simulator.control import PREFIX, SECRET_HEADER
from echodesk.store.figures import Pending
from echodesk.timetable.eligibility import CONFIRMED
from echodesk.worker.compare import EVERYTHING, Comparison
from echodesk.worker.comparing import keep_preview
from echodesk.worker.control import Asked, as_args
from echodesk.worker.weighing import preview_of
from tests.end_to_end.forks import Forks
from tests.end_to_end.small_timetable import ROOMS, small_timetable
from tests.end_to_end.worker_that_dies import Life

LATE_S = 0.4
"""L here. The simulator answers within a few milliseconds and is never late."""
LATENCY_MS = 4
LESSONS = 30
SOMEBODY = "another worker"
SET_ASIDE = (
    "SELECT DISTINCT ROOMID FROM STT_ECHO_DAY_ROOM WHERE RESOLVED IS NULL AND LAST_ERROR LIKE '%stopped EchoDesk%'"
)
"""Rooms with a day whose planning stopped the worker three times."""
SCHEDULES = "/public/api/v2/schedules"

Row = tuple[Any, ...]
T = TypeVar("T")


class World:
    """A context. Nothing that it started is left when it ends."""

    def __init__(self, folder: Path, seed: int, lessons: int = LESSONS) -> None:
        self.dice = random.Random(seed)
        self.folder = folder
        self.data = folder / "data"
        self.crossed = folder / "crossed"
        self.told = folder / "told"
        self.crossed.touch()
        self.told.touch()
        self._seed = seed
        self._lessons = lessons
        self._stack = ExitStack()
        self._groups = 30
        self.unswept = False
        """Something changed that only the local sweep finds."""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            timetable = small_timetable(self.folder / "csv", lessons=self._lessons, seed=self._seed)
            self.office, stage = open_demonstration(self.data, Wish(timetable=timetable, seed=self._seed))
            stack.callback(self.office.close)
            self.sql("UPDATE STT_ECHO_SETTING SET VALUE = ? WHERE NAME = 'late_s'", str(LATE_S))
            options = ("--latency-ms", str(LATENCY_MS), "--log-size", "1000000")
            self.simulator = stack.enter_context(start_simulator(self.data, stage, self.office, 0, options))
            address = self.simulator.address
            self.access = Echo360Access(address.url, address.client_id, address.client_secret)
            self._admin = stack.enter_context(httpx.Client(base_url=address.url, timeout=20.0, trust_env=False))
            self._admin.headers[SECRET_HEADER] = address.client_secret
            self.forks = stack.enter_context(Forks(self.told))
            self._timetabler = start_timetabler(self.office, stage, self._seed)
            self._setid = stage.setid
            self._decide_for_no_week()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _decide_for_no_week(self) -> None:
        """Number 1, which counts nowhere: a window supposes that it was taken back."""
        ((slot,),) = self.sql("SELECT min(SLOTID) FROM TIMETABLE WHERE SETID = ?", self._setid)
        never = Decision(0, DecisionKind.DO_NOT_RECORD, self._setid, (int(slot),), None, frozenset(), ("",), "Ann")
        self._write(lambda books: books.decisions.add(never, "Exams"))

    def sql(self, statement: str, *values: object) -> list[Row]:
        """One statement in its own transaction, past all of EchoDesk's code."""
        connection = sqlite3.connect(self.data / DATABASE, timeout=20.0, isolation_level=None)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    def crossings(self, *points: str) -> int:
        """How often all workers together have crossed these points."""
        return sum(line in points for line in self.crossed.read_text().splitlines())

    # ---- workers ------------------------------------------------------------------------------------------

    def life(self, **wishes: Any) -> Life:
        """A worker's life on this database."""
        access = self.access
        return Life(
            data=str(self.data),
            url=access.url,
            client_id=access.client_id,
            client_secret=access.client_secret,
            crossed=str(self.crossed),
            **wishes,
        )

    def end_lease(self) -> None:
        """The process is gone for certain; nobody needs to wait for its lease to run out."""
        self.sql("UPDATE STT_ECHO_LEASE SET UNTIL = '2020-01-01T00:00:00.000Z'")

    def lease_elsewhere(self) -> None:
        """Another worker has the lease and keeps it."""
        self.sql(
            "UPDATE STT_ECHO_LEASE SET HOLDER = ?, EPOCH = EPOCH + 1, UNTIL = '2040-01-01T00:00:00.000Z'", SOMEBODY
        )

    def pending(self) -> Pending:
        """What still has to happen."""
        return pending(self.office)

    def paused(self) -> bool:
        """True while a pause stands."""
        return bool(self.sql("SELECT 1 FROM STT_ECHO_PAUSE WHERE LIFTED IS NULL"))

    def waits_for(self) -> str:
        """What waits, and why, for whoever looks into a campaign that got stuck."""
        messages = self.sql(
            "SELECT DISTINCT STATUS || ': ' || coalesce(MESSAGE, '') FROM STT_ECHO_NOTIFICATION"
            " WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS') LIMIT 5"
        )
        marks = self.sql("SELECT ROOMID, LESSON_DATE, REASON, HELD_BY FROM STT_ECHO_DIRTY LIMIT 3")
        marks += self.sql("SELECT ROOMID, LESSON_DATE, REASON, NOT_BEFORE FROM STT_ECHO_REFRESH LIMIT 3")
        return f"{self.pending()} {messages} {marks} {self.told.read_text()[-1500:]}".strip()

    def known_of(self, room: str, date: str) -> list[list[Row]]:
        """What the database knows of a room-day, for whoever looks into a difference."""
        return [
            self.sql("SELECT * FROM STT_ECHO_DIRTY WHERE ROOMID = ? AND LESSON_DATE = ?", room, date),
            self.sql("SELECT * FROM STT_ECHO_REFRESH WHERE ROOMID = ? AND LESSON_DATE = ?", room, date),
            self.sql("SELECT * FROM STT_ECHO_SUSPECT WHERE ROOMID = ? AND LESSON_DATE = ?", room, date),
            self.sql("SELECT * FROM STT_ECHO_REFUSED WHERE ROOMID = ? AND LESSON_DATE = ?", room, date),
            self.sql("SELECT * FROM STT_ECHO_DAY_ROOM WHERE ROOMID = ? AND LESSON_DATE = ?", room, date)[-1:],
        ]

    def set_aside(self) -> bool:
        """True if something stopped the worker three times and waits for staff."""
        failed = self.sql("SELECT ID FROM STT_ECHO_QUEUE WHERE STATUS = 'FAILED'")
        parked = self.sql("SELECT ID FROM STT_ECHO_NOTIFICATION WHERE STATUS = 'PARKED'")
        return bool(failed or parked or self.sql(SET_ASIDE))

    # ---- what happens between the kills -------------------------------------------------------------------

    def edit(self) -> None:
        """A few edits of every kind, by the demonstration's timetabler and by hand."""
        for _ in range(2):
            try:
                self._timetabler.once()
            except DatabaseBusy:
                # Nothing was edited; the edits by hand wait longer for their turn.
                break
        taught = self._slots(CONFIRMED)
        for slot in self.dice.sample(taught, min(2, len(taught))):
            start = self.dice.randrange(8 * 60, 18 * 60, 15)
            self.sql(
                "UPDATE TIMETABLE SET STARTTIME = ?, FINISHTIME = ? WHERE SLOTID = ?",
                clock_text(start),
                clock_text(start + 50),
                slot,
            )
        for status, among in ((CANCELLED, taught), (CONFIRMED, self._slots(CANCELLED))):
            if among:
                self.sql("UPDATE TIMETABLE SET STATUS = ? WHERE SLOTID = ?", status, self.dice.choice(among))

    def new_group(self) -> None:
        """A lesson gets a group that Echo360 has no section for."""
        self._groups = self._groups + 1 if self._groups < 99 else 30
        for slot in self.dice.sample(self._slots(CONFIRMED), 2):
            group = f"LC{self._groups:02d}"
            self.sql(
                "INSERT OR IGNORE INTO MODULEGROUPS (SETID, MODULEID, GRPCODE, NAME)"
                " SELECT SETID, MODULEID, ?, ? FROM TIMETABLE WHERE SLOTID = ?",
                group,
                group,
                slot,
            )
            self.sql("UPDATE TIMETABLE SET MODGRPCODE = ? WHERE SLOTID = ?", group, slot)

    def forget_everything(self) -> None:
        """As after the database was restored: the mirror has to be filled anew."""
        self.sql("DELETE FROM STT_ECHO_META WHERE NAME = 'mirror_complete'")

    def forget_a_schedule(self) -> None:
        """The mirror no longer knows a schedule that stands, and its room-day is planned again."""
        found = self.sql(
            "SELECT ECHO_ID, ROOMID, LESSON_DATE FROM STT_ECHO_MIRROR WHERE OURS = 1"
            " AND LESSON_DATE > date('now', '+2 days') ORDER BY random() LIMIT 2"
        )
        for echo_id, room, date in found:
            self.sql("DELETE FROM STT_ECHO_MIRROR WHERE ECHO_ID = ?", echo_id)
            self._mark(RoomDay(room, dt.date.fromisoformat(date)))

    def rename_modules(self) -> None:
        """Titles change in a table without trigger; the local sweep has to find them."""
        self.unswept = True
        self.sql(
            "UPDATE MODULE SET NAME = 'Renamed ' || abs(random() % 100000) WHERE MODULEID IN (SELECT t.MODULEID"
            " FROM TIMETABLE t JOIN STT_ECHO_MIRROR m ON m.SETID = t.SETID AND m.SLOTID = t.SLOTID"
            " WHERE m.OURS = 1 ORDER BY random() LIMIT 12)"
        )

    def apply_a_plan(self) -> None:
        """Somebody compares, looks at the plan, and says yes to it."""
        number, steps, words = self.look_at_a_plan()
        if steps:
            self.ask(Apply("Ann", number, confirm=words))

    def take_a_plan_back(self) -> None:
        """Somebody asks what it would take to take a plan back."""
        number, _steps, _words = self.look_at_a_plan()
        self._write(lambda books: books.batches.add(BatchKind.UNDO, "Ann", EVERYTHING, undoes=number))

    def look_at_a_plan(self) -> tuple[int, int, str]:
        """Somebody compares and looks at the plan: its number, how many plans of room-days it holds, and what a
        safety stop would ask to be typed. A lesson of it needs a section that Echo360 lacks."""
        self.rename_modules()
        watching = self.sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'TIMETABLE'"
        )
        for name, _made_by in watching:
            self.sql(f"DROP TRIGGER {name}")
        self.new_group()
        for _name, made_by in watching:
            self.sql(str(made_by))
        found = self.compared()

        def keep(books: AllBooks) -> tuple[int, str]:
            number = books.batches.add(BatchKind.RECONCILE, "Ann", EVERYTHING)
            preview = preview_of(books, found)
            keep_preview(books, number, preview)
            return number, confirmation(preview.summary)

        number, words = self._write(keep)
        return number, len(found.plans), words

    def ask_for_people(self) -> None:
        """Someone whom Echo360 did not know was not looked for since yesterday."""
        self.sql(
            "INSERT OR REPLACE INTO STT_ECHO_MISSING_PERSON (EMAIL, SINCE, CHECKED)"
            " VALUES ('nobody@example.ac.uk', '2020-01-01T00:00:00.000Z', '2020-01-01T00:00:00.000Z')"
        )

    def ask(self, command: Asked) -> int:
        """Staff ask on the command line; the command's number, once that is committed."""
        kind, args = as_args(command)
        return self._write(lambda books: books.office.post_command(kind, args, command.by))

    def _mark(self, place: RoomDay) -> None:
        self._write(lambda books: books.places.mark({place}, "the mirror forgot it"))

    def ask_for_a_refresh(self) -> int:
        """A room is to be listed afresh."""
        return self.ask(Refresh("Ann", room=f"ROOM {self.dice.randrange(ROOMS)}"))

    def ask_for_a_short_pause(self) -> int:
        """A pause whose end has come when it begins, so that the leader lifts it at once."""
        room = f"ROOM {self.dice.randrange(ROOMS)}"
        return self.ask(
            Pause(scope=Scope(room=room), reason="recorder away", by="Ann", until="2020-01-01T00:00:00.000Z")
        )

    def ask_for_a_pause(self) -> int:
        """A pause of a room that stands until someone lifts it."""
        room = f"ROOM {self.dice.randrange(ROOMS)}"
        return self.ask(Pause(scope=Scope(room=room), reason="building work", by="Ann"))

    def ask_to_resume(self) -> int:
        """Every pause is to be lifted."""
        return self.ask(Resume(pauses=(), by="Ann"))

    def say_yes(self) -> bool:
        """Staff agree to everything that a safety stop shows; False if none does."""
        waiting = [stop for stop in self.office.look(lambda books: books.stops.shown()) if stop.waits]
        for stop in waiting:
            self.ask(Allow(by="Ann", stop=stop.key, why="these were cancelled", last_item=stop.last_item))
        return bool(waiting)

    def ask_to_try_again(self) -> int:
        """Everything that was set aside is read or planned again, and nothing is waited for."""
        self.ask(TryAgain("Ann"))
        for (room,) in self.sql(SET_ASIDE):
            self.ask(Refresh("Ann", room=room))
        return self.ask(RetryMatching("Ann", Table.NOTIFICATIONS, TableQuery()))

    def _slots(self, status: int) -> list[int]:
        return [row[0] for row in self.sql("SELECT SLOTID FROM TIMETABLE WHERE STATUS = ? ORDER BY 1", status)]

    def _write(self, work: Callable[[AllBooks], T]) -> T:
        return self.office.database.write(lambda connection: work(AllBooks(connection)))

    # ---- looking at Echo360 -------------------------------------------------------------------------------

    def compared(self) -> Comparison:
        """A full listing beside the projection."""
        found = compare_now(self.office, self.access, 0)
        if isinstance(found, str):
            raise RuntimeError(f"the listing could not be completed: {found}")
        return found

    def slow(self, latency_ms: float) -> None:
        """How long every answer takes from now on."""
        self._admin.put(f"{PREFIX}settings", json={"latency_ms": latency_ms}).raise_for_status()

    def asked_of_echo360(self) -> list[dict[str, Any]]:
        """Every request since the last look, as the simulator answered it."""
        entries = self._admin.get(f"{PREFIX}log").raise_for_status().json()
        self._admin.post(f"{PREFIX}reset").raise_for_status()
        assert isinstance(entries, list)
        return entries

    def external_ids(self) -> list[str]:
        """The external id of every schedule that stands, in the order of a listing of everything."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.access.client_id,
            "client_secret": self.access.client_secret,
        }
        signed = self._admin.post("/oauth2/access_token", data=form).raise_for_status().json()
        headers = {"authorization": f"Bearer {signed['access_token']}"}
        address = f"{SCHEDULES}?limit=150"
        found: list[str] = []
        while address:
            page = self._admin.get(address, headers=headers).raise_for_status().json()
            found.extend(str(row["externalId"]) for row in page["data"])
            address = page.get("next", "")
        return found

    def state_of_echo360(self) -> dict[str, Any]:
        """The simulator's own counts."""
        found = self._admin.get(f"{PREFIX}state").raise_for_status().json()
        assert isinstance(found, dict)
        return found
