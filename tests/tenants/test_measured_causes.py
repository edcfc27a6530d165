"""From the cost of an exception to a measure, and its actuals from the order ledger: to the cent, by nobody's hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from domain.access import NotAllowed, Role
from domain.ids import LineId, PersonId
from domain.lifecycle import MeasureCreated
from domain.months import Month, span
from domain.orders.actuals import LedgerActualsRecorded
from domain.orders.causes import Cause, MeasuredByLedger, NothingMeasured
from domain.refusals import Refusal
from domain.stages import Stage
from domain.value import Scenario
from tenants.database import NotFound, Work
from tenants.instance.actions import values
from tenants.instance.actions.ledger_actuals import record_ledger_actuals
from tenants.instance.actions.measured_causes import Proposal, propose_measure
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.exceptions import OrderCostRow, OrderEffectRow
from tenants.instance.models.intake import MeasuredCauseRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.values import AmountRow
from tenants.instance.queries.gates import cause_standing
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.measure import get_measure
from tests.house import NOW, House
from tests.ledger import Ledger, write_ledger
from tests.team import Team

BEFORE = span(Month(2026, 6), Month(2026, 8))
PLANNED = span(Month(2026, 9), Month(2026, 12))
RETURNS = Cause(type="return")


@dataclass
class Shop:
    work: Work
    team: Team
    ledger: Ledger

    def propose(self, cause: Cause = RETURNS, by: PersonId | None = None, **more: object) -> tuple[Proposal, object]:
        values_: dict[str, object] = {"title": "Fewer returns", "description": "Say the size rightly."}
        given: dict[str, object] = {
            "measure": uuid4(),
            "line": uuid4(),
            "package": self.team.package,
            "cause": cause,
            "months": BEFORE,
            "target_percent": Decimal(30),
            "source": "Order ledger",
            "line_name": "Return",
            "values": values_,
        }
        proposal = Proposal(**{**given, **more})  # type: ignore[arg-type]
        return proposal, propose_measure(self.work, proposal, self.team.actor(by or self.team.owner))

    def decided(self, before: tuple[Month, ...] = BEFORE, planned: tuple[Month, ...] = PLANNED) -> Proposal:
        """A proposed measure that plans to save from September on, taken to Decided past its gates."""
        proposal, outcome = self.propose(months=before)
        assert isinstance(outcome, MeasureCreated), outcome
        plan = dict.fromkeys(planned, Decimal("100.00"))
        grid = {(LineId(proposal.line), Scenario.PLAN): plan}
        assert not isinstance(self.enter(proposal, grid, self.team.owner), Refusal)
        with self.work.transaction() as tx:
            decided = {"stage": int(Stage.DECIDED), "plan_version": 1, "controller_id": self.team.controller}
            tx.session.execute(update(MeasureRow).where(MeasureRow.id == proposal.measure).values(**decided))
        self.work.session.expire_all()
        return proposal

    def enter(self, proposal: Proposal, grid: values.Grid, by: PersonId) -> object:
        return values.enter_amounts(self.work, proposal.measure, grid, self.team.actor(by), None)

    def cost(self, month: Month, kind: str = "return", channel: str = "") -> Decimal:
        """One's own sum of the ledger."""
        of = {each["id"]: each for each in self.ledger.exceptions if each["type"] == kind}
        orders = {each["id"]: each["channel"] for each in self.ledger.orders}
        return sum(
            (
                each[name]
                for rows, name in ((self.ledger.costs, "actual"), (self.ledger.effects, "amount"))
                for each in rows
                if each["exception_id"] in of and Month.of(each["on"]) == month and each[name] is not None
                if not channel or orders[each["order_id"]] == channel
            ),
            Decimal(0),
        )

    def series(self, line: UUID, scenario: Scenario) -> dict[Month, Decimal]:
        where = AmountRow.line_id == line, AmountRow.scenario == scenario
        rows = self.work.session.execute(select(AmountRow.month, AmountRow.amount).where(*where))
        return {Month.of(month): amount for month, amount in rows}

    def trail(self, kind: str) -> int:
        return self.work.session.scalar(select(func.count()).where(AuditEventRow.kind == kind)) or 0


@pytest.fixture
def shop(house: House) -> Iterator[Shop]:
    with house.app.app_context():
        work = house.work(house.onboard(f"Measured {uuid4().hex[:6]}", "order-governance"))
        yield Shop(work, Team(work, house), write_ledger(work, 300))
        work.close()


def test_a_proposed_measure_carries_the_measured_baseline(shop: Shop) -> None:
    proposal, outcome = shop.propose()
    assert isinstance(outcome, MeasureCreated), outcome
    costs = {month: shop.cost(month) for month in BEFORE}
    row = shop.work.get(MeasuredCauseRow, proposal.measure)
    assert row.baseline == (sum(costs.values(), Decimal(0)) / 3).quantize(Decimal("0.01"))
    assert (row.measured_from, row.measured_to) == (date(2026, 6, 1), date(2026, 8, 1))
    befallen = [e for e in shop.ledger.exceptions if e["type"] == "return" and Month.of(e["opened_at"]) in BEFORE]
    placed = [order for order in shop.ledger.orders if Month.of(order["placed_at"]) in BEFORE]
    assert row.baseline_rate == (Decimal(100 * len(befallen)) / len(placed)).quantize(Decimal("0.0001"))
    assert shop.series(proposal.line, Scenario.BASELINE) == costs
    assert shop.team.row(proposal.measure).baseline_source == "Order ledger"
    assert shop.trail("CauseMeasured") == shop.trail("MeasureCreated") == 1


def test_a_cause_of_one_channel_is_measured_there(shop: Shop) -> None:
    proposal, outcome = shop.propose(Cause(type="return", channel="shop"))
    assert isinstance(outcome, MeasureCreated)
    costs = {month: shop.cost(month, channel="shop") for month in BEFORE}
    assert shop.series(proposal.line, Scenario.BASELINE) == costs != {month: shop.cost(month) for month in BEFORE}


def test_who_may_not_define_measures_or_see_these_orders_proposes_none(shop: Shop) -> None:
    reader = shop.team.join("Lea", Role.LEADERSHIP)
    assert isinstance(shop.propose(by=reader)[1], NotAllowed)
    assert isinstance(shop.propose(Cause(type="chargeback"))[1], NothingMeasured)
    with pytest.raises(NotFound):
        shop.propose(package=shop.team.organization)
    assert shop.trail("CauseMeasured") == 0


def test_actual_is_baseline_less_what_the_ledger_says(shop: Shop) -> None:
    proposal = shop.decided()
    outcome = record_ledger_actuals(shop.work, proposal.measure)
    assert isinstance(outcome, LedgerActualsRecorded)
    baseline = shop.work.get(MeasuredCauseRow, proposal.measure).baseline
    expected = {month: baseline - shop.cost(month) for month in span(Month(2026, 9), Month(2026, 10))}
    assert shop.series(proposal.line, Scenario.ACTUAL) == expected == outcome.amounts
    assert record_ledger_actuals(shop.work, proposal.measure) is None
    assert shop.trail("LedgerActualsRecorded") == 1


def test_before_the_decision_nothing_is_recorded(shop: Shop) -> None:
    proposal = shop.decided()
    with shop.work.transaction() as tx:
        tx.session.execute(update(MeasureRow).values(stage=int(Stage.DETAILED)))
    assert record_ledger_actuals(shop.work, proposal.measure) is None


def test_nobody_enters_them_by_hand(shop: Shop) -> None:
    proposal = shop.decided()
    grid = {(LineId(proposal.line), Scenario.ACTUAL): {Month(2026, 9): Decimal("999.00")}}
    assert shop.enter(proposal, grid, shop.team.controller) == MeasuredByLedger(line="Return")
    assert shop.series(proposal.line, Scenario.ACTUAL) == {}
    assert shop.trail("MeasuredByLedger") == 1


def test_a_closed_month_keeps_the_ledgers_last_word_and_the_next_one_takes_what_comes_late(shop: Shop) -> None:
    proposal = shop.decided()
    record_ledger_actuals(shop.work, proposal.measure)
    before = shop.series(proposal.line, Scenario.ACTUAL)
    book(shop, Month(2026, 9), Decimal("5.05"))
    assert not isinstance(values.close_month(shop.work, Month(2026, 9), shop.team.actor(shop.team.pmo)), Refusal)
    closed = shop.series(proposal.line, Scenario.ACTUAL)
    assert closed[Month(2026, 9)] == before[Month(2026, 9)] - Decimal("5.05")
    book(shop, Month(2026, 9), Decimal("7.00"))
    outcome = record_ledger_actuals(shop.work, proposal.measure)
    assert outcome is not None and outcome.late == {Month(2026, 9): Decimal("-7.00")}
    after = closed | {Month(2026, 10): closed[Month(2026, 10)] - Decimal("7.00")}
    assert shop.series(proposal.line, Scenario.ACTUAL) == after
    assert record_ledger_actuals(shop.work, proposal.measure) is None
    assert not isinstance(values.close_month(shop.work, Month(2026, 10), shop.team.actor(shop.team.pmo)), Refusal)
    shop.work.clock = lambda: NOW + timedelta(days=20)  # November is over: nothing is taken over twice
    record_ledger_actuals(shop.work, proposal.measure)
    baseline = shop.work.get(MeasuredCauseRow, proposal.measure).baseline
    november = baseline - shop.cost(Month(2026, 11))
    assert shop.series(proposal.line, Scenario.ACTUAL) == after | {Month(2026, 11): november}


def test_the_closure_asks_how_far_the_cause_has_fallen(shop: Shop) -> None:
    proposal = shop.decided()
    with shop.work.transaction() as tx:
        tx.session.execute(update(MeasureRow).values(stage=int(Stage.IMPLEMENTED)))
    values.close_month(shop.work, Month(2026, 9), shop.team.actor(shop.team.pmo))
    governance = get_governance(shop.work)
    code = shop.team.row(proposal.measure).code
    scope = shop.team.actor(shop.team.pmo).scope_for(values.Capability.VIEW_MEASURES)
    measure, _path, _governance = get_measure(shop.work, scope, code)
    standing = cause_standing(shop.work.session, measure, governance.template)
    assert standing is not None and standing.months == (Month(2026, 9),)
    assert standing.cost == shop.cost(Month(2026, 9))
    assert standing.baseline == shop.work.get(MeasuredCauseRow, proposal.measure).baseline


def book(shop: Shop, month: Month, amount: Decimal) -> None:
    """Another effect of a return in that month."""
    row = next(each for each in shop.ledger.exceptions if each["type"] == "return")
    with shop.work.transaction() as tx:
        known = tx.session.scalar(select(OrderEffectRow.at).limit(1)) or tx.session.scalar(select(OrderCostRow.at))
        tx.add(
            OrderEffectRow(
                id=uuid4(),
                order_id=row["order_id"],
                exception_id=row["id"],
                kind="refund",
                amount=amount,
                reason="late",
                on=month.last,
                at=known,
            )
        )
