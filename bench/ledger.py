"""Many orders at once, written past the actions: only to measure reads on."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from domain.governance.template import ExceptionType, OrderRules
from domain.orders.order import Happening
from tenants.database import Work
from tenants.instance.actions.order_taking import rules_of
from tenants.instance.models.exceptions import OrderCostRow, OrderEffectRow, OrderExceptionRow, OrderTicketRow
from tenants.instance.models.orders import OrderRow, OrderStageRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.transaction import Transaction

DAYS = 180  # the orders are spread over
OPEN_SHARE, EXCEPTION_SHARE, TICKET_SHARE = 0.10, 0.15, 0.05
AT_ONCE = 10_000
REACHED = (Happening.PAYMENT_CONFIRMED, Happening.ADDRESS_CONFIRMED, Happening.STOCK_ALLOCATED, Happening.PICKED)
Row = dict[str, Any]


def fill_orders(work: Work, count: int, seed: int = 7) -> None:
    """`count` orders with about three stays each, every seventh with an exception, all with cost; a tenth is open."""
    chance, rules = random.Random(seed), rules_of(get_governance(work))
    for start in range(0, count, AT_ONCE):
        with work.transaction() as tx:
            numbers = range(start, min(start + AT_ONCE, count))
            _write(tx, [_order(work.now(), rules, number, chance) for number in numbers], rules, chance)


def _write(tx: Transaction, orders: list[Row], rules: OrderRules, chance: random.Random) -> None:
    troubled = [order for order in orders if order["open_exceptions"] or chance.random() < EXCEPTION_SHARE]
    exceptions = [_exception(order, rules, chance) for order in troubled]
    tickets = [order for order in orders if order["open_tickets"]]
    tx.insert_many(OrderRow, orders)
    tx.insert_many(OrderStageRow, [stay for order in orders for stay in _stays(order, rules)])
    tx.insert_many(OrderExceptionRow, exceptions)
    tx.insert_many(OrderCostRow, [_cost(order, None, chance) for order in orders])
    caused = [_cost(order, each["id"], chance) for order, each in zip(troubled, exceptions, strict=True)]
    tx.insert_many(OrderCostRow, caused)
    tx.insert_many(OrderEffectRow, [_effect(each, chance) for each in exceptions[::3]])
    tx.insert_many(OrderTicketRow, [_ticket(order) for order in tickets])


def _order(now: datetime, rules: OrderRules, number: int, chance: random.Random) -> Row:
    placed = now - timedelta(minutes=chance.randint(60, DAYS * 24 * 60))
    is_open = chance.random() < OPEN_SHARE
    stage = chance.choice(rules.stages[:6]) if is_open else rules.stages[-1]
    since = min(placed + timedelta(days=chance.randint(0, 9)), now)
    value = Decimal(chance.randint(990, 90_000)) / 100
    happened = {f"{each}_at": None for each in Happening} | {f"{each}_at": placed for each in REACHED}
    if not is_open:
        happened |= {"dispatched_at": since, "delivered_at": since}
    return happened | {
        "id": uuid4(),
        "number": f"B-{number:06d}",
        "channel": chance.choice(rules.channels).code,
        "customer": f"C-{chance.randint(1, 40_000)}",
        "placed_at": placed,
        "currency": "EUR",
        "value": value,
        "discount": Decimal("0.00"),
        "freight": Decimal("4.90"),
        "items": chance.randint(1, 5),
        "payment": "card",
        "priority": "normal",
        "promised_on": (placed + timedelta(days=7)).date(),
        "commitment": "",
        "stage": stage.key,
        "stage_since": since,
        "due_at": since + timedelta(hours=stage.target_hours) if is_open else None,
        "state": "open" if is_open else "closed",
        "closed_at": None if is_open else since,
        "cancel_reason": "",
        "open_exceptions": int(is_open and chance.random() < EXCEPTION_SHARE),
        "open_tickets": int(is_open and chance.random() < TICKET_SHARE),
        "cost_forecast": Decimal("6.00"),
        "cost_actual": Decimal("6.40"),
        "source": "import",
        "created_at": placed,
        "updated_at": since,
        "version": 1,
    }


def _stays(order: Row, rules: OrderRules) -> Iterator[Row]:
    """Up to four stays, the last of them in the stage of the order."""
    keys = [stage.key for stage in rules.stages if stage.key != "return"]
    last = keys.index(order["stage"])
    passed = keys[max(0, last - 3) : last + 1]
    entered = order["placed_at"]
    step = (order["stage_since"] - entered) / max(1, len(passed) - 1)
    for position, key in enumerate(passed):
        left = None if key == order["stage"] and order["state"] == "open" else entered + step
        yield {"order_id": order["id"], "position": position, "stage": key, "entered_at": entered, "left_at": left}
        entered += step


def _exception(order: Row, rules: OrderRules, chance: random.Random) -> Row:
    plain = [each for each in rules.exception_types if not each.is_hold and each.causes]
    kind: ExceptionType = chance.choice(plain)
    opened = order["stage_since"]
    return {
        "id": uuid4(),
        "order_id": order["id"],
        "type": kind.key,
        "cause": chance.choice(kind.causes),
        "is_hold": False,
        "owner_role": str(kind.owner),
        "reason": "",
        "decision": kind.decision or "",
        "rule": "",
        "opened_at": opened,
        "due_at": opened + timedelta(hours=kind.due_hours),
        "cost": Decimal("3.50"),
        "resolution": "",
        "resolution_words": "",
        "resolved_at": None if order["open_exceptions"] else opened + timedelta(days=2),
    }


def _cost(order: Row, exception: UUID | None, chance: random.Random) -> Row:
    at = order["stage_since"]
    return {
        "id": uuid4(),
        "order_id": order["id"],
        "exception_id": exception,
        "stage": order["stage"],
        "kind": chance.choice(("carrier", "handling", "returns", "one_time")),
        "forecast": Decimal("6.00"),
        "actual": Decimal(chance.randint(300, 1_200)) / 100,
        "words": "",
        "on": at.date(),
        "at": at,
    }


def _effect(exception: Row, chance: random.Random) -> Row:
    return {
        "id": uuid4(),
        "order_id": exception["order_id"],
        "exception_id": exception["id"],
        "kind": chance.choice(("refund", "discount", "replacement", "chargeback")),
        "amount": Decimal(chance.randint(500, 9_000)) / 100,
        "reason": "goodwill",
        "on": exception["opened_at"].date(),
        "at": exception["opened_at"],
    }


def _ticket(order: Row) -> Row:
    words = {"title": "Where is my order?", "words": "", "escalation": "", "decision": "", "answer": ""}
    return words | {"id": uuid4(), "order_id": order["id"], "channel": "mail", "opened_at": order["stage_since"]}
