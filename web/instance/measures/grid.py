"""The months of one scenario as a grid of cells: shown, read from the posted form, compared with what was opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request

from domain.ids import LineId
from domain.lifecycle import ActualsNotOpen, PlanLocked
from domain.lifecycle.editing import not_open
from domain.lifecycle.entries import LOCKED_SCENARIOS
from domain.measures import Measure
from domain.months import FiscalYear, Month
from domain.refusals import Refusal
from domain.seal import written
from domain.stages import Stage
from domain.value import EffectLine, Scenario
from tenants.instance.queries.governance import Governance
from web.conflicts import kept_theirs, opened_values
from web.formats import cents, money
from web.instance.measures.fields import read_amount
from web.instance.measures.valuing import MARKS, scenario_word
from web.refusals import words_of

Cells = dict[tuple[LineId, Month], Decimal | None]
REFERENCES = {Scenario.FORECAST: (Scenario.PLAN,), Scenario.ACTUAL: (Scenario.PLAN, Scenario.FORECAST)}


@dataclass(frozen=True, kw_only=True)
class Posted:
    """The cells that the reader changed, the text of all of them, and what is wrong with some, by cell name."""

    changed: Cells
    texts: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)


def cell_name(line: EffectLine, month: Month) -> str:
    return f"c.{line.id}.{month}"


def obstacle(measure: Measure, scenario: Scenario) -> Refusal | None:
    """Why nothing can be entered in a scenario now."""
    if refusal := not_open(measure):
        return refusal
    if scenario in LOCKED_SCENARIOS and measure.plan_version:
        return PlanLocked(fields=(str(scenario),))
    if scenario is Scenario.ACTUAL and measure.stage < Stage.DECIDED:
        return ActualsNotOpen(stage=measure.stage)
    return None


def is_enterable(scenario: Scenario, month: Month, closed: Month | None, today: date) -> bool:
    """Closed months are read-only for forecast and actual; an actual also needs a month that has begun."""
    if scenario in LOCKED_SCENARIOS:
        return True
    if closed is not None and month <= closed:
        return False
    return scenario is not Scenario.ACTUAL or month <= Month.of(today)


def opened_cells(measure: Measure, scenario: Scenario, year: FiscalYear) -> dict[str, str]:
    """The amounts as canonical text, by cell name."""
    return {
        cell_name(line, month): written(line.series.get(scenario, {}).get(month))
        for line in measure.lines
        for month in year.months
    }


def read_cells(measure: Measure, scenario: Scenario, year: FiscalYear, governance: Governance) -> Posted:
    """Strictly, cell by cell; an empty cell clears its month."""
    opened = opened_cells(measure, scenario, year) | opened_values(request.form)
    theirs = kept_theirs(request.form)
    changed: Cells = {}
    texts, errors = {}, {}
    for line in measure.lines:
        for month in year.months:
            name = cell_name(line, month)
            if name not in request.form or name in theirs:
                continue
            texts[name] = request.form[name].strip()
            value = read_amount(texts[name], governance) if texts[name] else None
            if isinstance(value, Refusal):
                errors[name] = words_of(value)
            elif written(value) != opened[name]:
                changed[(line.id, month)] = value
    return Posted(changed=changed, texts=texts, errors=errors)


def typed(value: Decimal | None, decimal_mark: str) -> str:
    """An amount as one would type it: no groups, cents only where there are any."""
    if value is None:
        return ""
    text = f"{value:.2f}".removesuffix(".00")
    return text.replace(".", decimal_mark)


def groups_of(
    measure: Measure, scenario: Scenario, year: FiscalYear, governance: Governance, today: date, posted: Posted | None
) -> list[dict[str, Any]]:
    """One group a line: the row of inputs, below it what it is compared with."""
    closed = governance.closed_through
    locked = obstacle(measure, scenario) is not None
    groups = []
    for line in measure.lines:
        row = _entry_row(
            line,
            scenario,
            year,
            governance,
            posted,
            [not locked and is_enterable(scenario, month, closed, today) for month in year.months],
        )
        others = [plain_row(line, each, year) for each in REFERENCES.get(scenario, ())]
        groups.append({"label": line.name, "note": line.currency, "rows": [row, *others]})
    return groups


def _entry_row(
    line: EffectLine,
    scenario: Scenario,
    year: FiscalYear,
    governance: Governance,
    posted: Posted | None,
    enterable: list[bool],
) -> dict[str, Any]:
    series = line.series.get(scenario, {})
    cells = []
    for month, is_input in zip(year.months, enterable, strict=True):
        name, value = cell_name(line, month), series.get(month)
        if not is_input:
            cells.append({"text": money(value) if value is not None else "", "off": not value})
            continue
        text = posted.texts.get(name) if posted else None
        shown = typed(value, governance.decimal_mark) if text is None else text
        error = posted.errors.get(name, "") if posted else ""
        cells.append({"text": shown, "name": name, "error": error})
    word = scenario_word(scenario)
    return {
        "mark": MARKS[scenario],
        "label": word,
        "said": f"{line.name}, {word}",
        "cells": cells,
        "years": year_sums(line, scenario, year),
    }


def plain_row(line: EffectLine, scenario: Scenario, year: FiscalYear) -> dict[str, Any]:
    """A row that only shows a series."""
    series = line.series.get(scenario, {})
    cells = [{"text": money(series[m]) if m in series else "", "off": not series.get(m)} for m in year.months]
    return {
        "mark": MARKS[scenario],
        "label": scenario_word(scenario),
        "cells": cells,
        "years": year_sums(line, scenario, year),
    }


def year_sums(line: EffectLine, scenario: Scenario, year: FiscalYear) -> list[str]:
    """The one column behind the months."""
    inside = [value for month, value in line.series.get(scenario, {}).items() if month in year]
    return [money(sum(inside, Decimal(0))) if inside else ""]


def shown_cell(_name: str, text: str) -> str:
    return cents(Decimal(text)) if text else "–"
