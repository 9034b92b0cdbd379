"""A small timetable in CSV for runs of whole programs: busy rooms, shared lectures, clashes and bad neighbours."""

from __future__ import annotations

import random
from pathlib import Path

from tests.demo.csv_folder import HEADING, write_folder

ROOMS = 6
WEEKS = 8


def small_timetable(folder: Path, lessons: int = 60, seed: int = 5) -> Path:
    """The four CSV files in `folder`, which is made. The same numbers give the same timetable."""
    folder.mkdir(parents=True)
    dice = random.Random(seed)
    rows = []
    for number in range(lessons):
        start = dice.randrange(8, 18)
        minutes = dice.choice((50, 60, 90, 120))
        finish = start * 60 + minutes
        weeks = sorted(dice.sample(range(1, WEEKS + 1), dice.randint(1, WEEKS)))
        rows.append(
            f"a{number},MOD{number % 25},LC{number % 3 + 1:02d},{dice.choice(('', 'l1', 'l2', 'l3'))},"
            f"ROOM {number % ROOMS},{dice.randint(1, 5)},{start:02d}:00,{finish // 60:02d}:{finish % 60:02d},"
            + " ".join(map(str, weeks))
        )
    return write_folder(
        folder,
        rooms="room_id,building_id,name,capacity\n"
        + "".join(f"ROOM {number},B{number % 2},Room {number},50\n" for number in range(ROOMS)),
        modules="module_id,name\n" + "".join(f"MOD{number},Module {number}\n" for number in range(25)),
        weeks="week_number,monday\n" + "".join(f"{week},\n" for week in range(1, WEEKS + 1)),
        lessons=HEADING + "\n".join(rows) + "\n",
    )
