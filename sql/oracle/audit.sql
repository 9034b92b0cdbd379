-- The audit is append-only, for everybody. For the schema that owns EchoDesk's objects, after worker_tables.sql. May be run
-- again at any time. (The error of an edit of the audit; no edit of the timetable comes here.)

CREATE OR REPLACE TRIGGER STT_ECHO_AUDIT_NO_UPDATE
BEFORE UPDATE ON STT_ECHO_AUDIT
BEGIN
    RAISE_APPLICATION_ERROR(-20001, 'the audit is append-only');
END;
/

CREATE OR REPLACE TRIGGER STT_ECHO_AUDIT_NO_DELETE
BEFORE DELETE ON STT_ECHO_AUDIT
BEGIN
    RAISE_APPLICATION_ERROR(-20001, 'the audit is append-only');
END;
/
