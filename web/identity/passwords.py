"""Forgotten passwords: ask for a link, set a new one by it."""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants.platform.actions.passwords import ask_for_reset, set_password
from tenants.platform.queries.tokens import Link, TokenKind, TokenState, find_link
from web.access import public
from web.hands import hand
from web.identity.invitations import dead_link
from web.identity.people import leave
from web.identity.words import password_errors
from web.responses import see
from web.shell import tell

bp = Blueprint("passwords", __name__, url_prefix="/password-resets")


@bp.get("/new")
@public
def new() -> str:
    return render_template("web/identity/reset_new.html", email="", errors={})


@bp.post("")
@public
def create() -> tuple[str, int] | Response:
    """The same answer whoever asks for whom."""
    email = request.form.get("email", "").strip().lower()
    if "@" not in email or len(email) > 254:
        errors = {"email": _("Type the e-mail address you sign in with.")}
        return render_template("web/identity/reset_new.html", email=email, errors=errors), 422
    ask_for_reset(hand().platform, email)
    return see("/password-resets/sent")


@bp.get("/sent")
@public
def sent() -> str:
    return render_template("web/identity/reset_sent.html")


@bp.get("/<token>")
@public
def show(token: str) -> str | tuple[str, int]:
    """The form, or why the link does not work and what to do."""
    link = find_link(hand().platform, token, TokenKind.PASSWORD_RESET)
    if link.state is not TokenState.OPEN:
        return dead_link(link)
    return render_template("web/identity/reset.html", token=token, email=link.email, errors={})


@bp.post("/<token>")
@public
def use(token: str) -> tuple[str, int] | Response:
    """Set the new password; every session of the person ends."""
    link = find_link(hand().platform, token, TokenKind.PASSWORD_RESET)
    if link.state is not TokenState.OPEN:
        return dead_link(link)
    password = request.form.get("password", "")
    errors = password_errors(password, request.form.get("again", ""), link.email, link.name)
    if errors:
        return render_template("web/identity/reset.html", token=token, email=link.email, errors=errors), 422
    if set_password(hand().platform, token, TokenKind.PASSWORD_RESET, password) is None:
        return dead_link(Link(state=TokenState.USED))
    leave()
    tell("ok", _("The new password is set"), _("You were signed out everywhere. Sign in with it."))
    return see("/sign-in")
