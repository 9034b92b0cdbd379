"""What became of each week of a lesson: its weekly updates, what Echo360 holds, why it is not recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from echodesk.planning.values import clock_text
from echodesk.store.binding import as_json

_UPDATES = text(
    "SELECT n.EXTERNAL_ID, n.ID, n.QUEUE_ID, n.ACTION, n.STATUS, n.RECORDED, n.MESSAGE, n.WINNER, n.CREATED,"
    " n.PROCESSED FROM json_each(:ids) i CROSS JOIN STT_ECHO_NOTIFICATION n ON n.EXTERNAL_ID = i.value"
    " ORDER BY n.QUEUE_ID DESC"
)
_HELD = text(
    "SELECT m.EXTERNAL_ID, m.ECHO_ID, m.ROOMID, m.LESSON_DATE, m.STARTTIME, m.FINISHTIME, m.TITLE, m.VERIFIED"
    " FROM json_each(:ids) i CROSS JOIN STT_ECHO_MIRROR m ON m.EXTERNAL_ID = i.value"
)
_LEFT_OUT = text(
    "SELECT l.EXTERNAL_ID, l.REASON, l.WINNER, l.DETAIL, l.SINCE FROM json_each(:ids) i"
    " CROSS JOIN STT_ECHO_LEFT_OUT l ON l.EXTERNAL_ID = i.value"
)
_REFUSED = text(
    "SELECT r.EXTERNAL_ID, r.ERROR FROM json_each(:ids) i CROSS JOIN STT_ECHO_REFUSED r"
    " ON r.EXTERNAL_ID = i.value ORDER BY r.AT"
)
_EARLIER = text(
    "SELECT EXTERNAL_ID, max(WEEKNUMBER) AS WEEKNUMBER, max(LESSON_DATE) AS LESSON_DATE FROM (SELECT EXTERNAL_ID,"
    " WEEKNUMBER, LESSON_DATE FROM STT_ECHO_MIRROR WHERE SETID = :setid AND SLOTID = :slotid UNION ALL"
    " SELECT n.EXTERNAL_ID, n.WEEKNUMBER, n.LESSON_DATE FROM STT_ECHO_QUEUE q JOIN STT_ECHO_NOTIFICATION n"
    " ON n.QUEUE_ID = q.ID WHERE q.SETID = :setid AND q.SLOTID = :slotid) e GROUP BY EXTERNAL_ID"
    " ORDER BY max(WEEKNUMBER)"
)
_SETS = text("SELECT SETID FROM STT_ECHO_SET ORDER BY LIVE DESC, SETID DESC")


@dataclass(frozen=True, slots=True)
class Update:
    """One weekly update, newest first; '' where nothing is said."""

    id: int
    queue_id: int
    action: str
    status: str
    recorded: str
    message: str
    winner: str
    created: str
    processed: str


@dataclass(frozen=True, slots=True)
class Held:
    """What Echo360 confirmed to hold. Times as `HH:MM`."""

    echo_id: str
    room: str
    date: str
    start: str
    finish: str
    title: str
    verified: str


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """Why an eligible occurrence is not recorded."""

    reason: str
    winner: str
    detail: str
    since: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Everything that happened to one occurrence."""

    updates: tuple[Update, ...] = ()
    held: Held | None = None
    not_recorded: NotRecorded | None = None
    refused: str = ""
    """Echo360's words, while they are remembered."""


@dataclass(frozen=True, slots=True)
class EarlierWeek:
    """An occurrence that EchoDesk knows, whether or not the timetable still has it."""

    external_id: str
    week: int
    date: str


class Happenings:
    """What happened, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, external_ids: Collection[str]) -> dict[str, Happened]:
        """What happened to each of these occurrences; every id is in the answer."""
        keys = {"ids": as_json(external_ids)}
        updates: dict[str, list[Update]] = defaultdict(list)
        for row in self._connection.execute(_UPDATES, keys):
            updates[row.EXTERNAL_ID].append(_update(row))
        held = {row.EXTERNAL_ID: _held(row) for row in self._connection.execute(_HELD, keys)}
        left_out = {
            row.EXTERNAL_ID: NotRecorded(row.REASON, row.WINNER or "", row.DETAIL or "", row.SINCE)
            for row in self._connection.execute(_LEFT_OUT, keys)
        }
        refused = {row.EXTERNAL_ID: row.ERROR for row in self._connection.execute(_REFUSED, keys)}
        return {
            one: Happened(tuple(updates[one]), held.get(one), left_out.get(one), refused.get(one, ""))
            for one in external_ids
        }

    def weeks(self, setid: str, slotid: int) -> list[EarlierWeek]:
        """Every occurrence of a lesson that was worked on or is held."""
        rows = self._connection.execute(_EARLIER, {"setid": setid, "slotid": slotid})
        return [EarlierWeek(row.EXTERNAL_ID, row.WEEKNUMBER, row.LESSON_DATE or "") for row in rows]

    def sets(self) -> list[str]:
        """The years that EchoDesk knows, live ones first."""
        return [row.SETID for row in self._connection.execute(_SETS)]


def _update(row: Any) -> Update:
    return Update(
        id=row.ID,
        queue_id=row.QUEUE_ID,
        action=row.ACTION,
        status=row.STATUS,
        recorded=row.RECORDED or "",
        message=row.MESSAGE or "",
        winner=row.WINNER or "",
        created=row.CREATED,
        processed=row.PROCESSED or "",
    )


def _held(row: Any) -> Held:
    return Held(
        echo_id=row.ECHO_ID,
        room=row.ROOMID,
        date=row.LESSON_DATE,
        start=clock_text(row.STARTTIME),
        finish=clock_text(row.FINISHTIME),
        title=row.TITLE,
        verified=row.VERIFIED,
    )
