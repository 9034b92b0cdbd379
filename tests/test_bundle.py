"""The bundle: what goes into it, and what makes a built one unfit. `packaging/build.py` builds one and runs it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from echodesk import paths
from echodesk.self_check import PLATFORMS
from tests.house_rules.source import Source

ROOT = Path(__file__).resolve().parent.parent
QT = "PySide6/Qt"
REPORT = {"differences": 0, "quiet": True, "edits": 20, "schedules": 400, "seconds": 9.5}


@pytest.fixture
def bundled(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """What decides about the contents; it lies beside the scripts, not in a package."""
    monkeypatch.syspath_prepend(ROOT / "packaging")
    import bundled as found

    return found


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script that builds."""
    monkeypatch.syspath_prepend(ROOT / "packaging")
    import build as found

    return found


# ---- what goes into it ----


def test_what_the_program_reads_beside_its_code_goes_into_it(bundled: ModuleType) -> None:
    assert paths.sql_folder() == ROOT / "sql"
    assert {"sql", "resources"} == set(bundled.FOLDERS)
    assert all((ROOT / folder).is_dir() for folder in bundled.FOLDERS)


def test_the_parts_of_qt_that_the_window_imports_go_into_it(bundled: ModuleType) -> None:
    files = [Source(str(file), file.read_text(encoding="utf-8")) for file in ROOT.glob("echodesk/**/*.py")]
    imported = {
        name.split(".")[1] for file in files for _, name in file.imports() if name.startswith("PySide6.Qt")
    }
    assert {"QtCore", "QtGui", "QtWidgets"} <= imported
    assert {name.removeprefix("Qt") for name in imported} <= bundled.QT_LIBRARIES


def test_the_platforms_that_the_self_check_wants_go_into_it(bundled: ModuleType) -> None:
    wanted = {name for each in PLATFORMS.values() for name in each} | {"xcb"}
    assert {f"q{name}" for name in wanted} <= set(bundled.PLUGINS["platforms"])


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        (f"{QT}/plugins/platforms/libqxcb.so", True),
        ("PySide6\\plugins\\platforms\\qwindows.dll", True),
        (f"{QT}/plugins/platforms/libqeglfs.so", False),
        (f"{QT}/plugins/platformthemes/libqgtk3.so", False),
        (f"{QT}/plugins/tls/libqopensslbackend.so", False),
        (f"{QT}/translations/qtbase_de.qm", False),
        (f"{QT}/lib/libQt6Core.so.6", True),
        ("PySide6/QtCore.abi3.so", True),
        ("sql/sqlite/tables.sql", True),
        ("certifi/cacert.pem", True),
    ],
)
def test_plugins_that_are_not_named_and_other_languages_are_left_out(
    bundled: ModuleType, place: str, wanted: bool
) -> None:
    assert bundled.wanted([(place, "anywhere", "DATA")]) == ([(place, "anywhere", "DATA")] if wanted else [])


def test_a_library_goes_only_where_something_needs_it(bundled: ModuleType) -> None:
    needs = {
        "/s/_ssl.so": ["libssl.so.3", "libc.so.6"],
        "/s/libssl.so.3": ["libcrypto.so.3"],
        "/s/QtGui.so": ["libQt6Gui.so.6"],
        "/s/libqxcb.so": ["libQt6XcbQpa.so.6"],
        "/s/libqgtk3.so": ["libgtk-3.so.0"],
        "/s/libgtk-3.so.0": ["libatk.so.0"],
    }
    found = [
        ("_ssl.so", "/s/_ssl.so", "EXTENSION"),
        ("PySide6/QtGui.so", "/s/QtGui.so", "EXTENSION"),
        (f"{QT}/plugins/platforms/libqxcb.so", "/s/libqxcb.so", "BINARY"),
        (f"{QT}/plugins/platformthemes/libqgtk3.so", "/s/libqgtk3.so", "BINARY"),
        (f"{QT}/lib/libQt6Gui.so.6", "/s/libQt6Gui.so.6", "BINARY"),
        (f"{QT}/lib/libQt6XcbQpa.so.6", "/s/libQt6XcbQpa.so.6", "BINARY"),
        ("libQt6Gui.so.6", f"{QT}/lib/libQt6Gui.so.6", "SYMLINK"),
        ("libssl.so.3", "/s/libssl.so.3", "BINARY"),
        ("libcrypto.so.3", "/s/libcrypto.so.3", "BINARY"),
        ("libpython3.11.so.1.0", "/s/libpython3.11.so.1.0", "BINARY"),
        ("libgtk-3.so.0", "/s/libgtk-3.so.0", "BINARY"),
        ("libatk.so.0", "/s/libatk.so.0", "BINARY"),
    ]
    left_out = {place for place, *_ in found} - {
        place for place, *_ in bundled.needed(bundled.wanted(found), lambda file: needs.get(file, []))
    }
    assert left_out == {f"{QT}/plugins/platformthemes/libqgtk3.so", "libgtk-3.so.0", "libatk.so.0"}


def test_a_link_goes_only_where_it_leads_somewhere(bundled: ModuleType) -> None:
    links = [
        ("libQt6Gui.so.6", f"{QT}/lib/libQt6Gui.so.6", "SYMLINK"),
        ("inner/libssl.so", "../libssl.so.3", "SYMLINK"),
        ("libQt6Svg.so.6", f"{QT}/lib/libQt6Svg.so.6", "SYMLINK"),
    ]
    file = ("sql/sqlite/tables.sql", "/s/sql/sqlite/tables.sql", "DATA")
    places = [f"{QT}/lib/libQt6Gui.so.6", "libssl.so.3"]
    assert bundled.without_loose_ends([*links, file], places) == [*links[:2], file]


def test_a_part_of_qt_that_nobody_uses_is_named(bundled: ModuleType) -> None:
    assert bundled.strange_qt(["libQt6Core.so.6", "libQt6Widgets.so.6", "libssl.so.3", "Qt6Gui.dll"]) == []
    assert bundled.strange_qt(["libQt6Core.so.6", "libQt6Quick.so.6", "Qt6Qml.dll"]) == ["Qml", "Quick"]


# ---- what makes one unfit ----


def test_one_from_libraries_that_were_changed_after_they_were_installed_is_unfit(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "lib" / "site-packages"
    (place / "certifi").mkdir(parents=True)
    (place / "certifi-1.dist-info").mkdir()
    roots, code = place / "certifi" / "cacert.pem", place / "certifi" / "core.py"
    roots.write_text("the public authorities", encoding="ascii")
    code.touch()
    rows = [f"certifi/cacert.pem,{build.hashes(roots)[0]}=,0", f"certifi/core.py,{build.hashes(code)[1]},0"]
    rows += ["certifi/core.pyc,sha256=written-anew,9", "certifi-1.dist-info/RECORD,,"]
    (place / "certifi-1.dist-info" / "RECORD").write_text("\n".join(rows), encoding="utf-8")
    monkeypatch.setattr(build, "MADE_FROM", tmp_path / "made-from.txt")
    build.MADE_FROM.touch()
    build.refuse_altered(tmp_path)
    assert build.MADE_FROM.exists()
    roots.write_text("the public authorities, and a proxy's", encoding="ascii")
    code.unlink()
    with pytest.raises(build.BundleFailed, match=r"certifi/cacert\.pem, certifi/core\.py \(2 in"):
        build.refuse_altered(tmp_path)
    assert not build.MADE_FROM.exists()


def test_its_size_is_that_of_its_files_and_links_count_nothing(build: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a").write_bytes(b"x" * 2_000_000)
    (tmp_path / "b").write_bytes(b"x" * 500_000)
    (tmp_path / "link").symlink_to(tmp_path / "inner" / "a")
    assert build.megabytes_of(tmp_path) == 2.5


def test_one_above_the_agreed_size_is_unfit(build: ModuleType) -> None:
    build.refuse_too_large(200.0)
    with pytest.raises(build.BundleFailed, match="201 MB, more than 200"):
        build.refuse_too_large(201.0)


def test_one_with_strange_parts_of_qt_is_unfit(build: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "libQt6Core.so.6").touch()
    build.refuse_strange_qt(tmp_path)
    (tmp_path / "libQt6Quick.so.6").touch()
    with pytest.raises(build.BundleFailed, match="Quick"):
        build.refuse_strange_qt(tmp_path)


def test_a_demonstration_without_differences_is_told(build: ModuleType) -> None:
    assert build.differences(json.dumps(REPORT), "") == (
        "differences: 0, quiet: True, edits: 20, 400 schedules, 9.5 s"
    )


@pytest.mark.parametrize(
    "out",
    [
        json.dumps(REPORT | {"differences": 1}),
        json.dumps(REPORT | {"differences": None}),
        json.dumps(REPORT | {"quiet": False}),
        json.dumps({"error": {"title": "The system refused something"}}),
        "Killed",
        "",
    ],
)
def test_one_whose_demonstration_ends_otherwise_is_unfit(build: ModuleType, out: str) -> None:
    with pytest.raises(build.BundleFailed, match="its own words"):
        build.differences(out, "its own words")


def test_it_is_tried_without_what_helps_programs_here(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PYTHONPATH", "QT_PLUGIN_PATH", "LD_LIBRARY_PATH", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(ROOT))
    assert str(ROOT) not in build.environment(tmp_path).values()
    assert build.environment(tmp_path)["HOME"] == str(tmp_path)


def test_debians_python_gets_its_library_under_either_name(
    build: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = f"libpython3.{sys.version_info[1]}"
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    assert build.tools() == ["binutils", f"{own}|{own}t64"]
    monkeypatch.setattr(sys, "base_prefix", "/opt/python")
    assert build.tools() == ["binutils"]


def test_the_line_that_a_start_waits_for_is_the_windows(build: ModuleType, tmp_path: Path) -> None:
    assert f'log.info("{build.OPEN}")' in (ROOT / "echodesk" / "desk" / "app.py").read_text(encoding="utf-8")
    log = tmp_path / "echodesk.log"
    assert build.times_opened(log) == 0
    log.write_text(f"09:00 {build.OPEN}\n09:05 {build.OPEN}\n", encoding="utf-8")
    assert build.times_opened(log) == 2
