"""Where the reference data is kept and found: by id, external id, name or parent, and in list order."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterator
from typing import Generic, TypeVar

from echodesk.simulator.entities import (
    Building,
    Campus,
    Course,
    Department,
    Entity,
    Organization,
    Room,
    Section,
    Term,
    User,
)
from echodesk.simulator.paging import Key

E = TypeVar("E", bound=Entity)
_NONE: dict[str, None] = {}


class Table(Generic[E]):
    """All entities of one kind, with every index kept in step with each change."""

    def __init__(self, name_of: Callable[[E], str], parents: dict[str, Callable[[E], str | None]]) -> None:
        self._name_of = name_of
        self._parents = parents
        self._by_id: dict[str, E] = {}
        self._by_external: dict[str, str] = {}
        self._by_name: dict[str, dict[str, None]] = {}
        self._children: dict[tuple[str, str], dict[str, None]] = {}
        self.order: list[Key] = []
        """Sorted keys (normalised name, id) of all entities."""

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[E]:
        return iter(self._by_id.values())

    def get(self, entity_id: str | None) -> E | None:
        """The entity with this system id."""
        return None if entity_id is None else self._by_id.get(entity_id)

    def by_external(self, external_id: str | None) -> E | None:
        """The entity with this external id."""
        return None if external_id is None else self.get(self._by_external.get(external_id))

    def find(self, key: str) -> E | None:
        """The entity with this system id or, failing that, this external id (API facts §4.2)."""
        return self.get(key) or self.by_external(key)

    def named(self, name: str) -> list[E]:
        """The entities of that name, whatever its case."""
        return [self._by_id[key] for key in self._by_name.get(name.lower(), _NONE)]

    def children(self, parent: str, parent_id: str) -> Collection[str]:
        """The ids of the entities whose `parent` field names this id."""
        return self._children.get((parent, parent_id), _NONE).keys()

    def key(self, entity: E) -> Key:
        """Where the entity stands in the list."""
        return (self._name_of(entity).lower(), entity.id)

    def put(self, entity: E) -> None:
        """Adds the entity, or replaces the one with its id. Raises `ValueError` if another carries its external
        id."""
        carrier = self.by_external(entity.external_id)
        if carrier is not None and carrier.id != entity.id:
            raise ValueError(f"the external id {entity.external_id!r} is carried by {carrier.id}")
        if entity.id in self._by_id:
            self.remove(entity.id)
        self._by_id[entity.id] = entity
        if entity.external_id is not None:
            self._by_external[entity.external_id] = entity.id
        self._by_name.setdefault(self._name_of(entity).lower(), {})[entity.id] = None
        for parent, value_of in self._parents.items():
            value = value_of(entity)
            if value is not None:
                self._children.setdefault((parent, value), {})[entity.id] = None
        insort(self.order, self.key(entity))

    def remove(self, entity_id: str) -> None:
        """Removes the entity. Raises `KeyError` if there is none."""
        entity = self._by_id.pop(entity_id)
        if entity.external_id is not None:
            del self._by_external[entity.external_id]
        del self._by_name[self._name_of(entity).lower()][entity_id]
        for parent, value_of in self._parents.items():
            value = value_of(entity)
            if value is not None:
                del self._children[(parent, value)][entity_id]
        del self.order[bisect_left(self.order, self.key(entity))]


class Directory:
    """The reference data of one institution."""

    def __init__(self) -> None:
        self.organizations: Table[Organization] = Table(lambda e: e.name, {})
        self.departments: Table[Department] = Table(
            lambda e: e.name, {"organizationId": lambda e: e.organization_id}
        )
        self.courses: Table[Course] = Table(
            lambda e: e.course_identifier,
            {"organizationId": lambda e: e.organization_id, "departmentId": lambda e: e.department_id},
        )
        self.terms: Table[Term] = Table(lambda e: e.name, {})
        self.sections: Table[Section] = Table(
            lambda e: e.section_number, {"courseId": lambda e: e.course_id, "termId": lambda e: e.term_id}
        )
        self.campuses: Table[Campus] = Table(lambda e: e.name, {})
        self.buildings: Table[Building] = Table(lambda e: e.name, {"campusId": lambda e: e.campus_id})
        self.rooms: Table[Room] = Table(lambda e: e.name, {"buildingId": lambda e: e.building_id})
        self.users: Table[User] = Table(lambda e: e.email, {})

    def user_by_email(self, email: str | None) -> User | None:
        """The user with this address, whatever its case."""
        if email is None:
            return None
        found = self.users.named(email)
        return found[0] if found else None

    def room_at(self, room_name: str, building_name: str, campus_name: str) -> Room | None:
        """The room of that name in that building on that campus."""
        for room in self.rooms.named(room_name):
            building = self.buildings.get(room.building_id)
            campus = None if building is None else self.campuses.get(building.campus_id)
            if building is None or campus is None or building.name.lower() != building_name.lower():
                continue
            if campus.name.lower() == campus_name.lower():
                return room
        return None

    def section_of(self, course_identifier: str, term_name: str, section_number: str) -> Section | None:
        """The section of that number in that course and term."""
        for course in self.courses.named(course_identifier):
            for section_id in self.sections.children("courseId", course.id):
                section = self.sections.get(section_id)
                if section is None or section.section_number.lower() != section_number.lower():
                    continue
                term = self.terms.get(section.term_id)
                if term is not None and term.name.lower() == term_name.lower():
                    return section
        return None
