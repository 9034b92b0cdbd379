"""What is worth a desktop notice, when it is told, and what the tray icon says. Pure, no Qt.

A notice is for whoever does not look at the window. Its words are EchoDesk's own, with numbers: nothing out of a
database gets into a notice or a tooltip, which a system may take for markup.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf

from echodesk.desk import formats, standing
from echodesk.desk.words import Tone
from echodesk.messages import EngineState, MissedLesson, Overview, Phase, Scope
from echodesk.planning.values import Reason

GATHER_S = 60.0
"""What comes within so many seconds is told as one; what has passed by then is not told."""
REST_S = 600.0
"""A kind that was told is not told again before, however much of it comes."""
SOON = dt.timedelta(hours=24)
MOST_FAILURES = 10_000
"""Beyond so many, more of them are no news."""


class Kind(StrEnum):
    """What notices are about, the worst first."""

    DEFECT = "defect"
    REFUSED = "refused"
    DATABASE = "database"
    NOBODY = "nobody"
    MISSED = "missed"
    STOP = "stop"
    PLAN = "plan"
    FAILED = "failed"


NOTHING_SENT = (Kind.DEFECT, Kind.REFUSED, Kind.DATABASE, Kind.NOBODY)
WAIT_FOR_PEOPLE = (Kind.STOP, Kind.PLAN, Kind.FAILED)
_HEAL = (Kind.DATABASE, Kind.NOBODY)
"""They often pass by themselves, as when another PC takes over: told only after a minute of their own."""
_ONE: frozenset[Hashable] = frozenset({True})


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is so now."""

    kind: Kind
    text: str
    """A clause without capital and full stop, '' where nothing is urgent."""
    urgent: frozenset[Hashable] = _ONE
    """What is worth a notice: one that holds anything not known yet is news."""
    shown: frozenset[Hashable] = _ONE
    """What somebody sees who looks at the window: all that is urgent, and more."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What was told or seen. Times are seconds of a clock that never goes back."""

    known: Mapping[Kind, frozenset[Hashable]] = field(default_factory=dict)
    since: Mapping[Kind, float] = field(default_factory=dict)
    """Since when there is news of a kind."""
    told: Mapping[Kind, float] = field(default_factory=dict)
    """When a kind was told last."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What is to be told now, as one notice, and what to remember."""

    memory: Memory
    told: tuple[Fact, ...] = ()
    again_s: float | None = None
    """After so many seconds it is to be judged again, though nothing has happened; None: nothing waits."""


def facts(
    state: EngineState | None, overview: Overview | None, now: str, *, defect: bool = False
) -> tuple[Fact, ...]:
    """All that is so, the worst first. `now` is the campus wall clock; `defect`: the worker has ended by one."""
    found = [Fact(Kind.DEFECT, "EchoDesk's worker has stopped by a defect")] if defect else []
    if state is not None and not defect:
        found.extend(_in_the_way(state, overview))
    if overview is not None:
        found.extend(_of_people(overview))
        found.extend(_missed(overview, now))
    return tuple(sorted(found, key=lambda fact: list(Kind).index(fact.kind)))


def judge(before: Memory, facts: Sequence[Fact], at: float, *, seen: bool) -> Judged:
    """Which facts are told at this moment. What is `seen` in the window is known, and is not told later."""
    if seen:
        return Judged(Memory({fact.kind: fact.shown for fact in facts}, told=before.told))
    # What is so no longer is forgotten: it is told when it comes again.
    known = {fact.kind: before.known.get(fact.kind, frozenset()) & fact.shown for fact in facts}
    news = [fact for fact in facts if fact.urgent - known[fact.kind]]
    memory = Memory(known, {fact.kind: before.since.get(fact.kind, at) for fact in news}, before.told)
    due: tuple[Fact, ...] = ()
    if any(_ripe(memory, fact.kind) <= at for fact in news):
        due = tuple(fact for fact in news if (_ripe if fact.kind in _HEAL else _free)(memory, fact.kind) <= at)
        memory = Memory(
            {**known, **{fact.kind: known[fact.kind] | fact.urgent for fact in due}},
            {fact.kind: memory.since[fact.kind] for fact in news if fact not in due},
            {**memory.told, **{fact.kind: at for fact in due}},
        )
    again = min((_ripe(memory, kind) for kind in memory.since), default=None)
    return Judged(memory, due, None if again is None else again - at)


def sentence(facts: Iterable[Fact]) -> str:
    """`3 lessons of tomorrow will not be recorded; a plan waits for your yes`."""
    return _capital("; ".join(fact.text for fact in facts if fact.text))


def sign(state: EngineState | None, facts: Sequence[Fact]) -> tuple[Tone, str]:
    """The form of the tray icon, and its tooltip: who sends, and below it what else there is to know."""
    blocked = [fact for fact in facts if fact.kind in NOTHING_SENT]
    tone, who = (Tone.BAD, blocked[0].text) if blocked else _sending(state)
    others = [fact for fact in facts if fact.text and fact.kind not in NOTHING_SENT]
    needed = any(fact.kind in WAIT_FOR_PEOPLE for fact in others)
    if needed and tone is not Tone.BAD:
        tone = Tone.CLASH
    lines = [_capital(who)]
    if others:
        lines.append(f"Needs you: {'; '.join(fact.text for fact in others)}" if needed else sentence(others))
    return tone, "\n".join(lines)


def _ripe(memory: Memory, kind: Kind) -> float:
    """From when on a kind has news to be told for, and not merely along with another."""
    return max(memory.since[kind] + GATHER_S, _free(memory, kind))


def _free(memory: Memory, kind: Kind) -> float:
    """From when on a kind may be told again, and anything at all."""
    last = max(memory.told.values(), default=-inf)
    return max(memory.told.get(kind, -inf) + REST_S, last + GATHER_S)


def _in_the_way(state: EngineState, overview: Overview | None) -> Iterable[Fact]:
    if state.phase is Phase.STOPPED_BY_ECHO360:
        yield Fact(Kind.REFUSED, "Echo360 does not let EchoDesk in")
    if state.phase is Phase.DATABASE_LOST or state.database:
        yield Fact(Kind.DATABASE, "the timetable database cannot be reached")
    if overview is None or not standing.nobody_sends(state):
        return
    if overview.pending:
        wait = "change waits" if overview.pending == 1 else "changes wait"
        yield Fact(Kind.NOBODY, f"nobody is sending, and {formats.number(overview.pending)} {wait}")
    elif any(plan.state in ("CHECKING", "RUNNING") for plan in overview.plans):
        yield Fact(Kind.NOBODY, "nobody is sending, and a plan is under way")


def _of_people(overview: Overview) -> Iterable[Fact]:
    stops: frozenset[Hashable] = frozenset(stop.key for stop in overview.stops if stop.waits)
    if stops:
        yield Fact(Kind.STOP, _waiting(len(stops), "safety stop"), stops, stops)
    plans: frozenset[Hashable] = frozenset(plan.key for plan in overview.plans if plan.waits)
    if plans:
        yield Fact(Kind.PLAN, _waiting(len(plans), "plan"), plans, plans)
    count = overview.failed + overview.failed_unread
    if count:
        # Only their number is known: the first, the second, …
        failures: frozenset[Hashable] = frozenset(range(min(count, MOST_FAILURES)))
        text = "a failure needs" if count == 1 else f"{formats.number(count)} failures need"
        yield Fact(Kind.FAILED, f"{text} someone to look", failures, failures)


def _missed(overview: Overview, now: str) -> Iterable[Fact]:
    """Those that staff have decided about are no news to them."""
    missed = [lesson for lesson in overview.missed if lesson.reason != Reason.DECISION]
    end = (dt.datetime.fromisoformat(now) + SOON).isoformat()
    soon = [lesson for lesson in missed if now[:16] <= _begins(lesson) <= end[:16]]
    if not missed:
        return
    text = ""
    if soon:
        days = {"today" if lesson.date == now[:10] else "tomorrow": None for lesson in soon}
        # Only the first of the week are known one by one.
        cut = "at least " if overview.missed_soon > len(overview.missed) and soon[-1] == missed[-1] else ""
        count = "a lesson" if len(soon) == 1 and not cut else f"{cut}{formats.counted(len(soon), 'lesson')}"
        text = f"{count} of {' and '.join(days)} will not be recorded"
    yield Fact(Kind.MISSED, text, frozenset(map(_lesson, soon)), frozenset(map(_lesson, missed)))


def _begins(lesson: MissedLesson) -> str:
    return f"{lesson.date}T{lesson.start or '23:59'}"


def _lesson(lesson: MissedLesson) -> Hashable:
    return (lesson.date, lesson.start, lesson.module, lesson.group, lesson.room)


def _waiting(count: int, what: str) -> str:
    return f"a {what} waits for your yes" if count == 1 else f"{formats.number(count)} {what}s wait for your yes"


def _sending(state: EngineState | None) -> tuple[Tone, str]:
    if state is None or state.phase is Phase.STARTING:
        return Tone.BUSY, "starting"
    if standing.nobody_sends(state):
        return Tone.BAD, "nobody is sending"
    if any(pause.scope == Scope() for pause in state.pauses):
        return Tone.NOTE, "paused: nothing is sent"
    if state.phase is Phase.WAITING or state.echo360:
        return Tone.NOTE, "waiting for Echo360"
    return Tone.GOOD, "this PC is sending" if state.mine else "another PC is sending"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
