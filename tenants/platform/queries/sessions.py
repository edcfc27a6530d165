"""Sessions: whose one is, and which ones a person has open."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from domain.ids import PersonId
from tenants.database import PlatformWork
from tenants.platform.models.people import PersonRow, SessionRow

IDLE = timedelta(minutes=60)
SESSION = (  # every page asks for it: built once
    select(SessionRow.id_hash.label("session"), SessionRow.seen_at, SessionRow.expires_at, SessionRow.confirmed_at)
    .add_columns(PersonRow.id, PersonRow.name, PersonRow.email, PersonRow.theme, PersonRow.locale)
    .add_columns(PersonRow.is_operator)
    .join(PersonRow, PersonRow.id == SessionRow.person_id)
    .where(SessionRow.id_hash == bindparam("id_hash"), PersonRow.is_active)
)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A person with the session they came with. `theme` is "", "light" or "dark"."""

    id: PersonId
    name: str
    email: str
    theme: str
    locale: str
    is_operator: bool
    session: str
    seen_at: datetime
    confirmed_at: datetime


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """One line of the list on the account page."""

    id: str
    created_at: datetime
    seen_at: datetime
    agent: str
    address: str


def hash_of(token: str) -> str:
    """The key of what a token opens: tokens themselves are never stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_session(work: PlatformWork, token: str) -> SignedIn | None:
    """The person behind a session token; None when the session ended, idled out or its person is not active."""
    found = work.session.execute(SESSION, {"id_hash": hash_of(token)}).one_or_none()
    if found is None or found.expires_at <= work.now() or found.seen_at + IDLE <= work.now():
        return None
    return _signed_in(found)


def list_sessions(work: PlatformWork, person: PersonId) -> list[OpenSession]:
    """The person's open sessions, the one seen last first."""
    now = work.now()
    statement = (
        select(SessionRow)
        .where(SessionRow.person_id == person, SessionRow.expires_at > now, SessionRow.seen_at > now - IDLE)
        .order_by(SessionRow.seen_at.desc())
    )
    return [
        OpenSession(
            id=row.id_hash, created_at=row.created_at, seen_at=row.seen_at, agent=row.agent, address=row.address
        )
        for row in work.session.scalars(statement)
    ]


def _signed_in(row: Any) -> SignedIn:
    """From the columns of SESSION."""
    return SignedIn(
        id=PersonId(row.id),
        name=row.name,
        email=row.email,
        theme=row.theme,
        locale=row.locale,
        is_operator=row.is_operator,
        session=row.session,
        seen_at=row.seen_at,
        confirmed_at=row.confirmed_at,
    )
