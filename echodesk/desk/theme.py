"""The theme in use: chosen by a person, or following the system while the program runs."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from echodesk.desk.style import style_sheet
from echodesk.desk.tokens import CONTRAST, DARK, LIGHT, Tokens


class ThemeName(StrEnum):
    """What a person may choose; `system` follows the desktop, also while running."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"
    SYSTEM = "system"


_BY_NAME = {ThemeName.LIGHT: LIGHT, ThemeName.DARK: DARK, ThemeName.CONTRAST: CONTRAST}


class Theme(QObject):
    """The theme in use; widgets that paint themselves hold this object and read `tokens` when they paint."""

    changed = Signal()
    """Pictures that were made from the old colours must be made anew."""

    def __init__(self, app: QApplication, name: ThemeName = ThemeName.SYSTEM) -> None:
        super().__init__()
        self._app = app
        self._name = name
        self.tokens = self._wanted()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_changed)

    @property
    def name(self) -> ThemeName:
        """What was chosen."""
        return self._name

    def choose(self, name: ThemeName) -> None:
        """Change the whole program's look at once."""
        self._name = name
        self.apply()

    def apply(self) -> None:
        """Give palette and style sheet to the application."""
        self.tokens = self._wanted()
        self._app.setPalette(palette(self.tokens))
        self._app.setStyleSheet(style_sheet(self.tokens))
        self.changed.emit()

    def close(self) -> None:
        """Follow the system no longer."""
        QGuiApplication.styleHints().colorSchemeChanged.disconnect(self._on_system_changed)

    def _wanted(self) -> Tokens:
        if self._name is ThemeName.SYSTEM:
            dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
            return DARK if dark else LIGHT
        return _BY_NAME[self._name]

    def _on_system_changed(self) -> None:
        if self._name is ThemeName.SYSTEM:
            self.apply()


def palette(tokens: Tokens) -> QPalette:
    """Qt's palette, for whatever the style sheet does not reach."""
    made = QPalette()
    role = QPalette.ColorRole
    for where, colour in (
        (role.Window, tokens.window),
        (role.WindowText, tokens.text),
        (role.Base, tokens.surface),
        (role.AlternateBase, tokens.hover),
        (role.Text, tokens.text),
        (role.Button, tokens.surface),
        (role.ButtonText, tokens.text),
        (role.Highlight, tokens.selection),
        (role.HighlightedText, tokens.selection_text),
        (role.ToolTipBase, tokens.surface),
        (role.ToolTipText, tokens.text),
        (role.PlaceholderText, tokens.muted),
        (role.Link, tokens.accent),
        (role.Accent, tokens.accent),
    ):
        made.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, QColor(tokens.muted))
    return made
