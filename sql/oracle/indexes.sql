-- What Oracle alone can hold of EchoDesk's tables: a unique index of expressions, and keys of more than 3,072 bytes. For the
-- schema that owns EchoDesk's objects, after worker_tables.sql; needs blocks of 8 KB. May be run again: a statement for what is
-- already there fails (ORA-00955, ORA-02260), and the next one goes on.

-- One open row for each room and date; a row that is resolved has no key here.
CREATE UNIQUE INDEX STT_ECHO_DAY_ROOM_OPEN ON STT_ECHO_DAY_ROOM (
    CASE WHEN RESOLVED IS NULL THEN ROOMID END,
    CASE WHEN RESOLVED IS NULL THEN LESSON_DATE END
);

CREATE INDEX STT_ECHO_BATCH_STEP_IDENTITY ON STT_ECHO_BATCH_STEP (BATCH_ID, IDENTITY);

ALTER TABLE STT_ECHO_REFUSED ADD CONSTRAINT STT_ECHO_REFUSED_PK PRIMARY KEY (EXTERNAL_ID, FINGERPRINT);
