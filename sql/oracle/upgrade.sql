-- Brings EchoDesk's tables of schema version 3 or 4 up to this one, 5, with all that they hold, for a database administrator in
-- SQL*Plus, from this folder (names.sql has the names of the schemas). Make a backup and close every EchoDesk first. May be
-- run again. Version 4 has one table and one index more than 3, version 5 one table and three indexes more than 4, and what is
-- in install.sql already is left alone: a statement for it fails (ORA-00955, ORA-01408, ORA-01921, ORA-02260), and the next one
-- goes on. After any other error correct its cause and run this again: `echodesk check` names what is missing.

@@names.sql

@@install.sql

-- Who led, and stood still until the lease had run out, does not go on with it on waking. "0 rows updated" says that it is this
-- version already, or that somebody sends.
UPDATE &ECHODESK..STT_ECHO_LEASE SET HOLDER = NULL, UNTIL = NULL, STATE = NULL, EPOCH = EPOCH + 1
WHERE (HOLDER IS NULL OR UNTIL <= TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"'))
  AND EXISTS (SELECT 1 FROM &ECHODESK..STT_ECHO_META M WHERE M.NAME = 'schema_version' AND M.VALUE IN ('3', '4'));

-- Version 4 entered every edit of a recording request as an update. What nobody has read yet is entered as asked for where a
-- recording is asked for now, and the lesson was neither recorded nor left out, nor a member of what was.
UPDATE &ECHODESK..STT_ECHO_QUEUE E SET E.ACTION = 'INSERT'
WHERE E.SOURCE = 'ROOMREQUESTS' AND E.ACTION = 'UPDATE' AND E.STATUS IN ('UNPROCESSED', 'IN_PROGRESS') AND E.WEEKS_ALL = 0
  AND EXISTS (SELECT 1 FROM &ECHODESK..STT_ECHO_META M WHERE M.NAME = 'schema_version' AND M.VALUE IN ('3', '4'))
  AND EXISTS (SELECT 1 FROM &ECHODESK..STT_ECHO_LEASE H WHERE H.HOLDER IS NULL)
  AND EXISTS (SELECT 1 FROM &CMIS..ROOMREQUESTS R
              WHERE TRIM(R.SETID) = TRIM(E.SETID) AND R.SLOTID = E.SLOTID AND R.SLOTENTRY = 1
                AND TRIM(R.FEATUREID) IN ('AUDIOREC', 'VIDEOREC'))
  AND NOT EXISTS (SELECT 1 FROM &ECHODESK..STT_ECHO_MIRROR S
                  WHERE S.SETID = E.SETID AND S.SLOTID = E.SLOTID
                    AND S.LESSON_DATE >= SUBSTR(TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"'), 1, 10))
  AND NOT EXISTS (SELECT 1 FROM &ECHODESK..STT_ECHO_LEFT_OUT L
                  WHERE L.SETID = E.SETID AND L.SLOTID = E.SLOTID
                    AND L.LESSON_DATE >= SUBSTR(TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"'), 1, 10))
  AND NOT EXISTS (SELECT 1 FROM &ECHODESK..STT_ECHO_QUEUE Q
                  JOIN &ECHODESK..STT_ECHO_NOTIFICATION N ON N.QUEUE_ID = Q.ID
                  WHERE Q.SETID = E.SETID AND Q.SLOTID = E.SLOTID
                    AND N.NEW_DATE >= SUBSTR(TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"'), 1, 10)
                    AND NOT EXISTS (SELECT 1 FROM &ECHODESK..STT_ECHO_QUEUE P
                                    JOIN &ECHODESK..STT_ECHO_NOTIFICATION O ON O.QUEUE_ID = P.ID
                                    WHERE P.SETID = Q.SETID AND P.SLOTID = Q.SLOTID AND O.WEEKNUMBER = N.WEEKNUMBER
                                      AND O.ID > N.ID));

-- Only if the tables and the indexes are there, and no EchoDesk of the earlier version sends. "0 rows updated" says that it is
-- this version already, or that something is missing above, or somebody sends.
UPDATE &ECHODESK..STT_ECHO_META SET VALUE = '5'
WHERE NAME = 'schema_version' AND VALUE IN ('3', '4')
  AND EXISTS (SELECT 1 FROM ALL_TABLES T WHERE T.OWNER = '&ECHODESK' AND T.TABLE_NAME = 'STT_ECHO_BATCH_LEFT_OUT')
  AND EXISTS (SELECT 1 FROM ALL_TABLES T WHERE T.OWNER = '&ECHODESK' AND T.TABLE_NAME = 'STT_ECHO_WINDOW')
  AND EXISTS (SELECT 1 FROM ALL_INDEXES I WHERE I.OWNER = '&ECHODESK' AND I.INDEX_NAME = 'STT_ECHO_DAY_ROOM_DATE')
  AND EXISTS (SELECT 1 FROM ALL_INDEXES I WHERE I.OWNER = '&ECHODESK' AND I.INDEX_NAME = 'STT_ECHO_AUDIT_WHO')
  AND EXISTS (SELECT 1 FROM ALL_INDEXES I WHERE I.OWNER = '&ECHODESK' AND I.INDEX_NAME = 'STT_ECHO_AUDIT_ACTION')
  AND EXISTS (SELECT 1 FROM ALL_INDEXES I WHERE I.OWNER = '&ECHODESK' AND I.INDEX_NAME = 'STT_ECHO_AUDIT_PLACE')
  AND EXISTS (SELECT 1 FROM &ECHODESK..STT_ECHO_LEASE L WHERE L.HOLDER IS NULL);

COMMIT;
