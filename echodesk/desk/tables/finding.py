"""Which rows in memory match what was asked, by the rule that `store.searching` has for the database. Pure."""

from __future__ import annotations

from collections.abc import Callable

from echodesk.desk.tables.columns import haystack
from echodesk.desk.tables.row_cache import CAP
from echodesk.messages import NotificationRow, QueueRow, RoomDayRow, Row, TableQuery, is_room, search_words


def status_of(row: Row) -> str:
    """The value that the chips count."""
    return row.state if isinstance(row, RoomDayRow) else row.status


class Finder:
    """Makes the test a row must pass; remembers each row's lower-case text while the row stays the same."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[Row, str]] = {}

    def accept(self, query: TableQuery) -> Callable[[Row], bool] | None:
        """A test for rows that match, whatever the limit; None accepts all."""
        chosen = frozenset(query.statuses)
        if not query.narrow and not chosen:
            return None
        if not query.narrow:
            return lambda row: status_of(row) in chosen
        wanted = [word.casefold() for word in search_words(query.text)]

        def accepted(row: Row) -> bool:
            if (chosen and status_of(row) not in chosen) or _came(row) < query.since:
                return False
            if query.room and not any(is_room(query.room, *room) for room in _rooms(row)):
                return False
            text = self._text(row) if wanted else ""
            return all(word in text for word in wanted)

        return accepted

    def _text(self, row: Row) -> str:
        known = self._texts.get(row.key)
        if known is not None and known[0] is row:
            return known[1]
        if len(self._texts) > 2 * CAP:
            self._texts.clear()
        text = haystack(row)
        self._texts[row.key] = (row, text)
        return text


def _rooms(row: Row) -> tuple[tuple[str, str], ...]:
    """(code, name) of the rooms where the row is, or was."""
    if isinstance(row, QueueRow):
        return ((row.room_new, row.room_new_name), (row.room_old, row.room_old_name))
    if isinstance(row, NotificationRow):
        return ((row.room, row.room_name), (row.old_room, row.old_room_name))
    return ((row.room, row.room_name),)


def _came(row: Row) -> str:
    """When the row came, a stamp."""
    return row.first_seen if isinstance(row, RoomDayRow) else row.created
