"""EchoDesk's tables in Oracle are those in SQLite: columns, what must be there, defaults, keys, checks, indexes.

`sql/oracle` has them in three files: what the triggers use, the rest, and what Oracle alone can hold. The first
two are made here in MariaDB's Oracle mode as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from echodesk.store.oracle_refused import RESERVED
from tests.databases import mariadb as mariadb_server
from tests.databases.engines import SQL

FILES = ("tables", "worker_tables", "indexes")
ONLY_THERE = {"STT_ECHO_ERROR"}
"""In SQLite a trigger that cannot write makes the edit fail, since both lie in one file."""
MAY_BE_BLANK = {"VALUE", "TITLE", "REASON", "WHY", "ERROR", "BY", "OWNER", "WHO"}
"""What people write may be '', which is NULL in Oracle."""


@dataclass
class Table:
    """What is compared; everything in one form."""

    columns: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Name → its kind, and what it holds if nothing is said."""
    needed: set[str] = field(default_factory=set)
    limits: set[str] = field(default_factory=set)
    """Keys, checks, and what names rows of other tables."""
    indexes: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, limit: exp.Expr, column: str = "") -> None:
        """A limit, whether it stands at its column or on its own."""
        for one in limit.find_all(exp.Identifier):
            one.set("quoted", False)
        match limit:
            case exp.CheckColumnConstraint():
                self.limits.add(f"CHECK {limit.this.sql()}")
            case exp.PrimaryKey() | exp.PrimaryKeyColumnConstraint():
                keys = [one.name for one in limit.expressions] or [column]
                self.limits.add(f"PRIMARY KEY {keys}")
                self.needed |= set(keys)
            case exp.UniqueColumnConstraint():
                self.limits.add(f"UNIQUE {[one.name for one in limit.this.expressions]}")
            case exp.ForeignKey():
                self.limits.add(f"{[one.name for one in limit.expressions]} {limit.args['reference'].sql()}")
            case exp.Reference():
                self.limits.add(f"['{column}'] {limit.sql()}")
            case _:
                raise AssertionError(f"not known: {limit!r}")


def tables(files: list[Path], dialect: str) -> dict[str, Table]:
    """Name → table, as these scripts make it."""
    script = "\n".join(one.read_text(encoding="utf-8") for one in files)
    found: dict[str, Table] = {}
    for sql in re.findall(r"^(?:CREATE (?:TABLE|(?:UNIQUE )?INDEX)|ALTER TABLE)[^;]*", script, re.MULTILINE):
        tree = sqlglot.parse_one(sql.replace("WITHOUT ROWID", ""), read=dialect)
        if isinstance(tree, exp.Alter):
            for limit in tree.find_all(exp.PrimaryKey):
                found[tree.this.name].add(limit)
        elif isinstance(tree, exp.Create) and tree.kind == "TABLE":
            found[tree.this.this.name] = _table(tree.this)
        else:
            keys = [one.this for one in tree.this.args["params"].args["columns"]]
            # Of an expression: the column that it shows.
            shown = [one.args["ifs"][0].args["true"] if isinstance(one, exp.Case) else one for one in keys]
            found[tree.this.args["table"].name].indexes.append(tuple(one.name for one in shown))
    return found


def _table(schema: exp.Expr) -> Table:
    made = Table()
    for part in schema.expressions:
        if not isinstance(part, exp.ColumnDef):
            for limit in part.expressions if isinstance(part, exp.Constraint) else [part]:
                made.add(limit)
            continue
        kind = "number" if part.args["kind"].is_type("int", "bigint", "decimal") else "text"
        default = ""
        for one in part.constraints:
            limit = one.kind
            if isinstance(limit, exp.NotNullColumnConstraint):
                made.needed.add(part.name)
            elif isinstance(limit, exp.AutoIncrementColumnConstraint):
                default = "numbered"
            elif isinstance(limit, exp.DefaultColumnConstraint):
                default = _default(limit.this.sql(), schema.this.name)
            else:
                made.add(limit, part.name)
        made.columns[part.name] = (kind, default)
    return made


def _default(written: str, table: str) -> str:
    if "NEXTVAL" in written:
        assert written == f"{table}_SEQ.NEXTVAL"
        return "numbered"
    return "now" if re.search("(?i)strftime|time_to_str|timestamp", written) else written


SQLITE = tables([SQL / "sqlite" / "tables.sql"], "sqlite")
ORACLE = tables([SQL / "oracle" / f"{name}.sql" for name in FILES], "oracle")
SCRIPT = "\n".join((SQL / "oracle" / f"{name}.sql").read_text(encoding="utf-8") for name in FILES)


def test_there_are_the_same_tables() -> None:
    assert len(SQLITE) > 25
    assert ORACLE.keys() - ONLY_THERE == SQLITE.keys()


@pytest.mark.parametrize("name", SQLITE)
def test_a_table_is_the_same(name: str) -> None:
    ours, theirs = SQLITE[name], ORACLE[name]
    assert list(theirs.columns.items()) == list(ours.columns.items())
    assert theirs.limits == ours.limits
    assert theirs.needed <= ours.needed
    assert ours.needed - theirs.needed <= MAY_BE_BLANK


@pytest.mark.parametrize("name", SQLITE)
def test_rows_are_found_by_as_many_indexes(name: str) -> None:
    """Oracle has no index of some rows alone: one of all rows with the same columns first serves instead."""
    keys = [tuple(re.findall(r"'(\w+)'", limit)) for limit in ORACLE[name].limits if "KEY [" in limit]
    there = [*ORACLE[name].indexes, *keys]
    for wanted in SQLITE[name].indexes:
        assert any(one[: len(wanted)] == wanted for one in there), wanted
    # ORA-01408: the same columns are indexed once; those of expressions are others.
    plain = re.findall(rf"INDEX \w+ ON {name} \(([\w, \"]+)\)", SCRIPT)
    assert len({*plain, *(", ".join(one) for one in keys)}) == len(plain) + len(keys)


def test_where_null_is_looked_for_it_is_in_the_index() -> None:
    """Oracle's indexes hold no row whose keys are all NULL."""
    for name, table in ORACLE.items():
        for keys in table.indexes:
            if name in ("STT_ECHO_QUEUE", "STT_ECHO_PAUSE") and keys[0] in ("CHANGE_NO", "LIFTED"):
                assert keys[1] in table.needed, keys


def test_names_are_names_in_oracle() -> None:
    made = re.findall(r"(?:TABLE|SEQUENCE|INDEX|CONSTRAINT) (\w+)", SCRIPT)
    assert len(made) > 150
    assert all(len(name) <= 128 for name in made)
    limits = re.findall(r"CONSTRAINT (\w+)", SCRIPT)
    assert len(set(limits)) == len(limits)
    unquoted = set(re.findall(r"^ {4}(\w+) +(?:CLOB|NUMBER|VARCHAR2)", SCRIPT, re.MULTILINE))
    assert not unquoted & RESERVED


def test_a_key_is_no_longer_than_a_block_allows() -> None:
    """6,398 bytes in blocks of 8 KB (ORA-01450), with four bytes for a character."""
    lengths = {
        (table, name): int(length) * 4
        for table, body in re.findall(r"^CREATE TABLE (\w+) \(\n(.*?)^\);", SCRIPT, re.MULTILINE | re.DOTALL)
        for name, length in re.findall(r'^ {4}"?(\w+)"? +VARCHAR2\((\d+) CHAR\)', body, re.MULTILINE)
    }
    for name, table in ORACLE.items():
        keys = [tuple(re.findall(r"'(\w+)'", limit)) for limit in table.limits if limit.startswith(("P", "U"))]
        for one in [*table.indexes, *keys]:
            assert sum(lengths.get((name, column), 22) for column in one) <= 6_398, (name, one)


def test_mariadb_makes_them(mariadb: Path) -> None:
    """In its Oracle mode, where numbers, texts, defaults and limits are Oracle's."""
    database = mariadb_server.fresh(mariadb, "worker_tables", ("cmis", "tables"))
    try:
        mariadb_server.run(database, mariadb_server.oracle_script("worker_tables"))
        with database.engine.begin() as connection:
            made = set(connection.exec_driver_sql("SHOW TABLES").scalars())
            assert {name.lower() for name in ORACLE} <= {name.lower() for name in made}
            connection.exec_driver_sql("INSERT INTO STT_ECHO_STOP (KIND, REASON) VALUES ('DAY', NULL)")
            stop = connection.exec_driver_sql("SELECT ID, SINCE FROM STT_ECHO_STOP").one()
            assert stop[0] == 1
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stop[1])
    finally:
        database.close()
