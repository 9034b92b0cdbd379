"""Which window has which room-day open, so that two people see each other there; inside one transaction.

One row for each window, which it takes away when it ends. Rows of windows that ended without a word are not shown
any more after a minute, and are swept by whoever opens something a day later.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from echodesk.clashes import OtherWindow

_ALIVE = text(
    "UPDATE STT_ECHO_WINDOW SET SEEN = strftime('%Y-%m-%dT%H:%M:%fZ')"
    " WHERE HOLDER = :holder AND ROOMID = :room AND LESSON_DATE = :date"
)
_SWEEP = text(
    "DELETE FROM STT_ECHO_WINDOW WHERE HOLDER = :holder OR SEEN < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')"
)
_OPEN = text(
    "INSERT INTO STT_ECHO_WINDOW (HOLDER, WHO, MACHINE, ROOMID, LESSON_DATE)"
    " VALUES (:holder, :who, :machine, :room, :date)"
)
_CLOSE = text("DELETE FROM STT_ECHO_WINDOW WHERE HOLDER = :holder")
_OTHERS = text(
    "SELECT WHO, MACHINE, SINCE FROM STT_ECHO_WINDOW WHERE ROOMID = :room AND LESSON_DATE = :date"
    " AND HOLDER <> :holder AND SEEN >= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :ago) ORDER BY SINCE, HOLDER"
)


class Windows:
    """The room-days that windows have open."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def tell(self, holder: str, who: str, machine: str, room: str, date: str) -> None:
        """This window has this room-day open and is alive now."""
        place = {"holder": holder, "room": room, "date": date}
        if self._connection.execute(_ALIVE, place).rowcount:
            return
        self._connection.execute(_SWEEP, {"holder": holder})
        self._connection.execute(_OPEN, {**place, "who": who or "somebody", "machine": machine or None})

    def close(self, holder: str) -> None:
        """This window has no room-day open."""
        self._connection.execute(_CLOSE, {"holder": holder})

    def others(self, holder: str, room: str, date: str, gone_s: float) -> tuple[OtherWindow, ...]:
        """The other windows that have this room-day open and gave a sign of life within `gone_s`, in order."""
        asked = {"holder": holder, "room": room, "date": date, "ago": f"-{gone_s:.3f} seconds"}
        rows = self._connection.execute(_OTHERS, asked)
        return tuple(OtherWindow(row.WHO, row.MACHINE or "", row.SINCE) for row in rows)
