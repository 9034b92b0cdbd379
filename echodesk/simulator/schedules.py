"""`/public/api/v2/schedules`: list, create, read, replace, delete (API facts §5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import partial

import msgspec

from echodesk.simulator.booking_form import read_schedule, render_schedule
from echodesk.simulator.bookings import KEY_NAMES, Schedule
from echodesk.simulator.directory import E, Table
from echodesk.simulator.forms import read_body
from echodesk.simulator.paging import Key, asked_page, list_answer
from echodesk.simulator.state import State, deleted, resource_not_found
from echodesk.simulator.switches import Switches
from echodesk.simulator.wire import Refusal, SimRequest, SimResponse, json_response, refusal

_FILTERS = ("campus", "building", "room")


class Schedules:
    """The schedule operations of one institution."""

    def __init__(self, state: State) -> None:
        self._state = state

    def handle(self, request: SimRequest, rest: list[str]) -> SimResponse:
        """Answers a request below `/schedules`; `rest` is what follows in the path."""
        method = request.method
        if not rest:
            if method == "GET":
                return self.listing(request, None)
            if method == "POST":
                return self._create(request)
            raise resource_not_found()
        if len(rest) != 1:
            raise resource_not_found()
        held = self._state.bookings.find(rest[0])
        if method not in ("GET", "PUT", "DELETE"):
            raise resource_not_found()
        if held is None:
            raise self._state.not_found("Schedule")
        if method == "GET":
            return json_response(200, render_schedule(self._state, held))
        return self._replace(request, held) if method == "PUT" else self._delete(held)

    def listing(self, request: SimRequest, held: Mapping[str, Schedule] | None) -> SimResponse:
        """One page. `held` replaces the present content by an older one."""
        state = self._state
        parameters = request.parameters()
        page = asked_page(parameters, state.switches, KEY_NAMES, state.institution_id)
        filters = {name: parameters[name] for name in _FILTERS if parameters.get(name)}
        rooms = self._rooms(filters) if filters else None
        order = self._order(rooms) if held is None else _order_of(held, rooms)
        return list_answer(
            order,
            state.bookings.get if held is None else held.get,
            partial(render_schedule, state),
            path=request.path,
            page=page,
            filters=filters,
            names=KEY_NAMES,
            institution_id=state.institution_id,
            switches=state.switches,
        )

    def reading(self, key: str, held: Mapping[str, Schedule]) -> SimResponse:
        """One schedule by id or external id out of an older content. Raises `Refusal`."""
        found = held.get(key) or next((s for s in held.values() if s.external_id == key), None)
        if found is None:
            raise self._state.not_found("Schedule")
        return json_response(200, render_schedule(self._state, found))

    def book(self, schedule: Schedule, *, ignore_past: bool = False) -> Schedule:
        """Keeps a new schedule, or replaces the one with its id, if the rules allow it. Raises `Refusal`."""
        state = self._state
        switches = state.switches
        if switches.past_start_refused and not ignore_past and _begun(schedule, state.now()):
            raise refusal(400, switches.time_in_past_form, "TimeInPast", "Time in past", path="obj.startTime")
        checks = [self._check_external_id, self._check_clash]
        for check in checks if switches.first_check == "external_id" else reversed(checks):
            check(schedule)
        state.bookings.put(schedule, state.monotonic())
        return schedule

    def _check_external_id(self, schedule: Schedule) -> None:
        state = self._state
        carrier = state.bookings.by_external(schedule.external_id)
        retired = state.switches.deleted_external_ids == "taken" and (
            carrier is None and schedule.external_id in state.bookings.retired_external_ids
        )
        if retired or (carrier is not None and carrier.id != schedule.id):
            raise state.external_id_taken()

    def _check_clash(self, schedule: Schedule) -> None:
        state = self._state
        switches = state.switches
        other = state.bookings.clash(
            schedule.room_id,
            schedule.dates if switches.clash_checks_every_date else schedule.dates[:1],
            schedule.start_minute,
            schedule.end_minute,
            but=schedule.id,
            inclusive=switches.boundary == "inclusive",
        )
        if other is not None:
            raise clash(switches)

    def _create(self, request: SimRequest) -> SimResponse:
        state = self._state
        body = read_body(request, state.switches)
        schedule = self.book(read_schedule(state, body, state.new_id()))
        return json_response(201, render_schedule(state, schedule))

    def _replace(self, request: SimRequest, held: Schedule) -> SimResponse:
        state = self._state
        switches = state.switches
        if switches.change_of_begun == "refused" and _begun(held, state.now()):
            raise refusal(400, switches.time_in_past_form, "TimeInPast", "Time in past", path="obj.startTime")
        body = read_body(request, switches)
        if switches.put == "partial":
            body = msgspec.to_builtins(render_schedule(state, held)) | body
        schedule = read_schedule(state, body, held.id)
        external_id = held.external_id if switches.put_external_id == "keeps" else schedule.external_id
        schedule = msgspec.structs.replace(schedule, external_id=external_id, foreign=held.foreign)
        return json_response(200, render_schedule(state, self.book(schedule)))

    def _delete(self, held: Schedule) -> SimResponse:
        state = self._state
        switches = state.switches
        if switches.delete_of_begun == "refused" and _begun(held, state.now()):
            raise refusal(400, switches.time_in_past_form, "TimeInPast", "Time in past", path="obj.startTime")
        answer = render_schedule(state, held)
        state.bookings.remove(held.id, state.monotonic())
        return deleted(switches, answer)

    def _rooms(self, filters: Mapping[str, str]) -> set[str]:
        directory = self._state.directory
        rooms = {room.id for room in directory.rooms}
        if "room" in filters:
            rooms &= set(matching(self._state, directory.rooms, filters["room"]))
        buildings: set[str] | None = None
        if "building" in filters:
            buildings = set(matching(self._state, directory.buildings, filters["building"]))
        if "campus" in filters:
            there = {
                building
                for campus in matching(self._state, directory.campuses, filters["campus"])
                for building in directory.buildings.children("campusId", campus)
            }
            buildings = there if buildings is None else buildings & there
        if buildings is not None:
            rooms &= {room for building in buildings for room in directory.rooms.children("buildingId", building)}
        return rooms

    def _order(self, rooms: set[str] | None) -> Sequence[Key]:
        bookings = self._state.bookings
        if rooms is None:
            return bookings.order
        if len(rooms) == 1:
            return bookings.room_order(next(iter(rooms)))
        return sorted(key for room in rooms for key in bookings.room_order(room))


def clash(switches: Switches) -> Refusal:
    """The refusal of a schedule that overlaps another one in its room."""
    wording = {
        "timing": "Schedule timing clash with another Schedule",
        "taken": "Venue / Time slot is already taken",
    }[switches.clash_wording]
    return refusal(
        switches.clash_status, switches.clash_form, "ScheduleTimingClash", wording, path="obj.venue.room"
    )


def matching(state: State, table: Table[E], value: str) -> list[str]:
    """The ids that a list filter's value names; which kinds of value count is a switch."""
    switches = state.switches
    found = table.get(value)
    if found is None and switches.list_filters != "id":
        found = table.by_external(value)
    if found is not None:
        return [found.id]
    named = [entity.id for entity in table.named(value)] if switches.list_filters == "any" else []
    if not named and switches.unknown_filter == "refused":
        raise refusal(400, "code", "NotFound", "Filter value not found")
    return named


def _order_of(held: Mapping[str, Schedule], rooms: set[str] | None) -> list[Key]:
    return sorted(s.key() for s in held.values() if rooms is None or s.room_id in rooms)


def _begun(schedule: Schedule, now: datetime) -> bool:
    first = date.fromordinal(schedule.dates[0]) if schedule.dates else schedule.start_date
    start = time(schedule.start_minute // 60, schedule.start_minute % 60)
    return datetime.combine(first, start) < now
