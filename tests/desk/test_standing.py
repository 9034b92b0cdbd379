"""What the worker's state means to staff: banners, who is sending, health."""

from __future__ import annotations

import pytest

from echodesk.desk import standing
from echodesk.desk.words import Tone
from echodesk.messages import EngineState, Phase, Scope
from tests.desk.rows import campus, overview, pause, state_of_engine


def titles(state: EngineState) -> list[str]:
    return [banner.title for banner in standing.banners(state, campus())]


def test_all_well_has_no_banner() -> None:
    assert titles(state_of_engine()) == []


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (state_of_engine(phase=Phase.DATABASE_LOST), "The timetable database cannot be reached"),
        (state_of_engine(database="It is locked."), "The timetable database cannot be reached"),
        (state_of_engine(phase=Phase.STOPPED_BY_ECHO360), "Echo360 does not let EchoDesk in"),
        (state_of_engine(phase=Phase.WAITING), "Waiting for Echo360"),
        (state_of_engine(holder="", mine=False), "Nobody is sending"),
        (state_of_engine(clock="It is a day ahead."), "This computer's clock is wrong"),
    ],
)
def test_each_hindrance_has_one_banner(state: EngineState, title: str) -> None:
    assert titles(state) == [title]


def test_when_nobody_is_sending_the_banner_says_how_many_changes_wait() -> None:
    state = state_of_engine(holder="", mine=False)
    (banner,) = standing.banners(state, campus(), overview(pending=1_204, pending_soon=12))
    assert "1,204 changes wait, 12 of them for lessons of today and tomorrow." in banner.text
    (banner,) = standing.banners(state, campus(), overview(pending=0, pending_soon=0))
    assert "No change waits." in banner.text


def test_who_may_only_look_does_not_wait_for_this_one_to_take_over() -> None:
    state = state_of_engine(phase=Phase.LOOKING, holder="", mine=False)
    (banner,) = standing.banners(state, campus(), overview(pending=3))
    assert banner.title == "Nobody is sending"
    assert "3 changes wait." in banner.text
    assert "Here you may only look: start EchoDesk on the office's sending PC." in banner.text
    assert "takes over" not in banner.text
    assert standing.health(state)[0] == ("Timetable database", "Fine", Tone.GOOD)
    assert standing.sender_text(state, campus()) == ("Nobody is sending", Tone.BAD)


def test_starting_does_not_alarm_anyone() -> None:
    assert titles(state_of_engine(phase=Phase.STARTING, holder="", mine=False)) == []


def test_many_pauses_are_folded_and_none_is_lost() -> None:
    state = state_of_engine(pauses=tuple(pause(key) for key in range(1, 8)))
    found = standing.banners(state, campus())
    assert len(found) == standing.SHOWN_PAUSES + 1
    assert sorted(key for banner in found for key in banner.pauses) == list(range(1, 8))


@pytest.mark.parametrize(
    ("scope", "text"),
    [
        (Scope(), "everything"),
        (Scope(room="A1"), "room A1"),
        (Scope(building="Main"), "building Main"),
        (Scope(first="2026-11-24", last="2026-11-24"), "everything on Tue 24 Nov 2026"),
        (Scope(room="A1", first="2026-11-24"), "room A1 from Tue 24 Nov 2026"),
        (Scope(last="2026-11-24"), "everything until Tue 24 Nov 2026"),
        (Scope(first="2026-11-24", last="2026-11-25"), "everything from Tue 24 Nov 2026 to Wed 25 Nov 2026"),
    ],
)
def test_scopes_in_words(scope: Scope, text: str) -> None:
    assert standing.scope_text(scope) == text


def test_a_pause_names_owner_reason_and_end() -> None:
    text = standing.pause_text(pause(until="2026-11-24T08:00:00.000Z"), campus())
    assert text == ("“Exam week: nothing may move”. Paused by Ann (today, 08:30), until Tue 24 Nov 2026, 08:00.")


@pytest.mark.parametrize(
    ("state", "text", "tone"),
    [
        (state_of_engine(), "This PC is sending", Tone.GOOD),
        (state_of_engine(mine=False), "Ann's PC is sending", Tone.QUIET),
        (
            state_of_engine(mine=False, since="2026-11-23T08:30:00.000Z"),
            "Ann's PC is sending, since today, 08:30",
            Tone.QUIET,
        ),
        (
            state_of_engine(mine=False, silent_s=15),
            "Ann's PC is sending, but was not heard of for 15 seconds",
            Tone.WAIT,
        ),
        (state_of_engine(mine=False, holder=""), "Nobody is sending", Tone.BAD),
        (state_of_engine(mine=False, holder="", phase=Phase.STARTING), "Starting", Tone.BUSY),
    ],
)
def test_who_is_sending(state: EngineState, text: str, tone: Tone) -> None:
    assert standing.sender_text(state, campus()) == (text, tone)


def test_a_follower_names_who_sends() -> None:
    state = state_of_engine(phase=Phase.FOLLOWING, mine=False)
    assert standing.phase_text(state) == ("Watching: Ann's PC is sending", Tone.QUIET)


def test_health_of_both_sides() -> None:
    well = standing.health(state_of_engine())
    assert [(side, tone) for side, _, tone in well] == [("Timetable database", Tone.GOOD), ("Echo360", Tone.GOOD)]
    ill = standing.health(state_of_engine(database="Locked.", phase=Phase.STOPPED_BY_ECHO360))
    assert [(said, tone) for _, said, tone in ill] == [("Locked.", Tone.BAD), ("Does not let us in", Tone.BAD)]
    new = standing.health(state_of_engine(phase=Phase.STARTING))
    assert new[1] == ("Echo360", "Not tried yet", Tone.WAIT)
