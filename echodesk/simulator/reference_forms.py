"""The reference data's JSON, in and out, one reader and one writer per kind (API facts §6)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from echodesk.simulator.clocks import zone_exists
from echodesk.simulator.directory import Table
from echodesk.simulator.entities import (
    Building,
    Campus,
    Course,
    Department,
    Entity,
    Organization,
    Room,
    Section,
    Span,
    Term,
    User,
)
from echodesk.simulator.forms import Form
from echodesk.simulator.state import State
from echodesk.simulator.wire import refusal

E = TypeVar("E", bound=Entity)
_ROLES = {word.lower(): word for word in ("Admin", "Instructor", "Student", "Scheduler", "TeachingAssistant")}
DEVICE_TYPE = "HardwareCapture3"


def read_organization(state: State, form: Form, entity_id: str) -> Organization:
    """An organization; needs a name."""
    return Organization(id=entity_id, external_id=form.text("externalId"), name=form.needed_text("name"))


def read_department(state: State, form: Form, entity_id: str) -> Department:
    """A department; its organization is optional."""
    return Department(
        id=entity_id,
        external_id=form.text("externalId"),
        name=form.needed_text("name"),
        organization_id=_parent(state, form, "organizationId", state.directory.organizations, "Organization"),
    )


def read_course(state: State, form: Form, entity_id: str) -> Course:
    """A course; its department and organization are optional."""
    return Course(
        id=entity_id,
        external_id=form.text("externalId"),
        name=form.needed_text("name"),
        course_identifier=form.needed_text("courseIdentifier"),
        organization_id=_parent(state, form, "organizationId", state.directory.organizations, "Organization"),
        department_id=_parent(state, form, "departmentId", state.directory.departments, "Department"),
    )


def read_term(state: State, form: Form, entity_id: str) -> Term:
    """A term with its session and exceptions."""
    name = form.needed_text("name")
    session_form = form.nested("session", required=True)
    session = None if session_form is None else _span(session_form)
    exceptions = tuple(_span(span) for span in form.nested_list("exceptions"))
    return Term(
        id=entity_id,
        external_id=form.text("externalId"),
        name=name,
        session=session or Span(start_date="", end_date=""),
        exceptions=exceptions,
    )


def read_section(state: State, form: Form, entity_id: str) -> Section:
    """A section of a course in a term."""
    directory = state.directory
    return Section(
        id=entity_id,
        external_id=form.text("externalId"),
        section_number=form.needed_text("sectionNumber"),
        course_id=_parent(state, form, "courseId", directory.courses, "Course", required=True) or "",
        term_id=_parent(state, form, "termId", directory.terms, "Term", required=True) or "",
        instructor_id=_parent(state, form, "instructorId", directory.users, "User"),
        description=form.text("description"),
        secondary_instructor_ids=form.texts("secondaryInstructorIds"),
        lms_course_ids=form.texts("lmsCourseIds"),
    )


def read_campus(state: State, form: Form, entity_id: str) -> Campus:
    """A campus; its time zone is the institution's if it names none."""
    zone = form.text("timeZone")
    if zone is not None and not zone_exists(zone):
        form.problem("timeZone", "error.expected.timezone")
    return Campus(
        id=entity_id,
        external_id=form.text("externalId"),
        name=form.needed_text("name"),
        time_zone=zone or state.zone,
    )


def read_building(state: State, form: Form, entity_id: str) -> Building:
    """A building on a campus."""
    return Building(
        id=entity_id,
        external_id=form.text("externalId"),
        name=form.needed_text("name"),
        campus_id=_parent(state, form, "campusId", state.directory.campuses, "Campus", required=True) or "",
    )


def read_room(state: State, form: Form, entity_id: str) -> Room:
    """A room in a building; a new one gets a device of its own by switch."""
    known = state.directory.rooms.get(entity_id)
    device_id = form.text("deviceId")
    device_type = form.text("deviceType")
    if known is None and device_id is None and state.switches.new_rooms_get_device:
        device_id = new_device_id(state)
        device_type = DEVICE_TYPE
    stamp = f"{state.now():%Y-%m-%dT%H:%M:%S}.000Z"
    return Room(
        id=entity_id,
        external_id=form.text("externalId"),
        name=form.needed_text("name"),
        building_id=_parent(state, form, "buildingId", state.directory.buildings, "Building", required=True) or "",
        room_configuration_id=form.text("roomConfigurationId"),
        device_id=device_id,
        device_type=device_type,
        device_software_version=form.text("deviceSoftwareVersion"),
        created_at=stamp if known is None else known.created_at,
        updated_at=stamp,
    )


def read_user(state: State, form: Form, entity_id: str) -> User:
    """A person; the e-mail address is unique whatever its case."""
    email = form.needed_text("email")
    if email and "@" not in email:
        form.problem("email", "error.email")
    roles = []
    for at, text in enumerate(form.texts("roles", required=True)):
        role = _ROLES.get(text.lower())
        if role is None:
            form.problem(f"roles[{at}]", "error.expected.validenumvalue")
        else:
            roles.append(role)
    phone = form.nested("phoneNumber")
    numbers = {} if phone is None else {key: phone.needed_text(key) for key in ("region", "number")}
    user = User(
        id=entity_id,
        external_id=form.text("externalId"),
        email=email,
        first_name=form.needed_text("firstName"),
        last_name=form.needed_text("lastName"),
        roles=tuple(roles),
        time_zone=form.text("timeZone"),
        phone_number=numbers or None,
        profile_image_url=form.text("profileImageUrl"),
        sso_id=form.text("ssoId"),
    )
    form.finish()
    holder = state.directory.user_by_email(email)
    if holder is not None and holder.id != entity_id:
        raise refusal(
            state.switches.duplicate_external_id_status,
            state.switches.duplicate_external_id_form,
            "UserAlreadyExists",
            "User with this email already exists",
            path="obj.email",
        )
    return user


def render(state: State, entity: Entity) -> dict[str, object]:
    """The object as Echo360 answers it, with the counts that its kind carries."""
    answer: dict[str, object] = msgspec.to_builtins(entity)
    answer["institutionId"] = state.institution_id
    directory = state.directory
    if isinstance(entity, Organization):
        courses = _courses_of_organization(state, entity.id)
        answer["departmentCount"] = len(directory.departments.children("organizationId", entity.id))
        answer["courseCount"] = len(courses)
        answer["sectionCount"] = sum(len(directory.sections.children("courseId", key)) for key in courses)
    elif isinstance(entity, Department):
        courses = set(directory.courses.children("departmentId", entity.id))
        answer["courseCount"] = len(courses)
        answer["sectionCount"] = sum(len(directory.sections.children("courseId", key)) for key in courses)
    elif isinstance(entity, Course):
        answer["sectionCount"] = len(directory.sections.children("courseId", entity.id))
    elif isinstance(entity, Term):
        answer["sectionCount"] = len(directory.sections.children("termId", entity.id))
    elif isinstance(entity, Section):
        answer["scheduleIds"] = list(state.bookings.of_section(entity.id))
        answer["lessonCount"] = state.bookings.lesson_count(entity.id)
        answer.setdefault("secondaryInstructorIds", [])
        answer.setdefault("lmsCourseIds", [])
    elif isinstance(entity, Campus | User) and entity.time_zone is not None:
        answer["timeZoneOffsetMinutes"] = _offset_minutes(state, entity.time_zone)
    return answer


def new_device_id(state: State) -> str:
    """A device id in the shape of a MAC address with dashes, locally administered."""
    rest = state.rng.getrandbits(40).to_bytes(5, "big")
    return "-".join(f"{byte:02X}" for byte in b"\x02" + rest)


def _parent(
    state: State, form: Form, name: str, table: Table[E], kind: str, *, required: bool = False
) -> str | None:
    value = form.text(name, required=required)
    if value is None:
        return None
    found = table.find(value) if state.switches.parents_by_external_id else table.get(value)
    if found is None:
        raise refusal(400, "code", f"{kind}NotFound", f"{kind} not found")
    return found.id


def _span(form: Form) -> Span:
    start = form.day("startDate", required=True)
    end = form.day("endDate", required=True)
    if start is None or end is None:
        return Span(start_date="", end_date="")
    if end < start:
        form.problem("endDate", "endDate must not be before startDate")
    return Span(start_date=start.isoformat(), end_date=end.isoformat())


def _courses_of_organization(state: State, organization_id: str) -> set[str]:
    directory = state.directory
    courses = set(directory.courses.children("organizationId", organization_id))
    for department in directory.departments.children("organizationId", organization_id):
        courses.update(directory.courses.children("departmentId", department))
    return courses


def _offset_minutes(state: State, zone: str) -> int:
    if not zone_exists(zone):
        return 0
    local: datetime = state.now().replace(tzinfo=ZoneInfo(state.zone)).astimezone(UTC)
    offset = local.astimezone(ZoneInfo(zone)).utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)
