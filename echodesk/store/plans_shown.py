"""Plans of the whole year as the screens show them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, text

from echodesk.batches import PlanDetail, PlanShown, StepRow, grouped
from echodesk.planning.batches import (
    BatchRecord,
    BatchState,
    StepState,
    confirmation,
    minutes_left,
    scope_in_words,
)
from echodesk.planning.steps import Step
from echodesk.store.batches import Batches

NEWEST = 8
_BUILDINGS = text(
    "SELECT r.ROOMID, s.SITENAME FROM ROOMS r JOIN SITES s ON s.SETID = r.SETID AND s.SITEID = r.SITEID"
    " WHERE s.SITENAME IS NOT NULL ORDER BY r.SETID"
)


def plans_shown(batches: Batches, calls_per_minute: int) -> tuple[PlanShown, ...]:
    """The last plans, newest first."""
    return tuple(_shown(batches, one, calls_per_minute) for one in batches.newest(NEWEST))


def buildings(connection: Connection) -> dict[str, str]:
    """Each room's building in words; a room that is in several years stands as in the last of them."""
    return {row.ROOMID.rstrip(): row.SITENAME for row in connection.execute(_BUILDINGS)}


def plan_detail(
    batches: Batches, number: int, calls_per_minute: int, building_of: Mapping[str, str]
) -> PlanDetail | None:
    """One plan with its steps; None if there is none of this number."""
    found = batches.get(number)
    if found is None:
        return None
    steps = tuple(_row(step, state, answer, building_of) for step, state, answer in batches.steps(number))
    return PlanDetail(_shown(batches, found, calls_per_minute), steps, grouped(steps))


def _shown(batches: Batches, one: BatchRecord, calls_per_minute: int) -> PlanShown:
    summary, progress = batches.summary(one.id), batches.progress(one.id)
    at_work = one.state in (BatchState.READY, BatchState.CHECKING, BatchState.RUNNING, BatchState.STOPPED)
    left = minutes_left(progress.open, batches.pace(one.id), calls_per_minute) if at_work else 0.0
    return PlanShown(
        key=one.id,
        kind=one.kind.value,
        state=one.state.value,
        by=one.by,
        created=one.created,
        scope=scope_in_words(one.scope),
        said=one.said,
        guard=one.guard,
        confirm=confirmation(summary) if one.guard else "",
        undoes=one.undoes or 0,
        compared=summary.compared,
        paused=summary.paused,
        foreign=summary.foreign,
        counts=tuple(summary.counts.items()),
        calls=summary.calls,
        left_out=tuple(summary.left_out.items()),
        unplanned=summary.unplanned,
        kept=summary.refused,
        steps=tuple((state.value, count) for state, count in progress.by_state.items()),
        minutes=left,
    )


def _row(step: Step, state: StepState, answer: str, building_of: Mapping[str, str]) -> StepRow:
    about, was = step.after or step.before, step.before
    after = step.after
    moved = was is not None and after is not None and (was.place, was.time) != (after.place, after.time)
    return StepRow(
        key=step.number,
        piece=step.piece,
        action=step.method.value,
        external_id=step.external_id,
        title=about.content.title if about is not None else "",
        room=step.place.room,
        date=step.place.date.isoformat(),
        time=str(about.time) if about is not None else "",
        was=f"{was.place.date} {was.time} {was.place.room}" if was is not None and moved else "",
        why=step.why.value,
        state=state.value,
        answer=answer,
        building=building_of.get(step.place.room, ""),
    )
