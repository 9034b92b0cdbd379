"""What the window asks about settings, and the answer; part of the contract of `messages`. And the profile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProfileKind(StrEnum):
    """What is at stake in a window."""

    PRODUCTION = "production"
    TEST = "test"
    DEMONSTRATION = "demonstration"
    """Made up; it reaches nothing but this machine."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What an office calls one of its data folders, and what is at stake there."""

    kind: ProfileKind
    name: str = ""


DEMONSTRATION = Profile(ProfileKind.DEMONSTRATION)


class Kept(StrEnum):
    """Where a setting is kept."""

    OFFICE = "office"
    """In the office's database: the same for every PC."""
    MACHINE = "machine"
    """On this PC."""


@dataclass(frozen=True, slots=True)
class ShowSettings:
    """All settings as they are now. Answered with a `SettingsShown`."""


@dataclass(frozen=True, slots=True)
class ChangeSetting:
    """Set one setting. What shapes the projection makes every room-day dirty (decisions: Processes)."""

    by: str
    name: str
    value: str
    """'' for a room: as in all the others."""
    room: str = ""
    """The only room that it is for, '' for all that have no value of their own."""


@dataclass(frozen=True, slots=True)
class SettingShown:
    """One setting: what it is called, what it is and could be."""

    name: str
    """Of its own; that of the command line, if it is kept in the office's database."""
    title: str
    group: str
    value: str
    default: str
    help: str
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """(value, words) of all that may be chosen; empty where a text or a number is typed."""
    kept: Kept = Kept.OFFICE
    shapes: bool = False
    """True if every room-day is planned again after a change."""
    fixed: bool = False
    """True if it can only be looked at here; the help says where it is changed."""
    per_room: bool = False
    """True if a room may have another value."""
    room: str = ""
    """The room that has this value of its own; the default is then that of all others."""
    days: bool = False
    """True if the value is days of the week, 1 for Monday to 7 for Sunday."""

    @property
    def key(self) -> tuple[str, str]:
        """(name, room), which no other setting has."""
        return self.name, self.room


@dataclass(frozen=True, slots=True)
class SettingsShown:
    """The answer to `ShowSettings`; those of a group stand together."""

    settings: tuple[SettingShown, ...]
