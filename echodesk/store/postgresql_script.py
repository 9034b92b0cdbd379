"""What EchoDesk's scripts for PostgreSQL make, and those for a server grant, read from the scripts themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp

_STATEMENT = re.compile(r"(?:--[^\n]*|\$\$.*?\$\$|[^;])++;", re.DOTALL)
_REMARK = re.compile(r"\A(?:\s|--[^\n]*\n)+")
_MAKES = re.compile(
    r"CREATE (?:OR REPLACE |UNIQUE )?(TABLE|INDEX|FUNCTION|TRIGGER) (?:IF NOT EXISTS )?(\w+)", re.IGNORECASE
)
_ALWAYS = re.compile(r"ENABLE ALWAYS TRIGGER (\w+);")
_GRANT = re.compile(r"GRANT ([A-Z, ]+?) ON ([\w,\s]+?)\s+TO ([\w, ]+);")
_OF_A_SCHEMA = re.compile(r"&\w+\.\.|^DEFINE .*$", re.MULTILINE)
"""How Oracle's scripts say in which schema something is."""
GRANTING = {"postgresql": ("grants",), "oracle": ("grants", "watching")}
_KINDS = {"TEXT": "text", "BIGINT": "bigint", "INT": "integer"}


@dataclass(frozen=True, slots=True)
class Made:
    """One thing that a script makes."""

    kind: str
    """TABLE, INDEX, FUNCTION or TRIGGER."""
    name: str
    """In upper case; functions of one name and other arguments are several things."""
    sql: str
    always: bool = False
    """A trigger that runs for rows which a subscription brings, too."""

    @property
    def body(self) -> str:
        """What a function does."""
        return self.sql.split("$$")[1]

    @property
    def columns(self) -> dict[str, tuple[str, bool]]:
        """A table's columns: name → (the type as PostgreSQL calls it, whether it must be filled)."""
        return {one.name.upper(): _column(one) for one in self._definitions()}

    def adding(self, column: str) -> str | None:
        """The statement that adds a column to a table with rows; None if they would have to say what is in it."""
        for one in self._definitions():
            kinds = [limit.kind for limit in one.constraints]
            filled = any(isinstance(kind, exp.DefaultColumnConstraint) for kind in kinds)
            if one.name.upper() == column and (filled or not _column(one)[1]):
                words = one.sql(dialect="postgres", normalize_functions=False)
                return f"ALTER TABLE {self.name} ADD COLUMN {words}"
        return None

    def _definitions(self) -> list[exp.ColumnDef]:
        schema = sqlglot.parse_one(self.sql, read="postgres").this
        return [one for one in schema.expressions if isinstance(one, exp.ColumnDef)]


def statements_of(script: str) -> Iterator[str]:
    """The single statements, functions with their bodies whole, without what is remarked before them."""
    for found in _STATEMENT.finditer(script):
        yield _REMARK.sub("", found[0])


def made_by(sql_folder: Path, files: Sequence[str] = ("tables", "triggers")) -> list[Made]:
    """Everything that this program makes, or that some of its scripts make, in the order in which it is made."""
    found = []
    for name in files:
        script = (sql_folder / "postgresql" / f"{name}.sql").read_text(encoding="utf-8")
        always = set(_ALWAYS.findall(script))
        for sql in statements_of(script):
            made = _MAKES.match(sql)
            if made is not None:
                found.append(Made(made[1].upper(), made[2].upper(), sql, made[2] in always))
    return found


def granted_by(sql_folder: Path, engine: str = "postgresql") -> Mapping[str, list[tuple[str, str]]]:
    """Role → (right, table) that it is given by the scripts of a server."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name in GRANTING[engine]:
        script = (sql_folder / engine / f"{name}.sql").read_text(encoding="utf-8")
        for sql in statements_of(_OF_A_SCHEMA.sub("", script)):
            given = _GRANT.fullmatch(sql)
            if given is not None:
                rights, tables, roles = (re.split(r",\s*", one) for one in given.groups())
                for role in roles:
                    found.setdefault(role, []).extend((right, table) for table in tables for right in rights)
    return found


def _column(definition: exp.ColumnDef) -> tuple[str, bool]:
    kinds = [one.kind for one in definition.constraints]
    needed = any(isinstance(kind, exp.NotNullColumnConstraint | exp.PrimaryKeyColumnConstraint) for kind in kinds)
    return _KINDS[definition.args["kind"].sql()], needed
