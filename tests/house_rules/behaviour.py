"""What code may not do: read clocks, draw lots, swallow errors, use the parts of Qt that bite."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house_rules.source import Source, inside

CLOCKS = (
    *(
        f"time.{name}"
        for name in ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns")
    ),
    *(f"time.{name}" for name in ("process_time", "sleep", "localtime", "gmtime", "ctime")),
    *(f"time.{name}" for name in ("clock_gettime", "clock_gettime_ns", "process_time_ns", "thread_time")),
    *(f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")),
    "datetime.date.today",
    "asyncio.sleep",
)
# Who may read a clock or wait: the adapters behind the ports, and nobody else.
CLOCK_PLACES = {
    "echodesk/worker/clock.py": "the clock port's own adapter",
    "echodesk/demo/headless.py": "drives a whole demonstration from outside, in real time",
    "echodesk/simulator/clocks.py": "the clocks of another system; the simulator's core takes them as arguments",
    "echodesk/simulator/asgi.py": "the latency it was told to have is waited for at the socket",
    "echodesk/simulator/process.py": "waits for a child process, which knows no other clock",
    "echodesk/simulator/stdin_watch.py": "Windows cannot wait for a pipe; it is asked twice a second",
}
LOTS = ("random.", "secrets.", "uuid.uuid1", "uuid.uuid4", "os.urandom")
# What of these modules is no randomness, or only the seeded kind.
SEEDED = ("random.Random", "secrets.compare_digest")
# Who may draw without a seed, and why.
LOT_PLACES = {
    "echodesk/simulator/command.py": "credentials of a server must not be guessed",
    "echodesk/simulator/server.py": "nor its tokens; its core takes the source as an argument",
}

# Who may ask where its own file lies, or which program runs it: in a bundle there is no Python to start.
BUNDLE_PLACES = {
    "echodesk/paths.py": "tells the bundle's folder from the repository's",
    "echodesk/simulator/process.py": "starts Python, or the bundle in the same words",
    "echodesk/demo/work_on.py": "starts the bundle, or Python",
}

BITING_NAMES = {
    "asyncSlot": "loses tasks (qasync 0.28): a plain slot hands the coroutine to the gateway",
    "QSortFilterProxyModel": "takes 40 s where the model's own list takes 0.3 s",
}
# Static dialogs run an event loop of their own, as exec() does.
MODAL = {
    "QMessageBox": {"question", "information", "warning", "critical", "about"},
    "QFileDialog": {"getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory"},
    "QInputDialog": {"getText", "getInt", "getDouble", "getItem", "getMultiLineText"},
}


def broken_clocks(source: Source) -> Iterator[str]:
    """Clocks read, or time waited, elsewhere than behind a port."""
    if source.path not in CLOCK_PLACES:
        for node, name in source.names():
            if name in CLOCKS:
                yield source.at(node, f"{name}: time comes through the clock port")


def broken_lots(source: Source) -> Iterator[str]:
    """Randomness that no seed governs: a seeded `random.Random` is the only source."""
    if source.path in LOT_PLACES:
        return
    for node, name in source.names():
        if name.startswith(LOTS) and not any(inside(name, each) for each in SEEDED):
            yield source.at(node, f"{name}: randomness comes from a seeded random.Random")
    random_names = {id(node) for node, name in source.names() if name == "random.Random"}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and id(node.func) in random_names and not node.args and not node.keywords:
            yield source.at(node, "random.Random without a seed")


def broken_qt(source: Source) -> Iterator[str]:
    """Parts of Qt and qasync that freeze the window or lose work."""
    for node, name in source.imports():
        if (last := name.split(".")[-1]) in BITING_NAMES:
            yield source.at(node, f"{last} {BITING_NAMES[last]}")
    for node, name in source.names():
        parts = name.split(".")
        if parts[-1] in BITING_NAMES and isinstance(node, ast.Attribute):
            yield source.at(node, f"{parts[-1]} {BITING_NAMES[parts[-1]]}")
        if len(parts) > 1 and parts[-1] in MODAL.get(parts[-2], ()):
            yield source.at(node, f"{'.'.join(parts[-2:])} stops every coroutine: open() and wait for finished")
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("exec", "exec_")
        ):
            yield source.at(node, "exec() stops every coroutine: open() and wait for finished")


def broken_bundle(source: Source) -> Iterator[str]:
    """Places and programs that are others in a bundle, asked for elsewhere than where that is known."""
    if source.path in BUNDLE_PLACES:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and node.id == "__file__":
            yield source.at(node, "__file__: what lies beside the code is found by echodesk/paths.py")
    for node, name in source.names():
        if name == "sys.executable":
            yield source.at(node, "sys.executable: in a bundle it is EchoDesk, not Python")
