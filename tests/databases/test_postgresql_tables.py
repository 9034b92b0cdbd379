"""EchoDesk's tables in PostgreSQL are those in SQLite: columns, what must be there, keys, checks, indexes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
import sqlglot
from sqlglot import exp

from tests.databases.engines import SQL

ONLY_THERE = {"STT_ECHO_ERROR"}
"""In SQLite a trigger that cannot write makes the edit fail, since both lie in one file."""


@dataclass
class Table:
    """What is compared; everything in one form."""

    columns: dict[str, str] = field(default_factory=dict)
    limits: set[str] = field(default_factory=set)
    indexes: set[str] = field(default_factory=set)


def tables(engine: str, dialect: str) -> dict[str, Table]:
    """Name → table, as a script makes it."""
    script = (SQL / engine / "tables.sql").read_text(encoding="utf-8")
    found: dict[str, Table] = {}
    for sql in re.findall(r"^CREATE (?:TABLE|(?:UNIQUE )?INDEX)[^;]*", script, re.MULTILINE):
        if sql.startswith("CREATE TABLE"):
            schema = sqlglot.parse_one(sql.replace("WITHOUT ROWID", ""), read=dialect).this
            found[schema.this.name] = _table(schema)
        else:
            # In the same words in both.
            found[sql.split(" ON ")[1].split()[0]].indexes.add(" ".join(sql.split()))
    return found


def _table(schema: exp.Expr) -> Table:
    made = Table()
    for part in schema.expressions:
        if not isinstance(part, exp.ColumnDef):
            made.limits.add(part.sql())
            continue
        kind = "number" if part.args["kind"].sql() in ("INT", "BIGINT") else part.args["kind"].sql()
        told = [kind, *sorted(_limit(one.kind) for one in part.constraints)]
        made.columns[part.name] = " ".join(one for one in told if one)
    return made


def _limit(kind: exp.Expr) -> str:
    if isinstance(kind, exp.AutoIncrementColumnConstraint | exp.GeneratedAsIdentityColumnConstraint):
        return "numbered"
    if isinstance(kind, exp.DefaultColumnConstraint) and kind.find(exp.TimeToStr, exp.Anonymous):
        return "now"
    return kind.sql()


SQLITE, POSTGRESQL = tables("sqlite", "sqlite"), tables("postgresql", "postgres")


def test_there_are_the_same_tables() -> None:
    assert len(SQLITE) > 25
    assert POSTGRESQL.keys() - ONLY_THERE == SQLITE.keys()


@pytest.mark.parametrize("name", SQLITE)
def test_a_table_is_the_same(name: str) -> None:
    assert POSTGRESQL[name] == SQLITE[name]


def test_the_timetable_is_found_by_the_same_indexes() -> None:
    made = [
        re.findall(
            r"^CREATE INDEX[^;]*", (SQL / engine / "triggers.sql").read_text(encoding="utf-8"), re.MULTILINE
        )
        for engine in ("sqlite", "postgresql")
    ]
    assert made[0] == made[1]
    assert len(made[0]) > 10


def test_numbers_that_grow_have_room() -> None:
    """A key, and what names one, is no INTEGER of PostgreSQL: that ends at 2,147,483,647."""
    script = (SQL / "postgresql" / "tables.sql").read_text(encoding="utf-8")
    small = set(re.findall(r"(\w+) +INTEGER", script))
    assert not [name for name in small if re.search(r"(?<!VAL)ID$|_NO$|MARK|CHANGES|EPOCH|RETRY_OF|WINNER", name)]
