"""What the tables on screen show: rows with names beside codes, and what changed since a cursor.

Reads bypass the domain. Rows written by triggers have no change number until the worker takes them, so they are
sent with every answer.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, TextClause, text

from echodesk.messages import NotificationRow, QueueRow, RoomDayRow, Row, Table, TableChanges, TableQuery
from echodesk.store.binding import as_json
from echodesk.store.searching import SEARCH_NOTIFICATIONS, SEARCH_QUEUE, SEARCH_ROOM_DAYS, search_values

_CURSOR = text("SELECT CHANGES FROM STT_ECHO_LEASE WHERE ID = 1")
_SEARCH = {
    Table.QUEUE: SEARCH_QUEUE,
    Table.NOTIFICATIONS: SEARCH_NOTIFICATIONS,
    Table.ROOM_DAYS: SEARCH_ROOM_DAYS,
}
_CHANGED = {
    Table.QUEUE: text(
        "SELECT ID FROM STT_ECHO_QUEUE WHERE CHANGE_NO > :cursor UNION ALL"
        " SELECT ID FROM STT_ECHO_QUEUE WHERE CHANGE_NO IS NULL"
    ),
    Table.NOTIFICATIONS: text("SELECT ID FROM STT_ECHO_NOTIFICATION WHERE CHANGE_NO > :cursor"),
    Table.ROOM_DAYS: text("SELECT ID FROM STT_ECHO_DAY_ROOM WHERE CHANGE_NO > :cursor"),
}
_QUEUE = text(
    "SELECT q.*, m.NAME AS MODULE_NAME, l.NAME AS LECTURER_NAME,"
    " (SELECT r.NAME FROM ROOMS r WHERE r.SETID = q.SETID AND r.ROOMID = q.ROOMID_OLD) AS OLD_NAME,"
    " (SELECT r.NAME FROM ROOMS r WHERE r.SETID = q.SETID AND r.ROOMID = q.ROOMID_NEW) AS NEW_NAME"
    " FROM json_each(:ids) i CROSS JOIN STT_ECHO_QUEUE q ON q.ID = i.value"
    " LEFT JOIN MODULE m ON m.SETID = q.SETID AND m.MODULEID = q.MODULEID"
    " LEFT JOIN LECTURER l ON l.SETID = q.SETID AND l.LECTURERID = q.LECTURERID"
)
_NOTIFICATIONS = text(
    "SELECT n.*, m.NAME AS MODULE_NAME, l.NAME AS LECTURER_NAME, r.NAME AS ROOM_NAME, s.SITENAME,"
    " (SELECT o.NAME FROM ROOMS o WHERE o.SETID = n.SETID AND o.ROOMID = n.OLD_ROOMID) AS OLD_NAME"
    " FROM json_each(:ids) i CROSS JOIN STT_ECHO_NOTIFICATION n ON n.ID = i.value"
    " LEFT JOIN MODULE m ON m.SETID = n.SETID AND m.MODULEID = n.MODULEID"
    " LEFT JOIN LECTURER l ON l.SETID = n.SETID AND l.LECTURERID = n.LECTURERID"
    " LEFT JOIN ROOMS r ON r.SETID = n.SETID AND r.ROOMID = coalesce(n.NEW_ROOMID, n.OLD_ROOMID)"
    " LEFT JOIN SITES s ON s.SETID = r.SETID AND s.SITEID = r.SITEID"
)
_ROOM_DAYS = text(
    "SELECT d.*, (SELECT r.NAME FROM ROOMS r WHERE r.ROOMID = d.ROOMID ORDER BY r.SETID DESC LIMIT 1)"
    " AS ROOM_NAME, (SELECT s.SITENAME FROM ROOMS r JOIN SITES s ON s.SETID = r.SETID AND s.SITEID = r.SITEID"
    " WHERE r.ROOMID = d.ROOMID ORDER BY r.SETID DESC LIMIT 1) AS SITE_NAME"
    " FROM json_each(:ids) i CROSS JOIN STT_ECHO_DAY_ROOM d ON d.ID = i.value"
)
# Lessons left out that stand at exactly the times of the lesson that was kept: probably one lecture.
_TOGETHER = text(
    "SELECT o.ROOMID, o.LESSON_DATE, count(*) AS HOW_MANY FROM json_each(:ids) i CROSS JOIN STT_ECHO_DAY_ROOM d"
    " ON d.ID = i.value AND d.RESOLVED IS NULL JOIN STT_ECHO_LEFT_OUT o ON o.ROOMID = d.ROOMID"
    " AND o.LESSON_DATE = d.LESSON_DATE AND o.REASON = 'clash' JOIN STT_ECHO_MIRROR w ON w.EXTERNAL_ID = o.WINNER"
    " JOIN TIMETABLE t ON t.SETID = o.SETID AND t.SLOTID = o.SLOTID AND t.SLOTENTRY = 1"
    " JOIN TIMETABLE k ON k.SETID = w.SETID AND k.SLOTID = w.SLOTID AND k.SLOTENTRY = 1"
    " AND k.STARTTIME = t.STARTTIME AND k.FINISHTIME = t.FINISHTIME"
    " WHERE t.LECTURERID IS NULL OR k.LECTURERID IS NULL OR t.LECTURERID = '' OR k.LECTURERID = ''"
    " GROUP BY o.ROOMID, o.LESSON_DATE"
)
_COUNTS = {
    Table.QUEUE: text("SELECT STATUS, count(*) FROM STT_ECHO_QUEUE GROUP BY STATUS"),
    Table.NOTIFICATIONS: text("SELECT STATUS, count(*) FROM STT_ECHO_NOTIFICATION GROUP BY STATUS"),
    Table.ROOM_DAYS: text(
        "SELECT STATE, count(*) FROM (SELECT CASE WHEN RESOLVED IS NOT NULL THEN 'resolved'"
        " WHEN LESSON_DATE < :today THEN 'passed' ELSE 'open' END AS STATE FROM STT_ECHO_DAY_ROOM) d"
        " GROUP BY STATE"
    ),
}


class Tables:
    """The live tables inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def changes(self, table: Table, cursor: int, query: TableQuery, snapshot: bool, today: str) -> TableChanges:
        """Rows changed since the cursor; all that match, up to the query's limit, for a snapshot."""
        now = int(self._connection.execute(_CURSOR).scalar_one())
        if snapshot:
            rows = self._connection.execute(_SEARCH[table], search_values(query, today))
            return TableChanges(now, self.rows(table, [row.ID for row in rows], today), frozenset())
        changed = [row.ID for row in self._connection.execute(_CHANGED[table], {"cursor": cursor})]
        found = self.rows(table, changed, today)
        matching = tuple(row for row in found if _matches(row, query))
        return TableChanges(now, matching, frozenset(changed) - {row.key for row in matching})

    def rows(self, table: Table, ids: list[int], today: str) -> tuple[Row, ...]:
        """These rows as they are shown."""
        if not ids:
            return ()
        values = {"ids": as_json(ids)}
        at = {key: number for number, key in enumerate(ids)}

        def found(statement: TextClause) -> list[Any]:
            return sorted(self._connection.execute(statement, values), key=lambda row: at[row.ID])

        if table is Table.QUEUE:
            return tuple(_queue_row(row) for row in found(_QUEUE))
        if table is Table.NOTIFICATIONS:
            return tuple(_notification_row(row) for row in found(_NOTIFICATIONS))
        together = {
            (row.ROOMID, row.LESSON_DATE): row.HOW_MANY for row in self._connection.execute(_TOGETHER, values)
        }
        return tuple(_room_day_row(row, together, today) for row in found(_ROOM_DAYS))

    def counts(self, table: Table, today: str) -> tuple[tuple[str, int], ...]:
        """(status, rows) of the whole table."""
        values = {"today": today} if table is Table.ROOM_DAYS else {}
        return tuple(sorted((row[0], row[1]) for row in self._connection.execute(_COUNTS[table], values)))


def _matches(row: Row, query: TableQuery) -> bool:
    status = row.state if isinstance(row, RoomDayRow) else row.status
    if query.statuses and status not in query.statuses:
        return False
    wanted = query.text.strip().lower()
    return not wanted or wanted in haystack(row)


def haystack(row: Row) -> str:
    """The texts of a row that a search looks at, in lower case."""
    if isinstance(row, RoomDayRow):
        parts = [row.room, row.room_name, row.date, row.last_error]
    elif isinstance(row, QueueRow):
        parts = [
            *(str(row.slotid), row.setid, row.module, row.group, row.room_old, row.room_new, row.lecturer),
            *(row.error, row.room_new_name, row.module_title, row.lecturer_name),
        ]
    else:
        parts = [
            *(row.external_id, row.setid, row.module, row.group, row.old_room, row.room, row.lecturer),
            *(row.message, row.date, row.room_name, row.module_title, row.lecturer_name),
        ]
    return " ".join(parts).lower()


def _queue_row(row: Any) -> QueueRow:
    return QueueRow(
        key=row.ID,
        status=row.STATUS,
        worst=row.WORST or "",
        action=row.ACTION,
        source=row.SOURCE,
        setid=row.SETID,
        slotid=row.SLOTID,
        module=row.MODULEID or "",
        module_title=row.MODULE_NAME or "",
        group=row.MODGRPCODE or "",
        lecturer=row.LECTURERID or "",
        lecturer_name=row.LECTURER_NAME or "",
        room_old=row.ROOMID_OLD or "",
        room_old_name=row.OLD_NAME or "",
        room_new=row.ROOMID_NEW or "",
        room_new_name=row.NEW_NAME or "",
        weekday_old=row.WEEKDAY_OLD or 0,
        weekday_new=row.WEEKDAY_NEW or 0,
        start_old=row.STARTTIME_OLD or "",
        start_new=row.STARTTIME_NEW or "",
        finish_old=row.FINISHTIME_OLD or "",
        finish_new=row.FINISHTIME_NEW or "",
        weeks_done=row.WEEKS_DONE,
        weeks_all=row.WEEKS_ALL,
        created=row.CREATED,
        processed=row.PROCESSED or "",
        error=row.ERROR or "",
        retry_of=row.RETRY_OF or 0,
        attempts=row.ATTEMPTS,
    )


def _notification_row(row: Any) -> NotificationRow:
    return NotificationRow(
        key=row.ID,
        queue_id=row.QUEUE_ID,
        external_id=row.EXTERNAL_ID,
        status=row.STATUS,
        recorded=row.RECORDED or "",
        action=row.ACTION,
        message=row.MESSAGE or "",
        winner=row.WINNER or "",
        setid=row.SETID,
        slotid=row.SLOTID,
        week=row.WEEKNUMBER,
        date=row.LESSON_DATE or "",
        start=row.STARTTIME or "",
        finish=row.FINISHTIME or "",
        room=row.NEW_ROOMID or row.OLD_ROOMID or "",
        room_name=row.ROOM_NAME or "",
        building=row.SITENAME or "",
        old_room=row.OLD_ROOMID or "",
        old_room_name=row.OLD_NAME or "",
        old_date=row.OLD_DATE or "",
        module=row.MODULEID or "",
        module_title=row.MODULE_NAME or "",
        group=row.MODGRPCODE or "",
        lecturer=row.LECTURERID or "",
        lecturer_name=row.LECTURER_NAME or "",
        created=row.CREATED,
        processed=row.PROCESSED or "",
        attempts=row.ATTEMPTS,
    )


def _room_day_row(row: Any, together: dict[tuple[str, str], int], today: str) -> RoomDayRow:
    state = "resolved" if row.RESOLVED else "passed" if today > row.LESSON_DATE else "open"
    return RoomDayRow(
        key=row.ID,
        state=state,
        room=row.ROOMID,
        room_name=row.ROOM_NAME or "",
        building=row.SITE_NAME or "",
        date=row.LESSON_DATE,
        left_out=row.LEFT_OUT,
        failed=row.FAILED,
        together_possible=together.get((row.ROOMID, row.LESSON_DATE), 0) if state == "open" else 0,
        first_seen=row.FIRST_SEEN,
        last_refresh=row.LAST_REFRESH or "",
        times_refreshed=row.TIMES_REFRESHED,
        resolved=row.RESOLVED or "",
        last_error=row.LAST_ERROR or "",
    )
