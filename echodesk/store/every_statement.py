"""Every statement that the program runs, gathered from the modules that hold them."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from sqlalchemy import TextClause

from echodesk.store.many import ManyRows
from echodesk.timetable.statements import Keyed

OF_A_FILE = {
    # They look after SQLite's file; a server has its own administrators.
    "store.health": ("_QUICK_CHECK",),
    "store.upgrading": ("_NAME_DATABASE", "_THERE", "_COPY"),
    "store.database": ("_TABLES",),
}


def loaded_statements() -> list[TextClause]:
    """Those of the store and the timetable that run on a server, each once. The command line loads them all."""
    found: dict[str, TextClause] = {}
    left_out = set()
    for title, module in sorted(sys.modules.items()):
        if title.startswith(("echodesk.store.", "echodesk.timetable.")):
            for name, value in vars(module).items():
                for _name, one in statements_in(name, value):
                    found[one.text] = one
                    if name in OF_A_FILE.get(title.removeprefix("echodesk."), ()):
                        left_out.add(one.text)
    return [one for one in found.values() if one.text not in left_out]


def statements_in(name: str, value: object) -> Iterator[tuple[str, TextClause]]:
    """The statements that are kept under this name, each with a name of its own."""
    if isinstance(value, TextClause):
        yield name, value
    elif isinstance(value, Keyed):
        yield name, value.statement
    elif isinstance(value, ManyRows):
        yield from ((f"{name} {at}", one) for at, one in enumerate(value.statements))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from statements_in(f"{name} {key}", one)
