"""The simulator as a server on the loopback interface, in a process of its own."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import random
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from echodesk.errors import EchoDeskError
from echodesk.simulator.asgi import TRANSPORT, Application
from echodesk.simulator.clocks import CampusClock, monotonic, utc
from echodesk.simulator.control import Control
from echodesk.simulator.faults import FaultSettings
from echodesk.simulator.misbehave import Simulator
from echodesk.simulator.model import Institution, InstitutionConfig
from echodesk.simulator.seed import Seed, plant
from echodesk.simulator.stdin_watch import call_at_end_of_stdin


class CannotServe(EchoDeskError):
    """The server cannot start where it was told to."""

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__("The simulator cannot start", message, next_step)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    """Everything a simulator is started with, beside its institution."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 = any free one."""
    faults: FaultSettings = field(default_factory=FaultSettings)
    fault_seed: int = 0
    latency_s: float = 0.0
    starts_at: datetime | None = None
    """Campus time at the start; None = the true one."""
    until_stdin_closes: bool = False
    """Stop when standard input ends, that is, when the parent is gone."""


class _Protocol(HttpToolsProtocol):
    """Lets the application reach the connection, which faults tear down."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"][TRANSPORT] = self.transport


class _Server(uvicorn.Server):
    """Says when it accepts connections."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    def stop(self) -> None:
        """Ends the server within about a second."""
        self.should_exit = True


def build(institution: InstitutionConfig, config: ServerConfig, seed: Seed | None = None) -> Simulator:
    """A simulator on the real clocks. Raises `BadSeed`."""
    clock = CampusClock(institution.zone, config.starts_at)
    model = Institution(institution, now=clock.now, monotonic=monotonic, utc=utc, rng=random.SystemRandom())
    if seed is not None:
        plant(model, seed)
    return Simulator(model, faults=config.faults, rng=random.Random(config.fault_seed), latency_s=config.latency_s)


def serve(
    institution: InstitutionConfig,
    config: ServerConfig,
    *,
    seed: Seed | None = None,
    on_ready: Callable[[str], None],
) -> None:
    """Serves until a signal, or the end of standard input if so configured; `on_ready` gets the URL once
    connections are accepted. Raises `CannotServe` and `BadSeed`."""
    listener = _bind(config.host, config.port)
    with listener:
        simulator = build(institution, config, seed)
        application = Application(simulator, Control(simulator, institution.client_secret))
        host, port = listener.getsockname()[:2]
        url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        settings = uvicorn.Config(
            application,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
            backlog=2048,
        )
        server = _Server(settings, lambda: on_ready(url))
        # uvicorn raises a caught signal again when it is done: that must end in a return, not in a death.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        # What was seeded stays for good and need not be looked through at every collection.
        gc.freeze()
        with asyncio.Runner(loop_factory=settings.get_loop_factory()) as runner:
            runner.run(_run(server, listener, config.until_stdin_closes))


async def _run(server: _Server, listener: socket.socket, until_stdin_closes: bool) -> None:
    if until_stdin_closes:
        await call_at_end_of_stdin(server.stop)
    await server.serve(sockets=[listener])


def _bind(host: str, port: int) -> socket.socket:
    address = "127.0.0.1" if host == "localhost" else host
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError as problem:
        raise CannotServe(f"{host!r} is no address.", "Use 127.0.0.1.") from problem
    if not parsed.is_loopback:
        raise CannotServe(f"It serves this machine alone and does not listen on {host}.", "Use 127.0.0.1.")
    listener = socket.socket(socket.AF_INET6 if parsed.version == 6 else socket.AF_INET)
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
    except OSError as problem:
        listener.close()
        raise CannotServe(
            f"Port {port} on {host} cannot be used: {problem.strerror}.",
            "Choose another one with --port, or leave it out to take any free one.",
        ) from problem
    return listener
