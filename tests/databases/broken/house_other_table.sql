-- house: a table that the package has no business with
CREATE OR REPLACE PACKAGE BODY STT_ECHO_X AS
    FUNCTION F(P_A IN NUMBER) RETURN NUMBER IS
        V_A NUMBER;
    BEGIN
        SELECT COUNT(*) INTO V_A FROM LECTURER L WHERE L.LECTURERID = P_A;
        RETURN V_A;
    END;
END;
/
