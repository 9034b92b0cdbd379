"""How a command answers: texts for people, JSON for programs, and which data folder it works on."""

from __future__ import annotations

import json as json_of
import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from echodesk import log, paths
from echodesk.desk.campus import campus_time
from echodesk.errors import DatabaseTrouble, EchoDeskError
from echodesk.log import redacted
from echodesk.main import Office, open_office
from echodesk.secrets import Secrets
from echodesk.store.connection import connection_of
from echodesk.worker.clock import utc_now

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
Data = Annotated[Path | None, typer.Option("--data", help="Data folder; without it, this user's own.")]
Wait = Annotated[float, typer.Option("--wait", help="Seconds to wait for an answer.", min=0.0, max=3_600.0)]

BUSY_S = 10.0
"""How long one transaction may wait for a database that another program holds (decisions: Dirt, snapshots)."""

# What a terminal would obey instead of showing: texts of database and Echo360 are never commands.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def say(values: Mapping[str, object], *, as_json: bool, text: str = "") -> None:
    """Print an answer: JSON in one line, or a text for people."""
    sys.stdout.write((json_of.dumps(values) if as_json else plain(text)) + "\n")
    sys.stdout.flush()


def complain(error: EchoDeskError, *, as_json: bool) -> int:
    """Print an error: three texts on standard error, or JSON on standard output. Returns the exit code."""
    title, message, next_step = (redacted(part) for part in (error.title, error.message, error.next_step))
    if as_json:
        say({"error": {"title": title, "message": message, "next_step": next_step}}, as_json=True)
    else:
        sys.stderr.write(plain(EchoDeskError(title, message, next_step).as_text()) + "\n")
    return error.exit_code


def plain(text: str) -> str:
    """The text without anything that a terminal would obey; line ends and tabs stay."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def aligned(rows: Iterable[tuple[str, object]], *, indent: int = 0) -> str:
    """Lines of a label and a value, the values under each other."""
    listed = [(label, str(value)) for label, value in rows]
    width = max((len(label) for label, _ in listed), default=0)
    return "\n".join(f"{' ' * indent}{label:<{width}}  {value}".rstrip() for label, value in listed)


def campus_stamps(office: Office) -> Callable[[str], str]:
    """Turns a stored stamp (UTC) into campus time as people write it: `2026-11-24 09:05:11`; '' stays ''."""
    local = campus_time(office.zone(), utc_now).to_local
    return lambda stamp: local(stamp).replace("T", " ") if stamp else ""


def folder_of(data: Path | None) -> Path:
    """The data folder that was named, or this user's own."""
    return data if data is not None else paths.office_folder()


@contextmanager
def office_at(data: Path | None, busy_s: float = BUSY_S, secrets: Secrets | None = None) -> Iterator[Office]:
    """The database of a data folder, given back at the end. Raises `DatabaseTrouble` or `SchemaMismatch`."""
    folder = folder_of(data)
    try:
        office = open_office(folder, busy_timeout_s=min(BUSY_S, max(0.1, busy_s)), secrets=secrets)
    except OSError as error:
        raise folder_trouble(folder, error) from error
    try:
        yield office
    finally:
        office.close()


def keep_log(folder: Path) -> None:
    """Keep the log in the data folder from now on, and off the screen; it begins with a warning if the way to the
    database is not encrypted. Raises `DatabaseTrouble`."""
    try:
        log.set_up(folder, to_screen=False)
    except OSError as error:
        raise folder_trouble(folder, error) from error
    connection = connection_of(folder)
    if connection is not None and connection.unprotected:
        logging.getLogger(__name__).warning(connection.unprotected)


def folder_trouble(folder: Path, error: OSError) -> DatabaseTrouble:
    """A data folder that the system does not let us use."""
    return DatabaseTrouble(
        "The data folder cannot be used",
        f"{folder}: {error.strerror or error}.",
        "Check that the folder exists and may be read and written, or name another with --data.",
    )
