"""Pictures of every page, taken from the running program; works without a display."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, SignalInstance

from echodesk.desk.pages.activity_page import TITLE as ACTIVITY
from echodesk.desk.pages.activity_page import ActivityPage
from echodesk.desk.pages.attention_page import AttentionPage
from echodesk.desk.pages.lessons_page import TITLE, LessonsPage
from echodesk.desk.pages.matter_list import MatterList
from echodesk.desk.pages.plans_page import TITLE as PLANS
from echodesk.desk.pages.plans_page import PlansPage
from echodesk.desk.pages.room_days_page import RoomDaysPage
from echodesk.desk.pages.settings_page import TITLE as SETTINGS
from echodesk.desk.pages.settings_page import SettingsPage
from echodesk.desk.pages.table_page import TablePage
from echodesk.desk.resting import rest
from echodesk.desk.tables.feed import FeedState
from echodesk.desk.tables.finding import status_of
from echodesk.desk.window import MainWindow
from echodesk.desk.words import Tone, status_tone
from echodesk.errors import EchoDeskError
from echodesk.lessons import Matter
from echodesk.messages import Overview, RoomDayRow

log = logging.getLogger(__name__)

SIZE = (1400, 900)
SMALLEST = 0
"""Qt's "quality" of a PNG is how little it is packed."""
WAIT_S = 60.0
SETTLE_S = 240.0
EMPTY_WAIT_S = 10.0
SETTLE_MS = 150
LOOKED_AT = 14
"""A row that tells something is chosen among the first of the table."""


def file_name(title: str) -> str:
    """`Timetable changes` → `timetable-changes.png`."""
    return f"{title.lower().replace(' ', '-')}.png"


async def take(
    window: MainWindow,
    folder: Path,
    pages: Sequence[str] = (),
    wait_s: float = WAIT_S,
    settle_s: float = SETTLE_S,
) -> tuple[Path, ...]:
    """Visit the pages with these titles (all when empty) at 1400 by 900 and write a picture of each.

    First lets the worker do most of what waits, for at most `settle_s`: an office's pages are not those of its
    first minute. Waits until a page shows rows, at most `wait_s`; an empty table is then pictured as it is. Raises
    `EchoDeskError` when a page never got an answer or a file cannot be written.
    """
    _make(folder)
    window.resize(*SIZE)
    await _settle(window, settle_s)
    written = []
    for number, title in enumerate(window.titles):
        if pages and title not in pages:
            continue
        window.open_page(number)
        page = window.pages[number]
        if isinstance(page, TablePage):
            await _fill_table(page, wait_s)
        elif isinstance(page, PlansPage):
            await _fill_plans(window, page, wait_s)
        elif isinstance(page, LessonsPage):
            await _fill_lessons(window, page, wait_s)
        elif isinstance(page, SettingsPage):
            await _fill_settings(page, wait_s)
        elif isinstance(page, AttentionPage):
            await _fill_attention(page, wait_s)
        elif isinstance(page, ActivityPage):
            await _fill_activity(page, wait_s)
        else:
            await _until(lambda: window.overview.overview is not None, (window.overview.filled,), wait_s, title)
        file = folder / file_name(title)
        # Widgets made just now are laid out in the next turns of Qt's loop.
        await rest(SETTLE_MS)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        if not window.grab().save(str(file), "PNG", SMALLEST):
            raise _cannot_write(file, "Qt could not save the picture.")
        written.append(file)
    return tuple(written)


async def _settle(window: MainWindow, settle_s: float) -> None:
    page = window.overview
    try:
        await _until(lambda: page.overview is not None and settled(page.overview), (page.filled,), settle_s, "")
    except EchoDeskError:
        log.info("Pictures are taken while much still waits to be sent")


def settled(overview: Overview) -> bool:
    """Something was sent, and less than a twentieth of it still waits."""
    return overview.transferred_24h > 0 and overview.pending * 20 <= overview.schedules


async def _fill_table(page: TablePage, wait_s: float) -> None:
    feed, title = page.feed, page.view.accessibleName()
    await _until(lambda: feed.state is FeedState.LIVE, (feed.changed,), wait_s, title)
    try:
        await _until(lambda: page.model.rowCount() > 0, (feed.changed,), min(wait_s, EMPTY_WAIT_S), title)
    except EchoDeskError:
        # It has answered and is empty: that is what there is to see.
        return
    first = range(min(LOOKED_AT, page.model.rowCount()))
    rows = [page.model.cache.row(position) for position in first]
    telling = [row for row in rows if status_tone(page.table, status_of(row)) in (Tone.BAD, Tone.CLASH, Tone.NOTE)]
    page.view.choose((telling or rows)[0].key)
    pane = page.detail
    await _until(lambda: pane.detail is not None, (pane.filled,), wait_s, f"{title}, details")
    if isinstance(page, RoomDaysPage):
        clash = page.clash
        await _until(lambda: clash.day is not None, (clash.filled,), wait_s, f"{title}, the room-day")


async def _fill_lessons(window: MainWindow, page: LessonsPage, wait_s: float) -> None:
    """The lessons of a room with a clash, and the first of them that is not recorded in some week."""
    clashes = window.room_days.model
    first = clashes.cache.row(0) if clashes.rowCount() else None
    if not isinstance(first, RoomDayRow):
        return
    page.field.setText(first.room)
    page.search()
    await _until(lambda: page.answered, (page.filled,), wait_s, TITLE)
    page.show_one_that_is_missed()


async def _fill_plans(window: MainWindow, page: PlansPage, wait_s: float) -> None:
    """A new plan that adopts what others booked just where a lesson is; the page as it is if nobody did so."""
    others = window.attention.lists[Matter.OTHERS]
    others.read()
    await _fill_list(others, wait_s)
    rooms = [line.room for line in _lines(others) if line.fits]
    if not rooms:
        return
    before = page.plan.key if page.plan is not None else 0

    def with_steps() -> bool:
        return page.plan is not None and page.plan.key > before and page.steps.model.rowCount() > 0

    page.adopt_in(rooms[0])
    await _until(with_steps, (window.overview.filled, page.steps.selected), wait_s, PLANS)
    page.steps.view.choose(page.steps.model.cache.row(0).key)


async def _fill_settings(page: SettingsPage, wait_s: float) -> None:
    await _until(lambda: bool(page.settings), (page.filled,), wait_s, SETTINGS)


async def _fill_activity(page: ActivityPage, wait_s: float) -> None:
    """The newest call that changed something, with what stood before."""
    await _until(lambda: page.answered, (page.filled,), wait_s, ACTIVITY)
    rows: list[Any] = [page.model.cache.row(position) for position in range(page.model.rowCount())]
    changed = [row for row in rows if row.before and row.after]
    if rows:
        page.view.choose((changed or rows)[0].key)


async def _fill_attention(page: AttentionPage, wait_s: float) -> None:
    """What failed; if nothing did, the first list that has a line; its first line is chosen."""
    for matter in sorted(page.lists, key=lambda matter: matter is not Matter.FAILURES):
        one = page.lists[matter]
        page.open_list(matter)
        await _fill_list(one, wait_s)
        if one.in_all:
            one.view.choose(one.model.cache.row(0).key)
            return
    page.open_list(next(iter(page.lists)))


def _lines(one: MatterList) -> list[Any]:
    rows: list[Any] = [one.model.cache.row(position) for position in range(one.model.rowCount())]
    return [row.line for row in rows]


async def _fill_list(one: MatterList, wait_s: float) -> None:
    await _until(lambda: one.answered, (one.filled,), wait_s, one.about.title)


async def _until(
    condition: Callable[[], bool], signals: Sequence[SignalInstance], wait_s: float, what: str
) -> None:
    happened = asyncio.Event()

    def on_change() -> None:
        if condition():
            happened.set()

    on_change()
    for signal in signals:
        signal.connect(on_change)
    try:
        async with asyncio.timeout(wait_s):
            await happened.wait()
    except TimeoutError as trouble:
        raise EchoDeskError(
            "A page did not fill",
            f"{what} had nothing to show within {wait_s:g} seconds.",
            "See whether the worker runs and the database has data, then take the pictures again.",
        ) from trouble
    finally:
        for signal in signals:
            signal.disconnect(on_change)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise _cannot_write(folder, str(trouble)) from trouble


def _cannot_write(file: Path, why: str) -> EchoDeskError:
    return EchoDeskError(
        "The picture cannot be written", f"{file}: {why}", "Choose a folder that you may write to."
    )
