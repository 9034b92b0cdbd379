"""Everything about Echo360 that no public source settles, each as a switch with its default.

The defaults are those that API facts §7 advises; where it is silent, the reading that asks most of a client
without breaking what is known. Numbers in brackets point into API facts §8.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

import msgspec

from echodesk.errors import WrongUse
from echodesk.simulator.wire import ErrorForm


class UnknownSwitch(WrongUse):
    """A switch of that name, or that value for it, does not exist."""

    def __init__(self, message: str) -> None:
        super().__init__("The simulator has no such switch", message, "Choose one of those named.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """How this Echo360 answers where the real one is not documented."""

    # Refusals [2]
    clash_status: Literal[400, 409] = 400
    clash_form: ErrorForm = "code"
    clash_wording: Literal["timing", "taken"] = "timing"
    """`timing`: "Schedule timing clash with another Schedule"; `taken`: "Venue / Time slot is already taken"."""
    duplicate_external_id_status: Literal[400, 409] = 400
    duplicate_external_id_form: ErrorForm = "code"
    time_in_past_form: ErrorForm = "text"
    device_missing_form: ErrorForm = "param"
    unknown_id_status: Literal[400, 404] = 404
    """For an id in the path that names nothing."""
    unknown_id_form: ErrorForm = "code"
    section_not_found: Literal["SectionNotFound", "ScheduleNotFound"] = "SectionNotFound"
    """The code for a missing section: the sources disagree."""
    invalid_json_form: ErrorForm = "text"

    # Sign-in [3]
    expired_token_status: Literal[401, 403] = 401
    bad_client_status: Literal[400, 401, 403] = 401
    bad_refresh_token_status: Literal[400, 401] = 400
    sign_in_counts: bool = False
    """Whether a sign-in uses up one call of the limit."""

    # Call limit [4]
    retry_after: Literal["off", "seconds", "date"] = "off"
    refused_calls_count: bool = False
    """Whether a call answered 429 uses up one call itself."""
    limit_body: ErrorForm = "code"

    # Order of the checks
    first_check: Literal["external_id", "clash"] = "external_id"
    """Which refusal a repeated POST meets: its external id is taken, and its own first try stands in the way."""

    # Time [5, 10]
    boundary: Literal["half_open", "inclusive"] = "half_open"
    """`inclusive`: a schedule that starts when another ends clashes with it."""
    clash_checks_every_date: bool = True
    """False: a recurring schedule is checked on its first date alone."""
    past_start_refused: bool = True
    change_of_begun: Literal["allowed", "refused"] = "allowed"
    """PUT on a schedule whose first start has passed (its new start must be in the future anyway)."""
    delete_of_begun: Literal["allowed", "refused"] = "allowed"
    max_minutes: int = 480
    """The longest schedule; 0 = no limit."""
    term_exceptions_apply: bool = False
    """Whether a recurring schedule skips the exception dates of its sections' terms."""

    # Lists [6, 7]
    default_page_size: int = 100
    max_page_size: int = 150
    bad_paging: Literal["refused", "ignored"] = "refused"
    """For `limit` below 1, or a cursor that is not ours."""
    list_filters: Literal["id", "id_or_external_id", "any"] = "id"
    """What `campus`, `building` and `room` (and v1's parent filters) may hold; `any` adds the name."""
    unknown_filter: Literal["empty", "refused"] = "empty"
    last_page_next: Literal["absent", "null"] = "absent"

    # Bodies [2, 8, 9]
    capture_quality_required: bool = True
    sections_required: bool = False
    flags_required: bool = False
    """`shouldCaption` and `shouldStreamLive`: documented as required, omitted in practice."""
    put: Literal["full", "partial"] = "full"
    put_external_id: Literal["changes", "keeps"] = "changes"
    """Whether PUT on a schedule takes a new externalId from the body."""
    delete_body: Literal["object", "entity", "text", "empty"] = "object"
    default_availability: Literal["absent", "Immediate", "Unavailable"] = "absent"
    presenter_needs_instructor_role: bool = False
    stream_needs_section: bool = False
    venue_parents: Literal["ignored", "checked"] = "ignored"
    """Whether a campus or building named beside the room must be the room's own."""
    max_text_length: int = 0
    """The longest name or external id; 0 = no limit."""
    deleted_external_ids: Literal["free", "taken"] = "free"
    """Whether the external id of a deleted schedule can be used again."""

    # Reference data
    new_rooms_get_device: bool = True
    """Whether a room made over the API can record at once; a real one waits for someone with a device."""
    parents_by_external_id: bool = False
    """Whether v1 bodies may name a parent by its external id."""
    delete_with_children: Literal["refused", "allowed"] = "refused"


def changed(switches: Switches, values: dict[str, object]) -> Switches:
    """The switches with some of them set; values may be strings. Raises `UnknownSwitch`."""
    merged: dict[str, object] = asdict(switches)
    for name, value in values.items():
        if name not in merged:
            raise UnknownSwitch(f"There is no switch {name!r}. There are: {', '.join(sorted(merged))}")
        try:
            msgspec.convert({name: value}, Switches, strict=False)
        except msgspec.ValidationError as problem:
            raise UnknownSwitch(f"Switch {name} cannot be {value!r}: {problem}") from problem
        merged[name] = value
    return msgspec.convert(merged, Switches, strict=False)


def from_options(options: Iterable[str]) -> Switches:
    """Switches from `NAME=VALUE` options. Raises `UnknownSwitch`."""
    values: dict[str, object] = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals:
            raise UnknownSwitch(f"Write a switch as NAME=VALUE, not {option!r}")
        values[name.strip()] = value.strip()
    return changed(Switches(), values)
