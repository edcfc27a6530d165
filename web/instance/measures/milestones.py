"""One milestone: promise it, say when it comes, finish or waive it, take it out."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.governance.template import ReasonList
from domain.ids import MilestoneId, PersonId
from domain.lifecycle import DateInFuture, MilestoneRemoved, MilestoneSaved, UnknownReason
from domain.lifecycle.editing import not_open
from domain.measures import Milestone
from domain.refusals import FieldMissing, FieldTooLong, Refusal, Stale
from domain.seal import written
from tenants.instance.actions.milestones import (
    finish_milestone,
    forecast_milestone,
    promise_milestone,
    waive_milestone,
)
from tenants.instance.actions.milestones import remove_milestone as take_out
from tenants.instance.queries.measure import get_choices, get_names
from web.access import requires
from web.conflicts import OPENED, typed
from web.instance.measures import bp
from web.instance.measures.conflicts import conflict_page, look_again
from web.instance.measures.fields import read_day, shown
from web.instance.measures.offering import change_offer, typed_promise
from web.instance.measures.taking import Taken, crumbs, take
from web.posted import posted_id, seen
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
PROMISED = ("title", "owner", "due")
Outcome = tuple[str, int] | Response


@bp.get("/<code>/milestones/new")
@requires(C.EDIT_MEASURE, or_named=True)
def new_milestone(code: str) -> str:
    return _page(take(code, C.EDIT_MEASURE), None, dict.fromkeys(PROMISED, ""), {}, str(uuid4()))


@bp.post("/<code>/milestones")
@requires(C.EDIT_MEASURE, or_named=True)
def add_milestone(code: str) -> Outcome:
    """A new one cannot overwrite anything, so it asks for no version; its id makes it one, however often it is sent."""
    return _promise(take(code, C.EDIT_MEASURE), None, posted_id(), None)


@bp.get("/<code>/milestones/<uuid:milestone>")
@requires(C.UPDATE_MILESTONES, or_named=True)
def milestone(code: str, milestone: UUID) -> str:
    taken, found = _take(code, milestone)
    return _page(taken, found, _form_of(found), {})


@bp.post("/<code>/milestones/<uuid:milestone>")
@requires(C.EDIT_MEASURE, or_named=True)
def save_milestone(code: str, milestone: UUID) -> Outcome:
    taken, found = _take(code, milestone)
    return _promise(taken, found, milestone, seen())


@bp.post("/<code>/milestones/<uuid:milestone>/forecast")
@requires(C.UPDATE_MILESTONES, or_named=True)
def forecast(code: str, milestone: UUID) -> Outcome:
    taken, found = _take(code, milestone)
    text = request.form.get("forecast", "").strip()
    day = read_day(text) if text else None
    if isinstance(day, Refusal):
        return _page(taken, found, _form_of(found), {"forecast": words_of(day)}), 422
    outcome = forecast_milestone(taken.hand.work, taken.measure.id, found.id, day, taken.hand.actor)
    return _done(taken, found, outcome, "forecast", _("The forecast of “%(title)s” is saved", title=found.title))


@bp.post("/<code>/milestones/<uuid:milestone>/completion")
@requires(C.UPDATE_MILESTONES, or_named=True)
def finish(code: str, milestone: UUID) -> Outcome:
    taken, found = _take(code, milestone)
    day = read_day(request.form.get("done_on", ""))
    if isinstance(day, Refusal):
        return _page(taken, found, _form_of(found), {"done_on": words_of(day)}), 422
    outcome = finish_milestone(taken.hand.work, taken.measure.id, found.id, day, taken.hand.actor)
    return _done(taken, found, outcome, "done_on", _("“%(title)s” is done", title=found.title))


@bp.post("/<code>/milestones/<uuid:milestone>/waiver")
@requires(C.EDIT_MEASURE, or_named=True)
def waive(code: str, milestone: UUID) -> Outcome:
    taken, found = _take(code, milestone)
    reason, text = request.form.get("reason", ""), request.form.get("comment", "").strip()[:2000]
    outcome = waive_milestone(taken.hand.work, taken.measure.id, found.id, reason, text, taken.hand.actor)
    return _done(taken, found, outcome, "comment", _("“%(title)s” is waived", title=found.title))


@bp.post("/<code>/milestones/<uuid:milestone>/removal")
@requires(C.EDIT_MEASURE, or_named=True)
def remove_milestone(code: str, milestone: UUID) -> Outcome:
    taken, found = _take(code, milestone)
    outcome = take_out(taken.hand.work, taken.measure.id, found.id, taken.hand.actor, seen())
    if isinstance(outcome, Stale):
        return look_again(code)
    if not isinstance(outcome, MilestoneRemoved):
        return _page(taken, found, _form_of(found), {"": words_of(outcome)}), 422
    tell("ok", _("“%(title)s” is taken out", title=found.title))
    return see(url_for(".show", code=code) + "#milestones")


def _take(code: str, milestone: UUID) -> tuple[Taken, Milestone]:
    """The owner of a milestone may open it, whatever their role; so may who updates or edits the measure."""
    taken = take(code)
    found = next((each for each in taken.measure.milestones if each.id == milestone), None)
    if found is None:
        abort(404)
    is_theirs = found.owner == taken.hand.actor.person
    if not (is_theirs or taken.can(C.UPDATE_MILESTONES) or taken.can(C.EDIT_MEASURE)):
        abort(404)
    return taken, found


def _promise(taken: Taken, found: Milestone | None, identity: UUID, version: int | None) -> Outcome:
    before = _form_of(found) if found else None
    changed = typed(request.form, PROMISED, before)
    form = (before or dict.fromkeys(PROMISED, "")) | changed
    wished, errors = _read(taken, form, identity)
    if wished is None:
        return _page(taken, found, form, errors, str(identity)), 422
    outcome = promise_milestone(taken.hand.work, taken.measure.id, wished, taken.hand.actor, version)
    if isinstance(outcome, Stale) and found:
        return _conflict(taken.measure.code, found, changed), 409
    if not isinstance(outcome, MilestoneSaved):
        return _page(taken, found, form, {_field(outcome, ""): words_of(outcome)}, str(identity)), 422
    tell("ok", _("“%(title)s” is saved", title=wished.title) if outcome.changes else _("Nothing was changed"))
    return see(url_for(".show", code=taken.measure.code) + "#milestones")


def _read(taken: Taken, form: Mapping[str, str], identity: UUID) -> tuple[Milestone | None, dict[str, str]]:
    errors = {}
    owners = {str(key): key for key, _name in get_choices(taken.hand.work).people}
    owner, due = form.get("owner", ""), read_day(form.get("due", ""))
    held = {str(each.owner) for each in taken.measure.milestones}
    if owner and owner not in owners and owner not in held:
        errors["owner"] = _("Choose from the list.")
    if isinstance(due, Refusal):
        errors["due"] = words_of(due)
    if errors or isinstance(due, Refusal):
        return None, errors
    person = PersonId(UUID(owner)) if owner else None
    return Milestone(id=MilestoneId(identity), title=form.get("title", ""), owner=person, due=due), errors


def _done(taken: Taken, found: Milestone, outcome: object, field: str, words: str) -> Outcome:
    if not isinstance(outcome, MilestoneSaved):
        assert isinstance(outcome, Refusal)
        return _page(taken, found, _form_of(found), {_field(outcome, field): words_of(outcome)}), 422
    tell("ok", words)
    return see(url_for(".show", code=taken.measure.code) + "#milestones")


def _field(refusal: Refusal, otherwise: str) -> str:
    match refusal:
        case FieldMissing(field=field) | FieldTooLong(field=field):
            return field
        case DateInFuture():
            return "done_on"
        case UnknownReason():
            return "reason"
        case _:
            return ""


def _form_of(milestone: Milestone) -> dict[str, str]:
    return {name: written(getattr(milestone, name)) for name in (*PROMISED, "forecast")}


def _conflict(code: str, found: Milestone, changed: Mapping[str, str]) -> str:
    taken, now_is = _take(code, found.id)
    offered = {"owner": tuple(get_names(taken.hand.work).items())}
    labels = {"title": _("Title"), "owner": _("Owner"), "due": _("Promised for")}
    return conflict_page(
        taken,
        PROMISED,
        _form_of(now_is),
        changed,
        lambda name: f"{now_is.title}: {labels[name]}",
        lambda name, text: shown("start" if name == "due" else name, text, offered),
        action=url_for(".save_milestone", code=code, milestone=found.id),
        drop_href=url_for(".show", code=code) + "#milestones",
    )


def _page(
    taken: Taken, found: Milestone | None, form: Mapping[str, str], errors: Mapping[str, str], identity: str = ""
) -> str:
    is_open = not_open(taken.measure) is None
    is_settled = found is not None and bool(found.done_on or found.waived_because)
    people = get_choices(taken.hand.work).people
    kept = {name: request.form.get(name, "") for name in ("forecast", "done_on", "reason", "comment")}
    may_lead = taken.can(C.EDIT_MEASURE) and is_open
    return render_template(
        "web/instance/milestones/edit.html",
        measure=taken.measure,
        crumbs=crumbs(taken, found.title if found else _("New milestone")),
        found=found,
        form=form,
        opened={OPENED + name: text for name, text in _form_of(found).items() if name in PROMISED} if found else {},
        kept=kept | {"forecast": kept["forecast"] or form.get("forecast", "")},
        errors=errors,
        identity=identity,
        version=seen() or taken.measure.version,
        people=people,
        names=get_names(taken.hand.work),
        reasons=[(each.code, each.label) for each in taken.governance.template.reasons[ReasonList.WAIVE]],
        is_promised=bool(taken.measure.plan_version),
        may_promise=may_lead and not taken.measure.plan_version and not is_settled,
        may_remove=may_lead and not taken.measure.plan_version,
        may_update=is_open and not is_settled,
        may_waive=may_lead and not is_settled,
        today=taken.hand.work.now().date(),
        offer=None if is_settled else change_offer(taken, typed_promise(found)),
    )
