"""`echo360` and `secret`: which Echo360 a data folder uses, as whom, and where what opens it is kept."""

from __future__ import annotations

import getpass
import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from echodesk.access import CLIENT_SECRET, database_account, echo360_account
from echodesk.commands.answers import Data, Json, aligned, folder_of, folder_trouble, say
from echodesk.commands.reading import check_address
from echodesk.demo.stage import existing
from echodesk.errors import EchoDeskError, NothingDone, WrongUse
from echodesk.secrets import Secrets
from echodesk.store.connection import PASSWORD, connection_of
from echodesk.store.echo360 import Echo360Place, checked_echo360, echo360_of, keep_echo360


class Opens(StrEnum):
    """What a secret opens."""

    ECHO360 = "echo360"
    DATABASE = "database"


What = Annotated[Opens, typer.Argument(help="echo360 (the client secret) or database (the password).")]

secret = typer.Typer(help="Keep secrets in the keyring of this system.", no_args_is_help=False)


@dataclass(frozen=True, slots=True)
class Account:
    """What a data folder signs in to."""

    name: str
    variable: str
    """What the environment would hold the secret in."""


def echo360(
    url: Annotated[str, typer.Option(help="Address of Echo360, as https://echo360.org.uk.")] = "",
    client_id: Annotated[str, typer.Option(help="The id of the API client, which is no secret.")] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Have a data folder use an institution's Echo360; without --url, show which one it uses.

    The client secret is never given here: `echodesk secret set echo360` asks for it.
    JSON: url, client_id (null each: none was chosen), changed.
    """
    folder = folder_of(data)
    before = None if existing(folder) is not None else echo360_of(folder)
    now = before
    if url or client_id:
        _refuse_demonstration(folder)
        if before is None and not (url and client_id):
            raise WrongUse("Which Echo360?", "Its address and a client id go together.", "Give both.")
        address = check_address(url, loopback_only=False) if url else before.url if before is not None else ""
        now = checked_echo360(address, client_id or (before.client_id if before is not None else ""))
        if now != before:
            try:
                keep_echo360(folder, now)
            except OSError as error:
                raise folder_trouble(folder, error) from error
    values = {"url": None, "client_id": None} if now is None else {"url": now.url, "client_id": now.client_id}
    text = "No Echo360 was chosen." if now is None else f"{now.url}, as the API client {now.client_id}."
    if now is not None and now != before:
        text += "\nGive its secret with `echodesk secret set echo360`; `echodesk check` tells whether all is well."
    say({**values, "changed": now != before}, as_json=json, text=text)


@secret.command("set")
def keep(what: What, data: Data = None, json: Json = False) -> None:
    """Keep a secret of this data folder in the keyring of this system. It is typed unseen, or read from standard
    input: one line.

    Where there is no keyring nothing is kept, and the command returns 1.
    JSON: kept_in (the keyring's name), account.
    """
    secrets, account = _account(what, folder_of(data))
    if secrets.keyring.backend is None:
        raise EchoDeskError(
            "There is no keyring to keep it in",
            secrets.keyring.why_none,
            f"Set {account.variable} in the environment of each start. EchoDesk writes no secret into a file.",
        )
    secrets.keep(account.name, _typed(what))
    values = {"kept_in": secrets.keyring.name, "account": account.name}
    text = f"Kept in the keyring of this system ({secrets.keyring.name}), for {account.name}."
    say(values, as_json=json, text=f"{text}\n{_overruled(account)}".rstrip())


@secret.command()
def forget(what: What, data: Data = None, json: Json = False) -> None:
    """Take a secret of this data folder out of the keyring of this system. Returns 3 if none is there.

    JSON: forgotten, account.
    """
    secrets, account = _account(what, folder_of(data))
    if not secrets.forget(account.name):
        said = secrets.keyring.why_none or "The keyring holds none."
        raise NothingDone("There is no secret to forget", f"{said} For {account.name}.", _overruled(account))
    say({"forgotten": True, "account": account.name}, as_json=json, text=f"Forgotten, for {account.name}.")


@secret.command()
def where(data: Data = None, json: Json = False) -> None:
    """Show where the secrets of this data folder come from; never what they are.

    JSON: keyring (its name, null for none), why_none, secrets (opens, account, from: environment, keyring, none).
    """
    folder = folder_of(data)
    secrets = Secrets(folder)
    found = []
    for what in Opens:
        account = _find(what, folder)
        if account is not None:
            if os.environ.get(account.variable):
                source = "environment"
            else:
                source = "keyring" if secrets.read(account.name) else "none"
            found.append({"opens": what.value, "account": account.name, "from": source})
    name = secrets.keyring.name
    rows = [(f"{one['opens']}:", f"{one['from']}, for {one['account']}") for one in found]
    text = aligned([("keyring:", name or f"none. {secrets.keyring.why_none}"), *rows])
    values = {"keyring": name or None, "why_none": secrets.keyring.why_none, "secrets": found}
    say(values, as_json=json, text=text)


def register(app: typer.Typer) -> None:
    """Mount the commands."""
    app.command()(echo360)
    app.add_typer(secret, name="secret")


def _account(what: Opens, folder: Path) -> tuple[Secrets, Account]:
    _refuse_demonstration(folder)
    found = _find(what, folder)
    if found is not None:
        return Secrets(folder), found
    if what is Opens.ECHO360:
        raise WrongUse(
            "Which Echo360?", "None was chosen.", "First `echodesk echo360 --url https://… --client-id …`."
        )
    raise WrongUse(
        "SQLite needs no password",
        "This data folder uses no database on a server.",
        "Choose one first: `echodesk database connect --url …`.",
    )


def _find(what: Opens, folder: Path) -> Account | None:
    if what is Opens.ECHO360:
        place: Echo360Place | None = echo360_of(folder)
        return None if place is None else Account(echo360_account(place), CLIENT_SECRET)
    connection = connection_of(folder)
    return None if connection is None else Account(database_account(connection), PASSWORD)


def _refuse_demonstration(folder: Path) -> None:
    if existing(folder) is not None:
        raise WrongUse(
            "This data folder is a demonstration's",
            "It brings its own Echo360, and needs no secret.",
            "Name another folder with --data.",
        )


def _overruled(account: Account) -> str:
    if not os.environ.get(account.variable):
        return ""
    return f"While {account.variable} is set in the environment, that one is used."


def _typed(what: Opens) -> str:
    if sys.stdin is not None and sys.stdin.isatty():
        return getpass.getpass(f"{'Client secret' if what is Opens.ECHO360 else 'Password'} (not shown): ")
    return sys.stdin.readline().rstrip("\r\n") if sys.stdin is not None else ""
