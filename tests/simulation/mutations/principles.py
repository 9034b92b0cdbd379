"""Without one of the principles of design §3."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest import mock

from sqlalchemy import text

from echodesk.capture.client import Echo360
from echodesk.capture.signin import SignIn
from echodesk.planning import order, plan
from echodesk.planning.answers import Listing, NotAllowed, Reply, Wait
from echodesk.planning.order import Arrangement
from echodesk.planning.values import Occurrence
from echodesk.store import journal, places
from echodesk.store.journal import Journal
from echodesk.store.office import Office
from echodesk.store.queue import Queue
from echodesk.worker import expand, snapshot
from echodesk.worker.gate import Gate
from tests.simulation.mutations.tools import (
    Mutant,
    both,
    does_nothing,
    finds_nothing,
    replaced,
    waits_for_nothing,
    wrapped,
)

MOST_WEEKS = 60


def sign_ins_take_no_turn(real: Any) -> Any:
    async def grant(self: SignIn, form: dict[str, str]) -> Any:
        free = SimpleNamespace(turn=waits_for_nothing, hold=self._budget.hold)
        with mock.patch.object(self, "_budget", free):
            return await real(self, form)

    return grant


@contextmanager
def stored_values() -> Iterator[None]:
    """The lesson as it was when its queue entry was read is what is sent, not the lesson as it is now."""
    stored: dict[str, Occurrence] = {}
    real_expand, real_add = expand.expand, snapshot._add_lessons

    def and_stores(books: Any, entries: Any, today: Any) -> int:
        made = real_expand(books, entries, today)
        keys = [(one.setid, one.slotid, week) for one in entries for week in range(1, MOST_WEEKS)]
        for occurrence in books.timetable.occurrences_of(keys)[0]:
            stored.setdefault(occurrence.external_id, occurrence)
        return made

    def from_the_store(picture: Any, occurrences: Any, unfit: Any) -> None:
        real_add(picture, [stored.pop(one.external_id, one) for one in occurrences], unfit)

    with (
        mock.patch("echodesk.worker.planner.expand", and_stores),
        mock.patch.object(snapshot, "_add_lessons", from_the_store),
    ):
        yield


def an_edit_behind(real: Any) -> Any:
    """Every other plan takes a lesson as it was before its last edit, as from a copy of the database that lags."""
    last: dict[str, tuple[Occurrence, Occurrence]] = {}
    lags = [False]

    def add_lessons(picture: Any, occurrences: Any, unfit: Any) -> None:
        found = list(occurrences)
        for one in found:
            before, known = last.get(one.external_id, (one, one))
            last[one.external_id] = (before, known) if one == known else (known, one)
        lags[0] = not lags[0]
        real(picture, [last[one.external_id][0] for one in found] if lags[0] else found, unfit)

    return add_lessons


def no_links(real: Any) -> Any:
    def link(picture: Any) -> set[Any]:
        return set()

    return link


def one_place_is_marked(real: Any) -> Any:
    """Only where a lesson is now, or where it was if it is nowhere."""

    def marked(self: Any, entry: Any, made: Any) -> set[Any]:
        return {place for one in made if (place := one.new or one.old) is not None and place.date >= self._today}

    return marked


def losers_stay_away(real: Any) -> Any:
    """Who is not mentioned by an edit and stands nowhere is not looked at again."""

    def work(share: Any, refusals: Any, rules: Any, now: Any, refreshed: bool, *more: Any) -> Any:
        standing = {one.external_id for one in share.standing}
        mentioned = {one.external_id for one in share.waiting} | standing
        kept = [one for one in share.occurrences if one.external_id in mentioned]
        return real(dataclasses.replace(share, occurrences=kept), refusals, rules, now, refreshed, *more)

    return work


def in_any_order(changes: Any, not_before: Any) -> Arrangement:
    """New bookings first, and nothing waits for anything."""
    asides = {at for at, change in enumerate(changes) if change.aside}
    steps, _after = order._steps(changes, {}, asides, not_before)
    steps.sort(key=lambda step: (step.method.value != "POST", step.starts, step.external_id))
    return Arrangement(order._requests(steps, {}), 0, 0)


def forgotten_intents(real: Callable[..., None]) -> Any:
    def give_up(self: Journal, ids: Any) -> None:
        self.clear_intents(ids)

    return give_up


def forgotten_orphans(real: Any) -> Any:
    def orphan_all(self: Journal) -> int:
        open_now = [one.id for one in self.intents_open()]
        self.clear_intents(open_now)
        return len(open_now)

    return orphan_all


def by_number(real: Any) -> Any:
    """Only entries newer than the newest that was ever taken."""
    newest = [0]

    def claim(self: Queue, *how: Any, **wishes: Any) -> Sequence[Any]:
        found = [one for one in real(self, *how, **wishes) if one.id > newest[0]]
        newest[0] = max([newest[0], *(one.id for one in found)])
        return found

    return claim


def whatever_was_listed(real: Any) -> Any:
    """A listing that failed counts as the listing of an empty room."""

    async def list_room(self: Echo360, room: str) -> Reply[Any]:
        reply: Reply[Any] = await real(self, room)
        if isinstance(reply.answer, Wait | NotAllowed) or reply.answer.complete:
            return reply
        return Reply(Listing(reply.answer.standing, complete=True), reply.exchanges)

    return list_room


MARK_OF_ANY_NUMBER = text(
    "DELETE FROM STT_ECHO_DIRTY WHERE (LESSON_DATE, ROOMID) IN"
    " (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:marks))"
)
ORPHANS_OF_ONE_EPOCH = text(
    "UPDATE STT_ECHO_INTENT SET GIVEN_UP = strftime('%Y-%m-%dT%H:%M:%fZ') WHERE GIVEN_UP IS NULL AND ID < 0"
)

PRINCIPLES = (
    Mutant(
        "stored_values",
        "principle 1: level, not edge",
        "sends what the queue entry saw",
        stored_values,
        ("in between", "kills", "rotations"),
    ),
    Mutant(
        "an_edit_behind",
        "principle 1: the timetable as committed now (reliability Q3)",
        "makes every other plan of the timetable as it was an edit ago",
        wrapped(snapshot, "_add_lessons", an_edit_behind),
        ("clean", "rotations"),
    ),
    Mutant(
        "one_place",
        "principle 2: a move touches two room-days",
        "marks and plans only the room-day where the lesson is now",
        both(
            wrapped(snapshot, "_link", no_links),
            wrapped(expand._Reading, "places", one_place_is_marked),
        ),
        ("clean", "together"),
    ),
    Mutant(
        "no_links",
        "principle 2: both room-days of a move are planned together",
        "plans each room-day by itself",
        wrapped(snapshot, "_link", no_links),
        ("clean", "rotations", "late"),
    ),
    Mutant(
        "losers_stay_away",
        "principle 3: the loser comes back",
        "does not look at lessons that no edit mentions",
        wrapped(snapshot, "_work", losers_stay_away),
        ("clean", "decisions", "together"),
    ),
    Mutant(
        "no_order",
        "principle 4: plans are ordered",
        "sends a plan's requests in any order",
        replaced((plan, "arrange", in_any_order)),
        ("rotations", "clean"),
    ),
    Mutant(
        "no_intents",
        "principle 5: intent before the wire",
        "forgets a request whose answer did not come",
        both(
            wrapped(Journal, "give_up", forgotten_intents),
            wrapped(Journal, "orphan_all", forgotten_orphans),
        ),
        ("late", "kills and lateness", "lost"),
    ),
    Mutant(
        "intents_at_once",
        "principle 5: not before the request can no longer take effect",
        "refreshes at once after an unclear answer",
        replaced(
            (
                journal,
                "_OVERDUE",
                text(
                    "SELECT ID, METHOD, EXTERNAL_ID, PLACES FROM STT_ECHO_INTENT"
                    " WHERE GIVEN_UP IS NOT NULL AND :late <> '' ORDER BY ID"
                ),
            )
        ),
        ("late", "kills and lateness"),
    ),
    Mutant(
        "no_orphans",
        "principle 5: an orphaned intent makes its room-days dirty",
        "leaves the intents of a worker that died as they are",
        replaced((journal, "_ORPHAN", ORPHANS_OF_ONE_EPOCH)),
        ("kills",),
    ),
    Mutant(
        "by_number",
        "principle 6: poll by status",
        "takes only entries newer than the newest it took",
        wrapped(Queue, "claim", by_number),
        ("kills",),
    ),
    Mutant(
        "mark_of_any_number",
        "principle 7: a plan clears only the mark that it read",
        "clears a room-day's mark whatever happened meanwhile (and has no second defence)",
        replaced((places, "_CLEAR", MARK_OF_ANY_NUMBER), (Queue, "stray", finds_nothing)),
        ("in between", "kills"),
    ),
    Mutant(
        "whatever_was_listed",
        "principle 8: nothing for want of evidence",
        "takes a listing that failed for an empty room",
        wrapped(Echo360, "list_room", whatever_was_listed),
        test="tests/worker/test_resync.py::test_an_incomplete_listing_removes_nothing",
        escapes="what seems to be gone is made again, exists, and is read: it costs calls and harms nothing",
    ),
    Mutant(
        "no_epochs",
        "principle 9: only one worker writes",
        "neither checks the epoch of its writes nor the age of its lease",
        both(
            replaced((Office, "guard", does_nothing)),
            replaced((Gate, "trusted", lambda self: True)),
        ),
        ("frozen", "asleep"),
    ),
    Mutant(
        "no_budget",
        "principle 10: the call limit",
        "sends as fast as it can",
        replaced((Echo360, "turn", waits_for_nothing)),
        ("limits",),
    ),
    Mutant(
        "sign_ins_take_no_turn",
        "principle 10: sign-ins share the call limit (reliability H9)",
        "signs in beside the call limit",
        wrapped(SignIn, "_grant", sign_ins_take_no_turn),
        ("slow sign-in",),
    ),
)
