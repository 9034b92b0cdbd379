"""What one database transaction offers of pauses, settings, commands and the lease (see `books`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Protocol

from echodesk.messages import Scope
from echodesk.planning.batches import Timer
from echodesk.planning.records import LeaderState, LeaseState, PauseRecord, WaitingCommand
from echodesk.planning.values import RoomDay, Rules
from echodesk.settings import SettingsShown


class OfficeBook(Protocol):
    """What people decide: pauses, settings, commands; and the lease."""

    def pauses(self, places: Collection[RoomDay] | None = None) -> list[PauseRecord]:
        """Pauses that stand now. With `places`, those that came with a batch know of these room-days only."""
        ...

    def pause_ended(self) -> bool:
        """True if the end of a pause has come that still stands."""
        ...

    def lift_ended(self) -> int:
        """Lift pauses whose end has come. Returns how many."""
        ...

    def pause(self, scope: Scope, reason: str, by: str, until: str) -> int: ...

    def resume(self, ids: Collection[int], by: str) -> int:
        """Lift these pauses (all when empty) and free what they held."""
        ...

    def hold_anew(self) -> None:
        """All that waits for a pause is planned once more, and held once more if it is still linked with it."""
        ...

    def rules(self) -> Rules: ...

    def switch_off(self, setid: str) -> None:
        """This year is not sent any more."""
        ...

    def switch_on(self, setid: str) -> None:
        """This year is sent from now on."""
        ...

    def timer(self) -> Timer:
        """When everything is compared without anybody asking."""
        ...

    def setting(self, name: str) -> str | None: ...

    def settings(self) -> dict[str, str]: ...

    def shown_settings(self) -> SettingsShown:
        """Every setting as it is now, for people."""
        ...

    def check_setting(self, name: str, value: str, room: str = "") -> None:
        """Raise `WrongUse`, saying what is accepted, unless this setting may be so."""
        ...

    def change_setting(self, name: str, value: str, by: str, room: str = "") -> tuple[str, bool]:
        """Change one setting. Returns what it was, and whether it shapes the projection; raises `WrongUse`."""
        ...

    def next_command(self) -> WaitingCommand | None: ...

    def answer_command(self, command: int, ok: bool, answer: str) -> None: ...

    def post_command(self, kind: str, args: str, by: str) -> int: ...

    def command_answer(self, command: int) -> tuple[str, str] | None: ...

    def take_lease(self, holder: str, ttl_s: float) -> LeaseState | None:
        """Become the only writer: a new epoch. None while another holds the lease. Raises `SchemaMismatch` if the
        tables are of another version."""
        ...

    def renew_lease(self, holder: str, epoch: int, ttl_s: float) -> bool: ...

    def release_lease(self, holder: str, epoch: int) -> None: ...

    def hand_over_lease(self, holder: str, epoch: int, successor: str, ttl_s: float) -> None:
        """Give the lease to another, who takes it anew; anybody may once `ttl_s` have passed in vain."""
        ...

    def lease(self) -> LeaseState: ...

    def utc(self) -> dt.datetime:
        """The database's clock, aware, to the millisecond."""
        ...

    def tell_state(self, epoch: int, state: LeaderState) -> None:
        """What the leader is doing, for other processes."""
        ...

    def told_state(self) -> LeaderState:
        """What the leader told last; empty texts if nobody did."""
        ...

    def guard(self, epoch: int) -> None:
        """Raise `NotLeading` unless this epoch may write. First call of every write of a leader."""
        ...
