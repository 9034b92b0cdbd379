"""What a thing of Echo360's two hierarchies is made of (API facts §6): its parents, its body and its name.

campus, building, room; organisation, department, course, section (which also needs a term).
"""

from __future__ import annotations

from dataclasses import dataclass

from echodesk.capture.parsing import Row
from echodesk.planning.answers import Kind, ReferenceFacts, SectionFacts

FILTERS = {
    Kind.DEPARTMENT: ("organizationId",),
    Kind.SECTION: ("courseId", "termId"),
    Kind.BUILDING: ("campusId",),
    Kind.ROOM: ("buildingId",),
}
"""What Echo360's lists can be narrowed by."""
NAMED_BY = {Kind.SECTION: "sectionNumber", Kind.COURSE: "courseIdentifier"}
"""The member that is unique within the parent, where it is not `name`: course titles are not."""
PLACE_KINDS = frozenset({Kind.ROOM, Kind.BUILDING, Kind.CAMPUS})


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that may have to be found or made."""

    kind: Kind
    key: str
    """Its external id."""
    name: str
    """What it is called within its parent."""
    parents: tuple[tuple[str, Thing], ...]
    """Member that holds the parent's id, and the parent."""
    body: tuple[tuple[str, object], ...]
    """The other members of the body that makes it."""

    @property
    def words(self) -> str:
        """For people: `room 'S101'`."""
        return f"{self.kind} '{self.key}'"

    def filters(self, parent_ids: dict[str, str]) -> dict[str, str]:
        """By what a list that could hold it is narrowed."""
        return {member: parent_ids[member] for member in FILTERS.get(self.kind, ()) if member in parent_ids}

    def full_body(self, parent_ids: dict[str, str]) -> Row:
        """The body of the POST."""
        return {**dict(self.body), **parent_ids, "externalId": self.key}


def room(facts: ReferenceFacts, campus: str, zone: str | None) -> Thing:
    """The room with its building and campus."""
    zoned = (("timeZone", zone),) if zone else ()
    site = Thing(Kind.CAMPUS, campus, campus, (), (("name", campus), *zoned))
    building = Thing(
        Kind.BUILDING,
        facts.building,
        facts.building_name,
        (("campusId", site),),
        (("name", facts.building_name),),
    )
    return Thing(Kind.ROOM, facts.room, facts.room_name, (("buildingId", building),), (("name", facts.room_name),))


def section(facts: ReferenceFacts, section_facts: SectionFacts, organization: str | None) -> Thing:
    """The section with its course, department, organisation and term."""
    above: tuple[tuple[str, Thing], ...] = ()
    if organization:
        above = (
            (
                "organizationId",
                Thing(Kind.ORGANIZATION, organization, organization, (), (("name", organization),)),
            ),
        )
    department = Thing(
        Kind.DEPARTMENT,
        section_facts.department,
        section_facts.department_name,
        above,
        (("name", section_facts.department_name),),
    )
    course = Thing(
        Kind.COURSE,
        section_facts.course,
        section_facts.course,
        (*above, ("departmentId", department)),
        (("name", section_facts.course_name), ("courseIdentifier", section_facts.course)),
    )
    session = {"startDate": facts.term_first, "endDate": facts.term_last}
    term = Thing(
        Kind.TERM, facts.term, facts.term, (), (("name", facts.term), ("session", session), ("exceptions", []))
    )
    return Thing(
        Kind.SECTION,
        section_facts.section,
        section_facts.group,
        (("courseId", course), ("termId", term)),
        (("sectionNumber", section_facts.group),),
    )
