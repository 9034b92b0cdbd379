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
from echodesk.planning.decisions import WEEKDAYS
from echodesk.planning.external_id import DEFAULT_TEMPLATE, ExternalIdFault, Template
from echodesk.planning.values import Rules, Strategy
from echodesk.settings import SettingShown, SettingsShown
from echodesk.timetable.wording import SECTION_FIELDS, TITLE_FIELDS
from echodesk.timetable.wording import Template as Words

LATE_S = 60.0
"""L: the longest time a request can still take effect after the client gave up on it (reliability §2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting: its default as text, how it is read, and what people are told of it."""

    name: str
    title: str
    group: str
    default: str
    check: Callable[[str], object]
    """Raises `ValueError` with what is accepted instead."""
    help: str
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """(value, words) of all that are accepted; empty where a text or a number is."""
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
    accepted = f"a whole number from {low} to {high}"

    def read(value: str) -> int:
        try:
            number = int(value)
        except ValueError as error:
            raise ValueError(accepted) from error
        if not low <= number <= high:
            raise ValueError(accepted)
        return number

    return read


def _seconds(value: str) -> float:
    accepted = "seconds from 0.1 to 3600"
    try:
        number = float(value)
    except ValueError as error:
        raise ValueError(accepted) from error
    if not 0.1 <= number <= 3_600:
        raise ValueError(accepted)
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


_ON_OFF = (("on", "On"), ("off", "Off"))
_RECORDED, _NAMES, _CALENDAR = "What is recorded", "Names in Echo360", "Calendar"
_COMPARISON, _CALLS = "Comparison", "Calls to Echo360"

SETTINGS = {
    one.name: one
    for one in (
        Setting(
            name="strategy",
            title="When lessons overlap",
            group=_RECORDED,
            default="first_wins",
            check=_strategy,
            help="Who is recorded when lessons overlap in one room.",
            choices=(
                ("first_wins", "Keep who was there first"),
                ("last_wins", "Take the latest change"),
                ("ignore", "Record neither"),
                ("most_recorded", "Record as many as possible"),
            ),
        ),
        Setting(
            name="together",
            title="One lecture under several modules",
            group=_RECORDED,
            default="on",
            check=_switch,
            help="Same room, date, times and lecturer: one recording for all modules.",
            choices=_ON_OFF,
        ),
        Setting(
            name="together_unknown",
            title="Also where a lecturer is unknown",
            group=_RECORDED,
            default="off",
            check=_switch,
            help="A lecturer unknown on one side counts as the same.",
            choices=_ON_OFF,
        ),
        Setting(
            name="lead",
            title="Lead time",
            group=_RECORDED,
            default="5",
            check=_whole(0, 720),
            help="Minutes before the start after which nothing is made or changed; late_s can make it more.",
            unit="minutes",
        ),
        Setting(
            name="turnaround",
            title="Time between two recordings",
            group=_RECORDED,
            default="0",
            check=_whole(0, 120),
            help="Minutes that must lie between two recordings of a room.",
            unit="minutes",
        ),
        Setting(
            name="max_minutes",
            title="Longest recording",
            group=_RECORDED,
            default="480",
            check=_whole(10, 1_440),
            help="The longest recording that a recorder can make.",
            unit="minutes",
        ),
        Setting(
            name="first_weekday",
            title="First day of a week",
            group=_CALENDAR,
            default="1",
            check=_whole(1, 7),
            help="The day on which a week of the timetable begins.",
            choices=tuple((str(number), day) for number, day in enumerate(WEEKDAYS, 1)),
        ),
        Setting(
            name="seniority_by_datechanged",
            title="First and last by DATECHANGED",
            group=_RECORDED,
            default="off",
            check=_switch,
            help="First and last are decided by DATECHANGED alone.",
            choices=_ON_OFF,
        ),
        Setting(
            name="external_id",
            title="External id of a lesson's week",
            group=_NAMES,
            default=DEFAULT_TEMPLATE,
            check=_template,
            help="How a lesson's week is named in Echo360.",
        ),
        Setting(
            name="title",
            title="Name of a recording",
            group=_NAMES,
            default="{module} {group} {module name}",
            check=_words(TITLE_FIELDS),
            help="The name of a recording.",
        ),
        Setting(
            name="section",
            title="External id of a section",
            group=_NAMES,
            default="{moduleid}_{grpcode}",
            check=_words(SECTION_FIELDS),
            help="The external id of a section.",
        ),
        Setting(
            name="zone",
            title="Time zone of the campus",
            group=_CALENDAR,
            default="Europe/London",
            check=_zone,
            help="The time zone of the campus.",
        ),
        Setting(
            name="late_s",
            title="An unanswered request is over after",
            group=_CALLS,
            default=str(LATE_S),
            check=_seconds,
            help="Seconds after which an unanswered request is over.",
            unit="seconds",
            shapes=False,
        ),
        Setting(
            name="compare_at",
            title="Compare everything at",
            group=_COMPARISON,
            default="off",
            check=_clock,
            help="When everything is compared with Echo360, in campus time as 02:30; or off.",
            shapes=False,
        ),
        Setting(
            name="compare_days",
            title="On these days",
            group=_COMPARISON,
            default="1234567",
            check=_days,
            help="On which days that is: 1 for Monday to 7 for Sunday.",
            shapes=False,
        ),
        Setting(
            name="compare_sends",
            title="Repair what it finds",
            group=_COMPARISON,
            default="on",
            check=_switch,
            help="Repair what it finds, where no safety stop holds it.",
            choices=_ON_OFF,
            shapes=False,
        ),
        Setting(
            name="calls_per_minute",
            title="Call limit",
            group=_CALLS,
            default="120",
            check=_whole(0, 100_000),
            help="Echo360's call limit; 0 lifts it.",
            unit="calls a minute",
            shapes=False,
        ),
    )
}


def shown(stored: Mapping[str, str]) -> SettingsShown:
    """Every setting as people see it, group by group."""
    groups = dict.fromkeys(one.group for one in SETTINGS.values())
    return SettingsShown(
        tuple(
            SettingShown(
                name=one.name,
                title=one.title,
                group=one.group,
                value=value_of(stored, one.name),
                default=one.default,
                help=one.help,
                unit=one.unit,
                choices=one.choices,
                shapes=one.shapes,
            )
            for group in groups
            for one in SETTINGS.values()
            if one.group == group
        )
    )


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
            "This value cannot be used", f"{value!r} is nothing that {name} can be.", f"Give {error}."
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
