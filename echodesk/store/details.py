"""The detail pane of one row: what the timetable says, what was sent, what came back, why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, TextClause, text

from echodesk.messages import (
    CallShown,
    Detail,
    DetailGroup,
    NotificationRow,
    QueueRow,
    RoomDayRow,
    Table,
    with_code,
)
from echodesk.planning.values import clock_text
from echodesk.store.screens import Tables

_CALLS = text(
    "SELECT AT, ACTION, OUTCOME, STATUS, WHY, SENT, ANSWER, MS FROM STT_ECHO_AUDIT WHERE EXTERNAL_ID = :id"
    " AND ACTION IN ('GET', 'POST', 'PUT', 'DELETE') ORDER BY ID DESC LIMIT 20"
)
_CALLS_OF_ENTRY = text(
    "SELECT a.AT, a.ACTION, a.OUTCOME, a.STATUS, a.WHY, a.SENT, a.ANSWER, a.MS FROM STT_ECHO_NOTIFICATION n"
    " JOIN STT_ECHO_AUDIT a ON a.EXTERNAL_ID = n.EXTERNAL_ID AND a.AT >= n.CREATED WHERE n.QUEUE_ID = :id"
    " AND a.ACTION IN ('GET', 'POST', 'PUT', 'DELETE') ORDER BY a.ID DESC LIMIT 30"
)
CALLS_OF_PLACE = text(
    "SELECT AT, ACTION, OUTCOME, STATUS, WHY, SENT, ANSWER, MS FROM STT_ECHO_AUDIT"
    " WHERE ROOMID = :room AND LESSON_DATE = :date ORDER BY ID DESC LIMIT 30"
)
_MIRROR = text(
    "SELECT ROOMID, LESSON_DATE, STARTTIME, FINISHTIME, TITLE, SECTIONS, PRESENTER, INPUTS, VERIFIED, OURS,"
    " EXTERNAL_ID FROM STT_ECHO_MIRROR WHERE EXTERNAL_ID = :id"
)
# Taught together: it stands under the external id of another lesson, in the same room at the same time.
_MIRROR_SHARED = text(
    "SELECT ROOMID, LESSON_DATE, STARTTIME, FINISHTIME, TITLE, SECTIONS, PRESENTER, INPUTS, VERIFIED, OURS,"
    " EXTERNAL_ID FROM STT_ECHO_MIRROR WHERE ROOMID = :room AND LESSON_DATE = :date AND OURS = 1"
    " AND STARTTIME = :start LIMIT 1"
)
_MIRROR_PLACE = text(
    "SELECT ROOMID, LESSON_DATE, STARTTIME, FINISHTIME, TITLE, SECTIONS, PRESENTER, INPUTS, VERIFIED, OURS,"
    " EXTERNAL_ID FROM STT_ECHO_MIRROR WHERE ROOMID = :room AND LESSON_DATE = :date ORDER BY STARTTIME"
)
_LEFT_OUT = text(
    "SELECT o.EXTERNAL_ID, o.REASON, o.WINNER, o.DETAIL, TRIM(t.MODULEID) AS MODULEID,"
    " TRIM(t.MODGRPCODE) AS MODGRPCODE, TRIM(t.STARTTIME) AS STARTTIME, TRIM(t.FINISHTIME) AS FINISHTIME,"
    " TRIM(m.NAME) AS MODULE_NAME, (SELECT w.TITLE FROM STT_ECHO_MIRROR w WHERE w.EXTERNAL_ID = o.WINNER"
    " OR w.ECHO_ID = o.WINNER LIMIT 1) AS WINNER_TITLE"
    " FROM STT_ECHO_LEFT_OUT o LEFT JOIN TIMETABLE t ON TRIM(t.SETID) = TRIM(o.SETID)"
    " AND t.SLOTID = o.SLOTID AND t.SLOTENTRY = 1 LEFT JOIN MODULE m ON TRIM(m.SETID) = TRIM(o.SETID)"
    " AND TRIM(m.MODULEID) = TRIM(t.MODULEID) WHERE o.ROOMID = :room AND o.LESSON_DATE = :date"
    " ORDER BY t.STARTTIME"
)
_CHILDREN = text(
    "SELECT WEEKNUMBER, LESSON_DATE, STATUS, RECORDED, MESSAGE FROM STT_ECHO_NOTIFICATION"
    " WHERE QUEUE_ID = :id ORDER BY WEEKNUMBER"
)


class Details:
    """Detail panes inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def detail(self, table: Table, key: int) -> Detail | None:
        """Everything about one row, None if it is gone."""
        rows = Tables(self._connection).rows(table, [key], "")
        if not rows:
            return None
        row = rows[0]
        if isinstance(row, QueueRow):
            return self._entry(row)
        if isinstance(row, NotificationRow):
            return self._notification(row)
        return self._room_day(row)

    def _entry(self, row: QueueRow) -> Detail:
        weeks = tuple(
            (
                f"Week {one.WEEKNUMBER}, {one.LESSON_DATE or 'no date'}",
                _said(one.STATUS, one.RECORDED, one.MESSAGE),
            )
            for one in self._connection.execute(_CHILDREN, {"id": row.key})
        )
        lesson = (
            ("Lesson", f"{row.slotid} ({row.setid})"),
            ("Module", with_code(row.module_title, row.module)),
            ("Group", row.group),
            ("Lecturer", with_code(row.lecturer_name, row.lecturer)),
        )
        change = (
            (
                "Room",
                _change(with_code(row.room_old_name, row.room_old), with_code(row.room_new_name, row.room_new)),
            ),
            ("Weekday", _change(str(row.weekday_old or ""), str(row.weekday_new or ""))),
            ("Start", _change(row.start_old, row.start_new)),
            ("Finish", _change(row.finish_old, row.finish_new)),
            ("Written by", row.source),
            ("Tried before", f"entry {row.retry_of}" if row.retry_of else ""),
            ("Error", row.error),
        )
        noun = "week" if row.weeks_all == 1 else "weeks"
        headline = (
            f"{row.weeks_done} of {row.weeks_all} {noun} done" if row.weeks_all else "Nothing had to be sent"
        )
        if row.status == "UNPROCESSED":
            headline = "Not read yet"
        groups = (
            DetailGroup("Lesson", _filled(lesson)),
            DetailGroup("What changed", _filled(change)),
            DetailGroup("Weeks", weeks),
        )
        return Detail(Table.QUEUE, row.key, headline, groups, self._calls(_CALLS_OF_ENTRY, {"id": row.key}))

    def _notification(self, row: NotificationRow) -> Detail:
        lesson = (
            ("Module", with_code(row.module_title, row.module)),
            ("Group", row.group),
            ("Lecturer", with_code(row.lecturer_name, row.lecturer)),
            ("Week", str(row.week)),
            ("Date", row.date),
            ("Time", f"{row.start}-{row.finish}" if row.start else ""),
            ("Room", with_code(row.room_name, row.room)),
            ("Before", " ".join(p for p in (with_code(row.old_room_name, row.old_room), row.old_date) if p)),
            ("External id", row.external_id),
        )
        held_as, held = row.external_id, self._connection.execute(_MIRROR, {"id": row.external_id}).all()
        if not held and row.recorded == "YES" and row.start:
            hours, minutes = row.start.split(":")
            shared = {"room": row.room, "date": row.date, "start": int(hours) * 60 + int(minutes)}
            held = self._connection.execute(_MIRROR_SHARED, shared).all()
            held_as = held[0].EXTERNAL_ID if held else row.external_id
        stands = tuple(("Stands in Echo360", _standing(one)) for one in held)
        recorded = {"YES": "Recorded.", "NO": "Not recorded.", "NOT_WANTED": "Not wanted any more."}
        lead = "" if _says_it(row.message) else recorded.get(row.recorded, "Not decided yet.")
        headline = " ".join(p for p in (lead, row.message) if p)
        groups = (
            DetailGroup("Lesson", _filled(lesson)),
            DetailGroup("Echo360 holds", stands or (("Stands in Echo360", "nothing for this lesson and week"),)),
        )
        calls = self._calls(_CALLS, {"id": held_as})
        return Detail(Table.NOTIFICATIONS, row.key, headline, groups, calls)

    def _room_day(self, row: RoomDayRow) -> Detail:
        key = {"room": row.room, "date": row.date}
        held = tuple(
            (
                f"{clock_text(one.STARTTIME)}-{clock_text(one.FINISHTIME)}",
                one.TITLE if one.OURS else f"{one.TITLE} (booked by others)",
            )
            for one in self._connection.execute(_MIRROR_PLACE, key)
        )
        out = tuple(
            (
                f"{one.STARTTIME or '?'}-{one.FINISHTIME or '?'}",
                f"{one.MODULEID or ''} {one.MODGRPCODE or ''} {one.MODULE_NAME or ''}".strip() + f": {_why(one)}",
            )
            for one in self._connection.execute(_LEFT_OUT, key)
        )
        count = "1 lesson" if row.left_out == 1 else f"{row.left_out} lessons"
        headline = f"{count} not recorded" if row.left_out else "Nothing is left out"
        if row.failed:
            headline += f", {row.failed} failed"
        about = (
            ("Room", with_code(row.room_name, row.room)),
            ("Building", row.building),
            ("Date", row.date),
            ("First seen", row.first_seen),
            ("Last re-sync", row.last_refresh),
            ("Re-synced", f"{row.times_refreshed} times" if row.times_refreshed else ""),
            ("Resolved", row.resolved),
            ("Last error", row.last_error),
        )
        groups = (
            DetailGroup("Room and day", _filled(about)),
            DetailGroup("Recorded", held or (("", "nothing"),)),
            DetailGroup("Not recorded", out or (("", "nothing"),)),
        )
        return Detail(Table.ROOM_DAYS, row.key, headline, groups, self._calls(CALLS_OF_PLACE, key))

    def _calls(self, statement: TextClause, values: Mapping[str, object]) -> tuple[CallShown, ...]:
        return tuple(
            CallShown(
                at=row.AT,
                action=row.ACTION,
                outcome=row.OUTCOME or "",
                status=row.STATUS or 0,
                why=row.WHY or "",
                sent=row.SENT or "",
                answer=row.ANSWER or "",
                milliseconds=row.MS or 0,
            )
            for row in self._connection.execute(statement, dict(values))
        )


def _change(old: str, new: str) -> str:
    if old and new and old != new:
        return f"{old} → {new}"
    return new or old


def _filled(lines: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((label, value) for label, value in lines if value)


def _said(status: str, recorded: str | None, message: str | None) -> str:
    return " · ".join(p for p in (status, "" if _says_it(message) else recorded, message) if p)


def _says_it(message: str | None) -> bool:
    """True if a reason begins with what would stand before it."""
    return (message or "").startswith("Not recorded:")


def _standing(row: Any) -> str:
    sections = ", ".join(json.loads(row.SECTIONS)) or "no section"
    inputs = "+".join(json.loads(row.INPUTS)) or "audio only"
    return (
        f"{row.ROOMID} {row.LESSON_DATE} {clock_text(row.STARTTIME)}-{clock_text(row.FINISHTIME)} · {row.TITLE} ·"
        f" {sections} · {row.PRESENTER or 'no presenter'} · {inputs} (confirmed {row.VERIFIED})"
    )


def _why(row: Any) -> str:
    if row.REASON in ("clash", "foreign") and row.WINNER:
        return f"{row.WINNER_TITLE or row.WINNER} keeps the room"
    return str(row.DETAIL or row.REASON)
