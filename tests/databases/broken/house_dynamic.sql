-- house: SQL that is put together when it runs
CREATE OR REPLACE PACKAGE BODY STT_ECHO_X AS
    PROCEDURE P(P_A IN VARCHAR2) IS
    BEGIN
        EXECUTE IMMEDIATE 'DELETE FROM ' || P_A;
    END;
END;
/
