"""A small timetable in CSV whose one file a test may spoil."""

from __future__ import annotations

from pathlib import Path

ROOMS = "room_id,building_id,name,capacity\nB1 Hall,B1,Great Hall,300\nB2-7,B2,,\nX.9,,,40\n"
MODULES = "module_id,name\nENGL1003,Reading Poems\nMATH2,\n"
WEEKS = "week_number,monday\n1,2020-02-17\n2,2020-02-24\n3,2020-03-09\n"
HEADING = "slot_id,module_id,group_code,lecturer_id,room_id,weekday,start,finish,weeks\n"
LESSONS = (
    HEADING + "a1,ENGL1003,LC01,,B1 Hall,1,09:00,10:00,1 2 3\n"
    "a2,MATH2,TU03,l7,B2-7,5,10:30,12:00,1 3\n"
    "a3,MATH2,TU03,l7,,2,10:30,12:00,3 1\n"
)


def write_folder(
    folder: Path, *, rooms: str = ROOMS, modules: str = MODULES, weeks: str = WEEKS, lessons: str = LESSONS
) -> Path:
    """The four files in `folder`; each can be given another content."""
    for name, content in (("rooms", rooms), ("modules", modules), ("weeks", weeks), ("lessons", lessons)):
        (folder / f"{name}.csv").write_text(content, encoding="utf-8", newline="")
    return folder


def lesson(**changed: str) -> str:
    """`lessons.csv` with one lesson, on line 2; any cell can be changed."""
    cells = {
        "slot_id": "a1",
        "module_id": "ENGL1003",
        "group_code": "LC01",
        "lecturer_id": "",
        "room_id": "B1 Hall",
        "weekday": "1",
        "start": "09:00",
        "finish": "10:00",
        "weeks": "1 2",
    } | changed
    return HEADING + ",".join(cells.values()) + "\n"
