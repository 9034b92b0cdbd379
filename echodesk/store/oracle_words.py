"""The statements of the store and the timetable in Oracle's words (19c). None has run on an Oracle database.

Each is parsed strictly by two grammars of Oracle's SQL (`tests/databases`). What differs is changed by rules:
MERGE for an upsert, JSON_TABLE for a list, 1 and 0 for truth, NULL for '', DUAL, FETCH FIRST, RETURNING INTO, the
database's time in UTC, and quotes for names that are reserved. What no rule knows is refused.

Words for people are cut to what their column holds. A text that is never NULL elsewhere is read as '' where it is
NULL here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, BindParameter, String, TextClause, bindparam, column, outparam, text
from sqlalchemy.dialects import oracle
from sqlalchemy.sql import Executable
from sqlalchemy.types import TypeEngine
from sqlglot import exp

from echodesk.store.made_tables import Column
from echodesk.store.oracle_lists import WORDS_CHARS, is_long, is_words, target_of, unpack_for_oracle
from echodesk.store.oracle_merge import merged
from echodesk.store.oracle_nothing import COMPARISONS, may_be_blank, say_nothing
from echodesk.store.oracle_refused import quote_names, refuse_long, refuse_rest
from echodesk.store.oracle_types import Blank, Seconds, ShortWords
from echodesk.store.taking_apart import (
    DAYS_MARK,
    NOW_MARK,
    Words,
    as_number,
    as_truth,
    result_names,
    taken_apart,
    time_told,
    truths,
)

_FORM = """'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"'"""
_DAY_FORM = """'YYYY-MM-DD"T"HH24:MI:SS'"""
_EPOCH = "DATE '2000-01-01'"


@dataclass(slots=True)
class Sentence:
    """A statement in Oracle's words."""

    sql: str = ""
    names: list[str] = field(default_factory=list)
    """What the columns of its rows are called."""
    blanks: set[str] = field(default_factory=set)
    """Those of them that are read as '' where they are NULL."""
    binds: dict[str, TypeEngine[Any]] = field(default_factory=dict)
    """What must be known of what is bound."""
    returned: dict[str, TypeEngine[Any]] = field(default_factory=dict)
    """What the statement gives back through binds of its own."""


class Oracle(Words):
    """Statements for Oracle 19c."""

    def _made(self, clause: TextClause) -> Executable:
        said = self.words(clause.text)
        made = text(said.sql)
        if made.compile().params.keys() - said.returned.keys() != clause.compile().params.keys():
            raise ValueError(f"its parameters cannot be told: {clause.text}")
        binds: list[BindParameter[Any]] = [bindparam(name, type_=kind) for name, kind in said.binds.items()]
        binds += [outparam(name, kind) for name, kind in said.returned.items()]
        made = made.bindparams(*binds)
        if not said.names:
            return made
        return made.columns(*(column(one, Blank() if one in said.blanks else None) for one in said.names))

    def words(self, sql: str) -> Sentence:
        """The statement in Oracle's words; raises `ValueError`."""
        tree = taken_apart(sql)
        self.name_stars(tree)
        said = Sentence(names=result_names(tree))
        said.blanks = self._blanks(tree)
        for order in tree.find_all(exp.Ordered):
            self.say_where_null_sorts(order)
        self._look_at_binds(tree, said)
        refuse_long(
            tree, self.tables, {name for name, kind in said.binds.items() if isinstance(kind, oracle.CLOB)}
        )
        unpack_for_oracle(tree, self.tables)
        self.complete_upsert(tree)
        say_nothing(tree, self.tables)
        for node in list(tree.walk())[:0:-1]:
            changed = self._one(node, said)
            if changed is not node:
                node.replace(changed)
        for select in tree.find_all(exp.Select):
            _finish(select)
        quote_names(tree)
        refuse_rest(tree)
        self._write(tree, said)
        return said

    def _write(self, tree: exp.Expr, said: Sentence) -> None:
        returning = tree.args.get("returning")
        if returning is None:
            said.sql = (
                merged(tree)
                if tree.args.get("conflict")
                else tree.sql(dialect="oracle", normalize_functions=False)
            )
            return
        if tree.args.get("conflict") or isinstance(tree.args.get("expression"), exp.Select):
            raise ValueError("Oracle gives nothing back from this")
        returning.pop()
        wanted = [one.sql(dialect="oracle") for one in returning.expressions]
        for at, one in enumerate(returning.expressions):
            number = self.tables[_changed_table(tree)].columns[one.name.upper()].number
            kind: TypeEngine[Any] = BigInteger() if number else String(4000)
            said.returned[f"ret_{at}"] = kind
        into = ", ".join(f":{name}" for name in said.returned)
        said.sql = (
            f"{tree.sql(dialect='oracle', normalize_functions=False)} RETURNING {', '.join(wanted)} INTO {into}"
        )

    def _blanks(self, tree: exp.Expr) -> set[str]:
        """The columns of the rows that hold '' elsewhere, for which there is NULL here."""
        shown = tree.args.get("returning") or tree
        found = set()
        for one in shown.expressions if isinstance(shown, exp.Select | exp.Returning) else ():
            bare = one.unalias()
            if isinstance(bare, exp.Column) and may_be_blank(self.tables.of(bare)):
                found.add(one.alias_or_name)
        return found

    def _look_at_binds(self, tree: exp.Expr, said: Sentence) -> None:
        """What is bound as a CLOB, and what is cut."""
        for one in list(tree.walk()):
            target = target_of(one, self.tables)
            for bind in one.find_all(exp.Placeholder) if is_long(target) or is_words(target) else ():
                if bind is one or not isinstance(bind.parent, exp.Predicate):
                    said.binds[bind.name] = oracle.CLOB() if is_long(target) else ShortWords(WORDS_CHARS)
            if is_words(target) and one.find(exp.DPipe) is not None:
                one.replace(exp.func("SUBSTR", one.copy(), "1", str(WORDS_CHARS), dialect="oracle"))
        for bind in tree.find_all(exp.Placeholder):
            beside = bind.parent
            if isinstance(beside, exp.Anonymous) and beside.name.lower() == "json_each":
                said.binds[bind.name] = oracle.CLOB()
            elif isinstance(beside, COMPARISONS) and is_words(self._compared(beside)):
                said.binds.setdefault(bind.name, ShortWords(WORDS_CHARS))

    def _compared(self, node: exp.Binary) -> Column | None:
        bare = node.left.this if isinstance(node.left, exp.Coalesce) else node.left
        return self.tables.of(bare) if isinstance(bare, exp.Column) else None

    def _one(self, node: exp.Expr, said: Sentence) -> exp.Expr:
        if isinstance(node, exp.Placeholder):
            return exp.var(f":{node.this}")
        if isinstance(node, exp.Table):
            # INDEXED BY is advice to SQLite.
            node.set("indexed", None)
        if isinstance(node, exp.TimeToStr | exp.Anonymous):
            return _time(time_told(node), said)
        if isinstance(node, exp.Cast) and node.to.this == exp.DType.INT:
            return exp.cast(node.this, "NUMBER", dialect="oracle")
        if isinstance(node, exp.NullSafeEQ | exp.NullSafeNEQ):
            same = exp.Anonymous(
                this="DECODE", expressions=[node.left, node.right, *map(exp.Literal.number, (1, 0))]
            )
            return exp.EQ(this=same, expression=exp.Literal.number(int(isinstance(node, exp.NullSafeEQ))))
        if isinstance(node, exp.Where) and isinstance(node.this, exp.Boolean) and node.this.this:
            return exp.Where()
        if isinstance(node, exp.Sum):
            return exp.Sum(this=as_number(node.this))
        for at in truths(node):
            node.set(at, as_truth(node.args[at]))
        return node


def oracle_kinds(scripts: str) -> Mapping[tuple[str, str], str]:
    """How Oracle's scripts make the columns of their tables, by table and column."""
    found = {}
    for table, body in re.findall(r"^CREATE TABLE (\w+) \(\n(.*?)^\);", scripts, re.MULTILINE | re.DOTALL):
        for name, kind, rest in re.findall(
            r'^ {4}"?(\w+)"? +(CLOB|NUMBER(?!\()|[A-Z0-9]+\([0-9A-Z ]+\))(.*)$', body, re.MULTILINE
        ):
            found[table, name] = f"{kind} NOT NULL" if "NOT NULL" in rest else kind
    return found


def _changed_table(tree: exp.Expr) -> str:
    table = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    return str(table.name)


def _time(told: exp.Expr, said: Sentence) -> exp.Expr:
    """The database's time, one for the whole statement: a function of ours would be asked anew for each row."""
    if not isinstance(told, exp.Anonymous):
        return told
    given = told.expressions
    if told.name == DAYS_MARK:
        stamp = (
            given[0].sql(dialect="oracle", normalize_functions=False)
            if not isinstance(given[0], exp.Anonymous)
            else _now("")
        )
        whole = f"TO_DATE(SUBSTR({stamp}, 1, 19), {_DAY_FORM}) - {_EPOCH}"
        return exp.var(f"({whole} + TO_NUMBER(SUBSTR({stamp}, 21, 3)) / 86400000)")
    if told.name != NOW_MARK:
        return told
    if not given:
        return exp.var(_now(""))
    if isinstance(given[0], exp.Literal):
        seconds = Seconds().process_bind_param(given[0].name, None)
        return exp.var(_now(f" + NUMTODSINTERVAL({seconds:g}, 'SECOND')"))
    name = given[0].name.removeprefix(":")
    if said.binds.setdefault(name, Seconds()).__class__ is not Seconds:
        raise ValueError(f":{name} is more than a time to wait")
    return exp.var(_now(f" + NUMTODSINTERVAL(:{name}, 'SECOND')"))


def _now(shift: str) -> str:
    return f"TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP{shift}), {_FORM})"


def _finish(select: exp.Select) -> None:
    """No truth among its values, no WHERE that asks nothing, and DUAL where it reads from nowhere."""
    where = select.args.get("where")
    if where is not None and where.this is None:
        select.set("where", None)
    wanted = []
    for one in select.expressions:
        bare = one.this if isinstance(one, exp.Alias) else one
        number = as_number(bare)
        if number is not bare and isinstance(one, exp.Alias):
            one.set("this", number)
        wanted.append(one if isinstance(one, exp.Alias) else number)
    select.set("expressions", wanted)
    order = select.args.get("order")
    for one in order.expressions if order is not None else ():
        one.set("this", as_number(one.this))
    if select.args.get("from_") is None:
        select.set("from_", exp.From(this=exp.to_table("DUAL")))
