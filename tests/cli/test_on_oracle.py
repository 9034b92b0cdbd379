"""An office on Oracle from the commands, as far as it goes without one: nobody listens here, or who refuses."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from echodesk.store.connection import PASSWORD, checked_connection, connection_of, keep_connection
from tests.cli.conftest import CREDENTIALS, Run

REFUSED = 4
"""TNS: the packet with which a listener turns somebody away."""


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, "sesame-77")


def folder_for(folder: Path, port: int, more: str = "") -> Path:
    """A data folder that names an Oracle on this machine."""
    url = f"oracle+oracledb://ann@127.0.0.1:{port}/?service_name=timetable{more}"
    keep_connection(folder, checked_connection(url))
    return folder


@pytest.fixture
def nobody(tmp_path: Path) -> Path:
    """A data folder whose server does not run."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    return folder_for(tmp_path / "office", port)


@contextmanager
def listener(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of somebody who answers whoever comes."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                caller, _address = server.accept()
                with caller:
                    if over.is_set():
                        return
                    answer(caller)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            socket.create_connection(server.getsockname()).close()
            thread.join(10)


def turn_away(code: int) -> Callable[[socket.socket], None]:
    """As a listener does that knows no such service (Oracle Net: 12514)."""

    def answer(caller: socket.socket) -> None:
        caller.recv(4096)
        why = f"(DESCRIPTION=(TMP=)(ERR={code})(ERROR_STACK=(ERROR=(CODE={code})(EMFI=4))))".encode()
        caller.sendall(struct.pack(">HHBBHBBH", 12 + len(why), 0, REFUSED, 0, 0, 34, 0, len(why)) + why)

    return answer


@pytest.mark.parametrize(
    "words",
    [
        "status",
        "stops",
        "plans",
        "settings",
        "decisions",
        "database install",
        "database upgrade",
        "worker",
        "window",
    ],
)
def test_a_command_says_that_nobody_answers(
    run: Run, nobody: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    more = ("--echo360", "https://echo360.example.ac.uk") if words in ("worker", "window") else ()
    said = run(*(() if words == "window" else words.split()), *more, "--data", nobody)
    assert said.code == 1
    assert "The database cannot be reached" in said.err
    assert "sesame" not in said.out + said.err
    assert [one.name for one in nobody.iterdir()] == ["connection.json"]


def test_check_says_so_in_one_line(run: Run, nobody: Path) -> None:
    said = run("check", "--data", nobody, "--json")
    ((check, text, step),) = [(one["check"], one["text"], one["next_step"]) for one in said.json["checks"]]
    assert (said.code, check, text.split(":")[0]) == (1, "Database", "The database cannot be reached")
    assert "whether the server runs" in step


@pytest.mark.parametrize(
    ("code", "title", "step"),
    [
        (12514, "There is no such database", "Check the name in the database's address."),
        (12505, "There is no such database", "Check the name in the database's address."),
        (12516, "The database has no room for one more connection", "have the limit raised"),
        (12528, "The database cannot be reached", "whether the server runs"),
        (12999, "The database cannot be reached", "whether the server runs"),
    ],
)
def test_why_the_server_turns_somebody_away(run: Run, tmp_path: Path, code: int, title: str, step: str) -> None:
    with listener(turn_away(code)) as port:
        said = run("check", "--data", folder_for(tmp_path, port), "--json")
    ((text, told),) = [(one["text"], one["next_step"]) for one in said.json["checks"]]
    assert text.split(":")[0] == title
    assert step in told


@pytest.mark.parametrize(("more", "first"), [("", 0), ("&protocol=tcp", 0), ("&protocol=tcps", 0x16)])
def test_what_asks_for_encryption_begins_with_it(run: Run, tmp_path: Path, more: str, first: int) -> None:
    """The first byte of TLS is that of its greeting; without, that of a packet's length."""
    heard: list[int] = []

    def answer(caller: socket.socket) -> None:
        heard.append(caller.recv(1, socket.MSG_PEEK)[0])
        turn_away(12541)(caller)

    with listener(answer) as port:
        said = run("status", "--data", folder_for(tmp_path, port, more), "--json")
    assert (said.code, said.error["title"]) == (1, "The database cannot be reached")
    assert set(heard) == {first}


@pytest.mark.parametrize("part", ["install", "upgrade", "uninstall", "grants", "watching", "room_features"])
def test_the_printed_sql_is_for_the_schemas_of_the_office(run: Run, nobody: Path, part: str) -> None:
    url = "oracle+oracledb://ann@127.0.0.1:1/?service_name=x"
    keep_connection(nobody, checked_connection(url, "echo_1", "live$"))
    said = run("database", "script", "--part", part, "--data", nobody, "--json").json
    assert said["engine"] == "oracle"
    # The optional triggers name the schema of their table alone.
    named = {"LIVE$"} if part == "room_features" else {"ECHO_1", "LIVE$"}
    assert named == {one for one in ("ECHO_1", "LIVE$") if one in said["sql"]}
    assert "&" not in said["sql"]


def test_without_a_password_it_is_asked_for(run: Run, nobody: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD)
    said = run("status", "--data", nobody, "--json")
    assert (said.code, said.error["title"]) == (1, "The database asks for a password")
    assert PASSWORD in said.error["next_step"]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://ann@127.0.0.1/x",
        "oracle+oracledb://127.0.0.1/?service_name=x",
        "oracle+oracledb://ann:sesame-77@127.0.0.1/?service_name=x",
        "oracle+oracledb://ann@127.0.0.1/",
        "sqlite:///x",
    ],
)
def test_nothing_but_a_user_of_an_oracle_is_tried(run: Run, url: str) -> None:
    said = run("database", "verify", "--url", url, "--json")
    assert said.code == 2
    assert "sesame" not in said.out


def test_an_oracle_that_does_not_answer_is_not_verified(run: Run, nobody: Path) -> None:
    connection = connection_of(nobody)
    assert connection is not None
    said = run("database", "verify", "--url", connection.url)
    assert (said.code, said.out) == (1, "")
    assert "The database cannot be reached" in said.err


def test_the_optional_triggers_are_an_administrator_s(run: Run, nobody: Path) -> None:
    said = run("database", "install", "--room-features", "--data", nobody, "--json")
    assert (said.code, said.error["title"]) == (2, "On Oracle a database administrator makes these triggers")
    assert "script --part room_features" in said.error["next_step"]


def test_another_engine_is_not_installed_there(run: Run, nobody: Path) -> None:
    for engine in ("sqlite", "postgresql"):
        said = run("database", "install", "--engine", engine, "--data", nobody, "--json")
        assert (said.code, said.error["title"]) == (2, "This data folder uses another database")
    assert run("database", "script", "--engine", "oracle", "--part", "half", "--json").code == 2
