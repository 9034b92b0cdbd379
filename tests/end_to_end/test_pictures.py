"""Pictures of the demonstration as a person takes them: an office's ordinary bad day, with every page."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from echodesk.paths import DATABASE
from tests.demo.csv_folder import HEADING, write_folder
from tests.end_to_end.programs import echodesk, environment

LESSONS = HEADING + (
    "a1,ENGL1003,LC01,l1,B1 Hall,1,09:00,10:00,1 2 3\n"
    "a2,MATH2,TU03,l7,B2-7,5,10:30,12:00,1\n"
    "a3,MATH2,TU03,l7,X.9,2,10:30,12:00,1 2\n"
)
"""The room of a2 has no recorder, a1 is booked by hand, and something is in the way of a3 in its first week."""
BY_OTHERS = "SELECT count(*) FROM STT_ECHO_MIRROR WHERE OURS = 0"
OURS = "SELECT count(*) FROM STT_ECHO_MIRROR WHERE OURS = 1"
FAILED = "SELECT count(*) FROM STT_ECHO_NOTIFICATION WHERE STATUS = 'FAILED'"
IN_CONFLICT = "SELECT count(*) FROM STT_ECHO_NOTIFICATION WHERE STATUS = 'IN_CONFLICT'"
TO_ADOPT = "SELECT count(*) FROM STT_ECHO_BATCH_STEP WHERE WHY = 'adopted'"
QUERIES = (BY_OTHERS, OURS, FAILED, IN_CONFLICT, TO_ADOPT)


@pytest.mark.slow
@pytest.mark.parametrize("named", [True, False], ids=["a folder", "no folder"])
def test_pictures_show_what_failed_what_others_booked_and_a_plan(tmp_path: Path, named: bool) -> None:
    made, data, timetable = tmp_path / "temporary", tmp_path / "data", tmp_path / "csv"
    made.mkdir()
    timetable.mkdir()
    write_folder(timetable, lessons=LESSONS)
    own = tmp_path / "home"
    around = {**environment(), "QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(made), "HOME": str(own)}
    around["XDG_DATA_HOME"] = str(own)

    ended = echodesk(
        *("demo", "--screenshots", tmp_path / "pictures", "--timetable", timetable, "--edits-per-minute", 0),
        *(("--data", data) if named else ()),
        env=around,
    )

    assert ended.code == 0, ended.err
    assert len(list((tmp_path / "pictures").glob("*.png"))) == 9
    assert list(made.iterdir()) == []
    if named:
        with closing(sqlite3.connect(data / DATABASE)) as database:
            found = [database.execute(query).fetchone()[0] for query in QUERIES]
        assert found == [4, 1, 1, 4, 3]
    else:
        assert not list(own.rglob(DATABASE)), "the demonstration that people look at stays as it is"
