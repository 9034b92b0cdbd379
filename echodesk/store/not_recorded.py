"""Which lessons are not recorded, as the last planning of their rooms and days left it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, text

from echodesk.batches import NotRecorded
from echodesk.planning.steps import PlanScope
from echodesk.store.binding import sure_place
from echodesk.store.plans_shown import buildings

_LAST_DATE = "9999-12-31"
_LISTED = text(
    "SELECT o.EXTERNAL_ID, o.ROOMID, o.LESSON_DATE, o.REASON, o.WINNER, o.DETAIL, t.MODULEID, t.MODGRPCODE,"
    " t.STARTTIME, t.FINISHTIME, m.NAME AS MODULE_NAME,"
    " (SELECT w.TITLE FROM STT_ECHO_MIRROR w WHERE w.EXTERNAL_ID = o.WINNER) AS OUR_WINNER,"
    " (SELECT w.TITLE FROM STT_ECHO_MIRROR w WHERE w.ECHO_ID = o.WINNER) AS THEIR_WINNER"
    " FROM STT_ECHO_LEFT_OUT o LEFT JOIN TIMETABLE t ON t.SETID = o.SETID AND t.SLOTID = o.SLOTID"
    " AND t.SLOTENTRY = 1 LEFT JOIN MODULE m ON m.SETID = t.SETID AND m.MODULEID = t.MODULEID"
    " WHERE o.LESSON_DATE BETWEEN :first AND :last ORDER BY o.LESSON_DATE, t.STARTTIME, o.EXTERNAL_ID"
)


def not_recorded(
    connection: Connection, scope: PlanScope, rooms: Collection[str] | None, today: str
) -> tuple[NotRecorded, ...]:
    """The lessons of a scope that are not recorded, from `today` (ISO date on campus) on, in the order of time.
    `rooms` are those of the scope, None for all."""
    values = {"first": max(scope.first, today), "last": scope.last or _LAST_DATE}
    building_of = buildings(connection)
    found = []
    for row in connection.execute(_LISTED, values):
        place = sure_place(row.ROOMID, row.LESSON_DATE)
        if not scope.holds(place, rooms):
            continue
        about = f"{row.MODULEID or ''} {row.MODGRPCODE or ''} {row.MODULE_NAME or ''}"
        keeps = row.OUR_WINNER or row.THEIR_WINNER or row.WINNER
        found.append(
            NotRecorded(
                external_id=row.EXTERNAL_ID,
                title=" ".join(about.split()),
                room=place.room,
                building=building_of.get(place.room, ""),
                date=row.LESSON_DATE,
                time=f"{row.STARTTIME}-{row.FINISHTIME}" if row.STARTTIME else "",
                reason=row.REASON,
                kept=f"{keeps} keeps the room" if keeps else row.DETAIL or "",
            )
        )
    return tuple(found)
