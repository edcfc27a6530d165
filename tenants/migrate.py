"""Migrations: the platform first, then every instance side by side, each in its own transaction and resumable."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from tenants.database import PlatformWork
from tenants.engines import Engines, connect_arguments, with_login
from tenants.places import Instance
from tenants.platform.models.instances import InstanceRow
from tenants.registry import outdated_instances
from tenants.sessions import login_of
from tenants.settings import Settings

TREES = Path(__file__).resolve().parents[1] / "migrations"
SIDE_BY_SIDE = 4
LOCK_TIMEOUT, STATEMENT_TIMEOUT = "3s", "60s"


@dataclass(frozen=True, kw_only=True)
class Migrated:
    """What became of one instance; `failure` is empty when it stands at the head."""

    instance: Instance
    failure: str = ""


def head(tree: str) -> str:
    """The newest revision of a tree: `platform` or `tenant`."""
    revision = ScriptDirectory.from_config(_config(tree)).get_current_head()
    assert revision is not None
    return revision


def migrate_platform(settings: Settings) -> str:
    """Upgrade the schema `platform` with the administrative login. Returns the revision it stands at."""
    user, password = login_of(settings.admin_url)
    url = with_login(settings.admin_url, user, password)
    engine = create_engine(url, poolclass=NullPool, connect_args=connect_arguments(settings, "platform"))
    with engine.begin() as connection:
        upgrade(connection, "platform")
    return head("platform")


def migrate_instances(settings: Settings, work: PlatformWork) -> Iterator[Migrated]:
    """Upgrade every schema that is behind. One that fails is reported and does not stop the others.

    Side by side in processes, not threads: alembic keeps the migration in hand in a global of its module.
    """
    newest = head("tenant")
    behind = outdated_instances(work, newest)
    if not behind:
        return
    lanes = min(SIDE_BY_SIDE, len(behind))
    with ProcessPoolExecutor(lanes, mp_context=get_context("spawn")) as pool:
        for outcome in pool.map(partial(_migrate_one, settings), behind):
            if not outcome.failure:
                _note(work, outcome.instance, newest)
            yield outcome


def upgrade(connection: Connection, tree: str, to: str = "head") -> None:
    """Run the missing migrations of a tree on one connection, whose search path is the one schema."""
    config = _config(tree)
    script = ScriptDirectory.from_config(config)

    def steps(revision: object, context: MigrationContext) -> Sequence[object]:
        return script._upgrade_revs(to, revision)  # type: ignore[arg-type]

    with EnvironmentContext(config, script, fn=steps) as environment:  # type: ignore[arg-type]
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'"))
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()


def _migrate_one(settings: Settings, instance: Instance) -> Migrated:
    try:
        with Engines(settings).as_owner(instance).begin() as connection:
            upgrade(connection, "tenant")
    except (SQLAlchemyError, CommandError) as error:  # reported by instance, the fleet goes on
        return Migrated(instance=instance, failure=f"{type(error).__name__}: {error}".splitlines()[0])
    return Migrated(instance=instance)


def _note(work: PlatformWork, instance: Instance, revision: str) -> None:
    with work.transaction() as tx:
        tx.session.execute(update(InstanceRow).where(InstanceRow.id == instance.id).values(revision=revision))


def _config(tree: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(TREES / tree))
    return config
