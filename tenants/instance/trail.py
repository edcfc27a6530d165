"""The database's half of the audit trail: the trigger that chains events, and the grants that leave no other way in.

The functions belong to the owner role and touch only tables of their own schema. The first locks the one head row, so
that the chain has no branch, and fills what the instance's login may not write. The second moves the head to the last
event when the transaction commits: once, because a row that one transaction updates a hundred thousand times is found
more slowly every time.
"""

from tenants.instance.models.audit import CONTENT

FUNCTION = """
CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE head audit_head%ROWTYPE;
DECLARE last record;
BEGIN
  SELECT * INTO STRICT head FROM audit_head WHERE id = 1 FOR UPDATE;
  SELECT sequence, hash INTO last FROM audit_events WHERE sequence > head.sequence ORDER BY sequence DESC LIMIT 1;
  IF FOUND THEN
    head.sequence := last.sequence;
    head.hash := last.hash;
  END IF;
  NEW.sequence := head.sequence + 1;
  NEW.at := clock_timestamp();
  NEW.previous_hash := head.hash;
  NEW.canonical := json_build_array(
    NEW.sequence, to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), NEW.id, NEW.actor_id,
    NEW.actor_name, NEW.on_behalf_of, NEW.kind, NEW.is_refusal, NEW.subject_kind, NEW.subject_id, NEW.subject_label,
    NEW.path, NEW.body, NEW.reason, NEW.request_id)::text;
  NEW.hash := encode(sha256(convert_to(NEW.previous_hash || NEW.canonical, 'UTF8')), 'hex');
  RETURN NEW;
END $$
""".strip()

HEAD_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_head_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
  IF NEW.sequence = (SELECT max(sequence) FROM audit_events) THEN
    UPDATE audit_head SET sequence = NEW.sequence, hash = NEW.hash WHERE id = 1;
  END IF;
  RETURN NULL;
END $$
""".strip()

TRIGGER = (
    "CREATE OR REPLACE TRIGGER audit_chain BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION audit_chain()"
)

HEAD_TRIGGER = (
    "CREATE CONSTRAINT TRIGGER audit_head_follows AFTER INSERT ON audit_events DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION audit_head_follows()"
)


def statements(login: str) -> list[str]:
    """What makes the trail, one statement each and each repeatable, after the tables are there."""
    return [
        FUNCTION,
        "REVOKE ALL ON FUNCTION audit_chain() FROM PUBLIC",
        TRIGGER,
        HEAD_FUNCTION,
        "REVOKE ALL ON FUNCTION audit_head_follows() FROM PUBLIC",
        "DROP TRIGGER IF EXISTS audit_head_follows ON audit_events",
        HEAD_TRIGGER,
        "INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, repeat('0', 64)) ON CONFLICT DO NOTHING",
        *grants(login),
    ]


def grants(login: str) -> list[str]:
    """DML on everything; on the trail only reading, and writing the content of new events."""
    return [
        f'ALTER DEFAULT PRIVILEGES IN SCHEMA "{login}" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{login}"',
        f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "{login}" TO "{login}"',
        f'REVOKE ALL ON audit_events, audit_head FROM "{login}"',
        f'GRANT SELECT ON audit_events, audit_head TO "{login}"',
        f'GRANT INSERT ({", ".join(CONTENT)}) ON audit_events TO "{login}"',
        f'REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM "{login}"',
    ]
