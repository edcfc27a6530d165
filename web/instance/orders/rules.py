"""Rules over orders: which there are, whether each is on, and what a change would have done to real orders."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.money import AmountRefused, parse_amount
from domain.orders.rules import Switch, standing, unusable_limit
from domain.refusals import Refusal
from tenants.instance.actions.order_rules import switch_rule
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.order_rules import open_by_rule, rule_switches
from tenants.instance.queries.rule_replay import Replay, replay_policy, replay_rule, with_value
from web.access import requires
from web.hands import hand
from web.instance.orders import bp
from web.instance.orders.rule_words import RuleLine, TierLine, changed_limits, rule_lines, tier_lines
from web.instance.orders.taking import places
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
DAYS, USUAL = (7, 30, 90, 365), 30


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What is being tried: a rule or a tier with the numbers typed, what is wrong with them, and what came of it."""

    rule: RuleLine | None = None
    tier: TierLine | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    replay: Replay | None = None


@bp.get("/rules")
@requires(C.VIEW_ORDERS)
def rules() -> Any:
    """Every rule with its switch; with `rule` or `tier` in the address, that one and what it would have done."""
    trial = _trial() if hand().actor.orders(C.MANAGE_ORDER_RULES).everything else Trial()
    return _page(trial) if not trial.errors else (_page(trial), 422)


@bp.post("/rules/<key>")
@requires(C.MANAGE_ORDER_RULES)
def set_rule(key: str) -> Response | tuple[str, int]:
    """On or off, with the limits typed."""
    here, governance = hand(), _governance()
    line = next((each for each in _rules(governance) if each.rule.key == key), None) or abort(404)
    numbers, errors = _numbers(line, request.form)
    if errors:
        return _page(Trial(rule=line, typed=request.form, errors=errors)), 422
    wanted = Switch(is_on=request.form.get("is_on") == "yes", limits=changed_limits(line.rule, numbers.items()))
    outcome = switch_rule(here.work, key, wanted, here.actor)
    if isinstance(outcome, Refusal):
        return _page(Trial(rule=line, typed=request.form, errors={"limit.0": words_of(outcome)})), 422
    tell(
        "ok",
        _("“%(rule)s” is on", rule=line.rule.label) if wanted.is_on else _("“%(rule)s” is off", rule=line.rule.label),
    )
    return see(url_for(".rules"))


def _trial() -> Trial:
    governance, args = _governance(), request.args
    rule = next((each for each in _rules(governance) if each.rule.key == args.get("rule")), None)
    tier = next((each for each in _tiers(governance) if each.policy.key == args.get("tier")), None)
    if rule:
        return _try_rule(rule, governance)
    return _try_tier(tier, governance) if tier else Trial()


def _try_rule(line: RuleLine, governance: Governance) -> Trial:
    here, trial = hand(), Trial(rule=line, typed=request.args)
    if "days" not in request.args:
        return trial
    numbers, errors = _numbers(line, request.args)
    wished = changed_limits(line.rule, numbers.items())
    if not errors and (wrong := unusable_limit(line.rule, wished)):
        errors = {"limit.0": words_of(wrong)}
    if errors:
        return replace(trial, errors=errors)
    wanted = standing(line.rule, Switch(is_on=True, limits=wished))
    scope = here.actor.orders(C.MANAGE_ORDER_RULES)
    return replace(trial, replay=replay_rule(here.work, scope, governance.template, line.rule, wanted, _days()))


def _try_tier(line: TierLine, governance: Governance) -> Trial:
    here, trial = hand(), Trial(tier=line, typed=request.args)
    if "days" not in request.args:
        return trial
    read = _number(request.args.get("limit", ""))
    if isinstance(read, AmountRefused):
        return replace(trial, errors={"limit": words_of(read)})
    wanted = replace(line.policy, when=with_value(line.policy.when, line.place, read))
    scope = here.actor.orders(C.MANAGE_ORDER_RULES)
    return replace(trial, replay=replay_policy(here.work, scope, governance.template, wanted, _days()))


def _page(trial: Trial) -> str:
    here, governance = hand(), _governance()
    lines = _rules(governance)
    return render_template(
        "web/instance/orders/rules/index.html",
        lines=lines,
        places=places(),
        tiers=_tiers(governance),
        opened=open_by_rule(here.work, here.actor.orders(C.VIEW_ORDERS)),
        may_manage=here.actor.orders(C.MANAGE_ORDER_RULES).everything,
        trial=trial,
        days=_days(),
        choices=[(str(each), _("Last %(days)s days", days=each)) for each in DAYS],
        roles={each.role: each.label for each in governance.template.roles},
        currency=governance.currency,
        now=here.work.now(),
    )


def _numbers(line: RuleLine, typed: Mapping[str, str]) -> tuple[dict[int, Decimal], dict[str, str]]:
    """The limits typed, by the place of their condition; an empty one stays as it is."""
    numbers: dict[int, Decimal] = {}
    errors: dict[str, str] = {}
    for place, _label, _unit, now in line.limits:
        read = _number(typed.get(f"limit.{place}", "").strip() or now)
        if isinstance(read, AmountRefused):
            errors[f"limit.{place}"] = words_of(read)
        else:
            numbers[place] = read
    return numbers, errors


def _number(text: str) -> Decimal | AmountRefused:
    return parse_amount(text, decimal_mark=None)


def _days() -> int:
    asked = request.values.get("days", USUAL, type=int)
    return asked if asked in DAYS else USUAL


def _governance() -> Governance:
    governance = get_governance(hand().work)
    return governance if governance.template.orders else abort(404)


def _rules(governance: Governance) -> tuple[RuleLine, ...]:
    assert governance.template.orders
    return rule_lines(governance.template.orders, rule_switches(hand().work), governance.currency)


def _tiers(governance: Governance) -> tuple[TierLine, ...]:
    return tier_lines(governance.template, governance.currency)
