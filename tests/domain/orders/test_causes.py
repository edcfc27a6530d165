"""A measured cause: its baseline, the actual of each month to the cent, which months are due, how far it fell."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.ids import LineId, MeasureId
from domain.measures import Measure
from domain.months import Month, span
from domain.orders.actuals import actual_of, closing_months, due_months, record_from_ledger
from domain.orders.causes import (
    Cause,
    CauseMeasured,
    LedgerMonth,
    MeasuredCause,
    NothingMeasured,
    TargetOutOfRange,
    UnknownOrderCause,
    decide_measure,
    fall,
    standing_of,
)
from domain.refusals import Refusal
from domain.stages import MeasureState, Stage
from domain.value import Scenario
from tests.domain.making import NOW, line, measure, template

CENTS = st.integers(0, 10**9).map(lambda cents: Decimal(cents).scaleb(-2))
LINE = LineId(UUID(int=201))
BEFORE = span(Month(2025, 10), Month(2025, 12))
RULES = template("order-governance").orders
assert RULES is not None
RETURNS = Cause(type="return", cause="Size")


def measured(**more: object) -> MeasuredCause:
    given: dict[str, object] = {
        "measure": MeasureId(UUID(int=1)),
        "line": LINE,
        "cause": RETURNS,
        "first": BEFORE[0],
        "last": BEFORE[-1],
        "baseline": Decimal("1000.00"),
        "baseline_rate": Decimal("2.0000"),
        "target_percent": Decimal(30),
    }
    return MeasuredCause(**{**given, **more})  # type: ignore[arg-type]


def decided(closed: str = "2026-08", **more: object) -> Measure:
    """Decided, planned for all of 2026 on its one line, no actual yet."""
    planned = line()
    planned = replace(planned, series={Scenario.PLAN: planned.series[Scenario.PLAN]})
    return replace(measure(), stage=Stage.DECIDED, lines=(planned,), closed_through=closed, **more)  # type: ignore[arg-type]


def cost(*amounts: str) -> dict[Month, LedgerMonth]:
    return {m: LedgerMonth(cost=Decimal(a), orders=2, placed=100) for m, a in zip(BEFORE, amounts, strict=True)}


def proposed(ledger: dict[Month, LedgerMonth], cause: Cause = RETURNS, target: str = "30") -> CauseMeasured | Refusal:
    return decide_measure(MeasureId(UUID(int=1)), LINE, cause, ledger, Decimal(target), RULES)


def test_the_baseline_is_the_mean_of_all_months_also_of_those_without_cost() -> None:
    outcome = proposed(cost("100.00", "0.00", "50.01"))
    assert isinstance(outcome, CauseMeasured)
    assert outcome.measured.baseline == Decimal("50.00")
    assert outcome.measured.baseline_rate == Decimal("2.0000")
    assert outcome.costs == {m: row.cost for m, row in cost("100.00", "0.00", "50.01").items()}


def test_without_cost_there_is_no_baseline() -> None:
    assert proposed(cost("0.00", "0.00", "0.00")) == NothingMeasured(first="2025-10", last="2025-12")
    assert isinstance(proposed({}), NothingMeasured)


def test_what_the_template_does_not_know_is_refused() -> None:
    for cause in (Cause(type="x"), Cause(type="return", cause="x"), Cause(type="return", channel="x")):
        assert isinstance(proposed(cost("1.00", "1.00", "1.00"), cause), UnknownOrderCause), cause
    for target in ("0", "100.01", "-1"):
        assert isinstance(proposed(cost("1.00", "1.00", "1.00"), target=target), TargetOutOfRange), target


@given(st.dictionaries(st.sampled_from(span(Month(2026, 9), Month(2026, 10))), CENTS, min_size=2), CENTS)
def test_actual_and_cost_add_up_to_the_baseline(costs: dict[Month, Decimal], baseline: Decimal) -> None:
    ledger = {month: LedgerMonth(cost=amount) for month, amount in costs.items()}
    outcome = record_from_ledger(decided(), measured(baseline=baseline), ledger, NOW)
    assert outcome is not None
    assert all(outcome.amounts[month] + costs[month] == baseline for month in costs)
    assert outcome.costs == costs
    assert all(amount.as_tuple().exponent == -2 for amount in outcome.amounts.values() if amount)


def test_due_are_planned_months_that_are_over_and_not_closed() -> None:
    assert due_months(decided(), measured(), NOW) == (Month(2026, 9), Month(2026, 10))
    assert due_months(decided("2026-10"), measured(), NOW) == ()
    assert due_months(decided("2026-08"), measured(last=Month(2026, 9)), NOW) == (Month(2026, 10),)


def test_nothing_is_due_before_the_decision_after_the_end_or_without_a_line() -> None:
    assert due_months(replace(decided(), stage=Stage.DETAILED), measured(), NOW) == ()
    assert due_months(replace(decided(), state=MeasureState.CANCELLED), measured(), NOW) == ()
    assert due_months(replace(decided(), stage=Stage.CLOSED), measured(), NOW) == ()
    assert due_months(decided(), measured(line=None), NOW) == ()


def test_what_stands_already_is_not_recorded_again() -> None:
    ledger = {month: LedgerMonth(cost=Decimal("400.00")) for month in span(Month(2026, 9), Month(2026, 10))}
    first = record_from_ledger(decided(), measured(), ledger, NOW)
    assert first is not None
    known = decided()
    kept = replace(known.lines[0], series={**known.lines[0].series, Scenario.ACTUAL: first.amounts})
    assert record_from_ledger(replace(known, lines=(kept,)), measured(), ledger, NOW) is None
    ledger[Month(2026, 10)] = LedgerMonth(cost=Decimal("401.00"))
    second = record_from_ledger(replace(known, lines=(kept,)), measured(), ledger, NOW)
    assert second is not None and second.amounts == {Month(2026, 10): Decimal("599.00")}
    assert second.before == {Month(2026, 10): Decimal("600.00")}


def test_a_month_dearer_than_the_baseline_is_a_loss() -> None:
    assert actual_of(measured(), Decimal("1200.00")) == Decimal("-200.00")


def test_the_closure_looks_at_the_latest_closed_months() -> None:
    known = decided("2026-09")
    actuals = dict.fromkeys(span(Month(2026, 3), Month(2026, 10)), Decimal("1.00"))
    kept = replace(known.lines[0], series={Scenario.ACTUAL: actuals})
    found = closing_months(replace(known, lines=(kept,)), measured())
    assert found == (Month(2026, 7), Month(2026, 8), Month(2026, 9))


def test_a_fall_of_cost_or_of_rate_by_the_target_is_enough() -> None:
    dear, rare, neither = (
        standing_of(measured(), {Month(2026, 9): LedgerMonth(cost=Decimal(each), orders=orders, placed=1000)})
        for each, orders in (("700.00", 20), ("1000.00", 14), ("701.00", 15))
    )
    assert (dear.cost_fall, dear.rate_fall, dear.is_reached) == (Decimal("30.0"), Decimal("0.0"), True)
    assert (rare.cost_fall, rare.rate_fall, rare.is_reached) == (Decimal("0.0"), Decimal("30.0"), True)
    assert not neither.is_reached
    assert fall(Decimal(0), Decimal(5)) == 0
    assert not standing_of(measured(), {Month(2026, 9): LedgerMonth()}).is_reached  # nothing sold proves nothing


@given(st.lists(CENTS, min_size=4, max_size=4), st.lists(CENTS, min_size=4, max_size=4))
def test_whatever_is_booked_late_the_actuals_add_up_to_what_the_ledger_says(
    first: list[Decimal], later: list[Decimal]
) -> None:
    months, of = span(Month(2026, 7), Month(2026, 10)), decided("2026-07")
    known: dict[Month, Decimal] = {Month(2026, 7): measured().baseline - first[0]}
    for closed, costs in (("2026-07", first), ("2026-09", later)):
        actuals = replace(of.lines[0], series={**of.lines[0].series, Scenario.ACTUAL: known})
        standing = replace(of, lines=(actuals,), closed_through=closed)
        ledger = {month: LedgerMonth(cost=cost) for month, cost in zip(months, costs, strict=True)}
        outcome = record_from_ledger(standing, measured(), ledger, NOW)
        kept = {month: amount for month, amount in known.items() if str(month) <= closed}
        known = {**known, **(outcome.amounts if outcome else {})}
        assert {month: known[month] for month in kept} == kept
        assert sum(known.values()) == sum(measured().baseline - cost for cost in costs)
