"""The books: what one database transaction offers to the worker.

Each method is a short piece of work inside the transaction that `Ledger` opened; nothing is kept between calls.
Stamps are UTC texts in milliseconds by database time (decisions: Time).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from echodesk.activity import ActivityShown, ShowActivity
from echodesk.batches import PlanDetail, PlanList, PlanMissed
from echodesk.lessons import LateLesson, UnknownPerson
from echodesk.messages import Detail, Overview, Table, TableChanges, TableQuery
from echodesk.planning.answers import Learned
from echodesk.planning.records import (
    AuditLine,
    Failure,
    Intent,
    LessonNow,
    Lost,
    Mark,
    NewNotification,
    NotificationOutcome,
    PlaceOutcome,
    QueueEntry,
    RefreshMark,
    Refusal,
    Waiting,
)
from echodesk.planning.statuses import Recorded
from echodesk.planning.values import RoomDay
from echodesk.planning.why import ToldWeek
from echodesk.worker.batch_book import BatchBook
from echodesk.worker.decision_book import DecisionBook as DecisionBook
from echodesk.worker.mirror_book import MirrorBook as MirrorBook
from echodesk.worker.office_book import OfficeBook as OfficeBook
from echodesk.worker.stop_book import StopBook
from echodesk.worker.timetable_book import LessonKey as LessonKey
from echodesk.worker.timetable_book import OccurrenceKey as OccurrenceKey
from echodesk.worker.timetable_book import TimetableBook as TimetableBook
from echodesk.worker.trouble_books import PoisonedPlaces, PoisonedQueue, SuspectBook, TryBook
from echodesk.worker.window_book import WindowBook as WindowBook

IntentRow = tuple[str, str, tuple[RoomDay, ...]]
"""Method, external id, and the room-days that the request touches."""


class QueueBook(PoisonedQueue, Protocol):
    """STT_ECHO_QUEUE and STT_ECHO_NOTIFICATION."""

    def claim(self, limit: int, *, tried_first: bool = False) -> list[QueueEntry]:
        """Take UNPROCESSED entries in the order of their ids, IN_PROGRESS with one more attempt. Those
        attempted before come one by one, when no others wait or with `tried_first`."""
        ...

    def taken(self, entries: Collection[int]) -> set[int]:
        """Those of these entries that are claimed and not expanded yet."""
        ...

    def waiting_entries(self) -> int: ...

    def add_notifications(self, rows: Sequence[NewNotification]) -> None: ...

    def describe(self, rows: Sequence[tuple[int, LessonNow]]) -> None:
        """What the timetable said of the lesson when its entry was read, for the screens."""
        ...

    def expanded(self, weeks: Mapping[int, tuple[int, str | None]]) -> None:
        """Entry id → number of its notifications; an entry with none is PROCESSED."""
        ...

    def set_seniority(self, lessons: Mapping[LessonKey, tuple[int, str]]) -> None:
        """(queue id, since) per lesson, unless a later entry has set it."""
        ...

    def entries(self, ids: Collection[int]) -> list[QueueEntry]:
        """Those of these entries that there are, whatever their status."""
        ...

    def waiting_at(self, places: Collection[RoomDay]) -> list[Waiting]: ...

    def begin(self, notifications: Collection[int]) -> None:
        """UNPROCESSED → IN_PROGRESS."""
        ...

    def finish(self, outcomes: Sequence[NotificationOutcome]) -> None:
        """IN_PROGRESS → a terminal status or back to UNPROCESSED; entries are brought up to date."""
        ...

    def failed_at(self, places: Collection[RoomDay]) -> set[str]:
        """External ids of FAILED and PARKED notifications that touch these room-days."""
        ...

    def put_right(self, external_ids: Collection[str], by: str) -> None:
        """FAILED and PARKED notifications of these occurrences become SUPERSEDED "put right by …"."""
        ...

    def tell_lost(self, lost: Collection[Lost]) -> None:
        """What became of occurrences after their notifications had ended: they are not recorded any more.
        Statuses stay; the answer to "recorded?" is the truth of now."""
        ...

    def tell_parked(self, rows: Sequence[tuple[str, str]]) -> None:
        """(external id, text): what is true by now of occurrences that were parked before."""
        ...

    def waiting_past(self, today: str) -> list[Waiting]:
        """Waiting notifications all of whose room-days are before today."""
        ...

    def stray(self) -> list[Waiting]:
        """Waiting notifications that no mark, refresh or intent leads to: there should be none, at most 500."""
        ...

    def recover(self) -> int:
        """After a stop: entries taken and not expanded, and notifications in progress, wait again; entries that
        stopped the worker three times are FAILED. Returns how many."""
        ...

    def retry(self, entries: Collection[int], notifications: Collection[int], by: str) -> int:
        """New entries linked to the old ones, which become SUPERSEDED (design §4.11)."""
        ...

    def set_aside(self, entries: Collection[int], notifications: Collection[int], by: str, reason: str) -> int:
        """FAILED and PARKED become SUPERSEDED, with who said so and why. Returns how many."""
        ...

    def retry_matching(self, table: Table, query: TableQuery, by: str) -> int: ...


class PlaceBook(PoisonedPlaces, Protocol):
    """Room-days: marks, refresh marks, open rows, what is left out, rooms that wait."""

    def mark(self, places: Iterable[RoomDay], reason: str) -> None:
        """Dirty: plan these. An existing mark gets a new number and is no longer held."""
        ...

    def mark_refresh(self, places: Iterable[RoomDay], wait_s: float, reason: str) -> None:
        """List these rooms afresh, not before `wait_s` from now."""
        ...

    def next_marks(self, limit: int, busy: Collection[RoomDay], today: str) -> list[Mark]:
        """Marks to plan, next date first: not held, not busy, room not waiting."""
        ...

    def marks_at(self, places: Collection[RoomDay]) -> list[Mark]: ...

    def restless(self, places: Collection[RoomDay], under: Collection[int] = ()) -> set[RoomDay]:
        """Those of these room-days that are to be planned or listed, now or later; but for what is planned only
        once the pause `under` is lifted."""
        ...

    def clear(self, marks: Iterable[Mark]) -> None:
        """Delete marks that still have the number that was read."""
        ...

    def hold(self, marks: Iterable[Mark], pause: int) -> None:
        """These wait for a pause, if that pause still stands and the mark has not changed."""
        ...

    def due_refresh(self) -> list[RefreshMark]: ...

    def refresh_pending(self) -> int:
        """How many refresh marks there are, due or not."""
        ...

    def clear_refresh(self, ids: Iterable[int]) -> None: ...

    def drop_past(self, today: str) -> None:
        """Marks of dates before today are of no use any more."""
        ...

    def settle(self, outcomes: Sequence[PlaceOutcome]) -> None:
        """What is left out now, and open rows made, kept up or resolved (design §4.9)."""
        ...

    def surprises(self, places: Collection[RoomDay]) -> int:
        """The largest number of unexplained surprises among these room-days' open rows."""
        ...

    def hold_room(self, room: str, reason: str, wait_s: float) -> None: ...

    def left_out_at(self, places: Collection[RoomDay]) -> Mapping[RoomDay, set[tuple[str, str, str | None]]]: ...

    def occupied(self, room: str, today: str) -> set[RoomDay]:
        """Room-days of this room from today on that the mirror, a mark, an open row or a lesson left out knows."""
        ...

    def stood(self, lessons: Collection[LessonKey]) -> dict[LessonKey, dict[int, RoomDay]]:
        """Week → room-day of these lessons, as their newest notifications say; without cancelled weeks."""
        ...

    def left_out_of(self, lessons: Collection[LessonKey]) -> dict[LessonKey, dict[int, RoomDay]]: ...

    def closed_rooms(self) -> dict[str, str]:
        """Rooms that wait for a recorder → what Echo360 said."""
        ...

    def free_rooms(self, rooms: Iterable[str]) -> None: ...

    def foreign_obstacles(self, today: str) -> set[RoomDay]:
        """Room-days with something left out because of a foreign schedule."""
        ...

    def open_clashes(self, today: str) -> list[tuple[RoomDay, LessonKey]]:
        """The lessons left out because of a clash from today on, where the room-day is open."""
        ...

    def pending(self) -> int:
        """Marks that are neither held by a pause nor in a waiting room."""
        ...


class ToldBook(Protocol):
    """What staff are told of lessons: the newest notification of an occurrence says whether it is recorded."""

    def of(self, external_ids: Collection[str]) -> dict[str, Recorded]:
        """What is told of these occurrences, where that has ended and no failure says more."""
        ...

    def as_recorded(self, after: int, until: int, today: str) -> set[str]:
        """External ids that are told as recorded from `today` on, by notifications with ids in (after, until]."""
        ...

    def last(self) -> int:
        """The id of the newest notification, 0 if there is none."""
        ...

    def weeks(self, external_ids: Collection[str]) -> dict[str, ToldWeek]:
        """What the books say of each of these occurrences, why it is left out among it."""
        ...

    def unread(self) -> set[LessonKey]:
        """(SETID, SLOTID) of the lessons whose timetable changes were not read yet."""
        ...

    def recorded_again(self, external_ids: Collection[str]) -> None:
        """These stand as they should: what was told otherwise after its end says since when. Statuses stay."""
        ...


class JournalBook(Protocol):
    """Intents, refusals, people, reference data and the audit."""

    def write_intents(self, epoch: int, intents: Sequence[IntentRow]) -> list[int]:
        """Intents → their ids."""
        ...

    def clear_intents(self, ids: Collection[int]) -> None: ...

    def give_up(self, ids: Collection[int]) -> None:
        """No answer will come any more for these; L counts from now."""
        ...

    def orphan_all(self) -> int:
        """Give up every intent that still waits for an answer: at a takeover."""
        ...

    def under_way(self) -> bool:
        """True if an intent waits for an answer, or an entry or a notification is in progress."""
        ...

    def overdue(self, late_s: float) -> list[Intent]:
        """Intents given up more than `late_s` ago."""
        ...

    def intents_open(self) -> list[Intent]: ...

    def remember_refusals(self, refusals: Sequence[Refusal]) -> None: ...

    def refused_at(self, places: Collection[RoomDay]) -> list[Refusal]: ...

    def forget(self, refusals: Sequence[Refusal]) -> None: ...

    def forget_refusals(self, external_ids: Collection[str]) -> None: ...

    def refused(self, external_ids: Collection[str]) -> dict[tuple[str, str], str]:
        """(external id, fingerprint) → Echo360's words."""
        ...

    def missing_people(self, emails: Collection[str]) -> None: ...

    def people_to_check(self, older_than_s: float) -> list[str]: ...

    def check_all_people(self) -> int:
        """All of them are due to be looked for. Returns how many there are."""
        ...

    def person_checked(self, email: str, known: bool) -> set[LessonKey]:
        """Remember the check. Once known: the lessons of that person, to be planned again."""
        ...

    def known_reference(self) -> list[Learned]: ...

    def learn(self, rows: Sequence[Learned]) -> None: ...

    def audit(self, lines: Sequence[AuditLine], epoch: int | None) -> None: ...


class ScreenBook(Protocol):
    """What the tables on screen show (reads bypass the domain)."""

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
        ...

    def overview(self, now: dt.datetime, calls_per_minute: int) -> Overview:
        """The numbers of the Overview page; `now` is campus time."""
        ...

    def too_late(self, now: dt.datetime) -> list[LateLesson]:
        """Lessons of today that EchoDesk can put right no more, with codes in the place of rooms' names."""
        ...

    def failures(self) -> list[Failure]:
        """What failed, weekly updates by date and time, then edits that could not be read."""
        ...

    def unknown_people(self, today: str) -> list[UnknownPerson]:
        """Whom Echo360 does not know, by address, with codes in the place of rooms' names."""
        ...

    def activity(self, wish: ShowActivity, lessons: Collection[str]) -> ActivityShown:
        """What was done, the newest first, without names of lessons; `lessons` are external ids."""
        ...

    def detail(self, table: Table, key: int) -> Detail | None: ...

    def plan(self, number: int, calls_per_minute: int, today: str) -> PlanDetail | None:
        """A plan of many room-days with its steps; None if there is none of this number."""
        ...

    def not_recorded(self, number: int) -> PlanMissed:
        """Which lessons a plan does not record."""
        ...

    def plans_before(self, number: int, calls_per_minute: int, today: str) -> PlanList:
        """The plans before this one (0: from the last one on), newest first."""
        ...


class Books(Protocol):
    """One transaction."""

    @property
    def queue(self) -> QueueBook: ...

    @property
    def told(self) -> ToldBook: ...

    @property
    def places(self) -> PlaceBook: ...

    @property
    def mirror(self) -> MirrorBook: ...

    @property
    def journal(self) -> JournalBook: ...

    @property
    def tries(self) -> TryBook: ...

    @property
    def suspects(self) -> SuspectBook: ...

    @property
    def office(self) -> OfficeBook: ...

    @property
    def decisions(self) -> DecisionBook: ...

    @property
    def timetable(self) -> TimetableBook: ...

    @property
    def stops(self) -> StopBook: ...

    @property
    def batches(self) -> BatchBook: ...

    @property
    def screens(self) -> ScreenBook: ...

    @property
    def windows(self) -> WindowBook: ...
