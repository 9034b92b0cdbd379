"""What an occurrence says, and what can never be recorded (design §4.4, §4.14)."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from echodesk.errors import WrongUse
from echodesk.planning.values import Content, Interval, Occurrence, Reason, RoomDay, Unfit
from echodesk.timetable.eligibility import LessonFacts
from echodesk.timetable.occurrences import Fitting, ReadingSettings, changed_stamp, zone_named
from tests.timetable.test_eligibility import GOOD

DATE = dt.date(2023, 9, 18)
LONDON = zone_named("Europe/London")


def one(
    facts: LessonFacts, settings: ReadingSettings | None = None, missing: tuple[str, ...] = ()
) -> Occurrence | Unfit:
    (made,) = Fitting(settings or ReadingSettings(), missing).occurrences(facts, [(1, DATE)])
    return made


def fit(facts: LessonFacts, settings: ReadingSettings | None = None, missing: tuple[str, ...] = ()) -> Occurrence:
    made = one(facts, settings, missing)
    assert isinstance(made, Occurrence)
    return made


def with_(**changes: object) -> LessonFacts:
    return dataclasses.replace(GOOD, **changes)  # type: ignore[arg-type]  # any field may be given


def test_a_lesson_in_one_week() -> None:
    facts = with_(
        module_name="Logic",
        email="Ann.LEE@Example.ac.uk",
        lecturer="P1",
        asked="VIDEOREC",
        since="2023-01-01T00:00:00.000Z",
    )
    assert one(facts) == Occurrence(
        external_id="1-1-2023-24",
        setid="2023/24",
        slotid=1,
        week=1,
        place=RoomDay("R1", DATE),
        time=Interval(540, 600),
        content=Content("COMP101 LC01 Logic", ("COMP101_LC01",), "ann.lee@example.ac.uk", ("display", "video")),
        lecturer="P1",
        since="2023-01-01T00:00:00.000Z",
        room_recording="video",
        asked_recording="video",
        presenter_missing=False,
        weekday=facts.weekday or 0,
    )


@pytest.mark.parametrize(
    ("asked", "offered", "inputs", "room", "wanted"),
    [
        ("VIDEOREC", "VIDEOREC", ("display", "video"), "video", "video"),
        ("VIDEOREC", "AUDIOREC", (), "audio", "video"),
        ("AUDIOREC", "VIDEOREC", (), "video", "audio"),
        ("AUDIOREC", "AUDIOREC", (), "audio", "audio"),
    ],
)
def test_what_is_captured(asked: str, offered: str, inputs: tuple[str, ...], room: str, wanted: str) -> None:
    made = fit(with_(asked=asked, offered=offered))
    assert (made.content.inputs, made.room_recording, made.asked_recording) == (inputs, room, wanted)


def test_a_presenter_whom_the_target_does_not_know_is_left_out_and_said() -> None:
    made = fit(with_(email="Ann.Lee@example.ac.uk"), missing=("ann.lee@example.ac.uk",))
    assert (made.content.presenter, made.presenter_missing) == (None, True)


def test_a_lesson_without_lecturer_misses_nobody() -> None:
    made = fit(with_(email=None), missing=("ann.lee@example.ac.uk",))
    assert (made.content.presenter, made.presenter_missing) == (None, False)


def test_templates_of_title_section_and_id() -> None:
    settings = ReadingSettings(
        title="{module name}: {group}",
        section="{setid}/{moduleid}.{grpcode}",
        external_id="e{week}_{slotid}_{setid}",
    )
    made = fit(with_(module_name="Logic"), settings)
    assert made.content.title == "Logic: LC01"
    assert made.content.sections == ("2023/24/COMP101.LC01",)
    assert made.external_id == "e1_1_2023-24"


def test_a_module_without_name_leaves_no_gap_in_the_title() -> None:
    assert fit(with_(module_name="")).content.title == "COMP101 LC01"


@pytest.mark.parametrize(
    "settings",
    [
        ReadingSettings(title="{lecturer}"),
        ReadingSettings(title="always the same"),
        ReadingSettings(section="{module}"),
        ReadingSettings(external_id="{slotid}{week}{setid}"),
        ReadingSettings(zone="Atlantis/Capital"),
        ReadingSettings(zone="../etc/passwd"),
    ],
    ids=["unknown field", "no field", "section's field", "external id", "zone", "zone that is a path"],
)
def test_settings_that_cannot_be_used_say_so(settings: ReadingSettings) -> None:
    with pytest.raises(WrongUse) as raised:
        Fitting(settings, ())
    assert raised.value.next_step


@pytest.mark.parametrize(
    "time", [None, "9:00", "0900", "24:00", "09:60", "09.00", "09:00:00", "noon", "-1:00", "\u0660\u0669:00"]
)
def test_a_time_that_cannot_be_read(time: str | None) -> None:
    for facts in (with_(start=time), with_(finish=time)):
        made = one(facts)
        assert isinstance(made, Unfit)
        assert made.reason == Reason.UNREADABLE
        assert made.place == RoomDay("R1", DATE)
        assert (time or "(empty)") in made.detail
        assert made.time == (f"{facts.start}-{facts.finish}" if time else (facts.start or facts.finish))


@pytest.mark.parametrize("finish", ["09:00", "08:59", "00:00"])
def test_a_finish_that_is_not_after_the_start(finish: str) -> None:
    made = one(with_(finish=finish))
    assert isinstance(made, Unfit)
    assert (made.reason, made.detail) == (Reason.UNREADABLE, f"finish {finish} is not after start 09:00")


def test_first_and_last_minute_of_the_day() -> None:
    assert fit(with_(start="00:00", finish="00:01")).time == Interval(0, 1)
    assert fit(with_(start="23:58", finish="23:59")).time == Interval(1438, 1439)


def test_a_lesson_as_long_as_the_limit_is_recorded_and_a_minute_more_is_not() -> None:
    assert fit(with_(finish="17:00")).time == Interval(540, 1020)
    made = one(with_(finish="17:01"))
    assert isinstance(made, Unfit)
    assert made.reason == Reason.TOO_LONG
    assert "481" in made.detail
    assert (made.time, made.title) == ("09:00-17:01", fit(with_()).content.title)


def test_a_longer_lesson_is_cut_where_the_office_wants_it() -> None:
    assert fit(with_(finish="20:00"), ReadingSettings(cut_too_long=True)).time == Interval(540, 1020)
    assert fit(with_(finish="10:00"), ReadingSettings(max_minutes=45, cut_too_long=True)).time == Interval(
        540, 585
    )


def test_a_lesson_that_is_there_twice_is_not_recorded() -> None:
    made = one(with_(doubled=True))
    assert isinstance(made, Unfit)
    assert made.reason == Reason.UNREADABLE


def test_the_fitting_refuses_a_lesson_without_room() -> None:
    with pytest.raises(ValueError, match="no room"):
        one(with_(room=None))


# ---- seniority ----


@pytest.mark.parametrize(
    ("changed", "stamp"),
    [
        ("202301151230", "2023-01-15T12:30:00.000Z"),
        ("202307151230", "2023-07-15T11:30:00.000Z"),
        ("202310290130", "2023-10-29T00:30:00.000Z"),
        ("202303260130", "2023-03-26T01:30:00.000Z"),
    ],
    ids=["winter", "summer", "hour that exists twice", "hour that does not exist"],
)
def test_datechanged_becomes_a_utc_stamp(changed: str, stamp: str) -> None:
    assert changed_stamp(changed, LONDON) == stamp


@pytest.mark.parametrize(
    "changed",
    [
        None,
        "",
        "2023",
        "20230115",
        "15/01/2023 12",
        "202313011200",
        "202302301200",
        "202301012460",
        "20230115 1230",
        "000001010000",
        "\u0662\u0660\u0662\u0663\u0660\u0661\u0661\u0665\u0661\u0662\u0663\u0660",
        "2023011512300",
    ],
)
def test_a_datechanged_that_cannot_be_read_is_oldest(changed: str | None) -> None:
    assert fit(with_(date_changed=changed)).since == ""


def test_seniority_is_what_echodesk_noted_then_datechanged() -> None:
    noted = "2023-03-01T10:00:00.123Z"
    both = with_(since=noted, date_changed="202301151230")
    assert fit(both).since == noted
    assert fit(with_(date_changed="202301151230")).since == "2023-01-15T12:30:00.000Z"
    assert fit(both, ReadingSettings(seniority_by_datechanged=True)).since == "2023-01-15T12:30:00.000Z"


def test_both_kinds_of_stamp_sort_in_one_order() -> None:
    by_change = changed_stamp("202303011000", LONDON) or ""
    assert sorted(["2023-03-01T10:00:00.123Z", by_change, "2023-02-28T23:59:59.999Z", ""]) == [
        "",
        "2023-02-28T23:59:59.999Z",
        by_change,
        "2023-03-01T10:00:00.123Z",
    ]
