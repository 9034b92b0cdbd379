-- grammar: a column is missing between two commas
CREATE TABLE STT_ECHO_X (
    ID NUMBER(18) NOT NULL,,
    NAME VARCHAR2(10 CHAR)
);
