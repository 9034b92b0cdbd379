"""The file of a plan: `apply` takes it where the same plan is kept, and refuses every other one in words."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import CREDENTIALS, Run, Said

Sql = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def file(run: Run, folder: Path, echo360: str, tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    assert run("plan", "--echo360", echo360, "--room", "B2-7", "--file", path, "--data", folder).code == 0
    return path


def refused(said: Said) -> str:
    """Why a file was refused."""
    assert (said.code, said.error["title"]) == (2, "This file cannot be applied")
    assert "Nothing was sent." in said.error["next_step"]
    return str(said.error["message"])


def mended(file: Path, **changes: object) -> None:
    """Change the file, and put its digest right."""
    content = {**json.loads(file.read_text()), **changes}
    content.pop("digest")
    content["digest"] = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    file.write_text(json.dumps(content))


def test_a_file_of_the_database_that_this_one_was_copied_from_is_refused(
    run: Run, folder: Path, echo360: str, tmp_path: Path
) -> None:
    copy, file = tmp_path / "copy", tmp_path / "plan.json"
    shutil.copytree(folder, copy)
    words = ("plan", "--echo360", echo360, "--json")
    here = run(*words, "--room", "B2-7", "--file", file, "--data", folder).json["plan"]
    missing = refused(run("apply", file, "--data", copy, "--json"))
    assert f"This database holds no plan {here};" in missing
    assert run(*words, "--room", "B1 Hall", "--data", copy).json["plan"] == here
    assert f"This database holds another plan {here};" in refused(run("apply", file, "--data", copy, "--json"))
    assert run("apply", file, "--data", folder).code == 0


def test_a_file_with_other_steps_than_are_kept_is_refused(run: Run, folder: Path, file: Path, sql: Sql) -> None:
    sql("UPDATE STT_ECHO_BATCH_STEP SET AFTER = json_set(AFTER, '$.content.title', 'x') WHERE STEP = 1")
    assert "holds another plan" in refused(run("apply", file, "--data", folder, "--json"))


def test_a_file_stays_good_while_its_plan_is_at_work(run: Run, folder: Path, file: Path, sql: Sql) -> None:
    sql("UPDATE STT_ECHO_BATCH_STEP SET STATE = 'FAILED', ANSWER = 'no' WHERE STEP = 1")
    assert run("apply", file, "--data", folder).code == 0


@pytest.mark.parametrize("text", ["[" * 200_000, '{"form": ' + "9" * 5_000 + "}"])
def test_a_file_that_no_program_can_read_is_refused(run: Run, folder: Path, tmp_path: Path, text: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text)
    assert "It is not a plan of EchoDesk." in refused(run("apply", file, "--data", folder, "--json"))


@pytest.mark.parametrize("number", [True, 10**30, -1, 0, 1.0, "1", None, [1]])
def test_a_file_that_names_no_plan_is_refused(run: Run, folder: Path, file: Path, number: object) -> None:
    mended(file, plan=number)
    assert "It names no plan." in refused(run("apply", file, "--data", folder, "--json"))


def test_a_long_version_is_not_repeated_whole(run: Run, folder: Path, file: Path) -> None:
    mended(file, version="9" * 5_000)
    assert len(refused(run("apply", file, "--data", folder, "--json"))) < 500
