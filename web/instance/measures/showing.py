"""The page of one measure: where it stands, the next gate, value, milestones, requests, evidence, trail."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import abort, render_template, request, url_for
from werkzeug.wrappers import Response

from domain.access import Actor, Capability
from domain.governance.policies import STATE_KINDS
from domain.ids import MeasureId
from domain.lifecycle.editing import not_open
from domain.months import FiscalYear, Month
from domain.stages import MeasureState, Stage
from domain.status import Dimension
from tenants.instance.queries.delegations import Away, away_on
from tenants.instance.queries.kill_criteria import criteria_of
from tenants.instance.queries.measure import MeasureSheet, find_code, get_sheet
from tenants.instance.queries.order_ledger import find_measured
from tenants.instance.queries.sustain import checks_of
from tenants.instance.queries.trail import events_of
from web.access import requires
from web.away import away_words
from web.hands import hand
from web.instance.measures import bp
from web.instance.measures.checks import checks_shown
from web.instance.measures.conditioning import conditions_of
from web.instance.measures.gating import gate_of
from web.instance.measures.milestoning import milestones_of
from web.instance.measures.plan_versions import changes_of
from web.instance.measures.standing import (
    held_words,
    implementation_why,
    override_of,
    potential_why,
    stages_of,
    stop_of,
)
from web.instance.measures.taking import crumbs_of
from web.instance.measures.talking import talk_of
from web.instance.measures.valuing import value_of
from web.kill_criteria import criteria_shown
from web.presenting import counts_of, reason_of, state_word, steps_of, title_of
from web.responses import see

C = Capability
LAST_EVENTS = 8
ACTS = {
    "edit": (C.EDIT_MEASURE, C.ASSIGN_PEOPLE),
    "plan": (C.ENTER_PLAN,),
    "forecast": (C.ENTER_FORECAST,),
    "actual": (C.ENTER_ACTUALS,),
    "milestones": (C.UPDATE_MILESTONES,),
    "promise": (C.EDIT_MEASURE,),
    "change": (C.REQUEST_CHANGE,),
    "kill": (C.SET_KILL_CRITERIA,),
    "hold": (C.HOLD_MEASURE,),
    "cancel": (C.CANCEL_MEASURE,),
    "reopen": (C.REOPEN_MEASURE,),
    "audit": (C.VIEW_AUDIT,),
}


@bp.get("/<uuid:measure>")
@requires(C.VIEW_MEASURES, or_named=True)
def show_by_id(measure: UUID) -> Response:
    """The same page by the id that never changes, for the trail and for other systems."""
    here = hand()
    code = find_code(here.work, here.actor.scope_for(C.VIEW_MEASURES), MeasureId(measure)) or abort(404)
    return see(url_for(".show", code=code))


@bp.get("/<code>")
@requires(C.VIEW_MEASURES, or_named=True)
def show(code: str) -> str:
    return page_of(code)


def page_of(code: str, said: dict[str, str] | None = None, kept: dict[str, str] | None = None) -> str:
    """The page; `said` holds what was refused, by section, and `kept` what the refused form carried."""
    here = hand()
    scope = here.actor.scope_for(C.VIEW_MEASURES)
    sheet = get_sheet(here.work, scope, code, here.actor)
    now, today = here.work.now(), here.work.now().date()
    template = sheet.governance.template
    gate = gate_of(sheet, here.actor, now)
    away = away_on(here.work, today)
    return render_template(
        "web/instance/measure/show.html",
        sheet=sheet,
        measure=sheet.measure,
        crumbs=crumbs_of(sheet.crumbs, sheet.measure),
        stages=stages_of(sheet, now),
        away={person: away_words(each) for person, each in away.items()},
        stopped=stop_of(sheet),
        held=held_words(sheet, today),
        conditions=conditions_of(sheet, here.actor, today),
        implementation_why=implementation_why(sheet, today),
        potential_why=potential_why(sheet),
        overrides={str(each): override_of(sheet, each, today) for each in Dimension},
        gate=gate,
        gate_counts=counts_of(gate.items) if gate else "",
        value=value_of(sheet, _year(sheet), Month.of(today)),
        is_measured=template.orders is not None and find_measured(here.work.session, sheet.measure.id) is not None,
        milestones=milestones_of(sheet, today),
        changes=changes_of(sheet),
        kill=criteria_shown(
            criteria_of(here.work.session, sheet.measure.id), sheet.names, template, sheet.governance.currency
        ),
        checks=checks_shown(
            checks_of(here.work.session, sheet.measure.id), sheet.measure, sheet.names, here.actor, today
        ),
        asked=[_request(sheet, each, here.person.id, away) for each in sheet.requests],
        template=template,
        trail=events_of(here.work, scope, sheet.measure.id, LAST_EVENTS),
        may=_may(sheet, here.actor),
        reader=here.person.id,
        now=now,
        said=defaultdict(str, said or {}),
        talk=talk_of(sheet, here.actor, kept or {}),
        kept=kept or {},
        request_id=(kept or {}).get("id") or str(uuid4()),
    )


def _may(sheet: MeasureSheet, actor: Actor) -> dict[str, bool]:
    """What the reader could do here now. The actions ask again."""
    measure = sheet.measure
    is_open = not_open(measure) is None
    may = {name: any(actor.can_on(each, measure, sheet.path) for each in needed) for name, needed in ACTS.items()}
    waits = {each.kind for each in sheet.requests if each.current is not None} & set(STATE_KINDS)
    is_turnable = measure.stage is not Stage.CLOSED and not waits
    may |= {name: may[name] and is_open for name in ("edit", "plan", "forecast", "actual", "milestones", "promise")}
    may["change"] &= is_open and measure.plan_version > 0
    may["kill"] &= is_open and measure.stage < Stage.DECIDED
    may["plan"] &= measure.plan_version == 0
    may["promise"] &= measure.plan_version == 0
    may["actual"] &= measure.stage >= Stage.DECIDED
    may["resume"] = may["hold"] and is_turnable and measure.state is MeasureState.ON_HOLD
    may["hold"] &= is_turnable and measure.state is MeasureState.ACTIVE
    may["cancel"] &= is_turnable and measure.state is not MeasureState.CANCELLED
    may["reopen"] &= measure.stage > Stage.DEFINED and measure.state is MeasureState.ACTIVE and not waits
    may["confirm"] = is_open and measure.plan_version == 0 and actor.person == measure.controller
    may["override"] = is_open and (may["edit"] or actor.person in (measure.owner, measure.controller))
    return may


def _request(sheet: MeasureSheet, each: Any, reader: UUID, away: Mapping[UUID, Away]) -> dict[str, Any]:
    template = sheet.governance.template
    return {
        "id": each.id,
        "kind": each.kind,
        "title": title_of(each.kind, each.target, template),
        "reason": reason_of(each, template),
        "state": str(each.state),
        "state_word": state_word(each.state),
        "by": sheet.names.get(each.requested_by, "–"),
        "at": each.requested_at,
        "comment": each.comment,
        "is_open": each.current is not None,
        "is_mine": each.requested_by == reader,
        "waits_for_me": reader in each.waits_for,
        "steps": steps_of(each, sheet.names, reader, away),
    }


def _year(sheet: MeasureSheet) -> FiscalYear | None:
    """The fiscal year of ?year=2026: the one that starts in that calendar year."""
    text = request.args.get("year", "")
    if not (text.isascii() and text.isdigit() and len(text) == 4 and text > "0000"):
        return None
    return FiscalYear(Month(int(text), sheet.governance.fiscal_year_start))
