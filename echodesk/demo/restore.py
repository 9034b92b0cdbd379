"""The simulator at a later start of the demonstration: it holds what it held when it was stopped.

The simulator forgets everything at its end; the mirror is what Echo360 confirmed, so it stands in for a service
that had gone on running. Reference data get new ids, so the REFERENCE table is forgotten.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from echodesk.demo.capture_seed import ORGANIZATION, section_of
from echodesk.demo.rows import Module, ModuleGroup
from echodesk.demo.stage import SEED_FILE, Stage
from echodesk.planning.values import clock_text
from echodesk.simulator.seed import Seed, SeedSection, read_seed, write_seed
from echodesk.timetable.occurrences import ReadingSettings
from echodesk.timetable.wording import SECTION_FIELDS, Template

RESTORED_FILE = "echo360-restored.json"

_FORGET = text("DELETE FROM STT_ECHO_REFERENCE")
_STANDING = text(
    "SELECT ECHO_ID, EXTERNAL_ID, ROOMID, LESSON_DATE, STARTTIME, FINISHTIME, TITLE, SECTIONS, PRESENTER, INPUTS,"
    " REST FROM STT_ECHO_MIRROR WHERE DATES IS NULL"
)
_GROUPS = text(
    "SELECT g.MODULEID, g.GRPCODE, m.NAME, m.OWNER, d.NAME AS DEPARTMENT FROM MODULEGROUPS g JOIN MODULE m"
    " ON m.SETID = g.SETID AND m.MODULEID = g.MODULEID LEFT JOIN DEPTS d ON d.DEPTID = m.OWNER"
    " WHERE g.SETID = :setid"
)


def restore(folder: Path, stage: Stage, connection: Connection) -> Path:
    """Write what the simulator held into a seed file, in the caller's write transaction; returns the file."""
    first = read_seed(folder / SEED_FILE)
    standing = tuple(_body(row) for row in connection.execute(_STANDING))
    named = {section["sectionExternalId"] for body in standing for section in body["sections"]}
    known = {section.external_id for section in first.sections}
    made = [one for one in _sections(connection, stage.setid) if one.external_id in named - known]
    file = folder / RESTORED_FILE
    seed: Seed = msgspec.structs.replace(first, sections=(*first.sections, *made), standing=standing)
    write_seed(seed, file)
    connection.execute(_FORGET)
    return file


def _body(row: Any) -> dict[str, Any]:
    inputs = json.loads(row.INPUTS)
    rest = json.loads(row.REST) if row.REST else {}
    body: dict[str, Any] = {
        "id": row.ECHO_ID,
        "externalId": row.EXTERNAL_ID,
        "name": row.TITLE,
        "startDate": row.LESSON_DATE,
        "startTime": clock_text(row.STARTTIME),
        "endTime": clock_text(row.FINISHTIME),
        "venue": {"roomExternalId": row.ROOMID},
        "sections": [{"sectionExternalId": section} for section in json.loads(row.SECTIONS)],
        "captureQuality": rest.get("captureQuality", "High"),
    }
    if row.PRESENTER:
        body["presenter"] = {"userEmail": row.PRESENTER}
    return body | {f"input{number}": name for number, name in enumerate(inputs, start=1)}


def _sections(connection: Connection, setid: str) -> list[SeedSection]:
    named = Template.of(ReadingSettings().section, SECTION_FIELDS)
    return [
        section_of(
            setid,
            ModuleGroup(setid=setid, moduleid=row.MODULEID, grpcode=row.GRPCODE, name="", csize=None),
            Module(
                setid=setid, moduleid=row.MODULEID, name=row.NAME, owner=row.OWNER, linkcode=None, isactive="Y"
            ),
            {row.OWNER: row.DEPARTMENT} if row.DEPARTMENT else {},
            named,
            ORGANIZATION,
        )
        for row in connection.execute(_GROUPS, {"setid": setid})
    ]
