-- grammar: IS is missing before the body
CREATE OR REPLACE PROCEDURE P (P_A IN NUMBER)
BEGIN
    NULL;
END;
/
