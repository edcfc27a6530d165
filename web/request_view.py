"""One request as its page and the inbox show it: sealed, with everybody's votes and the reader's own decision."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from domain.access import Capability
from domain.approvals.request import ApprovalRequest, Choice, RequestState, Seen
from domain.approvals.requesting import RequestSuspended
from domain.approvals.standing import acting_for
from domain.approvals.voting import NotAnApprover, Voted, step_up_missing
from domain.governance.policies import Rule
from domain.ids import PersonId
from domain.refusals import Refusal
from tenants.instance.queries.delegations import away_on, delegations_to
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.measure import Names, find_code, get_choices
from tenants.instance.queries.order_requests import order_in_scope
from tenants.instance.queries.requests import RequestSheet, get_request
from tenants.instance.queries.sight import sight_of
from web.conditions import condition_form
from web.formats import amount, cents, day, moment
from web.hands import hand
from web.order_reading import OrderReading
from web.presenting import about_words, checklist_of, counts_of, reason_of, state_word, steps_of, title_of, waited
from web.refusals import words_of
from web.sealing import Reading, seal_words
from web.weighing import weighed_request

C = Capability


def take_sheet(request_id: UUID) -> RequestSheet:
    """The request, where the reader may see it. Raises NotFound."""
    here = hand()
    return get_request(here.work, sight_of(here.actor), request_id)


def context_of(
    sheet: RequestSheet, governance: Governance, names: Names, errors: Mapping[str, str], kept: Mapping[str, str]
) -> dict[str, Any]:
    """What requests/_request.html needs, without where its form leads back to."""
    here, asked = hand(), sheet.request
    template = governance.template
    checklist = checklist_of(asked.checklist)
    today = here.work.now().date()
    able = _able(sheet, today)
    return {
        "sheet": sheet,
        "asked": asked,
        "heading": f"{title_of(asked.kind, asked.target, template)}: {_about(sheet, governance)}",
        "meta": _meta(sheet, names, here.work.now()),
        "reason": reason_of(asked, template),
        **_read(sheet, names, governance),
        "seal": seal_words(asked.seal),
        "checklist": checklist,
        "checklist_counts": counts_of(checklist),
        "steps": steps_of(asked, names, here.person.id, away_on(here.work, today)),
        "state": str(asked.state),
        "state_word": state_word(asked.state),
        "closed": moment(sheet.closed_at),
        "refused": _refused(able, names) if isinstance(able, Refusal) else "",
        "acts": [] if isinstance(able, Refusal) else _acts(able, names),
        "asks_password": _asks_password(asked),
        "email": here.person.email,
        "conditions": None
        if isinstance(able, Refusal)
        else condition_form(asked, kept, lambda: get_choices(here.work).people),
        "options": _options(asked, names, governance),
        "price": amount(sheet.price, governance.currency) if sheet.price else "",
        "per_day": f"{cents(sheet.per_day)} {governance.currency}" if sheet.per_day else "",
        "measure_href": _subject_href(sheet),
        "open_words": _("Open the order") if asked.order else _("Open the measure"),
        "is_mine": asked.requested_by == here.person.id and asked.state is RequestState.OPEN,
        "errors": errors,
        "kept": {name: kept.get(name, "") for name in ("choice", "comment")},
    }


def read_seen(form: Mapping[str, str]) -> Seen:
    """What the page of the form showed; a form that does not say has shown nothing."""
    step = form.get("step", "")
    is_step = step.isascii() and step.isdigit() and len(step) < 3
    return Seen(seal=form.get("seal", ""), step=int(step) if is_step else -1)


def voted_words(voted: Voted) -> tuple[str, str]:
    """What was said, and what follows."""
    what = {
        Choice.APPROVE: _("Approved"),
        Choice.REJECT: _("Rejected"),
        Choice.RETURN: _("Returned"),
        Choice.ABSTAIN: _("Abstained"),
    }[voted.vote.choice]
    if voted.state is not RequestState.OPEN:
        return what, _("The request is settled: %(state)s.", state=state_word(voted.state).lower())
    if voted.next_step:
        return what, _("Next: %(step)s.", step=voted.next_step)
    return what, _("Others of this step are still asked.")


def sealed_of(asked: ApprovalRequest, names: Names, governance: Governance) -> dict[str, Any]:
    """What requests/_sealed.html shows of a request on a measure or an order, without what broke the seal."""
    if asked.order:
        reading = OrderReading(asked, names, governance)
        return {"sealed": reading.sealed(), "change": None, "proposed": reading.proposed()}
    year = governance.year_of(asked.requested_at.date())
    sealed = Reading(asked.subject, names, governance).sealed(asked.kind, year)
    return {"sealed": sealed, "change": weighed_request(asked, names, governance), "proposed": None}


def _read(sheet: RequestSheet, names: Names, governance: Governance) -> dict[str, Any]:
    asked = sheet.request
    reading = OrderReading(asked, names, governance) if asked.order else Reading(asked.subject, names, governance)
    return {**sealed_of(asked, names, governance), "changes": reading.changes(sheet.changes)}


def _about(sheet: RequestSheet, governance: Governance) -> str:
    return about_words(sheet.code, sheet.title, sheet.amount, governance.currency)


def _subject_href(sheet: RequestSheet) -> str:
    """The page of the measure or the order, where the reader sees it: others may see the request only."""
    here, asked = hand(), sheet.request
    if asked.order:
        sees = order_in_scope(here.work, here.actor.orders(C.VIEW_ORDERS), asked.order)
        return url_for("instance.orders.show", order=asked.order) if sees else ""
    code = find_code(here.work, here.actor.scope_for(C.VIEW_MEASURES), asked.of_measure)
    return url_for("instance.measures.show", code=code) if code else ""


def _meta(sheet: RequestSheet, names: Mapping[UUID, str], now: datetime) -> str:
    asked = sheet.request
    who = _("Asked by %(who)s on %(when)s", who=names.get(asked.requested_by, "–"), when=moment(asked.requested_at))
    step = asked.steps[asked.current] if asked.current is not None else None
    if step is None:
        return who
    waits = _("waits for %(days)s", days=waited(asked.requested_at, now))
    due = _("due %(day)s", day=day(step.due_on)) if step.due_on and not sheet.is_suspended else ""
    return " · ".join(filter(None, [who, waits, due]))


def _able(sheet: RequestSheet, today: date) -> tuple[PersonId, ...] | Refusal:
    """For whom the reader may decide, or why not; the action asks again."""
    here, asked = hand(), sheet.request
    if sheet.is_suspended and asked.state is RequestState.OPEN:
        return RequestSuspended(request=asked.id)
    duties = replace(asked.duties, last_edited_by=sheet.last_edited_by)
    return acting_for(asked, here.actor, duties, delegations_to(here.work, here.person.id), today)


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
