"""One failover: something happens to whoever leads, another takes over, and then everything is as it should be."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from echodesk.messages import Phase
from tests.databases.cut_line import Cut
from tests.databases.failover_audit import Freeze, Term, overtaken, residual
from tests.databases.failover_programs import CONSTANTS
from tests.databases.failover_world import LATE_S, Stuck, Worker, World, until

CRASH_S = 40.0
QUIT_S = 3.0
"""Within so many seconds another must lead (reliability L3)."""
PATIENCE_S = 90.0
"""How long a takeover is waited for at most, to be told how long it took."""
CONVERGENCE_S = LATE_S + 60.0
"""Within this everything must be quiet (reliability C1)."""
LONGEST_S = 300.0
"""How long that is waited for at most, to be told how long it took. The first filling is no takeover."""
SCHEDULES = "/public/api/v2/schedules"

_UNENDED = (
    "SELECT 'entry ' || ID || ' is ' || STATUS FROM STT_ECHO_QUEUE"
    " WHERE STATUS NOT IN ('PROCESSED', 'SUPERSEDED')"
    " UNION ALL SELECT 'weekly update ' || ID || ' is ' || STATUS FROM STT_ECHO_NOTIFICATION"
    " WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS', 'FAILED', 'PARKED')"
)
_TWICE = (
    "SELECT 'entry ' || QUEUE_ID || ' has week ' || WEEKNUMBER || ' twice' FROM STT_ECHO_NOTIFICATION"
    " GROUP BY QUEUE_ID, WEEKNUMBER HAVING count(*) > 1"
)
_ASKED = "SELECT KIND, STATE, count(*) FROM STT_ECHO_COMMAND GROUP BY KIND, STATE"


class Kind(Enum):
    """What happens to whoever leads."""

    KILLED = "killed"
    STOPPED = "stopped, and woken when another leads"
    CUT_OFF = "connection reset"
    SILENCED = "connection silent"
    ENDED = "backends ended, nobody let in"
    SESSIONS = "backends ended, let in again"
    """It may go on leading: it connects anew while its lease still runs."""
    QUIT = "quit"


@dataclass(slots=True)
class Outcome:
    """What the rounds of one world found."""

    rounds: Counter[Kind] = field(default_factory=Counter)
    takeovers_s: dict[Kind, list[float]] = field(default_factory=dict)
    kept: int = 0
    """Rounds after which the same worker led on."""
    stale_writes: list[str] = field(default_factory=list)
    overlaps: list[str] = field(default_factory=list)
    residual: int = 0
    violations: list[str] = field(default_factory=list)
    convergences_s: list[float] = field(default_factory=list)
    requests: int = 0
    writes: int = 0
    edits: int = 0
    commands: int = 0


class Rounds:
    """Failovers on one world."""

    def __init__(self, world: World, outcome: Outcome, told: Callable[[str], None]) -> None:
        self._world = world
        self._outcome = outcome
        self._told = told
        self._freezes: list[Freeze] = []
        self._entries: set[int] = set()
        self._now = "at the start"

    def run(self, kinds: list[Kind]) -> None:
        """One failover of each of these kinds, in this order."""
        try:
            self._converge()
            for number, kind in enumerate(kinds, 1):
                self._now = f"round {number}, {kind.value}"
                self._world.timetabler.go_on()
                self._fail_over(kind)
                self._converge()
                self._outcome.rounds[kind] += 1
        except Stuck as stuck:
            self._broken(str(stuck))
        self._world.timetabler.hold()
        self._outcome.edits = self._world.timetabler.edits
        self._outcome.commands = self._world.commands
        self._outcome.writes = self._world.audit.transactions()

    # ---- the failover -------------------------------------------------------------------------------------

    def _fail_over(self, kind: Kind) -> None:
        world = self._world
        world.ask_for_something()
        time.sleep(world.dice.uniform(0.5, 2.5))
        if not until(lambda: world.leader()[0] is not None, PATIENCE_S):
            raise Stuck("nobody leads")
        leader, lease = world.leader()
        if leader is None:
            raise Stuck("the leader was lost before anything happened to it")
        began = time.time()
        self._strike(kind, leader)
        time.sleep(world.dice.uniform(0.0, 1.0))
        world.ask_for_something()
        if kind is Kind.SESSIONS and self._goes_on(leader, lease.epoch):
            self._outcome.kept += 1
            return
        term = self._taken_over(lease.epoch)
        took_s = term.since - began
        self._outcome.takeovers_s.setdefault(kind, []).append(took_s)
        self._told(f"{self._now}: {leader.name} led, {term.worker} leads after {took_s:.1f} s")
        limit_s = QUIT_S if kind is Kind.QUIT else CRASH_S
        if took_s > limit_s:
            self._broken(f"another led after {took_s:.1f} s, and {limit_s:.0f} s are promised")
        if term.worker == leader.name:
            self._broken("the same worker took the lease again")
        time.sleep(world.dice.uniform(0.0, 3.0))
        self._recover(kind, leader, began)

    def _strike(self, kind: Kind, leader: Worker) -> None:
        if kind is Kind.KILLED:
            leader.signal(signal.SIGKILL)
        elif kind is Kind.STOPPED:
            leader.signal(signal.SIGSTOP)
        elif kind is Kind.QUIT:
            leader.signal(signal.SIGTERM)
        elif kind is Kind.CUT_OFF:
            leader.line.cut(Cut.RESET)
        elif kind is Kind.SILENCED:
            leader.line.cut(Cut.SILENT)
        else:
            if kind is Kind.ENDED:
                leader.line.cut(Cut.REFUSED)
            self._world.end_backends_of(leader)

    def _recover(self, kind: Kind, leader: Worker, began: float) -> None:
        """Whoever was struck stands by again."""
        if kind in (Kind.KILLED, Kind.QUIT):
            ended = leader.ended(20.0)
            wanted = 0 if kind is Kind.QUIT else -signal.SIGKILL
            if ended != wanted:
                self._broken(f"{leader.name} ended with {ended}")
            leader.start()
            return
        if kind is Kind.STOPPED:
            leader.signal(signal.SIGCONT)
            self._freezes.append(Freeze(leader.name, began, time.time()))
        else:
            leader.line.mend()
        if not until(lambda: leader.phase() == Phase.FOLLOWING.value, PATIENCE_S):
            raise Stuck(f"{leader.name} does not stand by again: {leader.told()[-5:]}")

    def _taken_over(self, epoch: int) -> Term:
        """The next term of office, when whoever has it has taken over what was under way."""
        audit = self._world.audit

        def later() -> list[Term]:
            found = [term for term in audit.terms() if term.epoch > epoch]
            leads = [(term, audit.leads_since(term.epoch)) for term in found]
            return [Term(term.epoch, term.worker, since) for term, since in leads if since is not None]

        if not until(lambda: bool(later()), PATIENCE_S):
            raise Stuck(f"nobody took over within {PATIENCE_S:.0f} s")
        return later()[0]

    def _goes_on(self, leader: Worker, epoch: int) -> bool:
        """Whether it renews its lease again after everything that it had open was ended."""
        at_least_s = CONSTANTS.lease_ttl_s - CONSTANTS.lease_renew_s

        def renewed() -> bool:
            now, lease = self._world.leader()
            return lease.epoch != epoch or (now is leader and lease.seconds_left > at_least_s)

        time.sleep(CONSTANTS.lease_renew_s)
        if not until(renewed, PATIENCE_S):
            raise Stuck("the lease is neither renewed nor taken over")
        return self._world.leader()[1].epoch == epoch

    # ---- and then -----------------------------------------------------------------------------------------

    def _converge(self) -> None:
        """Nobody edits; everything becomes quiet, and is as it should be."""
        world = self._world
        world.timetabler.hold()
        if not world.timetabler.is_alive():
            raise Stuck("nobody edits any more")
        world.ask_to_resume()
        began = time.monotonic()
        times = 0
        while times < 2:
            time.sleep(0.4)
            quiet = world.pending().quiet
            times = times + 1 if quiet else 0
            if time.monotonic() - began > LONGEST_S:
                raise Stuck(f"not quiet after {LONGEST_S:.0f} s: {world.waits_for()}")
        if self._outcome.takeovers_s or self._outcome.kept:
            took_s = time.monotonic() - began
            self._outcome.convergences_s.append(took_s)
            if took_s > CONVERGENCE_S:
                self._broken(f"quiet after {took_s:.1f} s, and {CONVERGENCE_S:.0f} s are promised")
        for found in self._wrong():
            self._broken(found)
        self._judge()

    def _wrong(self) -> Iterator[str]:
        """What is lost, what is there twice, what differs."""
        world = self._world
        yield from (row[0] for row in world.sql(_UNENDED))
        yield from (row[0] for row in world.sql(_TWICE))
        entries = {row[0] for row in world.sql("SELECT ID FROM STT_ECHO_QUEUE")}
        if lost := self._entries - entries:
            yield f"timetable changes are lost: {sorted(lost)[:5]}"
        self._entries = entries
        asked = {(kind, state): many for kind, state, many in world.sql(_ASKED)}
        if sum(asked.values()) != world.commands or any(state != "DONE" for _kind, state in asked):
            yield f"{world.commands} commands were written; of them are there: {asked}"
        pauses = world.sql("SELECT count(*), count(LIFTED) FROM STT_ECHO_PAUSE")[0]
        if tuple(pauses) != (asked.get(("Pause", "DONE"), 0),) * 2:
            yield f"pauses begun and lifted: {tuple(pauses)}, asked for: {asked}"
        compared = world.compared()
        if compared.differing:
            yield f"differences: {[f'{one.room} {one.date}' for one in compared.differing[:5]]}"
        yield from self._wrong_in_echo360(compared.schedules)

    def _wrong_in_echo360(self, ours: int) -> Iterator[str]:
        world = self._world
        if under_way := [one for one in world.look_at_requests() if one.method != "GET"]:
            yield f"still under way: {under_way[:3]}"
        writes = Counter((one.method, one.status) for one in world.exchanges if one.path.startswith(SCHEDULES))
        made, removed = writes["POST", 201], writes["DELETE", 200]
        stand = world.stand_in_echo360()
        if made - removed != stand:
            yield f"{made} schedules were made, {removed} removed, and {stand} stand"
        known = world.sql("SELECT count(*), count(DISTINCT EXTERNAL_ID) FROM STT_ECHO_MIRROR WHERE OURS = 1")[0]
        if tuple(known) != (ours, ours) or ours != stand:
            yield f"the mirror holds {tuple(known)} of ours, Echo360 {ours} of {stand}"

    def _judge(self) -> None:
        """Who wrote or asked without leading, of everything so far."""
        world, outcome = self._world, self._outcome
        outcome.requests = len(world.exchanges)
        stale = world.audit.stale_writes()
        for text in stale[len(outcome.stale_writes) :]:
            self._told(f"VIOLATION {self._now}: {text}")
        outcome.stale_writes = stale
        late = overtaken(world.exchanges, world.audit.terms())
        explained = residual(late, self._freezes)
        outcome.residual = len(explained)
        overlaps = [f"{one}" for one in late if one not in explained]
        for text in overlaps[len(outcome.overlaps) :]:
            self._told(f"VIOLATION {self._now}: {text}")
        outcome.overlaps = overlaps

    def _broken(self, text: str) -> None:
        told = f"{self._now}: {text}"
        self._outcome.violations.append(told)
        self._told(f"VIOLATION {told}")
