"""Nothing of one instance is reachable from another: tried as SQL on the instance's own connection."""

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenants.database import Work
from tenants.engines import with_login
from tenants.instance.models.people import MemberRow
from tenants.places import Instance, Platform
from tenants.platform.models.people import PersonRow
from tenants.secrets import login_password
from tenants.sessions import NoPlace, PlacedSession, WrongPlace, db, session_at
from tests.house import House

DENIED = ("42501", "3F000", "42P01", "28000", "0A000")


def attacks(other: Instance) -> dict[str, str]:
    return {
        "other schema": f'SELECT * FROM "{other.schema}".members',
        "write other schema": f"INSERT INTO \"{other.schema}\".reference_items VALUES (gen_random_uuid(), 'x', 'y')",
        "platform people": "SELECT * FROM platform.people",
        "platform registry": "SELECT * FROM platform.instances",
        "become the other": f'SET ROLE "{other.role}"',
        "become the other by setting": f"SELECT set_config('role', '{other.role}', false)",
        "become the owner": f'SET ROLE "{other.owner_role}"',
        "become the superuser": "SET SESSION AUTHORIZATION postgres",
        "read a file": "SELECT pg_read_file('/etc/passwd')",
        "list files": "SELECT pg_ls_dir('/')",
        "copy from a file": "COPY members FROM '/etc/passwd'",
        "run a program": "COPY members TO PROGRAM 'cat'",
        "create a table": "CREATE TABLE stolen (a int)",
        "create in public": "CREATE TABLE public.stolen (a int)",
        "create a temporary table": "CREATE TEMP TABLE stolen (a int)",
        "create a function": "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "create a schema": "CREATE SCHEMA stolen",
        "create a role": "CREATE ROLE stolen LOGIN",
        "create a large object": "SELECT lo_create(0)",
        "set another role's settings": f'ALTER ROLE "{other.role}" SET search_path = public',
        "take another role's password": f"ALTER ROLE \"{other.role}\" PASSWORD 'x'",
        "read passwords": "SELECT rolpassword FROM pg_authid",
        "change the trail": "UPDATE audit_events SET reason = 'x'",
        "shorten the trail": "DELETE FROM audit_events",
        "empty the trail": "TRUNCATE audit_events",
        "move the head": "UPDATE audit_head SET sequence = 0",
        "choose a sequence": "INSERT INTO audit_events (sequence) VALUES (1)",
        "drop the trigger": "DROP TRIGGER audit_chain ON audit_events",
        "disable the trigger": "ALTER TABLE audit_events DISABLE TRIGGER ALL",
        "skip triggers": "SET session_replication_role = replica",
        "forge the version": "UPDATE alembic_version SET version_num = 'x'",
    }


@pytest.mark.parametrize(
    "name", list(attacks(Instance(id=None, firm_id=None, slug="", name="", cluster="", schema="t_0")))
)  # type: ignore[arg-type]
def test_sql_on_an_instances_own_connection_reaches_nothing_else(
    work: Work, two_clients: tuple[Instance, Instance], name: str
) -> None:
    with pytest.raises(DBAPIError) as refused:
        work.session.execute(text(attacks(two_clients[1])[name]))
    work.session.rollback()
    assert refused.value.orig.sqlstate in DENIED  # type: ignore[union-attr]


def test_a_setting_that_a_role_gives_itself_redirects_nothing(
    house: House, two_clients: tuple[Instance, Instance]
) -> None:
    with house.app.app_context():
        mine, other = two_clients
        session = session_at(mine)
        session.execute(text(f'ALTER ROLE "{mine.role}" SET search_path = "{other.schema}"'))
        session.commit()
        session.close()
        db.engines_of_instances.forget(mine)
        fresh = session_at(mine)
        try:
            assert fresh.scalar(text("SELECT current_schema()")) == mine.schema
        finally:
            fresh.execute(text(f'ALTER ROLE "{mine.role}" SET search_path = "{mine.schema}"'))
            fresh.commit()
            fresh.close()


def test_a_password_of_one_login_opens_no_other(house: House, two_clients: tuple[Instance, Instance]) -> None:
    mine, other = two_clients
    password = login_password(house.settings.secret, mine.cluster, mine.role)
    url = with_login(house.settings.clusters["main"], other.role, password).replace("+psycopg", "")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)


def test_a_session_without_a_place_raises(house: House) -> None:
    with house.app.app_context():
        with pytest.raises(NoPlace):
            PlacedSession(db).execute(text("SELECT 1"))
        with pytest.raises(NoPlace):
            db.session.execute(text("SELECT 1"))


def test_a_session_reaches_only_its_own_place(house: House, work: Work) -> None:
    with pytest.raises(WrongPlace):
        work.session.get(PersonRow, work.new_id())
    with pytest.raises(WrongPlace):
        session_at(Platform()).get(MemberRow, work.new_id())


def test_rows_of_two_clients_do_not_mix(work: Work, other_work: Work) -> None:
    mine = {row.email for row in work.session.query(MemberRow)}
    theirs = {row.email for row in other_work.session.query(MemberRow)}
    assert "admin@lindqvist-home.example" in mine
    assert "admin@nordfrakt.example" in theirs
    assert "admin@nordfrakt.example" not in mine
