"""Onboard a client: say what it needs, watch it being made, open it."""

from uuid import UUID, uuid4

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from domain.access import Capability
from tenants.bell import queue_state
from tenants.platform.actions.onboarding import ask, try_again
from tenants.platform.queries.onboardings import Onboarding, get_onboarding, is_member
from tenants.platform.queries.templates import newest_templates
from web.access import requires
from web.firm.wishes import CURRENCIES, MONTH_NAMES, Typed, read_wish, steps_of
from web.hands import hand
from web.responses import see

bp = Blueprint("onboardings", __name__, url_prefix="/onboardings")


@bp.get("")
@requires(Capability.ONBOARD_CLIENT)
def index() -> Response:
    """Where a form that was sent and then loaded again ends."""
    return see("/engagements")


@bp.get("/new")
@requires(Capability.ONBOARD_CLIENT)
def new() -> str:
    return _form(Typed(form_key=str(uuid4())), {})


@bp.post("")
@requires(Capability.ONBOARD_CLIENT)
def create() -> tuple[str, int] | Response:
    """Have the instance made. The same form sent twice makes one."""
    here = hand()
    typed = Typed.of(request.form)
    offered = {version.id for version in newest_templates(here.platform, here.firm_actor.firm)}
    wish, errors = read_wish(typed, offered, here.person.email)
    if wish is None:
        return _form(typed, errors), 422
    asked = ask(here.platform, here.firm_actor.firm, here.person.id, wish, f"{here.person.id}:{typed.form_key}")
    return see(f"/onboardings/{asked}")


@bp.get("/<uuid:onboarding>")
@requires(Capability.ONBOARD_CLIENT)
def show(onboarding: UUID) -> str:
    """How far it has come. Htmx asks for the part that moves, once a second."""
    here = hand()
    found = get_onboarding(here.platform, here.firm_actor.firm, onboarding)
    part = bool(request.headers.get("HX-Request"))
    return render_template(
        "web/firm/_onboarding.html" if part else "web/firm/onboarding.html",
        onboarding=found,
        steps=steps_of(found),
        may_open=_may_open(found),
        queue_answers=not found.is_running or queue_state(here.settings.redis_url).up,
    )


@bp.post("/<uuid:onboarding>/retry")
@requires(Capability.ONBOARD_CLIENT)
def retry(onboarding: UUID) -> Response:
    """Go on from where a failed one stands."""
    try_again(hand().platform, hand().firm_actor.firm, onboarding)
    return see(f"/onboardings/{onboarding}")


def _may_open(found: Onboarding) -> bool:
    return found.state == "done" and is_member(hand().platform, found.slug, hand().person.id)


def _form(typed: Typed, errors: dict[str, str]) -> str:
    here = hand()
    return render_template(
        "web/firm/onboarding_new.html",
        typed=typed,
        errors=errors,
        templates=newest_templates(here.platform, here.firm_actor.firm),
        currencies=CURRENCIES,
        months=list(enumerate(MONTH_NAMES, start=1)),
    )
