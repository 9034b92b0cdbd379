"""Who may import what (design §6, decisions "Fences"): downwards only, and each library in its own room."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house_rules.source import Source, inside


@dataclass(frozen=True, slots=True)
class Room:
    """What one folder or one top file may import, beside the standard library."""

    ours: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()


BELOW = (
    *("echodesk.planning", "echodesk.messages", "echodesk.batches", "echodesk.lessons", "echodesk.clashes"),
    *("echodesk.settings", "echodesk.errors", "echodesk.paths", "echodesk.spreadsheets", "echodesk.activity"),
)

ROOMS = {
    "planning": Room(),
    "timetable": Room(BELOW, ("sqlalchemy",)),
    "capture": Room(BELOW, ("httpx", "msgspec", "certifi")),
    # One read transaction holds the timetable and EchoDesk's tables (decisions, "Dirt, snapshots, outcomes").
    # Statements are taken apart and written anew for a server there alone.
    "store": Room((*BELOW, "echodesk.timetable"), ("sqlalchemy", "msgspec", "sqlglot", "psycopg")),
    # Commands lie in the table COMMAND as JSON, written and read by the worker.
    "worker": Room(BELOW, ("msgspec",)),
    # Of planning the window knows the values it shows, not the rules that make them.
    "desk": Room(
        (
            *("echodesk.messages", "echodesk.batches", "echodesk.lessons", "echodesk.clashes"),
            *("echodesk.settings", "echodesk.errors", "echodesk.paths", "echodesk.planning.values"),
            *("echodesk.spreadsheets", "echodesk.checks", "echodesk.connecting", "echodesk.activity"),
        ),
        ("PySide6", "shiboken6", "qasync"),
    ),
    "simulator": Room(("echodesk.errors",), ("starlette", "uvicorn", "httptools", "uvloop", "msgspec", "typer")),
    # Writes the timetable into a database that `store` installed, and tells its simulator what there is.
    "demo": Room(
        (*BELOW, "echodesk.timetable", "echodesk.store", "echodesk.simulator"), ("sqlalchemy", "msgspec")
    ),
    "messages.py": Room(
        (
            *("echodesk.planning", "echodesk.errors", "echodesk.rows", "echodesk.stops", "echodesk.sending"),
            *("echodesk.batches", "echodesk.lessons", "echodesk.clashes", "echodesk.settings"),
            "echodesk.activity",
        )
    ),
    # The rows of the tables, who sends, and safety stops, which `messages` hands on: one contract, four files.
    "rows.py": Room(),
    "sending.py": Room(),
    "stops.py": Room(),
    # What is asked of plans of the year, lessons, clashes, settings, what was done; parts of the same contract.
    "activity.py": Room(),
    "batches.py": Room(),
    "lessons.py": Room(),
    "clashes.py": Room(("echodesk.planning.values",)),
    "errors.py": Room(),
    # What was looked at and found; told by commands and by the window.
    "checks.py": Room(("echodesk.errors",)),
    # How an office's own systems are connected: the values, and the port between window and commands.
    "connecting.py": Room(("echodesk.checks", "echodesk.settings")),
    "paths.py": Room(("echodesk.errors",), ("platformdirs",)),
    # One rule for files, which commands write, and for the clipboard, which the window fills.
    "spreadsheets.py": Room(),
    "log.py": Room(("echodesk.paths", "echodesk.errors")),
    "settings.py": Room(),
    "cli.py": Room(("echodesk",), ("typer", "msgspec")),
    # The single commands: too many for one file beside cli.py. SQL stays in store and timetable, HTTP in capture.
    "commands": Room(
        (
            *("echodesk.access", "echodesk.checks", "echodesk.connecting", "echodesk.secrets"),
            *(*BELOW, "echodesk.log", "echodesk.main", "echodesk.timetable", "echodesk.store", "echodesk.worker"),
            # One dictionary of the office's words serves the window and the command line.
            "echodesk.desk.words",
            "echodesk.desk.campus",
            # A list that is written into a file has the columns of the screen; no Qt is needed for what they say.
            "echodesk.desk.tables.columns",
            # A demonstration's data folder is told apart from an office's.
            "echodesk.demo.stage",
            # The demonstration's timetabler is a process of its own.
            "echodesk.demo.work_on",
            "echodesk.demonstration",
            # An address is refused before anything is opened.
            "echodesk.capture.settings",
        ),
        ("typer", "xlsxwriter"),
    ),
    # Secrets, and with what EchoDesk signs in. The system's own keyrings have errors of their own.
    "secrets.py": Room(
        ("echodesk.errors", "echodesk.log"), ("keyring", "secretstorage", "jeepney", "win32ctypes")
    ),
    "access.py": Room(("echodesk.errors", "echodesk.log", "echodesk.secrets", "echodesk.store")),
    "main.py": Room(("echodesk",)),
    # The second composition root: the demonstration, so that an office's EchoDesk is composed without it.
    "demonstration.py": Room(("echodesk",)),
    # The third: it asks every part whether it is whole.
    "self_check.py": Room(("echodesk",)),
    "__main__.py": Room(("echodesk.cli", "echodesk.simulator")),
    "__init__.py": Room(),
}

# Parts of the standard library that are fenced too, and who may import them.
FENCED = {
    "sqlite3": ("store/", "timetable/", "demo/"),
    "random": ("demo/", "simulator/"),
    "threading": ("worker/thread.py", "desk/bridge.py"),
    "_thread": (),
    "multiprocessing": (),
    "socket": ("simulator/",),
    "urllib.request": (),
    "http.client": (),
    "importlib": (),
    "unittest": (),
    "tkinter": (),
}
# What may be imported against FENCED, and why.
FENCE_EXCEPTIONS = {
    ("log.py", "threading"): "sets threading.excepthook, starts nothing",
    ("main.py", "threading"): "sets threading.excepthook, starts nothing",
    ("main.py", "random"): "seeds the dice port, the jitter of the worker's waits",
}

THREAD_MAKERS = (
    "threading.Thread",
    "threading.Timer",
    "concurrent.futures.ThreadPoolExecutor",
    "concurrent.futures.ProcessPoolExecutor",
    "concurrent.futures.thread",
    "asyncio.to_thread",
    "PySide6.QtCore.QThread",
    "PySide6.QtCore.QThreadPool",
    "PySide6.QtCore.QRunnable",
)
THREAD_PLACES = FENCED["threading"]


def room_of(path: str) -> str:
    """The folder or top file of `echodesk` that a path lies in."""
    return path.split("/")[1]


def broken_imports(source: Source) -> Iterator[str]:
    """What this file of `echodesk` imports and may not."""
    room = ROOMS.get(room_of(source.path))
    if room is None:
        yield f"{source.path}: no such room in the layout (tests/house_rules/imports.py)"
        return
    within = source.path.removeprefix("echodesk/")
    for node, name in source.imports():
        if not allowed(name, room, within):
            yield source.at(node, f"{room_of(source.path)} may not import {name}")


def allowed(name: str, room: Room, within: str) -> bool:
    """Whether a file (by its path within `echodesk`) of this room may import this name."""
    top = name.split(".")[0]
    if top == "echodesk":
        own = "echodesk." + within.split("/")[0].removesuffix(".py")
        return name == "echodesk.__version__" or any(inside(name, each) for each in (own, *room.ours))
    if top not in sys.stdlib_module_names:
        return top in room.libraries
    fences = [module for module in FENCED if inside(name, module)]
    return all(within.startswith(FENCED[each]) or (within, each) in FENCE_EXCEPTIONS for each in fences)


def broken_threads(source: Source) -> Iterator[str]:
    """Threads made elsewhere than in the two places that may (design §7)."""
    if source.path.removeprefix("echodesk/") in THREAD_PLACES:
        return
    for node, name in source.names():
        if any(inside(name, each) for each in THREAD_MAKERS):
            yield source.at(node, f"{name}: threads are made in {' and '.join(THREAD_PLACES)}")
