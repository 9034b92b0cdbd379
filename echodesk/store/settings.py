"""The settings in the table SETTING: names, defaults, what they accept, and the rules they make.

Settings that shape the projection live in the database, so that every workstation plans alike; files hold only
the connection and the window (decisions: Processes).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from echodesk.errors import WrongUse
from echodesk.planning.answers import least_lead
from echodesk.planning.batches import Timer
from echodesk.planning.decisions import WEEKDAYS
from echodesk.planning.external_id import DEFAULT_TEMPLATE
from echodesk.planning.values import Rules, Strategy
from echodesk.settings import SettingShown, SettingsShown
from echodesk.store import setting_values as values
from echodesk.timetable.wording import SECTION_FIELDS, TITLE_FIELDS

LATE_S = 60.0
"""L: the longest time a request can still take effect after the client gave up on it (reliability §2)."""

IN_ROOM = "@"
"""Between a setting and the room that has its own value, in the NAME under which it is stored."""


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
    per_room: bool = False
    """True if a room may have another value than all the others."""
    days: bool = False
    """True if the value is days of the week, 1 for Monday to 7 for Sunday."""


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
            check=values.strategy,
            help="Who is recorded when lessons overlap in one room.",
            per_room=True,
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
            check=values.switch,
            help="Same room, date, times and lecturer: one recording for all modules.",
            choices=_ON_OFF,
        ),
        Setting(
            name="together_unknown",
            title="Also where a lecturer is unknown",
            group=_RECORDED,
            default="off",
            check=values.switch,
            help="A lecturer unknown on one side counts as the same.",
            choices=_ON_OFF,
        ),
        Setting(
            name="lead",
            title="Lead time",
            group=_RECORDED,
            default="5",
            check=values.whole(0, 720),
            help="Minutes before the start after which nothing is made or changed; late_s can make it more.",
            unit="minutes",
        ),
        Setting(
            name="turnaround",
            title="Time between two recordings",
            group=_RECORDED,
            default="0",
            check=values.whole(0, 120),
            help="Minutes that must lie between two recordings of a room.",
            unit="minutes",
            per_room=True,
        ),
        Setting(
            name="max_minutes",
            title="Longest recording",
            group=_RECORDED,
            default="480",
            check=values.whole(10, 1_440),
            help="The longest recording that a recorder can make.",
            unit="minutes",
        ),
        Setting(
            name="first_weekday",
            title="First day of a week",
            group=_CALENDAR,
            default="1",
            check=values.whole(1, 7),
            help="The day on which a week of the timetable begins.",
            choices=tuple((str(number), day) for number, day in enumerate(WEEKDAYS, 1)),
        ),
        Setting(
            name="seniority_by_datechanged",
            title="First and last by DATECHANGED",
            group=_RECORDED,
            default="off",
            check=values.switch,
            help="First and last are decided by DATECHANGED alone.",
            choices=_ON_OFF,
        ),
        Setting(
            name="external_id",
            title="External id of a lesson's week",
            group=_NAMES,
            default=DEFAULT_TEMPLATE,
            check=values.template,
            help="How a lesson's week is named in Echo360.",
        ),
        Setting(
            name="title",
            title="Name of a recording",
            group=_NAMES,
            default="{module} {group} {module name}",
            check=values.words(TITLE_FIELDS),
            help="The name of a recording.",
        ),
        Setting(
            name="section",
            title="External id of a section",
            group=_NAMES,
            default="{moduleid}_{grpcode}",
            check=values.words(SECTION_FIELDS),
            help="The external id of a section.",
        ),
        Setting(
            name="zone",
            title="Time zone of the campus",
            group=_CALENDAR,
            default="Europe/London",
            check=values.zone,
            help="The time zone of the campus.",
        ),
        Setting(
            name="late_s",
            title="An unanswered request is over after",
            group=_CALLS,
            default=str(LATE_S),
            check=values.seconds,
            help="Seconds after which an unanswered request is over.",
            unit="seconds",
            shapes=False,
        ),
        Setting(
            name="compare_at",
            title="Compare everything at",
            group=_COMPARISON,
            default="off",
            check=values.clock,
            help="When everything is compared with Echo360, in campus time as 02:30; or off.",
            shapes=False,
        ),
        Setting(
            name="compare_days",
            title="On these days",
            group=_COMPARISON,
            default="1234567",
            check=values.days,
            help="On which days that is: 1 for Monday to 7 for Sunday.",
            shapes=False,
            days=True,
        ),
        Setting(
            name="compare_sends",
            title="Repair what it finds",
            group=_COMPARISON,
            default="on",
            check=values.switch,
            help="Repair what it finds, where no safety stop holds it.",
            choices=_ON_OFF,
            shapes=False,
        ),
        Setting(
            name="calls_per_minute",
            title="Call limit",
            group=_CALLS,
            default="120",
            check=values.whole(0, 100_000),
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
                value=value,
                default=default,
                help=one.help,
                unit=one.unit,
                choices=one.choices,
                shapes=one.shapes,
                per_room=one.per_room,
                days=one.days,
                room=room,
            )
            for group in groups
            for one in SETTINGS.values()
            if one.group == group
            for room, value, default in (
                ("", value_of(stored, one.name), one.default),
                *((room, value, value_of(stored, one.name)) for room, value in in_rooms(stored, one.name)),
            )
        )
    )


def value_of(stored: Mapping[str, str], name: str) -> str:
    """What a setting is: as stored, or its default."""
    return stored.get(name, SETTINGS[name].default)


def key_of(name: str, room: str = "") -> str:
    """The NAME under which a setting is stored; that of one room is apart from that of all."""
    return f"{name}{IN_ROOM}{room}" if room else name


def in_rooms(stored: Mapping[str, str], name: str) -> tuple[tuple[str, str], ...]:
    """(room, value) of the rooms that have their own, by room."""
    start = f"{name}{IN_ROOM}"
    return tuple(sorted((key[len(start) :], value) for key, value in stored.items() if key.startswith(start)))


def checked(name: str, value: str, room: str = "") -> str:
    """The value, if it may be stored; '' is right for a room. Raises `WrongUse` saying what is accepted."""
    if name not in SETTINGS:
        raise WrongUse(
            "There is no such setting",
            f"{name!r} is not known.",
            f"The settings are: {', '.join(sorted(SETTINGS))}.",
        )
    if room and not SETTINGS[name].per_room:
        raise WrongUse(
            "This setting is the same in all rooms",
            f"{name} cannot be another in {room}.",
            f"Settings of a room are: {', '.join(one.name for one in SETTINGS.values() if one.per_room)}.",
        )
    if room and not value:
        return value
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
        values.clock(value_of(stored, "compare_at")),
        values.days(value_of(stored, "compare_days")),
        values.switch(value_of(stored, "compare_sends")),
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
        strategy_of_room=tuple((room, Strategy(value)) for room, value in in_rooms(stored, "strategy")),
        turnaround_of_room=tuple((room, int(value)) for room, value in in_rooms(stored, "turnaround")),
    )
