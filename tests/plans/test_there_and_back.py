"""A share of the random batches; `python -m tests.plans` plays a thousand."""

from __future__ import annotations

import json

import pytest

from echodesk.errors import NothingDone
from tests.plans.__main__ import main
from tests.plans.batches import _Batch, some


@pytest.mark.parametrize("start", [1, 11, 21])
def test_what_is_applied_and_taken_back_leaves_echo360_as_it_was(start: int) -> None:
    played = some(range(start, start + 10))
    assert [(one.seed, one.wrong) for one in played if one.wrong] == []
    assert sum(one.calls for one in played) > 50
    assert any(one.kills for one in played)


@pytest.mark.parametrize("seed", [312, 328, 756, 791, 888, 958])
def test_what_went_wrong_once(seed: int) -> None:
    assert some([seed])[0].wrong == []


def test_a_batch_that_is_refused_is_told_as_wrong_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(batch: _Batch, _number: int) -> None:
        raise NothingDone("A later plan comes first", "Plan 2 did.", f"Seed {batch.played.seed}.")

    monkeypatch.setattr(_Batch, "_taken_back", refused)
    found = some([5, 6])
    assert [one.wrong for one in found] == [["NothingDone: A later plan comes first: Plan 2 did."]] * 2


def test_the_command_says_how_many_and_what_went_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--batches", "2", "--seed", "5", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["batches"], found["wrong"]) == (2, [])
    assert found["calls"] > 0
