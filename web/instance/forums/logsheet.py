"""The decision log as sheets of a workbook: every decision, and every action that is still to be done."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from domain.governance.template import GovernanceTemplate
from tenants.instance.queries.decisions import DecisionLine
from tenants.instance.queries.meetings import ActionLine
from tenants.instance.spreadsheets import Sheet
from web.instance.forums.logfilter import outcome_words
from web.presenting import title_of


def decisions_sheet(lines: Sequence[DecisionLine], template: GovernanceTemplate) -> Sheet:
    """One row a decision, in the order of the log."""
    words = outcome_words()
    rows = [
        (
            line.decided_at,
            line.code,
            line.title,
            line.amount,
            title_of(line.kind, line.target, template),
            words[line.outcome],
            line.forum,
            line.met_at,
            line.decided_by,
            line.comment,
            line.requested_by,
            line.requested_at,
            line.days,
        )
        for line in lines
    ]
    headers = (
        _("Decided (UTC)"),
        _("Code"),
        _("Title"),
        _("Amount"),
        _("What"),
        _("Outcome"),
        _("Forum"),
        _("Meeting (UTC)"),
        _("Decided by"),
        _("Comment"),
        _("Asked by"),
        _("Asked (UTC)"),
        _("Days"),
    )
    return Sheet(name=_("Decisions"), headers=headers, rows=rows)


def actions_sheet(actions: Sequence[ActionLine], today: date) -> Sheet:
    """One row an open action, the earliest due first."""
    rows = [
        (
            line.action.title,
            line.owner,
            line.action.due,
            _("yes") if line.is_overdue(today) else "",
            line.forum_name,
            line.met_at,
            line.code,
        )
        for line in actions
    ]
    headers = (
        _("To do"),
        _("Owner"),
        _("Due"),
        _("Overdue"),
        _("Forum"),
        _("Meeting (UTC)"),
        _("Code"),
    )
    return Sheet(name=_("Actions"), headers=headers, rows=rows)
