"""Take an order in hand for a change: locked, loaded whole, with what governs it; and put it back, all in order."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from domain.access import Actor
from domain.approvals.choosing import Place
from domain.approvals.request import ApprovalRequest
from domain.approvals.requesting import Subject as SealedSubject
from domain.governance.template import OrderRules
from domain.orders.deciding import order_place, subject_of_order
from domain.orders.order import Order
from domain.refusals import Stale
from tenants.database import NotFound
from tenants.instance.actions.voiding import void_changed
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.order_aggregates import load_order
from tenants.instance.transaction import Subject, Transaction

PUBLISHED_WITHIN = timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True)
class TakenOrder:
    """An order in hand: its locked row, its state, what governs it, and how the trail calls it."""

    row: OrderRow
    order: Order
    governance: Governance
    rules: OrderRules
    subject: Subject

    @property
    def code(self) -> str:
        return self.row.number

    @property
    def place(self) -> Place:
        return order_place(self.order, self.subject.path)

    def sealed(self, request: ApprovalRequest) -> SealedSubject:
        """What the request is about, as it is now."""
        return subject_of_order(self.order, request)

    def stale(self, seen: int | None) -> Stale | None:
        """None while the page's version is the newest; `seen` None is for entries that cannot overwrite anything."""
        current = self.row.version
        return None if seen in (None, current) else Stale(seen=seen or 0, current=current)


def take_order(tx: Transaction, order_id: UUID) -> TakenOrder:
    """Lock the order. Raises NotFound, also where the template governs no orders."""
    governance = get_governance(tx.work)
    rules = rules_of(governance)
    row = tx.lock(OrderRow, order_id)
    return in_hand(tx, row, governance, rules)


def in_hand(tx: Transaction, row: OrderRow, governance: Governance, rules: OrderRules) -> TakenOrder:
    order, subject = load_order(tx.session, row), subject_of(row, governance)
    return TakenOrder(row=row, order=order, governance=governance, rules=rules, subject=subject)


def put_back_order(tx: Transaction, row: OrderRow, actor: Actor | None, *, is_edit: bool) -> None:
    """After a change: a new version, open requests whose subject changed are voided, figures are published anew.

    `is_edit`: the actor changed what decisions on the order look at (money, promise, channel, customer ...), and so
    decides none on it; moving it, or opening and resolving exceptions, is none. `actor` None: the service or a source.
    """
    row.version += 1
    row.updated_at = tx.work.now()
    if is_edit:
        row.last_edited_by = actor.person if actor else None
    if row.open_requests:
        tx.flush()
        governance = get_governance(tx.work)
        taken = in_hand(tx, row, governance, rules_of(governance))
        row.open_requests -= void_changed(tx, RequestRow.order_id == row.id, taken.sealed, taken, actor)
    publish_soon(tx)


def publish_soon(tx: Transaction) -> None:
    """After a change of an order, by whatever way it came in: once for all changes of some seconds."""
    tx.later_once("publish_metrics", PUBLISHED_WITHIN)


def rules_of(governance: Governance) -> OrderRules:
    """What the template says of orders. Raises NotFound where it says nothing."""
    if governance.template.orders is None:
        raise NotFound("orders: the template governs none")
    return governance.template.orders


def subject_of(row: OrderRow, governance: Governance) -> Subject:
    return order_subject(row.id, row.number, governance)


def order_subject(order_id: UUID, number: str, governance: Governance) -> Subject:
    return Subject(kind="order", id=order_id, label=number, path=f"/{governance.organization}/")
