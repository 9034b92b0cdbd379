"""A timetable in neutral CSV, loaded whole: `rooms.csv`, `modules.csv`, `weeks.csv`, `lessons.csv` in one folder.

Rules: decisions, "The demonstration and its contracts", CSV. What the source lacks stays missing; nothing is
invented but the numbers that CMIS needs.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from echodesk.demo.csv_files import Record, check_unique, read_records, shown
from echodesk.demo.rows import (
    DATE_CHANGED_FORMAT,
    ComponentType,
    Lecturer,
    Module,
    ModuleGroup,
    Room,
    RoomFeature,
    RoomRequest,
    Site,
    Timetable,
    TimetableRow,
    Week,
)
from echodesk.demo.term import MONDAY, academic_year, checked_term_start
from echodesk.demo.week_sets import WeekSets
from echodesk.errors import WrongUse
from echodesk.timetable.eligibility import CONFIRMED, TEACHING, VIDEO

FIRST_SLOTID = 100001
ROOM_COLUMNS = ("room_id", "building_id", "name", "capacity")
MODULE_COLUMNS = ("module_id", "name")
WEEK_COLUMNS = ("week_number", "monday")
LESSON_COLUMNS = (
    "slot_id",
    "module_id",
    "group_code",
    "lecturer_id",
    "room_id",
    "weekday",
    "start",
    "finish",
    "weeks",
)
LAST_WEEK = 999
LARGEST_ROOM = 999_999


def read_timetable(folder: Path, term_starts: dt.date) -> Timetable:
    """The timetable in `folder`, moved so that its first week begins on `term_starts`; gaps between weeks stay.

    Raises:
        TimetableFault: the first thing that is wrong, by file, line and field. Nothing is returned half read.
        WrongUse: `term_starts` is not a Monday, or there is no such folder.
    """
    if not folder.is_dir():
        raise WrongUse(
            "There is no timetable here",
            f"{folder} is not a folder.",
            "Name the folder that holds rooms.csv, modules.csv, weeks.csv and lessons.csv.",
        )
    setid = academic_year(checked_term_start(term_starts))
    room_records = read_records(folder / "rooms.csv", ROOM_COLUMNS)
    module_records = read_records(folder / "modules.csv", MODULE_COLUMNS)
    week_records = read_records(folder / "weeks.csv", WEEK_COLUMNS)
    lesson_records = read_records(folder / "lessons.csv", LESSON_COLUMNS)
    check_unique(room_records, "room_id")
    check_unique(module_records, "module_id")
    check_unique(lesson_records, "slot_id")

    rooms = {record.text("room_id"): _room(setid, record) for record in room_records}
    modules = {record.text("module_id"): _module(setid, record) for record in module_records}
    weeks = _weeks(setid, week_records, term_starts)
    week_sets = WeekSets()
    # Equal for all: nobody is senior in a timetable that is loaded at once.
    changed = (term_starts - dt.timedelta(weeks=4)).strftime(DATE_CHANGED_FORMAT)
    lessons = tuple(
        _lesson(setid, FIRST_SLOTID + index, record, rooms, modules, weeks, week_sets, changed)
        for index, record in enumerate(lesson_records)
    )
    weeks_of_sets, week_set_names = week_sets.rows(setid)
    groups = dict.fromkeys((lesson.moduleid, lesson.modgrpcode) for lesson in lessons if lesson.modgrpcode)
    return Timetable(
        setid=setid,
        lessons=lessons,
        weeks=tuple(weeks.values()),
        weeks_of_sets=weeks_of_sets,
        week_set_names=week_set_names,
        modules=tuple(modules.values()),
        groups=tuple(ModuleGroup(setid, module, code, code, None) for module, code in groups if code),
        components=tuple(
            ComponentType(prefix, prefix) for prefix in sorted({code[:2] for _, code in groups if code})
        ),
        rooms=tuple(rooms.values()),
        sites=tuple(
            Site(setid, building, building, None)
            for building in dict.fromkeys(room.siteid for room in rooms.values() if room.siteid)
            if building
        ),
        departments=(),
        lecturers=tuple(
            Lecturer(setid, lecturer, lecturer, None, None)
            for lecturer in dict.fromkeys(lesson.lecturerid for lesson in lessons)
            if lecturer
        ),
        addresses=(),
        requests=tuple(
            RoomRequest(setid, lesson.slotid, lesson.slotentry, 1, VIDEO) for lesson in lessons if lesson.roomid
        ),
        features=tuple(RoomFeature(setid, room, VIDEO) for room in rooms),
    )


def _room(setid: str, record: Record) -> Room:
    room = record.text("room_id")
    capacity = record.whole("capacity", 0, LARGEST_ROOM) if record.optional("capacity") else None
    return Room(setid, record.optional("building_id"), room, record.optional("name") or room, capacity, None)


def _module(setid: str, record: Record) -> Module:
    module = record.text("module_id")
    return Module(setid, module, record.optional("name") or module, None, None, "Y")


def _weeks(setid: str, records: tuple[Record, ...], term_starts: dt.date) -> dict[int, Week]:
    by_number: dict[int, Record] = {}
    for record in records:
        number = record.whole("week_number", 1, LAST_WEEK)
        if number in by_number:
            raise record.fault("week_number", f"week {number} stands already on line {by_number[number].line}")
        by_number[number] = record
    ordered = sorted(by_number.items())
    dated = any(record.optional("monday") for record in records)
    first_number, first_record = ordered[0]
    first_monday = _monday(first_record) if dated else term_starts
    found: dict[int, Week] = {}
    previous = first_monday - dt.timedelta(days=1)
    for number, record in ordered:
        monday = _monday(record) if dated else term_starts + dt.timedelta(weeks=number - first_number)
        if monday <= previous:
            raise record.fault("monday", f"week {number} does not begin after the week before it")
        if monday - first_monday > dt.timedelta(weeks=LAST_WEEK):
            raise record.fault("monday", f"week {number} begins years after week {first_number}")
        previous = monday
        found[number] = Week(setid, number, monday + (term_starts - first_monday), f"Week {number}")
    return found


def _monday(record: Record) -> dt.date:
    value = record.text("monday")
    try:
        day = dt.datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - wall-clock dates have no zone
    except ValueError as error:
        raise record.fault("monday", f"{shown(value)} is not a date written YYYY-MM-DD") from error
    if day.weekday() != MONDAY:
        raise record.fault("monday", f"{shown(value)} is a {day:%A}, not a Monday")
    return day


def _lesson(
    setid: str,
    slotid: int,
    record: Record,
    rooms: dict[str, Room],
    modules: dict[str, Module],
    weeks: dict[int, Week],
    week_sets: WeekSets,
    changed: str,
) -> TimetableRow:
    module = record.text("module_id")
    if module not in modules:
        raise record.fault("module_id", f"{shown(module)} is not in modules.csv")
    room = record.optional("room_id")
    if room is not None and room not in rooms:
        raise record.fault("room_id", f"{shown(room)} is not in rooms.csv")
    start, finish = record.minute("start"), record.minute("finish")
    if finish <= start:
        raise record.fault("finish", f"{record.text('finish')} is not after the start {record.text('start')}")
    group = record.optional("group_code")
    return TimetableRow(
        setid=setid,
        slotid=slotid,
        slotentry=1,
        slottotal=1,
        weekid=week_sets.id_of(_weeks_of_lesson(record, weeks)),
        weekday=record.whole("weekday", 1, 7),
        starttime=record.text("start"),
        finishtime=record.text("finish"),
        duration=finish - start,
        moduleid=module,
        modgrpcode=group,
        moduletype=group[:2] if group else None,
        deptid=None,
        siteid=rooms[room].siteid if room else None,
        roomid=room,
        roomgrpcode=None,
        lecturerid=record.optional("lecturer_id"),
        sourcesid=TEACHING,
        status=CONFIRMED,
        classif=None,
        locked=0,
        capacity=rooms[room].capacity if room else None,
        datechanged=changed,
        userchange=record.text("slot_id"),
    )


def _weeks_of_lesson(record: Record, weeks: dict[int, Week]) -> tuple[int, ...]:
    found: list[int] = []
    for word in record.text("weeks").split():
        if not (word.isascii() and word.isdigit()) or int(word) not in weeks:
            raise record.fault("weeks", f"week {shown(word)} is not in weeks.csv")
        if int(word) in found:
            raise record.fault("weeks", f"week {int(word)} is named twice")
        found.append(int(word))
    return tuple(found)
