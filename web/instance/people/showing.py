"""One person's page: when they are away, who stands in for whom, and how letters reach them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.governance.policies import GATE_KINDS, MEASURE_KINDS, ORDER_PREFIX
from domain.ids import PersonId
from domain.notices import Notify
from domain.refusals import Refusal
from domain.stages import Stage
from tenants.instance.actions import delegations as acts
from tenants.instance.actions.notices import choose_notify
from tenants.instance.queries.delegations import absences_of, list_delegations, paths_of
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.people import MemberLine, find_notify, find_self, list_members
from web.access import requires
from web.hands import hand
from web.instance.people import bp
from web.instance.people.reading import Form, read_absence, read_delegation, refused, typed_of
from web.presenting import title_of
from web.refusals import words_of
from web.responses import see
from web.shell import tell

Answer = Response | tuple[str, int]
C = Capability
EMPTY = Form()


@bp.get("/<uuid:person>")
@requires(C.VIEW_PEOPLE, or_named=True)
def show(person: UUID) -> str:
    return _page(_line(person))


@bp.post("/<uuid:person>/absences")
@requires(C.VIEW_PEOPLE, or_named=True)
def be_away(person: UUID) -> Answer:
    """Record an absence of oneself, or of somebody whose access one manages."""
    line, typed = _line(person), _typed()
    wish = read_absence(typed, person)
    if isinstance(wish, Form):
        return _page(line, absence=wish), 422
    outcome = acts.record_absence(hand().work, wish, hand().actor)
    if isinstance(outcome, Refusal):
        return _page(line, absence=refused(typed, outcome, "starts_on")), 422
    tell("ok", _("The absence is recorded"), _("Who waits for %(name)s sees it.", name=line.name))
    return see(url_for(".show", person=person))


@bp.post("/<uuid:person>/absences/<uuid:absence>/end")
@requires(C.VIEW_PEOPLE, or_named=True)
def be_back(person: UUID, absence: UUID) -> Answer:
    here, line = hand(), _line(person)
    if absence not in {each.id for each in absences_of(here.work, person, here.work.now().date())}:
        abort(404)
    outcome = acts.end_absence(here.work, absence, here.actor)
    if isinstance(outcome, Refusal):
        return _page(line, said=words_of(outcome)), 422
    tell("ok", _("%(name)s is here from today", name=line.name))
    return see(url_for(".show", person=person))


@bp.post("/<uuid:person>/delegations")
@requires(C.VIEW_PEOPLE, or_named=True)
def delegate(person: UUID) -> Answer:
    """Let somebody decide for this person."""
    line, typed, governance = _line(person), _typed(), get_governance(hand().work)
    wish = read_delegation(typed, person, dict(_takers(person)), _kinds(), governance)
    if isinstance(wish, Form):
        return _page(line, delegation=wish), 422
    outcome = acts.delegate(hand().work, wish, hand().actor)
    if isinstance(outcome, Refusal):
        return _page(line, delegation=refused(typed, outcome, "taker")), 422
    names = dict(_takers(person))
    tell("ok", _("%(taker)s stands in for %(giver)s", taker=names[typed["taker"]], giver=line.name))
    return see(url_for(".show", person=person))


@bp.post("/<uuid:person>/delegations/<uuid:delegation>/end")
@requires(C.VIEW_PEOPLE, or_named=True)
def end_delegation(person: UUID, delegation: UUID) -> Answer:
    """End it, or hand it back."""
    here, line = hand(), _line(person)
    if delegation not in {each.delegation.id for each in list_delegations(here.work, person, here.work.now().date())}:
        abort(404)
    outcome = acts.end_delegation(here.work, delegation, here.actor)
    if isinstance(outcome, Refusal):
        return _page(line, said=words_of(outcome)), 422
    tell("ok", _("The delegation has ended"), _("What waits is decided by whom it was asked of."))
    return see(url_for(".show", person=person))


@bp.post("/<uuid:person>/letters")
@requires(C.VIEW_PEOPLE, or_named=True)
def choose_letters(person: UUID) -> Answer:
    """How letters reach me; nobody chooses it for another."""
    line, wanted = _line(person), request.form.get("notify", "")
    if line.id != hand().person.id:
        abort(404)
    if wanted not in set(Notify):
        return _page(line, said=_("Choose how letters reach you.")), 422
    choose_notify(hand().work, Notify(wanted), hand().actor)
    tell("ok", _("Your letters reach you so from now on"))
    return see(url_for(".show", person=person))


def _page(line: MemberLine, absence: Form = EMPTY, delegation: Form = EMPTY, said: str = "") -> str:
    here = hand()
    today, is_me = here.work.now().date(), line.id == here.person.id
    may_arrange = is_me or _manages(line.id)
    return render_template(
        "web/instance/people/show.html",
        line=line,
        is_me=is_me,
        me=here.person.id,
        may_arrange=may_arrange and line.is_active,
        absences=absences_of(here.work, line.id, today),
        delegations=list_delegations(here.work, line.id, today),
        takers=_takers(line.id) if may_arrange else [],
        kinds=_kinds(),
        notify=find_notify(here.work, line.id) if is_me else None,
        absence=absence,
        delegation=delegation,
        fresh=(here.work.new_id(), here.work.new_id()),
        said=said,
        today=today,
        currency=get_governance(here.work).currency,
    )


def _line(person: UUID) -> MemberLine:
    """Oneself, or somebody the reader sees; others are not there."""
    here = hand()
    if person == here.person.id:
        return find_self(here.work, here.person.id)
    scope = here.actor.scope_for(C.VIEW_PEOPLE)
    lines = list_members(here.work, here.platform, scope)
    return next((each for each in lines if each.id == person), None) or abort(404)


def _manages(person: UUID) -> bool:
    here = hand()
    paths = paths_of(here.work, person)
    return here.actor.can_anywhere(C.MANAGE_PEOPLE) and all(here.actor.can(C.MANAGE_PEOPLE, path) for path in paths)


def _takers(giver: UUID) -> list[tuple[str, str]]:
    """Who may stand in: everybody the reader sees who can enter; for others nobody names themselves."""
    here = hand()
    lines = list_members(here.work, here.platform, here.actor.scope_for(C.VIEW_PEOPLE))
    left_out = {giver, here.person.id}
    return [(str(each.id), each.name) for each in lines if each.is_active and each.id not in left_out]


def _kinds() -> Mapping[str, str]:
    """The kinds of decisions that the client's policies govern, each in words."""
    template = get_governance(hand().work).template
    governed = {policy.governs for policy in template.policies}
    stages = {kind: Stage[kind.removeprefix("gate:").upper()] for kind in GATE_KINDS}
    orders = [f"{ORDER_PREFIX}{each.key}" for each in template.orders.decisions] if template.orders else []
    known = [*MEASURE_KINDS, *orders]
    return {kind: title_of(kind, stages.get(kind), template) for kind in known if kind in governed}


def _typed() -> dict[str, Any]:
    typed = typed_of(request.form)
    try:
        PersonId(UUID(typed["id"]))
    except ValueError:
        abort(422)
    return typed
