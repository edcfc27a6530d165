"""Say another status than the computed one, with a reason and an end; or let the computed one count again."""

from collections.abc import Mapping
from datetime import date

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability, Role
from domain.governance.template import ReasonList
from domain.overrides import OverrideExpiryNotAhead, OverrideReasonMissing, OverrideSet
from domain.refusals import Refusal
from domain.status import Dimension, Status
from tenants.instance.actions.statuses import OverrideCleared, clear_override, override_status
from tenants.instance.queries.measure import get_sheet
from web.access import requires
from web.instance.measures import bp
from web.instance.measures.fields import read_day
from web.instance.measures.filters import status_words
from web.instance.measures.standing import implementation_why, override_of, potential_why
from web.instance.measures.taking import Taken, crumbs, take
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
REASON_LIMIT = 500


@bp.get("/<code>/status-overrides/new")
@requires(C.EDIT_MEASURE, or_named=True)
def new_override(code: str) -> str:
    taken = _take(code)
    return _page(taken, _dimension(request.args.get("dimension", str(Dimension.IMPLEMENTATION))), {}, {})


@bp.post("/<code>/status-overrides")
@requires(C.EDIT_MEASURE, or_named=True)
def override(code: str) -> tuple[str, int] | Response:
    taken = _take(code)
    dimension = _dimension(request.form.get("dimension", ""))
    status, expires, reason, errors = _read(taken)
    if status is None or expires is None or errors:
        return _page(taken, dimension, errors, request.form), 422
    actor, work = taken.hand.actor, taken.hand.work
    outcome = override_status(work, taken.measure.id, dimension, status, reason, expires, actor)
    if not isinstance(outcome, OverrideSet):
        return _page(taken, dimension, {_field(outcome): words_of(outcome)}, request.form), 422
    tell("ok", _("The status is overridden"), _("The computed one counts again when it expires."))
    return see(url_for(".show", code=code))


@bp.post("/<code>/status-overrides/<dimension>/removal")
@requires(C.EDIT_MEASURE, or_named=True)
def remove_override(code: str, dimension: str) -> Response:
    taken = _take(code)
    outcome = clear_override(taken.hand.work, taken.measure.id, _dimension(dimension), taken.hand.actor)
    if not isinstance(outcome, OverrideCleared):
        tell("bad", _("Not done"), words_of(outcome))
    else:
        tell("ok", _("The computed status counts again"))
    return see(url_for(".show", code=code))


def _take(code: str) -> Taken:
    """Owner, controller and the programme office have a say in the statuses; for others the page is not there."""
    taken = take(code)
    actor, measure = taken.hand.actor, taken.measure
    is_pmo = any(held.role is Role.PMO and taken.path.startswith(held.path) for held in actor.assignments)
    if not (is_pmo or actor.person in (measure.owner, measure.controller) or taken.can(C.EDIT_MEASURE)):
        abort(404)
    return taken


def _dimension(text: str) -> Dimension:
    return next((each for each in Dimension if each == text), None) or abort(404)


def _read(taken: Taken) -> tuple[Status | None, date | None, str, dict[str, str]]:
    form, errors = request.form, {}
    status = next((each for each in Status if each == form.get("status", "")), None)
    if status is None:
        errors["status"] = _("Choose a status.")
    codes = {each.code: each.label for each in taken.governance.template.reasons[ReasonList.OVERRIDE]}
    label, text = codes.get(form.get("reason", ""), ""), form.get("comment", "").strip()
    if not label:
        errors["reason"] = _("Choose a reason from the list.")
    if len(text) > REASON_LIMIT:
        errors["comment"] = _("There is room for %(limit)s characters.", limit=REASON_LIMIT)
    day = read_day(form.get("expires", ""))
    if isinstance(day, Refusal):
        errors["expires"] = words_of(day)
        return status, None, "", errors
    return status, day, f"{label}: {text}" if text else label, errors


def _field(refusal: Refusal) -> str:
    match refusal:
        case OverrideExpiryNotAhead():
            return "expires"
        case OverrideReasonMissing():
            return "reason"
        case _:
            return "status"


def _page(taken: Taken, dimension: Dimension, errors: Mapping[str, str], kept: Mapping[str, str]) -> str:
    here = taken.hand
    sheet = get_sheet(here.work, here.actor.scope_for(C.VIEW_MEASURES), taken.measure.code, here.actor)
    is_potential, today = dimension is Dimension.POTENTIAL, here.work.now().date()
    return render_template(
        "web/instance/measure/override.html",
        measure=taken.measure,
        crumbs=crumbs(taken, _("Override a status")),
        dimension=str(dimension),
        label=_("Potential Status") if is_potential else _("Implementation Status"),
        level=sheet.potential if is_potential else sheet.implementation,
        why=potential_why(sheet) if is_potential else implementation_why(sheet, today),
        current=override_of(sheet, dimension, today),
        statuses=[(str(status), word) for status, word in status_words().items() if status is not Status.GREY],
        reasons=[(each.code, each.label) for each in taken.governance.template.reasons[ReasonList.OVERRIDE]],
        form={name: kept.get(name, "") for name in ("status", "reason", "comment", "expires")},
        errors=errors,
    )
