"""The engagements a person may see: what each says about itself, and the way in for those who are staffed on it."""

from flask import Blueprint, render_template

from domain.access import Capability
from tenants.platform.queries.engagements import list_engagements
from tenants.platform.queries.onboardings import list_unfinished
from web.access import requires
from web.hands import hand

bp = Blueprint("engagements", __name__, url_prefix="/engagements")


@bp.get("")
@requires(Capability.VIEW_ENGAGEMENTS)
def index() -> str:
    """The list; onboardings that are not done yet stand above it."""
    here = hand()
    may_onboard = here.firm_actor.can(Capability.ONBOARD_CLIENT)
    return render_template(
        "web/firm/engagements.html",
        engagements=list_engagements(here.platform, here.firm_actor),
        unfinished=list_unfinished(here.platform, here.firm_actor.firm) if may_onboard else [],
        may_onboard=may_onboard,
        may_compare=here.firm_actor.can(Capability.COMPARE_ENGAGEMENTS),
    )
