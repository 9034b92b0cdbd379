-- grammar: >> is no operator of Oracle's
CREATE OR REPLACE PROCEDURE P (P_A IN NUMBER) IS
BEGIN
    IF P_A >> 0 THEN
        NULL;
    END IF;
END;
/
