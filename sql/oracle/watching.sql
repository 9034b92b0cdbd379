-- What `echodesk check` looks at to tell that no edit is missed: EchoDesk's triggers and packages, their text, whether they are
-- switched on and valid. Oracle shows a trigger to its owner alone, so this is a view of the two schemas' own parts, and of no
-- others. For SYS, or who else may grant SYS's views on, in SQL*Plus, after install.sql (names.sql has the schemas' names).
-- Everything else works without it; `check` then says that it cannot see the triggers. May be run again.

@@names.sql

-- Nobody signs in as the schema that gets these, and EchoDesk's users read the view alone.
GRANT SELECT ON SYS.DBA_SOURCE TO &ECHODESK WITH GRANT OPTION;
GRANT SELECT ON SYS.DBA_OBJECTS TO &ECHODESK WITH GRANT OPTION;
GRANT SELECT ON SYS.DBA_TRIGGERS TO &ECHODESK WITH GRANT OPTION;

CREATE OR REPLACE VIEW &ECHODESK..STT_ECHO_CODE AS
SELECT S.OWNER, S.NAME, S.TYPE AS KIND, S.LINE, S.TEXT, O.STATUS AS COMPILED, T.STATUS AS SWITCHED
FROM SYS.DBA_SOURCE S
JOIN SYS.DBA_OBJECTS O ON O.OWNER = S.OWNER AND O.OBJECT_NAME = S.NAME AND O.OBJECT_TYPE = S.TYPE
LEFT JOIN SYS.DBA_TRIGGERS T ON T.OWNER = S.OWNER AND T.TRIGGER_NAME = S.NAME AND S.TYPE = 'TRIGGER'
WHERE S.OWNER IN ('&ECHODESK', '&CMIS') AND S.NAME LIKE 'STT_ECHO_%';

GRANT READ ON &ECHODESK..STT_ECHO_CODE TO STT_ECHO_WORKER, STT_ECHO_SCREENS;
