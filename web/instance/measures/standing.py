"""Where a measure stands: the six stages with their days, and what is behind each of the two statuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.approvals.request import RequestState
from domain.conditions import count_open, overdue_since
from domain.overrides import StatusOverride
from domain.stages import MeasureState, Stage
from domain.status import Dimension, Status, potential_share
from tenants.instance.queries.measure import MeasureSheet
from web.formats import day, percent
from web.presenting import reason_of


@dataclass(frozen=True, kw_only=True)
class StageItem:
    """One step of components/stage.html."""

    label: str
    state: str
    date: str = ""
    note: str = ""
    locked: bool = False


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A notice above a measure that does not go on."""

    title: str
    text: str


def stages_of(sheet: MeasureSheet, now: datetime) -> tuple[StageItem, ...]:
    """Done, here and ahead; the day each stage was entered where a request or the creation tells it."""
    entered = _entered(sheet)
    return tuple(_stage(sheet, stage, entered, now) for stage in Stage)


def _entered(sheet: MeasureSheet) -> dict[Stage, datetime]:
    found = {Stage.DEFINED: sheet.created_at, sheet.measure.stage: sheet.stage_since}
    for request in reversed(sheet.requests):
        if request.target and request.state is RequestState.APPROVED and request.votes:
            found[request.target] = request.votes[-1].at
    return found


def _stage(sheet: MeasureSheet, stage: Stage, entered: Mapping[Stage, datetime], now: datetime) -> StageItem:
    measure, label = sheet.measure, sheet.governance.template.stages[stage].label
    if stage > measure.stage:
        missing = sum(1 for each in sheet.gate.results if each.is_open) if _is_next(sheet, stage) and sheet.gate else 0
        note = ngettext("%(num)d criterion missing", "%(num)d criteria missing", missing) if missing else ""
        return StageItem(label=label, state="ahead", note=note)
    since = entered.get(stage)
    until = entered.get(Stage(stage + 1), now) if stage < measure.stage else now
    days = ngettext("%(num)d day", "%(num)d days", (until - since).days) if since else ""
    is_here = stage == measure.stage
    locked = is_here and measure.plan_version > 0
    words = [days if stage < Stage.CLOSED else "", _("plan locked") if locked else "", _state(sheet) if is_here else ""]
    return StageItem(
        label=label,
        state="here" if is_here else "done",
        date=day(since.date()) if since else "",
        note=", ".join(filter(None, words)),
        locked=locked,
    )


def _is_next(sheet: MeasureSheet, stage: Stage) -> bool:
    return sheet.gate is not None and sheet.gate.target == stage


def _state(sheet: MeasureSheet) -> str:
    states = {MeasureState.ON_HOLD: _("on hold"), MeasureState.CANCELLED: _("cancelled")}
    return states.get(sheet.measure.state, "")


def stop_of(sheet: MeasureSheet) -> Stop | None:
    """Since when the measure is on hold or cancelled, and why; None while it goes on."""
    if sheet.measure.state is MeasureState.ACTIVE:
        return None
    is_held = sheet.measure.state is MeasureState.ON_HOLD
    kind = "hold" if is_held else "cancel"
    asked = next((each for each in sheet.requests if each.kind == kind and each.state is RequestState.APPROVED), None)
    if asked is None or not asked.votes:
        return Stop(title=_("On hold") if is_held else _("Cancelled"), text="")
    since = day(asked.votes[-1].at.date())
    words = (reason_of(asked, sheet.governance.template), f"“{asked.comment}”" if asked.comment else "")
    return Stop(
        title=_("On hold since %(day)s", day=since) if is_held else _("Cancelled on %(day)s", day=since),
        text=": ".join(filter(None, words)),
    )


def held_words(sheet: MeasureSheet, today: date) -> str:
    """How often and how long the measure was on hold; empty where it never was."""
    if not sheet.holds:
        return ""
    days = sum(each.days(today) for each in sheet.holds)
    times = ngettext("%(num)d time", "%(num)d times", len(sheet.holds))
    return _("%(times)s, %(days)s", times=times, days=ngettext("%(num)d day", "%(num)d days", days))


def implementation_why(sheet: MeasureSheet, today: date) -> str:
    """What makes the Implementation Status."""
    if overdue := count_open(sheet.conditions, overdue_since(sheet.measure, today))[1]:
        return ngettext("a condition is overdue", "%(num)d conditions are overdue", overdue)
    open_ones = [each for each in sheet.measure.milestones if not (each.done_on or each.waived_because)]
    if not sheet.measure.milestones:
        return _("no milestones yet")
    if not sheet.days_late:
        return _("no open milestone is late") if open_ones else _("every milestone is settled")
    return ngettext("a milestone is %(num)d day late", "a milestone is up to %(num)d days late", sheet.days_late)


def potential_why(sheet: MeasureSheet) -> str:
    """The worse of both shares that make the Potential Status, in words."""
    sums, locked = sheet.sums, sheet.measure.plan_version > 0
    if sheet.potential is Status.GREY and not sheet.has_plan:
        return _("no plan yet")
    if sums.is_cost_only:
        share = sums.one_off_forecast / sums.one_off_plan * 100 if sums.one_off_plan else None
        return _("one-off cost at %(share)s of plan", share=percent(share)) if share is not None else ""
    full = potential_share(sums.plan_full_year, sums.forecast_full_year)
    to_date = potential_share(sums.plan_to_date, sums.actual_to_date) if locked else None
    words = (
        (full, _("forecast %(share)s of plan, full year")),
        (to_date, _("actual to date %(share)s of plan")),
    )
    known = [(share, text) for share, text in words if share is not None]
    if not known:
        return ""
    share, text = min(known, key=lambda pair: pair[0])
    return text % {"share": percent(share * 100)}


def override_of(sheet: MeasureSheet, dimension: Dimension, today: date) -> StatusOverride | None:
    """The override that counts today."""
    return next((each for each in sheet.overrides if each.dimension is dimension and each.expires >= today), None)
