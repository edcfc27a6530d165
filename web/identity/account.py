"""The account of who is signed in: theme, open sessions."""

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from tenants.platform.actions.people import choose_theme
from tenants.platform.actions.sessions import end_other_sessions, end_session
from tenants.platform.queries.sessions import list_sessions
from web.access import signed_in
from web.hands import hand
from web.responses import local, see

bp = Blueprint("account", __name__, url_prefix="/account")
THEMES = {"system": "", "light": "light", "dark": "dark"}


@bp.get("")
@signed_in
def show() -> str:
    """Who I am, how pages look, where I am signed in."""
    here = hand()
    sessions = list_sessions(here.platform, here.person.id)
    return render_template("web/identity/account.html", person=here.person, sessions=sessions)


@bp.post("/theme")
@signed_in
def theme() -> Response:
    chosen = THEMES.get(request.form.get("theme", ""))
    if chosen is None:
        abort(422)
    choose_theme(hand().platform, hand().person.id, chosen)
    return see(local(request.form.get("next", ""), "/account"))


@bp.post("/sessions/<session>/end")
@signed_in
def end(session: str) -> Response:
    """End one of my sessions, wherever it is open."""
    if not end_session(hand().platform, hand().person.id, session):
        abort(404)
    return see("/account")


@bp.post("/sessions/end-others")
@signed_in
def end_others() -> Response:
    end_other_sessions(hand().platform, hand().person.id, hand().person.session)
    return see("/account")
