"""A plan as a file: to be read elsewhere, kept, or given to whoever says yes.

The file names the database it was made in, when the plan was made there, a digest of its steps as they are kept,
and a digest of itself; the database still holds the plan. A file from elsewhere, of a database that was copied or
restored since, edited by hand or cut in half is refused, and what is sent is what the database holds.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from echodesk.batches import LARGEST_ID
from echodesk.commands.plan_texts import Listed, PlanRead, plan_values
from echodesk.errors import EchoDeskError, WrongUse
from echodesk.main import AllBooks, Office
from echodesk.planning.batches import identity_of_step

FORM = "EchoDesk plan"
VERSION = 2
MOST_LETTERS = 40
"""So much of what a file says is repeated to a person."""


def write_plan(path: Path, database: str, found: PlanRead, limit: int) -> None:
    """Write what `plan --json` says, with the database it comes from. `limit`: calls a minute. Raises
    `EchoDeskError` if it cannot."""
    content = {
        "form": FORM,
        "version": VERSION,
        "database": database,
        "created": found.batch.created,
        "kept": _digest_of(found.steps),
        **plan_values(found, limit),
    }
    content["digest"] = _digest(content)
    try:
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise _unwritten(path, error.strerror or str(error)) from error


def check_place(path: Path) -> None:
    """Raise `EchoDeskError` where no file can be written, before anything else is done."""
    try:
        if path.is_dir():
            why = "It is a folder"
        elif not os.access(path if path.exists() else path.parent, os.W_OK):
            why = "Nothing can be written there"
        else:
            return
    except OSError as error:
        raise _unwritten(path, error.strerror or str(error)) from error
    raise _unwritten(path, why)


def number_in(path: Path, office: Office) -> int:
    """The number of the plan in a file. Raises `WrongUse` unless it is a plan that this database holds, whole and
    as it was written."""
    content, whole = _content(path)
    if content.get("form") != FORM:
        raise _refused(path, "It is not a plan of EchoDesk.")
    if (version := content.get("version")) != VERSION:
        said = repr(version)[:MOST_LETTERS]
        raise _refused(path, f"It has version {said} of the form; this program knows {VERSION}.")
    if not whole:
        raise _refused(path, "It is not as it was written: somebody has changed it, or a part is missing.")
    number = content.get("plan")
    # A bool counts as a number in Python.
    if type(number) is not int or not 1 <= number <= LARGEST_ID:
        raise _refused(path, "It names no plan.")
    if (why := office.look(lambda books: _not_held(books, number, content))) is not None:
        raise _refused(path, why)
    return number


def _not_held(books: AllBooks, number: int, content: Mapping[str, object]) -> str | None:
    """Why this database's plan of this number is not the one in the file, None if it is."""
    if content.get("database") != books.batches.database():
        return "It was made from another database, of another year or institution."
    batch = books.batches.get(number)
    if batch is None:
        return f"This database holds no plan {number}; it was restored or copied from before that plan."
    if (content.get("created"), content.get("kept")) != (batch.created, _digest_of(books.batches.steps(number))):
        return f"This database holds another plan {number}; one of them was restored or copied since."
    return None


def _content(path: Path) -> tuple[dict[str, Any], bool]:
    """What the file holds, and whether that is what was written."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return (found, found.get("digest") == _digest(found)) if isinstance(found, dict) else ({}, False)
    except OSError as error:
        raise WrongUse(
            "There is no such plan",
            f"{path} is neither a number nor a file that can be read: {error.strerror or error}.",
            "Name a number, as `echodesk plans` lists them, or the file that `plan --file` wrote.",
        ) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _refused(path, f"It cannot be read: {error}.") from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits, or brackets in brackets without end.
        raise _refused(path, "It is not a plan of EchoDesk.") from error


def _unwritten(path: Path, why: str) -> EchoDeskError:
    return EchoDeskError("The plan's file could not be written", f"{path}: {why}.", "Name another place.")


def _refused(path: Path, why: str) -> WrongUse:
    return WrongUse(
        "This file cannot be applied", f"{path}: {why}", "Make a new plan: `echodesk plan`. Nothing was sent."
    )


def _digest(content: Mapping[str, object]) -> str:
    text = json.dumps({name: value for name, value in content.items() if name != "digest"}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _digest_of(steps: Listed) -> str:
    """A digest of the steps of a plan that stays the same whatever becomes of them."""
    found = hashlib.sha256()
    for step, _state, _answer in steps:
        found.update(json.dumps((step.number, step.piece, identity_of_step(step))).encode())
    return found.hexdigest()
