"""Kinds of a bad feed: nothing is removed because of one, and the reason is said in plain words at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
import pytest

from echodesk.batches import Apply, Compare
from echodesk.errors import EchoDeskError
from echodesk.planning.batches import BatchState
from echodesk.simulator.faults import FaultKind, FaultSettings
from tests.worker.campus import OTHER_SETID, SETID, fill_year
from tests.worker.guarded import BOOKINGS, fill
from tests.worker.planned import no_triggers, plan
from tests.worker.world import World

Worlds = Callable[..., World]
Spoil = Callable[[World], None]
WITHIN_S = 5.0


def empty(w: World) -> None:
    no_triggers(w)
    w.sql("DELETE FROM TIMETABLE")


def half(w: World) -> None:
    no_triggers(w)
    w.sql("DELETE FROM TIMETABLE WHERE SLOTID > 18")


def another_year(w: World) -> None:
    no_triggers(w)
    with w.edit() as cmis:
        fill_year(cmis, OTHER_SETID, live=0)
    w.sql("UPDATE TIMETABLE SET SETID = :other", other=OTHER_SETID)


def always(w: World, *kinds: FaultKind) -> None:
    w.simulator.use_faults(FaultSettings(rates=dict.fromkeys(kinds, 1.0 / len(kinds)), methods=frozenset({"GET"})))


def truncated_listing(w: World) -> None:
    always(w, FaultKind.TRUNCATED_JSON)


def a_page_again_and_again(w: World) -> None:
    always(w, FaultKind.NEXT_LOOP)


def rows_lost(w: World) -> None:
    always(w, FaultKind.ROW_LOST)


def permission_lost(w: World) -> None:
    always(w, FaultKind.FORBIDDEN)


def rooms_renamed(w: World) -> None:
    no_triggers(w)
    w.sql("UPDATE TIMETABLE SET ROOMID = 'New ' || ROOMID")
    w.sql("UPDATE ROOMS SET ROOMID = 'New ' || ROOMID")
    w.sql("UPDATE ROOMFEATURES SET ROOMID = 'New ' || ROOMID")


def a_year_off(w: World) -> None:
    w.processes[0].machine.wall_s += 365 * 86_400.0


def weeks_shifted(w: World) -> None:
    no_triggers(w)
    w.sql("UPDATE WEEKSTRUCTURE SET STARTDATE = date(STARTDATE, '+7 days')")


def two_years_of_one_name(w: World) -> None:
    w.sql("INSERT INTO STT_ECHO_SET (SETID, LIVE) VALUES (:other, 1)", other=SETID.replace("/", "-"))


def everything_foreign(w: World) -> None:
    """Another institution's data, or a database put back: nothing of ours is recognised."""
    bookings = w.institution.state.bookings
    for number, one in enumerate(list(bookings)):
        bookings.put(msgspec.structs.replace(one, external_id=f"theirs-{number}"), w.institution.state.monotonic())


def another_institution(w: World) -> None:
    """Its bookings carry ids of other years, and none of ours is there."""
    bookings = w.institution.state.bookings
    for number, one in enumerate(list(bookings)):
        changed = msgspec.structs.replace(one, external_id=f"{number}-1-1999-00")
        bookings.put(changed, w.institution.state.monotonic())


def the_same_id_twice(w: World) -> None:
    """Every lesson stands twice, under numbers that are equal once blanks are taken away."""
    no_triggers(w)
    columns = [row[1] for row in w.sql("SELECT * FROM pragma_table_info('TIMETABLE')") if row[1] != "SETID"]
    names = ", ".join(columns)
    w.sql(f"INSERT INTO TIMETABLE (SETID, {names}) SELECT SETID || ' ', {names} FROM TIMETABLE")  # noqa: S608 - names of columns


KINDS: Mapping[Spoil, str] = {
    empty: "timetable is empty",
    half: "less than half of the last",
    another_year: "no lesson of a year that is switched on",
    truncated_listing: "could not be listed",
    a_page_again_and_again: "could not be listed",
    rows_lost: "2 booking(s) that EchoDesk made are not in Echo360 any more.",
    permission_lost: "Echo360 does not allow this",
    rooms_renamed: "rooms that Echo360 does not know",
    a_year_off: "This computer's clock is",
    weeks_shifted: "as if the weeks of the timetable had shifted",
    two_years_of_one_name: "mistaken for one another",
    everything_foreign: "200 because others booked the room",
    another_institution: "200 because others booked the room",
    the_same_id_twice: "200 of the 200 bookings ahead would be removed",
}
"""What is done to the timetable, to Echo360 or to the clock, and what is said of it."""


@pytest.mark.parametrize(("spoil", "reason"), KINDS.items(), ids=[one.__name__ for one in KINDS])
def test_nothing_is_removed_and_the_reason_is_said(world: Worlds, spoil: Spoil, reason: str) -> None:
    w = world()
    fill(w)
    spoil(w)
    before = len(w.institution.state.bookings)
    said = compared(w)
    w.pass_time(90.0)
    assert "DELETE" not in w.calls()
    assert len(w.institution.state.bookings) >= before >= BOOKINGS
    assert reason in said


def compared(w: World) -> str:
    """What is said within five seconds to somebody who compares, and applies it without reading."""
    try:
        number = w.ask(Compare("ann")).number
        w.until(lambda: bool(plan(w, number).said) or plan(w, number).state is BatchState.READY, WITHIN_S)
        found = plan(w, number)
        if found.state is not BatchState.READY:
            return f"{found.said} {w.heard.state.clock}"
        w.ask(Apply("ann", number))
    except EchoDeskError as error:
        return f"{error.title} {error.message}"
    summary = w.look(lambda books: books.batches.summary(number))
    assert summary.counts["removed"] == 0
    return found.said
