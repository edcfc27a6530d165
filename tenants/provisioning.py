"""Building schemas: the service's own, and one for each instance, with the logins that reach them.

Only the maintenance worker and the CLI come here: it takes the administrative login of a cluster.
"""

import secrets
import uuid
from datetime import UTC, datetime

import psycopg
from psycopg import sql
from sqlalchemy import func, select

from domain.ids import InstanceId
from tenants.database import PlatformWork
from tenants.ddl import TENANT_HEAD, prepared
from tenants.engines import with_login
from tenants.places import Instance
from tenants.platform.models.instances import InstanceRow
from tenants.secrets import login_password, scram_verifier
from tenants.sessions import login_of
from tenants.settings import Settings

TIMEOUTS = {"statement_timeout": "60s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "60s"}
LARGE_OBJECTS = ("lo_create(oid)", "lo_creat(integer)", "lo_from_bytea(oid, bytea)")


def new_instance(cluster: str) -> Instance:
    """A name for a schema that does not exist yet: opaque, `t_` and 12 hexadecimal digits."""
    schema = f"t_{secrets.token_hex(6)}"
    return Instance(id=InstanceId(uuid.uuid4()), firm_id=None, slug="", name="", cluster=cluster, schema=schema)


def close_database(admin_dsn: str) -> None:
    """Take from PUBLIC what a login of ours must not have. Needs the administrative login; repeatable."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        database = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for signature in LARGE_OBJECTS:
            connection.execute(f"REVOKE EXECUTE ON FUNCTION pg_catalog.{signature} FROM PUBLIC")


def build(settings: Settings, instance: Instance) -> None:
    """Make the logins, the schema, and everything in it. Repeatable: a run that was cut off is run again."""
    _make_roles(settings, instance)
    _make_tables(settings, instance)


def fill_spares(settings: Settings, work: PlatformWork, cluster: str = "main") -> int:
    """Have `settings.spare_schemas` schemas stand ready on a cluster. Returns how many were made."""
    spare = select(func.count()).where(InstanceRow.state == "spare", InstanceRow.cluster == cluster)
    missing = settings.spare_schemas - (work.session.scalar(spare) or 0)
    for _ in range(max(0, missing)):
        register_spare(settings, work, cluster)
    return max(0, missing)


def register_spare(settings: Settings, work: PlatformWork, cluster: str) -> Instance:
    """Build one schema and put it into the registry as spare."""
    instance = new_instance(cluster)
    build(settings, instance)
    with work.transaction() as tx:
        tx.add(
            InstanceRow(
                id=instance.id,
                cluster=cluster,
                schema=instance.schema,
                state="spare",
                revision=TENANT_HEAD,
                created_at=datetime.now(UTC),
            )
        )
    return instance


def drop(settings: Settings, instance: Instance) -> None:
    """Remove an instance's schema and its logins; the registry is the caller's. There is no way back."""
    with psycopg.connect(settings.cluster_admins[instance.cluster]) as connection:
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(instance.schema)))
        for role in (instance.role, instance.owner_role):
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def has_schema(settings: Settings, instance: Instance) -> bool:
    with psycopg.connect(settings.cluster_admins[instance.cluster]) as connection:
        found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [instance.schema])
        return found.fetchone() is not None


def owner_dsn(settings: Settings, instance: Instance) -> str:
    """The login that owns an instance's schema, for psycopg."""
    password = login_password(settings.secret, instance.cluster, instance.owner_role)
    url = with_login(settings.clusters[instance.cluster], instance.owner_role, password)
    return url.replace("postgresql+psycopg", "postgresql", 1)


def _make_roles(settings: Settings, instance: Instance) -> None:
    with psycopg.connect(settings.cluster_admins[instance.cluster]) as connection:
        for role in (instance.owner_role, instance.role):
            _make_login(connection, role, login_password(settings.secret, instance.cluster, role))
            _set_role(connection, role, instance.schema)
        connection.execute(
            sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(
                sql.Identifier(instance.schema), sql.Identifier(instance.owner_role)
            )
        )
        connection.execute(
            sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(
                sql.Identifier(instance.schema), sql.Identifier(instance.role)
            )
        )


def _make_login(connection: psycopg.Connection, role: str, password: str) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("ALTER" if exists else "CREATE")
    connection.execute(
        sql.SQL(
            "{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS PASSWORD {}"
        ).format(verb, sql.Identifier(role), sql.Literal(scram_verifier(password)))
    )


def _set_role(connection: psycopg.Connection, role: str, schema: str) -> None:
    name = sql.Identifier(role)
    database = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, name))
    connection.execute(sql.SQL("ALTER ROLE {} SET search_path = {}").format(name, sql.Identifier(schema)))
    for setting, value in TIMEOUTS.items():
        connection.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.Identifier(setting), sql.Literal(value))
        )


def _make_tables(settings: Settings, instance: Instance) -> None:
    with psycopg.connect(owner_dsn(settings, instance), prepare_threshold=None) as connection, connection.pipeline():
        for statement in prepared(instance.schema):
            connection.execute(statement)  # type: ignore[call-overload]


def bootstrap_platform(settings: Settings) -> None:
    """Make the platform's login and schema on the main cluster, and close the databases of all. Repeatable."""
    for admin in settings.cluster_admins.values():
        close_database(admin)
    user, password = login_of(settings.platform_url)
    with psycopg.connect(settings.admin_url) as connection:
        _make_login(connection, user, password)
        _set_role(connection, user, "platform")
        connection.execute("CREATE SCHEMA IF NOT EXISTS platform")
        name = sql.Identifier(user)
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA platform TO {}").format(name))
        rights = "SELECT, INSERT, UPDATE, DELETE ON TABLES"
        connection.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA platform GRANT {} TO {}").format(sql.SQL(rights), name)
        )
