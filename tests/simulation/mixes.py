"""The named mixes of the campaign: what can go wrong and what people do in each, at least one for each rule.

Many mixes matter more than many seeds: a uniform mixture hides a rare fault behind common ones (reliability §4.9).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from echodesk.simulator.faults import FaultKind as K
from tests.simulation.kinds import (
    APPLIED,
    ERRORS,
    GARBAGE,
    LATE,
    LIMITS,
    PAGES,
    SIGN_IN,
    SOME_OF_ALL,
    STRANGERS,
    UNANSWERED,
)

STRATEGIES = ("first_wins", "last_wins", "ignore", "most_recorded")
UNTRIGGERED = {"feature": 2.0, "group": 1.5, "title": 1.5, "week_set": 2.0, "week_start": 1.0, "person": 1.0}
"""Edits that no trigger sees."""
BUSY_DAYS = {"swap": 6.0, "rotate": 5.0, "shuttle": 3.0, "day": 3.0, "weeks": 3.0, "room": 4.0}
BACK_OFF_S = 600.0
"""Waits that answers imposed: Echo360 asked for them, or nobody could reach it for a while (H3: up to 5 min)."""
DEEP = 3
"""Weight of the mixes whose faults meet the most rules."""
HOUR_S = 3_600.0
"""Echo360 asked for an hour (H3), or surprises that nothing explains doubled the wait up to one (decisions)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """One mixture. Each seed switches a random subset of its faults on (swarm), with rates from 0 to 60 %."""

    about: str
    faults: tuple[K, ...] = ()
    rates: Mapping[K, float] = field(default_factory=dict)
    """How often each of them happens, where that is not drawn."""
    edits: Mapping[str, float] = field(default_factory=dict)
    """Weight of each kind of edit that is not as usual."""
    acts: Mapping[str, float] = field(default_factory=dict)
    """Weight of each kind of step beside edits, which have 10."""
    strategies: tuple[str, ...] = STRATEGIES
    switches: Mapping[str, tuple[str | int | bool, ...]] = field(default_factory=dict)
    """What Echo360 may be like, one of each drawn."""
    limits: tuple[int, ...] = (0,)
    """Call limits a minute, 0 for none."""
    slow_s: tuple[float, ...] = (0.5,)
    """The longest time that a slow answer takes; a call has 20 s, its sign-in included."""
    lower_limit: bool = False
    """Echo360's own limit is lower than ours."""
    missing: bool = False
    """Half of the reference data is missing at first."""
    workers: int = 1
    patient: bool = False
    """Much time passes between the steps: another worker takes over, and a killed one comes back."""
    near: bool = False
    """Lessons of today, and minutes pass: some begin."""
    unseen: bool = False
    """Something happens in Echo360 that leaves no trace here: only a re-sync makes it equal (promise C2)."""
    swept: bool = False
    """There are edits that only the sweep finds, which runs every ten minutes."""
    hourly: bool = False
    """Other people's bookings leave without a word; rooms in which one was in the way are listed every hour."""
    grace_s: float = 0.0
    """Longer than promised: waits that were imposed from outside."""
    refuses: bool = False
    """Echo360 refuses something for good."""
    mended: bool = False
    """Once all is quiet, staff put right what Echo360 refused or lacked, and re-sync."""
    closed: bool = False
    """Some rooms have no recorder."""
    weight: int = 1
    """How many histories of it are played for one of the others."""


MIXES: Mapping[str, Mix] = {
    "clean": Mix(about="Edits alone: no fault, no kill, no pause."),
    "rotations": Mix(
        about="Swaps, rotations, shuttles and moves between days and weeks, no fault.",
        edits=BUSY_DAYS,
    ),
    "together": Mix(
        weight=DEEP,
        about="Lectures under several modules whose carriers and members come and go.",
        edits={"twin": 9.0, "drop": 3.0, "lecturer": 3.0, "withdraw": 2.0, "ask": 2.0, "kind": 4.0},
        acts={"pause": 0.7, "window": 2.0, "resume": 0.7, "stop": 0.7},
        switches={"put_external_id": ("changes", "keeps")},
        faults=(K.SLOW, *LATE),
    ),
    "unseen edits": Mix(
        about="Edits of tables that no trigger watches; the local sweep has to find them.",
        edits=UNTRIGGERED,
        acts={"refresh": 0.3},
        swept=True,
    ),
    "plans": Mix(
        weight=DEEP,
        about="Plans are made, adopt, are applied, cancelled and taken back amid edits, unseen ones among them.",
        edits=UNTRIGGERED,
        acts={
            "planned": 5.0,
            "compare": 2.0,
            "apply": 2.0,
            "undo": 1.0,
            "cancel": 0.4,
            "by_hand": 1.5,
            "rebook": 1.5,
            "kill": 0.5,
            "resume": 1.0,
        },
        faults=(K.SLOW, K.LATE_504, K.RESET_APPLIED, K.TIMEOUT_NOT_APPLIED, K.ERROR_503, K.STALE_LIST),
        unseen=True,
        swept=True,
        grace_s=BACK_OFF_S,
    ),
    "plans and takeovers": Mix(
        about="The same with two workers that are killed and stand still; whoever leads goes on with a plan.",
        edits=UNTRIGGERED,
        acts={
            "planned": 5.0,
            "compare": 2.0,
            "apply": 2.0,
            "undo": 0.5,
            "by_hand": 1.0,
            "rebook": 1.0,
            "kill": 1.0,
            "freeze": 1.0,
            "resume": 0.7,
        },
        faults=(K.SLOW, K.LATE_504, K.RESET_APPLIED),
        workers=2,
        patient=True,
        unseen=True,
        swept=True,
        grace_s=BACK_OFF_S,
    ),
    "late": Mix(weight=DEEP, about="Requests that take effect after their client gave up.", faults=LATE),
    "late and listed": Mix(
        about="The same while rooms are listed all the time, so that a listing is under way when L has passed.",
        faults=(*LATE, K.SLOW),
        acts={"refresh": 6.0},
        grace_s=BACK_OFF_S,
    ),
    "lost": Mix(weight=DEEP, about="Requests and answers that are lost on the way.", faults=UNANSWERED),
    "errors": Mix(
        about="5xx, applied and not, and pauses that begin while they are waited for.",
        faults=(*ERRORS, *APPLIED, K.SLOW),
        edits={"withdraw": 3.0, "ask": 3.0, "shift": 3.0},
        acts={"pause": 1.0, "window": 2.0},
        grace_s=BACK_OFF_S,
    ),
    "garbage": Mix(
        about="Answers that cannot be read or say something else.",
        faults=GARBAGE,
        refuses=True,
        grace_s=BACK_OFF_S,
    ),
    "silent change": Mix(
        about="Echo360 keeps another end than asked for, and says so.",
        faults=(K.SILENT_CHANGE, K.SPURIOUS_CLASH, K.OTHER_BODY),
        grace_s=HOUR_S,
    ),
    "clashes": Mix(
        about="Clashes real, spurious and endless, in crowded rooms.",
        faults=(K.SPURIOUS_CLASH, K.ENDLESS_CLASH, *STRANGERS),
        edits={"add": 6.0, "twin": 3.0, "withdraw": 2.0, "ask": 2.0, "kind": 3.0},
        switches={"clash_status": (400, 409), "clash_wording": ("timing", "taken")},
        grace_s=HOUR_S,
        unseen=True,
    ),
    "exists": Mix(
        about="External ids that exist already, or are spent for ever; pauses and stops come between two calls.",
        acts={"pause": 0.7, "window": 2.0, "resume": 0.7, "stop": 0.7},
        faults=(*LATE, *APPLIED, K.RESET_APPLIED, K.CUT_APPLIED),
        switches={
            "first_check": ("external_id", "clash"),
            "duplicate_external_id_status": (400, 409),
            "put_external_id": ("changes", "keeps"),
        },
        grace_s=BACK_OFF_S,
    ),
    "refused": Mix(
        weight=DEEP,
        about="Echo360 refuses long lessons and long titles for good: what they are moved to, what they were.",
        refuses=True,
        edits={"shift": 5.0, "rotate": 3.0, "swap": 3.0, "add": 4.0, "title": 2.0, "module": 1.0},
        acts={"storm": 0.3, "refresh": 0.5, "kill": 0.3},
        switches={"max_minutes": (30, 60, 60), "max_text_length": (0, 0, 15)},
        faults=(K.SLOW, K.LATE_504, K.RESET_APPLIED),
        swept=True,
    ),
    "mended": Mix(
        about="The same, but in the end Echo360 takes everything: nothing stays refused.",
        refuses=True,
        edits={"shift": 5.0, "rotate": 3.0, "swap": 3.0, "add": 4.0, "twin": 2.0},
        acts={"storm": 0.3, "refresh": 0.5, "kill": 0.3},
        switches={"max_minutes": (30, 60, 60)},
        faults=(K.SLOW, K.RESET_APPLIED),
        mended=True,
    ),
    "no recorder": Mix(
        about="Rooms without a recorder, into which lessons move and out of which they come.",
        refuses=True,
        edits={"room": 6.0, "swap": 4.0, "rotate": 4.0, "add": 4.0},
        acts={"kill": 0.5, "pause": 0.3, "resume": 0.5},
        faults=(K.SLOW, K.LATE_504, K.RESET_APPLIED),
        closed=True,
        mended=True,
    ),
    "stale": Mix(
        about="Reads that lag behind writes, and things that are there but cannot be found.",
        faults=(K.STALE_LIST, K.STALE_READ, K.SPURIOUS_NOT_FOUND, K.RESET_APPLIED, K.LATE_504),
        acts={"refresh": 2.0},
        unseen=True,
        grace_s=BACK_OFF_S,
    ),
    "pages": Mix(
        about="Listings of several pages that lose, double, reorder or repeat rows, while schedules move.",
        faults=(*PAGES, K.LATE_504),
        switches={"max_page_size": (2, 3, 5)},
        acts={"refresh": 3.0},
        unseen=True,
        grace_s=BACK_OFF_S,
    ),
    "strangers": Mix(
        weight=DEEP,
        about="Other people book, move and cancel in Echo360, and change schedules of ours by hand.",
        faults=(*STRANGERS, K.OURS_MOVED, K.OURS_REMOVED),
        acts={"foreign": 2.5, "foreign_gone": 1.5, "by_hand": 2.0, "refresh": 0.5},
        unseen=True,
        grace_s=HOUR_S,
    ),
    "cancelled": Mix(
        about="Other people book and cancel in Echo360, and nobody tells.",
        faults=(K.FOREIGN_IN_THE_WAY, K.FOREIGN_REMOVED, K.SLOW),
        acts={"foreign": 3.0, "foreign_gone": 2.5},
        hourly=True,
        grace_s=HOUR_S,
    ),
    "reference": Mix(
        about="Half of the reference data is missing, is made late, unseen or twice.",
        refuses=True,
        faults=(K.REFERENCE_LAG, *LATE, K.RESET_APPLIED),
        missing=True,
        switches={"parents_by_external_id": (False, True)},
        edits={"module": 3.0, "room": 4.0},
        grace_s=BACK_OFF_S,
    ),
    "people": Mix(
        about="Lecturers that Echo360 does not know, and addresses that change.",
        faults=(K.RESET_APPLIED, K.LATE_504),
        missing=True,
        edits={"lecturer": 6.0, "person": 4.0},
        acts={"refresh": 0.5, "set": 0.3},
        swept=True,
    ),
    "limits": Mix(
        about="429 and 503 with every kind of Retry-After, and a limit that others share.",
        faults=LIMITS,
        limits=(0, 60, 120),
        lower_limit=True,
        switches={"retry_after": ("off", "seconds", "date"), "refused_calls_count": (False, True)},
        grace_s=HOUR_S,
    ),
    "sign-in": Mix(
        weight=DEEP,
        about="Tokens that expire, 403, a token endpoint that is slow or down, redirects.",
        faults=SIGN_IN,
        limits=(0, 60, 120),
        slow_s=(0.5, 8.0, 40.0),
        switches={"expired_token_status": (401, 403)},
        acts={"try_again": 1.0, "pause": 0.5, "resume": 0.7},
        grace_s=BACK_OFF_S,
    ),
    "slow sign-in": Mix(
        about="Tokens end now and then, a new one takes most of the time that a call has, or more; and restarts.",
        faults=(K.TOKEN_EXPIRED, K.SIGN_IN_SLOW),
        rates={K.TOKEN_EXPIRED: 0.04, K.SIGN_IN_SLOW: 1.0},
        slow_s=(8.0, 19.0, 40.0),
        limits=(20, 30, 40, 60),
        edits={"weeks": 8.0, "add": 9.0, "rotate": 5.0, "swap": 4.0, "drop": 1.0},
        acts={"refresh": 2.0, "stop": 1.0},
        switches={"expired_token_status": (401, 403)},
        patient=True,
        grace_s=BACK_OFF_S,
    ),
    "partial outage": Mix(
        about="Only some methods or one room fail, or nobody can connect.",
        faults=(*ERRORS, *UNANSWERED),
        acts={"outage": 3.0, "refusing": 1.0},
        grace_s=BACK_OFF_S,
    ),
    "kills": Mix(
        weight=DEEP,
        about="The worker is killed at named steps and at requests, and stopped.",
        patient=True,
        acts={"kill": 5.0, "stop": 0.5, "kill now": 0.7, "mirror lost": 0.7},
        faults=(K.SLOW,),
    ),
    "kills and lateness": Mix(
        weight=DEEP,
        about="The same while requests are late or unanswered.",
        faults=(*LATE, *UNANSWERED),
        patient=True,
        acts={"kill": 5.0, "kill now": 0.7},
        grace_s=BACK_OFF_S,
    ),
    "frozen": Mix(
        weight=DEEP,
        about="Two workers; one stands still at a step, the other takes over, the first wakes up.",
        faults=(K.SLOW, *LATE),
        patient=True,
        acts={"freeze": 3.0, "freeze now": 0.5, "kill": 0.5, "start": 0.5},
        workers=2,
        unseen=True,
    ),
    "asleep": Mix(
        about="Two workers on laptops that are closed, with clocks that jump.",
        patient=True,
        acts={"suspend": 2.5, "suspend now": 0.5, "clock": 2.0, "start": 0.5},
        workers=2,
        unseen=True,
    ),
    "pauses": Mix(
        weight=DEEP,
        about="Pauses of everything, a room, a building or dates, with and without end; edits go on.",
        faults=(K.SLOW, K.RESET_APPLIED, K.LATE_504),
        acts={"pause": 3.0, "resume": 1.0, "window": 6.0, "kill": 0.3},
    ),
    "decisions": Mix(
        about="Staff decide about lessons that meet, and take it back, while these lessons move.",
        edits={"add": 5.0, "twin": 3.0},
        acts={"decide": 5.0, "withdraw": 1.5, "set": 0.5},
        faults=(K.SLOW, K.LATE_504),
    ),
    "storms": Mix(
        about="Retry a hundred times, pause and resume flapping, everything re-synced, settings changed.",
        faults=(K.SLOW, K.RESET_APPLIED, K.ERROR_500),
        acts={"storm": 3.0, "pause": 0.5, "resume": 0.5, "refresh": 1.0, "set": 1.0},
        limits=(0, 120),
        grace_s=BACK_OFF_S,
    ),
    "in between": Mix(
        about="Edits of a lesson during its own expansion, planning, sending and refresh.",
        faults=(K.SLOW, K.SPURIOUS_CLASH, K.RESET_APPLIED),
        acts={"between": 5.0, "refresh": 1.0},
    ),
    "near": Mix(
        weight=DEEP,
        about="Lessons of today: some begin or come too near while they are edited.",
        faults=(K.SLOW, K.LATE_504, K.RESET_APPLIED),
        acts={"foreign": 0.5, "kill": 0.3, "pause": 0.5, "resume": 0.7},
        # With few calls a minute some begin, or come too near, between their plan and their turn.
        limits=(0, 4, 6),
        near=True,
        # The lease of a worker that looks for work this seldom runs out after ten minutes.
        grace_s=HOUR_S,
    ),
    "everything": Mix(
        about="A bit of all.",
        refuses=True,
        faults=SOME_OF_ALL,
        edits={**UNTRIGGERED, "rotate": 2.0, "kind": 2.0},
        acts={
            "kill": 0.7,
            "foreign": 0.5,
            "foreign_gone": 0.5,
            "pause": 0.5,
            "resume": 0.7,
            "refresh": 0.5,
            "between": 1.0,
            "set": 0.3,
            "storm": 0.2,
            "freeze": 0.3,
            "outage": 0.3,
            "decide": 0.7,
            "withdraw": 0.3,
        },
        limits=(0, 0, 120),
        workers=2,
        unseen=True,
        swept=True,
        grace_s=HOUR_S,
    ),
}

JUDGED = frozenset(n for n, m in MIXES.items() if not n.startswith("plans") and not {*STRANGERS} & {*m.faults})
"""Mixes in which every DELETE must have evidence when it is planned (C9): not where staff take a batch back, which
is their word for it, nor where others book unheard of meanwhile."""
SAME_END = frozenset(
    ("together", "late", "lost", "errors", "exists", "partial outage", "limits", "kills", "kills and lateness")
)
"""Mixes whose histories end with the same content without their faults and kills (C4)."""
