"""How the values of settings are read. Each raises `ValueError` with what is accepted instead."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from echodesk.errors import WrongUse
from echodesk.planning.external_id import ExternalIdFault, Template
from echodesk.planning.values import Strategy
from echodesk.timetable.wording import Template as Words


def strategy(value: str) -> Strategy:
    """Who wins where lessons overlap."""
    try:
        return Strategy(value)
    except ValueError as error:
        raise ValueError(f"one of {', '.join(Strategy)}") from error


def switch(value: str) -> bool:
    """True for on."""
    if value not in ("on", "off"):
        raise ValueError("on or off")
    return value == "on"


def whole(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number between these two."""
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


def seconds(value: str) -> float:
    """Seconds, with or without a fraction."""
    accepted = "seconds from 0.1 to 3600"
    try:
        number = float(value)
    except ValueError as error:
        raise ValueError(accepted) from error
    if not 0.1 <= number <= 3_600:
        raise ValueError(accepted)
    return number


def zone(value: str) -> str:
    """The name of a time zone that this machine knows."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("the name of a time zone such as Europe/London") from error
    return value


def template(value: str) -> str:
    """The pattern of external ids."""
    try:
        Template.parse(value)
    except ExternalIdFault as error:
        raise ValueError(str(error)) from error
    return value


def words(fields: tuple[str, ...]) -> Callable[[str], str]:
    """Reads a text with some of these fields."""

    def read(value: str) -> str:
        try:
            Words.of(value, fields)
        except WrongUse as error:
            raise ValueError(f"a text with some of {', '.join('{' + field + '}' for field in fields)}") from error
        return value

    return read


def clock(value: str) -> int | None:
    """Minutes since midnight, None for never."""
    if value == "off":
        return None
    hours, colon, minutes = value.partition(":")
    if not (colon and len(value) == 5 and hours.isdecimal() and minutes.isdecimal()):
        raise ValueError("a time of the campus as 02:30, or off")
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError("a time of the day as 02:30, or off")
    return int(hours) * 60 + int(minutes)


def days(value: str) -> frozenset[int]:
    """Days of the week, 1 for Monday to 7 for Sunday."""
    found = [int(one) for one in value if one in "1234567"]
    if not value or len(found) != len(value) or len(set(found)) != len(found):
        raise ValueError("days of the week as 12345: 1 for Monday to 7 for Sunday, each once")
    return frozenset(found)
