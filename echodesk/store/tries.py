"""How often requests were sent, inside one transaction (reliability H1).

A row is written with the request's intent, so that no kill can forget it. After a clear answer it counts in its
burst alone. Ages are by database time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, text

from echodesk.planning.records import ANSWERED, NewTry, Try
from echodesk.planning.values import Method, RoomDay
from echodesk.store.binding import as_json, places_json
from echodesk.store.many import ManyRows

_LAST = text("SELECT coalesce(max(ID), 0) FROM STT_ECHO_TRY")
_TRIES = ManyRows(
    "STT_ECHO_TRY",
    {
        "ID": "id",
        "EXTERNAL_ID": "external_id",
        "METHOD": "method",
        "FINGERPRINT": "fingerprint",
        "PLACES": "places",
        "SENT": "sent",
        "SAID": "said",
    },
    stamped="AT",
)
_OTHER_BODIES = text(
    "DELETE FROM STT_ECHO_TRY WHERE ID IN (SELECT t.ID FROM json_each(:many) r CROSS JOIN STT_ECHO_TRY t"
    " ON t.EXTERNAL_ID = json_extract(r.value, '$[0]') WHERE t.METHOD = json_extract(r.value, '$[1]')"
    " AND t.FINGERPRINT <> json_extract(r.value, '$[2]'))"
)
_OF = text(
    "SELECT t.EXTERNAL_ID, t.METHOD, t.FINGERPRINT, t.SENT, t.SAID,"
    " (julianday('now') - julianday(t.AT)) * 86400.0 AS AGE_S"
    " FROM json_each(:ids) i CROSS JOIN STT_ECHO_TRY t ON t.EXTERNAL_ID = i.value ORDER BY t.ID"
)
_TOLD = text("UPDATE STT_ECHO_TRY SET SENT = :sent, SAID = :said WHERE ID = :id")
_DROP = text("DELETE FROM STT_ECHO_TRY WHERE ID IN (SELECT value FROM json_each(:ids))")
_ANSWERED = text(
    "UPDATE STT_ECHO_TRY SET SAID = :said WHERE ID IN (SELECT t.ID FROM json_each(:many) r"
    " CROSS JOIN STT_ECHO_TRY t ON t.EXTERNAL_ID = json_extract(r.value, '$[0]')"
    " WHERE t.METHOD = json_extract(r.value, '$[1]'))"
)
_FORGET = text("DELETE FROM STT_ECHO_TRY WHERE EXTERNAL_ID IN (SELECT value FROM json_each(:ids))")
_FORGET_AT = text(
    "DELETE FROM STT_ECHO_TRY WHERE EXISTS (SELECT 1 FROM json_each(PLACES) t, json_each(:places) p"
    " WHERE CAST(json_extract(t.value, '$[0]') AS TEXT) = CAST(json_extract(p.value, '$[0]') AS TEXT)"
    " AND CAST(json_extract(t.value, '$[1]') AS TEXT) = CAST(json_extract(p.value, '$[1]') AS TEXT))"
)
_NOT_LOOKED_AT = text(
    "SELECT DISTINCT t.EXTERNAL_ID FROM json_each(:ids) i CROSS JOIN STT_ECHO_TRY t ON t.EXTERNAL_ID = i.value,"
    " json_each(t.PLACES) p CROSS JOIN STT_ECHO_REFRESH r ON r.ROOMID = json_extract(p.value, '$[0]')"
    " AND r.LESSON_DATE = json_extract(p.value, '$[1]')"
    " WHERE t.METHOD <> 'DELETE' AND coalesce(t.SAID, '') <> :answered AND r.LESSON_DATE = :today"
)
_PRUNE = text(
    "DELETE FROM STT_ECHO_TRY WHERE AT <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day') OR (SAID = :answered"
    " AND AT <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :burst))"
)


class Tries:
    """Requests that still count."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(self, tries: Sequence[NewTry]) -> list[int]:
        """These are about to be sent; returns their ids. What was sent with another body is forgotten: a changed
        request begins anew. The caller holds the lease: nobody else writes here."""
        if not tries:
            return []
        keys = as_json((one.external_id, one.method, one.fingerprint) for one in tries)
        self._connection.execute(_OTHER_BODIES, {"many": keys})
        last = int(self._connection.execute(_LAST).scalar_one())
        _TRIES.insert(
            self._connection,
            [
                {
                    "id": last + number,
                    "external_id": one.external_id,
                    "method": one.method,
                    "fingerprint": one.fingerprint,
                    "places": places_json(one.places),
                    "sent": one.sent,
                    "said": one.said[:1_000] if one.said else None,
                }
                for number, one in enumerate(tries, start=1)
            ],
        )
        return [last + number for number in range(1, len(tries) + 1)]

    def of(self, external_ids: Collection[str]) -> list[Try]:
        """What was sent for these and counts, oldest first."""
        if not external_ids:
            return []
        rows = self._connection.execute(_OF, {"ids": as_json(external_ids)})
        return [Try(row.EXTERNAL_ID, row.METHOD, row.FINGERPRINT, row.AGE_S, row.SENT, row.SAID) for row in rows]

    def not_looked_at(self, external_ids: Collection[str], today: str) -> set[str]:
        """Those that a request without a clear answer may have put into today, in a room that is yet to be
        listed."""
        values = {"ids": as_json(external_ids), "today": today, "answered": ANSWERED}
        return {row.EXTERNAL_ID for row in self._connection.execute(_NOT_LOOKED_AT, values)}

    def told(self, rows: Iterable[tuple[int, int, str]]) -> None:
        """(id, how often it was sent after all, what Echo360 said last)."""
        values = [{"id": one, "sent": sent, "said": said[:1_000]} for one, sent, said in rows]
        if values:
            self._connection.execute(_TOLD, values)

    def drop(self, ids: Collection[int]) -> None:
        """These were never sent."""
        if ids:
            self._connection.execute(_DROP, {"ids": as_json(ids)})

    def answered(self, requests: Collection[tuple[str, Method]]) -> None:
        """(external id, method) that Echo360 answered clearly: what was sent so counts in its burst alone."""
        if requests:
            rows = as_json((external_id, method.value) for external_id, method in requests)
            self._connection.execute(_ANSWERED, {"many": rows, "said": ANSWERED})

    def forget(self, external_ids: Collection[str]) -> None:
        """Somebody asks for another try: the count begins anew."""
        if external_ids:
            self._connection.execute(_FORGET, {"ids": as_json(external_ids)})

    def forget_at(self, places: Collection[RoomDay]) -> None:
        """Staff, or a comparison, ask for another try of whatever touches these room-days."""
        if places:
            self._connection.execute(_FORGET_AT, {"places": places_json(places)})

    def prune(self, burst_s: float) -> None:
        """What is older than a day counts no more, and what was answered, once its burst is over."""
        self._connection.execute(_PRUNE, {"answered": ANSWERED, "burst": f"{-burst_s:+.3f} seconds"})
