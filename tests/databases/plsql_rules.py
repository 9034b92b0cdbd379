"""Rules for Oracle's package and triggers that no grammar knows: read from the text without comments and literals.

A row trigger may not look at the table that it stands on, nor may what it calls (ORA-04091): no other engine says
so. And the house's part of PL/SQL: what every engine of the tests reads alike, and what costs an edit little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAY_READ = {
    *("STT_ECHO_SET", "ROOMREQUESTS", "ROOMFEATURES", "MODULE", "MODULEGROUPS", "STT_COMPONENT_TYPE"),
    *("STT_EXT_PERSON", "DUAL"),
}
MAY_WRITE = {"STT_ECHO_QUEUE", "STT_ECHO_COMMAND", "STT_ECHO_ERROR"}

_TABLE = r'(?:"?\w+"?\s*\.\s*)?"?(\w+)"?'
_READS = re.compile(rf"\b(?:FROM|JOIN)\s+{_TABLE}")
_WRITES = re.compile(rf"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|DELETE|MERGE\s+INTO)\s+{_TABLE}")
_UNIT = re.compile(r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(PACKAGE\s+BODY|PACKAGE|TRIGGER|PROCEDURE|FUNCTION)\s+(\w+)")
_ROUTINE = re.compile(r"\b(?:PROCEDURE|FUNCTION)\s+(\w+)")
_EVENT = re.compile(
    rf"\b(BEFORE|AFTER|INSTEAD\s+OF|FOR)\s+(INSERT|UPDATE|DELETE)\b(.*?)\bON\s+{_TABLE}", re.DOTALL
)
_ONE_CALL = re.compile(r"\bBEGIN\s+[\w.]+\s*\([^;]*\)\s*;\s*END\s*\w*\s*;\s*/?\s*$")
_CALLS = re.compile(r"\bBEGIN\s+(\w+)\.\w+\s*\(")
_GUARDED = re.compile(
    # Nothing is declared: what fails there is caught by nobody.
    r"\b(?:IS|AS)\s+BEGIN\s+[\w.]+\s*\([^;]*\)\s*;"
    r"\s*EXCEPTION\s+WHEN\s+OTHERS\s+THEN\s+(?:NULL|\w+\s*\([^;]*\))\s*;\s*END\s*;"
)
_FORBIDDEN = {
    "AUTHID": r"\bAUTHID\b",
    "SQL that is put together when it runs": r"\bEXECUTE\s+IMMEDIATE\b|\bDBMS_SQL\b",
    "the end of a transaction": r"\b(?:COMMIT|ROLLBACK|SAVEPOINT|AUTONOMOUS_TRANSACTION)\b",
    "a loop": r"\bLOOP\b|\bFORALL\b|\bBULK\s+COLLECT\b",
    "a name after END": r"\bEND\s+(?!IF\b|LOOP\b|CASE\b|AFTER\b|BEFORE\b)\w+",
    "CASE as a value": r":=\s*CASE\b",
    "tables joined by a comma": r"\bFROM\s+[\w.\"]+(?:\s+(?!WHERE\b|JOIN\b|GROUP\b|ORDER\b)\w+)?\s*,",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """One package, body or trigger, plain: in capitals, without comments and literals."""

    kind: str
    name: str
    text: str


def units(script: str) -> list[Unit]:
    """What a script makes in PL/SQL."""
    plain = re.sub(r"'(?:[^']|'')*'", "''", _without_comments(script)).upper()
    found = list(_UNIT.finditer(plain))
    begins = [*(one.start() for one in found), len(plain)]
    return [
        Unit(" ".join(one[1].split()), one[2], plain[begins[at] : begins[at + 1]].strip())
        for at, one in enumerate(found)
    ]


def _without_comments(script: str) -> str:
    """A quote in a comment begins no literal."""
    return re.sub(r"('(?:[^']|'')*')|--[^\n]*|/\*.*?\*/", lambda one: one[1] or " ", script, flags=re.DOTALL)


def mutating(made: list[Unit]) -> Iterator[str]:
    """Row triggers that look at, or change, the table they stand on, by themselves or through what they call."""
    routines: dict[str, str] = {}
    for package in (one for one in made if one.kind == "PACKAGE BODY"):
        for name, text in _routines(package):
            # Packages may have routines of one name: all of them are looked at.
            routines[name] = f"{routines.get(name, '')} {text}"
    for one in made:
        event = _EVENT.search(one.text) if one.kind == "TRIGGER" else None
        if event is None or "FOR EACH ROW" not in " ".join(one.text.split()):
            continue
        body = one.text[event.end() :]
        reached = [body, *(routines[name] for name in sorted(_called(body, routines)))]
        for text in reached:
            if event[4] in {*_READS.findall(text), *_WRITES.findall(text)}:
                yield f"{one.name} looks at {event[4]}, on which it stands"
                break


def lets_errors_through(made: list[Unit]) -> Iterator[str]:
    """Packages that row triggers call, and that may be invalid or raise an error when an edit needs them.

    Such a package names no table, which would make it invalid (ORA-04063) where no handler of its own counts; each
    of its routines is one call, and whatever that raises is caught.
    """
    called = {name for one in made if one.kind == "TRIGGER" for name in _CALLS.findall(one.text)}
    for body in (one for one in made if one.kind == "PACKAGE BODY" and one.name in called):
        if tables := {*_READS.findall(body.text), *_WRITES.findall(body.text)}:
            yield f"{body.name} names {', '.join(sorted(tables))}"
            continue
        for name, text in _routines(body):
            if not _GUARDED.search(text):
                yield f"{body.name}.{name} lets errors through"
    for name in sorted(called - {one.name for one in made if one.kind == "PACKAGE BODY"}):
        yield f"{name} is not there"


def outside_the_house(made: list[Unit]) -> Iterator[str]:
    """What the house does not write in PL/SQL."""
    for one in made:
        for what, pattern in _FORBIDDEN.items():
            if re.search(pattern, one.text):
                yield f"{one.name} has {what}"
        if one.kind == "TRIGGER":
            yield from _of_a_trigger(one)
        elif one.kind.startswith("PACKAGE"):
            yield from _of_a_package(one)


def _of_a_trigger(one: Unit) -> Iterator[str]:
    event = _EVENT.search(one.text)
    if event is None or re.search(r"\bOR\s+(?:INSERT|UPDATE|DELETE)\b", event[0]) or "COMPOUND" in one.text:
        yield f"{one.name} is not a trigger of one event"
        return
    if "FOR EACH ROW" in " ".join(one.text.split()) and event[1] != "AFTER":
        yield f"{one.name} is not AFTER"
    if not _ONE_CALL.search(one.text):
        yield f"{one.name} does more than one call"


def _of_a_package(one: Unit) -> Iterator[str]:
    head = re.sub(r".*?\b(?:AS|IS)\b", "", one.text, count=1, flags=re.DOTALL)
    first = _ROUTINE.search(head)
    if head[: first.start() if first else len(head)].strip():
        yield f"{one.name} holds something beside procedures and functions"
    read, written = set(_READS.findall(one.text)), set(_WRITES.findall(one.text))
    for table in sorted((read - MAY_READ) | (written - MAY_WRITE)):
        yield f"{one.name} has no business with {table}"


def _routines(body: Unit) -> Iterator[tuple[str, str]]:
    found = list(_ROUTINE.finditer(body.text))
    begins = [*(one.start() for one in found), len(body.text)]
    for at, one in enumerate(found):
        yield one[1], body.text[one.end() : begins[at + 1]]


def _called(text: str, routines: dict[str, str]) -> set[str]:
    """All that this calls, and all that these call."""
    reached: set[str] = set()
    waiting = [text]
    while waiting:
        words = set(re.findall(r"\w+", waiting.pop()))
        new = (words & routines.keys()) - reached
        reached |= new
        waiting += [routines[name] for name in new]
    return reached
