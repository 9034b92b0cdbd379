-- Takes EchoDesk out of a database: triggers first, so that no edit can call what is not there, then the package,
-- sequences and EchoDesk's own tables with everything in them. The timetable's tables and rows stay as they are. A
-- statement for what is not there fails, and the next one goes on.

DROP TRIGGER STT_ECHO_TIMETABLE_INSERT;

DROP TRIGGER STT_ECHO_TIMETABLE_UPDATE;

DROP TRIGGER STT_ECHO_TIMETABLE_DELETE;

DROP TRIGGER STT_ECHO_REQUESTS_INSERT;

DROP TRIGGER STT_ECHO_REQUESTS_UPDATE;

DROP TRIGGER STT_ECHO_REQUESTS_DELETE;

DROP PACKAGE STT_ECHO_EDITS;

DROP TABLE STT_ECHO_ERROR;

DROP TABLE STT_ECHO_QUEUE;

DROP TABLE STT_ECHO_SET;

DROP SEQUENCE STT_ECHO_ERROR_SEQ;

DROP SEQUENCE STT_ECHO_QUEUE_SEQ;
