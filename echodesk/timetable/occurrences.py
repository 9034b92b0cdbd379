"""From a lesson and a week to an occurrence that can be booked, or to why it never can (design §4.4, §4.14)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from echodesk.errors import WrongUse
from echodesk.planning.external_id import DEFAULT_TEMPLATE, ExternalIdFault
from echodesk.planning.external_id import Template as ExternalIdTemplate
from echodesk.planning.values import Content, Interval, Occurrence, Reason, RoomDay, Unfit
from echodesk.timetable.eligibility import VIDEO, LessonFacts
from echodesk.timetable.wording import SECTION_FIELDS, TITLE_FIELDS, Template

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_CHANGED = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """What the office chose about reading lessons. Lengths in minutes.

    Capture margins are no part of it: overlap is judged on the lesson, so an occurrence has the lesson's own times
    (design §4.4).
    """

    external_id: str = DEFAULT_TEMPLATE
    title: str = "{module} {group} {module name}"
    section: str = "{moduleid}_{grpcode}"
    first_weekday: int = 1
    """WEEKDAY of the day that WEEKSTRUCTURE.STARTDATE names."""
    max_minutes: int = 480
    cut_too_long: bool = False
    """Record the first `max_minutes` of a longer lesson instead of leaving it out."""
    seniority_by_datechanged: bool = False
    zone: str = "Europe/London"
    """The campus's zone, in which CMIS writes DATECHANGED."""


@dataclass(frozen=True, slots=True)
class NoTimes:
    """Why a lesson cannot be recorded at any time."""

    reason: Reason
    detail: str


class Fitting:
    """Makes occurrences by one set of settings and one list of people whom the target does not know.

    Raises `WrongUse` when made with a template or a zone that cannot be used.
    """

    def __init__(self, settings: ReadingSettings, missing_people: Collection[str]) -> None:
        self.settings = settings
        try:
            self.external_id = ExternalIdTemplate.parse(settings.external_id)
        except ExternalIdFault as fault:
            raise WrongUse(
                "Template of external ids cannot be used",
                f"{str(fault)[0].upper()}{str(fault)[1:]}.",
                f"Choose another, for example {DEFAULT_TEMPLATE}",
            ) from fault
        self._title = Template.of(settings.title, TITLE_FIELDS)
        self._section = Template.of(settings.section, SECTION_FIELDS)
        self._zone = zone_named(settings.zone)
        self._missing_people = frozenset(missing_people)

    def occurrences(
        self, facts: LessonFacts, dated_weeks: Collection[tuple[int, dt.date]]
    ) -> list[Occurrence | Unfit]:
        """One for each (week, date) of an eligible lesson, in the order given."""
        if facts.room is None:
            raise ValueError(f"lesson {facts.setid} {facts.slotid} has no room: it is not eligible")
        times = lesson_times(facts, self.settings)
        if isinstance(times, NoTimes):
            said = "-".join(one for one in (facts.start, facts.finish) if one)
            title = self._title_of(facts)
            return [
                Unfit(
                    self.external_id.format(facts.setid, facts.slotid, week),
                    facts.setid,
                    facts.slotid,
                    week,
                    RoomDay(facts.room, date),
                    times.reason,
                    times.detail,
                    said,
                    title,
                )
                for week, date in dated_weeks
            ]
        content, presenter_missing = self._content(facts)
        since = self.since(facts)
        offered = "video" if facts.offered == VIDEO else "audio"
        asked = "video" if facts.asked == VIDEO else "audio"
        return [
            Occurrence(
                self.external_id.format(facts.setid, facts.slotid, week),
                facts.setid,
                facts.slotid,
                week,
                RoomDay(facts.room, date),
                times,
                content,
                facts.lecturer,
                since,
                offered,
                asked,
                presenter_missing,
                facts.weekday or 0,
            )
            for week, date in dated_weeks
        ]

    def section_of(self, facts: LessonFacts) -> str:
        """The external id of the lesson's section."""
        return self._section.fill(
            {"moduleid": facts.module or "", "grpcode": facts.group or "", "setid": facts.setid}
        )

    def since(self, facts: LessonFacts) -> str:
        """Seniority as a UTC stamp that sorts; '' (oldest) if nobody can tell (decisions: "Who is first")."""
        if facts.since is not None and not self.settings.seniority_by_datechanged:
            return facts.since
        return changed_stamp(facts.date_changed, self._zone) or ""

    def _title_of(self, facts: LessonFacts) -> str:
        return self._title.fill(
            {"module": facts.module or "", "group": facts.group or "", "module name": facts.module_name or ""}
        )

    def _content(self, facts: LessonFacts) -> tuple[Content, bool]:
        presenter = facts.email.lower() if facts.email is not None else None
        missing = presenter is not None and presenter in self._missing_people
        both_video = facts.asked == VIDEO and facts.offered == VIDEO
        content = Content(
            title=self._title_of(facts),
            sections=(self.section_of(facts),),
            presenter=None if missing else presenter,
            inputs=("display", "video") if both_video else (),
        )
        return content, missing


def lesson_times(facts: LessonFacts, settings: ReadingSettings) -> Interval | NoTimes:
    """When the lesson can be recorded, or why it cannot."""
    start, finish = minute_of(facts.start), minute_of(facts.finish)
    if facts.doubled:
        return NoTimes(
            Reason.UNREADABLE, "the timetable holds this lesson twice, with and without spaces in SETID"
        )
    if start is None:
        return NoTimes(Reason.UNREADABLE, f"start time {_quoted(facts.start)} cannot be read")
    if finish is None:
        return NoTimes(Reason.UNREADABLE, f"finish time {_quoted(facts.finish)} cannot be read")
    if finish <= start:
        return NoTimes(Reason.UNREADABLE, f"finish {facts.finish} is not after start {facts.start}")
    if finish - start <= settings.max_minutes:
        return Interval(start, finish)
    if settings.cut_too_long:
        return Interval(start, start + settings.max_minutes)
    return NoTimes(
        Reason.TOO_LONG,
        f"{finish - start} minutes are longer than the recorder's limit of {settings.max_minutes}",
    )


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises `WrongUse` if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise WrongUse(
            "Unknown time zone", f'There is no zone "{name}".', "Name one like Europe/London."
        ) from fault


@lru_cache(maxsize=4096)
def changed_stamp(date_changed: str | None, zone: ZoneInfo) -> str | None:
    """DATECHANGED (`YYYYMMDDHHMM`, campus time) as a UTC stamp like the database's own, None if unreadable.

    An hour that exists twice counts as its first, one that does not exist as if the clock had not moved.
    """
    if date_changed is None or _CHANGED.fullmatch(date_changed) is None:
        return None
    year, month, day = int(date_changed[:4]), int(date_changed[4:6]), int(date_changed[6:8])
    try:
        local = dt.datetime(year, month, day, int(date_changed[8:10]), int(date_changed[10:]), tzinfo=zone)
        utc = local.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return utc.strftime("%Y-%m-%dT%H:%M:%S.000Z") if utc.year >= 1900 else None


def minute_of(time: str | None) -> int | None:
    """Minutes since midnight of a time of the timetable; None if it is none that can be read."""
    match = _TIME.fullmatch(time) if time is not None else None
    return None if match is None else int(match[1]) * 60 + int(match[2])


def _quoted(value: str | None) -> str:
    return "(empty)" if value is None else f'"{value}"'
