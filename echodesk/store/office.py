"""What people decide (pauses, settings, commands) and who may write (the lease), inside one transaction."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import astuple
from typing import Any

from sqlalchemy import Connection, text

from echodesk.errors import NotLeading
from echodesk.messages import Scope
from echodesk.planning.batches import Timer
from echodesk.planning.records import LeaderState, LeaseState, PauseRecord, WaitingCommand
from echodesk.planning.values import RoomDay, Rules
from echodesk.settings import SettingsShown
from echodesk.store.binding import as_json, places_json, sure_place
from echodesk.store.database import check_version
from echodesk.store.settings import SETTINGS, checked, key_of, rules_from, shown, timer_from

_PAUSES = text(
    "SELECT p.ID, p.SITEID, p.ROOMID, p.FROM_DATE, p.TO_DATE, p.REASON, p.OWNER, p.CREATED, p.UNTIL,"
    " (SELECT b.ID FROM STT_ECHO_BATCH b WHERE b.PAUSE_ID = p.ID) AS BATCH FROM STT_ECHO_PAUSE p"
    " WHERE p.LIFTED IS NULL ORDER BY p.ID"
)
_PAUSED_DAYS = text("SELECT ROOMID, LESSON_DATE FROM STT_ECHO_BATCH_PLACE WHERE BATCH_ID = :batch AND PAUSED = 1")
_PAUSED_DAYS_AT = text(
    "SELECT b.ROOMID, b.LESSON_DATE FROM json_each(:places) p CROSS JOIN STT_ECHO_BATCH_PLACE b"
    " ON b.BATCH_ID = :batch AND b.LESSON_DATE = json_extract(p.value, '$[1]')"
    " AND b.ROOMID = json_extract(p.value, '$[0]') WHERE b.PAUSED = 1"
)
# Lifting a pause that came with a batch lists what it covered: nothing else leads there, and what people changed
# in Echo360 meanwhile no comparison has put into the mirror.
_LIST_DAYS = text(
    "INSERT INTO STT_ECHO_REFRESH (ROOMID, LESSON_DATE, NOT_BEFORE, REASON) SELECT DISTINCT d.ROOMID,"
    " d.LESSON_DATE, strftime('%Y-%m-%dT%H:%M:%fZ'), 'pause lifted' FROM STT_ECHO_BATCH b"
    " JOIN STT_ECHO_BATCH_PLACE d ON d.BATCH_ID = b.ID AND d.PAUSED = 1"
    " WHERE b.PAUSE_ID IN (SELECT value FROM json_each(:ids))"
    " AND NOT EXISTS (SELECT 1 FROM STT_ECHO_PAUSE p WHERE p.ID = b.PAUSE_ID AND p.LIFTED IS NULL)"
)
_NO_DAYS = text(
    "UPDATE STT_ECHO_BATCH_PLACE SET PAUSED = 0 WHERE PAUSED = 1 AND BATCH_ID IN"
    " (SELECT b.ID FROM STT_ECHO_BATCH b WHERE b.PAUSE_ID IN (SELECT value FROM json_each(:ids))"
    " AND NOT EXISTS (SELECT 1 FROM STT_ECHO_PAUSE p WHERE p.ID = b.PAUSE_ID AND p.LIFTED IS NULL))"
)
_ENDED = text("SELECT ID FROM STT_ECHO_PAUSE WHERE LIFTED IS NULL AND UNTIL <= strftime('%Y-%m-%dT%H:%M:%fZ')")
# Staff name a building by its code or by its name.
_BUILDING = text(
    "SELECT DISTINCT TRIM(r.ROOMID) AS ROOMID FROM ROOMS r LEFT JOIN SITES s ON TRIM(s.SETID) = TRIM(r.SETID)"
    " AND TRIM(s.SITEID) = TRIM(r.SITEID) WHERE TRIM(r.SITEID) = TRIM(:site) OR TRIM(s.SITENAME) = TRIM(:site)"
)
_PAUSE = text(
    "INSERT INTO STT_ECHO_PAUSE (SITEID, ROOMID, FROM_DATE, TO_DATE, REASON, OWNER, UNTIL)"
    " VALUES (:site, :room, :first, :last, :reason, :owner, :until) RETURNING ID"
)
_OPEN_IDS = text("SELECT ID FROM STT_ECHO_PAUSE WHERE LIFTED IS NULL")
_LIFT = text(
    "UPDATE STT_ECHO_PAUSE SET LIFTED = strftime('%Y-%m-%dT%H:%M:%fZ'), LIFTED_BY = :by"
    " WHERE LIFTED IS NULL AND ID IN (SELECT value FROM json_each(:ids))"
)
_FREE = text(
    "UPDATE STT_ECHO_DIRTY SET HELD_BY = NULL WHERE HELD_BY IS NOT NULL AND NOT EXISTS"
    " (SELECT 1 FROM STT_ECHO_PAUSE p WHERE p.ID = HELD_BY AND p.LIFTED IS NULL)"
)
_FREE_ALL = text("UPDATE STT_ECHO_DIRTY SET HELD_BY = NULL WHERE HELD_BY IS NOT NULL")
_SWITCH_ON = text(
    "INSERT INTO STT_ECHO_SET (SETID, LIVE) VALUES (:setid, 1) ON CONFLICT (SETID) DO UPDATE SET LIVE = 1,"
    " CHANGED = strftime('%Y-%m-%dT%H:%M:%fZ')"
)
_SWITCH_OFF = text(
    "UPDATE STT_ECHO_SET SET LIVE = 0, CHANGED = strftime('%Y-%m-%dT%H:%M:%fZ') WHERE SETID = :setid"
)
_SETTINGS = text("SELECT NAME, VALUE FROM STT_ECHO_SETTING")
_SETTING = text("SELECT VALUE FROM STT_ECHO_SETTING WHERE NAME = :name")
_SET = text(
    "INSERT INTO STT_ECHO_SETTING (NAME, VALUE, BY) VALUES (:name, :value, :by)"
    " ON CONFLICT (NAME) DO UPDATE SET VALUE = excluded.VALUE, BY = excluded.BY,"
    " AT = strftime('%Y-%m-%dT%H:%M:%fZ')"
)
_UNSET = text("DELETE FROM STT_ECHO_SETTING WHERE NAME = :name")
_NEXT_COMMAND = text("SELECT ID, KIND, ARGS, BY FROM STT_ECHO_COMMAND WHERE STATE = 'WAITING' ORDER BY ID LIMIT 1")
_ANSWER = text(
    "UPDATE STT_ECHO_COMMAND SET STATE = :state, ANSWER = :answer, DONE = strftime('%Y-%m-%dT%H:%M:%fZ')"
    " WHERE ID = :id AND STATE = 'WAITING'"
)
_POST = text("INSERT INTO STT_ECHO_COMMAND (KIND, ARGS, BY) VALUES (:kind, :args, :by) RETURNING ID")
_ANSWERED = text("SELECT STATE, ANSWER FROM STT_ECHO_COMMAND WHERE ID = :id")
_TAKE = text(
    "UPDATE STT_ECHO_LEASE SET HOLDER = :holder, EPOCH = EPOCH + 1, STATE = NULL,"
    " UNTIL = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :ttl) WHERE ID = 1"
    " AND (HOLDER IS NULL OR HOLDER = :holder OR UNTIL < strftime('%Y-%m-%dT%H:%M:%fZ')) RETURNING EPOCH"
)
_RENEW = text(
    "UPDATE STT_ECHO_LEASE SET UNTIL = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :ttl)"
    " WHERE ID = 1 AND HOLDER = :holder AND EPOCH = :epoch"
)
_RELEASE = text(
    "UPDATE STT_ECHO_LEASE SET HOLDER = NULL, UNTIL = NULL, STATE = NULL"
    " WHERE ID = 1 AND HOLDER = :holder AND EPOCH = :epoch"
)
_HAND_OVER = text(
    "UPDATE STT_ECHO_LEASE SET HOLDER = :next, EPOCH = EPOCH + 1, STATE = NULL,"
    " UNTIL = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :ttl)"
    " WHERE ID = 1 AND HOLDER = :holder AND EPOCH = :epoch"
)
_TELL = text("UPDATE STT_ECHO_LEASE SET STATE = :state WHERE ID = 1 AND EPOCH = :epoch AND HOLDER IS NOT NULL")
_TOLD = text("SELECT STATE FROM STT_ECHO_LEASE WHERE ID = 1")
_LEASE = text(
    "SELECT HOLDER, EPOCH, (julianday(UNTIL) - julianday('now')) * 86400.0 AS SECONDS"
    " FROM STT_ECHO_LEASE WHERE ID = 1"
)
_UTC = text("SELECT strftime('%Y-%m-%dT%H:%M:%fZ')")
_GUARD = text("UPDATE STT_ECHO_LEASE SET EPOCH = EPOCH WHERE ID = 1 AND EPOCH = :epoch AND HOLDER IS NOT NULL")


class Office:
    """Pauses, settings, commands and the lease."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def pauses(self, places: Collection[RoomDay] | None = None) -> list[PauseRecord]:
        """Pauses that stand: all that were not lifted, so that everyone agrees about it at every moment.

        With `places`, those that came with a batch know of these room-days only whether they cover them.
        """
        return [self._pause_record(row, places) for row in self._connection.execute(_PAUSES)]

    def pause_ended(self) -> bool:
        """True if the end of a pause has come that still stands."""
        return self._connection.execute(_ENDED).first() is not None

    def lift_ended(self) -> int:
        """Lift pauses whose end has come. Returns how many."""
        ended = [row.ID for row in self._connection.execute(_ENDED)]
        return self.resume(ended, "its end came") if ended else 0

    def pause(self, scope: Scope, reason: str, by: str, until: str) -> int:
        """Begin a pause; returns its id."""
        return int(
            self._connection.execute(
                _PAUSE,
                {
                    "site": scope.building or None,
                    "room": scope.room or None,
                    "first": scope.first or None,
                    "last": scope.last or None,
                    "reason": reason,
                    "owner": by,
                    "until": until or None,
                },
            ).scalar_one()
        )

    def resume(self, ids: Collection[int], by: str) -> int:
        """Lift these pauses (all when empty) and free what they held. Returns how many were lifted."""
        chosen = list(ids) or [row.ID for row in self._connection.execute(_OPEN_IDS)]
        numbers = as_json(chosen)
        lifted = self._connection.execute(_LIFT, {"by": by, "ids": numbers}).rowcount
        self._connection.execute(_FREE)
        self._connection.execute(_LIST_DAYS, {"ids": numbers})
        self._connection.execute(_NO_DAYS, {"ids": numbers})
        return lifted

    def hold_anew(self) -> None:
        """All that waits for a pause is planned once more, and held once more if it is still linked with it."""
        self._connection.execute(_FREE_ALL)

    def rules(self) -> Rules:
        """The settings that shape the projection."""
        return rules_from({row.NAME: row.VALUE for row in self._connection.execute(_SETTINGS)})

    def switch_off(self, setid: str) -> None:
        """This year is not sent any more."""
        self._connection.execute(_SWITCH_OFF, {"setid": setid})

    def switch_on(self, setid: str) -> None:
        """This year is sent from now on."""
        self._connection.execute(_SWITCH_ON, {"setid": setid})

    def timer(self) -> Timer:
        """When everything is compared without anybody asking."""
        return timer_from(self.settings())

    def settings(self) -> dict[str, str]:
        """Every setting that was set."""
        return {row.NAME: row.VALUE for row in self._connection.execute(_SETTINGS)}

    def setting(self, name: str) -> str | None:
        """One setting, None while its default stands."""
        value = self._connection.execute(_SETTING, {"name": name}).scalar()
        return None if value is None else str(value)

    def shown_settings(self) -> SettingsShown:
        """Every setting as it is now, for people."""
        return shown(self.settings())

    def check_setting(self, name: str, value: str, room: str = "") -> None:
        """Raise `WrongUse`, saying what is accepted, unless this setting may be so."""
        checked(name, value, room)

    def change_setting(self, name: str, value: str, by: str, room: str = "") -> tuple[str, bool]:
        """Change one setting. Returns what it was, and whether it shapes the projection; raises `WrongUse`.

        That of a room is what it has of its own; '' for none.
        """
        known = checked(name, value, room)
        key = key_of(name, room)
        before = self.setting(key)
        if room and not known:
            self._connection.execute(_UNSET, {"name": key})
        else:
            self._connection.execute(_SET, {"name": key, "value": known, "by": by})
        if before is None:
            before = "" if room else SETTINGS[name].default
        return before, SETTINGS[name].shapes

    def next_command(self) -> WaitingCommand | None:
        """The oldest command that waits."""
        row = self._connection.execute(_NEXT_COMMAND).first()
        return None if row is None else WaitingCommand(row.ID, row.KIND, row.ARGS, row.BY)

    def answer_command(self, command: int, ok: bool, answer: str) -> None:
        """Answer a command, once."""
        self._connection.execute(_ANSWER, {"id": command, "state": "DONE" if ok else "FAILED", "answer": answer})

    def post_command(self, kind: str, args: str, by: str) -> int:
        """Ask whoever leads; returns the command's id."""
        return int(self._connection.execute(_POST, {"kind": kind, "args": args, "by": by}).scalar_one())

    def command_answer(self, command: int) -> tuple[str, str] | None:
        """(state, answer) once it was carried out."""
        row = self._connection.execute(_ANSWERED, {"id": command}).first()
        if row is None or row.STATE == "WAITING":
            return None
        return row.STATE, row.ANSWER or ""

    def take_lease(self, holder: str, ttl_s: float) -> LeaseState | None:
        """Become the only writer: a new epoch. None while another holds the lease.

        A holder's name is one thread's of one process: who finds itself there has ended without giving it back.
        Raises `SchemaMismatch` if the tables were brought to another version since they were opened (L7).
        """
        check_version(self._connection)
        row = self._connection.execute(_TAKE, {"holder": holder, "ttl": f"+{ttl_s:.3f} seconds"}).first()
        return None if row is None else LeaseState(holder, row.EPOCH, ttl_s)

    def renew_lease(self, holder: str, epoch: int, ttl_s: float) -> bool:
        """Keep the lease; False if it was lost."""
        done = self._connection.execute(_RENEW, {"holder": holder, "epoch": epoch, "ttl": f"+{ttl_s:.3f} seconds"})
        return done.rowcount == 1

    def release_lease(self, holder: str, epoch: int) -> None:
        """Give the lease back, if it is still ours."""
        self._connection.execute(_RELEASE, {"holder": holder, "epoch": epoch})

    def hand_over_lease(self, holder: str, epoch: int, successor: str, ttl_s: float) -> None:
        """Give the lease to another, who takes it anew; anybody may once `ttl_s` have passed in vain. This epoch
        writes nothing from now on."""
        values = {"holder": holder, "epoch": epoch, "next": successor, "ttl": f"+{ttl_s:.3f} seconds"}
        self._connection.execute(_HAND_OVER, values)

    def lease(self) -> LeaseState:
        """Who holds the lease, and for how long still (negative: run out)."""
        row = self._connection.execute(_LEASE).one()
        return LeaseState(row.HOLDER, row.EPOCH, row.SECONDS if row.SECONDS is not None else -1.0)

    def utc(self) -> dt.datetime:
        """The database's clock, aware, to the millisecond."""
        return dt.datetime.fromisoformat(self._connection.execute(_UTC).scalar_one())

    def tell_state(self, epoch: int, state: LeaderState) -> None:
        """What the leader is doing, for other processes."""
        self._connection.execute(_TELL, {"epoch": epoch, "state": json.dumps(astuple(state))})

    def told_state(self) -> LeaderState:
        """What the leader told last; empty texts if nobody did."""
        told = self._connection.execute(_TOLD).scalar()
        return LeaderState(*json.loads(told)) if told else LeaderState()

    def guard(self, epoch: int) -> None:
        """Raise `NotLeading` unless this epoch may write. First call of every write of a leader."""
        if self._connection.execute(_GUARD, {"epoch": epoch}).rowcount != 1:
            raise NotLeading(
                "Another EchoDesk is sending",
                "The lease was taken over; nothing was written.",
                "Nothing to do: the other one goes on with the work.",
            )

    def _pause_record(self, row: Any, places: Collection[RoomDay] | None) -> PauseRecord:
        rooms = frozenset[str]()
        days = frozenset[RoomDay]()
        if row.SITEID is not None:
            rooms = frozenset(r.ROOMID for r in self._connection.execute(_BUILDING, {"site": row.SITEID}))
        if row.BATCH is not None:
            if places is None:
                found = self._connection.execute(_PAUSED_DAYS, {"batch": row.BATCH})
            else:
                at = {"batch": row.BATCH, "places": places_json(places)}
                found = self._connection.execute(_PAUSED_DAYS_AT, at)
            days = frozenset(sure_place(one.ROOMID, one.LESSON_DATE) for one in found)
        return PauseRecord(
            row.ID,
            row.SITEID,
            row.ROOMID,
            row.FROM_DATE,
            row.TO_DATE,
            row.REASON,
            row.OWNER,
            row.CREATED,
            row.UNTIL,
            rooms,
            row.BATCH,
            days,
        )
