"""`/public/api/v1/…`: the reference data, every kind with the same five operations (API facts §6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Generic

import msgspec

from echodesk.simulator import reference_forms as forms
from echodesk.simulator.directory import E, Table
from echodesk.simulator.entities import User
from echodesk.simulator.forms import Form, read_body
from echodesk.simulator.paging import asked_page, list_answer
from echodesk.simulator.schedules import matching
from echodesk.simulator.state import State, deleted, resource_not_found
from echodesk.simulator.wire import SimRequest, SimResponse, json_response, refusal

_KEY_NAMES = ("normalized", "id")


@dataclass(frozen=True, slots=True)
class Resource(Generic[E]):
    """One kind of reference data."""

    plural: str
    kind: str
    table: Table[E]
    read: Callable[[State, Form, str], E]
    filters: Mapping[str, Callable[[State, str], list[str]]] = field(default_factory=dict)
    """Query name of each parent filter, which is the parent's field too, with what finds the parent's ids."""
    dependents: Callable[[str], int] = lambda _: 0
    """How many things hang on the entity with this id."""
    code: str | None = None
    """The code for an unknown id, where it is not the kind's own."""


class _Made(msgspec.Struct):
    id: str


class Reference:
    """The v1 operations of one institution."""

    def __init__(self, state: State) -> None:
        self._state = state
        d = state.directory
        self._handlers: dict[str, Callable[[SimRequest, list[str]], SimResponse]] = {}
        self._hiders: dict[str, Callable[[str], Callable[[], None] | None]] = {}
        self._add(
            Resource(
                "organizations",
                "Organization",
                d.organizations,
                forms.read_organization,
                dependents=lambda key: (
                    len(d.departments.children("organizationId", key))
                    + len(d.courses.children("organizationId", key))
                ),
            )
        )
        self._add(
            Resource(
                "departments",
                "Department",
                d.departments,
                forms.read_department,
                filters={"organizationId": lambda state, value: matching(state, d.organizations, value)},
                dependents=lambda key: len(d.courses.children("departmentId", key)),
            )
        )
        self._add(
            Resource(
                "courses",
                "Course",
                d.courses,
                forms.read_course,
                dependents=lambda key: len(d.sections.children("courseId", key)),
            )
        )
        self._add(
            Resource(
                "terms",
                "Term",
                d.terms,
                forms.read_term,
                dependents=lambda key: len(d.sections.children("termId", key)),
            )
        )
        self._add(
            Resource(
                "sections",
                "Section",
                d.sections,
                forms.read_section,
                filters={
                    "courseId": lambda state, value: matching(state, d.courses, value),
                    "termId": lambda state, value: matching(state, d.terms, value),
                },
                dependents=lambda key: len(state.bookings.of_section(key)),
            )
        )
        self._add(
            Resource(
                "campuses",
                "Campus",
                d.campuses,
                forms.read_campus,
                dependents=lambda key: len(d.buildings.children("campusId", key)),
            )
        )
        self._add(
            Resource(
                "buildings",
                "Building",
                d.buildings,
                forms.read_building,
                filters={"campusId": lambda state, value: matching(state, d.campuses, value)},
                dependents=lambda key: len(d.rooms.children("buildingId", key)),
            )
        )
        self._add(
            Resource(
                "rooms",
                "Room",
                d.rooms,
                forms.read_room,
                filters={"buildingId": lambda state, value: matching(state, d.buildings, value)},
                dependents=lambda key: len(state.bookings.room_order(key)),
            )
        )
        # A lecturer may leave while schedules still name them: those then show no presenter.
        self._add(Resource("users", "User", d.users, forms.read_user, code="NotFound"))

    def handle(self, request: SimRequest, plural: str, rest: list[str]) -> SimResponse:
        """Answers a request below `/<plural>`; `rest` is what follows in the path."""
        handler = self._handlers.get(plural)
        if handler is None:
            raise resource_not_found()
        return handler(request, rest)

    def hide(self, request: SimRequest, response: SimResponse) -> Callable[[], None] | None:
        """Makes what this POST has just made unknown again, and returns what brings it back; None if it made
        nothing."""
        if response.status != 201:
            return None
        made = msgspec.json.decode(response.body, type=_Made)
        return self._hiders[request.segments()[3]](made.id)

    def _add(self, resource: Resource[E]) -> None:
        self._handlers[resource.plural] = lambda request, rest: self._answer(resource, request, rest)
        self._hiders[resource.plural] = lambda entity_id: _hide(resource.table, entity_id)

    def _answer(self, resource: Resource[E], request: SimRequest, rest: list[str]) -> SimResponse:
        method = request.method
        if len(rest) > 1 or (rest and method not in ("GET", "PUT", "DELETE")):
            raise resource_not_found()
        if not rest:
            if method == "GET":
                return self._listing(resource, request)
            if method == "POST":
                return self._save(resource, read_body(request, self._state.switches), None)
            raise resource_not_found()
        held = self._find(resource, rest[0])
        if method == "GET":
            return json_response(200, forms.render(self._state, held))
        if method == "PUT":
            body = read_body(request, self._state.switches)
            if self._state.switches.put == "partial":
                body = msgspec.to_builtins(held) | body
            return self._save(resource, body, held)
        return self._delete(resource, held)

    def _find(self, resource: Resource[E], key: str) -> E:
        held = resource.table.find(key)
        if held is None and resource.kind == "User":
            user: User | None = self._state.directory.user_by_email(key)
            held = None if user is None else resource.table.get(user.id)
        if held is None:
            raise self._state.not_found(resource.kind, code=resource.code)
        return held

    def _listing(self, resource: Resource[E], request: SimRequest) -> SimResponse:
        state = self._state
        parameters = request.parameters()
        page = asked_page(parameters, state.switches, _KEY_NAMES, state.institution_id)
        filters = {name: parameters[name] for name in resource.filters if parameters.get(name)}
        order = resource.table.order
        for name, value in filters.items():
            wanted = {
                child
                for parent in resource.filters[name](state, value)
                for child in resource.table.children(name, parent)
            }
            order = [key for key in order if key[-1] in wanted]
        return list_answer(
            order,
            resource.table.get,
            partial(forms.render, state),
            path=request.path,
            page=page,
            filters=filters,
            names=_KEY_NAMES,
            institution_id=state.institution_id,
            switches=state.switches,
        )

    def _save(self, resource: Resource[E], body: dict[str, object], held: E | None) -> SimResponse:
        state = self._state
        form = Form(body, max_text=state.switches.max_text_length)
        entity = resource.read(state, form, state.new_id() if held is None else held.id)
        form.finish()
        carrier = resource.table.by_external(entity.external_id)
        if carrier is not None and carrier.id != entity.id:
            raise state.external_id_taken()
        resource.table.put(entity)
        return json_response(201 if held is None else 200, forms.render(state, entity))

    def _delete(self, resource: Resource[E], held: E) -> SimResponse:
        state = self._state
        if state.switches.delete_with_children == "refused" and resource.dependents(held.id):
            raise refusal(400, "code", "HasDependents", f"{resource.kind} is still in use")
        answer = forms.render(state, held)
        resource.table.remove(held.id)
        return deleted(state.switches, answer)


def _hide(table: Table[E], entity_id: str) -> Callable[[], None] | None:
    entity = table.get(entity_id)
    if entity is None:
        return None
    table.remove(entity_id)

    def appear() -> None:
        # Someone may have made it anew meanwhile: then that one stays.
        if table.by_external(entity.external_id) is None:
            table.put(entity)

    return appear
