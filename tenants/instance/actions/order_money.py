"""What an order costs and what it loses, entry by entry."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from domain.access import Actor
from domain.ids import OrderExceptionId
from domain.orders.money import CostRecorded, EffectRecorded, decide_record_cost, decide_record_effect
from domain.refusals import Refusal
from tenants.database import Work, action
from tenants.instance.actions.order_rows import add_cost, add_effect
from tenants.instance.actions.order_taking import put_back_order, take_order
from tenants.instance.models.exceptions import OrderCostRow, OrderEffectRow


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What is to be booked; `id` comes with the form: the same form twice books it once."""

    id: UUID
    stage: str
    kind: str
    forecast: Decimal | None = None
    actual: Decimal | None = None
    exception: OrderExceptionId | None = None
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Effect:
    id: UUID
    kind: str
    amount: Decimal
    reason: str
    days: int | None = None
    exception: OrderExceptionId | None = None


@action
def record_cost(work: Work, order_id: UUID, cost: Cost, actor: Actor) -> CostRecorded | Refusal:
    """Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        amounts = (cost.forecast, cost.actual)
        outcome = decide_record_cost(
            taken.order,
            cost.stage,
            cost.kind,
            *amounts,
            cost.exception,
            cost.words,
            taken.rules,
            actor,
            work.now(),
            cost.id,
        )
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        if tx.session.get(OrderCostRow, cost.id) is None:
            add_cost(tx, taken.row, _cost(outcome))
            put_back_order(tx, taken.row, actor, is_edit=False)
            tx.record(outcome, actor, taken.subject, reason=outcome.words)
    return outcome


@action
def record_effect(work: Work, order_id: UUID, effect: Effect, actor: Actor) -> EffectRecorded | Refusal:
    """Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        said = (effect.kind, effect.amount, effect.days, effect.reason, effect.exception)
        outcome = decide_record_effect(taken.order, *said, taken.rules, actor, work.now(), effect.id)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        if tx.session.get(OrderEffectRow, effect.id) is None:
            add_effect(tx, taken.row, _effect(outcome))
            put_back_order(tx, taken.row, actor, is_edit=False)
            tx.record(outcome, actor, taken.subject, reason=outcome.reason)
    return outcome


def _cost(event: CostRecorded) -> OrderCostRow:
    return OrderCostRow(
        id=event.id,
        order_id=event.order,
        exception_id=event.exception,
        stage=event.stage,
        kind=event.kind,
        forecast=event.forecast,
        actual=event.actual,
        words=event.words,
        on=event.at.date(),
        by=event.person,
        at=event.at,
    )


def _effect(event: EffectRecorded) -> OrderEffectRow:
    return OrderEffectRow(
        id=event.id,
        order_id=event.order,
        exception_id=event.exception,
        kind=event.kind,
        amount=event.amount,
        days=event.days,
        reason=event.reason,
        on=event.at.date(),
        by=event.person,
        at=event.at,
    )
