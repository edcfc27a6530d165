"""The sums of value: worked examples by hand, and sums that agree at every level to the cent."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ids import LineId
from domain.months import FiscalYear, Month, span
from domain.stages import MeasureState, Stage
from domain.value import (
    EffectLine,
    Figures,
    MonthFigures,
    NetParts,
    Recurrence,
    Scenario,
    Sign,
    by_month,
    carry_over,
    exit_run_rate,
    figures,
    full_year_effect,
    in_instance_currency,
    in_year,
    net_in_year,
    outlook,
    price_of_waiting,
    realisation,
    risk_adjusted,
    roll_up,
    roll_up_months,
    to_date,
)

PLAN, FORECAST, ACTUAL = Scenario.PLAN, Scenario.FORECAST, Scenario.ACTUAL
RECURRING, ONE_OFF = Recurrence.RECURRING, Recurrence.ONE_OFF
BENEFIT, COST = Sign.BENEFIT, Sign.COST
FY26 = FiscalYear(Month(2026, 1))
JUNE = Month(2026, 6)
WEIGHTS = dict(zip(Stage, map(Decimal, ("0.10", "0.25", "0.50", "0.75", "0.90", "1")), strict=True))
RATES = {"EUR": Decimal(1), "USD": Decimal("0.9137"), "JPY": Decimal("0.005")}


def series(start: str, *amounts: int | str) -> dict[Month, Decimal]:
    """Amounts of consecutive months from `start` on."""
    return {Month.parse(start).plus(n): Decimal(amount) for n, amount in enumerate(amounts)}


def line(
    recurrence: Recurrence = RECURRING,
    sign: Sign = BENEFIT,
    *,
    number: int = 1,
    kind: str = "material_cost",
    currency: str = "EUR",
    plan: Mapping[Month, Decimal] | None = None,
    forecast: Mapping[Month, Decimal] | None = None,
    actual: Mapping[Month, Decimal] | None = None,
) -> EffectLine:
    entered = {PLAN: plan, FORECAST: forecast, ACTUAL: actual}
    return EffectLine(
        id=LineId(UUID(int=number)),
        name="Line",
        kind=kind,
        recurrence=recurrence,
        sign=sign,
        currency=currency,
        series={scenario: months for scenario, months in entered.items() if months is not None},
    )


def figures_of(lines: Sequence[EffectLine], **stated: Any) -> Figures:
    """Figures of a decided, active measure in 2026, books closed through June, plan locked as it stands."""
    usual: dict[str, Any] = {
        "first_lock": tuple(lines),
        "stage": Stage.DECIDED,
        "state": MeasureState.ACTIVE,
        "fy": FY26,
        "closed_through": JUNE,
        "weights": WEIGHTS,
        "rates": RATES,
    }
    return figures(lines, **{**usual, **stated})


def months_of(lines: Sequence[EffectLine], **stated: Any) -> Mapping[Month, MonthFigures]:
    usual: dict[str, Any] = {
        "state": MeasureState.ACTIVE,
        "closed_through": JUNE,
        "rates": RATES,
    }
    return by_month(lines, **{**usual, **stated})


# A carrier contract renegotiated: savings ramp up from April; a contract manager, a switch-over, a signing bonus.
SAVING = line(
    number=1,
    kind="other_operating_cost",
    plan=series("2026-04", 10_000, 20_000, *[30_000] * 19),
    forecast=series("2026-05", 10_000, 20_000, *[27_000] * 18),
    actual=series("2026-05", 9_000, 21_000),
)
MANAGER = line(
    RECURRING,
    COST,
    number=2,
    kind="personnel_cost",
    plan=series("2026-04", *[2_000] * 21),
    forecast=series("2026-05", *[2_000] * 20),
    actual=series("2026-05", 2_000, 2_500),
)
SWITCH = line(
    ONE_OFF,
    COST,
    number=3,
    kind="one_off_cost",
    plan=series("2026-03", 50_000, 15_000),
    forecast=series("2026-03", 50_000, 20_000),
    actual=series("2026-03", 52_000, 18_000),
)
BONUS = line(
    ONE_OFF,
    BENEFIT,
    number=4,
    kind="revenue",
    plan=series("2026-06", 5_000),
    forecast=series("2026-06", 5_000),
    actual=series("2026-06", 4_000),
)
CARRIER = (SAVING, MANAGER, SWITCH, BONUS)


@pytest.mark.parametrize(
    ("figure", "by_hand"),
    [
        ("plan_year", 227_000),  # 10 + 20 + 7 x 30 - 9 x 2 + 5
        ("forecast_year", 179_500),  # 9 + 21 + 6 x 27 - (2 + 2.5 + 6 x 2) + 4
        ("actual_year", 29_500),  # 9 + 21 - 4.5 + 4
        ("plan_to_date", 59_000),  # 10 + 20 + 30 - 3 x 2 + 5
        ("actual_to_date", 29_500),
        ("plan_full_year", 336_000),  # 12 x (30 - 2)
        ("forecast_full_year", 300_000),  # 12 x (27 - 2)
        ("actual_full_year", 222_000),  # 12 x (21 - 2.5)
        ("one_off_plan", 65_000),
        ("one_off_forecast", 70_000),
        ("one_off_actual", 70_000),
        ("one_off_plan_year", 65_000),
        ("one_off_forecast_year", 70_000),
        ("one_off_actual_year", 70_000),
        ("one_off_benefit_plan", 5_000),
        ("one_off_benefit_forecast", 4_000),
        ("gross_benefit_forecast", 324_000),  # 12 x 27
        ("risk_adjusted", 149_000),  # 0.75 x 324 - 24 - 70
        ("run_rate", 300_000),
        ("carry_over", 124_500),  # 324 - 192 - (24 - 16.5)
        ("leakage", 36_000),
        ("realisation", Decimal("0.5")),
    ],
)
def test_the_carrier_contract_as_worked_by_hand(figure: str, by_hand: Decimal) -> None:
    assert getattr(figures_of(CARRIER), figure) == by_hand


def test_net_is_gross_benefits_less_recurring_and_one_off_costs() -> None:
    parts = net_in_year(CARRIER, PLAN, FY26)
    assert parts == NetParts(
        gross_benefit=Decimal(245_000), recurring_cost=Decimal(18_000), one_off_cost=Decimal(65_000)
    )
    assert parts.net == 162_000


def test_a_year_is_the_clients_own() -> None:
    april = FiscalYear(Month(2026, 4))
    assert in_year([SAVING], PLAN, april) == 330_000  # 10 + 20 + 10 x 30
    assert in_year([SAVING], PLAN, april.next) == 270_000  # April to December 2027


@pytest.mark.parametrize(
    ("entered", "full_year"),
    [
        (series("2026-01", *[100] * 24), 1_200),
        (series("2026-01", *[100] * 3), 1_200),  # missing months at the last level
        (series("2026-01", 10, 20, 30, 40), 480),
        (series("2026-01", 0, 0, 40, 40), 480),  # a run begins with the first amount
        (series("2026-01", *[100] * 12, *[50] * 12), 600),  # eroded: it stays at 50
        (series("2026-01", "83.33", *["83.33"] * 10, "83.37"), Decimal("1000.00")),  # 1,000 spread to the cent
        (series("2026-01", "83.37", *["83.33"] * 11), Decimal("1000.00")),
        (series("2026-01", *[40] * 6, *[0] * 6), 240),  # entered as 0: it has ended
        (series("2026-01", 40, 40, -5, *[40] * 15), 435),  # a correction inside the 12 months counts
        (series("2026-01", *[100, 120, 80, 90] * 6), 1_170),  # two cycles: from April, three whole ones
        ({**series("2026-01", 40), **series("2026-03", *[40] * 12)}, 440),  # no entry in February is 0
        ({}, 0),
        (series("2026-01", 0, 0), 0),
    ],
)
def test_full_year_is_the_first_12_months_at_full_run(entered: dict[Month, Decimal], full_year: Decimal) -> None:
    assert full_year_effect([line(plan=entered)], PLAN) == full_year
    assert full_year_effect([line(sign=COST, plan=entered)], PLAN) == -full_year
    assert full_year_effect([line(ONE_OFF, plan=entered)], PLAN) == 0


@given(st.integers(-(10**9), 10**9), st.integers(1, 40), st.integers(0, 30))
def test_full_year_of_a_level_is_12_of_it_wherever_it_starts(cents: int, count: int, shift: int) -> None:
    level = Decimal(cents) / 100
    entered = series(str(Month(2026, 1).plus(shift)), *[str(level)] * count)
    assert full_year_effect([line(plan=entered)], PLAN) == 12 * level


def test_exit_run_rate_is_12_of_the_last_month_of_the_year() -> None:
    assert exit_run_rate(CARRIER, PLAN, FY26) == 336_000
    assert exit_run_rate(CARRIER, PLAN, FiscalYear(Month(2025, 5))) == 96_000  # ends in April: 12 x (10 - 2)


def test_only_what_started_in_the_year_carries_over() -> None:
    assert carry_over([SAVING], PLAN, FY26) == 120_000  # 360 - 240
    assert carry_over([SAVING], PLAN, FY26.next) == 0
    assert carry_over([SAVING], PLAN, FY26.previous) == 0
    assert carry_over([BONUS, SWITCH], PLAN, FY26) == 0


@pytest.mark.parametrize(
    ("actual", "plan", "share"), [(50, 100, "0.5"), (0, 100, "0"), (-10, 100, "-0.1"), (5, 0, None)]
)
def test_realisation_is_actual_over_plan(actual: int, plan: int, share: str | None) -> None:
    assert realisation(Decimal(actual), Decimal(plan)) == (None if share is None else Decimal(share))


@pytest.mark.parametrize("stage", Stage)
def test_only_the_gross_benefit_is_weighted(stage: Stage) -> None:
    found = figures_of(CARRIER, stage=stage).risk_adjusted
    assert found == WEIGHTS[stage] * 324_000 - 24_000 - 70_000


def test_each_line_is_weighted_and_rounded_by_itself() -> None:
    two = [line(number=number, forecast=series("2026-01", *["0.02"] * 12)) for number in (1, 2)]
    assert figures_of(two, stage=Stage.DEFINED).risk_adjusted == Decimal("0.04")  # 2 x 0.024, not 0.048


def test_a_weight_in_per_cent_is_a_bug() -> None:
    with pytest.raises(ValueError, match="share"):
        risk_adjusted(Decimal(75), [Decimal(1)], Decimal(0), Decimal(0))


def test_price_of_waiting_is_a_week_of_the_forecast_benefit_of_the_next_12_months() -> None:
    assert price_of_waiting(CARRIER, JUNE) == Decimal("6230.77")  # 12 x 27,000 / 52
    assert price_of_waiting(CARRIER, Month(2026, 4)) == Decimal("5865.38")  # (10 + 20 + 10 x 27 + bonus 5) / 52
    assert price_of_waiting((), JUNE) == 0


def test_nothing_is_to_date_before_a_month_is_closed() -> None:
    assert to_date(CARRIER, PLAN, None) == 0
    assert figures_of(CARRIER, closed_through=None).realisation is None


def test_a_closed_month_without_an_actual_stays_as_forecast() -> None:
    [seen] = outlook([replace(SAVING, series={**SAVING.series, ACTUAL: series("2026-06", 21_000)})], JUNE)
    assert seen.series[FORECAST][Month(2026, 5)] == 10_000
    assert seen.series[FORECAST][JUNE] == 21_000


def test_an_actual_of_an_open_month_does_not_enter_the_outlook() -> None:
    assert outlook([SAVING], Month(2026, 4))[0].series[FORECAST] == SAVING.series[FORECAST]
    assert outlook([SAVING], None) == (SAVING,)


def test_an_actual_of_zero_is_an_actual() -> None:
    entered = line(forecast=series("2026-05", 10, 10), actual=series("2026-05", 0))
    assert figures_of([entered]).forecast_year == 10
    curve = roll_up_months([months_of([entered]), months_of([entered])])
    assert curve[Month(2026, 5)].actual == 0
    assert curve[JUNE].actual is None


def test_the_exit_run_rate_of_a_closed_year_is_what_was_reached() -> None:
    entered = line(forecast=series("2026-12", 10), actual=series("2026-12", 8))
    assert figures_of([entered], closed_through=Month(2026, 11)).run_rate == 120
    assert figures_of([entered], closed_through=Month(2026, 12)).run_rate == 96


def test_a_cancelled_measure_leaves_the_forecast_and_leaks_all() -> None:
    found, active = figures_of(CARRIER, state=MeasureState.CANCELLED), figures_of(CARRIER)
    forecasts = ("forecast_year", "forecast_full_year", "one_off_forecast", "one_off_forecast_year", "run_rate")
    more = ("one_off_benefit_forecast", "gross_benefit_forecast", "risk_adjusted", "carry_over")
    assert all(getattr(found, name) == 0 for name in forecasts + more)
    assert found.leakage == 336_000
    assert found.has_forecast  # it was forecast once: lost, and not just not judged yet
    kept = ("plan_year", "plan_full_year", "one_off_plan", "actual_year", "one_off_actual", "plan_to_date")
    assert all(getattr(found, name) == getattr(active, name) for name in kept)


def test_a_measure_on_hold_keeps_its_figures() -> None:
    assert figures_of(CARRIER, state=MeasureState.ON_HOLD) == figures_of(CARRIER)


def test_a_changed_plan_counts_and_leakage_stays_against_the_first_lock() -> None:
    halved = tuple(replace(ln, series={**ln.series, PLAN: _half(ln.series[PLAN])}) for ln in CARRIER)
    found, before = figures_of(halved, first_lock=CARRIER), figures_of(CARRIER)
    assert found.plan_full_year == before.plan_full_year / 2
    assert found.plan_to_date == before.plan_to_date / 2
    assert found.leakage == before.leakage


def _half(months: Mapping[Month, Decimal]) -> dict[Month, Decimal]:
    return {month: amount / 2 for month, amount in months.items()}


def test_a_line_added_after_the_lock_is_planned_and_leaks_nothing_away() -> None:
    added = line(number=5, plan=series("2026-07", *[1_000] * 12), forecast=series("2026-07", *[1_000] * 12))
    found = figures_of((*CARRIER, added), first_lock=CARRIER)
    assert found.plan_full_year == 336_000 + 12_000
    assert found.leakage == 24_000


def test_a_line_taken_out_after_the_lock_leaks_all_of_its_plan() -> None:
    lost = line(number=5, plan=series("2026-07", *[1_000] * 12))
    assert figures_of(CARRIER, first_lock=(*CARRIER, lost)).leakage == figures_of(CARRIER).leakage + 12_000


def test_nothing_leaks_before_the_lock() -> None:
    found = figures_of(CARRIER, first_lock=None)
    assert found.has_plan and not found.is_locked
    assert found.leakage == 0
    assert found.plan_year == 227_000


def test_no_entry_is_no_plan_and_zero_is_one() -> None:
    assert not figures_of([line(forecast=series("2026-01", 1))]).has_plan
    assert figures_of([line(plan=series("2026-01", 0))]).has_plan
    assert not figures_of([line(plan=series("2026-01", 1))]).has_forecast


def test_every_month_is_converted_and_rounded_before_it_is_summed() -> None:
    yen = line(currency="JPY", plan=series("2026-01", 5, 5))
    assert in_year(in_instance_currency([yen], RATES), PLAN, FY26) == Decimal("0.04")  # 2 x 0.025, half to even
    assert figures_of([yen]).plan_year == Decimal("0.04")


def test_a_missing_rate_or_weight_is_a_bug() -> None:
    with pytest.raises(KeyError):
        figures_of([line(currency="CHF")])
    with pytest.raises(KeyError):
        figures_of(CARRIER, weights={})


def test_amounts_of_two_currencies_are_never_summed() -> None:
    with pytest.raises(ValueError, match="currencies"):
        in_year([line(currency="EUR"), line(currency="USD")], PLAN, FY26)


def test_a_month_of_the_curves() -> None:
    curve = months_of(CARRIER)
    assert curve[JUNE] == MonthFigures(
        plan=Decimal(33_000),
        forecast=Decimal(23_000),
        outlook=Decimal(22_500),
        actual=Decimal(22_500),
        one_off_plan=Decimal(0),
        one_off_forecast=Decimal(0),
        one_off_outlook=Decimal(0),
        one_off_actual=None,
    )
    assert curve[Month(2026, 3)].one_off_outlook == 52_000
    assert curve[Month(2026, 7)].actual is None
    assert list(curve) == list(span(Month(2026, 3), Month(2027, 12)))


def test_nothing_is_ever_minus_zero() -> None:
    empty = [
        line(r, s, number=n, plan=series("2026-01", 0), actual=series("2026-01", 0)) for n, (r, s) in enumerate(ALL)
    ]
    found = figures_of(empty)
    assert not any(getattr(found, name).is_signed() for name in AMOUNTS)
    assert not any(v.is_signed() for row in months_of(empty).values() for v in vars(row).values() if v is not None)


ALL = [(r, s) for r in Recurrence for s in Sign]
AMOUNTS = [f.name for f in fields(Figures) if f.type is Decimal]
WINDOW = span(Month(2025, 10), Month(2027, 3))

amounts = st.integers(-500_000, 5_000_000).map(lambda cents: Decimal(cents) / 100)
curves = st.dictionaries(st.sampled_from(WINDOW), amounts, max_size=8)
lines = st.builds(
    lambda shape, number, kind, currency, plan, forecast, actual: line(
        *shape, number=number, kind=kind, currency=currency, plan=plan, forecast=forecast, actual=actual
    ),
    shape=st.sampled_from(ALL),
    number=st.integers(1, 10**9),
    kind=st.sampled_from(["revenue", "material_cost", "capex"]),
    currency=st.sampled_from(sorted(RATES)),
    plan=curves,
    forecast=curves,
    actual=curves,
)
measures = st.lists(lines, max_size=4, unique_by=lambda found: found.id)
circumstances = st.fixed_dictionaries(
    {
        "stage": st.sampled_from(Stage),
        "state": st.sampled_from(MeasureState),
        "closed_through": st.none() | st.sampled_from(WINDOW),
        "fy": st.integers(1, 12).map(lambda start: FiscalYear.containing(JUNE, start)),
    }
)
rows = st.builds(lambda measure, stated: figures_of(measure, **stated), measures, circumstances)
trees: st.SearchStrategy[Any] = st.recursive(rows, lambda deeper: st.lists(deeper, max_size=4), max_leaves=12)


def leaves(tree: Any) -> list[Figures]:
    return [leaf for branch in tree for leaf in leaves(branch)] if isinstance(tree, list) else [tree]


def rolled(tree: Any) -> Figures:
    return roll_up(map(rolled, tree)) if isinstance(tree, list) else tree


@settings(max_examples=60)
@given(trees)
def test_a_roll_up_of_roll_ups_is_the_roll_up_of_all(tree: Any) -> None:
    whole = roll_up(leaves(tree))
    assert rolled(tree) == (whole if isinstance(tree, list) else tree)
    assert all(getattr(whole, name).as_tuple().exponent == -2 for name in AMOUNTS)


@settings(max_examples=60)
@given(measures, circumstances)
def test_the_figures_of_each_kind_add_up_to_those_of_the_measure(
    measure: list[EffectLine], stated: dict[str, Any]
) -> None:
    kinds = {ln.kind for ln in measure}
    parts = [figures_of([ln for ln in measure if ln.kind == kind], **stated) for kind in kinds]
    whole, summed = figures_of(measure, **stated), roll_up(parts)
    assert {name: getattr(summed, name) for name in AMOUNTS} == {name: getattr(whole, name) for name in AMOUNTS}


@settings(max_examples=60)
@given(measures, circumstances)
def test_the_months_of_the_year_add_up_to_its_figures(measure: list[EffectLine], stated: dict[str, Any]) -> None:
    whole = figures_of(measure, **{**stated, "first_lock": None})
    curve = months_of(measure, state=stated["state"], closed_through=stated["closed_through"])
    year = [row for month, row in curve.items() if month in stated["fy"]]
    assert sum(row.plan for row in year) == whole.plan_year
    assert sum(row.outlook for row in year) == whole.forecast_year
    assert sum(row.actual or 0 for row in year) == whole.actual_year
    assert sum(row.one_off_plan for row in curve.values()) == whole.one_off_plan
    assert sum(row.one_off_outlook for row in curve.values()) == whole.one_off_forecast
    assert sum(row.one_off_actual or 0 for row in year) == whole.one_off_actual_year


@settings(max_examples=60)
@given(measures, st.sampled_from([PLAN, FORECAST, ACTUAL]))
def test_net_is_the_sum_of_all_lines_in_every_year(measure: list[EffectLine], scenario: Scenario) -> None:
    converted = in_instance_currency(measure, RATES)
    parts = net_in_year(converted, scenario, FY26)
    assert parts.net == in_year(converted, scenario, FY26)
    assert parts.net == parts.gross_benefit - parts.recurring_cost - parts.one_off_cost


@settings(max_examples=60)
@given(measures, st.sampled_from([PLAN, FORECAST, ACTUAL]))
def test_the_years_add_up_to_everything_entered(measure: list[EffectLine], scenario: Scenario) -> None:
    converted = in_instance_currency(measure, RATES)
    entered = sum(ln.sign.factor * amount for ln in converted for amount in ln.series[scenario].values())
    assert sum(in_year(converted, scenario, year) for year in (FY26.previous, FY26, FY26.next)) == entered


@settings(max_examples=60)
@given(measures)
def test_once_all_is_closed_and_entered_the_outlook_is_the_actual(measure: list[EffectLine]) -> None:
    entered = [
        replace(ln, series={**ln.series, FORECAST: dict.fromkeys(ln.series[ACTUAL], Decimal(7))}) for ln in measure
    ]
    found = figures_of(entered, closed_through=WINDOW[-1])
    assert (found.forecast_year, found.one_off_forecast) == (found.actual_year, found.one_off_actual)


@settings(max_examples=40)
@given(st.lists(measures, max_size=4), st.randoms(use_true_random=False))
def test_curves_add_up_in_any_order(tree: list[list[EffectLine]], random: Any) -> None:
    parts = [months_of(measure) for measure in tree]
    shuffled = random.sample(parts, len(parts))
    halves = [roll_up_months(shuffled[::2]), roll_up_months(shuffled[1::2])]
    assert roll_up_months(halves) == roll_up_months(parts)


def test_a_roll_up_of_nothing_is_zero() -> None:
    nothing = roll_up([])
    assert all(getattr(nothing, name) == 0 for name in AMOUNTS)
    assert not (nothing.has_plan or nothing.has_forecast or nothing.is_locked)
