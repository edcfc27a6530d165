"""Kill criteria as their forms: write one down before the decision, take it back."""

from uuid import UUID, uuid4

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.governance.policies import Condition, Operator
from domain.governance.template import GovernanceTemplate, ReasonList
from domain.ids import KillCriterionId
from domain.kill_criteria import (
    MEASURE_KILL_FACTS,
    OPERATORS,
    PROPOSALS,
    KillConditionUnusable,
    KillCriterion,
    KillCriterionDropped,
    KillCriterionSet,
)
from domain.lifecycle import UnknownReason
from domain.money import AmountRefused
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from tenants.instance.actions.kill_criteria import drop_kill_criterion, set_kill_criterion
from web.access import requires
from web.instance.measures import bp
from web.instance.measures.fields import read_amount
from web.instance.measures.taking import Taken, crumbs, take
from web.kill_criteria import fact_words, operator_words, proposal_words
from web.posted import posted_id
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
FIELDS = ("field", "operator", "value", "then", "words")


@bp.get("/<code>/kill-criteria/new")
@requires(C.SET_KILL_CRITERIA, or_named=True)
def new_kill_criterion(code: str) -> str:
    return _page(take(code, C.SET_KILL_CRITERIA), {}, {}, str(uuid4()))


@bp.post("/<code>/kill-criteria")
@requires(C.SET_KILL_CRITERIA, or_named=True)
def add_kill_criterion(code: str) -> tuple[str, int] | Response:
    taken = take(code, C.SET_KILL_CRITERIA)
    form, identity = {name: request.form.get(name, "").strip() for name in FIELDS}, posted_id()
    wanted = _read(taken, form, identity)
    if isinstance(wanted, dict):
        return _page(taken, form, wanted, str(identity)), 422
    outcome = set_kill_criterion(taken.hand.work, taken.measure.id, wanted, taken.hand.actor)
    if not isinstance(outcome, KillCriterionSet):
        return _page(taken, form, {_field(outcome): words_of(outcome)}, str(identity)), 422
    tell(
        "ok", _("The kill criterion is written down"), _("The decision seals it; from then on every night looks at it.")
    )
    return see(url_for(".show", code=code) + "#kill")


@bp.post("/<code>/kill-criteria/<uuid:criterion>/removal")
@requires(C.SET_KILL_CRITERIA, or_named=True)
def remove_kill_criterion(code: str, criterion: UUID) -> Response:
    taken = take(code, C.SET_KILL_CRITERIA)
    identity = KillCriterionId(criterion)
    outcome = drop_kill_criterion(taken.hand.work, taken.measure.id, identity, taken.hand.actor)
    if isinstance(outcome, KillCriterionDropped):
        tell("ok", _("The kill criterion is taken back"))
    else:
        tell("bad", _("Not done"), words_of(outcome))
    return see(url_for(".show", code=code) + "#kill")


def _read(taken: Taken, form: dict[str, str], identity: UUID) -> KillCriterion | dict[str, str]:
    """The form as a criterion, or what is wrong with it by field."""
    value = read_amount(form["value"], taken.governance)
    unchosen = {
        "field": form["field"] not in MEASURE_KILL_FACTS,
        "operator": form["operator"] not in OPERATORS,
        "then": form["then"] not in dict(proposals(taken.governance.template)),
    }
    errors = {name: _("Choose from the list.") for name, wrong in unchosen.items() if wrong}
    if isinstance(value, AmountRefused):
        errors["value"] = words_of(value)
    if errors or isinstance(value, AmountRefused):
        return {name: errors[name] for name in FIELDS if name in errors}
    proposes, _slash, reason = form["then"].partition("/")
    return KillCriterion(
        id=KillCriterionId(identity),
        condition=Condition(field=form["field"], operator=Operator(form["operator"]), value=value),
        proposes=proposes,
        reason=reason,
        words=form["words"],
        set_by=taken.hand.person.id,
    )


def proposals(template: GovernanceTemplate) -> list[tuple[str, str]]:
    """What can be proposed, each with a reason of the template's list: ("cancel/cost", "Cancel: Costs more ...")."""
    return [
        (f"{kind}/{reason.code}", f"{proposal_words()[kind]}: {reason.label}")
        for kind in reversed(PROPOSALS)
        for reason in template.reasons[ReasonList(kind)]
    ]


def _field(refusal: Refusal) -> str:
    match refusal:
        case FieldMissing() | FieldTooLong():
            return "words"
        case KillConditionUnusable():
            return "value"
        case UnknownReason():
            return "then"
        case _:
            return ""


def _page(taken: Taken, form: dict[str, str], errors: dict[str, str], identity: str) -> str:
    return render_template(
        "web/instance/kill_criteria/new.html",
        measure=taken.measure,
        crumbs=crumbs(taken, _("New kill criterion")),
        facts=list(fact_words(taken.governance.currency).items()),
        operators=list(operator_words().items()),
        proposals=proposals(taken.governance.template),
        form={name: form.get(name, "") for name in FIELDS},
        errors=errors,
        identity=identity,
    )
