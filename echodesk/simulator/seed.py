"""Filling an institution in one go: what a demonstration or a test wants to be there already."""

from __future__ import annotations

from pathlib import Path

import msgspec

from echodesk.errors import EchoDeskError
from echodesk.simulator.booking_form import read_schedule
from echodesk.simulator.bookings import Schedule
from echodesk.simulator.entities import (
    Building,
    Campus,
    Course,
    Department,
    Organization,
    Room,
    Section,
    Span,
    Term,
    User,
)
from echodesk.simulator.model import Institution
from echodesk.simulator.reference_forms import DEVICE_TYPE, new_device_id
from echodesk.simulator.wire import Refusal


class BadSeed(EchoDeskError):
    """The seed cannot be read, names what is not there, or breaks a rule of Echo360."""

    def __init__(self, message: str) -> None:
        super().__init__("The simulator's seed cannot be used", message, "Correct the seed and start again.")


class SeedRoom(msgspec.Struct, frozen=True, kw_only=True):
    """A room; building and campus are made by name when first named."""

    external_id: str
    name: str
    building: str
    campus: str
    building_external_id: str | None = None
    campus_external_id: str | None = None
    device: bool = True


class SeedTerm(msgspec.Struct, frozen=True, kw_only=True):
    """A term, dates as `YYYY-MM-DD`."""

    name: str
    start_date: str
    end_date: str
    external_id: str | None = None


class SeedSection(msgspec.Struct, frozen=True, kw_only=True):
    """A section; course, department and organization are made by external id when first named, the term by name
    must be among the terms."""

    external_id: str
    section_number: str
    course_external_id: str
    course_identifier: str
    course_name: str
    term: str
    department: str | None = None
    department_external_id: str | None = None
    organization: str | None = None
    organization_external_id: str | None = None


class SeedUser(msgspec.Struct, frozen=True, kw_only=True):
    """A person."""

    email: str
    first_name: str
    last_name: str
    external_id: str | None = None
    roles: tuple[str, ...] = ("Instructor",)


class Seed(msgspec.Struct, frozen=True, kw_only=True):
    """What an institution holds at the start; `schedules` are v2 bodies of foreign schedules, `standing` those of
    an earlier run, each with its `id`."""

    rooms: tuple[SeedRoom, ...] = ()
    terms: tuple[SeedTerm, ...] = ()
    sections: tuple[SeedSection, ...] = ()
    users: tuple[SeedUser, ...] = ()
    schedules: tuple[dict[str, object], ...] = ()
    standing: tuple[dict[str, object], ...] = ()


def decode_seed(data: bytes) -> Seed:
    """A seed from its JSON. Raises `BadSeed`."""
    try:
        return msgspec.json.decode(data, type=Seed)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise BadSeed(f"The seed is not readable: {problem}") from problem


def read_seed(path: Path) -> Seed:
    """A seed from a JSON file. Raises `BadSeed`."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise BadSeed(f"The seed file {path} cannot be read: {problem.strerror}") from problem
    return decode_seed(data)


def write_seed(seed: Seed, path: Path) -> None:
    """Writes the JSON that `read_seed` reads. Raises `OSError`."""
    path.write_bytes(msgspec.json.encode(seed))


def plant(institution: Institution, seed: Seed) -> None:
    """Adds everything of the seed to what is there; what is there already under its external id (terms: name,
    users: e-mail) stays as it is. Raises `BadSeed`; then part of the seed may have been added."""
    try:
        for term in seed.terms:
            _plant_term(institution, term)
        for room in seed.rooms:
            _plant_room(institution, room)
        for section in seed.sections:
            _plant_section(institution, section)
        for user in seed.users:
            _plant_user(institution, user)
    except ValueError as problem:
        raise BadSeed(f"The seed contradicts itself: {problem}") from problem
    for body in seed.schedules:
        add_foreign(institution, body)
    for body in seed.standing:
        _restore(institution, body)


def add_foreign(institution: Institution, body: dict[str, object]) -> Schedule:
    """Adds a schedule as if someone had made it in Echo360's own pages; its start may have passed. Raises
    `BadSeed` with Echo360's refusal."""
    state = institution.state
    try:
        schedule = read_schedule(state, {"captureQuality": "High", **body}, state.new_id())
        foreign = msgspec.structs.replace(schedule, foreign=True)
        return institution.schedules.book(foreign, ignore_past=True)
    except Refusal as refused:
        raise BadSeed(f"Echo360 refuses the schedule: {refused.response.body.decode()}") from refused


def _restore(institution: Institution, body: dict[str, object]) -> None:
    schedule_id = body.get("id")
    if not isinstance(schedule_id, str):
        raise BadSeed("A standing schedule has no id.")
    rest = {key: value for key, value in body.items() if key != "id"}
    try:
        institution.schedules.book(read_schedule(institution.state, rest, schedule_id), ignore_past=True)
    except Refusal as refused:
        raise BadSeed(f"Echo360 refuses the schedule: {refused.response.body.decode()}") from refused


def _plant_term(institution: Institution, term: SeedTerm) -> None:
    state = institution.state
    if not state.directory.terms.named(term.name):
        span = Span(start_date=term.start_date, end_date=term.end_date)
        state.directory.terms.put(
            Term(id=state.new_id(), external_id=term.external_id, name=term.name, session=span, exceptions=())
        )


def _plant_room(institution: Institution, room: SeedRoom) -> None:
    state = institution.state
    directory = state.directory
    if directory.rooms.by_external(room.external_id) is not None:
        return
    campus = next(iter(directory.campuses.named(room.campus)), None)
    if campus is None:
        campus = Campus(
            id=state.new_id(), external_id=room.campus_external_id, name=room.campus, time_zone=state.zone
        )
        directory.campuses.put(campus)
    building = next((b for b in directory.buildings.named(room.building) if b.campus_id == campus.id), None)
    if building is None:
        building = Building(
            id=state.new_id(),
            external_id=room.building_external_id,
            name=room.building,
            campus_id=campus.id,
        )
        directory.buildings.put(building)
    stamp = f"{state.now():%Y-%m-%dT%H:%M:%S}.000Z"
    directory.rooms.put(
        Room(
            id=state.new_id(),
            external_id=room.external_id,
            name=room.name,
            building_id=building.id,
            device_id=new_device_id(state) if room.device else None,
            device_type=DEVICE_TYPE if room.device else None,
            created_at=stamp,
            updated_at=stamp,
        )
    )


def _plant_section(institution: Institution, section: SeedSection) -> None:
    state = institution.state
    directory = state.directory
    if directory.sections.by_external(section.external_id) is not None:
        return
    term = next(iter(directory.terms.named(section.term)), None)
    if term is None:
        raise BadSeed(f"Section {section.external_id} names the term {section.term!r}, which is not there")
    course = directory.courses.by_external(section.course_external_id)
    if course is None:
        organization = _named_organization(institution, section)
        department = _named_department(institution, section, organization)
        course = Course(
            id=state.new_id(),
            external_id=section.course_external_id,
            name=section.course_name,
            course_identifier=section.course_identifier,
            organization_id=None if organization is None else organization.id,
            department_id=None if department is None else department.id,
        )
        directory.courses.put(course)
    directory.sections.put(
        Section(
            id=state.new_id(),
            external_id=section.external_id,
            section_number=section.section_number,
            course_id=course.id,
            term_id=term.id,
        )
    )


def _named_organization(institution: Institution, section: SeedSection) -> Organization | None:
    state = institution.state
    if section.organization is None:
        return None
    organization = next(iter(state.directory.organizations.named(section.organization)), None)
    if organization is None:
        organization = Organization(
            id=state.new_id(), external_id=section.organization_external_id, name=section.organization
        )
        state.directory.organizations.put(organization)
    return organization


def _named_department(
    institution: Institution, section: SeedSection, organization: Organization | None
) -> Department | None:
    state = institution.state
    if section.department is None:
        return None
    department = next(iter(state.directory.departments.named(section.department)), None)
    if department is None:
        department = Department(
            id=state.new_id(),
            external_id=section.department_external_id,
            name=section.department,
            organization_id=None if organization is None else organization.id,
        )
        state.directory.departments.put(department)
    return department


def _plant_user(institution: Institution, user: SeedUser) -> None:
    state = institution.state
    if state.directory.user_by_email(user.email) is None:
        state.directory.users.put(
            User(
                id=state.new_id(),
                external_id=user.external_id,
                email=user.email,
                first_name=user.first_name,
                last_name=user.last_name,
                roles=user.roles,
            )
        )
