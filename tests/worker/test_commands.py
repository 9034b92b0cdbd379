"""Commands as they are written down for another process, and what of them cannot be understood."""

from __future__ import annotations

import pytest

from echodesk.errors import EchoDeskError, NothingDone, WrongUse
from echodesk.messages import CommandDone, Pause, Refresh, Resume, Scope
from echodesk.worker.control import Asked, answered, as_args, done_text, failed_text, from_args
from tests.worker.campus import day
from tests.worker.test_pauses import Worlds


@pytest.mark.parametrize(
    "command", [Refresh("ann", "R1", "2030-09-09"), Resume("ann", (1, 2)), Pause("exams", "bo")]
)
def test_a_command_comes_back_as_it_was_written(command: Asked) -> None:
    assert from_args(*as_args(command)) == command


@pytest.mark.parametrize(
    ("kind", "args"),
    [("Dance", "{}"), ("Retry", "not json"), ("Refresh", "{}"), ("Pause", '{"reason":1,"by":"bo"}')],
)
def test_what_cannot_be_understood_is_refused_with_what_to_do(kind: str, args: str) -> None:
    with pytest.raises(WrongUse) as refused:
        from_args(kind, args)
    assert refused.value.next_step != ""


def test_an_answer_means_the_same_on_the_other_side() -> None:
    assert answered("DONE", done_text(CommandDone("Done.", 3))) == CommandDone("Done.", 3)
    for problem in (WrongUse("a", "b", "c"), NothingDone("a", "b", "c"), EchoDeskError("a", "b", "c")):
        with pytest.raises(type(problem)) as raised:
            answered("FAILED", failed_text(problem))
        assert (raised.value.title, raised.value.message, raised.value.next_step) == ("a", "b", "c")


@pytest.mark.parametrize("answer", ["", "null", "[]", '{"text":', '["a","b"]'])
@pytest.mark.parametrize("state", ["DONE", "FAILED"])
def test_an_answer_of_another_version_is_told_as_that(state: str, answer: str) -> None:
    with pytest.raises(EchoDeskError, match="cannot be understood"):
        answered(state, answer)


@pytest.mark.parametrize(
    "command",
    [
        Refresh("ann", "R1", "the ninth"),
        Refresh("ann", "R1", "2030-13-01"),
        Pause("exams", "ann", Scope(first="soon")),
        Pause("exams", "ann", until="tomorrow"),
        Pause("exams", "ann", until="2030-09-09T10:00:00"),
    ],
)
def test_dates_and_times_that_cannot_be_read_are_refused(world: Worlds, command: Asked) -> None:
    w = world()
    w.settle()
    before = w.sql("SELECT count(*) FROM STT_ECHO_PAUSE")
    with pytest.raises(WrongUse):
        w.ask(command)
    assert w.sql("SELECT count(*) FROM STT_ECHO_PAUSE") == before
    assert w.pending().quiet
    w.ask(Refresh("ann", "R1", day(2).isoformat()))
