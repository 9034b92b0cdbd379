"""Which status may follow which, and what children make of their entry (design §4.7, decisions "Transitions")."""

from __future__ import annotations

from itertools import product

import pytest

from echodesk.planning.statuses import (
    TERMINAL,
    EntryStatus,
    NotificationStatus,
    entry_may_become,
    entry_outcome,
    notification_may_become,
    worst_child,
)

E, N = EntryStatus, NotificationStatus

ENTRY = {
    (E.UNPROCESSED, E.IN_PROGRESS),
    (E.IN_PROGRESS, E.PROCESSED),
    (E.IN_PROGRESS, E.FAILED),
    (E.IN_PROGRESS, E.UNPROCESSED),
    (E.FAILED, E.SUPERSEDED),
}
NOTIFICATION = {
    (N.UNPROCESSED, N.IN_PROGRESS),
    (N.IN_PROGRESS, N.UNPROCESSED),
    (N.FAILED, N.SUPERSEDED),
    (N.PARKED, N.SUPERSEDED),
} | {
    (N.IN_PROGRESS, outcome)
    for outcome in (
        N.SUCCESS,
        N.WARN,
        N.OUT_OF_DATE,
        N.REFRESHED,
        N.IN_CONFLICT,
        N.TOO_LATE,
        N.FAILED,
        N.PARKED,
    )
}


def test_an_entry_goes_no_other_way() -> None:
    assert {pair for pair in product(E, E) if entry_may_become(*pair)} == ENTRY


def test_a_notification_goes_no_other_way() -> None:
    assert {pair for pair in product(N, N) if notification_may_become(*pair)} == NOTIFICATION


def test_whatever_is_not_waiting_or_running_is_terminal() -> None:
    assert set(N) - TERMINAL == {N.UNPROCESSED, N.IN_PROGRESS}


def test_the_worst_child_comes_first_in_the_order_of_the_decisions() -> None:
    order = [
        N.FAILED,
        N.PARKED,
        N.IN_CONFLICT,
        N.TOO_LATE,
        N.WARN,
        N.REFRESHED,
        N.SUCCESS,
        N.OUT_OF_DATE,
    ]
    for position in range(len(order)):
        assert worst_child([N.IN_PROGRESS, N.SUPERSEDED, *reversed(order[position:])]) is order[position]


def test_children_that_still_wait_are_no_worst_child() -> None:
    assert worst_child([N.UNPROCESSED, N.IN_PROGRESS]) is None


@pytest.mark.parametrize(
    ("children", "outcome"),
    [
        ([], E.PROCESSED),
        ([N.SUCCESS, N.WARN, N.IN_CONFLICT, N.TOO_LATE, N.OUT_OF_DATE, N.REFRESHED], E.PROCESSED),
        ([N.SUCCESS, N.SUPERSEDED], E.PROCESSED),
        ([N.SUCCESS, N.FAILED], E.FAILED),
        ([N.SUCCESS, N.PARKED], E.FAILED),
        ([N.FAILED, N.IN_PROGRESS], None),
        ([N.SUCCESS, N.UNPROCESSED], None),
    ],
)
def test_an_entry_is_done_when_all_its_weeks_are(children: list[NotificationStatus], outcome: EntryStatus) -> None:
    assert entry_outcome(children) is outcome
