"""A timetabler who keeps editing: draws what to do next, in the mix that an office does it, and does it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

from sqlalchemy import Connection

from echodesk.demo import changing, moving
from echodesk.demo.board import Board
from echodesk.demo.edits import Edit, EditKind, Pen
from echodesk.demo.rows import DATE_CHANGED_FORMAT
from echodesk.errors import TimetableFault

Maker = Callable[[random.Random, Board, Pen], Edit | None]

MIX: dict[EditKind, tuple[int, Maker]] = {
    EditKind.MOVE_TIME: (16, moving.move_time),
    EditKind.MOVE_DAY: (9, moving.move_day),
    EditKind.MOVE_ROOM: (15, moving.move_room),
    EditKind.SWAP_ROOMS: (7, moving.swap_rooms),
    EditKind.SWAP_TIMES: (5, moving.swap_times),
    EditKind.CANCEL: (7, changing.cancel),
    EditKind.REINSTATE: (5, changing.reinstate),
    EditKind.CHANGE_WEEKS: (8, changing.change_weeks),
    EditKind.CHANGE_LECTURER: (8, changing.change_lecturer),
    EditKind.ASK_FOR_RECORDING: (4, changing.ask_for_recording),
    EditKind.WITHDRAW_RECORDING: (4, changing.withdraw_recording),
    EditKind.DOUBLE_BOOK: (4, moving.double_book),
    EditKind.REPAIR: (4, moving.repair),
    EditKind.CLOSE_ROOM_DAY: (1, moving.close_room_day),
    EditKind.NEW_LESSON: (3, changing.new_lesson),
}
"""How often each kind is drawn, in a hundred, and what makes it."""
TRIES = 8


class Timetabler:
    """Draws edits of one year. The same seed on the same timetable, at the same dates, makes the same edits.

    Only lessons with a week that begins after today are touched, and none of EchoDesk's tables.
    """

    def __init__(self, seed: int, setid: str) -> None:
        self._rng = random.Random(seed)
        self._setid = setid

    def propose(self, connection: Connection, now: dt.datetime) -> Edit:
        """The next edit, not yet done. `now` is campus wall-clock time; the edit's DATECHANGED is stamped with it.

        Raises:
            TimetableFault: no lesson of the year has a week to come.
        """
        board = Board(connection, self._setid, now.date())
        pen = Pen(self._setid, now.strftime(DATE_CHANGED_FORMAT))
        left = dict(MIX)
        while left:
            kind = self._rng.choices(list(left), [weight for weight, _ in left.values()])[0]
            _, make = left.pop(kind)
            for _ in range(TRIES):
                edit = make(self._rng, board, pen)
                if edit is not None:
                    return edit
        raise TimetableFault(
            "There is nothing to edit",
            f"No lesson of {self._setid} has a week that begins after {now:%d %B %Y}.",
            "Begin a new demonstration, or choose a later start of term.",
        )

    def apply(self, connection: Connection, edit: Edit) -> None:
        """Do it. All statements run in the caller's transaction, which should hold nothing else."""
        for step in edit.steps:
            step.run(connection)
