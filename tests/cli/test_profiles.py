"""`profile`: production or test, kept in the data folder; a demonstration stays one, and stays on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from echodesk.store.profile import PROFILE_FILE
from tests.cli.conftest import CREDENTIALS, Run

ELSEWHERE = "https://echo360.example.ac.uk"


def test_an_office_is_for_production_until_somebody_says_otherwise(run: Run, tmp_path: Path) -> None:
    office = tmp_path / "office"
    shown = {"kind": "production", "name": "", "changed": False}
    assert run("profile", "--data", office, "--json").json == shown
    assert not office.exists(), "whoever only looks makes nothing"
    said = run("profile", "--kind", "test", "--name", " Spring  trial ", "--data", office)
    assert (said.code, said.out) == (0, "Test: Spring trial.\n")
    kept = {"kind": "test", "name": "Spring trial", "changed": False}
    assert run("profile", "--data", office, "--json").json == kept
    assert run("profile", "--name", "", "--data", office, "--json").json == {**kept, "name": "", "changed": True}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--kind", "demonstration"), "Give production or test."),
        (("--kind", "Production"), "Give production or test."),
        (("--name", "x" * 41), "at most 40 letters"),
        (("--name", "Spring\u202etrial"), "at most 40 letters"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_kept(
    run: Run, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    said = run("profile", *words, "--data", tmp_path)
    assert said.code == 2
    assert told in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "{}", '{"kind": "demonstration"}', '{"kind": "test", "name": 7}'])
def test_a_file_that_cannot_be_read_is_told_with_what_to_do(run: Run, tmp_path: Path, content: str) -> None:
    (tmp_path / PROFILE_FILE).write_text(content)
    said = run("profile", "--data", tmp_path)
    assert said.code == 2
    assert "production" in said.err


def test_a_window_is_not_opened_while_nobody_knows_what_it_is_for(run: Run, tmp_path: Path) -> None:
    (tmp_path / PROFILE_FILE).write_text("{}")
    said = run("--data", tmp_path, "--echo360", ELSEWHERE)
    assert (said.code, said.err.splitlines()[0]) == (2, "This data folder's profile cannot be read")


def test_a_demonstration_stays_one(run: Run, folder: Path) -> None:
    assert run("profile", "--data", folder, "--json").json == {
        "kind": "demonstration",
        "name": "",
        "changed": False,
    }
    said = run("profile", "--kind", "production", "--data", folder)
    assert (said.code, said.err.splitlines()[0]) == (2, "This data folder is a demonstration's")
    assert not (folder / PROFILE_FILE).exists()


@pytest.mark.parametrize("words", [(), ("worker",), ("check",), ("plan",), ("demo",)])
def test_a_demonstration_reaches_no_other_machine(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    said = run(*words, "--data", folder, "--echo360", ELSEWHERE)
    assert said.code == 2
    assert "stays on this machine" in said.err
