-- Optional: three triggers on ROOMFEATURES. A room that gains or loses its recorder in a live year is re-synced at
-- once, as if staff had asked for it; without them such a change is found when everything is compared with the
-- timetable. install.sql does not run this file: a database administrator does, in SQL*Plus, after install.sql, and
-- again whenever that was run again; names.sql has the name of the schema that owns the timetable. To do without them
-- again drop all three; uninstall.sql takes them away too.

@@names.sql

ALTER SESSION SET CURRENT_SCHEMA = &CMIS;

CREATE OR REPLACE TRIGGER STT_ECHO_FEATURES_INSERT
AFTER INSERT ON ROOMFEATURES FOR EACH ROW
BEGIN
    STT_ECHO_EDITS.FEATURE_ROW(NULL, NULL, NULL, :NEW.SETID, :NEW.ROOMID, :NEW.FEATUREID);
END;
/

CREATE OR REPLACE TRIGGER STT_ECHO_FEATURES_UPDATE
AFTER UPDATE OF SETID, ROOMID, FEATUREID
ON ROOMFEATURES FOR EACH ROW
BEGIN
    STT_ECHO_EDITS.FEATURE_ROW(
        :OLD.SETID, :OLD.ROOMID, :OLD.FEATUREID, :NEW.SETID, :NEW.ROOMID, :NEW.FEATUREID
    );
END;
/

CREATE OR REPLACE TRIGGER STT_ECHO_FEATURES_DELETE
AFTER DELETE ON ROOMFEATURES FOR EACH ROW
BEGIN
    STT_ECHO_EDITS.FEATURE_ROW(:OLD.SETID, :OLD.ROOMID, :OLD.FEATUREID, NULL, NULL, NULL);
END;
/
