"""A whole house for tests: settings, platform schema, library, a firm, and client instances on a real PostgreSQL."""

from __future__ import annotations

import os
import secrets
import tempfile
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask

from domain.access import FirmRole
from domain.ids import FirmId, PersonId
from tenants.database import PlatformWork, Work, instance_work, platform_work
from tenants.engines import with_login
from tenants.migrate import migrate_platform
from tenants.places import Instance
from tenants.platform.actions.firms import add_member
from tenants.platform.actions.library import publish_shipped
from tenants.platform.actions.onboarding import Wish, ask, onboard
from tenants.platform.actions.people import ensure_people
from tenants.platform.models.firms import FirmRow
from tenants.platform.models.library import TemplateVersionRow
from tenants.provisioning import bootstrap_platform
from tenants.sessions import base_app
from tenants.settings import Settings, read_settings, without_login

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


@dataclass(kw_only=True)
class House:
    """What a test needs to make things. Call it inside `app.app_context()`."""

    settings: Settings
    app: Flask
    firm: FirmId
    manager: PersonId

    def platform(self) -> PlatformWork:
        return platform_work(clock=lambda: NOW)

    def work(self, instance: Instance) -> Work:
        return instance_work(instance, clock=lambda: NOW, request_id="test")

    def onboard(self, name: str, template: str = "cost-programme") -> Instance:
        """A new client, open, with the manager as PMO and `admin@<slug>.example` as its administrator."""
        work = self.platform()
        version = work.session.query(TemplateVersionRow.id).filter_by(key=template, firm_id=None, number=2).scalar()
        address = name.lower().replace(" ", "-")
        wish = Wish(
            client_name=name,
            template_version_id=version,
            currency="EUR",
            fiscal_year_start=1,
            administrator_email=f"admin@{address}.example",
            administrator_name="Ada Admin",
        )
        onboarding = ask(work, self.firm, self.manager, wish, str(uuid.uuid4()))
        return onboard(self.settings, work, onboarding)


def settings_for(admin_dsn: str, redis_url: str = "redis://127.0.0.1:1/0", **more: str) -> Settings:
    """Settings of a test process: random secrets, the platform login not yet made."""
    platform = with_login(without_login(admin_dsn), "mandate_platform", secrets.token_hex(32))
    environ = {
        "MANDATE_ENV": "test",
        "MANDATE_SECRET": secrets.token_hex(32),
        "DATABASE_URL": platform,
        "MANDATE_ADMIN_DATABASE_URL": admin_dsn,
        "MANDATE_PUBLIC_URL": "http://localhost",
        "MANDATE_FILES": f"{tempfile.gettempdir()}/mandate-test-files-{os.getpid()}",
        "REDIS_URL": redis_url,
        "MANDATE_PREPARE": "yes",
    }
    return read_settings(environ | more)


def build_house(settings: Settings) -> House:
    """Bootstrap, migrate, publish the library and make one firm with an engagement manager."""
    bootstrap_platform(settings)
    migrate_platform(settings)
    app = base_app(settings)
    with app.app_context():
        work = platform_work()
        publish_shipped(work)
        manager = ensure_people(work, {"clara@firm.example": "Clara Vogt"})["clara@firm.example"]
        with work.transaction() as tx:
            firm = FirmId(uuid.uuid4())
            tx.add(FirmRow(id=firm, slug="halden-roth", name="Halden Roth", created_at=NOW))
        add_member(work, firm, manager, FirmRole.ENGAGEMENT_MANAGER)
        add_member(work, firm, manager, FirmRole.PARTNER)
        work.close()
    return House(settings=settings, app=app, firm=firm, manager=manager)
