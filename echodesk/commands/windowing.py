"""`echodesk` without a command: the window on an office's own database."""

from __future__ import annotations

from pathlib import Path

from echodesk.access import address_of, echo360_access
from echodesk.commands.answers import folder_of, keep_log, office_at
from echodesk.commands.reading import check_address
from echodesk.commands.working import call_limit
from echodesk.demo.stage import existing
from echodesk.errors import WrongUse
from echodesk.main import WindowWish, find_display, make_worker, show_window
from echodesk.secrets import Secrets
from echodesk.settings import DEMONSTRATION
from echodesk.store.profile import profile_of

THEMES = ("system", "light", "dark", "contrast")


def check_theme(theme: str) -> None:
    """Raise `WrongUse` for a theme that is not there."""
    if theme not in THEMES:
        raise WrongUse("There is no such theme", f"{theme!r} is not known.", f"Choose {' or '.join(THEMES)}.")


def window(data: Path | None, echo360: str, theme: str) -> int:
    """Show the window until it is closed; returns the exit code."""
    check_theme(theme)
    folder = folder_of(data)
    echo360 = address_of(folder, echo360)
    if not echo360:
        raise WrongUse(
            "Which Echo360?",
            "No connection has been chosen.",
            "`echodesk demo` opens the demonstration, which brings its own. For yours, choose it with "
            "`echodesk echo360`, or add --echo360 https://….",
        )
    demonstration = existing(folder) is not None
    echo360 = check_address(echo360, loopback_only=demonstration)
    profile = DEMONSTRATION if demonstration else profile_of(folder)
    access = echo360_access(Secrets(folder), echo360)
    find_display(pictures_only=False)
    with office_at(data) as office:
        keep_log(folder)
        limit = call_limit(office)
        return show_window(
            office,
            lambda sink: make_worker(office, sink, access, limit, loopback_only=demonstration),
            WindowWish(profile, theme, folder, asks=not demonstration, echo360=access.url),
        )
