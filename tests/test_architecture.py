"""The house rules hold in the whole tree, and each of them can fail.

The rules and the tables of exceptions stand in `tests/house_rules/`; a new room, library or exception is entered
there, with its reason.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.house_rules import behaviour, handlers, imports, text
from tests.house_rules.source import Source

ROOT = Path(__file__).resolve().parent.parent
Rule = Callable[[Source], Iterable[str]]

RULES_OF_THE_PROGRAM: list[Rule] = [
    imports.broken_imports,
    imports.broken_threads,
    behaviour.broken_clocks,
    behaviour.broken_lots,
    behaviour.broken_qt,
    behaviour.broken_bundle,
]
RULES_OF_ALL_CODE: list[Rule] = [handlers.broken_handlers, text.broken_silencers, text.broken_length]


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    """The files that git keeps and that are there, by their path from the root."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [path for path in listing.decode().split("\0") if path and (ROOT / path).is_file()]


@pytest.fixture(scope="module")
def sources(tracked: list[str]) -> list[Source]:
    """All Python files of the project."""
    return [Source(path, (ROOT / path).read_text(encoding="utf-8")) for path in tracked if path.endswith(".py")]


def assert_kept(findings: Iterable[str]) -> None:
    """Fails with one line for each finding."""
    if told := "\n".join(findings):
        pytest.fail(told, pytrace=False)


@pytest.mark.parametrize("rule", RULES_OF_THE_PROGRAM, ids=lambda rule: rule.__name__)
def test_the_program_keeps_the_rule(rule: Rule, sources: list[Source]) -> None:
    program = [each for each in sources if each.path.startswith("echodesk/")]
    assert len(program) > 8
    assert_kept(finding for each in program for finding in rule(each))


@pytest.mark.parametrize("rule", RULES_OF_ALL_CODE, ids=lambda rule: rule.__name__)
def test_all_code_keeps_the_rule(rule: Rule, sources: list[Source]) -> None:
    assert_kept(finding for each in sources for finding in rule(each))


def test_no_file_names_one_machine_or_a_registry(tracked: list[str]) -> None:
    contents = ((path, (ROOT / path).read_bytes()) for path in tracked)
    texts = [(path, content.decode()) for path, content in contents if b"\0" not in content]
    assert_kept(finding for path, content in texts for finding in text.broken_words(path, content))


def test_the_top_of_the_tree_holds_what_belongs_there(tracked: list[str]) -> None:
    assert_kept(text.broken_top(tracked))


def test_every_room_says_what_lives_there(sources: list[Source]) -> None:
    rooms = {
        each.path: each for each in sources if each.path.count("/") == 2 and each.path.endswith("/__init__.py")
    }
    for room in (name for name in imports.ROOMS if not name.endswith(".py")):
        docstring = rooms[f"echodesk/{room}/__init__.py"].text.split('"""')[1]
        assert len(docstring.strip().splitlines()) >= 3, room


def test_exceptions_name_files_that_are_there(tracked: list[str]) -> None:
    """An exception whose file is gone would silently wait for the next file of that name."""
    listed = [*text.LONG_FILES, *handlers.BROAD_PLACES, *handlers.WIDE_PLACES, *behaviour.LOT_PLACES]
    listed += behaviour.BUNDLE_PLACES
    assert [path for path in listed if path not in tracked] == []


def broken(rule: Rule, path: str, code: str) -> list[str]:
    """What a rule says about a file with this code."""
    return list(rule(Source(path, code)))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("echodesk/planning/a.py", "import msgspec"),
        ("echodesk/planning/a.py", "from echodesk.messages import Event"),
        ("echodesk/planning/a.py", "def f():\n    import sqlalchemy"),
        ("echodesk/timetable/a.py", "import httpx"),
        ("echodesk/timetable/a.py", "from echodesk.store import queue"),
        ("echodesk/capture/a.py", "from echodesk import store"),
        ("echodesk/capture/a.py", "from ..store import mirror"),
        ("echodesk/store/a.py", "from echodesk.worker.ports import Clock"),
        ("echodesk/worker/a.py", "import sqlalchemy as sa"),
        ("echodesk/worker/a.py", "from PySide6.QtCore import QObject"),
        ("echodesk/worker/a.py", "import httpx"),
        ("echodesk/worker/a.py", "import sqlite3"),
        ("echodesk/worker/engine.py", "import threading"),
        ("echodesk/worker/a.py", "import random"),
        ("echodesk/desk/a.py", "from echodesk.store.queue import Entry"),
        ("echodesk/desk/a.py", "from echodesk import timetable, capture"),
        ("echodesk/desk/a.py", "from echodesk.planning.projection import project"),
        ("echodesk/desk/a.py", "from echodesk.planning import projection"),
        ("echodesk/simulator/a.py", "from echodesk.capture.wire import Body"),
        ("echodesk/simulator/a.py", "from echodesk.messages import Event"),
        ("echodesk/demo/a.py", "from starlette.applications import Starlette"),
        ("echodesk/demo/a.py", "from echodesk.desk import app"),
        ("echodesk/main.py", "import PySide6"),
        ("echodesk/messages.py", "from echodesk.store import queue"),
        ("echodesk/capture/a.py", "import importlib"),
        ("echodesk/another/a.py", ""),
    ],
)
def test_a_forbidden_import_is_found(path: str, code: str) -> None:
    assert len(broken(imports.broken_imports, path, code)) >= 1


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (
            "echodesk/planning/a.py",
            "import datetime as dt\nfrom echodesk.planning.values import Lesson\nfrom . import b",
        ),
        (
            "echodesk/capture/a.py",
            "import httpx\nfrom echodesk.errors import CaptureTrouble\nfrom .wire import Body",
        ),
        ("echodesk/worker/thread.py", "import threading\nfrom concurrent.futures import ThreadPoolExecutor"),
        (
            "echodesk/desk/a.py",
            "import qasync\nfrom echodesk.planning.values import Lesson\nfrom echodesk import __version__",
        ),
        ("echodesk/main.py", "from echodesk.desk import app\nfrom echodesk.store import database"),
        ("echodesk/demo/a.py", "import random\nimport sqlalchemy"),
    ],
)
def test_a_permitted_import_passes(path: str, code: str) -> None:
    assert broken(imports.broken_imports, path, code) == []


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (imports.broken_threads, "import threading as t\nt.Thread(target=print)"),
        (imports.broken_threads, "from concurrent.futures import ThreadPoolExecutor as Pool\nPool(2)"),
        (imports.broken_threads, "import asyncio\nasync def f():\n    await asyncio.to_thread(print)"),
        (imports.broken_threads, "from PySide6.QtCore import QThread\nQThread()"),
        (behaviour.broken_clocks, "import time\ntime.time()"),
        (behaviour.broken_clocks, "from time import monotonic as m\nstart = m()"),
        (behaviour.broken_clocks, "import time\ndef f(wait=time.sleep):\n    wait(1)"),
        (behaviour.broken_clocks, "import datetime as dt\ndt.datetime.now(dt.UTC)"),
        (behaviour.broken_clocks, "from datetime import date\ndate.today()"),
        (behaviour.broken_clocks, "import asyncio\nasync def f():\n    await asyncio.sleep(1)"),
        (behaviour.broken_lots, "import random\nrandom.choice([1])"),
        (behaviour.broken_lots, "from random import shuffle\nshuffle([])"),
        (behaviour.broken_lots, "import random\nrandom.Random()"),
        (behaviour.broken_lots, "import uuid\nuuid.uuid4()"),
        (behaviour.broken_lots, "import secrets\nsecrets.token_hex()"),
        (behaviour.broken_qt, "from qasync import asyncSlot"),
        (behaviour.broken_qt, "import qasync\n@qasync.asyncSlot()\nasync def f(): ..."),
        (behaviour.broken_qt, "from PySide6.QtCore import QSortFilterProxyModel"),
        (behaviour.broken_qt, "from PySide6 import QtCore\nQtCore.QSortFilterProxyModel()"),
        (behaviour.broken_qt, "def f(dialog):\n    dialog.exec()"),
        (behaviour.broken_qt, "from PySide6.QtWidgets import QMessageBox\nQMessageBox.question(None, '', '')"),
        (behaviour.broken_bundle, "from pathlib import Path\nPath(__file__).parent"),
        (behaviour.broken_bundle, "import sys\nprogram = [sys.executable, '-m', 'echodesk']"),
        (handlers.broken_handlers, "try:\n    f()\nexcept:\n    g()"),
        (handlers.broken_handlers, "try:\n    f()\nexcept (ValueError, Exception) as e:\n    print(e)"),
        (handlers.broken_handlers, "try:\n    f()\nexcept BaseException:\n    g()"),
        (handlers.broken_handlers, "try:\n    f()\nexcept ValueError:\n    pass"),
        (
            handlers.broken_handlers,
            "for x in y:\n    try:\n        f()\n    except ValueError:\n        continue",
        ),
        (handlers.broken_handlers, "import contextlib\nwith contextlib.suppress(OSError):\n    f()"),
        (handlers.broken_handlers, "from contextlib import suppress\nwith suppress(Exception):\n    f()"),
        (handlers.broken_handlers, "import builtins\ntry:\n    f()\nexcept builtins.Exception:\n    g()"),
        (handlers.broken_handlers, "ALL = (ValueError, Exception)\ntry:\n    f()\nexcept ALL:\n    g()"),
        (handlers.broken_handlers, "try:\n    f()\nexcept* Exception:\n    g()"),
        (handlers.broken_handlers, "try:\n    f()\nexcept OSError:\n    g()"),
        (handlers.broken_handlers, "try:\n    f()\nexcept (KeyError, RuntimeError) as e:\n    g()"),
        (handlers.broken_handlers, "try:\n    f()\nexcept sa.exc.SQLAlchemyError:\n    g()"),
        (handlers.broken_handlers, "try:\n    f()\nexcept ValueError:\n    ..."),
        (handlers.broken_handlers, "try:\n    f()\nexcept ValueError:\n    'it does not matter'"),
        (handlers.broken_handlers, "def f():\n    try:\n        g()\n    finally:\n        return 1"),
        (handlers.broken_handlers, "for x in y:\n    try:\n        g()\n    finally:\n        continue"),
        (
            handlers.broken_handlers,
            "def f():\n    try:\n        g()\n    finally:\n        if h():\n            return 1",
        ),
        (
            handlers.broken_handlers,
            "import asyncio\nasync def f(tasks):\n    await asyncio.gather(*tasks, return_exceptions=True)",
        ),
        (text.broken_silencers, "x = 1  # type: " + "ignore"),
        (text.broken_silencers, "x = 1  # type: " + "ignore[misc]"),
        (text.broken_silencers, "x = 1  # " + "noqa"),
        (text.broken_silencers, "x = 1  # " + "noqa: E501"),
        (text.broken_silencers, "x = 1  # pragma: " + "no cover"),
        (text.broken_length, "x = 1\n" * 401),
    ],
)
def test_a_broken_rule_is_found(rule: Rule, code: str) -> None:
    assert len(broken(rule, "echodesk/worker/engine.py", code)) >= 1


@pytest.mark.parametrize(
    ("rule", "path", "code"),
    [
        (imports.broken_threads, "echodesk/worker/thread.py", "import threading\nthreading.Thread(target=print)"),
        (behaviour.broken_clocks, "echodesk/worker/clock.py", "import time\ntime.monotonic()"),
        (
            behaviour.broken_clocks,
            "echodesk/worker/engine.py",
            "async def f(clock):\n    await clock.sleep(clock.monotonic())",
        ),
        (behaviour.broken_lots, "echodesk/demo/a.py", "import random\nlot = random.Random(7)\nlot.choice([1])"),
        (behaviour.broken_qt, "echodesk/desk/a.py", "def f(dialog):\n    dialog.open()"),
        (behaviour.broken_bundle, "echodesk/paths.py", "from pathlib import Path\nPath(__file__).parents[1]"),
        (handlers.broken_handlers, "echodesk/a.py", "try:\n    f()\nexcept Exception:\n    g()\n    raise"),
        (handlers.broken_handlers, "echodesk/a.py", "try:\n    f()\nexcept OSError as e:\n    tell(e.strerror)"),
        (
            handlers.broken_handlers,
            "echodesk/a.py",
            "try:\n    f()\nfinally:\n    def g():\n        return 1\n    g()",
        ),
        (
            handlers.broken_handlers,
            "echodesk/a.py",
            "try:\n    f()\nfinally:\n    for x in y:\n        if x:\n            break",
        ),
        (
            handlers.broken_handlers,
            "echodesk/a.py",
            "import asyncio\nasync def f(tasks):\n    return await asyncio.gather(*tasks, return_exceptions=True)",
        ),
        (
            handlers.broken_handlers,
            "echodesk/a.py",
            "try:\n    f()\nexcept ValueError as e:\n    raise Own from e",
        ),
        (text.broken_silencers, "echodesk/a.py", "x = 1  # " + "noqa: E501 - well-known words of the standard"),
        (
            text.broken_silencers,
            "echodesk/a.py",
            "x = 1  # type: " + "ignore[misc]  # the stubs know no such thing",
        ),
        (text.broken_length, "echodesk/a.py", "x = 1\n" * 400),
    ],
)
def test_a_kept_rule_passes(rule: Rule, path: str, code: str) -> None:
    assert broken(rule, path, code) == []


@pytest.mark.parametrize("words", [*text.MACHINE_PATHS, *text.REGISTRIES])
def test_a_path_of_one_machine_or_a_registry_is_found(words: str) -> None:
    assert list(text.broken_words("a.md", f"see\n'{words}x'")) != []


def test_words_that_only_look_like_a_path_of_one_machine_pass() -> None:
    assert list(text.broken_words("a.md", "home/work/x, https://example.ac.uk/tmp/y, {root}/tmp-files")) == []


def test_a_stranger_at_the_top_is_found() -> None:
    assert list(text.broken_top(["README.md", "notes.txt", "echodesk/a.py"])) == [
        "notes.txt: not one of the project's top folders and files"
    ]


def test_a_listed_file_may_be_long_but_not_longer_and_leaves_the_list_when_short() -> None:
    def findings(lines: int) -> list[str]:
        return list(text.broken_length(Source("echodesk/a.py", "x = 1\n" * lines), {"echodesk/a.py": 500}))

    assert [len(findings(lines)) for lines in (500, 501, 400)] == [0, 1, 1]
