"""Once every fault has stopped: equal within the promised time, quiet for a day, every entry accounted for."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter

from echodesk.planning.statuses import (
    EntryStatus,
    NotificationStatus,
    entry_may_become,
    notification_may_become,
)
from echodesk.planning.values import Reason
from echodesk.worker.engine import Constants
from echodesk.worker.housekeeping import FOREIGN_S, SWEEP_S
from tests.simulation.mixes import HOUR_S, MIXES
from tests.simulation.oracle import differences, expected
from tests.simulation.safety import Safety
from tests.simulation.script import Command, Script
from tests.simulation.stage import Stage
from tests.worker.campus import ROOMS
from tests.worker.world import LATE_S

PROMISED_S = LATE_S + 60.0
"""C1: equal within this time, and what the call limit needs for what is pending."""
DAY_S = 86_400.0
UNTIL_SWEPT = Constants(idle_s=50.0, lease_ttl_s=7_200.0, lease_renew_s=3_600.0)
AT_REST = Constants(idle_s=DAY_S / 2, lease_ttl_s=3 * DAY_S, lease_renew_s=DAY_S)

TWO_ROOMS = 2
"""A move concerns the room it leaves and the one it goes to."""

HEARD_S = 0.1
"""What a window asked its own worker at the last moment is carried out by then."""
Transition = tuple[str, str, str]
"""(table, old status, new status)."""


class Liveness:
    """The end of one history."""

    def __init__(self, stage: Stage, script: Script, safety: Safety) -> None:
        self._stage = stage
        self._safety = safety
        self._writes = safety.writes
        self._tell = safety.tell
        self._mix = MIXES[script.mix]
        self.convergence_s = 0.0

    def run(self) -> None:
        """Faults end, and everything that was promised for then is checked."""
        stage = self._stage
        stage.heal()
        healed = stage.loop.now
        if not self._hear() or stage.look(lambda books: books.office.pauses()):
            # Lifting any pause frees whatever one that is over still holds: where none stands, nobody lifts one.
            stage.post(Command("resume"))
        stage.post(Command("go_on"))
        self._settle("C1")
        if stage.sql("SELECT 1 FROM STT_ECHO_PAUSE WHERE LIFTED IS NULL LIMIT 1"):
            # What was being taken back, or checked with something left out, when the faults ended stays as it is
            # until somebody lifts its pause.
            stage.post(Command("resume"))
            self._settle("C1")
        self.convergence_s = stage.loop.now - healed
        chore_s = FOREIGN_S if self._mix.hourly else SWEEP_S if self._mix.swept else 0.0
        if chore_s:
            self._restart(UNTIL_SWEPT)
            stage.run(asyncio.sleep(chore_s + UNTIL_SWEPT.idle_s))
            self._restart(stage.around.constants)
            self._settle("C1")
        if not self._mix.unseen:
            self._equal("C1")
        refused = stage.sql("SELECT EXTERNAL_ID, ERROR FROM STT_ECHO_REFUSED")
        if refused and not self._mix.refuses:
            self._tell("H6", f"taken for refused for good though Echo360 takes everything: {_shown(refused)}")
        if self._mix.mended:
            stage.mend()
        if self._mix.unseen or self._mix.mended or refused:
            self._resync(may_write=True)
            self._equal("C1")
        self._resync(may_write=False)
        self._rest()
        self._equal("C3")
        self._accounted()

    def _hear(self) -> bool:
        """Whatever people asked for before is carried out; False if nobody leads who could do that yet."""
        stage = self._stage
        until = stage.loop.now + PROMISED_S
        stage.run(asyncio.sleep(HEARD_S))
        while stage.sql("SELECT 1 FROM STT_ECHO_COMMAND WHERE STATE = 'WAITING'") and stage.loop.now < until:
            stage.run(asyncio.sleep(HEARD_S))
        return stage.loop.now < until

    def _settle(self, promise: str) -> None:
        limit = self._stage.around.calls_per_minute
        pending_s = 60.0 * self._backlog() / limit if limit else 0.0
        within_s = PROMISED_S + pending_s + max(self._mix.grace_s, self._capped_s())
        try:
            self._stage.settle(within_s)
            while self._stage.say_yes():
                self._stage.settle(within_s)
        except AssertionError as late:
            if not self._only_looks_again():
                self._tell(promise, str(late))
                return
            self._stage.settle(PROMISED_S + self._capped_s())

    def _only_looks_again(self) -> bool:
        """Everything is equal in time, and all that is pending is another look at clashes that were not explained
        while faults were on: each further one is looked at after twice the time, up to an hour (decisions)."""
        pending = self._stage.pending()
        others = self._stage.sql(
            "SELECT 1 FROM STT_ECHO_REFRESH WHERE REASON <> 'clash'"
            " AND ROOMID NOT IN (SELECT ROOMID FROM STT_ECHO_ROOM_HOLD) LIMIT 1"
        )
        return (
            dataclasses.replace(pending, refreshes=0).quiet
            and not others
            and self._stage.compared().differing == ()
        )

    def _capped_s(self) -> float:
        """Until when the caps hold back what was sent in vain too often (H1 before C1), or a clash that nobody can
        explain is left alone (each further one twice as long; decisions): an hour at most."""
        waits = self._stage.sql(
            "SELECT coalesce(max((julianday(NOT_BEFORE) - julianday('now')) * 86400.0), 0.0) FROM STT_ECHO_REFRESH"
            " WHERE REASON IN ('sent as often as it may be', 'clash')"
        )
        return min(float(waits[0][0]), HOUR_S)

    def _backlog(self) -> int:
        """More calls than can be needed for what is pending."""
        pending = self._stage.pending()
        listings = pending.refreshes + len(ROOMS)
        return 3 * (pending.notifications + pending.room_days + pending.intents) + 2 * listings + 20

    def _equal(self, promise: str) -> None:
        differing = self._stage.compared().differing
        if differing:
            self._tell(promise, f"Echo360 differs from the projection in {_shown(differing)}")
        told = differences(expected(self._stage), self._stage)
        if told:
            self._tell(promise, f"Echo360 differs from the independent model: {_shown(told)}")

    def _resync(self, *, may_write: bool) -> None:
        """Everything is listed afresh; a room-day that is right stays as it is. What Echo360 refused for good is
        asked for again, once in each of the rooms it concerns, because staff want it (decisions)."""
        before, refused_before = self._writes(), self._safety.refused
        for room in ROOMS:
            self._stage.post(Command("refresh", {"room": room}))
        self._settle("C3")
        refused = self._safety.refused - refused_before
        written = self._writes() - before - refused
        if written and not may_write:
            self._tell("C3", f"a re-sync of what should be equal sent {written} writes")
        remembered = self._stage.sql("SELECT count(*) FROM STT_ECHO_REFUSED")[0][0]
        if refused > TWO_ROOMS * remembered and not may_write:
            self._tell("C3", f"a re-sync was refused {refused} times, and {remembered} refusals are known")

    def _rest(self) -> None:
        """A day passes and nothing is sent."""
        stage = self._stage
        self._restart(AT_REST)
        stage.run(asyncio.sleep(1.0))
        before = self._writes()
        stage.run(asyncio.sleep(DAY_S))
        stage.tend()
        if self._writes() != before:
            self._tell("C3", f"{self._writes() - before} writes were sent during a day at rest")

    def _restart(self, constants: Constants) -> None:
        """One worker goes on alone, and looks for work less often: much time costs little then."""
        first, *others = self._stage.processes
        for other in others:
            other.close()
        first.stop()
        first.constants = constants
        self._stage.begin(first)

    def _accounted(self) -> None:
        """Each entry has ended, with exactly one notification for each week (Q1, Q2)."""
        sql = self._stage.sql
        open_entries = sql("SELECT ID, STATUS FROM STT_ECHO_QUEUE WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS')")
        if open_entries:
            self._tell("Q1", f"entries never ended: {_shown(open_entries)}")
        waiting = sql(
            "SELECT ID, STATUS FROM STT_ECHO_NOTIFICATION WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS')"
        )
        if waiting:
            self._tell("Q1", f"notifications never ended: {_shown(waiting)}")
        double = sql(
            "SELECT QUEUE_ID, WEEKNUMBER, count(*) FROM STT_ECHO_NOTIFICATION"
            " GROUP BY QUEUE_ID, WEEKNUMBER HAVING count(*) > 1"
        )
        if double:
            self._tell("Q2", f"more than one notification of an entry for a week: {_shown(double)}")
        self._listed_as_left_out()
        self._told_as_recorded()

    def _told_as_recorded(self) -> None:
        """ "Recorded?" of each lesson ahead is the truth of now, whoever's schedule records it (C5)."""
        today = self._stage.clock.campus_now().date()
        recorded = {
            member for one in expected(self._stage).wanted.values() if one.date > today for member in one.members
        }
        told = self._stage.sql(
            "SELECT EXTERNAL_ID, STATUS, RECORDED FROM STT_ECHO_NOTIFICATION n"
            " WHERE NOT EXISTS (SELECT 1 FROM STT_ECHO_NOTIFICATION m WHERE m.EXTERNAL_ID = n.EXTERNAL_ID"
            " AND m.QUEUE_ID > n.QUEUE_ID) AND NOT EXISTS"
            " (SELECT 1 FROM STT_ECHO_NOTIFICATION m WHERE m.EXTERNAL_ID = n.EXTERNAL_ID"
            " AND (m.OLD_DATE <= :today OR m.NEW_DATE <= :today))"
            " AND EXTERNAL_ID NOT IN (SELECT EXTERNAL_ID FROM STT_ECHO_REFUSED)",
            today=today.isoformat(),
        )
        wrong = [
            f"{row.EXTERNAL_ID}: {row.STATUS} {row.RECORDED}"
            for row in told
            if (row.RECORDED == "YES") != (row.EXTERNAL_ID in recorded)
        ]
        if wrong:
            self._tell("C5", f"told otherwise whether it is recorded: {_shown(wrong)}")

    def _listed_as_left_out(self) -> None:
        """Each lesson ahead that is not recorded is listed with its reason and winner, and no other is (C5). What
        was refused is told as a failure."""
        today = self._stage.clock.campus_now().date().isoformat()
        listed = {
            row.EXTERNAL_ID: (row.REASON, row.WINNER)
            for row in self._stage.sql(
                "SELECT EXTERNAL_ID, REASON, WINNER FROM STT_ECHO_LEFT_OUT WHERE LESSON_DATE > :today", today=today
            )
        }
        ahead = {
            row[0]
            for row in self._stage.sql(
                "SELECT EXTERNAL_ID FROM STT_ECHO_NOTIFICATION GROUP BY EXTERNAL_ID"
                " HAVING max(coalesce(NEW_DATE, OLD_DATE)) = min(coalesce(NEW_DATE, OLD_DATE))"
                " AND min(coalesce(NEW_DATE, OLD_DATE)) > :today",
                today=today,
            )
        }
        left_out = {
            external_id: (reason.value, winner)
            for external_id, (reason, winner) in expected(self._stage).left_out.items()
            if reason is not Reason.REFUSED
        }
        wrong = {one for one in listed if listed[one] != left_out.get(one)}
        wrong |= {one for one in left_out.keys() & ahead if one not in listed}
        if wrong:
            told = [f"{one}: {listed.get(one)} for {left_out.get(one)}" for one in sorted(wrong)]
            self._tell("C5", f"what is not recorded is listed otherwise: {_shown(told)}")

    def transitions(self) -> Counter[Transition]:
        """How often each status became which other."""
        rows = self._stage.sql("SELECT KIND, OLD, NEW, count(*) FROM TEST_STATUS_STEP GROUP BY KIND, OLD, NEW")
        return Counter({(kind, old, new): count for kind, old, new, count in rows})


def illegal(transitions: Counter[Transition]) -> list[str]:
    """Steps of a status that are defects (Q6)."""
    return [
        f"Q6: {count} times {table} {old} became {new}"
        for (table, old, new), count in sorted(transitions.items())
        if not (
            entry_may_become(EntryStatus(old), EntryStatus(new))
            if table == "QUEUE"
            else notification_may_become(NotificationStatus(old), NotificationStatus(new))
        )
    ]


def _shown(items: object, most: int = 4) -> str:
    listed = [str(item) for item in items]  # type: ignore[attr-defined]  # any iterable
    return ", ".join(listed[:most]) + (f" and {len(listed) - most} more" if len(listed) > most else "")
