"""Writes `requirements.lock` anew from `pyproject.toml`; needs `uv` on the path.

One lock serves every system and every supported Python. It holds the run-time and the test dependencies and what
builds the project, because `bootstrap.py` installs the project without a build environment of its own. It names no
package index: which one is asked is a matter of the machine.

    python packaging/lock.py [--upgrade]
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Runs uv with the project's settings; `arguments` go to it unchanged. Returns its exit code."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    command = ["uv", "pip", "compile", "pyproject.toml", "-", "--output-file", "requirements.lock"]
    command += ["--extra", "test", "--universal", "--python-version", "3.11", "--generate-hashes"]
    command += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--quiet"]
    build = "\n".join(project["build-system"]["requires"])
    return subprocess.run([*command, *arguments], input=build, text=True, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
