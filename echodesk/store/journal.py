"""Intents, refusals, people, reference data and the audit, inside one transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, text

from echodesk.planning.answers import Kind, Learned
from echodesk.planning.records import AuditLine, Intent, Refusal
from echodesk.planning.values import Method, RoomDay
from echodesk.store.binding import as_json, places_json, sure_place
from echodesk.store.many import ManyRows

_LAST_INTENT = text("SELECT coalesce(max(ID), 0) FROM STT_ECHO_INTENT")
_INTENT_WITH_ID = ManyRows(
    "STT_ECHO_INTENT",
    {"ID": "id", "EPOCH": "epoch", "METHOD": "method", "EXTERNAL_ID": "external_id", "PLACES": "places"},
)
_CLEAR = text("DELETE FROM STT_ECHO_INTENT WHERE ID IN (SELECT value FROM json_each(:ids))")
_GIVE_UP = text(
    "UPDATE STT_ECHO_INTENT SET GIVEN_UP = strftime('%Y-%m-%dT%H:%M:%fZ') WHERE ID = :id AND GIVEN_UP IS NULL"
)
_ORPHAN = text("UPDATE STT_ECHO_INTENT SET GIVEN_UP = strftime('%Y-%m-%dT%H:%M:%fZ') WHERE GIVEN_UP IS NULL")
_UNDER_WAY = text(
    "SELECT EXISTS (SELECT 1 FROM STT_ECHO_INTENT WHERE GIVEN_UP IS NULL)"
    " OR EXISTS (SELECT 1 FROM STT_ECHO_QUEUE WHERE STATUS = 'IN_PROGRESS' AND WEEKS_ALL = 0)"
    " OR EXISTS (SELECT 1 FROM STT_ECHO_NOTIFICATION WHERE STATUS = 'IN_PROGRESS')"
)
_OVERDUE = text(
    "SELECT ID, METHOD, EXTERNAL_ID, PLACES FROM STT_ECHO_INTENT"
    " WHERE GIVEN_UP <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :late) ORDER BY ID"
)
_OPEN = text("SELECT ID, METHOD, EXTERNAL_ID, PLACES FROM STT_ECHO_INTENT ORDER BY ID")
_REFUSE = text(
    "INSERT OR REPLACE INTO STT_ECHO_REFUSED (EXTERNAL_ID, FINGERPRINT, ROOMID, LESSON_DATE, ERROR)"
    " VALUES (:external_id, :fingerprint, :room, :date, :error)"
)
_REFUSED_AT = text(
    "SELECT r.* FROM STT_ECHO_REFUSED r WHERE (r.ROOMID, r.LESSON_DATE) IN"
    " (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:places))"
)
_FORGET = text("DELETE FROM STT_ECHO_REFUSED WHERE EXTERNAL_ID = :external_id AND FINGERPRINT = :fingerprint")
_FORGET_IDS = text("DELETE FROM STT_ECHO_REFUSED WHERE EXTERNAL_ID IN (SELECT value FROM json_each(:ids))")
_ANY_REFUSED = text("SELECT EXISTS (SELECT 1 FROM STT_ECHO_REFUSED)")
_REFUSED = text(
    "SELECT r.EXTERNAL_ID, r.FINGERPRINT, r.ERROR FROM json_each(:ids) i CROSS JOIN STT_ECHO_REFUSED r"
    " ON r.EXTERNAL_ID = i.value"
)
_MISSING = text(
    "INSERT INTO STT_ECHO_MISSING_PERSON (EMAIL, SINCE, CHECKED)"
    " VALUES (:email, strftime('%Y-%m-%dT%H:%M:%fZ'), strftime('%Y-%m-%dT%H:%M:%fZ'))"
    " ON CONFLICT (EMAIL) DO UPDATE SET CHECKED = excluded.CHECKED"
)
_TO_CHECK = text(
    "SELECT EMAIL FROM STT_ECHO_MISSING_PERSON"
    " WHERE CHECKED <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :age) ORDER BY CHECKED LIMIT 50"
)
LONG_AGO = "1970-01-01T00:00:00.000Z"
"""In the place of the last check: looked for next."""
_CHECK_ALL = text("UPDATE STT_ECHO_MISSING_PERSON SET CHECKED = :checked")
_CHECKED = text("UPDATE STT_ECHO_MISSING_PERSON SET CHECKED = strftime('%Y-%m-%dT%H:%M:%fZ') WHERE EMAIL = :email")
_FOUND = text("DELETE FROM STT_ECHO_MISSING_PERSON WHERE EMAIL = :email")
_TAUGHT_BY = text(
    "SELECT DISTINCT TRIM(t.SETID) AS SETID, t.SLOTID FROM STT_EXT_PERSON p"
    " JOIN TIMETABLE t ON TRIM(t.LECTURERID) = TRIM(p.PERSONNO) WHERE lower(TRIM(p.BUSINESSEMAIL)) = :email"
)
_KNOWN = text("SELECT KIND, KEY, ECHO_ID FROM STT_ECHO_REFERENCE")
_LEARN = text(
    "INSERT OR REPLACE INTO STT_ECHO_REFERENCE (KIND, KEY, ECHO_ID, CHECKED)"
    " VALUES (:kind, :key, :echo_id, strftime('%Y-%m-%dT%H:%M:%fZ'))"
)
_AUDIT = ManyRows(
    "STT_ECHO_AUDIT",
    {
        "WHO": "who",
        "ACTION": "action",
        "EXTERNAL_ID": "external_id",
        "ROOMID": "room",
        "LESSON_DATE": "date",
        "WHY": "why",
        "BEFORE": "before",
        "AFTER": "after",
        "SENT": "sent",
        "STATUS": "status",
        "ANSWER": "answer",
        "OUTCOME": "outcome",
        "MS": "ms",
        "EPOCH": "epoch",
    },
)


class Journal:
    """Intents, refusals, people, reference data and the audit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write_intents(self, epoch: int, intents: Sequence[tuple[str, str, tuple[RoomDay, ...]]]) -> list[int]:
        """(method, external id, places) → ids. The caller holds the lease: nobody else writes here."""
        if not intents:
            return []
        last = int(self._connection.execute(_LAST_INTENT).scalar_one())
        rows = [
            {
                "id": last + number,
                "epoch": epoch,
                "method": method,
                "external_id": external_id,
                "places": places_json(places),
            }
            for number, (method, external_id, places) in enumerate(intents, start=1)
        ]
        _INTENT_WITH_ID.insert(self._connection, rows)
        return [last + number for number in range(1, len(rows) + 1)]

    def clear_intents(self, ids: Collection[int]) -> None:
        """Answered definitely, or never sent."""
        if ids:
            self._connection.execute(_CLEAR, {"ids": as_json(ids)})

    def give_up(self, ids: Collection[int]) -> None:
        """No answer will come any more for these; L counts from now."""
        if ids:
            self._connection.execute(_GIVE_UP, [{"id": one} for one in ids])

    def orphan_all(self) -> int:
        """Give up every intent that still waits for an answer: at a takeover."""
        return self._connection.execute(_ORPHAN).rowcount

    def under_way(self) -> bool:
        """True if an intent waits for an answer, or an entry or a notification is in progress."""
        return bool(self._connection.execute(_UNDER_WAY).scalar_one())

    def overdue(self, late_s: float) -> list[Intent]:
        """Intents given up more than `late_s` ago: their requests can no longer take effect."""
        return [_intent(row) for row in self._connection.execute(_OVERDUE, {"late": f"-{late_s:.3f} seconds"})]

    def intents_open(self) -> list[Intent]:
        """Every intent, in flight or given up."""
        return [_intent(row) for row in self._connection.execute(_OPEN)]

    def remember_refusals(self, refusals: Sequence[Refusal]) -> None:
        """The same content is not sent again before something changes."""
        if refusals:
            self._connection.execute(
                _REFUSE,
                [
                    {
                        "external_id": one.external_id,
                        "fingerprint": one.fingerprint,
                        "room": one.place.room,
                        "date": one.place.date.isoformat(),
                        "error": one.error[:2_000],
                    }
                    for one in refusals
                ],
            )

    def refused_at(self, places: Collection[RoomDay]) -> list[Refusal]:
        """What was refused in these room-days."""
        if not self._connection.execute(_ANY_REFUSED).scalar_one():
            return []
        return [
            Refusal(row.EXTERNAL_ID, row.FINGERPRINT, sure_place(row.ROOMID, row.LESSON_DATE), row.ERROR)
            for row in self._connection.execute(_REFUSED_AT, {"places": places_json(places)})
        ]

    def forget(self, refusals: Sequence[Refusal]) -> None:
        """These may be tried again."""
        if refusals:
            keys = [{"external_id": one.external_id, "fingerprint": one.fingerprint} for one in refusals]
            self._connection.execute(_FORGET, keys)

    def forget_refusals(self, external_ids: Collection[str]) -> None:
        """Whatever was refused of these may be tried again."""
        if external_ids and self._connection.execute(_ANY_REFUSED).scalar_one():
            self._connection.execute(_FORGET_IDS, {"ids": as_json(external_ids)})

    def refused(self, external_ids: Collection[str]) -> dict[tuple[str, str], str]:
        """(external id, fingerprint) → Echo360's words."""
        if not external_ids or not self._connection.execute(_ANY_REFUSED).scalar_one():
            return {}
        rows = self._connection.execute(_REFUSED, {"ids": as_json(external_ids)})
        return {(row.EXTERNAL_ID, row.FINGERPRINT): row.ERROR for row in rows}

    def missing_people(self, emails: Collection[str]) -> None:
        """Echo360 does not know these addresses."""
        if emails:
            self._connection.execute(_MISSING, [{"email": email} for email in emails])

    def people_to_check(self, older_than_s: float) -> list[str]:
        """Addresses not looked for since `older_than_s`."""
        rows = self._connection.execute(_TO_CHECK, {"age": f"-{older_than_s:.3f} seconds"})
        return [row.EMAIL for row in rows]

    def check_all_people(self) -> int:
        """All of them are due to be looked for. Returns how many there are."""
        return self._connection.execute(_CHECK_ALL, {"checked": LONG_AGO}).rowcount

    def person_checked(self, email: str, known: bool) -> set[tuple[str, int]]:
        """Remember the check. Once known: the lessons (SETID, SLOTID) of that person, to be planned again."""
        if not known:
            self._connection.execute(_CHECKED, {"email": email})
            return set()
        self._connection.execute(_FOUND, {"email": email})
        return {(row.SETID, row.SLOTID) for row in self._connection.execute(_TAUGHT_BY, {"email": email})}

    def known_reference(self) -> list[Learned]:
        """The REFERENCE table."""
        return [Learned(Kind(row.KIND), row.KEY, row.ECHO_ID) for row in self._connection.execute(_KNOWN)]

    def learn(self, rows: Sequence[Learned]) -> None:
        """Add to the REFERENCE table."""
        if rows:
            self._connection.execute(
                _LEARN, [{"kind": one.kind.value, "key": one.key, "echo_id": one.echo_id} for one in rows]
            )

    def audit(self, lines: Sequence[AuditLine], epoch: int | None) -> None:
        """Append these lines."""
        _AUDIT.insert(self._connection, [_audit_values(line, epoch) for line in lines])


def _intent(row: Any) -> Intent:
    places = tuple(sure_place(room, date) for room, date in json.loads(row.PLACES))
    return Intent(row.ID, Method(row.METHOD), row.EXTERNAL_ID, places)


def _audit_values(line: AuditLine, epoch: int | None) -> dict[str, object]:
    return {
        "who": line.who,
        "action": line.action,
        "external_id": line.external_id,
        "room": line.place.room if line.place else None,
        "date": line.place.date.isoformat() if line.place else None,
        "why": line.why,
        "before": line.before,
        "after": line.after,
        "sent": line.sent,
        "status": line.status,
        "answer": line.answer,
        "outcome": line.outcome,
        "ms": line.milliseconds,
        "epoch": epoch,
    }
