"""The small JSON files of a data folder: read whole or refused, written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from echodesk.errors import WrongUse

T = TypeVar("T")


def read_file(file: Path, kind: type[T], what: str, step: str) -> T | None:
    """What the file says, None without one. Raises `WrongUse` if `what` it holds cannot be read; `step` is what to
    do then."""
    if not file.exists():
        return None
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise WrongUse(f"This data folder's {what} cannot be read", f"{file}: {error}.", step) from error


def write_file(file: Path, held: object) -> None:
    """Write it, for its owner alone, and its folder if there is none. Raises `OSError`."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_name(f"{file.name}.new")
    new.touch(mode=0o600)
    new.write_bytes(msgspec.json.format(msgspec.json.encode(held)) + b"\n")
    new.replace(file)
