"""What tables a script makes: their columns and keys, read from the script itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp


@dataclass(frozen=True, slots=True)
class Column:
    """What a statement has to know of a column."""

    number: bool
    """A whole number; else a text."""
    empty: bool
    """NULL is allowed."""
    server: str = ""
    """How a server's own script makes it, where that was read: `CLOB NOT NULL`."""


@dataclass(frozen=True, slots=True)
class Made:
    """One table, as its script makes it."""

    columns: Mapping[str, Column]
    key: tuple[str, ...]
    other_keys: bool
    """Something beside the primary key is unique."""


class MadeTables:
    """The tables that these statements (in SQLite's words) make, by name, whatever its case.

    `kinds` says how a server makes some of their columns, by table and column.
    """

    def __init__(self, script: Iterable[str], kinds: Mapping[tuple[str, str], str] | None = None) -> None:
        self._made: dict[str, Made] = {}
        self._kinds = kinds or {}
        for sql in script:
            if sql.startswith("CREATE TABLE"):
                schema = sqlglot.parse_one(sql.replace("WITHOUT ROWID", ""), read="sqlite").this
                self._made[schema.this.name.upper()] = _made(schema, self._kinds)

    def __contains__(self, name: str) -> bool:
        return name.upper() in self._made

    def __getitem__(self, name: str) -> Made:
        return self._made[name.upper()]

    def of(self, item: exp.Column) -> Column | None:
        """What is known of a column where it stands; None of one that no table has, such as the items of a list.

        Looked for from the inside out, as databases do. Where a whole row may be missing, so may its columns.
        """
        scope = _scope_of(item)
        while scope is not None:
            for table, missing in _own_tables(scope):
                known = self._made.get(table.name.upper())
                if item.table and item.table.upper() not in (table.alias_or_name.upper(), "EXCLUDED"):
                    continue
                if known is not None and item.name.upper() in known.columns:
                    found = known.columns[item.name.upper()]
                    return Column(found.number, found.empty or missing, found.server)
            scope = _scope_of(scope)
        return None

    def called(self, name: str) -> bool:
        """Whether columns of this name hold numbers; no if there are none. Raises `ValueError` if only some do."""
        upper = name.upper()
        found = {one.columns[upper].number for one in self._made.values() if upper in one.columns}
        if len(found) > 1:
            raise ValueError(f"some columns called {name} hold numbers and some do not; say it with CAST")
        return True in found


def _scope_of(node: exp.Expr) -> exp.Expr | None:
    return node.find_ancestor(exp.Select, exp.Update, exp.Delete, exp.Insert)


def _own_tables(scope: exp.Expr) -> list[tuple[exp.Table, bool]]:
    """Those of a statement, without those of the statements in it; and whether a row of it may be missing."""
    found: list[tuple[exp.Table, bool]] = []
    for part in (scope.args.get("this"), scope.args.get("from_"), *(scope.args.get("joins") or ())):
        source = part.this if isinstance(part, exp.From | exp.Join | exp.Schema) else part
        if isinstance(source, exp.Table):
            found.append((source, isinstance(part, exp.Join) and bool(part.side)))
    return found


def _made(schema: exp.Expr, kinds: Mapping[tuple[str, str], str]) -> Made:
    columns, key, other = {}, [], False
    for part in schema.expressions:
        if isinstance(part, exp.PrimaryKey):
            key = [one.name.upper() for one in part.expressions]
        other = other or part.find(exp.UniqueColumnConstraint) is not None
        if not isinstance(part, exp.ColumnDef):
            continue
        limits = [one.kind for one in part.constraints]
        primary = any(isinstance(one, exp.PrimaryKeyColumnConstraint) for one in limits)
        needed = primary or any(isinstance(one, exp.NotNullColumnConstraint) for one in limits)
        kind = part.args["kind"].sql()
        if kind not in ("INT", "TEXT"):
            raise ValueError(f"{part.name} of {schema.this.name} is neither text nor a whole number: {kind}")
        server = kinds.get((schema.this.name.upper(), part.name.upper()), "")
        columns[part.name.upper()] = Column(kind == "INT", not needed, server)
        if primary:
            key = [part.name.upper()]
    return Made(columns, tuple(key), other)
