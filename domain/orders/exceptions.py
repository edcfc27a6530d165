"""Exceptions and holds of an order: opened, assigned, escalated by the clock, resolved. Source: DOMAIN.md, 5."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.access import Actor, Capability, Role
from domain.governance.template import ExceptionType, OrderRules
from domain.ids import OrderExceptionId, OrderId, PersonId
from domain.orders.order import Order, OrderException
from domain.orders.rights import not_workable, too_long, wordless
from domain.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class ExceptionOpened:
    """Something keeps the order from going its way; `exception.opened_by` is None where a rule says so."""

    order: OrderId
    number: str
    exception: OrderException
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ExceptionResolved:
    """It is settled, by a code of the template; `exception` is as it stands now. Its history stays."""

    order: OrderId
    number: str
    exception: OrderException
    resolution: str
    words: str
    person: PersonId | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ExceptionEscalated:
    """Nobody settled it in time: it is the matter of `to` as well now."""

    exception: OrderExceptionId
    type: str
    due_at: datetime
    to: Role
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderAssigned:
    """Somebody's matter now, or nobody's: the order, or one of its exceptions."""

    order: OrderId
    number: str
    exception: OrderExceptionId | None
    before: PersonId | None
    after: PersonId | None
    person: PersonId | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class UnknownType(Refusal):
    type: str


@dataclass(frozen=True, kw_only=True)
class UnknownCause(Refusal):
    cause: str
    known: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SameExceptionOpen(Refusal):
    """One of a type at a time. `label` is that of the type."""

    label: str


@dataclass(frozen=True, kw_only=True)
class ExceptionNotHere(Refusal):
    """The order has no such exception."""

    number: str


@dataclass(frozen=True, kw_only=True)
class ExceptionSettled(Refusal):
    label: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class NeedsDecision(Refusal):
    """A hold of this type is released by an approved decision and by nothing else. `decision` is its key."""

    decision: str
    label: str


@dataclass(frozen=True, kw_only=True)
class UnknownResolution(Refusal):
    resolution: str


@dataclass(frozen=True, kw_only=True)
class NotOverdue(Refusal):
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class EscalatedAlready(Refusal):
    at: datetime


def decide_open_exception(
    order: Order,
    type: str,
    cause: str,
    reason: str,
    owner: PersonId | None,
    rules: OrderRules,
    actor: Actor | None,
    now: datetime,
    exception_id: OrderExceptionId,
    rule: str = "",
) -> ExceptionOpened | Refusal:
    """One of a type at a time; several types at once."""
    if refusal := not_workable(order, Capability.WORK_ORDERS, actor):
        return refusal
    kind = rules.exception_type(type)
    if kind is None:
        return UnknownType(type=type)
    if cause and cause not in kind.causes:
        return UnknownCause(cause=cause, known=kind.causes)
    if any(each.type == type and each.is_open for each in order.exceptions):
        return SameExceptionOpen(label=kind.label)
    if refusal := wordless("reason", reason) or too_long("reason", reason):
        return refusal
    opened = new_exception(kind, cause, reason.strip(), owner, actor, now, exception_id, rule)
    return ExceptionOpened(order=order.id, number=order.number, exception=opened, at=now)


def new_exception(
    kind: ExceptionType,
    cause: str,
    reason: str,
    owner: PersonId | None,
    actor: Actor | None,
    now: datetime,
    exception_id: OrderExceptionId,
    rule: str,
) -> OrderException:
    return OrderException(
        id=exception_id,
        type=kind.key,
        is_hold=kind.is_hold,
        owner_role=kind.owner,
        opened_at=now,
        due_at=now + timedelta(hours=kind.due_hours),
        cause=cause,
        stops=kind.stops,
        owner=owner,
        opened_by=actor.person if actor else None,
        reason=reason,
        decision=kind.decision or "",
        rule=rule,
    )


def decide_resolve(
    order: Order,
    exception_id: OrderExceptionId,
    resolution: str,
    words: str,
    rules: OrderRules,
    actor: Actor | None,
    now: datetime,
) -> ExceptionResolved | Refusal:
    """By a code of the template. A hold that needs a decision is not released here."""
    exception = workable(order, exception_id, rules, actor)
    if isinstance(exception, Refusal):
        return exception
    if exception.is_hold and exception.decision:
        return NeedsDecision(decision=exception.decision, label=rules.decision_label(exception.decision))
    if resolution not in [each.code for each in rules.resolutions]:
        return UnknownResolution(resolution=resolution)
    if refusal := too_long("comment", words):
        return refusal
    return resolved(order, exception, resolution, words.strip(), actor.person if actor else None, now)


def resolved(
    order: Order, exception: OrderException, resolution: str, words: str, person: PersonId | None, now: datetime
) -> ExceptionResolved:
    """It stays among the exceptions of its order, settled."""
    return ExceptionResolved(
        order=order.id,
        number=order.number,
        exception=replace(exception, resolved_at=now),
        resolution=resolution,
        words=words,
        person=person,
        at=now,
    )


def workable(
    order: Order, exception_id: OrderExceptionId, rules: OrderRules, actor: Actor | None
) -> OrderException | Refusal:
    """The exception, open, on an order that is open, for somebody who may work on it."""
    if refusal := not_workable(order, Capability.WORK_ORDERS, actor):
        return refusal
    exception = next((each for each in order.exceptions if each.id == exception_id), None)
    if exception is None:
        return ExceptionNotHere(number=order.number)
    if exception.resolved_at is not None:
        return ExceptionSettled(label=rules.type_label(exception.type), at=exception.resolved_at)
    return exception


def decide_escalate(exception: OrderException, rules: OrderRules, now: datetime) -> ExceptionEscalated | Refusal:
    """Once, when it is past due and still open: to the role that the template names for its type."""
    if exception.resolved_at is not None:
        return ExceptionSettled(label=rules.type_label(exception.type), at=exception.resolved_at)
    if exception.escalated_at is not None:
        return EscalatedAlready(at=exception.escalated_at)
    if exception.due_at >= now:
        return NotOverdue(due_at=exception.due_at)
    kind = rules.exception_type(exception.type)
    to = kind.escalate_to if kind else Role.PMO
    return ExceptionEscalated(exception=exception.id, type=exception.type, due_at=exception.due_at, to=to, at=now)


def decide_assign(
    order: Order, exception_id: OrderExceptionId | None, to: PersonId | None, rules: OrderRules, actor: Actor,
    now: datetime,
) -> OrderAssigned | Refusal:  # fmt: skip
    """Hand the order (`exception_id` None) or one exception to somebody, or to nobody (`to` None)."""
    before = order.owner
    if refusal := not_workable(order, Capability.WORK_ORDERS, actor):
        return refusal
    if exception_id is not None:
        exception = workable(order, exception_id, rules, actor)
        if isinstance(exception, Refusal):
            return exception
        before = exception.owner
    return OrderAssigned(
        order=order.id, number=order.number, exception=exception_id, before=before, after=to,
        person=actor.person, at=now,
    )  # fmt: skip
