"""Milestones as rows: promised, forecast or done, how late, and the one sentence that sums them up."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.measures import Milestone
from tenants.instance.queries.measure import MeasureSheet
from web.formats import DASH, MINUS, day


@dataclass(frozen=True, kw_only=True)
class MilestoneRow:
    """One milestone; `kind` and `word` are those of components/status.html `flag`."""

    id: UUID
    title: str
    owner: str
    due: str
    expected: str
    days: str
    kind: str
    word: str
    note: str
    evidence: int
    slips: int
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class MilestonesView:
    finding: str
    rows: tuple[MilestoneRow, ...]


def milestones_of(sheet: MeasureSheet, today: date) -> MilestonesView:
    """By due day, as promised."""
    limit = sheet.governance.template.thresholds.late_red_after_days
    found = sorted(sheet.measure.milestones, key=lambda each: (each.due, each.title))
    rows = tuple(_row(each, sheet, today, limit) for each in found)
    return MilestonesView(finding=_finding(found, today), rows=rows)


def days_late(milestone: Milestone, today: date) -> int:
    """Days between promise and what happened or is expected; an open one that is over counts until today."""
    if milestone.done_on:
        return (milestone.done_on - milestone.due_now).days
    due = milestone.due_now
    return (max(milestone.forecast or due, today if due < today else due) - due).days


def _row(milestone: Milestone, sheet: MeasureSheet, today: date, limit: int) -> MilestoneRow:
    late = days_late(milestone, today)
    kind, word = _state(milestone, late, limit)
    expected = milestone.done_on or milestone.forecast
    owner = sheet.names.get(milestone.owner, DASH) if milestone.owner else DASH
    return MilestoneRow(
        id=milestone.id,
        title=milestone.title,
        owner=owner,
        due=day(milestone.due),
        expected=day(expected) if expected and not milestone.waived_because else DASH,
        days=DASH if milestone.waived_because else _signed(late),
        kind=kind,
        word=word,
        note=milestone.waived_because or _moved(milestone),
        evidence=milestone.evidence,
        slips=sheet.slips.get(milestone.id, 0),
        is_open=not (milestone.done_on or milestone.waived_because),
    )


def _moved(milestone: Milestone) -> str:
    if not milestone.held_days:
        return ""
    days = ngettext("%(num)d day on hold", "%(num)d days on hold", milestone.held_days)
    return _("due %(day)s after %(days)s", day=day(milestone.due_now), days=days)


def _state(milestone: Milestone, late: int, limit: int) -> tuple[str, str]:
    if milestone.waived_because:
        return "", _("Waived")
    if milestone.done_on:
        return "ok", _("Done")
    if late <= 0:
        return "", _("Open")
    return ("bad" if late > limit else "warn"), _("Late")


def _signed(days: int) -> str:
    if days == 0:
        return "0"
    return f"+{days}" if days > 0 else f"{MINUS}{-days}"


def _finding(milestones: list[Milestone], today: date) -> str:
    if not milestones:
        return _("No milestones yet")
    open_ones = [each for each in milestones if not (each.done_on or each.waived_because)]
    if not open_ones:
        return ngettext("The one milestone is settled", "All %(num)d milestones are settled", len(milestones))
    late = max(days_late(each, today) for each in open_ones)
    words = _("%(open)s of %(all)s milestones open", open=len(open_ones), all=len(milestones))
    return f"{words}, {ngettext('up to %(num)d day late', 'up to %(num)d days late', late)}" if late > 0 else words
