"""A booking goes out and comes back as the same standing; what EchoDesk does not own goes back as last read."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echodesk.capture.parsing import Unreadable
from echodesk.capture.wire import OWNED, body_of_change, body_of_new, standings
from echodesk.planning.values import Booking, Content, Interval, RoomDay, Standing
from tests.capture.world import TODAY, Body, booking, row


class Prefixed:
    """A map in which each key's id is the key with a letter in front."""

    def room(self, echo_id: str) -> str:
        return echo_id.removeprefix("r:")

    def section(self, echo_id: str) -> str:
        return echo_id.removeprefix("s:")

    def section_id(self, section: str) -> str | None:
        return f"s:{section}"


KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(
    lambda key: not key.startswith(("r:", "s:", "echo360:"))
)
CONTENT = st.builds(
    Content,
    title=st.text(st.characters(codec="utf-8"), max_size=300),
    sections=st.lists(KEYS, unique=True, max_size=4).map(lambda keys: tuple(sorted(keys))),
    presenter=st.none() | st.from_regex(r"[a-z.]{1,20}@example\.ac\.uk", fullmatch=True),
    inputs=st.sampled_from([(), ("display",), ("display", "video"), ("video", "altvideo")]),
)
TIMES = st.tuples(st.integers(0, 1438), st.integers(1, 1439)).filter(lambda pair: pair[0] < pair[1])
BOOKINGS = st.builds(
    lambda key, room, date, time, content: booking(
        external_id=key, place=RoomDay(room, date), time=Interval(*time), content=content
    ),
    KEYS,
    KEYS,
    st.dates(dt.date(2020, 1, 1), dt.date(2099, 12, 31)),
    TIMES,
    CONTENT,
)
REST = st.fixed_dictionaries(
    {},
    optional={
        "shouldCaption": st.booleans(),
        "shouldStreamLive": st.booleans(),
        "captureQuality": st.sampled_from(["Medium", "High", "Highest"]),
        "streamQuality": st.sampled_from(["High", "Highest"]),
        "guestPresenter": st.text(st.characters(codec="utf-8"), max_size=30),
        "somethingNew": st.lists(st.integers(0, 9), max_size=3),
    },
)


def shown(body: Body, **changes: Any) -> Body:
    """What Echo360 shows after taking a body: its own ids in place of external ids, inputs capitalised."""
    answer = {"id": "e-1", "institutionId": "i-1", "shouldAutoPublish": True, **body, **changes}
    answer["venue"] = {"roomId": "r:" + body["venue"]["roomExternalId"]}
    answer["sections"] = [
        {"sectionId": "s:" + sent["sectionExternalId"], **{k: v for k, v in sent.items() if k == "availability"}}
        for sent in body["sections"]
    ]
    for member in ("input1", "input2"):
        if member in body:
            answer[member] = body[member].capitalize()
    return answer


def read(answer: Body) -> Standing:
    (standing,) = standings(answer, Prefixed(), lambda _: True, TODAY)
    return standing


@given(BOOKINGS)
def test_what_is_sent_comes_back_the_same(wanted: Booking) -> None:
    standing = read(shown(json.loads(body_of_new(wanted, "High"))))
    assert (standing.external_id, standing.place, standing.time, standing.content) == (
        wanted.external_id,
        wanted.place,
        wanted.time,
        wanted.content,
    )


@given(BOOKINGS, BOOKINGS, REST)
def test_a_change_sends_back_everything_else_as_it_was_read(before: Booking, after: Booking, rest: Body) -> None:
    answer = shown(json.loads(body_of_new(before, "High")), **rest)
    standing = read(answer)
    sent = json.loads(body_of_change(after, standing, "Highest", Prefixed()))
    assert {name: value for name, value in sent.items() if name not in OWNED} == {"captureQuality": "High", **rest}
    again = read(shown(sent))
    assert (again.place, again.time, again.content) == (after.place, after.time, after.content)
    assert json.loads(again.rest) == json.loads(standing.rest)


def test_what_echo360_sets_itself_is_never_sent() -> None:
    standing = standings(row(createdAt="x", updatedAt="y"), Prefixed(), lambda _: True, TODAY)[0]
    sent = json.loads(body_of_change(booking(), standing, "High", Prefixed()))
    assert {"id", "institutionId", "shouldAutoPublish", "createdAt", "updatedAt"}.isdisjoint(sent)
    assert sent["shouldRecurCapture"] is False


def test_truth_that_was_read_in_words_is_sent_as_truth() -> None:
    """Echo360 refuses its own words: the change would be remembered as refused for good."""
    standing = standings(row(shouldCaption="false", shouldStreamLive="true"), Prefixed(), lambda _: True, TODAY)[0]
    sent = json.loads(body_of_change(booking(), standing, "High", Prefixed()))
    assert (sent["shouldCaption"], sent["shouldStreamLive"]) == (False, True)


def test_availability_stays_with_its_section_alone() -> None:
    later = {"availability": "Relative", "relativeDelay": 2, "unavailabilityDelay": 0}
    answer = row(sections=[{"sectionId": "s:A", "availability": later}, {"sectionId": "s:B"}])
    standing = standings(answer, Prefixed(), lambda _: True, TODAY)[0]
    both = json.loads(body_of_change(booking(sections=("A", "C")), standing, "High", Prefixed()))
    assert both["sections"] == [{"sectionExternalId": "A", "availability": later}, {"sectionExternalId": "C"}]
    none = json.loads(body_of_change(booking(sections=("C",)), standing, "High", Prefixed()))
    assert none["sections"] == [{"sectionExternalId": "C"}]
    gone = json.loads(body_of_change(booking(sections=("B", "C")), standing, "High", Prefixed()))
    assert gone["sections"][0] == {"sectionExternalId": "B"}
    assert gone["sections"][1] == {"sectionExternalId": "C", "availability": later}


def test_availability_goes_to_who_comes_in_the_place_of_those_that_had_it() -> None:
    hidden, later = {"availability": "Unavailable"}, {"availability": "Relative", "relativeDelay": 2}

    def sent(had: list[Body], *sections: str) -> list[object]:
        standing = standings(row(sections=had), Prefixed(), lambda _: True, TODAY)[0]
        body = json.loads(body_of_change(booking(sections=sections), standing, "High", Prefixed()))
        return [one.get("availability") for one in body["sections"]]

    one = [{"sectionId": "s:A", "availability": hidden}]
    both = [*one, {"sectionId": "s:B", "availability": hidden}]
    assert sent(one, "C") == [hidden]
    assert sent(one, "C", "D") == sent(both, "C", "D") == [hidden, hidden]
    assert sent(both, "C") == [hidden]
    assert sent(one, "A", "C") == [hidden, None]
    assert sent([*one, {"sectionId": "s:B", "availability": later}], "C") == [None]
    assert sent([*one, {"sectionId": "s:B"}], "A", "C") == [hidden, None]


def test_a_section_that_nobody_knows_keeps_its_availability() -> None:
    """It is others', and what was adopted goes back to them."""

    class Unknown(Prefixed):
        def section(self, echo_id: str) -> str:
            return f"echo360:{echo_id}"

        def section_id(self, section: str) -> str | None:
            return None

    hidden = {"availability": "Unavailable"}
    answer = row(sections=[{"sectionId": "u-1", "availability": hidden}])
    standing = standings(answer, Unknown(), lambda _: True, TODAY)[0]
    back = booking(content=standing.content)
    sent = json.loads(body_of_change(back, standing, "High", Unknown()))
    assert sent["sections"] == [{"sectionId": "u-1", "availability": hidden}]


def test_quality_is_ours_only_when_none_was_read() -> None:
    without = standings(row(captureQuality=None), Prefixed(), lambda _: True, TODAY)[0]
    assert json.loads(body_of_change(booking(), without, "Medium", Prefixed()))["captureQuality"] == "Medium"


def test_audio_only_has_no_inputs_and_nobody_no_presenter() -> None:
    body = json.loads(body_of_new(booking(inputs=(), presenter=None), "High"))
    assert {"input1", "input2", "presenter"}.isdisjoint(body)


def test_rooms_and_sections_without_external_id_go_by_echo360s_own() -> None:
    body = json.loads(body_of_new(booking(room="echo360:r-9", sections=("echo360:s-9",)), "High"))
    assert body["venue"] == {"roomId": "r-9"}
    assert body["sections"] == [{"sectionId": "s-9"}]


@pytest.mark.parametrize(
    ("start", "end", "shows"),
    [
        ("09:00", "10:00", "09:00-10:00"),
        ("09:00:00", "10:30:59", "09:00-10:30"),
        ("9:05", "10:00", "09:05-10:00"),
        ("22:00", "00:00", "22:00-24:00"),
        ("23:00", "01:00", "23:00-24:00"),
    ],
)
def test_times_are_minutes_of_the_day(start: str, end: str, shows: str) -> None:
    (standing,) = standings(row(startTime=start, endTime=end), Prefixed(), lambda _: True, TODAY)
    assert str(standing.time) == shows


@pytest.mark.parametrize(
    "time",
    [
        "",
        "9",
        "24:01",
        "12:60",
        "-1:00",
        "aa:bb",
        "\u0660\u0669:\u0660\u0660",
        "09.00",
        "1e1:00",
        " 9:00",
        "009:00",
    ],
)
def test_a_time_that_is_none_is_unreadable(time: str) -> None:
    with pytest.raises(Unreadable, match="e-1"):
        standings(row(startTime=time), Prefixed(), lambda _: True, TODAY)


def test_a_person_without_address_is_shown_by_id() -> None:
    (standing,) = standings(row(presenter={"userId": "u-1"}), Prefixed(), lambda _: True, TODAY)
    assert standing.content.presenter == "echo360:u-1"
    (nobody,) = standings(row(presenter={}), Prefixed(), lambda _: True, TODAY)
    assert nobody.content.presenter is None
