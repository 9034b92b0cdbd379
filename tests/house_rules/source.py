"""One Python file as the rules see it: its imports, and names traced back to the module they came from."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class Source:
    """A file by its path from the project's root, with its text parsed. Raises SyntaxError if it is no Python."""

    path: str
    text: str
    tree: ast.Module = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tree", ast.parse(self.text, self.path))

    def at(self, node: ast.AST, words: str) -> str:
        """A broken rule, with the place where it is broken."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {words}"

    def imports(self) -> Iterator[tuple[ast.AST, str]]:
        """Every module or name imported anywhere in the file, in full, relative ones resolved."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node, each.name) for each in node.names)
            elif isinstance(node, ast.ImportFrom):
                origin = self.origin(node)
                yield from ((node, f"{origin}.{each.name}") for each in node.names)

    def origin(self, node: ast.ImportFrom) -> str:
        """The module a from-import names, in full."""
        if not node.level:
            return node.module or ""
        package = PurePosixPath(self.path).parent.parts
        above = package[: len(package) - node.level + 1]
        return ".".join([*above, *([node.module] if node.module else [])])

    def names(self) -> Iterator[tuple[ast.AST, str]]:
        """Every use of an imported name, spelled in full: `dt.datetime.now` as `datetime.datetime.now`."""
        known: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                known.update(
                    {each.asname or each.name.split(".")[0]: each.name for each in node.names if each.asname}
                )
                known.update(
                    {each.name.split(".")[0]: each.name.split(".")[0] for each in node.names if not each.asname}
                )
            elif isinstance(node, ast.ImportFrom):
                known.update({each.asname or each.name: f"{self.origin(node)}.{each.name}" for each in node.names})
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.Attribute, ast.Name)) and (name := spelled(node, known)):
                yield node, name


def spelled(node: ast.expr, known: dict[str, str]) -> str | None:
    """The full name of `a.b.c`, or None if `a` was not imported."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):
        before = spelled(node.value, known)
        return f"{before}.{node.attr}" if before else None
    return None


def inside(name: str, module: str) -> bool:
    """Whether a dotted name is the module or something in it."""
    return name == module or name.startswith(module + ".")
