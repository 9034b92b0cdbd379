"""Settings are shown, checked and changed; what shapes the projection makes every room-day dirty."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from echodesk.main import WindowWish, machine_settings, open_office
from echodesk.paths import DATABASE
from echodesk.settings import DEMONSTRATION, Kept
from echodesk.store.settings import SETTINGS
from tests.cli.conftest import Run

Sql = Callable[..., list[tuple[Any, ...]]]


def test_all_settings_are_shown_with_their_defaults(run: Run, folder: Path) -> None:
    shown = run("settings", "--data", folder, "--json").json["settings"]
    assert set(shown) == set(SETTINGS)
    assert shown["strategy"] == {
        "value": "first_wins",
        "default": "first_wins",
        "help": SETTINGS["strategy"].help,
        "shapes": True,
        "rooms": {},
    }
    # A timetable in CSV says nothing of lecturers: unknown ones count as the same (decisions, CSV).
    assert (shown["together_unknown"]["value"], shown["together_unknown"]["default"]) == ("on", "off")
    assert len(run("settings", "--data", folder).out.splitlines()) == len(SETTINGS)


def test_one_setting_is_shown(run: Run, folder: Path) -> None:
    assert list(run("settings", "lead", "--data", folder, "--json").json["settings"]) == ["lead"]
    assert run("settings", "lead", "--data", folder).out.startswith("lead = 5  ")


def test_a_change_that_shapes_the_projection(run: Run, folder: Path, sql: Sql) -> None:
    said = run("settings", "strategy", "last_wins", "--data", folder, "--json")
    assert said.json == {
        "text": "strategy was first_wins and is last_wins now. 5 room-day(s) are planned again.",
        "touched": 5,
        "carried_out_by": "",
    }
    assert sql("SELECT ROOMID, count(*) FROM STT_ECHO_DIRTY GROUP BY ROOMID") == [("B1 Hall", 3), ("B2-7", 2)]
    assert sql("SELECT ACTION, WHY FROM STT_ECHO_AUDIT") == [("CHANGESETTING", said.json["text"])]
    assert run("settings", "strategy", "--data", folder, "--json").json["settings"]["strategy"]["value"] == (
        "last_wins"
    )


def test_a_change_that_shapes_nothing(run: Run, folder: Path, sql: Sql) -> None:
    said = run("settings", "calls_per_minute", "60", "--data", folder, "--json")
    assert (said.json["touched"], sql("SELECT count(*) FROM STT_ECHO_DIRTY")) == (0, [(0,)])
    assert "next start" in said.json["text"]


@pytest.mark.parametrize(
    ("before", "change", "told"),
    [
        ("60", ("lead", "1"), "last 2 minute(s)"),
        ("60", ("lead", "3"), ""),
        ("60", ("late_s", "600"), "last 11 minute(s)"),
        ("600", ("late_s", "60"), ""),
    ],
)
def test_where_late_s_asks_for_a_longer_lead_time_it_is_told_and_planned_again(
    run: Run, folder: Path, sql: Sql, before: str, change: tuple[str, str], told: str
) -> None:
    run("settings", "late_s", before, "--data", folder)
    sql("DELETE FROM STT_ECHO_DIRTY")
    said = run("settings", *change, "--data", folder, "--json").json
    assert ("nothing is made or changed" in said["text"]) == bool(told)
    assert told in said["text"]
    assert said["touched"] == 5


def test_a_late_s_that_the_lead_time_outlives_plans_nothing_again(run: Run, folder: Path, sql: Sql) -> None:
    assert run("settings", "late_s", "60", "--data", folder, "--json").json["touched"] == 0
    assert run("settings", "late_s", "90", "--data", folder, "--json").json["touched"] == 0
    assert sql("SELECT count(*) FROM STT_ECHO_DIRTY") == [(0,)]


def test_the_same_value_again_changes_nothing(run: Run, folder: Path, sql: Sql) -> None:
    assert run("settings", "lead", "5", "--data", folder, "--json").json["touched"] == 0
    assert sql("SELECT count(*) FROM STT_ECHO_DIRTY") == [(0,)]


def test_the_names_in_echo360_are_not_changed_under_what_stands_there(run: Run, folder: Path, sql: Sql) -> None:
    assert run("settings", "external_id", "x{slotid}-{week}-{setid}", "--data", folder).code == 0
    sql(
        "INSERT INTO STT_ECHO_MIRROR (ECHO_ID, EXTERNAL_ID, OURS, ROOMID, LESSON_DATE, STARTTIME, FINISHTIME,"
        " TITLE, SECTIONS, INPUTS, REST, VERIFIED)"
        " VALUES ('e', 'x1-1-2', 1, 'X.9', '2990-01-01', 60, 120, 't', '[]', '[]', '', '')"
    )
    said = run("settings", "external_id", "y{slotid}-{week}-{setid}", "--data", folder, "--json")
    assert (said.code, said.error["title"][:11]) == (3, "Safety stop")
    assert sql("SELECT VALUE FROM STT_ECHO_SETTING WHERE NAME = 'external_id'") == [("x{slotid}-{week}-{setid}",)]


def test_the_window_is_told_what_this_pc_keeps(folder: Path) -> None:
    office = open_office(folder)
    try:
        wish = WindowWish(DEMONSTRATION, "light", folder, echo360="https://echo360.org.uk")
        kept = machine_settings(office, wish)
    finally:
        office.close()
    assert [(one.title, one.value) for one in kept] == [
        ("Profile", "Demonstration"),
        ("Data folder", str(folder)),
        ("Database", f"SQLite: {folder / DATABASE}"),
        ("Echo360", "https://echo360.org.uk"),
    ]
    assert all(one.fixed and one.kept is Kept.MACHINE for one in kept)


def test_a_room_of_its_own(run: Run, folder: Path, sql: Sql) -> None:
    said = run("settings", "turnaround", "15", "--room", "B2-7", "--data", folder, "--json").json
    assert said["text"] == (
        "turnaround in B2-7 was as in all rooms and is 15 now. 2 room-day(s) are planned again."
    )
    assert sql("SELECT DISTINCT ROOMID FROM STT_ECHO_DIRTY") == [("B2-7",)]
    assert run("settings", "turnaround", "--data", folder, "--json").json["settings"]["turnaround"]["rooms"] == {
        "B2-7": "15"
    }
    assert "turnaround in B2-7 = 15" in run("settings", "--data", folder).out
    run("settings", "turnaround", "general", "--room", "B2-7", "--data", folder)
    assert run("settings", "turnaround", "--room", "B2-7", "--data", folder).out.strip() == (
        "turnaround in B2-7 = general"
    )


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("lead", "9", "--room", "B2-7"), "same in all rooms"),
        (("lead", "--room", "B2-7"), "same in all rooms"),
        (("turnaround", "9", "--room", "B9"), "no such room"),
        (("--room", "B2-7"), "Nothing was chosen"),
        (("turnaround", "general"), "cannot be used"),
    ],
)
def test_what_cannot_be_of_a_room(run: Run, folder: Path, wrong: tuple[str, ...], told: str) -> None:
    refused = run("settings", *wrong, "--data", folder)
    assert refused.code == 2
    assert told in refused.err
