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
_INNOCENT = text(
    "DELETE FROM STT_ECHO_SUSPECT WHERE AFTERWARDS = 0 AND (LESSON_DATE, ROOMID) IN"
    " (SELECT json_extract(value, '$[1]'), json_extract(value, '$[0]') FROM json_each(:places))"
)
_STOPPED = text(
    "INSERT INTO STT_ECHO_SUSPECT (ROOMID, LESSON_DATE, CRASHES, AFTERWARDS, ERROR)"
    " SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), 1, :afterwards, :error"
    " FROM json_each(:places) WHERE true ON CONFLICT (LESSON_DATE, ROOMID) DO UPDATE SET CRASHES = CRASHES + 1,"
    " RUNNING = 0, AFTERWARDS = max(AFTERWARDS, excluded.AFTERWARDS), ERROR = excluded.ERROR"
)
_RUNNING = text("SELECT ROOMID, LESSON_DATE FROM STT_ECHO_SUSPECT WHERE RUNNING = 1")
_RECOVER = text(
    "UPDATE STT_ECHO_SUSPECT SET CRASHES = CRASHES + :more, RUNNING = 0, ERROR = :error WHERE RUNNING = 1"
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
        """They were planned, and the process lives; what stopped it afterwards is not forgotten by that."""
        values = {"places": places_json(places)}
        self._connection.execute(_END, values)
        self._connection.execute(_INNOCENT, values)

    def stopped(self, places: Collection[RoomDay], error: str, *, afterwards: bool = False) -> None:
        """Once more something was stopped by these: while they were planned, or `afterwards`."""
        values = {"places": places_json(places), "error": error[:1_000], "afterwards": int(afterwards)}
        self._connection.execute(_STOPPED, values)

    def recover(self, error: str) -> set[RoomDay]:
        """After a start: those with which the last process ended. It is counted for one that was alone; several
        are only met alone from now on. Returns them."""
        rows = self._connection.execute(_RUNNING).all()
        if rows:
            self._connection.execute(_RECOVER, {"error": error, "more": int(len(rows) == 1)})
        return {sure_place(row.ROOMID, row.LESSON_DATE) for row in rows}

    def clear(self, places: Collection[RoomDay]) -> None:
        """These were carried through to their end."""
        if places and self._connection.execute(_ANY).scalar_one():
            self._connection.execute(_CLEAR, {"places": places_json(places)})
