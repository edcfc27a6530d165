"""Write a letter from its template and send it by SMTP. Plain text; the same row and person, the same Message-ID."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid5

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tenants.settings import Settings
from workers.task import Task

HOME = Path(__file__).resolve().parent.parent / "templates" / "mail"
TIMEOUT_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class CalendarFile:
    """A calendar entry that goes with a letter; mail programs act by the method beside the content type."""

    content: bytes
    method: str
    file_name: str


def send(task: Task, template: str, name: str, email: str, **variables: Any) -> None:
    """One letter to one person. Raises what smtplib raises; the job is then tried again."""
    _deliver(task, _letter(task, template, name, email, **variables))


def send_with_entry(task: Task, template: str, name: str, email: str, entry: CalendarFile, /, **variables: Any) -> None:
    """The same with a calendar entry attached."""
    message = _letter(task, template, name, email, **variables)
    kind = {"method": entry.method, "charset": "utf-8"}
    message.add_attachment(entry.content, maintype="text", subtype="calendar", filename=entry.file_name, params=kind)
    _deliver(task, message)


def _letter(task: Task, template: str, name: str, email: str, **variables: Any) -> EmailMessage:
    subject, body = write(template, name=name, public_url=task.settings.public_url, **variables)
    message = EmailMessage()
    message["From"] = task.settings.mail_from
    message["To"] = Address(display_name=_one_line(name), addr_spec=email)
    message["Subject"] = subject
    message["Date"] = format_datetime(task.platform.now())
    message["Message-ID"] = f"<{uuid5(task.id, email)}@{_sender_domain(task.settings)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


def _deliver(task: Task, message: EmailMessage) -> None:
    with _server(task.settings) as server:
        server.send_message(message)


def write(template: str, **variables: Any) -> tuple[str, str]:
    """Subject and body of a letter. A variable that the template lacks is a bug and raises."""
    subject = _templates().get_template(f"{template}.subject").render(variables)
    return _one_line(subject), _templates().get_template(f"{template}.txt").render(variables)


@contextmanager
def _server(settings: Settings) -> Iterator[smtplib.SMTP]:
    """smtp:// takes STARTTLS where the server offers it, smtps:// speaks TLS from the start."""
    address = urlsplit(settings.smtp_url)
    host = address.hostname or "127.0.0.1"
    if address.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, address.port or 465, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, address.port or 25, timeout=TIMEOUT_SECONDS)
    with server:
        server.ehlo()
        if address.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if address.username:
            server.login(unquote(address.username), unquote(address.password or ""))
        yield server


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(HOME)
    made = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 (plain text, not HTML)
    made.filters["day"] = _day
    return made


def _day(text: str) -> str:
    """ "2026-12-03" as people write it: 3 December 2026."""
    return f"{date.fromisoformat(text):%d %B %Y}".lstrip("0")


def _one_line(text: str) -> str:
    """No name or title can add a header."""
    return " ".join(text.split())


def _sender_domain(settings: Settings) -> str:
    [(_, sender)] = getaddresses([settings.mail_from])
    return sender.rpartition("@")[2]
