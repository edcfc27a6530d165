"""The set-up page, and the governance template in words that a person can read."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import render_template

from domain.access import Capability
from domain.months import Month
from domain.stages import Stage
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.holidays import next_holidays
from tenants.instance.queries.settings import KINDS, list_forums, list_references
from web.access import requires
from web.gaps import gaps_of
from web.hands import hand
from web.instance.settings import bp


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A form that has to be looked at again: which, what was typed, what is wrong by field."""

    form: str = ""
    typed: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@bp.get("")
@requires(Capability.VIEW_SETTINGS)
def index() -> str:
    return page(Tried())


@bp.get("/template")
@requires(Capability.VIEW_SETTINGS)
def template() -> str:
    """The pinned template: stages, gates, policies, thresholds, reasons."""
    here = hand()
    governance = get_governance(here.work)
    return render_template(
        "web/instance/settings/template.html",
        template=governance.template,
        governance=governance,
        stages=[stage for stage in Stage if stage is not Stage.DEFINED],
        gaps=gaps_of(here.work, governance.template),
        now=here.work.now(),
    )


def page(tried: Tried) -> str:
    here = hand()
    governance = get_governance(here.work)
    actor = here.actor
    return render_template(
        "web/instance/settings/index.html",
        governance=governance,
        year=governance.year_of(here.work.now().date()),
        next_month=next_month(governance, here.work.now().date()),
        references=list_references(here.work),
        kinds=KINDS,
        forums=list_forums(here.work),
        gaps=gaps_of(here.work, governance.template),
        may_close=actor.can(Capability.CLOSE_MONTH, f"/{governance.organization}/"),
        may_edit=actor.can_anywhere(Capability.EDIT_REFERENCE_DATA),
        days_off=next_holidays(here.work, here.work.now().date()),
        tried=tried,
        now=here.work.now(),
    )


def next_month(governance: Governance, today: date) -> Month | None:
    """The month that may be closed now: the one after the last closed one, once it is over."""
    over = Month.of(today).plus(-1)
    following = governance.closed_through.plus(1) if governance.closed_through else over
    return following if following <= over else None
