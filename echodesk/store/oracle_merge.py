"""An upsert in Oracle's words: MERGE.

There is one who writes at a time (`Database.write`), so that no row comes between the look and the insert.
"""

from __future__ import annotations

from sqlglot import exp

_NEW, _OLD = "S", "T"


def merged(insert: exp.Expr) -> str:
    """This upsert as a MERGE; raises `ValueError` for one that cannot be said so."""
    conflict, schema = insert.args["conflict"], insert.this
    columns = [_written(one) for one in schema.expressions]
    keys = [_written(one) for one in conflict.args["conflict_keys"]]
    if not set(keys) <= set(columns):
        raise ValueError(f"the key of an upsert is not given: {insert.sql()}")
    table = schema.this.name
    on = [f"{_OLD}.{key} = {_NEW}.{key}" for key in keys]
    for asked in (conflict.args.get("index_predicate"), conflict.args.get("conflict_where")):
        if asked is not None:
            on.append(_turned(asked.this if isinstance(asked, exp.Where) else asked, table))
    parts = [f"MERGE INTO {table} {_OLD} USING ({_source(insert, columns)}) {_NEW} ON ({' AND '.join(on)})"]
    if conflict.expressions:
        changes = [
            f"{_OLD}.{_written(one.this.this)} = {_turned(one.expression, table)}" for one in conflict.expressions
        ]
        parts.append(f"WHEN MATCHED THEN UPDATE SET {', '.join(changes)}")
        where = conflict.args.get("where")
        if where is not None:
            parts.append(f"WHERE {_turned(where.this, table)}")
    values = ", ".join(f"{_NEW}.{one}" for one in columns)
    parts.append(f"WHEN NOT MATCHED THEN INSERT ({', '.join(columns)}) VALUES ({values})")  # noqa: S608 - our own names
    return " ".join(parts)


def _source(insert: exp.Expr, columns: list[str]) -> str:
    given = insert.expression
    if isinstance(given, exp.Values):
        if len(given.expressions) != 1:
            raise ValueError(f"an upsert of several rows: {insert.sql()}")
        values = given.expressions[0].expressions
        return f"SELECT {_named(values, columns)} FROM DUAL"  # noqa: S608 - a statement of ours
    values = [one.unalias() for one in given.expressions]
    given.set("expressions", [exp.var(_named(values, columns))])
    return str(given.sql(dialect="oracle", normalize_functions=False))


def _named(values: list[exp.Expr], columns: list[str]) -> str:
    return ", ".join(f"{_sql(value)} AS {name}" for value, name in zip(values, columns, strict=True))


def _turned(one: exp.Expr, table: str) -> str:
    """The same of the two rows that meet."""
    turned = one.copy()
    for column in turned.find_all(exp.Column):
        new = column.table.lower() == "excluded"
        if not new and column.table.upper() != table.upper():
            raise ValueError(f"whose column is {column.sql()}")
        column.set("table", exp.to_identifier(_NEW if new else _OLD))
    return _sql(turned)


def _written(one: exp.Expr) -> str:
    return _sql(one.this if isinstance(one, exp.Column) else one)


def _sql(one: exp.Expr) -> str:
    return str(one.sql(dialect="oracle", normalize_functions=False))
