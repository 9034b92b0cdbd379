"""Which rows of a table match what was asked: the same rule for showing and for "retry all that match".

Every way to the newest rows of a status is an index's own order, so that it costs the same however many there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from echodesk.messages import SEARCHED, Table, TableQuery, is_room, search_words
from echodesk.store.binding import as_json

_NEWEST = {
    Table.QUEUE: text("SELECT ID FROM STT_ECHO_QUEUE ORDER BY ID DESC LIMIT :limit"),
    Table.NOTIFICATIONS: text("SELECT ID FROM STT_ECHO_NOTIFICATION ORDER BY ID DESC LIMIT :limit"),
    Table.ROOM_DAYS: text("SELECT ID FROM STT_ECHO_DAY_ROOM ORDER BY ID DESC LIMIT :limit"),
}
# A range of one status: whoever plans it cannot take the rows one by one by their ids instead, past all others.
_OF_STATUS = {
    Table.QUEUE: text(
        "SELECT ID FROM STT_ECHO_QUEUE WHERE STATUS BETWEEN :status AND :status"
        " ORDER BY STATUS DESC, ID DESC LIMIT :limit"
    ),
    Table.NOTIFICATIONS: text(
        "SELECT ID FROM STT_ECHO_NOTIFICATION WHERE STATUS BETWEEN :status AND :status"
        " ORDER BY STATUS DESC, ID DESC LIMIT :limit"
    ),
}
_ROOM_DAYS_OF = {
    "open": text(
        "SELECT ID FROM STT_ECHO_DAY_ROOM INDEXED BY STT_ECHO_DAY_ROOM_DATE WHERE RESOLVED IS NULL"
        " AND LESSON_DATE >= :today ORDER BY ID DESC LIMIT :limit"
    ),
    "passed": text(
        "SELECT ID FROM STT_ECHO_DAY_ROOM INDEXED BY STT_ECHO_DAY_ROOM_DATE WHERE RESOLVED IS NULL"
        " AND LESSON_DATE < :today ORDER BY ID DESC LIMIT :limit"
    ),
    "resolved": text("SELECT ID FROM STT_ECHO_DAY_ROOM WHERE RESOLVED IS NOT NULL ORDER BY ID DESC LIMIT :limit"),
}
# The text may name a lesson by id, module, group, room, lecturer or external id; names count as codes do.
_QUEUE_WORDS = (
    "SELECT q.ID, q.SLOTID || ' ' || q.SETID || ' ' || coalesce(q.MODULEID, '') || ' '"
    " || coalesce(q.MODGRPCODE, '') || ' ' || coalesce(q.ROOMID_OLD, '') || ' ' || coalesce(q.ROOMID_NEW, '')"
    " || ' ' || coalesce(q.LECTURERID, '') || ' ' || coalesce(q.ERROR, '') || ' ' || coalesce(r.NAME, '') || ' '"
    " || coalesce(m.NAME, '') || ' ' || coalesce(l.NAME, '') AS WORDS, q.ROOMID_OLD AS OLD_ROOM,"
    " q.ROOMID_NEW AS NEW_ROOM, q.CREATED AS CAME FROM {rows}"
    " LEFT JOIN ROOMS r ON TRIM(r.SETID) = TRIM(q.SETID) AND TRIM(r.ROOMID) = TRIM(q.ROOMID_NEW)"
    " LEFT JOIN MODULE m ON TRIM(m.SETID) = TRIM(q.SETID) AND TRIM(m.MODULEID) = TRIM(q.MODULEID)"
    " LEFT JOIN LECTURER l ON TRIM(l.SETID) = TRIM(q.SETID) AND TRIM(l.LECTURERID) = TRIM(q.LECTURERID)"
)
_NOTIFICATION_WORDS = (
    "SELECT n.ID, n.EXTERNAL_ID || ' ' || n.SETID || ' ' || coalesce(n.MODULEID, '') || ' '"
    " || coalesce(n.MODGRPCODE, '') || ' ' || coalesce(n.OLD_ROOMID, '') || ' ' || coalesce(n.NEW_ROOMID, '')"
    " || ' ' || coalesce(n.LECTURERID, '') || ' ' || coalesce(n.MESSAGE, '') || ' '"
    " || coalesce(n.LESSON_DATE, '') || ' ' || coalesce(r.NAME, '') || ' ' || coalesce(m.NAME, '') || ' '"
    " || coalesce(l.NAME, '') AS WORDS, n.OLD_ROOMID AS OLD_ROOM, n.NEW_ROOMID AS NEW_ROOM, n.CREATED AS CAME"
    " FROM {rows}"
    " LEFT JOIN ROOMS r ON TRIM(r.SETID) = TRIM(n.SETID) AND TRIM(r.ROOMID) = TRIM(n.NEW_ROOMID)"
    " LEFT JOIN MODULE m ON TRIM(m.SETID) = TRIM(n.SETID) AND TRIM(m.MODULEID) = TRIM(n.MODULEID)"
    " LEFT JOIN LECTURER l ON TRIM(l.SETID) = TRIM(n.SETID) AND TRIM(l.LECTURERID) = TRIM(n.LECTURERID)"
)
_WORDS = {
    Table.QUEUE: text(_QUEUE_WORDS.format(rows="json_each(:ids) i CROSS JOIN STT_ECHO_QUEUE q ON q.ID = i.value")),
    Table.NOTIFICATIONS: text(
        _NOTIFICATION_WORDS.format(rows="json_each(:ids) i CROSS JOIN STT_ECHO_NOTIFICATION n ON n.ID = i.value")
    ),
    Table.ROOM_DAYS: text(
        "SELECT d.ID, d.ROOMID || ' ' || d.LESSON_DATE || ' ' || coalesce(d.LAST_ERROR, '') || ' ' ||"
        " coalesce(r.NAME, '') AS WORDS, d.ROOMID AS OLD_ROOM, d.ROOMID AS NEW_ROOM, d.FIRST_SEEN AS CAME"
        " FROM json_each(:ids) i CROSS JOIN STT_ECHO_DAY_ROOM d ON d.ID = i.value"
        " LEFT JOIN (SELECT a.ROOMID, max(a.NAME) AS NAME FROM (SELECT TRIM(ROOMID) AS ROOMID, NAME FROM ROOMS) a"
        " GROUP BY a.ROOMID) r ON r.ROOMID = d.ROOMID"
    ),
}
# The same of many at once: a server that is not told how many there are would look up each of their names.
_QUEUE_PART = (
    "(SELECT x.ID, x.SLOTID, x.SETID, x.MODULEID, x.MODGRPCODE, x.ROOMID_OLD, x.ROOMID_NEW, x.LECTURERID, x.ERROR,"
    " x.CREATED"
    " FROM STT_ECHO_QUEUE x {which} LIMIT :limit) q"
)
_NOTIFICATION_PART = (
    "(SELECT x.ID, x.EXTERNAL_ID, x.SETID, x.MODULEID, x.MODGRPCODE, x.OLD_ROOMID, x.NEW_ROOMID, x.LECTURERID,"
    " x.MESSAGE, x.LESSON_DATE, x.CREATED FROM STT_ECHO_NOTIFICATION x {which} LIMIT :limit) n"
)
_ROOMS = text("SELECT DISTINCT TRIM(ROOMID) AS ROOMID, TRIM(NAME) AS NAME FROM ROOMS")
_ALL = "ORDER BY x.ID DESC"
_ONE_STATUS = "WHERE x.STATUS BETWEEN :status AND :status ORDER BY x.STATUS DESC, x.ID DESC"
_NEWEST_WORDS = {
    Table.QUEUE: text(_QUEUE_WORDS.format(rows=_QUEUE_PART.format(which=_ALL))),
    Table.NOTIFICATIONS: text(_NOTIFICATION_WORDS.format(rows=_NOTIFICATION_PART.format(which=_ALL))),
}
_WORDS_OF_STATUS = {
    Table.QUEUE: text(_QUEUE_WORDS.format(rows=_QUEUE_PART.format(which=_ONE_STATUS))),
    Table.NOTIFICATIONS: text(_NOTIFICATION_WORDS.format(rows=_NOTIFICATION_PART.format(which=_ONE_STATUS))),
}


@dataclass(frozen=True, slots=True)
class Found:
    """The newest rows that match a query, newest first."""

    ids: list[int]
    more: bool
    """More match than the query's limit."""
    cut: bool
    """There were more rows than the text is looked for in."""


def search(
    connection: Connection, table: Table, query: TableQuery, today: str, looked_at: int = SEARCHED
) -> Found:
    """The newest rows that match, at most the query's limit; where they have to be looked at, so many of them."""
    if not query.narrow:
        ids = newest(connection, table, query.statuses, query.limit + 1, today)
        return Found(ids[: query.limit], len(ids) > query.limit, cut=False)
    near = _newest_words(connection, table, query.statuses, today, looked_at + 1)
    ids = _matching(connection, near[:looked_at], query)
    # Where the last that was looked at came too early, so did all before it.
    cut = len(near) > looked_at and query.since <= near[looked_at - 1].CAME
    return Found(ids[: query.limit], len(ids) > query.limit, cut)


def newest(connection: Connection, table: Table, statuses: Sequence[str], limit: int, today: str) -> list[int]:
    """The newest rows of any of these statuses (none: of all), at most so many, newest first."""
    values: dict[str, object] = {"limit": limit, "today": today}
    if not statuses:
        return list(connection.execute(_NEWEST[table], {"limit": limit}).scalars())
    found: list[int] = []
    for status in statuses:
        if table is not Table.ROOM_DAYS:
            found += connection.execute(_OF_STATUS[table], values | {"status": status}).scalars()
        elif status in _ROOM_DAYS_OF:
            found += connection.execute(_ROOM_DAYS_OF[status], values).scalars()
    return sorted(found, reverse=True)[:limit]


def matching(connection: Connection, table: Table, ids: Collection[int], query: TableQuery) -> list[int]:
    """Those of these rows that match, whatever their status, in the same order."""
    if not query.narrow or not ids:
        return list(ids)
    found = set(_matching(connection, _words(connection, table, ids), query))
    return [one for one in ids if one in found]


def _matching(connection: Connection, rows: Iterable[Any], query: TableQuery) -> list[int]:
    wanted = [word.lower() for word in search_words(query.text)]
    rooms = rooms_meant(connection, query.room) if query.room else frozenset()
    return [
        row.ID
        for row in rows
        if query.since <= row.CAME
        and (not query.room or row.OLD_ROOM in rooms or row.NEW_ROOM in rooms)
        and _says(row.WORDS, wanted)
    ]


def _says(words: str, wanted: Sequence[str]) -> bool:
    said = words.lower()
    return all(one in said for one in wanted)


def rooms_meant(connection: Connection, wanted: str) -> frozenset[str]:
    """The codes of the rooms that are meant; the code itself may be of a room that is no more."""
    found = connection.execute(_ROOMS)
    return frozenset(row.ROOMID for row in found if is_room(wanted, row.ROOMID, row.NAME or "")) | {wanted}


def _newest_words(
    connection: Connection, table: Table, statuses: Sequence[str], today: str, limit: int
) -> list[Any]:
    """What is looked at of the newest rows of any of these statuses, newest first."""
    if table is Table.ROOM_DAYS:
        found = _words(connection, table, newest(connection, table, statuses, limit, today))
    elif not statuses:
        found = list(connection.execute(_NEWEST_WORDS[table], {"limit": limit}))
    else:
        asked = [connection.execute(_WORDS_OF_STATUS[table], {"status": one, "limit": limit}) for one in statuses]
        found = [row for rows in asked for row in rows]
    return sorted(found, key=lambda row: -row.ID)[:limit]


def _words(connection: Connection, table: Table, ids: Collection[int]) -> list[Any]:
    return list(connection.execute(_WORDS[table], {"ids": as_json(ids)}))
