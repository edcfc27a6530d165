"""Reports as data: kept without loss, rounded so that columns add up, titles that say what the figures say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.reporting import (
    ContradictionKind,
    ContradictionRow,
    MonthRow,
    NodeRow,
    SteeringPack,
    YearRow,
    canonical,
    digest,
    findings,
    from_plain,
    to_plain,
    words,
)
from domain.reporting.alternatives import alternatives
from domain.reporting.checks import checks
from domain.reporting.curve import curve_of, printed, ticks
from domain.reporting.figures import supporting
from domain.reporting.lists import whole_lists
from domain.reporting.rounding import K1, M1, ONES, K, M, rounded, split, unit_for
from domain.reporting.tables import Table
from domain.reporting.totals import Lens, lens_of, total_of
from domain.reporting.view import View, view_of
from tests.packs import CASES, META, empty, ordinary, public_projects, spent_projects

MONEY = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
EVERY = pytest.mark.parametrize("case", CASES)


def said(text: str) -> str:
    return text.replace(words.NBSP, " ")


# --- kept and proved


@EVERY
def test_pack_comes_back_from_json_as_it_was(case: str) -> None:
    pack = CASES[case]()
    assert from_plain(to_plain(pack)) == pack


def test_digest_changes_with_any_amount_and_not_with_the_order_of_keys() -> None:
    pack = ordinary()
    dearer = replace(pack.programs[0], plan_year=pack.programs[0].plan_year + Decimal("0.01"))
    assert digest(replace(pack, programs=(dearer, *pack.programs[1:]))) != digest(pack)
    assert digest(from_plain(dict(reversed(to_plain(pack).items())))) == digest(pack)
    assert "E+" not in canonical(replace(pack, on_hold=10**12))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"format": "steering-pack/0"}, ValueError),
        ({"pack": {**to_plain(empty())["pack"], "on_hold": "1"}}, TypeError),
        ({"pack": {**to_plain(empty())["pack"], "surprise": 1}}, KeyError),
        ({"pack": {"programs": []}}, TypeError),
    ],
)
def test_tampered_data_is_no_pack(change: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        from_plain({**to_plain(empty()), **change})


# --- rounding


@given(st.lists(MONEY, max_size=30), st.sampled_from([ONES, K1, K, M1, M]))
def test_printed_parts_add_up_and_none_moves_by_a_whole_step(amounts: list[Decimal], unit: Any) -> None:
    parts = split(amounts, unit)
    assert sum(parts, Decimal(0)) == rounded(sum(amounts, Decimal(0)), unit)
    assert all(abs(part - each / unit.factor) < unit.step for part, each in zip(parts, amounts, strict=True))
    assert all(part == 0 for part, each in zip(parts, amounts, strict=True) if not each)


@given(st.lists(st.lists(MONEY, min_size=1, max_size=6), min_size=1, max_size=6))
def test_children_add_up_to_what_is_printed_for_their_parent(groups: list[list[Decimal]]) -> None:
    parents = split([sum(group, Decimal(0)) for group in groups], K)
    for parent, group in zip(parents, groups, strict=True):
        assert sum(split(group, K, parent), Decimal(0)) == parent


@pytest.mark.parametrize(
    ("largest", "unit"),
    [("0", ONES), ("9999.99", ONES), ("10000", K1), ("1000000", K), ("999999999", K), ("-1000000000", M1), ("1e12", M)],
)
def test_unit_follows_the_largest_amount(largest: str, unit: Any) -> None:
    assert unit_for([Decimal(largest), Decimal(1)]) is unit


@EVERY
def test_every_table_adds_up_as_printed(case: str) -> None:
    view = view_of(CASES[case]())
    for table in (view.programs, view.gaps, *view.rollups):
        assert_adds_up(table)
    for _head, column in view.measure_columns:
        assert sum(column[:-1], Decimal(0)) == column[-1]
    assert sum(view.prices[:-1], Decimal(0)) == view.prices[-1]
    assert sum((row.value for row in view.funnel), Decimal(0)) == (view.funnel[0].value_beyond if view.funnel else 0)


@EVERY
def test_a_program_has_the_same_figure_on_every_page(case: str) -> None:
    view = view_of(CASES[case]())
    shown: dict[tuple[str, str], Decimal] = {}
    for table in (view.programs, view.rollups[0]):
        for line in table.lines:
            if line.kind == "row":
                for column, cell in list(zip(table.columns, line.cells, strict=True))[:3]:
                    key = "gap" if column.is_signed else column.head.split()[0].removesuffix("ned")
                    assert shown.setdefault((line.node.name, key), cell) == cell


def assert_adds_up(table: Table) -> None:
    *lines, total = table.lines
    parts = [line.cells for line in lines if line.kind != "child"]
    for index in range(len(table.columns)):
        assert sum((cells[index] for cells in parts), Decimal(0)) == total.cells[index]
        assert_children_add_up(table, index)


def assert_children_add_up(table: Table, index: int) -> None:
    parent, rest = None, Decimal(0)
    for line in table.lines:
        if line.kind == "child":
            rest -= line.cells[index]
            continue
        assert parent is None or parent == "leaf" or rest == 0
        parent = "leaf" if not any(each.kind == "child" for each in table.lines) else line.node.name
        rest = line.cells[index] if line.node.children else Decimal(0)


def test_what_does_not_fit_is_one_row_and_nothing_is_lost() -> None:
    view = view_of(public_projects())
    projects = view.rollups[1]
    assert [line.kind for line in projects.lines].count("row") == 13
    assert projects.lines[-2].node.name == "307 other projects"
    assert sum(line.node.measures for line in projects.lines[:-1]) == 1100
    assert projects.lines[-1].cells == view.rollups[0].lines[-1].cells


# --- the curve


def test_curve_ends_where_the_year_ends_and_actual_with_the_last_closed_month() -> None:
    pack = ordinary()
    curve, total, view = curve_of(pack), total_of(pack), view_of(pack)
    assert (curve.plan[-1], curve.forecast[-1], curve.actual[-1]) == (
        total.plan_year,
        total.forecast_year,
        total.actual_to_date,
    )
    assert curve.closed == 10
    assert dict(view.curve_rows)["Plan"][-1] == view.programs.lines[-1].cells[0]


def test_cost_is_told_over_all_its_years_and_nothing_is_lost_outside_the_twelve_shown() -> None:
    pack = spent_projects()
    curve, total, view = curve_of(pack), total_of(pack), view_of(pack)
    assert curve.by_year and len(curve.labels) == len(curve.plan) == 12
    assert (curve.plan[-1], curve.forecast[-1], curve.actual) == (total.cost_plan, total.cost_forecast, ())
    assert (curve.labels[0], curve.labels[-1]) == ("03/04", "from 14/15")
    assert dict(view.curve_rows)["Forecast"][-1] == view.programs.lines[-1].cells[1]


def test_years_before_those_shown_are_in_the_first() -> None:
    rows = tuple(YearRow(year=f"FY {year}", plan=Decimal(year - 1990)) for year in range(1991, 2010))
    curve = curve_of(replace(spent_projects(), years=rows))
    assert (curve.labels[0], curve.plan[0], curve.plan[-1]) == ("to 1998", 36, 190)


def test_a_cost_report_has_no_column_that_says_nothing() -> None:
    view = view_of(spent_projects())
    heads = [[column.head for column in table.columns] for table in (view.programs, *view.rollups)]
    assert heads == [["Planned cost", "Forecast", "Gap"], *[["Planned cost", "Forecast cost", "Gap"]] * 2]
    assert [head for head, _ in view.measure_columns] == ["Planned cost", "Forecast cost"]
    assert [kpi.label for kpi in view.leading[:2]] == ["Forecast cost, all years", "Planned cost, all years"]
    assert not any(kpi.figure == words.DASH for kpi in (*view.leading, view.supporting[0]))


def test_what_is_above_plan_and_what_is_below_never_cancel_out() -> None:
    up, down = (NodeRow(name=str(f), measures=1, cost_plan=Decimal(100), cost_forecast=Decimal(f)) for f in (130, 80))
    figures = {kpi.label: kpi.figure for kpi in supporting(replace(spent_projects(), programs=(up, down)))}
    assert (said(figures["Above plan"]), said(figures["Below plan"])) == ("USD 30", "USD 20")


def test_a_month_after_an_open_one_is_not_actual() -> None:
    rows = (
        MonthRow(month="2026-01", actual=Decimal(1)),
        MonthRow(month="2026-02"),
        MonthRow(month="2026-03", actual=Decimal(9)),
    )
    assert curve_of(replace(empty(), curve=rows)).actual == (Decimal(1),)


@given(st.lists(MONEY, min_size=1, max_size=12))
def test_printed_curve_moves_by_printed_months(series: list[Decimal]) -> None:
    assert printed(series, K)[-1] == rounded(series[-1], K)


@given(MONEY, MONEY)
def test_ticks_span_the_data_with_zero_and_are_few(a: Decimal, b: Decimal) -> None:
    marks = ticks(min(a, b), max(a, b))
    assert marks[0] <= min(a, b, 0) and marks[-1] >= max(a, b, 0) and 0 in marks and len(marks) <= 7


# --- what it says


@pytest.mark.parametrize(
    ("plan", "forecast", "title"),
    [
        ("38646000", "34927000", "Forecast EUR 34.9 m in FY 2026, 3.7 m below plan; nothing waits for a decision"),
        ("1000000", "1000000", "Forecast EUR 1.0 m in FY 2026, as planned; nothing waits for a decision"),
        ("0", "50000", "Forecast EUR 50.0 k in FY 2026, with no plan to compare; nothing waits for a decision"),
        (
            "200000",
            "-300000",
            "Forecast EUR \N{MINUS SIGN}300 k in FY 2026, 500 k below plan; nothing waits for a decision",
        ),
    ],
)
def test_summary_title_for_effect(plan: str, forecast: str, title: str) -> None:
    row = NodeRow(
        name="A", measures=1, plan_year=Decimal(plan), forecast_year=Decimal(forecast), full_year_plan=Decimal(1)
    )
    assert said(findings.summary_title(SteeringPack(meta=META, programs=(row,)))) == title


@pytest.mark.parametrize(
    ("plan", "forecast", "title"),
    [
        ("100000", "103200", "Forecast cost is 3.2 % above plan"),
        ("100000", "90000", "Forecast cost is 10.0 % below plan"),
        ("100000", "100010", "Forecast cost is EUR 100 k, as planned"),
        ("0", "7000", "Forecast cost is EUR 7.0 k, with no planned cost to compare"),
    ],
)
def test_summary_title_for_cost(plan: str, forecast: str, title: str) -> None:
    row = NodeRow(name="A", measures=1, cost_plan=Decimal(plan), cost_forecast=Decimal(forecast))
    pack = SteeringPack(meta=META, programs=(row,))
    assert lens_of(pack) is Lens.COST
    assert said(findings.summary_title(pack)) == f"{title}; nothing waits for a decision"


def test_a_benefit_anywhere_makes_it_an_effect_report() -> None:
    spend = NodeRow(name="A", measures=1, cost_plan=Decimal(9), cost_forecast=Decimal(9), plan_year=Decimal(-9))
    gain = NodeRow(name="B", measures=1, full_year_forecast=Decimal(1))
    parent = NodeRow(
        name="P", measures=2, plan_year=Decimal(-8), children=(spend, replace(spend, forecast_year=Decimal(1)))
    )
    assert lens_of(SteeringPack(meta=META, programs=(spend, gain))) is Lens.EFFECT
    assert lens_of(SteeringPack(meta=META, programs=(parent,))) is Lens.EFFECT
    assert lens_of(empty()) is Lens.NOTHING


@pytest.mark.parametrize(
    ("gaps", "title"),
    [
        ((-5000, 1000), "P0 is EUR 5.0 k below plan"),
        ((-5000, -2000, -1000), "P0 is EUR 5.0 k below plan; two other programs are below plan too"),
        ((-5000, -2000), "P0 is EUR 5.0 k below plan; one other program is below plan too"),
        ((0, 3000), "Every program is at its plan or above"),
    ],
)
def test_value_title_names_the_largest_loss(gaps: tuple[int, ...], title: str) -> None:
    rows = (
        NodeRow(name=f"P{n}", measures=1, plan_year=Decimal(9000), forecast_year=Decimal(9000 + gap))
        for n, gap in enumerate(gaps)
    )
    assert said(findings.value_title(SteeringPack(meta=META, programs=tuple(rows)))) == title


def test_decisions_title_counts_those_past_their_date() -> None:
    pack, (first, second, *_) = ordinary(), ordinary().requests
    late, timely = replace(first, days_overdue=3), replace(second, days_overdue=0)

    def title(*requests: Any) -> str:
        return said(findings.decisions_title(replace(pack, requests=requests)))

    assert title() == "Nothing waits for a decision"
    assert title(timely) == "One request waits for a decision, none past its date"
    assert title(late, timely) == "Two requests wait for a decision; one is past its date"
    cut = replace(pack, requests=(late, timely), requests_open=40)
    assert said(findings.decisions_title(cut)) == "40 requests wait for a decision; at least one is past its date"
    assert said(findings.decisions_title(replace(cut, requests=(timely,)))) == "40 requests wait for a decision"


@pytest.mark.parametrize(
    ("kind", "number", "text"),
    [
        (ContradictionKind.WORK_GREEN_VALUE_NOT, 0, "The work is green while the value is amber"),
        (ContradictionKind.SILENT, 41, "Nobody has updated it for 41 days"),
        (ContradictionKind.SLIPPING, 3, "Three date slips in a row"),
    ],
)
def test_contradiction_is_said(kind: ContradictionKind, number: int, text: str) -> None:
    row = ContradictionRow(
        kind=kind, measure="M-0001", title="x", owner="y", implementation="green", potential="amber", number=number
    )
    assert said(findings.contradiction(row)) == text
    assert findings.against_plan(row, "EUR") == "No amount is planned for it yet."


@EVERY
def test_every_check_of_consistent_data_holds(case: str) -> None:
    assert all(check.holds for check in checks(CASES[case]()))


def test_check_names_what_does_not_add_up() -> None:
    pack = ordinary()
    off = replace(pack.curve[0], plan=pack.curve[0].plan + 1)
    failed = [check for check in checks(replace(pack, curve=(off, *pack.curve[1:]))) if not check.holds]
    assert [(check.name, check.residual) for check in failed] == [
        ("Months of FY 2026 equal the programs, plan", Decimal(1)),
        ("Months of FY 2026 equal the programs, plan to date", Decimal(1)),
    ]


@EVERY
def test_lists_beside_the_pages_are_whole_and_add_up(case: str) -> None:
    pack = CASES[case]()
    lists = {each.name: each for each in whole_lists(pack)}
    assert all(len(row) == len(each.headers) for each in lists.values() for row in each.rows)
    assert len(lists["Measures"].rows if "Measures" in lists else ()) == len(pack.measures)
    if "Roll-up" in lists:
        at = lists["Roll-up"].headers.index("Forecast one-off cost")
        assert sum(row[at] for row in lists["Roll-up"].rows if not row[1]) == total_of(pack).cost_forecast


@EVERY
def test_charts_have_words(case: str) -> None:
    view: View = view_of(CASES[case]())
    assert all(text.strip() for text in alternatives(view).values())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "EUR 0"),
        ("-950.4", "EUR \N{MINUS SIGN}950"),
        ("18400", "EUR 18.4 k"),
        ("120000", "EUR 120 k"),
        ("34927000", "EUR 34.9 m"),
        ("169100000", "EUR 169 m"),
        ("31640474460", "EUR 31,640 m"),
    ],
)
def test_amount_in_a_sentence(value: str, text: str) -> None:
    assert said(words.amount(Decimal(value), "EUR")) == text


def test_words_of_time() -> None:
    assert said(words.moment(datetime(2026, 11, 19, 18, 0, tzinfo=UTC))) == "19 November 2026, 18:00 UTC"
    unnamed = timezone(timedelta(hours=-3, minutes=-30))
    assert (
        said(words.moment(datetime(2026, 1, 2, 3, 4, tzinfo=unnamed))) == "2 January 2026, 03:04 UTC\N{MINUS SIGN}03:30"
    )
    assert (
        said(words.day(date(2026, 9, 5), short=True)) == "5 Sep 26" and said(words.month("2027-01")) == "January 2027"
    )


def test_clip_cuts_at_a_word_or_inside_a_long_one() -> None:
    assert words.clip("Price architecture kitchens", 22) == "Price architecture\N{HORIZONTAL ELLIPSIS}"
    assert len(words.clip("x" * 99, 20)) == 20
