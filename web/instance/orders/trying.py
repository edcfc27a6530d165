"""Trials of rules and tiers: ask for one, watch how far it is, read what it found and switch the rule on by it."""

from dataclasses import dataclass, replace
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.governance.template import GovernanceTemplate
from domain.orders.rules import Switch, with_limits
from domain.orders.trials import TrialKind, trial_standing
from domain.refusals import Refusal
from tenants.instance.actions.order_trials import ask_trial
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.order_rules import rule_switches
from tenants.instance.queries.order_trials import TrialLine, get_trial
from tenants.jobs import queue_state
from tenants.progress import hear_progress
from web.access import requires
from web.hands import hand
from web.instance.orders import bp
from web.instance.orders.rule_words import RuleLine, TierLine, rule_lines, tier_lines
from web.instance.orders.rules import governing, may_manage, may_read_trials, read_wish, rules_page, wish_with
from web.instance.orders.taking import crumbs, places
from web.posted import posted_id
from web.responses import see

C = Capability


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What was tried, with its numbers, in the words of the rules page; neither for one that the template dropped."""

    rule: RuleLine | None = None
    tier: TierLine | None = None


@bp.post("/trials")
@requires(C.MANAGE_ORDER_RULES)
def ask() -> Response | tuple[str, int]:
    """Have a rule or a tier run over the orders of the last days. The same form twice is one trial."""
    wish = read_wish(request.form)
    if wish is None:
        abort(404)
    if wish.errors:
        return rules_page(wish), 422
    here = hand()
    outcome = ask_trial(here.work, posted_id(), wish.kind, wish.key, wish.limits, wish.days, here.actor)
    if isinstance(outcome, Refusal):
        return rules_page(wish_with(wish, wish.refused(outcome))), 422
    return see(url_for(".trial", trial=outcome))


@bp.get("/trials/<uuid:trial>")
@requires(C.VIEW_ORDERS)
def trial(trial: UUID) -> str:
    """One trial: how far it is, or what it found. Asked for by htmx, only that part."""
    if not may_read_trials():
        abort(404)
    here, governed = hand(), governing()
    line, url = get_trial(here.work, trial), here.settings.redis_url
    return render_template(
        f"web/instance/orders/trials/{'_state' if request.headers.get('HX-Request') else 'show'}.html",
        line=line,
        tried=_tried(line, governed),
        standing=trial_standing(line.asked, governed.template, rule_switches(here.work)),
        heard=(hear_progress(url, trial) or 0) if line.is_under_way else 0,
        queue=queue_state(url) if line.is_under_way else None,
        may_manage=may_manage(),
        form_id=here.work.new_id(),
        roles={each.role: each.label for each in governed.template.roles},
        currency=governed.currency,
        places=places("orders.rules"),
        crumbs=crumbs((_("Rules over orders"), url_for(".rules")), (line.asked.label, None)),
        now=here.work.now(),
    )


def _tried(line: TrialLine, governed: Governance) -> Tried:
    asked, template = line.asked, governed.template
    if asked.kind is TrialKind.RULE and template.orders:
        wanted = {asked.key: Switch(is_on=True, limits=asked.limits)}
        rules = rule_lines(template.orders, wanted, governed.currency)
        return Tried(rule=next((each for each in rules if each.rule.key == asked.key), None))
    tiers = tier_lines(_with_tier(template, line), governed.currency)
    return Tried(tier=next((each for each in tiers if each.policy.key == asked.key), None))


def _with_tier(template: GovernanceTemplate, line: TrialLine) -> GovernanceTemplate:
    """The template with the limits tried in place of its own."""
    asked = line.asked
    policies = (
        replace(each, when=with_limits(each.when, asked.limits)) if each.key == asked.key else each
        for each in template.policies
    )
    return replace(template, policies=tuple(policies))
