"""A plan of many room-days in words and as values, for whoever reads the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from echodesk.batches import PlanDetail
from echodesk.commands.answers import aligned
from echodesk.desk import words
from echodesk.main import AllBooks
from echodesk.planning.batches import (
    BatchRecord,
    BatchState,
    Pace,
    Progress,
    StepState,
    Summary,
    confirmation,
    minutes_left,
    scope_in_words,
)
from echodesk.planning.steps import Step
from echodesk.planning.values import Booking, Standing

SHOWN = 20
_SAID = (
    ("made", "to make"),
    ("adopted", "to adopt"),
    ("changed", "to change"),
    ("moved", "to move"),
    ("handed_over", "to hand over to another lesson"),
    ("removed", "to remove"),
)
_STATES = {
    BatchState.COMPARING: "Echo360 is being listed",
    BatchState.READY: "waits for a yes: nothing was sent",
    BatchState.CHECKING: "is compared once more before it is sent",
    BatchState.RUNNING: "is being sent",
    BatchState.STOPPED: "stands still",
    BatchState.DONE: "is done",
    BatchState.CANCELLED: "was cancelled",
    BatchState.STALE: "was not sent: something changed since the preview",
    BatchState.FAILED: "could not be made",
}
_DOES = {"POST": "make", "PUT": "change", "DELETE": "remove"}

Listed = Sequence[tuple[Step, StepState, str]]


@dataclass(frozen=True, slots=True)
class PlanRead:
    """Everything about a plan."""

    batch: BatchRecord
    summary: Summary
    steps: Listed
    progress: Progress
    pace: Pace
    detail: PlanDetail
    """The same as the screens show it, with the steps counted."""


def read_plan(books: AllBooks, number: int) -> PlanRead | None:
    """Everything about a plan, None if there is none of this number."""
    batch, detail = books.batches.get(number), books.screens.plan(number, 0)
    if batch is None or detail is None:
        return None
    return PlanRead(
        batch,
        books.batches.summary(number),
        books.batches.steps(number),
        books.batches.progress(number),
        books.batches.pace(number),
        detail,
    )


def plan_values(found: PlanRead, limit: int) -> dict[str, object]:
    """A plan for a program."""
    batch, summary, steps, progress = found.batch, found.summary, found.steps, found.progress
    return {
        "plan": batch.id,
        "kind": batch.kind.value,
        "state": batch.state.value,
        "said": batch.said,
        "undoes": batch.undoes,
        "replaces": batch.replaces,
        "compared": summary.compared,
        "paused": summary.paused,
        "schedules": summary.schedules,
        "foreign": summary.foreign,
        "unplanned": summary.unplanned,
        "counts": dict(summary.counts),
        "by": {name: dict(counted) for name, counted in found.detail.by.items()},
        "calls": summary.calls,
        "minutes": round(summary.calls / limit, 1) if limit else 0.0,
        "guard": batch.guard,
        "confirm": confirmation(summary) if batch.guard else "",
        "left_out": dict(summary.left_out),
        "not_taken_back": list(summary.refused),
        "progress": {state.value: count for state, count in progress.by_state.items()},
        "calls_left": progress.open,
        "minutes_left": minutes_left(progress.open, found.pace, limit),
        "steps": [
            {
                "number": step.number,
                "piece": step.piece,
                "action": step.method.value,
                "external_id": step.external_id,
                "why": step.why.value,
                "before": _shown(step.before),
                "after": _shown(step.after),
                "needs": list(step.needs),
                "state": state.value,
                "answer": answer,
            }
            for step, state, answer in steps
        ],
    }


def plan_text(found: PlanRead, limit: int) -> str:
    """A plan for people."""
    batch, summary, steps, progress, pace = found.batch, found.summary, found.steps, found.progress, found.pace
    lines = [f"Plan {batch.id} {_STATES[batch.state]}." + (f" {batch.said}" if batch.said else "")]
    if batch.undoes is not None:
        lines.append(f"It takes back plan {batch.undoes}.")
    lines += _found(batch, summary, limit)
    if batch.state in (BatchState.RUNNING, BatchState.STOPPED, BatchState.DONE, BatchState.CANCELLED):
        lines += _done(progress, pace, limit)
    failed = [(step, answer) for step, state, answer in steps if state is StepState.FAILED]
    lines += [f"  failed  step {step.number}{_line(step)}: {answer}" for step, answer in failed[:SHOWN]]
    if batch.state in (BatchState.READY, BatchState.COMPARING):
        lines += [f"  {step.number:>5}{_line(step)}" for step, _state, _answer in steps[:SHOWN]]
        if len(steps) > SHOWN:
            lines.append(f"  and {len(steps) - SHOWN:,} more calls; --json lists all")
    if batch.state is BatchState.READY:
        confirm = f" --confirm {confirmation(summary)!r}" if batch.guard else ""
        lines.append(f"Send exactly this: echodesk apply {batch.id}{confirm}")
    return "\n".join(lines)


def _found(batch: BatchRecord, summary: Summary, limit: int) -> list[str]:
    lines = [f"{summary.compared:,} room-days were compared with what Echo360 held."]
    if summary.paused:
        lines.append(f"{summary.paused:,} room-days are paused and were left out.")
    if not summary.calls:
        lines.append("Everything stands as it should: there is nothing to do.")
    else:
        counted = [(said, f"{summary.counts[kind]:,}") for kind, said in _SAID if summary.counts.get(kind)]
        lines.append(aligned(counted, indent=2))
        takes = f", about {duration(summary.calls / limit)} at the call limit" if limit else ""
        lines.append(f"{summary.calls:,} calls{takes}.")
    if batch.guard:
        lines.append(f"Safety stop: {batch.guard}. It must be confirmed in writing.")
    if summary.left_out:
        told = ", ".join(f"{words.reason(reason)} {count:,}" for reason, count in summary.left_out.items())
        lines.append(f"Not recorded: {told}.")
    if summary.foreign:
        lines.append(f"{summary.foreign:,} schedules were booked by others and stay as they are.")
    if summary.unplanned:
        lines.append(f"{summary.unplanned:,} room-days could not be planned; the log says why.")
    lines += [f"  not taken back  {one}" for one in summary.refused[:SHOWN]]
    return lines


def _done(progress: Progress, pace: Pace, limit: int) -> list[str]:
    counted = {state: count for state, count in progress.by_state.items() if count}
    told = ", ".join(f"{count:,} {state.value.lower().replace('_', ' ')}" for state, count in counted.items())
    lines = [f"Of {progress.steps:,} calls: {told}."] if counted else []
    left = minutes_left(progress.open, pace, limit)
    if left:
        lines.append(f"About {duration(left)} to go.")
    return lines


def _shown(one: Standing | Booking | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "room": one.place.room,
        "date": one.place.date.isoformat(),
        "time": str(one.time),
        "title": one.content.title,
        "sections": list(one.content.sections),
        "presenter": one.content.presenter,
        "inputs": list(one.content.inputs),
    }


def _line(step: Step) -> str:
    about = step.after or step.before
    title = about.content.title if about is not None else step.external_id
    time = f"{about.time}" if about is not None else ""
    does = f"{_DOES[step.method]} {title}: {words.why(step.why.value)}"
    was = step.before
    if was is not None and step.after is not None and (was.place, was.time) != (step.after.place, step.after.time):
        does += f" (stands {was.place.date} {was.time} {was.place.room})"
    return f"  {step.place.date} {time} {step.place.room}  {does}"


def duration(minutes: float) -> str:
    """`12 minute(s)`, `5.1 hours`."""
    return f"{minutes / 60:.1f} hours" if minutes >= 120 else f"{max(1, round(minutes))} minute(s)"


def list_line(batch: BatchRecord, progress: Progress, stamp: str) -> str:
    """One plan in a list."""
    what = f"takes back plan {batch.undoes}" if batch.undoes is not None else scope_in_words(batch.scope)
    return f"Plan {batch.id} of {batch.by or 'somebody'}, {stamp}, {what}: {_STATES[batch.state]}" + (
        f" ({progress.ended:,} of {progress.steps:,})" if progress.steps else ""
    )
