"""Ask for a change of what is locked: write it, see its effect and who would decide, ask. Nothing is kept before."""

from collections.abc import Mapping
from uuid import uuid4

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.approvals.requesting import Requested
from domain.changes.proposal import proposal_text, read_proposal
from domain.changes.requesting import LineHasActuals, LineWithoutPlan, PlanNotLocked
from domain.lifecycle import NegativeAmount
from domain.lifecycle.editing import not_open
from domain.refusals import FieldMissing, FieldTooLong, Refusal, Stale
from tenants.instance.actions.changes import request_change as ask_for_change
from tenants.instance.queries.changes import ChangePreview, preview_change
from tenants.instance.queries.measure import get_choices, get_names
from web.access import requires
from web.deciding import dry_run_of
from web.instance.measures import bp
from web.instance.measures.asking import tell_requested
from web.instance.measures.change_form import form_page
from web.instance.measures.fields import Pairs, choices_of, error_of
from web.instance.measures.proposing import CELLS, Draft, start, take_form
from web.instance.measures.taking import Taken, crumbs, take
from web.posted import posted_id, seen
from web.refusals import words_of
from web.responses import see
from web.weighing import weighed

C = Capability
Outcome = str | tuple[str, int] | Response


@bp.get("/<code>/changes/new")
@requires(C.REQUEST_CHANGE, or_named=True)
def new_change(code: str) -> str:
    taken = take(code, C.REQUEST_CHANGE)
    return form_page(taken, _draft(taken, MultiDict()), "")


@bp.post("/<code>/changes/drafts")
@requires(C.REQUEST_CHANGE, or_named=True)
def draft_change(code: str) -> Outcome:
    """The form again, with what was typed: for another year, one more line, or from a page where a lock stood."""
    taken = take(code, C.REQUEST_CHANGE)
    draft = _draft(taken, request.form)
    return form_page(taken, draft, request.form.get("comment", "")), 422 if draft.errors else 200


@bp.post("/<code>/changes/previews")
@requires(C.REQUEST_CHANGE, or_named=True)
def preview(code: str) -> Outcome:
    """What would come of it, and who would decide. Nothing is kept."""
    taken = take(code, C.REQUEST_CHANGE)
    draft, comment = _draft(taken, request.form), request.form.get("comment", "").strip()
    if draft.errors:
        return form_page(taken, draft, comment), 422
    found = _look(taken, draft, comment)
    if _is_of_the_form(found):
        assert found.obstacle is not None
        draft.errors.update(_at(found.obstacle, draft))
        return form_page(taken, draft, comment), 422
    return _preview_page(taken, found, comment, str(uuid4()))


@bp.post("/<code>/changes")
@requires(C.REQUEST_CHANGE, or_named=True)
def request_change(code: str) -> Outcome:
    taken, comment = take(code, C.REQUEST_CHANGE), request.form.get("comment", "").strip()
    try:
        proposal = read_proposal(request.form.get("proposal", ""))
    except ValueError:
        abort(400)
    hand = taken.hand
    outcome = ask_for_change(hand.work, taken.measure.id, posted_id(), proposal, comment, hand.actor, seen())
    if isinstance(outcome, Requested):
        tell_requested(taken, outcome.request)
        return see(url_for(".show", code=code) + "#requests")
    draft = start(taken.measure, taken.governance, _offered(taken), request.form.get("proposal", ""))
    found = _look(taken, draft, comment)
    if _is_of_the_form(found):
        draft.errors.update(_at(outcome, draft))
        return form_page(taken, draft, comment), 422
    status = 409 if isinstance(outcome, Stale) else 422
    return _preview_page(taken, found, comment, request.form.get("id", ""), outcome), status


def _draft(taken: Taken, form: MultiDict[str, str]) -> Draft:
    draft = start(taken.measure, taken.governance, _offered(taken), form.get("proposal", ""))
    take_form(draft, form)
    return draft


def _offered(taken: Taken) -> Mapping[str, Pairs]:
    """Whom the locked fields may name; who is named already stays possible."""
    offered, names = choices_of(get_choices(taken.hand.work), ()), get_names(taken.hand.work)
    for name in ("owner", "sponsor", "controller", "forum"):
        held = getattr(taken.measure, name)
        if held is not None and held not in {key for key, _name in offered[name]}:
            offered[name] = (*offered[name], (held, names.get(held, "–")))
    return offered


def _look(taken: Taken, draft: Draft, comment: str) -> ChangePreview:
    hand = taken.hand
    return preview_change(hand.work, taken.measure, taken.path, taken.governance, hand.actor, draft.proposal, comment)


def _is_of_the_form(found: ChangePreview) -> bool:
    """Whether what stands against it is mended in the form: the proposal, or the reason that is missing."""
    locked_out = isinstance(found.obstacle, PlanNotLocked | FieldMissing | FieldTooLong)
    return found.effect is None or locked_out


def _at(refusal: Refusal, draft: Draft) -> dict[str, str]:
    """A refusal at the field of the form it is about; under "" where it is about none."""
    words = words_of(refusal)
    if isinstance(refusal, NegativeAmount):
        return {_negative_cell(draft): words}
    if isinstance(refusal, FieldMissing | FieldTooLong) and refusal.field == "comment":
        return {"comment": words}
    if isinstance(refusal, LineWithoutPlan | LineHasActuals):
        return {"plan": words}
    return error_of(refusal)


def _negative_cell(draft: Draft) -> str:
    """The first month below nothing, as its field is called; "" when there is none."""
    wrong = (
        f"{kind}.{line}.{month}"
        for line, series in draft.proposal.amounts.items()
        for kind, scenario in CELLS.items()
        for month, amount in series.get(scenario, {}).items()
        if amount is not None and amount < 0
    )
    return next(wrong, "")


def _preview_page(
    taken: Taken, found: ChangePreview, comment: str, identity: str, refused: Refusal | None = None
) -> str:
    names, governance = get_names(taken.hand.work), taken.governance
    assert found.run is not None
    run = dry_run_of(found.run, names, governance, taken.hand.work.now().date())
    obstacle = not_open(taken.measure) or found.obstacle
    return render_template(
        "web/instance/changes/preview.html",
        measure=taken.measure,
        crumbs=crumbs(taken, _("Change what is locked")),
        change=weighed(taken.measure, found.proposal, names, governance),
        changes_plan=bool(found.effect and found.effect.changes_plan),
        run=run,
        obstacle=run.obstacle or (words_of(obstacle) if obstacle else ""),
        refused=words_of(refused) if refused else "",
        is_stale=isinstance(refused, Stale),
        comment=comment,
        proposal=proposal_text(found.proposal),
        identity=identity,
        version=taken.measure.version,
    )
