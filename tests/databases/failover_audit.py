"""Who wrote and who asked while another led: noted by triggers of the test and by the simulator, judged here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from echodesk.store.database import Database
from echodesk.store.postgresql_still import run_script
from tests.databases.failover_programs import Exchange

_TABLES = "SELECT table_name FROM information_schema.tables WHERE starts_with(table_name, 'stt_echo_')"
_NOTES = """
CREATE TABLE TEST_WRITE (
    TX     BIGINT,
    TARGET TEXT,
    WORKER TEXT NOT NULL,
    EPOCH  BIGINT NOT NULL,
    STEP   TEXT NOT NULL,
    AT     DOUBLE PRECISION,
    LED    BIGINT,
    HELD   BOOLEAN,
    PRIMARY KEY (TX, TARGET)
);
CREATE FUNCTION TEST_NOTE() RETURNS TRIGGER LANGUAGE PLPGSQL AS $$
DECLARE WRITER TEXT := current_setting('echodesk.written_by', true);
BEGIN
    IF coalesce(WRITER, '') <> '' THEN
        INSERT INTO TEST_WRITE (TX, TARGET, WORKER, EPOCH, STEP)
        VALUES (txid_current(), TG_TABLE_NAME, split_part(WRITER, '|', 1),
                CAST(split_part(WRITER, '|', 2) AS BIGINT), split_part(WRITER, '|', 3))
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
-- As the last thing before the commit: who leads by then?
CREATE FUNCTION TEST_WHO_LEADS() RETURNS TRIGGER LANGUAGE PLPGSQL AS $$ BEGIN
    UPDATE TEST_WRITE w SET AT = extract(epoch FROM clock_timestamp()), LED = l.EPOCH, HELD = l.HOLDER IS NOT NULL
    FROM STT_ECHO_LEASE l WHERE l.ID = 1 AND w.TX = NEW.TX AND w.TARGET = NEW.TARGET;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER TEST_WHO_LEADS AFTER INSERT ON TEST_WRITE DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION TEST_WHO_LEADS();
"""
# Who does not lead may ask for something, and say of what it had sent that nobody knows its end. The line that
# tells where a term begins is written by who takes the lease, in the transaction that takes it.
_STALE = """
SELECT WORKER || ' wrote ' || TARGET || ' in "' || STEP || '" under epoch ' || EPOCH || ' when epoch ' || LED
       || CASE WHEN HELD THEN ' led' ELSE ' was the last and nobody led' END
FROM TEST_WRITE w
WHERE NOT (EPOCH = LED AND HELD)
  AND NOT (STEP = 'take lease' AND TARGET IN ('stt_echo_lease', 'stt_echo_intent'))
  AND NOT (STEP = 'take lease' AND TARGET = 'stt_echo_audit' AND HELD AND EXISTS
           (SELECT 1 FROM TEST_WRITE l WHERE l.TX = w.TX AND l.TARGET = 'stt_echo_lease'))
  AND NOT (STEP = 'release lease' AND (EPOCH = LED OR TARGET = 'stt_echo_intent'))
  AND NOT (STEP = 'leave marks' AND TARGET = 'stt_echo_intent')
  AND NOT (STEP = 'pass on' AND TARGET = 'stt_echo_command')
ORDER BY TX, TARGET
"""
_TERMS = (
    "SELECT LED, WORKER, AT FROM TEST_WRITE WHERE STEP = 'take lease' AND TARGET = 'stt_echo_lease' ORDER BY TX"
)
_LEADS = "SELECT min(AT) FROM TEST_WRITE WHERE STEP = 'recover' AND EPOCH = %(epoch)s"
_TRANSACTIONS = "SELECT count(DISTINCT TX) FROM TEST_WRITE"

AFTER_WAKING_S = 1.0
"""What a process had decided to send before it was stopped goes out within so much of its waking."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term of office, from when it was taken on."""

    epoch: int
    worker: str
    since: float


@dataclass(frozen=True, slots=True)
class Freeze:
    """A process stood still."""

    worker: str
    began: float
    ended: float


def note_writes(database: Database) -> None:
    """Have every write to EchoDesk's tables noted, in this database."""
    with database.engine.begin() as connection:
        run_script(connection, _NOTES)
        for (name,) in connection.exec_driver_sql(_TABLES).all():
            connection.exec_driver_sql(
                f"CREATE TRIGGER TEST_NOTE AFTER INSERT OR UPDATE OR DELETE ON {name}"
                " FOR EACH ROW EXECUTE FUNCTION TEST_NOTE()"
            )


class Audit:
    """What was noted in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stale_writes(self) -> list[str]:
        """Everything so far that somebody wrote without leading, in order."""
        with self._database.engine.begin() as connection:
            return list(connection.exec_driver_sql(_STALE).scalars())

    def transactions(self) -> int:
        """How many transactions of workers have written something so far."""
        with self._database.engine.begin() as connection:
            return int(connection.exec_driver_sql(_TRANSACTIONS).scalar_one())

    def terms(self) -> list[Term]:
        """All terms of office so far."""
        with self._database.engine.begin() as connection:
            return [Term(*row) for row in connection.exec_driver_sql(_TERMS)]

    def leads_since(self, epoch: int) -> float | None:
        """When whoever has this epoch had taken over what was under way; None if that is still to come."""
        with self._database.engine.begin() as connection:
            found = connection.exec_driver_sql(_LEADS, {"epoch": epoch}).scalar()
        return None if found is None else float(found)


def overtaken(exchanges: Collection[Exchange], terms: Sequence[Term]) -> list[Exchange]:
    """Requests that were at Echo360 when another worker had taken the lease already."""
    return [
        one
        for one in exchanges
        if any(
            term.epoch > one.epoch and term.worker != one.worker and (one.ended is None or one.ended > term.since)
            for term in terms
        )
    ]


def residual(stale: Collection[Exchange], freezes: Collection[Freeze]) -> list[Exchange]:
    """Those of them that the standing still of their process explains (reliability L2)."""
    return [
        one
        for one in stale
        if any(
            freeze.worker == one.worker
            and one.began <= freeze.ended + AFTER_WAKING_S
            and (one.ended is None or one.ended >= freeze.began)
            for freeze in freezes
        )
    ]
