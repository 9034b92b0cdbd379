"""Which room-days of a batch its pause covers."""

from __future__ import annotations

from sqlalchemy import Connection, TextClause, text

from echodesk.planning.batches import StepState
from echodesk.planning.values import RoomDay
from echodesk.store.binding import sure_place

_PAUSE_PIECES = text(
    "UPDATE STT_ECHO_BATCH_PLACE SET PAUSED = 1 WHERE BATCH_ID = :batch AND PIECE IN"
    " (SELECT PIECE FROM STT_ECHO_BATCH_STEP WHERE BATCH_ID = :batch AND STATE = :state)"
)
_FREE_CANCELLED = text(
    "UPDATE STT_ECHO_BATCH_PLACE SET PAUSED = 0 WHERE BATCH_ID = :batch AND PAUSED = 1 AND PIECE NOT IN"
    " (SELECT PIECE FROM STT_ECHO_BATCH_STEP WHERE BATCH_ID = :batch AND STATE <> 'CANCELLED')"
    " RETURNING ROOMID, LESSON_DATE"
)
_FREE_TORN = text(
    "UPDATE STT_ECHO_BATCH_PLACE SET PAUSED = 0 WHERE BATCH_ID = :batch AND PAUSED = 1 AND PIECE IN"
    " (SELECT gone.PIECE FROM STT_ECHO_BATCH_STEP gone JOIN STT_ECHO_BATCH_STEP again"
    " ON again.BATCH_ID = gone.BATCH_ID AND again.PIECE = gone.PIECE AND again.EXTERNAL_ID = gone.EXTERNAL_ID"
    " WHERE gone.BATCH_ID = :batch AND gone.METHOD = 'DELETE' AND gone.STATE = 'DONE'"
    " AND again.METHOD = 'POST' AND again.STATE NOT IN ('OPEN', 'DONE'))"
    " RETURNING ROOMID, LESSON_DATE"
)


def pause_pieces(connection: Connection, batch: int, state: StepState) -> None:
    """The pause of the batch covers every room-day of pieces with a step in this state."""
    connection.execute(_PAUSE_PIECES, {"batch": batch, "state": state.value})


def free_cancelled(connection: Connection, batch: int) -> set[RoomDay]:
    """It covers pieces no more of which every step was cancelled; returns their room-days."""
    return _freed(connection, _FREE_CANCELLED, batch)


def free_torn(connection: Connection, batch: int) -> set[RoomDay]:
    """It covers pieces no more in which a lesson stepped aside and is not made again; returns their room-days."""
    return _freed(connection, _FREE_TORN, batch)


def _freed(connection: Connection, statement: TextClause, batch: int) -> set[RoomDay]:
    return {sure_place(row.ROOMID, row.LESSON_DATE) for row in connection.execute(statement, {"batch": batch})}
