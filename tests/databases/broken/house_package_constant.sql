-- house: a package that holds a constant
CREATE OR REPLACE PACKAGE STT_ECHO_X AS
    C_TEACH CONSTANT VARCHAR2(5) := 'TEACH';
    PROCEDURE P(P_A IN NUMBER);
END;
/
