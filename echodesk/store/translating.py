"""The statements of the store and the timetable in PostgreSQL's words.

Every statement is written once, in SQLite's words. For a server it is taken apart by sqlglot, changed where the
two mean something else by the same words, and written down again; each statement once in the life of the program.
What is not known in `taking_apart` is refused; Oracle's words are in `oracle_words`.

PostgreSQL's words differ in: lists of keys as one JSON text, the database's time, what fills a column that is not
named, names in an upsert, truth, where NULL sorts, sums, and what a result's columns are called.
"""

from __future__ import annotations

from sqlalchemy import TextClause, column, text
from sqlalchemy.sql import Executable
from sqlglot import exp

from echodesk.store.lists import unpack_lists
from echodesk.store.taking_apart import Words, as_number, as_truth, result_names, taken_apart, time_told, truths


class PostgreSQL(Words):
    """Statements for PostgreSQL."""

    def _made(self, clause: TextClause) -> Executable:
        sentence, names = self.words(clause.text)
        made = text(sentence)
        if made.compile().params != clause.compile().params:
            raise ValueError(f"its parameters cannot be told: {clause.text}")
        return made.columns(*(column(name) for name in names)) if names else made

    def words(self, sql: str) -> tuple[str, list[str]]:
        """The statement in PostgreSQL's words, and what its result's columns are called; raises `ValueError`."""
        tree = taken_apart(sql)
        self.name_stars(tree)
        names = result_names(tree)
        unpack_lists(tree, self.tables)
        self.complete_upsert(tree)
        for node in list(tree.walk())[:0:-1]:
            changed = self._one(node)
            if changed is not node:
                node.replace(changed)
        for order in tree.find_all(exp.Ordered):
            self.say_where_null_sorts(order)
        return tree.sql(dialect="postgres", normalize_functions=False), names

    def _one(self, node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Placeholder):
            return exp.var(f":{node.this}")
        if isinstance(node, exp.Table):
            # INDEXED BY is advice to SQLite.
            node.set("indexed", None)
        if isinstance(node, exp.TimeToStr | exp.Anonymous):
            return time_told(node)
        if isinstance(node, exp.Cast) and node.to.this == exp.DType.INT:
            return exp.cast(node.this, "BIGINT")
        if isinstance(node, exp.Greatest):
            self._refuse_null(node)
        if isinstance(node, exp.Sum):
            # PostgreSQL's sum of numbers has no end; those here are whole.
            return exp.cast(exp.Sum(this=as_number(node.this)), "BIGINT")
        for at in truths(node):
            node.set(at, as_truth(node.args[at]))
        return node

    def _refuse_null(self, node: exp.Greatest) -> None:
        """Of NULL and something SQLite's `max` makes NULL, PostgreSQL's `greatest` the other."""
        for one in (node.this, *node.expressions):
            found = self.tables.of(one) if isinstance(one, exp.Column) else None
            if not isinstance(one, exp.Literal) and (found is None or found.empty):
                raise ValueError(f"the larger one of something that may be NULL: {node.sql()}")
