"""Tables as they are after years: so many rows in each of the three that the screens show, names beside codes."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from echodesk.main import Office
from echodesk.messages import Table, TableChanges, TableQuery
from echodesk.store.database import Database
from echodesk.store.postgresql_calls import LimitedConnection
from echodesk.worker.publish import FIRST_PAGE

SETID = "2030/31"
TODAY = "2031-01-15"
MODULES, LECTURERS, ROOMS = 2_000, 900, 200

_NUMBERS = {
    "sqlite": "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {rows}) ",
    "postgresql": "WITH n (x) AS (SELECT generate_series(1, {rows})) ",
}
_NAMES = {
    MODULES: (
        "INSERT INTO MODULE (SETID, MODULEID, NAME, OWNER)",
        "SELECT '{setid}', 'M' || x, 'Introduction to subject ' || x, 'D1' FROM n",
    ),
    LECTURERS: (
        "INSERT INTO LECTURER (SETID, LECTURERID, NAME)",
        "SELECT '{setid}', 'L' || x, 'Dr Person ' || x FROM n",
    ),
    ROOMS: (
        "INSERT INTO ROOMS (SETID, ROOMID, NAME, SITEID)",
        "SELECT '{setid}', 'R' || x, 'Lecture Theatre ' || x, 'B1' FROM n",
    ),
}
# The newest wait, some failed lately and long ago, few are rare, and nearly all are done.
_ENTRIES = (
    "INSERT INTO STT_ECHO_QUEUE (SOURCE, OLD_VALID, NEW_VALID, STATUS, ERROR, ACTION, SETID, SLOTID, WEEKID_OLD,"
    " WEEKID_NEW, WEEKDAY_OLD, WEEKDAY_NEW, STARTTIME_OLD, STARTTIME_NEW, FINISHTIME_OLD, FINISHTIME_NEW,"
    " ROOMID_OLD, ROOMID_NEW, MODULEID, MODGRPCODE, LECTURERID, WEEKS_ALL, WEEKS_DONE, CHANGE_NO)",
    "SELECT 'TIMETABLE', 1, 1, CASE WHEN x > {rows} - 200 THEN 'UNPROCESSED' WHEN x % 997 = 0 THEN 'FAILED'"
    " WHEN x % 50 = 0 THEN 'SUPERSEDED' ELSE 'PROCESSED' END,"
    " CASE WHEN x % 997 = 0 THEN 'Echo360 knows no recorder in this room' END, 'UPDATE', '{setid}', 1 + x % 40000,"
    " 7, 7, 1 + x % 5, 1 + x % 5, '09:00', '10:00', '10:00', '11:00', 'R' || (1 + x % 200), 'R' || (1 + x % 199),"
    " 'M' || (1 + x % 2000), 'LC01', 'L' || (1 + x % 900), 1, 1, CASE WHEN x <= {rows} - 200 THEN x / 25 END"
    " FROM n",
)
_UPDATES = (
    "INSERT INTO STT_ECHO_NOTIFICATION (QUEUE_ID, EXTERNAL_ID, SETID, SLOTID, WEEKNUMBER, ACTION, STATUS, MESSAGE,"
    " RECORDED, LESSON_DATE, OLD_ROOMID, OLD_DATE, NEW_ROOMID, NEW_DATE, STARTTIME, FINISHTIME, MODULEID,"
    " MODGRPCODE, LECTURERID, CHANGE_NO)",
    "SELECT x, (1 + x % 40000) || '-7-2030-31', '{setid}', 1 + x % 40000, 7, 'UPDATE', CASE"
    " WHEN x > {rows} - 200 THEN 'UNPROCESSED' WHEN x % 997 = 0 THEN 'FAILED' WHEN x % 499 = 0 THEN 'IN_CONFLICT'"
    " WHEN x % 50 = 0 THEN 'OUT_OF_DATE' WHEN x % 12 = 0 THEN 'REFRESHED' ELSE 'SUCCESS' END,"
    " 'The room is taken by another lesson', 'YES', '2031-02-0' || (1 + x % 5), 'R' || (1 + x % 200),"
    " '2031-02-0' || (1 + x % 5), 'R' || (1 + x % 199), '2031-02-0' || (1 + x % 5), '09:00', '10:00',"
    " 'M' || (1 + x % 2000), 'LC01', 'L' || (1 + x % 900), x / 25 FROM n",
)
# A room and a date has one row that is open; those of years are resolved.
_ROOM_DAYS = (
    "INSERT INTO STT_ECHO_DAY_ROOM (ROOMID, LESSON_DATE, RESOLVED, LEFT_OUT, LAST_ERROR, CHANGE_NO)",
    "SELECT 'R' || (1 + x % 200), '20' || (20 + x % 12) || '-0' || (1 + x % 9) || '-' || (10 + x % 19),"
    " CASE WHEN x % 200 <> 7 OR x > {rows} - 150 THEN '2031-01-10T08:00:00.000Z' END, 1, 'One was left out',"
    " x / 25 FROM n WHERE x % 200 <> 7 OR x <= 20000",
)


def fill(database: Database, rows: int) -> None:
    """So many timetable changes and weekly updates, and nearly as many room-days."""
    server = database.engine.dialect.name == "postgresql"

    def work(connection: Connection) -> None:
        if server:
            _take_your_time(connection)
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            # What each names is there: it need not be looked up a million times.
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for count, statement in _NAMES.items():
            _run(connection, statement, count)
        for statement in (_ENTRIES, _UPDATES, _ROOM_DAYS):
            _run(connection, statement, rows)
        connection.exec_driver_sql(f"UPDATE STT_ECHO_LEASE SET CHANGES = {rows}")  # noqa: S608 - a number

    database.write(work)
    if server:
        with database.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            _take_your_time(connection)
            # As the server does by itself now and then; SQLite's file is never analysed.
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("VACUUM ANALYZE")
            connection.invalidate()


def _take_your_time(connection: Connection) -> None:
    raw = connection.connection.driver_connection
    assert isinstance(raw, LimitedConnection)
    raw.answer_s = None


def _run(connection: Connection, statement: tuple[str, str], rows: int) -> None:
    kind = connection.dialect.name
    into, rest = (one.format(rows=rows, setid=SETID) for one in statement)
    numbers = _NUMBERS[kind].format(rows=rows)
    sql = f"{into} {numbers}{rest}"
    # To psycopg a percent sign begins a parameter.
    connection.exec_driver_sql(sql.replace("%", "%%") if kind == "postgresql" else sql)


# What the screens offer: the newest rows, those of chosen statuses, and a text, found often, rarely or never.
ASKED: dict[str, tuple[Table, TableQuery]] = {
    "changes: the newest": (Table.QUEUE, TableQuery()),
    "changes: a status of nearly all": (Table.QUEUE, TableQuery("", ("PROCESSED",))),
    "changes: a rare status": (Table.QUEUE, TableQuery("", ("FAILED",))),
    "changes: three statuses": (Table.QUEUE, TableQuery("", ("FAILED", "SUPERSEDED", "PROCESSED"))),
    "changes: a text that many hold": (Table.QUEUE, TableQuery("subject 1")),
    "changes: a text that none holds": (Table.QUEUE, TableQuery("zebra")),
    "changes: a text of one status": (Table.QUEUE, TableQuery("zebra", ("PROCESSED",))),
    "changes: a room since a day": (Table.QUEUE, TableQuery(room="R7", since="2020-01-01T00:00:00.000Z")),
    "updates: the newest": (Table.NOTIFICATIONS, TableQuery()),
    "updates: a status of nearly all": (Table.NOTIFICATIONS, TableQuery("", ("SUCCESS",))),
    "updates: a rare status": (Table.NOTIFICATIONS, TableQuery("", ("FAILED",))),
    "updates: a text that none holds": (Table.NOTIFICATIONS, TableQuery("zebra")),
    "updates: a text of one status": (Table.NOTIFICATIONS, TableQuery("zebra", ("SUCCESS",))),
    "updates: a room of one status": (Table.NOTIFICATIONS, TableQuery("", ("SUCCESS",), room="theatre 7")),
    "room clashes: the newest": (Table.ROOM_DAYS, TableQuery()),
    "room clashes: open": (Table.ROOM_DAYS, TableQuery("", ("open",))),
    "room clashes: passed": (Table.ROOM_DAYS, TableQuery("", ("passed",))),
    "room clashes: resolved": (Table.ROOM_DAYS, TableQuery("", ("resolved",))),
    "room clashes: a text that none holds": (Table.ROOM_DAYS, TableQuery("zebra")),
}


def first_page(office: Office, table: Table, query: TableQuery) -> TableChanges:
    """What a table that is opened shows first."""
    page = replace(query, limit=FIRST_PAGE)
    return office.look(lambda books: books.screens.changes(table, 0, page, True, TODAY))
