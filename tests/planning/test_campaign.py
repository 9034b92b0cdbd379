"""The campaign counts what it held, and finds what is wrong."""

from __future__ import annotations

import random

import pytest

from echodesk.planning.values import Situation
from tests.planning import campaign


def test_every_property_is_held_against_every_example() -> None:
    found = campaign.hold(1, 20)
    assert found.violated == []
    assert found.examples == 20
    assert set(found.held.values()) == {20}
    assert found.held.keys() == campaign.PROPERTIES.keys()


def test_a_violation_is_counted_once_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def few_lessons(situation: Situation, chance: random.Random) -> None:
        assert len(situation.occurrences) < 3

    monkeypatch.setitem(campaign.PROPERTIES, "few_lessons", few_lessons)
    (violated,) = campaign.hold(1, 60).violated
    assert (violated["property"], violated["seed"]) == ("few_lessons", 1)
    assert "situation=" in str(violated["text"])
