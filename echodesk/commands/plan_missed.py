"""Which lessons a plan does not record: the plan holds their number, the last planning of each room and day knows
which they are."""

from __future__ import annotations

from dataclasses import asdict

from echodesk.batches import NotRecorded
from echodesk.commands.plan_texts import PlanRead
from echodesk.desk import words
from echodesk.main import AllBooks
from echodesk.planning.batches import BatchRecord
from echodesk.worker.reconciling import rooms_of

Missed = tuple[NotRecorded, ...]


def read_missed(books: AllBooks, batch: BatchRecord, today: str) -> Missed:
    """The lessons of a plan's rooms and dates that are not recorded as things stand now."""
    return books.screens.not_recorded(batch.scope, rooms_of(books, batch.scope), today)


def missed_values(missed: Missed) -> list[dict[str, str]]:
    """The same for a program."""
    return [asdict(one) for one in missed]


def missed_text(found: PlanRead, missed: Missed) -> str:
    """The same for people, with whose word it is."""
    counted = sum(found.summary.left_out.values())
    lines = [f"Not recorded in the rooms and on the dates of plan {found.batch.id}, as of now: {len(missed):,}."]
    lines += [_line(one) for one in missed]
    if counted != len(missed):
        lines.append(
            f"The plan counted {counted:,} when it was made. A room and day is listed here once it was planned to"
            " be sent, with what was decided since."
        )
    return "\n".join(lines)


def _line(one: NotRecorded) -> str:
    why = words.reason(one.reason) + (f" ({one.kept})" if one.kept else "")
    return f"  {one.date} {one.time} {one.room}  {one.title or one.external_id}: {why}"
