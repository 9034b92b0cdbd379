-- Who may do what in a database with EchoDesk's tables. Run by an administrator of the server, in the search path of
-- tables.sql and after triggers.sql; may be run again at any time, and gives these roles exactly what stands here.
--
-- Nobody logs in as one of the roles; users are made members:
--     GRANT echodesk_worker TO ann;      -- EchoDesk itself: the window, `echodesk worker`, every command
--     GRANT echodesk_reader TO board;    -- looks at everything and changes nothing
-- echodesk_triggers owns the three functions that run at an edit of the timetable, with its rights and no others; its one
-- member is who owns EchoDesk's tables. Timetablers need nothing. Nobody but the administrator may make, change or drop a table.
DO $$
DECLARE
    ONE TEXT;
    OURS TEXT;
BEGIN
    FOREACH ONE IN ARRAY ARRAY['echodesk_triggers', 'echodesk_worker', 'echodesk_reader'] LOOP
        IF NOT EXISTS (SELECT 1 FROM PG_ROLES WHERE ROLNAME = ONE) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', ONE);
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA %s, %s TO %I',
                       (SELECT RELNAMESPACE::REGNAMESPACE FROM PG_CLASS WHERE OID = 'STT_ECHO_QUEUE'::REGCLASS),
                       (SELECT RELNAMESPACE::REGNAMESPACE FROM PG_CLASS WHERE OID = 'TIMETABLE'::REGCLASS), ONE);
        FOR OURS IN SELECT OID::REGCLASS FROM PG_CLASS
                    WHERE RELNAME LIKE 'stt\_echo\_%' AND RELKIND = 'r' AND PG_TABLE_IS_VISIBLE(OID) LOOP
            EXECUTE format('REVOKE ALL ON %s FROM %I', OURS, ONE);
        END LOOP;
    END LOOP;
END $$;

-- At an edit.
GRANT INSERT ON STT_ECHO_QUEUE, STT_ECHO_ERROR, STT_ECHO_COMMAND TO echodesk_triggers;
GRANT SELECT ON STT_ECHO_SET TO echodesk_triggers;
GRANT SELECT ON ROOMREQUESTS, ROOMFEATURES, MODULE, MODULEGROUPS, STT_COMPONENT_TYPE, STT_EXT_PERSON
    TO echodesk_triggers;

-- What EchoDesk reads of the timetable, and never writes.
GRANT SELECT ON TIMETABLE, WEEKMAPNUMERIC, WEEKSTRUCTURE, CCALMAPS, MODULE, MODULEGROUPS, STT_COMPONENT_TYPE, ROOMS,
    SITES, DEPTS, LECTURER, STT_EXT_PERSON, ROOMREQUESTS, ROOMFEATURES TO echodesk_worker, echodesk_reader;

-- The audit is only added to. What was queued, told, decided or paused is never taken away.
GRANT SELECT ON STT_ECHO_ERROR, STT_ECHO_TOMBSTONE TO echodesk_worker;
GRANT SELECT, INSERT ON STT_ECHO_AUDIT, STT_ECHO_WITHDRAWAL TO echodesk_worker;
GRANT SELECT, UPDATE ON STT_ECHO_LEASE TO echodesk_worker;
GRANT SELECT, INSERT, UPDATE ON STT_ECHO_BATCH, STT_ECHO_BATCH_PLACE, STT_ECHO_BATCH_STEP, STT_ECHO_COMMAND,
    STT_ECHO_DAY_ROOM, STT_ECHO_DECISION, STT_ECHO_META, STT_ECHO_NOTIFICATION, STT_ECHO_PAUSE, STT_ECHO_QUEUE,
    STT_ECHO_REFERENCE, STT_ECHO_SENIORITY, STT_ECHO_SET, STT_ECHO_STOP TO echodesk_worker;
GRANT SELECT, INSERT, DELETE ON STT_ECHO_BATCH_LEFT_OUT, STT_ECHO_DECISION_LESSON, STT_ECHO_REFRESH
    TO echodesk_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON STT_ECHO_DIRTY, STT_ECHO_FEED, STT_ECHO_INTENT, STT_ECHO_LEFT_OUT,
    STT_ECHO_MIRROR, STT_ECHO_MISSING_PERSON, STT_ECHO_REFUSED, STT_ECHO_REMOVAL, STT_ECHO_ROOM_HOLD,
    STT_ECHO_SETTING, STT_ECHO_STOP_ITEM, STT_ECHO_SUSPECT, STT_ECHO_TRY, STT_ECHO_WINDOW TO echodesk_worker;

GRANT SELECT ON STT_ECHO_AUDIT, STT_ECHO_BATCH, STT_ECHO_BATCH_LEFT_OUT, STT_ECHO_BATCH_PLACE, STT_ECHO_BATCH_STEP,
    STT_ECHO_COMMAND, STT_ECHO_DAY_ROOM, STT_ECHO_DECISION, STT_ECHO_DECISION_LESSON, STT_ECHO_DIRTY,
    STT_ECHO_ERROR, STT_ECHO_FEED, STT_ECHO_INTENT, STT_ECHO_LEASE, STT_ECHO_LEFT_OUT, STT_ECHO_META,
    STT_ECHO_MIRROR, STT_ECHO_MISSING_PERSON, STT_ECHO_NOTIFICATION, STT_ECHO_PAUSE, STT_ECHO_QUEUE,
    STT_ECHO_REFERENCE, STT_ECHO_REFRESH, STT_ECHO_REFUSED, STT_ECHO_REMOVAL, STT_ECHO_ROOM_HOLD,
    STT_ECHO_SENIORITY, STT_ECHO_SET, STT_ECHO_SETTING, STT_ECHO_STOP, STT_ECHO_STOP_ITEM, STT_ECHO_SUSPECT,
    STT_ECHO_TOMBSTONE, STT_ECHO_TRY, STT_ECHO_WINDOW, STT_ECHO_WITHDRAWAL TO echodesk_reader;

-- The functions go to their owner, who may make nothing in the schema afterwards; who owns EchoDesk's tables may still
-- make them anew.
DO $$
DECLARE
    PLACE CONSTANT TEXT := (
        SELECT RELNAMESPACE::REGNAMESPACE FROM PG_CLASS WHERE OID = 'STT_ECHO_QUEUE'::REGCLASS
    );
    KEEPER CONSTANT NAME := (
        SELECT PG_GET_USERBYID(RELOWNER) FROM PG_CLASS WHERE OID = 'STT_ECHO_QUEUE'::REGCLASS
    );
BEGIN
    IF NOT PG_HAS_ROLE(KEEPER, 'echodesk_triggers', 'MEMBER') THEN
        EXECUTE format('GRANT echodesk_triggers TO %I', KEEPER);
    END IF;
    EXECUTE format('GRANT CREATE ON SCHEMA %s TO echodesk_triggers', PLACE);
    ALTER FUNCTION STT_ECHO_ON_TIMETABLE() OWNER TO echodesk_triggers;
    ALTER FUNCTION STT_ECHO_ON_ROOMREQUESTS() OWNER TO echodesk_triggers;
    ALTER FUNCTION STT_ECHO_ON_ROOMFEATURES() OWNER TO echodesk_triggers;
    EXECUTE format('REVOKE CREATE ON SCHEMA %s FROM echodesk_triggers', PLACE);
END $$;
