"""Lists of keys as one JSON text (`json_each`, `json_extract`) in PostgreSQL's words.

What comes out of a list is text there, and is made a number where one is asked for. Where that cannot be told the
statement says it, with CAST; so it does where the value is only named, and by a name that no column has.
"""

from __future__ import annotations

from sqlglot import exp

from echodesk.store.made_tables import MadeTables

_VALUE = "value"
"""What SQLite calls an item of a list."""


def unpack_lists(tree: exp.Expr, tables: MadeTables) -> None:
    """Change every list of this statement, in place. Raises `ValueError` for one that is used in another way."""
    taken = [(part, part_of(part)) for part in tree.find_all(exp.JSONExtractScalar)]
    whole = [item for item in tree.find_all(exp.Column) if is_item(item) and not _within(item, taken)]
    of_parts = {id(list_of(part.this)) for part, _at in taken}
    if any(id(list_of(item)) in of_parts for item in whole):
        raise ValueError(f"a list of lists of which an item is taken whole: {tree.sql()}")
    numbers = {id(one): is_number(one, tables) for one in [*whole, *(part for part, _at in taken)]}
    lists = [one for one in tree.find_all(exp.Table) if is_list(one)]
    for part, at in taken:
        _put(
            part, exp.func("jsonb_extract_path_text", part.this.copy(), exp.Literal.string(at)), numbers[id(part)]
        )
    for item in whole:
        _put(item, item.copy(), numbers[id(item)])
    for one in lists:
        function = "jsonb_array_elements" if id(one) in of_parts else "jsonb_array_elements_text"
        alias = exp.TableAlias(this=exp.to_identifier(one.alias or "L"), columns=[exp.to_identifier(_VALUE)])
        made = exp.func(function, exp.cast(one.this.expressions[0].copy(), "JSONB"))
        one.replace(exp.Table(this=made, alias=alias))
    for join in tree.find_all(exp.Join):
        if join.kind == "CROSS" and join.args.get("on"):
            # SQLite keeps the order of a cross join; PostgreSQL finds it by itself.
            join.set("kind", None)


def _put(one: exp.Expr, value: exp.Expr, number: bool) -> None:
    one.replace(exp.cast(value, "BIGINT") if number else value)


def is_list(table: exp.Expr) -> bool:
    return isinstance(table.this, exp.Anonymous) and table.this.name.lower() == "json_each"


def is_item(item: exp.Column) -> bool:
    return item.name.lower() == _VALUE and list_of(item) is not None


def _within(item: exp.Column, taken: list[tuple[exp.JSONExtractScalar, str]]) -> bool:
    return any(item is one.this for one, _at in taken)


def list_of(item: exp.Expr) -> exp.Table | None:
    """The list that a `value` belongs to; None of another column. Looked for from the inside out."""
    scope = item.find_ancestor(exp.Select)
    while scope is not None:
        for part in (scope.args.get("from_"), *(scope.args.get("joins") or ())):
            if part is not None and is_list(part.this) and item.text("table") in ("", part.this.alias):
                found: exp.Table = part.this
                return found
        scope = scope.find_ancestor(exp.Select)
    return None


def part_of(taken: exp.JSONExtractScalar) -> str:
    """Which part of an item is taken, by its number."""
    steps = taken.expression.expressions if isinstance(taken.expression, exp.JSONPath) else []
    item = taken.this
    if len(steps) != 2 or not isinstance(steps[1], exp.JSONPathSubscript) or not isinstance(item, exp.Column):
        raise ValueError(f"there is no word for {taken.sql()}")
    if not is_item(item):
        raise ValueError(f"not an item of a list: {taken.sql()}")
    return str(steps[1].this)


def is_number(item: exp.Expr, tables: MadeTables) -> bool:
    """Whether this is compared with a number, put where one belongs, or called like one."""
    parent = item.parent
    if isinstance(parent, exp.Cast):
        return False
    if isinstance(parent, exp.Alias):
        return tables.called(parent.alias)
    if isinstance(parent, exp.Predicate) and isinstance(parent, exp.Binary):
        return _holds_numbers(parent.right if parent.left is item else parent.left, tables)
    if isinstance(parent, exp.Select) and item in parent.expressions:
        at = parent.expressions.index(item)
        above = parent.parent
        if isinstance(above, exp.Subquery):
            above = above.parent
        if isinstance(above, exp.In):
            wanted = above.this.expressions[at] if isinstance(above.this, exp.Tuple) else above.this
            return _holds_numbers(wanted, tables)
        if isinstance(above, exp.Insert):
            name = above.this.expressions[at].name
            return tables[above.this.this.name].columns[name.upper()].number
    raise ValueError(f"whether {item.sql()} is a number cannot be told; say it with CAST")


def _holds_numbers(other: exp.Expr, tables: MadeTables) -> bool:
    if isinstance(other, exp.Paren):
        other = other.this
    if isinstance(other, exp.Case):
        other = other.args["ifs"][0].args["true"]
    if isinstance(other, exp.Literal):
        return not other.is_string
    if isinstance(other, exp.Trim | exp.Lower):
        return False
    if not isinstance(other, exp.Column):
        raise ValueError(f"whether {other.sql()} is a number cannot be told; say it with CAST")
    found = tables.of(other)
    return found.number if found is not None else tables.called(other.name)
