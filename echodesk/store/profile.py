"""The profile of an office's data folder: a small file in it says whether it is for production or a test.

Without the file it is production: nobody takes real recordings for a trial.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from echodesk.errors import WrongUse
from echodesk.settings import Profile, ProfileKind

PROFILE_FILE = "profile.json"
LONGEST_NAME = 40
OF_OFFICES = (ProfileKind.PRODUCTION, ProfileKind.TEST)


def profile_of(folder: Path) -> Profile:
    """What this data folder's file says. Raises `WrongUse` if it cannot be read."""
    file = folder / PROFILE_FILE
    if not file.exists():
        return Profile(ProfileKind.PRODUCTION)
    try:
        found = msgspec.json.decode(file.read_bytes(), type=Profile)
    except (OSError, msgspec.DecodeError) as error:
        raise WrongUse(
            "This data folder's profile cannot be read",
            f"{file}: {error}.",
            "Delete it, then say anew with `echodesk profile` whether this is production or a test.",
        ) from error
    return checked_profile(found.kind, found.name)


def keep_profile(folder: Path, profile: Profile) -> None:
    """Write the file, whole or not at all. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = folder / f"{PROFILE_FILE}.new"
    new.touch(mode=0o600)
    new.write_bytes(msgspec.json.format(msgspec.json.encode(profile)) + b"\n")
    new.replace(folder / PROFILE_FILE)


def checked_profile(kind: str, name: str) -> Profile:
    """A profile that an office may have. Raises `WrongUse` saying what is accepted."""
    if kind not in OF_OFFICES:
        known = " or ".join(OF_OFFICES)
        raise WrongUse("There is no such profile", f"{kind!r} is not known.", f"Give {known}.")
    said = " ".join(name.split())
    if len(said) > LONGEST_NAME or not said.isprintable():
        raise WrongUse(
            "This name cannot be shown",
            f"It has {len(said)} letters, or some that cannot be printed.",
            f"Give at most {LONGEST_NAME} letters, or none.",
        )
    return Profile(ProfileKind(kind), said)
