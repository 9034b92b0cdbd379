"""What would fail in Oracle, or mean something else there, and is therefore refused; and names that are quoted."""

from __future__ import annotations

from collections.abc import Collection

from sqlglot import exp

from echodesk.store.made_tables import MadeTables
from echodesk.store.oracle_lists import is_long
from echodesk.store.oracle_nothing import COMPARISONS, is_nothing

RESERVED = frozenset(
    """
    ACCESS ADD ALL ALTER AND ANY AS ASC AUDIT BEFORE BETWEEN BY CHAR CHECK CLUSTER COLUMN COMMENT COMPRESS
    CONNECT CREATE CURRENT DATE DECIMAL DEFAULT DELETE DESC DISTINCT DROP ELSE EXCLUSIVE EXISTS FILE FLOAT FOR
    FROM GRANT GROUP HAVING IDENTIFIED IMMEDIATE IN INCREMENT INDEX INITIAL INSERT INTEGER INTERSECT INTO IS KEY
    LEVEL LIKE LOCK LONG MAXEXTENTS MINUS MLSLABEL MODE MODIFY NOAUDIT NOCOMPRESS NOT NOWAIT NULL NUMBER OF
    OFFLINE ON ONLINE OPTION OR ORDER PCTFREE PRIOR PUBLIC RAW RENAME RESOURCE REVOKE ROW ROWID ROWNUM ROWS
    SELECT SESSION SET SHARE SIZE SMALLINT START SUCCESSFUL SYNONYM SYSDATE TABLE THEN TO TRIGGER UID UNION
    UNIQUE UPDATE USER VALIDATE VALUES VARCHAR VARCHAR2 VIEW WHENEVER WHERE WITH
    """.split()  # noqa: SIM905 - a hundred names, one below the other, would be two pages
)
"""What names a column only where it is quoted (V$RESERVED_WORDS). BEFORE and KEY are MariaDB's, for its tests."""
_MOST_IN_A_LIST = 1000


def quote_names(tree: exp.Expr) -> None:
    """Quote what is reserved, in place."""
    for one in tree.find_all(exp.Identifier):
        if one.name.upper() in RESERVED:
            one.set("this", one.name.upper())
            one.set("quoted", True)


def refuse_long(tree: exp.Expr, tables: MadeTables, binds: Collection[str]) -> None:
    """A CLOB is no text that can be compared, sorted or told apart; `binds` are CLOBs too. Raises `ValueError`."""
    for one in tree.find_all(exp.Column, exp.Placeholder):
        if not (is_long(tables.of(one)) if isinstance(one, exp.Column) else one.name in binds):
            continue
        parent, select = one.parent, one.find_ancestor(exp.Select)
        given = isinstance(parent, exp.EQ) and isinstance(parent.parent, exp.Update | exp.OnConflict)
        asked = isinstance(parent, (*COMPARISONS, exp.In, exp.Group, exp.Ordered, exp.AggFunc, exp.DPipe))
        shown = select is not None and parent is select
        apart = shown and select and (select.args.get("distinct") or isinstance(select.parent, exp.SetOperation))
        if apart or (asked and not given):
            raise ValueError(f"{one.sql()} is too long for that: {tree.sql()}")


def refuse_rest(tree: exp.Expr) -> None:
    """What no rule has changed and Oracle takes in another way; raises `ValueError`."""
    if any(is_nothing(one) for one in tree.find_all(exp.Literal)):
        raise ValueError(f"'' is NULL in Oracle: {tree.sql()}")
    if tree.find(exp.Boolean) is not None:
        raise ValueError(f"Oracle has no truth among its values: {tree.sql()}")
    if any(len(one.expressions) > _MOST_IN_A_LIST for one in tree.find_all(exp.In)):
        raise ValueError(f"more than {_MOST_IN_A_LIST} in a list: {tree.sql()}")
    for select in tree.find_all(exp.Select):
        _refuse_groups(select)
        names = [one.alias_or_name.upper() for one in select.expressions]
        if select.args.get("limit") is not None and len(set(names)) < len(names):
            raise ValueError(f"FETCH FIRST wants a name of its own for each column: {select.sql()}")


def _refuse_groups(select: exp.Select) -> None:
    """Oracle groups by no position, and shows of a group only what it is grouped by."""
    group = select.args.get("group")
    if group is None:
        return
    if any(isinstance(one, exp.Literal) for one in group.expressions):
        raise ValueError(f"Oracle groups by no position: {select.sql()}")
    order = select.args.get("order")
    for shown in (*select.expressions, *(order.expressions if order is not None else ())):
        for item in shown.find_all(exp.Column):
            if item.find_ancestor(exp.AggFunc, exp.Select) is select and item not in group.expressions:
                raise ValueError(f"{item.sql()} is nothing that it is grouped by: {select.sql()}")
