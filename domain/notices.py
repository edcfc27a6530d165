"""What people are told when a step falls due or stands still: reminders and escalations, and how a notice is mailed.

Source: DOMAIN.md, 3 (absent approver, overdue step).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.absences import Absence
from domain.access import ROLE_CAPABILITIES, Capability, Role
from domain.approvals.choosing import SATURDAY, Directory, Place, add_working_days, nearest_holders
from domain.approvals.request import ApprovalRequest, Choice, RequestStep
from domain.delegation import Delegation
from domain.governance.policies import Rule
from domain.ids import ConditionId, PersonId, RequestId
from domain.seal import sealed_value
from domain.segregation import segregation_conflict

PATIENCE = 1  # working days that a step may be overdue before it is escalated


class NoticeKind(StrEnum):
    ASKED = "asked"
    DECIDED = "decided"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    CONDITION = "condition"
    STAND_IN = "stand_in"
    MENTION = "mention"
    SUSTAIN = "sustain"
    PROPOSAL = "proposal"
    ORDERS_LATE = "orders_late"  # exceptions of orders that nobody settled in time


class Notify(StrEnum):
    """A person's own setting."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    ESCALATIONS = "escalations"


class Delivery(StrEnum):
    NOW = "now"
    DIGEST = "digest"
    NEVER = "never"


class Urgency(StrEnum):
    """Due on the next working day or before; or over."""

    SOON = "soon"
    LATE = "late"


@dataclass(frozen=True, kw_only=True)
class Around:
    """What the clock looks at beside the request: who holds what, who is away, who stands in, on which day."""

    directory: Directory
    day: date
    absences: tuple[Absence, ...] = ()  # of that day
    delegations: tuple[Delegation, ...] = ()  # of that day
    holidays: frozenset[date] = frozenset()

    def is_away(self, person: PersonId) -> bool:
        return any(absence.person == person and absence.is_on(self.day) for absence in self.absences)


@dataclass(frozen=True, kw_only=True)
class Waited:
    """Somebody whose vote a step waits for: their own, or the one of `whom` they stand in for."""

    person: PersonId
    whom: PersonId | None = None


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """Tell those whom the step waits for, and those who stand in for them."""

    people: tuple[Waited, ...]
    urgency: Urgency
    due_on: date

    def key(self, request: RequestId, step: int) -> str:
        return f"reminder/{request}/{step}/{self.urgency}/{self.due_on}"


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """Tell the holders of the role; those who `join` may decide the step from now on."""

    role: Role
    people: tuple[PersonId, ...]
    join: tuple[PersonId, ...]
    due_on: date

    def key(self, request: RequestId, step: int) -> str:
        return f"escalation/{request}/{step}/{self.due_on}"


@dataclass(frozen=True, kw_only=True)
class ApproversReminded:
    """Who was reminded of a step that is due or overdue."""

    request: RequestId
    step_name: str
    people: tuple[PersonId, ...]
    urgency: Urgency
    due_on: date


@dataclass(frozen=True, kw_only=True)
class StepEscalated:
    """Who was told that a step stands still, and who of them may decide it now."""

    request: RequestId
    step_name: str
    role: Role
    people: tuple[PersonId, ...]
    join: tuple[PersonId, ...]
    due_on: date


@dataclass(frozen=True, kw_only=True)
class ConditionReminded:
    """The owner of a gate's condition was reminded of it."""

    condition: ConditionId
    owner: PersonId
    urgency: Urgency
    due_on: date


def due_notices(
    request: ApprovalRequest, place: Place, around: Around, *, is_escalated: bool
) -> tuple[Reminder | Escalation, ...]:
    """What is to be told about an open request on this day; on days off nothing. The caller tells each thing once."""
    index = request.current
    if index is None or not is_working_day(around.day, around.holidays):
        return ()
    step = request.steps[index]
    found: list[Reminder | Escalation] = []
    if step.due_on and (urgency := urgency_of(step.due_on, around.day, around.holidays)):
        found.append(Reminder(people=waited_for(request, around), urgency=urgency, due_on=step.due_on))
    if not is_escalated and stands_still(request, step, around):
        found.append(escalation(request, step, place, around))
    return tuple(found)


def urgency_of(due_on: date, day: date, holidays: frozenset[date] = frozenset()) -> Urgency | None:
    """None while there is time, and on days off."""
    if not is_working_day(day, holidays):
        return None
    if day > due_on:
        return Urgency.LATE
    return Urgency.SOON if add_working_days(day, 1, holidays) >= due_on else None


def is_working_day(day: date, holidays: frozenset[date] = frozenset()) -> bool:
    return day.weekday() < SATURDAY and day not in holidays


def waited_for(request: ApprovalRequest, around: Around) -> tuple[Waited, ...]:
    """Everybody whose vote it waits for, each once, and those who are there to vote for one of them.

    Who joined by escalation was told of that, and is not asked or reminded beside it.
    """
    joined = set() if request.current is None else set(request.steps[request.current].escalated)
    found = {person: Waited(person=person) for person in request.waits_for if person not in joined}
    for giver in tuple(found):
        for taker in takers(request, giver, around):
            if not around.is_away(taker):
                found.setdefault(taker, Waited(person=taker, whom=giver))
    return tuple(found.values())


def takers(request: ApprovalRequest, giver: PersonId, around: Around) -> Iterable[PersonId]:
    value = sealed_value(request.subject)
    for each in around.delegations:
        covers = each.is_on(around.day) and each.is_about(request.kind) and each.reaches(value)
        if each.giver == giver and covers and segregation_conflict(request.duties, each.taker) is None:
            yield each.taker


def stands_still(request: ApprovalRequest, step: RequestStep, around: Around) -> bool:
    """Overdue, and patience is over; or overdue, and those who are there are too few to decide it."""
    if step.due_on is None or step.escalate_to is None or around.day <= step.due_on:
        return False
    if around.day > add_working_days(step.due_on, PATIENCE, around.holidays):
        return True
    there = [
        person
        for person in request.waits_for
        if not around.is_away(person) or any(not around.is_away(taker) for taker in takers(request, person, around))
    ]
    return len(there) < votes_missing(request, step)


def votes_missing(request: ApprovalRequest, step: RequestStep) -> int:
    cast = [vote for vote in request.votes if vote.step == request.current]
    counted = cast if step.rule is Rule.FORUM else [vote for vote in cast if vote.choice is Choice.APPROVE]
    return max(1, step.needed - len(counted))


def escalation(request: ApprovalRequest, step: RequestStep, place: Place, around: Around) -> Escalation:
    """To the nearest holders of the role; where nobody holds it, to the administrators, who can give it to somebody.

    A forum's decision stays the forum's and a closure the controller's: there they are only told.
    """
    assert step.escalate_to is not None and step.due_on is not None
    holders = nearest_holders(step.escalate_to, place, request.duties, around.directory)
    others = tuple(person for person in holders if person not in step.deciders)
    may_decide = Capability.DECIDE in ROLE_CAPABILITIES[step.escalate_to]
    join = others if may_decide and step.rule is not Rule.FORUM and not request.duties.is_closure else ()
    administrators = nearest_holders(Role.INSTANCE_ADMINISTRATOR, place, request.duties, around.directory)
    return Escalation(
        role=step.escalate_to,
        people=others or administrators,
        join=tuple(person for person in join if segregation_conflict(request.duties, person) is None),
        due_on=step.due_on,
    )


def delivery(kind: NoticeKind, setting: Notify) -> Delivery:
    """An escalation reaches everybody at once; the rest as each person likes."""
    if kind in (NoticeKind.ESCALATION, NoticeKind.ORDERS_LATE) or setting is Notify.AT_ONCE:
        return Delivery.NOW
    return Delivery.DIGEST if setting is Notify.DAILY else Delivery.NEVER
