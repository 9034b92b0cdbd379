-- The whole of EchoDesk beside a timetable, for a database administrator in SQL*Plus, from this folder. Put the two schemas'
-- own names here, in grants.sql and in uninstall.sql. May be run again, also after an update of the package or triggers.
-- Nothing of this has run on an Oracle database: try it on a copy first, and look at USER_ERRORS in both schemas after it.
-- watching.sql, which SYS runs afterwards, lets `echodesk check` see the triggers. room_features.sql is optional and runs by
-- itself; where it was run, run it once more after this.

DEFINE ECHODESK = ECHODESK
DEFINE CMIS = CMIS_OWNER

ALTER SESSION SET CURRENT_SCHEMA = &ECHODESK;

@@tables.sql
@@worker_tables.sql
@@indexes.sql
@@audit.sql
@@first_rows.sql
@@package.sql
@@grants.sql

-- Once more, now that it may read what it reads.
@@package.sql

ALTER SESSION SET CURRENT_SCHEMA = &CMIS;

@@timetable_indexes.sql
@@triggers.sql
