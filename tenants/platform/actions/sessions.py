"""Sessions: open one at sign-in, note that it is used, confirm it by the password again, end it for good."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from domain.ids import PersonId
from tenants.database import PlatformWork, action
from tenants.platform.actions.signin import Failed, Paused, sign_in
from tenants.platform.models.people import SessionRow
from tenants.platform.queries.sessions import IDLE, hash_of

ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
AGENT_LENGTH = 200


@action
def open_session(work: PlatformWork, person: PersonId, *, agent: str = "", address: str = "") -> str:
    """A new session of a person; their dead ones are swept away. Returns the token, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    now = work.now()
    with work.transaction() as tx:
        dead = (SessionRow.expires_at <= now) | (SessionRow.seen_at <= now - IDLE)
        tx.session.execute(delete(SessionRow).where(SessionRow.person_id == person, dead))
        tx.add(
            SessionRow(
                id_hash=hash_of(token),
                person_id=person,
                created_at=now,
                seen_at=now,
                expires_at=now + ABSOLUTE,
                confirmed_at=now,
                agent=agent[:AGENT_LENGTH],
                address=address,
            )
        )
    return token


@action
def note_seen(work: PlatformWork, session: str) -> None:
    """Move the idle limit on; written at most once a minute, whoever asks."""
    now = work.now()
    with work.transaction() as tx:
        stale = (SessionRow.id_hash == session) & (SessionRow.seen_at <= now - SEEN_EVERY)
        tx.session.execute(update(SessionRow).where(stale).values(seen_at=now))


def confirm_session(
    work: PlatformWork, email: str, password: str, session: str, address: str
) -> datetime | Paused | Failed:
    """Step up: the password once more, guessed no more often than at sign-in. Returns when it was given."""
    person = sign_in(work, email, password, address)
    return person if isinstance(person, Paused | Failed) else _note_confirmed(work, session)


@action
def _note_confirmed(work: PlatformWork, session: str) -> datetime:
    now = work.now()
    with work.transaction() as tx:
        tx.session.execute(update(SessionRow).where(SessionRow.id_hash == session).values(confirmed_at=now))
    return now


@action
def end_session(work: PlatformWork, person: PersonId, session: str) -> bool:
    """Delete one session of this person: a copy of its cookie is worth nothing from now on."""
    with work.transaction() as tx:
        own = (SessionRow.id_hash == session) & (SessionRow.person_id == person)
        return tx.session.scalar(delete(SessionRow).where(own).returning(SessionRow.id_hash)) is not None


@action
def end_other_sessions(work: PlatformWork, person: PersonId, kept: str) -> int:
    """End every session of a person but one. Returns how many ended."""
    with work.transaction() as tx:
        others = (SessionRow.person_id == person) & (SessionRow.id_hash != kept)
        return len(tx.session.scalars(delete(SessionRow).where(others).returning(SessionRow.id_hash)).all())
