"""A schedule's JSON, in (checked and resolved) and out (API facts §5.2, §5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from echodesk.simulator.bookings import (
    Availability,
    Schedule,
    SectionLink,
    clock_text,
    dates_of,
)
from echodesk.simulator.entities import Room, Section, User
from echodesk.simulator.forms import MISSING, Form
from echodesk.simulator.state import State
from echodesk.simulator.wire import refusal

_INPUTS = {"display": "Display", "video": "Video", "altvideo": "AltVideo"}
_QUALITIES = {"medium": "Medium", "high": "High", "highest": "Highest"}
_AVAILABILITIES = {word.lower(): word for word in ("Immediate", "Unavailable", "Concrete", "Relative")}
_DAYS = {code.lower(): code for code in ("SU", "MO", "TU", "WE", "TH", "FR", "SA")}
# Not a fact of Echo360: keeps one request from filling the memory with dates.
_LONGEST_RECURRENCE_DAYS = 1100


def read_schedule(state: State, data: Mapping[str, object], schedule_id: str) -> Schedule:
    """The schedule a body describes. Refuses with the field problems first, then with what it names and is not
    there. Past starts, external ids and clashes are not looked at here."""
    form = Form(data, max_text=state.switches.max_text_length)
    switches = state.switches
    name = form.text("name")
    external_id = form.text("externalId")
    start_date = form.day("startDate", required=True)
    start = form.minute("startTime")
    end = form.minute("endTime")
    end_date, days, exclusions = _recurrence(form, start_date)
    if start is not None and end is not None:
        if end <= start:
            form.problem("endTime", "endTime must be after startTime")
        elif switches.max_minutes and end - start > switches.max_minutes:
            form.problem("endTime", f"Schedule is longer than {switches.max_minutes} minutes")
    venue = form.nested("venue", required=True)
    if venue is not None and not any(venue.has(key) for key in ("roomId", "roomExternalId", "roomName")):
        venue.problem("room", MISSING)
    presenter = form.nested("presenter")
    section_forms = form.nested_list("sections", required=switches.sections_required)
    availabilities = [_availability(section) for section in section_forms]
    caption = form.flag("shouldCaption", required=switches.flags_required)
    stream_live = form.flag("shouldStreamLive", required=switches.flags_required)
    if stream_live and switches.stream_needs_section and not section_forms:
        form.problem("shouldStreamLive", "A capture without section cannot be streamed")
    input1 = form.word("input1", _INPUTS)
    input2 = form.word("input2", _INPUTS)
    capture_quality = form.word("captureQuality", _QUALITIES, required=switches.capture_quality_required)
    stream_quality = form.word("streamQuality", _QUALITIES)
    guest = form.text("guestPresenter")
    form.finish()
    if start_date is None or start is None or end is None or venue is None:
        raise AssertionError("a form without problems has its required fields")

    room = _room(state, venue)
    user = None if presenter is None else _presenter(state, presenter)
    links = tuple(
        SectionLink(_section(state, section).id, availability)
        for section, availability in zip(section_forms, availabilities, strict=True)
    )
    dates = dates_of(start_date, end_date, days, exclusions)
    if end_date is not None and switches.term_exceptions_apply:
        dates = _without_term_exceptions(state, dates, links)
    return Schedule(
        id=schedule_id,
        external_id=external_id,
        name=name or "Untitled",
        start_date=start_date,
        start_minute=start,
        end_minute=end,
        end_date=end_date,
        days=days,
        exclusions=exclusions,
        dates=dates,
        room_id=room.id,
        user_id=None if user is None else user.id,
        guest=guest,
        sections=links,
        caption=caption,
        stream_live=stream_live,
        input1=input1,
        input2=input2,
        capture_quality=capture_quality,
        stream_quality=stream_quality,
    )


def render_schedule(state: State, schedule: Schedule) -> dict[str, object]:
    """The schedule as Echo360 answers it: unset members absent, no external ids of what it refers to."""
    directory = state.directory
    answer: dict[str, object] = {
        "id": schedule.id,
        "institutionId": state.institution_id,
        "name": schedule.name,
        "startDate": schedule.start_date.isoformat(),
        "startTime": clock_text(schedule.start_minute),
        "endTime": clock_text(schedule.end_minute),
    }
    if schedule.end_date is not None:
        answer["endDate"] = schedule.end_date.isoformat()
    if schedule.days:
        answer["daysOfWeek"] = schedule.days
    if schedule.exclusions:
        answer["exclusionDates"] = [day.isoformat() for day in schedule.exclusions]
    answer["venue"] = _render_venue(state, schedule.room_id)
    user = directory.users.get(schedule.user_id)
    if user is not None:
        answer["presenter"] = {"userId": user.id, "userEmail": user.email, "userFullName": user.full_name()}
    if schedule.guest is not None:
        answer["guestPresenter"] = schedule.guest
    answer["sections"] = [
        rendered for link in schedule.sections if (rendered := _render_section(state, link)) is not None
    ]
    answer["shouldCaption"] = schedule.caption
    answer["shouldStreamLive"] = schedule.stream_live
    answer["shouldAutoPublish"] = bool(schedule.sections)
    answer["shouldRecurCapture"] = False
    for name, value in (
        ("input1", schedule.input1),
        ("input2", schedule.input2),
        ("captureQuality", schedule.capture_quality),
        ("streamQuality", schedule.stream_quality),
        ("externalId", schedule.external_id),
    ):
        if value is not None:
            answer[name] = value
    return answer


def _recurrence(form: Form, start_date: date | None) -> tuple[date | None, tuple[str, ...], tuple[date, ...]]:
    end_date = form.day("endDate")
    days = []
    for at, text in enumerate(form.texts("daysOfWeek", required=end_date is not None)):
        code = _DAYS.get(text.lower())
        if code is None:
            form.problem(f"daysOfWeek[{at}]", "error.expected.validenumvalue")
        else:
            days.append(code)
    exclusions = []
    for at, text in enumerate(form.texts("exclusionDates")):
        day = Form({"day": text}).day("day")
        if day is None:
            form.problem(f"exclusionDates[{at}]", "error.expected.date.isoformat")
        else:
            exclusions.append(day)
    if end_date is not None and start_date is not None:
        if end_date < start_date:
            form.problem("endDate", "endDate must not be before startDate")
        elif end_date - start_date > timedelta(days=_LONGEST_RECURRENCE_DAYS):
            form.problem("endDate", f"Recurrence is longer than {_LONGEST_RECURRENCE_DAYS} days")
    return end_date, tuple(days), tuple(exclusions)


def _availability(section: Form) -> Availability | None:
    form = section.nested("availability")
    if form is None:
        return None
    kind = form.word("availability", _AVAILABILITIES, required=True)
    relative = form.whole("relativeDelay")
    concrete = form.day("concreteTime")
    if kind == "Relative" and relative is None:
        form.problem("relativeDelay", MISSING)
    if kind == "Concrete" and concrete is None:
        form.problem("concreteTime", MISSING)
    return Availability(
        availability=kind or "",
        relative_delay=relative,
        concrete_time=None if concrete is None else concrete.isoformat(),
        unavailability_delay=form.whole("unavailabilityDelay"),
    )


def _room(state: State, venue: Form) -> Room:
    rooms = state.directory.rooms
    if venue.has("roomId"):
        room = rooms.get(venue.text("roomId"))
    elif venue.has("roomExternalId"):
        room = rooms.by_external(venue.text("roomExternalId"))
    else:
        room = state.directory.room_at(
            venue.text("roomName") or "",
            venue.text("buildingName", required=True) or "",
            venue.text("campusName", required=True) or "",
        )
    venue.finish()
    if room is None or (state.switches.venue_parents == "checked" and not _stands_in(state, room, venue)):
        raise refusal(400, "code", "RoomNotFound", "Room not found")
    if room.device_id is None:
        raise refusal(
            400,
            state.switches.device_missing_form,
            "DeviceNotFound",
            "Device not found in Room",
            path="obj.venue.room",
        )
    return room


def _stands_in(state: State, room: Room, venue: Form) -> bool:
    building = state.directory.buildings.get(room.building_id)
    campus = None if building is None else state.directory.campuses.get(building.campus_id)
    for prefix, entity in (("building", building), ("campus", campus)):
        if entity is None:
            return False
        known = {"Id": entity.id, "ExternalId": entity.external_id, "Name": entity.name}
        for suffix, value in known.items():
            if venue.has(prefix + suffix) and venue.text(prefix + suffix) != value:
                return False
    return True


def _presenter(state: State, presenter: Form) -> User:
    directory = state.directory
    if presenter.has("userId"):
        user = directory.users.get(presenter.text("userId"))
    elif presenter.has("userEmail"):
        user = directory.user_by_email(presenter.text("userEmail"))
    else:
        user = directory.users.by_external(presenter.text("userExternalId"))
    presenter.finish()
    if user is None:
        raise refusal(400, "code", "UserNotFound", "User not found")
    if state.switches.presenter_needs_instructor_role and "Instructor" not in user.roles:
        raise refusal(400, "code", "UserNotInstructor", "User is not an Instructor")
    return user


def _section(state: State, form: Form) -> Section:
    directory = state.directory
    if form.has("sectionId"):
        section = directory.sections.get(form.text("sectionId"))
    elif form.has("sectionExternalId"):
        section = directory.sections.by_external(form.text("sectionExternalId"))
    else:
        section = directory.section_of(
            form.text("courseIdentifier", required=True) or "",
            form.text("termName", required=True) or "",
            form.text("sectionName", required=True) or "",
        )
    form.finish()
    if section is None:
        raise refusal(400, "code", state.switches.section_not_found, "Section Not Found")
    return section


def _without_term_exceptions(
    state: State, dates: tuple[int, ...], links: tuple[SectionLink, ...]
) -> tuple[int, ...]:
    skipped: set[int] = set()
    for link in links:
        section = state.directory.sections.get(link.section_id)
        term = None if section is None else state.directory.terms.get(section.term_id)
        for span in () if term is None else term.exceptions:
            first = date.fromisoformat(span.start_date).toordinal()
            skipped.update(range(first, date.fromisoformat(span.end_date).toordinal() + 1))
    return tuple(day for day in dates if day not in skipped)


def _render_venue(state: State, room_id: str) -> dict[str, object]:
    directory = state.directory
    room = directory.rooms.get(room_id)
    building = None if room is None else directory.buildings.get(room.building_id)
    campus = None if building is None else directory.campuses.get(building.campus_id)
    venue: dict[str, object] = {}
    if campus is not None:
        venue |= {"campusId": campus.id, "campusName": campus.name}
    if building is not None:
        venue |= {"buildingId": building.id, "buildingName": building.name}
    if room is not None:
        venue |= {"roomId": room.id, "roomName": room.name}
    return venue


def _render_section(state: State, link: SectionLink) -> dict[str, object] | None:
    directory = state.directory
    section = directory.sections.get(link.section_id)
    if section is None:
        return None
    course = directory.courses.get(section.course_id)
    term = directory.terms.get(section.term_id)
    rendered: dict[str, object] = {"courseId": section.course_id}
    if course is not None:
        rendered["courseIdentifier"] = course.course_identifier
    rendered["termId"] = section.term_id
    if term is not None:
        rendered["termName"] = term.name
    rendered |= {"sectionId": section.id, "sectionName": section.section_number}
    if link.availability is not None:
        rendered["availability"] = link.availability
    elif state.switches.default_availability != "absent":
        rendered["availability"] = {"availability": state.switches.default_availability}
    return rendered
