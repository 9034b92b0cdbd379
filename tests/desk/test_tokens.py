"""Every text can be read: contrast of at least 4.5 to 1 on everything it stands on (WCAG 2, AA)."""

from __future__ import annotations

import pytest

from echodesk.desk.style import style_sheet
from echodesk.desk.tokens import CONTRAST, DARK, LIGHT, Tokens, contrast
from echodesk.desk.words import Tone

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "contrast"])


def test_contrast_of_the_extremes() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)


@THEMES
def test_texts_stand_out(theme: Tokens) -> None:
    pairs = {
        "text on window": (theme.text, theme.window),
        "text on surface": (theme.text, theme.surface),
        "text on hover": (theme.text, theme.hover),
        "muted on window": (theme.muted, theme.window),
        "muted on surface": (theme.muted, theme.surface),
        "accent text": (theme.accent_text, theme.accent),
        "selection": (theme.selection_text, theme.selection),
        "selection, muted": (theme.selection_muted, theme.selection),
        "nav": (theme.nav_text, theme.nav),
        "nav title": (theme.nav_title, theme.nav),
        "nav active": (theme.nav_active_text, theme.nav_active),
    }
    weak = {name: contrast(*pair) for name, pair in pairs.items() if contrast(*pair) < 4.5}
    assert weak == {}


@THEMES
@pytest.mark.parametrize("tone", list(Tone))
def test_tones_stand_out_wherever_they_are_used(theme: Tokens, tone: Tone) -> None:
    ink, tint = theme.tones[tone]
    grounds = (theme.surface, tint, theme.selection)
    assert [ground for ground in grounds if contrast(ink, ground) < 4.5] == []
    assert contrast(theme.text, tint) >= 4.5


@THEMES
def test_high_contrast_means_seven_to_one(theme: Tokens) -> None:
    if theme is CONTRAST:
        assert min(contrast(ink, theme.surface) for ink, _ in theme.tones.values()) >= 7
    assert contrast(theme.focus, theme.surface) >= 3, "the focus ring can be seen"


@THEMES
def test_the_style_sheet_leaves_no_token_open(theme: Tokens) -> None:
    assert "@" not in style_sheet(theme)
