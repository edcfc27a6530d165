"""Flask-Login over our own session rows: the cookie holds a random token, the row knows whose it is."""

from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from flask import Flask, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from domain.ids import PersonId
from tenants.platform.actions.sessions import SEEN_EVERY, note_seen, open_session
from tenants.platform.queries.sessions import SignedIn, find_session
from web.hands import hand


@dataclass(kw_only=True)
class Visitor(UserMixin):
    """What Flask-Login keeps for a request: the token, and whom it stands for."""

    token: str
    signed_in: SignedIn

    def get_id(self) -> str:
        return self.token


def install(app: Flask) -> None:
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)  # templates read `shell`; an error page must load nobody
    manager.session_protection = None  # a stolen cookie is ended by its row, not guessed from an address
    manager.user_loader(_load)


def enter(person: PersonId, agent: str, address: str) -> None:
    """Open a new session for a person and give the browser its token; whatever cookie it had before is dropped."""
    token = open_session(hand().platform, person, agent=agent, address=address)
    session.clear()
    signed_in = find_session(hand().platform, token)
    assert signed_in is not None
    login_user(Visitor(token=token, signed_in=signed_in))


def leave() -> None:
    """Forget the session in this browser; its row is ended by the caller."""
    logout_user()
    session.clear()


def note_confirmed(at: datetime) -> None:
    """The password was given at that moment: for the rest of this request too."""
    current_user.signed_in = replace(current_user.signed_in, confirmed_at=at)


def _load(token: str) -> Visitor | None:
    work = hand().platform
    signed_in = find_session(work, token)
    if signed_in is None:
        return None
    structlog.contextvars.bind_contextvars(person=str(signed_in.id))
    if signed_in.seen_at + SEEN_EVERY <= work.now():
        note_seen(work, signed_in.session)
    return Visitor(token=token, signed_in=signed_in)
