-- Optional: three triggers on ROOMFEATURES. A room that gains or loses its recorder in a live year is re-synced at
-- once, as if staff had asked for it; without them such a change is found when everything is compared with the
-- timetable. `echodesk database install --room-features` runs this file, which may be run again at any time; to do
-- without them again drop all three. uninstall.sql takes them away too.
--
-- Rules as in triggers.sql, but that they write STT_ECHO_COMMAND: one row for the room, whichever feature it was.
DROP TRIGGER IF EXISTS STT_ECHO_ROOMFEATURES_INSERT;
DROP TRIGGER IF EXISTS STT_ECHO_ROOMFEATURES_UPDATE;
DROP TRIGGER IF EXISTS STT_ECHO_ROOMFEATURES_DELETE;

CREATE TRIGGER STT_ECHO_ROOMFEATURES_INSERT AFTER INSERT ON ROOMFEATURES
WHEN TRIM(NEW.FEATUREID) IN ('AUDIOREC', 'VIDEOREC') AND TRIM(NEW.ROOMID) <> ''
 AND EXISTS (SELECT 1 FROM STT_ECHO_SET S WHERE S.SETID = TRIM(NEW.SETID) AND S.LIVE = 1)
BEGIN
    INSERT INTO STT_ECHO_COMMAND (KIND, ARGS, BY)
    VALUES ('Refresh', JSON_OBJECT('by', 'the timetable', 'room', TRIM(NEW.ROOMID)), 'the timetable');
END;

CREATE TRIGGER STT_ECHO_ROOMFEATURES_DELETE AFTER DELETE ON ROOMFEATURES
WHEN TRIM(OLD.FEATUREID) IN ('AUDIOREC', 'VIDEOREC') AND TRIM(OLD.ROOMID) <> ''
 AND EXISTS (SELECT 1 FROM STT_ECHO_SET S WHERE S.SETID = TRIM(OLD.SETID) AND S.LIVE = 1)
BEGIN
    INSERT INTO STT_ECHO_COMMAND (KIND, ARGS, BY)
    VALUES ('Refresh', JSON_OBJECT('by', 'the timetable', 'room', TRIM(OLD.ROOMID)), 'the timetable');
END;

-- DISTINCT gives one row when the feature stays in its room, two when it goes to another.
CREATE TRIGGER STT_ECHO_ROOMFEATURES_UPDATE
AFTER UPDATE OF SETID, ROOMID, FEATUREID ON ROOMFEATURES
WHEN NULLIF(TRIM(OLD.SETID), '') IS NOT NULLIF(TRIM(NEW.SETID), '')
  OR NULLIF(TRIM(OLD.ROOMID), '') IS NOT NULLIF(TRIM(NEW.ROOMID), '')
  OR NULLIF(TRIM(OLD.FEATUREID), '') IS NOT NULLIF(TRIM(NEW.FEATUREID), '')
BEGIN
    INSERT INTO STT_ECHO_COMMAND (KIND, ARGS, BY)
    SELECT 'Refresh', JSON_OBJECT('by', 'the timetable', 'room', R.ROOMID), 'the timetable'
    FROM (
        SELECT DISTINCT F.ROOMID
        FROM (
            SELECT TRIM(OLD.SETID) AS SETID, TRIM(OLD.ROOMID) AS ROOMID, TRIM(OLD.FEATUREID) AS FEATUREID
            UNION ALL
            SELECT TRIM(NEW.SETID), TRIM(NEW.ROOMID), TRIM(NEW.FEATUREID)
        ) F
        WHERE F.FEATUREID IN ('AUDIOREC', 'VIDEOREC') AND F.ROOMID <> ''
          AND EXISTS (SELECT 1 FROM STT_ECHO_SET S WHERE S.SETID = F.SETID AND S.LIVE = 1)
    ) R
    ORDER BY R.ROOMID;
END;
