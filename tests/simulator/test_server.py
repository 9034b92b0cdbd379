"""The simulator behind a real socket, in a process of its own."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
import psutil
import pytest

from echodesk.simulator.process import PROGRAM, Address, SimulatorFailed, SimulatorProcess
from echodesk.simulator.seed import write_seed
from tests.simulator.office import SCHEDULES, SEED, booking, path_of

DEADLINE_S = 20.0
"""For what happens at once on an idle machine."""


class Client:
    """One connection to a simulator."""

    def __init__(self, address: Address, timeout_s: float = DEADLINE_S) -> None:
        parts = urlsplit(address.url)
        assert parts.hostname is not None
        self.address = address
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout_s)
        self.token = ""

    def __enter__(self) -> Client:
        answer = self.sign_in(grant_type="client_credentials", client_secret=self.address.client_secret)
        self.token = answer["access_token"]
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def sign_in(self, **form: str) -> Any:
        """Asks for a token; the answer's JSON."""
        body = urlencode({"client_id": self.address.client_id, **form})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return msgspec.json.decode(self.send("POST", "/oauth2/access_token", body.encode(), headers)[1])

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Sends a signed request; status and JSON."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        status, data = self.send(method, path, msgspec.json.encode(body) if body is not None else b"", headers)
        return status, msgspec.json.decode(data)

    def control(self, method: str, name: str, body: object = None) -> Any:
        """Sends an admin request; the answer's JSON."""
        headers = {"X-Simulator-Secret": self.address.client_secret}
        status, data = self.send(method, f"/_simulator/{name}", msgspec.json.encode(body or {}), headers)
        assert status == 200, data
        return msgspec.json.decode(data)

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Sends a request as it is."""
        self.connection.request(method, path, body or None, headers)
        response = self.connection.getresponse()
        return response.status, response.read()


@pytest.fixture(scope="module")
def seed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seed") / "seed.json"
    write_seed(SEED, path)
    return path


@pytest.fixture(scope="module")
def running(seed_file: Path) -> Iterator[Address]:
    options = ["--seed-file", str(seed_file), "--now", "2030-09-02T08:00", "--calls-per-minute", "0"]
    with SimulatorProcess.start(options, client_id="an-id", client_secret="a-secret") as process:
        yield process.address


@pytest.fixture
def client(running: Address) -> Iterator[Client]:
    with Client(running) as client:
        for row in client.ask("GET", f"{SCHEDULES}?limit=150")[1]["data"]:
            client.ask("DELETE", f"{SCHEDULES}/{row['id']}")
        client.control("PUT", "faults", {})
        client.control("PUT", "settings", {"calls_per_minute": 0, "latency_ms": 0})
        client.control("POST", "reset")
        yield client


def test_schedules_go_the_whole_way_over_one_connection(client: Client) -> None:
    name = "Größe/1 2"
    status, made = client.ask("POST", SCHEDULES, booking(externalId=name))
    assert (status, made["externalId"]) == (201, name)
    assert client.ask("GET", path_of(name)) == (200, made)
    assert client.ask("POST", SCHEDULES, booking(externalId="2"))[0] == 400
    status, changed = client.ask("PUT", path_of(name), booking(externalId=name, startTime="09:30"))
    assert (status, changed["startTime"]) == (200, "09:30")
    assert client.ask("DELETE", path_of(name)) == (200, {})
    assert client.control("GET", "state")["calls"] == {"POST": 2, "GET": 1, "PUT": 1, "DELETE": 1}


def test_pages_are_followed_by_the_relative_next(client: Client) -> None:
    for at in range(7):
        client.ask("POST", SCHEDULES, booking(externalId=f"e{at}", startDate=f"2030-10-{7 + at:02d}"))
    seen, path = [], f"{SCHEDULES}?limit=3"
    while path:
        page = client.ask("GET", path)[1]
        seen += [row["externalId"] for row in page["data"]]
        path = page.get("next")
    assert seen == [f"e{at}" for at in range(7)]


def test_refresh_tokens_rotate(client: Client, running: Address) -> None:
    first = client.sign_in(grant_type="client_credentials", client_secret=running.client_secret)
    second = client.sign_in(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert "access_token" in second
    again = client.sign_in(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert again == {"error": "invalid_grant"}
    client.token = "wrong"
    assert client.ask("GET", SCHEDULES)[0] == 401


def test_the_call_limit_holds_and_is_lifted(client: Client) -> None:
    client.control("PUT", "settings", {"calls_per_minute": 3})
    statuses = [client.ask("GET", SCHEDULES)[0] for _ in range(5)]
    assert statuses[-1] == 429
    client.control("PUT", "settings", {"calls_per_minute": 0})
    assert client.ask("GET", SCHEDULES)[0] == 200


def test_latency_is_felt(client: Client) -> None:
    client.control("PUT", "settings", {"latency_ms": 80})
    started = time.monotonic()
    client.ask("GET", SCHEDULES)
    # uvloop's timers count whole milliseconds and may fire one early.
    assert time.monotonic() - started >= 0.078


@pytest.mark.parametrize(
    ("kind", "error", "applied"),
    [
        ("reset_not_applied", ConnectionError, 0),
        ("reset_applied", ConnectionError, 1),
        ("cut_applied", http.client.IncompleteRead, 1),
        ("timeout_applied", TimeoutError, 1),
    ],
)
def test_connections_break_as_the_faults_say(
    client: Client, running: Address, kind: str, error: type[Exception], applied: int
) -> None:
    client.control("PUT", "faults", {"rates": {kind: 1.0}, "methods": ["POST"]})
    broken = Client(running, timeout_s=0.3)
    broken.token = client.token
    with pytest.raises(error):
        broken.ask("POST", SCHEDULES, booking())
    # A client that gives up may do so before a busy machine has even read its request.
    deadline = time.monotonic() + DEADLINE_S
    while client.control("GET", "state")["faults_fired"] != {kind: 1}:
        assert time.monotonic() < deadline
    broken.connection.close()
    client.control("PUT", "faults", {})
    assert len(client.ask("GET", SCHEDULES)[1]["data"]) == applied


def test_a_late_request_takes_effect_after_its_client_was_cut_off(client: Client, running: Address) -> None:
    client.control("PUT", "faults", {"rates": {"late_reset": 1.0}, "late_s": 0.3, "methods": ["POST"]})
    broken = Client(running)
    broken.token = client.token
    with pytest.raises(ConnectionError):
        broken.ask("POST", SCHEDULES, booking())
    broken.connection.close()
    deadline = time.monotonic() + DEADLINE_S
    while client.control("GET", "state")["late_pending"]:
        assert time.monotonic() < deadline
    assert client.control("GET", "state")["schedules"] == 1


def test_a_very_large_body_is_refused(client: Client) -> None:
    headers = {"Authorization": f"Bearer {client.token}"}
    assert client.send("POST", SCHEDULES, b"x" * 11_000_000, headers)[0] == 413


def test_it_stops_when_told_and_says_so_when_asked() -> None:
    process = SimulatorProcess.start()
    process.check()
    assert process.address.url.startswith("http://127.0.0.1:")
    assert len(process.address.client_secret) >= 32
    process.stop()
    assert not psutil.pid_exists(process.pid)
    with pytest.raises(SimulatorFailed) as caught:
        process.check()
    assert "was stopped" in caught.value.message
    process.stop()


def test_a_simulator_that_dies_is_noticed() -> None:
    with SimulatorProcess.start() as process:
        child = psutil.Process(process.pid)
        child.kill()
        deadline = time.monotonic() + DEADLINE_S
        while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline
        with pytest.raises(SimulatorFailed) as caught:
            process.check()
    assert "ended by itself" in caught.value.message


def test_a_simulator_that_is_not_ready_in_time_is_ended() -> None:
    before = psutil.Process().children()
    with pytest.raises(SimulatorFailed) as caught:
        SimulatorProcess.start(deadline_s=0)
    assert "not ready within 0 s" in caught.value.message
    assert psutil.Process().children() == before


def test_no_secret_stands_in_the_list_of_processes() -> None:
    with SimulatorProcess.start(client_id="seen", client_secret="unseen-secret") as process:
        assert process.address.client_secret == "unseen-secret"
        assert "unseen-secret" not in " ".join(psutil.Process(process.pid).cmdline())


def test_it_ends_with_its_parent() -> None:
    story = (
        "import sys, time\n"
        "from echodesk.simulator.process import SimulatorProcess\n"
        "print(SimulatorProcess.start().pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", story], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    gone, _ = psutil.wait_procs([child], timeout=DEADLINE_S)
    assert gone == [child]


def test_where_there_is_no_python_the_program_itself_becomes_the_simulator_and_loads_nothing_else() -> None:
    story = (
        "import sys\n"
        f"sys.argv = ['echodesk', *{PROGRAM[1:]!r}, '--help']\n"
        "from echodesk.__main__ import main\n"
        "try:\n    main()\n"
        "finally:\n    print(sorted({'echodesk.main', 'echodesk.store', 'sqlalchemy'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", story]
    ended = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "--until-stdin-closes" in ended.stdout
    assert ended.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
def test_a_signal_ends_it_cleanly() -> None:
    command = [sys.executable, "-m", "echodesk.simulator", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as child:
        assert child.stdout is not None
        assert b'"url"' in child.stdout.readline()
        child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=DEADLINE_S) == 0


def test_a_busy_port_is_a_clear_failure() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(SimulatorFailed) as caught:
            SimulatorProcess.start(["--port", str(port)])
    assert "code 1" in caught.value.message
    assert f"Port {port} on 127.0.0.1 cannot be used" in caught.value.message
    assert "Traceback" not in caught.value.message


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--host", "0.0.0.0"], 1, "serves this machine alone"),
        (["--host", "example.ac.uk"], 1, "is no address"),
        (["--seed-file", "absent.json"], 1, "absent.json cannot be read"),
        (["--switch", "nonsense=1"], 2, "no switch 'nonsense'"),
        (["--faults", "sunny"], 2, "no fault profile 'sunny'"),
        (["--zone", "Europe/Atlantis"], 2, "no time zone 'Europe/Atlantis'"),
    ],
)
def test_what_cannot_be_is_refused_with_its_code(options: list[str], code: int, said: str) -> None:
    with pytest.raises(SimulatorFailed) as caught:
        SimulatorProcess.start(options)
    assert f"code {code}" in caught.value.message
    assert said in caught.value.message
    assert "Traceback" not in caught.value.message
