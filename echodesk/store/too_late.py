"""Lessons of today that EchoDesk can put right no more, inside one transaction.

Nothing is made or changed once the lead time before a start has come (design §4.4): whatever is not recorded then,
or not as the timetable has it, is a matter of the technicians.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, text

from echodesk.lessons import LateLesson, Running
from echodesk.planning.reasons import REASONS
from echodesk.planning.values import Reason
from echodesk.store.binding import as_json
from echodesk.timetable.occurrences import minute_of

LEFT_OUT = text(
    "SELECT o.EXTERNAL_ID, o.SLOTID, o.ROOMID, o.REASON, o.DETAIL, TRIM(t.STARTTIME) AS STARTTIME,"
    " TRIM(t.FINISHTIME) AS FINISHTIME, TRIM(t.MODULEID) AS MODULEID, TRIM(t.MODGRPCODE) AS MODGRPCODE,"
    " TRIM(m.NAME) AS MODULE_NAME,"
    " (SELECT min(w.TITLE) FROM STT_ECHO_MIRROR w WHERE w.EXTERNAL_ID = o.WINNER) AS OUR_WINNER,"
    " (SELECT w.TITLE FROM STT_ECHO_MIRROR w WHERE w.ECHO_ID = o.WINNER) AS THEIR_WINNER"
    " FROM json_each(:reasons) e CROSS JOIN STT_ECHO_LEFT_OUT o ON o.REASON = e.value AND o.LESSON_DATE = :today"
    " LEFT JOIN TIMETABLE t ON TRIM(t.SETID) = TRIM(o.SETID) AND t.SLOTID = o.SLOTID AND t.SLOTENTRY = 1"
    " LEFT JOIN MODULE m ON TRIM(m.SETID) = TRIM(o.SETID) AND TRIM(m.MODULEID) = TRIM(t.MODULEID)"
)
_REASONS = as_json(reason.value for reason in Reason if reason is not Reason.DECISION)
"""What staff decided is meant so."""
# The newest update of an occurrence tells; what ended well has nothing to tell.
UPDATES = text(
    "SELECT n.EXTERNAL_ID, n.SLOTID, n.STATUS, n.RECORDED, n.MESSAGE, n.LESSON_DATE, n.NEW_ROOMID, n.OLD_ROOMID,"
    " n.STARTTIME, n.FINISHTIME, n.MODULEID, n.MODGRPCODE, TRIM(m.NAME) AS MODULE_NAME"
    " FROM STT_ECHO_NOTIFICATION n"
    " LEFT JOIN MODULE m ON TRIM(m.SETID) = TRIM(n.SETID) AND TRIM(m.MODULEID) = TRIM(n.MODULEID)"
    " WHERE n.STATUS IN ('TOO_LATE', 'FAILED', 'PARKED', 'UNPROCESSED', 'IN_PROGRESS')"
    " AND (n.LESSON_DATE = :today OR n.OLD_DATE = :today) AND NOT EXISTS (SELECT 1 FROM STT_ECHO_NOTIFICATION l"
    " WHERE l.EXTERNAL_ID = n.EXTERNAL_ID AND l.QUEUE_ID > n.QUEUE_ID)"
)
_WAITS = ("UNPROCESSED", "IN_PROGRESS")


def too_late(connection: Connection, now: dt.datetime, lead: int) -> list[LateLesson]:
    """All of them by start and room, each once, with codes in the place of rooms' names. `now` is campus time,
    `lead` in minutes."""
    minute = now.hour * 60 + now.minute
    values = {"today": now.date().isoformat()}
    found: dict[str, LateLesson] = {}
    for row in connection.execute(UPDATES, values):
        late = _late_update(row, values["today"], minute, lead)
        if late is not None:
            found[row.EXTERNAL_ID] = late
    for row in connection.execute(LEFT_OUT, {**values, "reasons": _REASONS}):
        start = minute_of(row.STARTTIME)
        if start is not None and start <= minute + lead:
            found[row.EXTERNAL_ID] = _lesson(row, row.ROOMID, "NO", _why(row), minute)
    return sorted(found.values(), key=lambda one: (one.start, one.room, one.external_id))


def _late_update(row: Any, today: str, minute: int, lead: int) -> LateLesson | None:
    if today != row.LESSON_DATE:
        # It has left today, and stands there still; the update has the new times alone.
        why = row.MESSAGE or "It could not be moved away any more."
        late = _lesson(row, row.OLD_ROOMID or "", row.RECORDED or "", why, minute, timed=False)
        return late if row.STATUS == "TOO_LATE" else None
    start = minute_of(row.STARTTIME)
    if row.STATUS != "TOO_LATE" and (start is None or start > minute + lead):
        return None
    waits = row.STATUS in _WAITS
    why = "What changed was not sent in time." if waits else row.MESSAGE or "It was too late to change it."
    return _lesson(row, row.NEW_ROOMID or row.OLD_ROOMID or "", "" if waits else row.RECORDED or "", why, minute)


def _lesson(row: Any, room: str, recorded: str, why: str, minute: int, *, timed: bool = True) -> LateLesson:
    start, finish = (minute_of(row.STARTTIME), minute_of(row.FINISHTIME)) if timed else (None, None)
    if start is None or finish is None:
        running = Running.UNKNOWN
    elif minute < start:
        running = Running.SOON
    else:
        running = Running.NOW if minute < finish else Running.OVER
    return LateLesson(
        external_id=row.EXTERNAL_ID,
        slotid=row.SLOTID,
        module=row.MODULEID or "",
        module_title=row.MODULE_NAME or "",
        group=row.MODGRPCODE or "",
        room=room,
        room_name=room,
        building="",
        start=row.STARTTIME or "" if timed else "",
        finish=row.FINISHTIME or "" if timed else "",
        running=running,
        recorded=recorded,
        why=why,
    )


def _why(row: Any) -> str:
    reason = Reason(row.REASON)
    keeps = row.OUR_WINNER or row.THEIR_WINNER or "another lesson"
    told = REASONS[reason].asked.format(keeps=keeps)
    return told if reason in (Reason.CLASH, Reason.FOREIGN) or not row.DETAIL else f"{told} {row.DETAIL}"
