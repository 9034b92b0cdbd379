"""Switches by name and value."""

import dataclasses

import pytest

from echodesk.simulator.switches import Switches, UnknownSwitch, changed, from_options


def test_the_defaults_are_those_that_the_api_facts_advise() -> None:
    switches = Switches()
    assert switches.boundary == "half_open"
    assert (switches.unknown_id_status, switches.clash_status, switches.duplicate_external_id_status) == (
        404,
        400,
        400,
    )
    assert (switches.retry_after, switches.default_page_size, switches.put) == ("off", 100, "full")


def test_options_set_words_numbers_and_flags() -> None:
    switches = from_options(["clash_status=409", "put = partial", "max_minutes=0", "new_rooms_get_device=false"])
    assert switches == dataclasses.replace(
        Switches(), clash_status=409, put="partial", max_minutes=0, new_rooms_get_device=False
    )


@pytest.mark.parametrize(
    "option", ["nonsense=1", "clash_status=418", "put=half", "max_minutes=long", "sections_required=maybe", "put"]
)
def test_unknown_switches_and_values_are_refused_by_name(option: str) -> None:
    with pytest.raises(UnknownSwitch) as caught:
        from_options([option])
    assert option.partition("=")[0] in caught.value.message


def test_one_bad_value_changes_nothing() -> None:
    before = Switches()
    with pytest.raises(UnknownSwitch):
        changed(before, {"put": "partial", "clash_status": 1})
    assert before == Switches()
