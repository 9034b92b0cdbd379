"""Every reason for which a lesson is not recorded has words for each place that tells it."""

from __future__ import annotations

import re

import pytest

from echodesk.planning.reasons import REASONS
from echodesk.planning.values import Reason


@pytest.mark.parametrize("reason", list(Reason))
def test_a_reason_has_words_and_names_only_what_keeps_the_room(reason: Reason) -> None:
    words = REASONS[reason.value]
    assert words.because
    assert not words.because.endswith(".")
    assert words.kept.endswith(".")
    assert words.asked.endswith(".")
    assert not words.asked[0].isupper() or words.asked.startswith("Echo360"), "it stands behind a colon"
    named = ["winner"] if reason in (Reason.CLASH, Reason.FOREIGN) else []
    assert re.findall(r"{(\w+)}", words.kept) == named
    assert re.findall(r"{(\w+)}", words.asked) == ["keeps" for _one in named]


def test_no_other_reason_has_words() -> None:
    assert set(REASONS) == set(Reason)
