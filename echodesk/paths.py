"""Where files are: the folders that come with the program, and the data folder of this user."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs

DATABASE = "echodesk.sqlite"


def shipped() -> Path:
    """The folder that holds `sql` and `resources`: the bundle's, or the repository's."""
    bundle = getattr(sys, "_MEIPASS", None)
    return Path(bundle) if bundle is not None else Path(__file__).parents[1]


def sql_folder() -> Path:
    """The SQL files of the three databases."""
    return shipped() / "sql"


def help_folder() -> Path:
    """What is told of each page, as plain text."""
    return shipped() / "resources" / "help"


def demonstration_folder() -> Path:
    """Where the demonstration keeps its data when no folder is named."""
    return Path(platformdirs.user_data_dir("EchoDesk", appauthor=False)) / "demonstration"


def office_folder() -> Path:
    """Where EchoDesk keeps its data when no folder is named."""
    return Path(platformdirs.user_data_dir("EchoDesk", appauthor=False)) / "office"
