"""Without a rule about what happens beside the planning: who was overtaken, people, decisions, missing things."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from echodesk.planning.records import Requests
from echodesk.planning.values import RoomDay
from echodesk.store.journal import Journal
from echodesk.store.places import Places
from echodesk.worker import expand, housekeeping, send, settle
from echodesk.worker.engine import Engine
from echodesk.worker.flight import Flight
from echodesk.worker.housekeeping import Housekeeper
from echodesk.worker.work import Fate
from tests.simulation.mutations.tools import Mutant, does_nothing, replaced, waits_for_nothing, wrapped


def with_every_request(requests: Requests) -> set[int]:
    """Each request that comes makes its lesson the newest."""
    return {edit.id for edit in requests.edits}


def not_for_decisions(real: Any) -> Any:
    """No room-day becomes dirty because of a decision."""

    def mark(self: Places, places: Iterable[RoomDay], reason: str) -> Any:
        return real(self, () if reason.startswith("decision ") else places, reason)

    return mark


def found_and_left(real: Any) -> Any:
    """A person is known again, and no room-day becomes dirty for it."""

    def person_checked(self: Journal, email: str, known: bool) -> set[tuple[str, int]]:
        real(self, email, known)
        return set()

    return person_checked


def held_waits_for_l(real: Any) -> Any:
    """An intent whose request was held back before the wire stays as if it had been sent."""

    def intents(self: settle._Settling, results: list[Any]) -> None:
        real(self, results)
        for request, result in results:
            intent = self._work.intents.get(request.number)
            if result.fate is Fate.HELD and intent in self._wave.definite:
                self._wave.definite.remove(intent)
                self._wave.unclear.append(intent)

    return intents


BESIDE = (
    Mutant(
        "found_and_left",
        "decisions: clearing a person's entry dirties the room-days",
        "leaves the schedules of a person who is known again without presenter",
        wrapped(Journal, "person_checked", found_and_left),
        test="tests/worker/test_answers.py::test_a_person_who_was_found_after_all_gets_the_recordings",
        escapes="histories in which people turn up end with a re-sync, which puts it right",
    ),
    Mutant(
        "held_waits_for_l",
        "decisions: an intent that gave up before the wire clears itself",
        "waits for L after a request that a pause held back, and lists its room",
        wrapped(settle._Settling, "_intents", held_waits_for_l),
        test="tests/worker/test_pauses.py"
        "::test_what_waits_for_a_held_request_waits_as_well_and_its_room_is_not_listed",
        escapes="the room is listed once more, and everything ends equal",
    ),
    Mutant(
        "overtaken_adds_nothing",
        "decisions: who wakes without the lease adds marks for what it had sent",
        "says nothing of what it had on the wire when another took over",
        replaced((Engine, "_mark", does_nothing)),
        test="tests/worker/test_takeover.py::test_who_stops_after_another_took_over_tells_what_it_had_sent",
        escapes="it must arrive after the listing of who took over, and nothing else looks there",
    ),
    Mutant(
        "found_and_missed_again",
        "decisions: an answer may not add a person who was cleared meanwhile",
        "believes an answer that is older than the search that found the person",
        replaced((Flight, "person_found", does_nothing)),
        test="tests/worker/test_answers.py"
        "::test_a_person_who_is_found_while_a_request_without_them_is_on_its_way_stays_found",
        escapes="a person must be found within the moment in which an answer without them is under way",
    ),
    Mutant(
        "strays_stay",
        "decisions: with nothing in flight any intent is an orphan, even of this term",
        "leaves what a commit without an answer left behind",
        replaced((Housekeeper, "strays", waits_for_nothing)),
        test="tests/worker/test_takeover.py::test_a_commit_whose_outcome_nobody_knows_leaves_nothing_behind[claim]",
        escapes="in the histories the database answers every commit",
    ),
    Mutant(
        "decisions_mark_nothing",
        "decisions: a decision dirties its room-days in its own transaction",
        "makes no room-day dirty for a decision, nor when it is taken back",
        wrapped(Places, "mark", not_for_decisions),
        ("decisions",),
    ),
    Mutant(
        "new_with_every_request",
        "decisions: SENIORITY",
        "takes another kind of recording for a lesson that is asked for from now on",
        replaced((expand, "newly_asked", with_every_request)),
        ("together", "clashes"),
    ),
    Mutant(
        "supplied_for_ever",
        "decisions: sent again at most twice for each missing thing",
        "makes what is missing, and sends again, as often as Echo360 misses it",
        replaced((send, "SUPPLY_TRIES", 10_000)),
        test="tests/worker/test_making.py"
        "::test_what_is_missed_although_it_is_there_is_sent_three_times_and_no_more",
        escapes="what the simulator was told to make is not missed twice",
    ),
    Mutant(
        "tells_what_was",
        "reliability C5: the status shown and the true reason agree",
        "goes on telling as recorded what the timetable asks for no more, where no edit said so",
        replaced((housekeeping, "tell_unwanted", waits_for_nothing)),
        ("unseen edits", "plans"),
    ),
)
