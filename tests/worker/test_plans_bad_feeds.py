"""Twelve kinds of a bad feed: nothing is removed because of one, and the reason is said in plain words at once."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from echodesk.batches import Apply, Compare
from echodesk.errors import EchoDeskError
from echodesk.planning.batches import BatchState
from echodesk.simulator.faults import FaultKind, FaultSettings
from tests.worker.campus import OTHER_SETID, ROOMS, SETID, fill_year
from tests.worker.guarded import BOOKINGS, LESSONS, fill
from tests.worker.planned import no_triggers
from tests.worker.world import World

Worlds = Callable[..., World]
Spoil = Callable[[World], None]
WITHIN_S = 90.0
"""A listing that does not come to its end is tried three times; everything else is said within 5 s."""


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


KINDS: tuple[Spoil, ...] = (
    empty,
    half,
    another_year,
    truncated_listing,
    a_page_again_and_again,
    rows_lost,
    permission_lost,
    rooms_renamed,
    a_year_off,
    weeks_shifted,
    two_years_of_one_name,
    everything_foreign,
)


@pytest.mark.parametrize("spoil", KINDS, ids=lambda one: one.__name__)
def test_nothing_is_removed_and_the_reason_is_said(world: Worlds, spoil: Spoil) -> None:
    w = world()
    fill(w)
    assert len(KINDS) == 12
    spoil(w)
    before = len(w.institution.state.bookings)
    said = ""
    try:
        number = w.ask(Compare("ann")).number
    except EchoDeskError as error:
        said = f"{error.title} {error.message}"
    else:
        said = applied(w, number)
    assert said
    w.pass_time(30.0)
    assert "DELETE" not in w.calls()
    assert len(w.institution.state.bookings) >= before >= BOOKINGS == len(LESSONS) * 5
    assert ROOMS


def applied(w: World, number: int) -> str:
    """Somebody applies it without reading; what was said about it, or that nothing of it removes anything."""

    def state() -> BatchState:
        found = w.look(lambda books: books.batches.get(number))
        assert found is not None
        return found.state

    try:
        w.until(lambda: state() is not BatchState.COMPARING, WITHIN_S)
    except AssertionError:
        # The timetable itself cannot be used: who sends says so, and compares nothing.
        return w.heard.state.database
    found = w.look(lambda books: books.batches.get(number))
    assert found is not None
    if found.state is not BatchState.READY:
        return found.said
    summary = w.look(lambda books: books.batches.summary(number))
    try:
        w.ask(Apply("ann", number))
    except EchoDeskError as error:
        return f"{error.title} {error.message}"
    assert summary.counts["removed"] == 0
    return f"{summary.counts}"
