"""How many keys go into one statement: as one JSON text, so that the statement stays the same and is cached.

SQLite reads it with `json_each`, for which `lists` has PostgreSQL's words.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, text

from echodesk.planning.values import RoomDay

NOW = "strftime('%Y-%m-%dT%H:%M:%fZ')"
_NUMBER = text("UPDATE STT_ECHO_LEASE SET CHANGES = CHANGES + 1 WHERE ID = 1 RETURNING CHANGES")
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def as_json(values: Iterable[object]) -> str:
    """A JSON list for a bind parameter.

    Of a text with a NUL character in it SQLite would read the beginning, and find the rows of another; PostgreSQL
    would read nothing. It is looked for with U+FFFD there, as which PostgreSQL's tables keep it.
    """
    return _NUL.sub(r"\1\\ufffd", json.dumps(list(values)))


def together(rows: Iterable[tuple[int, Mapping[str, object]]]) -> list[dict[str, object]]:
    """(id, values) → one row for all ids of the same values, the ids as a JSON list under `ids`.

    One statement for many rows is one step of SQLite, during which the other threads of the program can run.
    """
    ids: dict[tuple[tuple[str, object], ...], list[int]] = {}
    for one, values in rows:
        ids.setdefault(tuple(values.items()), []).append(one)
    return [{**dict(values), "ids": as_json(found)} for values, found in ids.items()]


def places_json(places: Iterable[RoomDay]) -> str:
    """Room-days as a JSON list of [room, ISO date], each once: no upsert of PostgreSQL writes a row twice."""
    return as_json(dict.fromkeys((p.room, p.date.isoformat()) for p in places))


def place(room: str | None, date: str | None) -> RoomDay | None:
    """A room-day from two columns, None if either is empty."""
    if not room or not date:
        return None
    return RoomDay(room, dt.date.fromisoformat(date))


def sure_place(room: str, date: str) -> RoomDay:
    """A room-day from two columns that are never empty."""
    return RoomDay(room, dt.date.fromisoformat(date))


def flag(value: int | None) -> bool | None:
    """0, 1 or NULL as a truth value."""
    return None if value is None else bool(value)


class ChangeNumber:
    """The change number of one transaction, taken under the lease row's lock when it is first needed.

    One number serves all rows of a transaction: they become visible together (decisions: Change numbers).
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._number: int | None = None

    def __call__(self) -> int:
        """The number of this transaction."""
        if self._number is None:
            self._number = int(self._connection.execute(_NUMBER).scalar_one())
        return self._number
