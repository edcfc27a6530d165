"""The list of measures: filtered, sorted and paged by its address; the same rows as a spreadsheet."""

from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from flask import make_response, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.hierarchy import NodeName, list_places, paths_above
from tenants.instance.queries.measures import (
    PAGE,
    MeasurePage,
    all_measures,
    get_filter_choices,
    list_measures,
)
from tenants.instance.spreadsheets import write_xlsx
from web.access import requires
from web.formats import scale_of
from web.hands import hand
from web.instance.measures import bp
from web.instance.measures.filters import Filter, chips, chosen_nodes, read_filter, state_words, status_words
from web.instance.measures.sheet import sheet_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, kw_only=True)
class Paging:
    """Links to the pages around this one; an empty address is a gap."""

    first: int
    last: int
    pages: list[tuple[int | str, str, bool]]
    previous: str
    next: str


@bp.get("")
@requires(Capability.VIEW_MEASURES, or_named=True)
def index() -> Response:
    here = hand()
    scope = here.actor.scope_for(Capability.VIEW_MEASURES)
    governance = get_governance(here.work)
    nodes = list_places(here.work, scope, chosen_nodes(request.args))
    found = read_filter(request.args, url_for(".index"), nodes)
    choices = get_filter_choices(here.work, scope)
    page = list_measures(here.work, scope, found.wanted, found.sort, found.page)
    partial = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
    answer = make_response(
        render_template(
            "web/instance/measures/_list.html" if partial else "web/instance/measures/index.html",
            page=page,
            found=found,
            chips=chips(found, choices, nodes, governance.template),
            choices=choices,
            nodes=in_order(nodes),
            paging=paging(page, found),
            governance=governance,
            year=governance.year_of(here.work.now().date()),
            scale=scale_of(amounts(page)),
            now=here.work.now(),
            stages=[(stage.name.lower(), rule.label) for stage, rule in governance.template.stages.items()],
            states=[(str(state), word) for state, word in state_words().items()],
            statuses=[(str(status), word) for status, word in status_words().items()],
            may_turn=here.actor.can_anywhere(Capability.HOLD_MEASURE),
            may_create=here.actor.can_anywhere(Capability.CREATE_MEASURE),
            may_import=here.actor.can_anywhere(Capability.IMPORT),
            may_export=here.actor.can_anywhere(Capability.EXPORT),
        )
    )
    if partial:
        answer.headers["HX-Push-Url"] = found.address(page=found.page if found.page > 1 else "")
    return answer


@bp.get("/export")
@requires(Capability.EXPORT)
def export() -> Response:
    """All that the filter lets through, to the cent, as XLSX."""
    here = hand()
    scope = here.actor.scope_for(Capability.VIEW_MEASURES)
    governance = get_governance(here.work)
    nodes = list_places(here.work, scope, chosen_nodes(request.args))
    found = read_filter(request.args, url_for(".index"), nodes)
    lines = all_measures(here.work, scope, found.wanted, found.sort)
    year = governance.year_of(here.work.now().date()).label
    named = chips(found, get_filter_choices(here.work, scope), nodes, governance.template)
    note = [
        _("%(client)s: measures as of %(when)s", client=governance.name, when=f"{here.work.now():%Y-%m-%d %H:%M} UTC"),
        _("Amounts in %(currency)s", currency=governance.currency),
        *(f"{chip.field} {chip.value}" for chip in named),
    ]
    body = write_xlsx([sheet_of(lines, governance.template, year)], note)
    day = here.work.now().date().isoformat()
    return send_file(BytesIO(body), XLSX, as_attachment=True, download_name=f"measures-{day}.xlsx")


def amounts(page: MeasurePage) -> list:  # type: ignore[type-arg]
    """The amounts that decide in which scale the table reads best."""
    names = ("plan_year", "forecast_year", "plan_full_year", "forecast_full_year", "one_off_plan", "one_off_forecast")
    return [getattr(line.sums, name) for line in page.lines for name in names]


def paging(page: MeasurePage, found: Filter) -> Paging:
    """The first, the last and the pages around this one."""
    shown = sorted({1, page.pages, *range(max(1, page.page - 2), min(page.pages, page.page + 2) + 1)})
    pages: list[tuple[int | str, str, bool]] = []
    for before, number in zip([0, *shown], shown, strict=False):
        if number > before + 1:
            pages.append(("…", "", False))
        pages.append((number, found.address(page=number), number == page.page))
    start = (page.page - 1) * PAGE
    return Paging(
        first=start + 1 if page.total else 0,
        last=start + len(page.lines),
        pages=pages,
        previous=found.address(page=page.page - 1) if page.page > 1 else "",
        next=found.address(page=page.page + 1) if page.page < page.pages else "",
    )


def in_order(nodes: tuple[NodeName, ...]) -> list[tuple[UUID, str]]:
    """Nodes to choose from, parents first, indented."""
    names = {node.path: node.name for node in nodes}
    above = {node.path: [path for path in paths_above(node.path) if path in names] for node in nodes}
    kept = sorted(nodes, key=lambda node: [(names[path].lower(), path) for path in above[node.path]])
    return [(node.id, "\N{NO-BREAK SPACE}" * 3 * (len(above[node.path]) - 1) + node.name) for node in kept]
