"""People whom Echo360 did not know are looked for again, and nothing else waits for that (reliability A1, U1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.simulator.seed import Seed, SeedUser, plant
from echodesk.simulator.wire import json_response
from echodesk.worker.control import as_args
from echodesk.worker.people import PEOPLE_S
from tests.worker.campus import PEOPLE
from tests.worker.wire import answering
from tests.worker.world import World

Worlds = Callable[..., World]
LONG_AGO = "2029-01-01T00:00:00.000Z"
BEFORE_THE_SEARCH_S = 50.0


def unknown(w: World, people: int) -> None:
    """So many people were unknown to Echo360 long ago; the search for them is near."""
    for number in range(people):
        w.sql(
            "INSERT INTO STT_ECHO_MISSING_PERSON VALUES (:email, :then, :then)",
            email=f"p{number}@example.ac.uk",
            then=LONG_AGO,
        )
    w.pass_time(BEFORE_THE_SEARCH_S)


def still_due(w: World) -> int:
    return int(w.sql("SELECT count(*) FROM STT_ECHO_MISSING_PERSON WHERE CHECKED = :then", then=LONG_AGO)[0][0])


def test_a_pause_of_another_program_is_heard_while_echo360_asks_to_wait(world: Worlds) -> None:
    w = world()
    w.settle()
    unknown(w, 1)
    w.wire.interfere = answering("POST", json_response(429, {"error": "TooMany"}, (("retry-after", "600"),)), 1)
    w.lesson(1)
    w.pass_time(30.0)
    kind, args = as_args(messages.Pause("exams", "bob"))
    w.office.write(lambda books: books.office.post_command(kind, args, "bob"))
    w.pass_time(10.0)
    assert w.sql("SELECT STATE FROM STT_ECHO_COMMAND") == [("DONE",)]
    w.resume()
    w.pass_time(1_500.0)
    assert still_due(w) == 0, "the search goes on once Echo360 is well"


def test_edits_are_read_and_quitting_is_quick_while_many_people_are_looked_for(world: Worlds) -> None:
    w = world(calls_per_minute=60)
    w.settle()
    unknown(w, 60)
    w.pass_time(15.0)
    assert 0 < still_due(w) < 60, "the story needs a search under way"
    w.lesson(1)
    w.pass_time(8.0)
    assert w.notifications(1) == ["SUCCESS"]
    began = w.loop.now
    w.stop()
    assert w.loop.now - began <= 3.0
    assert still_due(w) > 0
    w.restart()
    w.pass_time(1_500.0)
    assert still_due(w) == 0
    assert PEOPLE_S > 1_500.0, "each was looked for once"
    assert w.sql("SELECT count(*) FROM STT_ECHO_AUDIT WHERE WHY LIKE 'looking for %'") == [(60,)]


@pytest.mark.parametrize("lecturer", ["P9", "P9 "])
def test_who_is_found_while_a_lesson_of_theirs_is_on_its_way_is_its_presenter(
    world: Worlds, lecturer: str
) -> None:
    w = world()
    w.lesson(1, lecturer=lecturer)
    w.settle()
    user = SeedUser(email=PEOPLE["P9"], first_name="No", last_name="Body")
    plant(w.institution, Seed(users=(user,)))
    w.wire.latency_s = 3.0
    w.lesson(2, lecturer=lecturer, room="R2")
    w.until(lambda: bool(w.sql("SELECT 1 FROM STT_ECHO_INTENT")))
    w.ask(messages.LookForPeople("ann"))
    w.pass_time(70.0)
    assert {one.presenter for one in w.schedules().values()} == {PEOPLE["P9"]}
