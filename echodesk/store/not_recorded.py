"""Which lessons a plan does not record, as its comparison found them: kept with the plan, whatever came after."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, text

from echodesk.batches import NotRecorded
from echodesk.planning.values import LeftOut
from echodesk.store.binding import as_json
from echodesk.store.many import ManyRows

_LINES = ManyRows(
    "STT_ECHO_BATCH_LEFT_OUT",
    {
        "BATCH_ID": "batch",
        "LINE": "line",
        "EXTERNAL_ID": "external_id",
        "TITLE": "title",
        "ROOMID": "room",
        "LESSON_DATE": "date",
        "TIMES": "times",
        "REASON": "reason",
        "DETAIL": "detail",
    },
)
_LISTED = text(
    "SELECT LINE, EXTERNAL_ID, TITLE, ROOMID, LESSON_DATE, TIMES, REASON, DETAIL FROM STT_ECHO_BATCH_LEFT_OUT"
    " WHERE BATCH_ID = :batch ORDER BY LINE"
)
_FORGET = text("DELETE FROM STT_ECHO_BATCH_LEFT_OUT WHERE BATCH_ID IN (SELECT value FROM json_each(:batches))")


def keep_not_recorded(connection: Connection, batch: int, left_out: Iterable[LeftOut]) -> None:
    """The lessons that a plan leaves out; they are numbered in the order of time."""
    in_order = sorted(left_out, key=lambda one: (one.place.date, one.time, one.place.room, one.external_id))
    rows = [
        {
            "batch": batch,
            "line": line,
            "external_id": one.external_id,
            "title": one.title,
            "room": one.place.room,
            "date": one.place.date.isoformat(),
            "times": one.time or None,
            "reason": one.reason.value,
            "detail": one.detail or None,
        }
        for line, one in enumerate(in_order, start=1)
    ]
    _LINES.insert(connection, rows)


def forget_not_recorded(connection: Connection, batches: Collection[int]) -> None:
    """The lists of these plans are needed no more."""
    if batches:
        connection.execute(_FORGET, {"batches": as_json(sorted(batches))})


def not_recorded(connection: Connection, batch: int, building_of: Mapping[str, str]) -> tuple[NotRecorded, ...]:
    """The lessons that a plan leaves out, in the order of time. `building_of` says where rooms are, in words."""
    found = []
    for row in connection.execute(_LISTED, {"batch": batch}):
        room = row.ROOMID.rstrip()
        found.append(
            NotRecorded(
                key=row.LINE,
                external_id=row.EXTERNAL_ID,
                title=row.TITLE,
                room=room,
                building=building_of.get(room, ""),
                date=row.LESSON_DATE,
                time=row.TIMES or "",
                reason=row.REASON,
                kept=row.DETAIL or "",
            )
        )
    return tuple(found)
