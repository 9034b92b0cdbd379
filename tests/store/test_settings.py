"""Settings: what may be stored, and what is said to whoever tries something else."""

from __future__ import annotations

import itertools

import pytest

from echodesk.errors import WrongUse
from echodesk.planning.values import Strategy
from echodesk.store.settings import SETTINGS, checked, rules_from, shown, value_of

GOOD = {
    "strategy": "last_wins",
    "together": "off",
    "lead": "0",
    "max_minutes": "1440",
    "external_id": "{slotid}-{week}-{setid}",
    "title": "{module}",
    "section": "{moduleid}",
    "zone": "Pacific/Auckland",
    "late_s": "0.1",
    "calls_per_minute": "0",
}
BAD = [
    *(("strategy", value) for value in ("", "keep", "FIRST_WINS")),
    *(("together", value) for value in ("yes", "ON", "")),
    *(("lead", value) for value in ("-1", "721", "five", "5.5", "")),
    *(("late_s", value) for value in ("0", "3601", "nan", "soon", "")),
    *(
        ("zone", value)
        for value in ("Europe/Nowhere", "", "../../etc/passwd", "/etc", "Europe", "x" * 500, "a\0b")
    ),
    *(("external_id", value) for value in ("", "{slotid}", "{unknown}", "{", "fixed")),
    *(("title", value) for value in ("{unknown}", "{", "{module")),
    *(("section", value) for value in ("{grpcodes}", "{moduleid")),
    ("calls_per_minute", "-5"),
]


@pytest.mark.parametrize("name", SETTINGS)
def test_every_default_may_be_stored(name: str) -> None:
    assert checked(name, value_of({}, name)) == SETTINGS[name].default


@pytest.mark.parametrize(("name", "value"), GOOD.items())
def test_a_good_value_may_be_stored(name: str, value: str) -> None:
    assert checked(name, value) == value
    assert value_of({name: value}, name) == value


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_value_that_cannot_be_used_is_refused_with_what_is_accepted(name: str, value: str) -> None:
    with pytest.raises(WrongUse) as refused:
        checked(name, value)
    assert name in refused.value.message
    assert refused.value.next_step != ""


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(WrongUse) as refused:
        checked("colour", "blue")
    assert "strategy" in refused.value.next_step


@pytest.mark.parametrize(
    ("lead", "late_s", "counts"),
    [("30", "2.5", 30), ("0", "2.5", 1), ("0", "60", 2), ("2", "60", 2), ("1", "101", 3), ("5", "3600", 61)],
)
def test_the_lead_time_is_as_long_at_least_as_a_request_may_take_effect(
    lead: str, late_s: str, counts: int
) -> None:
    """20 s until it is given up, and L from then on."""
    assert rules_from({"lead": lead, "late_s": late_s}).lead == counts


def test_the_rules_follow_the_settings() -> None:
    assert rules_from({"strategy": "last_wins", "turnaround": "10"}).turnaround == 10


@pytest.mark.parametrize("name", SETTINGS)
def test_whatever_can_be_chosen_may_be_stored(name: str) -> None:
    setting = SETTINGS[name]
    assert [checked(name, value) for value, _words in setting.choices] == [value for value, _ in setting.choices]
    assert not setting.choices or setting.default in dict(setting.choices)


def test_people_see_every_setting_with_its_value_group_by_group() -> None:
    found = shown({"lead": "9"}).settings
    assert {one.name for one in found} == set(SETTINGS)
    assert {one.name: one.value for one in found} == {
        **{one.name: one.default for one in SETTINGS.values()},
        "lead": "9",
    }
    groups = [one.group for one in found]
    assert len(list(itertools.groupby(groups))) == len(set(groups)), "those of a group stand together"


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [("lead", "five", "a whole number from 0 to 720"), ("late_s", "soon", "seconds from 0.1 to 3600")],
)
def test_what_is_no_number_is_refused_in_words(name: str, value: str, accepted: str) -> None:
    with pytest.raises(WrongUse) as refused:
        checked(name, value)
    assert refused.value.next_step == f"Give {accepted}."
    assert "literal" not in refused.value.message


def test_a_room_has_what_is_stored_for_it_and_all_others_what_is_general() -> None:
    stored = {"strategy": "last_wins", "strategy@LT1": "ignore", "turnaround@A@B": "10", "turnaround@LT1": "5"}
    rules = rules_from(stored)
    assert (rules.strategy, rules.strategy_of_room) == (Strategy.LAST_WINS, (("LT1", Strategy.IGNORE),))
    assert (rules.turnaround, rules.turnaround_of_room) == (0, (("A@B", 10), ("LT1", 5)))
    of_rooms = [(one.key, one.value, one.default) for one in shown(stored).settings if one.room]
    assert of_rooms == [
        (("strategy", "LT1"), "ignore", "last_wins"),
        (("turnaround", "A@B"), "10", "0"),
        (("turnaround", "LT1"), "5", "0"),
    ]


def test_a_room_may_have_none_of_its_own_and_nothing_that_is_the_same_for_all() -> None:
    assert checked("strategy", "", "LT1") == ""
    assert checked("strategy", "ignore", "LT1") == "ignore"
    for name, value in (("lead", "5"), ("lead", "")):
        with pytest.raises(WrongUse, match="same in all rooms"):
            checked(name, value, "LT1")
