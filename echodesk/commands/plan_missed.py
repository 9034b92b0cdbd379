"""Which lessons a plan does not record, and why, for whoever reads the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from echodesk.batches import NotRecorded
from echodesk.desk import words


def missed_values(missed: Sequence[NotRecorded]) -> list[dict[str, object]]:
    """They for a program."""
    return [{name: value for name, value in asdict(one).items() if name != "key"} for one in missed]


def missed_text(plan: int, counted: int, missed: Sequence[NotRecorded]) -> str:
    """They for people. `counted`: how many the plan says it leaves out."""
    lines = [f"Not recorded by plan {plan}: {counted:,}."]
    lines += [words.NO_LIST] if counted and not missed else [_line(one) for one in missed]
    return "\n".join(lines)


def missed_why(one: NotRecorded) -> str:
    """`Room clash (overlaps M1 LC01 09:00-10:00 (1-2-2026-27), which is recorded)`."""
    return words.reason(one.reason) + (f" ({one.kept})" if one.kept else "")


def _line(one: NotRecorded) -> str:
    return f"  {one.date} {one.time} {one.room}  {one.title or one.external_id}: {missed_why(one)}"
