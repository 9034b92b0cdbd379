"""Every statement that runs on a server, in its words: `snapshots/postgresql.sql` shows what a change did to them.

python -m tests.databases.statements      writes that file anew
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from echodesk import store, timetable
from echodesk.store.database import sqlite_script, statements
from echodesk.store.every_statement import OF_A_FILE, statements_in
from echodesk.store.made_tables import MadeTables
from echodesk.store.translating import PostgreSQL
from tests.databases.engines import SQL

SNAPSHOT = Path(__file__).parent / "snapshots" / "postgresql.sql"


def translator() -> PostgreSQL:
    """Made of the tables that EchoDesk makes in SQLite."""
    return PostgreSQL(MadeTables(statements(sqlite_script(SQL))))


def all_statements() -> dict[str, str]:
    """Module and name → the statement as it is written; each statement once."""
    found: dict[str, str] = {}
    for package in (store, timetable):
        for one in sorted(pkgutil.iter_modules(package.__path__), key=lambda one: one.name):
            module = importlib.import_module(f"{package.__name__}.{one.name}")
            title = module.__name__.removeprefix("echodesk.")
            for name, sql in _of(module):
                if name.split()[0] not in OF_A_FILE.get(title, ()) and sql not in found.values():
                    found[f"{title} {name}"] = sql
    return found


def _of(module: ModuleType) -> Iterator[tuple[str, str]]:
    source = inspect.getsource(module)
    for name, value in vars(module).items():
        if re.search(rf"^{name}\b.* = ", source, re.MULTILINE):
            yield from ((told, one.text) for told, one in statements_in(name, value))


def snapshot() -> str:
    """All of them, for people to read."""
    words = translator()
    parts = []
    for name, sql in all_statements().items():
        lines = textwrap.wrap(
            words.words(sql)[0], 115, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
        parts.append("\n".join([f"-- {name}", *lines]) + ";\n")
    return "\n".join(parts)


if __name__ == "__main__":
    SNAPSHOT.parent.mkdir(exist_ok=True)
    SNAPSHOT.write_text(snapshot(), encoding="utf-8")
    sys.stdout.write(f"{SNAPSHOT}\n")
