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
    """The names of the worker's transactions, as its source gives them to `Ledger.read` and `Ledger.write`.

    Raises `LookupError` for one whose name cannot be read there.
    """
    found: set[str] = set()
    for file in sorted(Path(echodesk.worker.__file__).parent.glob("*.py")):
        found |= _steps_of(ast.parse(file.read_text(encoding="utf-8")), file.name)
    return frozenset(found)


def _steps_of(tree: ast.Module, file: str) -> set[str]:
    found: set[str] = set()
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if not (isinstance(node, ast.Call) and _is_transaction(node)):
                continue
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                found.add(name.value)
            elif isinstance(name, ast.Name) and (given := _given(tree, function, name.id)):
                found |= given
            elif not isinstance(name, ast.Name) or name.id not in _parameters(function):
                raise LookupError(f"{file}:{node.lineno}: a step without a name of its own")
    return found


def _is_transaction(call: ast.Call) -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr in ("read", "write")
        and ast.unparse(function.value).endswith("ledger")
        and len(call.args) == 2
    )


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    return [each.arg for each in function.args.args if each.arg != "self"]


def _given(tree: ast.Module, function: ast.FunctionDef | ast.AsyncFunctionDef, parameter: str) -> set[str]:
    """The names that a function's callers in the same file hand to it."""
    if parameter not in _parameters(function):
        return set()
    place = _parameters(function).index(parameter)
    found: set[str] = set()
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == function.name:
            given = call.args[place] if len(call.args) > place else None
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                found.add(given.value)
    return found


@cache
def named_points() -> tuple[str, ...]:
    """All of them, in a fixed order."""
    transactions = [f"{step}: {when}" for step in sorted(steps()) for when in (UNCOMMITTED, COMMITTED)]
    requests = [f"{name}: {when}" for name, _, _ in _REQUESTS for when in (UNSENT, WRITTEN, ANSWERED)]
    return (*transactions, *requests)
