"""The other side of "new instance": django-tenants, a schema with as many tables, made turn by turn on command.

Run by bench/__main__.py in an environment of its own (bench/requirements.lock): reads "go" lines, answers seconds.
"""

import os
import sys
import tempfile
import time
from contextlib import redirect_stdout
from pathlib import Path
from urllib.parse import urlsplit

TABLES = 26
COLUMNS = 12


def main() -> None:
    """Create one tenant for each line on standard input and print how long it took."""
    configure(os.environ["BENCH_DATABASE_URL"])
    from django.core.management import call_command

    call_command("makemigrations", "firms", "clients", verbosity=0)
    call_command("migrate_schemas", shared=True, verbosity=0)
    for number, _line in enumerate(sys.stdin):
        with redirect_stdout(sys.stderr):
            seconds = create(number)
        sys.stdout.write(f"{seconds}\n")
        sys.stdout.flush()


def configure(url: str) -> None:
    import django
    from django.conf import settings

    _make_room_for_migrations()
    parts = urlsplit(url)
    login = {"USER": parts.username, "PASSWORD": parts.password, "HOST": parts.hostname, "PORT": parts.port}
    settings.configure(
        DATABASES={"default": {"ENGINE": "django_tenants.postgresql_backend", "NAME": parts.path[1:], **login}},
        DATABASE_ROUTERS=("django_tenants.routers.TenantSyncRouter",),
        SHARED_APPS=("django_tenants", "django.contrib.contenttypes", "bench.django_apps.firms"),
        TENANT_APPS=("bench.django_apps.clients",),
        INSTALLED_APPS=(
            "django_tenants",
            "django.contrib.contenttypes",
            "bench.django_apps.firms",
            "bench.django_apps.clients",
        ),
        MIGRATION_MODULES={app: f"{app}_migrations" for app in ("firms", "clients")},
        TENANT_MODEL="firms.Client",
        TENANT_DOMAIN_MODEL="firms.Domain",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()


def _make_room_for_migrations() -> None:
    """Packages in a temporary folder: what Django writes there is not for the repository."""
    folder = Path(tempfile.mkdtemp(prefix="bench-migrations-"))
    for app in ("firms", "clients"):
        (folder / f"{app}_migrations").mkdir()
        (folder / f"{app}_migrations" / "__init__.py").touch()
    sys.path.insert(0, str(folder))


def create(number: int) -> float:
    from bench.django_apps.firms.models import Client

    start = time.perf_counter()
    Client(schema_name=f"d_{number:06d}", name=f"Client {number}").save()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
