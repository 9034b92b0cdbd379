"""External ids: made from a template, recognised by it, and nothing else is (design §4.3)."""

from __future__ import annotations

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from echodesk.planning.external_id import DEFAULT_TEMPLATE, ExternalIdFault, Named, Recogniser, Template

SETS = ["2023/24", "2024/25"]


def recogniser(template: str = DEFAULT_TEMPLATE, sets: list[str] | None = None) -> Recogniser:
    return Recogniser(Template.parse(template), SETS if sets is None else sets)


def test_the_default_reads_as_the_office_knows_it() -> None:
    assert Template.parse(DEFAULT_TEMPLATE).format("2023/24", 617747, 1) == "617747-1-2023-24"


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("{slotid}-{week}", "each once"),
        ("{slotid}-{week}-{setid}-{week}", "each once"),
        ("", "each once"),
        ("{slotid}-{week}-{setid}-{room}", "only"),
        ("{slotid:05}-{week}-{setid}", "only"),
        ("{slotid!r}-{week}-{setid}", "only"),
        ("{slotid}{week}-{setid}", "between"),
        ("{slotid}-{week}{setid}", "between"),
        ("{slotid}0{week}-{setid}", "between"),
        ("{slotid-{week}-{setid}", "cannot be read"),
        ("{slotid}-{week}-{setid} ", "space"),
        ("{slotid}-{week}\n{setid}", "control"),
    ],
)
def test_a_template_from_which_ids_could_be_mistaken_is_refused(template: str, complaint: str) -> None:
    with pytest.raises(ExternalIdFault, match=complaint):
        Template.parse(template)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "617747-1-2022-23",
        "617747-1-2023/24",
        "0617747-1-2023-24",
        "617747-01-2023-24",
        "617747--1-2023-24",
        " 617747-1-2023-24",
        "617747-1-2023-24\n",
        "617747-1-2023-24-copy",
        "x617747-1-2023-24",
        "٦١٧-1-2023-24",
        "9" * 300 + "-1-2023-24",
        "Guest lecture 🎓",
    ],
)
def test_what_does_not_read_back_exactly_is_not_ours(text: str | None) -> None:
    assert recogniser().read(text) is None
    assert not recogniser().is_ours(text)


def test_former_sets_are_ours_too_if_they_are_named() -> None:
    assert recogniser().read("5-12-2024-25") == Named("2024/25", 5, 12)
    assert recogniser(sets=["2024/25"]).read("5-12-2023-24") is None


def test_without_any_set_nothing_is_ours() -> None:
    assert not recogniser(sets=[]).is_ours("617747-1-2023-24")


@pytest.mark.parametrize("twins", [["2023/24", "2023-24"], ["2023/24", "2023/24 "]])
def test_two_sets_that_look_alike_in_an_id_are_refused(twins: list[str]) -> None:
    with pytest.raises(ExternalIdFault, match="look alike"):
        recogniser(sets=twins)


def test_the_same_set_named_twice_is_one_set() -> None:
    assert recogniser(sets=["2023/24", "2023/24"]).is_ours("1-1-2023-24")


def test_a_set_without_a_name_is_refused() -> None:
    with pytest.raises(ExternalIdFault, match="without a name"):
        recogniser(sets=[" "])


odd = st.text(alphabet="aZ09 -_./+*()[]{}^$|\\'\"é🎓", min_size=0, max_size=6)


@settings(max_examples=500, deadline=None)
@given(
    st.permutations(["{slotid}", "{week}", "{setid}"]),
    st.tuples(odd, odd, odd, odd),
    st.lists(odd, min_size=1, max_size=5),
    st.integers(0, 10**12),
    st.integers(0, 99),
)
def test_whatever_the_template_and_sets_every_id_reads_back_to_its_lesson(
    fields: list[str], literals: tuple[str, str, str, str], sets: list[str], slotid: int, week: int
) -> None:
    plain = [one.replace("{", "{{").replace("}", "}}") for one in literals]
    text = plain[0] + "".join(field + literal for field, literal in zip(fields, plain[1:], strict=True))
    try:
        template = Template.parse(text)
        reader = Recogniser(template, sets)
    except ExternalIdFault:
        reject()
    for setid in sets:
        assert reader.read(template.format(setid, slotid, week)) == Named(setid, slotid, week)
