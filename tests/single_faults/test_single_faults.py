"""The share of all single faults that every commit plays; all of them: `python -m tests.single_faults`."""

from __future__ import annotations

import os
import sys

import pytest

from tests.single_faults.__main__ import share_in_words
from tests.single_faults.faults import KINDS, Kind
from tests.single_faults.run import campaign, fixed_share
from tests.single_faults.scenarios import SCENARIOS

ONE_IN = 40
"""Keeps this test below 40 s on two cores."""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a run is forked at each of its steps")


@pytest.mark.slow
def test_a_share_of_all_single_faults_ends_where_the_undisturbed_runs_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = campaign(SCENARIOS, fixed_share(ONE_IN), share_in_words(ONE_IN))
    with capsys.disabled():
        told = (
            f"{report.runs} single faults in {report.scenarios} scenarios ({report.share}), {report.seconds:.0f} s"
        )
        sys.stdout.write(f"\n{told}\n")
    assert report.differences == []
    assert report.scenarios == len(SCENARIOS)
    assert report.by_kind[Kind.KILL] > 500
    # Every kind comes up somewhere, but for those that need a page that is full.
    missing = {kind for kind in KINDS if not report.by_kind[kind]} - {Kind.TWICE}
    assert len(missing) < len(KINDS) / 4, f"too small a share: {sorted(missing)}"
