"""Whoever opens the folder is told where to begin, and what everything in it is for."""

from __future__ import annotations

from pathlib import Path

from echodesk import planning


def test_the_folder_names_every_file_in_it() -> None:
    files = {path.stem for path in Path(planning.__file__).parent.glob("*.py")} - {"__init__", "plan"}
    assert planning.__doc__ is not None
    assert {name for name in files if f"`{name}`" not in planning.__doc__} == set()
    assert "`plan.make_plan`" in planning.__doc__
