"""The office's words for plans of the whole year, and the columns of their steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from echodesk.batches import CAME, GONE, SINCE, NotRecorded, PlanShown, StepRow
from echodesk.desk import formats, words
from echodesk.desk.tables.columns import Cell, Column
from echodesk.desk.words import Tone
from echodesk.messages import EngineState, Phase

COUNTS: Sequence[tuple[str, str]] = (
    ("made", "to make"),
    ("adopted", "to adopt"),
    ("changed", "to change"),
    ("moved", "to move"),
    ("handed_over", "to hand over"),
    ("removed", "to remove"),
)
"""What `steps.counts` counts, in the order in which it is said."""
STATES: Mapping[str, tuple[str, Tone]] = {
    "COMPARING": ("Echo360 is being listed", Tone.BUSY),
    "READY": ("Waits for your yes", Tone.NOTE),
    "CHECKING": ("Compared once more before it is sent", Tone.BUSY),
    "RUNNING": ("Being sent", Tone.BUSY),
    "STOPPED": ("Stands still", Tone.NOTE),
    "DONE": ("Done", Tone.GOOD),
    "CANCELLED": ("Cancelled", Tone.QUIET),
    "STALE": ("Changed since preview", Tone.NOTE),
    "FAILED": ("Could not be made", Tone.BAD),
}
STEP_STATES: Mapping[str, tuple[str, Tone]] = {
    "OPEN": ("To be sent", Tone.WAIT),
    "LEFT_OUT": ("Left out", Tone.QUIET),
    "DONE": ("Done", Tone.GOOD),
    "FAILED": ("Failed", Tone.BAD),
    "OVERTAKEN": ("Overtaken by a change", Tone.QUIET),
    "CANCELLED": ("Not sent", Tone.QUIET),
}
_FIRST = {name: at for at, name in enumerate(("FAILED", "OPEN", "OVERTAKEN", "CANCELLED", "LEFT_OUT", "DONE"))}
"""What stands first when steps are sorted by what becomes of them: what somebody has to look at."""
AT_WORK = ("COMPARING", "CHECKING", "RUNNING")
"""States in which a plan goes on only where somebody sends."""
_HINDERING = (Phase.WAITING, Phase.STOPPED_BY_ECHO360, Phase.DATABASE_LOST)
_DOES = {"POST": "Make", "PUT": "Change", "DELETE": "Remove"}


def title(plan: PlanShown) -> str:
    """`Plan 3: everything`, or what it takes back."""
    about = f"takes back plan {plan.undoes}" if plan.undoes else plan.scope
    return f"Plan {plan.key}: {about}"


def hindrance(plan: PlanShown, engine: EngineState | None) -> str:
    """Why nothing of a plan goes on although it could; '' if it does, has no need to, or nobody knows."""
    if plan.state not in AT_WORK or engine is None or engine.phase in (Phase.STARTING, Phase.STOPPING):
        return ""
    if engine.phase in _HINDERING:
        return f"Waits: {words.phase(engine.phase)}"
    if not engine.mine and not engine.holder:
        return "Waits: nobody is sending"
    return f"Waits for {plan.waits_for}" if plan.waits_for else ""


def state(plan: PlanShown, engine: EngineState | None = None) -> str:
    """What it is doing, who does it, or how it ended."""
    if (told := hindrance(plan, engine)) != "":
        return told
    if plan.state == "RUNNING" and engine is not None and (engine.mine or engine.holder):
        return f"Being sent by {'this PC' if engine.mine else engine.holder}"
    return STATES.get(plan.state, (plan.state, Tone.QUIET))[0]


def tone(plan: PlanShown, engine: EngineState | None = None) -> Tone:
    """How that feels."""
    if hindrance(plan, engine):
        return Tone.NOTE
    return STATES.get(plan.state, (plan.state, Tone.QUIET))[1]


def progress(plan: PlanShown, engine: EngineState | None = None) -> str:
    """`1,203 of 25,000 calls, about 3 hours to go`; the time only while it goes on."""
    total = plan.to_send
    ended = total - plan.count("OPEN")
    text = f"{formats.number(ended)} of {formats.counted(total, 'call')}"
    if failed := plan.count("FAILED"):
        text += f", {formats.number(failed)} failed"
    if plan.minutes and plan.count("OPEN") and plan.state != "STOPPED" and not hindrance(plan, engine):
        text += f", about {formats.minutes(plan.minutes)} to go"
    return text


def counted(counts: Mapping[str, int]) -> str:
    """`100 to make, 96 to move`, '' for nothing."""
    return ", ".join(f"{formats.number(counts[kind])} {said}" for kind, said in COUNTS if counts.get(kind))


def lacking(plan: PlanShown) -> str:
    """`Echo360 lacks 1 room and 12 sections`, '' for nothing."""
    told = " and ".join(formats.counted(count, kind) for kind, count in plan.to_make)
    return f"Echo360 lacks {told}" if told else ""


def left_out(plan: PlanShown, chosen: int, in_all: int) -> str:
    """What staff took out of a plan before they said yes, '' for nothing; `chosen` of them by hand."""
    if not in_all:
        return ""
    told = f"{formats.counted(in_all, 'call')} left out"
    if followed := in_all - chosen:
        hangs = "it hangs" if followed == 1 else "they hang"
        told += f", {formats.number(followed)} of them because {hangs} together with what was chosen"
    stay = "stay as they are" if plan.kind == "UNDO" else "are paused until somebody lifts the pause"
    return f"{told}: their rooms and days {stay}. {formats.counted(plan.calls - in_all, 'call')} to send."


_ANSWER = (
    "A safety stop holds what is left of it. Look at it at the top of the window (“Look and decide…”): put right"
    " what it names, or say yes if all is as it should be. Then the plan goes on by itself."
)


def facts(plan: PlanShown) -> list[str]:
    """What the comparison found, a sentence each."""
    counts = dict(plan.counts)
    lines = [_ANSWER] if plan.stops else []
    lines += [f"{formats.counted(plan.compared, 'room-day')} compared: {counted(counts) or 'nothing to do'}."]
    if plan.state == "READY" and plan.minutes:
        lines[-1] += f" About {formats.minutes(plan.minutes)} at the call limit."
    if told := lacking(plan):
        lines.append(f"{told}, as far as is known: made first, with what they belong to.")
    if plan.guard:
        lines.append(f"Safety stop: {plan.guard}. It must be confirmed in writing.")
    if plan.left_out:
        told = ", ".join(f"{words.reason(reason)} {formats.number(count)}" for reason, count in plan.left_out)
        lines.append(f"Not recorded: {told}.")
    if without := plan.count("LEFT_OUT"):
        lines.append(f"{formats.counted(without, 'call')} left out.")
    if plan.paused:
        lines.append(f"{formats.counted(plan.paused, 'room-day')} paused, and left as they are.")
    if plan.foreign:
        left = plan.foreign - counts.get("adopted", 0)
        rest = f"{formats.number(left)} never touched" if left else "all of them can be adopted"
        lines.append(f"Booked in Echo360 by others: {formats.number(plan.foreign)}; {rest}.")
    if plan.unplanned:
        lines.append(f"{formats.counted(plan.unplanned, 'room-day')} could not be planned; the log says why.")
    if plan.kept_in_all:
        lines.append(f"Not taken back: {formats.number(plan.kept_in_all)}. {' '.join(plan.kept)}")
    return lines


def since(plan: PlanShown, counted: Mapping[str, int]) -> str:
    """How a plan differs from the one in whose place it stands, '' if it does not."""
    if not plan.replaces or not counted:
        return ""
    gone, came = counted.get(GONE, 0), counted.get(CAME, 0)
    return (
        f"Since the preview of plan {plan.replaces}: {formats.counted(gone, 'step')} needed no more, "
        f"{formats.number(came)} new. They stand under “{_GROUPS[SINCE]}”."
    )


def step_columns() -> Sequence[Column[StepRow]]:
    """The steps of a plan: what becomes of which recording, where, and why, with what it changes."""
    return (
        Column("What", 106, _what, lambda r: (_FIRST.get(r.state, len(_FIRST)), r.action, r.key)),
        Column("Lesson", 142, lambda r: Cell(formats.date(r.date), r.time), lambda r: (r.date, r.time, r.key)),
        Column("Room", 78, lambda r: Cell(r.room, r.building), lambda r: (r.room, r.date)),
        Column("Recording", 150, lambda r: Cell(r.title, r.external_id), lambda r: (r.title.casefold(), r.key)),
        Column("Why", 230, _why, lambda r: (words.why(r.why), r.key)),
    )


def missed_columns() -> Sequence[Column[NotRecorded]]:
    """The lessons that a plan does not record: when and where, and what keeps their rooms."""
    return (
        Column("Lesson", 132, lambda r: Cell(formats.date(r.date), r.time), lambda r: (r.date, r.time, r.key)),
        Column("Room", 96, lambda r: Cell(r.room, r.building), lambda r: (r.room, r.date, r.key)),
        Column("Recording", 170, lambda r: Cell(r.title, r.external_id), lambda r: (r.title.casefold(), r.key)),
        Column("Why not", 300, lambda r: Cell(words.reason(r.reason), r.kept), lambda r: (r.reason, r.key)),
    )


def missed_text(one: NotRecorded) -> str:
    """Everything a person may type to find a lesson that is not recorded, in lower case."""
    parts = (one.external_id, one.title, one.room, one.building, one.date, formats.date(one.date))
    return "\n".join((*parts, words.reason(one.reason), one.kept)).casefold()


_GROUPS: Mapping[str, str] = {
    SINCE: "Since the preview",
    "action": "What is done",
    "building": "Building",
    "room": "Room",
    "week": "Week",
    "reason": "Why",
    "state": "State",
}


def group_title(name: str) -> str:
    """What steps are grouped by."""
    return _GROUPS[name]


def group_name(name: str, value: str) -> str:
    """One group in words."""
    if name == "action":
        return _DOES.get(value, value)
    if name == "reason":
        return words.why(value)
    if name == SINCE:
        return words.since(value)
    if name == "state":
        return STEP_STATES.get(value, (value, Tone.QUIET))[0]
    if name == "week":
        return f"from {formats.date(value)}"
    return value or "not known"


def step_text(row: StepRow) -> str:
    """Everything a person may type to find a step, in lower case."""
    parts = (
        row.external_id,
        row.title,
        row.room,
        row.building,
        row.date,
        _what(row).line,
        words.why(row.why),
        row.answer,
        changes(row),
    )
    return "\n".join(parts).casefold()


def changes(row: StepRow, between: str = "; ") -> str:
    """`Title: A → B; Date: Mon 23 Nov 2026 → Tue 24 Nov 2026`, '' if it changes nothing that stands."""
    return between.join(
        f"{words.field(name)}: {_said(name, now)} → {_said(name, then)}" for name, now, then in row.changes
    )


def step_detail(row: StepRow) -> str:
    """All about one step, a fact each line."""
    does = _DOES.get(row.action, row.action)
    place = f"{row.room}, {row.building}" if row.building else row.room
    number = f"Step {row.key}: " if row.since != GONE else ""
    lines = [
        f"{number}{does} {row.title} ({row.external_id}), {formats.date(row.date)} {row.time}, {place}",
        f"{words.since(row.since)} since the preview. {words.why(row.why)}" if row.since else words.why(row.why),
    ]
    lines += [changes(row, "\n")] if row.changes else []
    lines += [f"Echo360: {row.answer}"] if row.answer else []
    return "\n".join(lines)


def _said(name: str, value: str) -> str:
    return formats.date(value) if name == "date" else words.said(name, value)


def _what(row: StepRow) -> Cell:
    """What is done, and how far that is."""
    does = _DOES.get(row.action, row.action)
    if row.since == GONE:
        return Cell(does, words.since(row.since), Tone.QUIET)
    text, feels = STEP_STATES.get(row.state, (row.state, Tone.QUIET))
    return Cell(does, words.since(row.since) if row.since and row.state == "OPEN" else text, feels)


def _why(row: StepRow) -> Cell:
    """Why, and Echo360's words or else what it changes."""
    return Cell(words.why(row.why), row.answer or changes(row))
