"""One font for the whole program, so that widths, pictures and tests are the same everywhere (desktop.md §6)."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

FAMILIES = ("Segoe UI", "Helvetica Neue", "Inter", "Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial")
"""The first that is there is taken."""
PICTURE_FAMILIES = ("DejaVu Sans",)
"""For pictures: the family that every Linux with Qt's font library brings."""
FIXED_FAMILIES = ("Consolas", "Menlo", "DejaVu Sans Mono", "Liberation Mono", "Courier New")
SIZE_PX = 13


def use_font(app: QApplication, families: tuple[str, ...] = FAMILIES) -> str:
    """Set the application's font; answers the family, '' when none of them is installed (Qt's own is used)."""
    family = _first(families)
    font = QFont(family) if family else QFont(app.font())
    font.setPixelSize(SIZE_PX)
    app.setFont(font)
    return family


def fixed_font() -> QFont:
    """For what was sent and answered, letter by letter."""
    font = QFont(_first(FIXED_FAMILIES))
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(12)
    return font


def _first(families: tuple[str, ...]) -> str:
    installed = set(QFontDatabase.families())
    return next((family for family in families if family in installed), "")
