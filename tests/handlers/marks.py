"""Handlers that tell when they are entered: a mark is put into each while its module is imported.

Cheaper than tracing lines, and without a library: nothing but the handlers themselves is slower.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

MARK = "__handler_entered__"
Place = tuple[str, int]
"""A file by its path from the root, and the line of an `except`."""


class Marks:
    """All handlers of the marked modules, and those that were entered."""

    def __init__(self, root: Path, packages: Sequence[str]) -> None:
        self.root = root
        self.packages = tuple(packages)
        self.entered: set[Place] = set()

    def install(self) -> None:
        """From now on the modules of these packages are imported with marks. They must not be imported yet."""
        early = [name for name in sys.modules if self.concerns(name)]
        if early:
            raise RuntimeError(f"imported before they could be marked: {', '.join(sorted(early))}")
        setattr(builtins, MARK, lambda path, line: self.entered.add((path, line)))
        sys.meta_path.insert(0, _Finder(self))

    def concerns(self, module: str) -> bool:
        """Whether a module belongs to one of the packages."""
        return any(module == package or module.startswith(package + ".") for package in self.packages)

    def all(self) -> set[Place]:
        """Every handler of these packages, imported or not."""
        folders = [self.root.joinpath(*package.split(".")) for package in self.packages]
        files = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
        return {(self.path_of(path), node.lineno) for path in files for node in handlers(path.read_text("utf-8"))}

    def path_of(self, path: Path) -> str:
        """By its path from the root."""
        return path.relative_to(self.root).as_posix()


def handlers(text: str) -> Iterable[ast.ExceptHandler]:
    """The handlers of a file."""
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ExceptHandler)]


def marked(text: str, path: str) -> ast.Module:
    """The file with a mark at the beginning of every handler; line numbers stay."""
    tree = ast.parse(text, path)
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            call = ast.parse(f"{MARK}({path!r}, {node.lineno})").body[0]
            for part in ast.walk(call):
                ast.copy_location(part, node)
            node.body.insert(0, call)
    return ast.fix_missing_locations(tree)


class _Finder(MetaPathFinder):
    def __init__(self, marks: Marks) -> None:
        self._marks = marks

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not self._marks.concerns(fullname):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None:
            return spec
        spec.loader = _Loader(fullname, spec.origin, self._marks)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, marks: Marks) -> None:
        super().__init__(fullname, path)
        self._marks = marks

    def get_code(self, fullname: str) -> CodeType:
        """Compiled anew each time: a cached file has no marks."""
        path = Path(self.path)
        tree = marked(path.read_text("utf-8"), self._marks.path_of(path.resolve()))
        return compile(tree, self.path, "exec", dont_inherit=True)
