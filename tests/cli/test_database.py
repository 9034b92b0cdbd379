"""`database`: the tables are made once; the printed SQL makes the same ones."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from echodesk.paths import DATABASE
from echodesk.store.database import SCHEMA_VERSION
from tests.cli.conftest import Run


def schema(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Every table, index and trigger with its SQL."""
    return set(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))


def test_tables_are_made_where_there_are_none(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    said = run("database", "install", "--data", folder, "--json")
    assert said.json == {
        "database": str(folder / DATABASE),
        "schema_version": SCHEMA_VERSION,
        "installed": True,
        "mended": [],
    }
    assert run("status", "--data", folder, "--json").json["pending"]["quiet"]


def test_installing_twice_changes_nothing(run: Run, folder: Path) -> None:
    before = (folder / DATABASE).read_bytes()
    said = run("database", "install", "--data", folder, "--json")
    assert (said.code, said.json["installed"]) == (0, False)
    assert (folder / DATABASE).read_bytes() == before


def test_the_printed_sql_makes_the_same_database(run: Run, tmp_path: Path) -> None:
    run("database", "install", "--data", tmp_path)
    said = run("database", "script")
    other = tmp_path / "other" / DATABASE
    other.parent.mkdir()
    with closing(sqlite3.connect(other)) as printed, closing(sqlite3.connect(tmp_path / DATABASE)) as installed:
        printed.executescript(said.out)
        assert schema(printed) == schema(installed)
    assert run("status", "--data", other.parent).code == 0
    assert run("database", "script", "--json").json["sql"].strip() == said.out.strip()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_the_script_says_what_brings_earlier_tables_up_to_date(run: Run, engine: str) -> None:
    said = run("database", "script", "--engine", engine, "--json").json["sql"]
    assert said.startswith("-- For a database without EchoDesk's tables: this is refused the second time.")
    assert "-- `echodesk database install` and `echodesk database upgrade` may be run again." in said
    assert "May be run once" in said
    assert "-- `echodesk database upgrade` does, in one transaction" in said


def test_the_optional_triggers_are_made_at_once_and_printed(run: Run, tmp_path: Path) -> None:
    said = run("database", "install", "--room-features", "--data", tmp_path / "whole", "--json").json
    assert (said["installed"], len(said["mended"])) == (True, 3)
    run("database", "install", "--data", tmp_path / "printed")
    printed = run("database", "script", "--part", "room_features").out
    with (
        closing(sqlite3.connect(tmp_path / "whole" / DATABASE)) as whole,
        closing(sqlite3.connect(tmp_path / "printed" / DATABASE)) as other,
    ):
        assert len(schema(whole) - schema(other)) == 3
        other.executescript(printed)
        assert schema(whole) == schema(other)


def test_another_program_s_database_is_left_alone(run: Run, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        connection.execute("CREATE TABLE PHOTOS (ID INTEGER)")
    said = run("database", "install", "--data", tmp_path, "--json")
    assert (said.code, said.error["title"]) == (1, "This database is not EchoDesk's")
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        assert {name for name, _ in schema(connection)} == {"PHOTOS"}
