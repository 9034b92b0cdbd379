-- The whole of EchoDesk beside a timetable, for a database administrator in SQL*Plus, from this folder, when nobody edits the
-- timetable: the names of the two schemas are in names.sql. May be run again, also after an update of packages or triggers.
-- Nothing of this has run on an Oracle database: try it on a copy first, and look at USER_ERRORS in both schemas after it.
-- watching.sql, which SYS runs afterwards, lets `echodesk check` see the triggers. room_features.sql is optional and runs by
-- itself; where it was run, run it once more after this.

@@names.sql

-- An edit that is not finished holds up an index on its table: for up to a minute this waits for it (else ORA-00054 at once).
ALTER SESSION SET DDL_LOCK_TIMEOUT = 60;

ALTER SESSION SET CURRENT_SCHEMA = &ECHODESK;

@@tables.sql
@@worker_tables.sql
@@indexes.sql
@@audit.sql
@@first_rows.sql
@@package.sql
@@guard.sql
@@grants.sql

-- Once more, now that it may read what it reads.
ALTER PACKAGE STT_ECHO_ENTRIES COMPILE BODY;

ALTER SESSION SET CURRENT_SCHEMA = &CMIS;

@@timetable_indexes.sql
@@triggers.sql
