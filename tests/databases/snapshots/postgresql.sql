-- store.activity _FIRST
SELECT ID FROM STT_ECHO_AUDIT WHERE AT >= :since ORDER BY AT LIMIT 1;

-- store.activity _LAST
SELECT ID FROM STT_ECHO_AUDIT WHERE AT < :until ORDER BY AT DESC LIMIT 1;

-- store.activity FOUND lessons
SELECT x.ID FROM STT_ECHO_AUDIT AS x WHERE x.EXTERNAL_ID IN (SELECT l.value FROM
    jsonb_array_elements_text(CAST(:lessons AS JSONB)) AS l(value)) AND (:any_room = 1 OR x.ROOMID IN (SELECT
    o.value FROM jsonb_array_elements_text(CAST(:rooms AS JSONB)) AS o(value))) AND (:any_who = 1 OR x.WHO = :who)
    AND (:anybody = 1 OR x.WHO <> :worker) AND (:any_action = 1 OR x.ACTION IN (SELECT c.value FROM
    jsonb_array_elements_text(CAST(:actions AS JSONB)) AS c(value))) AND x.ID < :before AND x.ID >= :first AND x.AT
    >= :since AND x.AT < :until ORDER BY x.ID DESC LIMIT :limit;

-- store.activity FOUND rooms
SELECT x.ID FROM STT_ECHO_AUDIT AS x WHERE x.ROOMID IN (SELECT r.value FROM jsonb_array_elements_text(CAST(:rooms
    AS JSONB)) AS r(value)) AND (:any_room = 1 OR x.ROOMID IN (SELECT o.value FROM
    jsonb_array_elements_text(CAST(:rooms AS JSONB)) AS o(value))) AND (:any_who = 1 OR x.WHO = :who) AND (:anybody
    = 1 OR x.WHO <> :worker) AND (:any_action = 1 OR x.ACTION IN (SELECT c.value FROM
    jsonb_array_elements_text(CAST(:actions AS JSONB)) AS c(value))) AND x.ID < :before AND x.ID >= :first AND x.AT
    >= :since AND x.AT < :until ORDER BY x.ID DESC LIMIT :limit;

-- store.activity FOUND who
SELECT x.ID FROM STT_ECHO_AUDIT AS x WHERE x.WHO = :who AND (:any_room = 1 OR x.ROOMID IN (SELECT o.value FROM
    jsonb_array_elements_text(CAST(:rooms AS JSONB)) AS o(value))) AND (:any_who = 1 OR x.WHO = :who) AND (:anybody
    = 1 OR x.WHO <> :worker) AND (:any_action = 1 OR x.ACTION IN (SELECT c.value FROM
    jsonb_array_elements_text(CAST(:actions AS JSONB)) AS c(value))) AND x.ID < :before AND x.ID >= :first AND x.AT
    >= :since AND x.AT < :until ORDER BY x.ID DESC LIMIT :limit;

-- store.activity FOUND people before
SELECT x.ID FROM STT_ECHO_AUDIT AS x WHERE x.WHO < :worker AND (:any_room = 1 OR x.ROOMID IN (SELECT o.value FROM
    jsonb_array_elements_text(CAST(:rooms AS JSONB)) AS o(value))) AND (:any_who = 1 OR x.WHO = :who) AND (:anybody
    = 1 OR x.WHO <> :worker) AND (:any_action = 1 OR x.ACTION IN (SELECT c.value FROM
    jsonb_array_elements_text(CAST(:actions AS JSONB)) AS c(value))) AND x.ID < :before AND x.ID >= :first AND x.AT
    >= :since AND x.AT < :until ORDER BY x.ID DESC LIMIT :limit;

-- store.activity FOUND people after
SELECT x.ID FROM STT_ECHO_AUDIT AS x WHERE x.WHO > :worker AND (:any_room = 1 OR x.ROOMID IN (SELECT o.value FROM
    jsonb_array_elements_text(CAST(:rooms AS JSONB)) AS o(value))) AND (:any_who = 1 OR x.WHO = :who) AND (:anybody
    = 1 OR x.WHO <> :worker) AND (:any_action = 1 OR x.ACTION IN (SELECT c.value FROM
    jsonb_array_elements_text(CAST(:actions AS JSONB)) AS c(value))) AND x.ID < :before AND x.ID >= :first AND x.AT
    >= :since AND x.AT < :until ORDER BY x.ID DESC LIMIT :limit;

-- store.activity FOUND action
SELECT x.ID FROM STT_ECHO_AUDIT AS x WHERE x.ACTION = :action AND (:any_room = 1 OR x.ROOMID IN (SELECT o.value
    FROM jsonb_array_elements_text(CAST(:rooms AS JSONB)) AS o(value))) AND (:any_who = 1 OR x.WHO = :who) AND
    (:anybody = 1 OR x.WHO <> :worker) AND (:any_action = 1 OR x.ACTION IN (SELECT c.value FROM
    jsonb_array_elements_text(CAST(:actions AS JSONB)) AS c(value))) AND x.ID < :before AND x.ID >= :first AND x.AT
    >= :since AND x.AT < :until ORDER BY x.ID DESC LIMIT :limit;

-- store.activity FOUND all
SELECT x.ID FROM STT_ECHO_AUDIT AS x WHERE (:any_room = 1 OR x.ROOMID IN (SELECT o.value FROM
    jsonb_array_elements_text(CAST(:rooms AS JSONB)) AS o(value))) AND (:any_who = 1 OR x.WHO = :who) AND (:anybody
    = 1 OR x.WHO <> :worker) AND (:any_action = 1 OR x.ACTION IN (SELECT c.value FROM
    jsonb_array_elements_text(CAST(:actions AS JSONB)) AS c(value))) AND x.ID < :before AND x.ID >= :first AND x.AT
    >= :since AND x.AT < :until ORDER BY x.ID DESC LIMIT :limit;

-- store.activity _LINES
SELECT a.ID, a.AT, a.WHO, a.ACTION, a.EXTERNAL_ID, a.ROOMID, a.LESSON_DATE, a.WHY, a.BEFORE, a.AFTER, a.SENT,
    a.STATUS, a.ANSWER, a.OUTCOME, a.MS, a.EPOCH FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value)
    JOIN STT_ECHO_AUDIT AS a ON a.ID = CAST(i.value AS BIGINT);

-- store.activity TERMS
SELECT t.EPOCH, t.SENT FROM STT_ECHO_AUDIT AS t WHERE t.ACTION = :lead AND t.EPOCH IN (SELECT CAST(e.value AS
    BIGINT) FROM jsonb_array_elements_text(CAST(:epochs AS JSONB)) AS e(value));

-- store.batch_pauses _PAUSE_PIECES
UPDATE STT_ECHO_BATCH_PLACE SET PAUSED = 1 WHERE BATCH_ID = :batch AND PIECE IN (SELECT PIECE FROM
    STT_ECHO_BATCH_STEP WHERE BATCH_ID = :batch AND STATE = :state);

-- store.batch_pauses _FREE_CANCELLED
UPDATE STT_ECHO_BATCH_PLACE SET PAUSED = 0 WHERE BATCH_ID = :batch AND PAUSED = 1 AND NOT PIECE IN (SELECT PIECE
    FROM STT_ECHO_BATCH_STEP WHERE BATCH_ID = :batch AND STATE <> 'CANCELLED') RETURNING ROOMID, LESSON_DATE;

-- store.batch_pauses _FREE_TORN
UPDATE STT_ECHO_BATCH_PLACE SET PAUSED = 0 WHERE BATCH_ID = :batch AND PAUSED = 1 AND PIECE IN (SELECT gone.PIECE
    FROM STT_ECHO_BATCH_STEP AS gone JOIN STT_ECHO_BATCH_STEP AS again ON again.BATCH_ID = gone.BATCH_ID AND
    again.PIECE = gone.PIECE AND again.EXTERNAL_ID = gone.EXTERNAL_ID WHERE gone.BATCH_ID = :batch AND gone.METHOD
    = 'DELETE' AND gone.STATE = 'DONE' AND again.METHOD = 'POST' AND NOT again.STATE IN ('OPEN', 'DONE')) RETURNING
    ROOMID, LESSON_DATE;

-- store.batches _ADD
INSERT INTO STT_ECHO_BATCH (KIND, STATE, BY, SCOPE, UNDOES, REPLACES, CHANGE_NO) VALUES (:kind, 'COMPARING', :by,
    :scope, :undoes, :replaces, :change) RETURNING ID;

-- store.batches _ONE
SELECT ID, KIND, STATE, BY, CREATED, SCOPE, UNDOES, REPLACES, GUARD, SAID, TRIED, PAUSE_ID, YES_BY, BEGUN FROM
    STT_ECHO_BATCH WHERE ID = :id;

-- store.batches _OPEN
SELECT ID, KIND, STATE, BY, CREATED, SCOPE, UNDOES, REPLACES, GUARD, SAID, TRIED, PAUSE_ID, YES_BY, BEGUN FROM
    STT_ECHO_BATCH WHERE STATE IN ('COMPARING', 'CHECKING', 'RUNNING', 'STOPPED') ORDER BY ID;

-- store.batches _ALL
SELECT ID, KIND, STATE, BY, CREATED, SCOPE, UNDOES, REPLACES, GUARD, SAID, TRIED, PAUSE_ID, YES_BY, BEGUN FROM
    STT_ECHO_BATCH ORDER BY ID DESC LIMIT :limit;

-- store.batches _BEGUN
SELECT ID, KIND, STATE, BY, CREATED, SCOPE, UNDOES, REPLACES, GUARD, SAID, TRIED, PAUSE_ID, YES_BY, BEGUN FROM
    STT_ECHO_BATCH WHERE NOT BEGUN IS NULL ORDER BY BEGUN DESC NULLS LAST, ID DESC;

-- store.batches _UNDOS
SELECT ID, KIND, STATE, BY, CREATED, SCOPE, UNDOES, REPLACES, GUARD, SAID, TRIED, PAUSE_ID, YES_BY, BEGUN FROM
    STT_ECHO_BATCH WHERE UNDOES = :id AND STATE = 'DONE' ORDER BY ID DESC;

-- store.batches _STATE
UPDATE STT_ECHO_BATCH SET STATE = :state, SAID = :said, CHANGE_NO = :change, BEGUN = CASE WHEN :state = 'RUNNING'
    THEN COALESCE(BEGUN, STT_ECHO_NOW()) ELSE BEGUN END, COMPARED = CASE WHEN :state IN ('READY', 'RUNNING') THEN
    STT_ECHO_NOW() ELSE COMPARED END, ENDED = CASE WHEN :state IN ('DONE', 'CANCELLED', 'STALE', 'FAILED') THEN
    STT_ECHO_NOW() END WHERE ID = :id AND STATE = :was;

-- store.batches _PLAN
UPDATE STT_ECHO_BATCH SET SUMMARY = :summary, GUARD = :guard, CHANGE_NO = :change WHERE ID = :id;

-- store.batches _FOUND
UPDATE STT_ECHO_BATCH SET SUMMARY = :summary, CHANGE_NO = :change WHERE ID = :id;

-- store.batches _SUMMARY
SELECT SUMMARY FROM STT_ECHO_BATCH WHERE ID = :id;

-- store.batches _SAY
UPDATE STT_ECHO_BATCH SET SAID = :said, CHANGE_NO = :change WHERE ID = :id;

-- store.batches _YES
UPDATE STT_ECHO_BATCH SET YES_BY = :by, CHANGE_NO = :change WHERE ID = :id;

-- store.batches _TRIED
UPDATE STT_ECHO_BATCH SET TRIED = 1, CHANGE_NO = :change WHERE ID = :id;

-- store.batches _PAUSE
UPDATE STT_ECHO_BATCH SET PAUSE_ID = :pause, CHANGE_NO = :change WHERE ID = :id;

-- store.batches _STEPS 0
INSERT INTO STT_ECHO_BATCH_STEP (BATCH_ID, STEP, PIECE, METHOD, EXTERNAL_ID, IDENTITY, WHY, BEFORE, AFTER, NEEDS,
    STATE) SELECT CAST(jsonb_extract_path_text(value, '0') AS BIGINT), CAST(jsonb_extract_path_text(value, '1') AS
    BIGINT), CAST(jsonb_extract_path_text(value, '2') AS BIGINT), jsonb_extract_path_text(value, '3'),
    jsonb_extract_path_text(value, '4'), jsonb_extract_path_text(value, '5'), jsonb_extract_path_text(value, '6'),
    jsonb_extract_path_text(value, '7'), jsonb_extract_path_text(value, '8'), jsonb_extract_path_text(value, '9'),
    jsonb_extract_path_text(value, '10') FROM jsonb_array_elements(CAST(:many AS JSONB)) AS L(value) WHERE TRUE;

-- store.batches _STEPS 1
INSERT INTO STT_ECHO_BATCH_STEP (BATCH_ID, STEP, PIECE, METHOD, EXTERNAL_ID, IDENTITY, WHY, BEFORE, AFTER, NEEDS,
    STATE) VALUES (:batch, :step, :piece, :method, :external_id, :identity, :why, :before, :after, :needs, :state);

-- store.batches _PLACES 0
INSERT INTO STT_ECHO_BATCH_PLACE (BATCH_ID, LESSON_DATE, ROOMID, PIECE) SELECT CAST(jsonb_extract_path_text(value,
    '0') AS BIGINT), jsonb_extract_path_text(value, '1'), jsonb_extract_path_text(value, '2'),
    CAST(jsonb_extract_path_text(value, '3') AS BIGINT) FROM jsonb_array_elements(CAST(:many AS JSONB)) AS L(value)
    WHERE TRUE;

-- store.batches _PLACES 1
INSERT INTO STT_ECHO_BATCH_PLACE (BATCH_ID, LESSON_DATE, ROOMID, PIECE) VALUES (:batch, :date, :room, :piece);

-- store.batches _READ
SELECT STEP, PIECE, METHOD, EXTERNAL_ID, WHY, BEFORE, AFTER, NEEDS, STATE, ANSWER FROM STT_ECHO_BATCH_STEP WHERE
    BATCH_ID = :batch AND (:state = '' OR STATE = :state) ORDER BY STEP;

-- store.batches _READ_PIECES
SELECT STEP, PIECE, METHOD, EXTERNAL_ID, WHY, BEFORE, AFTER, NEEDS, STATE, ANSWER FROM STT_ECHO_BATCH_STEP WHERE
    BATCH_ID = :batch AND STATE IN (SELECT value FROM jsonb_array_elements_text(CAST(:states AS JSONB)) AS
    L(value)) AND PIECE IN (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:pieces AS JSONB)) AS
    L(value)) ORDER BY STEP;

-- store.batches _COUNTS
SELECT STATE, COUNT(*) AS STEPS FROM STT_ECHO_BATCH_STEP WHERE BATCH_ID = :batch GROUP BY STATE;

-- store.batches _COUNTS_SINCE
SELECT STATE, COUNT(*) AS STEPS FROM STT_ECHO_BATCH_STEP WHERE BATCH_ID = :batch AND ENDED >= (SELECT h.COMPARED
    FROM STT_ECHO_BATCH AS h WHERE h.ID = :batch) GROUP BY STATE;

-- store.batches _IDENTITIES
SELECT s.IDENTITY FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS j(value) JOIN STT_ECHO_BATCH_STEP AS s ON
    s.BATCH_ID = :batch AND s.IDENTITY = j.value WHERE s.STATE = 'OPEN';

-- store.batches _PACE
SELECT COUNT(*) AS ENDED, (STT_ECHO_DAYS(STT_ECHO_NOW()) - STT_ECHO_DAYS(MIN(ENDED))) * 86400.0 AS SECONDS FROM
    STT_ECHO_BATCH_STEP WHERE BATCH_ID = :batch AND STATE IN ('DONE', 'FAILED') AND ENDED > STT_ECHO_NOW(:minutes)
    AND ENDED >= (SELECT h.COMPARED FROM STT_ECHO_BATCH AS h WHERE h.ID = :batch);

-- store.batches _DATABASE
SELECT VALUE FROM STT_ECHO_META WHERE NAME = 'database';

-- store.batches _END
UPDATE STT_ECHO_BATCH_STEP SET STATE = :state, ENDED = STT_ECHO_NOW(), ANSWER = CASE WHEN :state = 'DONE' THEN
    :answer ELSE COALESCE(:answer, ANSWER) END WHERE BATCH_ID = :batch AND STEP = :step AND STATE = 'OPEN';

-- store.batches _LEAVE_OUT
UPDATE STT_ECHO_BATCH_STEP SET STATE = 'LEFT_OUT', ENDED = STT_ECHO_NOW() WHERE BATCH_ID = :batch AND STATE =
    'OPEN' AND STEP IN (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:steps AS JSONB)) AS
    L(value));

-- store.batches _CANCEL
UPDATE STT_ECHO_BATCH_STEP SET STATE = 'CANCELLED', ENDED = STT_ECHO_NOW() WHERE BATCH_ID = :batch AND STATE =
    'OPEN' AND NOT STEP IN (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:but AS JSONB)) AS
    L(value));

-- store.batches _REOPEN
UPDATE STT_ECHO_BATCH_STEP SET STATE = 'OPEN', ENDED = NULL, ANSWER = CASE WHEN WHY = 'adopted' THEN ANSWER END
    WHERE BATCH_ID = :batch AND STATE = 'FAILED' AND (:all <> 0 OR STEP IN (SELECT CAST(value AS BIGINT) FROM
    jsonb_array_elements_text(CAST(:steps AS JSONB)) AS L(value))) RETURNING EXTERNAL_ID;

-- store.batches _ADOPTING
UPDATE STT_ECHO_BATCH_STEP SET ANSWER = 'No answer yet.' WHERE BATCH_ID = :batch AND IDENTITY IN (SELECT value FROM
    jsonb_array_elements_text(CAST(:identities AS JSONB)) AS L(value)) AND WHY = 'adopted' AND STATE = 'OPEN';

-- store.batches _NOT_ADOPTED
SELECT STEP, PIECE, METHOD, EXTERNAL_ID, WHY, BEFORE, AFTER, NEEDS, STATE, ANSWER FROM STT_ECHO_BATCH_STEP WHERE
    BATCH_ID = :batch AND STATE IN ('OPEN', 'FAILED', 'OVERTAKEN', 'CANCELLED') AND WHY = 'adopted' AND NOT ANSWER
    IS NULL ORDER BY STEP;

-- store.batches _NEXT_PIECES
SELECT DISTINCT PIECE FROM STT_ECHO_BATCH_STEP WHERE BATCH_ID = :batch AND STATE = 'OPEN' AND PIECE > :after ORDER
    BY PIECE LIMIT :limit;

-- store.batches _PLACES_OF
SELECT ROOMID, LESSON_DATE, PIECE FROM STT_ECHO_BATCH_PLACE WHERE BATCH_ID = :batch;

-- store.batches _PLACES_OF_PIECES
SELECT ROOMID, LESSON_DATE, PIECE FROM STT_ECHO_BATCH_PLACE WHERE BATCH_ID = :batch AND PIECE IN (SELECT CAST(value
    AS BIGINT) FROM jsonb_array_elements_text(CAST(:pieces AS JSONB)) AS L(value));

-- store.batches _OPEN_AT
SELECT DISTINCT b.BATCH_ID, b.PIECE, b.ROOMID, b.LESSON_DATE FROM jsonb_array_elements(CAST(:places AS JSONB)) AS
    p(value) JOIN STT_ECHO_BATCH_PLACE AS b ON b.ROOMID = jsonb_extract_path_text(p.value, '0') AND b.LESSON_DATE =
    jsonb_extract_path_text(p.value, '1') JOIN STT_ECHO_BATCH AS h ON h.ID = b.BATCH_ID WHERE h.STATE IN
    ('CHECKING', 'RUNNING', 'STOPPED', 'CANCELLED') AND (NOT h.BEGUN IS NULL OR (h.STATE = 'CHECKING' AND :checked
    = 1)) AND EXISTS(SELECT 1 FROM STT_ECHO_BATCH_STEP AS s WHERE s.BATCH_ID = b.BATCH_ID AND s.PIECE = b.PIECE AND
    s.STATE = 'OPEN');

-- store.batches _AT_WORK
SELECT 1 FROM STT_ECHO_BATCH AS h WHERE h.STATE IN ('CHECKING', 'RUNNING', 'STOPPED') OR (h.STATE = 'CANCELLED' AND
    NOT h.BEGUN IS NULL AND EXISTS(SELECT 1 FROM STT_ECHO_BATCH_STEP AS s WHERE s.BATCH_ID = h.ID AND s.STATE =
    'OPEN')) LIMIT 1;

-- store.batches _UNDER_WAY
SELECT STEP FROM STT_ECHO_BATCH_STEP WHERE BATCH_ID = :batch AND STATE = 'OPEN' AND PIECE IN (SELECT s.PIECE FROM
    STT_ECHO_INTENT AS i JOIN STT_ECHO_BATCH_STEP AS s ON s.BATCH_ID = :batch AND s.EXTERNAL_ID = i.EXTERNAL_ID
    WHERE s.STATE = 'OPEN');

-- store.binding _NUMBER
UPDATE STT_ECHO_LEASE SET CHANGES = CHANGES + 1 WHERE ID = 1 RETURNING CHANGES;

-- store.database VERSION
SELECT VALUE FROM STT_ECHO_META WHERE NAME = 'schema_version';

-- store.decisions _STANDING
SELECT d.ID, d.KIND, d.SETID, d.SLOTIDS, d.WINNER, d.WEEKS, d.FINGERPRINT, d.BY, d.AT FROM STT_ECHO_DECISION AS d
    WHERE d.REVOKED IS NULL AND d.ID IN (SELECT l.DECISION_ID FROM jsonb_array_elements(CAST(:keys AS JSONB)) AS
    k(value) JOIN STT_ECHO_DECISION_LESSON AS l ON l.SETID = jsonb_extract_path_text(k.value, '0') AND l.SLOTID =
    CAST(jsonb_extract_path_text(k.value, '1') AS BIGINT)) ORDER BY d.ID;

-- store.decisions _RECORDS
SELECT d.ID, d.KIND, d.SETID, d.SLOTIDS, d.WINNER, d.WEEKS, d.FINGERPRINT, d.BY, d.AT, d.WHY, d.REVOKED, w.BY AS
    WITHDRAWN_BY, w.WHY AS WITHDRAWN_WHY FROM STT_ECHO_DECISION AS d LEFT JOIN STT_ECHO_WITHDRAWAL AS w ON
    w.DECISION_ID = d.ID ORDER BY d.ID DESC;

-- store.decisions _ADD
INSERT INTO STT_ECHO_DECISION (KIND, SETID, SLOTIDS, WINNER, WEEKS, FINGERPRINT, BY, WHY, AT) VALUES (:kind,
    :setid, :slotids, :winner, :weeks, :fingerprint, :by, :why, :at) RETURNING ID;

-- store.decisions _NOW
SELECT STT_ECHO_NOW();

-- store.decisions _ADD_LESSONS
INSERT INTO STT_ECHO_DECISION_LESSON (SETID, SLOTID, DECISION_ID) SELECT :setid, CAST(value AS BIGINT), :id FROM
    jsonb_array_elements_text(CAST(:slotids AS JSONB)) AS L(value);

-- store.decisions _REVOKE
UPDATE STT_ECHO_DECISION SET REVOKED = STT_ECHO_NOW() WHERE REVOKED IS NULL AND ID IN (SELECT CAST(value AS BIGINT)
    FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS L(value)) RETURNING ID;

-- store.decisions _FORGET_LESSONS
DELETE FROM STT_ECHO_DECISION_LESSON WHERE DECISION_ID IN (SELECT CAST(value AS BIGINT) FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS L(value));

-- store.decisions _WITHDRAWAL
INSERT INTO STT_ECHO_WITHDRAWAL (DECISION_ID, BY, WHY) SELECT CAST(value AS BIGINT), :by, :why FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS L(value);

-- store.decisions _SETTINGS
SELECT NAME, VALUE FROM STT_ECHO_SETTING WHERE NAME = 'zone';

-- store.details _CALLS
SELECT AT, ACTION, OUTCOME, STATUS, WHY, SENT, ANSWER, MS FROM STT_ECHO_AUDIT WHERE EXTERNAL_ID = :id AND ACTION IN
    ('GET', 'POST', 'PUT', 'DELETE') ORDER BY ID DESC LIMIT 20;

-- store.details _CALLS_OF_ENTRY
SELECT a.AT, a.ACTION, a.OUTCOME, a.STATUS, a.WHY, a.SENT, a.ANSWER, a.MS FROM STT_ECHO_NOTIFICATION AS n JOIN
    STT_ECHO_AUDIT AS a ON a.EXTERNAL_ID = n.EXTERNAL_ID AND a.AT >= n.CREATED WHERE n.QUEUE_ID = :id AND a.ACTION
    IN ('GET', 'POST', 'PUT', 'DELETE') ORDER BY a.ID DESC LIMIT 30;

-- store.details CALLS_OF_PLACE
SELECT AT, ACTION, OUTCOME, STATUS, WHY, SENT, ANSWER, MS FROM STT_ECHO_AUDIT WHERE ROOMID = :room AND LESSON_DATE
    = :date ORDER BY ID DESC LIMIT 30;

-- store.details _MIRROR
SELECT ROOMID, LESSON_DATE, STARTTIME, FINISHTIME, TITLE, SECTIONS, PRESENTER, INPUTS, VERIFIED, OURS, EXTERNAL_ID
    FROM STT_ECHO_MIRROR WHERE EXTERNAL_ID = :id;

-- store.details _MIRROR_SHARED
SELECT ROOMID, LESSON_DATE, STARTTIME, FINISHTIME, TITLE, SECTIONS, PRESENTER, INPUTS, VERIFIED, OURS, EXTERNAL_ID
    FROM STT_ECHO_MIRROR WHERE ROOMID = :room AND LESSON_DATE = :date AND OURS = 1 AND STARTTIME = :start LIMIT 1;

-- store.details _MIRROR_PLACE
SELECT ROOMID, LESSON_DATE, STARTTIME, FINISHTIME, TITLE, SECTIONS, PRESENTER, INPUTS, VERIFIED, OURS, EXTERNAL_ID
    FROM STT_ECHO_MIRROR WHERE ROOMID = :room AND LESSON_DATE = :date ORDER BY STARTTIME;

-- store.details _LEFT_OUT
SELECT o.EXTERNAL_ID, o.REASON, o.WINNER, o.DETAIL, TRIM(t.MODULEID) AS MODULEID, TRIM(t.MODGRPCODE) AS MODGRPCODE,
    TRIM(t.STARTTIME) AS STARTTIME, TRIM(t.FINISHTIME) AS FINISHTIME, TRIM(m.NAME) AS MODULE_NAME, (SELECT w.TITLE
    FROM STT_ECHO_MIRROR AS w WHERE w.EXTERNAL_ID = o.WINNER OR w.ECHO_ID = o.WINNER LIMIT 1) AS WINNER_TITLE FROM
    STT_ECHO_LEFT_OUT AS o LEFT JOIN TIMETABLE AS t ON TRIM(t.SETID) = TRIM(o.SETID) AND t.SLOTID = o.SLOTID AND
    t.SLOTENTRY = 1 LEFT JOIN MODULE AS m ON TRIM(m.SETID) = TRIM(o.SETID) AND TRIM(m.MODULEID) = TRIM(t.MODULEID)
    WHERE o.ROOMID = :room AND o.LESSON_DATE = :date ORDER BY t.STARTTIME NULLS FIRST;

-- store.details _CHILDREN
SELECT WEEKNUMBER, LESSON_DATE, STATUS, RECORDED, MESSAGE FROM STT_ECHO_NOTIFICATION WHERE QUEUE_ID = :id ORDER BY
    WEEKNUMBER;

-- store.errors_seen _BEGAN
UPDATE STT_ECHO_BATCH SET SUMMARY = :summary WHERE ID = :id;

-- store.failures _UPDATES
SELECT ID, COALESCE(NEW_ROOMID, OLD_ROOMID) AS ROOMID, LESSON_DATE, STARTTIME, FINISHTIME, MESSAGE FROM
    STT_ECHO_NOTIFICATION WHERE STATUS IN ('FAILED', 'PARKED') ORDER BY LESSON_DATE NULLS FIRST, STARTTIME NULLS
    FIRST, ID;

-- store.failures _EDITS
SELECT ID, COALESCE(ROOMID_NEW, ROOMID_OLD) AS ROOMID, ERROR FROM STT_ECHO_QUEUE WHERE STATUS = 'FAILED' AND
    WEEKS_ALL = 0 ORDER BY ID;

-- store.failures _UPDATES_ASIDE
UPDATE STT_ECHO_NOTIFICATION SET STATUS = 'SUPERSEDED', CHANGE_NO = :change, MESSAGE = 'Set aside by ' || :by || ':
    ' || :reason || '. ' || COALESCE(MESSAGE, '') WHERE ID IN (SELECT CAST(value AS BIGINT) FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS L(value)) AND STATUS IN ('FAILED', 'PARKED') RETURNING
    QUEUE_ID;

-- store.failures _EDITS_ASIDE
UPDATE STT_ECHO_QUEUE SET STATUS = 'SUPERSEDED', CHANGE_NO = :change, ERROR = 'Set aside by ' || :by || ': ' ||
    :reason || '. ' || COALESCE(ERROR, '') WHERE ID IN (SELECT CAST(value AS BIGINT) FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS L(value)) AND STATUS = 'FAILED' AND WEEKS_ALL = 0;

-- store.figures _TRANSFERRED
SELECT COUNT(*) FROM STT_ECHO_AUDIT WHERE AT > STT_ECHO_NOW('-1 day') AND ACTION IN ('POST', 'PUT', 'DELETE') AND
    STATUS IN (200, 201);

-- store.figures _LAST_MINUTE
SELECT COUNT(*) FROM STT_ECHO_AUDIT WHERE AT > STT_ECHO_NOW('-60 seconds') AND ACTION IN ('GET', 'POST', 'PUT',
    'DELETE');

-- store.figures _CALLS
SELECT ACTION, COUNT(*) FROM STT_ECHO_AUDIT WHERE AT > STT_ECHO_NOW('-1 day') AND ACTION IN ('GET', 'POST', 'PUT',
    'DELETE') GROUP BY ACTION;

-- store.figures _HELD
SELECT COUNT(*) FROM STT_ECHO_DIRTY WHERE NOT HELD_BY IS NULL;

-- store.figures _GUARDED
SELECT COUNT(*) FROM STT_ECHO_DIRTY WHERE HELD_BY IS NULL AND (GUARDED = 1 OR EXISTS(SELECT 1 FROM STT_ECHO_STOP
    WHERE KIND = 'FEED' AND ENDED IS NULL));

-- store.figures _NO_PLAN
SELECT EXISTS(SELECT 1 FROM STT_ECHO_STOP WHERE KIND = 'FEED' AND ENDED IS NULL);

-- store.figures _WAITING_ROOMS
SELECT COUNT(*) FROM STT_ECHO_DIRTY AS d WHERE d.HELD_BY IS NULL AND d.GUARDED = 0 AND EXISTS(SELECT 1 FROM
    STT_ECHO_ROOM_HOLD AS h WHERE h.ROOMID = d.ROOMID AND h.NOT_BEFORE > STT_ECHO_NOW());

-- store.figures _UNREAD
SELECT COUNT(*) FROM STT_ECHO_QUEUE WHERE STATUS = 'FAILED' AND WEEKS_ALL = 0;

-- store.figures _PEOPLE
SELECT COUNT(*) FROM STT_ECHO_MISSING_PERSON;

-- store.figures _SCHEDULES
SELECT COUNT(*) FROM STT_ECHO_MIRROR WHERE OURS = 1;

-- store.figures _LEFT_OUT
SELECT REASON, COUNT(*) FROM STT_ECHO_LEFT_OUT WHERE LESSON_DATE >= :today GROUP BY REASON;

-- store.figures _OLDEST
SELECT CREATED FROM STT_ECHO_QUEUE WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS') ORDER BY ID LIMIT 1;

-- store.figures _NEXT
SELECT LESSON_DATE, STARTTIME FROM STT_ECHO_NOTIFICATION WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS') AND
    LESSON_DATE >= :today ORDER BY LESSON_DATE NULLS FIRST, STARTTIME NULLS FIRST LIMIT 1;

-- store.figures _SOON
SELECT COUNT(*) FROM STT_ECHO_NOTIFICATION WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS') AND (LESSON_DATE BETWEEN
    :today AND :tomorrow OR OLD_DATE BETWEEN :today AND :tomorrow);

-- store.figures _DIRTY
SELECT COUNT(*) FROM STT_ECHO_DIRTY WHERE HELD_BY IS NULL AND GUARDED = 0;

-- store.figures _REFRESH
SELECT COUNT(*) FROM STT_ECHO_REFRESH AS r WHERE NOT EXISTS(SELECT 1 FROM STT_ECHO_ROOM_HOLD AS h WHERE h.ROOMID =
    r.ROOMID AND h.NOT_BEFORE > STT_ECHO_NOW());

-- store.figures _INTENTS
SELECT COUNT(*) FROM STT_ECHO_INTENT;

-- store.figures _COMMANDS
SELECT COUNT(*) FROM STT_ECHO_COMMAND WHERE STATE = 'WAITING';

-- store.figures _PLANS
SELECT COUNT(*) FROM STT_ECHO_BATCH WHERE STATE IN ('COMPARING', 'CHECKING', 'RUNNING');

-- store.figures _PAUSES
SELECT COUNT(*) FROM STT_ECHO_PAUSE WHERE LIFTED IS NULL;

-- store.figures _REFUSED
SELECT COUNT(*) FROM STT_ECHO_REFUSED WHERE LESSON_DATE >= :today;

-- store.figures MISSED
SELECT n.SETID, n.ROOMID, n.LESSON_DATE, n.REASON, n.WINNER, n.MODULEID, n.MODGRPCODE, n.STARTTIME, n.FINISHTIME,
    n.HOW_MANY, TRIM(m.NAME) AS MODULE_NAME, TRIM(r.NAME) AS ROOM_NAME, TRIM(s.SITENAME) AS SITENAME, (SELECT
    w.TITLE FROM STT_ECHO_MIRROR AS w WHERE w.EXTERNAL_ID = n.WINNER) AS OUR_WINNER, (SELECT w.TITLE FROM
    STT_ECHO_MIRROR AS w WHERE w.ECHO_ID = n.WINNER) AS THEIR_WINNER FROM (SELECT o.SETID, o.ROOMID, o.LESSON_DATE,
    o.REASON, o.WINNER, TRIM(t.MODULEID) AS MODULEID, TRIM(t.MODGRPCODE) AS MODGRPCODE, TRIM(t.STARTTIME) AS
    STARTTIME, TRIM(t.FINISHTIME) AS FINISHTIME, COUNT(*) OVER () AS HOW_MANY FROM
    jsonb_array_elements_text(CAST(:reasons AS JSONB)) AS e(value) JOIN STT_ECHO_LEFT_OUT AS o ON o.REASON =
    e.value AND o.LESSON_DATE BETWEEN :today AND :last LEFT JOIN TIMETABLE AS t ON TRIM(t.SETID) = TRIM(o.SETID)
    AND t.SLOTID = o.SLOTID AND t.SLOTENTRY = 1 ORDER BY o.LESSON_DATE, t.STARTTIME NULLS FIRST, o.EXTERNAL_ID
    LIMIT :most) AS n LEFT JOIN MODULE AS m ON TRIM(m.SETID) = TRIM(n.SETID) AND TRIM(m.MODULEID) =
    TRIM(n.MODULEID) LEFT JOIN ROOMS AS r ON TRIM(r.SETID) = TRIM(n.SETID) AND TRIM(r.ROOMID) = TRIM(n.ROOMID) LEFT
    JOIN SITES AS s ON TRIM(s.SETID) = TRIM(r.SETID) AND TRIM(s.SITEID) = TRIM(r.SITEID) ORDER BY n.LESSON_DATE
    NULLS FIRST, n.STARTTIME NULLS FIRST;

-- store.happened _UPDATES
SELECT n.EXTERNAL_ID, n.ID, n.QUEUE_ID, n.ACTION, n.STATUS, n.RECORDED, n.MESSAGE, n.WINNER, n.CREATED, n.PROCESSED
    FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN STT_ECHO_NOTIFICATION AS n ON
    n.EXTERNAL_ID = i.value ORDER BY n.QUEUE_ID DESC;

-- store.happened _HELD
SELECT m.EXTERNAL_ID, m.ECHO_ID, m.ROOMID, m.LESSON_DATE, m.STARTTIME, m.FINISHTIME, m.TITLE, m.VERIFIED FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN STT_ECHO_MIRROR AS m ON m.EXTERNAL_ID = i.value;

-- store.happened _LEFT_OUT
SELECT l.EXTERNAL_ID, l.REASON, l.WINNER, l.DETAIL, l.SINCE FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS
    i(value) JOIN STT_ECHO_LEFT_OUT AS l ON l.EXTERNAL_ID = i.value;

-- store.happened _REFUSED
SELECT r.EXTERNAL_ID, r.ERROR FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN STT_ECHO_REFUSED
    AS r ON r.EXTERNAL_ID = i.value ORDER BY r.AT;

-- store.happened _EARLIER
SELECT EXTERNAL_ID, MAX(WEEKNUMBER) AS WEEKNUMBER, MAX(LESSON_DATE) AS LESSON_DATE FROM (SELECT EXTERNAL_ID,
    WEEKNUMBER, LESSON_DATE FROM STT_ECHO_MIRROR WHERE SETID = :setid AND SLOTID = :slotid UNION ALL SELECT
    n.EXTERNAL_ID, n.WEEKNUMBER, n.LESSON_DATE FROM STT_ECHO_QUEUE AS q JOIN STT_ECHO_NOTIFICATION AS n ON
    n.QUEUE_ID = q.ID WHERE q.SETID = :setid AND q.SLOTID = :slotid) AS e GROUP BY EXTERNAL_ID ORDER BY
    MAX(WEEKNUMBER) NULLS FIRST;

-- store.happened _SETS
SELECT SETID FROM STT_ECHO_SET ORDER BY LIVE DESC, SETID DESC;

-- store.health _SOMETHING
INSERT INTO STT_ECHO_COMMAND (KIND, ARGS, BY) VALUES ('check', :args, 'check');

-- store.installing_oracle _SAYS_MADE
INSERT INTO STT_ECHO_META (NAME, VALUE) VALUES ('made', :version) ON CONFLICT(NAME) DO UPDATE SET VALUE =
    excluded.VALUE;

-- store.installing_oracle _MADE
SELECT VALUE FROM STT_ECHO_META WHERE NAME = 'made';

-- store.journal _LAST_INTENT
SELECT COALESCE(MAX(ID), 0) FROM STT_ECHO_INTENT;

-- store.journal _INTENT_WITH_ID 0
INSERT INTO STT_ECHO_INTENT (ID, EPOCH, METHOD, EXTERNAL_ID, PLACES) SELECT CAST(jsonb_extract_path_text(value,
    '0') AS BIGINT), CAST(jsonb_extract_path_text(value, '1') AS BIGINT), jsonb_extract_path_text(value, '2'),
    jsonb_extract_path_text(value, '3'), jsonb_extract_path_text(value, '4') FROM jsonb_array_elements(CAST(:many
    AS JSONB)) AS L(value) WHERE TRUE;

-- store.journal _INTENT_WITH_ID 1
INSERT INTO STT_ECHO_INTENT (ID, EPOCH, METHOD, EXTERNAL_ID, PLACES) VALUES (:id, :epoch, :method, :external_id,
    :places);

-- store.journal _CLEAR
DELETE FROM STT_ECHO_INTENT WHERE ID IN (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS
    JSONB)) AS L(value));

-- store.journal _GIVE_UP
UPDATE STT_ECHO_INTENT SET GIVEN_UP = STT_ECHO_NOW() WHERE ID = :id AND GIVEN_UP IS NULL;

-- store.journal _ORPHAN
UPDATE STT_ECHO_INTENT SET GIVEN_UP = STT_ECHO_NOW() WHERE GIVEN_UP IS NULL;

-- store.journal _UNDER_WAY
SELECT EXISTS(SELECT 1 FROM STT_ECHO_INTENT WHERE GIVEN_UP IS NULL) OR EXISTS(SELECT 1 FROM STT_ECHO_QUEUE WHERE
    STATUS = 'IN_PROGRESS' AND WEEKS_ALL = 0) OR EXISTS(SELECT 1 FROM STT_ECHO_NOTIFICATION WHERE STATUS =
    'IN_PROGRESS');

-- store.journal _OVERDUE
SELECT ID, METHOD, EXTERNAL_ID, PLACES FROM STT_ECHO_INTENT WHERE GIVEN_UP <= STT_ECHO_NOW(:late) ORDER BY ID;

-- store.journal _OPEN
SELECT ID, METHOD, EXTERNAL_ID, PLACES FROM STT_ECHO_INTENT ORDER BY ID;

-- store.journal _REFUSE
INSERT INTO STT_ECHO_REFUSED (EXTERNAL_ID, FINGERPRINT, ROOMID, LESSON_DATE, ERROR) VALUES (:external_id,
    :fingerprint, :room, :date, :error) ON CONFLICT(EXTERNAL_ID, FINGERPRINT) DO UPDATE SET ROOMID =
    excluded.ROOMID, LESSON_DATE = excluded.LESSON_DATE, ERROR = excluded.ERROR, AT = DEFAULT;

-- store.journal _REFUSED_AT
SELECT r.EXTERNAL_ID, r.FINGERPRINT, r.ROOMID, r.LESSON_DATE, r.ERROR, r.AT FROM STT_ECHO_REFUSED AS r WHERE
    (r.ROOMID, r.LESSON_DATE) IN (SELECT jsonb_extract_path_text(value, '0'), jsonb_extract_path_text(value, '1')
    FROM jsonb_array_elements(CAST(:places AS JSONB)) AS L(value));

-- store.journal _FORGET
DELETE FROM STT_ECHO_REFUSED WHERE EXTERNAL_ID = :external_id AND FINGERPRINT = :fingerprint;

-- store.journal _FORGET_IDS
DELETE FROM STT_ECHO_REFUSED WHERE EXTERNAL_ID IN (SELECT value FROM jsonb_array_elements_text(CAST(:ids AS JSONB))
    AS L(value));

-- store.journal _ANY_REFUSED
SELECT EXISTS(SELECT 1 FROM STT_ECHO_REFUSED);

-- store.journal _REFUSED
SELECT r.EXTERNAL_ID, r.FINGERPRINT, r.ERROR FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN
    STT_ECHO_REFUSED AS r ON r.EXTERNAL_ID = i.value;

-- store.journal _MISSING
INSERT INTO STT_ECHO_MISSING_PERSON (EMAIL, SINCE, CHECKED) VALUES (:email, STT_ECHO_NOW(), STT_ECHO_NOW()) ON
    CONFLICT(EMAIL) DO UPDATE SET CHECKED = excluded.CHECKED;

-- store.journal _TO_CHECK
SELECT EMAIL FROM STT_ECHO_MISSING_PERSON WHERE CHECKED <= STT_ECHO_NOW(:age) ORDER BY CHECKED LIMIT 50;

-- store.journal _CHECK_ALL
UPDATE STT_ECHO_MISSING_PERSON SET CHECKED = :checked;

-- store.journal _CHECKED
UPDATE STT_ECHO_MISSING_PERSON SET CHECKED = STT_ECHO_NOW() WHERE EMAIL = :email;

-- store.journal _FOUND
DELETE FROM STT_ECHO_MISSING_PERSON WHERE EMAIL = :email;

-- store.journal _TAUGHT_BY
SELECT DISTINCT TRIM(t.SETID) AS SETID, t.SLOTID FROM STT_EXT_PERSON AS p JOIN TIMETABLE AS t ON TRIM(t.LECTURERID)
    = TRIM(p.PERSONNO) WHERE LOWER(TRIM(p.BUSINESSEMAIL)) = :email;

-- store.journal _KNOWN
SELECT KIND, KEY, ECHO_ID FROM STT_ECHO_REFERENCE;

-- store.journal _LEARN
INSERT INTO STT_ECHO_REFERENCE (KIND, KEY, ECHO_ID, CHECKED) VALUES (:kind, :key, :echo_id, STT_ECHO_NOW()) ON
    CONFLICT(KIND, KEY) DO UPDATE SET ECHO_ID = excluded.ECHO_ID, CHECKED = excluded.CHECKED;

-- store.journal _AUDIT 0
INSERT INTO STT_ECHO_AUDIT (WHO, ACTION, EXTERNAL_ID, ROOMID, LESSON_DATE, WHY, BEFORE, AFTER, SENT, STATUS,
    ANSWER, OUTCOME, MS, EPOCH) SELECT jsonb_extract_path_text(value, '0'), jsonb_extract_path_text(value, '1'),
    jsonb_extract_path_text(value, '2'), jsonb_extract_path_text(value, '3'), jsonb_extract_path_text(value, '4'),
    jsonb_extract_path_text(value, '5'), jsonb_extract_path_text(value, '6'), jsonb_extract_path_text(value, '7'),
    jsonb_extract_path_text(value, '8'), CAST(jsonb_extract_path_text(value, '9') AS BIGINT),
    jsonb_extract_path_text(value, '10'), jsonb_extract_path_text(value, '11'), CAST(jsonb_extract_path_text(value,
    '12') AS BIGINT), CAST(jsonb_extract_path_text(value, '13') AS BIGINT) FROM jsonb_array_elements(CAST(:many AS
    JSONB)) AS L(value) WHERE TRUE;

-- store.journal _AUDIT 1
INSERT INTO STT_ECHO_AUDIT (WHO, ACTION, EXTERNAL_ID, ROOMID, LESSON_DATE, WHY, BEFORE, AFTER, SENT, STATUS,
    ANSWER, OUTCOME, MS, EPOCH) VALUES (:who, :action, :external_id, :room, :date, :why, :before, :after, :sent,
    :status, :answer, :outcome, :ms, :epoch);

-- store.mirror _AT
SELECT m.ECHO_ID, m.EXTERNAL_ID, m.OURS, m.SETID, m.SLOTID, m.WEEKNUMBER, m.ROOMID, m.LESSON_DATE, m.DATES,
    m.STARTTIME, m.FINISHTIME, m.TITLE, m.SECTIONS, m.PRESENTER, m.INPUTS, m.REST, m.VERIFIED FROM
    jsonb_array_elements(CAST(:places AS JSONB)) AS p(value) JOIN STT_ECHO_MIRROR AS m ON m.ROOMID =
    jsonb_extract_path_text(p.value, '0') AND m.LESSON_DATE = jsonb_extract_path_text(p.value, '1') WHERE m.DATES
    IS NULL;

-- store.mirror _RECURRING
SELECT m.ECHO_ID, m.EXTERNAL_ID, m.OURS, m.SETID, m.SLOTID, m.WEEKNUMBER, m.ROOMID, m.LESSON_DATE, m.DATES,
    m.STARTTIME, m.FINISHTIME, m.TITLE, m.SECTIONS, m.PRESENTER, m.INPUTS, m.REST, m.VERIFIED FROM
    jsonb_array_elements_text(CAST(:rooms AS JSONB)) AS r(value) JOIN STT_ECHO_MIRROR AS m ON m.ROOMID = r.value
    AND NOT m.DATES IS NULL;

-- store.mirror _EXTERNAL
SELECT m.ECHO_ID, m.EXTERNAL_ID, m.OURS, m.SETID, m.SLOTID, m.WEEKNUMBER, m.ROOMID, m.LESSON_DATE, m.DATES,
    m.STARTTIME, m.FINISHTIME, m.TITLE, m.SECTIONS, m.PRESENTER, m.INPUTS, m.REST, m.VERIFIED FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN STT_ECHO_MIRROR AS m ON m.EXTERNAL_ID = i.value;

-- store.mirror _LESSONS
SELECT m.ECHO_ID, m.EXTERNAL_ID, m.OURS, m.SETID, m.SLOTID, m.WEEKNUMBER, m.ROOMID, m.LESSON_DATE, m.DATES,
    m.STARTTIME, m.FINISHTIME, m.TITLE, m.SECTIONS, m.PRESENTER, m.INPUTS, m.REST, m.VERIFIED FROM
    jsonb_array_elements(CAST(:keys AS JSONB)) AS k(value) JOIN STT_ECHO_MIRROR AS m ON m.SETID =
    jsonb_extract_path_text(k.value, '0') AND m.SLOTID = CAST(jsonb_extract_path_text(k.value, '1') AS BIGINT);

-- store.mirror _ROOM
SELECT m.ECHO_ID, m.EXTERNAL_ID, m.OURS, m.SETID, m.SLOTID, m.WEEKNUMBER, m.ROOMID, m.LESSON_DATE, m.DATES,
    m.STARTTIME, m.FINISHTIME, m.TITLE, m.SECTIONS, m.PRESENTER, m.INPUTS, m.REST, m.VERIFIED FROM STT_ECHO_MIRROR
    AS m WHERE m.ROOMID = :room AND (m.LESSON_DATE >= :today OR NOT m.DATES IS NULL);

-- store.mirror _BY_ECHO
SELECT m.ECHO_ID, m.EXTERNAL_ID, m.OURS, m.SETID, m.SLOTID, m.WEEKNUMBER, m.ROOMID, m.LESSON_DATE, m.DATES,
    m.STARTTIME, m.FINISHTIME, m.TITLE, m.SECTIONS, m.PRESENTER, m.INPUTS, m.REST, m.VERIFIED FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN STT_ECHO_MIRROR AS m ON m.ECHO_ID = i.value;

-- store.mirror _OURS_BUT
SELECT ROOMID, LESSON_DATE FROM STT_ECHO_MIRROR WHERE OURS = 1 AND LESSON_DATE > :today AND NOT EXTERNAL_ID IN
    (SELECT value FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS L(value));

-- store.mirror _BY_OTHERS
SELECT m.ECHO_ID, m.EXTERNAL_ID, m.OURS, m.SETID, m.SLOTID, m.WEEKNUMBER, m.ROOMID, m.LESSON_DATE, m.DATES,
    m.STARTTIME, m.FINISHTIME, m.TITLE, m.SECTIONS, m.PRESENTER, m.INPUTS, m.REST, m.VERIFIED FROM STT_ECHO_MIRROR
    AS m WHERE m.OURS = 0 AND (m.LESSON_DATE BETWEEN :first AND :last OR NOT m.DATES IS NULL);

-- store.mirror _DATES_OF_OTHERS
SELECT m.LESSON_DATE, m.DATES FROM STT_ECHO_MIRROR AS m WHERE m.OURS = 0 AND (m.LESSON_DATE BETWEEN :first AND
    :last OR NOT m.DATES IS NULL);

-- store.mirror _PUT 0
INSERT INTO STT_ECHO_MIRROR (ECHO_ID, EXTERNAL_ID, OURS, SETID, SLOTID, WEEKNUMBER, ROOMID, LESSON_DATE, DATES,
    STARTTIME, FINISHTIME, TITLE, SECTIONS, PRESENTER, INPUTS, REST, VERIFIED) SELECT
    jsonb_extract_path_text(value, '0'), jsonb_extract_path_text(value, '1'), CAST(jsonb_extract_path_text(value,
    '2') AS BIGINT), jsonb_extract_path_text(value, '3'), CAST(jsonb_extract_path_text(value, '4') AS BIGINT),
    CAST(jsonb_extract_path_text(value, '5') AS BIGINT), jsonb_extract_path_text(value, '6'),
    jsonb_extract_path_text(value, '7'), jsonb_extract_path_text(value, '8'), CAST(jsonb_extract_path_text(value,
    '9') AS BIGINT), CAST(jsonb_extract_path_text(value, '10') AS BIGINT), jsonb_extract_path_text(value, '11'),
    jsonb_extract_path_text(value, '12'), jsonb_extract_path_text(value, '13'), jsonb_extract_path_text(value,
    '14'), jsonb_extract_path_text(value, '15'), STT_ECHO_NOW() FROM jsonb_array_elements(CAST(:many AS JSONB)) AS
    L(value) WHERE TRUE ON CONFLICT(ECHO_ID) DO UPDATE SET EXTERNAL_ID = excluded.EXTERNAL_ID, OURS =
    excluded.OURS, SETID = excluded.SETID, SLOTID = excluded.SLOTID, WEEKNUMBER = excluded.WEEKNUMBER, ROOMID =
    excluded.ROOMID, LESSON_DATE = excluded.LESSON_DATE, DATES = excluded.DATES, STARTTIME = excluded.STARTTIME,
    FINISHTIME = excluded.FINISHTIME, TITLE = excluded.TITLE, SECTIONS = excluded.SECTIONS, PRESENTER =
    excluded.PRESENTER, INPUTS = excluded.INPUTS, REST = excluded.REST, VERIFIED = excluded.VERIFIED;

-- store.mirror _PUT 1
INSERT INTO STT_ECHO_MIRROR (ECHO_ID, EXTERNAL_ID, OURS, SETID, SLOTID, WEEKNUMBER, ROOMID, LESSON_DATE, DATES,
    STARTTIME, FINISHTIME, TITLE, SECTIONS, PRESENTER, INPUTS, REST, VERIFIED) VALUES (:echo_id, :external_id,
    :ours, :setid, :slotid, :week, :room, :date, :dates, :start, :finish, :title, :sections, :presenter, :inputs,
    :rest, STT_ECHO_NOW()) ON CONFLICT(ECHO_ID) DO UPDATE SET EXTERNAL_ID = excluded.EXTERNAL_ID, OURS =
    excluded.OURS, SETID = excluded.SETID, SLOTID = excluded.SLOTID, WEEKNUMBER = excluded.WEEKNUMBER, ROOMID =
    excluded.ROOMID, LESSON_DATE = excluded.LESSON_DATE, DATES = excluded.DATES, STARTTIME = excluded.STARTTIME,
    FINISHTIME = excluded.FINISHTIME, TITLE = excluded.TITLE, SECTIONS = excluded.SECTIONS, PRESENTER =
    excluded.PRESENTER, INPUTS = excluded.INPUTS, REST = excluded.REST, VERIFIED = excluded.VERIFIED;

-- store.mirror _DROP
DELETE FROM STT_ECHO_MIRROR WHERE ECHO_ID = :echo_id;

-- store.mirror _DROP_ALL
DELETE FROM STT_ECHO_MIRROR;

-- store.mirror _COMPLETE
SELECT VALUE FROM STT_ECHO_META WHERE NAME = 'mirror_complete';

-- store.mirror _SET_COMPLETE
INSERT INTO STT_ECHO_META (NAME, VALUE) VALUES ('mirror_complete', STT_ECHO_NOW()) ON CONFLICT(NAME) DO UPDATE SET
    VALUE = excluded.VALUE;

-- store.mirror _ROOMS
SELECT ROOMID, COUNT(*) FROM STT_ECHO_MIRROR GROUP BY ROOMID;

-- store.mirror _ANY_OURS
SELECT EXISTS(SELECT 1 FROM STT_ECHO_MIRROR WHERE OURS = 1);

-- store.not_recorded _LINES 0
INSERT INTO STT_ECHO_BATCH_LEFT_OUT (BATCH_ID, LINE, EXTERNAL_ID, TITLE, ROOMID, LESSON_DATE, TIMES, REASON,
    DETAIL) SELECT CAST(jsonb_extract_path_text(value, '0') AS BIGINT), CAST(jsonb_extract_path_text(value, '1') AS
    BIGINT), jsonb_extract_path_text(value, '2'), jsonb_extract_path_text(value, '3'),
    jsonb_extract_path_text(value, '4'), jsonb_extract_path_text(value, '5'), jsonb_extract_path_text(value, '6'),
    jsonb_extract_path_text(value, '7'), jsonb_extract_path_text(value, '8') FROM jsonb_array_elements(CAST(:many
    AS JSONB)) AS L(value) WHERE TRUE;

-- store.not_recorded _LINES 1
INSERT INTO STT_ECHO_BATCH_LEFT_OUT (BATCH_ID, LINE, EXTERNAL_ID, TITLE, ROOMID, LESSON_DATE, TIMES, REASON,
    DETAIL) VALUES (:batch, :line, :external_id, :title, :room, :date, :times, :reason, :detail);

-- store.not_recorded _LISTED
SELECT LINE, EXTERNAL_ID, TITLE, ROOMID, LESSON_DATE, TIMES, REASON, DETAIL FROM STT_ECHO_BATCH_LEFT_OUT WHERE
    BATCH_ID = :batch ORDER BY LINE;

-- store.not_recorded _FORGET
DELETE FROM STT_ECHO_BATCH_LEFT_OUT WHERE BATCH_ID IN (SELECT CAST(value AS BIGINT) FROM
    jsonb_array_elements_text(CAST(:batches AS JSONB)) AS L(value));

-- store.office _PAUSES
SELECT p.ID, p.SITEID, p.ROOMID, p.FROM_DATE, p.TO_DATE, p.REASON, p.OWNER, p.CREATED, p.UNTIL, (SELECT b.ID FROM
    STT_ECHO_BATCH AS b WHERE b.PAUSE_ID = p.ID) AS BATCH FROM STT_ECHO_PAUSE AS p WHERE p.LIFTED IS NULL ORDER BY
    p.ID;

-- store.office _PAUSED_DAYS
SELECT ROOMID, LESSON_DATE FROM STT_ECHO_BATCH_PLACE WHERE BATCH_ID = :batch AND PAUSED = 1;

-- store.office _PAUSED_DAYS_AT
SELECT b.ROOMID, b.LESSON_DATE FROM jsonb_array_elements(CAST(:places AS JSONB)) AS p(value) JOIN
    STT_ECHO_BATCH_PLACE AS b ON b.BATCH_ID = :batch AND b.LESSON_DATE = jsonb_extract_path_text(p.value, '1') AND
    b.ROOMID = jsonb_extract_path_text(p.value, '0') WHERE b.PAUSED = 1;

-- store.office _LIST_DAYS
INSERT INTO STT_ECHO_REFRESH (ROOMID, LESSON_DATE, NOT_BEFORE, REASON) SELECT DISTINCT d.ROOMID, d.LESSON_DATE,
    STT_ECHO_NOW(), 'pause lifted' FROM STT_ECHO_BATCH AS b JOIN STT_ECHO_BATCH_PLACE AS d ON d.BATCH_ID = b.ID AND
    d.PAUSED = 1 WHERE b.PAUSE_ID IN (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS
    JSONB)) AS L(value)) AND NOT EXISTS(SELECT 1 FROM STT_ECHO_PAUSE AS p WHERE p.ID = b.PAUSE_ID AND p.LIFTED IS
    NULL);

-- store.office _NO_DAYS
UPDATE STT_ECHO_BATCH_PLACE SET PAUSED = 0 WHERE PAUSED = 1 AND BATCH_ID IN (SELECT b.ID FROM STT_ECHO_BATCH AS b
    WHERE b.PAUSE_ID IN (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS
    L(value)) AND NOT EXISTS(SELECT 1 FROM STT_ECHO_PAUSE AS p WHERE p.ID = b.PAUSE_ID AND p.LIFTED IS NULL));

-- store.office _ENDED
SELECT ID FROM STT_ECHO_PAUSE WHERE LIFTED IS NULL AND UNTIL <= STT_ECHO_NOW();

-- store.office _BUILDING
SELECT DISTINCT TRIM(r.ROOMID) AS ROOMID FROM ROOMS AS r LEFT JOIN SITES AS s ON TRIM(s.SETID) = TRIM(r.SETID) AND
    TRIM(s.SITEID) = TRIM(r.SITEID) WHERE TRIM(r.SITEID) = TRIM(:site) OR TRIM(s.SITENAME) = TRIM(:site);

-- store.office _PAUSE
INSERT INTO STT_ECHO_PAUSE (SITEID, ROOMID, FROM_DATE, TO_DATE, REASON, OWNER, UNTIL) VALUES (:site, :room, :first,
    :last, :reason, :owner, :until) RETURNING ID;

-- store.office _OPEN_IDS
SELECT ID FROM STT_ECHO_PAUSE WHERE LIFTED IS NULL;

-- store.office _LIFT
UPDATE STT_ECHO_PAUSE SET LIFTED = STT_ECHO_NOW(), LIFTED_BY = :by WHERE LIFTED IS NULL AND ID IN (SELECT
    CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS L(value));

-- store.office _FREE
UPDATE STT_ECHO_DIRTY SET HELD_BY = NULL WHERE NOT HELD_BY IS NULL AND NOT EXISTS(SELECT 1 FROM STT_ECHO_PAUSE AS p
    WHERE p.ID = HELD_BY AND p.LIFTED IS NULL);

-- store.office _FREE_ALL
UPDATE STT_ECHO_DIRTY SET HELD_BY = NULL WHERE NOT HELD_BY IS NULL;

-- store.office _SWITCH_ON
INSERT INTO STT_ECHO_SET (SETID, LIVE) VALUES (:setid, 1) ON CONFLICT(SETID) DO UPDATE SET LIVE = 1, CHANGED =
    STT_ECHO_NOW();

-- store.office _SWITCH_OFF
UPDATE STT_ECHO_SET SET LIVE = 0, CHANGED = STT_ECHO_NOW() WHERE SETID = :setid;

-- store.office _SETTINGS
SELECT NAME, VALUE FROM STT_ECHO_SETTING;

-- store.office _SETTING
SELECT VALUE FROM STT_ECHO_SETTING WHERE NAME = :name;

-- store.office _SET
INSERT INTO STT_ECHO_SETTING (NAME, VALUE, BY) VALUES (:name, :value, :by) ON CONFLICT(NAME) DO UPDATE SET VALUE =
    excluded.VALUE, BY = excluded.BY, AT = STT_ECHO_NOW();

-- store.office _UNSET
DELETE FROM STT_ECHO_SETTING WHERE NAME = :name;

-- store.office _NEXT_COMMAND
SELECT ID, KIND, ARGS, BY FROM STT_ECHO_COMMAND WHERE STATE = 'WAITING' ORDER BY ID LIMIT 1;

-- store.office _ANSWER
UPDATE STT_ECHO_COMMAND SET STATE = :state, ANSWER = :answer, DONE = STT_ECHO_NOW() WHERE ID = :id AND STATE =
    'WAITING';

-- store.office _POST
INSERT INTO STT_ECHO_COMMAND (KIND, ARGS, BY) VALUES (:kind, :args, :by) RETURNING ID;

-- store.office _ANSWERED
SELECT STATE, ANSWER FROM STT_ECHO_COMMAND WHERE ID = :id;

-- store.office _TAKE
UPDATE STT_ECHO_LEASE SET HOLDER = :holder, EPOCH = EPOCH + 1, STATE = NULL, UNTIL = STT_ECHO_NOW(:ttl) WHERE ID =
    1 AND (HOLDER IS NULL OR HOLDER = :holder OR UNTIL < STT_ECHO_NOW()) RETURNING EPOCH;

-- store.office _RENEW
UPDATE STT_ECHO_LEASE SET UNTIL = STT_ECHO_NOW(:ttl) WHERE ID = 1 AND HOLDER = :holder AND EPOCH = :epoch;

-- store.office _RELEASE
UPDATE STT_ECHO_LEASE SET HOLDER = NULL, UNTIL = NULL, STATE = NULL WHERE ID = 1 AND HOLDER = :holder AND EPOCH =
    :epoch;

-- store.office _HAND_OVER
UPDATE STT_ECHO_LEASE SET HOLDER = :next, EPOCH = EPOCH + 1, STATE = NULL, UNTIL = STT_ECHO_NOW(:ttl) WHERE ID = 1
    AND HOLDER = :holder AND EPOCH = :epoch;

-- store.office _TELL
UPDATE STT_ECHO_LEASE SET STATE = :state WHERE ID = 1 AND EPOCH = :epoch AND NOT HOLDER IS NULL;

-- store.office _TOLD
SELECT STATE FROM STT_ECHO_LEASE WHERE ID = 1;

-- store.office _LEASE
SELECT HOLDER, EPOCH, (STT_ECHO_DAYS(UNTIL) - STT_ECHO_DAYS(STT_ECHO_NOW())) * 86400.0 AS SECONDS FROM
    STT_ECHO_LEASE WHERE ID = 1;

-- store.office _GUARD
UPDATE STT_ECHO_LEASE SET EPOCH = EPOCH WHERE ID = 1 AND EPOCH = :epoch AND NOT HOLDER IS NULL;

-- store.places _MARK
INSERT INTO STT_ECHO_DIRTY (ROOMID, LESSON_DATE, MARK, REASON) SELECT jsonb_extract_path_text(value, '0'),
    jsonb_extract_path_text(value, '1'), :mark, :reason FROM jsonb_array_elements(CAST(:places AS JSONB)) AS
    L(value) WHERE TRUE ON CONFLICT(LESSON_DATE, ROOMID) DO UPDATE SET MARK = excluded.MARK, REASON =
    excluded.REASON, HELD_BY = NULL, GUARDED = 0;

-- store.places _REFRESH
INSERT INTO STT_ECHO_REFRESH (ROOMID, LESSON_DATE, NOT_BEFORE, REASON) VALUES (:room, :date, STT_ECHO_NOW(:wait),
    :reason);

-- store.places _NEXT
SELECT d.ROOMID, d.LESSON_DATE, d.MARK FROM STT_ECHO_DIRTY AS d WHERE d.HELD_BY IS NULL AND d.GUARDED = 0 AND
    d.LESSON_DATE >= :today AND NOT EXISTS(SELECT 1 FROM STT_ECHO_ROOM_HOLD AS h WHERE h.ROOMID = d.ROOMID AND
    h.NOT_BEFORE > STT_ECHO_NOW()) ORDER BY d.LESSON_DATE, d.ROOMID LIMIT :limit;

-- store.places _MARKS_AT
SELECT d.ROOMID, d.LESSON_DATE, d.MARK FROM jsonb_array_elements(CAST(:places AS JSONB)) AS p(value) JOIN
    STT_ECHO_DIRTY AS d ON d.ROOMID = jsonb_extract_path_text(p.value, '0') AND d.LESSON_DATE =
    jsonb_extract_path_text(p.value, '1');

-- store.places _RESTLESS
SELECT d.ROOMID, d.LESSON_DATE FROM jsonb_array_elements(CAST(:places AS JSONB)) AS p(value) JOIN STT_ECHO_DIRTY AS
    d ON d.ROOMID = jsonb_extract_path_text(p.value, '0') AND d.LESSON_DATE = jsonb_extract_path_text(p.value, '1')
    WHERE (d.HELD_BY IS NULL OR NOT d.HELD_BY IN (SELECT CAST(value AS BIGINT) FROM
    jsonb_array_elements_text(CAST(:under AS JSONB)) AS L(value))) UNION SELECT r.ROOMID, r.LESSON_DATE FROM
    jsonb_array_elements(CAST(:places AS JSONB)) AS p(value) JOIN STT_ECHO_REFRESH AS r ON r.ROOMID =
    jsonb_extract_path_text(p.value, '0') AND r.LESSON_DATE = jsonb_extract_path_text(p.value, '1');

-- store.places _CLEAR
DELETE FROM STT_ECHO_DIRTY WHERE (LESSON_DATE, ROOMID) IN (SELECT d.LESSON_DATE, d.ROOMID FROM
    jsonb_array_elements(CAST(:marks AS JSONB)) AS m(value) JOIN STT_ECHO_DIRTY AS d ON d.LESSON_DATE =
    jsonb_extract_path_text(m.value, '0') AND d.ROOMID = jsonb_extract_path_text(m.value, '1') WHERE d.MARK =
    CAST(jsonb_extract_path_text(m.value, '2') AS BIGINT));

-- store.places _HOLD
UPDATE STT_ECHO_DIRTY SET HELD_BY = :pause WHERE LESSON_DATE = :date AND ROOMID = :room AND MARK = :mark AND
    EXISTS(SELECT 1 FROM STT_ECHO_PAUSE WHERE ID = :pause AND LIFTED IS NULL);

-- store.places _DUE
SELECT r.ID, r.ROOMID, r.LESSON_DATE, r.REASON FROM STT_ECHO_REFRESH AS r WHERE r.NOT_BEFORE <= STT_ECHO_NOW() AND
    NOT EXISTS(SELECT 1 FROM STT_ECHO_ROOM_HOLD AS h WHERE h.ROOMID = r.ROOMID AND h.NOT_BEFORE > STT_ECHO_NOW())
    ORDER BY r.LESSON_DATE, r.ROOMID;

-- store.places _REFRESH_PENDING
SELECT COUNT(*) FROM STT_ECHO_REFRESH;

-- store.places _NEWEST
SELECT (SELECT COALESCE(MAX(MARK), 0) FROM STT_ECHO_DIRTY) AS MARK, (SELECT COALESCE(MAX(ID), 0) FROM
    STT_ECHO_REFRESH) AS REFRESH;

-- store.places _CLASHES
SELECT l.ROOMID, l.LESSON_DATE, l.SETID, l.SLOTID FROM STT_ECHO_LEFT_OUT AS l JOIN STT_ECHO_DAY_ROOM AS o ON
    o.ROOMID = l.ROOMID AND o.LESSON_DATE = l.LESSON_DATE AND o.RESOLVED IS NULL WHERE l.REASON = 'clash' AND
    l.LESSON_DATE >= :today;

-- store.places _WAITING_REFRESH
SELECT LESSON_DATE FROM STT_ECHO_REFRESH WHERE ROOMID = :room;

-- store.places _CLEAR_REFRESH_AT
DELETE FROM STT_ECHO_REFRESH WHERE (LESSON_DATE, ROOMID) IN (SELECT jsonb_extract_path_text(value, '1'),
    jsonb_extract_path_text(value, '0') FROM jsonb_array_elements(CAST(:places AS JSONB)) AS L(value));

-- store.places _FAIL
INSERT INTO STT_ECHO_DAY_ROOM (ROOMID, LESSON_DATE, FAILED, LAST_ERROR, CHANGE_NO) VALUES (:room, :date, 1, :error,
    :change) ON CONFLICT(ROOMID, LESSON_DATE) WHERE STT_ECHO_DAY_ROOM.RESOLVED IS NULL DO UPDATE SET FAILED =
    GREATEST(STT_ECHO_DAY_ROOM.FAILED, 1), LAST_ERROR = excluded.LAST_ERROR, CHANGE_NO = excluded.CHANGE_NO;

-- store.places _CLEAR_REFRESH
DELETE FROM STT_ECHO_REFRESH WHERE ID = :id;

-- store.places _DROP_PAST
DELETE FROM STT_ECHO_DIRTY WHERE LESSON_DATE < :today;

-- store.places _DROP_PAST_REFRESH
DELETE FROM STT_ECHO_REFRESH WHERE LESSON_DATE < :today;

-- store.places _PENDING
SELECT COUNT(*) FROM STT_ECHO_DIRTY AS d WHERE d.HELD_BY IS NULL AND d.GUARDED = 0 AND NOT EXISTS(SELECT 1 FROM
    STT_ECHO_ROOM_HOLD AS h WHERE h.ROOMID = d.ROOMID AND h.NOT_BEFORE > STT_ECHO_NOW());

-- store.places _LEFT_OUT_AT
SELECT l.EXTERNAL_ID, l.SINCE, l.ROOMID, l.LESSON_DATE, l.REASON, l.WINNER FROM jsonb_array_elements(CAST(:places
    AS JSONB)) AS p(value) JOIN STT_ECHO_LEFT_OUT AS l ON l.ROOMID = jsonb_extract_path_text(p.value, '0') AND
    l.LESSON_DATE = jsonb_extract_path_text(p.value, '1');

-- store.places _DROP_LEFT_OUT
DELETE FROM STT_ECHO_LEFT_OUT WHERE EXTERNAL_ID = :id;

-- store.places _LEFT_OUT
INSERT INTO STT_ECHO_LEFT_OUT (EXTERNAL_ID, SETID, SLOTID, WEEKNUMBER, ROOMID, LESSON_DATE, REASON, WINNER, DETAIL)
    VALUES (:id, :setid, :slotid, :week, :room, :date, :reason, :winner, :detail) ON CONFLICT(EXTERNAL_ID) DO
    UPDATE SET ROOMID = excluded.ROOMID, LESSON_DATE = excluded.LESSON_DATE, REASON = excluded.REASON, WINNER =
    excluded.WINNER, DETAIL = excluded.DETAIL;

-- store.places _OPEN
INSERT INTO STT_ECHO_DAY_ROOM (ROOMID, LESSON_DATE, LEFT_OUT, FAILED, SURPRISES, LAST_ERROR, LAST_REFRESH,
    TIMES_REFRESHED, CHANGE_NO) VALUES (:room, :date, :left_out, :failed, :surprises, :error, CASE WHEN :refreshed
    <> 0 THEN STT_ECHO_NOW() END, :refreshed, :change) ON CONFLICT(ROOMID, LESSON_DATE) WHERE
    STT_ECHO_DAY_ROOM.RESOLVED IS NULL DO UPDATE SET LEFT_OUT = excluded.LEFT_OUT, FAILED = excluded.FAILED,
    SURPRISES = CASE WHEN :more < 0 THEN STT_ECHO_DAY_ROOM.SURPRISES WHEN :more = 0 THEN 0 ELSE
    STT_ECHO_DAY_ROOM.SURPRISES + 1 END, LAST_ERROR = excluded.LAST_ERROR, LAST_REFRESH =
    COALESCE(excluded.LAST_REFRESH, STT_ECHO_DAY_ROOM.LAST_REFRESH), TIMES_REFRESHED =
    STT_ECHO_DAY_ROOM.TIMES_REFRESHED + excluded.TIMES_REFRESHED, CHANGE_NO = excluded.CHANGE_NO;

-- store.places _RESOLVE
UPDATE STT_ECHO_DAY_ROOM SET RESOLVED = STT_ECHO_NOW(), LEFT_OUT = 0, FAILED = 0, LAST_REFRESH = CASE WHEN
    :refreshed <> 0 THEN STT_ECHO_NOW() ELSE LAST_REFRESH END, TIMES_REFRESHED = TIMES_REFRESHED + :refreshed,
    CHANGE_NO = :change WHERE ROOMID = :room AND LESSON_DATE = :date AND RESOLVED IS NULL;

-- store.places _OPEN_AT
SELECT o.ROOMID, o.LESSON_DATE FROM jsonb_array_elements(CAST(:places AS JSONB)) AS p(value) JOIN STT_ECHO_DAY_ROOM
    AS o ON o.ROOMID = jsonb_extract_path_text(p.value, '0') AND o.LESSON_DATE = jsonb_extract_path_text(p.value,
    '1') WHERE o.RESOLVED IS NULL;

-- store.places _SURPRISES
SELECT MAX(o.SURPRISES) FROM jsonb_array_elements(CAST(:places AS JSONB)) AS p(value) JOIN STT_ECHO_DAY_ROOM AS o
    ON o.ROOMID = jsonb_extract_path_text(p.value, '0') AND o.LESSON_DATE = jsonb_extract_path_text(p.value, '1')
    WHERE o.RESOLVED IS NULL;

-- store.places _HOLD_ROOM
INSERT INTO STT_ECHO_ROOM_HOLD (ROOMID, REASON, NOT_BEFORE) VALUES (:room, :reason, STT_ECHO_NOW(:wait)) ON
    CONFLICT(ROOMID) DO UPDATE SET REASON = excluded.REASON, NOT_BEFORE = excluded.NOT_BEFORE;

-- store.places _CLOSED
SELECT ROOMID, REASON FROM STT_ECHO_ROOM_HOLD WHERE NOT_BEFORE > STT_ECHO_NOW();

-- store.places _FREE_ROOM
DELETE FROM STT_ECHO_ROOM_HOLD WHERE ROOMID = :room;

-- store.places _OCCUPIED
SELECT LESSON_DATE FROM STT_ECHO_MIRROR WHERE ROOMID = :room AND LESSON_DATE >= :today AND OURS = 1 UNION SELECT
    LESSON_DATE FROM STT_ECHO_DIRTY WHERE ROOMID = :room AND LESSON_DATE >= :today UNION SELECT LESSON_DATE FROM
    STT_ECHO_DAY_ROOM WHERE ROOMID = :room AND LESSON_DATE >= :today AND RESOLVED IS NULL UNION SELECT LESSON_DATE
    FROM STT_ECHO_LEFT_OUT WHERE ROOMID = :room AND LESSON_DATE >= :today;

-- store.places _FOREIGN
SELECT DISTINCT ROOMID, LESSON_DATE FROM STT_ECHO_LEFT_OUT WHERE REASON = 'foreign' AND LESSON_DATE >= :today;

-- store.places _STOOD
SELECT n.SETID, n.SLOTID, n.WEEKNUMBER, n.NEW_ROOMID, n.NEW_DATE FROM (SELECT MAX(c.ID) AS ID FROM
    jsonb_array_elements(CAST(:keys AS JSONB)) AS k(value) JOIN STT_ECHO_QUEUE AS q ON q.SETID =
    jsonb_extract_path_text(k.value, '0') AND q.SLOTID = CAST(jsonb_extract_path_text(k.value, '1') AS BIGINT) JOIN
    STT_ECHO_NOTIFICATION AS c ON c.QUEUE_ID = q.ID GROUP BY c.SETID, c.SLOTID, c.WEEKNUMBER) AS newest JOIN
    STT_ECHO_NOTIFICATION AS n ON n.ID = newest.ID;

-- store.places _LEFT_OUT_OF
SELECT SETID, SLOTID, WEEKNUMBER, ROOMID, LESSON_DATE FROM STT_ECHO_LEFT_OUT WHERE (SETID, SLOTID) IN (SELECT
    jsonb_extract_path_text(value, '0'), CAST(jsonb_extract_path_text(value, '1') AS BIGINT) FROM
    jsonb_array_elements(CAST(:keys AS JSONB)) AS L(value));

-- store.plan_waits _GUARDED
SELECT d.ROOMID, d.LESSON_DATE, COALESCE((SELECT MIN(s.ID) FROM STT_ECHO_STOP_ITEM AS i JOIN STT_ECHO_STOP AS s ON
    s.ID = i.STOP_ID WHERE i.ROOMID = d.ROOMID AND i.LESSON_DATE = d.LESSON_DATE AND s.ENDED IS NULL AND s.YES_AT
    IS NULL), 0) AS STOP_ID FROM jsonb_array_elements(CAST(:places AS JSONB)) AS p(value) JOIN STT_ECHO_DIRTY AS d
    ON d.ROOMID = jsonb_extract_path_text(p.value, '0') AND d.LESSON_DATE = jsonb_extract_path_text(p.value, '1')
    WHERE d.GUARDED = 1;

-- store.plan_waits _HELD
SELECT d.ROOMID, d.LESSON_DATE, d.HELD_BY FROM jsonb_array_elements(CAST(:places AS JSONB)) AS p(value) JOIN
    STT_ECHO_DIRTY AS d ON d.ROOMID = jsonb_extract_path_text(p.value, '0') AND d.LESSON_DATE =
    jsonb_extract_path_text(p.value, '1') WHERE NOT d.HELD_BY IS NULL;

-- store.plans_shown _BUILDINGS
SELECT TRIM(r.ROOMID) AS ROOMID, TRIM(s.SITENAME) AS SITENAME FROM ROOMS AS r JOIN SITES AS s ON TRIM(s.SETID) =
    TRIM(r.SETID) AND TRIM(s.SITEID) = TRIM(r.SITEID) WHERE NOT s.SITENAME IS NULL ORDER BY r.SETID;

-- store.plans_shown _UNDOABLE
SELECT b.ID FROM STT_ECHO_BATCH AS b WHERE b.STATE IN ('DONE', 'CANCELLED') AND (EXISTS(SELECT 1 FROM
    STT_ECHO_BATCH_PLACE AS p JOIN STT_ECHO_BATCH_STEP AS s ON s.BATCH_ID = p.BATCH_ID AND s.STATE = 'DONE' AND
    s.PIECE = p.PIECE WHERE p.BATCH_ID = b.ID AND p.LESSON_DATE >= :today) OR EXISTS(SELECT 1 FROM
    STT_ECHO_BATCH_STEP AS f WHERE f.BATCH_ID = b.ID AND f.STATE = 'FAILED' AND f.WHY = 'moved' AND NOT
    EXISTS(SELECT 1 FROM STT_ECHO_MIRROR AS m WHERE m.EXTERNAL_ID = f.EXTERNAL_ID)));

-- store.plans_shown _SENT_NOTHING
SELECT b.ID FROM STT_ECHO_BATCH AS b WHERE NOT b.BEGUN IS NULL AND b.STATE IN ('DONE', 'CANCELLED') AND NOT
    EXISTS(SELECT 1 FROM STT_ECHO_BATCH_STEP AS s WHERE s.BATCH_ID = b.ID AND s.STATE = 'DONE');

-- store.plans_shown _UNDONE
SELECT DISTINCT UNDOES AS ID FROM STT_ECHO_BATCH WHERE NOT UNDOES IS NULL AND STATE = 'DONE';

-- store.plans_shown _LIVE
SELECT SETID FROM STT_ECHO_SET WHERE LIVE = 1;

-- store.plans_shown _IN_HAND
SELECT ID FROM STT_ECHO_BATCH WHERE STATE IN ('COMPARING', 'READY', 'CHECKING', 'RUNNING', 'STOPPED');

-- store.plans_shown _BEFORE
SELECT ID FROM STT_ECHO_BATCH WHERE :before = 0 OR ID < :before ORDER BY ID DESC LIMIT :limit;

-- store.plans_shown _REPLACED_BY
SELECT MAX(ID) FROM STT_ECHO_BATCH WHERE REPLACES = :id;

-- store.plans_shown _COUNT
SELECT COUNT(*) FROM STT_ECHO_BATCH;

-- store.queue _WAITING_ENTRIES
SELECT COUNT(*) FROM STT_ECHO_QUEUE WHERE STATUS = 'UNPROCESSED';

-- store.queue _CLAIM
SELECT ID, SOURCE, OLD_VALID, NEW_VALID, CREATED, PROCESSED, STATUS, ERROR, ACTION, SETID, SLOTID, WEEKID_OLD,
    WEEKID_NEW, WEEKDAY_OLD, WEEKDAY_NEW, STARTTIME_OLD, STARTTIME_NEW, FINISHTIME_OLD, FINISHTIME_NEW, ROOMID_OLD,
    ROOMID_NEW, ROOMGRPCODE_OLD, ROOMGRPCODE_NEW, MODULEID, MODGRPCODE, LECTURERID, BUSINESSEMAIL, FEATUREID,
    RETRY_OF, ATTEMPTS, WEEKS_ALL, WEEKS_DONE, WORST, CHANGE_NO FROM STT_ECHO_QUEUE WHERE STATUS = 'UNPROCESSED'
    AND ATTEMPTS = 0 ORDER BY ID LIMIT :limit;

-- store.queue _CLAIM_TRIED
SELECT ID, SOURCE, OLD_VALID, NEW_VALID, CREATED, PROCESSED, STATUS, ERROR, ACTION, SETID, SLOTID, WEEKID_OLD,
    WEEKID_NEW, WEEKDAY_OLD, WEEKDAY_NEW, STARTTIME_OLD, STARTTIME_NEW, FINISHTIME_OLD, FINISHTIME_NEW, ROOMID_OLD,
    ROOMID_NEW, ROOMGRPCODE_OLD, ROOMGRPCODE_NEW, MODULEID, MODGRPCODE, LECTURERID, BUSINESSEMAIL, FEATUREID,
    RETRY_OF, ATTEMPTS, WEEKS_ALL, WEEKS_DONE, WORST, CHANGE_NO FROM STT_ECHO_QUEUE WHERE STATUS = 'UNPROCESSED'
    AND ATTEMPTS > 0 ORDER BY ATTEMPTS, ID LIMIT 1;

-- store.queue _CLAIMED
UPDATE STT_ECHO_QUEUE SET STATUS = 'IN_PROGRESS', ATTEMPTS = ATTEMPTS + 1, CHANGE_NO = :change WHERE ID IN (SELECT
    r.ID FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN STT_ECHO_QUEUE AS r ON r.ID =
    CAST(i.value AS BIGINT) WHERE r.STATUS = 'UNPROCESSED');

-- store.queue _TAKEN
SELECT q.ID FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN STT_ECHO_QUEUE AS q ON q.ID =
    CAST(i.value AS BIGINT) WHERE q.STATUS = 'IN_PROGRESS' AND q.WEEKS_ALL = 0;

-- store.queue _NUMBER
UPDATE STT_ECHO_QUEUE SET CHANGE_NO = :change WHERE CHANGE_NO IS NULL;

-- store.queue _EXPANDED
UPDATE STT_ECHO_QUEUE SET WEEKS_ALL = :weeks, ERROR = COALESCE(:error, ERROR), CHANGE_NO = :change, STATUS = CASE
    WHEN :weeks = 0 THEN 'PROCESSED' ELSE STATUS END, PROCESSED = CASE WHEN :weeks = 0 THEN STT_ECHO_NOW() ELSE
    PROCESSED END WHERE ID IN (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS
    L(value));

-- store.queue _DESCRIBE
UPDATE STT_ECHO_QUEUE SET BUSINESSEMAIL = :email, FEATUREID = :feature, MODULEID = COALESCE(MODULEID, :module),
    MODGRPCODE = COALESCE(MODGRPCODE, :group), LECTURERID = COALESCE(LECTURERID, :lecturer), ROOMID_NEW =
    COALESCE(ROOMID_NEW, :room) WHERE ID = :id;

-- store.queue _SENIOR
INSERT INTO STT_ECHO_SENIORITY (SETID, SLOTID, QUEUE_ID, SINCE) VALUES (:setid, :slotid, :queue_id, :since) ON
    CONFLICT(SETID, SLOTID) DO UPDATE SET QUEUE_ID = excluded.QUEUE_ID, SINCE = excluded.SINCE WHERE
    excluded.QUEUE_ID > STT_ECHO_SENIORITY.QUEUE_ID;

-- store.queue _ENTRIES
SELECT q.ID, q.SOURCE, q.OLD_VALID, q.NEW_VALID, q.CREATED, q.PROCESSED, q.STATUS, q.ERROR, q.ACTION, q.SETID,
    q.SLOTID, q.WEEKID_OLD, q.WEEKID_NEW, q.WEEKDAY_OLD, q.WEEKDAY_NEW, q.STARTTIME_OLD, q.STARTTIME_NEW,
    q.FINISHTIME_OLD, q.FINISHTIME_NEW, q.ROOMID_OLD, q.ROOMID_NEW, q.ROOMGRPCODE_OLD, q.ROOMGRPCODE_NEW,
    q.MODULEID, q.MODGRPCODE, q.LECTURERID, q.BUSINESSEMAIL, q.FEATUREID, q.RETRY_OF, q.ATTEMPTS, q.WEEKS_ALL,
    q.WEEKS_DONE, q.WORST, q.CHANGE_NO FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN
    STT_ECHO_QUEUE AS q ON q.ID = CAST(i.value AS BIGINT);

-- store.queue _WAITING_AT
SELECT n.ID, n.QUEUE_ID, n.EXTERNAL_ID, n.ACTION, n.OLD_ROOMID, n.OLD_DATE, n.NEW_ROOMID, n.NEW_DATE FROM
    jsonb_array_elements(CAST(:places AS JSONB)) AS p(value) JOIN STT_ECHO_NOTIFICATION AS n ON n.NEW_ROOMID =
    jsonb_extract_path_text(p.value, '0') AND n.NEW_DATE = jsonb_extract_path_text(p.value, '1') WHERE n.STATUS IN
    ('UNPROCESSED', 'IN_PROGRESS') UNION SELECT n.ID, n.QUEUE_ID, n.EXTERNAL_ID, n.ACTION, n.OLD_ROOMID,
    n.OLD_DATE, n.NEW_ROOMID, n.NEW_DATE FROM jsonb_array_elements(CAST(:places AS JSONB)) AS p(value) JOIN
    STT_ECHO_NOTIFICATION AS n ON n.OLD_ROOMID = jsonb_extract_path_text(p.value, '0') AND n.OLD_DATE =
    jsonb_extract_path_text(p.value, '1') WHERE n.STATUS IN ('UNPROCESSED', 'IN_PROGRESS');

-- store.queue _WAITING_PAST
SELECT ID, QUEUE_ID, EXTERNAL_ID, ACTION, OLD_ROOMID, OLD_DATE, NEW_ROOMID, NEW_DATE FROM STT_ECHO_NOTIFICATION
    WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS') AND COALESCE(NEW_DATE, '') < :today AND COALESCE(OLD_DATE, '') <
    :today ORDER BY ID LIMIT 500;

-- store.queue _STRAY
SELECT n.ID, n.QUEUE_ID, n.EXTERNAL_ID, n.ACTION, n.OLD_ROOMID, n.OLD_DATE, n.NEW_ROOMID, n.NEW_DATE FROM
    STT_ECHO_NOTIFICATION AS n WHERE n.STATUS = 'UNPROCESSED' AND NOT EXISTS(SELECT 1 FROM STT_ECHO_INTENT) AND NOT
    EXISTS(SELECT 1 FROM STT_ECHO_DIRTY AS d WHERE (d.LESSON_DATE = n.NEW_DATE AND d.ROOMID = n.NEW_ROOMID) OR
    (d.LESSON_DATE = n.OLD_DATE AND d.ROOMID = n.OLD_ROOMID)) AND NOT EXISTS(SELECT 1 FROM STT_ECHO_REFRESH AS r
    WHERE (r.LESSON_DATE = n.NEW_DATE AND r.ROOMID = n.NEW_ROOMID) OR (r.LESSON_DATE = n.OLD_DATE AND r.ROOMID =
    n.OLD_ROOMID)) ORDER BY n.ID LIMIT 500;

-- store.queue _BEGIN
UPDATE STT_ECHO_NOTIFICATION SET STATUS = 'IN_PROGRESS', ATTEMPTS = ATTEMPTS + 1, CHANGE_NO = :change WHERE ID IN
    (SELECT r.ID FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN STT_ECHO_NOTIFICATION AS r ON
    r.ID = CAST(i.value AS BIGINT) WHERE r.STATUS = 'UNPROCESSED');

-- store.queue _FINISH
UPDATE STT_ECHO_NOTIFICATION SET STATUS = :status, RECORDED = :recorded, MESSAGE = :message, WINNER = :winner,
    CHANGE_NO = :change, PROCESSED = CASE WHEN :status = 'UNPROCESSED' THEN NULL ELSE STT_ECHO_NOW() END WHERE ID
    IN (SELECT r.ID FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN STT_ECHO_NOTIFICATION AS r
    ON r.ID = CAST(i.value AS BIGINT) WHERE r.STATUS = 'IN_PROGRESS');

-- store.queue _ENTRIES_OF
SELECT DISTINCT n.QUEUE_ID FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN
    STT_ECHO_NOTIFICATION AS n ON n.ID = CAST(i.value AS BIGINT);

-- store.queue _CHILDREN
SELECT n.QUEUE_ID, n.STATUS, COUNT(*) AS HOW_MANY FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value)
    JOIN STT_ECHO_NOTIFICATION AS n ON n.QUEUE_ID = CAST(i.value AS BIGINT) GROUP BY n.QUEUE_ID, n.STATUS;

-- store.queue _PROGRESS
UPDATE STT_ECHO_QUEUE SET WEEKS_DONE = :done, WORST = :worst, CHANGE_NO = :change, STATUS = CASE WHEN STATUS =
    'SUPERSEDED' THEN STATUS WHEN STATUS = 'FAILED' AND :status = 'PROCESSED' THEN 'SUPERSEDED' ELSE
    COALESCE(:status, STATUS) END, PROCESSED = CASE WHEN :status IS NULL THEN PROCESSED ELSE STT_ECHO_NOW() END
    WHERE ID IN (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS L(value)) AND
    STATUS <> 'UNPROCESSED';

-- store.queue _FAILED_AT
SELECT n.EXTERNAL_ID FROM jsonb_array_elements(CAST(:places AS JSONB)) AS p(value) JOIN STT_ECHO_NOTIFICATION AS n
    ON n.NEW_ROOMID = jsonb_extract_path_text(p.value, '0') AND n.NEW_DATE = jsonb_extract_path_text(p.value, '1')
    WHERE n.STATUS IN ('FAILED', 'PARKED') UNION SELECT n.EXTERNAL_ID FROM jsonb_array_elements(CAST(:places AS
    JSONB)) AS p(value) JOIN STT_ECHO_NOTIFICATION AS n ON n.OLD_ROOMID = jsonb_extract_path_text(p.value, '0') AND
    n.OLD_DATE = jsonb_extract_path_text(p.value, '1') WHERE n.STATUS IN ('FAILED', 'PARKED');

-- store.queue _PUT_RIGHT
UPDATE STT_ECHO_NOTIFICATION SET STATUS = 'SUPERSEDED', MESSAGE = 'Put right by ' || :by || '. ' ||
    COALESCE(MESSAGE, ''), CHANGE_NO = :change WHERE EXTERNAL_ID IN (SELECT value FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS L(value)) AND STATUS IN ('FAILED', 'PARKED') RETURNING
    QUEUE_ID;

-- store.queue _LOST
UPDATE STT_ECHO_NOTIFICATION SET RECORDED = :recorded, WINNER = :winner, MESSAGE = :text, CHANGE_NO = :change WHERE
    EXTERNAL_ID = :external_id AND RECORDED = 'YES' AND QUEUE_ID = (SELECT MAX(m.QUEUE_ID) FROM
    STT_ECHO_NOTIFICATION AS m WHERE m.EXTERNAL_ID = :external_id) AND STATUS IN ('SUCCESS', 'REFRESHED', 'WARN',
    'IN_CONFLICT', 'SUPERSEDED');

-- store.queue _TELL_PARKED
UPDATE STT_ECHO_NOTIFICATION SET MESSAGE = :text, CHANGE_NO = :change WHERE EXTERNAL_ID = :id AND STATUS = 'PARKED'
    AND COALESCE(MESSAGE, '') <> :text;

-- store.queue _UNPARK
UPDATE STT_ECHO_NOTIFICATION SET STATUS = 'SUPERSEDED', CHANGE_NO = :change, MESSAGE = 'Decided by a later check of
    this room and day. ' || COALESCE(MESSAGE, '') WHERE STATUS = 'PARKED' AND EXTERNAL_ID IN (SELECT value FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS L(value)) RETURNING QUEUE_ID;

-- store.queue _RECOVER_ENTRIES
UPDATE STT_ECHO_QUEUE SET CHANGE_NO = :change, STATUS = CASE WHEN ATTEMPTS >= :poison THEN 'FAILED' ELSE
    'UNPROCESSED' END, ERROR = CASE WHEN ATTEMPTS >= :poison THEN :text ELSE ERROR END WHERE STATUS = 'IN_PROGRESS'
    AND WEEKS_ALL = 0;

-- store.queue _RECOVER_NOTIFICATIONS
UPDATE STT_ECHO_NOTIFICATION SET CHANGE_NO = :change, STATUS = 'UNPROCESSED' WHERE STATUS = 'IN_PROGRESS';

-- store.queue _STOPPED
UPDATE STT_ECHO_QUEUE SET CHANGE_NO = :change, STATUS = CASE WHEN ATTEMPTS >= :poison THEN 'FAILED' ELSE
    'UNPROCESSED' END, ERROR = :text WHERE ID IN (SELECT CAST(value AS BIGINT) FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS L(value)) AND STATUS = 'IN_PROGRESS' AND WEEKS_ALL = 0;

-- store.queue _IDS_AT
SELECT n.ID FROM jsonb_array_elements(CAST(:places AS JSONB)) AS p(value) JOIN STT_ECHO_NOTIFICATION AS n ON
    n.NEW_ROOMID = jsonb_extract_path_text(p.value, '0') AND n.NEW_DATE = jsonb_extract_path_text(p.value, '1')
    WHERE n.STATUS IN ('UNPROCESSED', 'IN_PROGRESS') UNION SELECT n.ID FROM jsonb_array_elements(CAST(:places AS
    JSONB)) AS p(value) JOIN STT_ECHO_NOTIFICATION AS n ON n.OLD_ROOMID = jsonb_extract_path_text(p.value, '0') AND
    n.OLD_DATE = jsonb_extract_path_text(p.value, '1') WHERE n.STATUS IN ('UNPROCESSED', 'IN_PROGRESS');

-- store.queue _ENTRIES_OF_FAILED
SELECT DISTINCT q.ID, q.SETID, q.SLOTID FROM STT_ECHO_QUEUE AS q WHERE q.ID IN (SELECT CAST(value AS BIGINT) FROM
    jsonb_array_elements_text(CAST(:entries AS JSONB)) AS L(value)) AND q.STATUS = 'FAILED' UNION SELECT DISTINCT
    q.ID, q.SETID, q.SLOTID FROM jsonb_array_elements_text(CAST(:notifications AS JSONB)) AS i(value) JOIN
    STT_ECHO_NOTIFICATION AS n ON n.ID = CAST(i.value AS BIGINT) AND n.STATUS IN ('FAILED', 'PARKED') JOIN
    STT_ECHO_QUEUE AS q ON q.ID = n.QUEUE_ID UNION SELECT DISTINCT q.ID, q.SETID, q.SLOTID FROM
    STT_ECHO_NOTIFICATION AS n JOIN STT_ECHO_REFUSED AS r ON r.EXTERNAL_ID = n.EXTERNAL_ID JOIN STT_ECHO_QUEUE AS q
    ON q.ID = n.QUEUE_ID WHERE n.STATUS <> 'SUPERSEDED' AND (n.QUEUE_ID IN (SELECT CAST(value AS BIGINT) FROM
    jsonb_array_elements_text(CAST(:entries AS JSONB)) AS L(value)) OR n.ID IN (SELECT CAST(value AS BIGINT) FROM
    jsonb_array_elements_text(CAST(:notifications AS JSONB)) AS L(value)));

-- store.queue _SUPERSEDE_ENTRY
UPDATE STT_ECHO_QUEUE SET STATUS = 'SUPERSEDED', CHANGE_NO = :change WHERE ID = :id AND STATUS = 'FAILED';

-- store.queue _SUPERSEDE_CHILDREN
UPDATE STT_ECHO_NOTIFICATION SET STATUS = 'SUPERSEDED', CHANGE_NO = :change, MESSAGE = 'Tried again by ' || :by ||
    '. ' || COALESCE(MESSAGE, '') WHERE QUEUE_ID = :id AND STATUS IN ('FAILED', 'PARKED');

-- store.queue _LET_ROOMS_TRY
DELETE FROM STT_ECHO_ROOM_HOLD WHERE ROOMID IN (SELECT NEW_ROOMID FROM STT_ECHO_NOTIFICATION WHERE QUEUE_ID = :id
    AND STATUS IN ('FAILED', 'PARKED'));

-- store.queue _RETRY
INSERT INTO STT_ECHO_QUEUE (SOURCE, ACTION, SETID, SLOTID, RETRY_OF, CHANGE_NO) VALUES ('RETRY', 'UPDATE', :setid,
    :slotid, :id, :change);

-- store.queue_rows NOTIFICATIONS 0
INSERT INTO STT_ECHO_NOTIFICATION (QUEUE_ID, EXTERNAL_ID, SETID, SLOTID, WEEKNUMBER, ACTION, OLD_VALID, NEW_VALID,
    LESSON_DATE, OLD_ROOMID, OLD_DATE, NEW_ROOMID, NEW_DATE, STARTTIME, FINISHTIME, ROOMGRPCODE, MODULEID,
    MODGRPCODE, LECTURERID, BUSINESSEMAIL, FEATUREID, CHANGE_NO) SELECT CAST(jsonb_extract_path_text(value, '0') AS
    BIGINT), jsonb_extract_path_text(value, '1'), jsonb_extract_path_text(value, '2'),
    CAST(jsonb_extract_path_text(value, '3') AS BIGINT), CAST(jsonb_extract_path_text(value, '4') AS BIGINT),
    jsonb_extract_path_text(value, '5'), CAST(jsonb_extract_path_text(value, '6') AS BIGINT),
    CAST(jsonb_extract_path_text(value, '7') AS BIGINT), jsonb_extract_path_text(value, '8'),
    jsonb_extract_path_text(value, '9'), jsonb_extract_path_text(value, '10'), jsonb_extract_path_text(value,
    '11'), jsonb_extract_path_text(value, '12'), jsonb_extract_path_text(value, '13'),
    jsonb_extract_path_text(value, '14'), jsonb_extract_path_text(value, '15'), jsonb_extract_path_text(value,
    '16'), jsonb_extract_path_text(value, '17'), jsonb_extract_path_text(value, '18'),
    jsonb_extract_path_text(value, '19'), jsonb_extract_path_text(value, '20'), CAST(jsonb_extract_path_text(value,
    '21') AS BIGINT) FROM jsonb_array_elements(CAST(:many AS JSONB)) AS L(value) WHERE TRUE;

-- store.queue_rows NOTIFICATIONS 1
INSERT INTO STT_ECHO_NOTIFICATION (QUEUE_ID, EXTERNAL_ID, SETID, SLOTID, WEEKNUMBER, ACTION, OLD_VALID, NEW_VALID,
    LESSON_DATE, OLD_ROOMID, OLD_DATE, NEW_ROOMID, NEW_DATE, STARTTIME, FINISHTIME, ROOMGRPCODE, MODULEID,
    MODGRPCODE, LECTURERID, BUSINESSEMAIL, FEATUREID, CHANGE_NO) VALUES (:queue_id, :external_id, :setid, :slotid,
    :week, :action, :old_valid, :new_valid, :date, :old_room, :old_date, :new_room, :new_date, :start, :finish,
    :room_group, :module, :group, :lecturer, :email, :feature, :change);

-- store.screens _CURSOR
SELECT CHANGES FROM STT_ECHO_LEASE WHERE ID = 1;

-- store.screens _CHANGED queue
SELECT ID FROM STT_ECHO_QUEUE WHERE CHANGE_NO > :cursor LIMIT :limit;

-- store.screens _CHANGED notifications
SELECT ID FROM STT_ECHO_NOTIFICATION WHERE CHANGE_NO > :cursor LIMIT :limit;

-- store.screens _CHANGED room_days
SELECT ID FROM STT_ECHO_DAY_ROOM WHERE CHANGE_NO > :cursor LIMIT :limit;

-- store.screens _UNNUMBERED
SELECT ID FROM STT_ECHO_QUEUE WHERE CHANGE_NO IS NULL ORDER BY ID DESC LIMIT :limit;

-- store.screens _QUEUE
SELECT q.ID, q.SOURCE, q.OLD_VALID, q.NEW_VALID, q.CREATED, q.PROCESSED, q.STATUS, q.ERROR, q.ACTION, q.SETID,
    q.SLOTID, q.WEEKID_OLD, q.WEEKID_NEW, q.WEEKDAY_OLD, q.WEEKDAY_NEW, q.STARTTIME_OLD, q.STARTTIME_NEW,
    q.FINISHTIME_OLD, q.FINISHTIME_NEW, q.ROOMID_OLD, q.ROOMID_NEW, q.ROOMGRPCODE_OLD, q.ROOMGRPCODE_NEW,
    q.MODULEID, q.MODGRPCODE, q.LECTURERID, q.BUSINESSEMAIL, q.FEATUREID, q.RETRY_OF, q.ATTEMPTS, q.WEEKS_ALL,
    q.WEEKS_DONE, q.WORST, q.CHANGE_NO, TRIM(m.NAME) AS MODULE_NAME, TRIM(l.NAME) AS LECTURER_NAME, TRIM(o.NAME) AS
    OLD_NAME, TRIM(r.NAME) AS NEW_NAME FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN
    STT_ECHO_QUEUE AS q ON q.ID = CAST(i.value AS BIGINT) LEFT JOIN MODULE AS m ON TRIM(m.SETID) = TRIM(q.SETID)
    AND TRIM(m.MODULEID) = TRIM(q.MODULEID) LEFT JOIN LECTURER AS l ON TRIM(l.SETID) = TRIM(q.SETID) AND
    TRIM(l.LECTURERID) = TRIM(q.LECTURERID) LEFT JOIN ROOMS AS o ON TRIM(o.SETID) = TRIM(q.SETID) AND
    TRIM(o.ROOMID) = TRIM(q.ROOMID_OLD) LEFT JOIN ROOMS AS r ON TRIM(r.SETID) = TRIM(q.SETID) AND TRIM(r.ROOMID) =
    TRIM(q.ROOMID_NEW);

-- store.screens _NOTIFICATIONS
SELECT n.ID, n.QUEUE_ID, n.EXTERNAL_ID, n.SETID, n.SLOTID, n.WEEKNUMBER, n.ACTION, n.OLD_VALID, n.NEW_VALID,
    n.STATUS, n.MESSAGE, n.RECORDED, n.WINNER, n.LESSON_DATE, n.OLD_ROOMID, n.OLD_DATE, n.NEW_ROOMID, n.NEW_DATE,
    n.STARTTIME, n.FINISHTIME, n.ROOMGRPCODE, n.MODULEID, n.MODGRPCODE, n.LECTURERID, n.BUSINESSEMAIL, n.FEATUREID,
    n.CREATED, n.PROCESSED, n.ATTEMPTS, n.CRASHES, n.CHANGE_NO, TRIM(m.NAME) AS MODULE_NAME, TRIM(l.NAME) AS
    LECTURER_NAME, TRIM(r.NAME) AS ROOM_NAME, TRIM(s.SITENAME) AS SITENAME, TRIM(o.NAME) AS OLD_NAME FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN STT_ECHO_NOTIFICATION AS n ON n.ID =
    CAST(i.value AS BIGINT) LEFT JOIN MODULE AS m ON TRIM(m.SETID) = TRIM(n.SETID) AND TRIM(m.MODULEID) =
    TRIM(n.MODULEID) LEFT JOIN LECTURER AS l ON TRIM(l.SETID) = TRIM(n.SETID) AND TRIM(l.LECTURERID) =
    TRIM(n.LECTURERID) LEFT JOIN ROOMS AS o ON TRIM(o.SETID) = TRIM(n.SETID) AND TRIM(o.ROOMID) =
    TRIM(n.OLD_ROOMID) LEFT JOIN ROOMS AS r ON TRIM(r.SETID) = TRIM(n.SETID) AND TRIM(r.ROOMID) =
    COALESCE(n.NEW_ROOMID, n.OLD_ROOMID) LEFT JOIN SITES AS s ON TRIM(s.SETID) = TRIM(r.SETID) AND TRIM(s.SITEID) =
    TRIM(r.SITEID);

-- store.screens _ROOM_DAYS
SELECT d.ID, d.ROOMID, d.ROOMGRPCODE, d.LESSON_DATE, d.CREATED, d.FIRST_SEEN, d.LAST_REFRESH, d.TIMES_REFRESHED,
    d.RESOLVED, d.LEFT_OUT, d.FAILED, d.SURPRISES, d.LAST_ERROR, d.CHANGE_NO FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN STT_ECHO_DAY_ROOM AS d ON d.ID = CAST(i.value
    AS BIGINT);

-- store.screens ROOM_NAMES
SELECT TRIM(r.ROOMID) AS ROOMID, TRIM(r.NAME) AS NAME, TRIM(s.SITENAME) AS SITENAME FROM ROOMS AS r LEFT JOIN SITES
    AS s ON TRIM(s.SETID) = TRIM(r.SETID) AND TRIM(s.SITEID) = TRIM(r.SITEID) WHERE TRIM(r.ROOMID) IN (SELECT value
    FROM jsonb_array_elements_text(CAST(:rooms AS JSONB)) AS L(value)) ORDER BY r.SETID;

-- store.screens _LESSONS_THERE
SELECT d.ID, o.SETID, o.SLOTID, w.SETID AS KEPT_SETID, w.SLOTID AS KEPT_SLOTID FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN STT_ECHO_DAY_ROOM AS d ON d.ID = CAST(i.value
    AS BIGINT) AND d.RESOLVED IS NULL JOIN STT_ECHO_LEFT_OUT AS o ON o.ROOMID = d.ROOMID AND o.LESSON_DATE =
    d.LESSON_DATE LEFT JOIN STT_ECHO_MIRROR AS w ON w.EXTERNAL_ID = o.WINNER;

-- store.screens _MODULES
SELECT TRIM(t.SETID) AS SETID, t.SLOTID, TRIM(t.MODULEID) AS MODULEID, TRIM(m.OWNER) AS OWNER, (SELECT
    MIN(TRIM(p.NAME)) FROM DEPTS AS p WHERE TRIM(p.DEPTID) = TRIM(m.OWNER)) AS DEPARTMENT FROM
    jsonb_array_elements(CAST(:keys AS JSONB)) AS k(value) JOIN TIMETABLE AS t ON TRIM(t.SETID) =
    jsonb_extract_path_text(k.value, '0') AND t.SLOTID = CAST(jsonb_extract_path_text(k.value, '1') AS BIGINT) AND
    t.SLOTENTRY = 1 LEFT JOIN MODULE AS m ON TRIM(m.SETID) = TRIM(t.SETID) AND TRIM(m.MODULEID) = TRIM(t.MODULEID);

-- store.screens _TOGETHER
SELECT o.ROOMID, o.LESSON_DATE, COUNT(*) AS HOW_MANY FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS
    i(value) JOIN STT_ECHO_DAY_ROOM AS d ON d.ID = CAST(i.value AS BIGINT) AND d.RESOLVED IS NULL JOIN
    STT_ECHO_LEFT_OUT AS o ON o.ROOMID = d.ROOMID AND o.LESSON_DATE = d.LESSON_DATE AND o.REASON = 'clash' JOIN
    STT_ECHO_MIRROR AS w ON w.EXTERNAL_ID = o.WINNER JOIN TIMETABLE AS t ON TRIM(t.SETID) = TRIM(o.SETID) AND
    t.SLOTID = o.SLOTID AND t.SLOTENTRY = 1 JOIN TIMETABLE AS k ON TRIM(k.SETID) = TRIM(w.SETID) AND k.SLOTID =
    w.SLOTID AND k.SLOTENTRY = 1 AND TRIM(k.STARTTIME) = TRIM(t.STARTTIME) AND TRIM(k.FINISHTIME) =
    TRIM(t.FINISHTIME) WHERE TRIM(t.MODULEID) <> TRIM(k.MODULEID) AND (NULLIF(TRIM(t.LECTURERID), '') IS NULL OR
    NULLIF(TRIM(k.LECTURERID), '') IS NULL OR TRIM(t.LECTURERID) = TRIM(k.LECTURERID)) GROUP BY o.ROOMID,
    o.LESSON_DATE;

-- store.screens _COUNTS queue
SELECT STATUS, COUNT(*) FROM STT_ECHO_QUEUE GROUP BY STATUS;

-- store.screens _COUNTS notifications
SELECT STATUS, COUNT(*) FROM STT_ECHO_NOTIFICATION GROUP BY STATUS;

-- store.screens _ROOM_DAY_COUNTS
SELECT (SELECT COUNT(*) FROM STT_ECHO_DAY_ROOM WHERE RESOLVED IS NULL AND LESSON_DATE >= :today) AS OPEN_NOW,
    (SELECT COUNT(*) FROM STT_ECHO_DAY_ROOM WHERE RESOLVED IS NULL AND LESSON_DATE < :today) AS PASSED, (SELECT
    COUNT(*) FROM STT_ECHO_DAY_ROOM) AS IN_ALL;

-- store.searching _NEWEST queue
SELECT ID FROM STT_ECHO_QUEUE ORDER BY ID DESC LIMIT :limit;

-- store.searching _NEWEST notifications
SELECT ID FROM STT_ECHO_NOTIFICATION ORDER BY ID DESC LIMIT :limit;

-- store.searching _NEWEST room_days
SELECT ID FROM STT_ECHO_DAY_ROOM ORDER BY ID DESC LIMIT :limit;

-- store.searching _OF_STATUS queue
SELECT ID FROM STT_ECHO_QUEUE WHERE STATUS BETWEEN :status AND :status ORDER BY STATUS DESC, ID DESC LIMIT :limit;

-- store.searching _OF_STATUS notifications
SELECT ID FROM STT_ECHO_NOTIFICATION WHERE STATUS BETWEEN :status AND :status ORDER BY STATUS DESC, ID DESC LIMIT
    :limit;

-- store.searching _ROOM_DAYS_OF open
SELECT ID FROM STT_ECHO_DAY_ROOM WHERE RESOLVED IS NULL AND LESSON_DATE >= :today ORDER BY ID DESC LIMIT :limit;

-- store.searching _ROOM_DAYS_OF passed
SELECT ID FROM STT_ECHO_DAY_ROOM WHERE RESOLVED IS NULL AND LESSON_DATE < :today ORDER BY ID DESC LIMIT :limit;

-- store.searching _ROOM_DAYS_OF resolved
SELECT ID FROM STT_ECHO_DAY_ROOM WHERE NOT RESOLVED IS NULL ORDER BY ID DESC LIMIT :limit;

-- store.searching _WORDS queue
SELECT q.ID, q.SLOTID || ' ' || q.SETID || ' ' || COALESCE(q.MODULEID, '') || ' ' || COALESCE(q.MODGRPCODE, '') ||
    ' ' || COALESCE(q.ROOMID_OLD, '') || ' ' || COALESCE(q.ROOMID_NEW, '') || ' ' || COALESCE(q.LECTURERID, '') ||
    ' ' || COALESCE(q.ERROR, '') || ' ' || COALESCE(r.NAME, '') || ' ' || COALESCE(m.NAME, '') || ' ' ||
    COALESCE(l.NAME, '') AS WORDS, q.ROOMID_OLD AS OLD_ROOM, q.ROOMID_NEW AS NEW_ROOM, q.CREATED AS CAME FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN STT_ECHO_QUEUE AS q ON q.ID = CAST(i.value AS
    BIGINT) LEFT JOIN ROOMS AS r ON TRIM(r.SETID) = TRIM(q.SETID) AND TRIM(r.ROOMID) = TRIM(q.ROOMID_NEW) LEFT JOIN
    MODULE AS m ON TRIM(m.SETID) = TRIM(q.SETID) AND TRIM(m.MODULEID) = TRIM(q.MODULEID) LEFT JOIN LECTURER AS l ON
    TRIM(l.SETID) = TRIM(q.SETID) AND TRIM(l.LECTURERID) = TRIM(q.LECTURERID);

-- store.searching _WORDS notifications
SELECT n.ID, n.EXTERNAL_ID || ' ' || n.SETID || ' ' || COALESCE(n.MODULEID, '') || ' ' || COALESCE(n.MODGRPCODE,
    '') || ' ' || COALESCE(n.OLD_ROOMID, '') || ' ' || COALESCE(n.NEW_ROOMID, '') || ' ' || COALESCE(n.LECTURERID,
    '') || ' ' || COALESCE(n.MESSAGE, '') || ' ' || COALESCE(n.LESSON_DATE, '') || ' ' || COALESCE(r.NAME, '') || '
    ' || COALESCE(m.NAME, '') || ' ' || COALESCE(l.NAME, '') AS WORDS, n.OLD_ROOMID AS OLD_ROOM, n.NEW_ROOMID AS
    NEW_ROOM, n.CREATED AS CAME FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN
    STT_ECHO_NOTIFICATION AS n ON n.ID = CAST(i.value AS BIGINT) LEFT JOIN ROOMS AS r ON TRIM(r.SETID) =
    TRIM(n.SETID) AND TRIM(r.ROOMID) = TRIM(n.NEW_ROOMID) LEFT JOIN MODULE AS m ON TRIM(m.SETID) = TRIM(n.SETID)
    AND TRIM(m.MODULEID) = TRIM(n.MODULEID) LEFT JOIN LECTURER AS l ON TRIM(l.SETID) = TRIM(n.SETID) AND
    TRIM(l.LECTURERID) = TRIM(n.LECTURERID);

-- store.searching _WORDS room_days
SELECT d.ID, d.ROOMID || ' ' || d.LESSON_DATE || ' ' || COALESCE(d.LAST_ERROR, '') || ' ' || COALESCE(r.NAME, '')
    AS WORDS, d.ROOMID AS OLD_ROOM, d.ROOMID AS NEW_ROOM, d.FIRST_SEEN AS CAME FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN STT_ECHO_DAY_ROOM AS d ON d.ID = CAST(i.value
    AS BIGINT) LEFT JOIN (SELECT a.ROOMID, MAX(a.NAME) AS NAME FROM (SELECT TRIM(ROOMID) AS ROOMID, NAME FROM
    ROOMS) AS a GROUP BY a.ROOMID) AS r ON r.ROOMID = d.ROOMID;

-- store.searching _ROOMS
SELECT DISTINCT TRIM(ROOMID) AS ROOMID, TRIM(NAME) AS NAME FROM ROOMS;

-- store.searching _NEWEST_WORDS queue
SELECT q.ID, q.SLOTID || ' ' || q.SETID || ' ' || COALESCE(q.MODULEID, '') || ' ' || COALESCE(q.MODGRPCODE, '') ||
    ' ' || COALESCE(q.ROOMID_OLD, '') || ' ' || COALESCE(q.ROOMID_NEW, '') || ' ' || COALESCE(q.LECTURERID, '') ||
    ' ' || COALESCE(q.ERROR, '') || ' ' || COALESCE(r.NAME, '') || ' ' || COALESCE(m.NAME, '') || ' ' ||
    COALESCE(l.NAME, '') AS WORDS, q.ROOMID_OLD AS OLD_ROOM, q.ROOMID_NEW AS NEW_ROOM, q.CREATED AS CAME FROM
    (SELECT x.ID, x.SLOTID, x.SETID, x.MODULEID, x.MODGRPCODE, x.ROOMID_OLD, x.ROOMID_NEW, x.LECTURERID, x.ERROR,
    x.CREATED FROM STT_ECHO_QUEUE AS x ORDER BY x.ID DESC LIMIT :limit) AS q LEFT JOIN ROOMS AS r ON TRIM(r.SETID)
    = TRIM(q.SETID) AND TRIM(r.ROOMID) = TRIM(q.ROOMID_NEW) LEFT JOIN MODULE AS m ON TRIM(m.SETID) = TRIM(q.SETID)
    AND TRIM(m.MODULEID) = TRIM(q.MODULEID) LEFT JOIN LECTURER AS l ON TRIM(l.SETID) = TRIM(q.SETID) AND
    TRIM(l.LECTURERID) = TRIM(q.LECTURERID);

-- store.searching _NEWEST_WORDS notifications
SELECT n.ID, n.EXTERNAL_ID || ' ' || n.SETID || ' ' || COALESCE(n.MODULEID, '') || ' ' || COALESCE(n.MODGRPCODE,
    '') || ' ' || COALESCE(n.OLD_ROOMID, '') || ' ' || COALESCE(n.NEW_ROOMID, '') || ' ' || COALESCE(n.LECTURERID,
    '') || ' ' || COALESCE(n.MESSAGE, '') || ' ' || COALESCE(n.LESSON_DATE, '') || ' ' || COALESCE(r.NAME, '') || '
    ' || COALESCE(m.NAME, '') || ' ' || COALESCE(l.NAME, '') AS WORDS, n.OLD_ROOMID AS OLD_ROOM, n.NEW_ROOMID AS
    NEW_ROOM, n.CREATED AS CAME FROM (SELECT x.ID, x.EXTERNAL_ID, x.SETID, x.MODULEID, x.MODGRPCODE, x.OLD_ROOMID,
    x.NEW_ROOMID, x.LECTURERID, x.MESSAGE, x.LESSON_DATE, x.CREATED FROM STT_ECHO_NOTIFICATION AS x ORDER BY x.ID
    DESC LIMIT :limit) AS n LEFT JOIN ROOMS AS r ON TRIM(r.SETID) = TRIM(n.SETID) AND TRIM(r.ROOMID) =
    TRIM(n.NEW_ROOMID) LEFT JOIN MODULE AS m ON TRIM(m.SETID) = TRIM(n.SETID) AND TRIM(m.MODULEID) =
    TRIM(n.MODULEID) LEFT JOIN LECTURER AS l ON TRIM(l.SETID) = TRIM(n.SETID) AND TRIM(l.LECTURERID) =
    TRIM(n.LECTURERID);

-- store.searching _WORDS_OF_STATUS queue
SELECT q.ID, q.SLOTID || ' ' || q.SETID || ' ' || COALESCE(q.MODULEID, '') || ' ' || COALESCE(q.MODGRPCODE, '') ||
    ' ' || COALESCE(q.ROOMID_OLD, '') || ' ' || COALESCE(q.ROOMID_NEW, '') || ' ' || COALESCE(q.LECTURERID, '') ||
    ' ' || COALESCE(q.ERROR, '') || ' ' || COALESCE(r.NAME, '') || ' ' || COALESCE(m.NAME, '') || ' ' ||
    COALESCE(l.NAME, '') AS WORDS, q.ROOMID_OLD AS OLD_ROOM, q.ROOMID_NEW AS NEW_ROOM, q.CREATED AS CAME FROM
    (SELECT x.ID, x.SLOTID, x.SETID, x.MODULEID, x.MODGRPCODE, x.ROOMID_OLD, x.ROOMID_NEW, x.LECTURERID, x.ERROR,
    x.CREATED FROM STT_ECHO_QUEUE AS x WHERE x.STATUS BETWEEN :status AND :status ORDER BY x.STATUS DESC, x.ID DESC
    LIMIT :limit) AS q LEFT JOIN ROOMS AS r ON TRIM(r.SETID) = TRIM(q.SETID) AND TRIM(r.ROOMID) =
    TRIM(q.ROOMID_NEW) LEFT JOIN MODULE AS m ON TRIM(m.SETID) = TRIM(q.SETID) AND TRIM(m.MODULEID) =
    TRIM(q.MODULEID) LEFT JOIN LECTURER AS l ON TRIM(l.SETID) = TRIM(q.SETID) AND TRIM(l.LECTURERID) =
    TRIM(q.LECTURERID);

-- store.searching _WORDS_OF_STATUS notifications
SELECT n.ID, n.EXTERNAL_ID || ' ' || n.SETID || ' ' || COALESCE(n.MODULEID, '') || ' ' || COALESCE(n.MODGRPCODE,
    '') || ' ' || COALESCE(n.OLD_ROOMID, '') || ' ' || COALESCE(n.NEW_ROOMID, '') || ' ' || COALESCE(n.LECTURERID,
    '') || ' ' || COALESCE(n.MESSAGE, '') || ' ' || COALESCE(n.LESSON_DATE, '') || ' ' || COALESCE(r.NAME, '') || '
    ' || COALESCE(m.NAME, '') || ' ' || COALESCE(l.NAME, '') AS WORDS, n.OLD_ROOMID AS OLD_ROOM, n.NEW_ROOMID AS
    NEW_ROOM, n.CREATED AS CAME FROM (SELECT x.ID, x.EXTERNAL_ID, x.SETID, x.MODULEID, x.MODGRPCODE, x.OLD_ROOMID,
    x.NEW_ROOMID, x.LECTURERID, x.MESSAGE, x.LESSON_DATE, x.CREATED FROM STT_ECHO_NOTIFICATION AS x WHERE x.STATUS
    BETWEEN :status AND :status ORDER BY x.STATUS DESC, x.ID DESC LIMIT :limit) AS n LEFT JOIN ROOMS AS r ON
    TRIM(r.SETID) = TRIM(n.SETID) AND TRIM(r.ROOMID) = TRIM(n.NEW_ROOMID) LEFT JOIN MODULE AS m ON TRIM(m.SETID) =
    TRIM(n.SETID) AND TRIM(m.MODULEID) = TRIM(n.MODULEID) LEFT JOIN LECTURER AS l ON TRIM(l.SETID) = TRIM(n.SETID)
    AND TRIM(l.LECTURERID) = TRIM(n.LECTURERID);

-- store.stops _TALLY
SELECT COUNT(*) AS REMOVED, COALESCE(CAST(SUM(CASE WHEN EXISTS(SELECT 1 FROM STT_ECHO_MIRROR AS m WHERE
    m.EXTERNAL_ID = r.EXTERNAL_ID AND m.OURS = 1) THEN 1 ELSE 0 END) AS BIGINT), 0) AS IN_FLIGHT, (SELECT
    COUNT(DISTINCT i.EXTERNAL_ID) FROM STT_ECHO_STOP AS s JOIN STT_ECHO_STOP_ITEM AS i ON i.STOP_ID = s.ID WHERE
    s.KIND = 'BRAKE' AND s.ENDED IS NULL AND s.YES_AT IS NULL) AS WAITING FROM STT_ECHO_REMOVAL AS r WHERE
    r.ALLOWED = 0 AND r.AT > STT_ECHO_NOW('-1 day');

-- store.stops _FUTURE
SELECT COUNT(*) FROM STT_ECHO_MIRROR WHERE OURS = 1 AND (LESSON_DATE > :today OR (LESSON_DATE = :today AND
    STARTTIME > :minute));

-- store.stops _ALLOWED
SELECT i.EXTERNAL_ID FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS j(value) JOIN STT_ECHO_STOP_ITEM AS i
    ON i.EXTERNAL_ID = j.value JOIN STT_ECHO_STOP AS s ON s.ID = i.STOP_ID WHERE s.ENDED IS NULL AND s.YES_AT >
    STT_ECHO_NOW('-1 day');

-- store.stops _COUNTED
SELECT r.EXTERNAL_ID FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS j(value) JOIN STT_ECHO_REMOVAL AS r ON
    r.EXTERNAL_ID = j.value WHERE r.ALLOWED = 0 AND r.AT > STT_ECHO_NOW('-1 day');

-- store.stops _WAITING_AT
SELECT i.EXTERNAL_ID, s.KIND FROM jsonb_array_elements(CAST(:places AS JSONB)) AS p(value) JOIN STT_ECHO_STOP_ITEM
    AS i ON i.ROOMID = jsonb_extract_path_text(p.value, '0') AND i.LESSON_DATE = jsonb_extract_path_text(p.value,
    '1') JOIN STT_ECHO_STOP AS s ON s.ID = i.STOP_ID WHERE s.ENDED IS NULL AND s.YES_AT IS NULL;

-- store.stops _EXPLAINED
SELECT DISTINCT q.SETID, q.SLOTID FROM jsonb_array_elements(CAST(:keys AS JSONB)) AS k(value) JOIN STT_ECHO_QUEUE
    AS q ON q.SETID = jsonb_extract_path_text(k.value, '0') AND q.SLOTID = CAST(jsonb_extract_path_text(k.value,
    '1') AS BIGINT) WHERE q.STATUS = 'UNPROCESSED' OR (q.STATUS = 'IN_PROGRESS' AND q.WEEKS_ALL = 0);

-- store.stops _REMOVING
INSERT INTO STT_ECHO_REMOVAL (EXTERNAL_ID, ALLOWED) SELECT value, :allowed FROM jsonb_array_elements_text(CAST(:ids
    AS JSONB)) AS L(value) WHERE TRUE ON CONFLICT(EXTERNAL_ID) DO UPDATE SET AT = STT_ECHO_NOW(), ALLOWED =
    excluded.ALLOWED;

-- store.stops _OLD_REMOVALS
DELETE FROM STT_ECHO_REMOVAL WHERE AT <= STT_ECHO_NOW('-2 day');

-- store.stops _ANY_REMOVAL
SELECT EXISTS(SELECT 1 FROM STT_ECHO_REMOVAL);

-- store.stops _MADE_AGAIN
DELETE FROM STT_ECHO_REMOVAL WHERE EXTERNAL_ID IN (SELECT value FROM jsonb_array_elements_text(CAST(:ids AS JSONB))
    AS L(value));

-- store.stops _WAITING_STOP
SELECT ID FROM STT_ECHO_STOP WHERE KIND = :kind AND ENDED IS NULL AND YES_AT IS NULL ORDER BY ID LIMIT 1;

-- store.stops _NEW_STOP
INSERT INTO STT_ECHO_STOP (KIND, REASON) VALUES (:kind, :reason) RETURNING ID;

-- store.stops _REASON
UPDATE STT_ECHO_STOP SET REASON = :reason WHERE ID = :id AND REASON <> :reason;

-- store.stops _OFF_OTHER_LISTS
DELETE FROM STT_ECHO_STOP_ITEM WHERE STOP_ID <> :stop AND EXTERNAL_ID IN (SELECT value FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS L(value)) AND STOP_ID IN (SELECT ID FROM STT_ECHO_STOP WHERE
    ENDED IS NULL AND YES_AT IS NULL);

-- store.stops _ON_LIST
SELECT i.EXTERNAL_ID FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS j(value) JOIN STT_ECHO_STOP_ITEM AS i
    ON i.EXTERNAL_ID = j.value WHERE i.STOP_ID = :stop;

-- store.stops _ITEM_ROWS 0
INSERT INTO STT_ECHO_STOP_ITEM (STOP_ID, EXTERNAL_ID, ROOMID, LESSON_DATE, STARTTIME, FINISHTIME, TITLE, PRESENTER,
    WHY, QUEUE_ID) SELECT CAST(jsonb_extract_path_text(value, '0') AS BIGINT), jsonb_extract_path_text(value, '1'),
    jsonb_extract_path_text(value, '2'), jsonb_extract_path_text(value, '3'), CAST(jsonb_extract_path_text(value,
    '4') AS BIGINT), CAST(jsonb_extract_path_text(value, '5') AS BIGINT), jsonb_extract_path_text(value, '6'),
    jsonb_extract_path_text(value, '7'), jsonb_extract_path_text(value, '8'), CAST(jsonb_extract_path_text(value,
    '9') AS BIGINT) FROM jsonb_array_elements(CAST(:many AS JSONB)) AS L(value) WHERE TRUE;

-- store.stops _ITEM_ROWS 1
INSERT INTO STT_ECHO_STOP_ITEM (STOP_ID, EXTERNAL_ID, ROOMID, LESSON_DATE, STARTTIME, FINISHTIME, TITLE, PRESENTER,
    WHY, QUEUE_ID) VALUES (:stop, :external_id, :room, :date, :start, :finish, :title, :presenter, :why, :queue_id);

-- store.stops _PLACES_DIRTY
INSERT INTO STT_ECHO_DIRTY (ROOMID, LESSON_DATE, MARK, GUARDED, REASON) SELECT jsonb_extract_path_text(value, '0'),
    jsonb_extract_path_text(value, '1'), :mark, 1, 'safety stop' FROM jsonb_array_elements(CAST(:places AS JSONB))
    AS L(value) WHERE TRUE ON CONFLICT(LESSON_DATE, ROOMID) DO NOTHING;

-- store.stops _GUARD
UPDATE STT_ECHO_DIRTY SET GUARDED = 1 WHERE (LESSON_DATE, ROOMID) IN (SELECT d.LESSON_DATE, d.ROOMID FROM
    jsonb_array_elements(CAST(:marks AS JSONB)) AS m(value) JOIN STT_ECHO_DIRTY AS d ON d.LESSON_DATE =
    jsonb_extract_path_text(m.value, '0') AND d.ROOMID = jsonb_extract_path_text(m.value, '1') WHERE d.MARK =
    CAST(jsonb_extract_path_text(m.value, '2') AS BIGINT));

-- store.stops _TELL
UPDATE STT_ECHO_NOTIFICATION SET MESSAGE = :text, CHANGE_NO = :change WHERE STATUS = 'UNPROCESSED' AND ID IN
    (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS L(value)) AND MESSAGE IS
    DISTINCT FROM :text;

-- store.stops _LET_GO
UPDATE STT_ECHO_DIRTY SET GUARDED = 0 WHERE GUARDED = 1 AND (LESSON_DATE, ROOMID) IN (SELECT
    jsonb_extract_path_text(value, '1'), jsonb_extract_path_text(value, '0') FROM jsonb_array_elements(CAST(:places
    AS JSONB)) AS L(value));

-- store.stops _LET_ALL_GO
UPDATE STT_ECHO_DIRTY SET GUARDED = 0 WHERE GUARDED = 1;

-- store.stops _ANY_LIST
SELECT EXISTS(SELECT 1 FROM STT_ECHO_STOP WHERE KIND <> 'FEED' AND ENDED IS NULL AND YES_AT IS NULL);

-- store.stops _HELD_IN
SELECT LESSON_DATE FROM STT_ECHO_DIRTY WHERE GUARDED = 1 AND ROOMID = :room AND LESSON_DATE >= :today;

-- store.stops _OPEN
SELECT s.ID, s.KIND, s.REASON, s.SINCE, s.YES_BY, s.YES_AT, s.WHY, s.ENDED, COUNT(i.ID) AS BOOKINGS, COUNT(DISTINCT
    i.ROOMID || ' ' || i.LESSON_DATE) AS ROOM_DAYS, COUNT(DISTINCT i.QUEUE_ID) AS CHANGES, COALESCE(CAST(SUM(CASE
    WHEN NOT i.ID IS NULL AND i.QUEUE_ID IS NULL THEN 1 ELSE 0 END) AS BIGINT), 0) AS UNEXPLAINED,
    COALESCE(MAX(i.ID), 0) AS LAST_ITEM FROM STT_ECHO_STOP AS s LEFT JOIN STT_ECHO_STOP_ITEM AS i ON i.STOP_ID =
    s.ID WHERE s.ENDED IS NULL GROUP BY s.ID, s.KIND, s.REASON, s.SINCE, s.YES_BY, s.YES_AT, s.WHY, s.ENDED ORDER
    BY NOT s.YES_AT IS NULL NULLS FIRST, s.ID;

-- store.stops _NAMES
SELECT TITLE, PRESENTER FROM STT_ECHO_STOP_ITEM WHERE STOP_ID = :stop GROUP BY TITLE, PRESENTER ORDER BY MIN(ID)
    NULLS FIRST LIMIT 12;

-- store.stops _ITEMS
SELECT ID, STOP_ID, EXTERNAL_ID, ROOMID, LESSON_DATE, STARTTIME, FINISHTIME, TITLE, PRESENTER, WHY, QUEUE_ID FROM
    STT_ECHO_STOP_ITEM WHERE STOP_ID = :stop ORDER BY LESSON_DATE, STARTTIME, ROOMID, EXTERNAL_ID;

-- store.stops _ONE
SELECT ID, KIND, REASON, SINCE, YES_BY, YES_AT, WHY, ENDED FROM STT_ECHO_STOP WHERE ID = :stop;

-- store.stops _YES
UPDATE STT_ECHO_STOP SET YES_BY = :by, YES_AT = STT_ECHO_NOW(), WHY = :why WHERE ID = :stop;

-- store.stops _LATER_ITEMS
SELECT COUNT(*) FROM STT_ECHO_STOP_ITEM WHERE STOP_ID = :stop AND ID > :last;

-- store.stops _MOVE_ITEMS
UPDATE STT_ECHO_STOP_ITEM SET STOP_ID = :other WHERE STOP_ID = :stop AND ID > :last;

-- store.stops _PLACES_OF
SELECT DISTINCT ROOMID, LESSON_DATE FROM STT_ECHO_STOP_ITEM WHERE STOP_ID = :stop;

-- store.stops _DONE_ITEMS
DELETE FROM STT_ECHO_STOP_ITEM WHERE ID IN (SELECT i.ID FROM STT_ECHO_STOP AS s JOIN STT_ECHO_STOP_ITEM AS i ON
    i.STOP_ID = s.ID WHERE s.ENDED IS NULL AND (s.YES_AT <= STT_ECHO_NOW('-1 day') OR (NOT EXISTS(SELECT 1 FROM
    STT_ECHO_DIRTY AS d WHERE d.LESSON_DATE = i.LESSON_DATE AND d.ROOMID = i.ROOMID) AND NOT EXISTS(SELECT 1 FROM
    STT_ECHO_REFRESH AS r WHERE r.ROOMID = i.ROOMID AND r.LESSON_DATE = i.LESSON_DATE) AND NOT EXISTS(SELECT 1 FROM
    STT_ECHO_INTENT AS t WHERE t.EXTERNAL_ID = i.EXTERNAL_ID))));

-- store.stops _END
UPDATE STT_ECHO_STOP SET ENDED = STT_ECHO_NOW() WHERE ENDED IS NULL AND KIND <> 'FEED' AND NOT EXISTS(SELECT 1 FROM
    STT_ECHO_STOP_ITEM AS i WHERE i.STOP_ID = STT_ECHO_STOP.ID);

-- store.stops _END_FEED
UPDATE STT_ECHO_STOP SET ENDED = STT_ECHO_NOW() WHERE ENDED IS NULL AND KIND = 'FEED';

-- store.stops _FEED
SELECT SETID, LESSONS FROM STT_ECHO_FEED;

-- store.stops _FEED_SETTLED
SELECT SETID, LESSONS FROM STT_ECHO_FEED WHERE AT <= STT_ECHO_NOW('-1 day');

-- store.stops _DROP_FEED
DELETE FROM STT_ECHO_FEED WHERE NOT SETID IN (SELECT value FROM jsonb_array_elements_text(CAST(:sets AS JSONB)) AS
    L(value));

-- store.stops _SET_FEED
INSERT INTO STT_ECHO_FEED (SETID, LESSONS) VALUES (:setid, :lessons) ON CONFLICT(SETID) DO UPDATE SET LESSONS =
    excluded.LESSONS, AT = STT_ECHO_NOW();

-- store.stops _LESSONS_AHEAD
SELECT SETID, COUNT(DISTINCT SLOTID) AS LESSONS FROM STT_ECHO_MIRROR WHERE OURS = 1 AND NOT SETID IS NULL AND
    LESSON_DATE >= :today GROUP BY SETID;

-- store.suspects _ANY
SELECT EXISTS(SELECT 1 FROM STT_ECHO_SUSPECT);

-- store.suspects _ALL
SELECT ROOMID, LESSON_DATE, CRASHES FROM STT_ECHO_SUSPECT;

-- store.suspects _BEGIN
INSERT INTO STT_ECHO_SUSPECT (ROOMID, LESSON_DATE, RUNNING) SELECT jsonb_extract_path_text(value, '0'),
    jsonb_extract_path_text(value, '1'), 1 FROM jsonb_array_elements(CAST(:places AS JSONB)) AS L(value) WHERE TRUE
    ON CONFLICT(LESSON_DATE, ROOMID) DO UPDATE SET RUNNING = 1;

-- store.suspects _END
UPDATE STT_ECHO_SUSPECT SET RUNNING = 0 WHERE (LESSON_DATE, ROOMID) IN (SELECT jsonb_extract_path_text(value, '1'),
    jsonb_extract_path_text(value, '0') FROM jsonb_array_elements(CAST(:places AS JSONB)) AS L(value));

-- store.suspects _INNOCENT
DELETE FROM STT_ECHO_SUSPECT WHERE AFTERWARDS = 0 AND (LESSON_DATE, ROOMID) IN (SELECT
    jsonb_extract_path_text(value, '1'), jsonb_extract_path_text(value, '0') FROM jsonb_array_elements(CAST(:places
    AS JSONB)) AS L(value));

-- store.suspects _STOPPED
INSERT INTO STT_ECHO_SUSPECT (ROOMID, LESSON_DATE, CRASHES, AFTERWARDS, ERROR) SELECT
    jsonb_extract_path_text(value, '0'), jsonb_extract_path_text(value, '1'), 1, :afterwards, :error FROM
    jsonb_array_elements(CAST(:places AS JSONB)) AS L(value) WHERE TRUE ON CONFLICT(LESSON_DATE, ROOMID) DO UPDATE
    SET CRASHES = STT_ECHO_SUSPECT.CRASHES + 1, RUNNING = 0, AFTERWARDS = GREATEST(STT_ECHO_SUSPECT.AFTERWARDS,
    excluded.AFTERWARDS), ERROR = excluded.ERROR;

-- store.suspects _RUNNING
SELECT ROOMID, LESSON_DATE FROM STT_ECHO_SUSPECT WHERE RUNNING = 1;

-- store.suspects _RECOVER
UPDATE STT_ECHO_SUSPECT SET CRASHES = CRASHES + :more, RUNNING = 0, ERROR = :error WHERE RUNNING = 1;

-- store.suspects _CLEAR
DELETE FROM STT_ECHO_SUSPECT WHERE (LESSON_DATE, ROOMID) IN (SELECT jsonb_extract_path_text(value, '1'),
    jsonb_extract_path_text(value, '0') FROM jsonb_array_elements(CAST(:places AS JSONB)) AS L(value));

-- store.told _TOLD_OF
SELECT n.EXTERNAL_ID, n.RECORDED FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN
    STT_ECHO_NOTIFICATION AS n ON n.EXTERNAL_ID = i.value AND n.QUEUE_ID = (SELECT MAX(m.QUEUE_ID) FROM
    STT_ECHO_NOTIFICATION AS m WHERE m.EXTERNAL_ID = i.value) WHERE NOT n.RECORDED IS NULL AND n.STATUS IN
    ('SUCCESS', 'REFRESHED', 'WARN', 'IN_CONFLICT', 'SUPERSEDED');

-- store.told _UNREAD
SELECT DISTINCT SETID, SLOTID FROM STT_ECHO_QUEUE WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS');

-- store.told _LAST
SELECT MAX(ID) FROM STT_ECHO_NOTIFICATION;

-- store.told _AS_RECORDED
SELECT n.EXTERNAL_ID FROM STT_ECHO_NOTIFICATION AS n WHERE n.ID > :after AND n.ID <= :until AND n.RECORDED = 'YES'
    AND COALESCE(n.NEW_DATE, n.OLD_DATE) >= :today AND n.STATUS IN ('SUCCESS', 'REFRESHED', 'WARN', 'IN_CONFLICT',
    'SUPERSEDED') AND NOT EXISTS(SELECT 1 FROM STT_ECHO_NOTIFICATION AS m WHERE m.EXTERNAL_ID = n.EXTERNAL_ID AND
    m.QUEUE_ID > n.QUEUE_ID);

-- store.told _COME_BACK
UPDATE STT_ECHO_NOTIFICATION AS n SET RECORDED = 'YES', WINNER = NULL, CHANGE_NO = :change, MESSAGE = CASE WHEN
    STATUS = 'SUPERSEDED' AND WINNER IS NULL THEN MESSAGE ELSE 'Recorded since ' || STT_ECHO_NOW() || ': nothing
    keeps it out any more.' END WHERE RECORDED = 'NO' AND EXTERNAL_ID IN (SELECT value FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS L(value)) AND (STATUS IN ('IN_CONFLICT', 'SUCCESS',
    'REFRESHED', 'WARN') OR STATUS = 'SUPERSEDED' AND QUEUE_ID = (SELECT MAX(m.QUEUE_ID) FROM STT_ECHO_NOTIFICATION
    AS m WHERE m.EXTERNAL_ID = n.EXTERNAL_ID));

-- store.told _WANTED_AGAIN
UPDATE STT_ECHO_NOTIFICATION AS n SET RECORDED = 'YES', CHANGE_NO = :change, MESSAGE = 'Recorded since ' ||
    STT_ECHO_NOW() || ': the timetable asks for it again.' WHERE RECORDED = 'NOT_WANTED' AND EXTERNAL_ID IN (SELECT
    value FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS L(value)) AND n.STATUS IN ('SUCCESS', 'REFRESHED',
    'WARN', 'IN_CONFLICT', 'SUPERSEDED') AND QUEUE_ID = (SELECT MAX(m.QUEUE_ID) FROM STT_ECHO_NOTIFICATION AS m
    WHERE m.EXTERNAL_ID = n.EXTERNAL_ID);

-- store.told _TITLES
SELECT m.EXTERNAL_ID AS KEEPS, m.TITLE FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN
    STT_ECHO_MIRROR AS m ON m.EXTERNAL_ID = i.value UNION SELECT m.ECHO_ID, m.TITLE FROM
    jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN STT_ECHO_MIRROR AS m ON m.ECHO_ID = i.value;

-- store.too_late LEFT_OUT
SELECT o.EXTERNAL_ID, o.SLOTID, o.ROOMID, o.REASON, o.DETAIL, TRIM(t.STARTTIME) AS STARTTIME, TRIM(t.FINISHTIME) AS
    FINISHTIME, TRIM(t.MODULEID) AS MODULEID, TRIM(t.MODGRPCODE) AS MODGRPCODE, TRIM(m.NAME) AS MODULE_NAME,
    (SELECT MIN(w.TITLE) FROM STT_ECHO_MIRROR AS w WHERE w.EXTERNAL_ID = o.WINNER) AS OUR_WINNER, (SELECT w.TITLE
    FROM STT_ECHO_MIRROR AS w WHERE w.ECHO_ID = o.WINNER) AS THEIR_WINNER FROM
    jsonb_array_elements_text(CAST(:reasons AS JSONB)) AS e(value) JOIN STT_ECHO_LEFT_OUT AS o ON o.REASON =
    e.value AND o.LESSON_DATE = :today LEFT JOIN TIMETABLE AS t ON TRIM(t.SETID) = TRIM(o.SETID) AND t.SLOTID =
    o.SLOTID AND t.SLOTENTRY = 1 LEFT JOIN MODULE AS m ON TRIM(m.SETID) = TRIM(o.SETID) AND TRIM(m.MODULEID) =
    TRIM(t.MODULEID);

-- store.too_late UPDATES
SELECT n.EXTERNAL_ID, n.SLOTID, n.STATUS, n.RECORDED, n.MESSAGE, n.LESSON_DATE, n.NEW_ROOMID, n.OLD_ROOMID,
    n.STARTTIME, n.FINISHTIME, n.MODULEID, n.MODGRPCODE, TRIM(m.NAME) AS MODULE_NAME FROM STT_ECHO_NOTIFICATION AS
    n LEFT JOIN MODULE AS m ON TRIM(m.SETID) = TRIM(n.SETID) AND TRIM(m.MODULEID) = TRIM(n.MODULEID) WHERE n.STATUS
    IN ('TOO_LATE', 'FAILED', 'PARKED', 'UNPROCESSED', 'IN_PROGRESS') AND (n.LESSON_DATE = :today OR n.OLD_DATE =
    :today) AND NOT EXISTS(SELECT 1 FROM STT_ECHO_NOTIFICATION AS l WHERE l.EXTERNAL_ID = n.EXTERNAL_ID AND
    l.QUEUE_ID > n.QUEUE_ID);

-- store.tries _LAST
SELECT COALESCE(MAX(ID), 0) FROM STT_ECHO_TRY;

-- store.tries _TRIES 0
INSERT INTO STT_ECHO_TRY (ID, EXTERNAL_ID, METHOD, FINGERPRINT, PLACES, SENT, SAID, AT) SELECT
    CAST(jsonb_extract_path_text(value, '0') AS BIGINT), jsonb_extract_path_text(value, '1'),
    jsonb_extract_path_text(value, '2'), jsonb_extract_path_text(value, '3'), jsonb_extract_path_text(value, '4'),
    CAST(jsonb_extract_path_text(value, '5') AS BIGINT), jsonb_extract_path_text(value, '6'), STT_ECHO_NOW() FROM
    jsonb_array_elements(CAST(:many AS JSONB)) AS L(value) WHERE TRUE;

-- store.tries _TRIES 1
INSERT INTO STT_ECHO_TRY (ID, EXTERNAL_ID, METHOD, FINGERPRINT, PLACES, SENT, SAID, AT) VALUES (:id, :external_id,
    :method, :fingerprint, :places, :sent, :said, STT_ECHO_NOW());

-- store.tries _OTHER_BODIES
DELETE FROM STT_ECHO_TRY WHERE ID IN (SELECT t.ID FROM jsonb_array_elements(CAST(:many AS JSONB)) AS r(value) JOIN
    STT_ECHO_TRY AS t ON t.EXTERNAL_ID = jsonb_extract_path_text(r.value, '0') WHERE t.METHOD =
    jsonb_extract_path_text(r.value, '1') AND t.FINGERPRINT <> jsonb_extract_path_text(r.value, '2'));

-- store.tries _OF
SELECT t.EXTERNAL_ID, t.METHOD, t.FINGERPRINT, t.SENT, t.SAID, (STT_ECHO_DAYS(STT_ECHO_NOW()) -
    STT_ECHO_DAYS(t.AT)) * 86400.0 AS AGE_S FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN
    STT_ECHO_TRY AS t ON t.EXTERNAL_ID = i.value ORDER BY t.ID;

-- store.tries _TOLD
UPDATE STT_ECHO_TRY SET SENT = :sent, SAID = :said WHERE ID = :id;

-- store.tries _DROP
DELETE FROM STT_ECHO_TRY WHERE ID IN (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS
    JSONB)) AS L(value));

-- store.tries _ANSWERED
UPDATE STT_ECHO_TRY SET SAID = :said WHERE ID IN (SELECT t.ID FROM jsonb_array_elements(CAST(:many AS JSONB)) AS
    r(value) JOIN STT_ECHO_TRY AS t ON t.EXTERNAL_ID = jsonb_extract_path_text(r.value, '0') WHERE t.METHOD =
    jsonb_extract_path_text(r.value, '1'));

-- store.tries _FORGET
DELETE FROM STT_ECHO_TRY WHERE EXTERNAL_ID IN (SELECT value FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS
    L(value));

-- store.tries _FORGET_AT
DELETE FROM STT_ECHO_TRY WHERE EXISTS(SELECT 1 FROM jsonb_array_elements(CAST(PLACES AS JSONB)) AS t(value) CROSS
    JOIN jsonb_array_elements(CAST(:places AS JSONB)) AS p(value) WHERE CAST(jsonb_extract_path_text(t.value, '0')
    AS TEXT) = CAST(jsonb_extract_path_text(p.value, '0') AS TEXT) AND CAST(jsonb_extract_path_text(t.value, '1')
    AS TEXT) = CAST(jsonb_extract_path_text(p.value, '1') AS TEXT));

-- store.tries _NOT_LOOKED_AT
SELECT DISTINCT t.EXTERNAL_ID FROM jsonb_array_elements_text(CAST(:ids AS JSONB)) AS i(value) JOIN STT_ECHO_TRY AS
    t ON t.EXTERNAL_ID = i.value CROSS JOIN jsonb_array_elements(CAST(t.PLACES AS JSONB)) AS p(value) JOIN
    STT_ECHO_REFRESH AS r ON r.ROOMID = jsonb_extract_path_text(p.value, '0') AND r.LESSON_DATE =
    jsonb_extract_path_text(p.value, '1') WHERE t.METHOD <> 'DELETE' AND COALESCE(t.SAID, '') <> :answered AND
    r.LESSON_DATE = :today;

-- store.tries _PRUNE
DELETE FROM STT_ECHO_TRY WHERE AT <= STT_ECHO_NOW('-1 day') OR (SAID = :answered AND AT <= STT_ECHO_NOW(:burst));

-- store.unknown_people _PEOPLE
SELECT w.EMAIL, w.SINCE, w.CHECKED, TRIM(p.PERSONNO) AS PERSONNO FROM STT_ECHO_MISSING_PERSON AS w LEFT JOIN
    STT_EXT_PERSON AS p ON LOWER(TRIM(p.BUSINESSEMAIL)) = w.EMAIL ORDER BY w.EMAIL, p.PERSONNO NULLS FIRST;

-- store.unknown_people AHEAD
SELECT w.EMAIL, l.NAME AS LECTURER_NAME, m.ROOMID, m.LESSON_DATE, m.STARTTIME, m.FINISHTIME, m.TITLE FROM
    STT_ECHO_MIRROR AS m JOIN TIMETABLE AS t ON TRIM(t.SETID) = TRIM(m.SETID) AND t.SLOTID = m.SLOTID AND
    t.SLOTENTRY = 1 JOIN STT_EXT_PERSON AS p ON TRIM(p.PERSONNO) = TRIM(t.LECTURERID) JOIN STT_ECHO_MISSING_PERSON
    AS w ON w.EMAIL = LOWER(TRIM(p.BUSINESSEMAIL)) LEFT JOIN LECTURER AS l ON TRIM(l.SETID) = TRIM(m.SETID) AND
    TRIM(l.LECTURERID) = TRIM(t.LECTURERID) WHERE m.OURS = 1 AND m.PRESENTER IS NULL AND m.LESSON_DATE >= :today
    ORDER BY m.LESSON_DATE, m.STARTTIME, m.ROOMID;

-- store.upgrading _SET_VERSION
UPDATE STT_ECHO_META SET VALUE = :version WHERE NAME = 'schema_version';

-- store.upgrading _END_TERM
UPDATE STT_ECHO_LEASE SET HOLDER = NULL, UNTIL = NULL, STATE = NULL, EPOCH = EPOCH + 1 WHERE ID = 1;

-- store.upgrading _ASKED_FOR
UPDATE STT_ECHO_QUEUE SET ACTION = 'INSERT' WHERE SOURCE = 'ROOMREQUESTS' AND ACTION = 'UPDATE' AND STATUS IN
    ('UNPROCESSED', 'IN_PROGRESS') AND WEEKS_ALL = 0 AND EXISTS(SELECT 1 FROM ROOMREQUESTS AS R WHERE TRIM(R.SETID)
    = TRIM(STT_ECHO_QUEUE.SETID) AND R.SLOTID = STT_ECHO_QUEUE.SLOTID AND R.SLOTENTRY = 1 AND TRIM(R.FEATUREID) IN
    ('AUDIOREC', 'VIDEOREC')) AND NOT EXISTS(SELECT 1 FROM STT_ECHO_MIRROR AS M WHERE M.SETID =
    STT_ECHO_QUEUE.SETID AND M.SLOTID = STT_ECHO_QUEUE.SLOTID AND M.LESSON_DATE >= SUBSTRING(STT_ECHO_NOW() FROM 1
    FOR 10)) AND NOT EXISTS(SELECT 1 FROM STT_ECHO_LEFT_OUT AS L WHERE L.SETID = STT_ECHO_QUEUE.SETID AND L.SLOTID
    = STT_ECHO_QUEUE.SLOTID AND L.LESSON_DATE >= SUBSTRING(STT_ECHO_NOW() FROM 1 FOR 10)) AND NOT EXISTS(SELECT 1
    FROM STT_ECHO_QUEUE AS Q JOIN STT_ECHO_NOTIFICATION AS N ON N.QUEUE_ID = Q.ID WHERE Q.SETID =
    STT_ECHO_QUEUE.SETID AND Q.SLOTID = STT_ECHO_QUEUE.SLOTID AND N.NEW_DATE >= SUBSTRING(STT_ECHO_NOW() FROM 1 FOR
    10) AND NOT EXISTS(SELECT 1 FROM STT_ECHO_QUEUE AS P JOIN STT_ECHO_NOTIFICATION AS O ON O.QUEUE_ID = P.ID WHERE
    P.SETID = Q.SETID AND P.SLOTID = Q.SLOTID AND O.WEEKNUMBER = N.WEEKNUMBER AND O.ID > N.ID));

-- store.upgrading _LEASE
SELECT HOLDER FROM STT_ECHO_LEASE WHERE NOT HOLDER IS NULL AND UNTIL > STT_ECHO_NOW();

-- store.windows _ALIVE
UPDATE STT_ECHO_WINDOW SET SEEN = STT_ECHO_NOW() WHERE HOLDER = :holder AND ROOMID = :room AND LESSON_DATE = :date;

-- store.windows _SWEEP
DELETE FROM STT_ECHO_WINDOW WHERE HOLDER = :holder OR SEEN < STT_ECHO_NOW('-1 day');

-- store.windows _OPEN
INSERT INTO STT_ECHO_WINDOW (HOLDER, WHO, MACHINE, ROOMID, LESSON_DATE) VALUES (:holder, :who, :machine, :room,
    :date);

-- store.windows _CLOSE
DELETE FROM STT_ECHO_WINDOW WHERE HOLDER = :holder;

-- store.windows _OTHERS
SELECT WHO, MACHINE, SINCE FROM STT_ECHO_WINDOW WHERE ROOMID = :room AND LESSON_DATE = :date AND HOLDER <> :holder
    AND SEEN >= STT_ECHO_NOW(:ago) ORDER BY SINCE, HOLDER;

-- timetable.statements SETS
SELECT SETID, LIVE FROM STT_ECHO_SET ORDER BY SETID;

-- timetable.statements WEEK_STRUCTURE
SELECT TRIM(SETID), WEEKNUMBER, STARTDATE FROM WEEKSTRUCTURE ORDER BY SETID, WEEKNUMBER;

-- timetable.statements MAPPED_DATES
SELECT TRIM(SETID), WEEKNUM, DAYPOSN, MAPDATE FROM CCALMAPS ORDER BY SETID, WEEKNUM, DAYPOSN;

-- timetable.statements MISSING_PEOPLE
SELECT EMAIL FROM STT_ECHO_MISSING_PERSON;

-- timetable.statements LESSONS_IN_ROOMS
SELECT K.WEEKNUMBER, TRIM(T.SETID), T.SLOTID, T.SLOTENTRY, T.WEEKID, T.WEEKDAY, NULLIF(TRIM(T.STARTTIME), ''),
    NULLIF(TRIM(T.FINISHTIME), ''), NULLIF(TRIM(T.MODULEID), ''), NULLIF(TRIM(T.MODGRPCODE), ''),
    NULLIF(TRIM(T.ROOMID), ''), NULLIF(TRIM(T.ROOMGRPCODE), ''), NULLIF(TRIM(T.LECTURERID), ''),
    NULLIF(TRIM(T.SOURCESID), ''), T.STATUS, NULLIF(TRIM(T.DATECHANGED), ''), (SELECT COUNT(*) FROM STT_ECHO_SET AS
    S WHERE S.SETID = TRIM(T.SETID) AND S.LIVE = 1), (SELECT MIN(COALESCE(NULLIF(TRIM(M.NAME), ''), ' ')) FROM
    MODULE AS M WHERE TRIM(M.SETID) = TRIM(T.SETID) AND TRIM(M.MODULEID) = TRIM(T.MODULEID)), (SELECT COUNT(*) FROM
    MODULEGROUPS AS G WHERE TRIM(G.SETID) = TRIM(T.SETID) AND TRIM(G.MODULEID) = TRIM(T.MODULEID) AND
    TRIM(G.GRPCODE) = TRIM(T.MODGRPCODE)), (SELECT COUNT(*) FROM STT_COMPONENT_TYPE AS C WHERE
    TRIM(C.MODULE_SUBGROUP_CODE) = TRIM(SUBSTRING(TRIM(T.MODGRPCODE) FROM 1 FOR 2))), (SELECT
    MAX(TRIM(Q.FEATUREID)) FROM ROOMREQUESTS AS Q WHERE TRIM(Q.SETID) = TRIM(T.SETID) AND Q.SLOTID = T.SLOTID AND
    Q.SLOTENTRY = T.SLOTENTRY AND TRIM(Q.FEATUREID) IN ('AUDIOREC', 'VIDEOREC')), (SELECT MAX(TRIM(F.FEATUREID))
    FROM ROOMFEATURES AS F WHERE TRIM(F.SETID) = TRIM(T.SETID) AND TRIM(F.ROOMID) = TRIM(T.ROOMID) AND
    TRIM(F.FEATUREID) IN ('AUDIOREC', 'VIDEOREC')), (SELECT MIN(NULLIF(TRIM(P.BUSINESSEMAIL), '')) FROM
    STT_EXT_PERSON AS P WHERE TRIM(P.PERSONNO) = TRIM(T.LECTURERID)), (SELECT MAX(N.SINCE) FROM STT_ECHO_SENIORITY
    AS N WHERE N.SETID = TRIM(T.SETID) AND N.SLOTID = T.SLOTID), (SELECT COUNT(*) FROM TIMETABLE AS X WHERE
    TRIM(X.SETID) = TRIM(T.SETID) AND X.SLOTID = T.SLOTID AND X.SLOTENTRY = T.SLOTENTRY) FROM (SELECT
    jsonb_extract_path_text(value, '0') AS ROOMID, jsonb_extract_path_text(value, '1') AS SETID,
    CAST(jsonb_extract_path_text(value, '2') AS BIGINT) AS WEEKNUMBER, CAST(jsonb_extract_path_text(value, '3') AS
    BIGINT) AS WEEKDAY FROM jsonb_array_elements(CAST(:keys AS JSONB)) AS L(value)) AS K CROSS JOIN TIMETABLE AS T
    CROSS JOIN WEEKMAPNUMERIC AS W WHERE TRIM(T.ROOMID) = K.ROOMID AND T.WEEKDAY = K.WEEKDAY AND TRIM(T.SETID) =
    K.SETID AND TRIM(W.SETID) = K.SETID AND W.WEEKID = T.WEEKID AND W.WEEKNUMBER = K.WEEKNUMBER ORDER BY T.SETID,
    T.SLOTID, T.SLOTENTRY, K.WEEKNUMBER NULLS FIRST;

-- timetable.statements LESSONS_IN_WEEKS
SELECT K.WEEKNUMBER, TRIM(T.SETID), T.SLOTID, T.SLOTENTRY, T.WEEKID, T.WEEKDAY, NULLIF(TRIM(T.STARTTIME), ''),
    NULLIF(TRIM(T.FINISHTIME), ''), NULLIF(TRIM(T.MODULEID), ''), NULLIF(TRIM(T.MODGRPCODE), ''),
    NULLIF(TRIM(T.ROOMID), ''), NULLIF(TRIM(T.ROOMGRPCODE), ''), NULLIF(TRIM(T.LECTURERID), ''),
    NULLIF(TRIM(T.SOURCESID), ''), T.STATUS, NULLIF(TRIM(T.DATECHANGED), ''), (SELECT COUNT(*) FROM STT_ECHO_SET AS
    S WHERE S.SETID = TRIM(T.SETID) AND S.LIVE = 1), (SELECT MIN(COALESCE(NULLIF(TRIM(M.NAME), ''), ' ')) FROM
    MODULE AS M WHERE TRIM(M.SETID) = TRIM(T.SETID) AND TRIM(M.MODULEID) = TRIM(T.MODULEID)), (SELECT COUNT(*) FROM
    MODULEGROUPS AS G WHERE TRIM(G.SETID) = TRIM(T.SETID) AND TRIM(G.MODULEID) = TRIM(T.MODULEID) AND
    TRIM(G.GRPCODE) = TRIM(T.MODGRPCODE)), (SELECT COUNT(*) FROM STT_COMPONENT_TYPE AS C WHERE
    TRIM(C.MODULE_SUBGROUP_CODE) = TRIM(SUBSTRING(TRIM(T.MODGRPCODE) FROM 1 FOR 2))), (SELECT
    MAX(TRIM(Q.FEATUREID)) FROM ROOMREQUESTS AS Q WHERE TRIM(Q.SETID) = TRIM(T.SETID) AND Q.SLOTID = T.SLOTID AND
    Q.SLOTENTRY = T.SLOTENTRY AND TRIM(Q.FEATUREID) IN ('AUDIOREC', 'VIDEOREC')), (SELECT MAX(TRIM(F.FEATUREID))
    FROM ROOMFEATURES AS F WHERE TRIM(F.SETID) = TRIM(T.SETID) AND TRIM(F.ROOMID) = TRIM(T.ROOMID) AND
    TRIM(F.FEATUREID) IN ('AUDIOREC', 'VIDEOREC')), (SELECT MIN(NULLIF(TRIM(P.BUSINESSEMAIL), '')) FROM
    STT_EXT_PERSON AS P WHERE TRIM(P.PERSONNO) = TRIM(T.LECTURERID)), (SELECT MAX(N.SINCE) FROM STT_ECHO_SENIORITY
    AS N WHERE N.SETID = TRIM(T.SETID) AND N.SLOTID = T.SLOTID), (SELECT COUNT(*) FROM TIMETABLE AS X WHERE
    TRIM(X.SETID) = TRIM(T.SETID) AND X.SLOTID = T.SLOTID AND X.SLOTENTRY = T.SLOTENTRY) FROM (SELECT
    jsonb_extract_path_text(value, '0') AS SETID, CAST(jsonb_extract_path_text(value, '1') AS BIGINT) AS SLOTID,
    CAST(jsonb_extract_path_text(value, '2') AS BIGINT) AS WEEKNUMBER FROM jsonb_array_elements(CAST(:keys AS
    JSONB)) AS L(value)) AS K CROSS JOIN TIMETABLE AS T CROSS JOIN WEEKMAPNUMERIC AS W WHERE TRIM(T.SETID) =
    K.SETID AND T.SLOTID = K.SLOTID AND T.SLOTENTRY = 1 AND TRIM(W.SETID) = K.SETID AND W.WEEKID = T.WEEKID AND
    W.WEEKNUMBER = K.WEEKNUMBER ORDER BY T.SETID, T.SLOTID, K.WEEKNUMBER NULLS FIRST;

-- timetable.statements LESSONS
SELECT TRIM(T.SETID), T.SLOTID, T.SLOTENTRY, T.WEEKID, T.WEEKDAY, NULLIF(TRIM(T.STARTTIME), ''),
    NULLIF(TRIM(T.FINISHTIME), ''), NULLIF(TRIM(T.MODULEID), ''), NULLIF(TRIM(T.MODGRPCODE), ''),
    NULLIF(TRIM(T.ROOMID), ''), NULLIF(TRIM(T.ROOMGRPCODE), ''), NULLIF(TRIM(T.LECTURERID), ''),
    NULLIF(TRIM(T.SOURCESID), ''), T.STATUS, NULLIF(TRIM(T.DATECHANGED), ''), (SELECT COUNT(*) FROM STT_ECHO_SET AS
    S WHERE S.SETID = TRIM(T.SETID) AND S.LIVE = 1), (SELECT MIN(COALESCE(NULLIF(TRIM(M.NAME), ''), ' ')) FROM
    MODULE AS M WHERE TRIM(M.SETID) = TRIM(T.SETID) AND TRIM(M.MODULEID) = TRIM(T.MODULEID)), (SELECT COUNT(*) FROM
    MODULEGROUPS AS G WHERE TRIM(G.SETID) = TRIM(T.SETID) AND TRIM(G.MODULEID) = TRIM(T.MODULEID) AND
    TRIM(G.GRPCODE) = TRIM(T.MODGRPCODE)), (SELECT COUNT(*) FROM STT_COMPONENT_TYPE AS C WHERE
    TRIM(C.MODULE_SUBGROUP_CODE) = TRIM(SUBSTRING(TRIM(T.MODGRPCODE) FROM 1 FOR 2))), (SELECT
    MAX(TRIM(Q.FEATUREID)) FROM ROOMREQUESTS AS Q WHERE TRIM(Q.SETID) = TRIM(T.SETID) AND Q.SLOTID = T.SLOTID AND
    Q.SLOTENTRY = T.SLOTENTRY AND TRIM(Q.FEATUREID) IN ('AUDIOREC', 'VIDEOREC')), (SELECT MAX(TRIM(F.FEATUREID))
    FROM ROOMFEATURES AS F WHERE TRIM(F.SETID) = TRIM(T.SETID) AND TRIM(F.ROOMID) = TRIM(T.ROOMID) AND
    TRIM(F.FEATUREID) IN ('AUDIOREC', 'VIDEOREC')), (SELECT MIN(NULLIF(TRIM(P.BUSINESSEMAIL), '')) FROM
    STT_EXT_PERSON AS P WHERE TRIM(P.PERSONNO) = TRIM(T.LECTURERID)), (SELECT MAX(N.SINCE) FROM STT_ECHO_SENIORITY
    AS N WHERE N.SETID = TRIM(T.SETID) AND N.SLOTID = T.SLOTID), (SELECT COUNT(*) FROM TIMETABLE AS X WHERE
    TRIM(X.SETID) = TRIM(T.SETID) AND X.SLOTID = T.SLOTID AND X.SLOTENTRY = T.SLOTENTRY) FROM (SELECT DISTINCT
    jsonb_extract_path_text(value, '0') AS SETID, CAST(jsonb_extract_path_text(value, '1') AS BIGINT) AS CODE FROM
    jsonb_array_elements(CAST(:keys AS JSONB)) AS L(value)) AS K CROSS JOIN TIMETABLE AS T WHERE TRIM(T.SETID) =
    K.SETID AND T.SLOTID = K.CODE ORDER BY T.SETID, T.SLOTID, T.SLOTENTRY;

-- timetable.statements LESSONS_OF_SETS
SELECT TRIM(T.SETID), T.SLOTID, T.SLOTENTRY, T.WEEKID, T.WEEKDAY, NULLIF(TRIM(T.STARTTIME), ''),
    NULLIF(TRIM(T.FINISHTIME), ''), NULLIF(TRIM(T.MODULEID), ''), NULLIF(TRIM(T.MODGRPCODE), ''),
    NULLIF(TRIM(T.ROOMID), ''), NULLIF(TRIM(T.ROOMGRPCODE), ''), NULLIF(TRIM(T.LECTURERID), ''),
    NULLIF(TRIM(T.SOURCESID), ''), T.STATUS, NULLIF(TRIM(T.DATECHANGED), ''), (SELECT COUNT(*) FROM STT_ECHO_SET AS
    S WHERE S.SETID = TRIM(T.SETID) AND S.LIVE = 1), (SELECT MIN(COALESCE(NULLIF(TRIM(M.NAME), ''), ' ')) FROM
    MODULE AS M WHERE TRIM(M.SETID) = TRIM(T.SETID) AND TRIM(M.MODULEID) = TRIM(T.MODULEID)), (SELECT COUNT(*) FROM
    MODULEGROUPS AS G WHERE TRIM(G.SETID) = TRIM(T.SETID) AND TRIM(G.MODULEID) = TRIM(T.MODULEID) AND
    TRIM(G.GRPCODE) = TRIM(T.MODGRPCODE)), (SELECT COUNT(*) FROM STT_COMPONENT_TYPE AS C WHERE
    TRIM(C.MODULE_SUBGROUP_CODE) = TRIM(SUBSTRING(TRIM(T.MODGRPCODE) FROM 1 FOR 2))), (SELECT
    MAX(TRIM(Q.FEATUREID)) FROM ROOMREQUESTS AS Q WHERE TRIM(Q.SETID) = TRIM(T.SETID) AND Q.SLOTID = T.SLOTID AND
    Q.SLOTENTRY = T.SLOTENTRY AND TRIM(Q.FEATUREID) IN ('AUDIOREC', 'VIDEOREC')), (SELECT MAX(TRIM(F.FEATUREID))
    FROM ROOMFEATURES AS F WHERE TRIM(F.SETID) = TRIM(T.SETID) AND TRIM(F.ROOMID) = TRIM(T.ROOMID) AND
    TRIM(F.FEATUREID) IN ('AUDIOREC', 'VIDEOREC')), (SELECT MIN(NULLIF(TRIM(P.BUSINESSEMAIL), '')) FROM
    STT_EXT_PERSON AS P WHERE TRIM(P.PERSONNO) = TRIM(T.LECTURERID)), (SELECT MAX(N.SINCE) FROM STT_ECHO_SENIORITY
    AS N WHERE N.SETID = TRIM(T.SETID) AND N.SLOTID = T.SLOTID), (SELECT COUNT(*) FROM TIMETABLE AS X WHERE
    TRIM(X.SETID) = TRIM(T.SETID) AND X.SLOTID = T.SLOTID AND X.SLOTENTRY = T.SLOTENTRY) FROM (SELECT DISTINCT
    value AS CODE FROM jsonb_array_elements_text(CAST(:keys AS JSONB)) AS L(value)) AS K CROSS JOIN TIMETABLE AS T
    WHERE TRIM(T.SETID) = K.CODE ORDER BY T.SETID, T.SLOTID, T.SLOTENTRY;

-- timetable.statements LESSONS_OF_ROOM
SELECT TRIM(T.SETID), T.SLOTID, T.SLOTENTRY, T.WEEKID, T.WEEKDAY, NULLIF(TRIM(T.STARTTIME), ''),
    NULLIF(TRIM(T.FINISHTIME), ''), NULLIF(TRIM(T.MODULEID), ''), NULLIF(TRIM(T.MODGRPCODE), ''),
    NULLIF(TRIM(T.ROOMID), ''), NULLIF(TRIM(T.ROOMGRPCODE), ''), NULLIF(TRIM(T.LECTURERID), ''),
    NULLIF(TRIM(T.SOURCESID), ''), T.STATUS, NULLIF(TRIM(T.DATECHANGED), ''), (SELECT COUNT(*) FROM STT_ECHO_SET AS
    S WHERE S.SETID = TRIM(T.SETID) AND S.LIVE = 1), (SELECT MIN(COALESCE(NULLIF(TRIM(M.NAME), ''), ' ')) FROM
    MODULE AS M WHERE TRIM(M.SETID) = TRIM(T.SETID) AND TRIM(M.MODULEID) = TRIM(T.MODULEID)), (SELECT COUNT(*) FROM
    MODULEGROUPS AS G WHERE TRIM(G.SETID) = TRIM(T.SETID) AND TRIM(G.MODULEID) = TRIM(T.MODULEID) AND
    TRIM(G.GRPCODE) = TRIM(T.MODGRPCODE)), (SELECT COUNT(*) FROM STT_COMPONENT_TYPE AS C WHERE
    TRIM(C.MODULE_SUBGROUP_CODE) = TRIM(SUBSTRING(TRIM(T.MODGRPCODE) FROM 1 FOR 2))), (SELECT
    MAX(TRIM(Q.FEATUREID)) FROM ROOMREQUESTS AS Q WHERE TRIM(Q.SETID) = TRIM(T.SETID) AND Q.SLOTID = T.SLOTID AND
    Q.SLOTENTRY = T.SLOTENTRY AND TRIM(Q.FEATUREID) IN ('AUDIOREC', 'VIDEOREC')), (SELECT MAX(TRIM(F.FEATUREID))
    FROM ROOMFEATURES AS F WHERE TRIM(F.SETID) = TRIM(T.SETID) AND TRIM(F.ROOMID) = TRIM(T.ROOMID) AND
    TRIM(F.FEATUREID) IN ('AUDIOREC', 'VIDEOREC')), (SELECT MIN(NULLIF(TRIM(P.BUSINESSEMAIL), '')) FROM
    STT_EXT_PERSON AS P WHERE TRIM(P.PERSONNO) = TRIM(T.LECTURERID)), (SELECT MAX(N.SINCE) FROM STT_ECHO_SENIORITY
    AS N WHERE N.SETID = TRIM(T.SETID) AND N.SLOTID = T.SLOTID), (SELECT COUNT(*) FROM TIMETABLE AS X WHERE
    TRIM(X.SETID) = TRIM(T.SETID) AND X.SLOTID = T.SLOTID AND X.SLOTENTRY = T.SLOTENTRY) FROM (SELECT DISTINCT
    value AS CODE FROM jsonb_array_elements_text(CAST(:keys AS JSONB)) AS L(value)) AS K CROSS JOIN TIMETABLE AS T
    WHERE TRIM(T.ROOMID) = K.CODE ORDER BY T.SETID, T.SLOTID, T.SLOTENTRY;

-- timetable.statements BRIEFS
SELECT TRIM(T.SETID), T.SLOTID, TRIM(T.MODULEID), TRIM(T.MODGRPCODE), TRIM(T.LECTURERID), TRIM(T.ROOMID), T.WEEKID,
    T.WEEKDAY, TRIM(T.STARTTIME) FROM (SELECT DISTINCT value AS CODE FROM jsonb_array_elements_text(CAST(:keys AS
    JSONB)) AS L(value)) AS K CROSS JOIN TIMETABLE AS T WHERE TRIM(T.SETID) = K.CODE AND T.SLOTENTRY = 1;

-- timetable.statements MODULE_NAMES
SELECT TRIM(M.SETID), TRIM(M.MODULEID), TRIM(M.NAME) FROM (SELECT DISTINCT value AS CODE FROM
    jsonb_array_elements_text(CAST(:keys AS JSONB)) AS L(value)) AS K CROSS JOIN MODULE AS M WHERE TRIM(M.SETID) =
    K.CODE;

-- timetable.statements LECTURER_NAMES
SELECT TRIM(L.SETID), TRIM(L.LECTURERID), TRIM(L.NAME) FROM (SELECT DISTINCT value AS CODE FROM
    jsonb_array_elements_text(CAST(:keys AS JSONB)) AS L(value)) AS K CROSS JOIN LECTURER AS L WHERE TRIM(L.SETID)
    = K.CODE;

-- timetable.statements CHANGED_BY
SELECT K.SETID, K.CODE, NULLIF(TRIM(T.USERCHANGE), '') FROM (SELECT DISTINCT jsonb_extract_path_text(value, '0') AS
    SETID, CAST(jsonb_extract_path_text(value, '1') AS BIGINT) AS CODE FROM jsonb_array_elements(CAST(:keys AS
    JSONB)) AS L(value)) AS K CROSS JOIN TIMETABLE AS T WHERE TRIM(T.SETID) = K.SETID AND T.SLOTID = K.CODE AND
    T.SLOTENTRY = 1;

-- timetable.statements REQUESTS
SELECT E.SETID, E.SLOTID, E.ID, E.ACTION, E.CREATED, (SELECT COUNT(*) FROM ROOMREQUESTS AS Q WHERE TRIM(Q.SETID) =
    TRIM(E.SETID) AND Q.SLOTID = E.SLOTID AND Q.SLOTENTRY = 1 AND TRIM(Q.FEATUREID) IN ('AUDIOREC', 'VIDEOREC'))
    FROM (SELECT DISTINCT jsonb_extract_path_text(value, '0') AS SETID, CAST(jsonb_extract_path_text(value, '1') AS
    BIGINT) AS CODE FROM jsonb_array_elements(CAST(:keys AS JSONB)) AS L(value)) AS K CROSS JOIN STT_ECHO_QUEUE AS
    E WHERE E.SETID = K.SETID AND E.SLOTID = K.CODE AND E.SOURCE = 'ROOMREQUESTS' ORDER BY E.ID;

-- timetable.statements SETS_OF_SLOT
SELECT DISTINCT TRIM(SETID) FROM TIMETABLE WHERE SLOTID = :slotid ORDER BY 1 NULLS FIRST;

-- timetable.statements SIZES
SELECT S.SETID, (SELECT COUNT(*) FROM TIMETABLE AS T WHERE TRIM(T.SETID) = TRIM(S.SETID) AND T.SLOTENTRY = 1 AND
    T.STATUS = 2 AND TRIM(T.SOURCESID) = 'TEACH' AND EXISTS(SELECT 1 FROM WEEKMAPNUMERIC AS W WHERE TRIM(W.SETID) =
    TRIM(T.SETID) AND W.WEEKID = T.WEEKID) AND EXISTS(SELECT 1 FROM ROOMFEATURES AS F WHERE TRIM(F.SETID) =
    TRIM(T.SETID) AND TRIM(F.ROOMID) = TRIM(T.ROOMID) AND TRIM(F.FEATUREID) IN ('AUDIOREC', 'VIDEOREC')) AND
    EXISTS(SELECT 1 FROM ROOMREQUESTS AS Q WHERE TRIM(Q.SETID) = TRIM(T.SETID) AND Q.SLOTID = T.SLOTID AND
    Q.SLOTENTRY = 1 AND TRIM(Q.FEATUREID) IN ('AUDIOREC', 'VIDEOREC')) AND EXISTS(SELECT 1 FROM MODULEGROUPS AS G
    WHERE TRIM(G.SETID) = TRIM(T.SETID) AND TRIM(G.MODULEID) = TRIM(T.MODULEID) AND TRIM(G.GRPCODE) =
    TRIM(T.MODGRPCODE))) FROM STT_ECHO_SET AS S WHERE S.LIVE = 1 ORDER BY S.SETID;

-- timetable.statements ANY_LESSON
SELECT EXISTS(SELECT 1 FROM TIMETABLE);

-- timetable.statements FIRST_DAY
SELECT MIN(W.WEEKNUMBER * 10 + T.WEEKDAY) FROM (SELECT DISTINCT value AS CODE FROM
    jsonb_array_elements_text(CAST(:keys AS JSONB)) AS L(value)) AS K CROSS JOIN TIMETABLE AS T CROSS JOIN
    WEEKMAPNUMERIC AS W WHERE TRIM(T.SETID) = K.CODE AND T.SLOTENTRY = 1 AND T.STATUS = 2 AND TRIM(W.SETID) =
    K.CODE AND W.WEEKID = T.WEEKID;

-- timetable.statements CHANGES
SELECT C.CHANGED, COUNT(*) FROM (SELECT NULLIF(TRIM(T.DATECHANGED), '') AS CHANGED FROM TIMETABLE AS T WHERE
    T.SLOTENTRY = 1 AND T.STATUS = 2 AND TRIM(T.SETID) IN (SELECT TRIM(S.SETID) FROM STT_ECHO_SET AS S WHERE S.LIVE
    = 1)) AS C WHERE NOT C.CHANGED IS NULL GROUP BY C.CHANGED ORDER BY C.CHANGED NULLS FIRST;

-- timetable.statements HAS_YEAR
SELECT EXISTS(SELECT 1 FROM TIMETABLE WHERE TRIM(SETID) = :setid);

-- timetable.statements WEEKS
SELECT K.SETID, K.CODE, W.WEEKNUMBER FROM (SELECT DISTINCT jsonb_extract_path_text(value, '0') AS SETID,
    CAST(jsonb_extract_path_text(value, '1') AS BIGINT) AS CODE FROM jsonb_array_elements(CAST(:keys AS JSONB)) AS
    L(value)) AS K CROSS JOIN WEEKMAPNUMERIC AS W WHERE TRIM(W.SETID) = K.SETID AND W.WEEKID = K.CODE;

-- timetable.statements WEEKS_OF_SETS
SELECT K.CODE, W.WEEKID, W.WEEKNUMBER FROM (SELECT DISTINCT value AS CODE FROM jsonb_array_elements_text(CAST(:keys
    AS JSONB)) AS L(value)) AS K CROSS JOIN WEEKMAPNUMERIC AS W WHERE TRIM(W.SETID) = K.CODE;

-- timetable.statements ROOM_NAMES
SELECT TRIM(R.ROOMID), TRIM(R.NAME), TRIM(R.SITEID), TRIM(B.SITENAME), TRIM(B.CAMPUSID) FROM ROOMS AS R LEFT JOIN
    SITES AS B ON TRIM(B.SETID) = TRIM(R.SETID) AND TRIM(B.SITEID) = TRIM(R.SITEID) LEFT JOIN STT_ECHO_SET AS S ON
    S.SETID = TRIM(R.SETID) ORDER BY COALESCE(S.LIVE, -1) NULLS FIRST, TRIM(R.SETID) NULLS FIRST, R.ROOMID;

-- timetable.statements ROOM_IN_SET
SELECT TRIM(R.NAME), TRIM(R.SITEID), TRIM(B.SITENAME), TRIM(B.CAMPUSID) FROM ROOMS AS R LEFT JOIN SITES AS B ON
    TRIM(B.SETID) = TRIM(R.SETID) AND TRIM(B.SITEID) = TRIM(R.SITEID) WHERE TRIM(R.SETID) = :setid AND
    TRIM(R.ROOMID) = :room ORDER BY R.SETID, R.ROOMID;

-- timetable.statements MODULES
SELECT K.SETID, K.CODE, TRIM(M.NAME), TRIM(M.OWNER), (SELECT MIN(TRIM(D.NAME)) FROM DEPTS AS D WHERE TRIM(D.DEPTID)
    = TRIM(M.OWNER)) FROM (SELECT DISTINCT jsonb_extract_path_text(value, '0') AS SETID,
    jsonb_extract_path_text(value, '1') AS CODE FROM jsonb_array_elements(CAST(:keys AS JSONB)) AS L(value)) AS K
    CROSS JOIN MODULE AS M WHERE TRIM(M.SETID) = K.SETID AND TRIM(M.MODULEID) = K.CODE ORDER BY M.SETID, M.MODULEID;

-- timetable.statements LECTURERS
SELECT K.SETID, K.CODE, TRIM(L.NAME) FROM (SELECT DISTINCT jsonb_extract_path_text(value, '0') AS SETID,
    jsonb_extract_path_text(value, '1') AS CODE FROM jsonb_array_elements(CAST(:keys AS JSONB)) AS L(value)) AS K
    CROSS JOIN LECTURER AS L WHERE TRIM(L.SETID) = K.SETID AND TRIM(L.LECTURERID) = K.CODE ORDER BY L.SETID,
    L.LECTURERID;
