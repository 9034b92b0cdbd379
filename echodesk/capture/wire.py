"""The two forms of a schedule: Echo360's JSON and our `Booking` and `Standing` (API facts §5.2, design §4.14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from echodesk.capture.parsing import Row, Unreadable
from echodesk.planning.values import MINUTES_A_DAY, Booking, Content, Interval, RoomDay, Standing, clock_text

UNKNOWN = "echo360:"
"""Stands before Echo360's own id where a room or section has no external id that we know."""
MOST_DATES = 400
"""Of one recurring schedule: more than a year of every day."""

OWNED = frozenset(
    {
        "name",
        "startDate",
        "startTime",
        "endTime",
        "endDate",
        "daysOfWeek",
        "exclusionDates",
        "venue",
        "presenter",
        "sections",
        "input1",
        "input2",
        "externalId",
    }
)
GIVEN = frozenset({"id", "institutionId", "shouldAutoPublish", "createdAt", "updatedAt"})
"""What Echo360 sets itself; never sent."""
DAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}

_RECURS = "echodesk:recurs"
"""Marks what recurs in `Standing.rest` (`values.RECURS`)."""
_TRUTH: Mapping[str, object] = {"true": True, "false": False}
"""What an answer may say in words where it is asked whether something should be, and a request may not."""
_encode = msgspec.json.Encoder().encode


class Names(Protocol):
    """Which of our keys stands for which of Echo360's own ids."""

    def room(self, echo_id: str) -> str: ...

    def section(self, echo_id: str) -> str: ...

    def section_id(self, section: str) -> str | None: ...


def body_of_new(booking: Booking, quality: str) -> bytes:
    """The body of a POST."""
    body = _own_fields(booking)
    body["sections"] = [_section(section) for section in booking.content.sections]
    body["captureQuality"] = quality
    return _encode(body)


def body_of_change(booking: Booking, standing: Standing, quality: str, names: Names) -> bytes:
    """The body of a PUT, which replaces everything: what EchoDesk does not own goes back as it was last read. A
    section that comes in the place of others has their availability, where it was one and the same."""
    body = _own_fields(booking)
    rest: Row = msgspec.json.decode(standing.rest) if standing.rest else {}
    available: Row = rest.pop("sections", {})
    rest.pop(_RECURS, None)
    handed = _handed_on(booking, standing, available, names)
    sections = []
    for section in booking.content.sections:
        sent = _section(section)
        stood = section in standing.content.sections
        availability = available.get(_section_id(section, names), None if stood else handed)
        if availability is not None:
            sent["availability"] = availability
        sections.append(sent)
    body["sections"] = sections
    body["captureQuality"] = quality
    body.update(rest)
    return _encode(body)


def _handed_on(booking: Booking, standing: Standing, available: Row, names: Names) -> object:
    """The availability of a section that comes in the place of others: who may not see a recording yet may not see
    it after a change of module. None if those that leave had none, or not the same."""
    leaving = [section for section in standing.content.sections if section not in booking.content.sections]
    had = [available.get(_section_id(section, names)) for section in leaving]
    return had[0] if had and all(one == had[0] for one in had) else None


def standings(
    row: Row, names: Names, recognise: Callable[[str], bool], not_before: dt.date
) -> tuple[Standing, ...]:
    """What stands on each date of one schedule. Raises `Unreadable` naming the schedule and the member.

    A recurring schedule gives none for dates before `not_before`, and at most `MOST_DATES`.
    """
    try:
        return _standings(row, names, recognise, not_before)
    except Unreadable as problem:
        raise Unreadable(f"Schedule {row.get('id')!r}: {problem}") from problem


def venue_id(row: Row) -> str:
    """Echo360's own id of the schedule's room. Raises `Unreadable`."""
    return _text(_object(row, "venue"), "roomId")


def section_ids(row: Row) -> tuple[str, ...]:
    """Echo360's own ids of the schedule's sections. Raises `Unreadable`."""
    return tuple(_text(section, "sectionId") for section in _sections(row))


def _own_fields(booking: Booking) -> Row:
    content, room = booking.content, booking.place.room
    body: Row = {
        "name": content.title,
        "startDate": booking.place.date.isoformat(),
        "startTime": clock_text(booking.time.start),
        "endTime": clock_text(booking.time.end),
        "externalId": booking.external_id or None,
        "venue": {"roomId": room.removeprefix(UNKNOWN)} if room.startswith(UNKNOWN) else {"roomExternalId": room},
    }
    if content.presenter is not None:
        known = not content.presenter.startswith(UNKNOWN)
        body["presenter"] = (
            {"userEmail": content.presenter} if known else {"userId": content.presenter.removeprefix(UNKNOWN)}
        )
    for member, given in zip(("input1", "input2"), content.inputs, strict=False):
        body[member] = given
    return body


def _section(section: str) -> Row:
    if section.startswith(UNKNOWN):
        return {"sectionId": section.removeprefix(UNKNOWN)}
    return {"sectionExternalId": section}


def _section_id(section: str, names: Names) -> str:
    """Echo360's own id of a section, '' where it is not known."""
    if section.startswith(UNKNOWN):
        return section.removeprefix(UNKNOWN)
    return names.section_id(section) or ""


def _standings(
    row: Row, names: Names, recognise: Callable[[str], bool], not_before: dt.date
) -> tuple[Standing, ...]:
    echo_id = _text(row, "id")
    external_id = _text_or_none(row, "externalId")
    room = names.room(venue_id(row))
    time = _time(row)
    content = Content(
        title=_text_or_none(row, "name") or "",
        sections=tuple(sorted({names.section(section) for section in section_ids(row)})),
        presenter=_presenter(row),
        inputs=tuple(given.lower() for member in ("input1", "input2") if (given := _text_or_none(row, member))),
    )
    ours = external_id is not None and recognise(external_id)
    rest = _rest(row)
    return tuple(
        Standing(echo_id, external_id, ours, RoomDay(room, date), time, content, rest)
        for date in _dates(row, not_before)
    )


def _recurs(row: Row) -> bool:
    """On several dates, or made to be: what is left of a series is a series."""
    last = _text_or_none(row, "endDate")
    return bool(row.get("daysOfWeek")) and last is not None and last != _text(row, "startDate")


def _rest(row: Row) -> str:
    rest = {
        name: _TRUTH.get(value, value) if name.startswith("should") and isinstance(value, str) else value
        for name, value in row.items()
        if name not in OWNED and name not in GIVEN and value is not None
    }
    available = {
        _text(section, "sectionId"): section["availability"]
        for section in _sections(row)
        if section.get("availability") is not None
    }
    if available:
        rest["sections"] = available
    if _recurs(row):
        rest[_RECURS] = True
    return _encode(rest).decode("utf-8")


def _time(row: Row) -> Interval:
    start, end = _minute(_text(row, "startTime")), _minute(_text(row, "endTime"))
    # Nothing in the API expresses a second day (API facts §5.3): such a schedule holds the room until midnight.
    return Interval(start, end if end > start else MINUTES_A_DAY)


def _minute(text: str) -> int:
    hours, colon, rest = text.partition(":")
    minutes, _, _seconds = rest.partition(":")
    if colon and len(hours) in (1, 2) and len(minutes) == 2 and (hours + minutes).isdigit() and text.isascii():
        minute = int(hours) * 60 + int(minutes)
        if int(minutes) < 60 and minute <= MINUTES_A_DAY:
            return minute
    raise Unreadable(f"{text!r} is no time")


def _dates(row: Row, not_before: dt.date) -> Iterable[dt.date]:
    first = _date(_text(row, "startDate"))
    last_text = _text_or_none(row, "endDate")
    last = first if last_text is None else _date(last_text)
    days = row.get("daysOfWeek") or []
    if last <= first or not days:
        return (first,)
    weekdays = set()
    for day in _texts(days, "daysOfWeek"):
        if day.upper() not in DAYS:
            raise Unreadable(f"{day!r} is no day of the week")
        weekdays.add(DAYS[day.upper()])
    excluded = {_date(text) for text in _texts(row.get("exclusionDates") or [], "exclusionDates")}
    return _recurring(max(first, not_before), last, weekdays, excluded)


def _recurring(first: dt.date, last: dt.date, weekdays: set[int], excluded: set[dt.date]) -> Iterator[dt.date]:
    found = 0
    # Past the bound in days nothing more can be found within the bound in dates.
    for offset in range(min((last - first).days + 1, MOST_DATES * 7)):
        date = first + dt.timedelta(days=offset)
        if date.weekday() in weekdays and date not in excluded:
            yield date
            found += 1
            if found == MOST_DATES:
                return


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as problem:
        raise Unreadable(f"{text!r} is no date") from problem


def _presenter(row: Row) -> str | None:
    presenter = row.get("presenter")
    if presenter is None:
        return None
    if not isinstance(presenter, dict):
        raise Unreadable("'presenter' is no object")
    email = _text_or_none(presenter, "userEmail")
    if email:
        return email.lower()
    person = _text_or_none(presenter, "userId")
    return None if person is None else UNKNOWN + person


def _sections(row: Row) -> list[Row]:
    sections = row.get("sections")
    if sections is None:
        return []
    if not isinstance(sections, list) or not all(isinstance(section, dict) for section in sections):
        raise Unreadable("'sections' is no list of objects")
    return sections


def _object(row: Row, member: str) -> Row:
    value = row.get(member)
    if not isinstance(value, dict):
        raise Unreadable(f"'{member}' is missing")
    return value


def _text(row: Row, member: str) -> str:
    value = _text_or_none(row, member)
    if not value:
        raise Unreadable(f"'{member}' is missing")
    return value


def _text_or_none(row: Row, member: str) -> str | None:
    value: Any = row.get(member)
    if value is not None and not isinstance(value, str):
        raise Unreadable(f"'{member}' is {value!r}, not a text")
    return value


def _texts(values: object, member: str) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise Unreadable(f"'{member}' is no list of texts")
    return values
