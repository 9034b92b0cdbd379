"""Without one of the rules that simulation demanded (decisions), or one that keeps the tables right."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from sqlalchemy import text

from echodesk.capture.supply import Supplier
from echodesk.planning import decisions, projection, staying
from echodesk.planning.values import Method, fingerprint
from echodesk.store import journal, places
from echodesk.store import settings as stored_settings
from echodesk.store.journal import Journal
from echodesk.store.mirror import Mirror
from echodesk.store.places import Places
from echodesk.store.queue import Queue
from echodesk.store.tries import Tries
from echodesk.timetable.book import CmisBook
from echodesk.worker import expand, settle, snapshot
from echodesk.worker.gate import Gate
from echodesk.worker.housekeeping import Housekeeper
from echodesk.worker.planner import Planner
from echodesk.worker.work import Fate, Result, Work
from tests.simulation.mutations.tools import (
    Mutant,
    does_nothing,
    finds_nothing,
    replaced,
    waits_for_nothing,
    without,
    wrapped,
)


@contextmanager
def only_where_it_went() -> Iterator[None]:
    """After L only the room-days of the request itself are listed, not where its lesson is by then."""
    late = [False]
    overdue, clear = Journal.overdue, Journal.clear_intents
    of_external, occurrences_of = Mirror.of_external, CmisBook.occurrences_of

    def begins(self: Journal, late_s: float) -> Any:
        late[0] = True
        return overdue(self, late_s)

    def ends(self: Journal, ids: Any) -> None:
        late[0] = False
        clear(self, ids)

    with (
        mock.patch.object(Journal, "overdue", begins),
        mock.patch.object(Journal, "clear_intents", ends),
        mock.patch.object(Mirror, "of_external", lambda self, ids: [] if late[0] else of_external(self, ids)),
        mock.patch.object(
            CmisBook, "occurrences_of", lambda self, keys: ([], []) if late[0] else occurrences_of(self, keys)
        ),
    ):
        yield


def skipped_is_clean(real: Any) -> Any:
    def mark_refresh(self: Places, wanted: Any, wait_s: float, reason: str) -> None:
        if reason != "skipped":
            real(self, wanted, wait_s, reason)

    return mark_refresh


def refused_movers_stay(real: Any) -> Any:
    """What stands in the old place of a move that was refused is left there."""

    def make_plan(situation: Any) -> Any:
        made = real(situation)
        refused = {external_id for external_id, _ in situation.refused}
        return without(made, lambda one: one.method is Method.DELETE and one.external_id in refused)

    return make_plan


def refused_compete(real: Any) -> Any:
    """A content that was refused takes the room from others, and is not sent."""

    def make_plan(situation: Any) -> Any:
        made = real(dataclasses.replace(situation, refused=frozenset()))
        return without(
            made,
            lambda one: (
                one.booking is not None and (one.external_id, fingerprint(one.booking)) in situation.refused
            ),
        )

    return make_plan


def no_obstacles(real: Any) -> Any:
    return lambda *asked: dataclasses.replace(real(*asked), obstacles={})


def begun_elsewhere_is_made_anew(real: Any) -> Any:
    return lambda *asked: dataclasses.replace(real(*asked), begun_by_id={})


def never_too_late(real: Any) -> Any:
    def check(self: Gate, *asked: Any) -> Fate | None:
        fate: Fate | None = real(self, *asked)
        return None if fate is Fate.OVERTAKEN else fate

    return check


def too_late_is_remembered(real: Any) -> Any:
    """What was not sent in time counts as Echo360's own no to it."""

    def check(self: Gate, *asked: Any) -> Fate | None:
        fate: Fate | None = real(self, *asked)
        return Fate.TOO_LATE if fate is Fate.OVERTAKEN else fate

    return check


def marks_go_at_once(real: Any) -> Any:
    """Marks are cleared when a plan is launched, not when it has ended."""

    async def launch(self: Planner, found: Any, *more: Any) -> bool:
        marks = [mark for work in found.works for mark in work.marks]
        if marks:
            await self._ledger.write("intents", lambda books: books.places.clear(marks))
        done: bool = await real(self, found, *more)
        return done

    return launch


def held_is_skipped(real: Any) -> Any:
    """What waits for a held request is not held too."""

    def record(self: Work, number: int, result: Result) -> Any:
        if result.fate is not Fate.HELD:
            return real(self, number, result)
        real(self, number, dataclasses.replace(result, fate=Fate.SKIPPED))
        self.results[number] = result
        return []

    return record


def seen_by_no_mirror(real: Any) -> Any:
    """Expansion does not look where the mirror has the lesson."""

    def reading(self: Any, books: Any, entries: Any, today: Any) -> None:
        real(self, books, entries, today)
        self._mirror.clear()

    return reading


def lost_entries(real: Any) -> Any:
    """What a worker that died had taken is not given back."""

    def recover(self: Queue) -> int:
        return 0

    return recover


CLEAR_ALL_OF_ROOM_DAY = text(
    "DELETE FROM STT_ECHO_REFRESH WHERE (ROOMID, LESSON_DATE) IN"
    " (SELECT ROOMID, LESSON_DATE FROM STT_ECHO_REFRESH WHERE ID = :id)"
)
HOLD_FOR_ANY_PAUSE = text(
    "UPDATE STT_ECHO_DIRTY SET HELD_BY = :pause WHERE LESSON_DATE = :date AND ROOMID = :room AND MARK = :mark"
)
L_SINCE_IT_WAS_WRITTEN = text("UPDATE STT_ECHO_INTENT SET GIVEN_UP = WRITTEN WHERE GIVEN_UP IS NULL")

RULES = (
    Mutant(
        "only_where_it_went",
        "decisions: an unanswered intent names the external id",
        "after L lists only where the request went",
        only_where_it_went,
        ("late", "kills and lateness"),
    ),
    Mutant(
        "skipped_is_clean",
        "decisions: clean means done",
        "forgets what was skipped in a plan",
        wrapped(Places, "mark_refresh", skipped_is_clean),
        test="tests/worker/test_unclear.py::test_both_places_of_what_was_skipped_are_looked_at",
        escapes="what made it wait has a mark of its own, and what touches is planned together",
    ),
    Mutant(
        "refused_movers_stay",
        "decisions: a move refused for good is followed by a DELETE",
        "leaves the schedule in the old place",
        wrapped(snapshot, "make_plan", refused_movers_stay),
        ("refused",),
    ),
    Mutant(
        "refused_compete",
        "decisions: refused content does not compete meanwhile",
        "keeps a room for a lesson that Echo360 refused",
        wrapped(snapshot, "make_plan", refused_compete),
        ("refused",),
    ),
    Mutant(
        "refusals_forgotten",
        "decisions: a definite failure is remembered",
        "sends what was refused again and again",
        replaced((Journal, "remember_refusals", does_nothing)),
        ("refused",),
    ),
    Mutant(
        "rooms_stay_open",
        "design 4.10: the rest of a room without recorder waits",
        "plans bookings in a room that has no recorder",
        replaced((Places, "closed_rooms", lambda self: {})),
        ("no recorder",),
    ),
    Mutant(
        "decisions_anyway",
        "decisions: a decision counts only where all its lessons stand as they stood when it was made",
        "counts decisions wherever their lessons are now",
        replaced((decisions, "seat_of", lambda lesson: mock.ANY)),
        ("decisions",),
    ),
    Mutant(
        "created_again_at_once",
        "decisions: after an unanswered create nothing creates that key before L",
        "makes reference data again while the first try may still appear",
        replaced((Supplier, "_check_nothing_late", does_nothing)),
        ("reference",),
    ),
    Mutant(
        "no_obstacles",
        "decisions: obstacles belong in the projection",
        "plans as if nobody else booked rooms",
        wrapped(staying, "ground_of", no_obstacles),
        ("strangers", "clashes"),
    ),
    Mutant(
        "begun_elsewhere",
        "decisions: an id frozen elsewhere is left out",
        "makes a lesson anew whose recording has begun elsewhere",
        wrapped(staying, "ground_of", begun_elsewhere_is_made_anew),
        ("near",),
    ),
    Mutant(
        "never_too_late",
        "decisions: the frozen test is repeated right before the write",
        "sends what began while it waited",
        wrapped(Gate, "check", never_too_late),
        ("near",),
    ),
    Mutant(
        "lead_under_l",
        "decisions: the lead time is at least L",
        "sends what may take effect only after its lesson has begun",
        replaced((stored_settings, "least_lead", lambda late_s: 0)),
        test="tests/worker/test_begun.py::test_what_is_changed_right_before_its_start_is_not_moved_away_after_it",
        escapes="L is 2 s in the histories, and the shortest lead time there a minute",
    ),
    Mutant(
        "known_after_l",
        "decisions: the frozen test is repeated right before the write",
        "takes for known after L what a killed worker had moved, before its room was listed",
        replaced((Tries, "not_looked_at", lambda _self, _ids, _today: set())),
        ("near",),
        test="tests/worker/test_begun.py::"
        "test_what_a_killed_worker_moved_nearer_is_left_alone_until_its_room_was_listed",
        escapes="the lesson must begin after L and before a listing: it takes a kill, few calls and bad luck",
    ),
    Mutant(
        "too_late_is_remembered",
        "decisions: only a definite failure is remembered",
        "never makes what could not be moved any more: it stays away although its new time is far ahead",
        wrapped(Gate, "check", too_late_is_remembered),
        ("near",),
        test="tests/worker/test_begun.py::test_what_moves_away_and_begins_before_its_turn_is_made_anew",
        escapes='it takes an edit within seconds of the lead time: 1 history of "near" in 400 shows it',
    ),
    Mutant(
        "foreign_never_leave",
        "decisions: a foreign schedule leaves and nobody tells",
        "does not list rooms again where a foreign schedule was in the way",
        replaced((Housekeeper, "foreign", waits_for_nothing)),
        ("cancelled",),
    ),
    Mutant(
        "people_forgotten",
        "decisions: missing persons are a stored list that the projection reads",
        "tries unknown presenters again each time",
        replaced((Journal, "missing_people", does_nothing)),
        ("people", "clean"),
    ),
    Mutant(
        "refresh_marks_together",
        "decisions: an earlier refresh never clears a later mark",
        "clears all refresh marks of a room-day with one",
        replaced((places, "_CLEAR_REFRESH", CLEAR_ALL_OF_ROOM_DAY)),
        ("late and listed",),
    ),
    Mutant(
        "marks_go_at_once",
        "decisions: marks are cleared only in the plan's last transaction",
        "clears marks when a plan is launched",
        wrapped(Planner, "_launch", marks_go_at_once),
        ("kills",),
    ),
    Mutant(
        "held_for_any_pause",
        "decisions: what is held is recorded in a transaction that checks that the pause still stands",
        "holds for a pause that was lifted meanwhile",
        replaced((places, "_HOLD", HOLD_FOR_ANY_PAUSE)),
        ("pauses",),
    ),
    Mutant(
        "held_is_skipped",
        "decisions: whatever waits for a held request is held too",
        "skips what waits for a held request",
        wrapped(Work, "record", held_is_skipped),
        test="tests/worker/test_pauses.py::test_what_waits_for_a_held_request_waits_as_well_and_its_room_is_not_listed",
        escapes="what was skipped is listed and planned again, and held then; what touches is one plan",
    ),
    Mutant(
        "no_sweep",
        "decisions: the local sweep",
        "never compares the projection with the mirror by itself",
        replaced((Housekeeper, "sweep", waits_for_nothing)),
        ("unseen edits",),
    ),
    Mutant(
        "no_growing_wait",
        "decisions: a surprise that is not explained doubles the wait",
        "lists again at once after each unexplained clash",
        replaced((settle, "SURPRISE_WAIT_S", 0.0)),
        test="tests/worker/test_clashes.py"
        "::test_a_clash_that_a_fresh_listing_does_not_explain_is_left_alone_for_longer_each_time",
        escapes="the caps of single requests (H1) keep what is tried again within bounds as well",
    ),
    Mutant(
        "l_since_it_was_written",
        "decisions: L counts from takeover",
        "counts L from when an orphan's intent was written",
        replaced((journal, "_ORPHAN", L_SINCE_IT_WAS_WRITTEN)),
        test="tests/worker/test_takeover.py"
        "::test_a_late_request_of_a_dead_worker_is_waited_for_from_the_takeover_on",
        escapes="the lease of the histories outlives L, so nothing is late any more when another takes over",
    ),
    Mutant(
        "mirror_not_asked",
        "decisions: expansion and week sets count where the mirror has the lesson",
        "expands an entry without looking into the mirror",
        wrapped(expand._Reading, "__init__", seen_by_no_mirror),
        test="tests/worker/test_quiet_edits.py::test_a_week_that_the_week_set_lost_goes_with_the_lessons_next_edit",
        escapes="the sweep finds within ten minutes what an entry did not lead to",
    ),
    Mutant(
        "lost_entries",
        "decisions: IN_PROGRESS goes back to UNPROCESSED after a crash (Q1)",
        "leaves what a dead worker had taken",
        wrapped(Queue, "recover", lost_entries),
        ("kills",),
    ),
    Mutant(
        "no_first_listing",
        "decisions: a database whose mirror was never complete lists everything before its first plan",
        "believes an empty mirror",
        replaced((Mirror, "complete", lambda self: True)),
        ("kills",),
    ),
    Mutant(
        "no_seniority",
        "decisions: SENIORITY",
        "does not remember since when a lesson has its room",
        replaced((Queue, "set_seniority", does_nothing)),
        ("clean", "clashes"),
    ),
    Mutant(
        "ignore_without_overlaps",
        "decisions: ignore leaves out every lesson with an overlap",
        "records all lessons that overlap under ignore",
        replaced((projection, "clashing", lambda units, turnaround: {})),
        ("clean",),
    ),
    Mutant(
        "no_stray_marks",
        "second defence: waiting notifications that nothing leads to are marked",
        "does not look for notifications without a mark",
        replaced((Queue, "stray", finds_nothing)),
        ("people",),
    ),
)
