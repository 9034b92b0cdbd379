"""What Echo360 already knows when the demonstration begins: every room, nearly every section, course and person.

The rest is missing on purpose, so that reference data is made and unknown people are listed (design §4.10).
Parents are named as EchoDesk would name them (decisions, "Requests and reference data").
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from echodesk.demo.rows import Lecturer, Module, ModuleGroup, Timetable
from echodesk.simulator.seed import Seed, SeedRoom, SeedSection, SeedTerm, SeedUser
from echodesk.timetable.occurrences import ReadingSettings
from echodesk.timetable.wording import SECTION_FIELDS, Template

ORGANIZATION = "University"
CAMPUS = "Main campus"
"""The campus of buildings whose site names none."""
NO_BUILDING = "No building"
NO_DEPARTMENT = "No department"
UNKNOWN_PEOPLE = 0.05
UNKNOWN_SECTIONS = 0.05
UNKNOWN_COURSES = 0.04
"""These take all their sections with them; the other unknown sections belong to known courses."""


def capture_seed(
    timetable: Timetable, seed: int, *, organization: str = ORGANIZATION, campus: str = CAMPUS
) -> Seed:
    """The institution that goes with `timetable`; the same arguments give the same institution."""
    rng = random.Random(seed)
    return Seed(
        rooms=_rooms(timetable, campus),
        terms=(_term(timetable),),
        sections=_sections(rng, timetable, organization),
        users=_users(rng, timetable),
    )


def _term(timetable: Timetable) -> SeedTerm:
    first = min(week.startdate for week in timetable.weeks)
    last = max(week.startdate for week in timetable.weeks) + dt.timedelta(days=6)
    return SeedTerm(
        name=timetable.setid,
        external_id=timetable.setid,
        start_date=first.isoformat(),
        end_date=last.isoformat(),
    )


def _rooms(timetable: Timetable, campus: str) -> tuple[SeedRoom, ...]:
    sites = {site.siteid: site for site in timetable.sites}
    records = {feature.roomid for feature in timetable.features}
    found = []
    for room in timetable.rooms:
        site = sites.get(room.siteid or "")
        site_campus = (site.campusid if site else None) or campus
        found.append(
            SeedRoom(
                external_id=room.roomid,
                name=room.name,
                building=site.sitename if site else NO_BUILDING,
                building_external_id=site.siteid if site else NO_BUILDING,
                campus=site_campus,
                campus_external_id=site_campus,
                device=room.roomid in records,
            )
        )
    return tuple(found)


def _sections(rng: random.Random, timetable: Timetable, organization: str) -> tuple[SeedSection, ...]:
    modules = {module.moduleid: module for module in timetable.modules}
    departments = {department.deptid: department.name for department in timetable.departments}
    section_id = Template.of(ReadingSettings().section, SECTION_FIELDS)
    return tuple(
        section_of(timetable.setid, group, modules[group.moduleid], departments, section_id, organization)
        for group in _known_groups(rng, [group for group in timetable.groups if group.moduleid in modules])
    )


def _known_groups(rng: random.Random, groups: Sequence[ModuleGroup]) -> list[ModuleGroup]:
    courses = list(dict.fromkeys(group.moduleid for group in groups))
    unknown_courses = set(rng.sample(courses, round(UNKNOWN_COURSES * len(courses))))
    known = [group for group in groups if group.moduleid not in unknown_courses]
    surplus = len(known) - round((1 - UNKNOWN_SECTIONS) * len(groups))
    unknown = set(rng.sample(range(len(known)), max(0, surplus)))
    return [group for number, group in enumerate(known) if number not in unknown]


def section_of(
    setid: str,
    group: ModuleGroup,
    module: Module,
    departments: dict[str, str],
    section_id: Template,
    organization: str,
) -> SeedSection:
    """A section and its parents, named as EchoDesk would name them."""
    department = module.owner or NO_DEPARTMENT
    values = {"moduleid": group.moduleid, "grpcode": group.grpcode, "setid": setid}
    return SeedSection(
        external_id=section_id.fill(values),
        section_number=group.grpcode,
        course_external_id=module.moduleid,
        course_identifier=module.moduleid,
        course_name=module.name,
        term=setid,
        department=departments.get(department, department),
        department_external_id=department,
        organization=organization,
        organization_external_id=organization,
    )


def _users(rng: random.Random, timetable: Timetable) -> tuple[SeedUser, ...]:
    mails = {address.personno: address.businessemail for address in timetable.addresses}
    people = [(person, mail) for person in timetable.lecturers if (mail := mails.get(person.lecturerid))]
    unknown = set(rng.sample(range(len(people)), round(UNKNOWN_PEOPLE * len(people))))
    return tuple(_user(person, mail) for number, (person, mail) in enumerate(people) if number not in unknown)


def _user(person: Lecturer, mail: str) -> SeedUser:
    given, _, surname = person.name.partition(" ")
    return SeedUser(email=mail, first_name=given, last_name=surname, external_id=person.lecturerid)
