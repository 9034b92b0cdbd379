"""`database verify`: whether EchoDesk works on an Oracle, tried in a schema that is there for that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated

import typer

from echodesk import paths
from echodesk.access import password_from_environment
from echodesk.commands.answers import Json, say
from echodesk.errors import DatabaseTrouble, WrongUse
from echodesk.main import AllBooks, Office
from echodesk.store.connection import ORACLE, PASSWORD, checked_connection
from echodesk.store.database import Database
from echodesk.store.trial_steps import STEPS, prepare, taken

SHOWN = 5
LEASE_S = 30.0
LONG = "long and löng" * 1_000
TODAY = "2030-09-09"


def verify(
    url: Annotated[
        str,
        typer.Option(help="As oracle+oracledb://user@host:1521/?service_name=name; the user's schema is empty."),
    ],
    json: Json = False,
) -> None:
    """Try EchoDesk on an Oracle: make everything in the empty schema of a user, look at it, read every statement,
    make edits and look what the triggers enter, use the store, and take everything away again. Returns 1 if
    something is wrong.

    The user needs CREATE SESSION, TABLE, SEQUENCE, PROCEDURE, TRIGGER and VIEW and a quota; a schema that holds
    anything is refused. The password is read from ECHODESK_DATABASE_PASSWORD.
    JSON: server (its version), failed (how many), checks (check, said: '' if it is right).
    """
    from echodesk.store.oracle import open_oracle

    connection = checked_connection(url)
    address = connection.address(password_from_environment())
    if connection.server is not ORACLE or not address.username:
        raise WrongUse(
            "This is no user of an Oracle",
            "Only an Oracle is tried so; PostgreSQL is tried with the program's own tests.",
            f"Write {ORACLE.example}, and set {PASSWORD}.",
        )
    database = Database(open_oracle(address, paths.sql_folder()))
    checks: list[tuple[str, str]] = []
    try:
        for one in tried(database, address.username.upper()):
            checks.append(one)
    except DatabaseTrouble as error:
        if not checks:
            raise
        checks.append(("it goes on to the end", error.in_one_line()))
    finally:
        database.close()
    version = ".".join(map(str, database.engine.dialect.server_version_info or ()))
    failed = sum(bool(said) for _check, said in checks)
    values = {
        "server": version,
        "failed": failed,
        "checks": [{"check": check, "said": said} for check, said in checks],
    }
    lines = [f"{'wrong' if said else 'ok':<8} {check}{': ' if said else ''}{said}" for check, said in checks]
    say(values, as_json=json, text="\n".join([f"Oracle {version}, as {address.username}", *lines]))
    raise typer.Exit(1 if failed else 0)


def tried(database: Database, user: str) -> Iterator[tuple[str, str]]:
    """Each check and what is wrong, '' if nothing is. Everything is gone at the end.

    Raises `WrongUse` for a schema that is not empty, and `DatabaseTrouble` for what is refused.
    """
    from echodesk.store import oracle_trial as trial

    sql = paths.sql_folder()
    with trial.scratch(database, sql, user):
        yield "everything is as the scripts make it", _some(trial.odd_in(database, sql))
        trial.install(database, sql, user)
        yield "installing again changes nothing", _some(trial.odd_in(database, sql))
        count, refused = trial.refused_statements(database, sql)
        yield f"{count} statements are read by the server", _some(refused)
        prepare(database)
        for step in STEPS:
            yield f"edit: {step.what}", taken(database, step)
        yield from used(database)
    yield "everything was taken away", ""


def used(database: Database) -> Iterator[tuple[str, str]]:
    """The same of a few things that the store does, where a year without a lesson is live (`trial_steps`)."""
    office = Office(database)
    for what, work in _USES:
        try:
            yield what, "" if office.keep(work) else "it ends otherwise"
        except DatabaseTrouble as error:
            yield what, error.in_one_line()


def _lease(books: AllBooks) -> bool:
    taken = books.office.take_lease("trial", LEASE_S)
    if taken is None or books.office.take_lease("another", LEASE_S) is not None:
        return False
    kept = books.office.renew_lease("trial", taken.epoch, LEASE_S) and books.office.lease().seconds_left > 0
    books.office.release_lease("trial", taken.epoch)
    return kept and books.office.lease().holder is None


def _setting(books: AllBooks) -> bool:
    for value in ("7", "8"):
        books.office.change_setting("lead", value, "trial")
    return books.office.settings()["lead"] == "8"


def _command(books: AllBooks) -> bool:
    number = books.office.post_command("trial", LONG, "trial")
    waiting = books.office.next_command()
    books.office.answer_command(number, ok=True, answer="")
    return (
        waiting is not None
        and (waiting.id, waiting.args) == (number, LONG)
        and books.office.command_answer(number) == ("DONE", "")
    )


def _claim(books: AllBooks) -> bool:
    for one in next(step for step in STEPS if step.entries).edits:
        books.connection.exec_driver_sql(one)
    claimed = books.queue.claim(10)
    return len(claimed) == 1 and books.queue.taken([one.id for one in claimed]) == {claimed[0].id}


def _count(books: AllBooks) -> bool:
    overview = books.figures.overview(dt.datetime.fromisoformat(TODAY), 60)
    return overview is not None and books.timetable.sizes() == {"TRIAL": 1}


_USES: Sequence[tuple[str, Callable[[AllBooks], bool]]] = (
    ("the right to send is taken, kept and given back", _lease),
    ("a setting is written twice and read", _setting),
    ("a long text comes back as it went", _command),
    ("an edit is taken up, once", _claim),
    ("what waits is counted", _count),
)


def _some(found: list[str]) -> str:
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "; ".join(found[:SHOWN]) + more
