"""Reading one row into values: names, people, dates and amounts, with every fault named at its field."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TypeVar

from domain.governance.template import EffectKind
from domain.imports.cells import read_amount, read_date, read_month
from domain.imports.fields import HIERARCHY, REFERENCES, TEXTS, Field
from domain.imports.index import Index
from domain.imports.preview import Amounts, RowValues
from domain.imports.problems import (
    ActualBeforeDecided,
    AmountsDisagree,
    BeforeFiscalYear,
    ControllerConflict,
    EndsBeforeStart,
    Missing,
    NoMilestone,
    NotAWordFor,
    OtherCurrency,
    Reason,
    StageNotImportable,
    TooManyMonths,
    ZeroPlan,
)
from domain.imports.reference import folded
from domain.imports.row import NAME_LIMIT, TEXT_LIMIT, MappedRow
from domain.months import Month
from domain.segregation import also_held
from domain.value import Recurrence, Sign

W = TypeVar("W")
MOST_MONTHS = 600
_CODE_LIMIT = 100
_RECURRENCES = {
    "recurring": Recurrence.RECURRING,
    "wiederkehrend": Recurrence.RECURRING,
    "laufend": Recurrence.RECURRING,
    "one-off": Recurrence.ONE_OFF,
    "one_off": Recurrence.ONE_OFF,
    "one off": Recurrence.ONE_OFF,
    "einmalig": Recurrence.ONE_OFF,
}
_SIGNS = {
    "benefit": Sign.BENEFIT,
    "saving": Sign.BENEFIT,
    "nutzen": Sign.BENEFIT,
    "einsparung": Sign.BENEFIT,
    "cost": Sign.COST,
    "kosten": Sign.COST,
}


def read_row(row: MappedRow, index: Index) -> RowValues:
    """Every field of the row, then what the fields say about each other. A ragged row is not read at all."""
    if row.is_ragged:
        return RowValues()
    values = _named(row, index)
    values = _peopled(row, index, values)
    values = _dated(row, index, values)
    return _valued(row, index, values)


def _named(row: MappedRow, index: Index) -> RowValues:
    names = [row.text(field) for field in HIERARCHY]
    path = tuple(names[: names.index("")] if "" in names else names)
    description, effect = (row.text(field, TEXT_LIMIT) for field in TEXTS)
    stage = row.text(Field.STAGE)
    if stage and folded(stage) not in index.first_stage_words:
        row.fault(Field.STAGE, StageNotImportable(first=index.first_stage))
    title = " ".join(row.text(Field.TITLE, NAME_LIMIT).split())
    return RowValues(
        path=index.place(path),
        title=title,
        code=row.text(Field.CODE, _CODE_LIMIT),
        description=description,
        expected_effect=effect,
    )


def _peopled(row: MappedRow, index: Index, values: RowValues) -> RowValues:
    owner, sponsor, controller = (row.read(f, index.person) for f in (Field.OWNER, Field.SPONSOR, Field.CONTROLLER))
    if controller and (word := also_held(controller, owner, sponsor)):
        row.fault(Field.CONTROLLER, ControllerConflict(role=Field(word)))
    unit, function, entity, forum = (row.read(f, partial(index.choice, f)) for f in REFERENCES)
    return replace(
        values,
        owner=owner,
        sponsor=sponsor,
        controller=controller,
        business_unit=unit,
        function=function,
        legal_entity=entity,
        forum=forum,
    )


def _dated(row: MappedRow, index: Index, values: RowValues) -> RowValues:
    read = partial(read_date, order=row.mapping.date_order)
    start, end = row.read(Field.START, read), row.read(Field.END, read)
    due, forecast = row.read(Field.DUE, read), row.read(Field.DUE_FORECAST, read)
    if not row.mapping.fills(Field.DUE) and row.mapping.fills(Field.DUE_FORECAST):
        due = end
    for field, day in ((Field.END, end), (Field.DUE, due), (Field.DUE_FORECAST, forecast)):
        if start and day and day < start and row.mapping.fills(field):
            row.fault(field, EndsBeforeStart(start=start, end=day))
    _ask_for_other_end(row, start, end)
    if row.mapping.fills(Field.DUE) and not row.written(Field.DUE) and end:
        if forecast:
            row.fault(Field.DUE, Missing())
        else:
            row.look(Field.DUE, NoMilestone())
    if start and start < index.reference.fiscal_year_start:
        row.look(Field.START, BeforeFiscalYear(begins=index.reference.fiscal_year_start))
    return replace(values, start=start, end=end, due=due, due_forecast=forecast)


def _ask_for_other_end(row: MappedRow, start: date | None, end: date | None) -> None:
    """A measure that has one of start and end must have both; where they are required this has been said already."""
    for field, day, other in ((Field.END, end, start), (Field.START, start, end)):
        if other and not day and not row.written(field) and not row.mapping.needs(field):
            row.fault(field, Missing())


def _valued(row: MappedRow, index: Index, values: RowValues) -> RowValues:
    amounts = _amounts(row)
    if amounts == Amounts():
        return values
    kind: EffectKind | None = row.read(Field.KIND, partial(index.choice, Field.KIND))
    recurrence = row.read(Field.RECURRENCE, partial(_word, _RECURRENCES))
    sign = row.read(Field.SIGN, partial(_word, _SIGNS))
    if not row.written(Field.KIND):
        row.fault(Field.KIND, Missing())
    currency = row.text(Field.CURRENCY)
    if currency and currency.upper() != index.reference.currency:
        row.fault(Field.CURRENCY, OtherCurrency(currency=index.reference.currency))
    values = _ranged(row, values)
    return replace(
        values,
        kind=kind,
        recurrence=recurrence or (kind.recurrence if kind else None),
        sign=sign or (kind.sign if kind else None),
        amounts=_with_plan_total(row, amounts, values),
    )


def _amounts(row: MappedRow) -> Amounts:
    def amount(field: Field) -> Decimal | None:
        mapping = row.mapping
        typed = row.is_typed(field)
        return row.read(
            field, partial(read_amount, mark=mapping.decimal_mark, multiplier=mapping.multiplier, typed=typed)
        )

    amounts = Amounts(
        plan=amount(Field.PLAN_TOTAL),
        plan_per_month=amount(Field.PLAN_PER_MONTH),
        forecast=amount(Field.FORECAST_TOTAL),
        actual=amount(Field.ACTUAL_TOTAL),
        baseline=amount(Field.BASELINE_TOTAL),
    )
    if amounts.plan == 0:
        row.look(Field.PLAN_TOTAL, ZeroPlan())
    if amounts.actual is not None:
        row.look(Field.ACTUAL_TOTAL, ActualBeforeDecided())
    return amounts


def _ranged(row: MappedRow, values: RowValues) -> RowValues:
    """The months of the effect: as stated, else those of start and end; the forecast runs to the forecast end."""
    read = partial(read_month, order=row.mapping.date_order)
    stated_first, stated_last = row.read(Field.FIRST_MONTH, read), row.read(Field.LAST_MONTH, read)
    first = stated_first or _month(values.start)
    last = stated_last or _month(values.end)
    forecast_last = stated_last or _month(values.due_forecast) or last
    for field, month, alternative in ((Field.START, first, Field.FIRST_MONTH), (Field.END, last, Field.LAST_MONTH)):
        said = any(p.field in (field, alternative) for p in row.problems)
        if month is None and not said:
            row.fault(field, Missing())
    if first and last and last < first and (stated_first or stated_last):
        stated = Field.LAST_MONTH if stated_last else Field.FIRST_MONTH
        row.fault(stated, EndsBeforeStart(start=first.first, end=last.last))
    if first and forecast_last:
        forecast_last = max(first, forecast_last)
    longest = max((first.months_until(m) + 1 for m in (last, forecast_last) if first and m), default=0)
    if longest > MOST_MONTHS:
        row.fault(Field.END, TooManyMonths(months=longest, limit=MOST_MONTHS))
    return replace(values, first_month=first, last_month=last, forecast_last_month=forecast_last)


def _month(day: date | None) -> Month | None:
    return Month.of(day) if day else None


def _with_plan_total(row: MappedRow, amounts: Amounts, values: RowValues) -> Amounts:
    """The plan as a total, whichever way it is stated; both ways must agree."""
    first, last = values.first_month, values.last_month
    if amounts.plan_per_month is None or not first or not last or last < first:
        return amounts
    months = first.months_until(last) + 1
    total = amounts.plan_per_month * months
    if amounts.plan is not None and amounts.plan != total:
        row.fault(
            Field.PLAN_PER_MONTH, AmountsDisagree(total=amounts.plan, per_month=amounts.plan_per_month, months=months)
        )
    return replace(amounts, plan=total)


def _word(words: dict[str, W], text: str) -> W | Reason:
    return words.get(folded(text)) or NotAWordFor(words=tuple(words))
