"""`echodesk` without a command: what it asks for before a window opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import CLIENT_ID, Run


def test_without_an_address_it_says_what_to_add_and_leaves_no_data_folder(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    said = run("--data", folder)
    assert (said.code, said.out) == (2, "")
    title, _message, next_step = said.err.splitlines()
    assert title == "Which Echo360?"
    assert "--echo360 https://" in next_step
    assert "`echodesk demo`" in next_step
    assert not folder.exists()


@pytest.mark.parametrize(
    ("words", "told"), [(("--theme", "pink"), "pink"), (("--echo360", "echo360.example.ac.uk"), "https://")]
)
def test_what_cannot_be_meant_is_refused_before_the_data_folder_is_touched(
    run: Run, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    folder = tmp_path / "data"
    said = run("--data", folder, *words)
    assert (said.code, said.out) == (2, "")
    assert told in said.err
    assert not folder.exists()


def test_json_belongs_to_commands_and_its_absence_here_is_told_in_json(run: Run, tmp_path: Path) -> None:
    said = run("--data", tmp_path / "data", "--json")
    assert (said.code, said.err) == (2, "")
    assert "--json" in said.error["message"]
    assert said.error["next_step"]


def test_whoever_starts_it_for_the_first_time_is_asked_in_a_window(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    said = run()
    assert (said.code, said.err.splitlines()[0]) == (1, "There is no screen to show the window on")
    assert list(tmp_path.iterdir()) == []


def test_whoever_chose_an_echo360_is_asked_for_a_secret_that_is_kept_nowhere(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    run("echo360", "--url", "https://echo360.example.ac.uk", "--client-id", CLIENT_ID)
    assert run().err.splitlines()[0] == "There is no screen to show the window on"
