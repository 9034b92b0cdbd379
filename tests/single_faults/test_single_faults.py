"""The share of all single faults that every commit plays; all of them: `python -m tests.single_faults`."""

from __future__ import annotations

import os
import sys

import pytest

from tests.single_faults.__main__ import share_in_words
from tests.single_faults.faults import NETWORK, Kind
from tests.single_faults.run import campaign, fixed_share
from tests.single_faults.scenarios import SCENARIOS

ONE_IN = 120
PARTS = 4
"""Together they keep below 40 s on two cores that have nothing else to do."""

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="a run is forked at each of its steps"),
    pytest.mark.timeout(400),
]


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_a_share_of_all_single_faults_ends_where_the_undisturbed_runs_end(
    part: int, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = SCENARIOS[part::PARTS]
    report = campaign(chosen, fixed_share(ONE_IN), share_in_words(ONE_IN))
    with capsys.disabled():
        told = (
            f"{report.runs} single faults in {report.scenarios} scenarios, {report.seconds:.0f} s: {report.share}"
        )
        sys.stdout.write(f"\n{told}\n")
    assert report.differences == []
    assert report.scenarios == len(chosen)
    # The share is large enough to mean something.
    assert report.by_kind[Kind.KILL] > 100
    assert {kind for kind in (Kind.FREEZE, Kind.PAUSE, Kind.EDIT) if not report.by_kind[kind]} == set()
    assert sum(1 for kind in NETWORK if report.by_kind[kind]) >= 10
