"""Sessions: whose one is, and which ones a person has open."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from domain.ids import PersonId
from tenants.database import PlatformWork
from tenants.platform.models.people import PersonRow, SessionRow

IDLE = timedelta(minutes=60)


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
    statement = (
        select(SessionRow, PersonRow)
        .join(PersonRow, PersonRow.id == SessionRow.person_id)
        .where(SessionRow.id_hash == hash_of(token), PersonRow.is_active)
    )
    found = work.session.execute(statement).one_or_none()
    if found is None or found[0].expires_at <= work.now() or found[0].seen_at + IDLE <= work.now():
        return None
    return _signed_in(found[0], found[1])


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


def _signed_in(session: SessionRow, person: PersonRow) -> SignedIn:
    return SignedIn(
        id=PersonId(person.id),
        name=person.name,
        email=person.email,
        theme=person.theme,
        locale=person.locale,
        is_operator=person.is_operator,
        session=session.id_hash,
        seen_at=session.seen_at,
        confirmed_at=session.confirmed_at,
    )
