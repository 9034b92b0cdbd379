"""A plan that the window has written: three kinds of file, the same as the command line's."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from echodesk.access import echo360_access
from echodesk.batches import SavePlan
from echodesk.commands.plan_saving import save_plan
from echodesk.errors import EchoDeskError, WrongUse
from echodesk.main import make_worker, open_office
from echodesk.messages import CommandDone, Event
from echodesk.secrets import Secrets
from tests.cli.conftest import CREDENTIALS, Run

Sql = Callable[..., list[tuple[Any, ...]]]
TODAY = "2026-11-23"


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def shown(run: Run, folder: Path, echo360: str) -> int:
    """The number of a plan that makes five recordings."""
    return int(run("plan", "--echo360", echo360, "--data", folder, "--json").json["plan"])


def saved(folder: Path, number: int, path: Path) -> CommandDone:
    office = open_office(folder)
    try:
        return office.look(lambda books: save_plan(books, SavePlan(number, str(path)), 120, TODAY))
    finally:
        office.close()


def test_the_plan_file_is_one_that_apply_takes(run: Run, folder: Path, shown: int, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    assert saved(folder, shown, path) == CommandDone(f"Plan {shown} was written to {path}.", 1, shown)
    assert len(json.loads(path.read_text())["steps"]) == 5
    said = run("apply", path, "--data", folder, "--json")
    assert (said.code, said.json["touched"]) == (0, 5)


def test_tables_are_those_of_the_command_line(run: Run, folder: Path, shown: int, tmp_path: Path) -> None:
    for name in ("plan.csv", "plan.XLSX"):
        saved(folder, shown, tmp_path / name)
    assert run("plans", shown, "--csv", tmp_path / "other.csv", "--data", folder).code == 0
    assert (tmp_path / "plan.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()
    with zipfile.ZipFile(tmp_path / "plan.XLSX") as parts:
        assert parts.read("xl/worksheets/sheet1.xml").decode().count("<row ") == 6


def test_tables_list_what_cannot_be_taken_back(
    run: Run, folder: Path, sql: Sql, shown: int, tmp_path: Path
) -> None:
    sql(
        "UPDATE STT_ECHO_BATCH SET SUMMARY = json_set(SUMMARY, '$.refused',"
        " json_array('1-2-2026-27: It has begun.'))"
    )
    for name in ("plan.csv", "plan.xlsx"):
        saved(folder, shown, tmp_path / name)
    with (tmp_path / "plan.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["action"] for row in rows] == ["POST"] * 5 + ["not taken back", "not recorded"]
    kept = rows[-2]
    assert (kept["action"], kept["external id"], kept["why"], kept["step"]) == (
        "not taken back",
        "1-2-2026-27",
        "It has begun.",
        "",
    )
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as parts:
        assert "Not taken back" in parts.read("xl/workbook.xml").decode()
        assert parts.read("xl/worksheets/sheet3.xml").decode().count("<row ") == 2
    only = tmp_path / "only.csv"
    assert run("plans", shown, "--room", "B2-7", "--csv", only, "--data", folder).code == 0
    assert "not taken back" not in only.read_text(encoding="utf-8-sig")


def test_what_cannot_be_written_is_said(folder: Path, shown: int, tmp_path: Path) -> None:
    for path, error in ((tmp_path / "plan.doc", WrongUse), (tmp_path / "no" / "plan.csv", EchoDeskError)):
        with pytest.raises(error):
            saved(folder, shown, path)
    with pytest.raises(WrongUse, match="There is no such plan"):
        saved(folder, 99, tmp_path / "plan.csv")
    assert list(tmp_path.glob("plan*")) == []


class Nowhere:
    """Events of a worker that nobody looks at."""

    def post(self, event: Event) -> None: ...


def test_the_worker_of_a_window_writes_what_it_is_asked_for(
    folder: Path, shown: int, echo360: str, tmp_path: Path
) -> None:
    office = open_office(folder)
    worker = make_worker(office, Nowhere(), echo360_access(Secrets(folder), echo360), 0, loopback_only=True)
    try:
        worker.start()
        path = tmp_path / "plan.csv"
        done = worker.submit(SavePlan(shown, str(path))).result(30.0)
        assert done == CommandDone(f"Plan {shown} was written to {path}.", 1, shown)
        assert path.read_text(encoding="utf-8-sig").startswith("step,action,")
        with pytest.raises(WrongUse, match="What kind of file"):
            worker.submit(SavePlan(shown, str(tmp_path / "plan.txt"))).result(30.0)
    finally:
        worker.request_stop()
        assert worker.join(30.0)
        office.close()
