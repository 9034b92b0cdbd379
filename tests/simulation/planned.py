"""What the worker planned, from the snapshot that it was read in to the end of its last request."""

from __future__ import annotations

from collections import defaultdict

from echodesk.worker.snapshot import Snapshot
from echodesk.worker.work import Fate, Work
from tests.simulation.stage import Stage


class Planned:
    """Follows the plans of every run of a worker."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._open: dict[str, list[Work]] = defaultdict(list)
        """Each run of a worker, and its plans that were not seen to end."""

    def on_read(self, holder: str, answer: object) -> None:
        """A read of this run came to this."""
        if isinstance(answer, Snapshot):
            self._open[holder].extend(answer.works)

    def on_settled(self, holder: str) -> None:
        """This run wrote down what became of plans that have ended."""
        ended = [work for work in self._open[holder] if work.finished]
        self._open[holder] = [work for work in self._open[holder] if not work.finished]
        fates = [result.fate for work in ended for result in work.results.values()]
        if Fate.OVERTAKEN in fates:
            self._stage.happened["overtaken"] += fates.count(Fate.OVERTAKEN)
