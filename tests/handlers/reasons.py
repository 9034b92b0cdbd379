"""Handlers that no test of these folders enters, each with the reason. A reason whose handler is gone fails."""

from __future__ import annotations

UNREACHED: dict[tuple[str, str], str] = {}
"""(file, first line of the handler) → why no test enters it."""
