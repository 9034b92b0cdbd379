"""Errors must be handled by those who know what they mean: nothing is caught too broadly, nothing dropped (T7)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house_rules.source import Source

# Handlers that may catch everything, and why. A boundary hands the error on to people; nobody else may.
BROAD_PLACES: dict[str, str] = {}
ALL = {"Exception", "BaseException"}
# Families so wide that what is caught is not known from the type: the handler has to raise, or to use the error.
WIDE = {"OSError", "IOError", "EnvironmentError", "RuntimeError", "LookupError", "ArithmeticError", "Warning"}
WIDE |= {"ExceptionGroup", "BaseExceptionGroup", "SQLAlchemyError", "HTTPError", "MsgspecError"}
WIDE_PLACES = {
    "echodesk/main.py": "a user whose name the system does not know is called somebody",
    "echodesk/simulator/clocks.py": "whether a zone exists: that it cannot be read is the answer",
    "echodesk/worker/thread.py": "a loop that was closed meanwhile raises RuntimeError; the caller is told",
    "packaging/bootstrap.py": "a record that cannot be read is no record: everything is made anew",
}
# A task that was cancelled on purpose ends with this error, and there is nobody to tell.
SUPPRESSIBLE = {"asyncio.CancelledError"}


def broken_handlers(source: Source) -> Iterator[str]:
    """Errors caught too broadly, or caught and dropped."""
    names = {id(node): name for node, name in source.names()}
    groups = dict(_constants(source.tree))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            yield from _broken_handler(source, node, groups)
        elif isinstance(node, (ast.Try, ast.TryStar)):
            for leaves in _leaving(node.finalbody):
                yield source.at(leaves, "leaves a finally block early: the error on its way is dropped in silence")
        elif isinstance(node, ast.Call) and names.get(id(node.func)) == "contextlib.suppress":
            if any(names.get(id(each)) not in SUPPRESSIBLE for each in node.args):
                yield source.at(node, "an error is dropped in silence")
        elif isinstance(node, ast.Expr) and _gathers_errors(node.value, names):
            yield source.at(node, "gather(return_exceptions=True) and nobody reads its answer: errors are dropped")


def _broken_handler(source: Source, node: ast.ExceptHandler, groups: dict[str, ast.expr]) -> Iterator[str]:
    caught = set(_caught(node.type, groups))
    raises = any(isinstance(each, ast.Raise) for part in node.body for each in ast.walk(part))
    if (node.type is None or caught & ALL) and not raises and source.path not in BROAD_PLACES:
        yield source.at(node, "catches everything and does not raise it again")
    if caught & WIDE and not raises and not _uses(node) and source.path not in WIDE_PLACES:
        yield source.at(
            node, f"catches {', '.join(sorted(caught & WIDE))} and neither raises nor looks at what it is"
        )
    if all(_says_nothing(each) for each in node.body):
        yield source.at(node, "an error is dropped in silence")


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Names that the file itself gives to groups of errors."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from ((each.id, node.value) for each in node.targets if isinstance(each, ast.Name))


def _caught(kind: ast.expr | None, groups: dict[str, ast.expr]) -> Iterator[str]:
    """The names of everything a handler of this type catches, the last part of each."""
    if isinstance(kind, ast.Tuple):
        for each in kind.elts:
            yield from _caught(each, groups)
    elif isinstance(kind, ast.Starred):
        yield from _caught(kind.value, groups)
    elif isinstance(kind, ast.Attribute):
        yield kind.attr
    elif isinstance(kind, ast.Name):
        if isinstance(value := groups.get(kind.id), ast.Tuple):
            yield from _caught(value, {})
        yield kind.id


def _uses(node: ast.ExceptHandler) -> bool:
    """Whether the handler looks at the error it has caught."""
    used = (each for part in node.body for each in ast.walk(part) if isinstance(each, ast.Name))
    return node.name is not None and any(each.id == node.name for each in used)


def _leaving(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that leave a block for good; those of functions in it leave only the function."""
    for each in body:
        if isinstance(each, (ast.Return, ast.Break, ast.Continue)):
            yield each
        elif isinstance(each, (ast.For, ast.AsyncFor, ast.While)):
            # A loop of its own is left by its own break.
            yield from (one for one in _leaving([*each.body, *each.orelse]) if isinstance(one, ast.Return))
        elif not isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            parts = (getattr(each, name, []) for name in ("body", "orelse", "finalbody"))
            yield from (one for part in parts for one in _leaving(part))
            yield from (one for one in getattr(each, "handlers", []) for one in _leaving(one.body))


def _gathers_errors(value: ast.expr, names: dict[int, str]) -> bool:
    call = value.value if isinstance(value, ast.Await) else value
    if not isinstance(call, ast.Call) or names.get(id(call.func)) != "asyncio.gather":
        return False
    wanted = (word for word in call.keywords if word.arg == "return_exceptions")
    return any(not (isinstance(word.value, ast.Constant) and not word.value.value) for word in wanted)


def _says_nothing(statement: ast.stmt) -> bool:
    """Whether a statement does nothing: `pass`, `...`, a string, a bare `continue`."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, (ast.Pass, ast.Continue))
