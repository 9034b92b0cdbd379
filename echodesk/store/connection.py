"""Which database a data folder uses: a small file in it says so. Without the file: SQLite in the folder.

The password is never written; it comes with the environment of the process, or as PostgreSQL's own programs find
it (its password file, a certificate, the user of the system).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from echodesk.errors import WrongUse

CONNECTION_FILE = "connection.json"
PASSWORD = "ECHODESK_DATABASE_PASSWORD"
DRIVER = "postgresql+psycopg"
IN_ADDRESS = (
    *("host", "port", "passfile", "target_session_attrs"),
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "channel_binding", "gssencmode", "krbsrvname"),
)
"""What may stand behind the `?` of an address: where the server is and how the way there is kept safe."""

_SCHEMA = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Schemas:
    """Where tables are looked for; each name a plain one in lower case."""

    own: str = "public"
    """EchoDesk's own tables."""
    timetable: str = "public"

    @property
    def path(self) -> str:
        """PostgreSQL's `search_path`. A table that somebody made for a session alone stands behind all others."""
        return ",".join((*dict.fromkeys((self.own, self.timetable)), "pg_temp"))


class Connection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The database of an office on a server."""

    url: str
    schema: str
    """Holds EchoDesk's own tables."""
    cmis_schema: str
    """Holds the timetable's."""

    @property
    def schemas(self) -> Schemas:
        """Both schemas."""
        return Schemas(self.schema, self.cmis_schema)

    def address(self, password: str) -> URL:
        """The address with the password, '' for none."""
        return make_url(self.url).set(password=password or None)


def connection_of(folder: Path) -> Connection | None:
    """What this data folder's file says, None without one. Raises `WrongUse` if it cannot be read."""
    file = folder / CONNECTION_FILE
    if not file.exists():
        return None
    try:
        found = msgspec.json.decode(file.read_bytes(), type=Connection)
    except (OSError, msgspec.DecodeError) as error:
        raise WrongUse(
            "This data folder's connection cannot be read",
            f"{file}: {error}.",
            "Write it anew with `echodesk database connect --url …`.",
        ) from error
    return checked_connection(found.url, found.schema, found.cmis_schema)


def keep_connection(folder: Path, connection: Connection) -> None:
    """Write the file, whole or not at all. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = folder / f"{CONNECTION_FILE}.new"
    new.touch(mode=0o600)
    new.write_bytes(msgspec.json.format(msgspec.json.encode(connection)) + b"\n")
    new.replace(folder / CONNECTION_FILE)


def checked_connection(url: str, schema: str, cmis_schema: str) -> Connection:
    """A connection that can be meant. Raises `WrongUse`, without the address: it may hold a password."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise _no_address("It cannot be read.") from error
    if address.drivername not in ("postgresql", DRIVER):
        raise WrongUse(
            "This database cannot be opened",
            f"{address.drivername!r} is not one that this version opens.",
            "It opens PostgreSQL (postgresql+psycopg://…), and SQLite in a data folder without a connection.",
        )
    if address.password is not None:
        raise WrongUse(
            "The address holds a password",
            "Passwords are never kept in a file, and those on a command line can be read by others.",
            f"Leave it out of the address, set {PASSWORD} in the environment, and change it if others saw it.",
        )
    unknown = sorted(set(address.query) - set(IN_ADDRESS))
    if unknown:
        raise _no_address(f"{', '.join(unknown)} cannot be given there.")
    if not address.database:
        raise _no_address("It names no database.")
    kept = address.set(drivername=DRIVER).render_as_string(hide_password=False)
    return Connection(kept, checked_schema(schema), checked_schema(cmis_schema))


def checked_schema(name: str) -> str:
    """The name of a schema as the server keeps it. Raises `WrongUse` for all but a plain one."""
    if not _SCHEMA.fullmatch(name) or name.lower().startswith("pg_"):
        raise WrongUse(
            "This is no name of a schema",
            f"{name!r} cannot be used.",
            "Letters, digits and underscores, not beginning with a digit or pg_, at most 63 of them.",
        )
    return name.lower()


def _no_address(why: str) -> WrongUse:
    return WrongUse(
        "This is no address of a database",
        why,
        "Write postgresql+psycopg://user@host:port/database, and ?sslmode=verify-full where the server has TLS.",
    )
