"""Waive a criterion of the next gate, with a reason from the list; take a waiver back."""

from collections.abc import Mapping

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.governance.criteria import Criterion
from domain.governance.template import ReasonList
from domain.lifecycle import UnknownReason
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from domain.stages import Stage
from domain.waivers import CriterionWaived, WaiverTakenBack
from tenants.instance.actions.gates import take_back_waiver as unwaive
from tenants.instance.actions.gates import waive_criterion
from web.access import requires
from web.instance.measures import bp
from web.instance.measures.showing import page_of
from web.instance.measures.taking import Taken, crumbs, take
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability


@bp.get("/<code>/waivers/<criterion>")
@requires(C.WAIVE_CRITERION)
def new_waiver(code: str, criterion: str) -> str:
    taken = take(code, C.WAIVE_CRITERION)
    return _form(taken, *_next(taken, criterion), {}, {})


@bp.post("/<code>/waivers/<criterion>")
@requires(C.WAIVE_CRITERION)
def waive_one(code: str, criterion: str) -> tuple[str, int] | Response:
    taken = take(code)
    target, asked = _next(taken, criterion)
    reason, words = request.form.get("reason", ""), request.form.get("comment", "").strip()
    work, actor = taken.hand.work, taken.hand.actor
    outcome = waive_criterion(work, taken.measure.id, target, criterion, reason, words, actor)
    if not isinstance(outcome, CriterionWaived):
        return _form(taken, target, asked, {_field(outcome): words_of(outcome)}, request.form), 422
    tell("ok", _("Waived: %(label)s", label=outcome.label), _("The reason is sealed with the request."))
    return see(url_for(".show", code=code, _anchor="gate"))


@bp.post("/<code>/waivers/<criterion>/withdrawal")
@requires(C.WAIVE_CRITERION)
def take_back_waiver(code: str, criterion: str) -> tuple[str, int] | Response:
    taken = take(code)
    target, _asked = _next(taken, criterion)
    outcome = unwaive(taken.hand.work, taken.measure.id, target, criterion, taken.hand.actor)
    if not isinstance(outcome, WaiverTakenBack):
        return page_of(code, said={"page": words_of(outcome)}), 422
    tell("ok", _("Not waived any more: %(label)s", label=outcome.label))
    return see(url_for(".show", code=code, _anchor="gate"))


def _next(taken: Taken, key: str) -> tuple[Stage, Criterion]:
    """The next gate and one of its criteria; 404 where there is none of that name."""
    target = taken.measure.stage.next or abort(404)
    found = next((each for each in taken.governance.template.gates[target] if each.key == key), None)
    return target, found or abort(404)


def _field(refusal: Refusal) -> str:
    if isinstance(refusal, UnknownReason):
        return "reason"
    return "comment" if isinstance(refusal, FieldMissing | FieldTooLong) else ""


def _form(taken: Taken, target: Stage, criterion: Criterion, errors: Mapping[str, str], kept: Mapping[str, str]) -> str:
    template = taken.governance.template
    return render_template(
        "web/instance/measure/waiver.html",
        measure=taken.measure,
        criterion=criterion,
        stage=template.stages[target].label,
        crumbs=crumbs(taken, _("Waive a criterion")),
        reasons=[(each.code, each.label) for each in template.reasons[ReasonList.WAIVE]],
        form={name: kept.get(name, "") for name in ("reason", "comment")},
        errors=errors,
    )
