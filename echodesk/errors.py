"""One family of errors: each carries a title, what happened and what to do next.

A foreign exception (driver, HTTP library, operating system) is turned into one of these once, at the edge
that meets it. Screens and the command line show the three texts; nothing else is shown to a person.
"""

from __future__ import annotations


class EchoDeskError(Exception):
    """Something a person should hear about, in three plain texts."""

    exit_code = 1

    def __init__(self, title: str, message: str, next_step: str) -> None:
        super().__init__(f"{title}: {message}")
        self.title = title
        self.message = message
        self.next_step = next_step

    def as_text(self) -> str:
        """The three texts as they are printed on the command line."""
        return f"{self.title}\n  {self.message}\n  {self.next_step}"

    def in_one_line(self) -> str:
        """The three texts as they stand in a sentence of something else."""
        return f"{self.title}: {self.message} {self.next_step}"


class WrongUse(EchoDeskError):
    """A command was given words or values that cannot be meant (exit code 2)."""

    exit_code = 2


class NothingDone(EchoDeskError):
    """Nothing was done because something is paused, guarded or stale (exit code 3)."""

    exit_code = 3


class DatabaseTrouble(EchoDeskError):
    """The database cannot be reached, read or written; nothing of the running step was kept."""


class DatabaseBusy(DatabaseTrouble):
    """Another program holds the database; the same step may be tried again."""


class RowRefused(DatabaseTrouble):
    """The database refuses a row for what is in it: trying the same again would change nothing."""


class RightMissing(DatabaseTrouble):
    """The database's user may not do this."""


class SchemaMismatch(DatabaseTrouble):
    """The tables were made by another version of EchoDesk."""


class TimetableFault(EchoDeskError):
    """A timetable file or table holds something that cannot be read; names file, line and field."""


class CaptureTrouble(EchoDeskError):
    """Echo360 cannot be reached, or does not let EchoDesk in."""


class NotLeading(EchoDeskError):
    """Another worker holds the lease: this one may write nothing but marks."""


class WorkerStopped(EchoDeskError):
    """A command reached a worker that no longer takes any."""
