"""`plans`, `apply`, `undo`, `cancel`: what becomes of the plans that `plan` made."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from echodesk.batches import LARGEST_ID, Apply, CancelPlan, PlanCommand, PlanShown, Undo
from echodesk.commands import reading
from echodesk.commands.acting import WAIT_S
from echodesk.commands.answers import Data, Json, Wait, campus_stamps, office_at, say
from echodesk.commands.asking import ask, busy_s, leader
from echodesk.commands.plan_file import number_in
from echodesk.commands.plan_missed import missed_text
from echodesk.commands.plan_steps import Wanted, check
from echodesk.commands.plan_tables import write_missed, write_table, write_workbook
from echodesk.commands.plan_texts import PlanRead, list_line, only_wanted, plan_text, plan_values, read_plan, waits
from echodesk.commands.working import call_limit
from echodesk.errors import NothingDone, WrongUse
from echodesk.main import AllBooks, Office, user
from echodesk.planning.batches import BatchState

POLL_S = 0.5
Number = Annotated[int, typer.Argument(help="Number of the plan.", min=1, max=LARGEST_ID)]
UntilDone = Annotated[
    bool, typer.Option("--until-done", help="Wait until it is at its end, however long that takes.")
]


def plans(
    number: Annotated[
        int | None, typer.Argument(help="One plan, with all its steps.", min=1, max=LARGEST_ID)
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="With a number: write its steps as a table.")] = None,
    xlsx: Annotated[
        Path | None, typer.Option(help="With a number: write its steps, and their counts, as a workbook.")
    ] = None,
    action: Annotated[str | None, typer.Option(help="Only these steps: make, change or remove.")] = None,
    room: Annotated[str | None, typer.Option(help="Only steps in this room.")] = None,
    building: Annotated[
        str | None, typer.Option(help="Only steps in this building, by its code or its name.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Only steps with this reason, as new or moved.")] = None,
    state: Annotated[
        str | None, typer.Option(help="Only steps in this state, as failed, open, done or left-out.")
    ] = None,
    group: Annotated[
        str | None,
        typer.Option(help="Count them by action, building, room, week, reason or state, instead of listing them."),
    ] = None,
    left_out: Annotated[
        bool,
        typer.Option(
            "--left-out",
            help="With a number: which lessons it does not record, and why, instead of its steps; with --csv as a"
            " table of their own.",
        ),
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Without a number: all plans, not only the last and those in hand.")
    ] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """The last plans, and all that wait, are at work or can be taken back. With a number that plan: its steps, how
    far it is, what failed and why; and how it differs from the plan in whose place it stands.

    JSON: plans (plan, by, created, kind, state, said, waits, steps, ended, can_undo); with a number what `plan`
    answers.
    """
    wanted = Wanted(
        reading.value_of("--action", action),
        reading.value_of("--room", room),
        reading.value_of("--building", building),
        reading.value_of("--reason", reason),
        reading.value_of("--state", state),
        reading.value_of("--group", group),
    )
    check(wanted)
    if left_out and wanted:
        raise WrongUse(
            "Steps or lessons?",
            "--left-out lists lessons that are not recorded; what was named with it chooses among steps.",
            "Write `echodesk plans N --left-out` alone.",
        )
    with office_at(data) as office:
        if number is not None and left_out:
            _say_left_out(office, number, csv, xlsx, as_json=json)
            return
        if number is not None:
            one = _chosen(office, _read(office, number), wanted)
            missed = () if wanted.filters else one.missed
            if csv is not None:
                write_table(csv, one.detail, missed)
            if xlsx is not None:
                write_workbook(xlsx, one.detail, missed)
            _say(office, one, wanted, as_json=json)
            return
        if csv is not None or xlsx is not None or wanted or left_out:
            raise WrongUse(
                "Which plan?",
                "A file, a filter or a group was named without a number.",
                "Write `echodesk plans N`.",
            )
        _say_all(office, every=every, as_json=json)


def apply(
    what: Annotated[str, typer.Argument(help="Number of the plan, or the file that `plan --file` wrote.")],
    without: Annotated[
        list[int] | None,
        typer.Option(
            "--without",
            help="Leave out this step and what goes with it; may be given several times.",
            min=1,
            max=LARGEST_ID,
        ),
    ] = None,
    confirm: Annotated[str, typer.Option(help="What a safety stop asks to be typed.")] = "",
    until_done: UntilDone = False,
    data: Data = None,
    wait: Wait = WAIT_S,
    json: Json = False,
) -> None:
    """Send a plan exactly as it was shown. If anything changed since, it is refused, and the plan of now is shown.

    JSON: text, touched (calls), carried_out_by, plan; with --until-done what `plans N` answers.
    """
    with office_at(data, busy_s(wait)) as office:
        number = _number(what) if what.isdecimal() else number_in(Path(what), office)
        command = Apply(user(), number, tuple(without or ()), confirm)
        _carry_out(office, command, wait, until_done=until_done, as_json=json)


def undo(
    number: Number,
    data: Data = None,
    until_done: Annotated[
        bool, typer.Option("--until-done", help="Wait until it is ready to be looked at.")
    ] = False,
    wait: Wait = WAIT_S,
    json: Json = False,
) -> None:
    """Make the plan that takes back what a plan did. It is shown like any other, and sent with `apply`.

    JSON: text, touched, carried_out_by, plan; with --until-done what `plans N` answers.
    """
    with office_at(data, busy_s(wait)) as office:
        _carry_out(office, Undo(user(), number), wait, until_done=until_done, as_json=json)


def cancel(number: Number, data: Data = None, wait: Wait = WAIT_S, json: Json = False) -> None:
    """Give up what is left of a plan. Its room-days stay as they are until somebody lifts the pause on them. Of a
    plan that takes one back, those where nothing was taken back follow the timetable again.

    JSON: text, touched (calls that were not sent), carried_out_by, plan.
    """
    with office_at(data, busy_s(wait)) as office:
        _carry_out(office, CancelPlan(user(), number), wait, until_done=False, as_json=json)


def look_at(office: Office, number: int, limit: int) -> PlanRead:
    """Everything about a plan. Raises `WrongUse` if there is none of this number."""
    today = office.clock().campus_now().date().isoformat()
    found = office.look(lambda books: read_plan(books, number, limit, today, leader(books)))
    if found is None:
        raise _no_such_plan(str(number))
    return found


def _number(digits: str) -> int:
    """The number that was written. Raises `WrongUse` for one that no plan can have."""
    if len(digits) > len(str(LARGEST_ID)) or not 1 <= int(digits) <= LARGEST_ID:
        raise _no_such_plan(digits[:40])
    return int(digits)


def _read(office: Office, number: int) -> PlanRead:
    return look_at(office, number, call_limit(office))


def _chosen(office: Office, found: PlanRead, wanted: Wanted) -> PlanRead:
    def rooms(books: AllBooks) -> frozenset[str]:
        _check_places(books, found, wanted)
        return books.timetable.names.rooms_of_building(wanted.building)

    return only_wanted(found, wanted, office.look(rooms))


def _check_places(books: AllBooks, found: PlanRead, wanted: Wanted) -> None:
    """Raise `WrongUse` for a room or a building that neither a step nor anybody else knows."""
    rows = (*found.detail.steps, *found.detail.gone)
    if wanted.room.casefold() not in {row.room.casefold() for row in rows}:
        reading.check_room(books, wanted.room)
    names = {room.building_name.casefold() for room in books.timetable.names.rooms().values()}
    if wanted.building.casefold() not in {*names, *(row.building.casefold() for row in rows)}:
        reading.check_building(books, wanted.building)


def _no_such_plan(number: str) -> WrongUse:
    return WrongUse(
        "There is no such plan", f"No plan has the number {number}.", "`echodesk plans` lists the last ones."
    )


def _say(office: Office, found: PlanRead, wanted: Wanted, *, as_json: bool) -> None:
    limit = call_limit(office)
    say(plan_values(found, limit), as_json=as_json, text=plan_text(found, limit, wanted))


def _say_left_out(office: Office, number: int, csv: Path | None, xlsx: Path | None, *, as_json: bool) -> None:
    found = _read(office, number)
    if csv is not None:
        write_missed(csv, found.missed)
    if xlsx is not None:
        write_workbook(xlsx, found.detail, found.missed)
    counted = sum(found.summary.left_out.values())
    say(plan_values(found, call_limit(office)), as_json=as_json, text=missed_text(number, counted, found.missed))


def _say_all(office: Office, *, every: bool, as_json: bool) -> None:
    stamp, limit = campus_stamps(office), call_limit(office)
    today = office.clock().campus_now().date().isoformat()

    def read(books: AllBooks) -> tuple[list[PlanShown], str]:
        part = books.screens.plans_before(0, limit, today)
        found = {one.key: one for one in (*part.plans, *books.screens.plans(limit, today))}
        while every and part.more:
            part = books.screens.plans_before(part.plans[-1].key, limit, today)
            found |= {one.key: one for one in part.plans}
        return [found[key] for key in sorted(found, reverse=True)], leader(books)

    plans, sender = office.look(read)
    values = [
        {
            "plan": one.key,
            "by": one.by,
            "created": one.created,
            "kind": one.kind,
            "state": one.state,
            "said": one.said,
            "waits": waits(one, sender),
            "steps": one.to_send,
            "ended": one.to_send - one.count("OPEN"),
            "can_undo": one.can_undo,
        }
        for one in plans
    ]
    lines = [list_line(one, stamp(one.created), sender) for one in plans]
    say({"plans": values}, as_json=as_json, text="\n".join(lines) or "No plan was made yet: `echodesk plan`.")


def wait_until(office: Office, number: int, while_in: frozenset[BatchState]) -> BatchState:
    """Wait while a plan is in one of these states; raises `NothingDone` if nobody sends any more."""
    clock = office.clock()

    async def wait() -> BatchState:
        while True:
            batch, sends = office.read(lambda books: (books.batches.get(number), leader(books)))
            if batch is None or batch.state not in while_in:
                return batch.state if batch is not None else BatchState.FAILED
            if not sends:
                raise NothingDone(
                    "Nobody is sending",
                    f"Plan {number} goes on as soon as an EchoDesk sends.",
                    "Start the window, or `echodesk worker`.",
                )
            await clock.sleep(POLL_S)

    return asyncio.run(wait())


def _carry_out(office: Office, command: PlanCommand, wait_s: float, *, until_done: bool, as_json: bool) -> None:
    found = ask(office, command, wait_s)
    number = found.done.number
    if until_done:
        busy = frozenset({BatchState.COMPARING, BatchState.CHECKING, BatchState.RUNNING})
        ended = wait_until(office, number, busy)
        _say(office, _read(office, number), Wanted(), as_json=as_json)
        if ended in (BatchState.STALE, BatchState.STOPPED, BatchState.FAILED):
            raise typer.Exit(NothingDone.exit_code)
        return
    values = {
        "text": found.done.text,
        "touched": found.done.touched,
        "carried_out_by": found.by,
        "plan": number,
    }
    say(values, as_json=as_json, text=found.done.text)


def register(app: typer.Typer) -> None:
    """Mount the commands."""
    for command in (plans, apply, undo, cancel):
        app.command()(command)
