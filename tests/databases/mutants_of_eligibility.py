"""What could be wrong in the triggers: each mutant is one small edit of a script, and names the case that sees it.

An edit is (what stands there, what stands there instead), or two of them, by the folder of the scripts; what
stands there must be found exactly once. Oracle's scripts are played on two engines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from tests.databases import test_timetable_changes as changes
from tests.databases import test_timetable_criteria as criteria
from tests.databases import test_timetable_triggers as lessons

Edit = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault, planted in the scripts of some engines."""

    name: str
    caught_by: partial[None]
    """A case of the contract, with its parameters."""
    edits: Mapping[str, Edit]
    breaks: bool = False
    """True if the fault is about errors; else a mutant that only breaks down has proved nothing."""
    not_on: str = ""
    """An engine that cannot show it."""


def _always(searched: str) -> dict[str, Edit]:
    """A search that always finds something."""
    right = "(SELECT 1 FROM TABLE".replace("TABLE", searched)
    one = (right, right.replace("FROM", "UNION ALL SELECT 1 FROM"))
    return {
        "sqlite": one,
        "postgresql": one,
        "oracle": (right, right.replace("FROM", "FROM DUAL UNION ALL SELECT 1 FROM")),
    }


def _broken(name: str) -> partial[None]:
    """A lesson that breaks one criterion is inserted."""
    return partial(
        criteria.test_inserting_a_lesson_with_one_criterion_broken_enters_nothing, broken=criteria.BROKEN[name]
    )


def _without(name: str) -> partial[None]:
    """Something around the lesson is not there."""
    table, row = criteria.SURROUNDINGS[name]
    return partial(criteria.test_what_is_around_the_lesson_counts_at_the_moment_of_the_edit, name=table, row=row)


_BLANK = partial(criteria.test_a_blank_code_is_no_code_even_where_it_is_known, blank="")
_OTHER_YEAR = partial(lessons.test_a_lesson_that_moves_to_a_year_that_is_not_live_is_deleted, live=0)

CRITERIA = (
    Mutant(
        "what is not teaching counts",
        _broken("not teaching"),
        {
            "sqlite": ("AND L.SOURCESID = 'TEACH'\n", "\n"),
            "postgresql": (" OR TRIM(SOURCES_ID) IS DISTINCT FROM 'TEACH'", ""),
            "oracle": (" AND PLAIN(P_SOURCESID) = 'TEACH'", ""),
        },
    ),
    Mutant(
        "what is cancelled counts",
        _broken("cancelled"),
        {
            "sqlite": ("AND L.STATUS = 2\n", "\n"),
            "postgresql": (" OR LESSON_STATUS IS DISTINCT FROM 2", ""),
            "oracle": (" AND P_STATUS = 2", ""),
        },
    ),
    Mutant(
        "a further entry counts",
        partial(criteria.test_a_further_entry_of_a_slot_is_never_a_lesson),
        {
            "sqlite": ("AND L.SLOTENTRY = 1\n", "\n"),
            "postgresql": ("SLOT_ENTRY IS DISTINCT FROM 1 OR ", ""),
            "oracle": ("IF P_SLOTENTRY = 1 AND P_STATUS", "IF P_STATUS"),
        },
    ),
    Mutant(
        "a lesson without a room counts",
        _BLANK,
        {
            "sqlite": ("AND L.ROOMID <> ''\n", "\n"),
            "postgresql": ("COALESCE(ROOM, '') = '' OR ", ""),
            # There the searches find nothing for NULL anyhow, so '' must be taken for a code.
            "oracle": ("IF LENGTH(V_TEXT) = 0 THEN", "IF LENGTH(V_TEXT) < 0 THEN"),
        },
        # Its TRIM makes '' NULL, as Oracle's does.
        not_on="mariadb-oracle-mode",
    ),
    Mutant(
        "a lesson without a module counts",
        _BLANK,
        {
            "sqlite": ("AND L.MODULEID <> ''\n", "\n"),
            "postgresql": (" OR COALESCE(UNIT, '') = ''", ""),
        },
    ),
    Mutant("a room that cannot record counts", _broken("room cannot record"), _always("ROOMFEATURES F")),
    Mutant("a lesson that nobody asked for counts", _without("no request"), _always("ROOMREQUESTS Q")),
    Mutant("an unknown module counts", _without("no module"), _always("MODULE M")),
    Mutant("an unknown group counts", _broken("group unknown"), _always("MODULEGROUPS G")),
    Mutant("an unknown kind of group counts", _broken("component unknown"), _always("STT_COMPONENT_TYPE C")),
    Mutant(
        "a code that is too long counts",
        _broken("code too long"),
        {
            "sqlite": ("GLOB '??[0-9][0-9]'", "GLOB '??[0-9][0-9]*'"),
            "postgresql": ("'^..[0-9][0-9]$'", "'^..[0-9][0-9]'"),
            "oracle": (" AND LENGTH(V_GROUP) = 4", ""),
        },
    ),
    Mutant(
        "a letter counts as the third character",
        _broken("third character no digit"),
        {
            "sqlite": ("GLOB '??[0-9][0-9]'", "GLOB '???[0-9]'"),
            "postgresql": ("'^..[0-9][0-9]$'", "'^...[0-9]$'"),
            "oracle": ("AND ASCII(SUBSTR(V_GROUP, 3, 1)) BETWEEN 48 AND 57 ", ""),
        },
    ),
    Mutant(
        "a letter counts as the fourth character",
        _broken("fourth character no digit"),
        {
            "sqlite": ("GLOB '??[0-9][0-9]'", "GLOB '??[0-9]?'"),
            "postgresql": ("'^..[0-9][0-9]$'", "'^..[0-9].$'"),
            "oracle": (" AND ASCII(SUBSTR(V_GROUP, 4, 1)) BETWEEN 48 AND 57", ""),
        },
    ),
    Mutant(
        "a former year counts",
        _OTHER_YEAR,
        {
            "sqlite": ("S.SETID = L.SETID AND S.LIVE = 1", "S.SETID = L.SETID"),
            "postgresql": ("S.SETID = TRIM(YEAR) AND S.LIVE = 1", "S.SETID = TRIM(YEAR)"),
            "oracle": ("S.SETID = V_SETID AND S.LIVE = 1)", "S.SETID = V_SETID)"),
        },
    ),
    Mutant(
        "padding hides the group",
        partial(changes.test_an_unpadded_lesson_finds_padded_surroundings),
        {
            "sqlite": ("TRIM(G.GRPCODE) = L.MODGRPCODE", "G.GRPCODE = L.MODGRPCODE"),
            "postgresql": ("TRIM(G.GRPCODE) = COHORT", "G.GRPCODE = COHORT"),
            "oracle": ("TRIM(G.GRPCODE) = V_GROUP", "G.GRPCODE = V_GROUP"),
        },
    ),
)
"""Faults in what is eligible."""
