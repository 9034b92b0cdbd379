"""'' is NULL in Oracle: what a statement says with '', or of a text that may be '', is said there with NULL."""

from __future__ import annotations

from sqlglot import exp

from echodesk.store.made_tables import Column, MadeTables

COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ)


def is_nothing(one: object) -> bool:
    """Whether this is ''."""
    return isinstance(one, exp.Literal) and one.is_string and one.name == ""


def may_be_blank(column: Column | None) -> bool:
    """Whether a text that is never NULL elsewhere is NULL here where it is ''."""
    if column is None or not column.server or column.number or column.empty:
        return False
    return "NOT NULL" not in column.server


def say_nothing(tree: exp.Expr, tables: MadeTables) -> None:
    """Change this statement, in place; raises `ValueError` where it cannot be told what a text would be."""
    for chain in list(tree.find_all(exp.DPipe)):
        if not isinstance(chain.parent, exp.DPipe):
            _chain(chain, tables)
    for part in list(tree.find_all(exp.Nullif)):
        if is_nothing(part.expression):
            part.replace(part.this)
    for one in list(tree.find_all(exp.EQ, exp.NEQ, exp.LT)):
        changed = _compared(one, tables)
        if changed is not one:
            one.replace(changed)


def _compared(one: exp.Binary, tables: MadeTables) -> exp.Expr:
    left, right = one.left, one.right
    if is_nothing(right) and isinstance(one, exp.EQ | exp.NEQ):
        empty = exp.Is(this=left, expression=exp.null())
        return empty if isinstance(one, exp.EQ) else exp.not_(empty, copy=False)
    filled = isinstance(left, exp.Coalesce) and _ends_with_nothing(left)
    if filled and isinstance(one, exp.LT):
        missing = exp.Is(this=left.this.copy(), expression=exp.null())
        return exp.paren(exp.or_(missing, exp.LT(this=left.this, expression=right)), copy=False)
    if isinstance(one, exp.NEQ):
        if filled:
            return exp.NullSafeNEQ(this=left.this, expression=right)
        if isinstance(left, exp.Column) and may_be_blank(tables.of(left)):
            return exp.NullSafeNEQ(this=left, expression=right)
    return one


def _chain(chain: exp.DPipe, tables: MadeTables) -> None:
    """In SQLite a text with NULL in it is NULL, in Oracle it is the rest."""
    missing: list[exp.Expr] = []
    for one in list(chain.flatten(unnest=False)):
        if isinstance(one, exp.Coalesce) and _ends_with_nothing(one):
            one.replace(one.this)
        elif isinstance(one, exp.Column):
            found = tables.of(one)
            if found is None or found.empty:
                missing.append(exp.Is(this=one.copy(), expression=exp.null()))
        elif not isinstance(one, exp.Literal | exp.Placeholder | exp.TimeToStr):
            raise ValueError(f"whether this may be NULL cannot be told: {one.sql()}")
    if missing:
        there = exp.and_(*(exp.not_(one) for one in missing))
        chain.replace(exp.Case(ifs=[exp.If(this=there, true=chain.copy())]))


def _ends_with_nothing(one: exp.Coalesce) -> bool:
    return len(one.expressions) == 1 and is_nothing(one.expressions[0])
