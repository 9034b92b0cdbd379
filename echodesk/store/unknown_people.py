"""Whom Echo360 does not know, and what is recorded without presenter because of that, inside one transaction."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, text

from echodesk.lessons import UnknownPerson
from echodesk.planning.values import Interval
from echodesk.store.journal import LONG_AGO

_PEOPLE = text(
    "SELECT w.EMAIL, w.SINCE, w.CHECKED, TRIM(p.PERSONNO) AS PERSONNO FROM STT_ECHO_MISSING_PERSON w"
    " LEFT JOIN STT_EXT_PERSON p ON lower(TRIM(p.BUSINESSEMAIL)) = w.EMAIL ORDER BY w.EMAIL, p.PERSONNO"
)
# From what stands without presenter to its lecturer's address: every step but the first is by an index.
AHEAD = text(
    "SELECT w.EMAIL, l.NAME AS LECTURER_NAME, m.ROOMID, m.LESSON_DATE, m.STARTTIME, m.FINISHTIME, m.TITLE"
    " FROM STT_ECHO_MIRROR m JOIN TIMETABLE t ON TRIM(t.SETID) = TRIM(m.SETID) AND t.SLOTID = m.SLOTID"
    " AND t.SLOTENTRY = 1 JOIN STT_EXT_PERSON p ON TRIM(p.PERSONNO) = TRIM(t.LECTURERID)"
    " JOIN STT_ECHO_MISSING_PERSON w ON w.EMAIL = lower(TRIM(p.BUSINESSEMAIL))"
    " LEFT JOIN LECTURER l ON TRIM(l.SETID) = TRIM(m.SETID) AND TRIM(l.LECTURERID) = TRIM(t.LECTURERID)"
    " WHERE m.OURS = 1 AND m.PRESENTER IS NULL AND m.LESSON_DATE >= :today"
    " ORDER BY m.LESSON_DATE, m.STARTTIME, m.ROOMID"
)


def unknown_people(connection: Connection, today: str) -> list[UnknownPerson]:
    """All of them by address, with codes in the place of rooms' names; lessons count from `today` (ISO) on."""
    ahead: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(AHEAD, {"today": today}):
        ahead[row.EMAIL].append(row)
    people: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(_PEOPLE):
        people[row.EMAIL].append(row)
    return [_person(rows, ahead[email]) for email, rows in people.items()]


def _person(rows: list[Any], ahead: list[Any]) -> UnknownPerson:
    first, following = rows[0], ahead[0] if ahead else None
    return UnknownPerson(
        email=first.EMAIL,
        code=", ".join(row.PERSONNO for row in rows if row.PERSONNO),
        name=following.LECTURER_NAME or "" if following else "",
        lessons=len(ahead),
        date=following.LESSON_DATE if following else "",
        times=str(Interval(following.STARTTIME, following.FINISHTIME)) if following else "",
        room=following.ROOMID if following else "",
        room_name=following.ROOMID if following else "",
        title=following.TITLE if following else "",
        since=first.SINCE,
        checked="" if first.CHECKED == LONG_AGO else first.CHECKED,
    )
