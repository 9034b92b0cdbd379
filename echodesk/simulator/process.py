"""Starting the simulator as a child process, and stopping it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from echodesk.errors import EchoDeskError
from echodesk.simulator.command import CLIENT_ID_VARIABLE, CLIENT_SECRET_VARIABLE

PROGRAM = (sys.executable, "-m", "echodesk.simulator")
"""In a bundle there is no Python to hand a module to: EchoDesk itself understands these words (`__main__.py`)."""
_POLL_S = 0.02


class SimulatorFailed(EchoDeskError):
    """The simulator did not start or ended by itself; the message holds what it said."""

    def __init__(self, message: str) -> None:
        super().__init__("The Echo360 simulator is not running", message, "Start it again.")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a running simulator is reached, and with what."""

    url: str
    client_id: str
    client_secret: str


class SimulatorProcess:
    """A simulator in a process of its own. It stops with `stop`, with the `with` block, or when this process
    dies, because its standard input ends then."""

    def __init__(self, address: Address, child: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
        self.address = address
        self._child = child
        self._errors = errors

    @classmethod
    def start(
        cls,
        options: Sequence[str] = (),
        *,
        client_id: str = "",
        client_secret: str = "",
        deadline_s: float = 20.0,
    ) -> Self:
        """Starts a simulator with these command-line options and waits until it accepts connections.

        Credentials go through the environment, so that no list of processes shows them; empty ones are made
        up. Raises `SimulatorFailed` if the child ends or the deadline passes first.
        """
        environment = dict(os.environ)
        environment |= {CLIENT_ID_VARIABLE: client_id, CLIENT_SECRET_VARIABLE: client_secret}
        # The child must find this very package, wherever the parent was started.
        places = [str(Path(__file__).parents[2]), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(place for place in places if place)
        with contextlib.ExitStack() as on_failure:
            # Files instead of pipes: no thread is needed to read them, and a talkative child never blocks.
            output = on_failure.enter_context(tempfile.TemporaryFile())
            errors = on_failure.enter_context(tempfile.TemporaryFile())
            child = subprocess.Popen(
                [*PROGRAM, "--json", "--until-stdin-closes", *options],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=errors,
                env=environment,
            )
            on_failure.callback(_end, child)
            address = _wait_until_ready(child, output, errors, deadline_s)
            on_failure.pop_all()
        output.close()
        return cls(address, child, errors)

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    def check(self) -> None:
        """Raises `SimulatorFailed` with what the child said if it is no longer running."""
        if self._errors.closed:
            raise SimulatorFailed("The simulator was stopped.")
        if self._child.poll() is not None:
            raise SimulatorFailed(_obituary(self._child, self._errors))

    def wait(self) -> None:
        """Returns when the child has ended by itself."""
        self._child.wait()

    def stop(self) -> None:
        """Ends the child, by force if it does not go. A second call does nothing."""
        _end(self._child)
        self._errors.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _wait_until_ready(
    child: subprocess.Popen[bytes], output: IO[bytes], errors: IO[bytes], deadline_s: float
) -> Address:
    deadline = time.monotonic() + deadline_s
    while True:
        ended = child.poll() is not None
        output.seek(0)
        line = output.readline()
        if line.endswith(b"\n") and not line.startswith(b'{"error"'):
            try:
                return msgspec.json.decode(line, type=Address)
            except msgspec.DecodeError as problem:
                raise SimulatorFailed(f"The simulator said something unexpected: {line!r}") from problem
        if ended:
            raise SimulatorFailed(_obituary(child, errors))
        if time.monotonic() > deadline:
            raise SimulatorFailed(f"The simulator was not ready within {deadline_s:g} s. {_said(errors)}")
        time.sleep(_POLL_S)


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _obituary(child: subprocess.Popen[bytes], errors: IO[bytes]) -> str:
    return f"The simulator ended by itself with code {child.returncode}. {_said(errors)}"


def _said(errors: IO[bytes]) -> str:
    errors.seek(0)
    return errors.read().decode("utf-8", "replace").strip()[-4000:]
