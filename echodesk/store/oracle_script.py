"""EchoDesk's scripts for Oracle, as its administrators run them in SQL*Plus, and their single statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from echodesk.store.connection import Schemas

_BLOCK = re.compile(r"CREATE OR REPLACE (PACKAGE|TRIGGER|PROCEDURE|FUNCTION)")
_OTHER_FILE = re.compile(r"^@@(\w+\.sql)$", re.MULTILINE)
_DEFINES = re.compile(r"^DEFINE \w+ = \w+\n", re.MULTILINE)
_NAMED = re.compile(r"&(ECHODESK|CMIS)\.?")


def script_of(sql_folder: Path, part: str, schemas: Schemas) -> str:
    """One of the files with the files that it names, in the schemas of an office."""
    whole = _whole(sql_folder / "oracle" / f"{part}.sql")
    names = {"ECHODESK": schemas.own, "CMIS": schemas.timetable}
    return _NAMED.sub(lambda one: names[one[1]], _DEFINES.sub("", whole))


def _whole(file: Path) -> str:
    return _OTHER_FILE.sub(lambda one: _whole(file.with_name(one[1])), file.read_text(encoding="utf-8"))


def statements_of(script: str) -> Iterator[str]:
    """The statements of a script for SQL*Plus: one ends with a line `/` or, outside of PL/SQL, with `;`."""
    gathered: list[str] = []
    for line in script.splitlines():
        code = line.split("--")[0].strip()
        if not gathered and not code:
            continue
        if code == "/":
            yield "\n".join(gathered)
            gathered = []
            continue
        gathered.append(line)
        if code.endswith(";") and not _BLOCK.match(gathered[0]):
            yield "\n".join(gathered).rstrip().removesuffix(";")
            gathered = []
    if gathered:
        raise ValueError(f"the script ends inside a statement: {gathered[0]!r}")
