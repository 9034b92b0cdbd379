"""What is too late today is looked up every second: by index, however long the tables are."""

from __future__ import annotations

import pytest
from sqlalchemy import TextClause, text

from echodesk.main import Office
from echodesk.store.too_late import LEFT_OUT, UPDATES


@pytest.mark.parametrize("opener", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("asked", "index"), [(LEFT_OUT, "LEFT_OUT_REASON"), (UPDATES, "NOTIFICATION_STATUS")])
def test_it_is_read_by_index_not_by_looking_at_everything(office: Office, asked: TextClause, index: str) -> None:
    values = {"reasons": "[]", "today": ""}
    with office.database.engine.begin() as connection:
        plan = [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {asked.text}"), values)]
    assert not [
        step for step in plan if step.split()[0] == "SCAN" and step.split()[1] in ("o", "t", "m", "n", "l")
    ]
    assert any(f"STT_ECHO_{index}" in step for step in plan), plan
