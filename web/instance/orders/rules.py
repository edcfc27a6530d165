"""Rules over orders: which there are, whether each is on, what was tried before, and the form to try another limit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.governance.policies import Condition
from domain.money import AmountRefused, parse_amount
from domain.orders.rules import LimitUnusable, Switch
from domain.orders.trials import TRIAL_DAYS, TrialKind
from domain.refusals import Refusal
from tenants.instance.actions.order_rules import switch_rule
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.order_rules import open_by_rule, rule_switches
from tenants.instance.queries.order_trials import list_trials, rests_on
from web.access import requires
from web.hands import hand
from web.instance.orders import bp
from web.instance.orders.rule_words import RuleLine, TierLine, limits_of, rule_lines, tier_lines
from web.instance.orders.taking import crumbs, places
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
USUAL, SHOWN = 30, 10


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is about to be tried or switched: a rule or a tier, the numbers typed, and what is wrong with them."""

    rule: RuleLine | None = None
    tier: TierLine | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> TrialKind:
        return TrialKind.RULE if self.rule else TrialKind.TIER

    @property
    def key(self) -> str:
        return self.rule.rule.key if self.rule else self.tier.policy.key if self.tier else ""

    @property
    def when(self) -> tuple[Condition, ...]:
        return self.rule.rule.when if self.rule else self.tier.policy.when if self.tier else ()

    @property
    def days(self) -> int:
        text = self.typed.get("days", "")
        return int(text) if text in map(str, TRIAL_DAYS) else USUAL

    def refused(self, refusal: Refusal) -> Mapping[str, str]:
        """Its words at the number that it is about, else at the first one."""
        places = [place for place, _label, _unit, _value in self.numbers]
        wrong = [place for place in places if place < len(self.limits) and isinstance(refusal, LimitUnusable)]
        about = [place for place in wrong if self.limits[place] == getattr(refusal, "text", "")]
        return {f"limit.{(about or places or [0])[0]}": words_of(refusal)}

    @property
    def numbers(self) -> tuple[tuple[int, str, str, str], ...]:
        """Place, words, unit and number of each condition that has one and may be changed."""
        if self.tier:
            return ((self.tier.place, self.tier.field, self.tier.unit, self.tier.limit),)
        return self.rule.limits if self.rule else ()


@bp.get("/rules")
@requires(C.VIEW_ORDERS)
def rules() -> str:
    """Every rule with its switch; with `rule` or `tier` in the address, the form to try that one."""
    return rules_page(read_wish(request.args) if may_manage() else None)


@bp.post("/rules/<key>")
@requires(C.MANAGE_ORDER_RULES)
def set_rule(key: str) -> Response | tuple[str, int]:
    """On or off, with the limits typed; with `trial` it rests on that one."""
    wish = read_wish({**request.form, "rule": key})
    if wish is None or wish.rule is None:
        abort(404)
    if wish.errors:
        return rules_page(wish), 422
    wanted = Switch(is_on=request.form.get("is_on") == "yes", limits=wish.limits)
    outcome = switch_rule(hand().work, key, wanted, hand().actor, _trial())
    if isinstance(outcome, Refusal):
        return rules_page(wish_with(wish, wish.refused(outcome))), 422
    label = wish.rule.rule.label
    tell("ok", _("“%(rule)s” is on", rule=label) if wanted.is_on else _("“%(rule)s” is off", rule=label))
    return see(url_for(".rules"))


def may_manage() -> bool:
    return hand().actor.orders(C.MANAGE_ORDER_RULES).everything


def may_read_trials() -> bool:
    """A trial is over all orders: it is for those who see them all."""
    return hand().actor.orders(C.VIEW_ORDERS).everything


def rules_page(wish: Wish | None = None) -> str:
    here, governed = hand(), governing()
    return render_template(
        "web/instance/orders/rules/index.html",
        lines=lines_of(governed),
        places=places("orders.rules"),
        crumbs=crumbs((_("Rules over orders"), None)),
        tiers=tier_lines(governed.template, governed.currency),
        opened=open_by_rule(here.work, here.actor.orders(C.VIEW_ORDERS)),
        may_manage=may_manage(),
        wish=wish,
        rests=rests_on(here.work) if may_read_trials() else {},
        trials=list_trials(here.work, SHOWN) if may_read_trials() else (),
        form_id=here.work.new_id(),
        choices=[(str(each), _("Last %(days)s days", days=each)) for each in TRIAL_DAYS],
        currency=governed.currency,
        now=here.work.now(),
    )


def read_wish(typed: Mapping[str, str]) -> Wish | None:
    """What the address or the form names, with its numbers; None where it names nothing that is here."""
    governed = governing()
    rule = next((each for each in lines_of(governed) if each.rule.key == typed.get("rule")), None)
    tiers = tier_lines(governed.template, governed.currency)
    tier = next((each for each in tiers if each.policy.key == typed.get("tier")), None)
    if rule is None and tier is None:
        return None
    wish = Wish(rule=rule, tier=None if rule else tier, typed=typed)
    numbers: dict[int, Decimal] = {}
    errors: dict[str, str] = {}
    for place, _label, _unit, now in wish.numbers:
        read = parse_amount(typed.get(f"limit.{place}", "").strip() or now, decimal_mark=None)
        if isinstance(read, AmountRefused):
            errors[f"limit.{place}"] = words_of(read)
        else:
            numbers[place] = read
    limits = limits_of(wish.when, numbers)
    return Wish(rule=wish.rule, tier=wish.tier, typed=typed, limits=limits, errors=errors)


def wish_with(wish: Wish, errors: Mapping[str, str]) -> Wish:
    return Wish(rule=wish.rule, tier=wish.tier, typed=wish.typed, limits=wish.limits, errors=errors)


def governing() -> Governance:
    governance = get_governance(hand().work)
    return governance if governance.template.orders else abort(404)


def lines_of(governance: Governance) -> tuple[RuleLine, ...]:
    assert governance.template.orders
    return rule_lines(governance.template.orders, rule_switches(hand().work), governance.currency)


def _trial() -> UUID | None:
    text = request.form.get("trial", "")
    try:
        return UUID(text) if text else None
    except ValueError:
        abort(404)
