"""Room-days inside one transaction: marks, refresh marks, open rows, what is left out, rooms that wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, text

from echodesk.planning.records import Mark, PlaceOutcome, RefreshMark
from echodesk.planning.values import Reason, RoomDay
from echodesk.store.binding import ChangeNumber, as_json, places_json, sure_place

_MARK = text(
    "INSERT INTO STT_ECHO_DIRTY (ROOMID, LESSON_DATE, MARK, REASON) SELECT json_extract(value, '$[0]'),"
    " json_extract(value, '$[1]'), :mark, :reason FROM json_each(:places) WHERE true"
    " ON CONFLICT (LESSON_DATE, ROOMID) DO UPDATE SET MARK = excluded.MARK, REASON = excluded.REASON,"
    " HELD_BY = NULL, GUARDED = 0"
)
_REFRESH = text(
    "INSERT INTO STT_ECHO_REFRESH (ROOMID, LESSON_DATE, NOT_BEFORE, REASON)"
    " VALUES (:room, :date, strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :wait), :reason)"
)
_NEXT = text(
    "SELECT d.ROOMID, d.LESSON_DATE, d.MARK FROM STT_ECHO_DIRTY d WHERE d.HELD_BY IS NULL"
    " AND d.GUARDED = 0 AND d.LESSON_DATE >= :today AND NOT EXISTS (SELECT 1 FROM STT_ECHO_ROOM_HOLD h"
    " WHERE h.ROOMID = d.ROOMID AND h.NOT_BEFORE > strftime('%Y-%m-%dT%H:%M:%fZ'))"
    " ORDER BY d.LESSON_DATE, d.ROOMID LIMIT :limit"
)
_MARKS_AT = text(
    "SELECT d.ROOMID, d.LESSON_DATE, d.MARK FROM json_each(:places) p CROSS JOIN STT_ECHO_DIRTY d"
    " ON d.ROOMID = json_extract(p.value, '$[0]') AND d.LESSON_DATE = json_extract(p.value, '$[1]')"
)
_RESTLESS = text(
    "SELECT d.ROOMID, d.LESSON_DATE FROM json_each(:places) p CROSS JOIN STT_ECHO_DIRTY d"
    " ON d.ROOMID = json_extract(p.value, '$[0]') AND d.LESSON_DATE = json_extract(p.value, '$[1]')"
    " WHERE (d.HELD_BY IS NULL OR d.HELD_BY NOT IN (SELECT value FROM json_each(:under)))"
    " UNION SELECT r.ROOMID, r.LESSON_DATE FROM json_each(:places) p CROSS JOIN STT_ECHO_REFRESH r"
    " ON r.ROOMID = json_extract(p.value, '$[0]') AND r.LESSON_DATE = json_extract(p.value, '$[1]')"
)
_CLEAR = text(
    "DELETE FROM STT_ECHO_DIRTY WHERE (LESSON_DATE, ROOMID) IN (SELECT d.LESSON_DATE, d.ROOMID"
    " FROM json_each(:marks) m CROSS JOIN STT_ECHO_DIRTY d ON d.LESSON_DATE = json_extract(m.value, '$[0]')"
    " AND d.ROOMID = json_extract(m.value, '$[1]') WHERE d.MARK = json_extract(m.value, '$[2]'))"
)
_HOLD = text(
    "UPDATE STT_ECHO_DIRTY SET HELD_BY = :pause WHERE LESSON_DATE = :date AND ROOMID = :room AND MARK = :mark"
    " AND EXISTS (SELECT 1 FROM STT_ECHO_PAUSE WHERE ID = :pause AND LIFTED IS NULL)"
)
_DUE = text(
    "SELECT r.ID, r.ROOMID, r.LESSON_DATE, r.REASON FROM STT_ECHO_REFRESH r"
    " WHERE r.NOT_BEFORE <= strftime('%Y-%m-%dT%H:%M:%fZ')"
    " AND NOT EXISTS (SELECT 1 FROM STT_ECHO_ROOM_HOLD h WHERE h.ROOMID = r.ROOMID"
    " AND h.NOT_BEFORE > strftime('%Y-%m-%dT%H:%M:%fZ')) ORDER BY r.LESSON_DATE, r.ROOMID"
)
_REFRESH_PENDING = text("SELECT count(*) FROM STT_ECHO_REFRESH")
_NEWEST = text(
    "SELECT (SELECT coalesce(max(MARK), 0) FROM STT_ECHO_DIRTY) AS MARK,"
    " (SELECT coalesce(max(ID), 0) FROM STT_ECHO_REFRESH) AS REFRESH"
)
_CLASHES = text(
    "SELECT l.ROOMID, l.LESSON_DATE, l.SETID, l.SLOTID FROM STT_ECHO_LEFT_OUT l JOIN STT_ECHO_DAY_ROOM o"
    " ON o.ROOMID = l.ROOMID AND o.LESSON_DATE = l.LESSON_DATE AND o.RESOLVED IS NULL"
    " WHERE l.REASON = 'clash' AND l.LESSON_DATE >= :today"
)
_WAITING_REFRESH = text("SELECT LESSON_DATE FROM STT_ECHO_REFRESH WHERE ROOMID = :room")
_CLEAR_REFRESH_AT = text(
    "DELETE FROM STT_ECHO_REFRESH WHERE (LESSON_DATE, ROOMID) IN"
    " (SELECT json_extract(value, '$[1]'), json_extract(value, '$[0]') FROM json_each(:places))"
)
_FAIL = text(
    "INSERT INTO STT_ECHO_DAY_ROOM (ROOMID, LESSON_DATE, FAILED, LAST_ERROR, CHANGE_NO)"
    " VALUES (:room, :date, 1, :error, :change)"
    " ON CONFLICT (ROOMID, LESSON_DATE) WHERE RESOLVED IS NULL DO UPDATE SET FAILED = max(FAILED, 1),"
    " LAST_ERROR = excluded.LAST_ERROR, CHANGE_NO = excluded.CHANGE_NO"
)
_CLEAR_REFRESH = text("DELETE FROM STT_ECHO_REFRESH WHERE ID = :id")
_DROP_PAST = text("DELETE FROM STT_ECHO_DIRTY WHERE LESSON_DATE < :today")
_DROP_PAST_REFRESH = text("DELETE FROM STT_ECHO_REFRESH WHERE LESSON_DATE < :today")
_PENDING = text(
    "SELECT count(*) FROM STT_ECHO_DIRTY d WHERE d.HELD_BY IS NULL AND d.GUARDED = 0 AND NOT EXISTS"
    " (SELECT 1 FROM STT_ECHO_ROOM_HOLD h WHERE h.ROOMID = d.ROOMID"
    " AND h.NOT_BEFORE > strftime('%Y-%m-%dT%H:%M:%fZ'))"
)
_LEFT_OUT_AT = text(
    "SELECT l.EXTERNAL_ID, l.SINCE, l.ROOMID, l.LESSON_DATE, l.REASON, l.WINNER"
    " FROM json_each(:places) p CROSS JOIN STT_ECHO_LEFT_OUT l"
    " ON l.ROOMID = json_extract(p.value, '$[0]') AND l.LESSON_DATE = json_extract(p.value, '$[1]')"
)
_DROP_LEFT_OUT = text("DELETE FROM STT_ECHO_LEFT_OUT WHERE EXTERNAL_ID = :id")
_LEFT_OUT = text(
    "INSERT INTO STT_ECHO_LEFT_OUT (EXTERNAL_ID, SETID, SLOTID, WEEKNUMBER, ROOMID, LESSON_DATE, REASON, WINNER,"
    " DETAIL) VALUES (:id, :setid, :slotid, :week, :room, :date, :reason, :winner, :detail)"
    " ON CONFLICT (EXTERNAL_ID) DO UPDATE SET ROOMID = excluded.ROOMID, LESSON_DATE = excluded.LESSON_DATE,"
    " REASON = excluded.REASON, WINNER = excluded.WINNER, DETAIL = excluded.DETAIL"
)
_OPEN = text(
    "INSERT INTO STT_ECHO_DAY_ROOM (ROOMID, LESSON_DATE, LEFT_OUT, FAILED, SURPRISES, LAST_ERROR, LAST_REFRESH,"
    " TIMES_REFRESHED, CHANGE_NO) VALUES (:room, :date, :left_out, :failed, :surprises, :error,"
    " CASE WHEN :refreshed THEN strftime('%Y-%m-%dT%H:%M:%fZ') END, :refreshed, :change)"
    " ON CONFLICT (ROOMID, LESSON_DATE) WHERE RESOLVED IS NULL DO UPDATE SET LEFT_OUT = excluded.LEFT_OUT,"
    " FAILED = excluded.FAILED,"
    " SURPRISES = CASE WHEN :more < 0 THEN SURPRISES WHEN :more = 0 THEN 0 ELSE SURPRISES + 1 END,"
    " LAST_ERROR = excluded.LAST_ERROR, LAST_REFRESH = coalesce(excluded.LAST_REFRESH, LAST_REFRESH),"
    " TIMES_REFRESHED = TIMES_REFRESHED + excluded.TIMES_REFRESHED, CHANGE_NO = excluded.CHANGE_NO"
)
_RESOLVE = text(
    "UPDATE STT_ECHO_DAY_ROOM SET RESOLVED = strftime('%Y-%m-%dT%H:%M:%fZ'), LEFT_OUT = 0, FAILED = 0,"
    " LAST_REFRESH = CASE WHEN :refreshed THEN strftime('%Y-%m-%dT%H:%M:%fZ') ELSE LAST_REFRESH END,"
    " TIMES_REFRESHED = TIMES_REFRESHED + :refreshed, CHANGE_NO = :change"
    " WHERE ROOMID = :room AND LESSON_DATE = :date AND RESOLVED IS NULL"
)
_OPEN_AT = text(
    "SELECT o.ROOMID, o.LESSON_DATE FROM json_each(:places) p CROSS JOIN STT_ECHO_DAY_ROOM o"
    " ON o.ROOMID = json_extract(p.value, '$[0]') AND o.LESSON_DATE = json_extract(p.value, '$[1]')"
    " WHERE o.RESOLVED IS NULL"
)
_SURPRISES = text(
    "SELECT max(o.SURPRISES) FROM json_each(:places) p CROSS JOIN STT_ECHO_DAY_ROOM o"
    " ON o.ROOMID = json_extract(p.value, '$[0]') AND o.LESSON_DATE = json_extract(p.value, '$[1]')"
    " WHERE o.RESOLVED IS NULL"
)
_HOLD_ROOM = text(
    "INSERT INTO STT_ECHO_ROOM_HOLD (ROOMID, REASON, NOT_BEFORE)"
    " VALUES (:room, :reason, strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :wait))"
    " ON CONFLICT (ROOMID) DO UPDATE SET REASON = excluded.REASON, NOT_BEFORE = excluded.NOT_BEFORE"
)
_CLOSED = text("SELECT ROOMID, REASON FROM STT_ECHO_ROOM_HOLD WHERE NOT_BEFORE > strftime('%Y-%m-%dT%H:%M:%fZ')")
_FREE_ROOM = text("DELETE FROM STT_ECHO_ROOM_HOLD WHERE ROOMID = :room")
_OCCUPIED = text(
    "SELECT LESSON_DATE FROM STT_ECHO_MIRROR WHERE ROOMID = :room AND LESSON_DATE >= :today AND OURS = 1"
    " UNION SELECT LESSON_DATE FROM STT_ECHO_DIRTY WHERE ROOMID = :room AND LESSON_DATE >= :today"
    " UNION SELECT LESSON_DATE FROM STT_ECHO_DAY_ROOM WHERE ROOMID = :room AND LESSON_DATE >= :today"
    " AND RESOLVED IS NULL"
    " UNION SELECT LESSON_DATE FROM STT_ECHO_LEFT_OUT WHERE ROOMID = :room AND LESSON_DATE >= :today"
)
_FOREIGN = text(
    "SELECT DISTINCT ROOMID, LESSON_DATE FROM STT_ECHO_LEFT_OUT WHERE REASON = 'foreign' AND LESSON_DATE >= :today"
)
_STOOD = text(
    "SELECT n.SETID, n.SLOTID, n.WEEKNUMBER, n.NEW_ROOMID, n.NEW_DATE FROM (SELECT max(c.ID) AS ID"
    " FROM json_each(:keys) k CROSS JOIN STT_ECHO_QUEUE q ON q.SETID = json_extract(k.value, '$[0]')"
    " AND q.SLOTID = json_extract(k.value, '$[1]') CROSS JOIN STT_ECHO_NOTIFICATION c ON c.QUEUE_ID = q.ID"
    " GROUP BY c.SETID, c.SLOTID, c.WEEKNUMBER) newest CROSS JOIN STT_ECHO_NOTIFICATION n ON n.ID = newest.ID"
)
_LEFT_OUT_OF = text(
    "SELECT SETID, SLOTID, WEEKNUMBER, ROOMID, LESSON_DATE FROM STT_ECHO_LEFT_OUT WHERE (SETID, SLOTID) IN"
    " (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:keys))"
)


class Places:
    """Room-days inside one transaction."""

    def __init__(self, connection: Connection, change: ChangeNumber) -> None:
        self._connection = connection
        self._change = change

    def mark(self, places: Iterable[RoomDay], reason: str) -> None:
        """Dirty: plan these. An existing mark gets a new number and is no longer held."""
        wanted = sorted(set(places))
        if wanted:
            values = {"places": places_json(wanted), "mark": self._change(), "reason": reason}
            self._connection.execute(_MARK, values)

    def mark_refresh(self, places: Iterable[RoomDay], wait_s: float, reason: str) -> None:
        """List these rooms afresh, not before `wait_s` from now."""
        wait = f"+{max(0.0, wait_s):.3f} seconds"
        rows = [{**_key(p), "wait": wait, "reason": reason} for p in sorted(set(places))]
        if rows:
            self._connection.execute(_REFRESH, rows)

    def next_marks(self, limit: int, busy: Collection[RoomDay], today: str) -> list[Mark]:
        """Marks to plan, next date first: not held, no safety stop, not busy, room not waiting."""
        rows = self._connection.execute(_NEXT, {"limit": limit + len(busy), "today": today})
        found = (Mark(sure_place(row.ROOMID, row.LESSON_DATE), row.MARK) for row in rows)
        return [mark for mark in found if mark.place not in busy][:limit]

    def marks_at(self, places: Collection[RoomDay]) -> list[Mark]:
        """The marks of these room-days, held or not."""
        rows = self._connection.execute(_MARKS_AT, {"places": places_json(places)})
        return [Mark(sure_place(row.ROOMID, row.LESSON_DATE), row.MARK) for row in rows]

    def restless(self, places: Collection[RoomDay], under: Collection[int] = ()) -> set[RoomDay]:
        """Those of these room-days that are to be planned or listed, now or later; but for what is planned only
        once one of the pauses `under` is lifted."""
        values = {"places": places_json(places), "under": as_json(under)}
        rows = self._connection.execute(_RESTLESS, values)
        return {sure_place(row.ROOMID, row.LESSON_DATE) for row in rows}

    def clear(self, marks: Iterable[Mark]) -> None:
        """Delete marks that still have the number that was read."""
        rows = [(mark.place.date.isoformat(), mark.place.room, mark.number) for mark in marks]
        if rows:
            self._connection.execute(_CLEAR, {"marks": as_json(rows)})

    def hold(self, marks: Iterable[Mark], pause: int) -> None:
        """These wait for a pause, if that pause still stands and the mark has not changed."""
        rows = [{**_key(mark.place), "mark": mark.number, "pause": pause} for mark in marks]
        if rows:
            self._connection.execute(_HOLD, rows)

    def due_refresh(self) -> list[RefreshMark]:
        """Refresh marks whose time has come, next date first."""
        return [
            RefreshMark(row.ID, sure_place(row.ROOMID, row.LESSON_DATE), row.REASON)
            for row in self._connection.execute(_DUE)
        ]

    def refresh_pending(self) -> int:
        """How many refresh marks there are, due or not."""
        return int(self._connection.execute(_REFRESH_PENDING).scalar_one())

    def clear_refresh(self, ids: Iterable[int]) -> None:
        """These were served."""
        rows = [{"id": one} for one in ids]
        if rows:
            self._connection.execute(_CLEAR_REFRESH, rows)

    def clear_refresh_at(self, places: Collection[RoomDay]) -> None:
        """No refresh of these, whatever asked for it."""
        self._connection.execute(_CLEAR_REFRESH_AT, {"places": places_json(places)})

    def waiting_refresh(self, room: str) -> set[RoomDay]:
        """Room-days of this room with a refresh mark, due or not."""
        rows = self._connection.execute(_WAITING_REFRESH, {"room": room})
        return {sure_place(room, row.LESSON_DATE) for row in rows}

    def newest(self) -> tuple[int, int]:
        """The largest number of a mark, and the largest id of a refresh mark; 0 for none."""
        row = self._connection.execute(_NEWEST).one()
        return row.MARK, row.REFRESH

    def fail(self, places: Collection[RoomDay], error: str) -> None:
        """Open rows that say why; what is left out there stays as it was."""
        rows = [{**_key(p), "error": error[:2_000], "change": self._change()} for p in sorted(places)]
        if rows:
            self._connection.execute(_FAIL, rows)

    def drop_past(self, today: str) -> None:
        """Marks of dates before today are of no use any more."""
        self._connection.execute(_DROP_PAST, {"today": today})
        self._connection.execute(_DROP_PAST_REFRESH, {"today": today})

    def settle(self, outcomes: Sequence[PlaceOutcome]) -> None:
        """What is left out now, and open rows made, kept up or resolved (design §4.9)."""
        places = [one.place for one in outcomes]
        if not places:
            return
        keys = {"places": places_json(places)}
        left = [one for outcome in outcomes for one in outcome.left_out]
        now_out = {one.external_id for one in left}
        before = {row.EXTERNAL_ID for row in self._connection.execute(_LEFT_OUT_AT, keys)}
        back = [{"id": one} for one in before - now_out]
        if back:
            self._connection.execute(_DROP_LEFT_OUT, back)
        if left:
            self._connection.execute(
                _LEFT_OUT,
                [
                    {
                        "id": one.external_id,
                        "setid": one.setid,
                        "slotid": one.slotid,
                        "week": one.week,
                        **_key(one.place),
                        "reason": one.reason.value,
                        "winner": one.winner,
                        "detail": one.detail,
                    }
                    for one in left
                ],
            )
        self._rows(outcomes, keys)

    def left_out_at(self, places: Collection[RoomDay]) -> dict[RoomDay, set[tuple[str, str, str | None]]]:
        """What is written down as left out there: external id, reason, winner."""
        found: dict[RoomDay, set[tuple[str, str, str | None]]] = defaultdict(set)
        for row in self._connection.execute(_LEFT_OUT_AT, {"places": places_json(places)}):
            found[sure_place(row.ROOMID, row.LESSON_DATE)].add((row.EXTERNAL_ID, row.REASON, row.WINNER))
        return found

    def _rows(self, outcomes: Sequence[PlaceOutcome], keys: dict[str, str]) -> None:
        opened, resolved = [], []
        open_now = {sure_place(row.ROOMID, row.LESSON_DATE) for row in self._connection.execute(_OPEN_AT, keys)}
        for one in outcomes:
            # What staff decided not to record is settled: the room-day is theirs to open again.
            lost = any(left.reason is not Reason.DECISION for left in one.left_out)
            bad = lost or one.failed > 0 or one.surprises > 0
            if not bad and (not one.answered or (one.place not in open_now and not one.refreshed)):
                # Clean means done: while an answer is open, an open row stays as it was (decisions).
                continue
            values = {**_key(one.place), "refreshed": int(one.refreshed), "change": self._change()}
            if bad:
                opened.append(
                    {
                        **values,
                        "left_out": len(one.left_out),
                        "failed": one.failed,
                        "surprises": max(one.surprises, 0),
                        "more": one.surprises,
                        "error": one.error[:2_000] if one.error else None,
                    }
                )
            else:
                resolved.append(values)
        if opened:
            self._connection.execute(_OPEN, opened)
        if resolved:
            self._connection.execute(_RESOLVE, resolved)

    def surprises(self, places: Collection[RoomDay]) -> int:
        """The largest number of unexplained surprises among these room-days' open rows."""
        return int(self._connection.execute(_SURPRISES, {"places": places_json(places)}).scalar() or 0)

    def hold_room(self, room: str, reason: str, wait_s: float) -> None:
        """This room's work waits; one try when the time is over."""
        self._connection.execute(_HOLD_ROOM, {"room": room, "reason": reason, "wait": f"+{wait_s:.3f} seconds"})

    def closed_rooms(self) -> dict[str, str]:
        """Rooms that wait for a recorder → what Echo360 said."""
        return {row.ROOMID: row.REASON for row in self._connection.execute(_CLOSED)}

    def free_rooms(self, rooms: Iterable[str]) -> None:
        """These rooms need not wait any more."""
        rows = [{"room": room} for room in rooms]
        if rows:
            self._connection.execute(_FREE_ROOM, rows)

    def occupied(self, room: str, today: str) -> set[RoomDay]:
        """Room-days of this room from today on that the mirror, a mark, an open row or a lesson left out knows."""
        rows = self._connection.execute(_OCCUPIED, {"room": room, "today": today})
        return {sure_place(room, row.LESSON_DATE) for row in rows}

    def stood(self, lessons: Collection[tuple[str, int]]) -> dict[tuple[str, int], dict[int, RoomDay]]:
        """Week → room-day of these lessons, as their newest notifications say; weeks that were cancelled are
        left away."""
        found: dict[tuple[str, int], dict[int, RoomDay]] = {}
        for row in self._connection.execute(_STOOD, {"keys": as_json(lessons)}):
            if row.NEW_ROOMID is not None and row.NEW_DATE is not None:
                weeks = found.setdefault((row.SETID, row.SLOTID), {})
                weeks[row.WEEKNUMBER] = sure_place(row.NEW_ROOMID, row.NEW_DATE)
        return found

    def left_out_of(self, lessons: Collection[tuple[str, int]]) -> dict[tuple[str, int], dict[int, RoomDay]]:
        """Week → room-day in which these lessons are written down as left out."""
        found: dict[tuple[str, int], dict[int, RoomDay]] = {}
        for row in self._connection.execute(_LEFT_OUT_OF, {"keys": as_json(lessons)}):
            weeks = found.setdefault((row.SETID, row.SLOTID), {})
            weeks[row.WEEKNUMBER] = sure_place(row.ROOMID, row.LESSON_DATE)
        return found

    def foreign_obstacles(self, today: str) -> set[RoomDay]:
        """Room-days from today on with something left out because of a foreign schedule."""
        rows = self._connection.execute(_FOREIGN, {"today": today})
        return {sure_place(row.ROOMID, row.LESSON_DATE) for row in rows}

    def open_clashes(self, today: str) -> list[tuple[RoomDay, tuple[str, int]]]:
        """The lessons left out because of a clash from today on, where the room-day is open."""
        rows = self._connection.execute(_CLASHES, {"today": today})
        return [(sure_place(row.ROOMID, row.LESSON_DATE), (row.SETID, row.SLOTID)) for row in rows]

    def pending(self) -> int:
        """Marks that are held neither by a pause nor by a safety stop, nor in a waiting room."""
        return int(self._connection.execute(_PENDING).scalar_one())


def _key(place: RoomDay) -> dict[str, object]:
    return {"room": place.room, "date": place.date.isoformat()}
