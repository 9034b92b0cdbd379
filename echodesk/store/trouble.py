"""What becomes of a driver's exception: one of EchoDesk's errors, with what to do. Here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from echodesk.errors import DatabaseBusy, DatabaseTrouble, RightMissing, RowRefused
from echodesk.store.connection import PASSWORD


@contextmanager
def converted() -> Iterator[None]:
    """Turn a driver's exception into one of ours, with what to do."""
    try:
        yield
    except (IntegrityError, DataError) as error:
        raise _refused(error) from error
    except DBAPIError as error:
        if oracle_code(error) in _ORACLE_REFUSES:
            raise _refused(error) from error
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
_NO_PASSWORD = _Said(
    "The database asks for a password",
    "None was given",
    f"Keep it with `echodesk secret set database`, or set {PASSWORD} in the environment; the database's address"
    " names the user.",
)
_NO_DATABASE = _Said(
    "There is no such database",
    "The server knows no database of this name",
    "Check the name in the database's address.",
)
_NO_SCHEMA = _Said(
    "There is no such schema",
    "The server knows no schema of the name that holds EchoDesk's tables",
    "Name the right one with `echodesk database connect`; on Oracle its administrator makes it, as a user.",
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
_NOT_SEEN = _Said(
    "The tables are not as this EchoDesk needs them",
    "A table is missing, or a right on it: Oracle says the same of both",
    "Run `echodesk check`, which names it; bring the tables up to date with `echodesk database upgrade`,"
    " or ask the database's administrator for the right.",
)
_STEP = _Said(
    "The database refused a step",
    "It gives a reason that EchoDesk does not know",
    "Look at the log; the step is tried again at the next change.",
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
_ORACLE: Mapping[_Said, str] = {
    _WRONG_WAY_IN: "ORA-01017 ORA-01005 ORA-28000 ORA-28001 ORA-28002 ORA-01045 DPY-3015",
    _NO_PASSWORD: "DPY-4001",
    _NO_DATABASE: "ORA-12514 ORA-12505 DPY-6001 DPY-6003 DPY-4000",
    _NO_SCHEMA: "ORA-01435",
    _AWAY: """DPY-6005 DPY-6000 DPY-4011 DPY-1001 ORA-00028 ORA-01012 ORA-01033 ORA-01034 ORA-01089 ORA-01092
    ORA-02396 ORA-03113 ORA-03114 ORA-03135 ORA-12170 ORA-12528 ORA-12537 ORA-12541 ORA-12547""",
    _FULL: "ORA-00257 ORA-01536 ORA-01652 ORA-01653 ORA-01654 ORA-01688 ORA-01691 ORA-19809 ORA-30036",
    _NO_MORE: "ORA-00018 ORA-00020 ORA-02391 ORA-12516 ORA-12519 ORA-12520",
    _TAKES_TURNS: "ORA-00054 ORA-00060 ORA-08177 ORA-30006",
    _TOO_LONG: "DPY-4024 ORA-01013 ORA-01555",
    _MAY_NOT: "ORA-01031 ORA-01950",
    _READ_ONLY: "ORA-00372 ORA-01456 ORA-01647 ORA-16000",
    _OTHER_TABLES: "ORA-00904",
    _NOT_SEEN: "ORA-00942 ORA-02289 ORA-04043",
}
_CODES = {code: said for said, codes in _ORACLE.items() for code in codes.split()}
"""By Oracle's code, or its driver's."""
_WHY_IS_IN_THE_WORDS = ("DPY-6005", "DPY-6000")
"""No connection came about; the listener's own code stands behind: `DPY-6000: … (Similar to ORA-12516)`."""
_CODE = re.compile(r"(?:ORA|DPY)-\d+")
_ORACLE_REFUSES = frozenset(("ORA-01400", "ORA-01407", "ORA-01438", "ORA-12899", "ORA-20001"))
"""What is said of a row and comes from the driver as something else than an error of its integrity."""


def _refused(error: DBAPIError) -> RowRefused:
    return RowRefused(
        "The database refuses a row", str(error.orig), "The log has the details; everything else goes on."
    )


def oracle_code(error: DBAPIError) -> str:
    """`ORA-00942`, or what oracledb says by itself; '' of another driver's error."""
    told = error.orig.args[0] if error.orig is not None and error.orig.args else None
    code = str(getattr(told, "full_code", ""))
    if code in _WHY_IS_IN_THE_WORDS:
        causes = [one for one in _CODE.findall(str(error.orig)) if one in _CODES and one != code]
        return causes[-1] if causes else code
    return code


def _trouble(error: DBAPIError) -> DatabaseTrouble:
    said = str(error.orig).strip()
    found = _told_by_a_server(error, said)
    if found is None:
        return _as_trouble(said)
    kind = DatabaseBusy if found.busy else RightMissing if found is _MAY_NOT else DatabaseTrouble
    return kind(found.title, f"{found.happened} ({said}).", found.step)


def _told_by_a_server(error: DBAPIError, said: str) -> _Said | None:
    """What a server's driver says; None of SQLite's, or of an error that is not known."""
    code = oracle_code(error)
    if code:
        return _CODES.get(code, _STEP)
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
