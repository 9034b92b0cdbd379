"""Edits of the timetable that a trigger on a server could not enter; the edit itself went through all the same.

They count until everything was compared: a comparison finds whatever they changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, select

from echodesk.planning.batches import BatchKind, BatchRecord, BatchState
from echodesk.planning.steps import PlanScope
from echodesk.store.batches import Batches
from echodesk.store.binding import ChangeNumber
from echodesk.store.errors_seen import ERRORS, KEEP_THEM, not_seen

NEWEST = 500
UNFINISHED = (BatchState.COMPARING, BatchState.FAILED)


@dataclass(frozen=True, slots=True)
class LostEdits:
    """What is written in the table of errors."""

    count: int
    last: str = ""
    """When the newest was written, '' if there is none."""
    said: str = ""
    """What the database said of it."""


def lost_edits(connection: Connection) -> LostEdits:
    """Those that the last comparison of everything could not find, because it had begun."""
    if (
        connection.dialect.name not in KEEP_THEM
        or connection.execute(select(ERRORS.c.id).limit(1)).first() is None
    ):
        return LostEdits(0)
    batches = Batches(connection, ChangeNumber(connection))
    compared = next((one.id for one in comparisons(batches) if came_to_an_end(batches, one)), None)
    others = not_seen(batches.summary(compared).lost if compared is not None else ())
    count, newest = connection.execute(select(func.count(), func.max(ERRORS.c.id)).where(others)).one()
    if not count:
        return LostEdits(0)
    asked = select(ERRORS.c.written, ERRORS.c.message).where(ERRORS.c.id == newest)
    last, said = connection.execute(asked).one()
    return LostEdits(int(count), str(last), str(said))


def came_to_an_end(batches: Batches, one: BatchRecord) -> bool:
    """Whether a comparison of everything has compared everything; it may have been given up before."""
    given_up = one.state is BatchState.CANCELLED and not batches.summary(one.id).compared
    return one.state not in UNFINISHED and not given_up


def comparisons(batches: Batches) -> list[BatchRecord]:
    """The comparisons of everything, newest first."""
    return [
        one
        for one in batches.newest(NEWEST)
        if one.kind is BatchKind.RECONCILE and replace(one.scope, adopt=False) == PlanScope()
    ]
