"""The password once more: before a governed decision that asks for it, and before the password itself is changed."""

from dataclasses import dataclass
from math import ceil

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from tenants.platform.actions.sessions import confirm_session
from tenants.platform.actions.signin import Failed, Paused
from web.hands import hand
from web.identity.people import note_confirmed

LONGEST = 128


@dataclass(frozen=True, kw_only=True)
class NotConfirmed:
    """Words for the field of the password, and the status of the answer: 422, or 429 while guessing is paused."""

    words: str
    status: int


def confirm(password: str) -> NotConfirmed | None:
    """Take the password of who is signed in; None: it is theirs, and the actor in hand is fresh."""
    here = hand()
    if not 0 < len(password) <= LONGEST:
        return NotConfirmed(words=_("Type the password you sign in with."), status=422)
    outcome = confirm_session(
        here.platform, here.person.email, password, here.person.session, request.remote_addr or ""
    )
    if isinstance(outcome, Paused | Failed):
        return not_confirmed(outcome)
    note_confirmed(outcome)
    return None


def not_confirmed(outcome: Paused | Failed) -> NotConfirmed:
    """The same words wherever a password was wrong once too often, or wrong."""
    if isinstance(outcome, Failed):
        return NotConfirmed(words=_("This is not the password you sign in with."), status=422)
    minutes = max(1, ceil((outcome.until - hand().platform.now()).total_seconds() / 60))
    words = ngettext(
        "Too many wrong passwords. Try again in %(num)d minute.",
        "Too many wrong passwords. Try again in %(num)d minutes.",
        minutes,
    )
    return NotConfirmed(words=words, status=429)
