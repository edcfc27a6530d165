"""Let somebody in with a role at a node; send the invitation again; end and restore access."""

from uuid import UUID

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability, Role
from domain.ids import NodeId, PersonId
from domain.refusals import Refusal
from tenants.instance.actions.members import admit_member, end_access, give_role, restore_access
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.people import is_ended
from tenants.platform.actions.people import admit, ensure_people, shut_out
from tenants.platform.queries.firms import find_firm_actor
from web.access import requires
from web.firm.wishes import email_error, name_error
from web.hands import hand
from web.instance.people import bp
from web.instance.people.listing import Tried, get_line, node_choices, page, role_choices
from web.refusals import words_of
from web.responses import see
from web.shell import tell

Answer = Response | tuple[str, int]


@bp.post("")
@requires(Capability.MANAGE_PEOPLE)
def invite() -> Answer:
    """Let a person in by e-mail address; who has no password yet gets a letter."""
    typed = {name: " ".join(request.form.get(name, "").split()) for name in ("name", "email", "role", "node")}
    typed["email"] = typed["email"].lower()
    if errors := _errors(typed):
        return page(invited=Tried(typed=typed, errors=errors)), 422
    refusal = _let_in(typed)
    if refusal is not None:
        return page(invited=Tried(typed=typed, errors={"email": refusal})), 422
    tell("ok", _("%(name)s is let in", name=typed["name"]), _("Who has no password yet gets a letter with a link."))
    return see(url_for(".index"))


@bp.post("/<uuid:person>/invitation")
@requires(Capability.MANAGE_PEOPLE)
def invite_again(person: UUID) -> Answer:
    """Send the letter again; earlier links stay good until one is used."""
    here, line = hand(), get_line(person)
    assert here.instance is not None
    if line.state != "invited":
        return page(person, refused=_("%(name)s has signed in before, or may not enter.", name=line.name)), 422
    admit(here.platform, here.instance.id, PersonId(person), line.side, invite=True)
    tell("ok", _("The invitation of %(name)s is sent again", name=line.name))
    return see(url_for(".index"))


@bp.post("/<uuid:person>/end")
@requires(Capability.MANAGE_PEOPLE)
def end(person: UUID) -> Answer:
    """The person may not enter any more; what they did stays."""
    here, line = hand(), get_line(person)
    assert here.instance is not None
    if line.id == here.person.id:
        return page(person, refused=_("Somebody else has to end your own access.")), 422
    outcome = end_access(here.work, PersonId(person), here.actor)
    if isinstance(outcome, Refusal):
        return page(person, refused=words_of(outcome)), 422
    shut_out(here.platform, here.instance.id, PersonId(person))
    tell("ok", _("The access of %(name)s has ended", name=line.name), _("Pages that are open there answer no more."))
    return see(url_for(".index"))


@bp.post("/<uuid:person>/restoration")
@requires(Capability.MANAGE_PEOPLE)
def restore(person: UUID) -> Answer:
    """Let somebody in again, with the roles they had."""
    here, line = hand(), get_line(person)
    assert here.instance is not None
    outcome = restore_access(here.work, PersonId(person), here.actor)
    if isinstance(outcome, Refusal):
        return page(person, refused=words_of(outcome)), 422
    admit(here.platform, here.instance.id, PersonId(person), line.side, invite=not line.has_entered)
    tell("ok", _("%(name)s may enter again", name=line.name), _("With the roles they had."))
    return see(url_for(".index"))


def _errors(typed: dict[str, str]) -> dict[str, str]:
    errors = {
        "name": name_error(typed["name"]),
        "email": email_error(typed["email"]),
        "role": "" if typed["role"] in dict(role_choices(get_governance(hand().work))) else _("Choose a role."),
        "node": "" if typed["node"] in dict(node_choices()) else _("Choose where the role holds."),
    }
    return {name: words for name, words in errors.items() if words}


def _let_in(typed: dict[str, str]) -> str | None:
    """Person, member, role, entry, in this order: the letter is sent when all is there. Words when refused."""
    here = hand()
    assert here.instance is not None
    person = ensure_people(here.platform, {typed["email"]: typed["name"]})[typed["email"]]
    firm = find_firm_actor(here.platform, person)
    side = "firm" if firm and firm.firm == here.instance.firm_id else "client"
    if is_ended(here.work, person):
        return _("The access of this person was ended. Restore it in the list.")
    for outcome in (
        admit_member(here.work, person, typed["name"], typed["email"], side, here.actor),
        give_role(here.work, person, Role(typed["role"]), NodeId(UUID(typed["node"])), here.actor),
    ):
        if isinstance(outcome, Refusal):
            return words_of(outcome)
    admit(here.platform, here.instance.id, person, side, invite=True)
    return None
