"""Week sets and recording requests that change (design §4.8, decisions "Week sets", "Who is first")."""

from __future__ import annotations

import pytest

from echodesk.planning.expansion import actions_by_week, newly_asked
from echodesk.planning.records import RequestEdit, Requests
from echodesk.planning.statuses import Action

I, U, D = Action.INSERT, Action.UPDATE, Action.DELETE  # noqa: E741 - the three letters of the seed document


@pytest.mark.parametrize(
    ("was", "now", "old", "new", "mirror", "expected"),
    [
        (True, True, [1, 2], [2, 3], [], [(1, D), (2, U), (3, I)]),
        (False, True, [1, 2], [2, 3], [], [(2, I), (3, I)]),
        (True, False, [1, 2], [2, 3], [], [(1, D), (2, D)]),
        (False, False, [1, 2], [2, 3], [], []),
        (True, True, [2], [2], [2, 7], [(2, U), (7, D)]),
        (False, True, [], [2], [2, 7], [(2, I), (7, D)]),
        (False, False, [], [], [7, 3], [(3, D), (7, D)]),
        (True, True, [10, 9, 9], [9, 10], [], [(9, U), (10, U)]),
    ],
    ids=[
        "both sides",
        "not eligible before: only the new",
        "not eligible now: only the old",
        "never eligible: nothing",
        "a week only the mirror knows is removed",
        "the same for a lesson that was not eligible",
        "whatever the mirror holds of a lesson that is none",
        "in the order of weeks, each once",
    ],
)
def test_what_an_edit_means_for_each_week(
    was: bool,
    now: bool,
    old: list[int],
    new: list[int],
    mirror: list[int],
    expected: list[tuple[int, Action]],
) -> None:
    found = actions_by_week(was_eligible=was, is_eligible=now, old_weeks=old, new_weeks=new, mirror_weeks=mirror)
    assert found == expected


@pytest.mark.parametrize(
    ("edits", "standing", "new"),
    [
        ([], 1, set()),
        ([("0", "INSERT")], 1, {1}),
        ([("0", "INSERT")], 2, set()),
        ([("0", "UPDATE")], 1, set()),
        ([("0", "DELETE"), ("60", "INSERT")], 1, {2}),
        ([("0", "DELETE"), ("0.5", "INSERT")], 1, set()),
        ([("0", "DELETE"), ("0.501", "INSERT")], 1, {2}),
        ([("0", "DELETE"), ("60", "INSERT")], 2, set()),
        ([("0", "DELETE"), ("60", "INSERT"), ("70", "DELETE")], 0, {2}),
        ([("0", "DELETE"), ("60", "INSERT"), ("70", "DELETE"), ("90", "INSERT")], 1, {2, 4}),
        ([("0", "DELETE"), ("60", "INSERT"), ("60", "INSERT"), ("90", "DELETE")], 1, {2}),
        ([("0", "DELETE"), ("0", "DELETE"), ("0.1", "INSERT"), ("0.1", "INSERT")], 2, set()),
        ([("0", "INSERT"), ("60", "INSERT"), ("60", "DELETE")], 1, {1}),
        ([("0.2", "DELETE"), ("0", "INSERT")], 1, set()),
    ],
    ids=[
        "nothing happened",
        "asked for",
        "asked for beside another",
        "another kind",
        "withdrawn and asked for again",
        "written anew",
        "gone for longer",
        "one of two withdrawn and asked for again",
        "asked for and withdrawn since",
        "asked for again twice",
        "both kinds asked for, one withdrawn since",
        "both kinds written anew",
        "another kind beside the first, which goes",
        "the clock was set back a little",
    ],
)
def test_with_which_entry_a_recording_was_newly_asked_for(
    edits: list[tuple[str, str]], standing: int, new: set[int]
) -> None:
    told = tuple(
        RequestEdit(number, action, f"2030-09-02T08:{divmod(float(at), 60)[0]:02.0f}:{float(at) % 60:06.3f}Z")
        for number, (at, action) in enumerate(edits, 1)
    )
    assert newly_asked(Requests(told, standing)) == new
