"""Edits of the timetable that a trigger on a server could not enter; the edit itself went through all the same.

They count until everything was compared: a comparison finds whatever they changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection, column, func, select, table

from echodesk.planning.batches import BatchKind, BatchRecord, BatchState
from echodesk.planning.steps import PlanScope
from echodesk.store.batches import Batches
from echodesk.store.binding import ChangeNumber

NEWEST = 500
UNFINISHED = (BatchState.COMPARING, BatchState.FAILED)
# SQLite's triggers cannot go on after an error: there the edit fails, and is not lost.
KEEP_THEM = ("postgresql", "oracle")
BEFORE_ALL = "0"
"""Sorts before every stamp."""

_ERRORS = table("stt_echo_error", column("id"), column("written"), column("message"))


@dataclass(frozen=True, slots=True)
class LostEdits:
    """What is written in the table of errors."""

    count: int
    last: str = ""
    """When the newest was written, '' if there is none."""
    said: str = ""
    """What the database said of it."""


def lost_edits(connection: Connection) -> LostEdits:
    """Those since everything was compared last."""
    if connection.dialect.name not in KEEP_THEM:
        return LostEdits(0)
    if connection.execute(select(_ERRORS.c.id).limit(1)).first() is None:
        return LostEdits(0)
    compared = comparisons(Batches(connection, ChangeNumber(connection)))
    since = next((one.created for one in compared if one.state not in UNFINISHED), BEFORE_ALL)
    lost = select(func.count(), func.max(_ERRORS.c.written)).where(_ERRORS.c.written > since)
    count, last = connection.execute(lost).one()
    if not count:
        return LostEdits(0)
    said = select(_ERRORS.c.message).where(_ERRORS.c.written == last).order_by(_ERRORS.c.id.desc()).limit(1)
    return LostEdits(int(count), last, str(connection.execute(said).scalar_one()))


def comparisons(batches: Batches) -> list[BatchRecord]:
    """The comparisons of everything, newest first."""
    return [
        one
        for one in batches.newest(NEWEST)
        if one.kind is BatchKind.RECONCILE and replace(one.scope, adopt=False) == PlanScope()
    ]
