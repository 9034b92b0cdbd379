"""Running the program as its users do: a process of its own, its standard output read as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from echodesk.access import CLIENT_ID, CLIENT_SECRET
from echodesk.simulator.process import Address

ROOT = Path(__file__).resolve().parents[2]


def environment(address: Address | None = None) -> dict[str, str]:
    """This process's environment with the package and, if needed, credentials."""
    values = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
    if address is not None:
        values |= {CLIENT_ID: address.client_id, CLIENT_SECRET: address.client_secret}
    return values


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """Its standard output as one JSON object."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


def echodesk(*words: object, env: Mapping[str, str] | None = None, timeout_s: float = 100.0) -> Ended:
    """One command to its end."""
    done = subprocess.run(
        _command(words),
        env=dict(env or environment()),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def start_worker(data: Path, address: Address) -> subprocess.Popen[bytes]:
    """`echodesk worker` in a process of its own; what it has to tell is gathered beside its data."""
    words = ("worker", "--data", data, "--echo360", address.url, "--calls-per-minute", 0, "--json")
    with told_in(data).open("ab") as told:
        return subprocess.Popen(_command(words), env=environment(address), stdout=subprocess.PIPE, stderr=told)


def told_in(data: Path) -> Path:
    """Where the workers of this data folder tell."""
    return data.with_suffix(".told")


def ready(worker: subprocess.Popen[bytes], data: Path) -> dict[str, Any]:
    """Waits for the line with which a worker says that it is ready."""
    assert worker.stdout is not None
    line = worker.stdout.readline()
    assert line, f"the worker ended with {worker.wait()}: {told_in(data).read_text()[-3000:]}"
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def kill(worker: subprocess.Popen[bytes]) -> None:
    """SIGKILL, and nothing of it is left."""
    worker.kill()
    worker.wait()
    if worker.stdout is not None:
        worker.stdout.close()


def _command(words: Sequence[object]) -> list[str]:
    return [sys.executable, "-m", "echodesk", *map(str, words)]
