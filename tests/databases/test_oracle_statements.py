"""Every statement of the store and the timetable in Oracle's words: looked at by people, and parsed strictly.

None of them has run on an Oracle database: a green run says that grammars accept them and that the rules hold.
"""

from __future__ import annotations

import re

import pytest
import sqlglot
from sqlalchemy import bindparam, text
from sqlglot import exp

from echodesk.store.oracle_refused import RESERVED
from tests.databases.oracle_statements import (
    SNAPSHOT,
    compiled_for_19c,
    dialect_19c,
    oracle_statements,
    snapshot,
    translator,
)
from tests.databases.statements import all_statements

STATEMENTS = all_statements()
WORDS = translator()
GIVES_BACK = re.compile(r" RETURNING (.*) INTO (:ret_\d+(?:, :ret_\d+)*)$")
UNKNOWN_IN_19C = (
    r"\bLIMIT\b",
    r"\bON CONFLICT\b",
    r"\bBOOLEAN\b",
    r"\b(?:TRUE|FALSE)\b",
    r"\bIS (?:NOT )?DISTINCT FROM\b",
    r"\bEXCLUDED\.",
    r"\bJSON_(?:EACH|EXTRACT)\b",
    r"\bSTRFTIME\b",
    r"\bSYSTIMESTAMP\(\)",
    r"\bINDEXED\b",
    r"(?<!')''(?!')",
    r"(?i:\bFROM \w+ AS \w+)",
)

RESERVED_IN_ORACLE = RESERVED - {"BEFORE", "KEY"}


def test_the_words_are_those_that_were_looked_at() -> None:
    """`python -m tests.databases.oracle_statements` writes them anew; that belongs into the same commit."""
    assert snapshot() == SNAPSHOT.read_text(encoding="utf-8")


def test_none_is_forgotten() -> None:
    assert oracle_statements().keys() == STATEMENTS.keys()
    assert len(STATEMENTS) > 290


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_is_oracles(name: str) -> None:
    """It is taken apart by Oracle's grammar of sqlglot, and holds nothing that 19c does not know."""
    sentence = oracle_statements()[name]
    # sqlglot knows one name after INTO.
    tree = sqlglot.parse_one(GIVES_BACK.sub("", sentence), read="oracle", error_level=sqlglot.ErrorLevel.RAISE)
    assert isinstance(tree, exp.Select | exp.SetOperation | exp.Insert | exp.Update | exp.Delete | exp.Merge)
    unquoted = re.sub(r"'[^']+'", "'text'", sentence)
    assert not [word for word in UNKNOWN_IN_19C if re.search(word, unquoted)]
    assert not ("SKIP LOCKED" in sentence and "FETCH FIRST" in sentence)
    assert all(len(one.name) <= 128 for one in tree.find_all(exp.Identifier))


@pytest.mark.parametrize("name", STATEMENTS)
def test_what_is_bound_is_what_was_bound(name: str) -> None:
    """Names that Oracle reserves are quoted (ORA-01745), and what is given back has a bind of its own."""
    compiled = compiled_for_19c(WORDS, STATEMENTS[name])
    returned = GIVES_BACK.search(str(compiled))
    given = {one.strip('"') for one in compiled.params if not one.startswith("ret_")}
    assert given == text(STATEMENTS[name]).compile().params.keys()
    assert bool(returned) == ("RETURNING" in STATEMENTS[name])
    if returned is not None:
        assert len(returned[1].split(", ")) == len(returned[2].split(", "))
    bare = set(re.findall(r"(?<![\w:]):(\w+)", re.sub(r"'[^']*'", "''", str(compiled))))
    assert not {one.upper() for one in bare} & RESERVED_IN_ORACLE


def said(sql: str) -> str:
    """These words of SQLite's in Oracle's."""
    return WORDS.words(sql).sql


@pytest.mark.parametrize(
    ("sqlite", "oracle"),
    [
        ("SELECT 1", "SELECT 1 FROM DUAL"),
        (
            "SELECT EXISTS (SELECT 1 FROM STT_ECHO_STOP)",
            "SELECT CASE WHEN EXISTS(SELECT 1 FROM STT_ECHO_STOP) THEN 1 ELSE 0 END FROM DUAL",
        ),
        ("SELECT ID FROM STT_ECHO_STOP LIMIT :n", "SELECT ID FROM STT_ECHO_STOP FETCH FIRST :n ROWS ONLY"),
        ("SELECT ID FROM STT_ECHO_STOP WHERE :kind = ''", "SELECT ID FROM STT_ECHO_STOP WHERE :kind IS NULL"),
        (
            "SELECT ID FROM STT_ECHO_NOTIFICATION WHERE coalesce(NEW_DATE, '') < :today",
            "SELECT ID FROM STT_ECHO_NOTIFICATION WHERE (NEW_DATE IS NULL OR NEW_DATE < :today)",
        ),
        (
            "SELECT ID FROM STT_ECHO_NOTIFICATION WHERE MESSAGE IS NOT :text",
            "SELECT ID FROM STT_ECHO_NOTIFICATION WHERE DECODE(MESSAGE, :text, 1, 0) = 0",
        ),
        ("SELECT BY FROM STT_ECHO_BATCH", 'SELECT "BY" FROM STT_ECHO_BATCH'),
        (
            "SELECT WINNER || 'x' FROM STT_ECHO_NOTIFICATION",
            "SELECT CASE WHEN NOT WINNER IS NULL THEN WINNER || 'x' END FROM STT_ECHO_NOTIFICATION",
        ),
        (
            "SELECT ROOMID || coalesce(LAST_ERROR, '') FROM STT_ECHO_DAY_ROOM",
            "SELECT ROOMID || LAST_ERROR FROM STT_ECHO_DAY_ROOM",
        ),
        (
            "INSERT INTO STT_ECHO_META (NAME, VALUE) VALUES (:name, :value) ON CONFLICT (NAME) DO UPDATE"
            " SET VALUE = excluded.VALUE WHERE VALUE <> :old",
            "MERGE INTO STT_ECHO_META T USING (SELECT :name AS NAME, :value AS VALUE FROM DUAL) S"
            " ON (T.NAME = S.NAME) WHEN MATCHED THEN UPDATE SET T.VALUE = S.VALUE"
            " WHERE DECODE(T.VALUE, :old, 1, 0) = 0"
            " WHEN NOT MATCHED THEN INSERT (NAME, VALUE) VALUES (S.NAME, S.VALUE)",
        ),
        (
            "DELETE FROM STT_ECHO_TRY WHERE ID IN (SELECT value FROM json_each(:ids))",
            "DELETE FROM STT_ECHO_TRY WHERE ID IN (SELECT L.V FROM JSON_TABLE(:ids, '$[*]' ERROR ON ERROR"
            " COLUMNS(V NUMBER PATH '$')) L)",
        ),
        (
            "DELETE FROM STT_ECHO_REMOVAL WHERE AT <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-2 day')",
            "DELETE FROM STT_ECHO_REMOVAL WHERE AT <= TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP"
            " + NUMTODSINTERVAL(-172800, 'SECOND')), 'YYYY-MM-DD\"T\"HH24:MI:SS.FF3\"Z\"')",
        ),
        (
            "UPDATE STT_ECHO_LEASE SET CHANGES = CHANGES + 1 RETURNING CHANGES",
            "UPDATE STT_ECHO_LEASE SET CHANGES = CHANGES + 1 RETURNING CHANGES INTO :ret_0",
        ),
    ],
)  # fmt: skip
def test_a_word_in_oracles(sqlite: str, oracle: str) -> None:
    assert said(sqlite) == oracle


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT ID FROM STT_ECHO_STOP WHERE KIND LIKE 'B%'",
        "SELECT coalesce(WINNER, '') FROM STT_ECHO_NOTIFICATION",
        "SELECT ID FROM STT_ECHO_NOTIFICATION WHERE coalesce(NEW_DATE, '') > :today",
        "SELECT KIND, count(*) FROM STT_ECHO_STOP GROUP BY 1",
        "SELECT ID, KIND, count(*) FROM STT_ECHO_STOP GROUP BY ID",
        "SELECT DISTINCT SCOPE FROM STT_ECHO_BATCH",
        "SELECT ID FROM STT_ECHO_BATCH WHERE SCOPE = :scope",
        "SELECT ID FROM STT_ECHO_BATCH ORDER BY SCOPE",
        "SELECT ID FROM STT_ECHO_BATCH WHERE :ids = '[]' OR ID IN (SELECT value FROM json_each(:ids))",
        "SELECT a.ID, b.ID FROM STT_ECHO_STOP a JOIN STT_ECHO_STOP b ON a.ID = b.ID LIMIT 1",
        "INSERT INTO STT_ECHO_META (NAME, VALUE) VALUES (:name, '')",
        "INSERT INTO STT_ECHO_META (NAME, VALUE) VALUES (:a, :b) ON CONFLICT (NAME) DO NOTHING RETURNING NAME",
        "SELECT lower(KIND) || 'x' FROM STT_ECHO_STOP",
        f"DELETE FROM STT_ECHO_STOP WHERE ID IN ({', '.join(map(str, range(1001)))})",  # noqa: S608 - numbers of this line
        "SELECT true FROM STT_ECHO_STOP",
    ],
)
def test_what_would_be_something_else_is_refused(sql: str) -> None:
    with pytest.raises(ValueError):
        WORDS.words(sql)


def test_values_go_as_they_must() -> None:
    """Waits as seconds, words for people cut to their column, long texts as CLOBs; '' comes back as ''."""
    told = WORDS.words(
        "INSERT INTO STT_ECHO_REFRESH (ROOMID, LESSON_DATE, NOT_BEFORE, REASON)"
        " VALUES (:room, :date, strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :wait), :reason)"
    ).binds
    bound = {name: bindparam(name, type_=kind).type.bind_processor(dialect_19c()) for name, kind in told.items()}
    assert bound.keys() == {"wait", "reason"}
    wait, reason = bound["wait"], bound["reason"]
    assert wait is not None
    assert reason is not None
    assert wait("-5 minutes") == -300.0
    assert wait("+30.250 seconds") == 30.25
    with pytest.raises(ValueError):
        wait("soon")
    assert reason("x" * 1001) == "x" * 1000
    assert reason(None) is None
    assert WORDS.words("SELECT TITLE, PRESENTER FROM STT_ECHO_MIRROR").blanks == {"TITLE"}
    assert "rest" in WORDS.words("UPDATE STT_ECHO_MIRROR SET REST = :rest").binds
