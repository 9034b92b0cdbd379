"""The demonstration's command on a small timetable, and what the commands then say of it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from echodesk.paths import DATABASE
from tests.cli.conftest import CLASHING, HALL, LESSONS, ROOMLESS, SMALL, Run, Said, alone, content
from tests.demo.csv_folder import MODULES, ROOMS, WEEKS, lesson, write_folder


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, csv_folder: Path) -> tuple[Path, Said]:
    """A demonstration that was run to its end, and what it said. Read only."""
    folder = tmp_path_factory.mktemp("done")
    said = alone(
        *("demo", "--headless", "--until-quiet", "--json", "--timeout", 60),
        *("--data", folder, "--timetable", csv_folder),
    )
    return folder, said


def test_the_report_of_a_demonstration(done: tuple[Path, Said]) -> None:
    folder, said = done
    assert (said.code, said.err) == (0, "")
    report = said.json
    assert (folder / DATABASE).exists()
    assert report["quiet"] is True
    assert (report["differences"], report["schedules"]) == (0, 5)
    assert report["queue"] == {"PROCESSED": 3}
    assert report["notifications"] == {"IN_CONFLICT": 2, "SUCCESS": 4}
    assert report["left_out"] == {"clash": 1, "too_long": 0, "unreadable": 0, "decision": 0}
    assert report["calls"]["POST"] >= 5
    assert report["seconds"] > 0


def test_the_status_after_it(run: Run, done: tuple[Path, Said]) -> None:
    status = run("status", "--data", done[0], "--json").json
    assert status["sending"] == {"holder": "", "phase": "", "since": "", "seconds_left": 0.0}
    assert status["pending"]["quiet"] is True
    assert status["queue"] == {"PROCESSED": 3}
    assert (status["schedules"], status["not_recorded"], status["left_out"]) == (5, 1, {"clash": 1})
    assert status["calls"]["POST"] >= 5
    assert status["pauses"] == []


def test_the_status_in_the_office_s_words(run: Run, done: tuple[Path, Said]) -> None:
    text = run("status", "--data", done[0]).out
    for words in ("Sending", "nobody", "Timetable changes", "3 Done", "Not recorded", "1 Room clash"):
        assert words in text
    assert "PROCESSED" not in text


def test_why_a_lesson_is_recorded(run: Run, done: tuple[Path, Said]) -> None:
    (lesson_said,) = run("explain", HALL, "--data", done[0], "--json").json["lessons"]
    assert (lesson_said["slotid"], lesson_said["year_live"], lesson_said["eligible"]) == (HALL, True, True)
    assert (lesson_said["room"], lesson_said["times"]) == ("B1 Hall", "09:00-10:00")
    assert len(lesson_said["criteria"]) == 9
    assert all(one["passed"] for one in lesson_said["criteria"])
    assert [week["week"] for week in lesson_said["weeks"]] == [1, 2, 3]
    held = [week["in_echo360"] for week in lesson_said["weeks"] if week["in_echo360"]]
    assert {(one["room"], one["start"], one["finish"]) for one in held} == {("B1 Hall", "09:00", "10:00")}


def test_why_a_week_is_not_recorded(run: Run, done: tuple[Path, Said]) -> None:
    weeks = {
        week["external_id"]: week
        for slotid in (HALL, CLASHING)
        for week in run("explain", slotid, "--data", done[0], "--json").json["lessons"][0]["weeks"]
        if week["week"] == 2
    }
    (out,) = [week for week in weeks.values() if week["not_recorded"]]
    assert (out["status"], out["recorded"], out["not_recorded"]["reason"]) == ("IN_CONFLICT", "NO", "clash")
    assert out["in_echo360"] is None
    winner = weeks[out["winner"]]
    assert winner["external_id"] != out["external_id"]
    assert winner["recorded"] == "YES"

    text = run("explain", out["external_id"], "--data", done[0]).out
    assert f"not recorded: Room clash ({out['winner']} has the room)" in text
    assert winner["date"] in text


def test_what_is_looked_up_and_what_is_not_recorded(run: Run, done: tuple[Path, Said]) -> None:
    words = ("not-recorded", "--from", "2000-01-01", "--days", "400", "--data", done[0])
    assert run(*words, "--json").code == 0
    lessons = [
        lesson
        for slotid in (HALL, CLASHING)
        for lesson in run("lookup", slotid, "--from", "2000-01-01", "--data", done[0], "--json").json["lessons"]
    ]
    weeks = {week["external_id"]: week for lesson in lessons for week in lesson["weeks"]}
    assert {week["recorded"] for week in weeks.values()} == {"YES", "NO"}
    (out,) = [week for week in weeks.values() if week["recorded"] == "NO"]
    assert (out["cause"], out["in_echo360"]) == ("clash", "")
    assert out["why"].endswith("keeps the room at that time.")
    missed = run("not-recorded", "--from", out["date"], "--days", "1", "--data", done[0], "--json").json
    assert [one["external_id"] for one in missed["lessons"]] == [out["external_id"]]
    assert missed["causes"] == {"clash": 1}


def test_the_criterion_that_is_not_met(run: Run, done: tuple[Path, Said]) -> None:
    (said,) = run("explain", ROOMLESS, "--data", done[0], "--json").json["lessons"]
    assert not said["eligible"]
    assert {one["name"] for one in said["criteria"] if not one["passed"]} >= {"room", "offered"}
    text = run("explain", ROOMLESS, "--data", done[0]).out
    assert "NO   It has a room" in text


def test_one_week_by_its_external_id(run: Run, done: tuple[Path, Said]) -> None:
    (whole,) = run("explain", SMALL, "--data", done[0], "--json").json["lessons"]
    last = whole["weeks"][-1]
    (one,) = run("explain", last["external_id"], "--data", done[0], "--json").json["lessons"]
    assert one["weeks"] == [last]


def test_a_lesson_that_the_timetable_has_no_more(run: Run, done: tuple[Path, Said], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(done[0], tmp_path / "data"))
    with closing(sqlite3.connect(folder / DATABASE)) as connection, connection:
        connection.execute("DELETE FROM TIMETABLE WHERE SLOTID = ?", (SMALL,))
    (said,) = run("explain", SMALL, "--data", folder, "--json").json["lessons"]
    assert said["in_timetable"] is False
    assert [(week["week"], week["in_timetable"]) for week in said["weeks"]] == [(1, False), (3, False)]
    assert all(week["in_echo360"] for week in said["weeks"])


def test_everything_is_where_it_should_be_after_a_pause(run: Run, done: tuple[Path, Said], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(done[0], tmp_path / "data"))
    run("pause", "--reason", "Exams", "--room", "B2-7", "--until", "2990-01-01", "--data", folder)
    (pause,) = run("status", "--data", folder, "--json").json["pauses"]
    assert (pause["id"], pause["room"], pause["reason"]) == (1, "B2-7", "Exams")
    assert "Pause 1: room B2-7" in run("status", "--data", folder).out


FAULTS = {
    "a missing column": (
        {"lessons": LESSONS.replace(",start,", ",begin,", 1)},
        "lessons.csv, line 1, field start",
    ),
    "a bad time": ({"lessons": lesson(start="9 o'clock")}, "lessons.csv, line 2, field start"),
    "a finish before the start": ({"lessons": lesson(finish="08:00")}, "lessons.csv, line 2, field finish"),
    "an unknown week": ({"lessons": lesson(weeks="1 99")}, "lessons.csv, line 2, field weeks"),
    "a lesson twice": ({"lessons": LESSONS.replace("\na2,", "\na1,")}, "lessons.csv, line 3, field slot_id"),
    "a room twice": ({"rooms": ROOMS + "X.9,,,40\n"}, "rooms.csv, line 5, field room_id"),
    "an unknown room": ({"lessons": lesson(room_id="B9")}, "lessons.csv, line 2, field room_id"),
    "an unknown module": ({"lessons": lesson(module_id="NONE1")}, "lessons.csv, line 2, field module_id"),
    "no module names": ({"modules": ""}, "modules.csv"),
    "a week that is no Monday": (
        {"weeks": WEEKS.replace("2020-02-24", "2020-02-25")},
        "weeks.csv, line 3, field monday",
    ),
    "a line too short": ({"modules": MODULES + "X\n"}, "modules.csv, line 4, field name"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_timetable_with_a_fault_loads_nothing(
    run: Run, filled: Path, folder: Path, tmp_path: Path, fault: str
) -> None:
    files, place = FAULTS[fault]
    spoiled = tmp_path / "csv"
    spoiled.mkdir()
    write_folder(spoiled, **files)
    before = content(folder)
    said = run("demo", "--headless", "--data", folder, "--timetable", spoiled, "--json")
    assert said.code == 1
    assert said.error["title"] == "The timetable cannot be read"
    assert said.error["message"].startswith(place)
    assert content(folder) == before
    assert (folder / "demonstration.json").read_bytes() == (filled / "demonstration.json").read_bytes()

    fresh = tmp_path / "fresh"
    assert run("demo", "--headless", "--data", fresh, "--timetable", spoiled).code == 1
    assert not (fresh / DATABASE).exists()


def test_a_timetable_that_is_not_there(run: Run, folder: Path, tmp_path: Path) -> None:
    said = run("demo", "--headless", "--data", folder, "--timetable", tmp_path / "nowhere", "--json")
    assert (said.code, said.error["title"]) == (2, "There is no timetable here")
