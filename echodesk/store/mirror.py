"""The mirror: EchoDesk's memory of what Echo360 confirmed, ours and foreign schedules alike."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, text

from echodesk.planning.records import MirrorRow
from echodesk.planning.values import Content, Interval, RoomDay, Standing
from echodesk.store.binding import as_json, places_json
from echodesk.store.many import ManyRows

Recogniser = Callable[[str], tuple[str, int, int] | None]
"""An external id → (SETID, SLOTID, week) if it is one of ours."""

_AT = text(
    "SELECT m.* FROM json_each(:places) p CROSS JOIN STT_ECHO_MIRROR m"
    " ON m.ROOMID = json_extract(p.value, '$[0]') AND m.LESSON_DATE = json_extract(p.value, '$[1]')"
    " WHERE m.DATES IS NULL"
)
_RECURRING = text(
    "SELECT m.* FROM json_each(:rooms) r CROSS JOIN STT_ECHO_MIRROR m"
    " ON m.ROOMID = r.value AND m.DATES IS NOT NULL"
)
_EXTERNAL = text("SELECT m.* FROM json_each(:ids) i CROSS JOIN STT_ECHO_MIRROR m ON m.EXTERNAL_ID = i.value")
_LESSONS = text(
    "SELECT m.* FROM json_each(:keys) k CROSS JOIN STT_ECHO_MIRROR m"
    " ON m.SETID = json_extract(k.value, '$[0]') AND m.SLOTID = json_extract(k.value, '$[1]')"
)
_ROOM = text(
    "SELECT m.* FROM STT_ECHO_MIRROR m WHERE m.ROOMID = :room AND (m.LESSON_DATE >= :today OR m.DATES IS NOT NULL)"
)
_BY_ECHO = text("SELECT m.* FROM json_each(:ids) i CROSS JOIN STT_ECHO_MIRROR m ON m.ECHO_ID = i.value")
_OURS_BUT = text(
    "SELECT ROOMID, LESSON_DATE FROM STT_ECHO_MIRROR WHERE OURS = 1 AND LESSON_DATE > :today"
    " AND EXTERNAL_ID NOT IN (SELECT value FROM json_each(:ids))"
)
_BY_OTHERS = text(
    "SELECT m.* FROM STT_ECHO_MIRROR m WHERE m.OURS = 0 AND (m.LESSON_DATE BETWEEN :first AND :last"
    " OR m.DATES IS NOT NULL)"
)
_DATES_OF_OTHERS = text(
    "SELECT m.LESSON_DATE, m.DATES FROM STT_ECHO_MIRROR m WHERE m.OURS = 0"
    " AND (m.LESSON_DATE BETWEEN :first AND :last OR m.DATES IS NOT NULL)"
)
_PUT = ManyRows(
    "STT_ECHO_MIRROR",
    {
        "ECHO_ID": "echo_id",
        "EXTERNAL_ID": "external_id",
        "OURS": "ours",
        "SETID": "setid",
        "SLOTID": "slotid",
        "WEEKNUMBER": "week",
        "ROOMID": "room",
        "LESSON_DATE": "date",
        "DATES": "dates",
        "STARTTIME": "start",
        "FINISHTIME": "finish",
        "TITLE": "title",
        "SECTIONS": "sections",
        "PRESENTER": "presenter",
        "INPUTS": "inputs",
        "REST": "rest",
    },
    stamped="VERIFIED",
    replace=True,
)
_DROP = text("DELETE FROM STT_ECHO_MIRROR WHERE ECHO_ID = :echo_id")
_DROP_ALL = text("DELETE FROM STT_ECHO_MIRROR")
_COMPLETE = text("SELECT VALUE FROM STT_ECHO_META WHERE NAME = 'mirror_complete'")
_SET_COMPLETE = text(
    "INSERT OR REPLACE INTO STT_ECHO_META (NAME, VALUE) VALUES ('mirror_complete', strftime('%Y-%m-%dT%H:%M:%fZ'))"
)
_ROOMS = text("SELECT ROOMID, count(*) FROM STT_ECHO_MIRROR GROUP BY ROOMID")
_ANY_OURS = text("SELECT EXISTS (SELECT 1 FROM STT_ECHO_MIRROR WHERE OURS = 1)")


class Mirror:
    """The mirror inside one transaction."""

    def __init__(self, connection: Connection, recognise: Recogniser) -> None:
        self._connection = connection
        self._recognise = recognise

    def complete(self) -> bool:
        """True once all schedules were listed."""
        return self._connection.execute(_COMPLETE).scalar() is not None

    def replace_all(self, standing: Sequence[Standing]) -> None:
        """Make the mirror equal to a complete listing of everything."""
        self._connection.execute(_DROP_ALL)
        self.put(standing)
        self._connection.execute(_SET_COMPLETE)

    def at(self, places: Collection[RoomDay]) -> list[MirrorRow]:
        """What stands in these room-days; a recurring foreign schedule gives one row a date."""
        rows = self._connection.execute(_AT, {"places": places_json(places)})
        found = [row for raw in rows for row in _rows(raw)]
        wanted = set(places)
        rooms = as_json({p.room for p in places})
        for raw in self._connection.execute(_RECURRING, {"rooms": rooms}):
            found.extend(row for row in _rows(raw) if row.standing.place in wanted)
        return found

    def of_external(self, external_ids: Collection[str]) -> list[MirrorRow]:
        """What stands under these external ids, wherever it is."""
        return self._select(_EXTERNAL, {"ids": as_json(external_ids)})

    def of_lessons(self, lessons: Collection[tuple[str, int]]) -> list[MirrorRow]:
        """What stands for any week of these lessons."""
        return self._select(_LESSONS, {"keys": as_json(lessons)})

    def put(self, standing: Sequence[Standing]) -> None:
        """Remember what stands; several of one echo id are the dates of one recurring schedule."""
        _PUT.insert(self._connection, [self._values(group) for group in _grouped(standing)])

    def drop(self, echo_ids: Collection[str]) -> None:
        """Forget these."""
        if echo_ids:
            self._connection.execute(_DROP, [{"echo_id": echo_id} for echo_id in echo_ids])

    def replace_room(
        self, room: str, standing: Sequence[Standing], untouched: Collection[RoomDay], today: str
    ) -> set[RoomDay]:
        """Make this room's mirror from today on equal to a complete listing, but for `untouched` room-days.

        Returns the room-days in which something differed.
        """
        skip = set(untouched)
        after: dict[str, list[Standing]] = defaultdict(list)
        for one in standing:
            if one.place.date.isoformat() >= today:
                after[one.echo_id].append(one)
        before = self.held(room, after, today)
        changed: set[RoomDay] = set()
        gone: list[str] = []
        renewed: list[Standing] = []
        for echo_id in before.keys() | after.keys():
            old, new = before.get(echo_id, []), after.get(echo_id, [])
            touched = {one.place for one in (*old, *new)}
            if touched & skip:
                continue
            if new:
                renewed.extend(new)
            else:
                gone.append(echo_id)
            if sorted(old, key=_by_date) != sorted(new, key=_by_date):
                changed |= touched
        self.drop(gone)
        self.put(renewed)
        return changed

    def held(self, room: str, echo_ids: Collection[str], today: str) -> dict[str, list[Standing]]:
        """What stands in this room from today on, and under these echo ids wherever it is, by echo id."""
        found: dict[str, list[Standing]] = defaultdict(list)
        for row in self._select(_ROOM, {"room": room, "today": today}):
            found[row.standing.echo_id].append(row.standing)
        for row in self._select(_BY_ECHO, {"ids": as_json(set(echo_ids) - set(found))}):
            found[row.standing.echo_id].append(row.standing)
        return found

    def ours_but(self, external_ids: Collection[str], today: str) -> list[RoomDay]:
        """Where schedules of ours stand after today that have none of these external ids, one for each."""
        rows = self._connection.execute(_OURS_BUT, {"ids": as_json(external_ids), "today": today})
        return [RoomDay(row.ROOMID, dt.date.fromisoformat(row.LESSON_DATE)) for row in rows]

    def by_others(self, first: str, last: str) -> list[MirrorRow]:
        """What others booked on these dates (ISO), one row for each date of what recurs."""
        found = self._select(_BY_OTHERS, {"first": first, "last": last})
        return [row for row in found if first <= row.standing.place.date.isoformat() <= last]

    def rooms_with_schedules(self) -> dict[str, int]:
        """How many schedules each room holds, to choose the cheaper listing."""
        return {row[0]: row[1] for row in self._connection.execute(_ROOMS)}

    def holds_ours(self) -> bool:
        """True if Echo360 held at least one schedule of ours."""
        return bool(self._connection.execute(_ANY_OURS).scalar_one())

    def _select(self, statement: Any, values: dict[str, object]) -> list[MirrorRow]:
        return [row for raw in self._connection.execute(statement, values) for row in _rows(raw)]

    def _values(self, group: Sequence[Standing]) -> dict[str, object]:
        first = group[0]
        # Judged anew: a year may have been switched on since the client that read this was made.
        lesson = self._recognise(first.external_id) if first.external_id else None
        dates = json.dumps([one.place.date.isoformat() for one in group]) if len(group) > 1 else None
        return {
            "echo_id": first.echo_id,
            "external_id": first.external_id,
            "ours": int(lesson is not None),
            "setid": lesson[0] if lesson else None,
            "slotid": lesson[1] if lesson else None,
            "week": lesson[2] if lesson else None,
            "room": first.place.room,
            "date": first.place.date.isoformat(),
            "dates": dates,
            "start": first.time.start,
            "finish": first.time.end,
            "title": first.content.title,
            "sections": json.dumps(first.content.sections),
            "presenter": first.content.presenter,
            "inputs": json.dumps(first.content.inputs),
            "rest": first.rest,
        }


def count_by_others(connection: Connection, first: str, last: str) -> int:
    """How many `Mirror.by_others` has: each date of what recurs counts."""
    rows = connection.execute(_DATES_OF_OTHERS, {"first": first, "last": last})
    return sum(first <= date <= last for row in rows for date in _dates(row))


def _by_date(one: Standing) -> dt.date:
    return one.place.date


def _grouped(standing: Iterable[Standing]) -> Iterable[list[Standing]]:
    groups: dict[str, list[Standing]] = {}
    for one in standing:
        groups.setdefault(one.echo_id, []).append(one)
    return [sorted(group, key=_by_date) for group in groups.values()]


def _dates(raw: Any) -> list[str]:
    dates: list[str] = json.loads(raw.DATES) if raw.DATES else [raw.LESSON_DATE]
    return dates


def _rows(raw: Any) -> Iterable[MirrorRow]:
    content = Content(raw.TITLE, tuple(json.loads(raw.SECTIONS)), raw.PRESENTER, tuple(json.loads(raw.INPUTS)))
    for date in _dates(raw):
        yield MirrorRow(
            Standing(
                echo_id=raw.ECHO_ID,
                external_id=raw.EXTERNAL_ID,
                ours=bool(raw.OURS),
                place=RoomDay(raw.ROOMID, dt.date.fromisoformat(date)),
                time=Interval(raw.STARTTIME, raw.FINISHTIME),
                content=content,
                rest=raw.REST,
            ),
            raw.SETID,
            raw.SLOTID,
            raw.WEEKNUMBER,
        )
