"""Notifications per second through the worker, against a bare client that sends the same requests."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.bare import Sent, replay
from tests.benchmarks.figures import Figure, Of, at_least, median
from tests.benchmarks.office import at_work, simulator
from tests.benchmarks.university import University

CONNECTIONS = 8
WAVE = 250
"""Lessons committed together by the timetabler."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One run of the worker."""

    seconds: float
    """From the first commit of the timetabler to the end of the last notification."""
    commits_per_request: float
    sent: list[Sent]
    university: University


def measure(folder: Path, *, quick: bool = False) -> list[Figure]:
    """Quiet inserts, each its own occurrence; worker and bare client in turns, medians."""
    lessons, rounds = (200, 1) if quick else (5_000, 5)
    ours, bare, commits = [], [], []
    for number in range(rounds):
        run = deliver(folder / f"worker-{number}", lessons)
        ours.append(lessons / run.seconds)
        commits.append(run.commits_per_request)
        bare_folder = folder / f"bare-{number}"
        bare_folder.mkdir()
        with simulator(bare_folder, run.university) as echo360:
            bare.append(lessons / replay(echo360.address, run.sent, CONNECTIONS).seconds)
    return [
        Figure(
            "deliver",
            median(ours),
            "notifications/s",
            "bare httpx client, same requests, 8 connections",
            median(bare),
            at_least(0.5, Of.RATIO),
        ),
        Figure(
            "deliver_commits",
            median(commits),
            "commits/request",
            "one commit before and one after each request",
            2.0,
            None,
        ),
    ]


def deliver(folder: Path, lessons: int) -> Delivered:
    """One run. Raises if anything but the expected requests was sent, or Echo360 differs at the end."""
    with at_work(folder, lessons) as there:
        rows = there.university.lessons(lessons)
        before = there.office.database.commits.value
        began = time.time()
        for start in range(0, lessons, WAVE):
            there.insert(rows[start : start + WAVE])
        ended = there.wait_for(lessons)
        commits = there.office.database.commits.value - before
        there.until_quiet()
        sent = there.sent()
        assert len(sent) == lessons, f"{len(sent)} requests for {lessons} lessons"
        assert there.statuses() == {"SUCCESS": lessons}, there.statuses()
        assert there.differences() == 0
        return Delivered(ended - began, commits / lessons, sent, there.university)
