"""What must hold after every kill, and when everything is quiet again (reliability D1, D2, Q1, Q2, Q6, H5, C1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.end_to_end.kill_world import SCHEDULES, World
from tests.end_to_end.points import COMMITTED
from tests.end_to_end.small_timetable import ROOMS

ENDED = "('SUCCESS','WARN','OUT_OF_DATE','REFRESHED','IN_CONFLICT','TOO_LATE','FAILED','PARKED','SUPERSEDED')"
TWICE = "SELECT QUEUE_ID, WEEKNUMBER FROM STT_ECHO_NOTIFICATION GROUP BY 1, 2 HAVING count(*) > 1"
UNENDED = (
    "SELECT 'entry', ID, STATUS FROM STT_ECHO_QUEUE WHERE STATUS NOT IN ('PROCESSED', 'SUPERSEDED', 'FAILED')"
    " UNION ALL SELECT 'weekly update', ID, STATUS FROM STT_ECHO_NOTIFICATION"
    " WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS')"
)
# An entry that stopped the worker three times says so, and so does each of its weeks that was set aside.
FAILED_WITHOUT_REASON = (
    "SELECT q.ID, q.ERROR FROM STT_ECHO_QUEUE q WHERE q.STATUS = 'FAILED' AND q.ATTEMPTS < 3 AND NOT EXISTS"
    " (SELECT 1 FROM STT_ECHO_NOTIFICATION n WHERE n.QUEUE_ID = q.ID AND n.STATUS IN ('FAILED', 'PARKED'))"
)
SERVED_TWICE = (
    "SELECT 'pauses asked for: ' || c.MANY || ', made: ' || p.MANY FROM"
    " (SELECT count(*) AS MANY FROM STT_ECHO_COMMAND WHERE KIND = 'Pause' AND STATE = 'DONE') c,"
    " (SELECT count(*) AS MANY FROM STT_ECHO_PAUSE) p WHERE c.MANY <> p.MANY"
    " UNION ALL SELECT 'a pause was refused: ' || ANSWER FROM STT_ECHO_COMMAND"
    " WHERE KIND = 'Pause' AND STATE = 'FAILED'"
)

SWEEP_BEGINS = f"rooms: {COMMITTED}"
SWEPT = f"sweep: {COMMITTED}"


class Sweep:
    """The next sweep of all rooms, by the points that workers cross.

    A sweep leaves to a plan what that may send, and the plan may come to nothing, as when it is stale: only one
    that began while no plan was compared or sent finds everything.
    """

    def __init__(self, crossed: Path) -> None:
        self._crossed = crossed
        self._since: int | None = crossed.stat().st_size

    def done(self, *, plans: bool) -> bool:
        """True once it is; `plans`: just now one is compared or sent."""
        if plans:
            self._since = None
            return False
        if self._since is None:
            self._since = self._crossed.stat().st_size
        with self._crossed.open("rb") as file:
            file.seek(self._since)
            points = file.read().decode().splitlines()
        read: int | None = None
        for point in points:
            if point == SWEEP_BEGINS:
                read = 0
            elif point == SWEPT and read is not None:
                read += 1
                # The one after the last room is about what staff were told: all that differs is marked by then.
                if read > ROOMS:
                    return True
        return False


class Saved:
    """What was shown as saved so far; after each kill all of it must still be there."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._entries: set[int] = set()
        self._commands: set[int] = set()
        self._answers: dict[int, tuple[str, str]] = {}
        self._pauses: dict[int, str | None] = {}
        self._ended: set[int] = set()
        self._audit = 0
        self._made = self._removed = 0
        self.refused_as_there = 0
        """POSTs of what stood already; each was read and put right (reliability H6)."""

    def look(self) -> None:
        """Take down what can be seen now."""
        sql = self._world.sql
        self._entries = {row[0] for row in sql("SELECT ID FROM STT_ECHO_QUEUE")}
        self._commands = {row[0] for row in sql("SELECT ID FROM STT_ECHO_COMMAND")}
        answered = sql("SELECT ID, STATE, ANSWER FROM STT_ECHO_COMMAND WHERE STATE <> 'WAITING'")
        self._answers = {row[0]: (row[1], row[2]) for row in answered}
        self._pauses = dict(sql("SELECT ID, LIFTED FROM STT_ECHO_PAUSE"))
        self._ended = self._notifications_ended()
        self._audit = self._audited()

    def after_a_kill(self) -> Iterator[str]:
        """What is broken although nothing but a process died."""
        sql = self._world.sql
        verdict = sql("PRAGMA integrity_check")
        if verdict != [("ok",)]:
            yield f"integrity_check: {verdict[:3]}"
        if lost := self._entries - {row[0] for row in sql("SELECT ID FROM STT_ECHO_QUEUE")}:
            yield f"timetable changes lost: {sorted(lost)[:5]}"
        now = {row[0]: (row[1], row[2]) for row in sql("SELECT ID, STATE, ANSWER FROM STT_ECHO_COMMAND")}
        if lost := self._commands - now.keys():
            yield f"commands lost: {sorted(lost)[:5]}"
        if changed := [number for number, answer in self._answers.items() if now.get(number) != answer]:
            yield f"answers to commands changed: {changed[:5]}"
        pauses: dict[int, str | None] = dict(sql("SELECT ID, LIFTED FROM STT_ECHO_PAUSE"))
        for number, lifted in self._pauses.items():
            if number not in pauses or (lifted is not None and pauses[number] != lifted):
                yield f"pause {number} lost or lifted twice"
        if undone := self._ended - self._notifications_ended():
            yield f"weekly updates that had ended wait again: {sorted(undone)[:5]}"
        if self._audited() < self._audit:
            yield "lines of the audit are lost"
        if twice := sql(TWICE):
            yield f"two notifications of one entry and week: {twice[:5]}"
        yield from (row[0] for row in sql(SERVED_TWICE))

    def when_quiet(self) -> Iterator[str]:
        """What is not as it should be once a worker had nothing left to do."""
        world = self._world
        yield from self.after_a_kill()
        if unended := world.sql(UNENDED):
            yield f"not ended: {unended[:5]}"
        if failed := world.sql(FAILED_WITHOUT_REASON):
            yield f"failed without a reason: {failed[:5]}"
        last = world.sql("SELECT seq FROM sqlite_sequence WHERE name = 'STT_ECHO_QUEUE'")[0][0]
        if (held := len(world.sql("SELECT ID FROM STT_ECHO_QUEUE"))) != last:
            yield f"{last} timetable changes were entered and {held} are there"
        compared = world.compared()
        if compared.differing:
            told = [world.known_of(place.room, place.date.isoformat()) for place in compared.differing[:2]]
            yield f"differences: {[f'{place.room} {place.date}' for place in compared.differing[:5]]} {told}"
        yield from self._in_echo360(compared.schedules)

    def _in_echo360(self, ours: int) -> Iterator[str]:
        world = self._world
        entries = world.asked_of_echo360()
        writes = Counter((one["method"], one["status"]) for one in entries if one["path"].startswith(SCHEDULES))
        self._made += writes["POST", 201]
        self._removed += writes["DELETE", 200]
        # The default of the simulator for an external id that is there already, and for a clash.
        self.refused_as_there += writes["POST", 400]
        stand = world.state_of_echo360()["schedules"]
        if self._made - self._removed != stand:
            yield f"{self._made} schedules were made, {self._removed} removed, and {stand} stand"
        names = Counter(world.external_ids())
        if twice := [name for name, many in names.items() if many > 1]:
            yield f"two schedules of one external id: {twice[:5]}"
        remembered = world.sql("SELECT count(*), count(DISTINCT EXTERNAL_ID) FROM STT_ECHO_MIRROR WHERE OURS = 1")
        if remembered != [(ours, ours)]:
            yield f"the mirror holds {remembered[0]} of ours, Echo360 {ours}"

    def _notifications_ended(self) -> set[int]:
        rows = self._world.sql(f"SELECT ID FROM STT_ECHO_NOTIFICATION WHERE STATUS IN {ENDED}")  # noqa: S608 - a constant of this file
        return {row[0] for row in rows}

    def _audited(self) -> int:
        return int(self._world.sql("SELECT coalesce(max(ID), 0) FROM STT_ECHO_AUDIT")[0][0])
