"""The comparison of engagements: where value leaks, where decisions wait. Figures only, from the platform alone."""

from flask import Blueprint, Response, render_template, request

from domain.access import Capability
from tenants.instance.spreadsheets import Sheet, write_xlsx
from tenants.platform.queries.comparison import Comparison, compare_engagements
from web.access import requires
from web.firm.comparing import finding, groups_of, years_of
from web.firm.sorting import COLUMNS, sorting_of
from web.hands import hand

bp = Blueprint("comparison", __name__, url_prefix="/comparison")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("")
@requires(Capability.COMPARE_ENGAGEMENTS)
def index() -> str:
    """All engagements side by side, a group for each currency."""
    compared = _compare()
    sorting = sorting_of(request.args)
    return render_template(
        "web/firm/comparison.html",
        title=finding(compared),
        comparison=compared,
        groups=groups_of(compared, sorting, hand().platform.now().date()),
        years=years_of(compared, sorting),
        sorting=sorting,
        columns=COLUMNS,
        may_onboard=hand().firm_actor.can(Capability.ONBOARD_CLIENT),
    )


@bp.get("/export")
@requires(Capability.COMPARE_ENGAGEMENTS)
def export() -> Response:
    """The same rows as a workbook, to the cent."""
    compared = _compare()
    headers = (
        "Engagement", "Template", "Manager", "Since", "As of (UTC)", "Currency", "Measures", "Plan full year",
        "Forecast full year", "Leakage %", "Plan to date", "Actual to date", "Realisation %", "Days to decide (median)",
        "Waiting", "Overdue", "Waiting a week",
    )  # fmt: skip
    content = write_xlsx([Sheet(name="Comparison", headers=headers, rows=list(_lines(compared)))])
    response = Response(content, mimetype=XLSX)
    response.headers["Content-Disposition"] = 'attachment; filename="comparison.xlsx"'
    return response


def _compare() -> Comparison:
    return compare_engagements(hand().platform, hand().firm_actor.firm, hand().person.id)


def _lines(compared: Comparison):  # type: ignore[no-untyped-def]
    for row in compared.rows:
        one, figures = row.engagement, row.figures
        yield (
            one.name,
            f"{one.template_name}, v{one.template_number}",
            one.manager,
            one.since.date(),
            figures.as_of,
            figures.currency,
            figures.measures,
            figures.plan_full_year,
            figures.forecast_full_year,
            figures.leakage_percent,
            figures.plan_to_date,
            figures.actual_to_date,
            figures.realisation_percent,
            figures.median_days_to_decide,
            figures.waiting,
            figures.overdue,
            figures.waiting_cost_week,
        )
