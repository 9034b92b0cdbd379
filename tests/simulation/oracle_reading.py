"""What the oracle knows: every table read whole by plain SQL, and what Echo360 really holds.

Nothing of `echodesk.timetable` or `echodesk.store` is used, so that a mistake there cannot repeat itself here.
Texts count without the spaces around them (cmis-schema), and an empty one is as none.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from echodesk.planning.values import Reason, Strategy
from tests.simulation.oracle_values import Decided, LeftOut, Lesson, Rulebook, Stood
from tests.worker.world import World

DEFAULTS = {
    "strategy": "first_wins",
    "together": "on",
    "together_unknown": "off",
    "lead": "5",
    "late_s": "60",
    "turnaround": "0",
    "max_minutes": "480",
    "first_weekday": "1",
    "seniority_by_datechanged": "off",
    "external_id": "{slotid}-{week}-{setid}",
    "title": "{module} {group} {module name}",
    "section": "{moduleid}_{grpcode}",
    "zone": "Europe/London",
}
"""Design §4.3 to §4.14, and "defaults" there."""

Key = tuple[str, int]
RECORDINGS = ("AUDIOREC", "VIDEOREC")
_MORE = {"INSERT": 1, "UPDATE": 0, "DELETE": -1}
"""Requests of a lesson that there are more after an entry."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One moment of both sides."""

    lessons: tuple[Lesson, ...]
    never: LeftOut
    """Eligible, but too long or with a time that cannot be read."""
    stood: tuple[Stood, ...]
    book: Rulebook
    since_by_table: dict[Key, str]
    since_by_queue: dict[Key, str]


def read(world: World, seniority: str) -> Reading:
    """Everything, now. `seniority` is 'queue' or 'table' (see `oracle.expected`)."""
    settings = DEFAULTS | {
        str(name): str(value) for name, value in world.sql("SELECT NAME, VALUE FROM STT_ECHO_SETTING")
    }
    by_table = {
        (row[0], row[1]): row[2] for row in world.sql("SELECT SETID, SLOTID, SINCE FROM STT_ECHO_SENIORITY")
    }
    by_queue = _since_by_queue(world)
    lessons, never = _lessons(world, settings, by_table if seniority == "table" else by_queue)
    book = Rulebook(
        now=world.clock.campus_now(),
        strategy=Strategy(settings["strategy"]),
        strategy_of_room={room: Strategy(value) for room, value in _of_rooms(settings, "strategy")},
        together=settings["together"] == "on",
        together_unknown=settings["together_unknown"] == "on",
        # A request is given up after 20 s and may take effect for L from then on; what has begun is never touched.
        lead=max(int(settings["lead"]), math.ceil((20 + float(settings["late_s"])) / 60)),
        late_s=float(settings["late_s"]),
        turnaround=int(settings["turnaround"]),
        turnaround_of_room={room: int(value) for room, value in _of_rooms(settings, "turnaround")},
        refused=frozenset((a, b) for a, b in world.sql("SELECT EXTERNAL_ID, FINGERPRINT FROM STT_ECHO_REFUSED")),
        closed=frozenset(
            row[0]
            for row in world.sql(
                "SELECT ROOMID FROM STT_ECHO_ROOM_HOLD WHERE NOT_BEFORE > strftime('%Y-%m-%dT%H:%M:%fZ')"
            )
        ),
        decisions=tuple(
            Decided(
                number, kind, setid, tuple(json.loads(slots)), winner,
                None if weeks is None else frozenset(json.loads(weeks)), tuple(json.loads(seats)),
            )
            for number, kind, setid, slots, winner, weeks, seats in world.sql(
                "SELECT ID, KIND, SETID, SLOTIDS, WINNER, WEEKS, FINGERPRINT FROM STT_ECHO_DECISION"
                " WHERE REVOKED IS NULL"
            )
        ),
    )  # fmt: skip
    wanted = {one.external_id for one in lessons} | never.keys()
    stood = tuple(_unless_stuck(one, wanted, book) for one in stands(world, settings["external_id"]))
    return Reading(tuple(lessons), never, stood, book, by_table, by_queue)


def _of_rooms(settings: dict[str, str], name: str) -> list[tuple[str, str]]:
    """(room, value) of the rooms with a value of their own: `strategy@R1`."""
    split = [(key.split("@", 1), value) for key, value in settings.items() if "@" in key]
    return [(room, value) for (of, room), value in split if of == name]


def lessons(world: World) -> list[Lesson]:
    """Every lesson that the timetable wants recorded now, whatever else stands; without its seniority."""
    settings = DEFAULTS | {
        str(name): str(value) for name, value in world.sql("SELECT NAME, VALUE FROM STT_ECHO_SETTING")
    }
    return _lessons(world, settings, {})[0]


def stands(world: World, template: str = DEFAULTS["external_id"]) -> list[Stood]:
    """What Echo360 really holds, one for each date. Ours is what reads back as an id of a live or former year."""
    known = [str(row[0]).strip().replace("/", "-") for row in world.sql("SELECT SETID FROM STT_ECHO_SET")]
    pattern = re.escape(template)
    for field, read_as in (
        ("slotid", "(0|[1-9][0-9]{0,17})"),
        ("week", "(0|[1-9][0-9]{0,17})"),
        ("setid", f"({'|'.join(map(re.escape, known))})"),
    ):
        pattern = pattern.replace(re.escape("{" + field + "}"), read_as)
    directory = world.institution.state.directory
    found = []
    for one in world.institution.state.bookings:
        room = directory.rooms.get(one.room_id)
        user = directory.users.get(one.user_id) if one.user_id else None
        sections = [directory.sections.get(link.section_id) for link in one.sections]
        ours = bool(known) and one.external_id is not None and re.fullmatch(pattern, one.external_id) is not None
        for ordinal in one.dates:
            found.append(
                Stood(
                    one.id, one.external_id, ours,
                    (room.external_id if room else None) or f"room {one.room_id}", dt.date.fromordinal(ordinal),
                    one.start_minute, one.end_minute if one.end_minute > one.start_minute else 24 * 60, one.name,
                    tuple(sorted(section.external_id or section.id for section in sections if section)),
                    user.email.lower() if user else None,
                    tuple(given.lower() for given in (one.input1, one.input2) if given), len(one.dates) > 1,
                )
            )  # fmt: skip
    return found


def _unless_stuck(one: Stood, wanted: Iterable[str], book: Rulebook) -> Stood:
    """What nobody wants and Echo360 would not remove is walked around like a foreign schedule."""
    if one.external_id is None or one.external_id in wanted:
        return one
    if (one.external_id, f"DELETE {one.echo_id}") not in book.refused:
        return one
    return Stood(
        one.echo_id, one.external_id, False, one.room, one.date, one.start, one.finish, one.title, one.sections,
        one.presenter, one.inputs, one.recurs,
    )  # fmt: skip


def _text(value: Any) -> str | None:
    return None if value is None or not str(value).strip(" ") else str(value).strip(" ")


def _table(world: World, statement: str) -> list[dict[str, Any]]:
    """Rows by the names of their columns."""
    names = [name.strip() for name in statement.removeprefix("SELECT ").partition(" FROM ")[0].split(",")]
    return [dict(zip(names, row, strict=True)) for row in world.sql(statement)]


def _lessons(world: World, settings: dict[str, str], since: dict[Key, str]) -> tuple[list[Lesson], LeftOut]:
    rows = _table(
        world,
        "SELECT SETID, SLOTID, SLOTENTRY, WEEKID, WEEKDAY, STARTTIME, FINISHTIME, MODULEID, MODGRPCODE, ROOMID,"
        " LECTURERID, SOURCESID, STATUS, DATECHANGED FROM TIMETABLE",
    )
    live = {row[0] for row in world.sql("SELECT SETID FROM STT_ECHO_SET WHERE LIVE = 1")}
    modules: dict[tuple[str | None, str | None], str] = {}
    for one in _table(world, "SELECT SETID, MODULEID, NAME FROM MODULE"):
        key = (_text(one["SETID"]), _text(one["MODULEID"]))
        modules[key] = min(modules.get(key, _text(one["NAME"]) or ""), _text(one["NAME"]) or "")
    groups = {tuple(map(_text, row)) for row in world.sql("SELECT SETID, MODULEID, GRPCODE FROM MODULEGROUPS")}
    kinds = {_text(row[0]) for row in world.sql("SELECT MODULE_SUBGROUP_CODE FROM STT_COMPONENT_TYPE")}
    asked: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for setid, slot, entry, feature in world.sql("SELECT SETID, SLOTID, SLOTENTRY, FEATUREID FROM ROOMREQUESTS"):
        asked[(_text(setid), slot, entry)].add(_text(feature) or "")
    offered: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for setid, room, feature in world.sql("SELECT SETID, ROOMID, FEATUREID FROM ROOMFEATURES"):
        offered[(_text(setid), _text(room))].add(_text(feature) or "")
    addresses: dict[str | None, str] = {}
    for person, email in world.sql("SELECT PERSONNO, BUSINESSEMAIL FROM STT_EXT_PERSON"):
        if address := _text(email):
            addresses[_text(person)] = min(addresses.get(_text(person), address), address)
    missing = {row[0] for row in world.sql("SELECT EMAIL FROM STT_ECHO_MISSING_PERSON")}
    weeks: dict[tuple[str | None, int], set[int]] = defaultdict(set)
    for setid, weekid, week in world.sql("SELECT SETID, WEEKID, WEEKNUMBER FROM WEEKMAPNUMERIC"):
        weeks[(_text(setid), weekid)].add(week)
    dates = _Dates(world, int(settings["first_weekday"]))
    found: list[Lesson] = []
    never: LeftOut = {}
    for row in rows:
        setid, slot, entry = _text(row["SETID"]) or "", row["SLOTID"], row["SLOTENTRY"]
        module, group, room = _text(row["MODULEID"]), _text(row["MODGRPCODE"]), _text(row["ROOMID"])
        if not (
            setid in live
            and _text(row["SOURCESID"]) == "TEACH"
            and row["STATUS"] == 2
            and entry == 1
            and room is not None
            and module is not None
            and (setid, module) in modules
            and group is not None
            and (setid, module, group) in groups
            and group[:2].strip(" ") in kinds
            and re.fullmatch("..[0-9][0-9]", group, re.DOTALL) is not None
            and asked[(setid, slot, entry)] & set(RECORDINGS)
            and offered[(setid, room)] & set(RECORDINGS)
        ):
            continue
        twice = sum((_text(x["SETID"]), x["SLOTID"], x["SLOTENTRY"]) == (setid, slot, entry) for x in rows) > 1
        start, finish = _minute(_text(row["STARTTIME"])), _minute(_text(row["FINISHTIME"]))
        video = "VIDEOREC" in asked[(setid, slot, entry)] and "VIDEOREC" in offered[(setid, room)]
        lecturer = _text(row["LECTURERID"])
        address = addresses.get(lecturer, "").lower() if lecturer else ""
        senior = since.get((setid, slot))
        if senior is None or settings["seniority_by_datechanged"] == "on":
            senior = _changed(_text(row["DATECHANGED"]), settings["zone"])
        for week in weeks[(setid, row["WEEKID"])]:
            date = dates.of(setid, week, row["WEEKDAY"])
            if date is None:
                continue
            external_id = (
                settings["external_id"]
                .replace("{slotid}", str(slot))
                .replace("{week}", str(week))
                .replace("{setid}", setid.replace("/", "-"))
            )
            if start is None or finish is None or finish <= start or twice:
                never[external_id] = (Reason.UNREADABLE, None)
            elif finish - start > int(settings["max_minutes"]):
                never[external_id] = (Reason.TOO_LONG, None)
            else:
                title = settings["title"].replace("{module name}", modules[(setid, module)])
                section = settings["section"].replace("{moduleid}", module).replace("{grpcode}", group)
                found.append(
                    Lesson(
                        external_id, setid, slot, week, room, date, start, finish,
                        _tidy(title.replace("{module}", module).replace("{group}", group)),
                        _tidy(section.replace("{setid}", setid)),
                        address if address and address not in missing else None,
                        ("display", "video") if video else (), lecturer, senior, row["WEEKDAY"],
                    )
                )  # fmt: skip
    return found, never


class _Dates:
    """STARTDATE + weekday, unless CCALMAPS says otherwise; what cannot be read has no date."""

    def __init__(self, world: World, first_weekday: int) -> None:
        self._first = first_weekday
        self._starts = {
            (_text(setid), week): _date(value)
            for setid, week, value in world.sql("SELECT SETID, WEEKNUMBER, STARTDATE FROM WEEKSTRUCTURE")
        }
        self._mapped = {
            (_text(setid), week, weekday): _date(value)
            for setid, week, weekday, value in world.sql("SELECT SETID, WEEKNUM, DAYPOSN, MAPDATE FROM CCALMAPS")
            if _text(value)
        }

    def of(self, setid: str, week: int, weekday: Any) -> dt.date | None:
        """The date of a weekday of a week."""
        if weekday not in range(1, 8):
            return None
        if (setid, week, weekday) in self._mapped:
            return self._mapped[(setid, week, weekday)]
        start = self._starts.get((setid, week))
        return None if start is None else start + dt.timedelta(days=(weekday - self._first) % 7)


def _since_by_queue(world: World) -> dict[Key, str]:
    """The time of the last entry (by id) that changed room, weekday, times or week set, or made the lesson
    eligible (decisions "Who is first").

    A lesson that was taken away and put back as it was by two rows in a row (a program that saves its row anew)
    has not left. Nor has one that is asked for in another way: only the first request after none counts, not if
    it comes at once after the last one went. There were as many at first as makes those that there are.
    """
    found: dict[Key, str] = {}
    before: dict[str, Any] = {}
    rows = _table(
        world,
        "SELECT ID, SOURCE, ACTION, SETID, SLOTID, OLD_VALID, NEW_VALID, CREATED, ROOMID_OLD, ROOMID_NEW,"
        " WEEKDAY_OLD, WEEKDAY_NEW, STARTTIME_OLD, STARTTIME_NEW, FINISHTIME_OLD, FINISHTIME_NEW, WEEKID_OLD,"
        " WEEKID_NEW FROM STT_ECHO_QUEUE ORDER BY ID",
    )
    asked = Counter(
        (_text(setid), slot)
        for setid, slot, entry, feature in world.sql(
            "SELECT SETID, SLOTID, SLOTENTRY, FEATUREID FROM ROOMREQUESTS"
        )
        if entry == 1 and _text(feature) in RECORDINGS
    )
    for row in rows:
        if row["SOURCE"] == "ROOMREQUESTS":
            asked[(row["SETID"], row["SLOTID"])] -= _MORE[row["ACTION"]]
    gone: dict[Key, str] = {}
    decides = ("ROOMID", "WEEKDAY", "STARTTIME", "FINISHTIME", "WEEKID")
    for row in rows:
        key = (row["SETID"], row["SLOTID"])
        if row["SOURCE"] == "ROOMREQUESTS":
            if row["ACTION"] == "INSERT" and asked[key] == 0 and not _soon(gone.get(key), row["CREATED"]):
                found[key] = row["CREATED"]
            asked[key] += _MORE[row["ACTION"]]
            if row["ACTION"] == "DELETE":
                gone[key] = row["CREATED"]
            else:
                gone.pop(key, None)
        if row["SOURCE"] != "TIMETABLE" or not row["NEW_VALID"]:
            before = row
            continue
        old = tuple(row[f"{name}_OLD"] for name in decides)
        new = tuple(row[f"{name}_NEW"] for name in decides)
        saved_anew = (
            row["ACTION"] == "INSERT"
            and before.get("ACTION") == "DELETE"
            and before["ID"] == row["ID"] - 1
            and (before["SETID"], before["SLOTID"]) == key
            and tuple(before[f"{name}_OLD"] for name in decides) == new
        )
        if (not row["OLD_VALID"] or old != new) and not saved_anew:
            found[key] = row["CREATED"]
        before = row
    return found


def _soon(earlier: str | None, later: str) -> bool:
    """Within half a second."""
    if earlier is None:
        return False
    return abs((dt.datetime.fromisoformat(later) - dt.datetime.fromisoformat(earlier)).total_seconds()) <= 0.5


def _minute(text: str | None) -> int | None:
    if text is None or re.fullmatch("[0-9]{2}:[0-9]{2}", text, re.ASCII) is None:
        return None
    hour, minute = int(text[:2]), int(text[3:])
    return hour * 60 + minute if hour < 24 and minute < 60 else None


def _date(value: Any) -> dt.date | None:
    try:
        found = dt.date.fromisoformat(str(value).strip(" ")[:10])
    except ValueError:
        return None
    return found if 1900 <= found.year < 3000 else None


def _changed(text: str | None, zone: str) -> str:
    """DATECHANGED is YYYYMMDDHHMM on the campus's clock; unreadable = oldest."""
    if text is None or re.fullmatch("[0-9]{12}", text, re.ASCII) is None:
        return ""
    try:
        local = dt.datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=ZoneInfo(zone))
        return local.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") if local.year >= 1901 else ""
    except (ValueError, OverflowError):
        return ""


def _tidy(text: str) -> str:
    return " ".join(text.split())
