"""What staff ask for, carried out as one transaction each; the same for window, command line and other windows.

Nothing here talks to Echo360: pausing, retrying and re-syncing are rows in the database, so a command is as
durable as an edit.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import get_args

import msgspec

from echodesk.batches import PlanCommand
from echodesk.errors import EchoDeskError, NothingDone, WrongUse
from echodesk.messages import (
    Allow,
    ChangeSetting,
    CommandDone,
    Decide,
    DecideAlike,
    LookForPeople,
    Pause,
    Refresh,
    Resume,
    Retry,
    RetryMatching,
    Scope,
    SendHere,
    SetAside,
    TryAgain,
    Withdraw,
)
from echodesk.planning.answers import least_lead
from echodesk.planning.records import AuditLine, WaitingCommand
from echodesk.planning.values import RoomDay
from echodesk.worker.allowing import allow
from echodesk.worker.books import Books
from echodesk.worker.deciding import decide, decide_alike, withdraw
from echodesk.worker.defects import Defect, Report
from echodesk.worker.reconciling import carry_out_plan

Asked = (
    Pause
    | Resume
    | Retry
    | RetryMatching
    | SetAside
    | Refresh
    | TryAgain
    | LookForPeople
    | SendHere
    | ChangeSetting
    | Decide
    | DecideAlike
    | Withdraw
    | Allow
    | PlanCommand
)
"""Commands that any window or command line may ask of the leader."""

_KINDS: dict[str, type[Asked]] = {one.__name__: one for one in get_args(Asked)}

ASKED = "asked by "
"""How the reason of a re-sync begins that staff asked for."""
AS_IN_ALL = "as in all rooms"
"""Where a room has no setting of its own."""
AT_NEXT_START = frozenset({"calls_per_minute", "external_id", "zone"})
"""Settings that a worker reads once, when it starts."""


@dataclass(frozen=True, slots=True)
class _From:
    machine: str = ""


def as_args(command: Asked, machine: str = "") -> tuple[str, str]:
    """A command as (kind, JSON text) for the COMMAND table and the audit, with the machine it was asked for on."""
    said = {**msgspec.to_builtins(command), "machine": machine} if machine else command
    return type(command).__name__, msgspec.json.encode(said).decode()


def sent_from(machine: str) -> str:
    """The same of what no command asks for."""
    return msgspec.json.encode(_From(machine)).decode()


def machine_in(args: str) -> str:
    """The machine on which a command was asked for, '' if that is not told. Raises `msgspec.DecodeError`."""
    return msgspec.json.decode(args.encode(), type=_From).machine


def from_args(kind: str, args: str) -> Asked:
    """The command that was written. Raises `WrongUse` if it cannot be understood."""
    try:
        machine_in(args)
        return msgspec.json.decode(args.encode(), type=_KINDS[kind])
    except (KeyError, msgspec.DecodeError) as error:
        raise WrongUse(
            "This command cannot be understood",
            f"{kind}: {error}",
            "It was probably written by another version of EchoDesk; ask again from this one.",
        ) from error


def carry_out(books: Books, command: Asked, today: dt.date, machine: str = "") -> CommandDone:
    """Do what was asked on a machine, in the caller's transaction. Raises `WrongUse` or `NothingDone` with nothing
    changed."""
    if isinstance(command, Pause):
        done = _pause(books, command)
    elif isinstance(command, Resume):
        done = _resume(books, command)
    elif isinstance(command, Retry):
        done = _retried(books.queue.retry(command.entries, command.notifications, command.by))
    elif isinstance(command, RetryMatching):
        done = _retried(books.queue.retry_matching(command.table, command.query, command.by))
    elif isinstance(command, SetAside):
        done = _set_aside(books, command)
    elif isinstance(command, Refresh):
        done = _refresh(books, command, today)
    elif isinstance(command, LookForPeople):
        done = _look_for_people(books)
    elif isinstance(command, ChangeSetting):
        done = _set(books, command, today)
    elif isinstance(command, Allow):
        done = allow(books, command)
    elif isinstance(command, Decide):
        done = decide(books, command, today)
    elif isinstance(command, DecideAlike):
        done = decide_alike(books, command, today)
    elif isinstance(command, Withdraw):
        done = withdraw(books, command, today)
    elif isinstance(command, PlanCommand):
        done = carry_out_plan(books, command, today)
    elif isinstance(command, SendHere):
        done = _hand_over(books, command)
    else:
        done = CommandDone("EchoDesk tries again at once.")
    books.journal.audit(
        [
            AuditLine(
                who=_by(command),
                action=type(command).__name__.upper(),
                why=done.text,
                sent=as_args(command, machine)[1],
            )
        ],
        None,
    )
    return done


def serve(books: Books, waiting: WaitingCommand, today: dt.date) -> Asked:
    """Carry out a command that another process wrote, and answer it, in the caller's transaction.

    Raises like `carry_out`; the caller then answers with `failed_text`.
    """
    command = from_args(waiting.kind, waiting.args)
    done = carry_out(books, command, today, machine_in(waiting.args))
    books.office.answer_command(waiting.id, True, done_text(done))
    return command


def _by(command: Asked) -> str:
    return command.by or "somebody"


def _pause(books: Books, command: Pause) -> CommandDone:
    if not command.reason.strip():
        raise WrongUse("A pause needs a reason", "None was given.", "Say in a few words why; others will read it.")
    scope = command.scope
    for value in (scope.first, scope.last):
        _date(value)
    if scope.first and scope.last and scope.last < scope.first:
        raise WrongUse(
            "These dates are reversed", f"{scope.last} is before {scope.first}.", "Give the earlier date first."
        )
    until = _instant(command.until) if command.until else ""
    number = books.office.pause(scope, command.reason.strip(), command.by, until)
    return CommandDone(f"Paused {scope_text(scope)} (pause {number}).", 1)


def _resume(books: Books, command: Resume) -> CommandDone:
    lifted = books.office.resume(command.pauses, command.by)
    if not lifted:
        raise NothingDone("Nothing was paused", "There is no pause to lift.", "Nothing to do.")
    return CommandDone("Sending goes on." if lifted == 1 else f"{lifted} pauses were lifted.", lifted)


def _retried(count: int) -> CommandDone:
    if not count:
        raise NothingDone(
            "Nothing to try again", "None of these failed or was set aside.", "Choose rows that failed."
        )
    return CommandDone(f"{count} lesson(s) are read again.", count)


def _set_aside(books: Books, command: SetAside) -> CommandDone:
    reason = command.reason.strip().rstrip(".")
    if not reason:
        raise WrongUse("Setting aside needs a reason", "None was given.", "Say in a few words why.")
    count = books.queue.set_aside(command.entries, command.notifications, command.by, reason)
    if not count:
        raise NothingDone("Nothing to set aside", "None of these has failed any more.", "Read the list anew.")
    return CommandDone(f"{count} failure(s) were set aside.", count)


def _look_for_people(books: Books) -> CommandDone:
    people = books.journal.check_all_people()
    if not people:
        raise NothingDone("Nobody is missing", "Echo360 knows every lecturer so far.", "Nothing to do.")
    return CommandDone(f"{people} address(es) are looked for in Echo360 again.", people)


def _refresh(books: Books, command: Refresh, today: dt.date) -> CommandDone:
    wanted = _date(command.date)
    first = today.isoformat()
    if wanted is not None and wanted < today:
        raise NothingDone(
            "This day has passed", f"{command.date} is before today.", "Choose today or a later day."
        )
    if command.room:
        places = books.timetable.room_days(command.room, first) | books.places.occupied(command.room, first)
        if wanted is not None:
            places = {RoomDay(command.room, wanted)}
        elif not places and not books.timetable.knows_room(command.room):
            raise NothingDone(
                "Nothing to re-sync in this room",
                f"Neither the timetable nor Echo360 has anything in {command.room} from today on.",
                "Check the room's code.",
            )
        # Where nothing is expected something may stand all the same, and a listing shows it.
        places = places or {RoomDay(command.room, today)}
    elif wanted is not None:
        rooms = set(books.timetable.rooms()) | set(books.mirror.rooms_with_schedules())
        places = {RoomDay(room, wanted) for room in rooms}
    else:
        raise WrongUse("Nothing was chosen", "A re-sync needs a room or a date.", "Name a room, a date or both.")
    books.tries.forget_at(places)
    books.places.free_rooms({place.room for place in places})
    books.places.mark_refresh(places, 0.0, f"{ASKED}{command.by}")
    what = f"{command.room} " if command.room else "all rooms "
    what += f"on {command.date}" if command.date else "for the rest of the year"
    return CommandDone(f"Re-sync of {what}: {len(places)} room-day(s).", len(places))


def _set(books: Books, command: ChangeSetting, today: dt.date) -> CommandDone:
    name, lead, room = command.name, books.office.rules().lead, command.room
    if room and command.value and not books.timetable.knows_room(room):
        raise WrongUse(
            "There is no such room", f"The timetable has no room {room!r}.", "Give the code of a room, as 2950203."
        )
    before, shapes = books.office.change_setting(name, command.value, command.by, room)
    was, value = before or AS_IN_ALL, command.value or AS_IN_ALL
    what = f"{name} in {room}" if room else name
    if before == command.value:
        return CommandDone(f"{what} was {was} already.")
    if name == "external_id" and books.mirror.holds_ours():
        raise NothingDone(
            "Safety stop: Echo360 holds schedules under the old names",
            "With another external id EchoDesk would take its own schedules for somebody else's.",
            "Choose the external id before the first synchronisation. Nothing was changed.",
        )
    rules = books.office.rules()
    places: set[RoomDay] = set()
    if shapes or rules.lead != lead:
        first = today.isoformat()
        for one in [room] if room else {*books.timetable.rooms(), *books.mirror.rooms_with_schedules()}:
            places |= books.timetable.room_days(one, first) | books.places.occupied(one, first)
        books.places.mark(places, f"setting {name}")
    text = f"{what} was {was} and is {value} now."
    if places:
        text += f" {len(places)} room-day(s) are planned again."
    if name in ("lead", "late_s") and rules.lead == least_lead(rules.late_s):
        text += (
            f" In the last {rules.lead} minute(s) before a start nothing is made or changed: for so long a request"
            " without an answer may still take effect (late_s)."
        )
    if name in AT_NEXT_START:
        text += " It counts from the next start of the EchoDesk that is sending."
    return CommandDone(text, len(places))


def _hand_over(books: Books, command: SendHere) -> CommandDone:
    if command.holder in ("", books.office.lease().holder):
        raise NothingDone("This EchoDesk is sending already", "There is nothing to hand over.", "Nothing to do.")
    return CommandDone(f"Handing over to {command.holder}.", 1)


def _date(value: str) -> dt.date | None:
    if not value:
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise WrongUse("This is not a date", f"{value!r} cannot be read.", "Write dates as 2026-11-23.") from error


def _instant(value: str) -> str:
    """The instant as the database writes stamps, so that both compare as text."""
    next_step = "Write 2026-11-23T17:00:00.000Z."
    try:
        instant = dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise WrongUse("This is not a time", f"{value!r} cannot be read.", next_step) from error
    if instant.tzinfo is None:
        raise WrongUse("This time could be meant in several ways", f"{value!r} names no zone.", next_step)
    return stamp_of(instant)


def stamp_of(instant: dt.datetime) -> str:
    """An aware instant as the database writes stamps (UTC, milliseconds)."""
    utc = instant.astimezone(dt.UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def scope_text(scope: Scope) -> str:
    """A scope in words."""
    parts = [f"what plan {scope.plan} is about"] if scope.plan else []
    if scope.room:
        parts.append(f"room {scope.room}")
    if scope.building:
        parts.append(f"building {scope.building}")
    if scope.first and scope.last:
        parts.append(f"{scope.first} to {scope.last}")
    elif scope.first:
        parts.append(f"from {scope.first} on")
    elif scope.last:
        parts.append(f"until {scope.last}")
    return ", ".join(parts) or "everything"


def done_text(done: CommandDone) -> str:
    """What was done as the answer in the COMMAND table."""
    return msgspec.json.encode(done).decode()


def failed_text(error: EchoDeskError) -> str:
    """An error as the answer in the COMMAND table."""
    return msgspec.json.encode([error.title, error.message, error.next_step, error.exit_code]).decode()


def told_of(defect: Defect, what: str, report: Report) -> EchoDeskError:
    """What the asker hears; a command that stops the worker is reported and answered, and not tried for ever."""
    if isinstance(defect.error, EchoDeskError):
        return defect.error
    report(what, defect)
    return EchoDeskError(
        "EchoDesk could not do this", defect.text, "Nothing was changed. The log of who sends has the details."
    )


def answered(state: str, answer: str) -> CommandDone:
    """The answer in the COMMAND table as it was meant. Raises the error that the leader answered with."""
    try:
        if state == "DONE":
            return msgspec.json.decode(answer.encode(), type=CommandDone)
        title, message, next_step, code = msgspec.json.decode(answer.encode(), type=tuple[str, str, str, int])
    except msgspec.DecodeError as error:
        raise EchoDeskError(
            "The answer cannot be understood",
            f"The command is {state}: {answer}",
            "Another version of EchoDesk is sending; look with `echodesk status`.",
        ) from error
    kinds = {WrongUse.exit_code: WrongUse, NothingDone.exit_code: NothingDone}
    raise kinds.get(code, EchoDeskError)(title, message, next_step)
