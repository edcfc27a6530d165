"""Orders for tests: a client whose template governs them, people with its roles, and orders made as they should be."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from domain.access import Actor, Role
from domain.ids import NodeId, PersonId
from domain.orders.incoming import Incoming
from domain.orders.order import Happening, Order
from domain.orders.receiving import OrderReceived
from domain.refusals import Refusal
from tenants.database import Work
from tenants.instance.actions import members, orders
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.people import AssignmentRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.order_aggregates import load_order
from tenants.instance.queries.readers import find_reader
from tenants.platform.actions.people import admit, ensure_people
from tests.house import NOW, House

PLACED = NOW - timedelta(hours=6)


def incoming(number: str = "", **more: Any) -> Incoming:
    """An order as somebody at the desk writes it down: placed six hours ago, worth 240.00 EUR."""
    known: Mapping[str, Any] = {
        "channel": "shop",
        "placed_at": PLACED,
        "currency": "EUR",
        "value": Decimal("240.00"),
        "freight": Decimal("6.90"),
        "items": 2,
        "payment": "card",
        "customer": "C-1042",
    }
    return Incoming(**{"number": number or f"T-{uuid4().hex[:8]}", **known, **more})


class Desk:
    """The people at the order desk of one client, and what they do all day."""

    def __init__(self, work: Work, house: House) -> None:
        self.work = work
        self.house = house
        self.organization = get_governance(work).organization
        self.clerk = self.join("Lena Aho", Role.ORDER_DESK)
        self.lead = self.join("Viktor Palm", Role.FULFILMENT_LEAD)
        self.finance = self.join("Jonas Kvist", Role.FINANCE_REVIEWER)
        self.service = self.join("Petra Holm", Role.CUSTOMER_SERVICE)
        self.leader = self.join("Maria Lund", Role.LEADERSHIP)

    def join(self, name: str, role: Role | None, channel: str = "", unit: UUID | None = None) -> PersonId:
        """Somebody new with a role for all orders, or for those of a channel or a business unit."""
        address = f"{uuid4()}@example.org"
        platform = self.house.platform()
        person = ensure_people(platform, {address: name})[address]
        admit(platform, self.work.instance.id, person, "client", invite=False)
        platform.close()
        members.admit_member(self.work, person, name, address, "client", None)
        if role:
            self.give(person, role, channel, unit)
        return person

    def give(self, person: PersonId, role: Role, channel: str = "", unit: UUID | None = None) -> None:
        with self.work.transaction() as tx:
            node = tx.session.get(NodeRow, self.organization)
            tx.add(
                AssignmentRow(
                    id=uuid4(),
                    member_id=person,
                    role=role,
                    node_id=NodeId(node.id),
                    node_path=node.path,
                    channel=channel,
                    business_unit_id=unit,
                    created_at=self.work.now(),
                )
            )

    def actor(self, person: PersonId) -> Actor:
        """The person with their roles, who has just given their password."""
        reader = find_reader(self.work, person)
        assert reader is not None
        return replace(reader.actor, confirmed_at=self.work.now())

    def order(self, number: str = "", by: PersonId | None = None, **more: Any) -> Order:
        """One that came in at the desk."""
        wanted = incoming(number, **{"placed_at": self.work.now() - timedelta(hours=6), **more})
        outcome = orders.enter_order(self.work, uuid4(), wanted, self.actor(by or self.clerk))
        assert isinstance(outcome, OrderReceived), outcome
        return outcome.order

    def ready(self, **more: Any) -> Order:
        """One at the first stage that may enter the second."""
        order = self.order(**more)
        known = (self.work, order.id, Happening.ADDRESS_CONFIRMED, order.placed_at, self.actor(self.clerk))
        assert not isinstance(outcome := orders.record_happening(*known), Refusal), outcome
        return self.now(order.id)

    def happened(self, *happenings: Happening, at: datetime | None = None) -> dict[Happening, datetime]:
        return dict.fromkeys(happenings, at or self.work.now() - timedelta(hours=5))

    def now(self, order: UUID) -> Order:
        """The order as it is in the database."""
        self.work.session.rollback()
        self.work.session.expire_all()
        return load_order(self.work.session, self.row(order))

    def row(self, order: UUID) -> OrderRow:
        self.work.session.rollback()
        self.work.session.expire_all()
        found = self.work.session.get(OrderRow, order)
        assert found is not None
        return found
