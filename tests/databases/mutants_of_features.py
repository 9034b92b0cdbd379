"""What could be wrong in what the optional triggers on ROOMFEATURES ask for (`mutants_of_eligibility`)."""

from __future__ import annotations

from functools import partial

from tests.databases import test_feature_triggers as features
from tests.databases import test_trigger_errors as errors
from tests.databases.mutants_of_eligibility import Mutant

FEATURES = (
    Mutant(
        "any feature of a room counts",
        partial(features.test_any_other_feature_asks_for_nothing, feature="PROJECTOR"),
        {
            "sqlite": (
                "WHEN TRIM(NEW.FEATUREID) IN ('AUDIOREC', 'VIDEOREC') AND TRIM(NEW.ROOMID)",
                "WHEN TRIM(NEW.ROOMID)",
            ),
            "postgresql": (
                "WHERE TRIM(F.FEATUREID) IN ('AUDIOREC', 'VIDEOREC') AND TRIM(F.ROOMID)",
                "WHERE TRIM(F.ROOMID)",
            ),
            "oracle": (
                "IF PLAIN(P_FEATUREID) IN ('AUDIOREC', 'VIDEOREC') AND PLAIN(P_ROOMID)",
                "IF PLAIN(P_ROOMID)",
            ),
        },
    ),
    Mutant(
        "a room of a former year counts",
        partial(features.test_a_year_that_is_not_live_asks_for_nothing, live=0),
        {
            "sqlite": (
                "TRIM(NEW.SETID) AND S.LIVE = 1)\nBEGIN\n    INSERT INTO STT_ECHO_COMMAND",
                "TRIM(NEW.SETID))\nBEGIN\n    INSERT INTO STT_ECHO_COMMAND",
            ),
            "postgresql": (" AND STT_ECHO_LIVE(F.SETID)", ""),
            "oracle": ("RETURN LIVE(P_SETID);", "RETURN 1;"),
        },
    ),
    Mutant(
        "a recorder that stays in its room is told twice",
        partial(features.test_a_changed_row, changes={"featureid": "AUDIOREC"}, rooms=["R9"]),
        {
            "sqlite": ("SELECT DISTINCT F.ROOMID", "SELECT F.ROOMID"),
            "postgresql": ("GROUP BY TRIM(F.ROOMID)\n", "GROUP BY TRIM(F.ROOMID), F.FEATUREID\n"),
            "oracle": (" AND (V_IS = 0 OR PLAIN(P_ROOMID_OLD) < PLAIN(P_ROOMID_NEW))", ""),
        },
    ),
    Mutant(
        "the room that lost its recorder to another is forgotten",
        partial(features.test_a_changed_row, changes={"roomid": "S1"}, rooms=["R9", "S1"]),
        {
            "sqlite": ("TRIM(OLD.ROOMID) AS ROOMID", "TRIM(NEW.ROOMID) AS ROOMID"),
            "postgresql": ("(OLD.SETID, OLD.ROOMID, OLD.FEATUREID)", "(OLD.SETID, NEW.ROOMID, OLD.FEATUREID)"),
            "oracle": (" OR PLAIN(P_ROOMID_OLD) < PLAIN(P_ROOMID_NEW)", ""),
        },
    ),
    Mutant(
        "a quote ends the name of a room",
        partial(features.test_any_name_of_a_room_is_understood, room='The "Blue" Room'),
        {
            "sqlite": (
                "JSON_OBJECT('by', 'the timetable', 'room', TRIM(NEW.ROOMID))",
                """'{"by":"the timetable","room":"' || TRIM(NEW.ROOMID) || '"}'""",
            ),
            "postgresql": ("TO_JSON(ROOM)::TEXT", """'"' || ROOM || '"'"""),
            "oracle": (
                """REPLACE(REPLACE(PLAIN(P_ROOMID), CHR(92), CHR(92) || CHR(92)), '"', CHR(92) || '"')""",
                "PLAIN(P_ROOMID)",
            ),
        },
    ),
    Mutant(
        "an error of the commands escapes from the trigger",
        partial(errors.test_a_recorder_goes_through_without_the_commands),
        {
            "postgresql": (
                "EXCEPTION WHEN OTHERS THEN\n    PERFORM STT_ECHO_FAILED('ROOMFEATURES'",
                "EXCEPTION WHEN DIVISION_BY_ZERO THEN\n    PERFORM STT_ECHO_FAILED('ROOMFEATURES'",
                "EXCEPTION WHEN OTHERS THEN\n    BEGIN\n        PERFORM STT_ECHO_FAILED('ROOMFEATURES'",
                "EXCEPTION WHEN DIVISION_BY_ZERO THEN\n    BEGIN\n        PERFORM STT_ECHO_FAILED('ROOMFEATURES'",
            ),
        },
        breaks=True,
    ),
)
"""Faults in what is asked for when a room gains or loses its recorder."""
