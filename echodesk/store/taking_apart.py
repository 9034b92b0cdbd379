"""A statement in SQLite's words, taken apart: what may stand in it, and what every server is told alike.

What is not known here is refused: a word may stand here only once it is known to mean the same on every server.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from sqlalchemy import TextClause
from sqlalchemy.sql import Executable
from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from echodesk.store.binding import NOW
from echodesk.store.made_tables import MadeTables

NOW_MARK = "STT_ECHO_NOW"
"""The database's time as the tables keep it; with an interval, so much before or after it."""
DAYS_MARK = "STT_ECHO_DAYS"
"""A kept time as days, to be subtracted."""
_FORM = NOW.split("'")[1]

_KNOWN = frozenset(
    """
    Add Alias And Anonymous Between Boolean Case Cast Coalesce Column Count CurrentTimestamp DPipe DataType
    Delete Distinct EQ Exists From GT GTE Greatest Group Identifier If In Insert Is JSONExtractScalar JSONPath
    JSONPathRoot JSONPathSubscript Join LT LTE Length Limit Literal Lower Max Min Mul NEQ Neg Not Null NullSafeEQ
    NullSafeNEQ Nullif OnConflict Or Order Ordered Paren Placeholder Returning Schema Select Star StrPosition
    Sub Subquery Substring Sum Table TableAlias TimeToStr Trim TsOrDsToTimestamp Tuple Union Update Values Var
    Where Window
    """.split()  # noqa: SIM905 - sixty names, one below the other, would be a page
)
"""What may stand in a statement, by sqlglot's names. LIKE, for one, may not: SQLite takes no notice of case."""
_FUNCTIONS = ("json_each", "julianday", "strftime")


class Words(ABC):
    """Statements for one kind of server; each is translated once in the life of the program."""

    def __init__(self, tables: MadeTables) -> None:
        self.tables = tables
        self._known: dict[str, Executable] = {}

    def statement(self, clause: TextClause) -> Executable:
        """The statement to run in place of this one; its rows name their columns as SQLite's would.

        Raises `ValueError` if it holds something that is not known to mean the same.
        """
        known = self._known.get(clause.text)
        if known is None:
            known = self._known[clause.text] = self._made(clause)
        return known

    @abstractmethod
    def _made(self, clause: TextClause) -> Executable: ...

    def name_stars(self, tree: exp.Expr) -> None:
        """`n.*` by name: a table that was brought up to date has its columns in another order."""
        for select in list(tree.find_all(exp.Select))[::-1]:
            wanted: list[exp.Expr] = []
            for one in select.expressions:
                if isinstance(one, exp.Star) or (isinstance(one, exp.Column) and isinstance(one.this, exp.Star)):
                    wanted += self._columns(select, one.table if isinstance(one, exp.Column) else "")
                else:
                    wanted.append(one)
            select.set("expressions", wanted)

    def _columns(self, select: exp.Select, alias: str) -> list[exp.Expr]:
        names: list[str] = []
        for part in (select.args["from_"], *(select.args.get("joins") or ())):
            source = part.this
            if alias and source.alias_or_name.upper() != alias.upper():
                continue
            if isinstance(source, exp.Subquery):
                names += [one.alias_or_name for one in source.this.expressions]
            elif source.name in self.tables:
                names += self.tables[source.name].columns
            else:
                raise ValueError(f"the columns of {source.sql()} are not known")
        return [exp.column(name, table=alias or None) for name in names]

    def complete_upsert(self, tree: exp.Expr) -> None:
        """What replaces a row becomes an upsert, and every column of an upsert says whose it is."""
        if not isinstance(tree, exp.Insert):
            return
        schema = tree.this
        name = schema.this.name
        alternative = tree.args.get("alternative")
        if alternative == "REPLACE":
            tree.set("alternative", None)
            tree.set("conflict", self._replaces(name, {one.name.upper() for one in schema.expressions}))
        elif alternative is not None:
            raise ValueError(f"there is no word for INSERT OR {alternative}")
        conflict = tree.args.get("conflict")
        if conflict is None:
            return
        if conflict.find(exp.Select) is not None:
            raise ValueError("an upsert that looks elsewhere")
        keys = [
            one.this if isinstance(one, exp.Ordered) else one for one in conflict.args.get("conflict_keys") or ()
        ]
        conflict.set("conflict_keys", keys)
        changed = {id(change.this) for change in conflict.expressions}
        for one in conflict.find_all(exp.Column):
            # What is not named is the row that stands there: a server wants to be told.
            if not one.table and id(one) not in changed and one.parent is not conflict:
                one.set("table", exp.to_identifier(name))

    def _replaces(self, name: str, given: set[str]) -> exp.OnConflict:
        made = self.tables[name]
        if made.other_keys:
            raise ValueError(f"a row of {name} may stand in the way by another key than its own")
        changes = []
        for one in made.columns:
            taken = exp.column(one, table="excluded") if one in given else exp.var("DEFAULT")
            if one not in made.key:
                changes.append(exp.EQ(this=exp.column(one), expression=taken))
        keys = [exp.column(one) for one in made.key]
        return exp.OnConflict(conflict_keys=keys, action=exp.var("DO UPDATE"), expressions=changes)

    def say_where_null_sorts(self, order: exp.Ordered) -> None:
        """As in SQLite, before everything else. Not said where there is none: an index sorts otherwise."""
        found = self.tables.of(order.this) if isinstance(order.this, exp.Column) else None
        last = bool(order.args.get("desc"))
        # Without a word servers take NULL for the largest.
        order.set("nulls_first", last if found is not None and not found.empty else not last)


def taken_apart(sql: str) -> exp.Expr:
    """The one statement that this is."""
    if not sql.lstrip().startswith(("SELECT ", "INSERT ", "UPDATE ", "DELETE ")):
        raise ValueError(f"not a statement that is translated: {sql}")
    try:
        trees = parse(sql, read="sqlite")
    except SqlglotError as error:
        raise ValueError(f"cannot be taken apart ({error}): {sql}") from error
    tree = trees[0]
    if len(trees) != 1 or tree is None:
        raise ValueError(f"not one statement: {sql}")
    for node in tree.walk():
        function = isinstance(node, exp.Anonymous)
        word = node.name.lower() if function else type(node).__name__
        if word not in (_FUNCTIONS if function else _KNOWN):
            raise ValueError(f"there is no word for {word}: {sql}")
    return tree


def result_names(tree: exp.Expr) -> list[str]:
    """What SQLite would call the columns of its rows; none where it gives none."""
    found = tree.args.get("returning")
    if found is None and isinstance(tree, exp.Select | exp.SetOperation):
        found = tree
        while isinstance(found, exp.SetOperation):
            found = found.this
    if found is None:
        return []
    named = enumerate(found.expressions)
    return [one.alias or (one.name if isinstance(one, exp.Column) else f"column_{at}") for at, one in named]


def time_told(node: exp.TimeToStr | exp.Anonymous) -> exp.Expr:
    """The database's time, perhaps so much later, and the difference of two times."""
    name, given = node.name.lower(), node.expressions
    if isinstance(node, exp.TimeToStr):
        inner = node.this.this
        now = isinstance(inner, exp.CurrentTimestamp) or inner.name == "now"
        if now and node.args["format"].name == _FORM:
            return exp.func(NOW_MARK)
    elif name == "strftime" and given[0].name == _FORM and given[1].name == "now" and len(given) == 3:
        return exp.func(NOW_MARK, given[2])
    elif name == "julianday" and len(given) == 1:
        return exp.func(DAYS_MARK, exp.func(NOW_MARK) if given[0].name == "now" else given[0])
    elif name not in _FUNCTIONS:
        return node
    raise ValueError(f"there is no word for {node.sql()}")


def truths(node: exp.Expr) -> tuple[str, ...]:
    """Where in this a truth is asked for: the names of its parts."""
    if isinstance(node, exp.And | exp.Or):
        return ("this", "expression")
    if isinstance(node, exp.Not | exp.Where):
        return ("this",)
    if isinstance(node, exp.Join) and node.args.get("on"):
        return ("on",)
    searched = isinstance(node, exp.If) and not (isinstance(node.parent, exp.Case) and node.parent.this)
    return ("this",) if searched else ()


def as_truth(one: exp.Expr) -> exp.Expr:
    """A number is no truth on a server."""
    if isinstance(one, exp.Paren):
        return exp.paren(as_truth(one.this), copy=False)
    if isinstance(one, exp.Predicate | exp.Not | exp.Connector | exp.Boolean):
        return one
    if isinstance(one, exp.Var | exp.StrPosition | exp.Column):
        return exp.NEQ(this=one, expression=exp.Literal.number(0))
    raise ValueError(f"whether this is true cannot be told: {one.sql()}")


def as_number(one: exp.Expr) -> exp.Expr:
    """Truth is no number on a server."""
    if isinstance(one, exp.Predicate | exp.Not | exp.Connector):
        yes = exp.If(this=one, true=exp.Literal.number(1))
        return exp.Case(ifs=[yes], default=exp.Literal.number(0))
    return one
