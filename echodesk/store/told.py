"""What staff are told of lessons, whether they are recorded, inside one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, text

from echodesk.planning.statuses import Recorded
from echodesk.planning.why import ToldWeek
from echodesk.store.binding import ChangeNumber, as_json
from echodesk.store.happened import Happened, Happenings

_TOLD_OF = text(
    "SELECT n.EXTERNAL_ID, n.RECORDED FROM json_each(:ids) i CROSS JOIN STT_ECHO_NOTIFICATION n"
    " ON n.EXTERNAL_ID = i.value AND n.QUEUE_ID ="
    " (SELECT max(m.QUEUE_ID) FROM STT_ECHO_NOTIFICATION m WHERE m.EXTERNAL_ID = i.value)"
    " WHERE n.RECORDED IS NOT NULL AND n.STATUS IN ('SUCCESS', 'REFRESHED', 'WARN', 'IN_CONFLICT', 'SUPERSEDED')"
)
_UNREAD = text("SELECT DISTINCT SETID, SLOTID FROM STT_ECHO_QUEUE WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS')")
_LAST = text("SELECT max(ID) FROM STT_ECHO_NOTIFICATION")
_AS_RECORDED = text(
    "SELECT n.EXTERNAL_ID FROM STT_ECHO_NOTIFICATION n WHERE n.ID > :after AND n.ID <= :until"
    " AND n.RECORDED = 'YES' AND coalesce(n.NEW_DATE, n.OLD_DATE) >= :today"
    " AND n.STATUS IN ('SUCCESS', 'REFRESHED', 'WARN', 'IN_CONFLICT', 'SUPERSEDED') AND NOT EXISTS"
    " (SELECT 1 FROM STT_ECHO_NOTIFICATION m WHERE m.EXTERNAL_ID = n.EXTERNAL_ID AND m.QUEUE_ID > n.QUEUE_ID)"
)
_COME_BACK = text(
    "UPDATE STT_ECHO_NOTIFICATION AS n SET RECORDED = 'YES', WINNER = NULL, CHANGE_NO = :change,"
    " MESSAGE = CASE WHEN STATUS = 'SUPERSEDED' AND WINNER IS NULL THEN MESSAGE ELSE"
    " 'Recorded since ' || strftime('%Y-%m-%dT%H:%M:%fZ') || ': nothing keeps it out any more.' END"
    " WHERE RECORDED = 'NO' AND EXTERNAL_ID IN (SELECT value FROM json_each(:ids))"
    " AND (STATUS IN ('IN_CONFLICT', 'SUCCESS', 'REFRESHED', 'WARN') OR STATUS = 'SUPERSEDED'"
    " AND QUEUE_ID = (SELECT max(m.QUEUE_ID) FROM STT_ECHO_NOTIFICATION m WHERE m.EXTERNAL_ID = n.EXTERNAL_ID))"
)
BACK = ": nothing keeps it out any more."
"""How the message of `_COME_BACK` ends."""
_WANTED_AGAIN = text(
    "UPDATE STT_ECHO_NOTIFICATION AS n SET RECORDED = 'YES', CHANGE_NO = :change,"
    " MESSAGE = 'Recorded since ' || strftime('%Y-%m-%dT%H:%M:%fZ') || ': the timetable asks for it again.'"
    " WHERE RECORDED = 'NOT_WANTED' AND EXTERNAL_ID IN (SELECT value FROM json_each(:ids))"
    " AND n.STATUS IN ('SUCCESS', 'REFRESHED', 'WARN', 'IN_CONFLICT', 'SUPERSEDED')"
    " AND QUEUE_ID = (SELECT max(m.QUEUE_ID) FROM STT_ECHO_NOTIFICATION m WHERE m.EXTERNAL_ID = n.EXTERNAL_ID)"
)
# A schedule of ours keeps the room by its external id, one of others by Echo360's own.
_TITLES = text(
    "SELECT m.EXTERNAL_ID AS KEEPS, m.TITLE FROM json_each(:ids) i CROSS JOIN STT_ECHO_MIRROR m"
    " ON m.EXTERNAL_ID = i.value UNION SELECT m.ECHO_ID, m.TITLE FROM json_each(:ids) i"
    " CROSS JOIN STT_ECHO_MIRROR m ON m.ECHO_ID = i.value"
)


class Told:
    """The notification of the newest edit of an occurrence answers whether it is recorded: not the one that was
    made last, because an edit may be read after a later one (reliability Q5)."""

    def __init__(self, connection: Connection, change: ChangeNumber) -> None:
        self._connection = connection
        self._change = change

    def of(self, external_ids: Collection[str]) -> dict[str, Recorded]:
        """What is told of these occurrences, where that has ended and no failure says more."""
        rows = self._connection.execute(_TOLD_OF, {"ids": as_json(external_ids)})
        return {row.EXTERNAL_ID: Recorded(row.RECORDED) for row in rows}

    def as_recorded(self, after: int, until: int, today: str) -> set[str]:
        """External ids that are told as recorded from `today` (ISO date) on, by notifications whose ids are
        above `after` and at most `until`."""
        rows = self._connection.execute(_AS_RECORDED, {"after": after, "until": until, "today": today})
        return {row.EXTERNAL_ID for row in rows}

    def last(self) -> int:
        """The id of the newest notification, 0 if there is none."""
        return self._connection.execute(_LAST).scalar_one() or 0

    def weeks(self, external_ids: Collection[str]) -> dict[str, ToldWeek]:
        """What the books say of each of these occurrences, why it is left out among it."""
        happened = Happenings(self._connection).of(external_ids)
        winners = {one.not_recorded.winner for one in happened.values() if one.not_recorded is not None}
        rows = self._connection.execute(_TITLES, {"ids": as_json(sorted(winners - {""}))})
        titles = {row.KEEPS: row.TITLE for row in rows}
        return {external_id: _told_week(one, titles) for external_id, one in happened.items()}

    def unread(self) -> set[tuple[str, int]]:
        """(SETID, SLOTID) of the lessons whose timetable changes were not read yet."""
        return {(row.SETID, row.SLOTID) for row in self._connection.execute(_UNREAD)}

    def recorded_again(self, external_ids: Collection[str]) -> None:
        """These stand as they should: what was told otherwise after its end says since when. Statuses stay."""
        if external_ids:
            values = {"ids": as_json(external_ids), "change": self._change()}
            self._connection.execute(_COME_BACK, values)
            self._connection.execute(_WANTED_AGAIN, values)


def _told_week(happened: Happened, titles: Mapping[str, str]) -> ToldWeek:
    newest = happened.updates[0] if happened.updates else None
    out = happened.not_recorded
    return ToldWeek(
        status=newest.status if newest else "",
        message=newest.message if newest else "",
        reason=out.reason if out else "",
        keeps=titles.get(out.winner, out.winner) if out else "",
        detail=out.detail if out else "",
        refused=happened.refused,
        again=newest is not None and newest.message.endswith(BACK),
    )
