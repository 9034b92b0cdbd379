"""Whatever is pressed, clicked and typed while the worker misbehaves: no exception, nothing left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.desk import monkey

ACTIONS = 1_000


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_that_is_pressed_or_clicked_goes_wrong(
    qapp: QApplication, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    played, _gaps, _idle_ms = monkey.play(qapp, ACTIONS, seed)
    assert sum(played.done.values()) == ACTIONS
    assert set(played.done) == {"press", "control", "click", "type", "menu", "resize", "worker"}
