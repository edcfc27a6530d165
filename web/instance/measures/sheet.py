"""The list of measures as one sheet of a workbook: every amount to the cent, every status in words."""

from collections.abc import Sequence

from flask_babel import gettext as _

from domain.governance.template import GovernanceTemplate
from tenants.instance.queries.measures import MeasureLine
from tenants.instance.spreadsheets import Sheet
from web.instance.measures.filters import state_words, status_words


def sheet_of(lines: Sequence[MeasureLine], template: GovernanceTemplate, year: str) -> Sheet:
    """One row a measure, in the order of the list."""
    states, statuses = state_words(), status_words()
    rows = [
        (
            line.code,
            line.title,
            template.stages[line.stage].label,
            states[line.state],
            statuses[line.implementation],
            statuses[line.potential],
            line.days_late,
            line.owner,
            line.function,
            line.start,
            line.end,
            line.sums.plan_year,
            line.sums.forecast_year,
            line.sums.actual_year,
            line.sums.plan_full_year,
            line.sums.forecast_full_year,
            line.sums.gap_full_year,
            line.sums.one_off_plan,
            line.sums.one_off_forecast,
            line.sums.one_off_actual,
            line.updated_at,
        )
        for line in lines
    ]
    return Sheet(name=_("Measures"), headers=headers(year), rows=rows)


def headers(year: str) -> tuple[str, ...]:
    return (
        _("Code"),
        _("Title"),
        _("Stage"),
        _("State"),
        _("Implementation Status"),
        _("Potential Status"),
        _("Days late"),
        _("Owner"),
        _("Function"),
        _("Start"),
        _("End"),
        _("Plan %(year)s", year=year),
        _("Forecast %(year)s", year=year),
        _("Actual %(year)s", year=year),
        _("Plan, full year"),
        _("Forecast, full year"),
        _("Gap, full year"),
        _("One-off cost, plan"),
        _("One-off cost, forecast"),
        _("One-off cost, actual"),
        _("Updated"),
    )
