"""The audit trail of a client: read it, filter it, take it along, and have it verified."""

import json
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from uuid import UUID

from flask import Blueprint, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability, Scope
from tenants.instance.queries.people import list_names
from tenants.instance.queries.trail import TrailEvent, TrailFilter, events, events_for_export
from tenants.instance.queries.verdicts import get_trail_state
from tenants.instance.queries.verification import Verdict, verify_instance
from tenants.instance.spreadsheets import Sheet, write_xlsx
from web.access import requires
from web.hands import hand
from web.responses import see
from web.shell import tell

bp = Blueprint("audit", __name__, url_prefix="/audit")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIELDS = ("q", "person", "kind", "refusals", "since", "until", "subject")
HEADERS = (
    *("Event", "At (UTC)", "Who", "On behalf of", "What", "Refused", "About", "Name", "Reason"),
    *("Recorded data (JSON)", "Hash (first 8)"),
)


@bp.get("")
@requires(Capability.VIEW_AUDIT)
def index() -> tuple[str, int]:
    """A page of the trail, from the event before ?before= down."""
    wanted, errors = _wanted(request.args)
    return _page(wanted, errors), 422 if errors else 200


@bp.get("/export.xlsx")
@requires(Capability.VIEW_AUDIT)
def export() -> Response:
    """What the filter lets through, as a workbook."""
    here = hand()
    wanted, _errors = _wanted(request.args)
    rows = [_row(event) for event in events_for_export(here.work, _scope(), wanted)]
    note = [
        f"Audit trail of {here.instance.name if here.instance else ''}, taken {here.work.now():%Y-%m-%d %H:%M} UTC",
        "Each event carries the hash of the one before it; verify the chain on the Audit page.",
    ]
    book = write_xlsx([Sheet(name="Audit trail", headers=HEADERS, rows=rows)], note)
    name = f"audit-{here.instance.slug if here.instance else ''}-{here.work.now():%Y-%m-%d}.xlsx"
    return send_file(BytesIO(book), mimetype=XLSX, as_attachment=True, download_name=name)


@bp.post("/verifications")
@requires(Capability.VERIFY_AUDIT)
def verify() -> Response | str:
    """Check the whole chain and the heads published of it. Faults are shown with the answer, each by name."""
    here = hand()
    assert here.instance is not None
    verdict = verify_instance(here.settings, here.platform, here.instance)
    if verdict.faults:
        return _page(TrailFilter(), {}, verdict)
    tell("ok", _("The trail is intact"), verdict.summary)
    return see(url_for(".index"))


def _page(wanted: TrailFilter, errors: dict[str, str], verdict: Verdict | None = None) -> str:
    here = hand()
    assert here.instance is not None
    before = request.args.get("before", type=int)
    typed = {name: request.args.get(name, "") for name in FIELDS}
    return render_template(
        "web/instance/audit/index.html",
        trail=events(here.work, _scope(), wanted, before),
        typed=typed,
        query={name: value for name, value in typed.items() if value},
        errors=errors,
        is_older=before is not None,
        people=list_names(here.work),
        state=get_trail_state(here.work, here.platform, here.instance.id),
        verdict=verdict,
        may_verify=here.actor.can_anywhere(Capability.VERIFY_AUDIT),
        now=here.work.now(),
    )


def _scope() -> Scope:
    return hand().actor.scope_for(Capability.VIEW_AUDIT)


def _wanted(args: Mapping[str, str]) -> tuple[TrailFilter, dict[str, str]]:
    """The filter, and what in it cannot be read by field name."""
    errors: dict[str, str] = {}
    days: dict[str, date | None] = {}
    for name in ("since", "until"):
        days[name] = _day(args.get(name, ""))
        if args.get(name) and days[name] is None:
            errors[name] = _("Write the day as year-month-day.")
    if days["since"] and days["until"] and days["since"] > days["until"]:
        errors["until"] = _("The period ends before it begins.")
    return (
        TrailFilter(
            subject=_id(args.get("subject", "")),
            person=_id(args.get("person", "")),
            kind=args.get("kind", "")[:80],
            refusals_only=args.get("refusals") == "1",
            since=days["since"],
            until=days["until"],
            words=args.get("q", "").strip()[:120],
        ),
        errors,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _row(event: TrailEvent) -> tuple[str | int | None, ...]:
    return (
        event.sequence,
        f"{event.at:%Y-%m-%d %H:%M:%S}",
        event.actor_name,
        event.on_behalf_of,
        event.kind,
        "yes" if event.is_refusal else "",
        event.subject_kind,
        event.subject_label,
        event.reason,
        json.dumps(event.body, ensure_ascii=False),
        event.hash,
    )
