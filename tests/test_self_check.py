"""`echodesk --self-check`: each check says what is there, and fails where it is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import certifi
import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from echodesk import paths, self_check
from echodesk.cli import exit_code
from echodesk.errors import DatabaseTrouble
from echodesk.self_check import Check, NotWhole

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    """A copy of the SQL files, to be damaged."""
    return Path(shutil.copytree(paths.sql_folder(), tmp_path / "sql"))


def python(code: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs this in another process and another folder, so that nothing is loaded yet."""
    places = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, env=places, capture_output=True, text=True, check=False)


# ---- all of them ----


def test_what_is_whole_says_so_from_any_folder(tmp_path: Path) -> None:
    ended = python("from echodesk.cli import run; run(['--self-check'])", tmp_path)
    names = [check.name for check in self_check.checks(paths.shipped())]
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [line.split(":")[0].split(maxsplit=1) for line in ended.stdout.splitlines()] == [
        ["ok", name] for name in names
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_check_that_fails_does_not_hide_the_next() -> None:
    def fails(error: Exception) -> Callable[[], str]:
        def look() -> str:
            raise error

        return look

    told: list[str] = []
    looked_at = [
        Check("One", fails(NotWhole("gone"))),
        Check("Two", fails(ImportError("no such module"))),
        Check("Three", fails(FileNotFoundError(2, "No such file", "a.sql"))),
        Check("Four", lambda: "there"),
    ]
    with pytest.raises(NotWhole, match="3 of 4 checks failed: One, Two, Three"):
        self_check.run(looked_at, told.append)
    assert told == [
        "FAILED  One: gone",
        "FAILED  Two: no such module",
        "FAILED  Three: [Errno 2] No such file: 'a.sql'",
        "ok      Four: there",
    ]


def test_it_goes_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["--self-check", "status"]) == 2
    assert "status" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("module", "check", "told"),
    [
        ("cryptography", "Oracle's driver", "DPY-3016"),
        ("psycopg_binary", "PostgreSQL's driver", "psycopg_binary"),
        ("PySide6.QtWidgets", "Window", "PySide6.QtWidgets"),
    ],
)
def test_a_module_that_was_left_out_is_missed(tmp_path: Path, module: str, check: str, told: str) -> None:
    code = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from echodesk import paths, self_check\n"
        f"chosen = [one for one in self_check.checks(paths.shipped()) if one.name == {check!r}]\n"
        "self_check.run(chosen, print)"
    )
    # Without its own library psycopg takes the system's, where there is one.
    ended = python(code, tmp_path, PSYCOPG_IMPL="binary")
    assert ended.returncode == 1
    assert ended.stdout.startswith(f"FAILED  {check}: ")
    assert told in ended.stdout


# ---- each by itself ----


def test_a_script_that_was_left_out_is_missed(sql: Path) -> None:
    (sql / "oracle" / "grants.sql").unlink()
    with pytest.raises(FileNotFoundError, match=r"grants\.sql"):
        self_check.sql_files(sql)


def test_a_damaged_script_makes_no_database(sql: Path) -> None:
    (sql / "sqlite" / "tables.sql").write_text("CREATE TABLE", encoding="utf-8")
    with pytest.raises(DatabaseTrouble):
        self_check.sqlite(sql)


def test_roots_that_were_left_out_are_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certifi, "where", lambda: str(tmp_path / "none.pem"))
    with pytest.raises(FileNotFoundError):
        self_check.tls_roots()


def test_a_few_roots_are_not_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roots = Path(certifi.where()).read_text(encoding="utf-8")
    end = "-----END CERTIFICATE-----"
    (tmp_path / "one.pem").write_text(roots.split(end)[0] + end, encoding="ascii")
    monkeypatch.setattr(certifi, "where", lambda: str(tmp_path / "one.pem"))
    with pytest.raises(NotWhole, match="only 1 authorities"):
        self_check.tls_roots()


def test_zones_of_the_system_do_not_stand_in_for_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tzdata.zoneinfo.Europe", None)
    with pytest.raises(NotWhole, match="Europe/London"):
        self_check.time_zones("Europe/London")


def test_a_zone_nobody_knows_is_missed() -> None:
    with pytest.raises(NotWhole, match="Mars/Olympus"):
        self_check.time_zones("Mars/Olympus")


@pytest.mark.gui
def test_a_platform_that_is_not_there_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    with pytest.raises(NotWhole, match="no platform mars"):
        self_check.window(("offscreen", "mars"))


def test_a_platform_that_lacks_something_is_told_with_qts_reason(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    (tmp_path / "platforms").mkdir()
    (tmp_path / "platforms" / "libqmars.so").write_bytes(b"no library")
    QCoreApplication.addLibraryPath(str(tmp_path))
    try:
        with pytest.raises(NotWhole, match=r"platform mars: .*libqmars\.so"):
            self_check.window(("mars",))
    finally:
        QCoreApplication.removeLibraryPath(str(tmp_path))


def test_pictures_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "half.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "empty.md").touch()
    with pytest.raises(NotWhole, match=r"empty\.md, pictures/half\.png"):
        self_check.resources(tmp_path)


def test_no_resources_at_all_are_missed(tmp_path: Path) -> None:
    with pytest.raises(NotWhole, match="holds no files"):
        self_check.resources(tmp_path / "resources")


def test_a_keyring_that_was_woken_is_told() -> None:
    assert self_check.keyring_unasked(["sqlite3", "ssl"]) == "was not asked"
    with pytest.raises(NotWhole, match="keyring"):
        self_check.keyring_unasked(["sqlite3", "keyring"])


# ---- where it looks ----


def test_what_came_with_it_lies_in_the_bundle_or_beside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert paths.shipped() == ROOT
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert paths.shipped() == tmp_path
    assert paths.sql_folder() == tmp_path / "sql"
