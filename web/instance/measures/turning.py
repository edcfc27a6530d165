"""Hold, resume or cancel many measures at once: ticked in the list, one reason for all, each decided by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.approvals.requesting import Requested
from domain.governance.template import ReasonList
from domain.lifecycle import UnknownReason
from domain.refusals import FieldMissing, Refusal
from tenants.instance.actions.requests import request_turns
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.measures import PAGE
from tenants.instance.queries.ticked import TickedMeasure, list_ticked
from web.access import requires
from web.hands import hand
from web.instance.measures import bp
from web.instance.measures.asking import COMMENT_LIMIT
from web.posted import posted_id
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
KINDS = ("hold", "resume", "cancel")


@dataclass(frozen=True, kw_only=True)
class TurnOutcome:
    """What became of one of the measures."""

    code: str
    title: str
    words: str
    is_done: bool


@bp.get("/turns")
@requires(C.HOLD_MEASURE, or_named=True)
def new_turns() -> str | Response:
    ticked = _ticked(request.args.getlist("code"))
    if not ticked:
        tell("warn", _("Nothing is ticked"), _("Tick the measures in the list first."))
        return see(url_for(".index"))
    return _form(_kind(request.args.get("kind", "")), ticked, {}, {})


@bp.post("/turns")
@requires(C.HOLD_MEASURE, or_named=True)
def ask_turns() -> tuple[str, int] | str:
    here, form = hand(), request.form
    kind, ticked, key = _kind(form.get("kind", "")), _ticked(form.getlist("code")), posted_id()
    reason, text = form.get("reason", ""), form.get("comment", "").strip()
    if not ticked:
        abort(400)
    if errors := _errors(kind, reason, text):
        return _form(kind, ticked, errors, form), 422
    outcomes = request_turns(here.work, [each.id for each in ticked], key, kind, reason, text, here.actor)
    return render_template(
        "web/instance/measures/turned.html",
        finding=_finding(outcomes),
        title=_titles()[kind],
        outcomes=[_outcome(each, outcome) for each, outcome in zip(ticked, outcomes, strict=True)],
    )


def _kind(text: str) -> str:
    return text if text in KINDS else abort(400)


def _ticked(codes: Sequence[str]) -> tuple[TickedMeasure, ...]:
    """The measures of these codes that the reader sees: at most as many as a page of the list holds."""
    here = hand()
    return list_ticked(here.work, here.actor.scope_for(C.VIEW_MEASURES), codes[:PAGE])


def _errors(kind: str, reason: str, text: str) -> dict[str, str]:
    template = get_governance(hand().work).template
    known = template.reason(ReasonList(kind), reason)
    errors = {
        "reason": "" if known else words_of(UnknownReason(list=ReasonList(kind), code=reason)),
        "comment": "" if text else words_of(FieldMissing(field="comment")),
    }
    if len(text) > COMMENT_LIMIT:
        errors["comment"] = _("There is room for %(limit)s characters.", limit=COMMENT_LIMIT)
    return {name: said for name, said in errors.items() if said}


def _form(kind: str, ticked: Sequence[TickedMeasure], errors: Mapping[str, str], kept: Mapping[str, str]) -> str:
    governance = get_governance(hand().work)
    return render_template(
        "web/instance/measures/turns.html",
        kind=kind,
        title=_titles()[kind],
        ticked=ticked,
        reasons=[(each.code, each.label) for each in governance.template.reasons[ReasonList(kind)]],
        form={name: kept.get(name, "") for name in ("reason", "comment")},
        identity=kept.get("id") or str(uuid4()),
        errors=errors,
    )


def _titles() -> dict[str, str]:
    return {"hold": _("Put on hold"), "resume": _("Resume"), "cancel": _("Cancel")}


def _outcome(measure: TickedMeasure, outcome: Requested | Refusal) -> TurnOutcome:
    is_done = isinstance(outcome, Requested)
    words = _("It waits for its decision.") if isinstance(outcome, Requested) else words_of(outcome)
    return TurnOutcome(code=measure.code, title=measure.title, words=words, is_done=is_done)


def _finding(outcomes: Sequence[Requested | Refusal]) -> str:
    done = sum(isinstance(outcome, Requested) for outcome in outcomes)
    words = ngettext("%(num)d of %(all)s was asked for", "%(num)d of %(all)s were asked for", done, all=len(outcomes))
    return words if done < len(outcomes) else _("All were asked for") if done > 1 else _("It was asked for")
