"""Sign in and out."""

from math import ceil

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from tenants.platform.actions.sessions import end_session
from tenants.platform.actions.signin import Failed, Paused, sign_in
from web.access import public
from web.errors import page
from web.hands import hand
from web.identity.people import enter, leave
from web.responses import local, see

bp = Blueprint("signin", __name__)
LONGEST = {"email": 254, "password": 128}


@bp.get("/sign-in")
@public
def show() -> str | Response:
    """The form; who is signed in already goes where they belong."""
    wanted = local(request.args.get("next", ""), "")
    if hand().is_signed_in:
        return see(wanted or "/")
    return render_template("web/identity/sign_in.html", email="", next=wanted, errors={}, failed=None)


@bp.post("/sign-in")
@public
def create() -> tuple[str, int] | Response:
    """Open a session, or say in the same words whatever was wrong."""
    email = request.form.get("email", "").strip().lower()
    password = request.form.get("password", "")
    wanted = local(request.form.get("next", ""), "")
    failed: Failed | None = None
    if _is_sane(email, password):
        outcome = sign_in(hand().platform, email, password, _address())
        if isinstance(outcome, Paused):
            return pause(outcome)
        if not isinstance(outcome, Failed):
            _leave_old()
            enter(outcome, request.user_agent.string, _address())
            return see(wanted or "/")
        failed = outcome
    form = render_template(
        "web/identity/sign_in.html", email=email, next=wanted, errors={}, failed=failed or Failed(left=0)
    )
    return form, 422


@bp.post("/sign-out")
@public
def end() -> Response:
    """End this session for good: its row goes."""
    _leave_old()
    return see("/sign-in")


def pause(paused: Paused) -> Response:
    """429 with the time when it makes sense to come back."""
    seconds = max(1, ceil((paused.until - hand().platform.now()).total_seconds()))
    minutes = ceil(seconds / 60)
    response = page(429, retry_after=f"{minutes} minute{'s' if minutes > 1 else ''}")
    response.headers["Retry-After"] = str(seconds)
    return response


def _leave_old() -> None:
    if hand().is_signed_in:
        end_session(hand().platform, hand().person.id, hand().person.session)
    leave()


def _is_sane(email: str, password: str) -> bool:
    return 0 < len(email) <= LONGEST["email"] and 0 < len(password) <= LONGEST["password"]


def _address() -> str:
    return request.remote_addr or ""
