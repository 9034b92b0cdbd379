"""Desktop notices: what is worth one, when it is told and when not, and what the tray icon says."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from echodesk.batches import PlanShown
from echodesk.desk.noticing import GATHER_S, REST_S, Fact, Judged, Kind, Memory, facts, judge, sentence, sign
from echodesk.desk.words import Tone
from echodesk.messages import EngineState, MissedLesson, Overview, Phase, Scope
from tests.desk.rows import overview, pause, state_of_engine, stop

NOW = "2026-11-23T09:30:00"
EVIL = "<b>bold</b><img src=x>"


def quiet(**changes: object) -> Overview:
    """Nothing waits and nothing has failed."""
    return overview(**{"failed": 0, "pending": 0, **changes})


def plan(key: int = 1, state: str = "READY") -> PlanShown:
    return PlanShown(
        key, "COMPARE", state, EVIL, "", EVIL, EVIL, "", "", 0, 0, 0, 0, (), 0, (), 0, (), 0, (), 0.0
    )  # fmt: skip


def lesson(date: str, start: str, reason: str = "clash", module: str = EVIL) -> MissedLesson:
    return MissedLesson(date, start, "", module, EVIL, "", EVIL, EVIL, EVIL, reason, EVIL)


def missing(*lessons: MissedLesson, more: int = 0) -> Overview:
    return quiet(missed=lessons, missed_soon=len(lessons) + more)


def told_of(state: EngineState | None, shown: Overview | None, *, defect: bool = False) -> list[tuple[Kind, str]]:
    return [(fact.kind, fact.text) for fact in facts(state, shown, NOW, defect=defect) if fact.text]


NOBODY = state_of_engine(phase=Phase.FOLLOWING, holder="", mine=False)


@pytest.mark.parametrize(
    ("state", "shown", "said"),
    [
        (None, None, []),
        (state_of_engine(), quiet(), []),
        (NOBODY, quiet(), []),
        (NOBODY, None, []),
        (NOBODY, quiet(pending=1), ["nobody is sending, and 1 change waits"]),
        (NOBODY, quiet(pending=1_204), ["nobody is sending, and 1,204 changes wait"]),
        (NOBODY, quiet(plans=(plan(state="RUNNING"),)), ["nobody is sending, and a plan is under way"]),
        (state_of_engine(phase=Phase.STARTING, holder="", mine=False), quiet(pending=1), []),
        (state_of_engine(mine=False, holder=EVIL, silent_s=30), quiet(pending=1), []),
        (
            state_of_engine(phase=Phase.STOPPED_BY_ECHO360, echo360=EVIL),
            quiet(),
            ["Echo360 does not let EchoDesk in"],
        ),
        (state_of_engine(phase=Phase.WAITING, echo360=EVIL), quiet(pending=1), []),
        (
            state_of_engine(phase=Phase.DATABASE_LOST, holder="", mine=False, database=EVIL),
            quiet(pending=9),
            ["the timetable database cannot be reached"],
        ),
        (state_of_engine(), quiet(stops=(stop(1), stop(2, waits=False))), ["a safety stop waits for your yes"]),
        (state_of_engine(), quiet(stops=(stop(1), stop(2))), ["2 safety stops wait for your yes"]),
        (
            state_of_engine(),
            quiet(plans=(plan(3), plan(2, "RUNNING"), plan(1, "DONE"))),
            ["a plan waits for your yes"],
        ),
        (state_of_engine(), quiet(plans=(plan(3), plan(2, "STOPPED"))), ["2 plans wait for your yes"]),
        (state_of_engine(), quiet(failed=1), ["a failure needs someone to look"]),
        (state_of_engine(), quiet(failed=1_200, failed_unread=3), ["1,203 failures need someone to look"]),
    ],
)
def test_what_is_worth_a_notice(state: EngineState | None, shown: Overview | None, said: list[str]) -> None:
    assert [text for _, text in told_of(state, shown)] == said


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (missing(lesson("2026-11-24", "09:00")), "a lesson of tomorrow will not be recorded"),
        (missing(lesson("2026-11-23", "09:30")), "a lesson of today will not be recorded"),
        (missing(lesson("2026-11-23", "")), "a lesson of today will not be recorded"),
        (missing(lesson("2026-11-23", "09:00")), ""),
        (missing(lesson("2026-11-24", "09:30")), "a lesson of tomorrow will not be recorded"),
        (missing(lesson("2026-11-24", "09:31")), ""),
        (missing(lesson("2026-11-24", "09:00", "decision")), ""),
        (
            missing(lesson("2026-11-23", "12:00"), lesson("2026-11-24", "08:00"), lesson("2026-11-24", "12:00")),
            "2 lessons of today and tomorrow will not be recorded",
        ),
        (missing(lesson("2026-11-24", "08:00"), more=4), "at least 1 lesson of tomorrow will not be recorded"),
        (
            missing(lesson("2026-11-24", "08:00"), lesson("2026-11-25", "08:00"), more=4),
            "a lesson of tomorrow will not be recorded",
        ),
    ],
)
def test_lessons_of_the_next_day_that_will_not_be_recorded(shown: Overview, said: str) -> None:
    assert told_of(state_of_engine(), shown) == ([(Kind.MISSED, said)] if said else [])


def test_a_worker_that_failed_is_told_instead_of_what_it_said_last() -> None:
    assert told_of(NOBODY, quiet(pending=4), defect=True) == [
        (Kind.DEFECT, "EchoDesk's worker has stopped by a defect")
    ]


def test_the_worst_is_named_first() -> None:
    shown = overview(missed=(lesson("2026-11-24", "09:00"),), stops=(stop(),), plans=(plan(),), pending=2)
    lost = state_of_engine(phase=Phase.STOPPED_BY_ECHO360, database="away", holder="", mine=False)
    assert [kind for kind, _ in told_of(lost, shown, defect=True)] == [
        *(Kind.DEFECT, Kind.MISSED, Kind.STOP, Kind.PLAN, Kind.FAILED)
    ]
    assert [kind for kind, _ in told_of(lost, shown)][:3] == [Kind.REFUSED, Kind.DATABASE, Kind.NOBODY]


def test_nothing_out_of_a_database_gets_into_a_notice_or_a_tooltip() -> None:
    state = state_of_engine(mine=False, holder=EVIL, database=EVIL, echo360=EVIL, pauses=(pause(reason=EVIL),))
    shown = overview(
        missed=(lesson("2026-11-24", "09:00"),), stops=(stop(headline=EVIL, reason=EVIL),), plans=(plan(),)
    )
    found = facts(state, shown, NOW)
    assert len(found) == 5
    assert "<" not in sentence(found) + sign(state, found)[1]


# ---- when

A_PLAN, TWO_PLANS, A_STOP, NOBODY_SENDS, FAILURES = (
    facts(NOBODY if shown.pending else state_of_engine(), shown, NOW)
    for shown in (
        *(quiet(plans=(plan(1),)), quiet(plans=(plan(2), plan(1))), quiet(stops=(stop(),))),
        *(quiet(pending=3), quiet(failed=3)),
    )
)
MORE_FAILURES = facts(state_of_engine(), quiet(failed=4), NOW)
TOMORROW = facts(state_of_engine(), missing(lesson("2026-11-24", "09:00")), NOW)
LATER = missing(lesson("2026-11-24", "12:00"))
LATER_FAR, LATER_NEAR = (facts(state_of_engine(), LATER, now) for now in (NOW, "2026-11-23T13:00:00"))
TWO = missing(lesson("2026-11-24", "09:00"), lesson("2026-11-24", "12:00"))
ONE_NEAR, BOTH_NEAR = (facts(state_of_engine(), TWO, now) for now in (NOW, "2026-11-23T13:00:00"))
Step = tuple[float, Sequence[Fact], bool]
"""When, what is so, whether it is seen in the window."""


def play(*steps: Step) -> list[tuple[float, str]]:
    """What is told at which of these moments."""
    judged, found = Judged(Memory()), []
    for at, here, seen in steps:
        judged = judge(judged.memory, here, at, seen=seen)
        if judged.told:
            found.append((at, sentence(judged.told)))
    return found


PLAN, STOP = "A plan waits for your yes", "A safety stop waits for your yes"
FAILED = "3 failures need someone to look"


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        pytest.param([(0, A_PLAN, False), (59, A_PLAN, False)], [], id="gathered for a minute"),
        pytest.param([(0, A_PLAN, False), (60, A_PLAN, False)], [(60, PLAN)], id="told after it"),
        pytest.param([(0, A_PLAN, False), (60, (), False)], [], id="not told when it has passed by then"),
        pytest.param(
            [(0, A_PLAN, False), (50, (*A_STOP, *A_PLAN), False), (60, (*A_STOP, *A_PLAN), False)],
            [(60, f"{STOP}; a plan waits for your yes")],
            id="what comes within the minute is told along",
        ),
        pytest.param(
            [(0, A_PLAN, False), (60, A_PLAN, False), (700, A_PLAN, False), (9_000, A_PLAN, False)],
            [(60, PLAN)],
            id="not repeated as long as it is so",
        ),
        pytest.param(
            [
                *((0, A_PLAN, False), (60, A_PLAN, False), (70, (), False)),
                *((700, A_PLAN, False), (760, A_PLAN, False)),
            ],
            [(60, PLAN), (760, PLAN)],
            id="told anew when it comes again",
        ),
        pytest.param(
            [
                *((0, A_PLAN, False), (60, A_PLAN, False), (70, TWO_PLANS, False)),
                *((600, TWO_PLANS, False), (660, TWO_PLANS, False)),
            ],
            [(60, PLAN), (660, "2 plans wait for your yes")],
            id="one of a kind in ten minutes",
        ),
        pytest.param(
            [
                *((0, A_PLAN, False), (60, A_PLAN, False), (61, (*A_STOP, *A_PLAN), False)),
                *((119, (*A_STOP, *A_PLAN), False), (121, (*A_STOP, *A_PLAN), False)),
            ],
            [(60, PLAN), (121, STOP)],
            id="another kind a minute later, alone",
        ),
        pytest.param(
            [(0, A_PLAN, True), (60, A_PLAN, False), (120, A_PLAN, False)], [], id="not what was seen already"
        ),
        pytest.param(
            [(0, A_PLAN, False), (30, A_PLAN, True), (40, A_PLAN, False), (200, A_PLAN, False)],
            [],
            id="nor what was looked at within the minute",
        ),
        pytest.param(
            [(0, A_PLAN, True), (10, TWO_PLANS, False), (70, TWO_PLANS, False)],
            [(70, "2 plans wait for your yes")],
            id="a second plan is news",
        ),
        pytest.param(
            [(0, A_PLAN, False), (50, (*NOBODY_SENDS, *A_PLAN), False), (60, (*NOBODY_SENDS, *A_PLAN), False)],
            [(60, PLAN)],
            id="nobody sends: only after a minute of its own",
        ),
        pytest.param(
            [
                *((0, A_PLAN, False), (50, (*NOBODY_SENDS, *A_PLAN), False)),
                *((60, (*NOBODY_SENDS, *A_PLAN), False), (120, (*NOBODY_SENDS, *A_PLAN), False)),
            ],
            [(60, PLAN), (120, "Nobody is sending, and 3 changes wait")],
            id="and then it is told",
        ),
        pytest.param(
            [(0, NOBODY_SENDS, False), (50, (), False), (55, NOBODY_SENDS, False), (100, NOBODY_SENDS, False)],
            [],
            id="a minute begins anew with each",
        ),
        pytest.param(
            [(0, FAILURES, True), (10, MORE_FAILURES, False), (70, MORE_FAILURES, False)],
            [(70, "4 failures need someone to look")],
            id="one failure more is news",
        ),
        pytest.param(
            [(0, MORE_FAILURES, True), (10, FAILURES, False), (70, FAILURES, False)], [], id="one less is none"
        ),
        pytest.param(
            [
                *((0, MORE_FAILURES, True), (10, FAILURES, False)),
                *((20, MORE_FAILURES, False), (80, MORE_FAILURES, False)),
            ],
            [(80, "4 failures need someone to look")],
            id="one put right and another failed",
        ),
        pytest.param(
            [(0, LATER_FAR, False), (60, LATER_FAR, False), (900, LATER_NEAR, False), (960, LATER_NEAR, False)],
            [(960, "A lesson of tomorrow will not be recorded")],
            id="a lesson is told a day before",
        ),
        pytest.param(
            [(0, ONE_NEAR, False), (60, ONE_NEAR, False), (900, BOTH_NEAR, False), (960, BOTH_NEAR, False)],
            [
                (60, "A lesson of tomorrow will not be recorded"),
                (960, "2 lessons of tomorrow will not be recorded"),
            ],
            id="and one that is further off then, on its own day",
        ),
        pytest.param(
            [(0, LATER_FAR, True), (900, LATER_NEAR, False), (960, LATER_NEAR, False)],
            [],
            id="unless it was seen before",
        ),
        pytest.param(
            [(0, TOMORROW, True), (9, (*TOMORROW, *FAILURES), False), (69, (*TOMORROW, *FAILURES), False)],
            [(69, FAILED)],
            id="only what is news is told",
        ),
    ],
)  # fmt: skip
def test_when_it_is_told(steps: list[Step], told: list[tuple[float, str]]) -> None:
    assert play(*steps) == told


def test_it_says_when_to_judge_again_though_nothing_happens() -> None:
    first = judge(Memory(), A_PLAN, 5.0, seen=False)
    assert first.again_s == GATHER_S
    second = judge(first.memory, A_PLAN, 25.0, seen=False)
    assert second.again_s == GATHER_S - 20
    told = judge(second.memory, A_PLAN, 65.0, seen=False)
    assert told.told == A_PLAN
    assert told.again_s is None
    more = judge(told.memory, TWO_PLANS, 70.0, seen=False)
    assert more.again_s == REST_S - 5
    assert judge(more.memory, TWO_PLANS, 71.0, seen=True).again_s is None


def test_what_waits_is_told_at_the_moment_that_was_said() -> None:
    """Whatever comes when: judging again at that moment always tells something, and never too often."""
    both = (*NOBODY_SENDS, *A_PLAN)
    judged, at, when = judge(Memory(), A_PLAN, 0.0, seen=False), 0.0, []
    for here in (both, both, (*NOBODY_SENDS, *TWO_PLANS), (*NOBODY_SENDS, *TWO_PLANS)):
        judged = judge(judged.memory, here, at + 1, seen=False)
        if judged.again_s is None:
            continue
        at = at + 1 + judged.again_s
        judged = judge(judged.memory, here, at, seen=False)
        assert judged.told
        when.append(at)
    assert when == [60.0, 120.0, 660.0]


# ---- the tray icon


@pytest.mark.parametrize(
    ("state", "shown", "tone", "text"),
    [
        (None, None, Tone.BUSY, "Starting"),
        (state_of_engine(), quiet(), Tone.GOOD, "This PC is sending"),
        (state_of_engine(mine=False), quiet(), Tone.GOOD, "Another PC is sending"),
        (state_of_engine(pauses=(pause(),)), quiet(), Tone.NOTE, "Paused: nothing is sent"),
        (state_of_engine(pauses=(pause(scope=Scope(room="R1")),)), quiet(), Tone.GOOD, "This PC is sending"),
        (state_of_engine(phase=Phase.WAITING), quiet(), Tone.NOTE, "Waiting for Echo360"),
        (NOBODY, quiet(), Tone.BAD, "Nobody is sending"),
        (NOBODY, quiet(pending=2), Tone.BAD, "Nobody is sending, and 2 changes wait"),
        (
            NOBODY,
            quiet(failed=2),
            Tone.BAD,
            "Nobody is sending\nNeeds you: 2 failures need someone to look",
        ),
        (
            state_of_engine(pauses=(pause(),)),
            quiet(stops=(stop(),)),
            Tone.CLASH,
            "Paused: nothing is sent\nNeeds you: a safety stop waits for your yes",
        ),
        (
            state_of_engine(),
            missing(lesson("2026-11-24", "09:00")),
            Tone.GOOD,
            "This PC is sending\nA lesson of tomorrow will not be recorded",
        ),
        (state_of_engine(), missing(lesson("2026-11-27", "09:00")), Tone.GOOD, "This PC is sending"),
        (
            state_of_engine(phase=Phase.STOPPED_BY_ECHO360),
            quiet(),
            Tone.BAD,
            "Echo360 does not let EchoDesk in",
        ),
    ],
)
def test_the_tray_icon_tells_by_form_and_words(
    state: EngineState | None, shown: Overview | None, tone: Tone, text: str
) -> None:
    assert sign(state, facts(state, shown, NOW)) == (tone, text)
