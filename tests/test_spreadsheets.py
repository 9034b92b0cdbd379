"""No text becomes a formula in a spreadsheet, and none that cannot is changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echodesk.spreadsheets import harmless

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", ["", " ", "\u00a0 ", "\t", "\r\n"])
def test_what_might_be_a_formula_begins_with_an_apostrophe(before: str, sign: str) -> None:
    assert harmless(f"{before}{sign}cmd") == f"'{before}{sign}cmd"


@given(st.text(alphabet=st.sampled_from(SIGNS + " \t\r\n'a1")))
def test_no_text_begins_as_a_formula_and_the_text_is_kept(text: str) -> None:
    made = harmless(text)
    assert made[:1] not in ("\t", "\r", "\n")
    assert made.lstrip()[:1] not in tuple(SIGNS)
    assert made in (text, f"'{text}")


@pytest.mark.parametrize("text", ["", "Great Hall", "'=1", "1-2", "a=b", " Hall"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text
