"""Conditions of approvals as a measure's page lists them: what each asks for, until when, who reports it as met."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.access import Actor, Capability
from domain.conditions import StandingCondition, overdue_since
from domain.lifecycle.editing import not_open
from tenants.instance.queries.measure import MeasureSheet
from web.formats import DASH, day
from web.presenting import title_of


@dataclass(frozen=True, kw_only=True)
class ConditionItem:
    """One condition. `gate` is the request that was approved with it; `moved` says that a hold moved its day."""

    id: UUID
    words: str
    owner: str
    set_by: str
    gate: str
    due: str
    moved: str
    met: str
    is_met: bool
    is_overdue: bool
    may_meet: bool


@dataclass(frozen=True, kw_only=True)
class ConditionsView:
    """Open ones first; `finding` says what they come to."""

    items: tuple[ConditionItem, ...]
    finding: str
    overdue: int


def conditions_of(sheet: MeasureSheet, actor: Actor, today: date) -> ConditionsView:
    as_of = overdue_since(sheet.measure, today)
    found = sorted(sheet.conditions, key=lambda each: (each.met_on is not None, each.due_now))
    items = tuple(_item(each, sheet, actor, as_of) for each in found)
    still, overdue = sum(not item.is_met for item in items), sum(item.is_overdue for item in items)
    return ConditionsView(items=items, finding=_finding(len(items), still, overdue), overdue=overdue)


def _item(each: StandingCondition, sheet: MeasureSheet, actor: Actor, as_of: date) -> ConditionItem:
    asked = next((request for request in sheet.requests if request.id == each.request), None)
    template = sheet.governance.template
    days = ngettext("moved by %(num)d day on hold", "moved by %(num)d days on hold", each.held_days)
    return ConditionItem(
        id=each.id,
        words=each.words,
        owner=sheet.names.get(each.owner, DASH),
        set_by=sheet.names.get(each.set_by, DASH),
        gate=title_of(asked.kind, asked.target, template) if asked else DASH,
        due=_("due %(day)s", day=day(each.due_now)),
        moved=days if each.held_days else "",
        met=_met(each, sheet),
        is_met=each.met_on is not None,
        is_overdue=each.is_overdue(as_of),
        may_meet=_may_meet(each, sheet, actor),
    )


def _met(each: StandingCondition, sheet: MeasureSheet) -> str:
    if each.met_on is None or each.met_by is None:
        return ""
    who = _("%(who)s, %(day)s", who=sheet.names.get(each.met_by, DASH), day=day(each.met_on))
    return f"{who}: “{each.note}”"


def _may_meet(each: StandingCondition, sheet: MeasureSheet, actor: Actor) -> bool:
    """Whether the reader could report it; the action asks again."""
    is_theirs = actor.person in (each.owner, each.set_by) or actor.can(Capability.SETTLE_CONDITION, sheet.path)
    is_open = each.met_on is None and not_open(sheet.measure) is None
    return is_open and is_theirs and actor.person != each.requested_by


def _finding(count: int, still: int, overdue: int) -> str:
    if overdue:
        return ngettext("%(num)d condition is overdue", "%(num)d conditions are overdue", overdue)
    if still:
        return ngettext("%(num)d condition is open", "%(num)d conditions are open", still)
    return ngettext("The one condition is met", "All %(num)d conditions are met", count)
