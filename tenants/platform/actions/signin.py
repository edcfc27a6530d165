"""Sign-in: count the attempt, verify the password with the same work for every answer, forget the count on success.

The count is written before the password is looked at, so that guesses sent at once are counted too.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select

from domain.ids import PersonId
from tenants.database import PlatformWork, action
from tenants.platform.models.people import PersonRow, SignInAttemptRow

WINDOW = timedelta(minutes=15)
ACCOUNT_LIMIT = 5
ADDRESS_LIMIT = 30
hasher = PasswordHasher()


@dataclass(frozen=True, kw_only=True)
class Paused:
    """Too many failures: nothing was looked at, and nothing will be before `until`."""

    until: datetime


@dataclass(frozen=True, kw_only=True)
class Failed:
    """Wrong, unknown or not active: the answer does not tell. `left` attempts remain before the pause."""

    left: int


def sign_in(work: PlatformWork, email: str, password: str, address: str) -> PersonId | Paused | Failed:
    """Whose password this is."""
    account, place = _subject("account", email), _subject("address", address)
    attempt = _count(work, account, place)
    if isinstance(attempt, Paused):
        return attempt
    person = _verify(work, email, password)
    if person is None:
        return Failed(left=max(0, ACCOUNT_LIMIT - attempt))
    _forget(work, account, place)
    return person


def _count(work: PlatformWork, account: str, place: str) -> int | Paused:
    """Note the attempt, then look: those that came at the same moment see each other."""
    _note(work, account, place)
    limits = {account: ACCOUNT_LIMIT, place: ADDRESS_LIMIT}
    recent = _recent(work, limits)
    for subject, limit in limits.items():
        if len(recent[subject]) > limit:
            _take_back(work, account, place)
            return Paused(until=recent[subject][-limit - 1] + WINDOW)
    return len(recent[account])


@action
def _note(work: PlatformWork, *subjects: str) -> None:
    with work.transaction() as tx:
        tx.session.execute(delete(SignInAttemptRow).where(SignInAttemptRow.at <= work.now() - WINDOW))
        for subject in subjects:
            tx.add(SignInAttemptRow(id=work.new_id(), subject=subject, at=work.now()))


def _recent(work: PlatformWork, subjects: dict[str, int]) -> dict[str, list[datetime]]:
    statement = (
        select(SignInAttemptRow.subject, SignInAttemptRow.at)
        .where(SignInAttemptRow.subject.in_(subjects), SignInAttemptRow.at > work.now() - WINDOW)
        .order_by(SignInAttemptRow.at)
    )
    rows = work.session.execute(statement).all()
    return {subject: [row.at for row in rows if row.subject == subject] for subject in subjects}


@action
def _take_back(work: PlatformWork, *subjects: str) -> None:
    """An attempt that was not looked at does not lengthen the pause."""
    with work.transaction() as tx:
        for subject in subjects:
            newest = select(SignInAttemptRow.id).where(SignInAttemptRow.subject == subject)
            newest = newest.order_by(SignInAttemptRow.at.desc(), SignInAttemptRow.id).limit(1)
            tx.session.execute(delete(SignInAttemptRow).where(SignInAttemptRow.id == newest.scalar_subquery()))


@action
def _verify(work: PlatformWork, email: str, password: str) -> PersonId | None:
    with work.transaction() as tx:
        person = tx.session.scalar(select(PersonRow).where(PersonRow.email == email, PersonRow.is_active))
        kept = person.password_hash if person and person.password_hash else _dummy()
        if not matches(kept, password) or person is None or not person.password_hash:
            return None
        if hasher.check_needs_rehash(person.password_hash):
            person.password_hash = hasher.hash(password)
        return PersonId(person.id)


@action
def _forget(work: PlatformWork, account: str, place: str) -> None:
    """Success clears the account's count; of the address only this attempt."""
    with work.transaction() as tx:
        tx.session.execute(delete(SignInAttemptRow).where(SignInAttemptRow.subject == account))
    _take_back(work, place)


@cache
def _dummy() -> str:
    """What an unknown account is verified against: the same work, never a match."""
    return hasher.hash("nobody has this password")


def matches(kept: str, password: str) -> bool:
    try:
        return hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _subject(kind: str, words: str) -> str:
    return hashlib.sha256(f"{kind}:{words}".encode()).hexdigest()
