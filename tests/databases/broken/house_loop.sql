-- house: a loop within a timetabler's edit
CREATE OR REPLACE PACKAGE BODY STT_ECHO_X AS
    PROCEDURE P(P_A IN NUMBER) IS
    BEGIN
        FOR I IN 1 .. P_A LOOP
            NULL;
        END LOOP;
    END;
END;
/
