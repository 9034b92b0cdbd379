"""What failed and was neither tried again nor set aside by staff, inside one transaction."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, text

from echodesk.planning.records import Failure
from echodesk.store.binding import as_json

_UPDATES = text(
    "SELECT ID, coalesce(NEW_ROOMID, OLD_ROOMID) AS ROOMID, LESSON_DATE, STARTTIME, FINISHTIME, MESSAGE"
    " FROM STT_ECHO_NOTIFICATION WHERE STATUS IN ('FAILED', 'PARKED') ORDER BY LESSON_DATE, STARTTIME, ID"
)
# An edit with weekly updates has failed because one of those has: it is counted there.
_EDITS = text(
    "SELECT ID, coalesce(ROOMID_NEW, ROOMID_OLD) AS ROOMID, ERROR FROM STT_ECHO_QUEUE"
    " WHERE STATUS = 'FAILED' AND WEEKS_ALL = 0 ORDER BY ID"
)
_UPDATES_ASIDE = text(
    "UPDATE STT_ECHO_NOTIFICATION SET STATUS = 'SUPERSEDED', CHANGE_NO = :change, MESSAGE = 'Set aside by '"
    " || :by || ': ' || :reason || '. ' || coalesce(MESSAGE, '') WHERE ID IN (SELECT value FROM json_each(:ids))"
    " AND STATUS IN ('FAILED', 'PARKED') RETURNING QUEUE_ID"
)
_EDITS_ASIDE = text(
    "UPDATE STT_ECHO_QUEUE SET STATUS = 'SUPERSEDED', CHANGE_NO = :change, ERROR = 'Set aside by '"
    " || :by || ': ' || :reason || '. ' || coalesce(ERROR, '') WHERE ID IN (SELECT value FROM json_each(:ids))"
    " AND STATUS = 'FAILED' AND WEEKS_ALL = 0"
)


def failures(connection: Connection) -> list[Failure]:
    """All of them, weekly updates by date and time, then edits that could not be read."""
    updates = [
        Failure(
            0,
            row.ID,
            row.ROOMID or "",
            row.LESSON_DATE or "",
            f"{row.STARTTIME}-{row.FINISHTIME}" if row.STARTTIME and row.FINISHTIME else "",
            row.MESSAGE or "",
        )
        for row in connection.execute(_UPDATES)
    ]
    edits = [Failure(row.ID, 0, row.ROOMID or "", "", "", row.ERROR or "") for row in connection.execute(_EDITS)]
    return updates + edits


def put_aside(
    connection: Connection,
    edits: Collection[int],
    updates: Collection[int],
    by: str,
    reason: str,
    change: int,
) -> tuple[int, set[int]]:
    """Those of them that failed need nobody any more. Returns how many, and the edits whose updates were among
    them: those are to be brought up to date."""
    told = {"by": by, "reason": reason, "change": change}
    parents = connection.execute(_UPDATES_ASIDE, {"ids": as_json(updates), **told}).all()
    unread = connection.execute(_EDITS_ASIDE, {"ids": as_json(edits), **told}).rowcount
    return len(parents) + unread, {row.QUEUE_ID for row in parents}
