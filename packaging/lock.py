"""Writes the two locks anew from `pyproject.toml`; needs `uv` on the path.

`requirements.lock` holds the run-time and the test dependencies and what builds the project, because
`bootstrap.py` installs the project without a build environment of its own. `packaging/bundle.lock` holds what
`build.py` makes the bundle from: the run-time dependencies, in the same versions, and PyInstaller. Each serves
every system and every supported Python. They name no package index: which one is asked is a matter of the machine.

    python packaging/lock.py [--upgrade]
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK, BUNDLE_LOCK = "requirements.lock", "packaging/bundle.lock"


def main(arguments: list[str]) -> int:
    """Runs uv with the project's settings; `arguments` go to it unchanged. Returns its exit code."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    build = "\n".join(project["build-system"]["requires"])
    return compile_lock(LOCK, "test", ["-"], build, arguments) or compile_lock(
        BUNDLE_LOCK, "bundle", ["--constraint", LOCK], "", arguments
    )


def compile_lock(lock: str, extra: str, also: Sequence[str], given: str, arguments: Sequence[str]) -> int:
    """Has uv write one lock, of the project and one of its extras. Returns uv's exit code."""
    command = ["uv", "pip", "compile", "pyproject.toml", *also, "--output-file", lock]
    command += ["--extra", extra, "--universal", "--python-version", "3.11", "--generate-hashes"]
    command += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--quiet"]
    return subprocess.run([*command, *arguments], input=given, text=True, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
