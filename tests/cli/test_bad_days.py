"""Bad days: a message with what to do, no traceback, nothing lost."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from echodesk.paths import DATABASE
from tests.cli.conftest import Run, alone, content, spawn

Sql = Callable[..., list[tuple[Any, ...]]]

COMMANDS = [
    ("status",),
    ("pause", "--reason", "x"),
    ("resume",),
    ("retry", "--id", "1"),
    ("refresh", "--room", "B1 Hall"),
    ("explain", "100001"),
    ("lookup", "engl"),
    ("not-recorded",),
    ("booked-by-others",),
    ("unknown-people",),
    ("failures",),
    ("too-late",),
    ("activity",),
    ("settings",),
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_no_data_folder(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    said = run(*words, "--data", tmp_path / "nowhere", "--json")
    assert (said.code, said.error["title"]) == (1, "There is no database here")
    assert "--data" in said.error["next_step"]
    assert not (tmp_path / "nowhere").exists()


def test_a_file_where_the_data_folder_should_be(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for words in (("status",), ("database", "install"), ("demo", "--headless")):
        said = run(*words, "--data", file, "--json")
        assert (said.code, list(said.error)) == (1, ["title", "message", "next_step"])


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_database_of_another_version(run: Run, folder: Path, sql: Sql, words: tuple[str, ...]) -> None:
    sql("UPDATE STT_ECHO_META SET VALUE = '99' WHERE NAME = 'schema_version'")
    before = content(folder)
    said = run(*words, "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (1, "The tables belong to another version of EchoDesk")
    assert "99" in said.error["message"]
    assert content(folder) == before


def test_an_empty_file_for_a_database(run: Run, tmp_path: Path) -> None:
    (tmp_path / DATABASE).touch()
    said = run("status", "--data", tmp_path, "--json")
    assert (said.code, said.error["title"]) == (1, "EchoDesk's tables are not installed here")


@pytest.mark.parametrize("words", [("status",), ("database", "install")], ids=" ".join)
def test_a_file_that_is_no_database(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / DATABASE).write_bytes(b"not a database " * 400)
    said = run(*words, "--data", tmp_path, "--json")
    assert (said.code, said.error["title"]) == (1, "The database file is damaged")
    assert (tmp_path / DATABASE).read_bytes() == b"not a database " * 400


def test_a_database_with_a_damaged_page(run: Run, folder: Path) -> None:
    size = (folder / DATABASE).stat().st_size
    with (folder / DATABASE).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    said = run("status", "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (1, "The database file is damaged")


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Another program holds the database for itself."""
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('BEGIN EXCLUSIVE'); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder / DATABASE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            child.stdin.close()
            child.wait(timeout=10)


def test_a_database_that_another_program_holds(run: Run, folder: Path) -> None:
    before = content(folder)
    with held(folder):
        said = run("pause", "--reason", "x", "--wait", "0.3", "--data", folder, "--json")
        looked = run("status", "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (1, "The database is busy")
    assert looked.code == 0
    assert content(folder) == before
    assert run("pause", "--reason", "x", "--data", folder).code == 0


@pytest.fixture
def readable(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A data folder that may be read and not written, and how to be somebody whom that binds."""
    if sys.platform == "win32":
        pytest.skip("rights are another matter on Windows")
    someone: dict[str, Any] = {} if os.getuid() else {"preexec_fn": bound_by_rights}
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    try:
        probe = [sys.executable, "-c", "import sys; open(sys.argv[1], 'a')", str(folder / DATABASE)]
        if subprocess.run(probe, check=False, capture_output=True, **someone).returncode == 0:
            pytest.skip("root may write everywhere here and cannot give that up")
        yield folder, someone
    finally:
        folder.chmod(0o755)


def bound_by_rights() -> None:
    """Root without the right to pass over rights, from the child's exec on (Linux)."""
    import ctypes

    drop, override, search = 24, 1, 2
    for capability in (override, search):
        ctypes.CDLL(None).prctl(drop, capability, 0, 0, 0)


def test_a_read_only_data_folder(readable: tuple[Path, dict[str, Any]]) -> None:
    folder, someone = readable
    said = alone("pause", "--reason", "x", "--data", folder, "--json", **someone)
    assert (said.code, said.err) == (1, "")
    assert "writ" in said.error["next_step"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_a_disk_without_room(folder: Path) -> None:
    before = content(folder)
    size = (folder / DATABASE).stat().st_size
    # The write-ahead log may not grow past what is less than one transaction.
    said = alone("pause", "--reason", "x", "--data", folder, "--json", preexec_fn=limited_to(4_000))
    assert (said.code, said.err) == (1, "")
    assert "Make room on the disk" in said.error["next_step"]
    assert (folder / DATABASE).stat().st_size == size
    assert content(folder) == before
    assert alone("pause", "--reason", "x", "--data", folder).code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_a_demonstration_without_room_is_made_anew_later(tmp_path: Path, csv_folder: Path) -> None:
    words = ("demo", "--headless", "--data", tmp_path, "--timetable", csv_folder, "--json")
    said = alone(*words, preexec_fn=limited_to(100_000))
    assert said.code == 1
    assert "Make room on the disk" in said.error["next_step"]
    assert "Traceback" not in said.err
    assert not (tmp_path / "demonstration.json").exists()
    assert alone(*words).json["differences"] == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_a_log_that_cannot_grow_is_told_once(tmp_path: Path) -> None:
    code = (
        "import logging, pathlib, sys; from echodesk import log;"
        "log.set_up(pathlib.Path(sys.argv[1]), to_screen=False);"
        "[logging.getLogger('x').info('a line of the log') for _ in range(100)]"
    )
    child = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=limited_to(500),
        cwd=Path(__file__).parents[2],
    )
    assert child.stderr.splitlines() == ["The log cannot be written: File too large"]


def test_an_answer_that_nobody_reads(folder: Path) -> None:
    with spawn("status", "--data", folder) as child:
        assert child.stdout is not None
        child.stdout.close()
        assert child.stderr is not None
        said = child.stderr.read()
    assert (child.returncode, said) == (1, "")


def limited_to(size: int) -> Callable[[], None]:
    """No file of the child grows past this."""

    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = alone("simulator", "--port", taken.getsockname()[1])
        with_json = alone("simulator", "--port", taken.getsockname()[1], "--json")
    assert said.code == 1
    assert said.out == ""
    title, _, next_step = said.err.splitlines()
    assert title == "The simulator cannot start"
    assert "--port" in next_step
    assert (with_json.code, with_json.error["title"]) == (1, title)


def test_a_worker_without_credentials(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ECHODESK_ECHO360_CLIENT_ID", "ECHODESK_ECHO360_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    said = run("worker", "--echo360", "http://127.0.0.1:9", "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (2, "Echo360's credentials are missing")


@pytest.mark.parametrize("address", ["http://echo360.example.ac.uk", "https://echo360.example.ac.uk", "nowhere"])
def test_a_worker_on_a_demonstration_stays_on_this_machine(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("ECHODESK_ECHO360_CLIENT_ID", "an-id")
    monkeypatch.setenv("ECHODESK_ECHO360_CLIENT_SECRET", "a-secret")
    said = run("worker", "--echo360", address, "--data", folder, "--json")
    assert said.code == 2
    assert "a-secret" not in said.out


def test_an_office_s_database_is_never_taken_for_a_demonstration(run: Run, folder: Path) -> None:
    (folder / "demonstration.json").unlink()
    with closing(sqlite3.connect(folder / DATABASE)) as connection, connection:
        connection.execute("DELETE FROM STT_ECHO_SETTING")
    before = content(folder)
    said = run("demo", "--headless", "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (2, "This data folder is an office's")
    assert content(folder) == before


@pytest.mark.parametrize("finished", [True, False])
def test_a_demonstration_of_another_version_is_refused_and_left_as_it_is(
    run: Run, folder: Path, finished: bool
) -> None:
    if not finished:
        (folder / "demonstration.json").unlink()
    with closing(sqlite3.connect(folder / DATABASE)) as connection, connection:
        connection.execute("UPDATE STT_ECHO_META SET VALUE = '99' WHERE NAME = 'schema_version'")
    before = content(folder)
    said = run("demo", "--headless", "--data", folder, "--seed", 99, "--json")
    assert (said.code, said.error["title"]) == (1, "The tables belong to another version of EchoDesk")
    assert content(folder) == before


def test_a_demonstration_at_work_is_not_made_anew_by_another(run: Run, folder: Path) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as connection, connection:
        connection.execute(
            "UPDATE STT_ECHO_LEASE SET HOLDER = 'Ann', UNTIL = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+1 hour')"
        )
    before = content(folder)
    said = run("demo", "--headless", "--data", folder, "--seed", 99, "--json")
    assert (said.code, said.error["title"]) == (2, "This data folder is in use")
    assert content(folder) == before
