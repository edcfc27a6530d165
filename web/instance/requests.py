"""One request: what is decided on as it was sealed, what everybody said, and the reader's own decision."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.approvals.request import ApprovalRequest, Choice, RequestState, Vote
from domain.approvals.requesting import RequestWithdrawn
from domain.approvals.standing import acting_for
from domain.approvals.voting import CommentNeeded, NotAnApprover, StepUpNeeded, Voted, step_up_missing
from domain.governance.policies import Rule
from domain.ids import MeasureId, PersonId, RequestId
from domain.refusals import Refusal
from tenants.instance.actions.requests import vote as cast
from tenants.instance.actions.requests import withdraw as take_back
from tenants.instance.queries.delegations import away_on, delegations_to
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.measure import find_code, get_names
from tenants.instance.queries.requests import RequestSheet, get_request, waiting_for
from web.access import requires
from web.formats import amount, day, moment
from web.hands import hand
from web.identity.confirming import confirm
from web.instance.waiting import item_of
from web.presenting import checklist_of, counts_of, reason_of, state_word, steps_of, title_of, waited
from web.refusals import words_of
from web.responses import see
from web.sealing import Reading, seal_words
from web.shell import tell
from web.weighing import weighed_request

C = Capability
bp = Blueprint("requests", __name__, url_prefix="/requests")
COMMENT_LIMIT = 2_000
QUEUE = 5  # lines of the reader's queue beside a request; the rest is behind “All”


@bp.get("/<uuid:request_id>")
@requires(C.VIEW_MEASURES, or_named=True)
def show(request_id: UUID) -> str:
    return _page(request_id, {}, {})


@bp.post("/<uuid:request_id>/votes")
@requires(C.VIEW_MEASURES, or_named=True)
def vote(request_id: UUID) -> tuple[str, int] | Response:
    here, sheet = hand(), _sheet(request_id)
    comment = request.form.get("comment", "").strip()
    choice = next((each for each in Choice if each == request.form.get("choice", "")), None)
    if choice is None:
        return _page(request_id, {"choice": _("Choose what you decide.")}, request.form), 422
    if len(comment) > COMMENT_LIMIT:
        said = _("There is room for %(limit)s characters.", limit=COMMENT_LIMIT)
        return _page(request_id, {"comment": said}, request.form), 422
    if "password" in request.form and (fault := confirm(request.form["password"])):
        return _page(request_id, {"password": fault.words}, request.form), fault.status
    given, behalf = Vote(choice=choice, comment=comment), _behalf(request.form.get("on_behalf_of", ""))
    outcome = cast(here.work, RequestId(request_id), given, here.actor, behalf)
    if not isinstance(outcome, Voted):
        field = {CommentNeeded: "comment", StepUpNeeded: "password"}.get(type(outcome), "")
        return _page(request_id, {field: words_of(outcome)}, request.form), 422
    _tell(outcome, sheet)
    return see(url_for("instance.waiting.index"))


@bp.post("/<uuid:request_id>/withdrawal")
@requires(C.VIEW_MEASURES, or_named=True)
def withdraw(request_id: UUID) -> tuple[str, int] | Response:
    here = hand()
    _sheet(request_id)
    comment = request.form.get("comment", "").strip()[:COMMENT_LIMIT]
    outcome = take_back(here.work, RequestId(request_id), comment, here.actor)
    if not isinstance(outcome, RequestWithdrawn):
        return _page(request_id, {"": words_of(outcome)}, {}), 422
    tell("ok", _("The request is withdrawn"), _("You may ask anew."))
    return see(url_for(".show", request_id=request_id))


def _behalf(text: str) -> PersonId | None:
    """Whom the reader decides for; somebody who is not there is nobody's giver, and the vote is refused."""
    try:
        return PersonId(UUID(text)) if text else None
    except ValueError:
        abort(422)


def _sheet(request_id: UUID) -> RequestSheet:
    here = hand()
    return get_request(here.work, here.actor.scope_for(C.VIEW_MEASURES), here.person.id, request_id)


def _page(request_id: UUID, errors: Mapping[str, str], kept: Mapping[str, str]) -> str:
    here, sheet = hand(), _sheet(request_id)
    asked, governance, names = sheet.request, get_governance(here.work), get_names(here.work)
    reading = Reading(asked.subject, names, governance)
    year = governance.year_of(asked.requested_at.date())
    checklist = checklist_of(asked.checklist)
    queue = waiting_for(here.work, here.person.id)
    today = here.work.now().date()
    able = acting_for(asked, here.actor, asked.duties, delegations_to(here.work, here.person.id), today)
    return render_template(
        "web/instance/requests/show.html",
        sheet=sheet,
        asked=asked,
        heading=f"{title_of(asked.kind, asked.target, governance.template)}: {sheet.code} {sheet.title}",
        meta=_meta(asked, names, here.work.now()),
        reason=reason_of(asked, governance.template),
        sealed=reading.sealed(asked.kind, year),
        changes=reading.changes(sheet.changes),
        change=weighed_request(asked, names, governance),
        seal=seal_words(asked.seal),
        checklist=checklist,
        checklist_counts=counts_of(checklist),
        steps=steps_of(asked, names, here.person.id, away_on(here.work, today)),
        state=str(asked.state),
        state_word=state_word(asked.state),
        closed=moment(sheet.closed_at),
        refused=_refused(able, names) if isinstance(able, Refusal) else "",
        acts=[] if isinstance(able, Refusal) else _acts(able, names),
        asks_password=_asks_password(asked),
        email=here.person.email,
        options=_options(asked, names, governance),
        price=amount(sheet.price, governance.currency) if sheet.price else "",
        measure_href=_measure_href(sheet),
        queue=[item_of(line, governance, names, today, here.person.id) for line in queue[:QUEUE]],
        is_mine=asked.requested_by == here.person.id and asked.state is RequestState.OPEN,
        errors=errors,
        kept={name: kept.get(name, "") for name in ("choice", "comment")},
    )


def _measure_href(sheet: RequestSheet) -> str:
    """The measure's page, where the reader sees it: an approver from elsewhere may see the request only."""
    here = hand()
    scope = here.actor.scope_for(C.VIEW_MEASURES)
    code = find_code(here.work, scope, MeasureId(sheet.request.measure))
    return url_for("instance.measures.show", code=code) if code else ""


def _meta(asked: ApprovalRequest, names: Mapping[UUID, str], now) -> str:  # type: ignore[no-untyped-def]
    who = _("Asked by %(who)s on %(when)s", who=names.get(asked.requested_by, "–"), when=moment(asked.requested_at))
    step = asked.steps[asked.current] if asked.current is not None else None
    if step is None:
        return who
    waits = _("waits for %(days)s", days=waited(asked.requested_at, now))
    due = _("due %(day)s", day=day(step.due_on)) if step.due_on else ""
    return " · ".join(filter(None, [who, waits, due]))


def _acts(able: tuple[PersonId, ...], names: Mapping[UUID, str]) -> list[tuple[str, str]]:
    """The buttons of the vote: one for the reader, one for each person the reader stands in for."""
    me = hand().person.id
    return [
        ("", _("Record my vote")) if person == me else (str(person), _("Decide for %(name)s", name=names[person]))
        for person in able
    ]


def _asks_password(asked: ApprovalRequest) -> bool:
    here = hand()
    return asked.current is not None and bool(step_up_missing(asked.steps[asked.current], here.actor, here.work.now()))


def _refused(refusal: Refusal, names: Mapping[UUID, str]) -> str:
    """Why the reader cannot decide this. Nothing to say about what is settled."""
    words = words_of(refusal)
    if isinstance(refusal, NotAnApprover):
        who = ", ".join(names.get(person, "–") for person in refusal.waits_for[:5])
        return f"{words} {_('It waits for %(who)s.', who=who)}" if who else words
    return words


def _options(asked: ApprovalRequest, names: Mapping[UUID, str], governance: Governance) -> list[dict[str, str]]:
    """The choices of the step that waits, each with what it does."""
    index = asked.current
    if index is None:
        return []
    step, requester = asked.steps[index], names.get(asked.requested_by, "–")
    last = index + 1 == len(asked.steps)
    settles = step.rule is Rule.ANY or len(step.approvers) == 1
    goes_on = _("decides the request") if last else _("then: %(step)s", step=asked.steps[index + 1].name)
    found = [
        {"value": "approve", "words": _("Approve"), "note": goes_on if settles else _("one vote of this step")},
        {"value": "return", "words": _("Return for changes"), "note": _("%(who)s may ask anew", who=requester)},
        {"value": "reject", "words": _("Reject"), "note": _("nothing changes; the reason stays in the trail")},
    ]
    if step.rule is Rule.FORUM:
        found.append({"value": "abstain", "words": _("Abstain"), "note": _("counts for the quorum, for neither side")})
    return found


def _tell(voted: Voted, sheet: RequestSheet) -> None:
    title = title_of(sheet.request.kind, sheet.request.target, get_governance(hand().work).template)
    what = {
        Choice.APPROVE: _("Approved"),
        Choice.REJECT: _("Rejected"),
        Choice.RETURN: _("Returned"),
        Choice.ABSTAIN: _("Abstained"),
    }[voted.vote.choice]
    follows = _("The request is settled: %(state)s.", state=state_word(voted.state).lower())
    if voted.state is RequestState.OPEN:
        follows = (
            _("Next: %(step)s.", step=voted.next_step) if voted.next_step else _("Others of this step are still asked.")
        )
    tell("ok", f"{what}: {title}, {sheet.code}", follows)
