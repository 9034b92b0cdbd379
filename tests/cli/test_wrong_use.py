"""Wrong use: exit code 2, three plain texts, JSON where it was asked for, and nothing done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, content

WRONG = [
    ("status", "--colour"),
    ("nonsense",),
    ("pause",),
    ("pause", "--reason", " "),
    ("pause", "--reason", "x", "--from", "23.11.2026"),
    ("pause", "--reason", "x", "--from", "20261123"),
    ("pause", "--reason", "x", "--from", "2990-01-02", "--to", "2990-01-01"),
    ("pause", "--reason", "x", "--to", "2001-01-01"),
    ("pause", "--reason", "x", "--until", "soon"),
    ("pause", "--reason", "x", "--until", "2001-01-01T10:00"),
    ("pause", "--reason", "x", "--room", "B1 Hal"),
    ("pause", "--reason", "x", "--building", "B9"),
    ("resume", "--id", "three"),
    ("resume", "3"),
    ("retry",),
    ("retry", "--status", "SUCCESS"),
    ("retry", "--status", "FAILED", "--id", "1"),
    ("retry", "--text", "x"),
    ("retry", "--id", "1", "--notification", "2", "3"),
    ("retry", "--id", "-1"),
    ("refresh",),
    ("refresh", "--room", "B9"),
    ("refresh", "--room", "B9", "--date", "2990-01-01"),
    ("refresh", "--date", "tomorrow"),
    ("refresh", "--date", "2026-02-30"),
    ("explain",),
    ("explain", "4711"),
    ("explain", "no lesson"),
    ("explain", "100001", "--set", "1999/00"),
    ("settings", "colour"),
    ("settings", "colour", "blue"),
    ("settings", "strategy", "best"),
    ("settings", "lead", "-1"),
    ("settings", "lead", "soon"),
    ("settings", "late_s", "nan"),
    ("settings", "zone", "Europe"),
    ("settings", "zone", ""),
    ("settings", "title", "{colour}"),
    ("settings", "section", "plain"),
    ("settings", "external_id", "{slotid}"),
    ("worker",),
    ("database", "script", "--engine", "paper"),
    ("database", "script", "--part", "half"),
    ("database", "install", "--engine", "postgresql"),
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_wrong_use_is_told_and_nothing_is_done(run: Run, folder: Path, words: tuple[str, ...]) -> None:
    before = content(folder)
    said = run(*words, "--data", folder)
    assert said.code == 2
    assert said.out == ""
    title, message, next_step = said.err.splitlines()
    assert all((title.strip(), message.strip(), next_step.strip()))
    assert content(folder) == before

    with_json = run(*words, "--data", folder, "--json")
    assert (with_json.code, with_json.err) == (2, "")
    assert with_json.error == {
        "title": title,
        "message": message.strip(),
        "next_step": next_step.strip(),
    }


def test_a_code_that_is_nearly_right_is_offered(run: Run, folder: Path) -> None:
    said = run("refresh", "--room", "B1 Hal", "--data", folder)
    assert "Did you mean B1 Hall?" in said.err


@pytest.mark.parametrize(
    "words",
    [
        ("--echo360", "https://echo360.example.ac.uk"),
        ("--echo360", "http://user:secret@127.0.0.1:1"),
        ("--echo360", "127.0.0.1:8080"),
        ("--term-starts", "2026-11-24"),
        ("--term-starts", "2001-01-01"),
        ("--term-starts", "24.11.2026"),
        ("--faults", "all"),
        ("--theme", "pink"),
        ("--edits", "-1"),
    ],
    ids=" ".join,
)
def test_a_demonstration_that_cannot_be_meant_leaves_its_folder_alone(
    run: Run, folder: Path, words: tuple[str, ...]
) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    said = run("demo", "--headless", "--data", folder, *words, "--json")
    assert said.code == 2
    assert "secret" not in said.out
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_a_terminal_is_never_given_orders(run: Run, folder: Path) -> None:
    said = run("refresh", "--room", "\x1b[2J", "--date", "2990-01-01", "--data", folder)
    assert "\x1b" not in said.err
