-- The two schemas' own names, in capitals, for every script of this folder: ECHODESK owns EchoDesk's objects, CMIS owns the
-- timetable. They are written here and nowhere else.

DEFINE ECHODESK = ECHODESK
DEFINE CMIS = CMIS_OWNER
