"""Colours as named tokens, one set per theme.

Every text token has a contrast of at least 4.5 to 1 on the surfaces it stands on (tested); a tone never speaks by
colour alone, `shapes` gives each a form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from echodesk.desk.words import Tone


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. `tones` are (ink, tint): the ink stands on the surface, on its tint and on the selection."""

    window: str
    surface: str
    border: str
    hairline: str
    text: str
    muted: str
    accent: str
    accent_text: str
    selection: str
    selection_text: str
    selection_muted: str
    hover: str
    nav: str
    nav_text: str
    nav_title: str
    nav_active: str
    nav_active_text: str
    focus: str
    tones: Mapping[Tone, tuple[str, str]]


LIGHT = Tokens(
    window="#F3F5F9",
    surface="#FFFFFF",
    border="#CBD3DE",
    hairline="#E9EDF2",
    text="#17212E",
    muted="#556174",
    accent="#1B5CBA",
    accent_text="#FFFFFF",
    selection="#DDE9FB",
    selection_text="#0F1B2B",
    selection_muted="#475467",
    hover="#EEF3FA",
    nav="#15243A",
    nav_text="#C6D2E3",
    nav_title="#FFFFFF",
    nav_active="#2B4A78",
    nav_active_text="#FFFFFF",
    focus="#1B5CBA",
    tones={
        Tone.GOOD: ("#146238", "#E2F4E9"),
        Tone.NOTE: ("#744A00", "#FFF1D2"),
        Tone.WAIT: ("#44546A", "#E8EDF3"),
        Tone.BUSY: ("#17509F", "#E0ECFC"),
        Tone.CLASH: ("#913300", "#FDE7DA"),
        Tone.BAD: ("#A31824", "#FBE3E5"),
        Tone.QUIET: ("#525E6F", "#EDF0F4"),
    },
)

DARK = Tokens(
    window="#10151C",
    surface="#19202A",
    border="#3A4757",
    hairline="#252F3B",
    text="#E7ECF3",
    muted="#A3AFBF",
    accent="#7DB0FF",
    accent_text="#0A1421",
    selection="#263F63",
    selection_text="#FFFFFF",
    selection_muted="#C3CFDF",
    hover="#222C38",
    nav="#0B1017",
    nav_text="#B4C0D0",
    nav_title="#FFFFFF",
    nav_active="#22395C",
    nav_active_text="#FFFFFF",
    focus="#7DB0FF",
    tones={
        Tone.GOOD: ("#7BDCA1", "#163325"),
        Tone.NOTE: ("#F3C868", "#3A2F14"),
        Tone.WAIT: ("#B5C1D0", "#28323F"),
        Tone.BUSY: ("#94C0FF", "#1B304D"),
        Tone.CLASH: ("#FFB488", "#402819"),
        Tone.BAD: ("#FFA3A8", "#43202A"),
        Tone.QUIET: ("#A9B5C4", "#262F3A"),
    },
)

CONTRAST = Tokens(
    window="#000000",
    surface="#000000",
    border="#FFFFFF",
    hairline="#8C8C8C",
    text="#FFFFFF",
    muted="#FFFFFF",
    accent="#FFE600",
    accent_text="#000000",
    selection="#00306E",
    selection_text="#FFFFFF",
    selection_muted="#FFFFFF",
    hover="#1F1F1F",
    nav="#000000",
    nav_text="#FFFFFF",
    nav_title="#FFFFFF",
    nav_active="#FFE600",
    nav_active_text="#000000",
    focus="#FFE600",
    tones={
        Tone.GOOD: ("#5CFF9C", "#000000"),
        Tone.NOTE: ("#FFE600", "#000000"),
        Tone.WAIT: ("#FFFFFF", "#000000"),
        Tone.BUSY: ("#8FD3FF", "#000000"),
        Tone.CLASH: ("#FFC08A", "#000000"),
        Tone.BAD: ("#FFB0B6", "#000000"),
        Tone.QUIET: ("#E0E0E0", "#000000"),
    },
)


def contrast(first: str, second: str) -> float:
    """How well one colour stands on the other, 1 to 21 (relative luminance, WCAG 2)."""
    bright, dim = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
