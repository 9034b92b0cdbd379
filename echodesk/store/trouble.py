"""What becomes of a driver's exception: one of EchoDesk's errors, with what to do. Here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from echodesk.errors import DatabaseBusy, DatabaseTrouble, RowRefused


@contextmanager
def converted() -> Iterator[None]:
    """Turn a driver's exception into one of ours, with what to do."""
    try:
        yield
    except (IntegrityError, DataError) as error:
        raise RowRefused(
            "The database refuses a row", str(error.orig), "The log has the details; everything else goes on."
        ) from error
    except DBAPIError as error:
        raise _trouble(error) from error
    except SQLAlchemyError as error:
        raise DatabaseTrouble(
            "The database cannot be used", str(error), "Try again; if it goes on, look at the log."
        ) from error


@dataclass(frozen=True, slots=True)
class _Said:
    """How one kind of a server's errors is told."""

    title: str
    happened: str
    step: str
    busy: bool = False
    """The same may be tried again at once."""


_AGAIN = "EchoDesk tries again by itself and nothing is lost. If it goes on, "
_WRONG_WAY_IN = _Said(
    "The database does not let EchoDesk in",
    "It refuses the user or the password",
    "Check the user, the password and the end of its time; ask the database's administrator for them.",
)
_NO_DATABASE = _Said(
    "There is no such database",
    "The server knows no database of this name",
    "Check the name in the database's address.",
)
_AWAY = _Said(
    "The database cannot be reached",
    "The server does not answer, or the connection was cut",
    _AGAIN + "check the network and whether the server runs.",
)
_FULL = _Said("The database's disk is full", "The server cannot write", _AGAIN + "the server's disk needs room.")
_NO_MORE = _Said(
    "The database has no room for one more connection",
    "Too much is at work there",
    _AGAIN + "close other programs, or have the limit raised.",
)
_TAKES_TURNS = _Said(
    "The database is busy",
    "Another program is at work on the same rows",
    _AGAIN + "look who holds the database.",
    busy=True,
)
_TOO_LONG = _Said(
    "The database takes too long",
    "It did not answer in time",
    _AGAIN + "ask the database's administrator what it is busy with.",
    busy=True,
)
_MAY_NOT = _Said(
    "EchoDesk may not do this in the database",
    "Its user lacks a right",
    "Ask the database's administrator to give it; `echodesk check` names what is missing.",
)
_READ_ONLY = _Said(
    "The database cannot be written",
    "It only lets itself be read: a copy that follows another, or closed for a while",
    _AGAIN + "check that the address names the database that is written.",
)
_OTHER_TABLES = _Said(
    "The tables are not as this EchoDesk needs them",
    "A table or column is missing",
    "Run `echodesk check`; bring the tables up to date with `echodesk database upgrade`.",
)
_STATES: Mapping[str, _Said] = {
    "28": _WRONG_WAY_IN,
    "3D": _NO_DATABASE,
    "08": _AWAY,
    "57P": _AWAY,
    "25P": _AWAY,
    "53100": _FULL,
    "53300": _NO_MORE,
    "40": _TAKES_TURNS,
    "55P03": _TAKES_TURNS,
    "57014": _TOO_LONG,
    "42501": _MAY_NOT,
    "25006": _READ_ONLY,
    "42P01": _OTHER_TABLES,
    "42703": _OTHER_TABLES,
}
"""By how the state begins that a server gives with an error (SQLSTATE, PostgreSQL's manual, appendix A)."""


def _trouble(error: DBAPIError) -> DatabaseTrouble:
    said = str(error.orig).strip()
    found = _told_by_a_server(error, said)
    if found is None:
        return _as_trouble(said)
    kind = DatabaseBusy if found.busy else DatabaseTrouble
    return kind(found.title, f"{found.happened} ({said}).", found.step)


def _told_by_a_server(error: DBAPIError, said: str) -> _Said | None:
    """What PostgreSQL's driver says; None of another driver's error, or of one that is not known."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return next((told for begin, told in _STATES.items() if state.startswith(begin)), None)
    if not hasattr(error.orig, "sqlstate"):
        return None
    # Before there is a connection there is no state, only words.
    if "password" in said or "role" in said or "pg_hba" in said:
        return _WRONG_WAY_IN
    return _NO_DATABASE if "does not exist" in said else _AWAY


def _as_trouble(said: str) -> DatabaseTrouble:
    lower = said.lower()
    if "locked" in lower or "busy" in lower:
        return DatabaseBusy(
            "The database is busy",
            f"Another program holds it ({said}).",
            "EchoDesk tries again by itself. If it goes on, close the other program.",
        )
    if "readonly" in lower or "read-only" in lower or "permission" in lower:
        return DatabaseTrouble(
            "The database cannot be written",
            f"It is read-only for this user ({said}).",
            "Allow writing to the data folder and its files; EchoDesk goes on by itself.",
        )
    if "disk i/o" in lower:
        return DatabaseTrouble(
            "The disk cannot be read or written",
            f"It is full, over its quota, or fails ({said}).",
            "Make room on the disk and check it; EchoDesk goes on by itself and nothing is lost.",
        )
    if "full" in lower:
        return DatabaseTrouble(
            "The disk is full",
            f"The database could not be written ({said}).",
            "Make room on the disk; EchoDesk goes on by itself and nothing is lost.",
        )
    if "unable to open" in lower:
        return DatabaseTrouble(
            "The database cannot be opened",
            f"The file cannot be opened ({said}).",
            "Check that the data folder exists and may be read and written.",
        )
    if "malformed" in lower or "not a database" in lower:
        return DatabaseTrouble(
            "The database file is damaged",
            f"It cannot be read ({said}).",
            "Put the last backup of the data folder back; do not delete the file.",
        )
    return DatabaseTrouble(
        "The database refused a step", said, "Look at the log; the step is tried again at the next change."
    )
