-- Whose tables these are, which database, and a lease that nobody holds. For the schema that owns EchoDesk's objects, after
-- worker_tables.sql. May be run again: what is there stays.

INSERT INTO STT_ECHO_META (NAME, VALUE)
SELECT 'schema_version', '5' FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM STT_ECHO_META WHERE NAME = 'schema_version');

INSERT INTO STT_ECHO_META (NAME, VALUE)
SELECT 'database', LOWER(RAWTOHEX(SYS_GUID())) FROM DUAL
WHERE NOT EXISTS (SELECT 1 FROM STT_ECHO_META WHERE NAME = 'database');

INSERT INTO STT_ECHO_LEASE (ID, EPOCH) SELECT 1, 0 FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM STT_ECHO_LEASE);

COMMIT;
