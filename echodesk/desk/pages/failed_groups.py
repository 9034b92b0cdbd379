"""What can be done with whole groups of failures: tried again, or set aside with a reason."""

from __future__ import annotations

from collections.abc import Sequence

from echodesk.desk import formats, words
from echodesk.desk.dialogs.asking import answered
from echodesk.desk.dialogs.confirm import confirmed
from echodesk.desk.dialogs.set_aside import SetAsideDialog
from echodesk.desk.pages.matter_list import MatterList
from echodesk.desk.pages.table_page import PageParts
from echodesk.lessons import FailureGroup
from echodesk.messages import Command, Retry, SetAside


class FailedGroups:
    """Two actions on the list of failures. What is confirmed is what was on screen: nothing that failed since."""

    def __init__(self, groups: MatterList, parts: PageParts) -> None:
        self._groups = groups
        self._parts = parts
        self.retry = groups.add("&Retry these…", "Ctrl+R", self._on_retry, bool, primary=True)
        self.aside = groups.add("Set &aside…", "Ctrl+Shift+A", self._on_aside, bool)

    def _on_retry(self) -> None:
        self._parts.gateway.start(self._retry(self._groups.chosen()))

    def _on_aside(self) -> None:
        self._parts.gateway.start(self._aside(self._groups.chosen()))

    async def _retry(self, groups: Sequence[FailureGroup]) -> None:
        lessons = _lessons(groups)
        text = f"{_of(groups)}. This reads {lessons} again and sends what is needed."
        if await confirmed(self._groups.window(), f"Retry {lessons}?", text, f"Retry {lessons}"):
            self._send(Retry(self._parts.by, *_numbers(groups)))

    async def _aside(self, groups: Sequence[FailureGroup]) -> None:
        dialog = SetAsideDialog(self._groups.window(), _lessons(groups), _of(groups))
        if await answered(dialog):
            self._send(SetAside(self._parts.by, dialog.reason, *_numbers(groups)))

    def _send(self, command: Command) -> None:
        self._parts.gateway.send(command, self._groups.read)


def _lessons(groups: Sequence[FailureGroup]) -> str:
    return formats.counted(sum(group.count for group in groups), "failure")


def _of(groups: Sequence[FailureGroup]) -> str:
    """The groups in words, the first of them if they are many."""
    named = [
        f"{words.failure(group.cause)}, {group.room_name or 'no room'} ({group.count})" for group in groups[:5]
    ]
    more = f"; and {formats.counted(len(groups) - 5, 'more group')}" if len(groups) > 5 else ""
    return "; ".join(named) + more


def _numbers(groups: Sequence[FailureGroup]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The edits and the weekly updates."""
    edits = tuple(number for group in groups for number in group.entries)
    return edits, tuple(number for group in groups for number in group.notifications)
