"""A plan of many room-days in words and as values, for whoever reads the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from echodesk.batches import CAME, NotRecorded, PlanDetail, PlanShown, StepRow
from echodesk.commands.answers import aligned
from echodesk.commands.plan_missed import missed_values
from echodesk.commands.plan_steps import Wanted, change_values, group_lines, line, only, row_values, state_name
from echodesk.desk import words
from echodesk.main import AllBooks
from echodesk.planning.batches import BatchRecord, BatchState, StepState, Summary, confirmation
from echodesk.planning.nothing import nothing_to_send
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
AT_WORK = frozenset({BatchState.COMPARING, BatchState.CHECKING, BatchState.RUNNING})
"""States in which a plan goes on only where somebody sends."""
NOBODY = "waits: nobody is sending"

Listed = Sequence[tuple[Step, StepState, str]]


@dataclass(frozen=True, slots=True)
class PlanRead:
    """Everything about a plan."""

    batch: BatchRecord
    summary: Summary
    steps: Listed
    detail: PlanDetail
    """The same as the screens show it, with the steps counted."""
    newer: PlanDetail | None
    """The plan that took its place; its steps tell how both differ."""
    missed: Sequence[NotRecorded]
    """The lessons that it does not record."""
    sender: str
    """Who is sending, '' if nobody is."""

    @property
    def difference(self) -> PlanDetail | None:
        """The plan that tells how the plan of now differs from the one before it, if there are two."""
        return self.newer if self.newer is not None else self.detail if self.detail.plan.replaces else None

    @property
    def waits(self) -> str:
        """Why nothing of it goes on although it could, '' if it does or has no need to."""
        return waits(self.detail.plan, self.sender)


def read_plan(books: AllBooks, number: int, limit: int, today: str, sender: str) -> PlanRead | None:
    """Everything about a plan, None if there is none of this number. `limit`: calls a minute, 0 for none."""
    batch, detail = books.batches.get(number), books.screens.plan(number, limit, today)
    if batch is None or detail is None:
        return None
    by = detail.plan.replaced_by
    newer = books.screens.plan(by, limit, today) if by else None
    missed = books.screens.not_recorded(number).lessons
    return PlanRead(
        batch, books.batches.summary(number), books.batches.steps(number), detail, newer, missed, sender
    )


def only_wanted(found: PlanRead, wanted: Wanted, rooms: frozenset[str]) -> PlanRead:
    """The same with the steps alone that are asked for."""
    detail = only(found.detail, wanted, rooms)
    kept = {row.key for row in detail.steps}
    steps = [one for one in found.steps if one[0].number in kept]
    newer = only(found.newer, wanted, rooms) if found.newer is not None else None
    return replace(found, detail=detail, steps=steps, newer=newer)


def waits(plan: PlanShown, sender: str) -> str:
    """Why nothing of a plan goes on although it could, '' if it does or has no need to."""
    if BatchState(plan.state) not in AT_WORK:
        return ""
    if not sender:
        return NOBODY
    return f"waits for {plan.waits_for}" if plan.waits_for else ""


def plan_values(found: PlanRead, limit: int) -> dict[str, object]:
    """A plan for a program."""
    batch, summary, plan = found.batch, found.summary, found.detail.plan
    row_of = {row.key: row for row in found.detail.steps}
    return {
        "plan": batch.id,
        "kind": batch.kind.value,
        "state": batch.state.value,
        "said": batch.said,
        "sender": found.sender,
        "waits": found.waits,
        "stops": list(plan.stops),
        "undoes": batch.undoes,
        "replaces": batch.replaces,
        "replaced_by": plan.replaced_by or None,
        "difference": _difference_values(found.difference),
        "compared": summary.compared,
        "paused": summary.paused,
        "schedules": summary.schedules,
        "foreign": summary.foreign,
        "unplanned": summary.unplanned,
        "counts": dict(summary.counts),
        "by": {name: dict(counted) for name, counted in found.detail.by.items()},
        "calls": summary.calls,
        "minutes": round(summary.calls_in_all / limit, 1) if limit else 0.0,
        "to_make": dict(plan.to_make),
        "guard": batch.guard,
        "confirm": confirmation(summary) if batch.guard else "",
        "left_out": dict(summary.left_out),
        "not_recorded": missed_values(found.missed),
        "not_taken_back": list(summary.refused),
        "progress": dict(plan.steps),
        "calls_left": plan.count("OPEN"),
        "minutes_left": 0.0 if found.waits else plan.minutes,
        "steps": [
            {
                "number": step.number,
                "piece": step.piece,
                "action": step.method.value,
                "external_id": step.external_id,
                "why": step.why.value,
                "before": _shown(step.before),
                "after": _shown(step.after),
                "changes": change_values(row_of[step.number]),
                "needs": list(step.needs),
                "state": state.value,
                "answer": answer,
            }
            for step, state, answer in found.steps
        ],
    }


def plan_text(found: PlanRead, limit: int, wanted: Wanted) -> str:
    """A plan for people."""
    batch, rows, plan = found.batch, found.detail.steps, found.detail.plan
    lines = [f"Plan {batch.id} {_state(found)}." + (f" {batch.said}" if batch.said else "")]
    if plan.stops and found.waits:
        lines.append(_answer(plan.stops))
    if batch.undoes is not None:
        lines.append(f"It takes back plan {batch.undoes}.")
    lines += _found(batch, found.summary, limit)
    if plan.to_make:
        lacks = " and ".join(f"{count:,} {kind}{'s' * (count > 1)}" for kind, count in plan.to_make)
        lines.append(f"Echo360 lacks {lacks}, as far as is known: made first, with what they belong to.")
    if batch.state in (BatchState.RUNNING, BatchState.STOPPED, BatchState.DONE, BatchState.CANCELLED):
        lines += _done(found)
    failed = [row for row in rows if row.state == StepState.FAILED] if not wanted.filters else []
    lines += [f"  failed  step {row.key}  {line(row)}: {row.answer}" for row in failed[:SHOWN]]
    lines += _difference(found.difference)
    if wanted.group:
        lines.append(f"{len(rows):,} steps by {wanted.group.casefold()}:")
        lines.append(group_lines(found.detail, wanted.group))
    elif wanted.filters or batch.state in (BatchState.READY, BatchState.COMPARING):
        in_all = sum(count for _state, count in plan.steps)
        lines += [f"{len(rows):,} of {in_all:,} steps:"] if wanted.filters else []
        lines += _some([_step(row) for row in rows])
    ready = found.detail.plan if batch.state is BatchState.READY else found.newer and found.newer.plan
    if ready and ready.state == BatchState.READY:
        confirm = f" --confirm {ready.confirm!r}" if ready.guard else ""
        what = "Send exactly this" if ready.key == batch.id else "Send what would be sent now"
        lines.append(f"{what}: echodesk apply {ready.key}{confirm}")
    return "\n".join(lines)


def _answer(stops: Sequence[int]) -> str:
    """What to do about the safety stops that hold a plan."""
    yes = "; ".join(f'`echodesk allow {stop} --why "…"`' for stop in stops)
    return (
        "Answer the safety stop: `echodesk stops` shows it. Put right what it names; if all is as it should be,"
        f" {yes} says yes. Then the plan goes on by itself."
    )


def _step(row: StepRow) -> str:
    """A step with its number and, once something became of it, what that is."""
    state = f"{state_name(row.state)}  " if row.state != StepState.OPEN else ""
    return f"  {row.key:>5}  {state}{line(row)}" + (f": {row.answer}" if row.answer else "")


def _state(found: PlanRead) -> str:
    if found.waits == NOBODY:
        return f"{NOBODY}. It goes on as soon as the window, or `echodesk worker`, is started"
    if found.waits:
        return found.waits
    if found.batch.state is BatchState.RUNNING:
        return f"is being sent by {found.sender}"
    return _STATES[found.batch.state]


def _found(batch: BatchRecord, summary: Summary, limit: int) -> list[str]:
    lines = [f"{summary.compared:,} room-days were compared with what Echo360 held."]
    if batch.state in (BatchState.COMPARING, BatchState.FAILED):
        return lines if summary.compared else []
    if not summary.calls:
        nothing = nothing_to_send(batch.kind, summary)
        return [*lines, *([nothing] if nothing not in batch.said else [])]
    if summary.paused:
        lines.append(f"{summary.paused:,} room-days are paused and were left out.")
    counted = [(said, f"{summary.counts[kind]:,}") for kind, said in _SAID if summary.counts.get(kind)]
    lines.append(aligned(counted, indent=2))
    takes = f", about {duration(summary.calls_in_all / limit)} at the call limit" if limit else ""
    lines.append(f"{summary.calls:,} calls{takes}.")
    if batch.guard:
        lines.append(f"Safety stop: {batch.guard}. It must be confirmed in writing.")
    if summary.left_out:
        told = ", ".join(f"{words.reason(reason)} {count:,}" for reason, count in summary.left_out.items())
        lines.append(f"Not recorded: {told}. Which: echodesk plans {batch.id} --left-out")
    if others := summary.foreign - summary.counts.get("adopted", 0):
        lines.append(f"{others:,} schedules were booked by others and stay as they are.")
    if summary.unplanned:
        lines.append(f"{summary.unplanned:,} room-days could not be planned; the log says why.")
    lines += _some([f"  not taken back  {one}" for one in summary.refused])
    return lines


def _done(found: PlanRead) -> list[str]:
    plan = found.detail.plan
    told = ", ".join(f"{count:,} {state_name(state)}" for state, count in plan.steps if count)
    lines = [f"Of {plan.to_send:,} calls: {told}."] if told else []
    if plan.minutes and not found.waits and found.batch.state is not BatchState.STOPPED:
        lines.append(f"About {duration(plan.minutes)} to go.")
    return lines


def _difference(newer: PlanDetail | None) -> list[str]:
    """How the plan of now differs from the one that was shown before."""
    if newer is None:
        return []
    came = [row for row in newer.steps if row.since == CAME]
    if not came and not newer.gone:
        return []
    before = newer.plan.replaces
    lines = [f"Plan {newer.plan.key} beside plan {before}: {len(newer.gone):,} needed no more, {len(came):,} new."]
    lines += _some([f"  needed no more  {line(row)}" for row in newer.gone])
    return lines + _some([f"  new             {line(row)}" for row in came])


def _difference_values(newer: PlanDetail | None) -> dict[str, object] | None:
    if newer is None:
        return None
    return {
        "shown": newer.plan.replaces,
        "now": newer.plan.key,
        "gone": [row_values(row) for row in newer.gone],
        "came": [row_values(row) for row in newer.steps if row.since == CAME],
    }


def _some(lines: Sequence[str]) -> list[str]:
    if len(lines) <= SHOWN:
        return list(lines)
    return [*lines[:SHOWN], f"  and {len(lines) - SHOWN:,} more; --json lists all"]


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


def duration(minutes: float) -> str:
    """`12 minute(s)`, `5.1 hours`."""
    return f"{minutes / 60:.1f} hours" if minutes >= 120 else f"{max(1, round(minutes))} minute(s)"


def list_line(plan: PlanShown, stamp: str, sender: str) -> str:
    """One plan in a list."""
    what = f"takes back plan {plan.undoes}" if plan.undoes else plan.scope
    told = waits(plan, sender) or _STATES[BatchState(plan.state)]
    ended = plan.to_send - plan.count("OPEN")
    return f"Plan {plan.key} of {plan.by or 'somebody'}, {stamp}, {what}: {told}" + (
        f" ({ended:,} of {plan.to_send:,})" if plan.to_send else ""
    )
