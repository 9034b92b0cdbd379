"""Oracle's strict grammar (ANTLR's grammars-v4 PlSql, as the package pgrecon brings it) on files and statements.

The first text costs half a minute, and all of them many minutes: what it accepted is on record by its hash, and
only what is new is parsed.

python -m tests.databases.plsql_grammar [--all]     parses what is not on record, or everything; writes the record

It accepts what Oracle's compiler would accept as written, not that any name in it exists: none has run there.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from tests.databases.engines import SQL
from tests.databases.oracle_statements import dictionary_statements, oracle_statements

NAMES = SQL / "oracle" / "names.sql"
RECORD = Path(__file__).parent / "snapshots" / "oracle-parsed.txt"
BROKEN = Path(__file__).parent / "broken"
_DEPTH = 20_000


def grammar() -> str:
    """Which grammar it is; a new one has to read everything again."""
    return f"pgrecon {metadata.version('pgrecon')}, antlr4 {metadata.version('antlr4-python3-runtime')}"


def faults(text: str) -> list[str]:
    """What the grammar refuses in this text, of its words and of its sentences; nothing if it accepts it."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEPTH))
    modes: Any = import_module("antlr4.atn.PredictionMode").PredictionMode
    # The short way accepts nothing that the long way, which takes many times as long, would refuse.
    return _faults(text, modes.SLL) and _faults(text, modes.LL)


def _faults(text: str, mode: Any) -> list[str]:
    antlr: Any = import_module("antlr4")
    lexers: Any = import_module("pgrecon.plsql._generated.PlSqlLexer")
    parsers: Any = import_module("pgrecon.plsql._generated.PlSqlParser")
    listening: Any = import_module("antlr4.error.ErrorListener")
    found: list[str] = []

    class Listener(listening.ErrorListener):  # type: ignore[misc]  # the library says nothing of its types
        """Gathers what is refused; by themselves the words that are none would be left out in silence."""

        def syntaxError(
            self, _recognizer: Any, _symbol: Any, line: int, column: int, message: str, _error: Any
        ) -> None:
            found.append(f"{line}:{column} {message}")

    words = lexers.PlSqlLexer(antlr.InputStream(text))
    sentences = parsers.PlSqlParser(antlr.CommonTokenStream(words))
    for part in (words, sentences):
        part.removeErrorListeners()
        part.addErrorListener(Listener())
    sentences._interp.predictionMode = mode
    sentences.sql_script()
    return found


def texts() -> Iterator[tuple[str, str]]:
    """Name and text of all that must be accepted: the files as SQL*Plus hands them on, and every statement."""
    for path in sorted((SQL / "oracle").glob("*.sql")):
        # Of names.sql nothing is for the database.
        if path != NAMES:
            yield path.name, handed_on(path.read_text(encoding="utf-8"))
    for name, sql in {**oracle_statements(), **dictionary_statements()}.items():
        yield name, f"{sql};\n"


def handed_on(script: str) -> str:
    """What SQL*Plus keeps for itself is not for the database: DEFINE and what it names, and other files."""
    named = dict(re.findall(r"^DEFINE (\w+) = (\w+)$", NAMES.read_text(encoding="utf-8") + script, re.MULTILINE))
    rest = re.sub(r"^(?:DEFINE .*|@@.*)$", "", script, flags=re.MULTILINE)
    # WORKAROUND: a number of seconds is none of the values that this grammar knows for a session's parameter.
    rest = re.sub(r"^(ALTER SESSION SET DDL_LOCK_TIMEOUT = )(\d+);$", r"\1S\2;", rest, flags=re.MULTILINE)
    return re.sub(r"&(\w+)\.?", lambda one: named[one[1]], rest)


def digest(text: str) -> str:
    """By what a text is known in the record."""
    return hashlib.sha256(f"{grammar()}\n{text}".encode()).hexdigest()[:32]


def recorded() -> set[str]:
    """The hashes of what was accepted."""
    return (
        set(re.findall(r"^[0-9a-f]{32}", RECORD.read_text(encoding="utf-8"), re.MULTILINE))
        if RECORD.exists()
        else set()
    )


def looked_at(
    named: Iterable[tuple[str, str]], known: Collection[str], parse: Callable[[str], list[str]] = faults
) -> tuple[list[str], dict[str, list[str]]]:
    """The lines of the record, and what was refused: each text is parsed unless this very text is `known`."""
    lines, refused = [], {}
    for name, text in named:
        mark = digest(text)
        found = [] if mark in known else parse(text)
        if found:
            refused[name] = found
        else:
            lines.append(f"{mark} {name}\n")
    return lines, refused


def main(arguments: list[str]) -> int:
    """Writes the record; returns how many texts were refused."""
    lines, refused = looked_at(texts(), set() if "--all" in arguments else recorded())
    for name, found in refused.items():
        sys.stderr.write(f"{name}: {'; '.join(one[:200] for one in found[:3])}\n")
    head = f"# What Oracle's grammar accepted ({grammar()}); python -m tests.databases.plsql_grammar\n"
    RECORD.write_text(head + "".join(lines), encoding="utf-8")
    return len(refused)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
