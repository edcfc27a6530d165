"""Who would decide: the steps with their people, who is away, how long it takes; or what stands in the way."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.approvals.choosing import NoApprover, add_working_days
from domain.approvals.gaps import menders
from domain.approvals.request import RequestStep
from domain.governance.template import GovernanceTemplate
from domain.refusals import Refusal
from tenants.database import Work
from tenants.instance.queries.directory import get_directory
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.measure import Names, get_names
from tenants.instance.queries.policies import MENDERS, Absent, PolicyPreview, Took
from web.formats import day, initials
from web.presenting import approvers_words, rule_words
from web.refusals import words_of
from web.thresholds import PolicyRow, policies_words
from web.wording import approvers, mended_by


@dataclass(frozen=True, kw_only=True)
class Decider:
    """One line of who would decide."""

    name: str
    role: str
    note: str
    initials: str = ""
    firm: bool = False
    away: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """What would happen if it were asked for today. `obstacle`: why nobody could decide it, and who can mend that."""

    policy: str
    policies: tuple[PolicyRow, ...]
    deciders: tuple[Decider, ...]
    obstacle: str
    by: str


def dry_run_of(preview: PolicyPreview, names: Names, governance: Governance, today: date) -> DryRun:
    days = sum(step.due_working_days for step in preview.steps)
    return DryRun(
        policy=preview.policy.label if preview.policy else "",
        policies=policies_words(preview.considered, governance),
        deciders=_deciders(preview, names, governance.template),
        obstacle=obstacle_words(preview, names),
        by=day(add_working_days(today, days, governance.holidays)) if preview.steps else "",
    )


def refused_words(outcome: Refusal, work: Work, path: str) -> str:
    """Why it was not asked for; where nobody could decide it, also who can mend that."""
    if not isinstance(outcome, NoApprover):
        return words_of(outcome)
    people = menders(get_directory(work), path)[:MENDERS]
    return " ".join(filter(None, [words_of(outcome), mended_by(people, get_names(work))]))


def obstacle_words(preview: PolicyPreview, names: Names) -> str:
    """Why nobody could decide it, and who can mend that."""
    if preview.obstacle is None:
        return ""
    return " ".join(filter(None, [words_of(preview.obstacle), mended_by(preview.menders, names)]))


def _deciders(preview: PolicyPreview, names: Names, template: GovernanceTemplate) -> tuple[Decider, ...]:
    """Where nobody can decide, the steps of the policy by name."""
    if preview.policy and not preview.steps:
        return tuple(Decider(name=step.name, role="", note="") for step in preview.policy.steps)
    found = []
    for step in preview.steps:
        away = [(names.get(person, "–"), preview.away[person]) for person in step.approvers if person in preview.away]
        lines = tuple(_away(name, absent, names) for name, absent in away)
        found.append(_decider(step, names, template, preview.took.get(step.name), lines))
    return tuple(found)


def _decider(
    step: RequestStep, names: Names, template: GovernanceTemplate, took: Took | None, away: tuple[str, ...]
) -> Decider:
    people = approvers_words(step, names)
    due = ngettext("within %(num)d working day", "within %(num)d working days", step.due_working_days)
    single = len(step.approvers) == 1
    return Decider(
        name=people,
        role=_role(template, step.selector) if single else step.name,
        note=", ".join(filter(None, [rule_words(step), due, _took(took)])),
        initials=initials(people) if single else "",
        firm=single and step.approvers[0] in names.firm,
        away=away,
    )


def _role(template: GovernanceTemplate, selector: str) -> str:
    """Whom a step asks, with the role as this client's template calls it."""
    labels = {f"role:{each.role}": each.label for each in template.roles}
    return labels.get(selector) or approvers(selector)


def _took(took: Took | None) -> str:
    if took is None:
        return ""
    days = ngettext("%(num)d day", "%(num)d days", took.days) if took.days else _("less than a day")
    many = ngettext("%(num)d decision", "%(num)d decisions", took.decisions)
    return _("typically %(days)s so far (%(many)s)", days=days, many=many)


def _away(name: str, absent: Absent, names: Names) -> str:
    who = _("%(name)s is away until %(day)s", name=name, day=day(absent.until))
    able = [names.get(each.person, "–") for each in absent.stand_ins if each.refusal is None]
    if able:
        return _("%(who)s; %(names)s stands in", who=who, names=", ".join(able))
    if not absent.stand_ins:
        return _("%(who)s; nobody stands in", who=who)
    return " ".join([f"{who}.", *(words_of(each.refusal) for each in absent.stand_ins if each.refusal)])
