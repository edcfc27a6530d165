"""Give a person a role at a node, and take it away."""

from uuid import UUID

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability, OrderLimit, Role
from domain.ids import NodeId, PersonId, ReferenceId
from domain.refusals import Refusal
from tenants.instance.actions.members import give_role, take_role
from tenants.instance.queries.governance import get_governance
from web.access import requires
from web.hands import hand
from web.instance.people import bp
from web.instance.people.limits import limit_key, limit_of
from web.instance.people.listing import Tried, get_line, node_choices, page, role_choices, role_words
from web.refusals import words_of
from web.responses import see
from web.shell import tell

Answer = Response | tuple[str, int]


@bp.post("/<uuid:person>/roles")
@requires(Capability.MANAGE_PEOPLE)
def give(person: UUID) -> Answer:
    """A role at a node and below. Given twice it is there once."""
    here, line = hand(), get_line(person)
    typed = {name: request.form.get(name, "") for name in ("role", "node", "limit")}
    governance = get_governance(here.work)
    errors = {} if typed["role"] in dict(role_choices(governance)) else {"role": _("Choose a role.")}
    errors |= {} if typed["node"] in dict(node_choices()) else {"node": _("Choose where the role holds.")}
    limit = limit_of(typed["limit"], governance)
    errors |= {} if limit is not None else {"limit": _("Choose which orders the role is for.")}
    if errors or limit is None:
        return page(person, changed=Tried(typed=typed, errors=errors)), 422
    role = Role(typed["role"])
    outcome = give_role(here.work, PersonId(person), role, NodeId(UUID(typed["node"])), here.actor, limit)
    if isinstance(outcome, Refusal):
        return page(person, changed=Tried(typed=typed), refused=words_of(outcome)), 422
    tell("ok", _("%(name)s is %(role)s now", name=line.name, role=role_words(governance)[role.value]))
    return see(url_for(".index", edit=person, _anchor=f"p{person}"))


@bp.post("/<uuid:person>/roles/removal")
@requires(Capability.MANAGE_PEOPLE)
def take(person: UUID) -> Answer:
    """End a role at a node; taken twice it is gone once."""
    here, line = hand(), get_line(person)
    wanted = tuple(request.form.get(name, "") for name in ("role", "node", "limit"))
    held = next((each for each in line.roles if (each.role.value, str(each.node), limit_key(each)) == wanted), None)
    if held is not None:
        unit = ReferenceId(held.unit) if held.unit else None
        limit = OrderLimit(channel=held.channel, business_unit=unit)
        outcome = take_role(here.work, PersonId(person), held.role, NodeId(held.node), here.actor, limit)
        if isinstance(outcome, Refusal):
            return page(person, refused=words_of(outcome)), 422
        tell("ok", _("A role of %(name)s has ended", name=line.name))
    return see(url_for(".index", edit=person, _anchor=f"p{person}"))
