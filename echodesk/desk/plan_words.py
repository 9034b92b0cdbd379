"""The office's words for plans of the whole year, and the columns of their steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from echodesk.batches import PlanShown, StepRow
from echodesk.desk import formats, words
from echodesk.desk.tables.columns import Cell, Column
from echodesk.desk.words import Tone

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
    "CANCELLED": ("Cancelled", Tone.QUIET),
}
_DOES = {"POST": "Make", "PUT": "Change", "DELETE": "Remove"}


def title(plan: PlanShown) -> str:
    """`Plan 3: everything`, or what it takes back."""
    about = f"takes back plan {plan.undoes}" if plan.undoes else plan.scope
    return f"Plan {plan.key}: {about}"


def state(plan: PlanShown) -> str:
    """What it is doing, or how it ended."""
    return STATES.get(plan.state, (plan.state, Tone.QUIET))[0]


def tone(plan: PlanShown) -> Tone:
    """How that feels."""
    return STATES.get(plan.state, (plan.state, Tone.QUIET))[1]


def progress(plan: PlanShown) -> str:
    """`1,203 of 25,000 calls, about 3 hours to go`."""
    total = plan.to_send
    ended = total - plan.count("OPEN")
    text = f"{formats.number(ended)} of {formats.counted(total, 'call')}"
    if failed := plan.count("FAILED"):
        text += f", {formats.number(failed)} failed"
    if plan.minutes and plan.count("OPEN"):
        text += f", about {formats.minutes(plan.minutes)} to go"
    return text


def facts(plan: PlanShown) -> list[str]:
    """What the comparison found, a sentence each."""
    counts = dict(plan.counts)
    parts = [f"{formats.number(counts[kind])} {said}" for kind, said in COUNTS if counts.get(kind)]
    lines = [f"{formats.counted(plan.compared, 'room-day')} compared: {', '.join(parts) or 'nothing to do'}."]
    if plan.state == "READY" and plan.minutes:
        lines[0] += f" About {formats.minutes(plan.minutes)} at the call limit."
    if plan.guard:
        lines.append(f"Safety stop: {plan.guard}. It must be confirmed in writing.")
    if plan.left_out:
        told = ", ".join(f"{words.reason(reason)} {formats.number(count)}" for reason, count in plan.left_out)
        lines.append(f"Not recorded: {told}.")
    if plan.paused:
        lines.append(f"{formats.counted(plan.paused, 'room-day')} paused, and left as they are.")
    if plan.foreign:
        left = formats.number(plan.foreign - counts.get("adopted", 0))
        lines.append(f"Booked in Echo360 by others: {formats.number(plan.foreign)}; {left} never touched.")
    if plan.unplanned:
        lines.append(f"{formats.counted(plan.unplanned, 'room-day')} could not be planned; the log says why.")
    if plan.kept:
        lines.append(f"Not taken back: {formats.number(len(plan.kept))}. {'; '.join(plan.kept[:3])}")
    return lines


def step_columns() -> Sequence[Column[StepRow]]:
    """The steps of a plan."""
    return (
        Column("What", 92, _what, lambda r: (r.action, r.key)),
        Column("State", 148, _state, lambda r: (STEP_STATES.get(r.state, (r.state, Tone.QUIET))[0], r.key)),
        Column("Lesson", 134, lambda r: Cell(formats.date(r.date), r.time), lambda r: (r.date, r.time, r.key)),
        Column("Room", 122, _room, lambda r: (r.room, r.date)),
        Column("Recording", 204, lambda r: Cell(r.title, r.external_id), lambda r: (r.title.casefold(), r.key)),
        Column("Why", 160, lambda r: Cell(words.why(r.why)), lambda r: (words.why(r.why), r.key)),
    )


_GROUPS: Mapping[str, str] = {
    "action": "What is done",
    "building": "Building",
    "room": "Room",
    "week": "Week",
    "reason": "Why",
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
    if name == "week":
        return f"from {formats.date(value)}"
    return value or "not known"


def step_text(row: StepRow) -> str:
    """Everything a person may type to find a step, in lower case."""
    parts = (
        row.external_id,
        row.title,
        row.room,
        row.date,
        _DOES.get(row.action, ""),
        words.why(row.why),
        row.answer,
    )
    return "\n".join(parts).casefold()


def _what(row: StepRow) -> Cell:
    return Cell(_DOES.get(row.action, row.action), f"step {row.key}")


def _room(row: StepRow) -> Cell:
    return Cell(row.room, f"stands {row.was}" if row.was else "")


def _state(row: StepRow) -> Cell:
    text, feels = STEP_STATES.get(row.state, (row.state, Tone.QUIET))
    return Cell(text, row.answer, feels)
