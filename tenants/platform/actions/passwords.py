"""Passwords: which ones are good enough, set one by a mailed link, change one, ask for a link."""

from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from sqlalchemy import delete, func, select, update

from domain.ids import PersonId
from tenants.database import PlatformWork, action
from tenants.platform.actions.signin import WINDOW, Failed, Paused, hasher, sign_in
from tenants.platform.models.people import PersonRow, SessionRow, SignInAttemptRow, TokenRow
from tenants.platform.queries.sessions import hash_of
from tenants.platform.queries.tokens import TokenKind

SHORTEST, LONGEST = 12, 128
RESETS_PER_WINDOW = 3
COMMON = frozenset((Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").split())


class PasswordFault(StrEnum):
    """Why a password is not taken."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_COMMON = "too_common"
    TOO_PERSONAL = "too_personal"


def password_fault(password: str, email: str, name: str) -> PasswordFault | None:
    """What is wrong with a password: length, a known one, one letter over and over, or one's own name in it."""
    if len(password) < SHORTEST:
        return PasswordFault.TOO_SHORT
    if len(password) > LONGEST:
        return PasswordFault.TOO_LONG
    plain = password.lower()
    if _core(plain) in COMMON or len(set(plain)) < 5:
        return PasswordFault.TOO_COMMON
    own = [part for part in (*name.lower().split(), email.partition("@")[0]) if len(part) >= 4]
    if any(part in plain and len(plain) - len(part) < 8 for part in own):
        return PasswordFault.TOO_PERSONAL
    return None


@action
def set_password(work: PlatformWork, token: str, kind: TokenKind, password: str, name: str = "") -> PersonId | None:
    """Use a mailed link: set the password, end every session and every other link. None where it does not work."""
    hashed = hasher.hash(password)
    with work.transaction() as tx:
        link = tx.session.get(TokenRow, hash_of(token), with_for_update=True, populate_existing=True)
        if link is None or link.kind != kind or link.used_at is not None or link.expires_at <= work.now():
            return None
        person = tx.lock(PersonRow, link.person_id)
        if not person.is_active:
            return None
        person.password_hash = hashed
        person.name = name or person.name
        _end_everything(tx, work, person)
        return PersonId(person.id)


def change_password(
    work: PlatformWork, email: str, current: str, password: str, session: str, address: str
) -> Paused | Failed | None:
    """Change it by the one that is known, guessed no more often than at sign-in; every other session ends."""
    person = sign_in(work, email, current, address)
    if isinstance(person, Paused | Failed):
        return person
    _replace_password(work, person, password, session)
    return None


@action
def _replace_password(work: PlatformWork, person: PersonId, password: str, session: str) -> None:
    hashed = hasher.hash(password)
    with work.transaction() as tx:
        tx.lock(PersonRow, person).password_hash = hashed
        others = (SessionRow.person_id == person) & (SessionRow.id_hash != session)
        tx.session.execute(delete(SessionRow).where(others))


@action
def ask_for_reset(work: PlatformWork, email: str) -> None:
    """Have a link mailed where there is such a person: a new invitation where none was taken yet. Never tells."""
    subject = sha256(f"reset:{email}".encode()).hexdigest()
    with work.transaction() as tx:
        recent = (SignInAttemptRow.subject == subject) & (SignInAttemptRow.at > work.now() - WINDOW)
        asked = tx.session.scalar(select(func.count()).select_from(SignInAttemptRow).where(recent)) or 0
        tx.add(SignInAttemptRow(id=work.new_id(), subject=subject, at=work.now()))
        person = tx.session.scalar(select(PersonRow).where(PersonRow.email == email, PersonRow.is_active))
        if person is None or asked >= RESETS_PER_WINDOW:
            return
        if person.password_hash:
            tx.later("send_password_reset", person_id=str(person.id))
        else:
            tx.later("send_invitation", person_id=str(person.id), instance_id="")


def _end_everything(tx, work: PlatformWork, person: PersonRow) -> None:  # type: ignore[no-untyped-def]
    """All sessions, all open links, and the count of failed sign-ins."""
    tx.session.execute(delete(SessionRow).where(SessionRow.person_id == person.id))
    open_links = (TokenRow.person_id == person.id) & TokenRow.used_at.is_(None)
    tx.session.execute(update(TokenRow).where(open_links).values(used_at=work.now()))
    account = sha256(f"account:{person.email}".encode()).hexdigest()
    tx.session.execute(delete(SignInAttemptRow).where(SignInAttemptRow.subject == account))


def _core(plain: str) -> str:
    """Without the digits and signs that are put around a well-known word."""
    return plain.strip("0123456789!?.,-_#*+$& ")
