"""Lists of keys as one JSON text (`json_each`, `json_extract`) in Oracle's words: JSON_TABLE.

Each part has a type: a number where one belongs (`lists`), a CLOB where it goes into one, and else a text of up to
4000 bytes. What is longer is an error, and not NULL as JSON_TABLE would have it by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from echodesk.store.lists import is_item, is_list, is_number, list_of, part_of
from echodesk.store.made_tables import Column, MadeTables

WORDS_CHARS = 1000
"""A column of this length holds words for people; what is longer is cut."""
_NUMBER, _TEXT, _LONG = "NUMBER", "VARCHAR2(4000)", "CLOB"


def unpack_for_oracle(tree: exp.Expr, tables: MadeTables) -> None:
    """Change every list of this statement, in place. Raises `ValueError` for one that is used in another way."""
    columns: dict[int, dict[str, str]] = {}
    lists = [one for one in tree.find_all(exp.Table) if is_list(one)]
    changes: list[tuple[exp.Expr, exp.Expr]] = []
    for node, item, path in list(_items(tree)):
        source = list_of(item)
        if source is None:
            raise ValueError(f"of which list is this: {tree.sql()}")
        cast = node.parent if isinstance(node.parent, exp.Cast) else None
        kind = _kind(node, tables) if cast is None else _NUMBER if cast.to.this == exp.DType.INT else _TEXT
        name = f"V{path}"
        if columns.setdefault(id(source), {}).setdefault(name, kind) != kind:
            raise ValueError(f"{node.sql()} is of two kinds: {tree.sql()}")
        column: exp.Expr = exp.column(name, table=source.alias or "L")
        if is_words(target_of(node, tables)):
            column = exp.func("TO_CHAR", exp.func("SUBSTR", column, "1", str(WORDS_CHARS), dialect="oracle"))
        changes.append((cast or node, column))
    for old, new in changes:
        old.replace(new)
    for one in lists:
        one.replace(_table(one, columns.get(id(one), {"V": _TEXT})))
    for join in tree.find_all(exp.Join):
        if join.kind == "CROSS" and join.args.get("on"):
            # SQLite keeps the order of a cross join; Oracle finds it by itself.
            join.set("kind", None)


def target_of(node: exp.Expr, tables: MadeTables) -> Column | None:
    """The column that this goes into, as it is; None if it goes into none."""
    parent = node.parent
    if isinstance(parent, exp.Alias):
        return None
    if isinstance(parent, exp.EQ) and parent.right is node and isinstance(parent.left, exp.Column):
        holder = parent.parent
        name = holder.this.name if isinstance(holder, exp.Update) else ""
        if isinstance(holder, exp.OnConflict):
            name = holder.parent.this.this.name if holder.parent is not None else ""
        return tables[name].columns[parent.left.name.upper()] if name else None
    if isinstance(parent, exp.Select | exp.Tuple) and node in parent.expressions:
        insert = parent.parent.parent if isinstance(parent, exp.Tuple) and parent.parent else parent.parent
        if isinstance(insert, exp.Insert):
            at = [id(one) for one in parent.expressions].index(id(node))
            return tables[insert.this.this.name].columns[insert.this.expressions[at].name.upper()]
    return None


def is_words(column: Column | None) -> bool:
    """Whether what goes into this is cut."""
    return column is not None and column.server.startswith(f"VARCHAR2({WORDS_CHARS} ")


def is_long(column: Column | None) -> bool:
    """Whether this may be longer than any text that can be compared."""
    return column is not None and column.server.startswith("CLOB")


def _items(tree: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Column, str]]:
    """What is taken of lists: the whole of it, of which item, and by which path."""
    for part in tree.find_all(exp.JSONExtractScalar):
        at = part_of(part)
        yield part, part.this, at
    for item in tree.find_all(exp.Column):
        if is_item(item) and not isinstance(item.parent, exp.JSONExtractScalar):
            yield item, item, ""


def _kind(node: exp.Expr, tables: MadeTables) -> str:
    parent = node.parent
    if isinstance(parent, exp.EQ) and all(
        isinstance(one, exp.Column) and is_item(one) for one in (parent.left, parent.right)
    ):
        raise ValueError(f"what kind of items these are cannot be told: {parent.sql()}")
    if is_number(node, tables):
        return _NUMBER
    target = target_of(node, tables)
    return _LONG if is_long(target) or is_words(target) else _TEXT


def _table(one: exp.Table, columns: dict[str, str]) -> exp.Table:
    if "V" in columns and len(columns) > 1:
        raise ValueError(f"a list of lists of which an item is taken whole: {one.sql()}")
    made = [
        exp.JSONColumnDef(
            this=exp.to_identifier(name),
            kind=exp.DataType.build(kind, dialect="oracle"),
            path=exp.Literal.string(f"$[{name[1:]}]" if name != "V" else "$"),
        )
        for name, kind in sorted(columns.items(), key=lambda named: int(named[0][1:] or 0))
    ]
    table = exp.JSONTable(
        this=one.this.expressions[0].copy(),
        path=exp.Literal.string("$[*]"),
        error_handling="ERROR ON ERROR",
        schema=exp.JSONSchema(expressions=made),
    )
    return exp.Table(this=table, alias=exp.TableAlias(this=exp.to_identifier(one.alias or "L")))
