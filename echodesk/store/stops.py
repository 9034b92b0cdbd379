"""Safety stops inside one transaction: their lists, what they hold, what was removed lately, the timetable's size.

Hours are counted by database time, and everything is written in the transaction of whoever asks: with the intents
of a wave, so that a kill loses nothing and two workers agree (decisions "The brake").
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from echodesk.errors import NothingDone, WrongUse
from echodesk.messages import StopShown
from echodesk.planning.records import Mark
from echodesk.planning.stops import StopItem, StopKind, StopRecord, Tally
from echodesk.planning.values import RoomDay
from echodesk.store.binding import ChangeNumber, as_json, places_json, sure_place
from echodesk.store.many import ManyRows
from echodesk.store.stop_rows import shown

_TALLY = text(
    "SELECT count(*) AS REMOVED, coalesce(sum(EXISTS (SELECT 1 FROM STT_ECHO_MIRROR m"
    " WHERE m.EXTERNAL_ID = r.EXTERNAL_ID AND m.OURS = 1)), 0) AS IN_FLIGHT,"
    " (SELECT count(DISTINCT i.EXTERNAL_ID) FROM STT_ECHO_STOP s JOIN STT_ECHO_STOP_ITEM i ON i.STOP_ID = s.ID"
    " WHERE s.KIND = 'BRAKE' AND s.ENDED IS NULL AND s.YES_AT IS NULL) AS WAITING FROM STT_ECHO_REMOVAL r"
    " WHERE r.ALLOWED = 0 AND r.AT > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')"
)
_FUTURE = text(
    "SELECT count(*) FROM STT_ECHO_MIRROR WHERE OURS = 1"
    " AND (LESSON_DATE > :today OR (LESSON_DATE = :today AND STARTTIME > :minute))"
)
_ALLOWED = text(
    "SELECT i.EXTERNAL_ID FROM json_each(:ids) j CROSS JOIN STT_ECHO_STOP_ITEM i ON i.EXTERNAL_ID = j.value"
    " CROSS JOIN STT_ECHO_STOP s ON s.ID = i.STOP_ID WHERE s.ENDED IS NULL"
    " AND s.YES_AT > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')"
)
_COUNTED = text(
    "SELECT r.EXTERNAL_ID FROM json_each(:ids) j CROSS JOIN STT_ECHO_REMOVAL r ON r.EXTERNAL_ID = j.value"
    " WHERE r.ALLOWED = 0 AND r.AT > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')"
)
_WAITING_AT = text(
    "SELECT i.EXTERNAL_ID, s.KIND FROM json_each(:places) p CROSS JOIN STT_ECHO_STOP_ITEM i"
    " ON i.ROOMID = json_extract(p.value, '$[0]') AND i.LESSON_DATE = json_extract(p.value, '$[1]')"
    " CROSS JOIN STT_ECHO_STOP s ON s.ID = i.STOP_ID WHERE s.ENDED IS NULL AND s.YES_AT IS NULL"
)
_EXPLAINED = text(
    "SELECT DISTINCT q.SETID, q.SLOTID FROM json_each(:keys) k CROSS JOIN STT_ECHO_QUEUE q"
    " ON q.SETID = json_extract(k.value, '$[0]') AND q.SLOTID = json_extract(k.value, '$[1]')"
    " WHERE q.STATUS = 'UNPROCESSED' OR (q.STATUS = 'IN_PROGRESS' AND q.WEEKS_ALL = 0)"
)
_REMOVING = text(
    "INSERT INTO STT_ECHO_REMOVAL (EXTERNAL_ID, ALLOWED) SELECT value, :allowed FROM json_each(:ids) WHERE true"
    " ON CONFLICT (EXTERNAL_ID) DO UPDATE SET AT = strftime('%Y-%m-%dT%H:%M:%fZ'), ALLOWED = excluded.ALLOWED"
)
_OLD_REMOVALS = text("DELETE FROM STT_ECHO_REMOVAL WHERE AT <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-2 day')")
_ANY_REMOVAL = text("SELECT EXISTS (SELECT 1 FROM STT_ECHO_REMOVAL)")
_MADE_AGAIN = text("DELETE FROM STT_ECHO_REMOVAL WHERE EXTERNAL_ID IN (SELECT value FROM json_each(:ids))")
_WAITING_STOP = text(
    "SELECT ID FROM STT_ECHO_STOP WHERE KIND = :kind AND ENDED IS NULL AND YES_AT IS NULL ORDER BY ID LIMIT 1"
)
_NEW_STOP = text("INSERT INTO STT_ECHO_STOP (KIND, REASON) VALUES (:kind, :reason) RETURNING ID")
_REASON = text("UPDATE STT_ECHO_STOP SET REASON = :reason WHERE ID = :id AND REASON <> :reason")
_OFF_OTHER_LISTS = text(
    "DELETE FROM STT_ECHO_STOP_ITEM WHERE STOP_ID <> :stop AND EXTERNAL_ID IN (SELECT value FROM json_each(:ids))"
    " AND STOP_ID IN (SELECT ID FROM STT_ECHO_STOP WHERE ENDED IS NULL AND YES_AT IS NULL)"
)
_ON_LIST = text(
    "SELECT i.EXTERNAL_ID FROM json_each(:ids) j CROSS JOIN STT_ECHO_STOP_ITEM i ON i.EXTERNAL_ID = j.value"
    " WHERE i.STOP_ID = :stop"
)
_ITEM_ROWS = ManyRows(
    "STT_ECHO_STOP_ITEM",
    {
        "STOP_ID": "stop",
        "EXTERNAL_ID": "external_id",
        "ROOMID": "room",
        "LESSON_DATE": "date",
        "STARTTIME": "start",
        "FINISHTIME": "finish",
        "TITLE": "title",
        "PRESENTER": "presenter",
        "WHY": "why",
        "QUEUE_ID": "queue_id",
    },
)
_PLACES_DIRTY = text(
    "INSERT INTO STT_ECHO_DIRTY (ROOMID, LESSON_DATE, MARK, GUARDED, REASON) SELECT json_extract(value, '$[0]'),"
    " json_extract(value, '$[1]'), :mark, 1, 'safety stop' FROM json_each(:places) WHERE true"
    " ON CONFLICT (LESSON_DATE, ROOMID) DO NOTHING"
)
_GUARD = text(
    "UPDATE STT_ECHO_DIRTY SET GUARDED = 1 WHERE (LESSON_DATE, ROOMID) IN (SELECT d.LESSON_DATE, d.ROOMID"
    " FROM json_each(:marks) m CROSS JOIN STT_ECHO_DIRTY d ON d.LESSON_DATE = json_extract(m.value, '$[0]')"
    " AND d.ROOMID = json_extract(m.value, '$[1]') WHERE d.MARK = json_extract(m.value, '$[2]'))"
)
_TELL = text(
    "UPDATE STT_ECHO_NOTIFICATION SET MESSAGE = :text, CHANGE_NO = :change WHERE STATUS = 'UNPROCESSED'"
    " AND ID IN (SELECT value FROM json_each(:ids)) AND MESSAGE IS NOT :text"
)
_LET_GO = text(
    "UPDATE STT_ECHO_DIRTY SET GUARDED = 0 WHERE GUARDED = 1 AND (LESSON_DATE, ROOMID) IN"
    " (SELECT json_extract(value, '$[1]'), json_extract(value, '$[0]') FROM json_each(:places))"
)
# A list names the room-days of its bookings; those that were held with them are named nowhere. So whenever a part
# of a list is over everything is planned again, and judged again: what still waits for another list is held again.
_LET_ALL_GO = text("UPDATE STT_ECHO_DIRTY SET GUARDED = 0 WHERE GUARDED = 1")
_ANY_LIST = text(
    "SELECT EXISTS (SELECT 1 FROM STT_ECHO_STOP WHERE KIND <> 'FEED' AND ENDED IS NULL AND YES_AT IS NULL)"
)
_HELD_IN = text(
    "SELECT LESSON_DATE FROM STT_ECHO_DIRTY WHERE GUARDED = 1 AND ROOMID = :room AND LESSON_DATE >= :today"
)
_OPEN = text(
    "SELECT s.*, count(i.ID) AS BOOKINGS, count(DISTINCT i.ROOMID || ' ' || i.LESSON_DATE) AS ROOM_DAYS,"
    " count(DISTINCT i.QUEUE_ID) AS CHANGES, coalesce(sum(i.ID IS NOT NULL AND i.QUEUE_ID IS NULL), 0)"
    " AS UNEXPLAINED, coalesce(max(i.ID), 0) AS LAST_ITEM FROM STT_ECHO_STOP s LEFT JOIN STT_ECHO_STOP_ITEM i"
    " ON i.STOP_ID = s.ID WHERE s.ENDED IS NULL GROUP BY s.ID, s.KIND, s.REASON, s.SINCE, s.YES_BY, s.YES_AT,"
    " s.WHY, s.ENDED ORDER BY s.YES_AT IS NOT NULL, s.ID"
)
_NAMES = text(
    "SELECT TITLE, PRESENTER FROM STT_ECHO_STOP_ITEM WHERE STOP_ID = :stop"
    " GROUP BY TITLE, PRESENTER ORDER BY min(ID) LIMIT 12"
)
_ITEMS = text(
    "SELECT * FROM STT_ECHO_STOP_ITEM WHERE STOP_ID = :stop ORDER BY LESSON_DATE, STARTTIME, ROOMID, EXTERNAL_ID"
)
_ONE = text("SELECT * FROM STT_ECHO_STOP WHERE ID = :stop")
_YES = text(
    "UPDATE STT_ECHO_STOP SET YES_BY = :by, YES_AT = strftime('%Y-%m-%dT%H:%M:%fZ'), WHY = :why WHERE ID = :stop"
)
_LATER_ITEMS = text("SELECT count(*) FROM STT_ECHO_STOP_ITEM WHERE STOP_ID = :stop AND ID > :last")
_MOVE_ITEMS = text("UPDATE STT_ECHO_STOP_ITEM SET STOP_ID = :other WHERE STOP_ID = :stop AND ID > :last")
_PLACES_OF = text("SELECT DISTINCT ROOMID, LESSON_DATE FROM STT_ECHO_STOP_ITEM WHERE STOP_ID = :stop")
# An item is done with when nothing leads to its room-day any more: no mark, no re-sync, no request under way.
_DONE_ITEMS = text(
    "DELETE FROM STT_ECHO_STOP_ITEM WHERE ID IN (SELECT i.ID FROM STT_ECHO_STOP s JOIN STT_ECHO_STOP_ITEM i"
    " ON i.STOP_ID = s.ID WHERE s.ENDED IS NULL AND (s.YES_AT <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')"
    " OR (NOT EXISTS (SELECT 1 FROM STT_ECHO_DIRTY d WHERE d.LESSON_DATE = i.LESSON_DATE AND d.ROOMID = i.ROOMID)"
    " AND NOT EXISTS (SELECT 1 FROM STT_ECHO_REFRESH r WHERE r.ROOMID = i.ROOMID AND r.LESSON_DATE ="
    " i.LESSON_DATE) AND NOT EXISTS (SELECT 1 FROM STT_ECHO_INTENT t WHERE t.EXTERNAL_ID = i.EXTERNAL_ID))))"
)
_END = text(
    "UPDATE STT_ECHO_STOP SET ENDED = strftime('%Y-%m-%dT%H:%M:%fZ') WHERE ENDED IS NULL AND KIND <> 'FEED'"
    " AND NOT EXISTS (SELECT 1 FROM STT_ECHO_STOP_ITEM i WHERE i.STOP_ID = STT_ECHO_STOP.ID)"
)
_END_FEED = text(
    "UPDATE STT_ECHO_STOP SET ENDED = strftime('%Y-%m-%dT%H:%M:%fZ') WHERE ENDED IS NULL AND KIND = 'FEED'"
)
_FEED = text("SELECT SETID, LESSONS FROM STT_ECHO_FEED")
_FEED_SETTLED = text(
    "SELECT SETID, LESSONS FROM STT_ECHO_FEED WHERE AT <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')"
)
_DROP_FEED = text("DELETE FROM STT_ECHO_FEED WHERE SETID NOT IN (SELECT value FROM json_each(:sets))")
_SET_FEED = text(
    "INSERT INTO STT_ECHO_FEED (SETID, LESSONS) VALUES (:setid, :lessons) ON CONFLICT (SETID) DO UPDATE"
    " SET LESSONS = excluded.LESSONS, AT = strftime('%Y-%m-%dT%H:%M:%fZ')"
)
_LESSONS_AHEAD = text(
    "SELECT SETID, count(DISTINCT SLOTID) AS LESSONS FROM STT_ECHO_MIRROR WHERE OURS = 1 AND SETID IS NOT NULL"
    " AND LESSON_DATE >= :today GROUP BY SETID"
)
NAMED = 3
"""So many lessons and lecturers are named in a sentence."""


class Stops:
    """Safety stops inside one transaction."""

    def __init__(self, connection: Connection, change: ChangeNumber) -> None:
        self._connection = connection
        self._change = change

    # ---- counting -----------------------------------------------------------------------------------------

    def tally(self) -> Tally:
        """Removals of the last 24 hours without a yes, and bookings that wait for one."""
        row = self._connection.execute(_TALLY).one()
        return Tally(row.REMOVED, row.IN_FLIGHT, row.WAITING)

    def future(self, today: str, minute: int) -> int:
        """Schedules of ours in the mirror that have not begun."""
        return int(self._connection.execute(_FUTURE, {"today": today, "minute": minute}).scalar_one())

    def allowed(self, external_ids: Collection[str]) -> set[str]:
        """Those of these bookings that a yes of the last 24 hours is for."""
        return {row.EXTERNAL_ID for row in self._connection.execute(_ALLOWED, {"ids": as_json(external_ids)})}

    def counted(self, external_ids: Collection[str]) -> set[str]:
        """Those of these that the tally counts as removed."""
        return {row.EXTERNAL_ID for row in self._connection.execute(_COUNTED, {"ids": as_json(external_ids)})}

    def waiting_at(self, places: Collection[RoomDay]) -> dict[str, StopKind]:
        """External ids on lists that wait for a yes, as far as they stand in these room-days, and which list."""
        rows = self._connection.execute(_WAITING_AT, {"places": places_json(places)})
        return {row.EXTERNAL_ID: StopKind(row.KIND) for row in rows}

    def explained(self, lessons: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
        """Those of these lessons for which a queue entry waits that was not expanded yet."""
        rows = self._connection.execute(_EXPLAINED, {"keys": as_json(lessons)})
        return {(row.SETID, row.SLOTID) for row in rows}

    def removing(self, external_ids: Collection[str], allowed: Collection[str]) -> None:
        """These are about to be removed; `allowed` of them with a yes."""
        with_yes = sorted(set(external_ids) & set(allowed))
        without = sorted(set(external_ids) - set(allowed))
        for ids, flag in ((with_yes, 1), (without, 0)):
            if ids:
                self._connection.execute(_REMOVING, {"ids": as_json(ids), "allowed": flag})
        self._connection.execute(_OLD_REMOVALS)

    def made_again(self, external_ids: Collection[str]) -> None:
        """These stand (again): they were not removed."""
        if external_ids and self._connection.execute(_ANY_REMOVAL).scalar_one():
            self._connection.execute(_MADE_AGAIN, {"ids": as_json(external_ids)})

    # ---- holding ------------------------------------------------------------------------------------------

    def hold(self, kind: StopKind, reason: str, items: Sequence[StopItem], seen: Collection[str]) -> int:
        """Put these on the list of this kind that waits for a yes; what of `seen` is not among them leaves every
        such list. An item keeps its number for as long as it stays on its list."""
        stop = self._waiting_stop(kind, reason)
        wanted = {one.external_id for one in items}
        gone = set(seen) - wanted
        self._connection.execute(_OFF_OTHER_LISTS, {"stop": stop, "ids": as_json(wanted)})
        if gone:
            self._connection.execute(_OFF_OTHER_LISTS, {"stop": 0, "ids": as_json(gone)})
        rows = self._connection.execute(_ON_LIST, {"stop": stop, "ids": as_json(wanted)})
        listed = {row.EXTERNAL_ID for row in rows}
        _ITEM_ROWS.insert(
            self._connection,
            [
                {
                    "stop": stop,
                    "external_id": one.external_id,
                    "room": one.room,
                    "date": one.date,
                    "start": one.start,
                    "finish": one.finish,
                    "title": one.title,
                    "presenter": one.presenter,
                    "why": one.why,
                    "queue_id": one.queue_id,
                }
                for one in items
                if one.external_id not in listed
            ],
        )
        return stop

    def hold_places(self, places: Collection[RoomDay], marks: Collection[Mark]) -> None:
        """These room-days stay dirty and are not planned, unless a mark is newer than those that were read."""
        read = [(mark.place.date.isoformat(), mark.place.room, mark.number) for mark in marks]
        self._connection.execute(_PLACES_DIRTY, {"places": places_json(places), "mark": self._change()})
        if read:
            self._connection.execute(_GUARD, {"marks": as_json(read)})

    def tell_waiting(self, notifications: Collection[int], text: str) -> None:
        """Why these UNPROCESSED notifications wait."""
        if notifications:
            values = {"ids": as_json(notifications), "text": text, "change": self._change()}
            self._connection.execute(_TELL, values)

    def let_go(self, places: Collection[RoomDay]) -> None:
        """Plan these again: what held them is gone."""
        if places:
            self._connection.execute(_LET_GO, {"places": places_json(places)})

    def held_in(self, room: str, today: str) -> set[RoomDay]:
        """Room-days of this room from today on that wait for a yes."""
        rows = self._connection.execute(_HELD_IN, {"room": room, "today": today})
        return {sure_place(room, row.LESSON_DATE) for row in rows}

    # ---- staff --------------------------------------------------------------------------------------------

    def open(self) -> list[StopRecord]:
        """Every stop that has not ended, those that wait for a yes first."""
        return [self._record(row) for row in self._connection.execute(_OPEN).all()]

    def shown(self) -> list[StopShown]:
        """The same as staff see them."""
        return [shown(one) for one in self.open()]

    def items(self, stop: int) -> list[StopItem]:
        """What is on the list of a stop, next lesson first."""
        return [
            StopItem(
                external_id=row.EXTERNAL_ID,
                room=row.ROOMID,
                date=row.LESSON_DATE,
                start=row.STARTTIME,
                finish=row.FINISHTIME,
                title=row.TITLE,
                presenter=row.PRESENTER,
                why=row.WHY,
                queue_id=row.QUEUE_ID,
                id=row.ID,
            )
            for row in self._connection.execute(_ITEMS, {"stop": stop})
        ]

    def yes(self, stop: int, by: str, why: str, last_item: int) -> set[RoomDay]:
        """Staff agree to what is on the list up to `last_item`; what came later goes on a new list.

        Raises `WrongUse` if there never was such a stop, `NothingDone` if it has ended or has its yes.
        """
        row = self._connection.execute(_ONE, {"stop": stop}).first()
        if row is None:
            raise WrongUse(
                "There is no such safety stop", f"{stop} is not its number.", "`echodesk stops` lists them."
            )
        if row.ENDED is not None or row.YES_AT is not None:
            said = f"{row.YES_BY} said yes." if row.YES_AT is not None else "Nothing waits for it any more."
            raise NothingDone(f"Safety stop {stop} is over", said, "`echodesk stops` lists what still waits.")
        self._connection.execute(_YES, {"stop": stop, "by": by, "why": why})
        places = {sure_place(one.ROOMID, one.LESSON_DATE) for one in self._places_of(stop)}
        if self._connection.execute(_LATER_ITEMS, {"stop": stop, "last": last_item}).scalar_one():
            other = self._waiting_stop(StopKind(row.KIND), row.REASON)
            self._connection.execute(_MOVE_ITEMS, {"stop": stop, "other": other, "last": last_item})
        self._connection.execute(_LET_ALL_GO)
        return places

    def review(self) -> None:
        """Take off the lists what needs no removal any more, end stops of which nothing is left, and hold nothing
        that no list holds."""
        done = self._connection.execute(_DONE_ITEMS).rowcount
        ended = self._connection.execute(_END).rowcount
        if done or ended or not self._connection.execute(_ANY_LIST).scalar_one():
            self._connection.execute(_LET_ALL_GO)

    # ---- the size of the timetable ------------------------------------------------------------------------

    def feed(self) -> dict[str, int]:
        """Lessons by year, as the timetable was when it was last planned from."""
        return {row.SETID: row.LESSONS for row in self._connection.execute(_FEED)}

    def feed_settled(self) -> dict[str, int]:
        """The same, but only years whose number is older than a day: those may become smaller."""
        return {row.SETID: row.LESSONS for row in self._connection.execute(_FEED_SETTLED)}

    def set_feed(self, lessons: Mapping[str, int]) -> None:
        """This is the size of these years now; years that are not named are forgotten."""
        self._connection.execute(_DROP_FEED, {"sets": as_json(lessons)})
        if lessons:
            rows = [{"setid": setid, "lessons": count} for setid, count in lessons.items()]
            self._connection.execute(_SET_FEED, rows)

    def lessons_ahead(self, today: str) -> dict[str, int]:
        """Different lessons of ours that the mirror holds from today on, by year."""
        return {row.SETID: row.LESSONS for row in self._connection.execute(_LESSONS_AHEAD, {"today": today})}

    def stop_feed(self, reason: str) -> None:
        """Nothing is planned, for this reason; one such stop at a time."""
        self._waiting_stop(StopKind.FEED, reason)

    def end_feed(self) -> None:
        """The timetable is well again."""
        self._connection.execute(_END_FEED)

    # ---- within -------------------------------------------------------------------------------------------

    def _waiting_stop(self, kind: StopKind, reason: str) -> int:
        found = self._connection.execute(_WAITING_STOP, {"kind": kind.value}).scalar()
        if found is not None:
            self._connection.execute(_REASON, {"id": found, "reason": reason})
            return int(found)
        return int(self._connection.execute(_NEW_STOP, {"kind": kind.value, "reason": reason}).scalar_one())

    def _places_of(self, stop: int) -> Sequence[Any]:
        return self._connection.execute(_PLACES_OF, {"stop": stop}).all()

    def _record(self, row: Any) -> StopRecord:
        named = self._connection.execute(_NAMES, {"stop": row.ID}).all()
        return StopRecord(
            id=row.ID,
            kind=StopKind(row.KIND),
            reason=row.REASON,
            since=row.SINCE,
            yes_by=row.YES_BY,
            yes_at=row.YES_AT,
            why=row.WHY,
            bookings=row.BOOKINGS,
            room_days=row.ROOM_DAYS,
            changes=row.CHANGES,
            unexplained=row.UNEXPLAINED,
            titles=tuple(dict.fromkeys(one.TITLE for one in named))[:NAMED],
            people=tuple(dict.fromkeys(one.PRESENTER for one in named if one.PRESENTER))[:NAMED],
            last_item=row.LAST_ITEM,
        )
