"""From the cost of an exception to a closed measure: every step as people take it, the other client never seen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from domain.evidence import Proof
from domain.gates import GateNotReady
from domain.governance.criteria import Met
from domain.ids import EvidenceId, LineId, MilestoneId, OrderExceptionId
from domain.lifecycle import MeasureCreated
from domain.measures import Milestone
from domain.months import Month, span
from domain.orders.causes import Cause
from domain.orders.order import Order
from domain.refusals import Refusal
from domain.stages import Stage
from domain.value import Scenario
from tenants.database import Work
from tenants.instance.actions import measures, milestones, order_exceptions, requests, values
from tenants.instance.actions.evidence import add_evidence
from tenants.instance.actions.measured_causes import Proposal, propose_measure
from tenants.instance.actions.order_money import Cost, record_cost
from tenants.instance.models.exceptions import OrderCostRow, OrderEffectRow, OrderExceptionRow
from tenants.instance.models.values import AmountRow
from tenants.instance.queries.order_filters import OrderFilters
from tenants.instance.queries.order_ledger import EVERYTHING, list_cause_costs
from tenants.instance.queries.orders import all_orders
from tests.house import House
from tests.ledger import write_ledger
from tests.ordering import Desk
from tests.team import Team
from workers.ledger import record_ledger
from workers.task import Task

BEFORE, PLANNED = span(Month(2026, 6), Month(2026, 8)), span(Month(2026, 9), Month(2027, 1))
ENTERED = (Scenario.PLAN, Scenario.FORECAST)
STEP = MilestoneId(uuid4())


@dataclass
class Shop:
    """A client with its people, and the day it is there."""

    work: Work
    team: Team
    desk: Desk

    def on(self, day: date) -> None:
        self.work.clock = lambda: datetime(day.year, day.month, day.day, 9, tzinfo=UTC)

    def returned(self, cost: str) -> Order:
        """An order of today that comes back, at this cost."""
        order = self.desk.order()
        held = OrderExceptionId(uuid4())
        told = (held, "return", "Size", "Too small", self.desk.actor(self.desk.clerk))
        done(order_exceptions.open_exception(self.work, order.id, *told))
        spent = Cost(id=uuid4(), stage="delivery", kind="returns", actual=Decimal(cost), exception=held)
        done(record_cost(self.work, order.id, spent, self.desk.actor(self.desk.lead)))
        return order

    def by_night(self) -> dict[Month, Decimal]:
        """The monthly job, then the actuals that stand."""
        record_ledger(cast(Task, type("Night", (), {"instance": self.work})))
        self.work.session.rollback()
        self.work.session.expire_all()
        rows = select(AmountRow.month, AmountRow.amount).where(AmountRow.scenario == Scenario.ACTUAL)
        return {Month.of(month): amount for month, amount in self.work.session.execute(rows)}

    def close_month(self, month: Month) -> None:
        done(values.close_month(self.work, month, self.team.actor(self.team.controller)))

    def booked(self, month: Month) -> Decimal:
        """One's own sum of what exactly the orders behind the figure booked for returns in that month."""
        wanted = OrderFilters(state="all", type="return", booked=str(month))
        orders = [line.id for line in all_orders(self.work, EVERYTHING, wanted)]
        total = Decimal(0)
        for row, amount in ((OrderCostRow, OrderCostRow.actual), (OrderEffectRow, OrderEffectRow.amount)):
            of_returns = select(OrderExceptionRow.id).where(OrderExceptionRow.type == "return")
            mine = (row.order_id.in_(orders), row.exception_id.in_(of_returns))
            in_month = row.on.between(month.first, month.last)
            total += self.work.session.scalar(select(func.sum(amount)).where(*mine, in_month)) or Decimal(0)
        return total


def done(outcome: Any) -> Any:
    assert not isinstance(outcome, Refusal), outcome
    return outcome


@pytest.fixture
def shops(house: House) -> Iterator[tuple[Shop, Shop]]:
    with house.app.app_context():
        both = []
        for name, seed in (("Returns", 7), ("Elsewhere", 8)):
            work = house.work(house.onboard(f"{name} {uuid4().hex[:6]}", "order-governance"))
            write_ledger(work, 300, seed)
            both.append(Shop(work, Team(work, house), Desk(work, house)))
        yield both[0], both[1]
        for each in both:
            each.work.close()


def proposed(shop: Shop) -> tuple[UUID, LineId]:
    """From the dearest bar, by who may, with everything its gates ask for."""
    bar = next(each for each in list_cause_costs(shop.work, EVERYTHING, BEFORE) if each.type == "return")
    assert bar.amount == sum(map(shop.booked, BEFORE), Decimal(0)) > 0
    measure, line, owner = uuid4(), LineId(uuid4()), shop.team.actor(shop.team.owner)
    proposal = Proposal(
        measure=measure,
        line=line,
        package=shop.team.package,
        cause=Cause(type=bar.type),
        months=BEFORE,
        target_percent=Decimal(30),
        source="Order ledger",
        line_name="Return",
        values={"title": "Fewer returns", "description": "Say the size rightly."},
    )
    assert isinstance(propose_measure(shop.work, proposal, owner), MeasureCreated)
    team = shop.team
    fields = {
        "expected_effect": "Fewer parcels come back.",
        "owner": team.owner, "sponsor": team.sponsor, "controller": team.controller, "forum": team.forum_id,
        "business_unit": team.reference("business_unit"), "function": team.reference("function"),
        "start": date(2026, 9, 1), "end": date(2027, 1, 31), "assumptions": "Volumes stay.", "risks": "None known",
        "no_dependencies": True,
    }  # fmt: skip
    done(measures.edit_measure(shop.work, measure, fields, owner, team.row(measure).version))
    plan = dict.fromkeys(PLANNED, Decimal("100.00"))
    done(values.enter_amounts(shop.work, measure, {(line, each): plan for each in ENTERED}, owner, None))
    return measure, line


def implemented(shop: Shop, measure: UUID) -> None:
    """Its one milestone done with evidence, and the gate approved."""
    team, owner = shop.team, shop.team.actor(shop.team.owner)
    proof = Proof(id=EvidenceId(uuid4()), title="Size guide is live", note="Seen.", milestone=STEP)
    done(add_evidence(shop.work, measure, proof, owner))
    done(milestones.finish_milestone(shop.work, measure, STEP, shop.work.now().date(), owner))
    team.approve(team.ask(measure, Stage.IMPLEMENTED), team.pmo, team.sponsor)
    shown = Proof(id=EvidenceId(uuid4()), title="Order ledger", note="Seen.", is_closure=True)
    done(add_evidence(shop.work, measure, shown, owner))


def test_a_cause_is_measured_removed_and_accepted_by_the_controller(shops: tuple[Shop, Shop]) -> None:
    shop, other = shops
    team = shop.team
    measure, _line = proposed(shop)
    step = Milestone(id=STEP, title="Size guide", owner=team.owner, due=date(2026, 12, 1))
    done(milestones.promise_milestone(shop.work, measure, step, team.actor(team.owner), None))
    assert shop.by_night() == {}
    team.decide(measure)
    baseline = (sum(map(shop.booked, BEFORE), Decimal(0)) / 3).quantize(Decimal("0.01"))
    over = span(Month(2026, 9), Month(2026, 10))
    assert shop.by_night() == {month: baseline - shop.booked(month) for month in over}
    implemented(shop, measure)
    shop.close_month(Month(2026, 10))

    refused = requests.request_gate(shop.work, measure, uuid4(), Stage.CLOSED, team.actor(team.owner))
    assert isinstance(refused, GateNotReady)
    missing = [each.label for each in refused.results if each.outcome is Met.NOT_MET]
    assert missing == ["Cause reduced by the target, by the order ledger"]

    for day in (date(2026, 12, 5), date(2027, 1, 5)):
        shop.on(day)
        shop.returned("1.10")
        other.on(day)
        other.returned("4000.00")
    shop.on(date(2027, 2, 10))
    for month in span(Month(2026, 11), Month(2027, 1)):
        shop.close_month(month)
    actuals = shop.by_night()
    assert actuals == {month: baseline - shop.booked(month) for month in PLANNED}
    assert shop.booked(Month(2027, 1)) == Decimal("1.10")

    request = team.ask(measure, Stage.CLOSED)
    found = next(each for each in request.checklist if each.label.startswith("Cause reduced"))
    assert found.outcome is Met.MET
    team.approve(request, team.controller)
    assert team.row(measure).stage == Stage.CLOSED
    shop.returned("500.00")
    shop.on(date(2027, 3, 10))
    assert shop.by_night() == actuals  # what is closed is closed
