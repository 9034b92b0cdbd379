"""Batches and their steps as rows of the tables."""

from __future__ import annotations

from typing import Any

import msgspec

from echodesk.planning.batches import BatchKind, BatchRecord, BatchState, StepState, identity_of_step
from echodesk.planning.steps import PlanScope, Step
from echodesk.planning.values import Booking, Method, Standing, Why
from echodesk.store.binding import as_json


def batch_record(row: Any) -> BatchRecord:
    """A row of STT_ECHO_BATCH."""
    return BatchRecord(
        id=row.ID,
        kind=BatchKind(row.KIND),
        state=BatchState(row.STATE),
        by=row.BY,
        created=row.CREATED,
        scope=msgspec.json.decode(row.SCOPE, type=PlanScope),
        undoes=row.UNDOES,
        replaces=row.REPLACES,
        guard=row.GUARD or "",
        said=row.SAID or "",
        tried=bool(row.TRIED),
        pause=row.PAUSE_ID,
        yes_by=row.YES_BY or "",
        begun=row.BEGUN is not None,
    )


def step_values(batch: int, step: Step) -> dict[str, object]:
    """The row of an open step, in the names of the insert."""
    return {
        "batch": batch,
        "step": step.number,
        "piece": step.piece,
        "method": step.method.value,
        "external_id": step.external_id,
        "identity": identity_of_step(step),
        "why": step.why.value,
        "before": msgspec.json.encode(step.before).decode() if step.before is not None else None,
        "after": msgspec.json.encode(step.after).decode() if step.after is not None else None,
        "needs": as_json(step.needs),
        "state": StepState.OPEN.value,
    }


def step_of_row(row: Any) -> Step:
    """A row of STT_ECHO_BATCH_STEP."""
    return Step(
        number=row.STEP,
        piece=row.PIECE,
        method=Method(row.METHOD),
        external_id=row.EXTERNAL_ID,
        before=msgspec.json.decode(row.BEFORE, type=Standing) if row.BEFORE else None,
        after=msgspec.json.decode(row.AFTER, type=Booking) if row.AFTER else None,
        needs=msgspec.json.decode(row.NEEDS, type=tuple[int, ...]),
        why=Why(row.WHY),
    )
