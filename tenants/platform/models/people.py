"""People, their sessions, and the tokens that were mailed to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Key, Moment, Name, Words
from tenants.platform.models.base import PlatformModel


class PersonRow(PlatformModel):
    """Someone who signs in. `password_hash` is empty until an invitation is accepted; `email` is lower case."""

    __tablename__ = "people"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[Name]
    password_hash: Mapped[Words]
    theme: Mapped[Words]  # "", "light" or "dark"; empty follows the system
    locale: Mapped[str] = mapped_column(Text, server_default="en")
    is_operator: Mapped[bool] = mapped_column(server_default=text("false"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[Moment]


class SessionRow(PlatformModel):
    """One sign-in. The key is the SHA-256 of the token in the cookie; a row that is gone is a session that ended."""

    __tablename__ = "sessions"

    id_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    confirmed_at: Mapped[Moment]  # when a password was last given: what a step-up looks at
    agent: Mapped[Words]
    address: Mapped[Words]


class TokenRow(PlatformModel):
    """A link that was mailed: kind `invitation` or `password_reset`. Usable once, until it expires."""

    __tablename__ = "tokens"

    id_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[Name]
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SignInAttemptRow(PlatformModel):
    """A failed sign-in, kept for the rate limit. `subject` is the SHA-256 of an e-mail or of an address."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("sign_in_attempts_of_subject", "subject", "at"),)

    id: Mapped[Key]
    subject: Mapped[Name]
    at: Mapped[Moment]
