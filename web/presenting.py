"""Requests and checklists as pages show them: titles, steps, votes and criteria in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.approvals.request import ApprovalRequest, CastVote, Choice, RequestState, RequestStep
from domain.governance.criteria import CriterionResult, Met
from domain.governance.policies import ORDER_PREFIX, Rule
from domain.governance.template import GovernanceTemplate, ReasonList
from domain.stages import Stage
from tenants.instance.queries.delegations import Away
from tenants.instance.queries.measure import Names
from web.away import NOBODY, away_words, for_words
from web.formats import cents, day, initials, moment, month
from web.wording import approvers, field_name

VOTE_STATES = {Choice.APPROVE: "yes", Choice.REJECT: "no", Choice.RETURN: "back", Choice.ABSTAIN: "none"}
CRITERION_STATES = {Met.MET: "met", Met.NOT_MET: "missing", Met.WAIVED: "waived"}
NAMING_FIELDS = ("FieldPresent", "DeclaredOrPresent", "DistinctPeople")


@dataclass(frozen=True, kw_only=True)
class VoteItem:
    """One line of components/vote.html."""

    state: str
    name: str
    initials: str
    tag: str = ""
    note: str = ""
    end: str = ""
    firm: bool = False


@dataclass(frozen=True, kw_only=True)
class StepItem:
    """One step of a request: what it is called, whether it waits, and what everybody said."""

    title: str
    is_current: bool
    votes: tuple[VoteItem, ...]


@dataclass(frozen=True, kw_only=True)
class CriterionItem:
    """One line of components/gate.html. `waive` and `unwaive` are where it is waived and where that is taken back."""

    state: str
    label: str
    note: str = ""
    href: str = ""
    act: str = ""
    by: str = ""
    waive: str = ""
    unwaive: str = ""


def title_of(kind: str, target: Stage | None, template: GovernanceTemplate) -> str:
    """What is asked for: "Gate into Decided", "Hold", "Refund"."""
    if template.orders is not None and kind.startswith(ORDER_PREFIX):
        return template.orders.decision_label(kind.removeprefix(ORDER_PREFIX))
    if target is not None:
        return _("Gate into %(stage)s", stage=template.stages[target].label)
    turns = {
        "hold": _("Put on hold"),
        "resume": _("Resume"),
        "cancel": _("Cancel"),
        "reopen": _("Reopen, one stage back"),
        "change": _("Change what is locked"),
    }
    return turns.get(kind, kind)


def about_words(code: str, title: str, value: Decimal | None, currency: str) -> str:
    """What a request is about: a measure by code and title, an order by number and the amount that is decided on."""
    return f"{code} {title}" if value is None else f"{code}, {cents(value)} {currency}"


def reason_of(request: ApprovalRequest, template: GovernanceTemplate) -> str:
    """The label of the reason a turn was asked for with, for an order what was written; empty for gates."""
    if request.order is not None and template.orders is not None:
        known_reasons = {each.code: each.label for each in template.orders.promise_reasons}
        return known_reasons.get(request.reason, request.reason)
    if not request.reason or request.kind not in set(ReasonList):
        return ""
    known = template.reason(ReasonList(request.kind), request.reason)
    return known.label if known else request.reason


def state_word(state: RequestState) -> str:
    return {
        RequestState.OPEN: _("Open"),
        RequestState.APPROVED: _("Approved"),
        RequestState.REJECTED: _("Rejected"),
        RequestState.RETURNED: _("Returned for changes"),
        RequestState.WITHDRAWN: _("Withdrawn"),
        RequestState.VOIDED: _("Voided"),
    }[state]


def rule_words(step: RequestStep) -> str:
    """How many of whom: "one of 2 is enough", "2 votes of 5, the majority decides"."""
    people = len(step.approvers)
    match step.rule:
        case Rule.FORUM:
            return _("%(n)s of %(all)s must vote, the majority decides", n=step.needed, all=people)
        case Rule.ALL if people > 1:
            return _("all %(all)s must approve", all=people)
        case Rule.COUNT:
            return _("%(n)s of %(all)s must approve", n=step.needed, all=people)
        case Rule.ANY if people > 1:
            return _("one of %(all)s is enough", all=people)
    return ""


def steps_of(
    request: ApprovalRequest, names: Names, reader: UUID, away: Mapping[UUID, Away] = NOBODY
) -> tuple[StepItem, ...]:
    """Every step in order with the votes cast, who is still asked, and who of them is away."""
    return tuple(_step(request, index, names, reader, away) for index in range(len(request.steps)))


def _step(request: ApprovalRequest, index: int, names: Names, reader: UUID, away: Mapping[UUID, Away]) -> StepItem:
    step = request.steps[index]
    cast = request.votes_of(index)
    items = [
        _item(VOTE_STATES[vote.choice], vote.person, names, reader, _said(vote, names), for_words(vote, names))
        for vote in cast
    ]
    if request.current == index:
        due = _("due %(day)s", day=day(step.due_on)) if step.due_on else ""
        items += [
            _item("open", person, names, reader, " · ".join(filter(None, [due, away_words(away.get(person))])))
            for person in request.waits_for
        ]
    title = _("Step %(n)s of %(all)s: %(name)s", n=index + 1, all=len(request.steps), name=step.name)
    words = rule_words(step)
    return StepItem(
        title=f"{title}, {words}" if words else title, is_current=request.current == index, votes=tuple(items)
    )


def _said(vote: CastVote, names: Names) -> str:
    """When, whether a meeting decided it, what was said, and the conditions that came with it."""
    met = _("decided in a meeting, %(n)s counted", n=len(vote.present)) if vote.meeting else ""
    conditions = [
        _(
            "on condition: %(words)s (%(who)s, %(day)s)",
            words=each.words,
            who=names.get(each.owner, "–"),
            day=day(each.due),
        )
        for each in vote.conditions
    ]
    return " · ".join(filter(None, [moment(vote.at), met, f"“{vote.comment}”" if vote.comment else "", *conditions]))


def _item(state: str, person: UUID, names: Names, reader: UUID, note: str, stead: str = "") -> VoteItem:
    name, tag = names.get(person, "–"), _("you") if person == reader else ""
    shown = f"{name} {stead}" if stead else name
    return VoteItem(state=state, name=shown, initials=initials(name), tag=tag, note=note, firm=person in names.firm)


def checklist_of(results: Iterable[CriterionResult]) -> tuple[CriterionItem, ...]:
    """A checklist as it was sealed or as it stands, what is missing first."""
    return tuple(item_of(result) for result in in_order(results))


def in_order(results: Iterable[CriterionResult]) -> list[CriterionResult]:
    """What is missing first, then what is waived."""
    order = (Met.NOT_MET, Met.WAIVED, Met.MET)
    return sorted(results, key=lambda result: order.index(result.outcome))


def item_of(result: CriterionResult) -> CriterionItem:
    return CriterionItem(state=CRITERION_STATES[result.outcome], label=result.label, note=note_of(result))


def note_of(result: CriterionResult) -> str:
    """Why a criterion is not met, or how it was waived; one that is met says what there is."""
    if result.outcome is Met.WAIVED:
        return _("Waived: %(reason)s", reason=result.reason)
    if result.kind in NAMING_FIELDS:
        return _("Missing: %(names)s", names=", ".join(map(field_name, result.missing))) if result.missing else ""
    if result.kind == "ActualsThroughClosedMonth" and result.missing:
        return _("No actual for %(months)s", months=_some([month(each) for each in result.missing]))
    if result.kind == "CauseReduced" and result.need is not None:
        return _("Fallen by %(have)s %% of the %(need)s %% aimed at", have=result.have, need=result.need)
    if result.missing:
        return _("Still open: %(names)s", names=_some(list(result.missing)))
    if result.is_open and result.need and result.have is not None:
        return _("%(have)s of %(need)s", have=result.have, need=result.need)
    return ""


def counts_of(items: Iterable[CriterionItem]) -> str:
    """6 met · 1 waived · 2 not met."""
    states = [item.state for item in items]
    words = (
        (states.count("met"), _("met")),
        (states.count("waived"), _("waived")),
        (states.count("missing"), _("not met")),
    )
    return " · ".join(f"{count} {word}" for count, word in words if count)


def due_words(due: date | None, today: date) -> tuple[str, bool]:
    """When something is due, and whether that is over: ("2 days late", True)."""
    if due is None:
        return "", False
    days = (today - due).days
    if days > 0:
        return ngettext("%(num)d day late", "%(num)d days late", days), True
    return (_("due today") if days == 0 else _("due %(day)s", day=day(due))), False


def waited(since: datetime, until: datetime) -> str:
    days = (until - since).days
    return ngettext("%(num)d day", "%(num)d days", days)


def approvers_words(step: RequestStep, names: Mapping[UUID, str]) -> str:
    """The people whom a step asks, by name while they are few."""
    people = [names.get(person, "–") for person in step.approvers]
    return (
        ", ".join(people) if len(people) <= 4 else _("%(n)s people", n=len(people)) + f" ({approvers(step.selector)})"
    )


def _some(names: list[str], most: int = 4) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else _("%(names)s and %(n)s more", names=shown, n=len(names) - most)
