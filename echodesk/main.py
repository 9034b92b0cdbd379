"""The composition root: the only file that knows all the parts.

Everything else is given what it needs. Nothing here decides anything about lessons, rooms or requests.
"""

from __future__ import annotations

import asyncio
import getpass
import logging
import os
import platform
import random
import sys
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from echodesk import log as logging_of
from echodesk import paths
from echodesk.access import Echo360Access, database_password
from echodesk.batches import SavePlan
from echodesk.capture.client import Echo360
from echodesk.capture.settings import DEMONSTRATION_MAY_CREATE, OFFICE_MAY_CREATE, CaptureSettings
from echodesk.connecting import Chosen, Connecting
from echodesk.demo.capture_seed import CAMPUS, ORGANIZATION
from echodesk.desk import words
from echodesk.errors import EchoDeskError
from echodesk.messages import CommandDone, SaveTable
from echodesk.planning.answers import CALL_DEADLINE_S, Answer, Done, Gone, words_of
from echodesk.planning.steps import PlanScope
from echodesk.secrets import Secrets
from echodesk.settings import Kept, Profile, SettingShown
from echodesk.store.books import StoreBooks
from echodesk.store.database import BUSY_TIMEOUT_S, Database
from echodesk.store.figures import Pending
from echodesk.store.opening import DataFolder
from echodesk.store.settings import value_of
from echodesk.timetable.book import CmisBook
from echodesk.timetable.names import Names
from echodesk.timetable.occurrences import ReadingSettings
from echodesk.timetable.reading import TimetableReader
from echodesk.worker.books import Books
from echodesk.worker.clock import MachineClock, utc_now
from echodesk.worker.compare import EVERYTHING, Comparison, compare
from echodesk.worker.engine import Constants, Engine
from echodesk.worker.ports import Capture, EventSink, Ledger
from echodesk.worker.thread import WorkerThread

log = logging.getLogger(__name__)

T = TypeVar("T")

DEMONSTRATION_DEADLINE_S = 4.0
COMPARISONS = 30
"""How often a listing that was not complete is begun again before a comparison is given up."""
NO_LESSON = "echodesk-check"
"""An external id that no lesson has."""


class AllBooks(StoreBooks):
    """The books of one transaction: EchoDesk's own tables and the timetable, on one connection."""

    @cached_property
    def timetable(self) -> CmisBook:
        """What the timetable says."""
        stored = self.office.settings()
        settings = ReadingSettings(
            external_id=value_of(stored, "external_id"),
            title=value_of(stored, "title"),
            section=value_of(stored, "section"),
            first_weekday=int(value_of(stored, "first_weekday")),
            max_minutes=int(value_of(stored, "max_minutes")),
            seniority_by_datechanged=value_of(stored, "seniority_by_datechanged") == "on",
            zone=value_of(stored, "zone"),
        )
        return CmisBook(TimetableReader(self.connection, settings), Names(self.connection))

    def recognised(self, external_id: str) -> tuple[str, int, int] | None:
        """The lesson and week that one of our external ids names."""
        return self.timetable.lesson_of(external_id)


class Office:
    """One database with its books, for whoever needs whole transactions. `close` it at the end."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def read(self, work: Callable[[Books], T]) -> T:
        """One read transaction."""
        return self.database.read(lambda connection: work(AllBooks(connection)))

    def write(self, work: Callable[[Books], T]) -> T:
        """One write transaction."""
        return self.database.write(lambda connection: work(AllBooks(connection)))

    def look(self, work: Callable[[AllBooks], T]) -> T:
        """One read transaction, with the store's own counts as well."""
        return self.database.read(lambda connection: work(AllBooks(connection)))

    def keep(self, work: Callable[[AllBooks], T]) -> T:
        """One write transaction, with the store's own books as well."""
        return self.database.write(lambda connection: work(AllBooks(connection)))

    def zone(self) -> str:
        """The zone of the campus."""
        return self.look(lambda books: value_of(books.office.settings(), "zone"))

    def clock(self) -> MachineClock:
        """The real clock in the zone of the campus."""
        return MachineClock(self.zone())

    def close(self) -> None:
        """Give every connection back."""
        self.database.close()


def data_folder(folder: Path, secrets: Secrets | None = None) -> DataFolder:
    """What a data folder says about its database, with the password for it. Raises `WrongUse`.

    `secrets` are those of this session, if some were typed.
    """
    secrets = secrets if secrets is not None else Secrets(folder)
    return DataFolder(folder, paths.sql_folder(), lambda connection: database_password(secrets, connection))


def open_office(folder: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S, secrets: Secrets | None = None) -> Office:
    """The database of a data folder, checked. Raises `DatabaseTrouble`, `SchemaMismatch` or `WrongUse`."""
    return Office(data_folder(folder, secrets).opened(busy_timeout_s))


def capture_settings(
    office: Office, access: Echo360Access, calls_per_minute: int, *, loopback_only: bool
) -> CaptureSettings:
    """How one Echo360 is used. Raises `CaptureTrouble` for an address that cannot be used."""
    logging_of.hide(access.client_secret)
    recogniser = office.look(lambda books: books.timetable.reader.recogniser)
    stored = office.look(lambda books: books.office.settings())
    return CaptureSettings(
        base_url=access.url,
        client_id=access.client_id,
        client_secret=access.client_secret,
        recognise=lambda external_id: recogniser.read(external_id) is not None,
        calls_per_minute=calls_per_minute,
        may_create=DEMONSTRATION_MAY_CREATE if loopback_only else OFFICE_MAY_CREATE,
        organization=ORGANIZATION if loopback_only else None,
        campus=CAMPUS if loopback_only else "",
        campus_zone=value_of(stored, "zone"),
        late_s=float(value_of(stored, "late_s")),
        # On this machine an answer comes at once or not at all.
        deadline_s=DEMONSTRATION_DEADLINE_S if loopback_only else CALL_DEADLINE_S,
        loopback_only=loopback_only,
    )


def holder() -> str:
    """Who this worker is, for the lease and for others to read: user, machine, process."""
    return f"{user()} on {platform.node()} ({os.getpid()}-{threading.get_ident() % 10_000})"


def user() -> str:
    """Who is working here."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"


def make_worker(
    office: Office,
    sink: EventSink,
    access: Echo360Access,
    calls_per_minute: int,
    *,
    loopback_only: bool,
    constants: Constants | None = None,
    free_first_fill: bool = False,
) -> WorkerThread:
    """A worker that is ready to be started. Raises `CaptureTrouble` for an address that cannot be used."""
    clock = office.clock()
    settings = capture_settings(office, access, calls_per_minute, loopback_only=loopback_only)

    def parts(ledger: Ledger, events: EventSink) -> tuple[Engine, Capture]:
        capture = Echo360(settings, clock)
        chosen = constants if constants is not None else Constants()
        engine = Engine(
            ledger,
            capture,
            clock,
            events,
            holder(),
            calls_per_minute,
            chosen,
            free_first_fill=free_first_fill,
            machine=platform.node(),
            dice=random.Random(holder()).random,
            write_plan=_write_plan,
            write_table=_write_table,
        )
        return engine, capture

    return WorkerThread(office, sink, parts)


def _write_plan(books: Books, command: SavePlan, calls_per_minute: int, today: str) -> CommandDone:
    # What writes a workbook is needed by few, and knows this file.
    from echodesk.commands.plan_saving import save_plan

    if not isinstance(books, AllBooks):
        raise TypeError("plans are written from the books of this program alone")
    return save_plan(books, command, calls_per_minute, today)


def _write_table(books: Books, command: SaveTable, today: str, told: Callable[[int, int], None]) -> CommandDone:
    from echodesk.commands.table_saving import save_table
    from echodesk.desk.campus import campus_time

    if not isinstance(books, AllBooks):
        raise TypeError("tables are written from the books of this program alone")
    campus = campus_time(value_of(books.office.settings(), "zone"), utc_now)
    return save_table(books, command, today, campus, told)


def ask_echo360(office: Office, access: Echo360Access, *, loopback_only: bool) -> str | None:
    """Sign in to Echo360 and ask it for one schedule; what is wrong, None if it answers as it should."""
    clock = office.clock()
    settings = capture_settings(office, access, 0, loopback_only=loopback_only)

    async def run() -> Answer:
        capture = Echo360(settings, clock)
        try:
            return (await capture.read(NO_LESSON)).answer
        finally:
            await capture.close()

    answer = asyncio.run(run())
    return None if isinstance(answer, Done | Gone) else words_of(answer)


class InThisThread:
    """A ledger for short work outside the worker, on the caller's own loop."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def read(self, step: str, work: Callable[[Books], T]) -> T:
        return self._office.read(work)

    async def write(self, step: str, work: Callable[[Books], T]) -> T:
        return self._office.write(work)


def compare_now(
    office: Office,
    access: Echo360Access,
    calls_per_minute: int,
    scope: PlanScope = EVERYTHING,
    rooms: Collection[str] | None = None,
    *,
    loopback_only: bool = True,
    tries: int = COMPARISONS,
    asks_again: bool = False,
) -> Comparison | str:
    """A fresh listing beside the projection; a text says why the listing could not be completed.

    `rooms` are those that the scope names, None for all. `asks_again`: also for what was refused for good, as a
    plan does.
    """
    clock = office.clock()
    settings = capture_settings(office, access, calls_per_minute, loopback_only=loopback_only)

    async def run() -> Comparison | str:
        capture = Echo360(settings, clock)
        try:
            found = await compare(InThisThread(office), capture, clock, scope, rooms, asks_again=asks_again)
            for _ in range(tries):
                if not isinstance(found, str):
                    break
                await clock.sleep(0.5)
                found = await compare(InThisThread(office), capture, clock, scope, rooms, asks_again=asks_again)
            return found
        finally:
            await capture.close()

    return asyncio.run(run())


def pending(office: Office) -> Pending:
    """What still has to happen before everything is quiet."""
    today = office.clock().campus_now().date().isoformat()
    return office.look(lambda books: books.figures.pending(today))


# ---- the window ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WindowWish:
    """How a window is to be opened."""

    profile: Profile
    """Shown at all times."""
    theme: str
    folder: Path
    """Where size and column widths are kept."""
    screenshots: Path | None = None
    """Take a picture of every page, then end."""
    asks: bool = False
    """Before the window that is sending is closed, its person is asked."""
    echo360: str = ""
    """The address of Echo360."""
    connecting: Connecting | None = None
    """Connects an office's own systems, for the page Settings."""


def show_window(office: Office, make: Callable[[EventSink], WorkerThread], wish: WindowWish) -> int:
    """Show the window until it is closed; returns the exit code. Raises an `EchoDeskError` that can be shown."""
    # Qt is imported here, so that the command line works on a machine without its libraries.
    from echodesk.desk import app, fonts, screenshots
    from echodesk.desk.campus import campus_time
    from echodesk.desk.theme import ThemeName
    from echodesk.desk.window import MainWindow

    async def take(window: MainWindow) -> None:
        if wish.screenshots is not None:
            for picture in await screenshots.take(window, wish.screenshots):
                log.info("picture %s", picture.name)

    pictures = wish.screenshots is not None
    options = app.DeskOptions(
        profile=wish.profile,
        by=user(),
        campus=campus_time(office.zone(), utc_now),
        theme=ThemeName(wish.theme),
        families=fonts.PICTURE_FAMILIES if pictures else fonts.FAMILIES,
        state_file=None if pictures else wish.folder / "window.json",
        asks=wish.asks,
        machine=machine_settings(office, wish),
        connecting=wish.connecting,
    )
    return app.run(make, options, take if pictures else None)


def ask_first(connecting: Connecting, theme: str) -> Chosen:
    """Ask what is wanted before there is a window. Raises an `EchoDeskError` that can be shown."""
    find_display(pictures_only=False)
    from echodesk.desk import first
    from echodesk.desk.theme import ThemeName

    return first.ask_first(connecting, ThemeName(theme))


def machine_settings(office: Office, wish: WindowWish) -> tuple[SettingShown, ...]:
    """What this PC keeps, to be looked at."""
    url = office.database.engine.url
    server = url.get_backend_name() != "sqlite"
    there = url.set(password=None).render_as_string() if server else f"SQLite: {url.database}"
    return tuple(
        SettingShown(f"this-pc-{title}", title, "This PC", value, "", told, kept=Kept.MACHINE, fixed=True)
        for title, value, told in (
            ("Profile", words.profile(wish.profile)[0], "Chosen with: echodesk profile."),
            ("Data folder", str(wish.folder), "Chosen at the start: echodesk --data FOLDER."),
            ("Database", there, "Chosen with: echodesk database connect."),
            (
                "Echo360",
                wish.echo360,
                "Chosen at the start, echodesk --echo360 https://…, or with: echodesk echo360.",
            ),
        )
    )


def find_display(*, pictures_only: bool) -> None:
    """Pictures need no display; a window does. Raises `EchoDeskError` where there is none."""
    if pictures_only:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    shown_by = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in shown_by):
        raise EchoDeskError(
            "There is no screen to show the window on",
            "Neither DISPLAY nor WAYLAND_DISPLAY is set.",
            "Start it from a desktop session; or use --headless, or --screenshots DIR for pictures.",
        )
