"""What files for spreadsheets have in common: no cell is ever a formula or a link (reliability S11)."""

from __future__ import annotations

from pathlib import Path

from echodesk.commands.answers import plain
from echodesk.errors import EchoDeskError

NO_FORMULAS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
MOST_LETTERS = 32_000
"""A cell of a workbook holds 32,767."""


def cell_text(value: str) -> str:
    """A text as it may stand in a cell: on one line, and not longer than a cell."""
    return plain(value).replace("\n", " ")[:MOST_LETTERS]


def not_written(title: str, path: Path, error: Exception) -> EchoDeskError:
    """What is told of a file that could not be written."""
    why = getattr(error, "strerror", None) or str(error)
    return EchoDeskError(title, f"{path}: {why}.", "Close it where it is open, or name another place.")
