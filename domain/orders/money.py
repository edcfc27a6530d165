"""What an order costs and what it loses: fulfilment costs by stage, financial effects by kind. Source: DOMAIN.md, 5."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from domain.access import Actor, Capability
from domain.governance.template import OrderRules, Reason
from domain.ids import OrderExceptionId, OrderId, PersonId
from domain.orders.exceptions import ExceptionNotHere
from domain.orders.order import Order
from domain.orders.rights import not_allowed, too_long, wordless
from domain.refusals import Refusal

CENT = Decimal("0.01")
MOST = Decimal("9999999999999999.99")  # what the ledger can hold


@dataclass(frozen=True, kw_only=True)
class CostRecorded:
    """A fulfilment cost; an amount that is not known yet is None. It may come long after the order was closed."""

    id: UUID
    order: OrderId
    number: str
    stage: str
    kind: str
    forecast: Decimal | None
    actual: Decimal | None
    exception: OrderExceptionId | None
    words: str
    person: PersonId | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class EffectRecorded:
    """What an order loses; `days` for a delay."""

    id: UUID
    order: OrderId
    number: str
    kind: str
    amount: Decimal
    days: int | None
    exception: OrderExceptionId | None
    reason: str
    person: PersonId | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class UnknownCostKind(Refusal):
    kind: str
    known: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class UnknownOrderEffect(Refusal):
    kind: str
    known: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EffectNeedsDecision(Refusal):
    """Such an effect is granted by a decision: who could record it as well would go around the policy."""

    kind: str
    label: str


@dataclass(frozen=True, kw_only=True)
class UnknownOrderStage(Refusal):
    stage: str


@dataclass(frozen=True, kw_only=True)
class CostWithoutAmount(Refusal):
    """A forecast, an actual amount, or both."""


@dataclass(frozen=True, kw_only=True)
class CostNotStorable(Refusal):
    """Negative, more than two places, or more than the ledger holds."""

    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class DaysNegative(Refusal):
    days: int


def decide_record_cost(
    order: Order,
    stage: str,
    kind: str,
    forecast: Decimal | None,
    actual: Decimal | None,
    exception: OrderExceptionId | None,
    words: str,
    rules: OrderRules,
    actor: Actor | None,
    now: datetime,
    cost_id: UUID,
) -> CostRecorded | Refusal:
    """Also on a closed or cancelled order: the carrier's invoice comes later."""
    if refusal := not_allowed(order, Capability.RECORD_ORDER_COST, actor):
        return refusal
    if rules.position(stage) < 0:
        return UnknownOrderStage(stage=stage)
    if kind not in codes(rules.cost_kinds):
        return UnknownCostKind(kind=kind, known=labels(rules.cost_kinds))
    if forecast is None and actual is None:
        return CostWithoutAmount()
    refusal = not_storable(forecast, actual) or not_of(order, exception) or too_long("comment", words)
    if refusal:
        return refusal
    return CostRecorded(
        id=cost_id, order=order.id, number=order.number, stage=stage, kind=kind, forecast=forecast, actual=actual,
        exception=exception, words=words.strip(), person=actor.person if actor else None, at=now,
    )  # fmt: skip


def decide_record_effect(
    order: Order,
    kind: str,
    amount: Decimal,
    days: int | None,
    reason: str,
    exception: OrderExceptionId | None,
    rules: OrderRules,
    actor: Actor | None,
    now: datetime,
    effect_id: UUID,
) -> EffectRecorded | Refusal:
    """Always with its reason; only what needs no decision."""
    if refusal := not_allowed(order, Capability.RECORD_ORDER_COST, actor):
        return refusal
    if kind not in codes(rules.effects):
        return UnknownOrderEffect(kind=kind, known=labels(rules.recordable_effects))
    if kind not in codes(rules.recordable_effects):
        return EffectNeedsDecision(kind=kind, label=rules.decision_label(kind))
    if days is not None and days < 0:
        return DaysNegative(days=days)
    refusal = not_storable(amount) or not_of(order, exception) or wordless("reason", reason)
    if refusal := refusal or too_long("reason", reason):
        return refusal
    return EffectRecorded(
        id=effect_id, order=order.id, number=order.number, kind=kind, amount=amount, days=days,
        exception=exception, reason=reason.strip(), person=actor.person if actor else None, at=now,
    )  # fmt: skip


def not_storable(*amounts: Decimal | None) -> Refusal | None:
    wrong = (each for each in amounts if each is not None and not (0 <= each <= MOST and each == each.quantize(CENT)))
    return next((CostNotStorable(amount=each) for each in wrong), None)


def not_of(order: Order, exception: OrderExceptionId | None) -> Refusal | None:
    if exception is None or any(each.id == exception for each in order.exceptions):
        return None
    return ExceptionNotHere(number=order.number)


def codes(known: Iterable[Reason]) -> tuple[str, ...]:
    return tuple(each.code for each in known)


def labels(known: Iterable[Reason]) -> tuple[str, ...]:
    return tuple(each.label for each in known)
