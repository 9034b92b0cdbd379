"""The queue of timetable edits and the notifications they become, inside one transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, text

from echodesk.messages import Table, TableQuery
from echodesk.planning.records import Lost, NewNotification, NotificationOutcome, QueueEntry, Waiting
from echodesk.planning.statuses import (
    POISON_AFTER,
    TERMINAL,
    NotificationStatus,
    Recorded,
    entry_outcome,
    worst_child,
)
from echodesk.planning.values import RoomDay
from echodesk.store.binding import ChangeNumber, as_json, places_json, together
from echodesk.store.failures import put_aside
from echodesk.store.queue_rows import NOTIFICATIONS, entry_of, notification_values, outcome_values, waiting_of
from echodesk.store.searching import matching, newest

_WAITING_ENTRIES = text("SELECT count(*) FROM STT_ECHO_QUEUE WHERE STATUS = 'UNPROCESSED'")
_CLAIM = text(
    "SELECT * FROM STT_ECHO_QUEUE WHERE STATUS = 'UNPROCESSED' AND ATTEMPTS = 0 ORDER BY ID LIMIT :limit"
)
_CLAIM_TRIED = text(
    "SELECT * FROM STT_ECHO_QUEUE WHERE STATUS = 'UNPROCESSED' AND ATTEMPTS > 0 ORDER BY ATTEMPTS, ID LIMIT 1"
)
_CLAIMED = text(
    "UPDATE STT_ECHO_QUEUE SET STATUS = 'IN_PROGRESS', ATTEMPTS = ATTEMPTS + 1, CHANGE_NO = :change"
    " WHERE ID IN (SELECT r.ID FROM json_each(:ids) i CROSS JOIN STT_ECHO_QUEUE r"
    " ON r.ID = i.value WHERE r.STATUS = 'UNPROCESSED')"
)
_TAKEN = text(
    "SELECT q.ID FROM json_each(:ids) i CROSS JOIN STT_ECHO_QUEUE q ON q.ID = i.value"
    " WHERE q.STATUS = 'IN_PROGRESS' AND q.WEEKS_ALL = 0"
)
_NUMBER = text("UPDATE STT_ECHO_QUEUE SET CHANGE_NO = :change WHERE CHANGE_NO IS NULL")
_EXPANDED = text(
    "UPDATE STT_ECHO_QUEUE SET WEEKS_ALL = :weeks, ERROR = coalesce(:error, ERROR), CHANGE_NO = :change,"
    " STATUS = CASE WHEN :weeks = 0 THEN 'PROCESSED' ELSE STATUS END,"
    " PROCESSED = CASE WHEN :weeks = 0 THEN strftime('%Y-%m-%dT%H:%M:%fZ') ELSE PROCESSED END"
    " WHERE ID IN (SELECT value FROM json_each(:ids))"
)
_DESCRIBE = text(
    "UPDATE STT_ECHO_QUEUE SET BUSINESSEMAIL = :email, FEATUREID = :feature,"
    " MODULEID = coalesce(MODULEID, :module), MODGRPCODE = coalesce(MODGRPCODE, :group),"
    " LECTURERID = coalesce(LECTURERID, :lecturer), ROOMID_NEW = coalesce(ROOMID_NEW, :room) WHERE ID = :id"
)
_SENIOR = text(
    "INSERT INTO STT_ECHO_SENIORITY (SETID, SLOTID, QUEUE_ID, SINCE) VALUES (:setid, :slotid, :queue_id, :since)"
    " ON CONFLICT (SETID, SLOTID) DO UPDATE SET QUEUE_ID = excluded.QUEUE_ID, SINCE = excluded.SINCE"
    " WHERE excluded.QUEUE_ID > QUEUE_ID"
)
_ENTRIES = text("SELECT q.* FROM json_each(:ids) i CROSS JOIN STT_ECHO_QUEUE q ON q.ID = i.value")
_WAITING_AT = text(
    "SELECT n.ID, n.QUEUE_ID, n.EXTERNAL_ID, n.ACTION, n.OLD_ROOMID, n.OLD_DATE, n.NEW_ROOMID, n.NEW_DATE"
    " FROM json_each(:places) p CROSS JOIN STT_ECHO_NOTIFICATION n ON n.NEW_ROOMID = json_extract(p.value, '$[0]')"
    " AND n.NEW_DATE = json_extract(p.value, '$[1]') WHERE n.STATUS IN ('UNPROCESSED', 'IN_PROGRESS')"
    " UNION SELECT n.ID, n.QUEUE_ID, n.EXTERNAL_ID, n.ACTION, n.OLD_ROOMID, n.OLD_DATE, n.NEW_ROOMID, n.NEW_DATE"
    " FROM json_each(:places) p CROSS JOIN STT_ECHO_NOTIFICATION n ON n.OLD_ROOMID = json_extract(p.value, '$[0]')"
    " AND n.OLD_DATE = json_extract(p.value, '$[1]') WHERE n.STATUS IN ('UNPROCESSED', 'IN_PROGRESS')"
)
_WAITING_PAST = text(
    "SELECT ID, QUEUE_ID, EXTERNAL_ID, ACTION, OLD_ROOMID, OLD_DATE, NEW_ROOMID, NEW_DATE"
    " FROM STT_ECHO_NOTIFICATION WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS')"
    " AND coalesce(NEW_DATE, '') < :today AND coalesce(OLD_DATE, '') < :today ORDER BY ID LIMIT 500"
)
_STRAY = text(
    "SELECT n.ID, n.QUEUE_ID, n.EXTERNAL_ID, n.ACTION, n.OLD_ROOMID, n.OLD_DATE, n.NEW_ROOMID, n.NEW_DATE"
    " FROM STT_ECHO_NOTIFICATION n WHERE n.STATUS = 'UNPROCESSED' AND NOT EXISTS (SELECT 1 FROM STT_ECHO_INTENT)"
    " AND NOT EXISTS (SELECT 1 FROM STT_ECHO_DIRTY d WHERE"
    " (d.LESSON_DATE = n.NEW_DATE AND d.ROOMID = n.NEW_ROOMID)"
    " OR (d.LESSON_DATE = n.OLD_DATE AND d.ROOMID = n.OLD_ROOMID)) AND NOT EXISTS"
    " (SELECT 1 FROM STT_ECHO_REFRESH r"
    " WHERE (r.LESSON_DATE = n.NEW_DATE AND r.ROOMID = n.NEW_ROOMID)"
    " OR (r.LESSON_DATE = n.OLD_DATE AND r.ROOMID = n.OLD_ROOMID)) ORDER BY n.ID LIMIT 500"
)
_BEGIN = text(
    "UPDATE STT_ECHO_NOTIFICATION SET STATUS = 'IN_PROGRESS', ATTEMPTS = ATTEMPTS + 1, CHANGE_NO = :change"
    " WHERE ID IN (SELECT r.ID FROM json_each(:ids) i CROSS JOIN STT_ECHO_NOTIFICATION r"
    " ON r.ID = i.value WHERE r.STATUS = 'UNPROCESSED')"
)
_FINISH = text(
    "UPDATE STT_ECHO_NOTIFICATION SET STATUS = :status, RECORDED = :recorded, MESSAGE = :message,"
    " WINNER = :winner, CHANGE_NO = :change, PROCESSED = CASE WHEN :status = 'UNPROCESSED' THEN NULL"
    " ELSE strftime('%Y-%m-%dT%H:%M:%fZ') END"
    " WHERE ID IN (SELECT r.ID FROM json_each(:ids) i CROSS JOIN STT_ECHO_NOTIFICATION r"
    " ON r.ID = i.value WHERE r.STATUS = 'IN_PROGRESS')"
)
_ENTRIES_OF = text(
    "SELECT DISTINCT n.QUEUE_ID FROM json_each(:ids) i CROSS JOIN STT_ECHO_NOTIFICATION n ON n.ID = i.value"
)
_CHILDREN = text(
    "SELECT n.QUEUE_ID, n.STATUS, count(*) AS HOW_MANY FROM json_each(:ids) i CROSS JOIN STT_ECHO_NOTIFICATION n"
    " ON n.QUEUE_ID = i.value GROUP BY n.QUEUE_ID, n.STATUS"
)
_PROGRESS = text(
    "UPDATE STT_ECHO_QUEUE SET WEEKS_DONE = :done, WORST = :worst, CHANGE_NO = :change,"
    " STATUS = CASE WHEN STATUS = 'SUPERSEDED' THEN STATUS WHEN STATUS = 'FAILED' AND :status = 'PROCESSED'"
    " THEN 'SUPERSEDED' ELSE coalesce(:status, STATUS) END,"
    " PROCESSED = CASE WHEN :status IS NULL THEN PROCESSED ELSE strftime('%Y-%m-%dT%H:%M:%fZ') END"
    " WHERE ID IN (SELECT value FROM json_each(:ids)) AND STATUS <> 'UNPROCESSED'"
)
_FAILED_AT = text(
    "SELECT n.EXTERNAL_ID FROM json_each(:places) p CROSS JOIN STT_ECHO_NOTIFICATION n"
    " ON n.NEW_ROOMID = json_extract(p.value, '$[0]') AND n.NEW_DATE = json_extract(p.value, '$[1]')"
    " WHERE n.STATUS IN ('FAILED', 'PARKED') UNION"
    " SELECT n.EXTERNAL_ID FROM json_each(:places) p CROSS JOIN STT_ECHO_NOTIFICATION n"
    " ON n.OLD_ROOMID = json_extract(p.value, '$[0]') AND n.OLD_DATE = json_extract(p.value, '$[1]')"
    " WHERE n.STATUS IN ('FAILED', 'PARKED')"
)
_PUT_RIGHT = text(
    "UPDATE STT_ECHO_NOTIFICATION SET STATUS = 'SUPERSEDED', MESSAGE = 'Put right by ' || :by || '. '"
    " || coalesce(MESSAGE, ''), CHANGE_NO = :change WHERE EXTERNAL_ID IN (SELECT value FROM json_each(:ids))"
    " AND STATUS IN ('FAILED', 'PARKED') RETURNING QUEUE_ID"
)
_LOST = text(
    "UPDATE STT_ECHO_NOTIFICATION SET RECORDED = :recorded, WINNER = :winner, MESSAGE = :text,"
    " CHANGE_NO = :change WHERE EXTERNAL_ID = :external_id AND RECORDED = 'YES' AND QUEUE_ID ="
    " (SELECT max(m.QUEUE_ID) FROM STT_ECHO_NOTIFICATION m WHERE m.EXTERNAL_ID = :external_id)"
    " AND STATUS IN ('SUCCESS', 'REFRESHED', 'WARN', 'IN_CONFLICT', 'SUPERSEDED')"
)
_TELL_PARKED = text(
    "UPDATE STT_ECHO_NOTIFICATION SET MESSAGE = :text, CHANGE_NO = :change WHERE EXTERNAL_ID = :id"
    " AND STATUS = 'PARKED' AND coalesce(MESSAGE, '') <> :text"
)
_UNPARK = text(
    "UPDATE STT_ECHO_NOTIFICATION SET STATUS = 'SUPERSEDED', CHANGE_NO = :change,"
    " MESSAGE = 'Decided by a later check of this room and day. ' || coalesce(MESSAGE, '')"
    " WHERE STATUS = 'PARKED' AND EXTERNAL_ID IN (SELECT value FROM json_each(:ids)) RETURNING QUEUE_ID"
)
_RECOVER_ENTRIES = text(
    "UPDATE STT_ECHO_QUEUE SET CHANGE_NO = :change,"
    " STATUS = CASE WHEN ATTEMPTS >= :poison THEN 'FAILED' ELSE 'UNPROCESSED' END,"
    " ERROR = CASE WHEN ATTEMPTS >= :poison THEN :text ELSE ERROR END"
    " WHERE STATUS = 'IN_PROGRESS' AND WEEKS_ALL = 0"
)
# A notification is in progress while its request is in flight: that the process ended then is not its fault.
_RECOVER_NOTIFICATIONS = text(
    "UPDATE STT_ECHO_NOTIFICATION SET CHANGE_NO = :change, STATUS = 'UNPROCESSED' WHERE STATUS = 'IN_PROGRESS'"
)
_STOPPED = text(
    "UPDATE STT_ECHO_QUEUE SET CHANGE_NO = :change,"
    " STATUS = CASE WHEN ATTEMPTS >= :poison THEN 'FAILED' ELSE 'UNPROCESSED' END, ERROR = :text"
    " WHERE ID IN (SELECT value FROM json_each(:ids)) AND STATUS = 'IN_PROGRESS' AND WEEKS_ALL = 0"
)
_IDS_AT = text(
    "SELECT n.ID FROM json_each(:places) p CROSS JOIN STT_ECHO_NOTIFICATION n"
    " ON n.NEW_ROOMID = json_extract(p.value, '$[0]') AND n.NEW_DATE = json_extract(p.value, '$[1]')"
    " WHERE n.STATUS IN ('UNPROCESSED', 'IN_PROGRESS') UNION"
    " SELECT n.ID FROM json_each(:places) p CROSS JOIN STT_ECHO_NOTIFICATION n"
    " ON n.OLD_ROOMID = json_extract(p.value, '$[0]') AND n.OLD_DATE = json_extract(p.value, '$[1]')"
    " WHERE n.STATUS IN ('UNPROCESSED', 'IN_PROGRESS')"
)
_ENTRIES_OF_FAILED = text(
    "SELECT DISTINCT q.ID, q.SETID, q.SLOTID FROM STT_ECHO_QUEUE q WHERE q.ID IN"
    " (SELECT value FROM json_each(:entries)) AND q.STATUS = 'FAILED' UNION"
    " SELECT DISTINCT q.ID, q.SETID, q.SLOTID FROM json_each(:notifications) i JOIN STT_ECHO_NOTIFICATION n"
    " ON n.ID = i.value AND n.STATUS IN ('FAILED', 'PARKED') JOIN STT_ECHO_QUEUE q ON q.ID = n.QUEUE_ID UNION"
    # Refused when it came back: no notification of its own failed, and only another try tells.
    " SELECT DISTINCT q.ID, q.SETID, q.SLOTID FROM STT_ECHO_NOTIFICATION n JOIN STT_ECHO_REFUSED r"
    " ON r.EXTERNAL_ID = n.EXTERNAL_ID JOIN STT_ECHO_QUEUE q ON q.ID = n.QUEUE_ID WHERE n.STATUS <> 'SUPERSEDED'"
    " AND (n.QUEUE_ID IN (SELECT value FROM json_each(:entries))"
    " OR n.ID IN (SELECT value FROM json_each(:notifications)))"
)
_SUPERSEDE_ENTRY = text(
    "UPDATE STT_ECHO_QUEUE SET STATUS = 'SUPERSEDED', CHANGE_NO = :change WHERE ID = :id AND STATUS = 'FAILED'"
)
_SUPERSEDE_CHILDREN = text(
    "UPDATE STT_ECHO_NOTIFICATION SET STATUS = 'SUPERSEDED', CHANGE_NO = :change,"
    " MESSAGE = 'Tried again by ' || :by || '. ' || coalesce(MESSAGE, '')"
    " WHERE QUEUE_ID = :id AND STATUS IN ('FAILED', 'PARKED')"
)
# Whoever asks for another try has put a recorder there: the room need not wait out its hour (design §4.10).
_LET_ROOMS_TRY = text(
    "DELETE FROM STT_ECHO_ROOM_HOLD WHERE ROOMID IN (SELECT NEW_ROOMID FROM STT_ECHO_NOTIFICATION"
    " WHERE QUEUE_ID = :id AND STATUS IN ('FAILED', 'PARKED'))"
)
_RETRY = text(
    "INSERT INTO STT_ECHO_QUEUE (SOURCE, ACTION, SETID, SLOTID, RETRY_OF, CHANGE_NO)"
    " VALUES ('RETRY', 'UPDATE', :setid, :slotid, :id, :change)"
)
_ALL = 1_000_000_000


class Queue:
    """Queue and notifications inside one transaction."""

    def __init__(self, connection: Connection, change: ChangeNumber) -> None:
        self._connection = connection
        self._change = change

    def claim(self, limit: int, *, tried_first: bool = False) -> list[QueueEntry]:
        """Take UNPROCESSED entries in the order of their ids. Those that were attempted before come one by one,
        when no others wait or with `tried_first`: a poisoned one takes nobody with it."""
        tried = self._connection.execute(_CLAIM_TRIED).all()
        rows = [] if tried_first and tried else self._connection.execute(_CLAIM, {"limit": limit}).all()
        rows = rows or tried
        if not rows:
            return []
        change = self._change()
        self._connection.execute(_NUMBER, {"change": change})
        self._connection.execute(_CLAIMED, {"ids": as_json(row.ID for row in rows), "change": change})
        return [entry_of(row) for row in rows]

    def taken(self, entries: Collection[int]) -> set[int]:
        """Those of these entries that are claimed and not expanded yet."""
        return {row.ID for row in self._connection.execute(_TAKEN, {"ids": as_json(entries)})}

    def waiting_entries(self) -> int:
        """How many entries nobody has taken."""
        return int(self._connection.execute(_WAITING_ENTRIES).scalar_one())

    def add_notifications(self, rows: Sequence[NewNotification]) -> None:
        """Write them, all UNPROCESSED."""
        if rows:
            change = self._change()
            NOTIFICATIONS.insert(self._connection, [notification_values(row, change) for row in rows])

    def describe(self, rows: Sequence[tuple[int, Any]]) -> None:
        """What the timetable said of the lesson when its entry was read, for the screens."""
        if rows:
            self._connection.execute(
                _DESCRIBE,
                [
                    {
                        "id": entry,
                        "email": now.email,
                        "feature": now.feature,
                        "module": now.module,
                        "group": now.group,
                        "lecturer": now.lecturer,
                        "room": now.room,
                    }
                    for entry, now in rows
                ],
            )

    def expanded(self, weeks: Mapping[int, tuple[int, str | None]]) -> None:
        """Entry id → number of its notifications, and what has none and why; with none at all it is PROCESSED."""
        base = {"change": self._change()}
        rows = together((entry, base | {"weeks": n, "error": said}) for entry, (n, said) in weeks.items())
        if rows:
            self._connection.execute(_EXPANDED, rows)

    def set_seniority(self, lessons: Mapping[tuple[str, int], tuple[int, str]]) -> None:
        """(queue id, since) per lesson, unless a later entry has set it."""
        if lessons:
            self._connection.execute(
                _SENIOR,
                [
                    {"setid": setid, "slotid": slotid, "queue_id": queue_id, "since": since}
                    for (setid, slotid), (queue_id, since) in lessons.items()
                ],
            )

    def entries(self, ids: Collection[int]) -> list[QueueEntry]:
        """Those of these entries that there are, whatever their status."""
        return [entry_of(row) for row in self._connection.execute(_ENTRIES, {"ids": as_json(ids)})]

    def waiting_at(self, places: Collection[RoomDay]) -> list[Waiting]:
        """Notifications that no plan has served yet and that touch one of these room-days."""
        rows = self._connection.execute(_WAITING_AT, {"places": places_json(places)})
        return [waiting_of(row) for row in rows]

    def waiting_past(self, today: str) -> list[Waiting]:
        """Waiting notifications all of whose room-days are before today, at most 500."""
        return [waiting_of(row) for row in self._connection.execute(_WAITING_PAST, {"today": today})]

    def stray(self) -> list[Waiting]:
        """Waiting notifications that no mark, refresh or intent leads to: there should be none, at most 500."""
        return [waiting_of(row) for row in self._connection.execute(_STRAY)]

    def begin(self, notifications: Collection[int]) -> None:
        """UNPROCESSED → IN_PROGRESS."""
        if notifications:
            self._connection.execute(_BEGIN, {"ids": as_json(notifications), "change": self._change()})

    def finish(self, outcomes: Sequence[NotificationOutcome]) -> None:
        """IN_PROGRESS → a terminal status or back to UNPROCESSED; entries are brought up to date."""
        if not outcomes:
            return
        change = self._change()
        self._connection.execute(_FINISH, together((one.id, outcome_values(one, change)) for one in outcomes))
        rows = self._connection.execute(_ENTRIES_OF, {"ids": as_json(one.id for one in outcomes)})
        self._bring_up_to_date([row.QUEUE_ID for row in rows])

    def failed_at(self, places: Collection[RoomDay]) -> set[str]:
        """External ids of FAILED and PARKED notifications that touch these room-days."""
        rows = self._connection.execute(_FAILED_AT, {"places": places_json(places)})
        return {row.EXTERNAL_ID for row in rows}

    def put_right(self, external_ids: Collection[str], by: str) -> None:
        """FAILED and PARKED notifications of these occurrences become SUPERSEDED "put right by …"."""
        if not external_ids:
            return
        rows = self._connection.execute(
            _PUT_RIGHT, {"ids": as_json(external_ids), "by": by, "change": self._change()}
        ).all()
        self._bring_up_to_date({row.QUEUE_ID for row in rows})

    def tell_lost(self, lost: Collection[Lost]) -> None:
        """What became of occurrences after their notifications had ended: they are not recorded any more.
        Statuses stay; the answer to "recorded?" is the truth of now."""
        if not lost:
            return
        change = self._change()
        rows = self._connection.execute(
            _UNPARK, {"ids": as_json(one.external_id for one in lost), "change": change}
        ).all()
        self._connection.execute(_LOST, [asdict(one) | {"change": change} for one in lost])
        self._bring_up_to_date({row.QUEUE_ID for row in rows})

    def tell_parked(self, rows: Sequence[tuple[str, str]]) -> None:
        """(external id, text): what is true by now of occurrences that were parked before."""
        if rows:
            change = self._change()
            self._connection.execute(
                _TELL_PARKED, [{"id": one, "text": said[:2_000], "change": change} for one, said in rows]
            )

    def recover(self) -> int:
        """After a stop: what was taken and not finished waits again; entries are set aside after three times."""
        change = self._change()
        said = f"Reading this entry stopped the worker {POISON_AFTER} times; it was set aside."
        entries = self._connection.execute(
            _RECOVER_ENTRIES, {"change": change, "poison": POISON_AFTER, "text": said}
        )
        notifications = self._connection.execute(_RECOVER_NOTIFICATIONS, {"change": change})
        return entries.rowcount + notifications.rowcount

    def stopped(self, entries: Collection[int], error: str) -> None:
        """Reading these raised: they wait again, each alone, or are set aside after three times."""
        said = f"Reading this entry stopped the worker ({error}). After {POISON_AFTER} times it is set aside."
        values = {"ids": as_json(entries), "poison": POISON_AFTER, "text": said[:2_000], "change": self._change()}
        self._connection.execute(_STOPPED, values)

    def park_at(self, places: Collection[RoomDay], text: str) -> None:
        """Set aside what waits for these room-days, unread: it may be what cannot be read."""
        ids = [row.ID for row in self._connection.execute(_IDS_AT, {"places": places_json(places)})]
        self.begin(ids)
        parked, no = NotificationStatus.PARKED.value, Recorded.NO.value
        self.finish([NotificationOutcome(one, parked, no, text, None) for one in ids])

    def retry(self, entries: Collection[int], notifications: Collection[int], by: str) -> int:
        """New entries linked to the old ones, which become SUPERSEDED (design §4.11). Returns how many."""
        wanted = {"entries": as_json(entries), "notifications": as_json(notifications)}
        rows = self._connection.execute(_ENTRIES_OF_FAILED, wanted).all()
        if not rows:
            return 0
        change = self._change()
        values = [
            {"id": row.ID, "setid": row.SETID, "slotid": row.SLOTID, "by": by, "change": change} for row in rows
        ]
        for statement in (_LET_ROOMS_TRY, _SUPERSEDE_ENTRY, _SUPERSEDE_CHILDREN, _RETRY):
            self._connection.execute(statement, values)
        self._bring_up_to_date([row.ID for row in rows])
        return len(rows)

    def set_aside(self, entries: Collection[int], notifications: Collection[int], by: str, reason: str) -> int:
        """FAILED and PARKED become SUPERSEDED, with who said so and why. Returns how many."""
        count, parents = put_aside(self._connection, entries, notifications, by, reason, self._change())
        self._bring_up_to_date(parents)
        return count

    def retry_matching(self, table: Table, query: TableQuery, by: str) -> int:
        """The same for every FAILED or PARKED row that matches, shown or not."""
        failed = [s for s in ("FAILED", "PARKED") if not query.statuses or s in query.statuses]
        if not failed:
            return 0
        ids = matching(self._connection, table, newest(self._connection, table, failed, _ALL, ""), query)
        return self.retry(ids, (), by) if table is Table.QUEUE else self.retry((), ids, by)

    def _bring_up_to_date(self, entries: Collection[int]) -> None:
        if not entries:
            return
        children: dict[int, Counter[str]] = defaultdict(Counter)
        for row in self._connection.execute(_CHILDREN, {"ids": as_json(entries)}):
            children[row.QUEUE_ID][row.STATUS] += row.HOW_MANY
        change = self._change()
        values = []
        for entry, counts in children.items():
            statuses = [NotificationStatus(status) for status in counts]
            status, worst = entry_outcome(statuses), worst_child(statuses)
            done = sum(counts[status] for status in statuses if status in TERMINAL)
            said = {"status": status.value if status else None, "worst": worst.value if worst else None}
            values.append((entry, {"done": done, "change": change} | said))
        if values:
            self._connection.execute(_PROGRESS, together(values))
