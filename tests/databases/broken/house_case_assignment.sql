-- house: CASE as a value, at whose END other readers stop
CREATE OR REPLACE PACKAGE BODY STT_ECHO_X AS
    FUNCTION F(P_A IN NUMBER) RETURN NUMBER IS
        V_A NUMBER;
    BEGIN
        V_A := CASE WHEN P_A = 1 THEN 2 ELSE 3 END;
        RETURN V_A;
    END;
END;
/
