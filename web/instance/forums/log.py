"""The decision log: filtered, sorted and paged by its address; the same rows as a spreadsheet."""

from io import BytesIO

from flask import make_response, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.forums import sees_all
from tenants.instance.queries.decisions import PAGE, DecisionPage, all_decisions, list_decisions
from tenants.instance.queries.forums import ForumSummary, list_forums
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.meetings import list_open_actions
from tenants.instance.spreadsheets import write_xlsx
from web.access import requires
from web.hands import hand
from web.instance.forums import bp
from web.instance.forums.logfilter import LogFilter, chips, kind_choices, outcome_words, read_filter
from web.instance.forums.logsheet import actions_sheet, decisions_sheet
from web.instance.forums.taking import crumbs, sight
from web.presenting import title_of

C = Capability
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/decisions")
@requires(C.VIEW_FORUMS, or_named=True)
def decisions() -> Response:
    here = hand()
    forums = list_forums(here.work, sight(), here.actor)
    found = read_filter(request.args, url_for(".decisions"), forums)
    governance = get_governance(here.work)
    page = list_decisions(here.work, sight(), _whole(forums), found.wanted, found.sort, found.page)
    partial = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
    answer = make_response(
        render_template(
            "web/instance/forums/_log.html" if partial else "web/instance/forums/log.html",
            page=page,
            found=found,
            chips=chips(found, forums, governance.template),
            forums=[(each.forum.id, each.forum.name) for each in forums],
            kinds=kind_choices(governance.template),
            outcomes=[(str(state), words) for state, words in outcome_words().items()],
            words=outcome_words(),
            links=_links(page, found),
            first=(page.page - 1) * PAGE + 1 if page.total else 0,
            template=governance.template,
            title_of=title_of,
            crumbs=crumbs((_("Decision log"), None)),
            may_export=here.actor.can_anywhere(C.EXPORT),
            now=here.work.now(),
        )
    )
    if partial:
        answer.headers["HX-Push-Url"] = found.address(page=found.page if found.page > 1 else "")
    return answer


@bp.get("/decisions/export")
@requires(C.EXPORT)
def export_decisions() -> Response:
    """All that the filter lets through, and what is still to be done after meetings, as XLSX."""
    here = hand()
    forums = list_forums(here.work, sight(), here.actor)
    found = read_filter(request.args, url_for(".decisions"), forums)
    governance = get_governance(here.work)
    lines = all_decisions(here.work, sight(), _whole(forums), found.wanted, found.sort)
    actions = list_open_actions(here.work, here.actor, [each.forum for each in forums])
    when = f"{here.work.now():%Y-%m-%d %H:%M} UTC"
    note = [
        _("%(client)s: decision log as of %(when)s", client=governance.name, when=when),
        *(f"{chip.field} {chip.value}" for chip in chips(found, forums, governance.template)),
    ]
    today = here.work.now().date()
    body = write_xlsx([decisions_sheet(lines, governance.template), actions_sheet(actions, today)], note)
    return send_file(BytesIO(body), XLSX, as_attachment=True, download_name=f"decisions-{today.isoformat()}.xlsx")


def _whole(forums: tuple[ForumSummary, ...]) -> list:  # type: ignore[type-arg]
    """The forums of which the reader sees everything."""
    return [each.forum.id for each in forums if sees_all(each.forum, hand().actor)]


def _links(page: DecisionPage, found: LogFilter) -> list[tuple[int | str, str, bool]]:
    """The first, the last and the pages around this one."""
    shown = sorted({1, page.pages, *range(max(1, page.page - 2), min(page.pages, page.page + 2) + 1)})
    links: list[tuple[int | str, str, bool]] = []
    for before, number in zip([0, *shown], shown, strict=False):
        if number > before + 1:
            links.append(("…", "", False))
        links.append((number, found.address(page=number), number == page.page))
    return links
