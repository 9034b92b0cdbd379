"""The store's statements in the words of a server database.

Every statement of the store is written once, in SQLite's words. For a server it is taken apart by sqlglot, changed
where the two mean something else by the same words, and written down again; each statement once in the life of the
program. What the tables look like is read from the script that makes them in SQLite.

PostgreSQL's words differ in: lists of keys as one JSON text, the database's time, what fills a column that is not
named, names in an upsert, truth, where NULL sorts, and what a result's columns are called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlglot
from sqlalchemy import TextClause, column, text
from sqlalchemy.sql import Executable
from sqlglot import exp

_NOW = "STT_ECHO_NOW"
"""The database's time as the tables keep it; with an interval, so much before or after it."""
_DAYS = "STT_ECHO_DAYS"
"""A kept time as days, to be subtracted."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a statement has to know of a column."""

    number: bool
    empty: bool
    """NULL is allowed."""


@dataclass(frozen=True, slots=True)
class Made:
    """One table, as its script makes it."""

    columns: Mapping[str, Column]
    key: tuple[str, ...]


class Tables:
    """The tables of a script, by name."""

    def __init__(self, script: str) -> None:
        self._made: dict[str, Made] = {}
        for sql in script.split("CREATE TABLE ")[1:]:
            one = sqlglot.parse_one("CREATE TABLE " + sql.split(";")[0].replace("WITHOUT ROWID", ""), read="sqlite")
            if isinstance(one.this, exp.Schema):
                self._made[one.this.this.name.upper()] = _made(one.this)

    def __contains__(self, name: str) -> bool:
        return name.upper() in self._made

    def __getitem__(self, name: str) -> Made:
        return self._made[name.upper()]

    def of(self, item: exp.Column) -> Column | None:
        """What is known of a column where it stands; None of one that no table has, such as the items of a list.

        Looked for from the inside out, as databases do.
        """
        scope = item.find_ancestor(exp.Select, exp.Update, exp.Delete, exp.Insert)
        while scope is not None:
            for table in _own_tables(scope):
                known = self._made.get(table.name.upper())
                if item.table and item.table.upper() not in (table.alias_or_name.upper(), "EXCLUDED"):
                    continue
                if known is not None and item.name.upper() in known.columns:
                    return known.columns[item.name.upper()]
            scope = scope.find_ancestor(exp.Select, exp.Update, exp.Delete, exp.Insert)
        return None

    def called(self, name: str) -> bool:
        """Whether columns of this name hold numbers, wherever there are any."""
        return any(one.columns[name.upper()].number for one in self._made.values() if name.upper() in one.columns)


def _own_tables(scope: exp.Expression) -> list[exp.Table]:
    """Those of a statement, without those of the statements in it."""
    tables: list[exp.Table] = []
    for part in (scope.args.get("this"), scope.args.get("from_"), *(scope.args.get("joins") or ())):
        source = part.this if isinstance(part, exp.From | exp.Join | exp.Schema) else part
        if isinstance(source, exp.Table):
            tables.append(source)
            tables += [one.this for one in source.args.get("joins") or () if isinstance(one.this, exp.Table)]
    return tables


def _made(schema: exp.Schema) -> Made:
    columns, key = {}, []
    for part in schema.expressions:
        if isinstance(part, exp.PrimaryKey):
            key = [one.name.upper() for one in part.expressions]
        if not isinstance(part, exp.ColumnDef):
            continue
        limits = [one.kind for one in part.constraints]
        primary = any(isinstance(one, exp.PrimaryKeyColumnConstraint) for one in limits)
        needed = primary or any(isinstance(one, exp.NotNullColumnConstraint) for one in limits)
        kind = part.args["kind"].this
        columns[part.name.upper()] = Column(kind in exp.DataType.INTEGER_TYPES, not needed)
        if primary:
            key = [part.name.upper()]
    return Made(columns, tuple(key))


class PostgreSQL:
    """Statements for PostgreSQL."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._known: dict[str, Executable] = {}

    def statement(self, clause: TextClause) -> Executable:
        """The statement to run in place of this one; its rows name their columns as SQLite's would."""
        known = self._known.get(clause.text)
        if known is None:
            known = self._known[clause.text] = self._made(clause.text)
        return known

    def _made(self, sql: str) -> Executable:
        sentence, names = self.words(sql)
        made = text(sentence)
        return made.columns(*(column(name) for name in names)) if names else made

    def words(self, sql: str) -> tuple[str, list[str]]:
        """The statement in PostgreSQL's words, and what its result's columns are called."""
        tree = sqlglot.parse_one(sql, read="sqlite")
        self._stars(tree)
        names = _result_names(tree)
        self._lists(tree)
        self._upserts(tree)
        tree = tree.transform(self._one)
        for order in tree.find_all(exp.Ordered):
            self._where_null_sorts(order)
        for table in tree.find_all(exp.Table):
            table.set("indexed", None)
        return tree.sql(dialect="postgres", normalize_functions=False).replace("%(", ":").replace(")s", ""), names

    # ---- one thing at a time ------------------------------------------------------------------------------

    def _stars(self, tree: exp.Expression) -> None:
        """`n.*` by name: a table that was brought up to date has its columns in another order."""
        for select in list(tree.find_all(exp.Select))[::-1]:
            wanted: list[exp.Expression] = []
            for one in select.expressions:
                if one.is_star and isinstance(one, exp.Column | exp.Star):
                    wanted += self._columns(select, one.table if isinstance(one, exp.Column) else "")
                else:
                    wanted.append(one)
            select.set("expressions", wanted)

    def _columns(self, select: exp.Select, alias: str) -> list[exp.Expression]:
        names: list[str] = []
        for part in (select.args["from_"], *(select.args.get("joins") or ())):
            source = part.this
            if alias and source.alias_or_name.upper() != alias.upper():
                continue
            if isinstance(source, exp.Subquery):
                names += [one.alias_or_name for one in source.this.expressions]
            elif source.name.upper() in self._tables:
                names += self._tables[source.name].columns
            else:
                return [exp.column(exp.Star(), table=alias or None) if alias else exp.Star()]
        return [exp.column(name, table=alias or None) for name in names]

    def _lists(self, tree: exp.Expression) -> None:
        """`json_each` and `json_extract`: what comes out of a list is text, and is made a number where one is
        asked for."""
        for found in list(tree.find_all(exp.JSONExtractScalar, exp.JSONExtract)):
            at = found.expression.expressions[-1].this
            taken = exp.func("jsonb_extract_path_text", _as_jsonb(found.this), exp.Literal.string(str(at)))
            found.replace(self._typed(found, taken))
        for item in list(tree.find_all(exp.Column)):
            if item.name == "value" and not isinstance(item.parent, exp.Cast):
                item.replace(self._typed(item, item.copy()))
        for found in list(tree.find_all(exp.Anonymous)):
            if found.name.lower() == "json_each":
                found.replace(exp.func("jsonb_array_elements_text", _as_jsonb(found.expressions[0])))
        for table in tree.find_all(exp.Table):
            if isinstance(table.this, exp.Anonymous):
                alias = exp.TableAlias(this=exp.to_identifier(table.alias or "L"), columns=[exp.to_identifier("value")])
                table.set("alias", alias)
        for join in tree.find_all(exp.Join):
            if join.kind == "CROSS" and join.args.get("on"):
                # SQLite keeps the order of a cross join; PostgreSQL finds it by itself.
                join.set("kind", None)

    def _typed(self, item: exp.Expression, value: exp.Expression) -> exp.Expression:
        return exp.cast(value, "BIGINT") if self._is_number(item) else value

    def _is_number(self, item: exp.Expression) -> bool:
        """Whether this is compared with a number, put where one belongs, or called like one."""
        parent = item.parent
        if isinstance(parent, exp.Alias):
            return self._tables.called(parent.alias)
        if isinstance(parent, exp.Predicate) and isinstance(parent, exp.Binary):
            return self._holds_numbers(parent.right if parent.left is item else parent.left)
        select = item.find_ancestor(exp.Select)
        above = select.parent if select is not None else None
        if isinstance(above, exp.Subquery):
            above = above.parent
        if isinstance(above, exp.In):
            return self._holds_numbers(above.this)
        if isinstance(above, exp.Insert) and select is not None and item in select.expressions:
            name = above.this.expressions[select.expressions.index(item)].name
            return self._tables[above.this.this.name].columns[name.upper()].number
        return False

    def _holds_numbers(self, other: exp.Expression) -> bool:
        found = self._tables.of(other) if isinstance(other, exp.Column) else None
        return found is not None and found.number

    def _upserts(self, tree: exp.Expression) -> None:
        if not isinstance(tree, exp.Insert):
            return
        schema = tree.this
        name = schema.this.name
        if tree.args.get("alternative") == "REPLACE":
            tree.set("alternative", None)
            tree.set("conflict", self._replaces(name, [one.name for one in schema.expressions]))
        conflict = tree.args.get("conflict")
        if conflict is None:
            return
        keys = conflict.args.get("conflict_keys") or []
        conflict.set("conflict_keys", [one.this if isinstance(one, exp.Ordered) else one for one in keys])
        for one in list(conflict.find_all(exp.Column)):
            named = isinstance(one.parent, exp.EQ) and one.arg_key == "this" and one.parent in conflict.expressions
            if not one.table and not named and one not in conflict.args["conflict_keys"]:
                one.set("table", exp.to_identifier(name))

    def _replaces(self, name: str, given: list[str]) -> exp.OnConflict:
        made = self._tables[name]
        upper = [one.upper() for one in given]
        changes = [
            exp.EQ(this=exp.column(one), expression=exp.column(one, table="excluded") if one in upper else exp.var("DEFAULT"))
            for one in made.columns
            if one not in made.key
        ]
        return exp.OnConflict(
            conflict_keys=[exp.column(one) for one in made.key], action=exp.var("DO UPDATE"), expressions=changes
        )

    def _where_null_sorts(self, order: exp.Ordered) -> None:
        """As in SQLite, before everything else; said only where there may be one, since an index sorts otherwise."""
        found = self._tables.of(order.this) if isinstance(order.this, exp.Column) else None
        last = bool(order.args.get("desc"))
        # Without a word PostgreSQL takes NULL for the largest.
        order.set("nulls_first", last if found is not None and not found.empty else not last)

    def _one(self, node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.TimeToStr):
            return exp.func(_NOW)
        if isinstance(node, exp.Anonymous):
            name, given = node.name.lower(), node.expressions
            if name == "strftime" and given[1].name == "now":
                return exp.func(_NOW, *given[2:])
            if name == "julianday":
                return exp.func(_DAYS, exp.func(_NOW) if given[0].name == "now" else given[0])
            if name in ("strftime", "randomblob", "date", "datetime"):
                raise ValueError(f"there is no word for {node.sql()}")
        if isinstance(node, exp.Connector | exp.Not | exp.Where | exp.If):
            # A number is no truth here.
            for at in ("this", "expression"):
                one = node.args.get(at)
                if isinstance(one, exp.Placeholder | exp.StrPosition):
                    node.set(at, exp.NEQ(this=one, expression=exp.Literal.number(0)))
        if isinstance(node, exp.Sum) and isinstance(node.this, exp.Predicate | exp.Not | exp.Connector):
            # Truth is no number here.
            node.set("this", exp.Case(ifs=[exp.If(this=node.this, true=exp.Literal.number(1))], default=exp.Literal.number(0)))
        return node


def _as_jsonb(value: exp.Expression) -> exp.Expression:
    return exp.cast(value.copy(), "JSONB")


def _result_names(tree: exp.Expression) -> list[str]:
    returning = tree.args.get("returning")
    if returning is not None:
        return [one.alias_or_name for one in returning.expressions]
    if isinstance(tree, exp.Query):
        first = tree
        while isinstance(first, exp.SetOperation):
            first = first.left
        return [one.alias or one.name or f"column_{at}" for at, one in enumerate(first.expressions)]
    return []
