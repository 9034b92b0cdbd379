-- grammar: IF is closed with END instead of END IF
CREATE OR REPLACE PROCEDURE P (P_A IN NUMBER) IS
BEGIN
    IF P_A = 1 THEN
        NULL;
    END;
END;
/
