"""Room-days with which the worker stopped, inside one transaction (reliability Q5)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, text

from echodesk.planning.values import RoomDay
from echodesk.store.binding import places_json, sure_place

_ANY = text("SELECT EXISTS (SELECT 1 FROM STT_ECHO_SUSPECT)")
_ALL = text("SELECT ROOMID, LESSON_DATE, CRASHES FROM STT_ECHO_SUSPECT")
_BEGIN = text(
    "INSERT INTO STT_ECHO_SUSPECT (ROOMID, LESSON_DATE, RUNNING) SELECT json_extract(value, '$[0]'),"
    " json_extract(value, '$[1]'), 1 FROM json_each(:places) WHERE true"
    " ON CONFLICT (LESSON_DATE, ROOMID) DO UPDATE SET RUNNING = 1"
)
_END = text(
    "UPDATE STT_ECHO_SUSPECT SET RUNNING = 0 WHERE (LESSON_DATE, ROOMID) IN"
    " (SELECT json_extract(value, '$[1]'), json_extract(value, '$[0]') FROM json_each(:places))"
)
_INNOCENT = text("DELETE FROM STT_ECHO_SUSPECT WHERE CRASHES = 0 AND RUNNING = 0")
_STOPPED = text(
    "INSERT INTO STT_ECHO_SUSPECT (ROOMID, LESSON_DATE, CRASHES, ERROR) SELECT json_extract(value, '$[0]'),"
    " json_extract(value, '$[1]'), 1, :error FROM json_each(:places) WHERE true"
    " ON CONFLICT (LESSON_DATE, ROOMID) DO UPDATE SET CRASHES = CRASHES + 1, RUNNING = 0, ERROR = excluded.ERROR"
)
_RECOVER = text(
    "UPDATE STT_ECHO_SUSPECT SET CRASHES = CRASHES + 1, RUNNING = 0, ERROR = :error WHERE RUNNING = 1"
    " RETURNING ROOMID, LESSON_DATE"
)
_CLEAR = text(
    "DELETE FROM STT_ECHO_SUSPECT WHERE (LESSON_DATE, ROOMID) IN"
    " (SELECT json_extract(value, '$[1]'), json_extract(value, '$[0]') FROM json_each(:places))"
)


class Suspects:
    """Room-days that may stop the worker."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def crashes(self) -> dict[RoomDay, int]:
        """How often the worker stopped with each of them; empty as a rule."""
        return {sure_place(row.ROOMID, row.LESSON_DATE): row.CRASHES for row in self._connection.execute(_ALL)}

    def begin(self, places: Collection[RoomDay]) -> None:
        """These are about to be planned: if the process ends now, it was with them."""
        self._connection.execute(_BEGIN, {"places": places_json(places)})

    def end(self, places: Collection[RoomDay]) -> None:
        """They were planned, and the process lives."""
        self._connection.execute(_END, {"places": places_json(places)})
        self._connection.execute(_INNOCENT)

    def stopped(self, places: Collection[RoomDay], error: str) -> None:
        """Once more something was stopped by these."""
        self._connection.execute(_STOPPED, {"places": places_json(places), "error": error[:1_000]})

    def recover(self, error: str) -> set[RoomDay]:
        """After a start: those with which the last process ended. Returns them."""
        rows = self._connection.execute(_RECOVER, {"error": error}).all()
        return {sure_place(row.ROOMID, row.LESSON_DATE) for row in rows}

    def clear(self, places: Collection[RoomDay]) -> None:
        """These were carried through to their end."""
        if places and self._connection.execute(_ANY).scalar_one():
            self._connection.execute(_CLEAR, {"places": places_json(places)})
