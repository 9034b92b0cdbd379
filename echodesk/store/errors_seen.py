"""Which edits a comparison found that no trigger could enter: those whose errors were there before it began.

Neither times nor numbers tell: an edit may be written down long before it is committed, and seen only then.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, column, select, table, text, true

from echodesk.planning.batches import Summary

# SQLite's triggers cannot go on after an error: there the edit fails, and is not lost.
KEEP_THEM = ("postgresql", "oracle")
KEPT = 500
"""So many ids are remembered. Where a trigger fails at every edit there may be hundreds of thousands, and that one
of them is committed after so many others is not to be expected."""
ERRORS = table("stt_echo_error", column("id"), column("written"), column("message"))

_SUMMARY = text("SELECT SUMMARY FROM STT_ECHO_BATCH WHERE ID = :id")
_BEGAN = text("UPDATE STT_ECHO_BATCH SET SUMMARY = :summary WHERE ID = :id")


def errors_seen(connection: Connection) -> tuple[int, ...]:
    """The ids of the errors that are there for this transaction; of many the newest: all before them count as
    seen."""
    if connection.dialect.name not in KEEP_THEM:
        return ()
    newest = connection.execute(select(ERRORS.c.id).order_by(ERRORS.c.id.desc()).limit(KEPT))
    return tuple(sorted(int(one) for one in newest.scalars()))


def not_seen(seen: Sequence[int]) -> ColumnElement[bool]:
    """Which errors were not there when these were."""
    if not seen:
        return true()
    others = ERRORS.c.id.not_in(sorted(seen)[-KEPT:])
    return others if len(seen) < KEPT else and_(others, ERRORS.c.id > sorted(seen)[-KEPT])


def keep_seen(connection: Connection, batch: int, seen: Sequence[int]) -> None:
    """The comparison, which is at its beginning, finds what these edits changed."""
    summary = msgspec.json.encode(Summary(lost=tuple(seen))).decode()
    connection.execute(_BEGAN, {"id": batch, "summary": summary})


def seen_by(connection: Connection, batch: int | None) -> tuple[int, ...]:
    """What a comparison saw that takes this one's place, or, with None, begins now."""
    if batch is None:
        return errors_seen(connection)
    found = connection.execute(_SUMMARY, {"id": batch}).scalar()
    return msgspec.json.decode(found, type=Summary).lost if found else ()
