"""Rows of the queue and its notifications as values, and back."""

from __future__ import annotations

from typing import Any

from echodesk.planning.records import NewNotification, NotificationOutcome, QueueEntry, Waiting
from echodesk.store.binding import flag, place
from echodesk.store.many import ManyRows

NOTIFICATIONS = ManyRows(
    "STT_ECHO_NOTIFICATION",
    {
        "QUEUE_ID": "queue_id",
        "EXTERNAL_ID": "external_id",
        "SETID": "setid",
        "SLOTID": "slotid",
        "WEEKNUMBER": "week",
        "ACTION": "action",
        "OLD_VALID": "old_valid",
        "NEW_VALID": "new_valid",
        "LESSON_DATE": "date",
        "OLD_ROOMID": "old_room",
        "OLD_DATE": "old_date",
        "NEW_ROOMID": "new_room",
        "NEW_DATE": "new_date",
        "STARTTIME": "start",
        "FINISHTIME": "finish",
        "ROOMGRPCODE": "room_group",
        "MODULEID": "module",
        "MODGRPCODE": "group",
        "LECTURERID": "lecturer",
        "BUSINESSEMAIL": "email",
        "FEATUREID": "feature",
        "CHANGE_NO": "change",
    },
)


def entry_of(row: Any) -> QueueEntry:
    """A row of STT_ECHO_QUEUE as the worker knows it."""
    return QueueEntry(
        id=row.ID,
        source=row.SOURCE,
        action=row.ACTION,
        setid=row.SETID,
        slotid=row.SLOTID,
        created=row.CREATED,
        old_valid=flag(row.OLD_VALID),
        new_valid=flag(row.NEW_VALID),
        weekid_old=row.WEEKID_OLD,
        weekid_new=row.WEEKID_NEW,
        weekday_old=row.WEEKDAY_OLD,
        weekday_new=row.WEEKDAY_NEW,
        start_old=row.STARTTIME_OLD,
        start_new=row.STARTTIME_NEW,
        finish_old=row.FINISHTIME_OLD,
        finish_new=row.FINISHTIME_NEW,
        room_old=row.ROOMID_OLD,
        room_new=row.ROOMID_NEW,
        attempts=row.ATTEMPTS,
        retry_of=row.RETRY_OF,
    )


def notification_values(row: NewNotification, change: int) -> dict[str, object]:
    """The bind values that write a new notification."""
    shown = row.new or row.old
    return {
        "queue_id": row.queue_id,
        "external_id": row.external_id,
        "setid": row.setid,
        "slotid": row.slotid,
        "week": row.week,
        "action": row.action,
        "old_valid": row.old_valid,
        "new_valid": row.new_valid,
        "date": shown.date.isoformat() if shown else None,
        "old_room": row.old.room if row.old else None,
        "old_date": row.old.date.isoformat() if row.old else None,
        "new_room": row.new.room if row.new else None,
        "new_date": row.new.date.isoformat() if row.new else None,
        "start": row.start,
        "finish": row.finish,
        "room_group": row.room_group,
        "module": row.module,
        "group": row.group,
        "lecturer": row.lecturer,
        "email": row.email,
        "feature": row.feature,
        "change": change,
    }


def waiting_of(row: Any) -> Waiting:
    """A notification that waits, with the room-days it touches."""
    return Waiting(
        row.ID,
        row.QUEUE_ID,
        row.EXTERNAL_ID,
        row.ACTION,
        place(row.OLD_ROOMID, row.OLD_DATE),
        place(row.NEW_ROOMID, row.NEW_DATE),
    )


def outcome_values(one: NotificationOutcome, change: int) -> dict[str, object]:
    """How a notification ended, for the statement that writes it."""
    return {
        "status": one.status,
        "recorded": one.recorded,
        "message": one.message[:2_000] if one.message else None,
        "winner": one.winner,
        "change": change,
    }
