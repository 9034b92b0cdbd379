-- grammar: = where := belongs
CREATE OR REPLACE PROCEDURE P IS
    V_A NUMBER;
BEGIN
    V_A = 1;
END;
/
