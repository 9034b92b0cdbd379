"""The store's part of the books of one transaction; `main.py` adds the timetable's."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Collection
from functools import cached_property

from sqlalchemy import Connection

from echodesk.activity import ActivityShown, ShowActivity
from echodesk.batches import PlanDetail, PlanList, PlanMissed, PlanShown
from echodesk.lessons import LateLesson, UnknownPerson
from echodesk.messages import Detail, Overview, Row, Table, TableChanges, TableQuery
from echodesk.planning.records import Failure
from echodesk.store.activity import activity
from echodesk.store.batches import Batches
from echodesk.store.binding import ChangeNumber
from echodesk.store.decisions import Decisions
from echodesk.store.details import Details
from echodesk.store.failures import failures
from echodesk.store.figures import Figures
from echodesk.store.journal import Journal
from echodesk.store.mirror import Mirror
from echodesk.store.not_recorded import not_recorded
from echodesk.store.office import Office
from echodesk.store.places import Places
from echodesk.store.plans_shown import PlansShown, buildings
from echodesk.store.queue import Queue
from echodesk.store.screens import Tables
from echodesk.store.searching import search
from echodesk.store.stops import Stops
from echodesk.store.suspects import Suspects
from echodesk.store.told import Told
from echodesk.store.tries import Tries
from echodesk.store.unknown_people import unknown_people
from echodesk.store.windows import Windows


class Screens:
    """What the window shows, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def changes(
        self,
        table: Table,
        cursor: int,
        query: TableQuery,
        snapshot: bool,
        today: str,
        told: frozenset[int] = frozenset(),
    ) -> TableChanges:
        """Rows changed since the cursor, and those without a number that were not `told`. For a snapshot, and
        where more have changed than the query's limit: all that match, up to that limit."""
        return Tables(self._connection).changes(table, cursor, query, snapshot, today, told)

    def found(self, table: Table, query: TableQuery, today: str) -> list[int]:
        """The newest rows of a table that match, newest first."""
        return search(self._connection, table, query, today).ids

    def rows(self, table: Table, ids: list[int], today: str) -> tuple[Row, ...]:
        """These rows as they are shown, in this order; without those that are gone."""
        return Tables(self._connection).rows(table, ids, today)

    def overview(self, now: dt.datetime, calls_per_minute: int) -> Overview:
        """The numbers of the Overview page; `now` is campus time."""
        return Figures(self._connection).overview(now, calls_per_minute)

    def too_late(self, now: dt.datetime) -> list[LateLesson]:
        """Lessons of today that EchoDesk can put right no more, with codes in the place of rooms' names."""
        return Figures(self._connection).too_late(now)

    def failures(self) -> list[Failure]:
        """What failed, weekly updates by date and time, then edits that could not be read."""
        return failures(self._connection)

    def unknown_people(self, today: str) -> list[UnknownPerson]:
        """Whom Echo360 does not know, by address, with codes in the place of rooms' names."""
        return unknown_people(self._connection, today)

    def activity(self, wish: ShowActivity, lessons: Collection[str]) -> ActivityShown:
        """What was done, the newest first, without names of lessons; `lessons` are external ids."""
        return activity(self._connection, wish, lessons)

    def detail(self, table: Table, key: int) -> Detail | None:
        """The detail pane of one row."""
        return Details(self._connection).detail(table, key)

    def plan(self, number: int, calls_per_minute: int, today: str) -> PlanDetail | None:
        """A plan of many room-days with its steps."""
        return PlansShown(self._connection, calls_per_minute, today).detail(number)

    def plans(self, calls_per_minute: int, today: str) -> tuple[PlanShown, ...]:
        """The last plans, and all that wait, are at work or can be taken back."""
        return PlansShown(self._connection, calls_per_minute, today).listed()

    def not_recorded(self, number: int) -> PlanMissed:
        """Which lessons a plan does not record."""
        return PlanMissed(number, not_recorded(self._connection, number, buildings(self._connection)))

    def plans_before(self, number: int, calls_per_minute: int, today: str) -> PlanList:
        """The plans before this one (0: from the last one on)."""
        return PlansShown(self._connection, calls_per_minute, today).before(number)


class StoreBooks(ABC):
    """EchoDesk's own tables in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._change = ChangeNumber(connection)

    @abstractmethod
    def recognised(self, external_id: str) -> tuple[str, int, int] | None:
        """The lesson and week that one of our external ids names: only the timetable's part knows."""

    @cached_property
    def queue(self) -> Queue:
        """Queue entries and notifications."""
        return Queue(self.connection, self._change)

    @cached_property
    def places(self) -> Places:
        """Room-days."""
        return Places(self.connection, self._change)

    @cached_property
    def mirror(self) -> Mirror:
        """What Echo360 holds, as far as EchoDesk knows."""
        return Mirror(self.connection, self.recognised)

    @cached_property
    def journal(self) -> Journal:
        """Intents, refusals, people, reference data, audit."""
        return Journal(self.connection)

    @cached_property
    def tries(self) -> Tries:
        """Requests without a clear answer so far."""
        return Tries(self.connection)

    @cached_property
    def told(self) -> Told:
        """What staff are told of lessons."""
        return Told(self.connection, self._change)

    @cached_property
    def suspects(self) -> Suspects:
        """Room-days with which the worker stopped."""
        return Suspects(self.connection)

    @cached_property
    def stops(self) -> Stops:
        """Safety stops."""
        return Stops(self.connection, self._change)

    @cached_property
    def batches(self) -> Batches:
        """Saved plans."""
        return Batches(self.connection, self._change)

    @cached_property
    def office(self) -> Office:
        """Pauses, settings, commands, lease."""
        return Office(self.connection)

    @cached_property
    def decisions(self) -> Decisions:
        """What staff decided about lessons."""
        return Decisions(self.connection)

    @cached_property
    def screens(self) -> Screens:
        """What the window shows."""
        return Screens(self.connection)

    @cached_property
    def windows(self) -> Windows:
        """What the windows have open."""
        return Windows(self.connection)

    @cached_property
    def figures(self) -> Figures:
        """Counts."""
        return Figures(self.connection)
