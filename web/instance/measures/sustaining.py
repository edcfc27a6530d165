"""After a closure: its controller confirms that the value holds, or asks to reopen."""

from uuid import UUID, uuid4

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.approvals.requesting import Requested
from domain.checks import SustainCheck, ValueSustained
from domain.governance.template import ReasonList
from domain.lifecycle import UnknownReason
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from tenants.instance.actions import sustain
from tenants.instance.queries.measure import get_names
from tenants.instance.queries.sustain import checks_of
from web.access import requires
from web.instance.measures import bp
from web.instance.measures.asking import tell_requested
from web.instance.measures.checks import check_item
from web.instance.measures.taking import Taken, crumbs, take
from web.posted import posted_id
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability


@bp.get("/<code>/checks/<uuid:check>")
@requires(C.VIEW_MEASURES, or_named=True)
def check(code: str, check: UUID) -> str:
    """What there is to say, and the form to say it for the controller."""
    taken = take(code)
    return _page(taken, _found(taken, check), {}, {})


@bp.post("/<code>/checks/<uuid:check>")
@requires(C.VIEW_MEASURES, or_named=True)
def make_check(code: str, check: UUID) -> tuple[str, int] | Response:
    taken = take(code)
    found, verdict = _found(taken, check), request.form.get("verdict", "")
    if verdict not in ("holds", "lost"):
        return _page(taken, found, {"verdict": _("Choose one of the two.")}, request.form.to_dict()), 422
    outcome = _make(taken, found, verdict)
    if isinstance(outcome, ValueSustained):
        tell("ok", _("Confirmed: the value of %(code)s holds", code=code))
    elif isinstance(outcome, Requested):
        tell_requested(taken, outcome.request)
    else:
        return _page(taken, found, {_field(outcome): words_of(outcome)}, request.form.to_dict()), 422
    return see(url_for(".show", code=code) + "#sustain")


def _make(taken: Taken, found: SustainCheck, verdict: str) -> ValueSustained | Requested | Refusal:
    work, actor, words = taken.hand.work, taken.hand.actor, request.form.get("comment", "").strip()
    if verdict == "holds":
        return sustain.confirm_sustained(work, found.id, words, actor)
    return sustain.doubt_sustained(work, found.id, posted_id(), request.form.get("reason", ""), words, actor)


def _found(taken: Taken, check: UUID) -> SustainCheck:
    """A check of this measure; another one is not there."""
    checks = checks_of(taken.hand.work.session, taken.measure.id)
    return next((each for each in checks if each.id == check), None) or abort(404)


def _field(refusal: Refusal) -> str:
    match refusal:
        case FieldMissing() | FieldTooLong():
            return "comment"
        case UnknownReason():
            return "reason"
        case _:
            return ""


def _page(taken: Taken, found: SustainCheck, errors: dict[str, str], form: dict[str, str]) -> str:
    reasons = [(each.code, each.label) for each in taken.governance.template.reasons[ReasonList.REOPEN]]
    return render_template(
        "web/instance/sustain/check.html",
        measure=taken.measure,
        crumbs=crumbs(taken, _("Does the value hold?")),
        item=check_item(
            found, taken.measure, get_names(taken.hand.work), taken.hand.actor, taken.hand.work.now().date()
        ),
        reasons=reasons,
        form={"verdict": "", "comment": "", "reason": reasons[0][0]} | form,
        errors=errors,
        identity=form.get("id") or str(uuid4()),
    )
