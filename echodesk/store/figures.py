"""The numbers of the Overview, of `status` and of "until quiet": SQL counts of one moment (reliability O1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, TextClause, text

from echodesk.lessons import BY_OTHERS_DAYS, LateLesson
from echodesk.messages import MissedLesson, Overview, Table
from echodesk.planning.values import Reason
from echodesk.store.binding import ChangeNumber, as_json
from echodesk.store.lost_edits import lost_edits
from echodesk.store.mirror import count_by_others
from echodesk.store.office import Office
from echodesk.store.plans_shown import PlansShown
from echodesk.store.screens import Tables
from echodesk.store.stops import Stops
from echodesk.store.too_late import too_late

_TRANSFERRED = text(
    "SELECT count(*) FROM STT_ECHO_AUDIT WHERE AT > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')"
    " AND ACTION IN ('POST', 'PUT', 'DELETE') AND STATUS IN (200, 201)"
)
_LAST_MINUTE = text(
    "SELECT count(*) FROM STT_ECHO_AUDIT WHERE AT > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-60 seconds')"
    " AND ACTION IN ('GET', 'POST', 'PUT', 'DELETE')"
)
_CALLS = text(
    "SELECT ACTION, count(*) FROM STT_ECHO_AUDIT WHERE AT > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')"
    " AND ACTION IN ('GET', 'POST', 'PUT', 'DELETE') GROUP BY ACTION"
)
_HELD = text("SELECT count(*) FROM STT_ECHO_DIRTY WHERE HELD_BY IS NOT NULL")
# What a safety stop holds: single room-days, or all of them while the timetable proves nothing.
_GUARDED = text(
    "SELECT count(*) FROM STT_ECHO_DIRTY WHERE HELD_BY IS NULL AND (GUARDED = 1 OR EXISTS"
    " (SELECT 1 FROM STT_ECHO_STOP WHERE KIND = 'FEED' AND ENDED IS NULL))"
)
_NO_PLAN = text("SELECT EXISTS (SELECT 1 FROM STT_ECHO_STOP WHERE KIND = 'FEED' AND ENDED IS NULL)")
_WAITING_ROOMS = text(
    "SELECT count(*) FROM STT_ECHO_DIRTY d WHERE d.HELD_BY IS NULL AND d.GUARDED = 0 AND EXISTS"
    " (SELECT 1 FROM STT_ECHO_ROOM_HOLD h WHERE h.ROOMID = d.ROOMID"
    " AND h.NOT_BEFORE > strftime('%Y-%m-%dT%H:%M:%fZ'))"
)
_UNREAD = text("SELECT count(*) FROM STT_ECHO_QUEUE WHERE STATUS = 'FAILED' AND WEEKS_ALL = 0")
_PEOPLE = text("SELECT count(*) FROM STT_ECHO_MISSING_PERSON")
_SCHEDULES = text("SELECT count(*) FROM STT_ECHO_MIRROR WHERE OURS = 1")
_LEFT_OUT = text("SELECT REASON, count(*) FROM STT_ECHO_LEFT_OUT WHERE LESSON_DATE >= :today GROUP BY REASON")
_OLDEST = text(
    "SELECT CREATED FROM STT_ECHO_QUEUE WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS') ORDER BY ID LIMIT 1"
)
_NEXT = text(
    "SELECT LESSON_DATE, STARTTIME FROM STT_ECHO_NOTIFICATION WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS')"
    " AND LESSON_DATE >= :today ORDER BY LESSON_DATE, STARTTIME LIMIT 1"
)
_SOON = text(
    "SELECT count(*) FROM STT_ECHO_NOTIFICATION WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS')"
    " AND (LESSON_DATE BETWEEN :today AND :tomorrow OR OLD_DATE BETWEEN :today AND :tomorrow)"
)
_DIRTY = text("SELECT count(*) FROM STT_ECHO_DIRTY WHERE HELD_BY IS NULL AND GUARDED = 0")
_REFRESH = text(
    "SELECT count(*) FROM STT_ECHO_REFRESH r WHERE NOT EXISTS (SELECT 1 FROM STT_ECHO_ROOM_HOLD h"
    " WHERE h.ROOMID = r.ROOMID AND h.NOT_BEFORE > strftime('%Y-%m-%dT%H:%M:%fZ'))"
)
_INTENTS = text("SELECT count(*) FROM STT_ECHO_INTENT")
_COMMANDS = text("SELECT count(*) FROM STT_ECHO_COMMAND WHERE STATE = 'WAITING'")
_PLANS = text("SELECT count(*) FROM STT_ECHO_BATCH WHERE STATE IN ('COMPARING', 'CHECKING', 'RUNNING')")
_PAUSES = text("SELECT count(*) FROM STT_ECHO_PAUSE WHERE LIFTED IS NULL")
_REFUSED = text("SELECT count(*) FROM STT_ECHO_REFUSED WHERE LESSON_DATE >= :today")
# By reason and date, as the index has them; names are looked up for the few rows that are shown.
MISSED = text(
    "SELECT n.*, TRIM(m.NAME) AS MODULE_NAME, TRIM(r.NAME) AS ROOM_NAME, TRIM(s.SITENAME) AS SITENAME,"
    " (SELECT w.TITLE FROM STT_ECHO_MIRROR w WHERE w.EXTERNAL_ID = n.WINNER) AS OUR_WINNER,"
    " (SELECT w.TITLE FROM STT_ECHO_MIRROR w WHERE w.ECHO_ID = n.WINNER) AS THEIR_WINNER FROM"
    " (SELECT o.SETID, o.ROOMID, o.LESSON_DATE, o.REASON, o.WINNER, TRIM(t.MODULEID) AS MODULEID,"
    " TRIM(t.MODGRPCODE) AS MODGRPCODE, TRIM(t.STARTTIME) AS STARTTIME, TRIM(t.FINISHTIME) AS FINISHTIME,"
    " count(*) OVER () AS HOW_MANY FROM json_each(:reasons) e CROSS JOIN STT_ECHO_LEFT_OUT o"
    " ON o.REASON = e.value AND o.LESSON_DATE BETWEEN :today AND :last"
    " LEFT JOIN TIMETABLE t ON TRIM(t.SETID) = TRIM(o.SETID) AND t.SLOTID = o.SLOTID AND t.SLOTENTRY = 1"
    " ORDER BY o.LESSON_DATE, t.STARTTIME, o.EXTERNAL_ID LIMIT :most) n"
    " LEFT JOIN MODULE m ON TRIM(m.SETID) = TRIM(n.SETID) AND TRIM(m.MODULEID) = TRIM(n.MODULEID)"
    " LEFT JOIN ROOMS r ON TRIM(r.SETID) = TRIM(n.SETID) AND TRIM(r.ROOMID) = TRIM(n.ROOMID)"
    " LEFT JOIN SITES s ON TRIM(s.SETID) = TRIM(r.SETID) AND TRIM(s.SITEID) = TRIM(r.SITEID)"
    " ORDER BY n.LESSON_DATE, n.STARTTIME"
)
_REASONS = as_json([reason.value for reason in Reason])
MISSED_DAYS = 7
MISSED_SHOWN = 7

WAITING = ("UNPROCESSED", "IN_PROGRESS")


@dataclass(frozen=True, slots=True)
class Pending:
    """What still has to happen before everything is quiet; what a pause or a stop holds is counted apart."""

    entries: int
    notifications: int
    room_days: int
    refreshes: int
    intents: int
    commands: int
    held: int
    guarded: int = 0
    """Room-days that wait for a yes of staff."""
    plans: int = 0
    """Plans of many room-days that are being compared or sent."""

    @property
    def quiet(self) -> bool:
        """True when nothing is pending (decisions: until quiet)."""
        return not (
            self.entries
            or self.notifications
            or self.room_days
            or self.refreshes
            or self.intents
            or self.commands
            or self.plans
        )

    def __str__(self) -> str:
        parts = (
            (self.entries, "timetable changes"),
            (self.notifications, "weekly updates"),
            (self.room_days, "room-days"),
            (self.refreshes, "re-syncs"),
            (self.intents, "requests under way"),
            (self.commands, "commands"),
            (self.plans, "plans"),
        )
        waiting = ", ".join(f"{count} {what}" for count, what in parts if count) or "nothing"
        held = f"; {self.held} room-days held by a pause" if self.held else ""
        return f"waiting: {waiting}{held}" + (f"; {self.guarded} by a safety stop" if self.guarded else "")


class Figures:
    """Counts inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def overview(self, now: dt.datetime, calls_per_minute: int) -> Overview:
        """The numbers of the Overview page; `now` is campus time."""
        today = now.date().isoformat()
        tables = Tables(self._connection)
        queue = dict(tables.counts(Table.QUEUE, today))
        notifications = dict(tables.counts(Table.NOTIFICATIONS, today))
        room_days = dict(tables.counts(Table.ROOM_DAYS, today))
        left_out = self._pairs_today(_LEFT_OUT, today)
        pending = sum(notifications.get(status, 0) for status in WAITING)
        waiting = self._connection.execute(_NEXT, {"today": today}).first()
        missed_soon, missed = self.missed(today)
        plans = PlansShown(self._connection, calls_per_minute, today)
        last = (now.date() + dt.timedelta(days=BY_OTHERS_DAYS - 1)).isoformat()
        tomorrow = (now.date() + dt.timedelta(days=1)).isoformat()
        return Overview(
            transferred_24h=self._count(_TRANSFERRED),
            pending=pending + queue.get("UNPROCESSED", 0),
            pending_minutes=round(pending / calls_per_minute, 1) if calls_per_minute else 0.0,
            failed=notifications.get("FAILED", 0) + notifications.get("PARKED", 0),
            open_room_days=room_days.get("open", 0),
            not_recorded=sum(count for _reason, count in left_out),
            too_late_today=len(self.too_late(now)),
            held_by_pause=self._count(_HELD),
            foreign=count_by_others(self._connection, today, last),
            schedules=self._count(_SCHEDULES),
            queue=tuple(sorted(queue.items())),
            notifications=tuple(sorted(notifications.items())),
            room_days=tuple(sorted(room_days.items())),
            left_out=left_out,
            calls=tuple(sorted((row[0], row[1]) for row in self._connection.execute(_CALLS))),
            calls_last_minute=self._count(_LAST_MINUTE),
            calls_per_minute=calls_per_minute,
            oldest_pending=self._connection.execute(_OLDEST).scalar() or "",
            next_lesson=f"{waiting.LESSON_DATE} {waiting.STARTTIME or ''}".strip() if waiting else "",
            pending_soon=self._connection.execute(_SOON, {"today": today, "tomorrow": tomorrow}).scalar_one(),
            missed_soon=missed_soon,
            missed=missed,
            held_by_stop=self._count(_GUARDED),
            stops=tuple(Stops(self._connection, ChangeNumber(self._connection)).shown()),
            plans=plans.listed(),
            plans_in_all=plans.in_all(),
            failed_unread=self._count(_UNREAD),
            unknown_people=self._count(_PEOPLE),
            lost_edits=lost_edits(self._connection).count,
        )

    def too_late(self, now: dt.datetime) -> list[LateLesson]:
        """Lessons of today that EchoDesk can put right no more."""
        return too_late(self._connection, now, Office(self._connection).rules().lead)

    def missed(self, today: str) -> tuple[int, tuple[MissedLesson, ...]]:
        """How many lessons will not be recorded in the seven days from today on, and the first of them."""
        last = dt.date.fromisoformat(today) + dt.timedelta(days=MISSED_DAYS - 1)
        values = {"reasons": _REASONS, "today": today, "last": last.isoformat(), "most": MISSED_SHOWN}
        rows = self._connection.execute(MISSED, values).all()
        shown = tuple(
            MissedLesson(
                date=row.LESSON_DATE,
                start=row.STARTTIME or "",
                finish=row.FINISHTIME or "",
                module=row.MODULEID or "",
                module_title=row.MODULE_NAME or "",
                group=row.MODGRPCODE or "",
                room=row.ROOMID,
                room_name=row.ROOM_NAME or "",
                building=row.SITENAME or "",
                reason=row.REASON,
                winner=row.OUR_WINNER or row.THEIR_WINNER or "",
            )
            for row in rows
        )
        return (rows[0].HOW_MANY if rows else 0, shown)

    def pending(self, today: str) -> Pending:
        """What still has to happen."""
        tables = Tables(self._connection)
        queue = dict(tables.counts(Table.QUEUE, today))
        notifications = dict(tables.counts(Table.NOTIFICATIONS, today))
        paused = self._count(_PAUSES) > 0
        held = self._count(_HELD)
        waiting_rooms = self._count(_WAITING_ROOMS)
        notified = sum(notifications.get(status, 0) for status in WAITING)
        unread = queue.get("UNPROCESSED", 0)
        in_progress = queue.get("IN_PROGRESS", 0)
        guarded = self._count(_GUARDED)
        no_plan = self._count(_NO_PLAN) > 0
        excused = (paused and held) or waiting_rooms or guarded or no_plan
        return Pending(
            entries=unread + (0 if excused else in_progress),
            notifications=0 if excused else notified,
            room_days=0 if no_plan else self._count(_DIRTY) - waiting_rooms,
            refreshes=0 if no_plan else self._count(_REFRESH),
            intents=self._count(_INTENTS),
            commands=self._count(_COMMANDS),
            held=held,
            guarded=guarded,
            plans=0 if paused or excused else self._count(_PLANS),
        )

    def refused(self, today: str) -> int:
        """Occurrences with a remembered definite failure."""
        return self._count(_REFUSED, today)

    def left_out(self, today: str) -> dict[str, int]:
        """Not recorded, by reason, from today on."""
        return dict(self._pairs_today(_LEFT_OUT, today))

    def _count(self, statement: TextClause, today: str | None = None) -> int:
        values = {} if today is None else {"today": today}
        return int(self._connection.execute(statement, values).scalar_one())

    def _pairs_today(self, statement: TextClause, today: str) -> tuple[tuple[str, int], ...]:
        rows = self._connection.execute(statement, {"today": today})
        return tuple(sorted((row[0], row[1]) for row in rows))
