"""Issue the links that are mailed. Only the hash of a token is stored; the worker puts the token into the letter."""

import secrets
from datetime import timedelta
from uuid import UUID

from tenants.database import PlatformWork, action
from tenants.platform.models.people import TokenRow
from tenants.platform.queries.sessions import hash_of
from tenants.platform.queries.tokens import TokenKind

LASTS = {TokenKind.INVITATION: timedelta(days=7), TokenKind.PASSWORD_RESET: timedelta(hours=1)}


@action
def issue_token(work: PlatformWork, person_id: UUID, kind: str) -> str:
    """A new link of this kind for a person: the token in clear, to be mailed and forgotten.

    Earlier links stay good until one of them is used: a letter that was sent twice works either way.
    """
    token = secrets.token_urlsafe(32)
    with work.transaction() as tx:
        tx.add(
            TokenRow(
                id_hash=hash_of(token),
                person_id=person_id,
                kind=TokenKind(kind),
                created_at=work.now(),
                expires_at=work.now() + LASTS[TokenKind(kind)],
            )
        )
    return token
