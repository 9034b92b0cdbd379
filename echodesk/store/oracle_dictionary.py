"""What is asked of Oracle's data dictionary, in 19c's words. None of it has run on an Oracle database.

A user is told of what it may use, and of nothing else: what it may not see cannot be told from what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping

HERE = "SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')"
"""The schema in which EchoDesk works: its own tables, and its names for the timetable's."""
_NAMED = f"SELECT S.TABLE_OWNER, S.TABLE_NAME FROM ALL_SYNONYMS S WHERE S.OWNER = {HERE}"  # noqa: S608 - of this file
_SHAPE = "C.COLUMN_NAME, C.DATA_TYPE, C.CHAR_LENGTH, C.DATA_PRECISION, C.NULLABLE"

COLUMNS = f"""
SELECT C.TABLE_NAME, {_SHAPE} FROM ALL_TAB_COLUMNS C WHERE C.OWNER = {HERE}
UNION ALL
SELECT S.SYNONYM_NAME, {_SHAPE} FROM ALL_SYNONYMS S
JOIN ALL_TAB_COLUMNS C ON C.OWNER = S.TABLE_OWNER AND C.TABLE_NAME = S.TABLE_NAME WHERE S.OWNER = {HERE}
"""  # noqa: S608 - of this file
INDEXES = f"""
SELECT I.INDEX_NAME, I.OWNER, I.STATUS, I.FUNCIDX_STATUS FROM ALL_INDEXES I
WHERE I.INDEX_NAME LIKE 'STT_ECHO_%' AND (I.TABLE_OWNER = {HERE} OR (I.TABLE_OWNER, I.TABLE_NAME) IN ({_NAMED}))
"""  # noqa: S608 - of this file
WATCHED = f"SELECT COUNT(*) FROM ALL_VIEWS V WHERE V.OWNER = {HERE} AND V.VIEW_NAME = 'STT_ECHO_CODE'"  # noqa: S608 - of this file
CODE = "SELECT C.NAME, C.KIND, C.TEXT, C.COMPILED, C.SWITCHED FROM STT_ECHO_CODE C ORDER BY C.NAME, C.KIND, C.LINE"
"""Triggers and package, line by line (`sql/oracle/watching.sql`)."""
ANY_RIGHTS = "SELECT P.PRIVILEGE FROM SESSION_PRIVS P"
RIGHTS = f"""
SELECT P.PRIVILEGE, P.TABLE_NAME FROM ALL_TAB_PRIVS P
WHERE (P.TABLE_SCHEMA = {HERE} OR (P.TABLE_SCHEMA, P.TABLE_NAME) IN ({_NAMED}))
AND (P.GRANTEE IN ('PUBLIC', SYS_CONTEXT('USERENV', 'SESSION_USER'))
    OR P.GRANTEE IN (SELECT R.ROLE FROM SESSION_ROLES R))
"""  # noqa: S608 - of this file
OWNED = """
SELECT T.TABLE_NAME FROM USER_TABLES T
UNION ALL SELECT V.VIEW_NAME FROM USER_VIEWS V
UNION ALL SELECT Q.SEQUENCE_NAME FROM USER_SEQUENCES Q
"""
OBJECTS = "SELECT O.OBJECT_TYPE, O.OBJECT_NAME FROM USER_OBJECTS O ORDER BY O.OBJECT_NAME"
PROTOCOL = "SELECT SYS_CONTEXT('USERENV', 'NETWORK_PROTOCOL') FROM DUAL"

ASKED: Mapping[str, str] = {
    "columns": COLUMNS,
    "indexes": INDEXES,
    "watched": WATCHED,
    "code": CODE,
    "any rights": ANY_RIGHTS,
    "rights": RIGHTS,
    "owned": OWNED,
    "protocol": PROTOCOL,
    "objects": OBJECTS,
}
"""All of it, by name."""
