"""Reports of a client: ask for one, watch it being made, open it."""

from io import BytesIO
from uuid import UUID

from flask import Blueprint, abort, make_response, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability, Scope
from domain.refusals import Refusal
from domain.reporting.lists import whole_lists
from tenants.instance.actions.reports import ORDER_PACK, PACKS, STEERING_PACK, ask_report
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.hierarchy import list_nodes
from tenants.instance.queries.reports import get_report, get_report_data, get_report_file, list_reports
from tenants.instance.spreadsheets import Sheet, write_xlsx
from tenants.jobs import queue_state
from web.access import requires
from web.formats import moment
from web.hands import hand
from web.refusals import words_of
from web.responses import see

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
bp = Blueprint("reports", __name__, url_prefix="/reports")
# A browser shows a PDF in a page of its own making: it needs its own style and the document as an object, no more.
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


@bp.get("")
@requires(Capability.VIEW_REPORTS)
def index() -> str:
    """Every report in the reader's scope, and the form to ask for another one."""
    return _page(request.args.get("node", ""), {})


@bp.post("")
@requires(Capability.CREATE_REPORT)
def ask() -> Response | tuple[str, int]:
    """Ask for the steering committee report of a node. The same form twice is one report."""
    here = hand()
    node, key = _id(request.form.get("node", "")), _id(request.form.get("form_key", ""))
    offered = {each.id for each in list_nodes(here.work, _scope(Capability.CREATE_REPORT))}
    if node not in offered or node is None:
        return _page("", {"node": _("Choose what the report is about.")}), 422
    outcome = ask_report(here.work, here.actor, node, key or here.work.new_id())
    if isinstance(outcome, Refusal):
        return _page(str(node), {"node": words_of(outcome)}), 422
    return see(url_for(".show", report=outcome))


@bp.post("/orders")
@requires(Capability.CREATE_REPORT)
def ask_orders() -> Response | tuple[str, int]:
    """Ask for the order governance report of the whole instance."""
    here = hand()
    key = _id(request.form.get("form_key", "")) or here.work.new_id()
    organization = get_governance(here.work).organization
    outcome = ask_report(here.work, here.actor, organization, key, ORDER_PACK)
    if isinstance(outcome, Refusal):
        return _page("", {"orders": words_of(outcome)}), 422
    return see(url_for(".show", report=outcome))


@bp.get("/<uuid:report>")
@requires(Capability.VIEW_REPORTS)
def show(report: UUID) -> str:
    """One report: how far it is, or what became of it. Asked for by htmx, only that part."""
    here = hand()
    line = get_report(here.work, _scope(Capability.VIEW_REPORTS), report)
    fragment = bool(request.headers.get("HX-Request"))
    return render_template(
        "web/instance/reports/_state.html" if fragment else "web/instance/reports/show.html",
        report=line,
        queue=queue_state(here.settings.redis_url) if line.is_under_way else None,
        may_ask=here.actor.can_anywhere(Capability.CREATE_REPORT),
        form_key=here.work.new_id(),
        now=here.work.now(),
    )


@bp.get("/<uuid:report>/file")
@requires(Capability.VIEW_REPORTS)
def file(report: UUID) -> Response:
    """The PDF, in the browser, or with ?download=1 as a file."""
    found = get_report_file(hand().work, _scope(Capability.VIEW_REPORTS), report)
    answer = make_response(
        send_file(
            BytesIO(found.content),
            mimetype="application/pdf",
            as_attachment=request.args.get("download") == "1",
            download_name=found.filename,
        )
    )
    answer.headers["Content-Security-Policy"] = PDF_POLICY
    return answer


@bp.get("/<uuid:report>/lists.xlsx")
@requires(Capability.VIEW_REPORTS)
def lists(report: UUID) -> Response:
    """The whole lists that the pages of the report cut, from the same frozen data."""
    here = hand()
    if get_report(here.work, _scope(Capability.VIEW_REPORTS), report).kind == ORDER_PACK:
        abort(404)
    pack = get_report_data(here.work, _scope(Capability.VIEW_REPORTS), report)
    sheets = [Sheet(name=each.name, headers=each.headers, rows=each.rows) for each in whole_lists(pack)]
    note = (
        _(
            "%(client)s, %(part)s. Figures as of %(when)s.",
            client=pack.meta.client,
            part=pack.meta.programme,
            when=moment(pack.meta.as_of),
        ),
        _(
            "Amounts in %(currency)s, to the cent. Event %(n)s of the trail, head %(head)s.",
            currency=pack.meta.currency,
            n=pack.meta.head_sequence,
            head=pack.meta.head_hash,
        ),
    )
    name = f"{pack.meta.client} {pack.meta.as_of:%Y-%m-%d} lists.xlsx".replace("/", "-")
    return send_file(BytesIO(write_xlsx(sheets, note)), mimetype=XLSX, as_attachment=True, download_name=name)


def _page(node: str, errors: dict[str, str]) -> str:
    here = hand()
    governance = get_governance(here.work)
    steering = governance.template.report_pack(PACKS[STEERING_PACK])
    nodes = list_nodes(here.work, _scope(Capability.CREATE_REPORT)) if steering else ()
    names = {each.path: each.name for each in nodes}
    return render_template(
        "web/instance/reports/index.html",
        reports=list_reports(here.work, _scope(Capability.VIEW_REPORTS), request.args.get("page", 1, type=int)),
        nodes=[
            (str(each.id), _placed(each.name, names.get(each.path.removesuffix(f"{each.id}/"), ""))) for each in nodes
        ],
        node=node,
        errors=errors,
        may_ask=bool(nodes),
        queue=queue_state(here.settings.redis_url),
        form_key=here.work.new_id(),
        governance=governance,
        may_ask_orders=_may_ask_orders(governance),
        now=here.work.now(),
    )


def _may_ask_orders(governance: Governance) -> bool:
    actor, whole = hand().actor, f"/{governance.organization}/"
    is_offered = governance.template.orders is not None and governance.template.report_pack(PACKS[ORDER_PACK])
    return (
        bool(is_offered)
        and actor.can(Capability.CREATE_REPORT, whole)
        and actor.orders(Capability.VIEW_ORDERS).everything
    )


def _placed(name: str, above: str) -> str:
    return f"{above} / {name}" if above else name


def _scope(capability: Capability) -> Scope:
    return hand().actor.scope_for(capability)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
