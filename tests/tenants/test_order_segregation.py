"""What a clever clerk tries on orders: each try is refused and in the trail, or right by the rules."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain.access import OrderLimit, Role
from domain.approvals import NotAnApprover, RequestNotOpen, Vote, Voted
from domain.approvals.asked import RoleGone
from domain.approvals.looking import PageOutdated
from domain.approvals.recording import NotQuorate, NotTheChair
from domain.approvals.request import ApprovalRequest, Choice, Seen
from domain.approvals.requesting import RequestAlreadyOpen
from domain.delegation import Delegation
from domain.ids import DelegationId, PersonId
from domain.orders.asking import OrderAsk
from domain.orders.exceptions import NeedsDecision
from domain.orders.order import Order, OrderState
from domain.refusals import Refusal
from domain.segregation import EditedBySelf, OwnRequest
from tenants.database import Work
from tenants.instance.actions import delegations, members, order_exceptions, requests
from tenants.instance.actions.order_conflicts import decide_conflict
from tenants.instance.actions.order_decisions import request_decision
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.exceptions import OrderExceptionRow
from tenants.instance.models.intake import OrderConflictRow
from tenants.instance.models.orders import OrderRow
from tests.house import NOW, House
from tests.orderfiles import brought_in, line
from tests.orderfiles import orders as file_of
from tests.ordering import Desk
from tests.sitting import called, decided
from tests.team import Team

REFUND = OrderAsk(kind="refund", reason="Arrived broken", words="As agreed", amount=Decimal("80.00"))


@pytest.fixture
def desk(shop: Work, house: House) -> Desk:
    return Desk(shop, house)


def asking(desk: Desk, order: Order, by: PersonId, ask: OrderAsk = REFUND) -> Any:
    return request_decision(desk.work, order.id, uuid4(), ask, desk.actor(by))


def asked(desk: Desk, order: Order, by: PersonId, ask: OrderAsk = REFUND) -> ApprovalRequest:
    outcome = asking(desk, order, by, ask)
    assert not isinstance(outcome, Refusal), outcome
    return outcome.request  # type: ignore[no-any-return]


def vote(desk: Desk, request: ApprovalRequest, by: PersonId, behalf: PersonId | None = None, **more: Any) -> Any:
    return requests.vote(desk.work, request.id, Vote(choice=Choice.APPROVE, **more), desk.actor(by), behalf)


def refused(desk: Desk, outcome: Any, kind: type[Refusal], order: Any) -> None:
    """Of this kind, and the last thing that the order's trail says."""
    assert isinstance(outcome, kind), outcome
    events = select(AuditEventRow).where(AuditEventRow.subject_id == order).order_by(AuditEventRow.sequence.desc())
    last = desk.work.session.scalars(events.limit(1)).one()
    assert (last.kind, last.is_refusal) == (kind.__name__, True)


def stand_in(desk: Desk, giver: PersonId, taker: PersonId) -> None:
    days = {"starts_on": NOW.date(), "ends_on": NOW.date() + timedelta(days=5)}
    given = Delegation(id=DelegationId(uuid4()), giver=giver, taker=taker, **days)
    assert not isinstance(outcome := delegations.delegate(desk.work, given, desk.actor(giver)), Refusal), outcome


def hold(desk: Desk, order: Order, kind: str, by: PersonId) -> Any:
    identity = uuid4()
    told = (identity, kind, "", "Seen at the desk", desk.actor(by))
    assert not isinstance(order_exceptions.open_exception(desk.work, order.id, *told), Refusal)
    return identity


def test_who_asked_decides_neither_for_another_nor_by_another(desk: Desk) -> None:
    second, friend = desk.join("Nils Berg", Role.FINANCE_REVIEWER), desk.join("Tilda Ek", Role.LEADERSHIP)
    stand_in(desk, second, friend)
    stand_in(desk, desk.finance, desk.service)
    order, other = desk.order(), desk.order()
    request, wanted = asked(desk, order, second), asked(desk, other, desk.service)
    refused(desk, vote(desk, request, second), OwnRequest, order.id)
    refused(desk, vote(desk, request, friend, second), OwnRequest, order.id)
    refused(desk, vote(desk, wanted, desk.service, desk.finance), OwnRequest, other.id)
    assert isinstance(vote(desk, request, desk.service, desk.finance), Voted)


def test_whose_file_brought_or_changed_the_order_does_not_decide_on_it(desk: Desk, house: House) -> None:
    number, office = f"own-{uuid4().hex[:6]}", desk.actor(house.manager)
    brought_in(desk.work, office, file_of(line(number, Value="900.00")))
    order = desk.now(desk.work.session.scalars(select(OrderRow.id).where(OrderRow.number == number)).one())
    high = OrderAsk(kind="refund", reason="Arrived broken", amount=Decimal("600.00"))
    other = desk.join("Ines Roth", Role.PMO)
    request = asked(desk, order, desk.service, high)
    assert isinstance(vote(desk, request, desk.finance), Voted)
    refused(desk, vote(desk, request, house.manager), EditedBySelf, order.id)
    assert isinstance(vote(desk, request, other), Voted)
    brought_in(desk.work, desk.actor(other), file_of(line(number, Value="950.00")))
    assert desk.row(order.id).last_edited_by == other
    brought_in(desk.work, office, file_of(line(number, Value="950.00", Dispatched="2026-02-03 10:00:00")))
    assert desk.row(order.id).last_edited_by == other  # what happened to it is nothing that decisions look at


def test_who_opened_a_hold_releases_it_when_somebody_else_asks_and_never_alone(desk: Desk) -> None:
    order = desk.order()
    held = hold(desk, order, "fraud", desk.finance)
    by_hand = order_exceptions.resolve(desk.work, order.id, held, "no_fault", "", desk.actor(desk.finance))
    refused(desk, by_hand, NeedsDecision, order.id)
    release = OrderAsk(kind="release", reason="Address checked", exception=held)
    desk.join("Nils Berg", Role.FINANCE_REVIEWER)
    alone = asked(desk, desk.now(order.id), desk.finance, release)
    refused(desk, vote(desk, alone, desk.finance), OwnRequest, order.id)
    requests.withdraw(desk.work, alone.id, "", desk.actor(desk.finance))
    assert isinstance(vote(desk, asked(desk, desk.now(order.id), desk.clerk, release), desk.finance), Voted)
    assert desk.row(order.id).open_holds == 0


def test_an_approval_from_an_old_page_counts_for_nothing(desk: Desk) -> None:
    order = desk.order()
    earlier, request = asked(desk, desk.order(), desk.service), asked(desk, order, desk.service)
    shown = Seen(seal=earlier.seal, step=0)
    refused(desk, vote(desk, request, desk.finance, seen=shown), PageOutdated, order.id)
    brought_up = OrderConflictRow(id=uuid4(), order_id=order.id, field="value", ours="240.00", theirs="90.00")
    brought_up.found_at, brought_up.choice = desk.work.now(), ""
    with desk.work.transaction() as tx:
        tx.add(brought_up)
    decide_conflict(desk.work, order.id, brought_up.id, "theirs", desk.actor(desk.clerk))
    late = vote(desk, request, desk.finance, seen=Seen(seal=request.seal, step=0))
    refused(desk, late, RequestNotOpen, order.id)
    assert [(each.field, each.before, each.after) for each in late.changes] == [("value", "240.00", "90.00")]


def test_a_role_for_other_orders_or_of_yesterday_decides_nothing(desk: Desk) -> None:
    b2b = desk.join("Olle Dahl", Role.FINANCE_REVIEWER, channel="b2b")
    order = desk.order()
    refused(desk, vote(desk, asked(desk, order, desk.service), b2b), NotAnApprover, order.id)
    app = desk.join("Nils Berg", Role.FINANCE_REVIEWER, channel="app")
    friend = desk.join("Tilda Ek", Role.LEADERSHIP)
    stand_in(desk, app, friend)
    order = desk.order(channel="app")
    request = asked(desk, order, desk.service)
    admin = desk.actor(desk.house.manager)
    limit = OrderLimit(channel="app")
    taken = members.take_role(desk.work, app, Role.FINANCE_REVIEWER, desk.organization, admin, limit)
    assert not isinstance(taken, Refusal)
    refused(desk, vote(desk, request, app), RoleGone, order.id)
    desk.give(app, Role.FINANCE_REVIEWER, channel="b2b")
    refused(desk, vote(desk, request, app), RoleGone, order.id)
    refused(desk, vote(desk, request, friend, app), RoleGone, order.id)
    desk.give(app, Role.FINANCE_REVIEWER, channel="app")
    assert isinstance(vote(desk, request, friend, app), Voted)


def test_no_tier_is_gone_round_in_parts(desk: Desk) -> None:
    order = desk.order(value=Decimal("1900.00"), promised_on=NOW.date())
    part = OrderAsk(kind="replacement", reason="Lost", amount=Decimal("600.00"), cost=Decimal(5))
    first = asked(desk, order, desk.service, part)
    refused(desk, asking(desk, order, desk.clerk, part), RequestAlreadyOpen, order.id)
    assert isinstance(vote(desk, first, desk.lead), Voted)
    assert asked(desk, desk.now(order.id), desk.service, part).policy == "order-replacement-high"
    for days, policy in ((6, "order-promise"), (12, "order-promise-long")):
        day = NOW.date() + timedelta(days=days)
        later = OrderAsk(kind="promise_change", reason="stock", promised_on=day)
        moved = asked(desk, desk.now(order.id), desk.service, later)
        assert moved.policy == policy
        assert isinstance(vote(desk, moved, desk.lead), Voted)


def test_what_the_shop_cancelled_is_decided_here_before_it_ends(desk: Desk) -> None:
    order = desk.order()
    with desk.work.transaction() as tx:
        row = tx.lock(OrderRow, order.id)
        row.state, row.closed_at, row.stage = "closed", desk.work.now(), "closure"
        found = {"order_id": order.id, "found_at": desk.work.now(), "choice": ""}
        conflict = tx.add(OrderConflictRow(id=uuid4(), field="state", ours="closed", theirs="cancelled", **found))
        identity = conflict.id
    chosen = decide_conflict(desk.work, order.id, identity, "theirs", desk.actor(desk.service))
    assert not isinstance(chosen, Refusal), chosen
    after = desk.now(order.id)
    [held] = after.holds
    assert (after.state, held.type, held.owner_role, held.decision) == (
        OrderState.OPEN,
        "cancellation",
        Role.ORDER_DESK,
        "cancellation",
    )
    assert desk.row(order.id).effects == 0
    trail = select(AuditEventRow.kind).where(AuditEventRow.subject_id == order.id).order_by(AuditEventRow.sequence)
    assert list(desk.work.session.scalars(trail))[-3:] == ["OrderReopened", "ExceptionOpened", "OrderConflictDecided"]
    wish = OrderAsk(kind="cancellation", reason="Cancelled at the shop", amount=Decimal("240.00"), exception=held.id)
    request = asked(desk, after, desk.clerk, wish)
    assert isinstance(vote(desk, request, desk.lead), Voted)
    ended = desk.row(order.id)
    assert (ended.state, ended.open_holds, ended.effects) == ("cancelled", 0, Decimal("240.00"))
    resolved = desk.work.session.get(OrderExceptionRow, held.id)
    assert resolved is not None and resolved.resolution == "cancelled"


def test_the_chair_records_what_a_quorate_meeting_decided_on_an_order_and_it_is_done(desk: Desk, house: House) -> None:
    team = Team(desk.work, house)
    order = desk.order(value=Decimal("5000.00"))
    charged = hold(desk, order, "chargeback", desk.clerk)
    wish = OrderAsk(kind="write_off", reason="Not recognised", amount=Decimal("2000.00"), exception=charged)
    request = asked(desk, desk.now(order.id), desk.service, wish)
    assert (request.policy, request.forum) == ("order-write-off-high", team.forum_id)
    assert isinstance(vote(desk, request, desk.finance), Voted)
    meeting = called(team)
    refused(desk, decided(team, meeting, request, present=(team.chair,)), NotQuorate, order.id)
    refused(desk, decided(team, meeting, request, present=(team.chair, desk.lead)), NotQuorate, order.id)
    refused(desk, decided(team, meeting, request, by=team.second), NotTheChair, order.id)
    assert desk.row(order.id).effects == 0
    outcome = decided(team, meeting, request)
    assert isinstance(outcome, Voted), outcome
    assert set(outcome.vote.present) == {team.chair, team.second}
    after = desk.row(order.id)
    assert (after.effects, after.open_exceptions, after.open_requests) == (Decimal("2000.00"), 0, 0)
    events = select(AuditEventRow.kind).where(AuditEventRow.subject_id == order.id).order_by(AuditEventRow.sequence)
    assert list(desk.work.session.scalars(events))[-3:] == ["Voted", "EffectGranted", "ExceptionDecided"]
