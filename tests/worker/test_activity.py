"""From where: each action is kept with the machine it was asked for on, each call with the one that sent it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.activity import LEAD, WORKER, ActivityLine, ShowActivity
from echodesk.errors import WrongUse
from echodesk.worker.activity import activity
from echodesk.worker.control import as_args, from_args, machine_in
from tests.worker.test_takeover import leads, two_workers
from tests.worker.world import World

Worlds = Callable[..., World]


def done(w: World, *actions: str) -> list[ActivityLine]:
    """What was done of these kinds, the oldest first."""
    found = w.look(lambda books: activity(books, ShowActivity(actions=actions)))
    return list(reversed(found.lines))


def test_an_action_is_from_the_window_in_which_it_was_asked_for_whoever_sends(world: Worlds) -> None:
    w, first, second = two_workers(world)
    first.ask(messages.Pause("exams", "ann"))
    w.until(lambda: len(done(w, "PAUSE")) == 1)
    second.ask(messages.Resume("bo"))
    w.until(lambda: len(done(w, "RESUME")) == 1)
    assert first.name != second.name
    assert [(line.who, line.machine) for line in done(w, "PAUSE", "RESUME")] == [
        ("ann", first.name),
        ("bo", second.name),
    ]


def test_a_call_is_from_the_machine_that_sent_it(world: Worlds) -> None:
    w, first, second = two_workers(world)
    first.stop()
    w.until(lambda: leads(second))
    w.lesson(2, room="R2")
    w.settle()
    assert [(line.who, line.machine) for line in done(w, LEAD)] == [(WORKER, first.name), (WORKER, second.name)]
    made = {line.external_id.partition("-")[0]: line.machine for line in done(w, "POST") if line.external_id}
    assert made == {"1": first.name, "2": second.name}


def test_the_machine_travels_with_the_command_and_is_no_part_of_it() -> None:
    command = messages.Pause("exams", "ann")
    kind, args = as_args(command, "PC-17")
    assert from_args(kind, args) == command
    assert machine_in(args) == "PC-17"
    assert machine_in(as_args(command)[1]) == ""
    with pytest.raises(WrongUse):
        from_args("Resume", '{"by":"ann","machine":7}')
