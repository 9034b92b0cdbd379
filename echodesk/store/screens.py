"""What the tables on screen show: rows with names beside codes, and what changed since a cursor.

Reads bypass the domain. Rows written by triggers have no change number until the worker takes them: whoever asks
says which of those it knows. CMIS may pad a code in one table and not in another. Ours hold them trimmed,
and are trimmed in comparisons all the same: SQLite uses an index of trimmed codes only where no column is on the
other side.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, TextClause, text

from echodesk.messages import NotificationRow, QueueRow, RoomDayRow, Row, Table, TableChanges, TableQuery
from echodesk.store.binding import as_json
from echodesk.store.searching import matching, search

_CURSOR = text("SELECT CHANGES FROM STT_ECHO_LEASE WHERE ID = 1")
_CHANGED = {
    Table.QUEUE: text("SELECT ID FROM STT_ECHO_QUEUE WHERE CHANGE_NO > :cursor LIMIT :limit"),
    Table.NOTIFICATIONS: text("SELECT ID FROM STT_ECHO_NOTIFICATION WHERE CHANGE_NO > :cursor LIMIT :limit"),
    Table.ROOM_DAYS: text("SELECT ID FROM STT_ECHO_DAY_ROOM WHERE CHANGE_NO > :cursor LIMIT :limit"),
}
_UNNUMBERED = text("SELECT ID FROM STT_ECHO_QUEUE WHERE CHANGE_NO IS NULL ORDER BY ID DESC LIMIT :limit")
_QUEUE = text(
    "SELECT q.*, TRIM(m.NAME) AS MODULE_NAME, TRIM(l.NAME) AS LECTURER_NAME,"
    " TRIM(o.NAME) AS OLD_NAME, TRIM(r.NAME) AS NEW_NAME"
    " FROM json_each(:ids) i CROSS JOIN STT_ECHO_QUEUE q ON q.ID = i.value"
    " LEFT JOIN MODULE m ON TRIM(m.SETID) = TRIM(q.SETID) AND TRIM(m.MODULEID) = TRIM(q.MODULEID)"
    " LEFT JOIN LECTURER l ON TRIM(l.SETID) = TRIM(q.SETID) AND TRIM(l.LECTURERID) = TRIM(q.LECTURERID)"
    " LEFT JOIN ROOMS o ON TRIM(o.SETID) = TRIM(q.SETID) AND TRIM(o.ROOMID) = TRIM(q.ROOMID_OLD)"
    " LEFT JOIN ROOMS r ON TRIM(r.SETID) = TRIM(q.SETID) AND TRIM(r.ROOMID) = TRIM(q.ROOMID_NEW)"
)
_NOTIFICATIONS = text(
    "SELECT n.*, TRIM(m.NAME) AS MODULE_NAME, TRIM(l.NAME) AS LECTURER_NAME, TRIM(r.NAME) AS ROOM_NAME,"
    " TRIM(s.SITENAME) AS SITENAME, TRIM(o.NAME) AS OLD_NAME"
    " FROM json_each(:ids) i CROSS JOIN STT_ECHO_NOTIFICATION n ON n.ID = i.value"
    " LEFT JOIN MODULE m ON TRIM(m.SETID) = TRIM(n.SETID) AND TRIM(m.MODULEID) = TRIM(n.MODULEID)"
    " LEFT JOIN LECTURER l ON TRIM(l.SETID) = TRIM(n.SETID) AND TRIM(l.LECTURERID) = TRIM(n.LECTURERID)"
    " LEFT JOIN ROOMS o ON TRIM(o.SETID) = TRIM(n.SETID) AND TRIM(o.ROOMID) = TRIM(n.OLD_ROOMID)"
    " LEFT JOIN ROOMS r ON TRIM(r.SETID) = TRIM(n.SETID) AND TRIM(r.ROOMID) = coalesce(n.NEW_ROOMID, n.OLD_ROOMID)"
    " LEFT JOIN SITES s ON TRIM(s.SETID) = TRIM(r.SETID) AND TRIM(s.SITEID) = TRIM(r.SITEID)"
)
_ROOM_DAYS = text("SELECT d.* FROM json_each(:ids) i CROSS JOIN STT_ECHO_DAY_ROOM d ON d.ID = i.value")
# A room-day is of no year: the room is called as in the newest that has it.
ROOM_NAMES = text(
    "SELECT TRIM(r.ROOMID) AS ROOMID, TRIM(r.NAME) AS NAME, TRIM(s.SITENAME) AS SITENAME FROM ROOMS r"
    " LEFT JOIN SITES s ON TRIM(s.SETID) = TRIM(r.SETID) AND TRIM(s.SITEID) = TRIM(r.SITEID)"
    " WHERE TRIM(r.ROOMID) IN (SELECT value FROM json_each(:rooms)) ORDER BY r.SETID"
)
# The lessons left out in open room-days, and those that were kept.
_LESSONS_THERE = text(
    "SELECT d.ID, o.SETID, o.SLOTID, w.SETID AS KEPT_SETID, w.SLOTID AS KEPT_SLOTID"
    " FROM json_each(:ids) i CROSS JOIN STT_ECHO_DAY_ROOM d ON d.ID = i.value AND d.RESOLVED IS NULL"
    " JOIN STT_ECHO_LEFT_OUT o ON o.ROOMID = d.ROOMID AND o.LESSON_DATE = d.LESSON_DATE"
    " LEFT JOIN STT_ECHO_MIRROR w ON w.EXTERNAL_ID = o.WINNER"
)
_MODULES = text(
    "SELECT TRIM(t.SETID) AS SETID, t.SLOTID, TRIM(t.MODULEID) AS MODULEID, TRIM(m.OWNER) AS OWNER,"
    " (SELECT min(TRIM(p.NAME)) FROM DEPTS p WHERE TRIM(p.DEPTID) = TRIM(m.OWNER)) AS DEPARTMENT"
    " FROM json_each(:keys) k CROSS JOIN TIMETABLE t ON TRIM(t.SETID) = json_extract(k.value, '$[0]')"
    " AND t.SLOTID = json_extract(k.value, '$[1]') AND t.SLOTENTRY = 1"
    " LEFT JOIN MODULE m ON TRIM(m.SETID) = TRIM(t.SETID) AND TRIM(m.MODULEID) = TRIM(t.MODULEID)"
)
# Lessons left out that stand at exactly the times of a kept one of another module, where no two lecturers are
# known: probably one lecture.
_TOGETHER = text(
    "SELECT o.ROOMID, o.LESSON_DATE, count(*) AS HOW_MANY FROM json_each(:ids) i CROSS JOIN STT_ECHO_DAY_ROOM d"
    " ON d.ID = i.value AND d.RESOLVED IS NULL JOIN STT_ECHO_LEFT_OUT o ON o.ROOMID = d.ROOMID"
    " AND o.LESSON_DATE = d.LESSON_DATE AND o.REASON = 'clash' JOIN STT_ECHO_MIRROR w ON w.EXTERNAL_ID = o.WINNER"
    " JOIN TIMETABLE t ON TRIM(t.SETID) = TRIM(o.SETID) AND t.SLOTID = o.SLOTID AND t.SLOTENTRY = 1"
    " JOIN TIMETABLE k ON TRIM(k.SETID) = TRIM(w.SETID) AND k.SLOTID = w.SLOTID AND k.SLOTENTRY = 1"
    " AND TRIM(k.STARTTIME) = TRIM(t.STARTTIME) AND TRIM(k.FINISHTIME) = TRIM(t.FINISHTIME)"
    " WHERE TRIM(t.MODULEID) <> TRIM(k.MODULEID) AND (NULLIF(TRIM(t.LECTURERID), '') IS NULL"
    " OR NULLIF(TRIM(k.LECTURERID), '') IS NULL OR TRIM(t.LECTURERID) = TRIM(k.LECTURERID))"
    " GROUP BY o.ROOMID, o.LESSON_DATE"
)
_COUNTS = {
    Table.QUEUE: text("SELECT STATUS, count(*) FROM STT_ECHO_QUEUE GROUP BY STATUS"),
    Table.NOTIFICATIONS: text("SELECT STATUS, count(*) FROM STT_ECHO_NOTIFICATION GROUP BY STATUS"),
}
_ROOM_DAY_COUNTS = text(
    "SELECT (SELECT count(*) FROM STT_ECHO_DAY_ROOM WHERE RESOLVED IS NULL AND LESSON_DATE >= :today) AS OPEN_NOW,"
    " (SELECT count(*) FROM STT_ECHO_DAY_ROOM WHERE RESOLVED IS NULL AND LESSON_DATE < :today) AS PASSED,"
    " (SELECT count(*) FROM STT_ECHO_DAY_ROOM) AS IN_ALL"
)


class Tables:
    """The live tables inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def changes(
        self, table: Table, cursor: int, query: TableQuery, snapshot: bool, today: str, told: frozenset[int]
    ) -> TableChanges:
        """Rows changed since the cursor, and those without a number that were not `told`. For a snapshot, and
        where more have changed than the query's limit: all that match, up to that limit."""
        now = int(self._connection.execute(_CURSOR).scalar_one())
        limit = {"limit": query.limit + 1}
        rows = self._connection.execute(_UNNUMBERED, limit) if table is Table.QUEUE else ()
        unnumbered = frozenset(row.ID for row in rows)
        if not snapshot:
            changed = set(self._connection.execute(_CHANGED[table], {"cursor": cursor, **limit}).scalars())
            changed |= unnumbered - told
            if len(changed) <= query.limit:
                return self._changed(table, now, changed, query, today, unnumbered)
        found = search(self._connection, table, query, today)
        shown = self.rows(table, found.ids, today)
        return TableChanges(now, shown, frozenset(), unnumbered, snapshot=True, more=found.more, cut=found.cut)

    def _changed(
        self, table: Table, now: int, changed: set[int], query: TableQuery, today: str, unnumbered: frozenset[int]
    ) -> TableChanges:
        shown = tuple(
            row
            for row in self.rows(table, matching(self._connection, table, changed, query), today)
            if not query.statuses or _status(row) in query.statuses
        )
        gone = frozenset(changed) - {row.key for row in shown}
        return TableChanges(now, shown, gone, unnumbered)

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
        days = found(_ROOM_DAYS)
        asked = {"rooms": as_json({row.ROOMID for row in days})}
        names = {row.ROOMID: row for row in self._connection.execute(ROOM_NAMES, asked)}
        there = self._modules(ids)
        return tuple(
            _room_day_row(row, names.get(row.ROOMID), together, there.get(row.ID, _NO_MODULES), today)
            for row in days
        )

    def _modules(self, ids: list[int]) -> dict[int, _Modules]:
        """Room-day → the modules and departments of the lessons that clash there."""
        rows = self._connection.execute(_LESSONS_THERE, {"ids": as_json(ids)}).all()
        keys_of: dict[int, set[tuple[str, int]]] = defaultdict(set)
        for row in rows:
            keys_of[row.ID].add((row.SETID, row.SLOTID))
            if row.KEPT_SETID is not None and row.KEPT_SLOTID is not None:
                keys_of[row.ID].add((row.KEPT_SETID, row.KEPT_SLOTID))
        keys = as_json(sorted(set[tuple[str, int]]().union(*keys_of.values())))
        of = {(row.SETID, row.SLOTID): row for row in self._connection.execute(_MODULES, {"keys": keys})}
        found = {}
        for day, lessons in keys_of.items():
            there = [of[key] for key in lessons if key in of]
            modules = {row.MODULEID for row in there} - {None, ""}
            departments = {row.DEPARTMENT or row.OWNER for row in there} - {None, ""}
            found[day] = (tuple(sorted(modules)), tuple(sorted(departments)))
        return found

    def counts(self, table: Table, today: str) -> tuple[tuple[str, int], ...]:
        """(status, rows) of the whole table."""
        if table is not Table.ROOM_DAYS:
            return tuple(sorted((row[0], row[1]) for row in self._connection.execute(_COUNTS[table])))
        found = self._connection.execute(_ROOM_DAY_COUNTS, {"today": today}).one()
        resolved = found.IN_ALL - found.OPEN_NOW - found.PASSED
        states = (("open", found.OPEN_NOW), ("passed", found.PASSED), ("resolved", resolved))
        return tuple((state, count) for state, count in states if count)


def _status(row: Row) -> str:
    return row.state if isinstance(row, RoomDayRow) else row.status


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


_Modules = tuple[tuple[str, ...], tuple[str, ...]]
_NO_MODULES: _Modules = ((), ())


def _room_day_row(
    row: Any, names: Any, together: dict[tuple[str, str], int], there: _Modules, today: str
) -> RoomDayRow:
    state = "resolved" if row.RESOLVED else "passed" if today > row.LESSON_DATE else "open"
    return RoomDayRow(
        key=row.ID,
        state=state,
        room=row.ROOMID,
        room_name=(names.NAME or "") if names else "",
        building=(names.SITENAME or "") if names else "",
        date=row.LESSON_DATE,
        left_out=row.LEFT_OUT,
        failed=row.FAILED,
        together_possible=together.get((row.ROOMID, row.LESSON_DATE), 0) if state == "open" else 0,
        first_seen=row.FIRST_SEEN,
        last_refresh=row.LAST_REFRESH or "",
        times_refreshed=row.TIMES_REFRESHED,
        resolved=row.RESOLVED or "",
        last_error=row.LAST_ERROR or "",
        modules=there[0],
        departments=there[1],
    )
