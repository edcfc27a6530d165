"""Mailed links: whether one still works, and for whom."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from domain.ids import PersonId
from tenants.database import PlatformWork
from tenants.platform.models.people import PersonRow, TokenRow
from tenants.platform.queries.sessions import hash_of


class TokenKind(StrEnum):
    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105


class TokenState(StrEnum):
    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a token stands for. Person, name and e-mail are None and empty unless it is open."""

    state: TokenState
    person: PersonId | None = None
    name: str = ""
    email: str = ""


def find_link(work: PlatformWork, token: str, kind: TokenKind) -> Link:
    """Look at a link without using it."""
    statement = (
        select(TokenRow, PersonRow)
        .join(PersonRow, PersonRow.id == TokenRow.person_id)
        .where(TokenRow.id_hash == hash_of(token), TokenRow.kind == kind)
    )
    found = work.session.execute(statement).one_or_none()
    if found is None or not found[1].is_active:
        return Link(state=TokenState.UNKNOWN)
    row, person = found
    if row.used_at is not None:
        return Link(state=TokenState.USED)
    if row.expires_at <= work.now():
        return Link(state=TokenState.EXPIRED)
    return Link(state=TokenState.OPEN, person=PersonId(person.id), name=person.name, email=person.email)
