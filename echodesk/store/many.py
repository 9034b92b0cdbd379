"""Many new rows in one statement: the rows travel as one JSON text.

Row by row, SQLite would hand the interpreter back and forth between the program's threads once for each of them:
while requests are on their way that takes longer than the writing itself (benchmark `deliver`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

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
        verb = "INSERT OR REPLACE INTO" if replace else "INSERT INTO"
        into = f"{verb} {name} ({', '.join([*columns, *([stamped] if stamped else [])])})"
        now = [NOW] if stamped else []
        taken = ", ".join([*(f"json_extract(value, '$[{at}]')" for at in range(len(self._keys))), *now])
        given = ", ".join([*(f":{key}" for key in self._keys), *now])
        self.statements = (
            text(f"{into} SELECT {taken} FROM json_each(:many) WHERE true"),  # noqa: S608 - names of ours
            text(f"{into} VALUES ({given})"),
        )

    def insert(self, connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
        """Write these rows, in their order; nothing for none."""
        if not rows:
            return
        together, single = self.statements
        written = json.dumps([[_plain(row[key]) for key in self._keys] for row in rows], ensure_ascii=False)
        if _CUT in written:
            connection.execute(single, [{key: row[key] for key in self._keys} for row in rows])
        else:
            connection.execute(together, {"many": written})


def _plain(value: object) -> object:
    """Truth as the tables hold it, 0 or 1."""
    return int(value) if isinstance(value, bool) else value
