"""Accept an invitation: say one's name, set a password, be in."""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants.platform.actions.passwords import set_password
from tenants.platform.queries.tokens import Link, TokenKind, TokenState, find_link
from web.access import public
from web.hands import hand
from web.identity.people import enter, leave
from web.identity.words import link_words, password_errors
from web.responses import see

bp = Blueprint("invitations", __name__, url_prefix="/invitations")
NAME_LENGTH = 120


@bp.get("/<token>")
@public
def show(token: str) -> str | tuple[str, int]:
    """The form, or why the link does not work and what to do."""
    link = find_link(hand().platform, token, TokenKind.INVITATION)
    if link.state is not TokenState.OPEN:
        return dead_link(link)
    return _form(token, link, link.name, {})


@bp.post("/<token>")
@public
def accept(token: str) -> tuple[str, int] | Response:
    link = find_link(hand().platform, token, TokenKind.INVITATION)
    if link.state is not TokenState.OPEN:
        return dead_link(link)
    name = " ".join(request.form.get("name", "").split())
    password = request.form.get("password", "")
    errors = {} if 0 < len(name) <= NAME_LENGTH else {"name": _("Say your name, in at most 120 characters.")}
    errors |= password_errors(password, request.form.get("again", ""), link.email, name)
    if errors:
        return _form(token, link, name, errors), 422
    person = set_password(hand().platform, token, TokenKind.INVITATION, password, name)
    if person is None:  # used in another window a moment ago
        return dead_link(Link(state=TokenState.USED))
    leave()
    enter(person, request.user_agent.string, request.remote_addr or "")
    return see("/")


def dead_link(link: Link) -> tuple[str, int]:
    """410: it was here, or never; either way this is how to go on."""
    title, text = link_words(link.state)
    return render_template("web/identity/dead_link.html", title=title, text=text), 410


def _form(token: str, link: Link, name: str, errors: dict[str, str]) -> str:
    return render_template("web/identity/invitation.html", token=token, email=link.email, name=name, errors=errors)
