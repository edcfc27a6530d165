"""`mandate`: what an operator types. Everything here may use the administrative login."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

import click

from tenants.database import PlatformWork, platform_work
from tenants.sessions import base_app
from tenants.settings import Settings, SettingsInvalid, read_settings


@contextmanager
def house() -> Iterator[tuple[Settings, PlatformWork]]:
    """The settings and the platform in hand, inside an application context."""
    try:
        settings = read_settings(os.environ)
    except SettingsInvalid as error:
        raise click.ClickException(f"Settings: {error}") from None
    with base_app(settings).app_context():
        work = platform_work()
        try:
            yield settings, work
        finally:
            work.close()


@click.group()
def mandate() -> None:
    """Governed execution for consultancies."""


@mandate.command()
def bootstrap() -> None:
    """Make the platform's login and schema, and take from PUBLIC what no login of ours may have."""
    from tenants.provisioning import bootstrap_platform

    with house() as (settings, _):
        bootstrap_platform(settings)
    click.echo("The platform's login and schema are there.")


@mandate.command()
def migrate() -> None:
    """Upgrade the platform, then all instances side by side; run again to resume."""
    from tenants.migrate import migrate_instances, migrate_platform
    from tenants.platform.actions.library import publish_shipped
    from tenants.provisioning import fill_spares

    failures = 0
    with house() as (settings, work):
        click.echo(f"platform: {migrate_platform(settings)}")
        for outcome in migrate_instances(settings, work):
            failures += bool(outcome.failure)
            click.echo(f"{outcome.instance.schema} {outcome.instance.name}: {outcome.failure or 'upgraded'}")
        click.echo(f"library: {publish_shipped(work)} new template versions")
        click.echo(f"spare schemas made: {fill_spares(settings, work)}")
    sys.exit(1 if failures else 0)


@mandate.group()
def instance() -> None:
    """Client instances."""


@instance.command("list")
def list_instances() -> None:
    """Every instance in use: schema, cluster, slug, name."""
    from tenants.registry import active_instances

    with house() as (_, work):
        for found in active_instances(work):
            click.echo(f"{found.schema}  {found.cluster}  {found.slug}  {found.name}")


@instance.command("move")
@click.argument("slug")
@click.argument("cluster", required=False)
@click.option("--abort", "wish", flag_value="abort", help="Give an unfinished move up.")
@click.option("--drop-old", "wish", flag_value="drop-old", help="Remove what a finished move left behind.")
def move_instance(slug: str, cluster: str | None, wish: str | None) -> None:
    """Move SLUG to CLUSTER; run again to resume. Nobody reads or writes it meanwhile."""
    from tenants.moving import NotMovable, drop_old, give_up, move

    if (cluster is None) == (wish is None):
        raise click.UsageError("Name a cluster, or --abort, or --drop-old.")
    with house() as (settings, work):
        steps = {"abort": give_up, "drop-old": drop_old}
        try:
            for line in move(settings, work, slug, cluster) if cluster else steps[str(wish)](settings, work, slug):
                click.echo(line)
        except NotMovable as refused:
            raise click.ClickException(str(refused)) from None


@mandate.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
@click.argument("slug", required=False)
def verify(slug: str | None) -> None:
    """Check the chain and the published heads of one instance, or of all. Exit code 1 names a fault."""
    from tenants.instance.queries.verification import verify_instance
    from tenants.registry import active_instances

    faults = 0
    with house() as (settings, work):
        for found in active_instances(work):
            if slug in (None, found.slug):
                verdict = verify_instance(settings, work, found)
                faults += len(verdict.faults)
                click.echo(f"{found.slug}: {verdict.summary}")
                for fault in verdict.faults:
                    click.echo(f"  {fault}")
    sys.exit(1 if faults else 0)


@mandate.command()
@click.argument("firm_name")
@click.argument("email")
@click.argument("name")
def firm(firm_name: str, email: str, name: str) -> None:
    """Create a consulting firm with its first administrator and engagement manager, who is invited by mail."""
    from tenants.platform.actions.firms import create_firm

    with house() as (_, work):
        created: UUID = create_firm(work, firm_name, email.lower(), name)
        click.echo(f"{firm_name}: {created}; {email} has an invitation.")


@mandate.command()
@click.option("--logins", is_flag=True, help="Only print who can sign in.")
def demo(logins: bool) -> None:
    """Make the demonstration firm with its engagements, in development only. Again, it changes nothing."""
    from tenants.demonstration.logins import table
    from tenants.demonstration.seeding import Interrupted, seed

    with house() as (settings, _):
        if settings.environment == "production":
            raise click.ClickException("The demonstration has a documented password and is refused in production.")
        if logins:
            click.echo(table())
            return
        try:
            for line in seed(settings, datetime.now(UTC)):
                click.echo(line)
        except Interrupted as stopped:
            raise click.ClickException(
                f"{stopped}: an earlier run was stopped in the middle. Start over: bin/dev --fresh"
            ) from None


if __name__ == "__main__":
    mandate()
