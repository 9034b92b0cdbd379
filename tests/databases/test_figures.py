"""The figures of a small run, and a report in which each command has a part of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.databases import figures
from tests.databases.figures import Figure, line
from tests.databases.large_tables import ASKED
from tests.databases.report import write_part


def test_a_part_takes_the_place_of_its_own_and_leaves_the_others(tmp_path: Path) -> None:
    file = tmp_path / "REPORT.md"
    write_part("# One\n\nfirst\n\n## Within\n\n- a", file)
    write_part("# Two\n\nsecond", file)
    write_part("# One\n\nanew", file)
    assert file.read_text(encoding="utf-8") == "# One\n\nanew\n\n# Two\n\nsecond\n"


def test_a_goal_that_is_missed_is_told() -> None:
    slow = Figure("the newest", "sqlite", "ms", 101.0, 80.0, 100.0, 9.0)
    assert not slow.met
    assert "MISSED" in line(slow)
    assert Figure("all rows", "sqlite", "ms", 101.0, 80.0, None, 9.0).met


def test_a_small_run_names_every_question_on_both_engines(
    postgres: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It starts a server of its own; `postgres` skips it where there is none."""
    code = figures.main(["--rows", "1500", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert code == int(not all(one["met"] for one in found))
    for engine in ("sqlite", "postgresql"):
        assert {*ASKED} <= {one["what"] for one in found if one["engine"] == engine}
    [entries] = [one for one in found if one["unit"] == "entries"]
    assert (entries["found"], entries["baseline"] > 0) == (0, True)
