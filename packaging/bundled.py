"""What goes into the bundle and what is left out of what PyInstaller finds; `echodesk.spec` asks here.

PyInstaller takes every plugin of Qt that belongs to a module in use, with the libraries of each: a whole GTK, if
the machine has one. Of them the bundle holds those named here, and a library only if something kept needs it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("sql", "resources")
"""What the program reads beside its code (echodesk/paths.py)."""

BY_NAME = (
    *(f"sqlglot.dialects.{name}" for name in ("sqlite", "postgres", "oracle")),
    # Where a system has no time zones of its own.
    "tzdata",
)
"""Modules that are loaded by their name, which PyInstaller does not see."""
WHOLE = ("oracledb", "cryptography")
"""Packages whose compiled parts import modules that PyInstaller does not see. oracledb keeps the failure to itself
until it connects (DPY-3016); what cryptography's own compiled part imports is not seen either."""
LEFT_OUT = [
    # PySide6 itself asks for it; EchoDesk speaks to the network without Qt.
    "PySide6.QtNetwork",
    # They sign in to clouds, with libraries that are not there.
    "oracledb.plugins",
    # The statements are SQLite's, PostgreSQL's and Oracle's.
    *("sqlalchemy.dialects.mysql", "sqlalchemy.dialects.mssql", "sqlalchemy.testing"),
    # Other libraries ask whether these are there; they make a program, and are no part of one.
    *("setuptools", "pip", "PyInstaller", "pkg_resources", "distutils", "lib2to3", "tkinter"),
    *("unittest", "doctest", "pdb", "pydoc", "test"),
]

QT_LIBRARIES = frozenset(("Core", "Gui", "Widgets", "DBus", "XcbQpa", "WaylandClient"))
"""The parts of Qt: the three that `echodesk/desk` imports, and what its plugins stand on."""
PLUGINS = {
    "platforms": ("qxcb", "qwayland", "qoffscreen", "qwindows", "qcocoa"),
    # A window's frame and place where there is no X server.
    "wayland-shell-integration": ("xdg-shell",),
    "wayland-decoration-client": ("bradient",),
    # Accents and other scripts are typed through these; the portal tells light from dark.
    "platforminputcontexts": ("composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"),
    "platformthemes": ("qxdgdesktopportal",),
}
"""Plugins by their kind, without the system's way of naming a library. PNG is read by Qt itself."""

Entry = tuple[str, str, str]
"""Where it lies in the bundle, where it comes from, what it is."""


def wanted(entries: Iterable[Entry]) -> list[Entry]:
    """What is left without the plugins that are not named, and without Qt's texts in other languages."""
    return [entry for entry in entries if is_wanted(PurePosixPath(entry[0].replace("\\", "/")))]


def is_wanted(place: PurePosixPath) -> bool:
    """Whether a file with this place in the bundle belongs there, whatever needs it."""
    parts = place.parts
    if parts[0] != "PySide6":
        return True
    if "plugins" not in parts:
        return "translations" not in parts
    kind = parts[parts.index("plugins") + 1]
    return place.name.split(".")[0].removeprefix("lib") in PLUGINS.get(kind, ())


def needed(entries: Iterable[Entry], imports_of: Callable[[str], Iterable[str]]) -> list[Entry]:
    """The entries without the libraries that none of the others needs; `imports_of` names those of one file."""
    kept = list(entries)
    libraries = {PurePosixPath(place).name: source for place, source, kind in kept if kind != "SYMLINK"}
    todo = [source for place, source, kind in kept if kind != "SYMLINK" and not is_library(place, kind)]
    reached = {Path(source).name for source in todo}
    while todo:
        for name in imports_of(todo.pop()):
            if name in libraries and name not in reached:
                reached.add(name)
                todo.append(libraries[name])
    return [entry for entry in kept if PurePosixPath(entry[0]).name in reached or Path(entry[1]).name in reached]


def without_loose_ends(entries: Iterable[Entry], places: Iterable[str]) -> list[Entry]:
    """The entries without links that lead to none of these places."""
    there = set(places)
    return [
        (place, source, kind)
        for place, source, kind in entries
        if kind != "SYMLINK" or posixpath.normpath(posixpath.join(posixpath.dirname(place), source)) in there
    ]


def is_library(place: str, kind: str) -> bool:
    """Whether a file is there because another needs it: neither a module of Python's nor a plugin."""
    return kind == "BINARY" and "plugins" not in PurePosixPath(place).parts and "python" not in place.lower()


def strange_qt(names: Iterable[str]) -> list[str]:
    """The parts of Qt among these names of files that have no place in the bundle."""
    parts = {name.split("Qt6")[1].split(".")[0] for name in names if name.startswith(("libQt6", "Qt6"))}
    return sorted(parts - QT_LIBRARIES)
