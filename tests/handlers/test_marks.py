"""The marks: every handler has one, and only an entered handler tells."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.handlers.marks import MARK, handlers, marked

CODE = """
def divided(a, b):
    try:
        return a / b
    except ZeroDivisionError:
        return None
    except TypeError as problem:
        raise ValueError(str(problem)) from problem
"""


def entered(code: str, call: str) -> list[tuple[str, int]]:
    """Which handlers tell when this is called."""
    told: list[tuple[str, int]] = []
    names: dict[str, object] = {MARK: lambda path, line: told.append((path, line)), "ValueError": ValueError}
    exec(compile(marked(code, "a.py"), "a.py", "exec"), names)
    exec(call, names)
    return told


def test_a_handler_tells_when_it_is_entered_and_not_before() -> None:
    assert [node.lineno for node in handlers(CODE)] == [5, 7]
    assert entered(CODE, "divided(1, 2)") == []
    assert entered(CODE, "divided(1, 0)") == [("a.py", 5)]
    assert entered(CODE, "try:\n    divided(1, 'x')\nexcept ValueError:\n    told = 1") == [("a.py", 7)]


def test_the_command_lists_what_no_test_enters(tmp_path: Path) -> None:
    """Run on one small file of tests, most handlers stay unreached, and the exit code says so."""
    quiet = tmp_path / "test_nothing.py"
    quiet.write_text("def test_nothing():\n    assert True\n")
    root = Path(__file__).resolve().parent.parent.parent
    done = subprocess.run(
        [sys.executable, "-m", "tests.handlers", str(quiet)],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "echodesk/store/trouble.py" in done.stdout
    assert "NOT REACHED" in done.stdout
