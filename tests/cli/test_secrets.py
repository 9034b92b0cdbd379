"""`echo360` and `secret`: an Echo360 is chosen once, its secret goes from the hand into the keyring alone."""

from __future__ import annotations

import getpass
import io
import sys
from pathlib import Path

import pytest

from echodesk.access import CLIENT_SECRET as SECRET_VARIABLE
from echodesk.demo.stage import STAGE_FILE
from echodesk.store.echo360 import ECHO360_FILE
from tests.cli.conftest import CLIENT_ID, CLIENT_SECRET, Run
from tests.keyrings import InMemory
from tests.keyrings import in_memory as in_memory

URL = "https://echo360.example.ac.uk"
DATABASE = "postgresql+psycopg://ann@127.0.0.1:1/timetable"
CHOICE = ("echo360", "--url", URL, "--client-id", CLIENT_ID)


class Terminal(io.StringIO):
    """Standard input with a person before it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret comes from another program."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{CLIENT_SECRET}\nand more\n"))


def test_an_echo360_is_chosen_shown_and_changed(run: Run, tmp_path: Path) -> None:
    office = tmp_path / "office"
    none = {"url": None, "client_id": None, "changed": False}
    assert run("echo360", "--data", office, "--json").json == none
    assert not office.exists(), "whoever only looks makes nothing"
    chosen = {"url": URL, "client_id": CLIENT_ID}
    words = ("echo360", "--url", f"{URL.upper().replace('HTTPS', 'https')}/", "--client-id", CLIENT_ID)
    assert run(*words, "--data", office, "--json").json == {**chosen, "changed": True}
    assert run("echo360", "--data", office, "--json").json == {**chosen, "changed": False}
    said = run("echo360", "--client-id", "another", "--data", office)
    assert (said.code, said.out.splitlines()[0]) == (0, f"{URL}, as the API client another.")
    assert [one.name for one in office.iterdir()] == [ECHO360_FILE]
    assert (office / ECHO360_FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (("--url", URL), "Which Echo360?"),
        (("--client-id", CLIENT_ID), "Which Echo360?"),
        (("--url", "http://echo360.example.ac.uk", "--client-id", "a"), "The address of Echo360 cannot be used"),
        (("--url", URL, "--client-id", "two words"), "This is no client id"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_kept(
    run: Run, tmp_path: Path, words: tuple[str, ...], title: str
) -> None:
    said = run("echo360", *words, "--data", tmp_path)
    assert (said.code, said.err.splitlines()[0]) == (2, title)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("piped")
def test_a_secret_goes_into_the_keyring_and_out_of_it(run: Run, tmp_path: Path, in_memory: InMemory) -> None:
    run(*CHOICE, "--data", tmp_path)
    said = run("secret", "set", "echo360", "--data", tmp_path, "--json")
    account = f"{CLIENT_ID} at {URL}"
    assert (said.code, said.json) == (0, {"kept_in": "keyrings InMemory", "account": account})
    assert list(in_memory.held.values()) == [CLIENT_SECRET]
    shown = run("secret", "where", "--data", tmp_path, "--json")
    assert shown.json == {
        "keyring": "keyrings InMemory",
        "why_none": "",
        "secrets": [{"opens": "echo360", "account": account, "from": "keyring"}],
    }
    text = run("secret", "where", "--data", tmp_path).out
    assert text == f"keyring:  keyrings InMemory\necho360:  keyring, for {account}\n"
    assert run("secret", "forget", "echo360", "--data", tmp_path).code == 0
    assert in_memory.held == {}
    assert run("secret", "forget", "echo360", "--data", tmp_path).code == 3
    assert CLIENT_SECRET not in said.out + said.err + shown.out
    assert CLIENT_SECRET.encode() not in b"".join(file.read_bytes() for file in tmp_path.rglob("*"))


def test_a_person_types_it_unseen(
    run: Run, tmp_path: Path, in_memory: InMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def typed(prompt: str) -> str:
        asked.append(prompt)
        return CLIENT_SECRET

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", typed)
    run("database", "connect", "--url", DATABASE, "--data", tmp_path)
    said = run("secret", "set", "database", "--data", tmp_path)
    assert (said.code, asked) == (0, ["Password (not shown): "])
    assert said.out == f"Kept in the keyring of this system (keyrings InMemory), for {DATABASE}.\n"
    assert list(in_memory.held.values()) == [CLIENT_SECRET]


@pytest.mark.usefixtures("piped")
def test_without_a_keyring_nothing_is_kept_and_that_is_said(run: Run, tmp_path: Path) -> None:
    run(*CHOICE, "--data", tmp_path)
    said = run("secret", "set", "echo360", "--data", tmp_path)
    assert (said.code, said.out) == (1, "")
    assert "no keyring that is running" in said.err
    assert SECRET_VARIABLE in said.err
    assert run("secret", "where", "--data", tmp_path, "--json").json["keyring"] is None
    assert "none. This system has no keyring" in run("secret", "where", "--data", tmp_path).out
    assert run("secret", "forget", "echo360", "--data", tmp_path).code == 3


def test_what_the_environment_holds_comes_first_and_that_is_said(
    run: Run, tmp_path: Path, in_memory: InMemory, monkeypatch: pytest.MonkeyPatch, piped: None
) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, "of-the-environment")
    run(*CHOICE, "--data", tmp_path)
    said = run("secret", "set", "echo360", "--data", tmp_path)
    assert f"While {SECRET_VARIABLE} is set in the environment, that one is used." in said.out
    (shown,) = run("secret", "where", "--data", tmp_path, "--json").json["secrets"]
    assert shown["from"] == "environment"


@pytest.mark.parametrize(
    ("what", "title"), [("echo360", "Which Echo360?"), ("database", "SQLite needs no password")]
)
def test_there_is_no_secret_for_what_was_not_chosen(run: Run, tmp_path: Path, what: str, title: str) -> None:
    said = run("secret", "set", what, "--data", tmp_path)
    assert (said.code, said.err.splitlines()[0]) == (2, title)


def test_a_secret_is_never_an_argument(run: Run, tmp_path: Path, in_memory: InMemory) -> None:
    run(*CHOICE, "--data", tmp_path)
    assert run("secret", "set", "echo360", CLIENT_SECRET, "--data", tmp_path).code == 2
    assert in_memory.held == {}


@pytest.mark.parametrize("words", [CHOICE, ("secret", "set", "echo360"), ("secret", "forget", "database")])
def test_a_demonstration_needs_none(run: Run, folder: Path, words: tuple[str, ...]) -> None:
    said = run(*words, "--data", folder)
    assert (said.code, said.err.splitlines()[0]) == (2, "This data folder is a demonstration's")


def test_the_kept_echo360_is_the_one_that_is_checked(
    run: Run, folder: Path, echo360: str, in_memory: InMemory, piped: None
) -> None:
    (folder / STAGE_FILE).unlink()
    run("echo360", "--url", echo360, "--client-id", CLIENT_ID, "--data", folder)
    missing = run("check", "--data", folder, "--json").json["checks"][-1]
    assert (missing["check"], missing["state"]) == ("Echo360", "wrong")
    assert "echodesk secret set echo360" in missing["next_step"]
    run("secret", "set", "echo360", "--data", folder)
    found = run("check", "--data", folder, "--json").json["checks"][-1]
    assert (found["check"], found["state"], found["text"]) == (
        "Echo360",
        "ok",
        f"{echo360} lets us in and answers",
    )
