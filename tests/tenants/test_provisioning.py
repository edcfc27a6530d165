"""Schemas: script equals migrations, migrations resume, a second cluster works, engines are evicted."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import psycopg
import pytest
from sqlalchemy import select, text, update

from tenants import migrate
from tenants.database import instance_work
from tenants.ddl import TENANT_HEAD
from tenants.engines import Engines
from tenants.instance.models.delegations import AbsenceRow
from tenants.instance.models.people import MemberRow
from tenants.places import Instance
from tenants.platform.models.instances import InstanceRow
from tenants.provisioning import _make_roles as make_roles
from tenants.provisioning import build, close_database, drop, new_instance, register_spare
from tenants.sessions import db, session_at
from tenants.settings import SettingsInvalid, read_settings, without_login
from tests.house import House
from tests.web.client import statements

DAY = date(2026, 11, 20)
SHAPE = """
SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text,
       coalesce(pg_get_expr(d.adbin, d.adrelid), '')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE n.nspname = :schema AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL SELECT 'index', tablename, indexname, replace(indexdef, :schema, 's'), '', '' FROM pg_indexes
 WHERE schemaname = :schema
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, replace(pg_get_constraintdef(oid), :schema, 's'),
       '', '' FROM pg_constraint WHERE connamespace = (SELECT oid FROM pg_namespace WHERE nspname = :schema)
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, replace(pg_get_triggerdef(t.oid), :schema, 's'), '', ''
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = :schema AND NOT tgisinternal
UNION ALL SELECT 'function', p.proname, replace(pg_get_functiondef(p.oid), :schema, 's'), '', '', ''
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = :schema
UNION ALL SELECT 'grant', table_name, replace(grantee, :schema, 's'), privilege_type, '', ''
  FROM information_schema.role_table_grants WHERE table_schema = :schema
UNION ALL SELECT 'column grant', table_name, column_name, replace(grantee, :schema, 's') || privilege_type, '', ''
  FROM information_schema.column_privileges WHERE table_schema = :schema
ORDER BY 1, 2, 3, 4
"""


@pytest.fixture
def built(house: House) -> Iterator[Instance]:
    instance = new_instance("main")
    build(house.settings, instance)
    yield instance
    drop(house.settings, instance)


@pytest.fixture
def migrated(house: House) -> Iterator[Instance]:
    instance = new_instance("main")
    make_roles(house.settings, instance)
    with Engines(house.settings).as_owner(instance).begin() as connection:
        migrate.upgrade(connection, "tenant")
    yield instance
    drop(house.settings, instance)


def shape(house: House, instance: Instance) -> list[tuple[object, ...]]:
    with Engines(house.settings).as_owner(instance).connect() as connection:
        return [tuple(row) for row in connection.execute(text(SHAPE), {"schema": instance.schema})]


def test_prepared_script_and_migrations_give_the_same_schema(house: House, built: Instance, migrated: Instance) -> None:
    by_script, by_migration = shape(house, built), shape(house, migrated)
    assert len(by_script) > 300
    assert by_script == by_migration


def test_the_shape_tells_two_schemas_apart(house: House, built: Instance, migrated: Instance) -> None:
    with Engines(house.settings).as_owner(built).begin() as connection:
        connection.execute(text("DROP INDEX measures_of_owner"))
    assert shape(house, built) != shape(house, migrated)


def test_building_twice_changes_nothing(house: House, built: Instance) -> None:
    before = shape(house, built)
    build(house.settings, built)
    assert shape(house, built) == before


def test_an_instance_with_data_is_brought_up_from_the_first_revision(house: House) -> None:
    instance, member = new_instance("main"), uuid.uuid4()
    make_roles(house.settings, instance)
    with Engines(house.settings).as_owner(instance).begin() as connection:
        migrate.upgrade(connection, "tenant", "0001")
        connection.execute(
            text(
                "INSERT INTO members (id, email, name, side, created_at) VALUES (:id, 'p@x.org', 'P', 'client', now())"
            ),
            {"id": member},
        )
    with Engines(house.settings).as_owner(instance).begin() as connection:
        migrate.upgrade(connection, "tenant")
    with house.app.app_context(), instance_work(instance).transaction() as tx:
        assert tx.lock(MemberRow, member).notify == "at_once"
        tx.add(AbsenceRow(id=uuid.uuid4(), member_id=member, starts_on=DAY, ends_on=DAY, created_at=tx.work.now()))
        tx.flush()
    drop(house.settings, instance)


def test_the_prepared_revision_is_the_newest() -> None:
    assert migrate.head("tenant") == TENANT_HEAD


def test_no_foreign_key_leaves_the_schema() -> None:
    for table in db.metadatas["instance"].tables.values():
        assert table.schema is None
        assert {key.column.table.metadata for key in table.foreign_keys} <= {db.metadatas["instance"]}


def test_every_table_has_a_primary_key_and_no_identity() -> None:
    for table in db.metadatas["instance"].tables.values():
        assert table.primary_key.columns, table.name
        assert all(column.identity is None for column in table.columns)


def test_an_up_to_date_fleet_costs_one_query(house: House, two_clients: tuple[Instance, Instance]) -> None:
    with house.app.app_context():
        work = house.platform()
        with statements(house.app) as seen:
            assert list(migrate.migrate_instances(house.settings, work)) == []
        assert len(seen) == 1


def test_one_instance_that_fails_does_not_stop_the_others_and_is_resumed(house: House) -> None:
    with house.app.app_context():
        work = house.platform()
        fleet = [register_spare(house.settings, work, "main") for _ in range(3)]
        _set_revision(work, fleet, "0000")
        with Engines(house.settings).as_owner(fleet[1]).begin() as busy:
            busy.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
            first = {each.instance.schema: each.failure for each in migrate.migrate_instances(house.settings, work)}
        assert {schema for schema, failure in first.items() if failure} == {fleet[1].schema}
        assert "lock timeout" in first[fleet[1].schema]
        second = list(migrate.migrate_instances(house.settings, work))
        assert [(each.instance.schema, each.failure) for each in second] == [(fleet[1].schema, "")]


def test_an_instance_lives_on_a_second_cluster(house: House, second_postgres: str) -> None:
    settings = replace(
        house.settings,
        clusters={**house.settings.clusters, "second": without_login(second_postgres)},
        cluster_admins={**house.settings.cluster_admins, "second": second_postgres},
    )
    close_database(second_postgres)
    with house.app.app_context():
        house.app.extensions["engines_of_instances"] = Engines(settings)
        instance = register_spare(settings, house.platform(), "second")
        work = instance_work(instance)
        with work.transaction() as tx:
            tx.add(MemberRow(id=uuid.uuid4(), email="a@b.c", name="A", side="client", created_at=work.now()))
        assert work.session.scalars(select(MemberRow.email)).all() == ["a@b.c"]
        work.close()
        house.app.extensions["engines_of_instances"] = Engines(house.settings)
    with psycopg.connect(second_postgres) as admin:
        count = admin.execute(f'SELECT count(*) FROM "{instance.schema}".members').fetchone()
    assert count == (1,)


def test_least_recently_used_engines_are_disposed_of(house: House, two_clients: tuple[Instance, Instance]) -> None:
    engines = Engines(replace(house.settings, engines_kept=1))
    first, second = two_clients
    kept = engines.of(first)
    assert engines.of(first) is kept
    engines.of(second)
    assert len(engines) == 1
    assert engines.of(first) is not kept
    engines.dispose()


def test_a_spare_is_claimed_once_by_many_at_a_time(house: House) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def claim(number: int) -> str:
        with house.app.app_context():
            return house.onboard(f"Parallel {number}").schema

    with ThreadPoolExecutor(4) as pool:
        schemas = list(pool.map(claim, range(4)))
    assert len(set(schemas)) == 4


def test_onboarding_again_after_a_crash_makes_one_instance(house: House) -> None:
    from tenants.platform.actions.onboarding import onboard
    from tenants.platform.models.instances import OnboardingRow

    with house.app.app_context():
        instance = house.onboard("Twice AG")
        work = house.platform()
        run = work.session.scalars(select(OnboardingRow.id).where(OnboardingRow.instance_id == instance.id)).one()
        again = onboard(house.settings, house.platform(), run)
        assert again.schema == instance.schema
        members = session_at(instance)
        assert len(members.scalars(select(MemberRow.id)).all()) == 2
        members.close()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MANDATE_SECRET", "", "MANDATE_SECRET is not set"),
        ("MANDATE_SECRET", "ab" * 32, "weak"),
        ("MANDATE_SECRET", "short", "weak"),
        ("DATABASE_URL", "", "DATABASE_URL is not set"),
        ("MANDATE_ENV", "prod", "MANDATE_ENV"),
        ("MANDATE_PUBLIC_URL", "http://mandate.example", "https"),
        ("MANDATE_FILES", "", "MANDATE_FILES is not set"),
        ("MANDATE_FILES", "files", "full path"),
        ("MANDATE_FILES", "s3://host/bucket", "names no store"),
        ("MANDATE_CLUSTERS", "[1]", "MANDATE_CLUSTERS"),
        ("MANDATE_SPARE_SCHEMAS", "many", "whole number"),
        ("MANDATE_MAILBOX", "/tmp", "development"),
    ],
)
def test_a_missing_or_weak_setting_is_named(name: str, value: str, said: str) -> None:
    good = {
        "MANDATE_ENV": "production",
        "MANDATE_SECRET": "0123456789abcdef" * 4,
        "DATABASE_URL": "postgresql://mandate_platform:x@db/mandate",
        "MANDATE_PUBLIC_URL": "https://mandate.example",
        "MANDATE_FILES": "/srv/mandate",
    }
    assert read_settings(good).environment == "production"
    with pytest.raises(SettingsInvalid, match=said):
        read_settings(good | {name: value})


def _set_revision(work, fleet: list[Instance], revision: str) -> None:  # type: ignore[no-untyped-def]
    with work.transaction() as tx:
        ids = [instance.id for instance in fleet]
        tx.session.execute(update(InstanceRow).where(InstanceRow.id.in_(ids)).values(revision=revision))
