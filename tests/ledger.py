"""A ledger of generated orders, written past the actions: a fixed seed, any number, every kind of row."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from tenants.database import Work
from tenants.instance.models.exceptions import (
    ConstrainedOrderRow,
    ConstraintRow,
    OrderCostRow,
    OrderEffectRow,
    OrderExceptionRow,
    OrderTicketRow,
)
from tenants.instance.models.orders import OrderRow, OrderStageRow
from tenants.instance.models.people import MemberRow

STAGES = ("intake", "payment_check", "allocation", "picking", "dispatch", "delivery", "closure")
CHANNELS = ("shop", "marketplace", "b2b")
CAUSES = {"return": ("Size", "Late", ""), "lost": ("Carrier", "Theft"), "payment_pending": ("Card declined",)}
REASONS = ("late", "price", "twice")
TABLES = (OrderCostRow, OrderEffectRow, OrderTicketRow, OrderExceptionRow, ConstrainedOrderRow, OrderStageRow, OrderRow)


@dataclass
class Ledger:
    """The rows as they were written, for sums of one's own."""

    orders: list[dict[str, Any]] = field(default_factory=list)
    stays: list[dict[str, Any]] = field(default_factory=list)
    exceptions: list[dict[str, Any]] = field(default_factory=list)
    costs: list[dict[str, Any]] = field(default_factory=list)
    effects: list[dict[str, Any]] = field(default_factory=list)
    tickets: list[dict[str, Any]] = field(default_factory=list)
    constrained: list[dict[str, Any]] = field(default_factory=list)
    constraints: list[UUID] = field(default_factory=list)


def write_ledger(work: Work, count: int, seed: int = 7, days: int = 200) -> Ledger:
    """Replace all orders of the instance by generated ones."""
    made, chance, now = Ledger(), Random(seed), work.now()
    someone = work.session.scalars(select(MemberRow.id)).first()
    with work.transaction() as tx:
        for row in (*TABLES, ConstraintRow):
            tx.session.execute(delete(row))
        for title, attention in (("Carrier strike", True), ("Stock count", False)):
            row = ConstraintRow(id=uuid4(), kind="carrier", title=title, words="", stops=["dispatch"], version=1)
            row.opened_by, row.opened_at, row.needs_attention = someone, now, attention
            tx.add(row)
            made.constraints.append(row.id)
        tx.flush()
        for number in range(count):
            _order(made, chance, now, number, days)
        rows = (made.orders, made.stays, made.exceptions, made.costs, made.effects, made.tickets, made.constrained)
        kinds = (OrderRow, OrderStageRow, OrderExceptionRow, OrderCostRow, OrderEffectRow, OrderTicketRow)
        for kind, values in zip((*kinds, ConstrainedOrderRow), rows, strict=True):
            tx.insert_many(kind, values)
    return made


def _order(made: Ledger, chance: Random, now: datetime, number: int, days: int) -> None:
    placed = now - timedelta(minutes=chance.randrange(days * 24 * 60) + 1)
    age = (now - placed).days
    state = "cancelled" if chance.random() < 0.06 else "closed" if age > 12 and chance.random() < 0.97 else "open"
    stage = chance.choice(STAGES[:-1]) if state == "open" else "closure"
    order = {
        "id": uuid4(), "number": f"L-{number:06}", "channel": chance.choice(CHANNELS), "business_unit_id": None,
        "customer": "", "placed_at": placed, "currency": "EUR", "value": _amount(chance, 400), "discount": Decimal(0),
        "freight": Decimal("4.90"), "items": 1, "payment": "card", "priority": "normal",
        "promised_on": (placed + timedelta(days=chance.randrange(3, 12))).date(), "commitment": "", "stage": stage,
        "stage_since": placed, "due_at": placed + timedelta(hours=chance.randrange(4, 96)), "state": state,
        "owner_id": None, "delivered_at": None if state == "open" and number % 4 else placed + timedelta(days=5),
        "cancel_reason": chance.choice(REASONS) if state == "cancelled" else "", "open_holds": 0,
        "open_exceptions": 0, "open_tickets": 0, "open_constraints": 0, "cost_forecast": Decimal(0),
        "cost_actual": Decimal(0), "effects": Decimal(0), "source": "import", "created_at": placed,
        "updated_at": placed, "version": 1,
    }  # fmt: skip
    made.orders.append(order)
    entered = placed
    for position, each in enumerate(STAGES[: STAGES.index(stage) + 1][-3:]):
        left = entered + timedelta(minutes=chance.randrange(30, 6000))
        ends = each != stage and left < now
        made.stays.append({
            "order_id": order["id"], "position": position, "stage": each, "entered_at": entered,
            "left_at": left if ends else None,
        })  # fmt: skip
        entered = min(left, now)
    _money(made, chance, order, None, "carrier", _amount(chance, 9))
    if chance.random() < 0.3:
        _exception(made, chance, now, order)
    if chance.random() < 0.1:
        _ticket(made, chance, now, order)
    if state == "open" and chance.random() < 0.2:
        order["open_constraints"] = 1
        which = chance.choice(made.constraints)
        made.constrained.append({"constraint_id": which, "order_id": order["id"], "since": now})


def _exception(made: Ledger, chance: Random, now: datetime, order: dict[str, Any]) -> None:
    kind = chance.choice(list(CAUSES))
    is_hold, opened = kind == "payment_pending", order["placed_at"] + timedelta(hours=chance.randrange(1, 90))
    opened = min(opened, now)
    still = order["state"] == "open" and chance.random() < 0.7
    row = {
        "id": uuid4(), "order_id": order["id"], "type": kind, "cause": chance.choice(CAUSES[kind]), "is_hold": is_hold,
        "owner_role": "order_desk", "reason": "", "decision": "", "rule": "", "opened_at": opened,
        "due_at": opened + timedelta(hours=24), "cost": Decimal(0), "resolution": "", "resolution_words": "",
        "resolved_at": None if still else opened + timedelta(minutes=5),
    }  # fmt: skip
    made.exceptions.append(row)
    order["open_holds" if is_hold else "open_exceptions"] += int(still)
    _money(made, chance, order, row, "returns", _amount(chance, 30))
    if chance.random() < 0.5:
        amount, on = _amount(chance, 60), min(opened + timedelta(days=chance.randrange(40)), now).date()
        made.effects.append({
            "id": uuid4(), "order_id": order["id"], "exception_id": row["id"], "request_id": None,
            "kind": chance.choice(("refund", "replacement")), "amount": amount, "days": None, "reason": "x",
            "on": on, "by": None, "at": opened,
        })  # fmt: skip
        order["effects"] += amount
        row["cost"] += amount


def _money(
    made: Ledger, chance: Random, order: dict[str, Any], exception: dict[str, Any] | None, kind: str, amount: Decimal
) -> None:
    actual = amount + chance.randrange(-100, 200) / Decimal(100) if chance.random() < 0.8 else None
    forecast = amount if chance.random() < 0.9 or actual is None else None
    made.costs.append({
        "id": uuid4(), "order_id": order["id"], "exception_id": exception and exception["id"], "stage": "dispatch",
        "kind": kind, "forecast": forecast, "actual": actual, "words": "", "on": order["placed_at"].date(), "by": None,
        "at": order["placed_at"],
    })  # fmt: skip
    order["cost_forecast"] += forecast or 0
    order["cost_actual"] += actual or 0
    if exception:
        exception["cost"] += actual or 0


def _ticket(made: Ledger, chance: Random, now: datetime, order: dict[str, Any]) -> None:
    opened = min(order["placed_at"] + timedelta(hours=chance.randrange(1, 400)), now)
    closed = None if chance.random() < 0.5 else now
    made.tickets.append({
        "id": uuid4(), "order_id": order["id"], "exception_id": None, "channel": chance.choice(("mail", "phone")),
        "title": "Where is it?", "words": "", "owner_id": None, "escalation": chance.choice(("", "Urgent")),
        "decision": "", "opened_at": opened, "answer": "", "closed_at": closed,
    })  # fmt: skip
    order["open_tickets"] += closed is None


def _amount(chance: Random, most: int) -> Decimal:
    return Decimal(chance.randrange(200, most * 100)) / Decimal(100)
