"""The profile of an office's data folder: a small file in it says whether it is for production or a test.

Without the file it is production: nobody takes real recordings for a trial.
"""

from __future__ import annotations

from pathlib import Path

from echodesk.errors import WrongUse
from echodesk.settings import Profile, ProfileKind
from echodesk.store.folder_file import read_file, write_file

PROFILE_FILE = "profile.json"
LONGEST_NAME = 40
OF_OFFICES = (ProfileKind.PRODUCTION, ProfileKind.TEST)


def profile_of(folder: Path) -> Profile:
    """What this data folder's file says. Raises `WrongUse` if it cannot be read."""
    step = "Delete it, then say anew with `echodesk profile` whether this is production or a test."
    found = read_file(folder / PROFILE_FILE, Profile, "profile", step)
    return Profile(ProfileKind.PRODUCTION) if found is None else checked_profile(found.kind, found.name)


def keep_profile(folder: Path, profile: Profile) -> None:
    """Write the file, whole or not at all. Raises `OSError`."""
    write_file(folder / PROFILE_FILE, profile)


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
