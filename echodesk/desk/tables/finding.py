"""Which rows a person wants to see: the typed text and the chosen statuses. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Callable

from echodesk.desk.tables.columns import haystack
from echodesk.desk.tables.row_cache import CAP
from echodesk.messages import RoomDayRow, Row


def status_of(row: Row) -> str:
    """The value that the chips count."""
    return row.state if isinstance(row, RoomDayRow) else row.status


class Finder:
    """Makes the test a row must pass; remembers each row's lower-case text while the row stays the same."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[Row, str]] = {}

    def accept(self, text: str, statuses: tuple[str, ...]) -> Callable[[Row], bool] | None:
        """A test for rows whose codes or names hold `text` and whose status is one of these; None accepts all."""
        wanted = text.strip().casefold()
        chosen = frozenset(statuses)
        if not wanted and not chosen:
            return None
        if not wanted:
            return lambda row: status_of(row) in chosen
        return lambda row: (not chosen or status_of(row) in chosen) and wanted in self._text(row)

    def _text(self, row: Row) -> str:
        known = self._texts.get(row.key)
        if known is not None and known[0] is row:
            return known[1]
        if len(self._texts) > 2 * CAP:
            self._texts.clear()
        text = haystack(row)
        self._texts[row.key] = (row, text)
        return text
