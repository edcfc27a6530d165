"""The form of a change: every locked field, milestones, plan and baseline by month, the effect lines, and why."""

from collections import defaultdict
from typing import Any
from uuid import uuid4

from flask import render_template, request
from flask_babel import gettext as _

from domain.changes.proposal import proposal_text
from domain.changes.requesting import PlanNotLocked
from domain.lifecycle.editing import not_open
from domain.months import FiscalYear, Month
from domain.seal import written
from domain.value import EffectLine, Scenario
from web.formats import month as month_words
from web.instance.measures.fields import form_of
from web.instance.measures.grid import cell_name, plain_row, typed, year_sums
from web.instance.measures.proposing import CELLS, LINE_TEXTS, Draft
from web.instance.measures.taking import Taken, crumbs
from web.instance.measures.valuing import MARKS, around, default_year, line_note, month_head, years_of
from web.refusals import words_of

REFERENCES = (Scenario.PLAN, Scenario.BASELINE, Scenario.FORECAST, Scenario.ACTUAL)


def form_page(taken: Taken, draft: Draft, comment: str) -> str:
    """The form with what has been typed so far; nothing of it is kept anywhere else."""
    measure, governance = taken.measure, taken.governance
    year = _year(taken, draft)
    refusal = not_open(measure) or (None if measure.plan_version else PlanNotLocked(code=measure.code))
    proposal = draft.proposal
    return render_template(
        "web/instance/changes/new.html",
        measure=measure,
        crumbs=crumbs(taken, _("Change what is locked")),
        refused=words_of(refusal) if refusal else "",
        form=defaultdict(str, form_of(draft.after) | draft.texts),
        errors=_named(draft),
        comment=comment,
        offered=draft.offered,
        currency=governance.currency,
        milestones=_milestones(draft),
        year=year,
        years=_years(taken, draft, year),
        months=[month_head(month, governance.closed_through) for month in year.months],
        groups=[_group(line, draft, year) for line in draft.after.lines],
        lines=[_line(line, draft) for line in draft.after.lines],
        kinds=[(kind.key, kind.label) for kind in governance.template.effect_kinds],
        currencies=[(each, each) for each in sorted(governance.rates)],
        new_ids={"line": str(uuid4()), "milestone": str(uuid4())},
        proposal=proposal_text(proposal),
        version=measure.version,
        decimal_mark=governance.decimal_mark,
    )


def _year(taken: Taken, draft: Draft) -> FiscalYear:
    """The year that a button asked for, else the one the form showed, else the one with figures."""
    start = taken.governance.fiscal_year_start
    text = request.form.get("show") or request.form.get("year") or request.args.get("year", "")
    if text.isascii() and text.isdigit() and len(text) == 4 and 1990 <= int(text) <= 2100:
        return FiscalYear(Month(int(text), start))
    return default_year(taken.measure, start, Month.of(taken.hand.work.now().date()))


def _years(taken: Taken, draft: Draft, year: FiscalYear) -> list[FiscalYear]:
    known = years_of(draft.after.lines, taken.governance.fiscal_year_start, Month.of(taken.hand.work.now().date()))
    return list(around(sorted({*known, known[-1].next, year}), year))


def _named(draft: Draft) -> dict[str, str]:
    """Errors in the order of the form; those of a month of another year say which it is."""
    return {name: _where(draft, name) + words for name, words in draft.errors.items()}


def _where(draft: Draft, name: str) -> str:
    kind, _dot, rest = name.partition(".")
    if kind not in CELLS:
        return ""
    key, _dot, month = rest.partition(".")
    line = next((each.name for each in draft.after.lines if str(each.id) == key), "")
    return f"{line}, {month_words(month)}: "


def _milestones(draft: Draft) -> list[dict[str, Any]]:
    """Every milestone; what is done or waived stays as it is."""
    before = {each.id: each for each in draft.measure.milestones}
    rows = []
    for each in draft.after.milestones:
        name, was = f"m.{each.id}", before.get(each.id)
        rows.append(
            {
                "name": name,
                "title": draft.texts.get(f"{name}.title", each.title),
                "owner": each.owner,
                "due": draft.texts.get(f"{name}.due", written(each.due)),
                "is_settled": bool(each.done_on or each.waived_because),
                "is_new": was is None,
                "is_out": each.id in draft.gone,
                "was": was.due if was and was.due != each.due else None,
            }
        )
    return rows


def _line(line: EffectLine, draft: Draft) -> dict[str, Any]:
    is_new = all(each.id != line.id for each in draft.measure.lines)
    return {
        "name": f"l.{line.id}",
        "label": line.name,
        "texts": {part: draft.texts.get(f"l.{line.id}.{part}", getattr(line, part)) for part in LINE_TEXTS},
        "is_new": is_new,
        "is_out": line.id in draft.gone,
        "has_actuals": bool(line.series.get(Scenario.ACTUAL)),
    }


def _group(line: EffectLine, draft: Draft, year: FiscalYear) -> dict[str, Any]:
    """The row of inputs with the plan as it would be; below it the plan that holds, the forecast and the actuals."""
    before = next((each for each in draft.measure.lines if each.id == line.id), None)
    rows = [_entry(line, draft, year, Scenario.PLAN), _entry(line, draft, year, Scenario.BASELINE)]
    for scenario in REFERENCES:
        if before and before.series.get(scenario):
            row = plain_row(before, scenario, year)
            label = {Scenario.PLAN: _("Plan today"), Scenario.BASELINE: _("Baseline today")}.get(scenario, row["label"])
            rows.append(row | {"label": label})
    note = f"{line_note(line, draft.governance.template)}, {line.currency}"
    return {"label": line.name, "note": note, "rows": rows}


def _entry(line: EffectLine, draft: Draft, year: FiscalYear, scenario: Scenario) -> dict[str, Any]:
    series = line.series.get(scenario, {})
    cells = []
    for month in year.months:
        name = cell_name(line, month) if scenario is Scenario.PLAN else f"b.{line.id}.{month}"
        text = draft.texts.get(name, typed(series.get(month), draft.governance.decimal_mark))
        error = draft.errors.get(name, "")
        cells.append({"text": text} if line.id in draft.gone else {"text": text, "name": name, "error": error})
    word = _("New plan") if scenario is Scenario.PLAN else _("New baseline")
    return {
        "mark": MARKS[scenario],
        "label": word,
        "said": f"{line.name}, {word}",
        "cells": cells,
        "years": year_sums(line, scenario, year),
    }
