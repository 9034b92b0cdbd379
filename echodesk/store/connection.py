"""Which database a data folder uses: a small file in it says so. Without the file: SQLite in the folder.

The password is never written; it comes with the environment of the process or from the system's keyring, or as
PostgreSQL's own programs find it (its password file, a certificate, the user of the system).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from echodesk.errors import WrongUse
from echodesk.store.folder_file import read_file, write_file

CONNECTION_FILE = "connection.json"
PASSWORD = "ECHODESK_DATABASE_PASSWORD"


@dataclass(frozen=True, slots=True)
class Schemas:
    """Where tables are looked for; each name a plain one, as the server keeps it."""

    own: str = "public"
    """EchoDesk's own tables."""
    timetable: str = "public"

    @property
    def path(self) -> str:
        """PostgreSQL's `search_path`. A table that somebody made for a session alone stands behind all others."""
        return ",".join((*dict.fromkeys((self.own, self.timetable)), "pg_temp"))


@dataclass(frozen=True, slots=True)
class Server:
    """What one kind of server is told by, and how its names and addresses are written."""

    name: str
    title: str
    driver: str
    example: str
    in_address: tuple[str, ...]
    """What may stand behind the `?` of an address: where the server is and how the way there is kept safe."""
    encrypts: Mapping[str, tuple[str, ...]]
    """What must stand there so that nothing goes over the network unencrypted: any one of these."""
    schema: re.Pattern[str]
    schema_rule: str
    schemas: Schemas
    """Those of an office that names none."""


POSTGRESQL = Server(
    name="postgresql",
    title="PostgreSQL",
    driver="postgresql+psycopg",
    example="postgresql+psycopg://user@host:port/database, and ?sslmode=verify-full where the server has TLS",
    in_address=(
        *("host", "port", "passfile", "target_session_attrs"),
        *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "channel_binding", "gssencmode", "krbsrvname"),
    ),
    encrypts={"sslmode": ("require", "verify-ca", "verify-full"), "gssencmode": ("require",)},
    schema=re.compile(r"(?!pg_)[a-z_][a-z0-9_]{0,62}", re.ASCII | re.IGNORECASE),
    schema_rule="Letters, digits and underscores, not beginning with a digit or pg_, at most 63 of them.",
    schemas=Schemas(),
)
ORACLE = Server(
    name="oracle",
    title="Oracle",
    driver="oracle+oracledb",
    example="oracle+oracledb://user@host:port/?service_name=…, and &protocol=tcps where the server has TLS",
    in_address=("service_name", "protocol", "wallet_location", "ssl_server_cert_dn"),
    encrypts={"protocol": ("tcps",)},
    schema=re.compile(r"[a-z][a-z0-9_$#]{0,127}", re.ASCII | re.IGNORECASE),
    schema_rule="Letters, digits, _, $ and #, beginning with a letter, at most 128 of them.",
    schemas=Schemas("ECHODESK", "CMIS_OWNER"),
)
SERVERS = (POSTGRESQL, ORACLE)


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

    @property
    def server(self) -> Server:
        """What kind of server it is."""
        driver = make_url(self.url).drivername
        return next(one for one in SERVERS if one.driver == driver)

    @property
    def unprotected(self) -> str:
        """What a person has to know of a way to another machine that may not be encrypted; '' if all is well."""
        address, wanted = make_url(self.url), self.server.encrypts
        asked = any(one in values for key, values in wanted.items() for one in given(address, key))
        if asked or all(map(is_here, hosts_of(address))):
            return ""
        key, values = next(iter(wanted.items()))
        return (
            "Nothing in the database's address asks for encryption: others on the network may read and change what"
            f" goes to {hosts_of(address)[0]}. Where the server has TLS, add {key}={values[-1]} to the address."
        )

    def address(self, password: str) -> URL:
        """The address with the password, '' for none."""
        return make_url(self.url).set(password=password or None)


def connection_of(folder: Path) -> Connection | None:
    """What this data folder's file says, None without one. Raises `WrongUse` if it cannot be read."""
    step = "Write it anew with `echodesk database connect --url …`."
    found = read_file(folder / CONNECTION_FILE, Connection, "connection", step)
    return None if found is None else checked_connection(found.url, found.schema, found.cmis_schema)


def keep_connection(folder: Path, connection: Connection) -> None:
    """Write the file, whole or not at all. Raises `OSError`."""
    write_file(folder / CONNECTION_FILE, connection)


def checked_connection(url: str, schema: str | None = None, cmis_schema: str | None = None) -> Connection:
    """A connection that can be meant; a schema that is not named is called as most offices call it. Raises
    `WrongUse`, without the address: it may hold a password."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise _no_address("It cannot be read.", SERVERS) from error
    server = next((one for one in SERVERS if address.drivername in (one.name, one.driver)), None)
    if server is None:
        known = " and ".join(f"{one.title} ({one.driver}://…)" for one in SERVERS)
        raise WrongUse(
            "This database cannot be opened",
            f"{address.drivername!r} is not one that this version opens.",
            f"It opens {known}, and SQLite in a data folder without a connection.",
        )
    if address.password is not None:
        raise WrongUse(
            "The address holds a password",
            "Passwords are never kept in a file, and those on a command line can be read by others.",
            "Leave it out, keep it with `echodesk secret set database`, and change it if others saw it.",
        )
    unknown = sorted(set(address.query) - set(server.in_address))
    if unknown:
        raise _no_address(f"{', '.join(unknown)} cannot be given there.", [server])
    _check_place(address, server)
    kept = address.set(drivername=server.driver).render_as_string(hide_password=False)
    return Connection(
        kept,
        checked_schema(server.schemas.own if schema is None else schema, server),
        checked_schema(server.schemas.timetable if cmis_schema is None else cmis_schema, server),
    )


def checked_schema(name: str, server: Server = POSTGRESQL) -> str:
    """The name of a schema as the server keeps it. Raises `WrongUse` for all but a plain one."""
    if not server.schema.fullmatch(name):
        raise WrongUse("This is no name of a schema", f"{name!r} cannot be used.", server.schema_rule)
    return name.upper() if server is ORACLE else name.lower()


def given(address: URL, key: str) -> tuple[str, ...]:
    """What stands behind the `?` of an address under this key: nothing, one or several."""
    found = address.query.get(key, ())
    return (found,) if isinstance(found, str) else found


def _check_place(address: URL, server: Server) -> None:
    if server is POSTGRESQL:
        if not address.database:
            raise _no_address("It names no database.", [server])
        return
    if not address.host or address.database or len(given(address, "service_name")) != 1:
        raise _no_address("It names no host, no service or several.", [server])
    if not set(given(address, "protocol")) <= {"tcp", "tcps"}:
        raise _no_address("The protocol is tcp or tcps.", [server])


def hosts_of(address: URL) -> list[str]:
    """Where an address leads: PostgreSQL's may name several machines."""
    return [*given(address, "host"), *([address.host] if address.host else [])] or [""]


def is_here(host: str) -> bool:
    """A socket, or this machine: nobody listens on the way."""
    return host in ("", "localhost", "::1") or host.startswith(("/", "127."))


def _no_address(why: str, servers: Sequence[Server]) -> WrongUse:
    return WrongUse(
        "This is no address of a database", why, f"Write {'; or '.join(one.example for one in servers)}."
    )
