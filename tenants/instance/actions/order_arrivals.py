"""The rows of new orders, gathered and copied in bulk: orders, stays, exceptions, costs, effects, tickets."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.ids import OrderExceptionId, PersonId
from domain.orders.arriving import Arrival
from domain.orders.consequences import CARRIER, DELIVERED, DISPATCH, LATE, REVIEW, ZERO, LateDelivery
from domain.orders.entry import target_of
from domain.orders.incoming import Incoming
from domain.orders.intake import said
from domain.orders.order import OrderException, Source
from tenants.instance.actions.order_rows import exception_values, order_values
from tenants.instance.models.exceptions import OrderCostRow, OrderEffectRow, OrderExceptionRow, OrderTicketRow
from tenants.instance.models.orders import OrderRow, OrderStageRow
from tenants.instance.queries.governance import Governance
from tenants.instance.transaction import Transaction

FREIGHT = "Freight as the source says"
TABLES = (OrderRow, OrderStageRow, OrderExceptionRow, OrderCostRow, OrderEffectRow, OrderTicketRow)
Values = dict[str, Any]


class Arrivals:
    """New orders on their way into the tables; `write` copies what was gathered, parents first."""

    def __init__(self, tx: Transaction, governance: Governance, source: Source, editor: PersonId | None = None) -> None:
        """`editor`: whose file brings them; who writes what decisions look at decides none of them."""
        assert governance.template.orders is not None
        self._editor = editor
        self._tx, self._rules, self._source = tx, governance.template.orders, source
        self._values: Mapping[Any, list[Values]] = defaultdict(list)

    def add(self, arrival: Arrival, incoming: Incoming) -> None:
        order, follows = arrival.order, arrival.follows
        known = self._order(arrival, incoming)
        self._values[OrderRow].append(known)
        self._values[OrderStageRow] += self._stays(arrival)
        if follows.late:
            late = late_exception(self._tx, follows.late, self._rules)
            self._values[OrderExceptionRow].append(self._exception(order.id, late, follows.late))
        if follows.freight:
            cost = follows.freight
            self._values[OrderCostRow].append(
                cost_values(self._tx, order.id) | {"forecast": cost.forecast, "actual": cost.actual, "on": cost.on}
            )
        for loss in follows.losses:
            lost = {"kind": loss.kind, "amount": loss.amount, "reason": loss.reason, "on": loss.on}
            self._values[OrderEffectRow].append(effect_values(self._tx, order.id) | lost)
        if follows.complaint:
            self._values[OrderTicketRow].append(
                ticket_values(self._tx, order.id, follows.complaint.score) | {"opened_at": follows.complaint.at}
            )

    def write(self) -> None:
        for table in TABLES:
            self._tx.insert_many(table, self._values[table])
            self._values[table].clear()

    def _order(self, arrival: Arrival, incoming: Incoming) -> Values:
        order, follows = arrival.order, arrival.follows
        known = order_values(order, self._source, said(incoming), self._tx.work.now())
        return known | {
            "last_edited_by": self._editor,
            "closed_at": arrival.ended_at,
            "cancel_reason": arrival.cancel_reason,
            "open_exceptions": 1 if follows.late and follows.late.resolved_at is None else 0,
            "open_tickets": 1 if follows.complaint else 0,
            "cost_forecast": follows.freight.forecast if follows.freight else ZERO,
            "cost_actual": (follows.freight.actual or ZERO) if follows.freight else ZERO,
            "effects": sum((loss.amount for loss in follows.losses), ZERO),
        }

    def _stays(self, arrival: Arrival) -> list[Values]:
        ends = [stay.entered_at for stay in arrival.stays[1:]] + [arrival.ended_at]
        return [
            {
                "order_id": arrival.order.id,
                "position": position,
                "stage": stay.stage,
                "entered_at": stay.entered_at,
                "due_at": target_of(stay.stage, self._rules, stay.entered_at),
                "left_at": left_at,
            }
            for position, (stay, left_at) in enumerate(zip(arrival.stays, ends, strict=True), start=1)
        ]

    def _exception(self, order: UUID, late: OrderException, said: LateDelivery) -> Values:
        resolved = {"resolved_at": said.resolved_at, "resolution": DELIVERED if said.resolved_at else ""}
        return exception_values(order, late) | resolved


def late_exception(tx: Transaction, late: LateDelivery, rules: Any) -> OrderException:
    """The exception of the promise that was not kept, opened by the service."""
    kind = rules.exception_type(LATE)
    return OrderException(
        id=OrderExceptionId(tx.work.new_id()),
        type=LATE,
        is_hold=False,
        owner_role=kind.owner,
        opened_at=late.opened_at,
        due_at=late.due_at,
        reason=f"Promised for {late.promised_on.isoformat()}",
        decision=kind.decision or "",
        resolved_at=late.resolved_at,
    )


def cost_values(tx: Transaction, order: UUID) -> Values:
    known: Values = {"id": tx.work.new_id(), "order_id": order, "stage": DISPATCH, "kind": CARRIER, "words": FREIGHT}
    return known | {"at": tx.work.now()}


def effect_values(tx: Transaction, order: UUID) -> Values:
    return {"id": tx.work.new_id(), "order_id": order, "at": tx.work.now()}


def ticket_values(tx: Transaction, order: UUID, score: int) -> Values:
    known: Values = {"id": tx.work.new_id(), "order_id": order, "channel": REVIEW, "title": f"Review score {score}"}
    return known | {"words": "", "escalation": "", "decision": "", "answer": ""}
