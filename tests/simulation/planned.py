"""What the worker planned, from the snapshot that it was read in to the end of its last request (Q4)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable

from echodesk.planning.values import RoomDay
from echodesk.worker.snapshot import Snapshot
from echodesk.worker.work import Fate, Work
from tests.simulation.stage import Stage


class Planned:
    """Follows the plans of every run of a worker."""

    def __init__(self, stage: Stage, tell: Callable[[str, str], None]) -> None:
        """`tell` hears of a promise that was broken, and how."""
        self._stage = stage
        self._tell = tell
        self._open: dict[str, list[Work]] = defaultdict(list)
        """Each run of a worker, and its plans that were not seen to end."""
        self._ended: dict[int, set[RoomDay]] = defaultdict(set)
        """Each notification, and the room-days whose plan saw it and has ended."""
        self._seen_to = 0
        """The last step of a status that was looked at."""

    def on_read(self, holder: str, answer: object) -> None:
        """A read of this run came to this."""
        if isinstance(answer, Snapshot):
            self._open[holder].extend(answer.works)

    def makes(self, holder: str, external_id: str) -> bool:
        """Whether a plan of this run that has not ended makes or changes this lesson."""
        return any(
            request.booking is not None and request.external_id == external_id
            for work in self._open[holder]
            for request in work.plan.requests
        )

    def on_settled(self, holder: str) -> None:
        """This run wrote down what became of plans that have ended."""
        ended = [work for work in self._open[holder] if work.finished]
        self._open[holder] = [work for work in self._open[holder] if not work.finished]
        for work in ended:
            for one in work.waiting:
                self._ended[one.id] |= work.places
        fates = [result.fate for work in ended for result in work.results.values()]
        if Fate.OVERTAKEN in fates:
            self._stage.happened["overtaken"] += fates.count(Fate.OVERTAKEN)
        self._out_of_date()

    def _out_of_date(self) -> None:
        """OUT_OF_DATE only if every room-day that it touches was planned from a snapshot that showed it (Q4)."""
        steps = self._stage.sql(
            "SELECT s.rowid, s.NEW, n.ID, n.EXTERNAL_ID, n.OLD_ROOMID, n.OLD_DATE, n.NEW_ROOMID, n.NEW_DATE"
            " FROM TEST_STATUS_STEP s LEFT JOIN STT_ECHO_NOTIFICATION n ON n.ID = s.ID"
            " WHERE s.rowid > :seen AND s.KIND = 'NOTIFICATION'",
            seen=self._seen_to,
        )
        today = self._stage.clock.campus_now().date().isoformat()
        for row, status, number, name, *places in steps:
            self._seen_to = max(self._seen_to, row)
            if status != "OUT_OF_DATE":
                continue
            touched = {
                RoomDay(room, dt.date.fromisoformat(date))
                for room, date in (places[:2], places[2:])
                if date is not None and date >= today
            }
            unplanned = touched - self._ended[number]
            if unplanned:
                self._tell("Q4", f"{name} is out of date, and {min(unplanned)} was not planned with it")
