"""`REPORT.md`: one part for each command that measures, under a heading of its own; each writes its part alone."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

REPORT = Path(__file__).with_name("REPORT.md")


def commit() -> str:
    """The program's commit, with a + if files were changed since."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty=+"],
        cwd=REPORT.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def write_part(part: str, file: Path = REPORT) -> None:
    """Put this part, which begins with its heading (`# ...`), where the one of that heading was, or at the end."""
    heading = part.partition("\n")[0]
    whole = file.read_text(encoding="utf-8") if file.exists() else ""
    parts = [one.strip() for one in re.split(r"^(?=# )", whole, flags=re.MULTILINE) if one.strip()]
    at = next((at for at, one in enumerate(parts) if one.partition("\n")[0] == heading), len(parts))
    parts[at : at + 1] = [part.strip()]
    file.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
