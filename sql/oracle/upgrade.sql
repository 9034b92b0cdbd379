-- Brings EchoDesk's tables of schema version 3 or 4 up to this one, 5, with all that they hold, for a database administrator in
-- SQL*Plus, from this folder (names.sql has the names of the schemas). Make a backup and close every EchoDesk first. May be
-- run again. Version 4 has one table and one index more than 3, version 5 three indexes more than 4, and what is in install.sql
-- already is left alone: a statement for it fails (ORA-00955, ORA-01408, ORA-01921, ORA-02260), and the next one goes on. After
-- any other error correct its cause and run this again: `echodesk check` names what is missing.

@@names.sql

@@install.sql

-- Who led, and stood still until the lease had run out, does not go on with it on waking. "0 rows updated" says that it is this
-- version already, or that somebody sends.
UPDATE &ECHODESK..STT_ECHO_LEASE SET HOLDER = NULL, UNTIL = NULL, STATE = NULL, EPOCH = EPOCH + 1
WHERE (HOLDER IS NULL OR UNTIL <= TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"'))
  AND EXISTS (SELECT 1 FROM &ECHODESK..STT_ECHO_META M WHERE M.NAME = 'schema_version' AND M.VALUE IN ('3', '4'));

-- Only if the table and the indexes are there, and no EchoDesk of the earlier version sends. "0 rows updated" says that it is
-- this version already, or that something is missing above, or somebody sends.
UPDATE &ECHODESK..STT_ECHO_META SET VALUE = '5'
WHERE NAME = 'schema_version' AND VALUE IN ('3', '4')
  AND EXISTS (SELECT 1 FROM ALL_TABLES T WHERE T.OWNER = '&ECHODESK' AND T.TABLE_NAME = 'STT_ECHO_BATCH_LEFT_OUT')
  AND EXISTS (SELECT 1 FROM ALL_INDEXES I WHERE I.OWNER = '&ECHODESK' AND I.INDEX_NAME = 'STT_ECHO_DAY_ROOM_DATE')
  AND EXISTS (SELECT 1 FROM ALL_INDEXES I WHERE I.OWNER = '&ECHODESK' AND I.INDEX_NAME = 'STT_ECHO_AUDIT_WHO')
  AND EXISTS (SELECT 1 FROM ALL_INDEXES I WHERE I.OWNER = '&ECHODESK' AND I.INDEX_NAME = 'STT_ECHO_AUDIT_ACTION')
  AND EXISTS (SELECT 1 FROM ALL_INDEXES I WHERE I.OWNER = '&ECHODESK' AND I.INDEX_NAME = 'STT_ECHO_AUDIT_PLACE')
  AND EXISTS (SELECT 1 FROM &ECHODESK..STT_ECHO_LEASE L WHERE L.HOLDER IS NULL);

COMMIT;
