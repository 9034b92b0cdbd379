"""Many new rows in one statement: the rows travel as one JSON text.

Row by row, SQLite would hand the interpreter back and forth between the program's threads once for each of them:
while requests are on their way that takes longer than the writing itself (benchmark `deliver`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, column, func, insert, literal_column, select, table

from echodesk.store.binding import NOW

_CUT = "\\u0000"
"""SQLite's JSON ends a text here. Rows with such a text are written one by one, whole."""


class ManyRows:
    """Inserts rows of one shape into one table.

    `columns` says under which key of a row the value of each column is; `stamped` is a column that gets the
    database's time; `replace` puts a row in the place of one with the same key.
    """

    def __init__(
        self, name: str, columns: Mapping[str, str], *, stamped: str | None = None, replace: bool = False
    ) -> None:
        self._keys = list(columns.values())
        now: dict[str, ColumnElement[Any]] = {stamped: literal_column(NOW)} if stamped else {}
        target = table(name, *map(column, (*columns, *now)))
        row = func.json_each(bindparam("rows")).table_valued("value")
        found = [func.json_extract(row.c.value, f"$[{at}]") for at in range(len(self._keys))]
        self._together = insert(target).from_select(
            [*columns, *now], select(*found, *now.values()).select_from(row)
        )
        given: dict[str, ColumnElement[Any]] = {title: bindparam(key) for title, key in columns.items()}
        self._single = insert(target).values(given | now)
        if replace:
            self._together = self._together.prefix_with("OR REPLACE")
            self._single = self._single.prefix_with("OR REPLACE")

    def insert(self, connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
        """Write these rows, in their order; nothing for none."""
        if not rows:
            return
        text = json.dumps([[row[key] for key in self._keys] for row in rows], ensure_ascii=False)
        if _CUT in text:
            connection.execute(self._single, [{key: row[key] for key in self._keys} for row in rows])
        else:
            connection.execute(self._together, {"rows": text})
