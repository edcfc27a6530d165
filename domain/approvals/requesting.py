"""Opens a sealed request: one of its family, with the policy that its facts choose and the approvers of that."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from domain.access import Actor
from domain.approvals.choosing import (
    Directory,
    NoPolicy,
    Place,
    add_working_days,
    place_of,
    policy_facts,
    resolve_steps,
    select_policy,
)
from domain.approvals.request import ApprovalRequest, RequestState
from domain.changes.proposal import leaned_on, read_proposal
from domain.governance.criteria import CriterionResult
from domain.governance.policies import CHANGE, GATE_KINDS, ORDER_PREFIX, RELEASE_KIND, STATE_KINDS, Fact, gate_kind
from domain.governance.template import GovernanceTemplate
from domain.ids import MeasureId, OrderExceptionId, OrderId, PersonId, RequestId
from domain.measures import Measure
from domain.refusals import Refusal
from domain.seal import FieldChange, canonical_subject, canonical_text, seal
from domain.segregation import Duties, segregation_conflict
from domain.stages import MeasureState, Stage


@dataclass(frozen=True, kw_only=True)
class OpenRequest:
    """What there is to know of another open request on the same subject; `about` is the exception it settles."""

    id: RequestId
    kind: str
    about: OrderExceptionId | None = None


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What a decision looks at beside its subject: where that is, who is there, what is open."""

    path: str  # materialised path of the measure's package, of an order that of the organization
    template: GovernanceTemplate
    directory: Directory
    open_requests: tuple[OpenRequest, ...] = ()
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a request is about, as the seal and segregation see it: the canonical text and who has which part."""

    text: str
    duties: Duties
    is_held: bool = False  # the measure is on hold: nothing is decided on it but holding, resuming, cancelling


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is requested: the kind, the stage a gate leads to, a reason from the template's list, a comment.

    `proposal` is the canonical text of a change; `facts` are what a policy's conditions see of it.
    """

    kind: str
    target: Stage | None = None
    reason: str = ""
    comment: str = ""
    checklist: tuple[CriterionResult, ...] = ()
    proposal: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class About:
    """What a request is opened on, the same for a measure and an order; `facts` are what policies see of it."""

    measure: MeasureId | None = None
    order: OrderId | None = None
    exception: OrderExceptionId | None = None
    code: str
    subject: Subject
    place: Place
    facts: Mapping[str, Fact]


@dataclass(frozen=True, kw_only=True)
class Requested:
    """A request was opened."""

    request: ApprovalRequest


@dataclass(frozen=True, kw_only=True)
class RequestAlreadyOpen(Refusal):
    """One request at a time: one for a gate, one for a change, one for holding, resuming or cancelling."""

    request: RequestId
    kind: str


@dataclass(frozen=True, kw_only=True)
class RequestNotOpen(Refusal):
    """The request is settled already; `changes` are what voided it."""

    request: RequestId
    state: RequestState
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RequestSuspended(Refusal):
    """The measure is on hold; the request waits until it is resumed."""

    request: RequestId


def open_request(
    ask: Ask, measure: Measure, situation: Situation, actor: Actor, now: datetime, request_id: RequestId
) -> ApprovalRequest | Refusal:
    """Seal the subject, choose the policy, find the approvers. The caller has checked right, stage and state."""
    about = About(
        measure=measure.id,
        code=measure.code,
        subject=subject_of(measure, ask.kind, actor.person, ask.proposal),
        place=place_of(measure, situation.path),
        facts={**policy_facts(measure, actor.person), **ask.facts},
    )
    return open_about(ask, about, situation, actor, now, request_id)


def open_about(
    ask: Ask, about: About, situation: Situation, actor: Actor, now: datetime, request_id: RequestId
) -> ApprovalRequest | Refusal:
    """The same for whatever is governed: one request of a family, no duties that exclude each other, a policy."""
    if other := conflicting(ask.kind, situation.open_requests, about.exception):
        return RequestAlreadyOpen(request=other.id, kind=other.kind)
    if conflict := segregation_conflict(about.subject.duties):
        return conflict
    policy = select_policy(situation.template.policies, ask.kind, about.facts)
    if isinstance(policy, NoPolicy):
        return policy
    steps = resolve_steps(policy, about.facts, about.place, about.subject.duties, situation.directory)
    if isinstance(steps, Refusal):
        return steps
    first_due = add_working_days(now.date(), steps[0].due_working_days, situation.holidays)
    return ApprovalRequest(
        id=request_id,
        kind=ask.kind,
        measure=about.measure,
        order=about.order,
        exception=about.exception,
        forum=about.place.forum,
        code=about.code,
        target=ask.target,
        template=situation.template.reference,
        policy=policy.key,
        steps=(replace(steps[0], due_on=first_due), *steps[1:]),
        duties=about.subject.duties,
        requested_by=actor.person,
        requested_at=now,
        seal=seal(about.subject.text),
        subject=about.subject.text,
        proposal=ask.proposal,
        checklist=ask.checklist,
        reason=ask.reason,
        comment=ask.comment,
    )


def conflicting(kind: str, others: Iterable[OpenRequest], about: OrderExceptionId | None = None) -> OpenRequest | None:
    """Another open request of the same family."""
    return next((each for each in others if family_of(each.kind, each.about) == family_of(kind, about)), None)


def family_of(kind: str, about: OrderExceptionId | None = None) -> str:
    """One open request of each family at a time: gates, changes, and what turns the state of a measure.

    On an order one of each kind, and for each of its holds one release.
    """
    if kind.startswith(ORDER_PREFIX):
        return f"{kind}/{about}" if kind == RELEASE_KIND else kind
    if kind == CHANGE:
        return "change"
    return "gate" if kind in GATE_KINDS else "state"


def subject_of(measure: Measure, kind: str, requester: PersonId | None = None, proposal: str = "") -> Subject:
    """The measure, and what is proposed for it, as a request of this kind sees it."""
    duties = Duties(
        owner=measure.owner,
        sponsor=measure.sponsor,
        controller=measure.controller,
        requested_by=requester,
        last_edited_by=measure.last_edited_by,
        editors=measure.editors,
        is_closure=kind == gate_kind(Stage.CLOSED),
    )
    fields = canonical_subject(measure, kind)
    if proposal:
        fields |= leaned_on(measure, read_proposal(proposal)) | {"proposal": proposal}
    is_held = measure.state is MeasureState.ON_HOLD and kind not in STATE_KINDS
    return Subject(text=canonical_text(fields), duties=duties, is_held=is_held)
