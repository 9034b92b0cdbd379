"""How long a single edit takes in a quiet system: from its commit until Echo360 holds it."""

from __future__ import annotations

import random
import time
from functools import partial
from pathlib import Path

from echodesk.store.mirror import Mirror
from tests.benchmarks.bare import log_of, replay
from tests.benchmarks.figures import Figure, at_most, percentile
from tests.benchmarks.office import AtWork, at_work, simulator
from tests.benchmarks.university import Lesson
from tests.databases.cmis import Cmis

EDITS_A_SECOND = 5.0


def measure(folder: Path, *, quick: bool = False) -> list[Figure]:
    """Single edits of different lessons, two changes of times for each cancellation.

    The instant of the commit and the simulator's instants are of one machine's monotonic clock. The baseline is
    the same change sent by a bare client.
    """
    edits = 10 if quick else 200
    with at_work(folder / "worker", edits) as there:
        rows = there.university.lessons(edits)
        there.insert(rows)
        there.wait_for(edits)
        there.until_quiet()
        ids = _echo_ids(there)
        new = there.sent()
        committed = _edit_steadily(there, rows)
        there.wait_for(2 * edits)
        there.until_quiet()
        taken = _taken(there, ids, committed)
        changes = [one for one in there.sent()[len(new) :] if one.method == "PUT"]
        assert there.differences() == 0
        university = there.university
    (folder / "bare").mkdir()
    with simulator(folder / "bare", university) as echo360:
        alone = replay(echo360.address, [*new, *changes], connections=1).each_s[len(new) :]
    return [
        Figure(
            "edit_to_echo360",
            percentile(taken, 0.99),
            "s (99 %)",
            "the same change sent by a bare client",
            percentile(alone, 0.99),
            at_most(2.0),
        ),
        Figure(
            "edit_to_echo360_median",
            percentile(taken, 0.5),
            "s (50 %)",
            "the same change sent by a bare client",
            percentile(alone, 0.5),
            None,
        ),
    ]


def _edit_steadily(there: AtWork, rows: list[Lesson]) -> dict[int, float]:
    """SLOTID → the monotonic instant at which its edit was committed."""
    draw = random.Random(3)
    committed: dict[int, float] = {}
    began = time.monotonic()
    for number, row in enumerate(rows):
        # Not in step with the worker's own polling.
        due = began + (number + draw.random()) / EDITS_A_SECOND
        time.sleep(max(0.0, due - time.monotonic()))
        there.edit(partial(_edit, row, number))
        committed[int(str(row["slotid"]))] = time.monotonic()
    return committed


def _edit(row: Lesson, number: int, cmis: Cmis) -> None:
    if number % 3 == 2:
        cmis.delete("timetable", slotid=row["slotid"])
    else:
        # Shorter than before, so that no lesson gets into another's way.
        cmis.update("timetable", {"slotid": row["slotid"]}, finishtime=f"{str(row['starttime'])[:3]}40")


def _echo_ids(there: AtWork) -> dict[str, int]:
    """Echo360's own id → SLOTID."""

    def read(mirror: Mirror, keys: list[tuple[str, int]]) -> dict[str, int]:
        return {row.standing.echo_id: row.slotid for row in mirror.of_lessons(keys) if row.slotid is not None}

    setid = there.university.setid
    slots = [(setid, int(str(row["slotid"]))) for row in there.university.lessons(there.slots)]
    return there.office.look(lambda books: read(books.mirror, slots))


def _taken(there: AtWork, ids: dict[str, int], committed: dict[int, float]) -> list[float]:
    """Seconds of each edit; raises if one of them did not reach Echo360 exactly once."""
    held: dict[int, float] = {}
    for entry in log_of(there.simulator.address):
        slotid = ids.get(str(entry["path"]).rpartition("/")[2])
        if entry["method"] in ("PUT", "DELETE") and slotid is not None:
            assert slotid not in held, f"lesson {slotid} was sent twice"
            assert entry["status"] in (200, 204), entry
            held[slotid] = float(entry["t"])
    assert held.keys() == committed.keys(), f"{len(held)} of {len(committed)} edits reached Echo360"
    return [held[slotid] - at for slotid, at in committed.items()]
