"""Does all the set-up of EchoDesk on a machine that has only Python 3.11 to 3.13, then runs what was asked.

    python3 packaging/bootstrap.py demo [options of "echodesk demo"]
    python3 packaging/bootstrap.py test [options of pytest]
    python3 packaging/bootstrap.py setup

Everything goes into the folder `.venv` of the project; deleting that folder undoes it. On Debian and Ubuntu
the system libraries that a Qt window needs are installed too, or named where this account may not install them.
A set-up that was interrupted is made anew at the next start; a finished one is recognised in a moment.

Standard library only, and readable by older Pythons, so that one can say what is wrong with it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
RECORD = VENV / "echodesk-setup.json"
OLDEST, NEWEST = (3, 11), (3, 13)
OLDEST_GLIBC = (2, 34)
TYPE_THIS = "Type this, or ask who looks after this computer to, then the same command again:"

# "a|b" is one package under two names (Debian 12 | Debian 13 and Ubuntu 24.04).
LIBRARIES = [
    "ca-certificates", "libgl1", "libegl1", "libglib2.0-0|libglib2.0-0t64", "libfontconfig1", "libdbus-1-3",
    "libxkbcommon0", "fonts-dejavu-core",
]  # fmt: skip
WINDOW = [
    "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-randr0", "libxcb-render-util0",
    "libxcb-shape0", "libxcb-shm0", "libxcb-sync1", "libxcb-xfixes0", "libxcb-xkb1", "libxkbcommon-x11-0",
    "libx11-xcb1",
]  # fmt: skip
TESTS = ["xvfb", "xauth", "xdotool"]


class SetupFailed(Exception):
    """The set-up cannot go on; the text says what happened and what to do."""


class Record(NamedTuple):
    """What `RECORD` holds: what the environment was made from, and what was found to be there."""

    finished: bool
    made_with: str
    made_from: str
    system: list[str]
    window: bool


def main(arguments: list[str]) -> int:
    """Sets up, then runs the command; returns its exit code, 1 for a failed set-up, 2 for wrong use."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return with_another_python(arguments)
    if not arguments or arguments[0] not in ("demo", "test", "setup"):
        print(__doc__)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    command, rest = arguments[0], arguments[1:]
    if command == "demo" and sys.platform.startswith("linux") and lacks_display(rest, os.environ):
        say(NO_DISPLAY)
        return 2
    try:
        prepare(command, needs_window=not (command == "demo" and "--headless" in rest))
    except SetupFailed as failure:
        say(f"\nEchoDesk could not be set up.\n{failure}")
        return 1
    if command == "setup":
        say("EchoDesk is set up.")
        return 0
    return run_tests(rest) if command == "test" else run_demo(rest)


def say(text: str) -> None:
    """Speaks beside the program's own output, which may be read by another program."""
    print(text, file=sys.stderr, flush=True)


NO_DISPLAY = """There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open.
On a computer with a screen, start the same command in a terminal of the desktop. Without a screen:
    python3 packaging/bootstrap.py demo --screenshots pictures
writes one picture of every page into the folder "pictures", and
    python3 packaging/bootstrap.py demo --headless --data demonstration --until-quiet --json
runs the demonstration without a window and prints its figures."""


def lacks_display(arguments: list[str], environment: Mapping[str, str]) -> bool:
    """Whether a demonstration with these arguments wants a window that cannot open (Linux)."""
    windowless = ("--headless", "--screenshots", "--help", "-h")
    if any(argument.split("=")[0] in windowless for argument in arguments):
        return False
    return not any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


# ---- the Python that runs this ----


def with_another_python(arguments: list[str]) -> int:
    """Hands over to a suitable Python where there is one; otherwise says what to install."""
    ours = ".".join(str(part) for part in sys.version_info[:3])
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        launcher = ["py", f"-3.{minor}"] if os.name == "nt" else [f"python3.{minor}"]
        if shutil.which(launcher[0]) and answers_as(launcher, (3, minor)):
            say(f"This Python is {ours}; going on with {' '.join(launcher)}.")
            return subprocess.call([*launcher, str(Path(__file__).resolve()), *arguments])
    say(
        f"EchoDesk needs Python 3.{OLDEST[1]} to 3.{NEWEST[1]}; this is {ours}, and no other was found.\n"
        f"Install Python 3.{NEWEST[1]} beside it (python.org, or the system's software centre), then type the "
        f"same command with python3.{NEWEST[1]} in place of python3."
    )
    return 1


def answers_as(launcher: list[str], version: tuple[int, int], also: str = "json") -> bool:
    """Whether this starts that version, with the module `also`: a launcher may have no Python behind it."""
    probe = [*launcher, "-c", f"import sys, {also}; print(*sys.version_info[:2])"]
    answer = subprocess.run(probe, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return answer.stdout.split() == [str(part).encode() for part in version]


# ---- what is there already ----


def prepare(command: str, needs_window: bool) -> None:
    """Brings system packages and `.venv` to what this command needs. Raises SetupFailed."""
    record = read_record(RECORD)
    made_with, made_from = fingerprints()
    task = what_to_do(record, made_with, made_from, PYTHON.exists())
    if task == "keep" and not foreign_is_usable():
        task = "make"
    done = record if record and task == "nothing" else Record(True, made_with, made_from, [], False)
    wanted = [package for package in wanted_packages(command) if package not in done.system]
    probe_window = needs_window and not done.window
    if task == "nothing" and not wanted and not probe_window:
        return
    absent = provide_packages(wanted, venv_wanted=task == "make")
    if task != "nothing":
        install(task, made_with, made_from)
    present = [package for package in wanted if package not in absent]
    done = done._replace(system=done.system + present)
    # Before the probe: what it finds missing lies outside the environment, which need not be made again for it.
    write_record(RECORD, done)
    if probe_window:
        require_qt(absent)
        write_record(RECORD, done._replace(window=True))


def fingerprints() -> tuple[str, str]:
    """What the environment cannot outlive (version of Python, its own place), and what it is filled from."""
    made_with = f"{sys.version_info[0]}.{sys.version_info[1]} {VENV}"
    contents = [(ROOT / name).read_bytes() for name in ("requirements.lock", "pyproject.toml")]
    return made_with, hashlib.sha256(b"\0".join(contents)).hexdigest()


def what_to_do(record: Record | None, made_with: str, made_from: str, python_there: bool) -> str:
    """One of: nothing; fill (the contents are old); keep (someone else made it: look); make (from the start)."""
    if not python_there:
        return "make"
    if record is None:
        return "keep"
    if not record.finished or record.made_with != made_with:
        return "make"
    return "nothing" if record.made_from == made_from else "fill"


def read_record(path: Path) -> Record | None:
    """The record at this place; one that cannot be read counts as an unfinished set-up."""
    try:
        found = Record(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        return Record(False, "", "", [], False)
    return found


def write_record(path: Path, record: Record) -> None:
    """Replaces the record in one step, so that a kill leaves the old or the new one."""
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(record._asdict(), indent=1), encoding="utf-8")
    beside.replace(path)


def foreign_is_usable() -> bool:
    """Whether a `.venv` that this program did not make has pip and this version of Python."""
    return answers_as([str(PYTHON), "-I"], sys.version_info[:2], also="pip")


# ---- the environment ----


def install(task: str, made_with: str, made_from: str) -> None:
    """Makes `.venv` anew ("make") or as it stands, and installs the lock and the project. Raises SetupFailed."""
    refuse_old_glibc(platform.libc_ver())
    if task == "make" and VENV.exists():
        say("Clearing an unfinished or outdated .venv")
        try:
            shutil.rmtree(VENV)
        except OSError as trouble:
            advice = "Close EchoDesk and try again."
            raise SetupFailed(f"{VENV} is in use or may not be removed ({trouble}).\n{advice}") from trouble
    VENV.mkdir(exist_ok=True)
    write_record(RECORD, Record(False, made_with, made_from, [], False))
    if task == "make":
        # The base interpreter: sys.executable itself may lie in the .venv that was just removed.
        base = getattr(sys, "_base_executable", sys.executable)
        step("Making .venv", [base, "-I", "-m", "venv", str(VENV)])
    pip = [str(PYTHON), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    lock = ["--require-hashes", "--only-binary", ":all:", "--requirement", str(ROOT / "requirements.lock")]
    step("Installing the parts of EchoDesk (about 150 MB the first time; some minutes)", [*pip, *lock])
    project = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--editable", str(ROOT)]
    step("Installing EchoDesk itself", [*pip, *project])


def step(title: str, command: list[str]) -> None:
    """Says what comes, runs it in the open, and raises SetupFailed with what to do if it fails."""
    say(title)
    if subprocess.call(command, stdout=sys.stderr) == 0:
        return
    free_gb = shutil.disk_usage(ROOT).free / 1e9
    raise SetupFailed(
        f"This step failed, its own words are above: {title}\n"
        f"It needs the internet and about 1 GB of disk (free here: {free_gb:.1f} GB). Behind a proxy, set "
        "HTTPS_PROXY; where the institution has a package index of its own, name it in pip's configuration.\n"
        "Then type the same command again: what was downloaded is kept."
    )


def refuse_old_glibc(libc: tuple[str, str]) -> None:
    """Raises SetupFailed on a Linux for which Qt offers nothing that could be installed."""
    name, version = libc
    if name == "glibc" and tuple(int(part) for part in version.split(".")[:2]) < OLDEST_GLIBC:
        raise SetupFailed(
            f"This Linux is too old for Qt 6 (glibc {version}, not 2.34): take Debian 12, Ubuntu 22.04 or newer."
        )


def require_qt(absent: list[str]) -> None:
    """Raises SetupFailed, naming what is missing, if Qt's widgets cannot be loaded."""
    probe = [str(PYTHON), "-I", "-c", "from PySide6 import QtWidgets"]
    answer = subprocess.run(probe, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if answer.returncode == 0:
        return
    words = answer.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
    advice = (
        f"{TYPE_THIS}\n    {apt_line(absent)}" if absent else "Install the library that it names, then try again."
    )
    raise SetupFailed(f"Qt cannot be loaded: {words[-1]}\n{advice}")


# ---- Debian and Ubuntu ----


def wanted_packages(command: str) -> list[str]:
    """The system packages this command needs, here; none where apt is not the way to get them."""
    if not (Path("/etc/debian_version").exists() and shutil.which("dpkg-query") and shutil.which("apt-get")):
        return []
    return LIBRARIES + WINDOW + ([] if command == "demo" else TESTS)


def missing_packages(wanted: list[str], installed: set[str]) -> list[str]:
    """Those of `wanted` that are there under none of their names."""
    return [package for package in wanted if not installed.intersection(package.split("|"))]


def names_here(packages: list[str]) -> list[str]:
    """Each package under the name that this system offers; the first one if its lists say nothing."""
    offered = offered_packages(packages)
    return [next((name for name in each.split("|") if name in offered), each.split("|")[0]) for each in packages]


def apt_line(packages: list[str]) -> str:
    """The one line to type that installs these packages."""
    return (
        f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(names_here(packages))}"
    )


def lines_of(command: list[str]) -> list[str]:
    """What a query prints; a query that knows some of the names and not others fails, and still prints."""
    answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return answer.stdout.decode(errors="replace").splitlines()


def installed_packages(packages: list[str]) -> set[str]:
    """Which names of these packages dpkg has installed."""
    names = [name for package in packages for name in package.split("|")]
    rows = lines_of(["dpkg-query", "--show", "--showformat", "${db:Status-Status} ${Package}\n", *names])
    return {row.split()[1] for row in rows if row.startswith("installed ")}


def offered_packages(packages: list[str]) -> set[str]:
    """Which names of those packages that have several apt could install, as far as its lists say."""
    names = [name for package in packages if "|" in package for name in package.split("|")]
    rows = lines_of(["apt-cache", "show", "--no-all-versions", *names]) if names else []
    return {row.split()[1] for row in rows if row.startswith("Package: ")}


def provide_packages(wanted: list[str], venv_wanted: bool) -> list[str]:
    """Installs what is missing of `wanted`, or says how; returns what is still missing.

    Raises SetupFailed if Python's own part that makes environments is missing and cannot be installed: nothing
    works without it, while without a library much still does.
    """
    missing = missing_packages(wanted, installed_packages(wanted)) if wanted else []
    own_part = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    lacks_own_part = venv_wanted and importlib.util.find_spec("ensurepip") is None
    if lacks_own_part:
        missing.insert(0, own_part)
    if not missing:
        return []
    administrator = administrator_prefix()
    if administrator is not None and shutil.which("apt-get"):
        say(f"Installing {len(missing)} system packages")
        apt = [
            *administrator,
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "-qq",
            "-o",
            "DPkg::Lock::Timeout=120",
        ]
        subprocess.call([*apt, "update"], stdout=sys.stderr)
        install_these = ["install", "-y", "--no-install-recommends", *names_here(missing)]
        subprocess.call([*apt, *install_these], stdout=subprocess.DEVNULL)
        missing = missing_packages(missing, installed_packages(missing))
    if own_part in missing:
        raise SetupFailed(f"Python cannot make an environment here. {TYPE_THIS}\n    {apt_line(missing)}")
    if missing:
        say(f"System packages are missing and could not be installed. {TYPE_THIS}\n    {apt_line(missing)}")
        say("Going on without them.")
    return missing


def administrator_prefix() -> list[str] | None:
    """What to put before a command to run it as administrator without a password; None if that cannot be done."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    asked = subprocess.call(["sudo", "-n", "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return ["sudo", "-n"] if asked == 0 else None


# ---- what was asked ----


def run_demo(arguments: list[str]) -> int:
    """Runs `echodesk demo` with these arguments in the caller's folder and returns its exit code."""
    command = [str(SCRIPTS / "echodesk"), "demo", *arguments]
    if os.name == "nt":
        return subprocess.call(command)
    sys.stdout.flush()
    os.execv(command[0], command)


def run_tests(arguments: list[str]) -> int:
    """Runs every check of the project, each to its end, and returns 1 if one of them failed."""
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    if sys.platform.startswith("linux"):
        environment["LC_ALL"] = "C.UTF-8"
    checks = {
        "ruff check": ["ruff", "check", "."],
        "ruff format --check": ["ruff", "format", "--check", "."],
        "mypy": ["mypy"],
        "pytest, two files at a time": ["pytest", "-rs", "-n2", "--dist=loadfile", "-m", "not alone", *arguments],
        "pytest, what measures time": ["pytest", "-rs", "-m", "alone", *arguments],
    }
    ended: dict[str, int] = {}
    for title, check in checks.items():
        print(f"==> {title}", flush=True)
        ended[title] = subprocess.call([str(PYTHON), "-m", *check], cwd=ROOT, env=environment)
    # pytest says 5 where it found no test: what was asked for may hold none of one of the two kinds.
    none = [title for title, code in ended.items() if code == 5]
    failed = [title for title, code in ended.items() if code not in (0, 5)] + (none if len(none) > 1 else [])
    print(f"==> failed: {', '.join(failed)}" if failed else "==> all checks passed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        raise SystemExit("\nInterrupted. The next start carries on.") from None
