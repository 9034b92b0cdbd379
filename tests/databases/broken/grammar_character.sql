-- grammar: a character that Oracle's words never have
CREATE OR REPLACE PROCEDURE P IS
BEGIN
    NULL; ¤
END;
/
