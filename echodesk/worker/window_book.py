"""The book of what the windows have open, inside one transaction: what the worker asks of it."""

from __future__ import annotations

from typing import Protocol

from echodesk.clashes import OtherWindow


class WindowBook(Protocol):
    """STT_ECHO_WINDOW: the room-day that each window has open. Every window writes its own row, whoever leads."""

    def tell(self, holder: str, who: str, machine: str, room: str, date: str) -> None:
        """This window has this room-day open and is alive now."""
        ...

    def close(self, holder: str) -> None:
        """This window has no room-day open."""
        ...

    def others(self, holder: str, room: str, date: str, gone_s: float) -> tuple[OtherWindow, ...]:
        """The other windows that have this room-day open and gave a sign of life within `gone_s`."""
        ...
