"""The institution's reference data as values (API facts §6); unset members are never written."""

from __future__ import annotations

import msgspec


class Entity(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What has a system id and may have an external one."""

    id: str
    external_id: str | None = None


class Organization(Entity, frozen=True, kw_only=True):
    name: str


class Department(Entity, frozen=True, kw_only=True):
    name: str
    organization_id: str | None = None


class Course(Entity, frozen=True, kw_only=True):
    name: str
    course_identifier: str
    organization_id: str | None = None
    department_id: str | None = None


class Span(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A stretch of dates, both included, as `YYYY-MM-DD`."""

    start_date: str
    end_date: str


class Term(Entity, frozen=True, kw_only=True):
    name: str
    session: Span
    exceptions: tuple[Span, ...]


class Section(Entity, frozen=True, kw_only=True):
    course_id: str
    term_id: str
    section_number: str
    instructor_id: str | None = None
    description: str | None = None
    secondary_instructor_ids: tuple[str, ...] = ()
    lms_course_ids: tuple[str, ...] = ()


class Campus(Entity, frozen=True, kw_only=True):
    name: str
    time_zone: str | None = None


class Building(Entity, frozen=True, kw_only=True):
    campus_id: str
    name: str


class Room(Entity, frozen=True, kw_only=True):
    building_id: str
    name: str
    room_configuration_id: str | None = None
    device_id: str | None = None
    device_type: str | None = None
    device_software_version: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class User(Entity, frozen=True, kw_only=True):
    email: str
    first_name: str
    last_name: str
    roles: tuple[str, ...]
    time_zone: str | None = None
    phone_number: dict[str, str] | None = None
    profile_image_url: str | None = None
    sso_id: str | None = None

    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()
