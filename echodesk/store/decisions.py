"""What staff decided about lessons, inside one transaction (decisions "DECISION")."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, text

from echodesk.planning.records import DecisionRecord
from echodesk.planning.values import Decision, DecisionKind
from echodesk.store.binding import as_json
from echodesk.store.settings import value_of

LessonKey = tuple[str, int]

_STANDING = text(
    "SELECT d.ID, d.KIND, d.SETID, d.SLOTIDS, d.WINNER, d.WEEKS, d.FINGERPRINT, d.BY, d.AT"
    " FROM STT_ECHO_DECISION d WHERE d.REVOKED IS NULL AND d.ID IN (SELECT l.DECISION_ID FROM json_each(:keys) k"
    " CROSS JOIN STT_ECHO_DECISION_LESSON l ON l.SETID = json_extract(k.value, '$[0]')"
    " AND l.SLOTID = json_extract(k.value, '$[1]')) ORDER BY d.ID"
)
_RECORDS = text(
    "SELECT d.ID, d.KIND, d.SETID, d.SLOTIDS, d.WINNER, d.WEEKS, d.FINGERPRINT, d.BY, d.AT, d.WHY, d.REVOKED,"
    " w.BY AS WITHDRAWN_BY, w.WHY AS WITHDRAWN_WHY FROM STT_ECHO_DECISION d LEFT JOIN STT_ECHO_WITHDRAWAL w"
    " ON w.DECISION_ID = d.ID ORDER BY d.ID DESC"
)
_ADD = text(
    "INSERT INTO STT_ECHO_DECISION (KIND, SETID, SLOTIDS, WINNER, WEEKS, FINGERPRINT, BY, WHY, AT)"
    " VALUES (:kind, :setid, :slotids, :winner, :weeks, :fingerprint, :by, :why, :at) RETURNING ID"
)
_NOW = text("SELECT strftime('%Y-%m-%dT%H:%M:%fZ')")
_ADD_LESSONS = text(
    "INSERT INTO STT_ECHO_DECISION_LESSON (SETID, SLOTID, DECISION_ID) SELECT :setid, value, :id"
    " FROM json_each(:slotids)"
)
_REVOKE = text(
    "UPDATE STT_ECHO_DECISION SET REVOKED = strftime('%Y-%m-%dT%H:%M:%fZ')"
    " WHERE REVOKED IS NULL AND ID IN (SELECT value FROM json_each(:ids)) RETURNING ID"
)
_FORGET_LESSONS = text(
    "DELETE FROM STT_ECHO_DECISION_LESSON WHERE DECISION_ID IN (SELECT value FROM json_each(:ids))"
)
_WITHDRAWAL = text(
    "INSERT INTO STT_ECHO_WITHDRAWAL (DECISION_ID, BY, WHY) SELECT value, :by, :why FROM json_each(:ids)"
)
_SETTINGS = text("SELECT NAME, VALUE FROM STT_ECHO_SETTING WHERE NAME = 'zone'")


class Decisions:
    """Decisions inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def standing(self, lessons: Collection[LessonKey]) -> list[Decision]:
        """Decisions that nobody took back and that name at least one of these lessons, oldest first."""
        if not lessons:
            return []
        rows = self._connection.execute(_STANDING, {"keys": as_json(sorted(lessons))}).all()
        return self._read(rows)

    def records(self) -> list[DecisionRecord]:
        """Every decision that was ever made, newest first."""
        rows = self._connection.execute(_RECORDS).all()
        return [
            DecisionRecord(
                decision, row.AT, row.WHY or "", row.REVOKED or "", row.WITHDRAWN_BY or "", row.WITHDRAWN_WHY or ""
            )
            for decision, row in zip(self._read(rows), rows, strict=True)
        ]

    def add(self, decision: Decision, why: str) -> int:
        """Write a decision down (its own `id` and `on` do not count); returns its number."""
        return self.add_all([decision], why)[0]

    def add_all(self, decisions: Sequence[Decision], why: str) -> list[int]:
        """The same for several that were made in one moment, which is how they are known to belong together."""
        at = str(self._connection.execute(_NOW).scalar_one())
        return [self._add(one, why, at) for one in decisions]

    def withdraw(self, numbers: Collection[int], by: str, why: str) -> list[int]:
        """Take decisions back; returns the numbers of those that stood."""
        stood = sorted(row.ID for row in self._connection.execute(_REVOKE, {"ids": as_json(numbers)}))
        if stood:
            self._connection.execute(_FORGET_LESSONS, {"ids": as_json(stood)})
            self._connection.execute(_WITHDRAWAL, {"ids": as_json(stood), "by": by, "why": why})
        return stood

    def _add(self, decision: Decision, why: str, at: str) -> int:
        slotids = as_json(decision.slotids)
        values = {
            "kind": decision.kind.value,
            "setid": decision.setid,
            "slotids": slotids,
            "winner": decision.winner,
            "weeks": None if decision.weeks is None else as_json(sorted(decision.weeks)),
            "fingerprint": as_json(decision.fingerprint),
            "by": decision.by,
            "why": why,
            "at": at,
        }
        number = int(self._connection.execute(_ADD, values).scalar_one())
        self._connection.execute(_ADD_LESSONS, {"setid": decision.setid, "slotids": slotids, "id": number})
        return number

    def _read(self, rows: Collection[Row[Any]]) -> list[Decision]:
        if not rows:
            return []
        stored = {row.NAME: row.VALUE for row in self._connection.execute(_SETTINGS)}
        zone = ZoneInfo(value_of(stored, "zone"))
        return [replace(_decision(row), on=_campus_date(row.AT, zone)) for row in rows]


def _decision(row: Any) -> Decision:
    return Decision(
        id=row.ID,
        kind=DecisionKind(row.KIND),
        setid=row.SETID,
        slotids=tuple(json.loads(row.SLOTIDS)),
        winner=row.WINNER,
        weeks=None if row.WEEKS is None else frozenset(json.loads(row.WEEKS)),
        fingerprint=tuple(json.loads(row.FINGERPRINT)),
        by=row.BY,
    )


def _campus_date(stamp: str, zone: ZoneInfo) -> str:
    return dt.datetime.fromisoformat(stamp).astimezone(zone).date().isoformat()
