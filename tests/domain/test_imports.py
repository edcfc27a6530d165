"""Importing: what is read, what is named as wrong, and that nothing is lost on the way to the months."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.governance.template import EffectKind
from domain.ids import NodeId, PersonId, ReferenceId
from domain.imports import (
    ColumnMapping,
    DateOrder,
    DecimalMark,
    Field,
    ImportPlan,
    ImportPreview,
    KnownPerson,
    MappingUnreadable,
    MappingUnusable,
    NothingToImport,
    ReferenceData,
    RowProblem,
    RowState,
    RowsToCorrect,
    Severity,
    Table,
    TableRow,
    UnknownRows,
    check,
    decimal_mark_hint,
    from_json,
    guess_mapping,
    measure_key,
    plan_import,
    rejected_rows,
    spread,
    table_from_json,
    table_to_json,
    to_json,
)
from domain.imports.cells import read_amount, read_date, read_month
from domain.imports.problems import (
    ActualBeforeDecided,
    AlreadyThere,
    AmbiguousAmount,
    AmbiguousDate,
    AmountsDisagree,
    BeforeFiscalYear,
    ControlCharacter,
    ControllerConflict,
    EndsBeforeStart,
    FarFromMedian,
    Missing,
    NegativeAmount,
    NoMilestone,
    NoSuchDay,
    NotADate,
    NotAMonth,
    NotAnAmount,
    NotAPerson,
    NotAWordFor,
    OtherCurrency,
    RaggedRow,
    Reason,
    RepeatedInFile,
    RetiredName,
    SpreadsheetError,
    StageNotImportable,
    TooLargeAmount,
    TooLong,
    TooManyMonths,
    TooPrecise,
    UnknownName,
    YearNotPlausible,
    ZeroPlan,
)
from domain.months import Month, span
from domain.value import Recurrence, Scenario, Sign

F = Field
GOOD = {
    F.PORTFOLIO: "Operations",
    F.PROGRAM: "Grid",
    F.PROJECT: "Losses",
    F.PACKAGE: "Metering",
    F.TITLE: "Grid loss metering",
    F.CODE: "",
    F.OWNER: "tor@client.example",
    F.SPONSOR: "",
    F.CONTROLLER: "Anne Hagen <anne@client.example>",
    F.BUSINESS_UNIT: "Grids",
    F.STAGE: "",
    F.START: "2026-03-15",
    F.END: "2026-12-31",
    F.DUE: "2026-12-01",
    F.DUE_FORECAST: "",
    F.KIND: "Material cost",
    F.RECURRENCE: "",
    F.SIGN: "",
    F.CURRENCY: "",
    F.FIRST_MONTH: "",
    F.LAST_MONTH: "",
    F.PLAN_TOTAL: "1200.00",
    F.PLAN_PER_MONTH: "",
    F.FORECAST_TOTAL: "1000",
    F.ACTUAL_TOTAL: "",
    F.BASELINE_TOTAL: "",
}
MATERIAL = EffectKind(
    key="material_cost",
    label="Material cost",
    sign=Sign.BENEFIT,
    recurrence=Recurrence.RECURRING,
    is_pnl=True,
    is_cash=False,
)
REFERENCE = ReferenceData(
    currency="EUR",
    fiscal_year_start=date(2026, 1, 1),
    effect_kinds=(MATERIAL,),
    people=(
        KnownPerson(id=PersonId(UUID(int=1)), name="Tor Vik", email="tor@client.example"),
        KnownPerson(id=PersonId(UUID(int=2)), name="Kim Dahl", email="kim.a@client.example"),
        KnownPerson(id=PersonId(UUID(int=3)), name="Kim Dahl", email="kim.b@client.example"),
    ),
    business_units={"Grids": ReferenceId(UUID(int=10)), "Hydro": ReferenceId(UUID(int=11))},
    retired=frozenset({("business_unit", "Gas trading")}),
)
MAPPING = ColumnMapping(
    columns={field: field.value for field in GOOD}, required=frozenset({F.START, F.END, F.PLAN_TOTAL})
)


def table(*rows: dict[Field, str], typed: tuple[Field, ...] = ()) -> Table:
    fields = list(GOOD)
    places = frozenset(fields.index(f) for f in typed)
    return Table(
        headers=tuple(field.value for field in fields),
        rows=tuple(
            TableRow(number=n, cells=tuple((GOOD | row)[f] for f in fields), typed=places)
            for n, row in enumerate(rows, start=2)
        ),
    )


def preview(*rows: dict[Field, str], mapping: ColumnMapping = MAPPING, **about: object) -> ImportPreview:
    outcome = check(table(*rows), mapping, replace(REFERENCE, **about))  # type: ignore[arg-type]
    assert isinstance(outcome, ImportPreview)
    return outcome


def problems(*rows: dict[Field, str], mapping: ColumnMapping = MAPPING) -> list[tuple[Field | None, Reason]]:
    return [(p.field, p.reason) for row in preview(*rows, mapping=mapping).rows for p in row.problems]


def planned(*rows: dict[Field, str], mapping: ColumnMapping = MAPPING) -> ImportPlan:
    outcome = plan_import(preview(*rows, mapping=mapping))
    assert isinstance(outcome, ImportPlan)
    return outcome


def words(problem: RowProblem) -> str:
    return f"{problem.column}: {problem.reason.kind}."


def test_good_row_has_no_problem() -> None:
    assert preview({}).counts == {RowState.GOOD: 1}


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({F.TITLE: ""}, F.TITLE, Missing()),
        ({F.PROGRAM: " "}, F.PROGRAM, Missing()),
        ({F.START: ""}, F.START, Missing()),
        ({F.END: ""}, F.END, Missing()),
        ({F.PLAN_TOTAL: ""}, F.PLAN_TOTAL, Missing()),
        ({F.KIND: ""}, F.KIND, Missing()),
        ({F.DUE: "", F.DUE_FORECAST: "2026-12-01"}, F.DUE, Missing()),
        ({F.TITLE: "x" * 301}, F.TITLE, TooLong(length=301, limit=300)),
        ({F.TITLE: "a\x07b"}, F.TITLE, ControlCharacter(code=7)),
        ({F.TITLE: "#REF!"}, F.TITLE, SpreadsheetError()),
        ({F.STAGE: "Decided"}, F.STAGE, StageNotImportable(first="Defined")),
        ({F.OWNER: "Mona Li"}, F.OWNER, NotAPerson(known=0)),
        ({F.OWNER: "Kim Dahl"}, F.OWNER, NotAPerson(known=2)),
        ({F.CONTROLLER: "tor@client.example"}, F.CONTROLLER, ControllerConflict(role=F.OWNER)),
        (
            {F.SPONSOR: "a@b.example", F.CONTROLLER: "A <A@b.example>"},
            F.CONTROLLER,
            ControllerConflict(role=F.SPONSOR),
        ),
        ({F.BUSINESS_UNIT: "Grid"}, F.BUSINESS_UNIT, UnknownName(nearest="Grids")),
        ({F.BUSINESS_UNIT: "Sales"}, F.BUSINESS_UNIT, UnknownName(nearest="")),
        ({F.BUSINESS_UNIT: "gas  Trading"}, F.BUSINESS_UNIT, RetiredName()),
        ({F.KIND: "revenue"}, F.KIND, UnknownName(nearest="")),
        ({F.RECURRENCE: "often"}, F.RECURRENCE, None),
        ({F.CURRENCY: "USD"}, F.CURRENCY, OtherCurrency(currency="EUR")),
        ({F.START: "31.02.2026"}, F.START, NoSuchDay()),
        ({F.START: "03/04/2026"}, F.START, AmbiguousDate()),
        (
            {F.END: "2026-03-14", F.DUE: ""},
            F.END,
            EndsBeforeStart(start=date(2026, 3, 15), end=date(2026, 3, 14)),
        ),
        ({F.DUE: "2026-01-01"}, F.DUE, EndsBeforeStart(start=date(2026, 3, 15), end=date(2026, 1, 1))),
        (
            {F.DUE_FORECAST: "2026-01-01"},
            F.DUE_FORECAST,
            EndsBeforeStart(start=date(2026, 3, 15), end=date(2026, 1, 1)),
        ),
        ({F.LAST_MONTH: "2026-01"}, F.LAST_MONTH, EndsBeforeStart(start=date(2026, 3, 1), end=date(2026, 1, 31))),
        ({F.FIRST_MONTH: "2027-01"}, F.FIRST_MONTH, EndsBeforeStart(start=date(2027, 1, 1), end=date(2026, 12, 31))),
        ({F.LAST_MONTH: "2100-01"}, F.END, TooManyMonths(months=887, limit=600)),
        ({F.FIRST_MONTH: "spring"}, F.FIRST_MONTH, NotAMonth()),
        ({F.PLAN_TOTAL: "a lot"}, F.PLAN_TOTAL, NotAnAmount()),
        ({F.PLAN_TOTAL: "1.240,50"}, F.PLAN_TOTAL, AmbiguousAmount(mark=".")),
        ({F.PLAN_TOTAL: "-5"}, F.PLAN_TOTAL, NegativeAmount()),
        ({F.PLAN_PER_MONTH: "100"}, F.PLAN_PER_MONTH, None),
    ],
)
def test_wrong_cell_is_named(change: dict[Field, str], field: Field, reason: Reason | None) -> None:
    found = problems(change)
    assert [f for f, r in found if reason is None or r == reason] == [field]
    assert preview(change).counts == {RowState.CORRECT: 1}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({F.START: "2025-09-01"}, BeforeFiscalYear(begins=date(2026, 1, 1))),
        ({F.PLAN_TOTAL: "0"}, ZeroPlan()),
        ({F.DUE: ""}, NoMilestone()),
        ({F.ACTUAL_TOTAL: "5"}, ActualBeforeDecided()),
    ],
)
def test_doubtful_cell_is_imported_with_a_warning(change: dict[Field, str], reason: Reason) -> None:
    assert [r for _, r in problems(change)] == [reason]
    assert preview(change).counts == {RowState.LOOK: 1}
    assert len(planned(change).measures) == 1


def test_plan_per_month_that_disagrees_with_the_total() -> None:
    wrong = AmountsDisagree(total=Decimal("1200.00"), per_month=Decimal("100.00"), months=10)
    assert problems({F.PLAN_PER_MONTH: "100"}) == [(F.PLAN_PER_MONTH, wrong)]
    assert problems({F.PLAN_PER_MONTH: "120"}) == []


def test_row_without_any_date_or_amount_is_named_where_these_are_required() -> None:
    empty = {F.START: "", F.END: "", F.DUE: "", F.PLAN_TOTAL: "", F.FORECAST_TOTAL: "", F.KIND: ""}
    assert problems(empty) == [(F.START, Missing()), (F.END, Missing()), (F.PLAN_TOTAL, Missing())]


def test_undated_idea_is_good_where_nothing_is_required() -> None:
    idea = {F.START: "", F.END: "", F.DUE: "", F.PLAN_TOTAL: "", F.FORECAST_TOTAL: "", F.KIND: ""}
    measure = planned(idea, mapping=replace(MAPPING, required=frozenset())).measures[0]
    assert measure.line is None
    assert measure.milestone is None


def test_start_without_end_is_named_even_where_dates_are_not_required() -> None:
    assert problems(
        {F.END: "", F.PLAN_TOTAL: "", F.FORECAST_TOTAL: ""}, mapping=replace(MAPPING, required=frozenset())
    ) == [(F.END, Missing())]


def test_ragged_row_is_named_and_not_read() -> None:
    good = table({})
    short = replace(good, rows=(TableRow(number=9, cells=("Operations", "Grid")),))
    outcome = check(short, MAPPING, REFERENCE)
    assert isinstance(outcome, ImportPreview)
    assert outcome.rows[0].problems == (
        RowProblem(row=9, column="", field=None, value="", reason=RaggedRow(cells=2, expected=len(GOOD))),
    )
    assert outcome.new_nodes == ()


def test_same_title_twice_in_a_package_is_named_at_the_second() -> None:
    assert problems({}, {F.TITLE: "grid  LOSS metering"}) == [(F.TITLE, RepeatedInFile(first_row=2))]


def test_code_makes_the_same_title_another_measure() -> None:
    assert problems({F.CODE: "1"}, {F.CODE: "2"}) == []
    assert problems({F.CODE: "1"}, {F.CODE: "1", F.PACKAGE: "Other"}) == []
    assert problems({F.CODE: "1"}, {F.CODE: "1", F.TITLE: "Other"}) == [(F.CODE, RepeatedInFile(first_row=2))]


def test_measure_that_the_instance_has_is_named() -> None:
    key = measure_key(("operations", "Grid", "Losses", "Metering"), "", "GRID loss metering")
    row = preview({}, measures=frozenset({key})).rows[0]
    assert [p.reason for p in row.problems] == [AlreadyThere()]


def test_plan_far_from_the_median_is_looked_at() -> None:
    rows = [{F.CODE: str(n), F.PLAN_TOTAL: "100"} for n in range(5)]
    assert problems(*rows, {F.CODE: "9", F.PLAN_TOTAL: "3400"}) == [(F.PLAN_TOTAL, FarFromMedian(times=34))]


def test_warning_that_most_rows_share_is_said_once_of_the_file() -> None:
    outcome = preview(*({F.CODE: str(n), F.START: "2025-12-31"} for n in range(4)))
    assert outcome.counts == {RowState.GOOD: 4}
    assert [(type(note.reason), note.rows) for note in outcome.notes] == [(BeforeFiscalYear, 4)]


def test_nodes_take_the_spelling_of_the_instance_and_are_new_once() -> None:
    known = {("OPERATIONS",): NodeId(UUID(int=5))}
    outcome = preview({F.CODE: "1"}, {F.CODE: "2", F.PROGRAM: "grid "}, nodes=known)
    assert outcome.new_nodes == (
        ("OPERATIONS", "Grid"),
        ("OPERATIONS", "Grid", "Losses"),
        ("OPERATIONS", "Grid", "Losses", "Metering"),
    )
    assert {row.values.path for row in outcome.rows} == {("OPERATIONS", "Grid", "Losses", "Metering")}


def test_unknown_people_are_invited_once_and_known_ones_found_by_name() -> None:
    plan = planned({F.CODE: "1", F.CONTROLLER: "anne@client.example"}, {F.CODE: "2", F.OWNER: "Tor  vik"})
    assert [(p.email, p.name) for p in plan.people] == [("anne@client.example", "Anne Hagen")]
    assert {m.owner for m in plan.measures} == {"tor@client.example"}


def test_people_and_nodes_of_rows_left_out_are_not_created() -> None:
    outcome = preview({}, {F.PROJECT: "Other", F.OWNER: "new@client.example", F.END: ""})
    plan = plan_import(outcome, frozenset({3}))
    assert isinstance(plan, ImportPlan)
    assert [p.email for p in plan.people] == ["anne@client.example"]
    assert len(plan.nodes) == 4
    assert [(row.row, [p.reason for p in row.problems]) for row in plan.left_out] == [(3, [Missing()])]


def test_import_is_all_or_nothing() -> None:
    outcome = preview({}, {F.END: ""})
    assert plan_import(outcome) == RowsToCorrect(rows=(3,))
    assert plan_import(outcome, frozenset({2, 3})) == UnknownRows(rows=(2,))
    assert plan_import(outcome, frozenset({77})) == UnknownRows(rows=(77,))
    assert plan_import(preview({F.END: ""}), frozenset({2})) == NothingToImport()


def test_measure_is_planned_with_milestone_line_and_months() -> None:
    measure = planned({F.DUE_FORECAST: "2027-01-20", F.BASELINE_TOTAL: "50"}).measures[0]
    assert (measure.package, measure.start, measure.end) == (
        ("Operations", "Grid", "Losses", "Metering"),
        date(2026, 3, 15),
        date(2026, 12, 31),
    )
    assert measure.milestone and measure.milestone.forecast == date(2027, 1, 20)
    line = measure.line
    assert line and (line.kind, line.sign, line.recurrence, line.is_cash) == (
        "material_cost",
        Sign.BENEFIT,
        Recurrence.RECURRING,
        False,
    )
    assert set(line.series) == {Scenario.PLAN, Scenario.FORECAST, Scenario.BASELINE}
    assert tuple(line.series[Scenario.PLAN]) == span(Month(2026, 3), Month(2026, 12))
    assert tuple(line.series[Scenario.FORECAST]) == span(Month(2026, 3), Month(2027, 1))


def test_due_is_the_end_where_only_a_forecast_is_mapped() -> None:
    columns: dict[Field, str] = {f: c for f, c in MAPPING.columns.items() if f is not F.DUE}
    measure = planned({F.DUE_FORECAST: "2027-01-20"}, mapping=replace(MAPPING, columns=columns)).measures[0]
    assert measure.milestone and measure.milestone.due == date(2026, 12, 31)


def test_sign_of_the_row_beats_that_of_its_kind() -> None:
    line = planned({F.SIGN: "Cost", F.RECURRENCE: "One-off"}).measures[0].line
    assert line and (line.sign, line.recurrence) == (Sign.COST, Recurrence.ONE_OFF)


POINT, COMMA = DecimalMark.POINT, DecimalMark.COMMA


@pytest.mark.parametrize(
    ("text", "mark", "multiplier", "amount"),
    [
        ("1240.50", POINT, 1, "1240.50"),
        ("1,240.5", POINT, 1, "1240.50"),
        ("12,500", POINT, 1, "12500.00"),
        ("1'240'000", POINT, 1, "1240000.00"),
        ("1.240,50", COMMA, 1, "1240.50"),
        ("1 240,50", COMMA, 1, "1240.50"),
        ("0.179", POINT, 1_000_000, "179000.00"),
        ("1.234", POINT, 1_000_000, "1234000.00"),
        ("9.9999999", POINT, 1_000_000, "9999999.90"),
        ("1.4E-4", POINT, 1_000_000, "140.00"),
    ],
)
def test_amount_is_read(text: str, mark: DecimalMark, multiplier: int, amount: str) -> None:
    assert read_amount(text, mark, Decimal(multiplier)) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "mark", "reason"),
    [
        ("1.234", POINT, AmbiguousAmount(mark=".")),
        ("1,234", COMMA, AmbiguousAmount(mark=",")),
        ("12,5", POINT, AmbiguousAmount(mark=".")),
        ("12.5", COMMA, AmbiguousAmount(mark=",")),
        ("1,24,000", POINT, AmbiguousAmount(mark=".")),
        ("1.2345", POINT, TooPrecise(amount=Decimal("1.2345"))),
        ("99999999999999", POINT, TooLargeAmount(limit=Decimal(10) ** 13)),
        ("\u22125", POINT, NegativeAmount()),
        ("5 EUR", POINT, NotAnAmount()),
        ("=1+1", POINT, NotAnAmount()),
        ("NaN", POINT, NotAnAmount()),
        ("1." + "0" * 40 + "1", POINT, NotAnAmount()),
    ],
)
def test_amount_is_refused_and_not_guessed(text: str, mark: DecimalMark, reason: Reason) -> None:
    assert read_amount(text, mark, Decimal(1)) == reason


def test_number_of_a_workbook_is_plain_whatever_the_mark() -> None:
    assert read_amount("1.25", COMMA, Decimal(1), typed=True) == Decimal("1.25")
    assert read_amount("1.255", COMMA, Decimal(1), typed=True) == TooPrecise(amount=Decimal("1.255"))


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-04-03", DateOrder.DAY_FIRST, date(2026, 4, 3)),
        ("2011-01-10T00:00:00Z", DateOrder.ISO, date(2011, 1, 10)),
        ("3.4.2026", DateOrder.ISO, date(2026, 4, 3)),
        ("03/04/2026", DateOrder.DAY_FIRST, date(2026, 4, 3)),
        ("03/04/2026", DateOrder.MONTH_FIRST, date(2026, 3, 4)),
        ("13/04/2026", DateOrder.MONTH_FIRST, NoSuchDay()),
        ("03/04/26", DateOrder.DAY_FIRST, NotADate(order="dmy")),
        ("0219-04-03", DateOrder.ISO, YearNotPlausible(first=1990, last=2100)),
        ("24/04/2026", DateOrder.ISO, date(2026, 4, 24)),
        ("45000", DateOrder.ISO, NotADate(order="iso")),
    ],
)
def test_date_is_read_in_the_order_that_was_said(text: str, order: DateOrder, day: date | Reason) -> None:
    assert read_date(text, order) == day


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-04", Month(2026, 4)),
        ("04/2026", Month(2026, 4)),
        ("2026-04-30", Month(2026, 4)),
        ("2026-13", NotAMonth()),
    ],
)
def test_month_is_read(text: str, month: Month | Reason) -> None:
    assert read_month(text, DateOrder.ISO) == month


def test_unknown_word_names_the_known_ones() -> None:
    [(field, reason)] = problems({F.SIGN: "maybe"})
    assert field is F.SIGN
    assert isinstance(reason, NotAWordFor) and "benefit" in reason.words


def test_mapping_that_cannot_be_used_is_refused_as_a_whole() -> None:
    columns: dict[Field, str] = {f: c for f, c in MAPPING.columns.items() if f is not F.TITLE}
    columns[F.OWNER] = "Gone"
    mapping = replace(MAPPING, columns=columns, constants={F.PROJECT: "One"})
    assert check(table({}), mapping, REFERENCE) == MappingUnusable(
        unfilled=(F.TITLE,), absent=((F.OWNER, "Gone"),), twice=(F.PROJECT,)
    )


def test_constant_fills_every_row() -> None:
    columns: dict[Field, str] = {f: c for f, c in MAPPING.columns.items() if f is not F.PORTFOLIO}
    mapping = replace(MAPPING, columns=columns, constants={F.PORTFOLIO: "Federal IT"})
    assert planned({}, mapping=mapping).measures[0].package[0] == "Federal IT"


def test_mapping_and_table_survive_json() -> None:
    mapping = replace(MAPPING, constants={F.FORUM: "SteerCo"}, multiplier=Decimal(1_000_000), decimal_mark=COMMA)
    assert from_json(to_json(mapping)) == mapping
    sheet = replace(table({}, typed=(F.START,)), decimal_mark=POINT, other_sheets=("Lists",))
    assert table_from_json(table_to_json(sheet)) == sheet


@pytest.mark.parametrize(
    ("key", "value"),
    [("columns", {"nonsense": "A"}), ("columns", 3), ("multiplier", "7"), ("date_order", "ymd"), ("decimal_mark", "x")],
)
def test_unreadable_mapping_is_refused_with_its_key(key: str, value: object) -> None:
    outcome = from_json({key: value})
    assert isinstance(outcome, MappingUnreadable)
    assert outcome.key == key


def test_mapping_is_guessed_from_english_headers_with_units() -> None:
    headers = ("Agency Name", "Investment Title", "Project Name", "Start Date", "Completion Date (B1)",
               "Planned Project Completion Date (B2)", "Planned Cost ($ M)", "Projected/Actual Cost ($ M)")  # fmt: skip
    row = TableRow(number=2, cells=("A", "B", "C", "2011-01-10", "2012-01-10", "", "15.297", "1.5"))
    mapping = guess_mapping(headers, (row,))
    assert mapping.columns == {
        F.PROGRAM: "Agency Name",
        F.PROJECT: "Investment Title",
        F.PACKAGE: "Investment Title",
        F.TITLE: "Project Name",
        F.START: "Start Date",
        F.END: "Completion Date (B1)",
        F.DUE: "Planned Project Completion Date (B2)",
        F.PLAN_TOTAL: "Planned Cost ($ M)",
        F.FORECAST_TOTAL: "Projected/Actual Cost ($ M)",
    }
    assert (mapping.multiplier, mapping.decimal_mark, mapping.date_order) == (Decimal(1_000_000), POINT, DateOrder.ISO)
    assert mapping.required == {F.START, F.END, F.PLAN_TOTAL}


def test_mapping_is_guessed_from_german_headers() -> None:
    headers = ("Programm", "Projekt", "Maßnahmenpaket", "Maßnahme", "Verantwortlich", "Beginn", "Ende", "Plan (T€)")
    row = TableRow(number=2, cells=("A", "B", "C", "D", "e@f.example", "24/03/2026", "01/12/2026", "12,5"))
    mapping = guess_mapping(headers, (row,))
    assert mapping.columns == {
        F.PROGRAM: "Programm",
        F.PROJECT: "Projekt",
        F.PACKAGE: "Maßnahmenpaket",
        F.TITLE: "Maßnahme",
        F.OWNER: "Verantwortlich",
        F.START: "Beginn",
        F.END: "Ende",
        F.PLAN_TOTAL: "Plan (T€)",
    }
    assert (mapping.multiplier, mapping.decimal_mark, mapping.date_order) == (
        Decimal(1_000),
        COMMA,
        DateOrder.DAY_FIRST,
    )


@pytest.mark.parametrize(
    ("cells", "mark"), [(["1.5", "2"], POINT), (["1,5", "1.234"], COMMA), (["1.5", "1,5"], None), (["1.234"], None)]
)
def test_decimal_mark_is_told_only_by_what_is_unambiguous(cells: list[str], mark: DecimalMark | None) -> None:
    assert decimal_mark_hint(cells) is mark


MONTHS = st.builds(Month, st.integers(1990, 2060), st.integers(1, 12))
CENTS = st.integers(0, 10**13).map(lambda cents: Decimal(cents) / 100)


@given(CENTS, MONTHS, st.integers(0, 599))
def test_spreading_adds_up_to_the_cent(total: Decimal, first: Month, more: int) -> None:
    months = spread(total, first, first.plus(more))
    assert sum(months.values()) == total
    assert len(months) == more + 1
    assert all(amount >= 0 and amount == amount.quantize(Decimal("0.01")) for amount in months.values())
    assert len(set(list(months.values())[:-1])) <= 1


AMOUNT_ROWS = st.lists(st.tuples(st.sampled_from(["A", "a ", "B", "C"]), CENTS, CENTS), min_size=1, max_size=30)


@given(AMOUNT_ROWS)
def test_sums_by_program_agree_with_rows_and_with_months(rows: list[tuple[str, Decimal, Decimal]]) -> None:
    changes = [
        {F.CODE: str(n), F.PROGRAM: program, F.PLAN_TOTAL: str(plan), F.FORECAST_TOTAL: str(forecast)}
        for n, (program, plan, forecast) in enumerate(rows)
    ]
    expected: dict[str, tuple[int, Decimal, Decimal]] = defaultdict(lambda: (0, Decimal(0), Decimal(0)))
    for program, plan, forecast in rows:
        count, plans, forecasts = expected[program.strip().upper()]
        expected[program.strip().upper()] = (count + 1, plans + plan, forecasts + forecast)
    import_plan = planned(*changes)
    read = {s.path[1].upper(): (s.rows, s.plan, s.forecast) for s in preview(*changes).sums}
    assert read == expected == {s.path[1].upper(): (s.rows, s.plan, s.forecast) for s in import_plan.sums}
    lines = [m.line for m in import_plan.measures if m.line]
    assert sum(sum(line.series[Scenario.PLAN].values()) for line in lines) == sum(plan for _, plan, _ in rows)


def test_rejected_rows_come_back_good_once_corrected() -> None:
    outcome = preview({F.CODE: "1"}, {F.CODE: "2", F.END: "2026-01-01"}, {F.CODE: "3", F.PLAN_TOTAL: ""})
    file = rejected_rows(outcome, words)
    assert file.headers[:2] == ("What to correct", "Row in file")
    assert [row[:2] for row in file.rows] == [("end: EndsBeforeStart.", "3"), ("plan_total: Missing.", "4")]
    end, plan = file.headers.index("end"), file.headers.index("plan_total")
    corrected = [list(map(str, row)) for row in file.rows]
    corrected[0][end], corrected[1][plan] = "2026-12-31", "9"
    back = Table(
        headers=file.headers, rows=tuple(TableRow(number=n, cells=tuple(r)) for n, r in enumerate(corrected, start=2))
    )
    again = check(back, MAPPING, REFERENCE)
    assert isinstance(again, ImportPreview)
    assert again.counts == {RowState.GOOD: 2}
    assert rejected_rows(again, words, only=[2]).headers == file.headers


def test_rejected_rows_keep_the_type_of_their_cells() -> None:
    typed = table({F.TITLE: "2026", F.END: "2026-01-01", F.PLAN_TOTAL: "5.5"}, typed=(F.END, F.PLAN_TOTAL))
    outcome = check(typed, MAPPING, REFERENCE)
    assert isinstance(outcome, ImportPreview)
    cells = dict(zip((f := rejected_rows(outcome, words)).headers, f.rows[0], strict=True))
    assert (cells["title"], cells["end"], cells["plan_total"]) == ("2026", date(2026, 1, 1), Decimal("5.5"))


@given(st.lists(st.text(max_size=12), min_size=len(GOOD), max_size=len(GOOD)))
def test_any_text_is_read_or_named_and_never_crashes(cells: list[str]) -> None:
    any_row = replace(table({}), rows=(TableRow(number=2, cells=tuple(cells)),))
    outcome = check(any_row, MAPPING, REFERENCE)
    assert isinstance(outcome, ImportPreview)
    if not outcome.rows_in(RowState.CORRECT):
        assert isinstance(plan_import(outcome), ImportPlan)
    assert all(p.severity in Severity for row in outcome.rows for p in row.problems)
