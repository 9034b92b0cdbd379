"""Texts from outside in a spreadsheet, by a file or by the clipboard (reliability S11, S27)."""

from __future__ import annotations

import re

# Full-width signs count as their narrow twins; some spreadsheets skip spaces before them.
_RISKY = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def harmless(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: an apostrophe goes before what might be one."""
    return f"'{text}" if _RISKY.match(text) else text
