"""Ask for the next gate, for a hold, a resumption, a cancellation or a reopening. Whoever asks does not decide."""

from uuid import uuid4

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.approvals.request import ApprovalRequest
from domain.approvals.requesting import Requested
from domain.governance.template import ReasonList
from domain.lifecycle import UnknownReason
from domain.refusals import FieldMissing
from domain.stages import Stage
from tenants.instance.actions.requests import request_gate as ask_for_gate
from tenants.instance.actions.requests import request_turn
from tenants.instance.queries.measure import get_names
from tenants.instance.queries.policies import preview_policy
from web.access import requires
from web.deciding import dry_run_of, refused_words
from web.instance.measures import bp
from web.instance.measures.showing import page_of
from web.instance.measures.taking import Taken, crumbs, take
from web.posted import posted_id
from web.presenting import approvers_words, title_of
from web.responses import see
from web.shell import tell

C = Capability
COMMENT_LIMIT = 2_000


@bp.post("/<code>/gate-requests")
@requires(C.REQUEST_GATE, or_named=True)
def request_gate(code: str) -> tuple[str, int] | Response:
    taken = take(code)
    target, comment = _stage(request.form.get("target", "")), request.form.get("comment", "").strip()
    identity = posted_id()
    if len(comment) > COMMENT_LIMIT:
        return _gate_again(code, _("The comment has room for %(limit)s characters.", limit=COMMENT_LIMIT))
    outcome = ask_for_gate(taken.hand.work, taken.measure.id, identity, target, taken.hand.actor, comment)
    if not isinstance(outcome, Requested):
        return _gate_again(code, refused_words(outcome, taken.hand.work, taken.path))
    tell_requested(taken, outcome.request)
    return see(url_for(".show", code=code))


@bp.get("/<code>/holds/new")
@requires(C.HOLD_MEASURE, or_named=True)
def new_hold(code: str) -> str:
    return _form(take(code, C.HOLD_MEASURE), "hold", {}, {})


@bp.post("/<code>/holds")
@requires(C.HOLD_MEASURE, or_named=True)
def hold(code: str) -> tuple[str, int] | Response:
    return _turn(code, "hold")


@bp.get("/<code>/resumptions/new")
@requires(C.HOLD_MEASURE, or_named=True)
def new_resumption(code: str) -> str:
    return _form(take(code, C.HOLD_MEASURE), "resume", {}, {})


@bp.post("/<code>/resumptions")
@requires(C.HOLD_MEASURE, or_named=True)
def resume(code: str) -> tuple[str, int] | Response:
    return _turn(code, "resume")


@bp.get("/<code>/cancellations/new")
@requires(C.CANCEL_MEASURE, or_named=True)
def new_cancellation(code: str) -> str:
    return _form(take(code, C.CANCEL_MEASURE), "cancel", {}, {})


@bp.post("/<code>/cancellations")
@requires(C.CANCEL_MEASURE, or_named=True)
def cancel(code: str) -> tuple[str, int] | Response:
    return _turn(code, "cancel")


@bp.get("/<code>/reopenings/new")
@requires(C.REOPEN_MEASURE, or_named=True)
def new_reopening(code: str) -> str:
    return _form(take(code, C.REOPEN_MEASURE), "reopen", {}, {})


@bp.post("/<code>/reopenings")
@requires(C.REOPEN_MEASURE, or_named=True)
def reopen(code: str) -> tuple[str, int] | Response:
    return _turn(code, "reopen")


def _turn(code: str, kind: str) -> tuple[str, int] | Response:
    taken = take(code)
    reason, text = request.form.get("reason", ""), request.form.get("comment", "").strip()
    if len(text) > COMMENT_LIMIT:
        return _form(
            taken, kind, {"comment": _("There is room for %(limit)s characters.", limit=COMMENT_LIMIT)}, request.form
        ), 422
    outcome = request_turn(taken.hand.work, taken.measure.id, posted_id(), kind, reason, text, taken.hand.actor)
    if isinstance(outcome, Requested):
        tell_requested(taken, outcome.request)
        return see(url_for(".show", code=code))
    field = "reason" if isinstance(outcome, UnknownReason) else "comment" if isinstance(outcome, FieldMissing) else ""
    return _form(taken, kind, {field: refused_words(outcome, taken.hand.work, taken.path)}, request.form), 422


def _form(taken: Taken, kind: str, errors: dict[str, str], kept) -> str:  # type: ignore[no-untyped-def]
    words, hand = _words(taken.measure.code)[kind], taken.hand
    run = preview_policy(hand.work, taken.measure, taken.path, taken.governance.template, kind, hand.actor)
    return render_template(
        "web/instance/measure/turn.html",
        measure=taken.measure,
        crumbs=crumbs(taken, words["title"]),
        words=words,
        reasons=[(each.code, each.label) for each in taken.governance.template.reasons[ReasonList(kind)]],
        form={name: kept.get(name, "") for name in ("reason", "comment")},
        identity=kept.get("id") or str(uuid4()),
        errors=errors,
        run=dry_run_of(run, get_names(hand.work), taken.governance, hand.work.now().date()),
    )


def _words(code: str) -> dict[str, dict[str, str]]:
    """Each turn by its name: what it is called, what happens, and where its form goes."""
    return {
        "hold": {
            "title": _("Put on hold"),
            "happens": _(
                "Due dates stop counting and nothing can be entered until the measure is resumed. The hold is counted."
            ),
            "act": _("Ask to put %(code)s on hold", code=code),
            "action": url_for(".hold", code=code),
        },
        "resume": {
            "title": _("Resume"),
            "happens": _("The measure goes on at the stage it was at, and its due dates count again."),
            "act": _("Ask to resume %(code)s", code=code),
            "action": url_for(".resume", code=code),
        },
        "cancel": {
            "title": _("Cancel the measure"),
            "happens": _(
                "The measure leaves the forecast and nothing more is entered. Its plan, actuals and history stay."
            ),
            "act": _("Ask to cancel %(code)s", code=code),
            "action": url_for(".cancel", code=code),
        },
        "reopen": {
            "title": _("Reopen, one stage back"),
            "happens": _(
                "The measure goes one stage back and can be worked on there. A plan that is locked stays locked."
            ),
            "act": _("Ask to reopen %(code)s", code=code),
            "action": url_for(".reopen", code=code),
        },
    }


def tell_requested(taken: Taken, asked: ApprovalRequest) -> None:
    """What was asked for, and for whom it waits: on the next page."""
    title = title_of(asked.kind, asked.target, taken.governance.template)
    step = asked.steps[asked.current] if asked.current is not None else None
    who = approvers_words(step, get_names(taken.hand.work)) if step else ""
    tell("ok", _("Requested: %(title)s", title=title), _("It waits for %(who)s.", who=who) if who else "")


def _gate_again(code: str, said: str) -> tuple[str, int]:
    return page_of(code, said={"gate": said}, kept=request.form.to_dict()), 422


def _stage(text: str) -> Stage:
    """The stage the form's button named; the action says what is wrong with it."""
    return next((stage for stage in Stage if str(int(stage)) == text), None) or abort(400)
