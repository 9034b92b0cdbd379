"""A plan as a file: to be read elsewhere, kept, or given to whoever says yes.

The file names the database it was made in and carries a digest of itself, and the database still holds the plan: a
file from elsewhere, edited by hand or cut in half is refused, and what is sent is what the database holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from echodesk.errors import EchoDeskError, WrongUse
from echodesk.main import Office

FORM = "EchoDesk plan"
VERSION = 1


def write_plan(path: Path, database: str, values: Mapping[str, object]) -> None:
    """Write what `plan --json` says, with the database it comes from. Raises `EchoDeskError` if it cannot."""
    content = {"form": FORM, "version": VERSION, "database": database, **values}
    content["digest"] = _digest(content)
    try:
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise EchoDeskError(
            "The plan's file could not be written", f"{path}: {error.strerror or error}.", "Name another place."
        ) from error


def number_in(path: Path, office: Office) -> int:
    """The number of the plan in a file. Raises `WrongUse` unless it is a plan of this database, whole and as it
    was written."""
    content = _content(path)
    if content.get("form") != FORM:
        raise _refused(path, "It is not a plan of EchoDesk.")
    if content.get("version") != VERSION:
        raise _refused(
            path, f"It has version {content.get('version')!r} of the form; this program knows {VERSION}."
        )
    digest = content.pop("digest", None)
    if digest != _digest(content):
        raise _refused(path, "It is not as it was written: somebody has changed it, or a part is missing.")
    if content.get("database") != office.look(lambda books: books.batches.database()):
        raise _refused(path, "It was made from another database, of another year or institution.")
    number = content.get("plan")
    if not isinstance(number, int):
        raise _refused(path, "It names no plan.")
    return number


def _content(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongUse(
            "There is no such plan",
            f"{path} is neither a number nor a file that can be read: {error.strerror or error}.",
            "Name a number, as `echodesk plans` lists them, or the file that `plan --file` wrote.",
        ) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _refused(path, f"It cannot be read: {error}.") from error
    if not isinstance(found, dict):
        raise _refused(path, "It is not a plan of EchoDesk.")
    return found


def _refused(path: Path, why: str) -> WrongUse:
    return WrongUse(
        "This file cannot be applied", f"{path}: {why}", "Make a new plan: `echodesk plan`. Nothing was sent."
    )


def _digest(content: Mapping[str, object]) -> str:
    text = json.dumps({name: value for name, value in content.items() if name != "digest"}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
