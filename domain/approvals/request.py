"""An approval request: its sealed subject, its steps with who may decide, its votes. Source: DOMAIN.md, 3."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.access import Role
from domain.governance.criteria import CriterionResult
from domain.governance.policies import Rule
from domain.ids import (
    ConditionId,
    ForumId,
    MeasureId,
    MeetingId,
    OrderExceptionId,
    OrderId,
    PersonId,
    RequestId,
)
from domain.seal import FieldChange
from domain.segregation import Duties
from domain.stages import Stage


class RequestState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"


class Choice(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    RETURN = "return"
    ABSTAIN = "abstain"


@dataclass(frozen=True, kw_only=True)
class GateCondition:
    """What an approval of a gate asks for, by whom and until when. It stands once the request is approved."""

    id: ConditionId
    words: str
    owner: PersonId
    due: date


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the page showed to who votes: the seal, and the index of the step that waited. Refused when it is past."""

    seal: str
    step: int


@dataclass(frozen=True, kw_only=True)
class Vote:
    """What a person says; everything but approve needs a comment. Only an approval comes with conditions.

    `seen` is None where no page was: an import, another system. `in_bulk`: one act for several requests.
    """

    choice: Choice
    comment: str = ""
    conditions: tuple[GateCondition, ...] = ()
    seen: Seen | None = None
    in_bulk: bool = False


@dataclass(frozen=True, kw_only=True)
class CastVote:
    """A vote as it was counted. `step` is the index of its step; `on_behalf_of` is whom a delegate stood for.

    With a `meeting` it is the decision of a forum, recorded by `person`; `present` are the members who took it.
    """

    step: int
    person: PersonId
    choice: Choice
    comment: str
    at: datetime
    on_behalf_of: PersonId | None = None
    conditions: tuple[GateCondition, ...] = ()
    meeting: MeetingId | None = None
    present: tuple[PersonId, ...] = ()

    @property
    def approver(self) -> PersonId:
        return self.on_behalf_of or self.person


@dataclass(frozen=True, kw_only=True)
class RequestStep:
    """A step with the people who may decide it. `due_on` is None until the step is reached; `settled` until it is.

    `escalated` are those who may decide it as well since it became overdue.
    """

    name: str
    selector: str  # in words of data: "measure:sponsor", "role:pmo", "people", "forum"
    approvers: tuple[PersonId, ...]
    rule: Rule
    needed: int  # approvals for ANY, ALL and COUNT; votes cast for FORUM
    due_working_days: int
    due_on: date | None = None
    settled: RequestState | None = None
    step_up: bool = False
    escalate_to: Role | None = None
    escalated: tuple[PersonId, ...] = ()

    @property
    def deciders(self) -> tuple[PersonId, ...]:
        return tuple(dict.fromkeys((*self.approvers, *self.escalated)))


@dataclass(frozen=True, kw_only=True)
class ApprovalRequest:
    """One request through the engine. Steps are decided in order; the first that is not approved ends it."""

    id: RequestId
    kind: str  # "gate:detailed", "hold", "resume", "cancel", ...
    measure: MeasureId | None = None  # what it is about: a measure or an order, never both
    order: OrderId | None = None
    exception: OrderExceptionId | None = None  # of the order, which the request settles
    forum: ForumId | None = None  # the one that its policy asks, as it was when this was asked
    code: str
    target: Stage | None
    template: str  # the version it began under: "cost-programme/v1"
    policy: str
    steps: tuple[RequestStep, ...]
    duties: Duties
    requested_by: PersonId
    requested_at: datetime
    seal: str  # SHA-256 of `subject`, hexadecimal
    subject: str  # canonical text of the governed fields, and of the proposal
    proposal: str = ""  # canonical text of what a change request would change
    checklist: tuple[CriterionResult, ...] = ()
    reason: str = ""  # code from the template's list
    comment: str = ""
    votes: tuple[CastVote, ...] = ()
    state: RequestState = RequestState.OPEN
    void_changes: tuple[FieldChange, ...] = ()  # what broke the seal, once it is voided

    @property
    def of_measure(self) -> MeasureId:
        """For those who know that it is about a measure."""
        assert self.measure is not None
        return self.measure

    @property
    def current(self) -> int | None:
        """Index of the step that waits; None when the request is settled."""
        if self.state is not RequestState.OPEN:
            return None
        return next((index for index, step in enumerate(self.steps) if step.settled is None), None)

    @property
    def waits_for(self) -> tuple[PersonId, ...]:
        """The approvers of the current step who have not voted."""
        if (index := self.current) is None:
            return ()
        voted = {vote.approver for vote in self.votes if vote.step == index}
        return tuple(person for person in self.steps[index].deciders if person not in voted)

    def votes_of(self, step: int) -> tuple[CastVote, ...]:
        return tuple(vote for vote in self.votes if vote.step == step)
