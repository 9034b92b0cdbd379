"""A university made for measuring: 200 rooms, its reference data known to Echo360, no two lessons clashing."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from dataclasses import dataclass

from echodesk.demo.term import academic_year, coming_monday
from echodesk.simulator.seed import Seed, SeedRoom, SeedSection, SeedTerm, SeedUser
from tests.databases.cmis import Cmis, Value

ROOMS = 200
COURSES = 50
GROUPS = 4
LECTURERS = 200
WEEKS = 12
HOURS = ("09:00", "10:00", "11:00", "12:00", "14:00", "15:00", "16:00", "17:00")
ALL_WEEKS = 100
"""WEEKID of the set of all weeks; WEEKID n below it is week n alone."""

Lesson = dict[str, Value]


@dataclass(frozen=True, slots=True)
class University:
    """One academic year whose first week begins on the coming Monday."""

    setid: str
    starts: dt.date
    rooms: int = ROOMS

    @classmethod
    def coming(cls, today: dt.date) -> University:
        """The year that is about to begin."""
        starts = coming_monday(today)
        return cls(academic_year(starts), starts)

    def lessons(self, count: int, *, weeks: int = 2, seed: int = 1) -> list[Lesson]:
        """So many lessons of one week each, at random places and times, in mixed order; no two of them clash."""
        places = list(itertools.product(range(1, weeks + 1), range(1, 6), range(len(HOURS)), range(self.rooms)))
        chosen = random.Random(seed).sample(places, count)
        return [
            self.lesson(1_000 + number, room, weekid, weekday, HOURS[hour])
            for number, (weekid, weekday, hour, room) in enumerate(chosen)
        ]

    def lesson(self, slotid: int, room: int, weekid: int, weekday: int, start: str) -> Lesson:
        """A lesson of fifty minutes that meets all nine criteria."""
        return {
            "setid": self.setid,
            "slotid": slotid,
            "slotentry": 1,
            "weekid": weekid,
            "weekday": weekday,
            "starttime": start,
            "finishtime": f"{start[:3]}50",
            "moduleid": f"MOD{slotid % COURSES:03d}",
            "modgrpcode": f"LC{slotid // COURSES % GROUPS + 1:02d}",
            "roomid": room_name(room),
            "lecturerid": f"P{slotid % LECTURERS}",
            "sourcesid": "TEACH",
            "status": 2,
            "datechanged": "202601011200",
        }

    def write(self, cmis: Cmis, slots: list[Lesson]) -> None:
        """Everything but the lessons: weeks, rooms, modules, people, a request for each slot. The year is live."""
        every = range(1, WEEKS + 1)
        cmis.insert_all(
            "weekstructure",
            [
                {"setid": self.setid, "weeknumber": week, "startdate": self._week(week).isoformat()}
                for week in every
            ],
        )
        sets = [(week, week) for week in every] + [(ALL_WEEKS, week) for week in every]
        cmis.insert_all(
            "weekmapnumeric",
            [{"setid": self.setid, "weekid": weekid, "weeknumber": week} for weekid, week in sets],
        )
        cmis.insert("stt_component_type", module_subgroup_code="LC", name="Lecture")
        cmis.insert("depts", deptid="D1", name="Department")
        cmis.insert("sites", setid=self.setid, siteid="B1", sitename="Main building", campusid="Main campus")
        cmis.insert_all(
            "module",
            [
                {"setid": self.setid, "moduleid": f"MOD{one:03d}", "name": f"Module {one}", "owner": "D1"}
                for one in range(COURSES)
            ],
        )
        cmis.insert_all(
            "modulegroups",
            [
                {"setid": self.setid, "moduleid": f"MOD{one:03d}", "grpcode": f"LC{group:02d}"}
                for one in range(COURSES)
                for group in range(1, GROUPS + 1)
            ],
        )
        rooms: list[Lesson] = [{"setid": self.setid, "roomid": room_name(one)} for one in range(self.rooms)]
        cmis.insert_all("rooms", [{**room, "name": f"Room {room['roomid']}", "siteid": "B1"} for room in rooms])
        cmis.insert_all("roomfeatures", [{**room, "featureid": "VIDEOREC"} for room in rooms])
        cmis.insert_all(
            "stt_ext_person",
            [{"personno": f"P{one}", "businessemail": email(one)} for one in range(LECTURERS)],
        )
        cmis.insert_all(
            "roomrequests",
            [
                {
                    "setid": self.setid,
                    "slotid": slot["slotid"],
                    "slotentry": 1,
                    "itemnum": 1,
                    "featureid": "VIDEOREC",
                }
                for slot in slots
            ],
        )
        cmis.insert("stt_echo_set", setid=self.setid, live=1)

    def seed(self) -> Seed:
        """What Echo360 knows: all of it."""
        return Seed(
            rooms=tuple(
                SeedRoom(
                    external_id=room_name(one),
                    name=f"Room {room_name(one)}",
                    building="Main building",
                    building_external_id="B1",
                    campus="Main campus",
                    campus_external_id="Main campus",
                )
                for one in range(self.rooms)
            ),
            terms=(
                SeedTerm(
                    name=self.setid,
                    external_id=self.setid,
                    start_date=self.starts.isoformat(),
                    end_date=(self._week(WEEKS) + dt.timedelta(days=6)).isoformat(),
                ),
            ),
            sections=tuple(
                SeedSection(
                    external_id=f"MOD{one:03d}_LC{group:02d}",
                    section_number=f"LC{group:02d}",
                    course_external_id=f"MOD{one:03d}",
                    course_identifier=f"MOD{one:03d}",
                    course_name=f"Module {one}",
                    term=self.setid,
                    department="Department",
                    department_external_id="D1",
                    organization="University",
                    organization_external_id="University",
                )
                for one in range(COURSES)
                for group in range(1, GROUPS + 1)
            ),
            users=tuple(
                SeedUser(email=email(one), first_name="Ann", last_name=f"Lecturer {one}", external_id=f"P{one}")
                for one in range(LECTURERS)
            ),
        )

    def _week(self, week: int) -> dt.date:
        return self.starts + dt.timedelta(weeks=week - 1)


def room_name(number: int) -> str:
    """ROOMID."""
    return f"R{number:03d}"


def email(number: int) -> str:
    """The mail address of a lecturer."""
    return f"lecturer{number}@example.ac.uk"
