"""How full the timetable is: what the safety stop about a broken timetable compares (design §4.12)."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from echodesk.timetable import statements
from tests.databases.cmis import OTHER_SETID, SETID, Cmis, fill, go_live
from tests.timetable.conftest import Reading


@pytest.fixture
def full(cmis: Cmis) -> Cmis:
    """Two lessons that could be recorded, and a live year without any."""
    fill(cmis, OTHER_SETID)
    go_live(cmis, OTHER_SETID)
    cmis.lesson()
    cmis.lesson(slotid=2)
    return cmis


def test_every_live_year_is_counted(full: Cmis, reading: Reading) -> None:
    assert reading().sizes() == {SETID: 2, OTHER_SETID: 0}
    assert reading().any_lesson()
    full.update("stt_echo_set", {"setid": SETID}, live=0)
    assert reading().sizes() == {OTHER_SETID: 0}
    full.delete("timetable")
    assert not reading().any_lesson()


@pytest.mark.parametrize("table", ["timetable", "weekmapnumeric", "roomfeatures", "roomrequests", "modulegroups"])
def test_an_empty_table_leaves_no_lesson(full: Cmis, reading: Reading, table: str) -> None:
    full.delete(table, setid=SETID)
    assert reading().sizes()[SETID] == 0


@pytest.mark.parametrize("values", [{"status": 1}, {"sourcesid": "EXAM"}, {"slotentry": 2}], ids=str)
def test_a_row_that_is_no_lesson_does_not_count(
    full: Cmis, reading: Reading, values: dict[str, int | str | None]
) -> None:
    full.update("timetable", {"setid": SETID, "slotid": 2}, **values)
    assert reading().sizes()[SETID] == 1


def test_spaces_do_not_count(full: Cmis, reading: Reading) -> None:
    full.update("timetable", {"setid": SETID, "slotid": 2}, setid=f"{SETID} ", sourcesid="TEACH ")
    assert reading().sizes()[SETID] == 2


def test_the_count_walks_through_no_table_but_the_years(full: Cmis) -> None:
    plan = full.conn.execute(text(f"EXPLAIN QUERY PLAN {statements.SIZES.text}"))
    assert [row[3] for row in plan if row[3].startswith("SCAN")] == ["SCAN S"]
