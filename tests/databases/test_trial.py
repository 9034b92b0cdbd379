"""The short list of `database verify` is right: every engine of the contract enters what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from echodesk.store.database import Database
from echodesk.store.trial_steps import BEGINS, STEPS, prepare, taken
from tests.databases.cmis import Cmis


@pytest.fixture
def empty(database: Database) -> Database:
    """Without the year of the other tests."""
    with database.engine.begin() as connection:
        cmis = Cmis(connection)
        for table in ("stt_component_type", "stt_ext_person"):
            cmis.delete(table)
    prepare(database)
    return database


def test_every_step_enters_what_it_says(empty: Database) -> None:
    said = [(step.what, taken(empty, step)) for step in STEPS]
    assert dict(one for one in said if one[1]) == {}


def test_what_is_entered_otherwise_is_told(empty: Database) -> None:
    first = STEPS[1]
    assert "should have been" in taken(empty, replace(first, entries=(BEGINS,)))
