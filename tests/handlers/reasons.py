"""Handlers that no test of these folders enters, each with the reason. A reason whose handler is gone fails."""

from __future__ import annotations

UNREACHED: dict[tuple[str, str], str] = {
    ("echodesk/worker/thread.py", "except RuntimeError:"): (
        "the moment between the closing of the loop and the end of its thread: no test can hold it open"
    ),
}
"""(file, first line of the handler) → why no test enters it."""
