"""Move an instance to another cluster: a schema there, filled by COPY, held against the old one, then the registry.

How far a move is says the registry (`moving`) and what stands on the clusters, so that one that was cut off is run
again or given up. Nobody reads or writes the instance meanwhile. Only the CLI comes here: it takes the administrative
logins.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Column, Table, select, update

import tenants.instance.models  # noqa: F401  (registers the tables)
from tenants.database import PlatformTransaction, PlatformWork
from tenants.ddl import TENANT_HEAD
from tenants.instance.queries.verification import verify_instance
from tenants.places import Instance
from tenants.platform.models.instances import InstanceRow
from tenants.provisioning import build, drop, has_schema, owner_dsn
from tenants.registry import to_instance
from tenants.sessions import db
from tenants.settings import Settings

STAMP = "alembic_version"
TERMINATE = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = %s"


class NotMovable(RuntimeError):
    """Why a move cannot begin, go on or be given up; nothing was switched."""


def move(settings: Settings, work: PlatformWork, slug: str, to: str) -> Iterator[str]:
    """Say every step. Cut off anywhere, it is run again with the same words."""
    old = _begin(settings, work, slug, to)
    new = replace(old, cluster=to)
    _shut_out(settings, old)
    yield f"{slug}: nobody reads or writes it now"
    build(settings, new)
    yield f"{slug}: {_copy(settings, old, new):,} rows copied to {to} and found the same"
    verdict = verify_instance(settings, work, new)
    if verdict.faults:
        raise NotMovable(f"the trail on {to}: {verdict.summary}")
    yield f"{slug}: {verdict.summary}"
    _switch(work, old, to)
    yield f"{slug}: lives on {to}; what stays on {old.cluster} goes with --drop-old"


def give_up(settings: Settings, work: PlatformWork, slug: str) -> Iterator[str]:
    """Back to where the instance lived all the time."""
    with work.transaction() as tx:
        row = _row(tx, slug)
        if row.state != "moving":
            raise NotMovable(f"{slug} is not being moved")
        instance = to_instance(row)
    for elsewhere in _copies(settings, instance):
        drop(settings, elsewhere)
        yield f"{slug}: the copy on {elsewhere.cluster} is dropped"
    _let_in(settings, instance)
    with work.transaction() as tx:
        _row(tx, slug).state = "active"
    yield f"{slug}: in use on {instance.cluster} again"


def drop_old(settings: Settings, work: PlatformWork, slug: str) -> Iterator[str]:
    """Remove what a move left behind. There is no way back."""
    with work.transaction() as tx:
        row = _row(tx, slug)
        if row.state != "active":
            raise NotMovable(f"{slug} is being moved")
        instance = to_instance(row)
    for elsewhere in _copies(settings, instance):
        drop(settings, elsewhere)
        yield f"{slug}: what was left on {elsewhere.cluster} is dropped"


def _begin(settings: Settings, work: PlatformWork, slug: str, to: str) -> Instance:
    with work.transaction() as tx:
        row = _row(tx, slug)
        if to not in settings.clusters or to not in settings.cluster_admins:
            raise NotMovable(f"there is no cluster {to}; there are {', '.join(sorted(settings.clusters))}")
        if row.cluster == to:
            raise NotMovable(f"{slug} lives on {to}")
        if row.revision != TENANT_HEAD:
            raise NotMovable(f"{slug} stands at revision {row.revision}: run `mandate migrate` first")
        row.state = "moving"
        return to_instance(row)


def _row(tx: PlatformTransaction, slug: str) -> InstanceRow:
    found = select(InstanceRow).where(InstanceRow.slug == slug, InstanceRow.state.in_(("active", "moving")))
    row: InstanceRow | None = tx.session.scalar(found.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotMovable(f"there is no instance {slug}")
    return row


def _shut_out(settings: Settings, instance: Instance) -> None:
    """The instance's login is closed and what is open under it ended, so that nothing is written after the copy."""
    with psycopg.connect(settings.cluster_admins[instance.cluster], autocommit=True) as admin:
        admin.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(sql.Identifier(instance.role)))
        if not all(ended for (ended,) in admin.execute(TERMINATE, [instance.role])):
            raise NotMovable(f"a connection of {instance.role} does not end")


def _let_in(settings: Settings, instance: Instance) -> None:
    with psycopg.connect(settings.cluster_admins[instance.cluster], autocommit=True) as admin:
        admin.execute(sql.SQL("ALTER ROLE {} LOGIN").format(sql.Identifier(instance.role)))


def _copy(settings: Settings, old: Instance, new: Instance) -> int:
    """All tables in one transaction on either side; how many rows. What an earlier run left there is replaced."""
    tables = db.metadatas["instance"].sorted_tables  # what is referred to comes first
    names = sql.SQL(", ").join(sql.Identifier(table.name) for table in tables)
    with _as_owner(settings, old) as source, _as_owner(settings, new) as target:
        source.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _same_tables(source, old)
        for table in tables:
            target.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table.name)))
        target.execute(sql.SQL("TRUNCATE {}").format(names))
        for table in tables:
            _copy_table(source, target, table)
        _copy_sequences(source, target, old.schema)
        rows = sum(_held_against(source, target, table) for table in tables)
        for table in tables:
            target.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table.name)))
        return rows


@contextmanager
def _as_owner(settings: Settings, instance: Instance) -> Iterator[psycopg.Connection]:
    """One transaction as the role that owns the schema, with no limit of time."""
    with psycopg.connect(owner_dsn(settings, instance), prepare_threshold=None) as connection, connection.transaction():
        schema = sql.Identifier(instance.schema)
        connection.execute(sql.SQL("SET LOCAL search_path = {}").format(schema))
        for setting in ("statement_timeout = 0", "idle_in_transaction_session_timeout = 0", "timezone = 'UTC'"):
            connection.execute(f"SET LOCAL {setting}")  # type: ignore[call-overload]
        yield connection


def _same_tables(source: psycopg.Connection, old: Instance) -> None:
    found = {name for (name,) in source.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [old.schema])}
    known = {table.name for table in db.metadatas["instance"].sorted_tables} | {STAMP}
    revision = source.execute(sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(STAMP))).fetchone()
    if found != known or revision != (TENANT_HEAD,):
        raise NotMovable(f"{old.schema} on {old.cluster} is not what this version builds: {sorted(found ^ known)}")


def _copy_table(source: psycopg.Connection, target: psycopg.Connection, table: Table) -> None:
    name = sql.Identifier(table.name)
    columns = _names(column for column in table.columns if column.computed is None)
    out = sql.SQL("COPY {} ({}) TO STDOUT").format(name, columns)
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(name, columns)
    with source.cursor().copy(out) as rows, target.cursor().copy(into) as there:
        for data in rows:
            there.write(data)


def _copy_sequences(source: psycopg.Connection, target: psycopg.Connection, schema: str) -> None:
    used = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = %s AND last_value IS NOT NULL"
    for name, value in source.execute(used, [schema]).fetchall():
        target.execute("SELECT setval(%s::regclass, %s)", [name, value])


def _held_against(source: psycopg.Connection, target: psycopg.Connection, table: Table) -> int:
    """Count and sum of the hashes of all rows, on both sides."""
    statement = sql.SQL("SELECT count(*), sum(hashtextextended(ROW({})::text, 0)::numeric) FROM {}").format(
        _names(table.columns), sql.Identifier(table.name)
    )
    before, after = source.execute(statement).fetchone(), target.execute(statement).fetchone()
    if before is None or before != after:
        raise NotMovable(f"{table.name} differs: {before} rows and hash before, {after} after")
    return int(before[0])


def _names(columns: Iterable[Column[Any]]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)


def _switch(work: PlatformWork, old: Instance, to: str) -> None:
    here = (InstanceRow.id == old.id, InstanceRow.state == "moving", InstanceRow.cluster == old.cluster)
    with work.transaction() as tx:
        switched = update(InstanceRow).where(*here).values(cluster=to, state="active").returning(InstanceRow.id)
        if tx.session.scalar(switched) is None:
            raise NotMovable(f"the move of {old.slug} was given up meanwhile")


def _copies(settings: Settings, instance: Instance) -> Iterator[Instance]:
    """What of the instance stands on other clusters than its own."""
    for cluster in sorted(set(settings.cluster_admins) - {instance.cluster}):
        elsewhere = replace(instance, cluster=cluster)
        if has_schema(settings, elsewhere):
            yield elsewhere
