"""The order ledger on a real database: two clients, scopes, refusals that change nothing, sums that agree."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from domain.access import Capability, NotAllowed, Role
from domain.ids import ConstraintId, OrderId, OrderTicketId
from domain.orders.constraints import Constraint, NoOrdersToBlock, OrdersBlocked
from domain.orders.entry import EntryNotMet, StageStopped
from domain.orders.exceptions import ExceptionOpened, NeedsDecision
from domain.orders.journey import OrderMoved
from domain.orders.order import Happening, OrderState, Priority
from domain.orders.receiving import OrderReceived
from domain.orders.tickets import Ticket
from domain.refusals import Refusal, Stale
from tenants.database import NotFound, Work
from tenants.instance.actions import constraints, order_exceptions, order_money, order_tickets, orders
from tenants.instance.actions.order_conflicts import ConflictDecidedAlready, decide_conflict
from tenants.instance.actions.order_promises import change_priority
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.exceptions import OrderCostRow
from tenants.instance.models.intake import OrderConflictRow
from tenants.instance.models.orders import OrderRow, OrderStageRow
from tenants.instance.models.people import ReferenceRow
from tenants.instance.queries.constraints import get_constraint, list_constraints
from tenants.instance.queries.order import get_order, get_order_sheet
from tenants.instance.queries.order_filters import OrderFilters
from tenants.instance.queries.orders import get_desk
from tests.house import House
from tests.ordering import Desk, incoming

H = Happening


@pytest.fixture
def desk(shop: Work, house: House) -> Desk:
    return Desk(shop, house)


def trail(desk: Desk, order: UUID) -> list[tuple[str, bool]]:
    desk.work.session.rollback()
    rows = select(AuditEventRow.kind, AuditEventRow.is_refusal).where(AuditEventRow.subject_id == order)
    return [(kind, refused) for kind, refused in desk.work.session.execute(rows.order_by(AuditEventRow.sequence))]


def opened(desk: Desk, order: UUID, kind: str) -> UUID:
    actor = desk.actor(desk.clerk)
    outcome = order_exceptions.open_exception(desk.work, order, uuid4(), kind, "", "As it was told", actor)
    assert isinstance(outcome, ExceptionOpened), outcome
    return outcome.exception.id


def test_an_order_of_one_client_is_not_in_another(desk: Desk, other_shop: Work, house: House) -> None:
    order, other = desk.order(), Desk(other_shop, house)
    with pytest.raises(NotFound):
        get_order(other_shop, other.actor(other.lead).orders(Capability.VIEW_ORDERS), order.id)
    with pytest.raises(NotFound):
        orders.move_to(other_shop, order.id, "payment_check", "", other.actor(other.lead))
    known = OrderFilters(q=order.number)
    assert get_desk(other_shop, other.actor(other.lead).orders(Capability.VIEW_ORDERS), known).lines == ()
    assert other.order(order.number).number == order.number


def test_who_holds_a_channel_or_a_unit_sees_and_moves_only_its_orders(desk: Desk) -> None:
    with desk.work.transaction() as tx:
        unit = tx.add(ReferenceRow(id=uuid4(), kind="business_unit", name=f"North {uuid4()}")).id
    ours, units, foreign = desk.order(channel="b2b"), desk.order(business_unit=unit), desk.order()
    by_channel = desk.actor(desk.join("Ove", Role.ORDER_DESK, channel="b2b"))
    by_unit = desk.actor(desk.join("Una", Role.ORDER_DESK, unit=unit))
    for actor, mine in ((by_channel, ours), (by_unit, units)):
        scope = actor.orders(Capability.VIEW_ORDERS)
        assert get_order(desk.work, scope, mine.id)[0].id == mine.id
        with pytest.raises(NotFound):
            get_order(desk.work, scope, foreign.id)
        shown = get_desk(desk.work, scope, OrderFilters(state="all"))
        assert foreign.id not in [line.id for line in shown.lines]
        assert sum(each.orders for each in shown.stages.values()) == shown.total.orders
        refused = orders.move_to(desk.work, foreign.id, "payment_check", "", actor)
        assert isinstance(refused, NotAllowed) and trail(desk, foreign.id)[-1] == ("NotAllowed", True)
    refused = orders.enter_order(desk.work, uuid4(), incoming(channel="shop"), by_channel)
    assert isinstance(refused, NotAllowed)


def test_a_refused_move_is_recorded_and_changes_nothing(desk: Desk) -> None:
    order = desk.order()
    before = desk.row(order.id).version
    outcome = orders.move_to(desk.work, order.id, "payment_check", "", desk.actor(desk.clerk))
    assert outcome == EntryNotMet(stage="Payment check", missing=("address_confirmed",))
    row = desk.row(order.id)
    assert (row.stage, row.version) == (order.stage, before)
    assert trail(desk, order.id) == [("OrderReceived", False), ("EntryNotMet", True)]


def test_many_moved_at_once_are_each_decided_by_themselves(desk: Desk) -> None:
    free, held, missing = desk.ready(), desk.ready(), desk.order()
    opened(desk, held.id, "address")
    outcomes = orders.move_on(desk.work, [free.id, held.id, missing.id], "", desk.actor(desk.clerk))
    assert [type(each) for each in outcomes] == [OrderMoved, StageStopped, EntryNotMet]
    assert [desk.row(each.id).stage for each in (free, held, missing)] == ["payment_check", "intake", "intake"]
    stays = select(func.count()).where(OrderStageRow.order_id == free.id)
    assert desk.work.session.scalar(stays) == 2


def test_a_hold_that_needs_a_decision_is_not_settled_by_hand(desk: Desk) -> None:
    order = desk.order()
    hold = opened(desk, order.id, "payment_pending")
    outcome = order_exceptions.resolve(desk.work, order.id, hold, "paid", "", desk.actor(desk.clerk))
    assert isinstance(outcome, NeedsDecision) and desk.row(order.id).open_holds == 1


def test_sums_and_counts_agree_with_what_lies_below(desk: Desk) -> None:
    order, finance = desk.order(), desk.actor(desk.finance)
    late = opened(desk, order.id, "damaged")
    amounts = ((Decimal("6.90"), None), (None, Decimal("9.10")), (Decimal("1.00"), Decimal("2.00")))
    for forecast, actual in amounts:
        cost = order_money.Cost(
            id=uuid4(), stage="dispatch", kind="carrier", forecast=forecast, actual=actual, exception=late
        )
        for _twice in range(2):
            assert not isinstance(order_money.record_cost(desk.work, order.id, cost, finance), Refusal)
    effect = order_money.Effect(id=uuid4(), kind="chargeback", amount=Decimal("20.00"), reason="Broken", exception=late)
    order_money.record_effect(desk.work, order.id, effect, finance)
    row = desk.row(order.id)
    assert (row.cost_forecast, row.cost_actual, row.effects) == (Decimal("7.90"), Decimal("11.10"), Decimal("20.00"))
    below = select(func.sum(OrderCostRow.actual)).where(OrderCostRow.order_id == order.id)
    assert desk.work.session.scalar(below) == row.cost_actual
    sheet = get_order_sheet(desk.work, desk.actor(desk.clerk).orders(Capability.VIEW_ORDERS), order.id)
    assert sheet.exceptions[0].cost == Decimal("31.10")
    order_exceptions.resolve(desk.work, order.id, late, "replaced", "", desk.actor(desk.clerk))
    assert desk.row(order.id).open_exceptions == 0


def test_a_negative_cost_is_refused_and_leaves_no_trace_in_the_sums(desk: Desk) -> None:
    order = desk.order()
    cost = order_money.Cost(id=uuid4(), stage="dispatch", kind="carrier", actual=Decimal("-1.00"))
    assert isinstance(order_money.record_cost(desk.work, order.id, cost, desk.actor(desk.finance)), Refusal)
    assert isinstance(order_money.record_cost(desk.work, order.id, cost, desk.actor(desk.service)), NotAllowed)
    assert desk.row(order.id).cost_actual == 0


def test_closure_waits_for_tickets_and_its_evidence(desk: Desk) -> None:
    order = desk.order(happened=desk.happened(H.DELIVERED, H.INVOICE_ISSUED, H.DISPATCHED))
    clerk, service = desk.actor(desk.clerk), desk.actor(desk.service)
    assert desk.row(order.id).stage == "closure"
    ticket = Ticket(
        id=OrderTicketId(uuid4()),
        order=OrderId(order.id),
        channel="mail",
        title="Invoice, please",
        opened_at=desk.work.now(),
    )
    order_tickets.open_ticket(desk.work, ticket, service)
    assert isinstance(orders.close_order(desk.work, order.id, clerk, desk.row(order.id).version), Refusal)
    order_tickets.answer_ticket(desk.work, order.id, ticket.id, "Sent", service)
    assert not isinstance(orders.close_order(desk.work, order.id, clerk, desk.row(order.id).version), Refusal)
    assert desk.row(order.id).state == OrderState.CLOSED
    assert isinstance(order_exceptions.assign(desk.work, order.id, None, desk.clerk, clerk), Refusal)
    orders.open_again(desk.work, order.id, "A chargeback came", clerk, desk.row(order.id).version)
    assert (desk.row(order.id).state, desk.row(order.id).closed_at) == (OrderState.OPEN, None)


def test_a_constraint_takes_all_of_its_orders_or_none(desk: Desk) -> None:
    lead = desk.actor(desk.lead)
    wanted = Constraint(
        id=ConstraintId(uuid4()), kind="stock", title="No paint", stops=("payment_check",), opened_at=desk.work.now()
    )
    constraints.open_constraint(desk.work, wanted, lead)
    order, second = desk.ready(), desk.ready()
    first = constraints.block_orders(desk.work, wanted.id, [order.id, second.id], lead)
    assert isinstance(first, OrdersBlocked) and len(first.orders) == 2
    assert isinstance(constraints.block_orders(desk.work, wanted.id, [order.id], lead), NoOrdersToBlock)
    stopped = orders.move_to(desk.work, order.id, "payment_check", "", desk.actor(desk.clerk))
    assert isinstance(stopped, StageStopped) and stopped.constraints == ("No paint",)
    limited = desk.actor(desk.join("Ove", Role.FULFILMENT_LEAD, channel="b2b"))
    mixed = [desk.order(channel="b2b").id, desk.order().id]
    assert isinstance(constraints.block_orders(desk.work, wanted.id, mixed, limited), NotAllowed)
    assert [desk.row(each).open_constraints for each in mixed] == [0, 0]
    constraints.end_constraint(desk.work, wanted.id, "Paint came", lead, 2)
    assert [desk.row(each.id).open_constraints for each in (order, second)] == [0, 0]
    moved = orders.move_to(desk.work, order.id, "payment_check", "", desk.actor(desk.clerk))
    assert isinstance(moved, OrderMoved)


def test_a_constraint_on_orders_of_others_is_neither_seen_nor_ended(desk: Desk) -> None:
    lead, limited = desk.actor(desk.lead), desk.actor(desk.join("Ove", Role.FULFILMENT_LEAD, channel="b2b"))
    known = {"kind": "stock", "stops": ("payment_check",), "opened_at": desk.work.now()}
    theirs = Constraint(id=ConstraintId(uuid4()), title="Of the shop", **known)
    shared = Constraint(id=ConstraintId(uuid4()), title="Of both", **known)
    own, foreign = desk.order(channel="b2b"), desk.ready()
    for wanted, blocked in ((theirs, [foreign.id]), (shared, [foreign.id, own.id])):
        constraints.open_constraint(desk.work, wanted, lead)
        assert isinstance(constraints.block_orders(desk.work, wanted.id, blocked, lead), OrdersBlocked)
    scope = limited.orders(Capability.VIEW_ORDERS)
    seen = {each.id: each.orders for each in list_constraints(desk.work, scope) if each.id in (theirs.id, shared.id)}
    assert seen == {shared.id: 1}
    with pytest.raises(NotFound):
        get_constraint(desk.work, scope, theirs.id)
    for each in (theirs, shared):
        assert isinstance(constraints.end_constraint(desk.work, each.id, "Over", limited, 2), NotAllowed)
        wider = replace(each, stops=("closure",))
        assert isinstance(constraints.change_constraint(desk.work, wider, "Wrong", limited, 2), NotAllowed)
    assert desk.row(foreign.id).open_constraints == 2
    constraints.free_orders(desk.work, shared.id, [foreign.id], lead)
    assert not isinstance(constraints.end_constraint(desk.work, shared.id, "Over", limited, 3), Refusal)


def test_a_page_of_before_does_not_overwrite(desk: Desk) -> None:
    order, clerk = desk.order(), desk.actor(desk.clerk)
    seen = desk.row(order.id).version
    change_priority(desk.work, order.id, Priority.HIGH, "Moving house", clerk, seen)
    late = change_priority(desk.work, order.id, Priority.LOW, "Not urgent", clerk, seen)
    assert isinstance(late, Stale) and desk.row(order.id).priority == "high"
    sheet = get_order_sheet(desk.work, clerk.orders(Capability.VIEW_ORDERS), order.id)
    assert [(each.before, each.after) for each in sheet.promises] == [("normal", "high")]


def test_source_and_we_differ_until_somebody_chooses(desk: Desk) -> None:
    order, clerk = desk.order(), desk.actor(desk.clerk)
    found = {"order_id": order.id, "import_id": None, "found_at": desk.work.now(), "choice": ""}
    value, customer = uuid4(), uuid4()
    with desk.work.transaction() as tx:
        tx.add(OrderConflictRow(id=value, field="value", ours="240.00", theirs="250.00", **found))
        tx.add(OrderConflictRow(id=customer, field="customer", ours="C-1042", theirs="C-9", **found))
    decide_conflict(desk.work, order.id, value, "theirs", clerk)
    decide_conflict(desk.work, order.id, customer, "ours", clerk)
    row = desk.row(order.id)
    assert (row.value, row.customer, row.last_edited_by) == (Decimal("250.00"), "C-1042", desk.clerk)
    again = decide_conflict(desk.work, order.id, value, "ours", clerk)
    assert isinstance(again, ConflictDecidedAlready) and desk.row(order.id).value == Decimal("250.00")


def test_the_desk_counts_what_it_lists(desk: Desk) -> None:
    mark = f"Q{uuid4().hex[:6]}"
    made = [desk.order(f"{mark}-{number}", placed_at=desk.work.now() - timedelta(days=number)) for number in range(4)]
    opened(desk, made[0].id, "stock")
    opened(desk, made[1].id, "stock")
    opened(desk, made[1].id, "damaged")
    scope = desk.actor(desk.clerk).orders(Capability.VIEW_ORDERS)
    page = get_desk(desk.work, scope, OrderFilters(q=mark))
    assert [line.number for line in page.lines] == [f"{mark}-{number}" for number in (3, 2, 1, 0)]  # late first
    assert (page.total.orders, page.total.late, page.types) == (4, 3, {"stock": 2, "damaged": 1})
    for kind, count in page.types.items():
        assert get_desk(desk.work, scope, OrderFilters(q=mark, type=kind)).total.orders == count
    assert get_desk(desk.work, scope, OrderFilters(q=mark, due="late")).total.orders == 3


def test_the_same_form_twice_is_one_order_and_one_trail(desk: Desk) -> None:
    identity, said = uuid4(), incoming()
    for _twice in range(2):
        assert isinstance(orders.enter_order(desk.work, identity, said, desk.actor(desk.clerk)), OrderReceived)
    count = select(func.count()).select_from(OrderRow).where(OrderRow.number == said.number)
    assert desk.work.session.scalar(count) == 1
    assert trail(desk, identity) == [("OrderReceived", False)]
