"""`echodesk` without a command: the window on an office's own database."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from echodesk import paths
from echodesk.access import address_of, echo360_access, has_credentials
from echodesk.commands.answers import folder_of, keep_log, office_at
from echodesk.commands.first_connection import OwnSystems
from echodesk.commands.reading import check_address
from echodesk.commands.working import call_limit
from echodesk.connecting import Chosen
from echodesk.demo.stage import Wish, existing
from echodesk.demonstration import DesktopWish, run_demonstration_window
from echodesk.errors import WrongUse
from echodesk.main import WindowWish, ask_first, find_display, make_worker, show_window
from echodesk.secrets import Secrets
from echodesk.settings import DEMONSTRATION
from echodesk.store.echo360 import echo360_of
from echodesk.store.profile import profile_of

THEMES = ("system", "light", "dark", "contrast")


def check_theme(theme: str) -> None:
    """Raise `WrongUse` for a theme that is not there."""
    if theme not in THEMES:
        raise WrongUse("There is no such theme", f"{theme!r} is not known.", f"Choose {' or '.join(THEMES)}.")


def window(data: Path | None, echo360: str, theme: str) -> int:
    """Show the window until it is closed; returns the exit code. Whoever starts EchoDesk without any choice made,
    or without what opens the systems that were chosen, is asked first."""
    check_theme(theme)
    secrets = Secrets(folder_of(data))
    plain = data is None and not echo360
    if plain and _lacks_something(secrets):
        chosen = _ask_first(secrets, theme)
        if chosen is not None:
            return chosen
    echo360 = address_of(secrets.folder, echo360)
    if not echo360:
        raise WrongUse(
            "Which Echo360?",
            "No connection has been chosen.",
            "`echodesk demo` opens the demonstration, which brings its own. For yours, choose it with "
            "`echodesk echo360`, or add --echo360 https://….",
        )
    demonstration = existing(secrets.folder) is not None
    echo360 = check_address(echo360, loopback_only=demonstration)
    profile = DEMONSTRATION if demonstration else profile_of(secrets.folder)
    access = echo360_access(secrets, echo360)
    find_display(pictures_only=False)
    with office_at(data, secrets=secrets) as office, closing(OwnSystems(secrets)) as systems:
        keep_log(secrets.folder)
        limit = call_limit(office)
        return show_window(
            office,
            lambda sink: make_worker(office, sink, access, limit, loopback_only=demonstration),
            WindowWish(
                profile,
                theme,
                secrets.folder,
                asks=not demonstration,
                echo360=access.url,
                connecting=None if demonstration else systems,
            ),
        )


def _lacks_something(secrets: Secrets) -> bool:
    """Whether a person has to choose or type something before a window can open."""
    if existing(secrets.folder) is not None:
        return False
    place = echo360_of(secrets.folder)
    return place is None or not has_credentials(secrets, place.url)


def _ask_first(secrets: Secrets, theme: str) -> int | None:
    """Ask what is to be shown; None if the window of this folder can open now, else the exit code."""
    with closing(OwnSystems(secrets)) as systems:
        chosen = ask_first(systems, theme)
    if chosen is Chosen.OWN:
        return None
    if chosen is Chosen.NOTHING:
        return 3
    folder = paths.demonstration_folder()
    keep_log(folder)
    return run_demonstration_window(DesktopWish(folder, Wish(), theme), lambda _text: None)
