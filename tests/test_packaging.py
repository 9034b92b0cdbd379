"""What the set-up decides: which Python, which system packages, whether the environment is whole; and the lock."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
WITH, FROM = "3.12 here/.venv", "contents"


@pytest.fixture
def bootstrap() -> ModuleType:
    """The set-up program, loaded by its path: it is a script, not part of a package."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "packaging" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---- whether the environment is whole ----


@pytest.mark.parametrize(
    ("finished", "made_with", "made_from", "python_there", "task"),
    [
        (True, WITH, FROM, True, "nothing"),
        (True, WITH, "other contents", True, "fill"),
        (True, "3.11 here/.venv", FROM, True, "make"),
        (True, "3.12 elsewhere/.venv", FROM, True, "make"),
        (False, WITH, FROM, True, "make"),
        (True, WITH, FROM, False, "make"),
    ],
)
def test_what_is_to_be_done(
    bootstrap: ModuleType, finished: bool, made_with: str, made_from: str, python_there: bool, task: str
) -> None:
    record = bootstrap.Record(finished, made_with, made_from, [], False)
    assert bootstrap.what_to_do(record, WITH, FROM, python_there) == task


def test_an_environment_somebody_else_made_is_looked_at_first(bootstrap: ModuleType) -> None:
    assert bootstrap.what_to_do(None, WITH, FROM, True) == "keep"
    assert bootstrap.what_to_do(None, WITH, FROM, False) == "make"


def test_a_record_survives_writing_and_reading(bootstrap: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    assert bootstrap.read_record(path) is None
    record = bootstrap.Record(True, WITH, FROM, ["libgl1"], True)
    bootstrap.write_record(path, record)
    assert bootstrap.read_record(path) == record
    assert [each.name for each in tmp_path.iterdir()] == ["record.json"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"finished": true}', json.dumps({"another": "form"})])
def test_a_record_that_cannot_be_read_is_an_unfinished_set_up(
    bootstrap: ModuleType, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "record.json"
    path.write_text(content)
    assert bootstrap.what_to_do(bootstrap.read_record(path), WITH, FROM, True) == "make"


# ---- the system it stands on ----


def test_a_package_under_either_of_its_names_is_there(bootstrap: ModuleType) -> None:
    wanted = ["libgl1", "libglib2.0-0|libglib2.0-0t64", "xvfb"]
    assert bootstrap.missing_packages(wanted, {"libgl1", "libglib2.0-0t64"}) == ["xvfb"]
    assert bootstrap.missing_packages(wanted, {"libglib2.0-0", "xvfb"}) == ["libgl1"]
    assert bootstrap.missing_packages(wanted, set()) == wanted


def test_the_advice_is_one_line_that_can_be_typed(bootstrap: ModuleType) -> None:
    assert bootstrap.apt_line(["libegl1", "xvfb"]) == (
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends libegl1 xvfb"
    )


def test_a_demonstration_needs_nothing_of_the_tests(bootstrap: ModuleType) -> None:
    assert "xvfb" not in bootstrap.wanted_packages("demo")
    if bootstrap.wanted_packages("test"):
        assert "xvfb" in bootstrap.wanted_packages("test")


@pytest.mark.parametrize(
    ("arguments", "environment", "lacking"),
    [
        ([], {}, True),
        (["--edits", "5"], {"DISPLAY": ""}, True),
        ([], {"DISPLAY": ":0"}, False),
        ([], {"WAYLAND_DISPLAY": "wayland-0"}, False),
        ([], {"QT_QPA_PLATFORM": "offscreen"}, False),
        (["--headless", "--json"], {}, False),
        (["--screenshots", "pictures"], {}, False),
        (["--screenshots=pictures"], {}, False),
        (["--help"], {}, False),
    ],
)
def test_a_missing_display_is_told_before_anything_is_installed(
    bootstrap: ModuleType, arguments: list[str], environment: dict[str, str], lacking: bool
) -> None:
    assert bootstrap.lacks_display(arguments, environment) is lacking


def test_a_linux_too_old_for_qt_is_refused(bootstrap: ModuleType) -> None:
    with pytest.raises(bootstrap.SetupFailed, match=r"glibc 2\.31"):
        bootstrap.refuse_old_glibc(("glibc", "2.31"))


@pytest.mark.parametrize("libc", [("glibc", "2.34"), ("glibc", "2.41"), ("", "")])
def test_any_other_system_is_tried(bootstrap: ModuleType, libc: tuple[str, str]) -> None:
    bootstrap.refuse_old_glibc(libc)


def test_a_launcher_is_asked_for_its_version(bootstrap: ModuleType) -> None:
    ours = sys.version_info[:2]
    assert bootstrap.answers_as([sys.executable], ours)
    assert not bootstrap.answers_as([sys.executable], (3, 99))
    assert not bootstrap.answers_as([sys.executable], ours, also="no_such_module")


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["dance"], 2), (["--help"], 0)])
def test_wrong_use_explains_itself(arguments: list[str], code: int) -> None:
    command = [sys.executable, str(ROOT / "packaging" / "bootstrap.py"), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert run.returncode == code
    assert "packaging/bootstrap.py demo" in run.stdout


# ---- the locks ----

LOCKS = {"requirements.lock": "test", "packaging/bundle.lock": "bundle"}
"""Each lock with the extra that it holds beside the run-time dependencies."""


def locked(lock: str) -> dict[str, str]:
    """Name and exact version of everything in a lock."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    rows = [re.match(r"([\w.-]+)==([\w.]+)", line) for line in lines if line and not line.startswith(" ")]
    assert all(rows), "a line of the lock names no exact version"
    return {canonicalize_name(row[1]): row[2] for row in rows if row}


@pytest.mark.parametrize(("lock", "extra"), LOCKS.items())
def test_a_lock_holds_every_dependency_in_a_permitted_version(lock: str, extra: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["project"]["optional-dependencies"][extra]
    versions = locked(lock)
    if extra == "test":
        wanted += project["build-system"]["requires"]
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement


def test_the_bundle_holds_the_very_versions_that_were_tested() -> None:
    tested, bundled = (locked(lock) for lock in LOCKS)
    both = tested.keys() & bundled.keys()
    assert len(both) > 20
    assert {name: bundled[name] for name in both} == {name: tested[name] for name in both}


def test_nothing_of_the_tests_is_bundled() -> None:
    assert not locked("packaging/bundle.lock").keys() & {"pytest", "hypothesis", "mypy", "ruff", "psutil"}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_version_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_qt_and_its_binding_are_of_one_version(lock: str) -> None:
    versions = locked(lock)
    assert versions["pyside6-essentials"] == versions["shiboken6"]


@pytest.mark.parametrize("lock", LOCKS)
def test_windows_is_not_asked_for_what_it_lacks(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.search(r"^uvloop==\S+ ; sys_platform != 'win32'", text, re.MULTILINE)
