"""The timetabler at work: one edit after the other, each in its own transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from echodesk.demo.timetabler import Timetabler
from echodesk.errors import DatabaseBusy


class Editing:
    """Makes edits on request; the caller decides how fast."""

    def __init__(self, engine: Engine, timetabler: Timetabler, now: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._timetabler = timetabler
        self._now = now

    def once(self) -> str:
        """Make one edit; returns the sentence that says what was done.

        Raises `DatabaseBusy` if the database was held by someone else for too long (nothing was changed), and
        `TimetableFault` when no lesson has a week to come.
        """
        try:
            with self._engine.begin() as connection:
                edit = self._timetabler.propose(connection, self._now())
                self._timetabler.apply(connection, edit)
        except DBAPIError as error:
            raise DatabaseBusy(
                "The timetabler has to wait",
                f"The database could not be written ({error.orig}).",
                "It tries again.",
            ) from error
        return edit.sentence
