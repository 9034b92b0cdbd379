"""Which Echo360 a data folder uses, and as whom: a small file in it says so. The client secret is never in it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from echodesk.errors import WrongUse
from echodesk.store.folder_file import read_file, write_file

ECHO360_FILE = "echo360.json"
LONGEST_ID = 200


class Echo360Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An institution's Echo360, and the API client that EchoDesk is there."""

    url: str
    """Scheme and host; checked before it is kept, and again at each connection."""
    client_id: str


def echo360_of(folder: Path) -> Echo360Place | None:
    """What this data folder's file says, None without one. Raises `WrongUse` if it cannot be read."""
    step = "Write it anew with `echodesk echo360 --url https://… --client-id …`."
    found = read_file(folder / ECHO360_FILE, Echo360Place, "connection to Echo360", step)
    return None if found is None else checked_echo360(found.url, found.client_id)


def keep_echo360(folder: Path, place: Echo360Place) -> None:
    """Write the file, whole or not at all. Raises `OSError`."""
    write_file(folder / ECHO360_FILE, place)


def checked_echo360(url: str, client_id: str) -> Echo360Place:
    """A place that can be meant; `url` has been checked. Raises `WrongUse` saying what is accepted."""
    said = client_id.strip()
    if not said or len(said) > LONGEST_ID or not said.isprintable() or " " in said:
        raise WrongUse(
            "This is no client id",
            "It is empty, too long, or holds spaces.",
            "Copy it from Echo360: Settings, Integration, API Clients.",
        )
    return Echo360Place(url, said)
