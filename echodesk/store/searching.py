"""Which rows of a table match what was typed: the same rule for showing and for "retry all that match"."""

from __future__ import annotations

import json

from sqlalchemy import text

from echodesk.messages import TableQuery

# The text may name a lesson by id, module, group, room, lecturer or external id; names count as codes do.

SEARCH_QUEUE = text(
    "SELECT ID FROM STT_ECHO_QUEUE q WHERE (:all OR q.STATUS IN (SELECT value FROM json_each(:statuses)))"
    " AND (:text = '' OR instr(lower(q.SLOTID || ' ' || q.SETID || ' ' || coalesce(q.MODULEID, '') || ' '"
    " || coalesce(q.MODGRPCODE, '') || ' ' || coalesce(q.ROOMID_OLD, '') || ' ' || coalesce(q.ROOMID_NEW, '')"
    " || ' ' || coalesce(q.LECTURERID, '') || ' ' || coalesce(q.ERROR, '') || ' ' ||"
    " coalesce((SELECT r.NAME FROM ROOMS r WHERE r.SETID = q.SETID AND r.ROOMID = q.ROOMID_NEW), '') || ' ' ||"
    " coalesce((SELECT m.NAME FROM MODULE m WHERE m.SETID = q.SETID AND m.MODULEID = q.MODULEID), '') || ' ' ||"
    " coalesce((SELECT l.NAME FROM LECTURER l WHERE l.SETID = q.SETID AND l.LECTURERID = q.LECTURERID), '')"
    " ), :text)) ORDER BY ID DESC LIMIT :limit"
)
SEARCH_NOTIFICATIONS = text(
    "SELECT ID FROM STT_ECHO_NOTIFICATION n WHERE (:all OR n.STATUS IN (SELECT value FROM json_each(:statuses)))"
    " AND (:text = '' OR instr(lower(n.EXTERNAL_ID || ' ' || n.SETID || ' ' || coalesce(n.MODULEID, '') || ' '"
    " || coalesce(n.MODGRPCODE, '') || ' ' || coalesce(n.OLD_ROOMID, '') || ' ' || coalesce(n.NEW_ROOMID, '')"
    " || ' ' || coalesce(n.LECTURERID, '') || ' ' || coalesce(n.MESSAGE, '') || ' ' || coalesce(n.LESSON_DATE, '')"
    " || ' ' ||"
    " coalesce((SELECT r.NAME FROM ROOMS r WHERE r.SETID = n.SETID AND r.ROOMID = n.NEW_ROOMID), '') || ' ' ||"
    " coalesce((SELECT m.NAME FROM MODULE m WHERE m.SETID = n.SETID AND m.MODULEID = n.MODULEID), '') || ' ' ||"
    " coalesce((SELECT l.NAME FROM LECTURER l WHERE l.SETID = n.SETID AND l.LECTURERID = n.LECTURERID), '')"
    " ), :text)) ORDER BY ID DESC LIMIT :limit"
)
SEARCH_ROOM_DAYS = text(
    "SELECT ID FROM STT_ECHO_DAY_ROOM d WHERE (:all OR (CASE WHEN d.RESOLVED IS NOT NULL THEN 'resolved'"
    " WHEN d.LESSON_DATE < :today THEN 'passed' ELSE 'open' END) IN (SELECT value FROM json_each(:statuses)))"
    " AND (:text = '' OR instr(lower(d.ROOMID || ' ' || d.LESSON_DATE || ' ' || coalesce(d.LAST_ERROR, '')"
    " || ' ' || coalesce((SELECT max(r.NAME) FROM ROOMS r WHERE r.ROOMID = d.ROOMID), '')), :text))"
    " ORDER BY ID DESC LIMIT :limit"
)


def search_values(query: TableQuery, today: str = "") -> dict[str, object]:
    """The bind values of a search."""
    return {
        "all": int(not query.statuses),
        "statuses": json.dumps(list(query.statuses)),
        "text": query.text.strip().lower(),
        "limit": query.limit,
        "today": today,
    }
