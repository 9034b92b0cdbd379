"""What could be wrong in what the triggers enter: for a change, a request, an error (`mutants_of_eligibility`)."""

from __future__ import annotations

from functools import partial

from tests.databases import test_oracle_guard as behind
from tests.databases import test_request_triggers as requests
from tests.databases import test_timetable_changes as changes
from tests.databases import test_timetable_criteria as criteria
from tests.databases import test_timetable_triggers as lessons
from tests.databases import test_trigger_errors as errors
from tests.databases.cmis import deleted, inserted, otherwise
from tests.databases.mutants_of_eligibility import Mutant


def _relevant(name: str) -> partial[None]:
    """A column changes, and nothing else."""
    return partial(changes.test_each_relevant_value_counts, name=name, value=changes.RELEVANT[name])


_BOTH_SIDES = partial(changes.test_an_update_is_entered_with_both_sides)
_ENTERED = partial(lessons.test_an_eligible_lesson_is_entered_with_what_it_is)
_DELETED = partial(lessons.test_a_deletion_is_entered_with_the_old_side)

CHANGES = (
    Mutant(
        "old and new room swapped",
        _BOTH_SIDES,
        {
            "sqlite": (
                "NULLIF(TRIM(NEW.ROOMID_OLD), ''), NULLIF(TRIM(NEW.ROOMID_NEW), '')",
                "NULLIF(TRIM(NEW.ROOMID_NEW), ''), NULLIF(TRIM(NEW.ROOMID_OLD), '')",
            ),
            "postgresql": (
                "STT_ECHO_TEXT(O.ROOMID), STT_ECHO_TEXT(N.ROOMID)",
                "STT_ECHO_TEXT(N.ROOMID), STT_ECHO_TEXT(O.ROOMID)",
            ),
            "oracle": ("V_ROOM_OLD, V_ROOM_NEW, V_ROOMGRP_OLD", "V_ROOM_NEW, V_ROOM_OLD, V_ROOMGRP_OLD"),
        },
    ),
    Mutant(
        "old and new validity swapped",
        _ENTERED,
        {
            "sqlite": ("V.OLD_VALID, V.NEW_VALID, V.SETID", "V.NEW_VALID, V.OLD_VALID, V.SETID"),
            "postgresql": ("WAS::INTEGER, IS_NOW::INTEGER", "IS_NOW::INTEGER, WAS::INTEGER"),
            "oracle": ("P_ACTION, V_WAS, V_IS, V_SETID", "P_ACTION, V_IS, V_WAS, V_SETID"),
        },
    ),
    Mutant(
        "the new weeks are handed over as the old",
        _BOTH_SIDES,
        {
            "sqlite": (
                "'UPDATE',\n           OLD.SETID, OLD.SLOTID, OLD.SLOTENTRY, OLD.WEEKID,",
                "'UPDATE',\n           OLD.SETID, OLD.SLOTID, OLD.SLOTENTRY, NEW.WEEKID,",
            ),
            "postgresql": ("O.WEEKID, N.WEEKID", "N.WEEKID, N.WEEKID"),
            "oracle": (
                "'UPDATE',\n        :OLD.SETID, :OLD.SLOTID, :OLD.SLOTENTRY, :OLD.WEEKID,",
                "'UPDATE',\n        :OLD.SETID, :OLD.SLOTID, :OLD.SLOTENTRY, :NEW.WEEKID,",
            ),
        },
    ),
    Mutant(
        "no early exit for an update that changes nothing",
        partial(changes.test_writing_the_same_values_again_does_not_count),
        {
            "sqlite": ("AND (OLD.SLOTID IS NOT NEW.SLOTID\n", "AND (1 = 1 OR OLD.SLOTID IS NOT NEW.SLOTID\n"),
            "postgresql": ("    OR OLD.WEEKID IS DISTINCT", "    OR 1 = 1 OR OLD.WEEKID IS DISTINCT"),
            "oracle": ("IF P_ACTION = 'UPDATE'\n", "IF P_ACTION = 'NOTHING'\n"),
        },
    ),
    Mutant(
        "the lecturer is not watched",
        _relevant("lecturerid"),
        {
            "sqlite": ("LECTURERID, SOURCESID, STATUS ON TIMETABLE", "SOURCESID, STATUS ON TIMETABLE"),
            "postgresql": ("LECTURERID, SOURCESID, STATUS ON TIMETABLE", "SOURCESID, STATUS ON TIMETABLE"),
            "oracle": ("LECTURERID, SOURCESID, STATUS\nON TIMETABLE", "SOURCESID, STATUS\nON TIMETABLE"),
        },
        # It has no list of columns.
        not_on="mariadb-oracle-mode",
    ),
    Mutant(
        "the room group is not compared",
        _relevant("roomgrpcode"),
        {
            "sqlite": (
                "OR NULLIF(TRIM(OLD.ROOMGRPCODE), '') IS NOT NULLIF(TRIM(NEW.ROOMGRPCODE), '')\n",
                "\n",
            ),
            "postgresql": (
                "OR NULLIF(TRIM(OLD.ROOMGRPCODE), '') IS DISTINCT FROM NULLIF(TRIM(NEW.ROOMGRPCODE), '')\n",
                "\n",
            ),
            "oracle": ("AND SAME_TEXT(P_ROOMGRPCODE_OLD, P_ROOMGRPCODE_NEW) = 1\n", "\n"),
        },
    ),
    Mutant(
        "spaces around the start count as a change",
        partial(changes.test_spaces_around_a_value_do_not_count, name="starttime"),
        {
            "sqlite": (
                "NULLIF(TRIM(OLD.STARTTIME), '') IS NOT NULLIF(TRIM(NEW.STARTTIME), '')",
                "OLD.STARTTIME IS NOT NEW.STARTTIME",
            ),
            "postgresql": (
                "NULLIF(TRIM(OLD.STARTTIME), '') IS DISTINCT FROM NULLIF(TRIM(NEW.STARTTIME), '')",
                "OLD.STARTTIME IS DISTINCT FROM NEW.STARTTIME",
            ),
            "oracle": ("V_TEXT := TRIM(P_TEXT);", "V_TEXT := P_TEXT;"),
        },
    ),
    Mutant(
        "a deletion is taken for an update",
        _DELETED,
        {
            "sqlite": ("VALUES (\n        'DELETE',", "VALUES (\n        'UPDATE',"),
            "postgresql": (
                "'DELETE', OLD, NULL);\n    ELSIF",
                "'UPDATE', OLD, NULL);\n    ELSIF",
            ),
            "oracle": (
                "'TIMETABLE', P_ACTION, V_WAS",
                "'TIMETABLE', REPLACE(P_ACTION, 'DELETE', 'UPDATE'), V_WAS",
            ),
        },
    ),
    Mutant(
        "a lesson that goes to another slot is updated",
        partial(
            lessons.test_a_changed_key_ends_one_lesson_and_begins_another,
            changes={"slotid": 2},
            entries=[deleted(1), inserted(2)],
        ),
        {
            "sqlite": (
                "WHERE TRIM(OLD.SETID) = TRIM(NEW.SETID) AND OLD.SLOTID = NEW.SLOTID AND",
                "WHERE TRIM(OLD.SETID) = TRIM(NEW.SETID) AND",
            ),
            "postgresql": (
                "ELSIF TRIM(OLD.SETID) = TRIM(NEW.SETID) AND OLD.SLOTID = NEW.SLOTID AND",
                "ELSIF TRIM(OLD.SETID) = TRIM(NEW.SETID) AND",
            ),
            "oracle": (
                "AND P_SLOTID_OLD = P_SLOTID_NEW\n                                    AND",
                "AND",
            ),
        },
    ),
    Mutant(
        "a lesson that stops being eligible is entered as it is now",
        partial(lessons.test_a_lesson_that_stops_being_eligible_is_entered_as_it_last_was),
        {
            "postgresql": ("L := O;", "L := N;"),
            "oracle": ("V_LECTURER := PLAIN(P_LECTURERID_OLD);", "V_LECTURER := PLAIN(P_LECTURERID_NEW);"),
        },
    ),
    Mutant(
        "a lesson that stays eligible is entered as it was",
        _BOTH_SIDES,
        {
            "sqlite": ("SELECT MAX(L.SIDE)", "SELECT MIN(L.SIDE)"),
            "postgresql": ("IF IS_NOW THEN", "IF NOT WAS THEN"),
            "oracle": ("IF V_IS = 1 THEN\n            V_SETID", "IF V_WAS = 0 THEN\n            V_SETID"),
        },
    ),
    Mutant(
        "the lesser feature is entered",
        partial(criteria.test_a_request_for_both_is_entered_as_video),
        {
            "sqlite": ("MAX(TRIM(Q.FEATUREID))", "MIN(TRIM(Q.FEATUREID))"),
            "postgresql": ("MAX(TRIM(Q.FEATUREID))", "MIN(TRIM(Q.FEATUREID))"),
            "oracle": ("MAX(TRIM(Q.FEATUREID))", "MIN(TRIM(Q.FEATUREID))"),
        },
    ),
)
"""Faults in what is entered for a change of a lesson."""

REQUESTS = (
    Mutant(
        "a request of a further entry counts",
        partial(requests.test_a_request_of_a_further_entry_enters_nothing),
        {
            "sqlite": ("WHEN NEW.SLOTENTRY = 1 AND", "WHEN"),
            "postgresql": ("IF ENTRY = 1 AND", "IF"),
            "oracle": ("IF P_SLOTENTRY = 1 AND PLAIN", "IF PLAIN"),
        },
    ),
    Mutant(
        "a request of a former year counts",
        partial(requests.test_a_request_in_a_year_that_is_not_live_enters_nothing, live=0),
        {
            "sqlite": ("WHERE S.SETID = R.SETID AND S.LIVE = 1", "WHERE S.SETID = R.SETID"),
            "postgresql": ("AND STT_ECHO_LIVE(YEAR) THEN", "THEN"),
            "oracle": ("IF LIVE(V_SETID) = 1 THEN", "IF 1 = 1 THEN"),
        },
    ),
    Mutant(
        "a request that stays with its lesson is entered twice",
        partial(requests.test_a_changed_feature, old="VIDEOREC", new="AUDIOREC", entries=[otherwise(7)]),
        {
            "sqlite": ("GROUP BY R.SETID, R.SLOTID", "GROUP BY R.ACTION, R.SETID, R.SLOTID"),
            "postgresql": ("GROUP BY S.SETID, S.SLOTID", "GROUP BY S.ACTION, S.SETID, S.SLOTID"),
            "oracle": ("            V_WAS := 0;\n", "            V_WAS := 1;\n"),
        },
    ),
    Mutant(
        "the trigger numbers the change, which the leader does",
        partial(requests.test_asking_and_withdrawing_enter_the_lesson_and_which_it_was, feature="VIDEOREC"),
        {
            "sqlite": (
                "SETID, SLOTID)\n    VALUES ('ROOMREQUESTS', 'INSERT', TRIM(NEW.SETID), NEW.SLOTID)",
                "SETID, SLOTID, CHANGE_NO)\n    VALUES ('ROOMREQUESTS', 'INSERT', TRIM(NEW.SETID), NEW.SLOTID, 1)",
            ),
            "postgresql": (
                "SETID, SLOTID)\n        VALUES ('ROOMREQUESTS', WHAT, TRIM(YEAR), SLOT)",
                "SETID, SLOTID, CHANGE_NO)\n        VALUES ('ROOMREQUESTS', WHAT, TRIM(YEAR), SLOT, 1)",
            ),
            "oracle": (
                "(ID, SOURCE, ACTION, SETID, SLOTID)\n            VALUES (STT",
                "(CHANGE_NO, ID, SOURCE, ACTION, SETID, SLOTID)\n            VALUES (1, STT",
            ),
        },
    ),
)
"""Faults in what is entered for a request."""

_ESCAPES = partial(
    errors.test_an_error_inside_never_makes_an_edit_fail_and_is_told, trouble=errors.TROUBLE["the queue is gone"]
)
_ENTRY_FAILS = (
    "V_EMAIL, V_FEATURE\n        );\n    EXCEPTION\n        WHEN OTHERS",
    "V_EMAIL, V_FEATURE\n        );\n    EXCEPTION\n        WHEN NO_DATA_FOUND",
)

_HALF_FAILS = (
    "EXCEPTION WHEN OTHERS THEN\n    PERFORM STT_ECHO_FAILED('TIMETABLE', WHAT,",
    "EXCEPTION WHEN DIVISION_BY_ZERO THEN\n    PERFORM STT_ECHO_FAILED('TIMETABLE', WHAT,",
)

ERRORS = (
    Mutant(
        "an error escapes from the trigger",
        _ESCAPES,
        {
            "postgresql": (
                *_HALF_FAILS,
                "EXCEPTION WHEN OTHERS THEN\n    BEGIN\n        PERFORM STT_ECHO_FAILED('TIMETABLE'",
                "EXCEPTION WHEN DIVISION_BY_ZERO THEN\n    BEGIN\n        PERFORM STT_ECHO_FAILED('TIMETABLE'",
            ),
        },
        breaks=True,
    ),
    *(
        Mutant(
            f"an error of the code behind escapes from an edit of {table}",
            partial(behind.test_an_edit_goes_through_without_the_code_behind_the_guard),
            {
                "oracle": (
                    f"WHEN OTHERS THEN\n            FAILED('{table}'",
                    f"WHEN NO_DATA_FOUND THEN\n            FAILED('{table}'",
                )
            },
            breaks=True,
        )
        for table in ("TIMETABLE", "ROOMREQUESTS", "ROOMFEATURES")
    ),
    Mutant(
        "what fails for the old lesson takes the new one along",
        partial(errors.test_a_lesson_that_goes_to_another_slot_fails_here_or_there_alone, **errors.HALVES["here"]),
        {"oracle": _ENTRY_FAILS, "postgresql": _HALF_FAILS},
        breaks=True,
    ),
    Mutant(
        "a deletion fails for want of a year",
        _DELETED,
        {"sqlite": ("V.OLD_VALID, V.NEW_VALID, V.SETID,", "V.OLD_VALID, V.NEW_VALID, TRIM(NEW.SETID_NEW),")},
        breaks=True,
    ),
    Mutant(
        "an error is not told",
        _ESCAPES,
        {
            "postgresql": (
                "VALUES (SOURCE_NAME, WHAT, YEAR, SLOT, STATE, SAID);",
                "SELECT SOURCE_NAME, WHAT, YEAR, SLOT, STATE, SAID WHERE 1 = 0;",
            ),
            "oracle": (
                "VALUES (STT_ECHO_ERROR_SEQ.NEXTVAL, P_SOURCE,",
                "VALUES (STT_ECHO_ERROR_SEQ.NEXTVAL, NULL,",
            ),
        },
        breaks=True,
    ),
    Mutant(
        "an error that cannot be told escapes",
        partial(errors.test_an_edit_goes_through_though_not_even_the_error_can_be_written),
        {
            "postgresql": (
                "EXCEPTION WHEN OTHERS THEN\n    RAISE WARNING",
                "EXCEPTION WHEN DIVISION_BY_ZERO THEN\n    RAISE WARNING",
                "EXCEPTION WHEN OTHERS THEN\n        RAISE WARNING 'EchoDesk lost an edit of TIMETABLE",
                "EXCEPTION WHEN DIVISION_BY_ZERO THEN\n        RAISE WARNING 'EchoDesk lost an edit of TIMETABLE",
            ),
            "oracle": ("WHEN OTHERS THEN\n            NULL;", "WHEN NO_DATA_FOUND THEN\n            NULL;"),
        },
        breaks=True,
    ),
)
"""Faults in what becomes of an error."""
