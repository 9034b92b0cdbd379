-- Run first in a transaction that makes, changes or drops what hangs on the timetable: from here to its end nobody's edit
-- is under way. Edits that begin meanwhile wait a moment. Whoever edited already is not waited for: then this fails
-- ("could not obtain lock", or "canceling statement due to lock timeout" further on), and the whole is run again.
--
-- Waiting would be at the cost of an edit: made one by one, the locks of what follows meet those of an edit in a circle,
-- of which the server ends one, or the edit goes through and its entry does not.
SET LOCAL lock_timeout = '1ms';

DO $$
DECLARE
    THERE CONSTANT TEXT := (
        SELECT STRING_AGG(OID::REGCLASS::TEXT, ', ' ORDER BY RELNAME) FROM PG_CLASS
        WHERE RELKIND IN ('r', 'p') AND PG_TABLE_IS_VISIBLE(OID)
          AND (STARTS_WITH(RELNAME, 'stt_echo_')
               OR UPPER(RELNAME) IN ('TIMETABLE', 'ROOMREQUESTS', 'ROOMFEATURES', 'MODULE', 'MODULEGROUPS',
                                     'STT_COMPONENT_TYPE', 'STT_EXT_PERSON', 'WEEKMAPNUMERIC', 'ROOMS', 'SITES',
                                     'LECTURER'))
    );
BEGIN
    EXECUTE 'LOCK TABLE ' || THERE || ' IN SHARE ROW EXCLUSIVE MODE NOWAIT';
END $$;
