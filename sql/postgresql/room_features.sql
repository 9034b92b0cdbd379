-- Optional: three triggers on ROOMFEATURES. A room that gains or loses its recorder in a live year is re-synced at
-- once, as if staff had asked for it; without them such a change is found when everything is compared with the
-- timetable. Whoever owns the timetable's tables runs `echodesk database install --room-features`, or what `echodesk
-- database script --part room_features` prints. Needs triggers.sql, where their function is; may be run again at any
-- time; to do without them again drop all three. uninstall.sql takes them away too.
CREATE OR REPLACE TRIGGER STT_ECHO_ROOMFEATURES_INSERT AFTER INSERT ON ROOMFEATURES
FOR EACH ROW EXECUTE FUNCTION STT_ECHO_ON_ROOMFEATURES();

CREATE OR REPLACE TRIGGER STT_ECHO_ROOMFEATURES_DELETE AFTER DELETE ON ROOMFEATURES
FOR EACH ROW EXECUTE FUNCTION STT_ECHO_ON_ROOMFEATURES();

CREATE OR REPLACE TRIGGER STT_ECHO_ROOMFEATURES_UPDATE
AFTER UPDATE OF SETID, ROOMID, FEATUREID ON ROOMFEATURES
FOR EACH ROW WHEN (
    NULLIF(TRIM(OLD.SETID), '') IS DISTINCT FROM NULLIF(TRIM(NEW.SETID), '')
    OR NULLIF(TRIM(OLD.ROOMID), '') IS DISTINCT FROM NULLIF(TRIM(NEW.ROOMID), '')
    OR NULLIF(TRIM(OLD.FEATUREID), '') IS DISTINCT FROM NULLIF(TRIM(NEW.FEATUREID), '')
)
EXECUTE FUNCTION STT_ECHO_ON_ROOMFEATURES();

-- Rows that a subscription brings count as edits too.
ALTER TABLE ROOMFEATURES ENABLE ALWAYS TRIGGER STT_ECHO_ROOMFEATURES_INSERT;
ALTER TABLE ROOMFEATURES ENABLE ALWAYS TRIGGER STT_ECHO_ROOMFEATURES_DELETE;
ALTER TABLE ROOMFEATURES ENABLE ALWAYS TRIGGER STT_ECHO_ROOMFEATURES_UPDATE;
