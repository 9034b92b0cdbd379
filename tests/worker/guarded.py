"""A university large enough for safety stops, and what staff do with them."""

from __future__ import annotations

from echodesk import messages
from echodesk.messages import StopShown
from tests.worker.campus import day
from tests.worker.world import World

WEEKS = (2, 3, 4, 5, 6)
LESSONS = range(1, 41)
HOURS = ("09:00-10:00", "10:00-11:00", "11:00-12:00", "12:00-13:00", "13:00-14:00")
BOOKINGS = len(LESSONS) * len(WEEKS)


def fill(w: World) -> None:
    """Forty lessons in five weeks: two days of five lessons in each of the four rooms."""
    with w.edit() as cmis:
        for slot in LESSONS:
            place = (slot - 1) // 5
            cmis.add(slot, room=f"R{place % 4 + 1}", weekday=place // 4 + 1, at=HOURS[slot % 5], weeks=WEEKS)
    w.settle()
    assert len(w.schedules()) == BOOKINGS
    w.pass_time(6.0)
    w.calls()


def stops(w: World) -> list[StopShown]:
    """The stops that wait for a yes."""
    return [one for one in w.look(lambda books: books.stops.shown()) if one.waits]


def the_stop(w: World) -> StopShown:
    """The one that waits."""
    (found,) = stops(w)
    return found


def look_everywhere(w: World) -> None:
    """Mark every room-day in which something stands, as the sweep does, and have a day listed anew."""
    mark_everywhere(w)
    w.ask(messages.Refresh("ann", date=day(2).isoformat()))


def mark_everywhere(w: World) -> None:
    """Every room-day in which the mirror holds something is planned anew."""
    w.sql(
        "INSERT INTO STT_ECHO_DIRTY (ROOMID, LESSON_DATE, MARK, REASON)"
        " SELECT DISTINCT ROOMID, LESSON_DATE, 1, 'sweep' FROM STT_ECHO_MIRROR WHERE true"
        " ON CONFLICT (LESSON_DATE, ROOMID) DO NOTHING"
    )


def say_yes(w: World, stop: StopShown, why: str = "the exams are over") -> None:
    """Ann has looked at what was shown."""
    w.ask(messages.Allow("ann", stop.key, why, stop.last_item))
