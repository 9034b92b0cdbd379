"""Every SQL statement that reads the timetable's tables, prepared once.

Where a statement takes many keys they come as one JSON text, so that the statement's own text never changes and
no limit on binds is met. All of it is in SQLite's words, which `store` translates for a server. Both sides of a
comparison are trimmed, as in the triggers, and served by the indexes of `sql/sqlite/triggers.sql`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

# The keys lead, the indexes follow: SQLite keeps the order of a CROSS JOIN, PostgreSQL finds it.
_KEYS: Mapping[str, str] = {
    "{room weekdays}": """
    (SELECT json_extract(value, '$[0]') AS ROOMID, json_extract(value, '$[1]') AS SETID,
            json_extract(value, '$[2]') AS WEEKNUMBER, json_extract(value, '$[3]') AS WEEKDAY
     FROM json_each(:keys)) K CROSS JOIN""",
    "{lesson weeks}": """
    (SELECT json_extract(value, '$[0]') AS SETID, json_extract(value, '$[1]') AS SLOTID,
            json_extract(value, '$[2]') AS WEEKNUMBER
     FROM json_each(:keys)) K CROSS JOIN""",
    "{numbers}": """
    (SELECT DISTINCT json_extract(value, '$[0]') AS SETID, CAST(json_extract(value, '$[1]') AS INTEGER) AS CODE
     FROM json_each(:keys)) K CROSS JOIN""",
    "{codes}": """
    (SELECT DISTINCT json_extract(value, '$[0]') AS SETID, json_extract(value, '$[1]') AS CODE
     FROM json_each(:keys)) K CROSS JOIN""",
    "{texts}": """
    (SELECT DISTINCT value AS CODE FROM json_each(:keys)) K CROSS JOIN""",
}

# The columns of `LessonFacts`, in its order, for a row T of TIMETABLE.
_FACTS = """
    TRIM(T.SETID), T.SLOTID, T.SLOTENTRY, T.WEEKID, T.WEEKDAY,
    NULLIF(TRIM(T.STARTTIME), ''), NULLIF(TRIM(T.FINISHTIME), ''),
    NULLIF(TRIM(T.MODULEID), ''), NULLIF(TRIM(T.MODGRPCODE), ''),
    NULLIF(TRIM(T.ROOMID), ''), NULLIF(TRIM(T.ROOMGRPCODE), ''),
    NULLIF(TRIM(T.LECTURERID), ''), NULLIF(TRIM(T.SOURCESID), ''), T.STATUS, NULLIF(TRIM(T.DATECHANGED), ''),
    (SELECT COUNT(*) FROM STT_ECHO_SET S WHERE S.SETID = TRIM(T.SETID) AND S.LIVE = 1),
    (SELECT MIN(COALESCE(NULLIF(TRIM(M.NAME), ''), ' ')) FROM MODULE M
     WHERE TRIM(M.SETID) = TRIM(T.SETID) AND TRIM(M.MODULEID) = TRIM(T.MODULEID)),
    (SELECT COUNT(*) FROM MODULEGROUPS G
     WHERE TRIM(G.SETID) = TRIM(T.SETID) AND TRIM(G.MODULEID) = TRIM(T.MODULEID)
       AND TRIM(G.GRPCODE) = TRIM(T.MODGRPCODE)),
    (SELECT COUNT(*) FROM STT_COMPONENT_TYPE C
     WHERE TRIM(C.MODULE_SUBGROUP_CODE) = TRIM(SUBSTR(TRIM(T.MODGRPCODE), 1, 2))),
    (SELECT MAX(TRIM(Q.FEATUREID)) FROM ROOMREQUESTS Q
     WHERE TRIM(Q.SETID) = TRIM(T.SETID) AND Q.SLOTID = T.SLOTID AND Q.SLOTENTRY = T.SLOTENTRY
       AND TRIM(Q.FEATUREID) IN ('AUDIOREC', 'VIDEOREC')),
    (SELECT MAX(TRIM(F.FEATUREID)) FROM ROOMFEATURES F
     WHERE TRIM(F.SETID) = TRIM(T.SETID) AND TRIM(F.ROOMID) = TRIM(T.ROOMID)
       AND TRIM(F.FEATUREID) IN ('AUDIOREC', 'VIDEOREC')),
    (SELECT MIN(NULLIF(TRIM(P.BUSINESSEMAIL), '')) FROM STT_EXT_PERSON P
     WHERE TRIM(P.PERSONNO) = TRIM(T.LECTURERID)),
    (SELECT MAX(N.SINCE) FROM STT_ECHO_SENIORITY N WHERE N.SETID = TRIM(T.SETID) AND N.SLOTID = T.SLOTID),
    (SELECT COUNT(*) FROM TIMETABLE X
     WHERE TRIM(X.SETID) = TRIM(T.SETID) AND X.SLOTID = T.SLOTID AND X.SLOTENTRY = T.SLOTENTRY)"""


class Keyed:
    """A statement that takes many keys."""

    def __init__(self, sql: str) -> None:
        words = sql.replace("{facts}", _FACTS)
        for name, piece in _KEYS.items():
            words = words.replace(name, piece)
        self.statement = text(words)

    def rows(self, conn: Connection, keys: Iterable[object]) -> Sequence[Any]:
        """What it finds for these keys; nothing for none."""
        listed = list(keys)
        return conn.execute(self.statement, {"keys": json.dumps(listed)}).all() if listed else ()


SETS = text("SELECT SETID, LIVE FROM STT_ECHO_SET ORDER BY SETID")

WEEK_STRUCTURE = text("SELECT TRIM(SETID), WEEKNUMBER, STARTDATE FROM WEEKSTRUCTURE ORDER BY SETID, WEEKNUMBER")

MAPPED_DATES = text("SELECT TRIM(SETID), WEEKNUM, DAYPOSN, MAPDATE FROM CCALMAPS ORDER BY SETID, WEEKNUM, DAYPOSN")

MISSING_PEOPLE = text("SELECT EMAIL FROM STT_ECHO_MISSING_PERSON")

# One row for each lesson and week; the first column is the week.
LESSONS_IN_ROOMS = Keyed(
    """
    SELECT K.WEEKNUMBER, {facts}
    FROM {room weekdays} TIMETABLE T CROSS JOIN WEEKMAPNUMERIC W
    WHERE TRIM(T.ROOMID) = K.ROOMID AND T.WEEKDAY = K.WEEKDAY AND TRIM(T.SETID) = K.SETID
      AND TRIM(W.SETID) = K.SETID AND W.WEEKID = T.WEEKID AND W.WEEKNUMBER = K.WEEKNUMBER
    ORDER BY T.SETID, T.SLOTID, T.SLOTENTRY, K.WEEKNUMBER"""
)

LESSONS_IN_WEEKS = Keyed(
    """
    SELECT K.WEEKNUMBER, {facts}
    FROM {lesson weeks} TIMETABLE T CROSS JOIN WEEKMAPNUMERIC W
    WHERE TRIM(T.SETID) = K.SETID AND T.SLOTID = K.SLOTID AND T.SLOTENTRY = 1
      AND TRIM(W.SETID) = K.SETID AND W.WEEKID = T.WEEKID AND W.WEEKNUMBER = K.WEEKNUMBER
    ORDER BY T.SETID, T.SLOTID, K.WEEKNUMBER"""
)

# Every entry of each slot.
LESSONS = Keyed(
    """
    SELECT {facts} FROM {numbers} TIMETABLE T
    WHERE TRIM(T.SETID) = K.SETID AND T.SLOTID = K.CODE
    ORDER BY T.SETID, T.SLOTID, T.SLOTENTRY"""
)

LESSONS_OF_SETS = Keyed(
    """
    SELECT {facts} FROM {texts} TIMETABLE T
    WHERE TRIM(T.SETID) = K.CODE
    ORDER BY T.SETID, T.SLOTID, T.SLOTENTRY"""
)

LESSONS_OF_ROOM = Keyed(
    """
    SELECT {facts} FROM {texts} TIMETABLE T
    WHERE TRIM(T.ROOMID) = K.CODE
    ORDER BY T.SETID, T.SLOTID, T.SLOTENTRY"""
)

# What lessons are looked for by, and the names beside their codes.
BRIEFS = Keyed(
    """
    SELECT TRIM(T.SETID), T.SLOTID, TRIM(T.MODULEID), TRIM(T.MODGRPCODE), TRIM(T.LECTURERID), TRIM(T.ROOMID),
           T.WEEKID, T.WEEKDAY, TRIM(T.STARTTIME)
    FROM {texts} TIMETABLE T
    WHERE TRIM(T.SETID) = K.CODE AND T.SLOTENTRY = 1"""
)
MODULE_NAMES = Keyed(
    """
    SELECT TRIM(M.SETID), TRIM(M.MODULEID), TRIM(M.NAME) FROM {texts} MODULE M
    WHERE TRIM(M.SETID) = K.CODE"""
)
LECTURER_NAMES = Keyed(
    """
    SELECT TRIM(L.SETID), TRIM(L.LECTURERID), TRIM(L.NAME) FROM {texts} LECTURER L
    WHERE TRIM(L.SETID) = K.CODE"""
)

# Who changed the leading entry of a slot last.
CHANGED_BY = Keyed(
    """
    SELECT K.SETID, K.CODE, NULLIF(TRIM(T.USERCHANGE), '') FROM {numbers} TIMETABLE T
    WHERE TRIM(T.SETID) = K.SETID AND T.SLOTID = K.CODE AND T.SLOTENTRY = 1"""
)

# One statement, so that both are of one moment: what happened to requests, and how many there are.
REQUESTS = Keyed(
    """
    SELECT E.SETID, E.SLOTID, E.ID, E.ACTION, E.CREATED,
           (SELECT COUNT(*) FROM ROOMREQUESTS Q
            WHERE TRIM(Q.SETID) = TRIM(E.SETID) AND Q.SLOTID = E.SLOTID AND Q.SLOTENTRY = 1
              AND TRIM(Q.FEATUREID) IN ('AUDIOREC', 'VIDEOREC'))
    FROM {numbers} STT_ECHO_QUEUE E
    WHERE E.SETID = K.SETID AND E.SLOTID = K.CODE AND E.SOURCE = 'ROOMREQUESTS' ORDER BY E.ID"""
)

SETS_OF_SLOT = text("SELECT DISTINCT TRIM(SETID) FROM TIMETABLE WHERE SLOTID = :slotid ORDER BY 1")

# How much of a timetable there is, year by year: lessons that are taught, in a room that can record, in some week,
# and asked for. Not who is eligible (that is `eligibility`): only whether the tables are as full as they were.
# Both sides of each comparison are expressions: beside a column SQLite leaves indexes of expressions alone.
SIZES = text(
    """
    SELECT S.SETID,
           (SELECT COUNT(*) FROM TIMETABLE T
            WHERE TRIM(T.SETID) = TRIM(S.SETID) AND T.SLOTENTRY = 1 AND T.STATUS = 2
              AND TRIM(T.SOURCESID) = 'TEACH'
              AND EXISTS (SELECT 1 FROM WEEKMAPNUMERIC W
                          WHERE TRIM(W.SETID) = TRIM(T.SETID) AND W.WEEKID = T.WEEKID)
              AND EXISTS (SELECT 1 FROM ROOMFEATURES F
                          WHERE TRIM(F.SETID) = TRIM(T.SETID) AND TRIM(F.ROOMID) = TRIM(T.ROOMID)
                            AND TRIM(F.FEATUREID) IN ('AUDIOREC', 'VIDEOREC'))
              AND EXISTS (SELECT 1 FROM ROOMREQUESTS Q
                          WHERE TRIM(Q.SETID) = TRIM(T.SETID) AND Q.SLOTID = T.SLOTID AND Q.SLOTENTRY = 1
                            AND TRIM(Q.FEATUREID) IN ('AUDIOREC', 'VIDEOREC'))
              AND EXISTS (SELECT 1 FROM MODULEGROUPS G
                          WHERE TRIM(G.SETID) = TRIM(T.SETID) AND TRIM(G.MODULEID) = TRIM(T.MODULEID)
                            AND TRIM(G.GRPCODE) = TRIM(T.MODGRPCODE)))
    FROM STT_ECHO_SET S WHERE S.LIVE = 1 ORDER BY S.SETID"""
)

ANY_LESSON = text("SELECT EXISTS (SELECT 1 FROM TIMETABLE)")
# Week * 10 + weekday, so that it is one number everywhere.
FIRST_DAY = Keyed(
    """
    SELECT MIN(W.WEEKNUMBER * 10 + T.WEEKDAY) FROM {texts} TIMETABLE T CROSS JOIN WEEKMAPNUMERIC W
    WHERE TRIM(T.SETID) = K.CODE AND T.SLOTENTRY = 1 AND T.STATUS = 2
      AND TRIM(W.SETID) = K.CODE AND W.WEEKID = T.WEEKID"""
)
# When lessons of the years that are sent were changed, as it stands there, and of how many of them.
CHANGES = text(
    """
    SELECT C.CHANGED, COUNT(*) FROM
        (SELECT NULLIF(TRIM(T.DATECHANGED), '') AS CHANGED FROM TIMETABLE T
         WHERE T.SLOTENTRY = 1 AND T.STATUS = 2
           AND TRIM(T.SETID) IN (SELECT TRIM(S.SETID) FROM STT_ECHO_SET S WHERE S.LIVE = 1)) C
    WHERE C.CHANGED IS NOT NULL GROUP BY C.CHANGED ORDER BY C.CHANGED"""
)
HAS_YEAR = text("SELECT EXISTS (SELECT 1 FROM TIMETABLE WHERE TRIM(SETID) = :setid)")

WEEKS = Keyed(
    """
    SELECT K.SETID, K.CODE, W.WEEKNUMBER FROM {numbers} WEEKMAPNUMERIC W
    WHERE TRIM(W.SETID) = K.SETID AND W.WEEKID = K.CODE"""
)

WEEKS_OF_SETS = Keyed(
    """
    SELECT K.CODE, W.WEEKID, W.WEEKNUMBER FROM {texts} WEEKMAPNUMERIC W
    WHERE TRIM(W.SETID) = K.CODE"""
)

# Of a room that several years describe, the live year counts, and among those the latest.
ROOM_NAMES = text(
    """
    SELECT TRIM(R.ROOMID), TRIM(R.NAME), TRIM(R.SITEID), TRIM(B.SITENAME), TRIM(B.CAMPUSID)
    FROM ROOMS R
    LEFT JOIN SITES B ON TRIM(B.SETID) = TRIM(R.SETID) AND TRIM(B.SITEID) = TRIM(R.SITEID)
    LEFT JOIN STT_ECHO_SET S ON S.SETID = TRIM(R.SETID)
    ORDER BY COALESCE(S.LIVE, -1), TRIM(R.SETID), R.ROOMID"""
)

ROOM_IN_SET = text(
    """
    SELECT TRIM(R.NAME), TRIM(R.SITEID), TRIM(B.SITENAME), TRIM(B.CAMPUSID)
    FROM ROOMS R
    LEFT JOIN SITES B ON TRIM(B.SETID) = TRIM(R.SETID) AND TRIM(B.SITEID) = TRIM(R.SITEID)
    WHERE TRIM(R.SETID) = :setid AND TRIM(R.ROOMID) = :room
    ORDER BY R.SETID, R.ROOMID"""
)

MODULES = Keyed(
    """
    SELECT K.SETID, K.CODE, TRIM(M.NAME), TRIM(M.OWNER),
           (SELECT MIN(TRIM(D.NAME)) FROM DEPTS D WHERE TRIM(D.DEPTID) = TRIM(M.OWNER))
    FROM {codes} MODULE M
    WHERE TRIM(M.SETID) = K.SETID AND TRIM(M.MODULEID) = K.CODE
    ORDER BY M.SETID, M.MODULEID"""
)

LECTURERS = Keyed(
    """
    SELECT K.SETID, K.CODE, TRIM(L.NAME) FROM {codes} LECTURER L
    WHERE TRIM(L.SETID) = K.SETID AND TRIM(L.LECTURERID) = K.CODE
    ORDER BY L.SETID, L.LECTURERID"""
)
