"""The steps of a plan for whoever reads the command line: which of them, grouped by what, each in a line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from echodesk.batches import GROUPS, PlanDetail, StepRow, grouped
from echodesk.commands.answers import aligned
from echodesk.desk import words
from echodesk.errors import WrongUse
from echodesk.planning.batches import StepState
from echodesk.planning.values import Why

DOES: Mapping[str, str] = {"POST": "make", "PUT": "change", "DELETE": "remove"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which steps are asked for, as they were typed; '' for all, of a group for none."""

    action: str = ""
    room: str = ""
    building: str = ""
    reason: str = ""
    state: str = ""
    group: str = ""

    @property
    def filters(self) -> bool:
        """True if not all steps are asked for."""
        return bool(self.action or self.room or self.building or self.reason or self.state)

    def __bool__(self) -> bool:
        return self.filters or bool(self.group)


def check(wanted: Wanted) -> None:
    """Raise `WrongUse` for an action, a reason, a state or a group that no step can have."""
    for what, typed, known in (
        ("action", wanted.action, [*DOES.values(), *DOES]),
        ("reason", wanted.reason, [one.value for one in Why]),
        ("state", _plain(wanted.state), [state_name(one.value) for one in StepState]),
        ("group", wanted.group, list(GROUPS)),
    ):
        if typed and typed.casefold() not in {one.casefold() for one in known}:
            raise WrongUse(f"There is no such {what}", f"{typed!r} is none.", f"Choose of: {', '.join(known)}.")


def only(detail: PlanDetail, wanted: Wanted, rooms: Collection[str]) -> PlanDetail:
    """The plan with the steps alone that are asked for, counted anew, and nothing else. `rooms` are those of the
    building's code; a building may be named in words as well."""
    if not wanted.filters:
        return detail
    accepts = _filter(wanted, rooms)
    steps = tuple(row for row in detail.steps if accepts(row))
    gone = tuple(row for row in detail.gone if accepts(row))
    return replace(detail, steps=steps, gone=gone, by=grouped(steps, gone), kept=())


def _filter(wanted: Wanted, rooms: Collection[str]) -> Callable[[StepRow], bool]:
    action, room = wanted.action.casefold(), wanted.room.casefold()
    building, reason = wanted.building.casefold(), wanted.reason.casefold()
    state = _plain(wanted.state)

    def accepts(row: StepRow) -> bool:
        return (
            (not action or action in (DOES[row.action], row.action.casefold()))
            and (not room or row.room.casefold() == room)
            and (not building or row.building.casefold() == building or row.room in rooms)
            and (not reason or row.why == reason)
            and (not state or state_name(row.state) == state)
        )

    return accepts


def group_lines(detail: PlanDetail, group: str) -> str:
    """How many steps each group has."""
    name = group.casefold()
    counted = [(_named(name, value), f"{count:,}") for value, count in detail.by.get(name, {}).items()]
    return aligned(counted, indent=2) or "  no step"


def _named(group: str, value: str) -> str:
    if group == "action":
        return DOES.get(value, value)
    if group == "reason":
        return f"{words.why(value)} ({value})"
    if group == "state":
        return state_name(value)
    if group == "week":
        return f"from {value}"
    return value or "not known"


def state_name(state: str) -> str:
    """`left out` of LEFT_OUT."""
    return state.casefold().replace("_", " ")


def _plain(typed: str) -> str:
    return state_name(typed.replace("-", "_")).strip()


def line(row: StepRow) -> str:
    """`2026-11-24 09:00-10:00 B1 Hall  change M1 LC01: The lesson moved (Room: B2 -> B1 Hall)`."""
    told = f"{DOES[row.action]} {row.title or row.external_id}: {words.why(row.why)}"
    changes = change_text(row)
    return f"{row.date} {row.time} {row.room}  {told}" + (f" ({changes})" if changes else "")


def change_text(row: StepRow) -> str:
    """`Title: A -> B; Presenter: none -> ann@example.ac.uk`, '' if it changes nothing."""
    return "; ".join(
        f"{words.field(name)}: {words.said(name, now)} -> {words.said(name, then)}"
        for name, now, then in row.changes
    )


def row_values(row: StepRow) -> dict[str, object]:
    """A step for a program, where its before and after are not at hand."""
    return {
        "number": row.key,
        "action": row.action,
        "external_id": row.external_id,
        "title": row.title,
        "room": row.room,
        "date": row.date,
        "time": row.time,
        "why": row.why,
        "changes": change_values(row),
    }


def change_values(row: StepRow) -> list[dict[str, str]]:
    """What a step changes, for a program."""
    return [{"field": name, "before": now, "after": then} for name, now, then in row.changes]
