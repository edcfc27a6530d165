"""People of the firm: who works here as what, on which engagements; invite somebody, staff an engagement."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability, FirmRole
from domain.ids import InstanceId, PersonId
from domain.refusals import Refusal
from tenants.platform.actions.staffing import AccessEndedByClient, WorksElsewhere, invite_to_firm, staff_engagement
from tenants.platform.queries.engagements import list_engagements
from tenants.platform.queries.firms import list_members
from web.access import requires
from web.firm.wishes import email_error, name_error
from web.hands import hand
from web.responses import see
from web.shell import tell

bp = Blueprint("people", __name__, url_prefix="/people")
ROLES = {
    FirmRole.CONSULTANT: "Consultant",
    FirmRole.ENGAGEMENT_MANAGER: "Engagement manager",
    FirmRole.PARTNER: "Partner",
    FirmRole.FIRM_ADMINISTRATOR: "Firm administrator",
}


@bp.get("")
@requires(Capability.STAFF_ENGAGEMENT)
def index() -> str:
    return _page({}, {})


@bp.post("")
@requires(Capability.STAFF_ENGAGEMENT)
def invite() -> tuple[str, int] | Response:
    """Give somebody a role in the firm. A manager may invite consultants, an administrator anybody."""
    typed = {name: " ".join(request.form.get(name, "").split()) for name in ("name", "email", "role")}
    typed["email"] = typed["email"].lower()
    errors = {
        "name": name_error(typed["name"]),
        "email": email_error(typed["email"]),
        "role": "" if typed["role"] in _roles() else _("Choose a role you may give."),
    }
    errors = {name: words for name, words in errors.items() if words}
    if not errors:
        firm = hand().firm_actor.firm
        outcome = invite_to_firm(hand().platform, firm, typed["email"], typed["name"], FirmRole(typed["role"]))
        if isinstance(outcome, WorksElsewhere):
            errors = {"email": _("This address belongs to somebody outside the firm. Use their address here.")}
    if errors:
        return _page(typed, errors), 422
    tell("ok", _("%(name)s is invited", name=typed["name"]), _("A letter with a link is on its way."))
    return see("/people")


@bp.post("/staffing")
@requires(Capability.STAFF_ENGAGEMENT)
def staff() -> tuple[str, int] | Response:
    """Put somebody of the firm on an engagement, as PMO there."""
    here = hand()
    chosen = {name: request.form.get(name, "") for name in ("engagement", "person")}
    instances = {str(one.id): one for one in list_engagements(here.platform, here.firm_actor)}
    people = {str(one.id): one for one in list_members(here.platform, here.firm_actor.firm) if one.is_active}
    errors = {} if chosen["engagement"] in instances else {"engagement": _("Choose an engagement.")}
    errors |= {} if chosen["person"] in people else {"person": _("Choose somebody of the firm.")}
    if errors:
        return _page(chosen, errors), 422
    person, client = PersonId(UUID(chosen["person"])), InstanceId(UUID(chosen["engagement"]))
    outcome: Refusal | None = staff_engagement(here.platform, client, person, here.firm_actor)
    if isinstance(outcome, AccessEndedByClient):
        words = _("The client ended this person's access. Only the client's administrator can restore it.")
        return _page(chosen, {"person": words}), 422
    words = _(
        "%(name)s is staffed on %(client)s",
        name=people[chosen["person"]].name,
        client=instances[chosen["engagement"]].name,
    )
    tell("ok", words, _("They may do there what its programme office may."))
    return see("/people")


def _roles() -> list[str]:
    may_all = hand().firm_actor.can(Capability.MANAGE_FIRM)
    return [role.value for role in ROLES if may_all or role is FirmRole.CONSULTANT]


def _staffs_all() -> bool:
    return FirmRole.FIRM_ADMINISTRATOR in hand().firm_actor.roles


def _page(typed: dict[str, str], errors: dict[str, str]) -> str:
    here = hand()
    people = list_members(here.platform, here.firm_actor.firm)
    engagements = list_engagements(here.platform, here.firm_actor)
    return render_template(
        "web/firm/people.html",
        people=people,
        engagements=engagements,
        staff_choices=[(one.id, one.name) for one in people if one.is_active],
        client_choices=[(one.id, one.name) for one in engagements if one.is_mine or _staffs_all()],
        role_words=ROLES,
        roles=[(role, ROLES[FirmRole(role)]) for role in _roles()],
        typed={"name": "", "email": "", "role": FirmRole.CONSULTANT.value, "engagement": "", "person": ""} | typed,
        errors=errors,
    )
