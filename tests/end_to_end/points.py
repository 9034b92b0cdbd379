"""Every named point at which the worker can be killed, read from the worker's own source.

A transaction has two: all its statements are done and nothing is committed; it is committed and nobody knows.
A request has three: nothing is written to the socket; all of it is; its whole answer was read and nothing was made
of it. A step that is added to the worker is a point the moment it is written, and a campaign that does not cross
it fails.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import echodesk.worker

UNCOMMITTED, COMMITTED = "before its commit", "after its commit"
UNSENT, WRITTEN, ANSWERED = "before the write", "after the write", "after the answer"

NOT_IN_A_WORKER = {
    "places": "a comparison on request, outside the worker",
    "compare": "a comparison on request, outside the worker",
}
"""Steps that no running worker takes, each with the reason."""

_REQUESTS = (
    ("sign in", "POST", re.compile(r"/oauth2/")),
    ("GET schedules", "GET", re.compile(r"/public/api/v2/schedules(\?|$)")),
    ("GET schedule", "GET", re.compile(r"/public/api/v2/schedules/")),
    ("POST schedule", "POST", re.compile(r"/public/api/v2/schedules$")),
    ("PUT schedule", "PUT", re.compile(r"/public/api/v2/schedules/")),
    ("DELETE schedule", "DELETE", re.compile(r"/public/api/v2/schedules/")),
    ("GET person", "GET", re.compile(r"/public/api/v1/users/")),
    ("GET reference", "GET", re.compile(r"/public/api/v1/")),
    ("POST reference", "POST", re.compile(r"/public/api/v1/")),
)


def request_name(method: str, path: str) -> str:
    """What a request is called. Raises `LookupError` for one that no list here knows."""
    for name, wanted, pattern in _REQUESTS:
        if method == wanted and pattern.match(path):
            return name
    raise LookupError(f"a request without a name: {method} {path}")


def steps() -> frozenset[str]:
    """The names of the worker's transactions, as its source gives them to `Ledger.read` and `Ledger.write`."""
    found: set[str] = set()
    for file in sorted(Path(echodesk.worker.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            owner = ast.unparse(node.func.value)
            if node.func.attr not in ("read", "write") or not owner.endswith("ledger"):
                continue
            if len(node.args) == 2:
                name = node.args[0]
                if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
                    raise LookupError(f"{file.name}:{node.lineno}: a step without a name of its own")
                found.add(name.value)
    return frozenset(found)


@cache
def named_points() -> tuple[str, ...]:
    """All of them, in a fixed order."""
    transactions = [
        f"{step}: {when}" for step in sorted(steps() - NOT_IN_A_WORKER.keys()) for when in (UNCOMMITTED, COMMITTED)
    ]
    requests = [f"{name}: {when}" for name, _, _ in _REQUESTS for when in (UNSENT, WRITTEN, ANSWERED)]
    return (*transactions, *requests)
