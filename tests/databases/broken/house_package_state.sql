-- house: a package that remembers something
CREATE OR REPLACE PACKAGE BODY STT_ECHO_X AS
    V_LAST NUMBER;

    PROCEDURE P(P_A IN NUMBER) IS
    BEGIN
        V_LAST := P_A;
    END;
END;
/
