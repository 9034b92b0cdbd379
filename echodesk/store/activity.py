"""What was done, the newest first, inside one transaction: by index, however long the audit is.

Its rows are numbered as they are written, so their numbers are the order, and times are turned into numbers first.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, TextClause, text

from echodesk.activity import LEAD, WORKER, ActivityLine, ActivityShown, ShowActivity
from echodesk.store.binding import as_json
from echodesk.store.screens import ROOM_NAMES
from echodesk.store.searching import rooms_meant

_FIRST = text("SELECT ID FROM STT_ECHO_AUDIT WHERE AT >= :since ORDER BY AT LIMIT 1")
_LAST = text("SELECT ID FROM STT_ECHO_AUDIT WHERE AT < :until ORDER BY AT DESC LIMIT 1")
OUT_OF_ORDER = 2_000
"""Rows of several processes may get their numbers in another order than their times, but not by more than this."""
_FOR_EVER, _NEVER = "9", "0"
_NO_END = 2**53

# The first that is asked for leads, by its index; the others are looked at in each row that it finds.
_LEADS = {
    "lessons": ("x.EXTERNAL_ID IN (SELECT l.value FROM json_each(:lessons) l)", "OCCURRENCE"),
    "rooms": ("x.ROOMID IN (SELECT r.value FROM json_each(:rooms) r)", "PLACE"),
    "who": ("x.WHO = :who", "WHO"),
    "people before": ("x.WHO < :worker", "WHO"),
    "people after": ("x.WHO > :worker", "WHO"),
    "action": ("x.ACTION = :action", "ACTION"),
}
_OTHERS = (
    " (:any_room = 1 OR x.ROOMID IN (SELECT o.value FROM json_each(:rooms) o))"
    " AND (:any_who = 1 OR x.WHO = :who)"
    " AND (:anybody = 1 OR x.WHO <> :worker)"
    " AND (:any_action = 1 OR x.ACTION IN (SELECT c.value FROM json_each(:actions) c))"
    " AND x.ID < :before AND x.ID >= :first AND x.AT >= :since AND x.AT < :until"
    " ORDER BY x.ID DESC LIMIT :limit"
)
FOUND: dict[str, TextClause] = {
    name: text(f"SELECT x.ID FROM STT_ECHO_AUDIT x INDEXED BY STT_ECHO_AUDIT_{index} WHERE {lead} AND{_OTHERS}")  # noqa: S608 - constants of this file
    for name, (lead, index) in _LEADS.items()
}
FOUND["all"] = text(f"SELECT x.ID FROM STT_ECHO_AUDIT x WHERE{_OTHERS}")  # noqa: S608 - the same
_LINES = text(
    "SELECT a.ID, a.AT, a.WHO, a.ACTION, a.EXTERNAL_ID, a.ROOMID, a.LESSON_DATE, a.WHY, a.BEFORE, a.AFTER, a.SENT,"
    " a.STATUS, a.ANSWER, a.OUTCOME, a.MS, a.EPOCH"
    " FROM json_each(:ids) i CROSS JOIN STT_ECHO_AUDIT a ON a.ID = i.value"
)
# A term is one machine's: the line with which it began says which.
TERMS = text(
    "SELECT t.EPOCH, t.SENT FROM STT_ECHO_AUDIT t INDEXED BY STT_ECHO_AUDIT_ACTION"
    " WHERE t.ACTION = :lead AND t.EPOCH IN (SELECT e.value FROM json_each(:epochs) e)"
)


@dataclass(frozen=True, slots=True)
class _From:
    machine: str = ""


def activity(connection: Connection, wish: ShowActivity, lessons: Collection[str]) -> ActivityShown:
    """What was asked for, with codes of modules in the place of their names left out; `lessons` are the external
    ids that `wish.lesson` stands for."""
    ids = _ids(connection, wish, lessons)
    rows = sorted(connection.execute(_LINES, {"ids": as_json(ids[: wish.limit])}).all(), key=lambda row: -row.ID)
    asked = {"rooms": as_json({row.ROOMID for row in rows if row.ROOMID})}
    names = {row.ROOMID: row.NAME or "" for row in connection.execute(ROOM_NAMES, asked)}
    epochs = as_json({row.EPOCH for row in rows if row.EPOCH is not None})
    terms = {row.EPOCH: _machine(row.SENT) for row in connection.execute(TERMS, {"lead": LEAD, "epochs": epochs})}
    return ActivityShown(tuple(_line(row, names, terms) for row in rows), len(ids) > wish.limit)


def _machine(sent: str | None) -> str:
    """Where something was asked for; '' where nobody wrote it down."""
    try:
        return msgspec.json.decode((sent or "{}").encode(), type=_From).machine
    except msgspec.DecodeError:
        return ""


def _ids(connection: Connection, wish: ShowActivity, lessons: Collection[str]) -> list[int]:
    """The newest that fit, one more than are wanted."""
    first, last = 0, _NO_END
    if wish.since:
        begins = connection.execute(_FIRST, {"since": wish.since}).scalar()
        if begins is None:
            return []
        first = int(begins) - OUT_OF_ORDER
    if wish.until:
        ends = connection.execute(_LAST, {"until": wish.until}).scalar()
        if ends is None:
            return []
        last = int(ends) + OUT_OF_ORDER
    values: dict[str, object] = {
        "any_room": int(not wish.room),
        "any_who": int(not wish.who),
        "anybody": int(not wish.people),
        "any_action": int(not wish.actions),
        "actions": as_json(wish.actions),
        "rooms": as_json(rooms_meant(connection, wish.room) if wish.room else ()),
        "who": wish.who,
        "worker": WORKER,
        "before": min(wish.before or _NO_END, last),
        "first": first,
        "since": wish.since or _NEVER,
        "until": wish.until or _FOR_EVER,
        "limit": wish.limit + 1,
    }
    lead = _lead(wish)
    if lead == "lessons":
        values["lessons"] = as_json(lessons)
    if lead == "action":
        each = [values | {"action": action} for action in wish.actions]
        found = [number for one in each for number in connection.execute(FOUND[lead], one).scalars()]
    else:
        names = ("people before", "people after") if lead == "people" else (lead,)
        found = [number for name in names for number in connection.execute(FOUND[name], values).scalars()]
    return sorted(found, reverse=True)[: wish.limit + 1]


def _lead(wish: ShowActivity) -> str:
    """What finds the fewest rows."""
    if wish.lesson:
        return "lessons"
    if wish.room:
        return "rooms"
    if wish.who and wish.who != WORKER:
        return "who"
    if wish.people:
        return "people"
    if wish.actions:
        return "action"
    return "who" if wish.who else "all"


def _line(row: Any, names: dict[str, str], terms: dict[int, str]) -> ActivityLine:
    return ActivityLine(
        key=row.ID,
        at=row.AT,
        who=row.WHO,
        machine=_machine(row.SENT) if row.EPOCH is None else terms.get(row.EPOCH, ""),
        action=row.ACTION,
        external_id=row.EXTERNAL_ID or "",
        module="",
        module_title="",
        group="",
        room=row.ROOMID or "",
        room_name=names.get(row.ROOMID, ""),
        date=row.LESSON_DATE or "",
        why=row.WHY or "",
        outcome=row.OUTCOME or "",
        before=row.BEFORE or "",
        after=row.AFTER or "",
        sent=row.SENT or "",
        status=row.STATUS or 0,
        answer=row.ANSWER or "",
        milliseconds=row.MS or 0,
    )
