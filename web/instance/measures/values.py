"""Enter amounts by month: a grid for one scenario and one fiscal year, an even spread, the controller's word."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.ids import LineId
from domain.lifecycle import NegativeAmount, PlanLocked, ValueConfirmed
from domain.lifecycle.entries import ENTRY_CAPABILITIES
from domain.months import FiscalYear, Month
from domain.refusals import Refusal, Stale
from domain.seal import written
from domain.value import EffectLine, Scenario
from tenants.instance.actions.values import confirm_value, enter_amounts
from web.access import requires
from web.conflicts import OPENED, opened_values
from web.formats import month as month_words
from web.instance.measures import bp
from web.instance.measures.conflicts import conflict_page
from web.instance.measures.fields import read_amount
from web.instance.measures.grid import (
    Cells,
    Posted,
    cell_name,
    groups_of,
    obstacle,
    opened_cells,
    read_cells,
    shown_cell,
)
from web.instance.measures.offering import change_offer
from web.instance.measures.showing import page_of
from web.instance.measures.spreading import even, posted_months
from web.instance.measures.taking import Taken, crumbs, take
from web.instance.measures.valuing import around, default_year, line_of, month_head, scenario_word, years_of
from web.posted import seen
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
ENTERING = (C.ENTER_PLAN, C.ENTER_FORECAST, C.ENTER_ACTUALS)
Outcome = tuple[str, int] | Response


@bp.get("/<code>/values")
@requires(C.ENTER_FORECAST, or_named=True)
def values(code: str) -> str:
    taken = take(code, *ENTERING)
    return _page(taken, _scenario(taken, request.args.get("scenario", "")), _year(taken, request.args.get("year", "")))


@bp.post("/<code>/values")
@requires(C.ENTER_FORECAST, or_named=True)
def enter(code: str) -> Outcome:
    taken = take(code, *ENTERING)
    scenario = _scenario(taken, request.form.get("scenario", ""))
    year = _year(taken, request.form.get("year", ""))
    posted = read_cells(taken.measure, scenario, year, taken.governance)
    if posted.errors:
        return _page(taken, scenario, year, posted), 422
    outcome = enter_amounts(
        taken.hand.work, taken.measure.id, _grid(posted.changed, scenario), taken.hand.actor, seen()
    )
    if isinstance(outcome, Stale):
        return _conflict(code, scenario, year, posted), 409
    if isinstance(outcome, Refusal):
        return _page(taken, scenario, year, posted, _refused(taken.measure.lines, posted, outcome)), 422
    _tell(sum(len(each.amounts) for each in outcome), scenario)
    return see(url_for(".show", code=code, year=year.start.year) + "#value")


@bp.post("/<code>/spreads")
@requires(C.ENTER_FORECAST, or_named=True)
def spread(code: str) -> Outcome:
    """A total over months, the same in each; the last one takes the cents that are left."""
    taken = take(code, *ENTERING)
    scenario = _scenario(taken, request.form.get("scenario", ""))
    year = _year(taken, request.form.get("year", ""))
    line = _line(taken)
    errors: dict[str, str] = {}
    total = read_amount(request.form.get("total", ""), taken.governance)
    months = posted_months(errors)
    if isinstance(total, Refusal):
        errors["total"] = words_of(total)
    if errors or isinstance(total, Refusal):
        return _page(taken, scenario, year, errors=errors), 422
    grid = {(line.id, scenario): even(total, months)}
    outcome = enter_amounts(taken.hand.work, taken.measure.id, grid, taken.hand.actor, seen())
    if isinstance(outcome, Stale):
        said = _("The measure has changed since you opened it. Look at the months again, then spread.")
        return _page(take(code, *ENTERING), scenario, year, errors={"stale": said}), 409
    if isinstance(outcome, Refusal):
        return _page(taken, scenario, year, errors={"total": words_of(outcome)}), 422
    _tell(sum(len(each.amounts) for each in outcome), scenario)
    return see(url_for(".values", code=code, scenario=str(scenario), year=year.start.year))


@bp.post("/<code>/confirmation")
@requires(C.CONFIRM_VALUE, or_named=True)
def confirm(code: str) -> Outcome:
    taken = take(code)
    outcome = confirm_value(taken.hand.work, taken.measure.id, taken.hand.actor, seen())
    if isinstance(outcome, Stale):
        said = _("The measure has changed since you opened it. Look at the plan again, then confirm.")
        return page_of(code, said={"stale": said}), 409
    if not isinstance(outcome, ValueConfirmed):
        return page_of(code, said={"page": words_of(outcome)}), 422
    tell("ok", _("Size and timing are confirmed"))
    return see(url_for(".show", code=code))


def _typed_cells(scenario: Scenario, year: FiscalYear) -> list[tuple[str, str]]:
    """What was typed into the plan by somebody whose page was opened before the lock."""
    cells = [(name, text) for name, text in request.form.items() if name.startswith("c.")]
    return [*cells, ("year", str(year.start.year))] if cells and scenario is Scenario.PLAN else []


def _scenario(taken: Taken, text: str) -> Scenario:
    """The asked one where the reader may enter it; without one, the first in which something can be entered."""
    allowed = _allowed(taken)
    if text:
        return next((each for each in allowed if each == text), None) or abort(404)
    order = (Scenario.PLAN, Scenario.ACTUAL, Scenario.FORECAST, Scenario.BASELINE)
    ready = [each for each in order if each in allowed and obstacle(taken.measure, each) is None]
    return (ready or allowed)[0]


def _allowed(taken: Taken) -> list[Scenario]:
    return [each for each in Scenario if taken.can(ENTRY_CAPABILITIES[each])]


def _year(taken: Taken, text: str) -> FiscalYear:
    start = taken.governance.fiscal_year_start
    if text.isascii() and text.isdigit() and 1990 <= int(text[:4]) <= 2100:
        return FiscalYear(Month(int(text[:4]), start))
    return default_year(taken.measure, start, Month.of(taken.hand.work.now().date()))


def _line(taken: Taken) -> EffectLine:
    try:
        return line_of(taken.measure, UUID(request.form.get("line", ""))) or abort(404)
    except ValueError:
        abort(404)


def _grid(changed: Cells, scenario: Scenario) -> dict[tuple[LineId, Scenario], dict[Month, Decimal | None]]:
    grid: dict[tuple[LineId, Scenario], dict[Month, Decimal | None]] = defaultdict(dict)
    for (line, month), amount in changed.items():
        grid[(line, scenario)][month] = amount
    return grid


def _refused(lines: tuple[EffectLine, ...], posted: Posted, refusal: Refusal) -> dict[str, str]:
    """A refusal at its cells where it names months, else above the grid."""
    if isinstance(refusal, NegativeAmount):
        by_id = {line.id: line for line in lines}
        wrong = [key for key, amount in posted.changed.items() if (amount or 0) < 0]
        posted.errors.update({cell_name(by_id[line], month): words_of(refusal) for line, month in wrong[:1]})
        return {}
    return {"": words_of(refusal)}


def _tell(count: int, scenario: Scenario) -> None:
    if not count:
        tell("", _("Nothing was changed"))
        return
    words = ngettext("%(num)d month saved", "%(num)d months saved", count)
    tell("ok", f"{scenario_word(scenario)}: {words}")


def _conflict(code: str, scenario: Scenario, year: FiscalYear, posted: Posted) -> str:
    taken = take(code, *ENTERING)
    by_id = {line.id: line for line in taken.measure.lines}
    mine = {
        cell_name(by_id[line], month): written(value)
        for (line, month), value in posted.changed.items()
        if line in by_id
    }
    labels = {
        cell_name(line, month): f"{line.name}, {month_words(str(month))}"
        for line in taken.measure.lines
        for month in year.months
    }
    return conflict_page(
        taken,
        list(labels),
        opened_cells(taken.measure, scenario, year),
        mine,
        labels.__getitem__,
        shown_cell,
        action=url_for(".enter", code=code),
        drop_href=url_for(".values", code=code, scenario=str(scenario), year=year.start.year),
        kept=[("scenario", str(scenario)), ("year", str(year.start.year))],
    )


def _page(
    taken: Taken,
    scenario: Scenario,
    year: FiscalYear,
    posted: Posted | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    governance, today = taken.governance, taken.hand.work.now().date()
    refusal = obstacle(taken.measure, scenario)
    years = years_of(taken.measure.lines, governance.fiscal_year_start, Month.of(today))
    known = sorted({*years, years[-1].next, years[0].previous, year})
    opened = opened_cells(taken.measure, scenario, year) | opened_values(request.form)
    locked = governance.closed_through if scenario in (Scenario.FORECAST, Scenario.ACTUAL) else None
    groups = groups_of(taken.measure, scenario, year, governance, today, posted)
    inputs = {cell["name"] for group in groups for cell in group["rows"][0]["cells"] if cell.get("name")}
    return render_template(
        "web/instance/values/grid.html",
        measure=taken.measure,
        crumbs=crumbs(taken, _("Values")),
        scenario=str(scenario),
        word=scenario_word(scenario),
        scenarios=[(str(each), scenario_word(each)) for each in _allowed(taken)],
        year=year,
        years=around(known, year),
        months=[month_head(month, locked) for month in year.months],
        groups=groups,
        opened={OPENED + name: text for name, text in opened.items() if name in inputs},
        refused=words_of(refusal) if refusal else "",
        errors=defaultdict(str, errors or {}),
        cell_errors=posted.errors if posted else {},
        kept={name: request.form.get(name, "") for name in ("line", "total", "first", "last")},
        version=seen() if posted else taken.measure.version,
        decimal_mark=governance.decimal_mark,
        may_spread=refusal is None,
        offer=change_offer(taken, _typed_cells(scenario, year)) if isinstance(refusal, PlanLocked) else None,
    )
