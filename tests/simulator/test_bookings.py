"""The index of bookings against a list that is searched from end to end."""

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from echodesk.simulator.booking_form import read_schedule
from echodesk.simulator.bookings import Bookings, Schedule
from tests.simulator.office import Office, booking

_OFFICE = Office()
_PLAIN = read_schedule(_OFFICE.institution.state, booking(), "0")
_FIRST_DAY = _PLAIN.start_date.toordinal()


class BookingsMachine(RuleBasedStateMachine):
    """Puts and removes schedules at random; every question is answered by both."""

    def __init__(self) -> None:
        super().__init__()
        self.bookings = Bookings()
        self.plain: dict[str, Schedule] = {}

    @rule(
        key=st.integers(0, 9),
        room=st.sampled_from(["r1", "r2"]),
        dates=st.sets(st.integers(0, 3), min_size=1),
        start=st.integers(0, 20),
        length=st.integers(1, 6),
        named=st.booleans(),
    )
    def put(self, key: int, room: str, dates: set[int], start: int, length: int, named: bool) -> None:
        schedule = msgspec.structs.replace(
            _PLAIN,
            id=f"id{key}",
            external_id=f"x{key}" if named else None,
            room_id=room,
            dates=tuple(sorted(_FIRST_DAY + day for day in dates)),
            start_minute=start,
            end_minute=start + length,
        )
        self.bookings.put(schedule, 0.0)
        self.plain[schedule.id] = schedule

    @rule(key=st.integers(0, 9))
    def remove(self, key: int) -> None:
        if f"id{key}" in self.plain:
            self.bookings.remove(f"id{key}", 0.0)
            del self.plain[f"id{key}"]

    @rule(
        room=st.sampled_from(["r1", "r2"]),
        day=st.integers(0, 3),
        start=st.integers(0, 25),
        length=st.integers(1, 6),
        but=st.integers(0, 10),
        inclusive=st.booleans(),
    )
    def clash(self, room: str, day: int, start: int, length: int, but: int, inclusive: bool) -> None:
        end = start + length
        searched = {
            held.id
            for held in self.plain.values()
            if held.room_id == room
            and _FIRST_DAY + day in held.dates
            and held.id != f"id{but}"
            and (
                (held.start_minute <= end and start <= held.end_minute)
                if inclusive
                else (held.start_minute < end and start < held.end_minute)
            )
        }
        found = self.bookings.clash(room, [_FIRST_DAY + day], start, end, but=f"id{but}", inclusive=inclusive)
        assert (found is None) == (not searched)
        assert found is None or found.id in searched

    @invariant()
    def orders_hold_each_schedule_once(self) -> None:
        assert self.bookings.order == sorted(schedule.key() for schedule in self.plain.values())
        for room in ("r1", "r2"):
            there = sorted(held.key() for held in self.plain.values() if held.room_id == room)
            assert list(self.bookings.room_order(room)) == there

    @invariant()
    def external_ids_lead_to_their_carriers(self) -> None:
        for key in range(10):
            found = self.bookings.by_external(f"x{key}")
            carrier = self.plain.get(f"id{key}")
            assert found == (carrier if carrier is not None and carrier.external_id else None)


TestBookings = BookingsMachine.TestCase
TestBookings.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
