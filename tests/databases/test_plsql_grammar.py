"""Oracle's strict grammar accepts every file of `sql/oracle` and every statement, and refuses broken files.

It knows nothing of names, rights or types: a green run is no run on Oracle.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases.engines import SQL
from tests.databases.plsql_grammar import (
    BROKEN,
    NAMES,
    RECORD,
    digest,
    faults,
    grammar,
    handed_on,
    looked_at,
    recorded,
    texts,
)

TEXTS = dict(texts())
RECORDED = recorded()


@pytest.mark.parametrize("name", TEXTS)
def test_it_was_accepted_as_it_stands(name: str) -> None:
    """`python -m tests.databases.plsql_grammar` parses what is new; the record belongs into the same commit."""
    assert digest(TEXTS[name]) in RECORDED


def test_nothing_is_forgotten() -> None:
    assert TEXTS.keys() >= {path.name for path in (SQL / "oracle").glob("*.sql") if path != NAMES}
    assert handed_on(NAMES.read_text(encoding="utf-8")).split("\n")[-3:] == ["", "", ""]
    assert len(TEXTS) > 300


def test_of_sqlplus_nothing_is_left() -> None:
    assert (
        handed_on("DEFINE A = B\n@@tables.sql\nDROP TABLE &A..C;\nDROP USER &A;")
        == "\n\nDROP TABLE B.C;\nDROP USER B;"
    )


def test_nothing_is_recorded_that_was_not_parsed() -> None:
    """What is known is known by every letter of it, and by the grammar; a refused text is not on record."""
    parsed: list[str] = []

    def parse(text: str) -> list[str]:
        parsed.append(text)
        return ["1:0 no"] if "NO" in text else []

    named = [("known", "A;"), ("one letter more", "A ;"), ("new", "B;"), ("refused", "NO;")]
    known = {digest("A;"), digest("NO")}
    lines, refused = looked_at(named, known, parse)
    assert parsed == ["A ;", "B;", "NO;"]
    assert [line.split(maxsplit=1) for line in lines] == [
        [digest(text), f"{name}\n"] for name, text in named if name != "refused"
    ]
    assert refused == {"refused": ["1:0 no"]}
    assert grammar() in RECORD.read_text(encoding="utf-8").splitlines()[0]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_grammar_is_at_work() -> None:
    """A grammar that accepts everything would be none: each broken file is refused, and a whole one is not."""
    assert faults(TEXTS["triggers.sql"]) == []
    broken = sorted(BROKEN.glob("grammar_*.sql"))
    assert len(broken) > 8
    assert [path.stem for path in broken if not faults(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("path", sorted(BROKEN.glob("grammar_*.sql")), ids=lambda path: path.stem)
def test_no_broken_file_is_on_record(path: Path) -> None:
    assert digest(path.read_text(encoding="utf-8")) not in RECORDED
