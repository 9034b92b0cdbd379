"""Edits of the timetable that a trigger on a server could not enter; the edit itself went through all the same.

They count until everything was compared: a comparison finds whatever they changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from echodesk.planning.batches import BatchKind, BatchRecord, BatchState
from echodesk.planning.steps import PlanScope
from echodesk.store.batches import Batches
from echodesk.store.binding import ChangeNumber

NEWEST = 500
UNFINISHED = (BatchState.COMPARING, BatchState.FAILED)
# SQLite's triggers cannot go on after an error: there the edit fails, and is not lost.
KEEPS_THEM = "postgresql"

_ANY = "SELECT EXISTS (SELECT 1 FROM STT_ECHO_ERROR)"
_LOST = "SELECT count(*), max(WRITTEN) FROM STT_ECHO_ERROR WHERE WRITTEN > %(since)s"
_SAID = "SELECT MESSAGE FROM STT_ECHO_ERROR WHERE WRITTEN = %(last)s ORDER BY ID DESC LIMIT 1"


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
    if connection.dialect.name != KEEPS_THEM or not connection.exec_driver_sql(_ANY).scalar_one():
        return LostEdits(0)
    compared = comparisons(Batches(connection, ChangeNumber(connection)))
    since = next((one.created for one in compared if one.state not in UNFINISHED), "")
    count, last = connection.exec_driver_sql(_LOST, {"since": since}).one()
    if not count:
        return LostEdits(0)
    return LostEdits(count, last, str(connection.exec_driver_sql(_SAID, {"last": last}).scalar_one()))


def comparisons(batches: Batches) -> list[BatchRecord]:
    """The comparisons of everything, newest first."""
    return [
        one
        for one in batches.newest(NEWEST)
        if one.kind is BatchKind.RECONCILE and replace(one.scope, adopt=False) == PlanScope()
    ]
