"""EchoDesk tried on an Oracle, in the empty schema of a user who is there for that: everything is made in it,
looked at, used, and taken away again. It has not run on an Oracle database yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import ClauseElement, Connection

from echodesk.errors import DatabaseTrouble, WrongUse
from echodesk.store.connection import Schemas
from echodesk.store.database import Database
from echodesk.store.every_statement import loaded_statements
from echodesk.store.health_oracle import odd_things
from echodesk.store.installing_oracle import run_statements
from echodesk.store.oracle import words_of
from echodesk.store.oracle_dictionary import OBJECTS
from echodesk.store.oracle_script import script_of, statements_of

SCRIPTS = (
    *("cmis", "tables", "worker_tables", "indexes", "audit", "first_rows"),
    *("package", "guard", "timetable_indexes", "triggers", "room_features"),
)
"""Roles and synonyms are for two schemas and several users; here are one of each."""
GONE_ALREADY = (
    *("ORA-00942", "ORA-01418", "ORA-02289", "ORA-04043", "ORA-04080"),
    # Roles and synonyms.
    *("ORA-01432", "ORA-01434"),
)


@contextmanager
def scratch(database: Database, sql_folder: Path, user: str) -> Iterator[None]:
    """Everything is installed in this user's own schema, and gone at the end, whatever happens between.

    Raises `WrongUse` if the schema holds anything, `DatabaseTrouble` at what is refused or cannot be taken away.
    """
    check_empty(database)
    try:
        install(database, sql_folder, user)
        yield
    finally:
        take_away(database, sql_folder, user)


def check_empty(database: Database) -> None:
    """Raise `WrongUse` if the user's own schema holds anything."""
    there = things_in(database)
    if there:
        raise WrongUse(
            "This schema is not empty",
            f"It holds {len(there)} things, {there[0]} among them.",
            "Name a user whose schema is empty: everything is made in it, and taken away again.",
        )


def install(database: Database, sql_folder: Path, user: str) -> None:
    """Make everything; where it is already, nothing changes. Raises `DatabaseTrouble` at what is refused."""
    own = Schemas(user, user)
    for part in SCRIPTS:
        run_statements(database, statements_of(script_of(sql_folder, part, own)))
    # Who owns everything sees its own triggers without SYS.
    view = [one for one in statements_of(script_of(sql_folder, "watching", own)) if one.startswith("CREATE")]
    run_statements(database, [one.replace("SYS.DBA_", "ALL_") for one in view])


def take_away(database: Database, sql_folder: Path, user: str) -> None:
    """Take everything away again. Raises `DatabaseTrouble` if something is left."""
    own = Schemas(user, user)
    dropping = [one for one in statements_of(script_of(sql_folder, "uninstall", own)) if not _shared(one)]
    run_statements(database, dropping, GONE_ALREADY)
    made = [one.split()[2] for one in statements_of(script_of(sql_folder, "cmis", own))]
    run_statements(database, [f"DROP TABLE {name} CASCADE CONSTRAINTS PURGE" for name in made], GONE_ALREADY)
    left = things_in(database)
    if left:
        raise DatabaseTrouble(
            "Something is left in the schema",
            f"{', '.join(left[:4])}: {len(left)} in all.",
            "Have the database's administrator drop the user, or what is left.",
        )


def things_in(database: Database) -> list[str]:
    """What the user's own schema holds."""
    found = database.read(lambda connection: connection.exec_driver_sql(OBJECTS).all())
    return [f"{kind} {name}" for kind, name in found]


def odd_in(database: Database, sql_folder: Path) -> list[str]:
    """What is not as the scripts make it, in words: the dictionary's own view of what was installed."""
    odd = database.read(lambda connection: odd_things(connection, sql_folder))
    return [f"{one.kind} {one.name} {one.how}" for one in odd]


def refused_statements(database: Database, sql_folder: Path) -> tuple[int, list[str]]:
    """How many statements the server has read, without carrying one out, and what it said of those it refuses."""
    words = words_of(sql_folder)
    refused = []
    clauses = loaded_statements()

    def parse(connection: Connection) -> None:
        raw = connection.connection.cursor()
        try:
            for clause in clauses:
                statement = words.statement(clause)
                if not isinstance(statement, ClauseElement):
                    raise TypeError(f"not a statement: {clause.text}")
                said = str(statement.compile(dialect=connection.dialect))
                try:
                    raw.parse(said)
                except connection.dialect.loaded_dbapi.DatabaseError as error:
                    refused.append(f"{error}: {' '.join(said.split())[:120]}")
        finally:
            raw.close()

    database.read(parse)
    return len(clauses), refused


def _shared(statement: str) -> bool:
    """Roles and rights on SYS's views are for everybody there; a schema needs no synonyms of its own tables."""
    return statement.startswith(("DROP ROLE", "DROP SYNONYM", "REVOKE"))
