"""A yes of staff to a safety stop, and the list that they say it to (design §4.12).

A yes is for exactly what was on the list that was shown; what came on the list later asks again.
"""

from __future__ import annotations

from echodesk.errors import WrongUse
from echodesk.messages import Allow, CommandDone, StopLine, StopList
from echodesk.planning.records import AuditLine
from echodesk.planning.stops import StopKind
from echodesk.planning.values import clock_text
from echodesk.worker.books import Books


def allow(books: Books, command: Allow) -> CommandDone:
    """Say yes, in the caller's transaction. Raises `WrongUse` or `NothingDone` with nothing changed."""
    why = command.why.strip()
    if not why:
        raise WrongUse("A yes needs a reason", "None was given.", "Say in a few words why; others will read it.")
    items = [one for one in books.stops.items(command.stop) if one.id <= command.last_item]
    kind = next((one.kind for one in books.stops.open() if one.id == command.stop), None)
    if kind is not None and kind is not StopKind.FEED and not items:
        raise WrongUse(
            "Nothing was agreed to",
            f"Nothing that was shown of safety stop {command.stop} waits any more.",
            "Look at it again: `echodesk stops` lists what waits now.",
        )
    books.stops.yes(command.stop, command.by, why, command.last_item)
    if kind is StopKind.FEED:
        books.stops.set_feed(books.timetable.sizes())
        books.stops.end_feed()
        return CommandDone("The timetable's new size is accepted; sending goes on.", 1)
    line = AuditLine(
        who=command.by or "somebody",
        action="YES",
        why=why,
        before=", ".join(one.external_id for one in items),
        outcome=f"safety stop {command.stop}",
    )
    books.journal.audit([line], None)
    return CommandDone(f"{len(items)} booking(s) may be removed now; no others.", len(items))


def list_of(books: Books, stop: int) -> StopList | None:
    """A stop with all that is on its list; None if it has ended."""
    found = next((one for one in books.stops.shown() if one.key == stop), None)
    if found is None:
        return None
    return StopList(
        found,
        tuple(
            StopLine(
                external_id=one.external_id,
                title=one.title,
                room=one.room,
                date=one.date,
                start=clock_text(one.start),
                finish=clock_text(one.finish),
                presenter=one.presenter or "",
                why=one.why,
            )
            for one in books.stops.items(stop)
        ),
    )
