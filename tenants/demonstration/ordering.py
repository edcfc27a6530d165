"""The orders of the demonstration: told in a file every week, and what people do about those that go wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from random import Random
from uuid import UUID

from sqlalchemy import select

from domain.access import Actor
from domain.approvals.request import Choice, RequestState, Vote
from domain.ids import ConstraintId, OrderExceptionId, OrderId, OrderTicketId
from domain.orders.asking import OrderAsk
from domain.orders.constraints import Constraint
from domain.orders.order import OrderState
from domain.orders.tickets import Ticket
from tenants.demonstration.arriving import WEEKS, Life, lives
from tenants.demonstration.engagement import Engagement
from tenants.demonstration.order_files import FILE_AT, take_in
from tenants.demonstration.timeline import done
from tenants.instance.actions import constraints, order_exceptions, order_money, order_tickets
from tenants.instance.actions.order_decisions import request_decision
from tenants.instance.actions.requests import vote
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.requests import RequestRow

DESK, SERVICE, FULFILMENT = "Mikael Strand", "Linnea Holmgren", "Karin Öberg"
DECIDED = {"payment_pending": "release", "fraud": "release", "stock": "promise_change", "return": "refund"} | {
    "damaged": "replacement",
    "lost": "replacement",
}
RESOLVED = {"address": "confirmed", "partial_shipment": "corrected", "invoice_delayed": "corrected"}
ASKED_OF_US = {"damaged", "lost", "return"}  # the customer writes
HANDLING = "handling"


def plan_orders(here: Engagement) -> None:
    """Nothing where the template governs no orders."""
    if here.governance.template.orders is None:
        return
    now = here.timeline.now
    rng = Random(here.brief.seed + 1)  # noqa: S311 - figures of its own, so that the measures' stories stay as they are
    known = lives(rng, now)
    days = [(now - timedelta(weeks=week)).date() for week in range(WEEKS, -1, -1)]
    for before, moment in pairwise(min(now, datetime.combine(day, FILE_AT)) for day in days):
        told = [life for life in known if life.changes_within(before, moment)]
        here.timeline.at(moment, partial(take_in, here, told, moment), "orders")
        for life in told:
            if life.in_trouble_from and before < life.in_trouble_from <= moment:
                _plan_trouble(here, life, moment, rng)
    here.timeline.at(now, partial(_constrain, here), "constraint")


def _plan_trouble(here: Engagement, life: Life, seen: datetime, rng: Random) -> None:
    """Noticed some hours after the file, settled within three days; what would be later than now stays open."""
    opened = seen + timedelta(hours=rng.randint(2, 8), minutes=rng.randint(0, 59))
    settled = opened + timedelta(hours=rng.randint(8, 60))
    story = life.first.number
    here.timeline.at(opened, partial(_open, here, life), story)
    if settled <= here.timeline.now:
        here.timeline.at(settled, partial(_settle, here, life), story)


def _open(here: Engagement, life: Life) -> None:
    order, trouble = _order(here, life.first.number), life.trouble
    if trouble is None or order.state != OrderState.OPEN:
        return
    actor = here.actor(SERVICE if trouble.type in ASKED_OF_US else DESK)
    identity = here.named(f"exception {order.number}")
    said = f"Noticed after the file of {here.work.now():%d %b}."
    done(order_exceptions.open_exception(here.work, order.id, identity, trouble.type, trouble.cause, said, actor))
    cost = order_money.Cost(
        id=here.named(f"cost {order.number}"),
        stage=order.stage,
        kind="returns" if trouble.type == "return" else HANDLING,
        actual=trouble.cost,
        exception=OrderExceptionId(identity),
        words="Handling so far",
    )
    done(order_money.record_cost(here.work, order.id, cost, here.actor(FULFILMENT)))
    if trouble.type in ASKED_OF_US:
        done(order_tickets.open_ticket(here.work, _ticket(here, order, identity), actor))
    if kind := DECIDED.get(trouble.type):
        ask = _ask(here, order, kind, OrderExceptionId(identity), trouble.cost)
        done(request_decision(here.work, order.id, here.named(f"ask {order.number}"), ask, actor))


def _ticket(here: Engagement, order: OrderRow, exception: UUID) -> Ticket:
    return Ticket(
        id=OrderTicketId(here.named(f"ticket {order.number}")),
        order=OrderId(order.id),
        channel="mail",
        title="What happens with my order?",
        opened_at=here.work.now(),
        exception=OrderExceptionId(exception),
        owner=here.people[SERVICE],
        opened_by=here.people[SERVICE],
    )


def _ask(here: Engagement, order: OrderRow, kind: str, exception: OrderExceptionId, daily: Decimal) -> OrderAsk:
    said = {
        "release": "The customer is known and has paid before.",
        "promise_change": "supplier",
        "refund": "The goods are back.",
        "replacement": "The customer wants the goods.",
    }[kind]
    later = max(order.promised_on or here.timeline.today, here.work.now().date()) + timedelta(days=9)
    return OrderAsk(
        kind=kind,
        reason=said,
        exception=exception,
        amount=order.value if kind in ("refund", "replacement") else None,
        cost=Decimal("9.80") if kind == "replacement" else None,
        promised_on=later if kind == "promise_change" else None,
        daily_cost=daily,
    )


def _settle(here: Engagement, life: Life) -> None:
    order, trouble = _order(here, life.first.number), life.trouble
    if trouble is None or order.state != OrderState.OPEN:
        return
    if trouble.type in DECIDED:
        _decide(here, here.named(f"ask {order.number}"))
    else:
        actor, identity = here.actor(DESK), here.named(f"exception {order.number}")
        done(order_exceptions.resolve(here.work, order.id, identity, RESOLVED[trouble.type], "", actor))
    if trouble.type in ASKED_OF_US:
        ticket, said = here.named(f"ticket {order.number}"), "You will hear from us by mail."
        done(order_tickets.answer_ticket(here.work, order.id, ticket, said, here.actor(SERVICE)))


def _decide(here: Engagement, request: UUID) -> None:
    """Everybody whom it waits for, one after the other."""
    while (row := here.work.get(RequestRow, request)).state == RequestState.OPEN:
        voter: Actor = here.actor(here.work.get(RequestRow, row.id).waiting[0])  # type: ignore[arg-type]
        done(vote(here.work, request, Vote(choice=Choice.APPROVE), voter))


def _constrain(here: Engagement) -> None:
    """A carrier that takes less than usual blocks what is about to leave."""
    actor = here.actor(FULFILMENT)
    identity = ConstraintId(here.named("constraint"))
    constraint = Constraint(
        id=identity,
        kind="carrier",
        title="Parcel hub in Malmö at half capacity",
        stops=("dispatch", "delivery"),
        words="A belt is being replaced; the carrier takes half of our parcels.",
        opened_at=here.work.now(),
        owner=actor.person,
        needs_attention=True,
        forecast_end=here.timeline.today + timedelta(days=6),
        opened_by=actor.person,
    )
    done(constraints.open_constraint(here.work, constraint, actor))
    waiting = select(OrderRow.id).where(OrderRow.state == OrderState.OPEN, OrderRow.stage.in_(("picking", "dispatch")))
    blocked = here.work.session.scalars(waiting.order_by(OrderRow.number).limit(14)).all()
    done(constraints.block_orders(here.work, identity, blocked, actor))


def _order(here: Engagement, number: str) -> OrderRow:
    here.work.session.expire_all()
    return here.work.session.scalars(select(OrderRow).where(OrderRow.number == number)).one()
