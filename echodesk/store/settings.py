"""The settings in the table SETTING: names, defaults, what they accept, and the rules they make.

Settings that shape the projection live in the database, so that every workstation plans alike; files hold only
the connection and the window (decisions: Processes).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from echodesk.errors import WrongUse
from echodesk.planning.answers import least_lead
from echodesk.planning.batches import Timer
from echodesk.planning.external_id import DEFAULT_TEMPLATE, ExternalIdFault, Template
from echodesk.planning.values import Rules, Strategy
from echodesk.timetable.wording import SECTION_FIELDS, TITLE_FIELDS
from echodesk.timetable.wording import Template as Words

LATE_S = 60.0
"""L: the longest time a request can still take effect after the client gave up on it (reliability §2)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its default as text, how it is read, and a sentence of help."""

    name: str
    default: str
    check: Callable[[str], object]
    help: str
    shapes: bool = True
    """True if a change makes every room-day dirty."""


def _strategy(value: str) -> Strategy:
    try:
        return Strategy(value)
    except ValueError as error:
        raise ValueError(f"one of {', '.join(Strategy)}") from error


def _switch(value: str) -> bool:
    if value not in ("on", "off"):
        raise ValueError("on or off")
    return value == "on"


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        number = int(value)
        if not low <= number <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return number

    return read


def _seconds(value: str) -> float:
    number = float(value)
    if not 0.1 <= number <= 3_600:
        raise ValueError("seconds from 0.1 to 3600")
    return number


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("the name of a time zone such as Europe/London") from error
    return value


def _template(value: str) -> str:
    try:
        Template.parse(value)
    except ExternalIdFault as error:
        raise ValueError(str(error)) from error
    return value


def _words(fields: tuple[str, ...]) -> Callable[[str], str]:
    def read(value: str) -> str:
        try:
            Words.of(value, fields)
        except WrongUse as error:
            raise ValueError(f"a text with some of {', '.join('{' + field + '}' for field in fields)}") from error
        return value

    return read


def _clock(value: str) -> int | None:
    if value == "off":
        return None
    hours, colon, minutes = value.partition(":")
    if not (colon and len(value) == 5 and hours.isdecimal() and minutes.isdecimal()):
        raise ValueError("a time of the campus as 02:30, or off")
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError("a time of the day as 02:30, or off")
    return int(hours) * 60 + int(minutes)


def _days(value: str) -> frozenset[int]:
    found = [int(one) for one in value if one in "1234567"]
    if not value or len(found) != len(value) or len(set(found)) != len(found):
        raise ValueError("days of the week as 12345: 1 for Monday to 7 for Sunday, each once")
    return frozenset(found)


SETTINGS = {
    one.name: one
    for one in (
        Setting("strategy", "first_wins", _strategy, "Who is recorded when lessons overlap in one room."),
        Setting("together", "on", _switch, "Same room, date, times and lecturer: one recording for all modules."),
        Setting("together_unknown", "off", _switch, "A lecturer unknown on one side counts as the same."),
        Setting(
            "lead",
            "5",
            _whole(0, 720),
            "Minutes before the start after which nothing is made or changed; late_s can make it more.",
        ),
        Setting("turnaround", "0", _whole(0, 120), "Minutes that must lie between two recordings of a room."),
        Setting("max_minutes", "480", _whole(10, 1_440), "The longest recording that a recorder can make."),
        Setting("first_weekday", "1", _whole(1, 7), "The weekday number of the first day of a week."),
        Setting("seniority_by_datechanged", "off", _switch, "First and last are decided by DATECHANGED alone."),
        Setting("external_id", DEFAULT_TEMPLATE, _template, "How a lesson's week is named in Echo360."),
        Setting("title", "{module} {group} {module name}", _words(TITLE_FIELDS), "The name of a recording."),
        Setting("section", "{moduleid}_{grpcode}", _words(SECTION_FIELDS), "The external id of a section."),
        Setting("zone", "Europe/London", _zone, "The time zone of the campus."),
        Setting("late_s", str(LATE_S), _seconds, "Seconds after which an unanswered request is over.", False),
        Setting("compare_at", "off", _clock, "When everything is compared with Echo360, as 02:30; or off.", False),
        Setting("compare_days", "1234567", _days, "On which days that is: 1 for Monday to 7 for Sunday.", False),
        Setting("compare_sends", "on", _switch, "Repair what it finds, where no safety stop holds it.", False),
        Setting("calls_per_minute", "120", _whole(0, 100_000), "Echo360's call limit; 0 lifts it.", False),
    )
}


def value_of(stored: Mapping[str, str], name: str) -> str:
    """What a setting is: as stored, or its default."""
    return stored.get(name, SETTINGS[name].default)


def checked(name: str, value: str) -> str:
    """The value, if it may be stored. Raises `WrongUse` saying what is accepted."""
    if name not in SETTINGS:
        raise WrongUse(
            "There is no such setting",
            f"{name!r} is not known.",
            f"The settings are: {', '.join(sorted(SETTINGS))}.",
        )
    try:
        SETTINGS[name].check(value)
    except ValueError as error:
        raise WrongUse(
            "This value cannot be used", f"{name} = {value!r}: {error}.", SETTINGS[name].help
        ) from error
    return value


def timer_from(stored: Mapping[str, str]) -> Timer:
    """When everything is compared without anybody asking."""
    return Timer(
        _clock(value_of(stored, "compare_at")),
        _days(value_of(stored, "compare_days")),
        _switch(value_of(stored, "compare_sends")),
    )


def rules_from(stored: Mapping[str, str]) -> Rules:
    """The rules of planning that these settings make."""
    late_s = math.ceil(float(value_of(stored, "late_s")))
    return Rules(
        strategy=Strategy(value_of(stored, "strategy")),
        together=value_of(stored, "together") == "on",
        together_unknown=value_of(stored, "together_unknown") == "on",
        lead=max(int(value_of(stored, "lead")), least_lead(late_s)),
        turnaround=int(value_of(stored, "turnaround")),
        late_s=late_s,
    )
