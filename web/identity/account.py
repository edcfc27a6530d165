"""The account of who is signed in: theme, password, open sessions."""

import re

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants.platform.actions.passwords import change_password
from tenants.platform.actions.people import choose_theme
from tenants.platform.actions.sessions import end_other_sessions, end_session
from tenants.platform.queries.sessions import list_sessions
from web.access import signed_in
from web.hands import hand
from web.identity.confirming import not_confirmed
from web.identity.words import password_errors
from web.responses import local, see
from web.shell import tell

bp = Blueprint("account", __name__, url_prefix="/account")
THEMES = {"system": "", "light": "light", "dark": "dark"}
BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")
CALLED = {"Edg": "Edge", "OPR": "Opera", "Macintosh": "macOS"}


@bp.get("")
@signed_in
def show() -> str:
    """Who I am, how pages look, where I am signed in."""
    return _page({})


@bp.post("/theme")
@signed_in
def theme() -> Response:
    chosen = THEMES.get(request.form.get("theme", ""))
    if chosen is None:
        abort(422)
    choose_theme(hand().platform, hand().person.id, chosen)
    return see(local(request.form.get("next", ""), "/account"))


@bp.post("/password")
@signed_in
def password() -> tuple[str, int] | Response:
    """Change my password; my other sessions end."""
    here = hand()
    new = request.form.get("password", "")
    errors = password_errors(new, request.form.get("again", ""), here.person.email, here.person.name)
    if errors:
        return _page(errors), 422
    current, address = request.form.get("current", ""), request.remote_addr or ""
    if refused := change_password(here.platform, here.person.email, current, new, here.person.session, address):
        fault = not_confirmed(refused)
        return _page({"current": fault.words}), fault.status
    tell("ok", _("The password is changed"), _("Other devices were signed out."))
    return see("/account")


@bp.post("/sessions/<session>/end")
@signed_in
def end(session: str) -> Response:
    """End one of my sessions, wherever it is open."""
    if not end_session(hand().platform, hand().person.id, session):
        abort(404)
    tell("ok", _("The session is ended"))
    return see("/account")


@bp.post("/sessions/end-others")
@signed_in
def end_others() -> Response:
    end_other_sessions(hand().platform, hand().person.id, hand().person.session)
    tell("ok", _("You are signed out everywhere else"))
    return see("/account")


def device(agent: str) -> str:
    """ "Firefox on Windows" from what a browser says of itself."""
    browser = next((word for word in BROWSERS if word in agent), "")
    system = next((word for word in SYSTEMS if word in agent), "")
    if not browser:
        return re.sub(r"\s+", " ", agent)[:60] or _("Unknown device")
    return _(
        "%(browser)s on %(system)s", browser=CALLED.get(browser, browser), system=CALLED.get(system, system) or "–"
    )


def _page(errors: dict[str, str]) -> str:
    here = hand()
    sessions = [(row, device(row.agent)) for row in list_sessions(here.platform, here.person.id)]
    return render_template("web/identity/account.html", person=here.person, sessions=sessions, errors=errors)
