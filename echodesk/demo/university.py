"""A generated university of the size EchoDesk was asked for: 198 rooms, a full year, about 25,000 occurrences.

The same seed and term start give the same timetable on every machine. Sizes: decisions, "The demonstration and its
contracts"; the shape of overlaps: design §4.6.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from echodesk.demo.drafts import Course, Draft, Groups
from echodesk.demo.filling import Filling, courses
from echodesk.demo.names import BUILDINGS, SUBJECTS, Person, people
from echodesk.demo.oddities import UNKNOWN_COMPONENT, add_oddities, all_day, further_entries
from echodesk.demo.overlaps import add_overlaps
from echodesk.demo.patterns import WEEK_SET_NAMES, week_structure
from echodesk.demo.places import BUSIEST_USES, RECORDING_ROOMS, Place, places
from echodesk.demo.rows import (
    DATE_CHANGED_FORMAT,
    Address,
    ComponentType,
    Department,
    Lecturer,
    Module,
    ModuleGroup,
    Room,
    RoomFeature,
    RoomRequest,
    Site,
    Timetable,
    TimetableRow,
)
from echodesk.demo.term import academic_year, checked_term_start
from echodesk.demo.week_sets import WeekSets
from echodesk.planning.values import clock_text

DEFAULT_SEED = 1
PEOPLE = 880
WITHOUT_MAIL = 9
ALL_DAY_LESSONS = 2
FIRST_SLOTID = 610_003
COMPONENT_NAMES = {"LB": "Laboratory", "LC": "Lecture", "SM": "Seminar", "TU": "Tutorial"}
_MONTHS_OF_EDITS = 26 * 7
_EDITS_END = 14
"""Days before the term by which the office has put down its pens."""


def generate(seed: int, term_starts: dt.date) -> Timetable:
    """The university of this seed, its first teaching week beginning on `term_starts`.

    Raises:
        WrongUse: `term_starts` is not a Monday.
    """
    setid = academic_year(checked_term_start(term_starts))
    rng = random.Random(seed)
    staff = people(rng, PEOPLE, WITHOUT_MAIL)
    rooms = places(rng)
    pool = courses(rng, staff)
    drafts = _drafts(rng, rooms, pool)
    return _as_rows(rng, setid, term_starts, drafts, rooms, pool, staff)


def _drafts(rng: random.Random, rooms: Sequence[Place], pool: Sequence[Course]) -> list[Draft]:
    groups = Groups()
    filling = Filling(rng, pool, groups)
    taught = [draft for place in rooms for draft in filling.fill(place, place.uses)]
    taught += add_overlaps(rng, taught, pool, groups)
    busiest = rooms[0]
    uses = sum(len(draft.weeks) for draft in taught if draft.place is busiest)
    taught += filling.fill(busiest, BUSIEST_USES - uses)
    taught = further_entries(rng, taught)
    odd = add_oddities(rng, taught, rooms[RECORDING_ROOMS:])
    odd += all_day(rng, [draft for draft in taught if draft.place is not busiest], ALL_DAY_LESSONS)
    return sorted(taught + odd, key=_order)


def _order(draft: Draft) -> tuple[object, ...]:
    room = draft.place.room if draft.place else ""
    return (
        draft.course.code,
        draft.group,
        draft.weeks,
        draft.weekday,
        draft.start,
        room,
        draft.source,
        draft.asks,
    )


def _as_rows(
    rng: random.Random,
    setid: str,
    term_starts: dt.date,
    drafts: Sequence[Draft],
    rooms: Sequence[Place],
    pool: Sequence[Course],
    staff: Sequence[Person],
) -> Timetable:
    week_sets = WeekSets(WEEK_SET_NAMES)
    lessons: list[TimetableRow] = []
    requests: list[RoomRequest] = []
    slotid = FIRST_SLOTID
    for draft in drafts:
        changed = _changed(rng, term_starts)
        lessons += _rows(setid, slotid, week_sets.id_of(draft.weeks), draft, changed)
        requests += [RoomRequest(setid, slotid, 1, item, ask) for item, ask in enumerate(draft.asks, start=1)]
        slotid += rng.randint(1, 5)
    weeks_of_sets, week_set_names = week_sets.rows(setid)
    listed = dict.fromkeys(
        (draft.course.code, draft.group) for draft in drafts if draft.group_listed and draft.course_listed
    )
    return Timetable(
        setid=setid,
        lessons=tuple(lessons),
        weeks=week_structure(setid, term_starts),
        weeks_of_sets=weeks_of_sets,
        week_set_names=week_set_names,
        modules=tuple(
            Module(setid, course.code, course.name, course.subject.department, None, "Y") for course in pool
        ),
        groups=tuple(
            ModuleGroup(setid, code, group, _group_name(group), rng.randint(8, 240)) for code, group in listed
        ),
        components=tuple(ComponentType(prefix, name) for prefix, name in COMPONENT_NAMES.items()),
        rooms=tuple(
            Room(setid, place.site, place.room, place.name, place.capacity, place.kind.value) for place in rooms
        ),
        sites=tuple(Site(setid, code, name, campus) for code, name, campus in BUILDINGS),
        departments=tuple(Department(subject.department, subject.name) for subject in SUBJECTS),
        lecturers=tuple(
            Lecturer(setid, person.number, person.name, None, person.subject.department) for person in staff
        ),
        addresses=tuple(Address(person.number, person.mail) for person in staff if person.mail is not None),
        requests=tuple(requests),
        features=tuple(RoomFeature(setid, place.room, feature) for place in rooms for feature in place.features),
    )


def _rows(setid: str, slotid: int, weekid: int, draft: Draft, changed: str) -> list[TimetableRow]:
    lecturers = [draft.lecturer] if draft.further is None else [draft.lecturer, draft.further]
    place = draft.place
    return [
        TimetableRow(
            setid=setid,
            slotid=slotid,
            slotentry=entry,
            slottotal=len(lecturers),
            weekid=weekid,
            weekday=draft.weekday,
            starttime=clock_text(draft.start),
            finishtime=clock_text(draft.finish),
            duration=draft.finish - draft.start,
            moduleid=draft.course.code,
            modgrpcode=draft.group,
            moduletype=draft.group[:2],
            deptid=draft.course.subject.department,
            siteid=place.site if place else None,
            roomid=place.room if place else None,
            roomgrpcode=None,
            lecturerid=lecturer.number if lecturer else None,
            sourcesid=draft.source,
            status=draft.status,
            classif=None,
            locked=0,
            capacity=place.capacity if place else None,
            datechanged=changed,
            userchange=None,
        )
        for entry, lecturer in enumerate(lecturers, start=1)
    ]


def _changed(rng: random.Random, term_starts: dt.date) -> str:
    days = rng.randint(_EDITS_END, _EDITS_END + _MONTHS_OF_EDITS)
    at = dt.time(rng.randint(8, 17), rng.randint(0, 59))
    return dt.datetime.combine(term_starts - dt.timedelta(days=days), at).strftime(DATE_CHANGED_FORMAT)


def _group_name(group: str) -> str:
    kind = COMPONENT_NAMES.get(group[:2], "Group" if group.startswith(UNKNOWN_COMPONENT) else group[:2])
    return f"{kind} {group[2:].lstrip('0') or group[2:]}"
