"""Orders that a shop delivers by itself: taken in, changed, moved, all of a call or nothing of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, select

from domain.ids import OrderId
from domain.orders.consequences import IntakeChoices, lateness
from domain.orders.delivering import (
    Delivered,
    Known,
    OrdersRefused,
    RefusedOrder,
    Terms,
    decide_deliver,
)
from domain.orders.incoming import Incoming
from domain.orders.intake import text_of
from domain.orders.journey import OrderMoved, decide_move
from domain.orders.money import UnknownOrderStage
from domain.orders.order import Happening
from domain.orders.receiving import HappeningRecorded, decide_record_happening
from domain.refusals import Refusal
from tenants.database import NotFound, Work, action
from tenants.instance.actions.channel_calls import Answer, Call, OtherCall, keep_answer, once
from tenants.instance.actions.delivered_rows import gather
from tenants.instance.actions.order_freight import freight_owed
from tenants.instance.actions.order_lateness import keep_lateness
from tenants.instance.actions.order_rows import move_order, set_happened
from tenants.instance.actions.order_taking import TakenOrder, publish_soon, put_back_order, rules_of, take_order
from tenants.instance.models.orders import OrderRow
from tenants.instance.queries.delivered import retired_units
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.order_aggregates import load_orders
from tenants.instance.transaction import Subject, Transaction

CHOICES = IntakeChoices()
Outcomes = Sequence[Delivered] | Refusal
Told = Callable[[Outcomes], Answer]

ORDER = OrderRow.__table__.c
HERE = select(ORDER.id).where(
    ORDER.channel == bindparam("channel"), ORDER.number.in_(bindparam("numbers", expanding=True))
)


def deliver(work: Work, call: Call, incoming: Sequence[Incoming], tell: Told) -> Answer | OtherCall:
    """Take in orders of the key's channel. `tell` puts the outcome into the answer that is kept.

    One order is refused as itself, several as OrdersRefused. Two calls that bring the same new order at once: one of
    them meets what the other one wrote, and is done again.
    """
    return once(work, call, lambda: _deliver(work, call, incoming, tell))


@action
def _deliver(work: Work, call: Call, incoming: Sequence[Incoming], tell: Told) -> Answer:
    with work.transaction() as tx:
        governance = get_governance(work)
        terms = Terms(
            channel=call.key.channel,
            currency=governance.currency,
            rules=rules_of(governance),
            choices=CHOICES,
            now=work.now(),
            retired=retired_units(work) if any(each.business_unit for each in incoming) else {},
        )
        rows = _rows(tx, call.key.channel, [each.number for each in incoming])
        outcomes = _decided(work, incoming, rows, terms)
        if refusal := _refusal(incoming, outcomes):
            return _refused(tx, call, refusal, incoming, rows, governance, tell)
        delivered = [each for each in outcomes if not isinstance(each, Refusal)]
        answer = tell(delivered)
        arrivals, events = gather(tx, governance, terms, list(zip(incoming, delivered, strict=True)), rows)
        with tx.at_once(len(incoming)):
            arrivals.write()
            keep_answer(tx, call, answer)
        tx.record_all(events, call.actor)
        if events:
            publish_soon(tx)
        return answer


def _rows(tx: Transaction, channel: str, numbers: Sequence[str]) -> Mapping[str, OrderRow]:
    """The orders that are here already, locked. Mostly none is, and one look at an index says so."""
    here = tx.session.scalars(HERE, {"channel": channel, "numbers": numbers}).all()
    return {row.number: row for row in tx.lock_all(OrderRow, OrderRow.id.in_(here))} if here else {}


def _decided(
    work: Work, incoming: Sequence[Incoming], rows: Mapping[str, OrderRow], terms: Terms
) -> list[Delivered | Refusal]:
    orders = load_orders(work.session, list(rows.values())) if rows else []
    known = {each.number: Known(order=each, imported=rows[each.number].imported) for each in orders}
    return [decide_deliver(each, known.get(each.number), OrderId(work.new_id()), terms) for each in incoming]


def _refusal(incoming: Sequence[Incoming], outcomes: Sequence[Delivered | Refusal]) -> Refusal | None:
    refused = tuple(
        RefusedOrder(place=place, number=incoming[place].number, kind=type(each).__name__, refusal=each)
        for place, each in enumerate(outcomes)
        if isinstance(each, Refusal)
    )
    if not refused:
        return None
    return refused[0].refusal if len(incoming) == 1 else OrdersRefused(orders=len(incoming), refused=refused)


def _refused(
    tx: Transaction,
    call: Call,
    refusal: Refusal,
    incoming: Sequence[Incoming],
    rows: Mapping[str, OrderRow],
    governance: Governance,
    tell: Told,
) -> Answer:
    """Recorded, and answered the same when the call is repeated; nothing else is changed."""
    number = incoming[0].number if len(incoming) == 1 else ""
    row = rows.get(number)
    path = f"/{governance.organization}/"
    subject = Subject(kind="order", id=row.id if row else None, label=number, path=path)
    tx.refuse(refusal, call.actor, subject)
    return keep_answer(tx, call, tell(refusal))


@dataclass(frozen=True, kw_only=True)
class Move:
    """The wish that an order enters a stage."""

    to: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Happened:
    happening: Happening
    at: datetime


Event = HappeningRecorded | OrderMoved
EventTold = Callable[[Event | Refusal], Answer]


def tell_event(work: Work, call: Call, number: str, what: Move | Happened, tell: EventTold) -> Answer | OtherCall:
    """What a shop says happened to one order of its channel, or where it goes. Raises NotFound."""
    return once(work, call, lambda: _tell_event(work, call, number, what, tell))


@action
def _tell_event(work: Work, call: Call, number: str, what: Move | Happened, tell: EventTold) -> Answer:
    with work.transaction() as tx:
        mine = select(OrderRow.id).where(OrderRow.channel == call.key.channel, OrderRow.number == number)
        order_id = tx.session.scalar(mine)
        if order_id is None:
            raise NotFound(f"order {number} of channel {call.key.channel}")
        taken = take_order(tx, order_id)
        outcome = _move(taken, what, work.now()) if isinstance(what, Move) else _happen(taken, what, work.now())
        if isinstance(outcome, Refusal):
            tx.refuse(outcome, call.actor, taken.subject)
            return keep_answer(tx, call, tell(outcome))
        _write_event(tx, taken, outcome)
        tx.record(outcome, call.actor, taken.subject, reason=getattr(outcome, "reason", ""))
        return keep_answer(tx, call, tell(outcome))


def _move(taken: TakenOrder, what: Move, now: datetime) -> OrderMoved | Refusal:
    if taken.rules.position(what.to) < 0:
        return UnknownOrderStage(stage=what.to)
    return decide_move(taken.order, what.to, what.reason, taken.rules, None, now)


def _happen(taken: TakenOrder, what: Happened, now: datetime) -> HappeningRecorded | Refusal:
    return decide_record_happening(taken.order, what.happening, what.at, None, now)


def _write_event(tx: Transaction, taken: TakenOrder, outcome: Event) -> None:
    row = taken.row
    if isinstance(outcome, OrderMoved):
        move_order(tx, row, outcome.after, outcome.due_at, outcome.at, None)
    else:
        _keep_happening(tx, taken, outcome)
    put_back_order(tx, row, None, is_edit=False)


def _keep_happening(tx: Transaction, taken: TakenOrder, outcome: HappeningRecorded) -> None:
    """With what follows from it, as where the whole order is sent again. The source saying it again is no conflict."""
    row, happening, at = taken.row, outcome.happening, outcome.happened_at
    set_happened(row, happening, at)
    row.imported = {**row.imported, str(happening): text_of(at)}
    freight_owed(tx, row, happening, at)
    if happening is Happening.DELIVERED:
        after = replace(taken.order, happened={**taken.order.happened, happening: at})
        keep_lateness(tx, row, after, lateness(after, taken.rules, tx.work.now()), taken.rules)
