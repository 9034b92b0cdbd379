-- Brings EchoDesk's tables of schema version 3 up to this one, 4, with all that they hold, for a database administrator in
-- SQL*Plus, from this folder; install.sql, which it runs, and grants.sql must have the two schemas' own names too. Make a
-- backup and close every EchoDesk first. May be run again. Version 4 has one table and one index more than 3, and what is in
-- install.sql already is left alone: a statement for it fails (ORA-00955, ORA-01408, ORA-01921, ORA-02260), and the next one
-- goes on. After any other error correct its cause and run this again: `echodesk check` names what is missing.

DEFINE ECHODESK = ECHODESK
DEFINE CMIS = CMIS_OWNER

@@install.sql

UPDATE &ECHODESK..STT_ECHO_META SET VALUE = '4' WHERE NAME = 'schema_version' AND VALUE = '3';

COMMIT;
