"""Who may see a recording is no field of EchoDesk's: it goes on with the lesson, and undo brings it back."""

from __future__ import annotations

import msgspec

from echodesk.planning.batches import BatchState
from echodesk.simulator.bookings import Availability
from tests.worker.planned import applied, made, no_triggers, undo_of
from tests.worker.values import external
from tests.worker.world import World

HIDDEN = Availability(availability="Unavailable")


def _availability(w: World) -> list[Availability | None]:
    there = w.institution.state.bookings.by_external(external(1))
    assert there is not None
    return [link.availability for link in there.sections]


def _give(w: World, availability: Availability | None) -> None:
    bookings = w.institution.state.bookings
    there = bookings.by_external(external(1))
    assert there is not None
    links = tuple(msgspec.structs.replace(link, availability=availability) for link in there.sections)
    bookings.put(msgspec.structs.replace(there, sections=links), w.institution.state.monotonic())


def _held(w: World) -> list[str]:
    return sorted(repr(msgspec.structs.replace(one, id="", foreign=False)) for one in w.institution.state.bookings)


def test_a_hidden_lesson_of_another_module_stays_hidden_and_so_it_does_when_that_is_taken_back(w: World) -> None:
    _give(w, HIDDEN)
    no_triggers(w)
    w.change(1, module="M9")
    before = _held(w)
    number = made(w)
    assert applied(w, number).state is BatchState.DONE
    assert _availability(w) == [HIDDEN]
    assert applied(w, undo_of(w, number)).state is BatchState.DONE
    assert _held(w) == before


def test_what_was_hidden_before_a_plan_is_hidden_once_it_is_taken_back(w: World) -> None:
    _give(w, HIDDEN)
    no_triggers(w)
    w.change(1, module="M9")
    before = _held(w)
    number = made(w)
    applied(w, number)
    # Somebody opens the recording to the other module's students; it is not for those of the lesson's own.
    _give(w, None)
    assert applied(w, undo_of(w, number)).state is BatchState.DONE
    assert _held(w) == before


def test_what_was_hidden_since_a_plan_stays_hidden_when_it_is_taken_back(w: World) -> None:
    no_triggers(w)
    w.change(1, lecturer="P2")
    number = made(w)
    assert applied(w, number).state is BatchState.DONE
    _give(w, HIDDEN)
    assert applied(w, undo_of(w, number)).state is BatchState.DONE
    assert _availability(w) == [HIDDEN]
