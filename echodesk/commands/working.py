"""`worker`: the worker without a window, as a service runs it, until it is asked to end."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Annotated

import typer

from echodesk import log
from echodesk.access import address_of, echo360_access
from echodesk.commands.answers import Data, Json, folder_of, keep_log, office_at, plain, say
from echodesk.commands.reading import check_address
from echodesk.demo.stage import existing
from echodesk.desk import words
from echodesk.errors import WrongUse
from echodesk.main import Office, make_worker
from echodesk.messages import EngineState, Event, Notice, Phase, WorkerEnded, WorkerFailed
from echodesk.secrets import Secrets
from echodesk.store.settings import value_of
from echodesk.worker.thread import WorkerThread

LISTEN_S = 0.5
"""How long a signal may have to wait on systems whose waits it does not interrupt."""
JOIN_S = 30.0
STANDING_BY = (Phase.FOLLOWING, Phase.LOOKING, Phase.DATABASE_LOST)
"""It has done what it can for now."""


CallLimit = Annotated[int | None, typer.Option(help="The call limit; 0 lifts it. Without it, the setting.", min=0)]


class Events:
    """Takes the worker's events on its thread, and signals, and hands them to this one."""

    def __init__(self) -> None:
        # Its `put` may interrupt its `get`, so that a signal handler may call it.
        self._waiting: SimpleQueue[Event | None] = SimpleQueue()
        self.stop_asked = False

    def post(self, event: Event) -> None:
        """Take an event; any thread."""
        self._waiting.put(event)

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Ctrl+C or SIGTERM."""
        self.stop_asked = True
        self._waiting.put(None)

    def next(self, timeout_s: float) -> Event | None:
        """The oldest event, None after a signal or if none comes in time."""
        try:
            return self._waiting.get(timeout=timeout_s)
        except Empty:
            return None


def worker(
    echo360: Annotated[str, typer.Option(help="Address of Echo360, as https://echo360.org.uk.")] = "",
    calls_per_minute: CallLimit = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Send without a window, until Ctrl+C or SIGTERM. Several may run; one sends, the others stand by.

    The credentials come from ECHODESK_ECHO360_CLIENT_ID and ECHODESK_ECHO360_CLIENT_SECRET, or from what
    `echodesk echo360` and `echodesk secret set echo360` kept.
    JSON, one line once it is ready: ready, leading, holder, phase, echo360, data, calls_per_minute. What it has to
    tell afterwards goes to standard error.
    """
    folder = folder_of(data)
    echo360 = address_of(folder, echo360)
    if not echo360:
        raise WrongUse(
            "Which Echo360?",
            "A worker without a window needs its address.",
            "Add --echo360 https://…, with the credentials in the environment, or choose it with "
            "`echodesk echo360`; `echodesk demo` brings an Echo360 of its own.",
        )
    demonstration = existing(folder) is not None
    echo360 = check_address(echo360, loopback_only=demonstration)
    access = echo360_access(Secrets(folder), echo360)
    with office_at(data) as office:
        keep_log(folder)
        limit = calls_per_minute if calls_per_minute is not None else call_limit(office)
        events = Events()
        thread = make_worker(office, events, access, limit, loopback_only=demonstration)
        clean = _run(thread, events, _Telling(folder, echo360, limit, as_json=json))
    raise typer.Exit(0 if clean else 1)


def register(app: typer.Typer) -> None:
    """Mount the command."""
    app.command()(worker)


def call_limit(office: Office) -> int:
    return int(value_of(office.look(lambda books: books.office.settings()), "calls_per_minute"))


def _run(thread: WorkerThread, events: Events, telling: _Telling) -> bool:
    """Run until a signal. True if the worker ended in time and not by a defect."""
    before = {number: signal.signal(number, events.on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        thread.start()
        while True:
            event = events.next(LISTEN_S)
            if events.stop_asked:
                thread.request_stop()
            if isinstance(event, WorkerEnded):
                return thread.join(JOIN_S) and event.clean and not telling.failed
            if event is not None:
                telling.tell(event)
    finally:
        thread.request_stop()
        thread.join(JOIN_S)
        for number, handler in before.items():
            signal.signal(number, handler)


class _Telling:
    """Says once that the worker is ready, then what changes."""

    def __init__(self, folder: Path, echo360: str, limit: int, *, as_json: bool) -> None:
        self._folder = folder
        self._echo360 = echo360
        self._limit = limit
        self._as_json = as_json
        self._ready = False
        self._said = ""
        self.failed = False
        """The worker gave up after defects."""

    def tell(self, event: Event) -> None:
        """Say what a person who runs a service should know."""
        if isinstance(event, EngineState):
            self._state(event)
        elif isinstance(event, WorkerFailed):
            self.failed = True
            self._aside("EchoDesk met the same defect again and again and ends. Nothing is lost; see the log.")
        elif isinstance(event, Notice):
            self._aside(f"{event.title}: {event.message} {event.next_step}")

    def _state(self, state: EngineState) -> None:
        if not self._ready and (state.mine or state.phase in STANDING_BY):
            self._ready = True
            self._say_ready(state)
        text = words.phase(state.phase)
        if state.phase is Phase.FOLLOWING:
            text = f"Standing by: {state.holder} is sending."
        if state.database:
            text += f" - {state.database}"
        if state.echo360:
            text += f" - {state.echo360}"
        if state.clock:
            text += f" - {state.clock}"
        if self._ready and text != self._said:
            self._said = text
            self._aside(text)

    def _say_ready(self, state: EngineState) -> None:
        values = {
            "ready": True,
            "leading": state.mine,
            "holder": state.holder,
            "phase": state.phase.value,
            "echo360": self._echo360,
            "data": str(self._folder),
            "calls_per_minute": self._limit,
        }
        limit = f"{self._limit} calls a minute" if self._limit else "no call limit"
        text = f"Ready: {self._folder} to {self._echo360}, {limit}. Stop it with Ctrl+C."
        say(values, as_json=self._as_json, text=text)

    def _aside(self, text: str) -> None:
        sys.stderr.write(plain(log.redacted(text)) + "\n")
        sys.stderr.flush()
