"""Report a condition of an approval as met, with a note."""

from uuid import UUID

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.conditions import ConditionMet
from tenants.database import NotFound
from tenants.instance.actions.conditions import meet_condition as report
from tenants.instance.queries.conditions import measure_of_condition
from web.access import requires
from web.instance.measures import bp
from web.instance.measures.showing import page_of
from web.instance.measures.taking import take
from web.refusals import words_of
from web.responses import see
from web.shell import tell


@bp.post("/<code>/conditions/<uuid:condition>/fulfilment")
@requires(Capability.VIEW_MEASURES, or_named=True)
def meet_condition(code: str, condition: UUID) -> tuple[str, int] | Response:
    taken = take(code)
    if measure_of_condition(taken.hand.work.session, condition) != taken.measure.id:
        raise NotFound(f"condition {condition}")
    note = request.form.get("note", "").strip()
    outcome = report(taken.hand.work, condition, note, taken.hand.actor)
    if not isinstance(outcome, ConditionMet):
        kept = {"note": note, "condition": str(condition)}
        return page_of(code, said={"condition": words_of(outcome)}, kept=kept), 422
    tell("ok", _("The condition is met"), outcome.words)
    return see(url_for(".show", code=code, _anchor="conditions"))
