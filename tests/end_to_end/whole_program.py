"""The whole demonstration for one test: real database with triggers, simulator process, worker thread and window.

Put together as `echodesk.demonstration` does it, so that a test stands inside the window's loop; the timetabler
and the stranger with access to Echo360 are the test itself.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import qasync  # type: ignore[import-untyped]  # it ships no types
from PySide6.QtWidgets import QApplication

from echodesk.access import Echo360Access
from echodesk.demo.stage import Wish
from echodesk.demonstration import open_demonstration, start_simulator
from echodesk.desk import fonts
from echodesk.desk.app import DeskOptions, Session
from echodesk.desk.bridge import EventBridge
from echodesk.desk.campus import campus_time
from echodesk.desk.pages.table_page import TablePage
from echodesk.desk.theme import ThemeName
from echodesk.desk.window import MainWindow
from echodesk.main import make_worker
from echodesk.messages import Row
from echodesk.paths import DATABASE
from echodesk.settings import DEMONSTRATION
from echodesk.simulator.process import Address
from echodesk.worker.clock import utc_now
from echodesk.worker.thread import WorkerThread
from tests.demo.csv_folder import HEADING, write_folder
from tests.desk.driving import until

V1 = "/public/api/v1"
SCHEDULES = "/public/api/v2/schedules"
LATE_S = "0.5"
"""L of these tests: the simulator is never late here."""

LESSONS = (
    HEADING + "a1,ENGL1003,LC01,l1,B1 Hall,1,09:00,10:00,1 2 3\n"
    "a2,MATH2,TU03,l7,B2-7,5,10:30,12:00,1 3\n"
    "a3,MATH2,TU04,l7,B1 Hall,1,09:30,10:30,2\n"
)
HALL, SMALL, LOSER = 100001, 100002, 100003
"""Slot ids of the three lessons; LOSER overlaps HALL in week 2."""
STANDING = 5
"""Six lesson-weeks, one of which loses its clash."""
QUIET = (
    "SELECT (SELECT count(*) FROM STT_ECHO_QUEUE WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS'))"
    " + (SELECT count(*) FROM STT_ECHO_NOTIFICATION WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS'))"
    " + (SELECT count(*) FROM STT_ECHO_DIRTY) + (SELECT count(*) FROM STT_ECHO_REFRESH)"
    " + (SELECT count(*) FROM STT_ECHO_INTENT) + (SELECT count(*) FROM STT_ECHO_COMMAND WHERE STATE = 'WAITING')"
)


class ByHand:
    """Someone with access to Echo360's own pages, who looks and changes things past EchoDesk."""

    def __init__(self, address: Address) -> None:
        self._client = httpx.Client(base_url=address.url, timeout=10.0, trust_env=False)
        form = {
            "grant_type": "client_credentials",
            "client_id": address.client_id,
            "client_secret": address.client_secret,
        }
        signed = self._client.post("/oauth2/access_token", data=form).raise_for_status().json()
        self._client.headers["authorization"] = f"Bearer {signed['access_token']}"

    def schedules(self) -> dict[str, dict[str, Any]]:
        """What stands, by external id."""
        rows = self._client.get(SCHEDULES, params={"limit": 150}).raise_for_status().json()["data"]
        return {row["externalId"]: row for row in rows}

    def starts(self, slotid: int) -> set[str]:
        """The starting times of what stands for a lesson."""
        return {row["startTime"][:5] for name, row in self.schedules().items() if name.startswith(f"{slotid}-")}

    def remove(self, external_id: str) -> None:
        """Take a schedule away behind EchoDesk's back."""
        echo_id = self.schedules()[external_id]["id"]
        self._client.delete(f"{SCHEDULES}/{echo_id}").raise_for_status()

    def take_recorder(self, room: str) -> Callable[[], None]:
        """Unplug a room's recorder; what is returned plugs it in again."""
        rows = self._client.get(f"{V1}/rooms", params={"limit": 150}).raise_for_status().json()["data"]
        whole = next(row for row in rows if row["externalId"] == room)
        body = {name: whole[name] for name in ("externalId", "name", "buildingId")}
        address = f"{V1}/rooms/{whole['id']}"
        self._client.put(address, json=body).raise_for_status()
        device = {name: whole[name] for name in ("deviceId", "deviceType")}

        def plug_in() -> None:
            self._client.put(address, json=body | device).raise_for_status()

        return plug_in

    def close(self) -> None:
        """Sign off."""
        self._client.close()


@dataclass(slots=True)
class Here:
    """What the body of a test is given."""

    session: Session
    echo360: ByHand
    database: Path

    @property
    def window(self) -> MainWindow:
        return self.session.window

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into the database, or edit the timetable as its staff do: triggers and all."""
        return sql(self.database, statement, *values)

    def quiet(self) -> bool:
        """Whether nothing is left to do."""
        return self.sql(QUIET) == [(0,)]

    async def settled(self) -> None:
        """Wait until the first synchronisation is through."""
        await until(lambda: len(self.echo360.schedules()) == STANDING, 20.0)
        await until(self.quiet, 20.0)

    async def open(self, page: TablePage) -> TablePage:
        """Bring a table page to the front and wait for its rows."""
        self.window.open_page(self.window.pages.index(page))
        await until(lambda: page.model.loaded and page.model.rowCount() > 0, 10.0)
        return page

    async def row(self, page: TablePage, wanted: Callable[[Any], bool]) -> Row:
        """Wait for a row on screen, and select it."""

        def found() -> list[Row]:
            shown = (page.model.cache.row(position) for position in range(page.model.rowCount()))
            return [row for row in shown if wanted(row)]

        await until(lambda: bool(found()), 15.0)
        row = found()[0]
        assert page.view.choose(row.key)
        return row


Body = Callable[[Here], Awaitable[None]]


def run_whole(
    app: QApplication, folder: Path, body: Body, *, lessons: str = LESSONS, options: tuple[str, ...] = ()
) -> int:
    """Start everything on a timetable, run the body inside the window's loop, end everything; the exit code."""
    (folder / "csv").mkdir()
    timetable = write_folder(folder / "csv", lessons=lessons)
    data = folder / "data"
    data.mkdir()
    with ExitStack() as stack:
        office, stage = open_demonstration(data, Wish(timetable=timetable))
        stack.callback(office.close)
        sql(data / DATABASE, "UPDATE STT_ECHO_SETTING SET VALUE = ? WHERE NAME = 'late_s'", LATE_S)
        simulator = stack.enter_context(start_simulator(data, stage, office, 0, options))
        address = simulator.address
        access = Echo360Access(address.url, address.client_id, address.client_secret)
        by_hand = ByHand(address)
        stack.callback(by_hand.close)

        def make(bridge: EventBridge) -> WorkerThread:
            return make_worker(office, bridge, access, 0, loopback_only=True, free_first_fill=True)

        async def main() -> int:
            campus = campus_time(office.zone(), utc_now)
            session = Session(
                app, make, DeskOptions(DEMONSTRATION, "Ann", campus, ThemeName.LIGHT, fonts.PICTURE_FAMILIES)
            )

            async def script(window: MainWindow) -> None:
                window.activateWindow()
                await until(window.isActiveWindow)
                await body(Here(session, by_hand, data / DATABASE))

            return await session.run(script)

        app.setStyle("Fusion")
        fonts.use_font(app, fonts.PICTURE_FAMILIES)
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
            return runner.run(main())


def sql(database: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """One statement in its own transaction."""
    with closing(sqlite3.connect(database, timeout=10.0, isolation_level=None)) as connection:
        return connection.execute(statement, values).fetchall()
