"""What people do in Echo360's own pages, unseen by the worker."""

from __future__ import annotations

import datetime as dt

import msgspec

from echodesk.simulator.bookings import Schedule
from echodesk.simulator.reference_forms import new_device_id
from echodesk.simulator.seed import add_foreign
from tests.worker.world import World


class ByHand:
    """Someone signed in to Echo360 itself."""

    def __init__(self, world: World) -> None:
        self._institution = world.institution
        self._bookings = world.institution.state.bookings

    def remove(self, external_id: str) -> None:
        """Delete a schedule."""
        self._bookings.remove(self._held(external_id).id, self._institution.state.monotonic())

    def move(self, external_id: str, start_minute: int) -> None:
        """Give a schedule another time on its day."""
        held = self._held(external_id)
        length = held.end_minute - held.start_minute
        self._put(msgspec.structs.replace(held, start_minute=start_minute, end_minute=start_minute + length))

    def shift(self, external_id: str, start_minute: int) -> bool:
        """The same, where Echo360 lets one: False if that time is taken."""
        held = self._held(external_id)
        end = start_minute + held.end_minute - held.start_minute
        if self._bookings.clash(held.room_id, held.dates, start_minute, end, but=held.id) is not None:
            return False
        self.move(external_id, start_minute)
        return True

    def rename(self, external_id: str, name: str) -> None:
        """Give a schedule another name."""
        held = self._held(external_id)
        self._put(msgspec.structs.replace(held, name=name))

    def book(
        self, room: str, date: dt.date, time: str, *, external_id: str = "", name: str = "Open day", **more: object
    ) -> str:
        """Book a room for something of one's own; returns Echo360's id."""
        start, end = time.split("-")
        found = self._institution.state.directory.rooms.by_external(room)
        assert found is not None
        body: dict[str, object] = {
            "name": name,
            "startDate": date.isoformat(),
            "startTime": start,
            "endTime": end,
            "venue": {"roomId": found.id},
            **more,
        }
        if external_id:
            body["externalId"] = external_id
        return add_foreign(self._institution, body).id

    def cancel(self, echo_id: str) -> None:
        """Delete a booking of one's own."""
        self._bookings.remove(echo_id, self._institution.state.monotonic())

    def _put(self, changed: Schedule) -> None:
        self._bookings.put(changed, self._institution.state.monotonic())

    def _held(self, external_id: str) -> Schedule:
        found = self._bookings.by_external(external_id)
        assert found is not None, external_id
        return found

    def recorders(self, *without: str) -> None:
        """Technicians see to it that every room has a recorder, but these."""
        rooms = self._institution.state.directory.rooms
        for room in list(rooms):
            device = None if room.external_id in without else new_device_id(self._institution.state)
            rooms.put(msgspec.structs.replace(room, device_id=device))
