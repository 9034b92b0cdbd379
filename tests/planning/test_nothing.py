"""What is said of a plan without steps."""

from __future__ import annotations

import pytest

from echodesk.planning.batches import BatchKind, Summary
from echodesk.planning.nothing import FINE, NAMED, nothing_to_send
from echodesk.planning.values import Reason


@pytest.mark.parametrize(
    ("kind", "summary", "said"),
    [
        (BatchKind.RECONCILE, Summary(compared=12), FINE),
        (BatchKind.RECONCILE, Summary(compared=12, paused=2), f"{FINE} 2 room-days paused and left as they are."),
        (
            BatchKind.RECONCILE,
            Summary(),
            "Nothing was chosen: these rooms and dates have no lesson, and no recording of ours in Echo360.",
        ),
        (BatchKind.RECONCILE, Summary(paused=3), "Everything that was chosen is paused."),
        (
            BatchKind.RECONCILE,
            Summary(compared=9, left_out={"clash": 1_200, "too_long": 1}),
            "What can be recorded stands as it should. 1,201 lessons are not recorded: "
            "1,200 because another lesson keeps the room; 1 because it is longer than the recorder allows.",
        ),
        (
            BatchKind.RECONCILE,
            Summary(unplanned=1),
            "What can be recorded stands as it should. 1 room-day could not be planned; the log says why.",
        ),
        (
            BatchKind.UNDO,
            Summary(compared=4),
            "No recording is to be taken back: all of them are as they were before.",
        ),
        (
            BatchKind.UNDO,
            Summary(compared=2, refused=("1-9-2026: It was changed since.", "2-9-2026: It has begun.")),
            "Nothing can be taken back. 1-9-2026: It was changed since. 2-9-2026: It has begun.",
        ),
    ],
    ids=["fine", "paused beside", "no such lesson", "all paused", "left out", "unplanned", "as before", "refused"],
)
def test_each_case_has_its_words(kind: BatchKind, summary: Summary, said: str) -> None:
    assert nothing_to_send(kind, summary) == said


def test_not_all_that_cannot_be_taken_back_are_named() -> None:
    told = nothing_to_send(BatchKind.UNDO, Summary(refused=tuple(f"{n}: no." for n in range(NAMED + 2))))
    assert told.endswith(f"{NAMED - 1}: no. And 2 more.")


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words(reason: Reason) -> None:
    told = nothing_to_send(BatchKind.RECONCILE, Summary(compared=1, left_out={reason.value: 1}))
    assert "1 lesson is not recorded: 1 because" in told
    assert f"because {reason.value}." not in told
