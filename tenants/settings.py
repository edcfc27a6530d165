"""Twelve-factor settings, read once, checked at start: a missing or weak one is named and nothing runs."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ENVIRONMENTS = ("development", "test", "production")


class SettingsInvalid(RuntimeError):
    """Names every setting that is missing or weak."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a process knows. `admin_url` is empty everywhere but in the maintenance worker and the CLI."""

    environment: str
    secret: str
    platform_url: str
    admin_url: str
    clusters: Mapping[str, str]  # name -> postgresql://host:port/database, without a login
    cluster_admins: Mapping[str, str]  # name -> administrative DSN
    redis_url: str
    public_url: str
    smtp_url: str
    mail_from: str
    mailbox: str
    files: str  # a folder, or s3://key:secret@host/bucket
    spare_schemas: int
    engines_kept: int
    prepares: bool = False  # whether connections may keep prepared statements
    proxies: int = 0  # how many reverse proxies stand in front and name the caller's address

    @property
    def is_secure(self) -> bool:
        return self.public_url.startswith("https://")


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from the environment. Raises SettingsInvalid naming every fault at once."""
    faults = _faults(environ)
    if faults:
        raise SettingsInvalid("; ".join(faults))
    platform_url = environ["DATABASE_URL"]
    admin_url = environ.get("MANDATE_ADMIN_DATABASE_URL", "")
    clusters = {"main": without_login(platform_url)} | json.loads(environ.get("MANDATE_CLUSTERS") or "{}")
    admins = {"main": admin_url} if admin_url else {}
    return Settings(
        environment=environ.get("MANDATE_ENV", "production"),
        secret=environ["MANDATE_SECRET"],
        platform_url=platform_url,
        admin_url=admin_url,
        clusters=clusters,
        cluster_admins=admins | json.loads(environ.get("MANDATE_ADMIN_CLUSTERS") or "{}"),
        redis_url=environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"),
        public_url=environ["MANDATE_PUBLIC_URL"].rstrip("/"),
        smtp_url=environ.get("SMTP_URL", "smtp://127.0.0.1:25"),
        mail_from=environ.get("MANDATE_MAIL_FROM", "Mandate <no-reply@mandate.invalid>"),
        mailbox=environ.get("MANDATE_MAILBOX", ""),
        files=environ.get("MANDATE_FILES") or str(Path("var/files").resolve()),
        spare_schemas=int(environ.get("MANDATE_SPARE_SCHEMAS", "3")),
        engines_kept=int(environ.get("MANDATE_ENGINES_KEPT", "64")),
        prepares=environ.get("MANDATE_PREPARE") == "yes",
        proxies=int(environ.get("MANDATE_PROXIES", "0")),
    )


def without_login(url: str) -> str:
    """The same address without user and password."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(("postgresql", host, parts.path, parts.query, ""))


def _faults(environ: Mapping[str, str]) -> list[str]:
    faults = [
        f"{name} is not set"
        for name in ("MANDATE_SECRET", "DATABASE_URL", "MANDATE_PUBLIC_URL")
        if not environ.get(name)
    ]
    if environ.get("MANDATE_ENV", "production") not in ENVIRONMENTS:
        faults.append(f"MANDATE_ENV is none of {', '.join(ENVIRONMENTS)}")
    secret = environ.get("MANDATE_SECRET", "")
    if secret and (not re.fullmatch(r"[0-9a-fA-F]{64,}", secret) or len(set(secret)) < 8):
        faults.append("MANDATE_SECRET is weak: 64 random hexadecimal digits or more are needed")
    if environ.get("MANDATE_ENV", "production") == "production":
        if environ.get("MANDATE_PUBLIC_URL", "https://").startswith("http://"):
            faults.append("MANDATE_PUBLIC_URL must be https in production")
        if environ.get("MANDATE_MAILBOX"):
            faults.append("MANDATE_MAILBOX is for development only")
        if not environ.get("MANDATE_FILES"):
            faults.append("MANDATE_FILES is not set")
    if environ.get("MANDATE_PREPARE", "no") not in ("yes", "no"):
        faults.append("MANDATE_PREPARE is neither yes nor no")
    return faults + _files_faults(environ.get("MANDATE_FILES", "")) + _number_faults(environ) + _cluster_faults(environ)


def _files_faults(address: str) -> list[str]:
    """A folder by its full path, or a store with a key, a secret, a host and a bucket."""
    parts = urlsplit(address)
    if parts.scheme in ("s3", "s3+http"):
        is_whole = parts.username and parts.password and parts.hostname and parts.path.strip("/")
        return [] if is_whole else ["MANDATE_FILES names no store: s3://key:secret@host/bucket"]
    return [] if not address or address.startswith("/") else ["MANDATE_FILES is not the full path of a folder"]


def _number_faults(environ: Mapping[str, str]) -> list[str]:
    names = ("MANDATE_SPARE_SCHEMAS", "MANDATE_ENGINES_KEPT", "MANDATE_PROXIES")
    return [f"{name} is not a whole number" for name in names if environ.get(name) and not environ[name].isdigit()]


def _cluster_faults(environ: Mapping[str, str]) -> list[str]:
    faults = []
    for name in ("MANDATE_CLUSTERS", "MANDATE_ADMIN_CLUSTERS"):
        try:
            value = json.loads(environ.get(name) or "{}")
        except ValueError:
            value = None
        if not isinstance(value, dict) or not all(isinstance(url, str) for url in value.values()):
            faults.append(f"{name} is not a JSON object of names and addresses")
    return faults
