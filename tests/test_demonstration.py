"""What a headless demonstration hears of its worker."""

from __future__ import annotations

import pytest

from echodesk.demonstration import Heard
from echodesk.messages import EngineState, Level, Notice, Phase


def state(database: str, echo360: str) -> EngineState:
    return EngineState(Phase.SENDING, "Ann", True, (), database, echo360)


@pytest.mark.parametrize(
    ("database", "echo360", "heard"),
    [("", "", ""), ("The disk is full.", "", "The disk is full."), ("", "No answer.", "No answer.")],
)
def test_what_keeps_the_worker_from_its_work_is_remembered_until_it_is_over(
    database: str, echo360: str, heard: str
) -> None:
    ears = Heard()
    ears.post(state(database, echo360))
    assert ears.trouble == heard
    ears.post(state("", ""))
    assert ears.trouble == ""


def test_what_a_person_should_hear_once_is_kept_for_the_log() -> None:
    ears = Heard()
    ears.post(Notice(Level.WARNING, "title", "The worker began anew.", "next"))
    assert (ears.failures, ears.trouble) == (["The worker began anew."], "")
