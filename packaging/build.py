"""Builds EchoDesk as one folder that needs no Python, from its lock, then runs what was built.

    python3 packaging/build.py

leaves `dist/echodesk/echodesk` and returns 0 if that program finds itself whole (`--self-check`), brings the
demonstration to no difference, and is not too large. Everything else lies in `build`; deleting both undoes it. On
Debian and Ubuntu the system packages that this needs are installed, or named where this account may not.

It has been run on Linux alone. A bundle is for the system and the processor that it was built on.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import bootstrap
import bundled

ROOT = bootstrap.ROOT
BUILD, DIST = ROOT / "build", ROOT / "dist"
LOCK = ROOT / "packaging" / "bundle.lock"
SPEC = ROOT / "packaging" / "echodesk.spec"
WINDOWS = os.name == "nt"
VENV = BUILD / "venv"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
MADE_FROM = VENV / "made-from.txt"
FOLDER = DIST / "echodesk"
PROGRAM = FOLDER / ("echodesk.exe" if WINDOWS else "echodesk")

MOST_MB = 200.0
MOST_START_S = 2.0
STARTS = 3
"""Warm starts that are measured; one before them fills the system's caches."""
EDITS = 20
"""What the demonstration's timetabler changes after the first synchronisation."""
DEADLINE_S = 1_800.0
"""What takes longer has stopped: the demonstration takes a minute or two on a machine that is idle."""
OPEN = "The window is open"
"""What the program writes into its log once its window is shown (echodesk/desk/app.py)."""
NOBODY = "http://127.0.0.1:1"
"""An Echo360 that is not there: a window opens all the same."""
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
"""What the program gets of this machine's environment: nothing of Python's or Qt's that could help it."""


class BundleFailed(Exception):
    """There is no bundle that may be used; the text says what happened and what to do."""


def main() -> int:
    """Builds and checks the bundle; returns its exit code, 1 for one that may not be used."""
    began = time.monotonic()
    if not bootstrap.OLDEST <= sys.version_info[:2] <= bootstrap.NEWEST:
        versions = f"3.{bootstrap.OLDEST[1]} to 3.{bootstrap.NEWEST[1]}"
        bootstrap.say(f"EchoDesk is built with Python {versions}. Type the same command with one of these.")
        return 1
    try:
        make_environment()
        freeze()
        refuse_altered(VENV)
        say(f"built in {time.monotonic() - began:.0f} s")
        with tempfile.TemporaryDirectory(prefix="echodesk-bundle-", ignore_cleanup_errors=True) as folder:
            try_out(Path(folder))
    except (bootstrap.SetupFailed, BundleFailed) as failure:
        bootstrap.say(f"\nThere is no bundle that may be used.\n{failure}")
        return 1
    say(f"{PROGRAM.relative_to(ROOT)} is ready, after {time.monotonic() - began:.0f} s")
    return 0


def say(text: str) -> None:
    """One line of progress."""
    print(f"==> bundle: {text}", flush=True)


# ---- what it is built with ----


def make_environment() -> None:
    """An environment with what `bundle.lock` names and no more, unless it is there. Raises SetupFailed."""
    wanted = bootstrap.wanted_packages("demo")
    needs_venv = not (PYTHON.exists() and MADE_FROM.exists() and MADE_FROM.read_text("utf-8") == made_from())
    bootstrap.provide_packages([*wanted, *tools()] if wanted else [], venv_wanted=needs_venv)
    lacking = [each for each in ("objdump", "strip") if not shutil.which(each)]
    if lacking and sys.platform.startswith("linux"):
        raise BundleFailed(
            f"{' and '.join(lacking)} cannot be found. Install the package binutils, then try again."
        )
    if not needs_venv:
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    say("making build/venv from packaging/bundle.lock")
    base = getattr(sys, "_base_executable", sys.executable)
    bootstrap.step("Making build/venv", [base, "-I", "-m", "venv", str(VENV)])
    pip = [str(PYTHON), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    lock = ["--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK)]
    bootstrap.step("Installing the parts of EchoDesk and PyInstaller", [*pip, *lock])
    MADE_FROM.write_text(made_from(), encoding="utf-8")


def made_from() -> str:
    """What the environment is made from: the lock, the version of Python, and its own place."""
    return f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} {sys.version} {VENV}"


def tools() -> list[str]:
    """Debian's packages for PyInstaller: it reads libraries, and takes Python's own, which Debian leaves out."""
    own = f"libpython3.{sys.version_info[1]}"
    return ["binutils", *([f"{own}|{own}t64"] if sys.base_prefix == "/usr" else [])]


def freeze() -> None:
    """Has PyInstaller write the folder anew. Raises BundleFailed."""
    say("PyInstaller")
    places = ["--distpath", str(DIST), "--workpath", str(BUILD / "pyinstaller")]
    command = [str(PYTHON), "-I", "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *places]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "QT"))}
    clean["PYINSTALLER_CONFIG_DIR"] = str(BUILD / "cache")
    if subprocess.call([*command, str(SPEC)], cwd=ROOT, env=clean) != 0:
        raise BundleFailed("PyInstaller failed; its own words are above.")


def refuse_altered(environment: Path) -> None:
    """Raises BundleFailed if what was put together is no more what the lock's hashes vouched for.

    Some machines add an authority of their own to every list of certificates they find: a bundle with that list
    would believe whoever holds it, wherever it is used.
    """
    if found := altered(environment):
        # Without this file the environment counts as unfinished.
        MADE_FROM.unlink(missing_ok=True)
        raise BundleFailed(
            f"These were changed on this machine since they were installed: {', '.join(found[:5])} ({len(found)}"
            " in all).\nThe same command makes build/venv anew; if that ends the same way, take another machine."
        )


def altered(environment: Path) -> list[str]:
    """The files of installed libraries that are gone, or not what each library's own list says (its RECORD)."""
    found = []
    for record in environment.glob("**/site-packages/*.dist-info/RECORD"):
        with record.open(encoding="utf-8", newline="") as rows:
            # Compiled files are Python's to write anew.
            listed = [(name, told) for name, told, _size in csv.reader(rows) if told and not name.endswith(".pyc")]
        found += [name for name, told in listed if told.rstrip("=") not in hashes(record.parent.parent / name)]
    return found


def hashes(file: Path) -> tuple[str, ...]:
    """How a RECORD may write a file's hash, without the filling at the end; none of one that is not there."""
    if not file.exists():
        return ()
    with file.open("rb") as content:
        made = hashlib.file_digest(content, "sha256")
    # The first is the rule; some lists have the second.
    return f"sha256={base64.urlsafe_b64encode(made.digest()).decode().rstrip('=')}", f"sha256={made.hexdigest()}"


# ---- what was built ----


def try_out(folder: Path) -> None:
    """Weighs and runs the bundle, with `folder` for a home. Raises BundleFailed."""
    megabytes = megabytes_of(FOLDER)
    say(f"{megabytes:.0f} MB (at most {MOST_MB:.0f})")
    refuse_too_large(megabytes)
    refuse_strange_qt(FOLDER)
    say("--self-check")
    ended = run_program(folder, "--self-check")
    print(ended.stdout, end="", flush=True)
    if ended.returncode != 0:
        raise BundleFailed(f"It is not whole (above), or could not say so.\n{ended.stderr}")
    say("the demonstration")
    edits = ["--edits", str(EDITS), "--until-quiet", "--timeout", str(DEADLINE_S), "--json"]
    ended = run_program(folder, "demo", "--headless", "--data", str(folder / "office"), *edits)
    say(differences(ended.stdout, ended.stderr))
    starts = [start_s(folder) for _ in range(STARTS + 1)][1:]
    say(f"start to window {statistics.median(starts):.2f} s, warm (goal {MOST_START_S:.0f})")


def megabytes_of(folder: Path) -> float:
    """What its files take, in millions of bytes; links count nothing."""
    return (
        sum(each.lstat().st_size for each in folder.rglob("*") if each.is_file() and not each.is_symlink()) / 1e6
    )


def refuse_too_large(megabytes: float) -> None:
    """Raises BundleFailed above the size that was agreed."""
    if megabytes > MOST_MB:
        raise BundleFailed(
            f"It takes {megabytes:.0f} MB, more than {MOST_MB:.0f}. `du -a dist/echodesk | sort -n` shows what is"
            " large; what is not needed is left out in packaging/bundled.py."
        )


def refuse_strange_qt(folder: Path) -> None:
    """Raises BundleFailed if it holds parts of Qt that nobody uses."""
    if strange := bundled.strange_qt(each.name for each in folder.rglob("*")):
        raise BundleFailed(
            f"Qt's {', '.join(strange)} came along. Leave out what needs it, or name it, in packaging/bundled.py."
        )


def differences(out: str, err: str) -> str:
    """What the demonstration found, for a line of progress. Raises BundleFailed unless Echo360 ended equal."""
    try:
        report = json.loads(out)
        found = f"differences: {report['differences']}, quiet: {report['quiet']}, edits: {report['edits']}"
    except (ValueError, KeyError, TypeError) as odd:
        raise BundleFailed(f"The demonstration did not end as it should.\n{out}\n{err}") from odd
    if report["differences"] != 0 or not report["quiet"]:
        raise BundleFailed(f"The demonstration found {found}.\n{out}\n{err}")
    return f"{found}, {report['schedules']} schedules, {report['seconds']} s"


def start_s(folder: Path) -> float:
    """Seconds from starting the program until its window is shown, on the demonstration's data. Raises
    BundleFailed if no window opens or the program does not end well."""
    office = folder / "office"
    log = office / "echodesk.log"
    before = times_opened(log)
    credentials = {"ECHODESK_ECHO360_CLIENT_ID": "an-id", "ECHODESK_ECHO360_CLIENT_SECRET": "a-secret"}
    began = time.monotonic()
    with subprocess.Popen(
        [str(PROGRAM), "--data", str(office), "--echo360", NOBODY],
        cwd=folder,
        env={**environment(folder), **credentials, "QT_QPA_PLATFORM": "offscreen"},
    ) as program:
        while times_opened(log) == before:
            if program.poll() is not None or time.monotonic() - began > DEADLINE_S:
                program.kill()
                raise BundleFailed(f"No window opened (code {program.returncode}); {log.name} says why.")
            time.sleep(0.01)
        took_s = time.monotonic() - began
        program.send_signal(signal.SIGTERM)
        try:
            code = program.wait(60)
        except subprocess.TimeoutExpired as late:
            program.kill()
            raise BundleFailed("The window did not end when it was told to.") from late
        if code != 0 and not WINDOWS:
            raise BundleFailed(f"The window ended with code {code}.")
    return took_s


def times_opened(log: Path) -> int:
    """How often this log says that a window was opened."""
    return log.read_text("utf-8", "replace").count(OPEN) if log.exists() else 0


def run_program(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What was built, started as elsewhere. Raises BundleFailed if it does not end."""
    try:
        return subprocess.run(
            [str(PROGRAM), *arguments],
            cwd=folder,
            env=environment(folder),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=DEADLINE_S + 60,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise BundleFailed(f"`echodesk {' '.join(arguments)}` did not end.") from late


def environment(folder: Path) -> Mapping[str, str]:
    """A home of its own, and of this machine's environment no more than any program is given."""
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**passed, "HOME": str(folder), "USERPROFILE": str(folder), "APPDATA": str(folder)}


if __name__ == "__main__":
    raise SystemExit(main())
